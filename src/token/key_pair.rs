use chrono::TimeDelta;

use crate::Stamp;
use crate::pki::certificate::{Certificate, CertificateError};
use crate::pki::cms::KeyEncryption;
use crate::pki::key::{DecryptKey, KeyError, PrivateKey, SignKey};
use crate::secret::{SecretBytes, SecretString};

/// Why there is no key pair.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyPairError {
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// A private key and the certificate of its public half, that is uploaded to Apple (KEY-1).
///
/// A token and the pair that it was encrypted for belong together (KEY-5, TOK-9): store both parts until the token is
/// there, and keep the key for the life of the server's record.
///
/// ```
/// # use apple_ade::{Stamp, token::TokenKeyPair};
/// # use chrono::TimeDelta;
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), *b"sixteen bytes 01");
/// let pair = TokenKeyPair::generate("mdm.example.com", TimeDelta::days(366), &stamp)?;
/// assert!(pair.certificate_pem().starts_with("-----BEGIN CERTIFICATE-----"));
///
/// let (key, certificate) = (pair.private_key_pem()?, pair.certificate_pem());
/// let stored = TokenKeyPair::from_pem(key.expose_secret(), &certificate)?;
/// assert_eq!(stored.certificate(), pair.certificate());
/// # Ok::<(), apple_ade::token::KeyPairError>(())
/// ```
#[derive(Debug)]
pub struct TokenKeyPair {
    key: PrivateKey,
    certificate: Certificate,
}

impl TokenKeyPair {
    /// Makes an RSA key of 2048 bits and its certificate, valid from the stamp's time on for `validity`.
    ///
    /// # Errors
    ///
    /// [`CertificateError::CommonName`] and [`CertificateError::Validity`]; [`KeyError::Backend`].
    pub fn generate(common_name: &str, validity: TimeDelta, stamp: &Stamp) -> Result<Self, KeyPairError> {
        Self::for_key(PrivateKey::generate()?, common_name, validity, stamp)
    }

    /// Makes a certificate for a key that is there already.
    ///
    /// # Errors
    ///
    /// As [`generate`](Self::generate).
    pub fn for_key(
        key: PrivateKey,
        common_name: &str,
        validity: TimeDelta,
        stamp: &Stamp,
    ) -> Result<Self, KeyPairError> {
        let certificate = Certificate::self_signed(common_name, validity, stamp, key.public_key_der(), |message| {
            key.sign(message).map_err(Into::into)
        })?;
        Ok(Self { key, certificate })
    }

    /// Puts together what was stored.
    ///
    /// # Errors
    ///
    /// [`CertificateError::OtherKey`] if the certificate is another key's (KEY-5).
    pub fn from_parts(key: PrivateKey, certificate: Certificate) -> Result<Self, CertificateError> {
        if certificate.public_key_der() != key.public_key_der() {
            return Err(CertificateError::OtherKey { serial: certificate.serial().clone() });
        }
        Ok(Self { key, certificate })
    }

    /// Puts together what was stored as [`private_key_pem`](Self::private_key_pem) and
    /// [`certificate_pem`](Self::certificate_pem).
    ///
    /// # Errors
    ///
    /// When one of them cannot be read, or they do not belong together (KEY-5).
    pub fn from_pem(private_key: &str, certificate: &str) -> Result<Self, KeyPairError> {
        Ok(Self::from_parts(PrivateKey::from_pem(private_key)?, Certificate::from_pem(certificate)?)?)
    }

    /// The private key in PEM (PKCS#8), to store where nobody else reads it.
    ///
    /// # Errors
    ///
    /// [`KeyError::Backend`], which does not happen for a key that was read or made.
    pub fn private_key_pem(&self) -> Result<SecretString, KeyError> {
        self.key.to_pkcs8_pem()
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificate in PEM: the file to upload to Apple (KEY-2). KEY-3: the private key is not in it.
    pub fn certificate_pem(&self) -> String {
        self.certificate.to_pem()
    }

    /// The private key.
    pub fn private_key(&self) -> &PrivateKey {
        &self.key
    }
}

impl DecryptKey for TokenKeyPair {
    fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
        self.key.unwrap_key(scheme, wrapped)
    }
}

impl SignKey for TokenKeyPair {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.key.sign(message)
    }
}
