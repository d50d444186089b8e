use chrono::{DateTime, SecondsFormat, Utc};

use super::search::MAX_LENGTH;
use crate::pki::certificate::CertificateError;
use crate::pki::cms::SignerId;
use crate::pki::signature::{SignatureError, SignatureHash};

/// Why a signed message is not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The signer's certificate is not in the message.
    #[error("the certificate of the signer ({signer}) is not in the message")]
    NoCertificate {
        /// How the message names its signer.
        signer: Box<SignerId>,
    },
    /// A certificate in the message, among which the signer's is not found, cannot be read.
    #[error("a certificate in the message cannot be read, and no other is the signer's")]
    Certificate(#[source] Box<CertificateError>),
    /// No chain leads from the signer to a certificate that is trusted.
    #[error("the signer is not trusted: {0}")]
    Chain(#[from] ChainError),
    /// There are no signed attributes, which content of this type must have.
    #[error("the content is of the type {content_type}, which must not be signed without attributes")]
    NoAttributes {
        /// The object identifier of the type.
        content_type: String,
    },
    /// The signed attribute contentType names another type than that of the content.
    #[error("the signed attributes are about content of the type {found}, and this is of the type {expected}")]
    ContentType {
        /// What the attribute says.
        found: String,
        /// What the message says.
        expected: String,
    },
    /// The signed attribute messageDigest is not the digest of the content: either was changed.
    #[error("the content is not the one that was signed: its {hash} is not that of the signed attributes")]
    Digest {
        /// The hash.
        hash: SignatureHash,
    },
    /// The signature does not count.
    #[error("the message's signature is refused: {0}")]
    Signature(#[source] SignatureError),
}

/// Why no chain leads from a certificate to a trusted one. `subject` is the certificate that is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// Not issued by the pinned certificate itself.
    #[error("{subject} is issued by {issuer}, and not directly by the pinned {pinned}")]
    NotPinned {
        /// The signer.
        subject: String,
        /// Its issuer.
        issuer: String,
        /// The one that it should be.
        pinned: String,
    },
    /// No certificate of this name is trusted or in the message.
    #[error("{subject} is issued by {issuer}, which is neither trusted nor in the message")]
    UnknownIssuer {
        /// The certificate.
        subject: String,
        /// Its issuer.
        issuer: String,
    },
    /// The signer is an authority: it may vouch for devices, and is none.
    #[error("{subject} is an authority, and no device")]
    SignerIsAuthority {
        /// The signer.
        subject: String,
    },
    /// The signer's key usage does not let it sign messages.
    #[error("{subject} is not made for signing messages, by its key usage")]
    NotForSigning {
        /// The signer.
        subject: String,
    },
    /// It is made for other purposes, by its extended key usage.
    #[error(
        "{subject} is made for other purposes, by its extended key usage; signing takes emailProtection, clientAuth or any"
    )]
    Purpose {
        /// The certificate.
        subject: String,
    },
    /// Its signature is not that of the issuer which it names.
    #[error("{subject} is not signed by {issuer}, although it names that as its issuer: {source}")]
    Signature {
        /// The certificate.
        subject: String,
        /// Its issuer by name.
        issuer: String,
        /// Why the signature does not count.
        source: SignatureError,
    },
    /// An issuer is no authority, by its basic constraints or key usage.
    #[error("{subject} may not vouch for other certificates")]
    NotAuthority {
        /// The issuer.
        subject: String,
    },
    /// There are more authorities below this one than it allows.
    #[error("{subject} allows {allowed} authorities below it, and there are {found}")]
    PathLength {
        /// The authority.
        subject: String,
        /// How many it allows.
        allowed: u32,
        /// How many there are.
        found: usize,
    },
    /// It has a critical extension that is not understood, so that it counts for nothing.
    #[error("{subject} has a critical extension {oid}, which is not understood")]
    CriticalExtension {
        /// The certificate.
        subject: String,
        /// The object identifier of the extension.
        oid: String,
    },
    /// Not valid any more.
    #[error("{subject} was valid until {}, and the time is {}", text(not_after), text(at))]
    Expired {
        /// The certificate.
        subject: String,
        /// The last second of its validity.
        not_after: DateTime<Utc>,
        /// The time that was asked about.
        at: DateTime<Utc>,
    },
    /// Not valid yet.
    #[error("{subject} is valid from {}, and the time is {}", text(not_before), text(at))]
    NotYetValid {
        /// The certificate.
        subject: String,
        /// The first second of its validity.
        not_before: DateTime<Utc>,
        /// The time that was asked about.
        at: DateTime<Utc>,
    },
    /// The message leads on and on.
    #[error("the chain is longer than {MAX_LENGTH} certificates, or there are too many to try")]
    TooLong,
}

fn text(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
