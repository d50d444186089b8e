//! Signatures of certificates and messages: which kinds are read, and who checks them.
//!
//! What devices sign with: RSA PKCS#1 v1.5 from 1024 bits on, and ECDSA over P-256, with SHA-1 or SHA-256. SHA-1 and 1024
//! bits are Apple's: its device CA has both. With a back end on, [`BuiltIn`] checks; without one, or to have an HSM or
//! a validated module do it, bring a [`CheckSignature`].

#[cfg(feature = "aws-lc-rs")]
#[path = "aws_lc.rs"]
mod backend;
#[cfg(all(feature = "rustcrypto", not(feature = "aws-lc-rs")))]
#[path = "rustcrypto.rs"]
mod backend;
mod key;

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

pub use self::key::PublicKey;

/// The hash under a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SignatureHash {
    /// SHA-1. Collisions are known; Apple's device CA and older devices have it.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl SignatureHash {
    pub(crate) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        match oid {
            rfc5912::ID_SHA_1 => Some(Self::Sha1),
            rfc5912::ID_SHA_256 => Some(Self::Sha256),
            _ => None,
        }
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        }
    }
}

impl fmt::Display for SignatureHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
        })
    }
}

/// How something is signed.
///
/// ```
/// use apple_ade::pki::signature::{SignatureAlgorithm, SignatureHash};
///
/// assert_eq!(SignatureAlgorithm::Rsa(SignatureHash::Sha256).to_string(), "RSA PKCS#1 v1.5 with SHA-256");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ECDSA; the signature is a DER SEQUENCE of two numbers.
    Ecdsa(SignatureHash),
    /// RSASSA-PKCS1-v1_5.
    Rsa(SignatureHash),
}

impl SignatureAlgorithm {
    /// The hash.
    pub fn hash(self) -> SignatureHash {
        match self {
            Self::Ecdsa(hash) | Self::Rsa(hash) => hash,
        }
    }

    /// By the object identifier of a whole signature algorithm.
    pub(crate) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Some(match oid {
            rfc5912::SHA_1_WITH_RSA_ENCRYPTION => Self::Rsa(SignatureHash::Sha1),
            rfc5912::SHA_256_WITH_RSA_ENCRYPTION => Self::Rsa(SignatureHash::Sha256),
            rfc5912::ECDSA_WITH_SHA_256 => Self::Ecdsa(SignatureHash::Sha256),
            oid if oid == ECDSA_WITH_SHA_1 => Self::Ecdsa(SignatureHash::Sha1),
            _ => return None,
        })
    }

    /// As a message names it: by a whole algorithm, or by that of the key beside a hash.
    pub(crate) fn of_message(oid: ObjectIdentifier, hash: SignatureHash) -> Option<Self> {
        match oid {
            rfc5912::RSA_ENCRYPTION => Some(Self::Rsa(hash)),
            rfc5912::ID_EC_PUBLIC_KEY => Some(Self::Ecdsa(hash)),
            oid => Self::from_oid(oid).filter(|algorithm| algorithm.hash() == hash),
        }
    }
}

const ECDSA_WITH_SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.1");

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ecdsa(hash) => write!(f, "ECDSA with {hash}"),
            Self::Rsa(hash) => write!(f, "RSA PKCS#1 v1.5 with {hash}"),
        }
    }
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// It is not the key's signature of these bytes: either was changed, or the key is another one.
    #[error("the signature does not fit; what was signed, the signature or the key is another one")]
    Invalid,
    /// Made with an algorithm that is not read.
    #[error("it is signed with {found}, which is not supported; RSA PKCS#1 v1.5 and ECDSA with SHA-1 and SHA-256 are")]
    Algorithm {
        /// The object identifier of the algorithm.
        found: String,
    },
    /// The key is of another kind than the signature.
    #[error("it says {algorithm}, but the key is {key}")]
    OtherKind {
        /// The algorithm of the signature.
        algorithm: SignatureAlgorithm,
        /// What the key is.
        key: &'static str,
    },
    /// The public key is not of a kind or length that is read.
    #[error(
        "the public key is {found}; RSA of {} to {} bits and P-256 are supported",
        PublicKey::MIN_BITS,
        PublicKey::MAX_BITS
    )]
    Key {
        /// What it is.
        found: String,
    },
    /// The check could not be made: not a judgement about the signature.
    #[error("the signature could not be checked: {what}")]
    Unavailable {
        /// What is missing or failed.
        what: String,
    },
}

/// Checks signatures.
///
/// [`BuiltIn`] is the one that the back ends bring. A key that is handed in was looked at: it is RSA of 1024 to 8192 bits with
/// an odd exponent from 3 to 2³³, or an uncompressed point for P-256, and of the algorithm's kind.
///
/// ```
/// use apple_ade::pki::signature::{CheckSignature, PublicKey, SignatureAlgorithm, SignatureError};
///
/// /// Believes nothing.
/// struct Nobody;
///
/// impl CheckSignature for Nobody {
///     fn check(&self, _: SignatureAlgorithm, _: &PublicKey<'_>, _: &[u8], _: &[u8]) -> Result<(), SignatureError> {
///         Err(SignatureError::Invalid)
///     }
/// }
/// # let _: &dyn CheckSignature = &Nobody;
/// ```
pub trait CheckSignature {
    /// Whether `signature` is the key's signature of `message`, which is not hashed yet.
    ///
    /// # Errors
    ///
    /// [`SignatureError::Invalid`] if it is not; [`SignatureError::Unavailable`] if that cannot be said.
    fn check(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError>;
}

/// The back end's checks: AWS-LC (feature `aws-lc-rs`, taken if both are on) or RustCrypto's `rsa` and `p256` (feature
/// `rustcrypto`).
///
/// ```
/// use apple_ade::pki::certificate::Certificate;
/// use apple_ade::pki::signature::{BuiltIn, SignatureError};
///
/// # let pem = include_str!("../../../tests/fixtures/machine_info/root.pem");
/// let root = Certificate::from_pem(pem)?;
/// assert_eq!(root.check_signed_by(&root, &BuiltIn), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
impl CheckSignature for BuiltIn {
    fn check(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        if backend::check(algorithm, key, message, signature) { Ok(()) } else { Err(SignatureError::Invalid) }
    }
}

/// Reads the key, and has the signature checked if the two are of one kind.
pub(crate) fn check(
    checker: &dyn CheckSignature,
    algorithm: SignatureAlgorithm,
    spki_der: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let key = PublicKey::read(spki_der)?;
    match (&key, algorithm) {
        (PublicKey::Rsa { .. }, SignatureAlgorithm::Rsa(_))
        | (PublicKey::P256 { .. }, SignatureAlgorithm::Ecdsa(_)) => checker.check(algorithm, &key, message, signature),
        _ => Err(SignatureError::OtherKind { algorithm, key: key.kind() }),
    }
}
