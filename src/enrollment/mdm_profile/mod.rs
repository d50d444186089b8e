//! The enrollment profile that a device installs: a `.mobileconfig` that makes it managed.

mod access_rights;
mod acme;
mod builder;
mod capabilities;
mod identity;
mod payload;
mod pkcs12;
mod rules;
mod scep;
mod update;
mod uuid;

use plist::{Dictionary, Value};

pub use self::access_rights::{AccessRights, AccessRightsError};
pub use self::acme::{Acme, AcmeError, AcmeKey, Curve, HardwareCurve};
pub use self::builder::MdmProfileBuilder;
pub use self::capabilities::ServerCapabilities;
use self::identity::put;
pub use self::identity::{Identity, KeyUsage, Subject, SubjectAltName};
pub use self::payload::MdmPayload;
pub use self::pkcs12::{Pkcs12, Pkcs12Error};
pub(super) use self::rules::is_account;
pub use self::scep::{Scep, ScepError, ScepKeySize};
pub use self::uuid::{PayloadUuid, PayloadUuidError};
use super::property_list::secret_xml;
use crate::error::BoxError;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{SignError, sign_message};
use crate::pki::key::SignKey;
use crate::secret::SecretBytes;
use crate::stamp::Stamp;

/// The enrollment profile: the payload `com.apple.mdm`, the identity of the device, and the certificates to trust.
///
/// It is made by a [builder](Self::builder). The same input gives the same bytes: UUIDs are derived from one that the caller gives.
///
/// ```
/// use apple_ade::enrollment::{MdmProfile, PayloadUuid, Scep};
///
/// let identity = Scep::new("https://ca.example.com/scep")?;
/// let profile = MdmProfile::builder("com.example.mdm", "https://mdm.example.com/mdm", "com.apple.mgmt.External.1", identity)
///     .display_name("Example School")
///     .build(PayloadUuid::from_nonce(*b"sixteen bytes 01"))?;
/// let xml = profile.to_mobileconfig();
/// assert!(String::from_utf8_lossy(xml.expose_secret()).contains("<string>com.apple.mdm</string>"));
/// assert!(profile.check_update(&profile).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An identity is never left out:
///
/// ```compile_fail,E0061
/// use apple_ade::enrollment::MdmProfile;
///
/// MdmProfile::builder("com.example.mdm", "https://mdm.example.com/mdm", "com.apple.mgmt.External.1");
/// ```
#[derive(Debug)]
pub struct MdmProfile {
    identifier: String,
    uuid: PayloadUuid,
    display_name: Option<String>,
    description: Option<String>,
    organization: Option<String>,
    removal_disallowed: Option<bool>,
    mdm: MdmPayload,
    identity: Identity,
    anchors: Vec<Certificate>,
}

/// The names that UUIDs are derived from; they never change, or an update would be another profile.
const MDM: &str = "com.apple.mdm";
const IDENTITY: &str = "identity";
/// The keys by which a payload is known; the builder gives them.
const HEAD: [&str; 4] = ["PayloadType", "PayloadVersion", "PayloadIdentifier", "PayloadUUID"];

/// The UUID of the payload of a certificate: by what it is, so that it does not change with its place.
fn anchor_uuid(namespace: PayloadUuid, certificate: &Certificate) -> PayloadUuid {
    namespace.derive(&certificate.fingerprint().to_string())
}

impl MdmProfile {
    /// Begins a profile: its identifier in the manner of `com.example.mdm`, the URL of the MDM, the subject of the push certificate
    /// (`com.apple.mgmt.…`), and where the device gets its identity from.
    pub fn builder(
        identifier: impl Into<String>,
        server_url: impl Into<String>,
        topic: impl Into<String>,
        identity: impl Into<Identity>,
    ) -> MdmProfileBuilder {
        MdmProfileBuilder::new(identifier.into(), server_url.into(), topic.into(), identity.into())
    }

    /// `PayloadIdentifier` of the profile: by it a device knows what it takes the place of.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// `PayloadUUID` of the profile.
    pub fn uuid(&self) -> PayloadUuid {
        self.uuid
    }

