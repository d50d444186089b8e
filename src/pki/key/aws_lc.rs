//! RSA by AWS-LC.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
    OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use zeroize::Zeroizing;

use super::{KeyError, encoding};
use crate::pki::cms::{KeyEncryption, OaepHash};
use crate::secret::SecretBytes;

pub(super) struct Key {
    pkcs1: Pkcs1PrivateDecryptingKey,
    oaep: OaepPrivateDecryptingKey,
    sign: KeyPair,
}

impl Key {
    pub(super) fn load(pkcs1: &[u8]) -> Result<Self, KeyError> {
        let pkcs8 = encoding::to_pkcs8(pkcs1)?;
        let decrypt = PrivateDecryptingKey::from_pkcs8(pkcs8.expose_secret()).map_err(|_| KeyError::Malformed)?;
        let malformed = |_| KeyError::Malformed;
        Ok(Self {
            pkcs1: Pkcs1PrivateDecryptingKey::new(decrypt.clone()).map_err(malformed)?,
            oaep: OaepPrivateDecryptingKey::new(decrypt).map_err(malformed)?,
            sign: KeyPair::from_der(pkcs1).map_err(|_| KeyError::Malformed)?,
        })
    }

    pub(super) fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
        let mut room = Zeroizing::new(vec![0; self.pkcs1.min_output_size()]);
        let opened = match scheme {
            KeyEncryption::Pkcs1v15 => self.pkcs1.decrypt(wrapped, &mut room),
            KeyEncryption::Oaep { hash, label } => {
                let algorithm = match hash {
                    OaepHash::Sha1 => &OAEP_SHA1_MGF1SHA1,
                    OaepHash::Sha256 => &OAEP_SHA256_MGF1SHA256,
                    OaepHash::Sha384 => &OAEP_SHA384_MGF1SHA384,
                    OaepHash::Sha512 => &OAEP_SHA512_MGF1SHA512,
                };
                let label = (!label.is_empty()).then_some(label.as_slice());
                self.oaep.decrypt(algorithm, wrapped, &mut room, label)
            }
            KeyEncryption::Unsupported { .. } => return Err(KeyError::Unsupported { what: scheme.to_string() }),
        };
        opened.map(|key| SecretBytes::new(&*key)).map_err(|_| KeyError::Decrypt)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.sign.public_modulus_len()];
        let signed = self.sign.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| signature).map_err(|_| KeyError::Backend { doing: "sign" })
    }
}

/// A new key, PKCS#8 in DER.
pub(super) fn generate() -> Result<SecretBytes, KeyError> {
    let failed = |_| KeyError::Backend { doing: "make a key" };
    let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).map_err(failed)?;
    Ok(SecretBytes::new(key.as_der().map_err(failed)?.as_ref()))
}

#[cfg(feature = "simulator")]
pub(super) fn wrap_pkcs1(spki_der: &[u8], content_key: &[u8]) -> Result<Vec<u8>, KeyError> {
    use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};

    let key = PublicEncryptingKey::from_der(spki_der).map_err(|_| KeyError::Malformed)?;
    let key = Pkcs1PublicEncryptingKey::new(key).map_err(|_| KeyError::Malformed)?;
    let mut room = vec![0; key.ciphertext_size()];
    let wrapped = key.encrypt(content_key, &mut room).map_err(|_| KeyError::Backend { doing: "wrap a key" })?;
    Ok(wrapped.to_vec())
}
