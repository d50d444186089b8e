//! The signed MachineInfo of a simulated device, as it would send it to an MDM.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use plist::{Dictionary, Value};
use sha2::{Digest as _, Sha256};

use super::ber::{CONTEXT_0, INTEGER, NULL, OCTET_STRING, OID, SEQUENCE, SET, element, indefinite, segments};
use super::device::{Device, Family};
use super::rsa::{Hash, Key, RSA_ENCRYPTION};
use crate::pki::certificate::{Certificate, CertificateError};

const AUTHORITY: &[u8] = include_bytes!("fixtures/device_ca.der");
const AUTHORITY_KEY: Key = Key(include_bytes!("fixtures/device_ca.key.der"));
const KEY_1024: Key = Key(include_bytes!("fixtures/device_1024.key.der"));
const KEY_2048: Key = Key(include_bytes!("fixtures/device_2048.key.der"));

const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];
const SIGNING_TIME: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05];
const SHA1_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];

/// The signed MachineInfo of a simulated device: what it posts to the `url` of its profile, or sends in a header with the first page
/// of `configuration_web_url`.
///
/// As Apple's devices of 2018, it is signed with RSA of 1024 bits over SHA-1, with signed attributes, by a certificate that the
/// device's authority issued for a year, and beside which it sends that of the authority. Methods change each of that. The same
/// device at the same time gives the same bytes, with whichever back end, or none: the keys are fixed, public, and worth
/// nothing. ECDSA is not simulated.
///
/// The authority is expired, as Apple's is. So believe it by [`Trust::pinned`](crate::pki::trust::Trust::pinned), in tests alone.
///
/// ```
/// use apple_ade::simulator::{DeviceInfo, Family, World};
///
/// let mut world = World::builder().seed(7).build();
/// let serial = world.buy(Family::Mac);
/// let device = world.device(&serial).unwrap();
/// let request = DeviceInfo::of(device, world.now()).with("LANGUAGE", "de").sha256();
/// assert_eq!(request.body(), request.body());
/// assert!(String::from_utf8(request.plist())?.contains(&serial));
/// # Ok::<(), std::string::FromUtf8Error>(())
/// ```
#[derive(Clone)]
pub struct DeviceInfo {
    values: Dictionary,
    udid: String,
    at: DateTime<Utc>,
    issued: DateTime<Utc>,
    key: Key,
    hash: Hash,
    attributes: bool,
    ber: bool,
}

impl fmt::Debug for DeviceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceInfo").field("udid", &self.udid).field("at", &self.at).finish_non_exhaustive()
    }
}

impl DeviceInfo {
    /// What this device sends at this time.
    pub fn of(device: &Device, at: DateTime<Utc>) -> Self {
        let udid = udid(device);
        let (product, version, build, update_id) = match device.family {
            Family::Ipad => ("iPad14,3", "17.5.1", "21F90", Some("J617AP")),
            Family::Iphone => ("iPhone15,2", "17.5.1", "21F90", Some("D73AP")),
            Family::Ipod => ("iPod9,1", "15.8", "19H370", None),
            Family::Mac => ("Mac14,2", "14.5", "23F79", Some("J413AP")),
            Family::AppleTv => ("AppleTV14,1", "17.5.1", "21L580", None),
            Family::Vision => ("RealityDevice14,1", "1.2", "21O589", None),
        };
        let mut values = Dictionary::new();
        let mut set = |key: &str, value: Value| drop(values.insert(key.into(), value));
        set("LANGUAGE", "en-US".into());
        set("PRODUCT", product.into());
        set("SERIAL", device.serial_number.as_str().into());
        set("UDID", udid.as_str().into());
        set("VERSION", build.into());
        if device.family != Family::Ipod {
            set("OS_VERSION", version.into());
            set("SUPPLEMENTAL_BUILD_VERSION", build.into());
        }
        if let Some(id) = update_id {
            set("SOFTWARE_UPDATE_DEVICE_ID", id.into());
            set("MDM_CAN_REQUEST_SOFTWARE_UPDATE", true.into());
        }
        for (key, slots) in [("IMEI", &device.addresses.imei), ("MEID", &device.addresses.meid)] {
            if let Some(first) = slots.first() {
                set(key, first.as_str().into());
            }
        }
        let issued = at.checked_sub_signed(TimeDelta::days(30)).unwrap_or(at);
        Self { values, udid, at, issued, key: KEY_1024, hash: Hash::Sha1, attributes: true, ber: false }
    }

