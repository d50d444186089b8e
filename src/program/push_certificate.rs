use std::fmt;

use chrono::{DateTime, Utc};
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

use crate::pki::certificate::{Certificate, CertificateError};

/// The APNs certificate by which the MDM wakes devices: it lets the MDM manage them, and a server token does not (ORG-11, X-13).
///
/// It comes from Apple Push Certificates Portal, and lasts for a year. Renew it there, never make another: with a new topic, every device
/// would have to enroll anew.
///
/// What wants one takes no token, and what wants a token takes no certificate:
///
/// ```compile_fail,E0308
/// # use apple_ade::{program::PushCertificate, session::Session, api::Service};
/// fn sign_in(certificate: PushCertificate) -> Session {
///     Session::new(certificate, Service::apple())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct PushCertificate {
    certificate: Certificate,
    topic: String,
}

/// Why there is no push certificate for MDM in what was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushCertificateError {
    /// It is no certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// It is another certificate: its subject has no user id that begins with `com.apple.mgmt.`.
    #[error(
        "the certificate of {subject} is no push certificate for MDM: give the one from Apple Push Certificates Portal, whose subject has UID=com.apple.mgmt.…"
    )]
    NoTopic {
        /// Its subject.
        subject: String,
    },
    /// It is to take the place of one with another topic.
    #[error(
        "the certificate has the topic {found}, and the one in use has {expected}: renew that one in Apple Push Certificates Portal, or every device has to enroll anew"
    )]
    OtherTopic {
        /// The topic in use.
        expected: String,
        /// The topic of this one.
        found: String,
    },
}

impl PushCertificate {
    /// Reads a push certificate in PEM.
    ///
    /// # Errors
    ///
    /// [`PushCertificateError`] says what it is.
    pub fn from_pem(text: &str) -> Result<Self, PushCertificateError> {
        Self::new(Certificate::from_pem(text)?)
    }

    /// Looks for the topic of a certificate.
    ///
    /// # Errors
    ///
    /// [`PushCertificateError::NoTopic`].
    pub fn new(certificate: Certificate) -> Result<Self, PushCertificateError> {
        let user_id = oid!(0.9.2342.19200300.100.1.1);
        let topic = X509Name::from_der(certificate.subject().as_der()).ok().and_then(|(_, name)| {
            let mut ids = name.iter_by_oid(&user_id).filter_map(|id| id.as_str().ok().map(str::to_owned));
            ids.find(|id| id.strip_prefix("com.apple.mgmt.").is_some_and(|rest| !rest.is_empty()))
        });
        match topic {
            Some(topic) => Ok(Self { certificate, topic }),
            None => Err(PushCertificateError::NoTopic { subject: certificate.subject().to_string() }),
        }
    }

    /// Checks that it can take the place of the one in use: it has the same topic. Which of the two ends later is not looked at; see
    /// [`expiry`](Self::expiry).
    ///
    /// # Errors
    ///
    /// [`PushCertificateError::OtherTopic`].
    pub fn succeeds(&self, in_use: &Self) -> Result<(), PushCertificateError> {
        if self.topic == in_use.topic {
            return Ok(());
        }
        Err(PushCertificateError::OtherTopic { expected: in_use.topic.clone(), found: self.topic.clone() })
    }

    /// `Topic` of the `com.apple.mdm` payload.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// When it ends.
    pub fn expiry(&self) -> DateTime<Utc> {
        self.certificate.not_after()
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

impl fmt::Display for PushCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} until {}", self.topic, self.expiry().to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    }
}
