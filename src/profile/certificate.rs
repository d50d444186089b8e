//! The certificates within a profile.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use crate::judgement::holds_private_key;
use crate::pki::certificate::{Certificate, CertificateError, Fingerprint};
use crate::pki::pem;

/// A certificate that the device trusts when it calls `url` and `configuration_web_url`, in place of its built-in ones: one of
/// `anchor_certs`.
///
/// It is read when it is made, so that what Apple stores is a certificate. When it is replaced, the profile has to be defined
/// anew and assigned again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorCertificate(Certificate);

/// The certificate of a host that may pair although pairing is denied to others: one of `supervising_host_certs`.
///
/// It cannot be changed in a profile that is defined: keep a copy (PAI-4). The bytes stay as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCertificate(Certificate);

/// Why a certificate cannot be in a profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileCertificateError {
    /// It cannot be read, or is a private key.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// It is valid no more.
    #[error("the certificate of {subject} has been invalid since {not_after}; give its successor")]
    Expired {
        /// Whom it is for.
        subject: String,
        /// Until when it was valid.
        not_after: DateTime<Utc>,
    },
    /// It is not valid yet.
    #[error("the certificate of {subject} is not valid before {not_before}; wait, or give the one that is in use")]
    NotYetValid {
        /// Whom it is for.
        subject: String,
        /// From when it is valid.
        not_before: DateTime<Utc>,
    },
    /// It vouches for no other.
    #[error(
        "the certificate of {subject} belongs to a server or host, not to an authority; give the authority's that issued it ({issuer})"
    )]
    NotAuthority {
        /// Whom it is for.
        subject: String,
        /// Who made it.
        issuer: String,
    },
    /// There are several, where one is expected.
    #[error("the text holds {count} certificates; read them all by `read_all`, or give the one that is meant alone")]
    Several {
        /// How many there are.
        count: usize,
    },
    /// One of several cannot be in a profile.
    #[error("certificate {number} of {count} cannot be in a profile; give the others without it, or mend it")]
    OneOf {
        /// Which one, counted from 1.
        number: usize,
        /// How many there are.
        count: usize,
        /// Why not.
        source: Box<Self>,
    },
    /// The text is not base64.
    #[error("the text is not base64; give the DER certificate in base64, without PEM lines")]
    NotBase64,
}

fn valid_at(certificate: Certificate, at: DateTime<Utc>) -> Result<Certificate, ProfileCertificateError> {
    let subject = || certificate.subject().to_string();
    if at > certificate.not_after() {
        Err(ProfileCertificateError::Expired { subject: subject(), not_after: certificate.not_after() })
    } else if at < certificate.not_before() {
        Err(ProfileCertificateError::NotYetValid { subject: subject(), not_before: certificate.not_before() })
    } else {
        Ok(certificate)
    }
}

/// All certificates of a PEM text, or the one in DER: at least one.
fn read_each(bytes: &[u8]) -> Result<Vec<Result<Certificate, CertificateError>>, CertificateError> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains("-----BEGIN "));
    match text.map(Certificate::all_from_pem) {
        Some(Ok(certificates)) => Ok(certificates),
        Some(Err(error)) => Err(error),
        None => Ok(vec![Certificate::from_der(bytes)]),
    }
}

fn read_one(bytes: &[u8]) -> Result<Certificate, ProfileCertificateError> {
    let mut certificates = read_each(bytes)?;
    match (certificates.pop(), certificates.len()) {
        (Some(certificate), 0) => Ok(certificate?),
        (_, others) => Err(ProfileCertificateError::Several { count: others + 1 }),
    }
}

fn read_all<T>(
    bytes: &[u8],
    judged: impl Fn(Certificate) -> Result<T, ProfileCertificateError>,
) -> Result<Vec<T>, ProfileCertificateError> {
    let certificates = read_each(bytes)?;
    let count = certificates.len();
    let numbered = certificates.into_iter().zip(1..);
    let judged = numbered.map(|(certificate, number)| {
        certificate.map_err(Into::into).and_then(&judged).map_err(|error| match count {
            1 => error,
            _ => ProfileCertificateError::OneOf { number, count, source: Box::new(error) },
        })
    });
    judged.collect()
}

fn read(bytes: &[u8]) -> Result<Certificate, CertificateError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => Certificate::from_pem(text),
        _ => Certificate::from_der(bytes),
    }
}

macro_rules! profile_certificate {
    ($name:ident) => {
        impl $name {
            /// The certificate itself.
            pub fn certificate(&self) -> &Certificate {
                &self.0
            }

            /// The SHA-256 of its bytes.
            pub fn fingerprint(&self) -> Fingerprint {
                self.0.fingerprint()
            }

            /// As it stands in the profile: DER in base64.
            pub fn to_base64(&self) -> String {
                STANDARD.encode(self.0.as_der())
            }
        }
    };
}

profile_certificate! { AnchorCertificate }
profile_certificate! { HostCertificate }