    /// The payload `com.apple.mdm`.
    pub fn payload(&self) -> &MdmPayload {
        &self.mdm
    }

    /// The property list.
    pub fn to_value(&self) -> Value {
        let mut payloads: Vec<Value> = Vec::new();
        for anchor in &self.anchors {
            let uuid = anchor_uuid(self.uuid, anchor);
            // A root is trusted by itself, others lead to one.
            let kind = if anchor.is_self_issued() { "com.apple.security.root" } else { "com.apple.security.pkcs1" };
            let mut payload = Self::head(kind, &format!("{}.{uuid}", self.identifier), uuid);
            put(&mut payload, "PayloadDisplayName", anchor.subject().as_str());
            put(&mut payload, "PayloadContent", Value::Data(anchor.as_der().to_vec()));
            payloads.push(payload.into());
        }
        let identifier = format!("{}.{IDENTITY}", self.identifier);
        let mut identity = Self::head(self.identity.kind(), &identifier, self.uuid.derive(IDENTITY));
        self.identity.put_into(&mut identity);
        payloads.push(identity.into());

        let mut mdm = Self::head(MDM, &format!("{}.mdm", self.identifier), self.uuid.derive(MDM));
        if let Ok(Value::Dictionary(keys)) = plist::to_value(&self.mdm) {
            // What the payload is, no key that is unknown to the crate changes.
            keys.into_iter().filter(|(key, _)| !HEAD.contains(&key.as_str())).for_each(|(key, value)| {
                mdm.insert(key, value);
            });
        }
        payloads.push(mdm.into());

        let mut profile = Self::head("Configuration", &self.identifier, self.uuid);
        if let Some(name) = &self.display_name {
            put(&mut profile, "PayloadDisplayName", name.clone());
        }
        if let Some(description) = &self.description {
            put(&mut profile, "PayloadDescription", description.clone());
        }
        if let Some(organization) = &self.organization {
            put(&mut profile, "PayloadOrganization", organization.clone());
        }
        if let Some(disallowed) = self.removal_disallowed {
            put(&mut profile, "PayloadRemovalDisallowed", disallowed);
        }
        put(&mut profile, "PayloadScope", "System");
        put(&mut profile, "PayloadContent", payloads);
        profile.into()
    }

    fn head(kind: &str, identifier: &str, uuid: PayloadUuid) -> Dictionary {
        let mut payload = Dictionary::new();
        put(&mut payload, "PayloadType", kind);
        put(&mut payload, "PayloadVersion", 1_u64);
        put(&mut payload, "PayloadIdentifier", identifier);
        put(&mut payload, "PayloadUUID", uuid.to_string());
        payload
    }

    /// The `.mobileconfig`, not signed. It is a secret as long as the challenge in it is valid, or for ever with a PKCS #12 in it.
    pub fn to_mobileconfig(&self) -> SecretBytes {
        secret_xml(&self.to_value())
    }

    /// The `.mobileconfig`, signed: CMS in DER, with the property list inside, which is not encrypted. A device shows a profile as verified
    /// where the signer's certificate leads to an anchor that it trusts.
    ///
    /// `certificates`: the signer's, which belongs to `key`, then those that lead to an anchor. The key is an RSA key: RSA PKCS#1 v1.5 with
    /// SHA-256 is the one signature that is made. Where a back end is on, it is verified before the profile is given out.
    ///
    /// # Errors
    ///
    /// [`SignError`]: no certificate, or one for a key that is not RSA; [`SignError::KeyMismatch`] where the key is not that of the first.
    pub fn sign<'c>(
        &self,
        key: &(impl SignKey + ?Sized),
        certificates: impl IntoIterator<Item = &'c Certificate>,
        stamp: &Stamp,
    ) -> Result<SecretBytes, SignError> {
        let certificates = certificates.into_iter().map(Certificate::as_der);
        let content = self.to_mobileconfig();
        let sign = |message: &[u8]| key.sign(message).map_err(BoxError::from);
        Ok(SecretBytes::new(sign_message(content.expose_secret(), certificates, stamp.now(), sign)?))
    }
}
