//! RSA keys, behind two traits of one method each.
//!
//! [`DecryptKey`] unwraps the content key of a token file, [`SignKey`] signs. [`PrivateKey`] is both, with one of two
//! back ends: AWS-LC (feature `aws-lc-rs`, taken if both are on) or the `rsa` crate (feature `rustcrypto`). Without
//! either, keys are read and written, and a program brings the traits itself, for a key in an HSM or a KMS.

#[cfg(feature = "aws-lc-rs")]
#[path = "aws_lc.rs"]
mod backend;
#[cfg(all(feature = "rustcrypto", not(feature = "aws-lc-rs")))]
#[path = "rustcrypto.rs"]
mod backend;
mod encoding;
mod error;
mod private;

pub use self::error::KeyError;
pub use self::private::PrivateKey;
use super::cms::KeyEncryption;
use crate::secret::SecretBytes;

/// A key that can decrypt another key.
///
/// Give it to [`TokenFile::decrypt_for`](crate::token::TokenFile::decrypt_for), which finds the recipient by its certificate, or to
/// [`TokenFile::decrypt`](crate::token::TokenFile::decrypt). It is synchronous; for a key behind a network see
/// [`TokenFile::wrapped_key`](crate::token::TokenFile::wrapped_key).
///
/// ```
/// use apple_ade::pki::{cms::KeyEncryption, key::{DecryptKey, KeyError}};
/// use apple_ade::secret::SecretBytes;
///
/// struct Hsm;
///
/// impl DecryptKey for Hsm {
///     fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
///         match scheme {
///             KeyEncryption::Pkcs1v15 => Err(KeyError::External("the HSM is asleep".into())), // ask it here
///             other => Err(KeyError::Unsupported { what: format!("{other:?}") }),
///         }
///     }
/// }
/// assert!(Hsm.unwrap_key(&KeyEncryption::Pkcs1v15, &[0; 256]).is_err());
/// ```
pub trait DecryptKey {
    /// The content key inside `wrapped`.
    ///
    /// # Errors
    ///
    /// [`KeyError::Decrypt`] if `wrapped` does not open, for whatever reason;
    /// [`KeyError::Unsupported`] if the key cannot do `scheme`; [`KeyError::External`] if the key could not be asked.
    fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError>;
}

/// A key that can sign. For the certificate to upload, hand its method to
/// [`Certificate::self_signed`](super::certificate::Certificate::self_signed): `|message| key.sign(message).map_err(Into::into)`.
pub trait SignKey {
    /// The RSA PKCS#1 v1.5 signature of `message` with SHA-256.
    ///
    /// # Errors
    ///
    /// [`KeyError::External`] if the key could not be asked.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError>;
}

impl<K: DecryptKey + ?Sized> DecryptKey for &K {
    fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
        (**self).unwrap_key(scheme, wrapped)
    }
}

impl<K: SignKey + ?Sized> SignKey for &K {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        (**self).sign(message)
    }
}

/// Encrypts a content key for a public key (`SubjectPublicKeyInfo` in DER) with RSA PKCS#1 v1.5, as Apple does.
#[cfg(all(feature = "simulator", any(feature = "aws-lc-rs", feature = "rustcrypto")))]
pub(crate) fn wrap_pkcs1(spki_der: &[u8], content_key: &[u8]) -> Result<Vec<u8>, KeyError> {
    backend::wrap_pkcs1(spki_der, content_key)
}

#[cfg(all(test, feature = "simulator", any(feature = "aws-lc-rs", feature = "rustcrypto")))]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_for_a_public_key_is_unwrapped_by_the_private_one() {
        let key = PrivateKey::from_pem(include_str!("../../../tests/fixtures/token/key.pem")).unwrap();
        let wrapped = wrap_pkcs1(key.public_key_der(), b"sixteen bytes 01").unwrap();
        let again = wrap_pkcs1(key.public_key_der(), b"sixteen bytes 01").unwrap();
        assert_ne!(wrapped, again, "the padding is random");
        let unwrapped = key.unwrap_key(&KeyEncryption::Pkcs1v15, &wrapped).unwrap();
        assert_eq!(unwrapped.expose_secret(), b"sixteen bytes 01");
        assert!(matches!(wrap_pkcs1(b"no key", b"sixteen bytes 01"), Err(KeyError::Malformed)));
        assert!(matches!(wrap_pkcs1(key.public_key_der(), &[0; 246]), Err(KeyError::Backend { .. })));
    }
}