    /// With another value of a key, or one more key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.values.insert(key.into(), value.into());
        self
    }

    /// Without a key.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.values.remove(key);
        self
    }

    /// With this operating system: `OS_VERSION` and, as `VERSION`, its build.
    #[must_use]
    pub fn os(self, version: &str, build: &str) -> Self {
        self.with("OS_VERSION", version).with("VERSION", build).without("SUPPLEMENTAL_BUILD_VERSION")
    }

    /// With a key of 2048 bits. A build without optimisation takes a moment to sign with it.
    #[must_use]
    pub fn rsa_2048(mut self) -> Self {
        self.key = KEY_2048;
        self
    }

    /// Signed over SHA-256.
    #[must_use]
    pub fn sha256(mut self) -> Self {
        self.hash = Hash::Sha256;
        self
    }

    /// Signed without attributes: the signature is over the content itself.
    #[must_use]
    pub fn without_attributes(mut self) -> Self {
        self.attributes = false;
        self
    }

    /// Written in BER: lengths left open, the content in pieces of a hundred bytes.
    #[must_use]
    pub fn ber(mut self) -> Self {
        self.ber = true;
        self
    }

    /// With a certificate that expired a year ago, which many devices have.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.issued = self.at.checked_sub_signed(TimeDelta::days(730)).unwrap_or(self.at);
        self
    }

    /// A text that it says.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.as_string()
    }

    /// Whether it says yes.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.values.get(key).and_then(Value::as_boolean) == Some(true)
    }

    /// The certificate of the authority that issues for simulated devices; a pinned one in your tests.
    ///
    /// # Errors
    ///
    /// Never: it is a constant.
    pub fn authority() -> Result<Certificate, CertificateError> {
        Certificate::from_der(AUTHORITY)
    }

    /// What is signed: a property list in XML.
    pub fn plist(&self) -> Vec<u8> {
        let mut xml = Vec::new();
        // Writing into memory does not fail.
        drop(Value::Dictionary(self.values.clone()).to_writer_xml(&mut xml));
        xml
    }

    /// The value of the header `x-apple-aspen-deviceinfo`.
    pub fn header(&self) -> String {
        STANDARD.encode(self.body())
    }

    /// The body of the POST, `application/pkcs7-signature`: CMS SignedData.
    pub fn body(&self) -> Vec<u8> {
        let content = self.plist();
        let certificate = self.certificate();
        let signer_info = self.signer(&certificate, &content);
        let version = element(INTEGER, &[&[1]]);
        let hashes = element(SET, &[&self.hash.algorithm()]);
        let open: fn(u8, &[&[u8]]) -> Vec<u8> = if self.ber { indefinite } else { element };
        let text =
            if self.ber { indefinite(0x24, &[&segments(&content, 100)]) } else { element(OCTET_STRING, &[&content]) };
        let content = open(SEQUENCE, &[&element(OID, &[DATA]), &open(CONTEXT_0, &[&text])]);
        let certificates = open(CONTEXT_0, &[&certificate, AUTHORITY]);
        let signed = open(SEQUENCE, &[&version, &hashes, &content, &certificates, &element(SET, &[&signer_info])]);
        open(SEQUENCE, &[&element(OID, &[SIGNED_DATA]), &open(CONTEXT_0, &[&signed])])
    }

    fn signer(&self, certificate: &[u8], content: &[u8]) -> Vec<u8> {
        let version = element(INTEGER, &[&[1]]);
        // The certificate was made a moment ago, so it can be read.
        let named = Certificate::from_der(certificate);
        let (issuer, serial) = named.map_or_else(
            |_| Default::default(),
            |own| (own.issuer().as_der().to_vec(), element(INTEGER, &[own.serial().as_bytes()])),
        );
        let id = element(SEQUENCE, &[&issuer, &serial]);
        let algorithm = element(SEQUENCE, &[&element(OID, &[RSA_ENCRYPTION]), &element(NULL, &[])]);
        let mut parts = vec![version, id, self.hash.algorithm()];
        let signed = if self.attributes {
            let attribute = |oid, value: &[u8]| element(SEQUENCE, &[&element(OID, &[oid]), &element(SET, &[value])]);
            let mut attributes = [
                attribute(CONTENT_TYPE, &element(OID, &[DATA])),
                attribute(SIGNING_TIME, &time(self.at)),
                attribute(MESSAGE_DIGEST, &element(OCTET_STRING, &[&self.hash.digest(content)])),
            ];
            attributes.sort();
            let attributes = attributes.concat();
            parts.push(element(CONTEXT_0, &[&attributes]));
            element(SET, &[&attributes])
        } else {
            content.to_vec()
        };
        parts.extend([algorithm, element(OCTET_STRING, &[&self.key.sign(self.hash, &signed)])]);
        element(SEQUENCE, &[&parts.concat()])
    }

    /// The certificate that the authority issued for the device: signed over SHA-1, as all of Apple's.
    fn certificate(&self) -> Vec<u8> {
        let algorithm = element(SEQUENCE, &[&element(OID, &[SHA1_WITH_RSA]), &element(NULL, &[])]);
        let issuer =
            Certificate::from_der(AUTHORITY).map_or_else(|_| Vec::new(), |own| own.subject().as_der().to_vec());
        let mut serial = Sha256::digest(self.udid.as_bytes()).to_vec();
        serial.truncate(9);
        let serial = element(INTEGER, &[&[1], &serial]);
        let until = self.issued.checked_add_signed(TimeDelta::days(365)).unwrap_or(self.issued);
        let validity = element(SEQUENCE, &[&time(self.issued), &time(until)]);
        let name = element(SEQUENCE, &[&element(OID, &[COMMON_NAME]), &element(0x0C, &[self.udid.as_bytes()])]);
        let subject = element(SEQUENCE, &[&element(SET, &[&name])]);
        let critical = element(0x01, &[&[0xFF]]);
        let extension = |oid, value: &[u8]| {
            element(SEQUENCE, &[&element(OID, &[oid]), &critical, &element(OCTET_STRING, &[value])])
        };
        // Digital signature and key encipherment.
        let usage = extension(KEY_USAGE, &element(0x03, &[&[5, 0xA0]]));
        let extensions = element(SEQUENCE, &[&extension(BASIC_CONSTRAINTS, &element(SEQUENCE, &[])), &usage]);
        let version = element(CONTEXT_0, &[&element(INTEGER, &[&[2]])]);
        let parts = [
            &version,
            &serial,
            &algorithm,
            &issuer,
            &validity,
            &subject,
            &self.key.public(),
            &element(0xA3, &[&extensions]),
        ];
        let signed = element(SEQUENCE, &parts.map(Vec::as_slice));
        let signature = AUTHORITY_KEY.sign(Hash::Sha1, &signed);
        element(SEQUENCE, &[&signed, &algorithm, &element(0x03, &[&[0], &signature])])
    }
}

/// The same for a device every time: of a Mac a UUID, of the others what newer ones have.
fn udid(device: &Device) -> String {
    let digest = Sha256::digest(device.serial_number.as_bytes());
    let number = |bytes: &[u8]| bytes.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
    let hex = format!("{:032X}", number(digest.get(..16).unwrap_or_default()));
    let part = |from, to| hex.get(from..to).unwrap_or_default();
    match device.family {
        Family::Mac => [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"),
        _ => format!("00008112-{}", part(0, 16)),
    }
}

/// UTCTime until 2049, then GeneralizedTime (RFC 5280, 4.1.2.5).
fn time(at: DateTime<Utc>) -> Vec<u8> {
    if (1950..2050).contains(&at.year()) {
        element(0x17, &[at.format("%y%m%d%H%M%SZ").to_string().as_bytes()])
    } else {
        element(0x18, &[at.format("%Y%m%d%H%M%SZ").to_string().as_bytes()])
    }
}
