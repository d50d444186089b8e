use std::fmt;

#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
use super::{DecryptKey, SignKey, backend};
use super::{KeyError, encoding};
#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
use crate::pki::cms::KeyEncryption;
use crate::pki::pem;
use crate::secret::{SecretBytes, SecretString};

/// An RSA private key, checked and ready to use.
///
/// It is loaded once: reading costs more than using. Without a back end it can be read and written, not used.
///
/// ```
/// # use apple_ade::pki::key::{KeyError, PrivateKey};
/// let error = PrivateKey::from_pem("-----BEGIN CERTIFICATE-----\n...").unwrap_err();
/// assert!(matches!(error, KeyError::NoPrivateKey { .. }));
/// ```
pub struct PrivateKey {
    pkcs1: SecretBytes,
    public_key: Vec<u8>,
    #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
    backend: backend::Key,
}

impl PrivateKey {
    /// The shortest modulus, in bits.
    pub const MIN_BITS: usize = 2048;
    /// The longest modulus, in bits.
    pub const MAX_BITS: usize = 8192;

    /// Makes a new key of 2048 bits, the length that Apple's own examples have.
    ///
    /// # Errors
    ///
    /// [`KeyError::Backend`] if the cryptographic library has no randomness.
    #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_der(backend::generate()?.expose_secret())
    }

    /// Reads the first private key of a PEM text, PKCS#8 or PKCS#1; other blocks are skipped.
    ///
    /// # Errors
    ///
    /// Each mistake has its own variant of [`KeyError`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let mut found = None;
        for block in pem::blocks(text) {
            if !block.is_private_key() {
                found.get_or_insert(block.label);
                continue;
            }
            if block.is_encrypted() {
                return Err(KeyError::Encrypted);
            }
            if !matches!(block.label, "PRIVATE KEY" | "RSA PRIVATE KEY") {
                return Err(KeyError::NotRsa { found: block.label.chars().take(40).collect() });
            }
            return Self::from_der(&block.decode().ok_or(KeyError::Malformed)?);
        }
        Err(KeyError::NoPrivateKey {
            found: match found {
                Some("CERTIFICATE") => "it is a certificate".into(),
                Some(label) => format!("it has a block {:?}", label.chars().take(40).collect::<String>()),
                None => "it has no PEM block".into(),
            },
        })
    }

    /// Reads a private key in DER, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    ///
    /// Each mistake has its own variant of [`KeyError`].
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let pkcs1 = encoding::pkcs1_of(der)?;
        let (public_key, bits) = encoding::public_key_of(pkcs1)?;
        if bits < Self::MIN_BITS {
            return Err(KeyError::TooSmall { bits });
        }
        if bits > Self::MAX_BITS {
            return Err(KeyError::TooLarge { bits });
        }
        Ok(Self {
            #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
            backend: backend::Key::load(pkcs1)?,
            pkcs1: SecretBytes::new(pkcs1),
            public_key,
        })
    }

    /// The public half: `SubjectPublicKeyInfo` in DER.
    pub fn public_key_der(&self) -> &[u8] {
        &self.public_key
    }

    /// As PKCS#8 in DER.
    ///
    /// # Errors
    ///
    /// Never for a key that was read.
    pub fn to_pkcs8_der(&self) -> Result<SecretBytes, KeyError> {
        encoding::to_pkcs8(self.pkcs1.expose_secret())
    }

    /// As PKCS#8 in PEM (`BEGIN PRIVATE KEY`), the form to keep.
    ///
    /// # Errors
    ///
    /// Never for a key that was read.
    pub fn to_pkcs8_pem(&self) -> Result<SecretString, KeyError> {
        Ok(secret_pem("PRIVATE KEY", self.to_pkcs8_der()?.expose_secret()))
    }

    /// As PKCS#1 in DER.
    pub fn to_pkcs1_der(&self) -> SecretBytes {
        SecretBytes::new(self.pkcs1.expose_secret())
    }

    /// As PKCS#1 in PEM (`BEGIN RSA PRIVATE KEY`).
    pub fn to_pkcs1_pem(&self) -> SecretString {
        secret_pem("RSA PRIVATE KEY", self.pkcs1.expose_secret())
    }
}

fn secret_pem(label: &str, der: &[u8]) -> SecretString {
    SecretString::new(std::mem::take(&mut *pem::encode(label, der)))
}

#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
impl DecryptKey for PrivateKey {
    fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
        match scheme {
            // One of the back ends takes labels that are text alone; the other is not to differ.
            KeyEncryption::Oaep { label, .. } if std::str::from_utf8(label).is_err() => {
                Err(KeyError::Unsupported { what: format!("{scheme} and a label that is not text") })
            }
            KeyEncryption::Unsupported { .. } => Err(KeyError::Unsupported { what: scheme.to_string() }),
            _ => self.backend.unwrap_key(scheme, wrapped),
        }
    }
}

#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
impl SignKey for PrivateKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.backend.sign(message)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(redacted)")
    }
}
