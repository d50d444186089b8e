//! Signed messages: CMS SignedData (RFC 5652, 5) with RSA and SHA-256.

use chrono::{DateTime, Datelike, Utc};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME};
use const_oid::db::rfc5912::{ID_SHA_256, RSA_ENCRYPTION};
use der::asn1::{Any, GeneralizedTime, OctetString, SetOfVec, UtcTime};
use der::{Decode, Encode, Tag};
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::attr::Attribute;
use x509_cert::time::Time;

use crate::error::BoxError;
#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
use crate::pki::signature::{BuiltIn, SignatureAlgorithm, SignatureHash, check};
use crate::pki::signature::{PublicKey, SignatureError};

/// Why a message cannot be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// A certificate is not in DER, or not one that can be put into a message without a change.
    #[error("the certificate at place {place} (0 is the signer's) is not in DER; give it as it was issued")]
    Certificate {
        /// Which of those that were given, from 0.
        place: usize,
    },
    /// There is no certificate at all.
    #[error("there is no certificate; give the signer's, then those that lead from it to an anchor")]
    NoCertificate,
    /// The signer's key is of a kind that is not signed with.
    #[error("the key of the signer's certificate is {found}; give a certificate for an RSA key of 1024 to 8192 bits")]
    SignerKey {
        /// What it is.
        found: String,
    },
    /// The signature does not fit to the signer's certificate, so that no device would take the message.
    #[error(
        "the signature is not of the key of the first certificate; give the certificate that belongs to the key first"
    )]
    KeyMismatch,
    /// The time of signing cannot be written.
    #[error("the time of signing {0} is before 1970 or after 9999")]
    Time(DateTime<Utc>),
    /// The content is longer than DER can say.
    #[error("the content is too long to be signed")]
    TooLong,
    /// The key did not sign.
    #[error("the message could not be signed: {0}")]
    Sign(#[source] BoxError),
}

/// Signs a content: SignedData in DER that holds the content, the certificates, and one signature by RSA PKCS#1 v1.5 with SHA-256 over
/// the content type, the message digest and the time of signing.
///
/// `certificates` are in DER: the signer's first, then those that lead from it to an anchor, which itself may be left out. `sign` gets the
/// bytes to sign, so that the private key may be anywhere: for a [`SignKey`](super::super::key::SignKey) it is
/// `|message| key.sign(message).map_err(Into::into)`. Where a back end is on (feature `aws-lc-rs` or `rustcrypto`) the signature is
/// verified before the message is given out.
///
/// # Errors
///
/// [`SignError`]
pub fn sign_message<'c>(
    content: &[u8],
    certificates: impl IntoIterator<Item = &'c [u8]>,
    signed_at: DateTime<Utc>,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, BoxError>,
) -> Result<Vec<u8>, SignError> {
    let too_long = |_: der::Error| SignError::TooLong;
    let mut read: Vec<x509_cert::Certificate> = Vec::new();
    for (place, bytes) in certificates.into_iter().enumerate() {
        let certificate = x509_cert::Certificate::from_der(bytes).ok();
        // What a signature stands on is passed on to the letter, or not at all.
        let same = certificate.filter(|certificate| certificate.to_der().is_ok_and(|der| der == bytes));
        let certificate = same.ok_or(SignError::Certificate { place })?;
        if !read.contains(&certificate) {
            read.push(certificate);
        }
    }
    let signer = read.first().ok_or(SignError::NoCertificate)?;
    let spki = signer.tbs_certificate.subject_public_key_info.to_der().map_err(too_long)?;
    let found = match PublicKey::read(&spki) {
        Ok(PublicKey::Rsa { .. }) => None,
        Ok(other) => Some(other.kind().to_owned()),
        Err(SignatureError::Key { found }) => Some(found),
        Err(other) => Some(other.to_string()),
    };
    if let Some(found) = found {
        return Err(SignError::SignerKey { found });
    }
    let id = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: signer.tbs_certificate.issuer.clone(),
        serial_number: signer.tbs_certificate.serial_number.clone(),
    });

    let digest = OctetString::new(Sha256::digest(content).as_slice()).map_err(too_long)?;
    let attributes = [
        attribute(ID_CONTENT_TYPE, &ID_DATA).map_err(too_long)?,
        attribute(ID_SIGNING_TIME, &signing_time(signed_at).ok_or(SignError::Time(signed_at))?).map_err(too_long)?,
        attribute(ID_MESSAGE_DIGEST, &digest).map_err(too_long)?,
    ];
    let signed_attrs = SetOfVec::try_from(attributes.to_vec()).map_err(too_long)?;
    // RFC 5652, 5.4: what is signed is the SET OF, without the tag that it has in the message.
    let message = signed_attrs.to_der().map_err(too_long)?;
    let signature = sign(&message).map_err(SignError::Sign)?;
    #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
    check(&BuiltIn, SignatureAlgorithm::Rsa(SignatureHash::Sha256), &spki, &message, &signature)
        .map_err(|_| SignError::KeyMismatch)?;

    let sha256 = AlgorithmIdentifierOwned { oid: ID_SHA_256, parameters: None };
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: id,
        digest_alg: sha256.clone(),
        signed_attrs: Some(signed_attrs),
        signature_algorithm: AlgorithmIdentifierOwned { oid: RSA_ENCRYPTION, parameters: Some(Any::null()) },
        signature: OctetString::new(signature).map_err(too_long)?,
        unsigned_attrs: None,
    };
    let certificates: Vec<_> = read.into_iter().map(CertificateChoices::Certificate).collect();
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256]).map_err(too_long)?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: ID_DATA,
            econtent: Some(Any::new(Tag::OctetString, content).map_err(too_long)?),
        },
        certificates: Some(CertificateSet::try_from(certificates).map_err(too_long)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![info]).map_err(too_long)?,
    };
    let content = Any::encode_from(&data).map_err(too_long)?;
    ContentInfo { content_type: ID_SIGNED_DATA, content }.to_der().map_err(too_long)
}

fn attribute(oid: ObjectIdentifier, value: &impl EncodeTagged) -> der::Result<Attribute> {
    let values = SetOfVec::try_from(vec![Any::encode_from(value)?])?;
    Ok(Attribute { oid, values })
}

trait EncodeTagged: der::Tagged + der::EncodeValue {}

impl<T: der::Tagged + der::EncodeValue> EncodeTagged for T {}

/// Whole seconds; in UTCTime until 2049 (RFC 5652, 11.3).
fn signing_time(time: DateTime<Utc>) -> Option<Time> {
    let since_epoch = std::time::Duration::from_secs(u64::try_from(time.timestamp()).ok()?);
    if time.year() < 2050 {
        UtcTime::from_unix_duration(since_epoch).ok().map(Time::from)
    } else {
        GeneralizedTime::from_unix_duration(since_epoch).ok().map(Time::from)
    }
}
