use crate::error::BoxError;

/// Why a key cannot be read or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no private key in what was given.
    #[error(
        "there is no private key in this file ({found}); give the file that begins with -----BEGIN PRIVATE KEY-----"
    )]
    NoPrivateKey {
        /// What there is instead.
        found: String,
    },
    /// The private key is encrypted with a passphrase.
    #[error(
        "the private key is encrypted; decrypt it with `openssl pkey -in KEY.pem -out DECRYPTED.pem` and give that file"
    )]
    Encrypted,
    /// The key is of another kind.
    #[error("the private key is not an RSA key ({found}); give an RSA key, the one kind that is read here")]
    NotRsa {
        /// The object identifier or the PEM label of its kind.
        found: String,
    },
    /// The key is too short.
    #[error("the RSA key has {bits} bits; make one of {} or more", super::PrivateKey::MIN_BITS)]
    TooSmall {
        /// The length of its modulus.
        bits: usize,
    },
    /// The key is too long.
    #[error("the RSA key has {bits} bits; at most {} are supported", super::PrivateKey::MAX_BITS)]
    TooLarge {
        /// The length of its modulus.
        bits: usize,
    },
    /// The key is not in order.
    #[error("the private key is malformed or was cut short; copy it again from where it was made")]
    Malformed,
    /// What was given to unwrap does not open. Why is not told apart, on purpose.
    #[error("the data does not open with this private key")]
    Decrypt,
    /// The key cannot do what was asked.
    #[error("the key cannot unwrap {what}")]
    Unsupported {
        /// The algorithm.
        what: String,
    },
    /// The cryptographic library failed.
    #[error("the cryptographic library could not {doing}")]
    Backend {
        /// What it was asked for.
        doing: &'static str,
    },
    /// A caller's own key, such as one in an HSM, could not be asked.
    #[error("the key could not be used: {0}")]
    External(BoxError),
}
