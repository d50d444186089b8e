use chrono::{DateTime, Datelike, TimeDelta, Utc};
use const_oid::AssociatedOid;
use const_oid::db::rfc4519::COMMON_NAME;
use const_oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION;
use der::asn1::{Any, BitString, GeneralizedTime, OctetString, SetOfVec, UtcTime};
use der::{Decode, Encode, Tag};
use sha1::{Digest, Sha1};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{TbsCertificateInner, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use super::{Certificate, CertificateError};
use crate::Stamp;
use crate::error::BoxError;

impl Certificate {
    /// Makes the certificate to upload to Apple: self-signed, for keyEncipherment and digitalSignature.
    ///
    /// `public_key` is a `SubjectPublicKeyInfo` of an RSA key in DER; `validity` begins at the stamp's time; the serial
    /// number is made of the stamp's nonce. `sign` gets the bytes to sign with RSA PKCS#1 v1.5 and SHA-256, so that the
    /// private key may be anywhere.
    ///
    /// # Errors
    ///
    /// [`CertificateError::CommonName`], [`Validity`](CertificateError::Validity), a public key that is
    /// [`Malformed`](CertificateError::Malformed), and whatever `sign` gives, as [`Sign`](CertificateError::Sign).
    pub fn self_signed(
        common_name: &str,
        validity: TimeDelta,
        stamp: &Stamp,
        public_key: &[u8],
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, BoxError>,
    ) -> Result<Self, CertificateError> {
        let length = common_name.chars().count();
        if !(1..=64).contains(&length) || common_name.chars().any(char::is_control) {
            return Err(CertificateError::CommonName { length });
        }
        let validity = period(stamp.now(), validity)?;
        let malformed = |_: der::Error| CertificateError::Malformed;
        let public_key = SubjectPublicKeyInfoOwned::from_der(public_key).map_err(|_| CertificateError::Malformed)?;
        let name = distinguished_name(common_name).map_err(malformed)?;
        let algorithm = AlgorithmIdentifierOwned { oid: SHA_256_WITH_RSA_ENCRYPTION, parameters: Some(Any::null()) };
        let tbs = TbsCertificateInner {
            version: Version::V3,
            serial_number: serial(stamp).map_err(malformed)?,
            signature: algorithm.clone(),
            issuer: name.clone(),
            validity,
            subject: name,
            extensions: Some(extensions(&public_key).map_err(malformed)?),
            subject_public_key_info: public_key,
            issuer_unique_id: None,
            subject_unique_id: None,
        };
        let signature = sign(&tbs.to_der().map_err(malformed)?).map_err(CertificateError::Sign)?;
        let signature = BitString::from_bytes(&signature).map_err(malformed)?;
        let certificate: x509_cert::Certificate = x509_cert::certificate::CertificateInner {
            tbs_certificate: tbs,
            signature_algorithm: algorithm,
            signature,
        };
        Self::from_der(&certificate.to_der().map_err(malformed)?)
    }
}

/// Whole seconds; in UTCTime until 2049 (RFC 5280, 4.1.2.5).
fn period(from: DateTime<Utc>, length: TimeDelta) -> Result<Validity, CertificateError> {
    let refused = CertificateError::Validity { days: length.num_days() };
    let time = |time: DateTime<Utc>| {
        let since_epoch = std::time::Duration::from_secs(u64::try_from(time.timestamp()).ok()?);
        if time.year() < 2050 {
            UtcTime::from_unix_duration(since_epoch).ok().map(Time::from)
        } else {
            GeneralizedTime::from_unix_duration(since_epoch).ok().map(Time::from)
        }
    };
    let to = from.checked_add_signed(length).filter(|_| length >= TimeDelta::days(1));
    match (time(from), to.and_then(time)) {
        (Some(not_before), Some(not_after)) => Ok(Validity { not_before, not_after }),
        _ => Err(refused),
    }
}

/// Sixteen bytes, positive, never shorter.
fn serial(stamp: &Stamp) -> der::Result<SerialNumber> {
    let mut bytes = stamp.nonce();
    let [first, ..] = &mut bytes;
    *first = *first & 0x7F | 0x40;
    SerialNumber::new(&bytes)
}

fn distinguished_name(common_name: &str) -> der::Result<RdnSequence> {
    let value = Any::new(Tag::Utf8String, common_name.as_bytes())?;
    let attribute = AttributeTypeAndValue { oid: COMMON_NAME, value };
    Ok(RdnSequence(vec![RelativeDistinguishedName(SetOfVec::try_from(vec![attribute])?)]))
}

fn extensions(public_key: &SubjectPublicKeyInfoOwned) -> der::Result<Vec<Extension>> {
    // RFC 5280, 4.2.1.2, method 1.
    let key_id = Sha1::digest(public_key.subject_public_key.raw_bytes());
    Ok(vec![
        extension(true, &BasicConstraints { ca: false, path_len_constraint: None })?,
        extension(true, &KeyUsage(KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment))?,
        extension(false, &SubjectKeyIdentifier(OctetString::new(key_id.as_slice())?))?,
    ])
}

fn extension<E: AssociatedOid + Encode>(critical: bool, value: &E) -> der::Result<Extension> {
    Ok(Extension { extn_id: E::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}