impl AnchorCertificate {
    /// Reads an authority's certificate, DER or PEM, that is valid at this time.
    ///
    /// # Errors
    ///
    /// Whatever makes it useless: malformed, a private key, expired, not yet valid, and
    /// [`NotAuthority`](ProfileCertificateError::NotAuthority) for a server's certificate that another authority issued;
    /// [`Several`](ProfileCertificateError::Several) where there are more than one.
    pub fn read(bytes: &[u8], at: DateTime<Utc>) -> Result<Self, ProfileCertificateError> {
        Self::judged(read_one(bytes)?, at)
    }

    /// Reads a bundle: every certificate of a PEM text, in its order, or the one in DER.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), in [`OneOf`](ProfileCertificateError::OneOf) where there are several. A private key beside them is refused
    /// for all.
    pub fn read_all(bytes: &[u8], at: DateTime<Utc>) -> Result<Vec<Self>, ProfileCertificateError> {
        read_all(bytes, |certificate| Self::judged(certificate, at))
    }

    /// Reads a bundle; neither dates nor whether it is an authority are judged.
    pub(crate) fn undated(bytes: &[u8]) -> Result<Vec<Self>, ProfileCertificateError> {
        read_all(bytes, |certificate| Ok(Self(certificate)))
    }

    fn judged(certificate: Certificate, at: DateTime<Utc>) -> Result<Self, ProfileCertificateError> {
        let certificate = valid_at(certificate, at)?;
        if !certificate.is_authority() && !certificate.is_self_issued() {
            return Err(ProfileCertificateError::NotAuthority {
                subject: certificate.subject().to_string(),
                issuer: certificate.issuer().to_string(),
            });
        }
        Ok(Self(certificate))
    }
}

impl HostCertificate {
    /// Reads it as it stands in a profile. Its dates are not judged.
    pub(super) fn from_base64(text: &str) -> Result<Self, ProfileCertificateError> {
        let der = STANDARD.decode(text).map_err(|_| ProfileCertificateError::NotBase64)?;
        Ok(Self(Certificate::from_der(&der)?))
    }

    /// Reads every certificate; dates are not judged.
    pub(crate) fn undated(bytes: &[u8]) -> Result<Vec<Self>, ProfileCertificateError> {
        read_all(bytes, |certificate| Ok(Self(certificate)))
    }

    /// Reads a host's certificate, DER or PEM, that is valid at this time.
    ///
    /// # Errors
    ///
    /// Whatever makes it useless: malformed, a private key, expired, not yet valid;
    /// [`Several`](ProfileCertificateError::Several) where there are more than one.
    pub fn read(bytes: &[u8], at: DateTime<Utc>) -> Result<Self, ProfileCertificateError> {
        valid_at(read_one(bytes)?, at).map(Self)
    }

    /// Reads every certificate of a PEM text, in its order, or the one in DER: for
    /// [`Pairing::by_certificates`](super::Pairing::by_certificates).
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), in [`OneOf`](ProfileCertificateError::OneOf) where there are several. A private key beside them is refused
    /// for all.
    pub fn read_all(bytes: &[u8], at: DateTime<Utc>) -> Result<Vec<Self>, ProfileCertificateError> {
        read_all(bytes, |certificate| valid_at(certificate, at).map(Self))
    }
}

/// What one text of `anchor_certs` or `supervising_host_certs` turned out to be.
#[derive(Debug, Clone)]
pub(super) enum Reading {
    /// A certificate, in base64 as Apple documents it.
    Certificate(Box<Certificate>),
    /// The same with line breaks or other white space in the base64.
    Wrapped(Box<Certificate>),
    /// The same as PEM, or PEM in base64.
    Pem(Box<Certificate>),
    /// A private key, or PEM with one in it. Nothing of it is kept.
    PrivateKey,
    /// Base64 of something else.
    NotCertificate,
    /// No base64.
    NotBase64,
}

impl Reading {
    pub(super) fn of(text: &str) -> Self {
        // A private key beside a certificate counts, whatever form either has.
        if holds_private_key(text) {
            return Self::PrivateKey;
        }
        if text.contains("-----BEGIN ") {
            return match Certificate::from_pem(text) {
                Ok(certificate) => Self::Pem(Box::new(certificate)),
                Err(CertificateError::PrivateKey) => Self::PrivateKey,
                Err(_) => Self::NotCertificate,
            };
        }
        let Some(bytes) = pem::base64_decode(text.as_bytes()) else {
            return Self::NotBase64;
        };
        let is_wrapped = text.contains(|c: char| c.is_ascii_whitespace());
        match read(&bytes) {
            Ok(certificate) if certificate.as_der() != bytes.as_slice() => Self::Pem(Box::new(certificate)),
            Ok(certificate) if is_wrapped => Self::Wrapped(Box::new(certificate)),
            Ok(certificate) if STANDARD.decode(text).is_ok() => Self::Certificate(Box::new(certificate)),
            Ok(certificate) => Self::Wrapped(Box::new(certificate)),
            Err(CertificateError::PrivateKey) => Self::PrivateKey,
            Err(_) => Self::NotCertificate,
        }
    }

    /// The certificate, in whatever form it came.
    pub(super) fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::Certificate(certificate) | Self::Wrapped(certificate) | Self::Pem(certificate) => Some(certificate),
            Self::PrivateKey | Self::NotCertificate | Self::NotBase64 => None,
        }
    }
}
