use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::pki::certificate::{Certificate, Fingerprint};

/// The certificates from a signer to the one that is trusted, each signed by the next, and the time that was asked about.
///
/// Made by [`Trust::verify`](super::Trust::verify) alone.
#[derive(Debug, Clone)]
pub struct Chain {
    leaf: Certificate,
    above: Vec<Certificate>,
    at: DateTime<Utc>,
}

impl Chain {
    pub(super) fn new(leaf: Certificate, above: Vec<Certificate>, at: DateTime<Utc>) -> Self {
        Self { leaf, above, at }
    }

    /// The signer's certificate.
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// All of them, the signer's first, the trusted one last.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.leaf).chain(&self.above)
    }

    /// The trusted certificate at the end.
    pub fn anchor(&self) -> &Certificate {
        self.above.last().unwrap_or(&self.leaf)
    }

    /// The fingerprint of the signer's certificate: the same again is the same device again, and the sender cannot change it. Under an
    /// issuer with an EC key he can: take [`key_fingerprint`](Self::key_fingerprint) there.
    pub fn fingerprint(&self) -> Fingerprint {
        self.leaf.fingerprint()
    }

    /// The fingerprint of the signer's public key, which stays where a device has its certificate renewed for the same key.
    pub fn key_fingerprint(&self) -> Fingerprint {
        self.leaf.key_fingerprint()
    }

    /// The time that was asked about.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// How each certificate stands to its validity period. Under a pinned certificate this decides nothing.
    pub fn validity(&self) -> impl Iterator<Item = (&Certificate, Validity)> {
        self.certificates().map(|certificate| (certificate, Validity::of(certificate, self.at)))
    }
}

/// How a time stands to the validity period of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validity {
    /// The certificate was valid earlier, until then.
    Expired(DateTime<Utc>),
    /// The certificate is valid later, from then on.
    NotYet(DateTime<Utc>),
    /// The certificate is valid.
    Valid,
}

impl Validity {
    pub(super) fn of(certificate: &Certificate, at: DateTime<Utc>) -> Self {
        // The last second counts to its end.
        if at.timestamp() > certificate.not_after().timestamp() {
            Self::Expired(certificate.not_after())
        } else if at < certificate.not_before() {
            Self::NotYet(certificate.not_before())
        } else {
            Self::Valid
        }
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |time: &DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        match self {
            Self::Expired(at) => write!(f, "expired {}", text(at)),
            Self::NotYet(at) => write!(f, "valid from {} on", text(at)),
            Self::Valid => f.write_str("valid"),
        }
    }
}
