//! X.509 certificates: read, recognised, and made (self-signed, to upload to Apple).

mod authority;
mod error;
mod outside;
mod self_signed;

use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, ParsedExtension, X509Certificate};
use x509_parser::public_key::PublicKey;

use self::authority::Limits;
pub use self::error::CertificateError;
pub use super::cms::{Name, Serial};
use super::cms::{Recipient, RecipientId};
use super::pem;

/// A certificate. Its bytes stay as they came.
///
/// KEY-1: this is the public half that is uploaded to Apple Business Manager or Apple School Manager. KEY-3: nothing
/// that it gives out holds a private key.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    subject: Name,
    issuer: Name,
    serial: Serial,
    key_id: Option<Vec<u8>>,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    public_key: Vec<u8>,
    authority: bool,
    key_bits: Option<usize>,
    weak_digest: bool,
    limits: Limits,
}

impl Certificate {
    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    ///
    /// [`CertificateError::PrivateKey`] if the text holds a private key (KEY-3), even beside a certificate: such a file is
    /// not one to upload. [`NoCertificate`](CertificateError::NoCertificate) and
    /// [`Malformed`](CertificateError::Malformed) otherwise.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::in_pem(text)?.next().unwrap_or_else(|| {
            let found = pem::blocks(text).next().map(|block| block.label.chars().take(40).collect());
            Err(CertificateError::NoCertificate { found })
        })
    }

    /// Reads every certificate of a PEM text, each with its own error: at least one.
    pub(crate) fn all_from_pem(text: &str) -> Result<Vec<Result<Self, CertificateError>>, CertificateError> {
        let certificates: Vec<_> = Self::in_pem(text)?.collect();
        if certificates.is_empty() { Self::from_pem(text).map(|only| vec![Ok(only)]) } else { Ok(certificates) }
    }

    fn in_pem(text: &str) -> Result<impl Iterator<Item = Result<Self, CertificateError>>, CertificateError> {
        if pem::blocks(text).any(|block| block.is_private_key()) {
            return Err(CertificateError::PrivateKey);
        }
        let is_certificate =
            |block: &pem::Block<'_>| matches!(block.label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE");
        let blocks = pem::blocks(text).filter(is_certificate);
        Ok(blocks.map(|block| Self::from_der(&block.decode().ok_or(CertificateError::Malformed)?)))
    }

    /// Reads a certificate in DER.
    ///
    /// # Errors
    ///
    /// [`CertificateError::Malformed`], and [`CertificateError::Outside`] if it could be written otherwise where its issuer did not sign.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        outside::check(der)?;
        let time = |time: x509_parser::time::ASN1Time| {
            DateTime::from_timestamp(time.timestamp(), 0).ok_or(CertificateError::Malformed)
        };
        let key_id = parsed.iter_extensions().find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
            _ => None,
        });
        Ok(Self {
            subject: Name::new(parsed.subject().as_raw()),
            issuer: Name::new(parsed.issuer().as_raw()),
            serial: Serial::new(parsed.raw_serial()),
            key_id,
            not_before: time(parsed.validity().not_before)?,
            not_after: time(parsed.validity().not_after)?,
            public_key: parsed.public_key().raw.to_vec(),
            authority: parsed.is_ca(),
            key_bits: match parsed.public_key().parsed() {
                Ok(PublicKey::RSA(key)) => Some(key.key_size()),
                _ => None,
            },
            weak_digest: is_weak(&parsed.signature_algorithm.algorithm.to_id_string()),
            limits: Limits::read(&parsed),
            der: der.to_vec(),
        })
    }

    /// As PEM: what is uploaded to Apple (KEY-2).
    pub fn to_pem(&self) -> String {
        String::clone(&pem::encode("CERTIFICATE", &self.der))
    }

    /// The bytes, as they came.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Whom it is for.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// Who made it.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Its number with that issuer.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The subject key identifier, if it has one.
    pub fn key_identifier(&self) -> Option<&[u8]> {
        self.key_id.as_deref()
    }

    /// From when it is valid.
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// Until when it is valid, that second included.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// The public key: `SubjectPublicKeyInfo` in DER.
    pub fn public_key_der(&self) -> &[u8] {
        &self.public_key
    }

    /// Whether its basic constraints let it vouch for other certificates.
    pub fn is_authority(&self) -> bool {
        self.authority
    }

    /// Whether its subject is its issuer.
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// How many bits its RSA key has; `None` for a key of another kind.
    pub fn rsa_bits(&self) -> Option<usize> {
        self.key_bits
    }

    /// Whether it is signed over MD2, MD5 or SHA-1, which iOS 13 and macOS 10.15 no longer accept of a server.
    pub fn has_weak_digest(&self) -> bool {
        self.weak_digest
    }

    /// The SHA-256 of the bytes, to recognise the certificate by (KEY-4).
    ///
    /// Under an issuer with an RSA key nobody can change it and keep the certificate good. To an ECDSA signature there is always
    /// a second one that is as good, which anybody can reckon out: where the issuer has such a key, recognise somebody who chooses what he sends
    /// by [`key_fingerprint`](Self::key_fingerprint).
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(&self.der).into())
    }

    /// The SHA-256 of [`public_key_der`](Self::public_key_der), which is the same in each certificate for this key.
    pub fn key_fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(&self.public_key).into())
    }

    /// Whether a message's recipient is the holder of this certificate (KEY-5).
    pub fn matches(&self, recipient: &Recipient) -> bool {
        match recipient.id() {
            RecipientId::IssuerSerial { issuer, serial } => self.serial == *serial && self.issuer == *issuer,
            RecipientId::KeyIdentifier(id) => self.key_identifier() == Some(id),
        }
    }

    /// An APNs push certificate, which MDM servers have too and which is taken for this one (TOK-5).
    pub(crate) fn is_push(&self) -> bool {
        let subject = self.subject.as_str();
        subject.contains("UID=com.apple.mgmt") || subject.contains("CN=APSP:")
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject)
            .field("issuer", &self.issuer)
            .field("serial", &self.serial)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

/// The algorithms with MD2, MD5 and SHA-1 of RFC 3279.
fn is_weak(signature_algorithm: &str) -> bool {
    matches!(
        signature_algorithm,
        "1.2.840.113549.1.1.2"
            | "1.2.840.113549.1.1.4"
            | "1.2.840.113549.1.1.5"
            | "1.2.840.10045.4.1"
            | "1.2.840.10040.4.3"
    )
}

/// The SHA-256 of a certificate, or of its public key; printed as `openssl x509 -fingerprint -sha256` does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The thirty-two bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(place, byte)| match place {
            0 => write!(f, "{byte:02X}"),
            _ => write!(f, ":{byte:02X}"),
        })
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
