//! RSA by the `rsa` crate, with blinding.

use rand_core::OsRng;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::{Oaep, Pkcs1v15Encrypt, Pkcs1v15Sign, RsaPrivateKey};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::KeyError;
use crate::pki::cms::{KeyEncryption, OaepHash};
use crate::secret::SecretBytes;

pub(super) struct Key(RsaPrivateKey);

impl Key {
    pub(super) fn load(pkcs1: &[u8]) -> Result<Self, KeyError> {
        let key = RsaPrivateKey::from_pkcs1_der(pkcs1).map_err(|_| KeyError::Malformed)?;
        key.validate().map_err(|_| KeyError::Malformed)?;
        // It calculates the last three numbers anew. Those that were given would be written out again, and must be right.
        if key.to_pkcs1_der().map_err(|_| KeyError::Malformed)?.as_bytes() != pkcs1 {
            return Err(KeyError::Malformed);
        }
        Ok(Self(key))
    }

    pub(super) fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
        let opened = match scheme {
            KeyEncryption::Pkcs1v15 => self.0.decrypt_blinded(&mut OsRng, Pkcs1v15Encrypt, wrapped),
            KeyEncryption::Oaep { hash, label } => {
                let mut padding = match hash {
                    OaepHash::Sha1 => Oaep::new::<Sha1>(),
                    OaepHash::Sha256 => Oaep::new::<Sha256>(),
                    OaepHash::Sha384 => Oaep::new::<Sha384>(),
                    OaepHash::Sha512 => Oaep::new::<Sha512>(),
                };
                padding.label = String::from_utf8(label.clone()).ok().filter(|label| !label.is_empty());
                self.0.decrypt_blinded(&mut OsRng, padding, wrapped)
            }
            KeyEncryption::Unsupported { .. } => return Err(KeyError::Unsupported { what: scheme.to_string() }),
        };
        opened.map(SecretBytes::new).map_err(|_| KeyError::Decrypt)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        let signed = self.0.sign_with_rng(&mut OsRng, scheme, &Sha256::digest(message));
        signed.map_err(|_| KeyError::Backend { doing: "sign" })
    }
}

/// A new key, PKCS#1 in DER.
pub(super) fn generate() -> Result<SecretBytes, KeyError> {
    let failed = KeyError::Backend { doing: "make a key" };
    let Ok(key) = RsaPrivateKey::new(&mut OsRng, 2048) else { return Err(failed) };
    let Ok(der) = key.to_pkcs1_der() else { return Err(failed) };
    Ok(SecretBytes::new(der.as_bytes()))
}

#[cfg(feature = "simulator")]
pub(super) fn wrap_pkcs1(spki_der: &[u8], content_key: &[u8]) -> Result<Vec<u8>, KeyError> {
    use rsa::RsaPublicKey;
    use rsa::pkcs8::DecodePublicKey;

    let key = RsaPublicKey::from_public_key_der(spki_der).map_err(|_| KeyError::Malformed)?;
    let wrapped = key.encrypt(&mut OsRng, Pkcs1v15Encrypt, content_key);
    wrapped.map_err(|_| KeyError::Backend { doing: "wrap a key" })
}
