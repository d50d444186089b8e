use super::{ServerToken, TokenError, message, wrapping};
use crate::pki::certificate::Certificate;
use crate::pki::cms::{CmsError, ContentCipher, Enveloped, Recipient, RecipientId};
use crate::pki::key::{DecryptKey, KeyError};
use crate::secret::SecretBytes;

/// The file that Apple gives for an uploaded certificate, still encrypted (TOK-5): `…_smime.p7m`.
///
/// ```
/// # use apple_ade::token::{Artifact, TokenError, TokenFile};
/// let error = TokenFile::parse(b"<!DOCTYPE html><html><body>Sign in").unwrap_err();
/// assert!(matches!(error, TokenError::WrongArtifact { found: Artifact::WebPage, .. }));
/// ```
#[derive(Debug)]
pub struct TokenFile {
    message: Enveloped,
}

impl TokenFile {
    /// The longest file, in bytes. Apple's have some two thousand.
    pub const MAX_SIZE: usize = 0x4_0000;

    /// Reads a file in any form that it may have taken on its way: S/MIME, PEM, bare base64, DER or BER.
    ///
    /// # Errors
    ///
    /// [`TokenError::WrongArtifact`] says what the file is if it is another one; [`Truncated`](TokenError::Truncated),
    /// [`TooLarge`](TokenError::TooLarge) or [`Cms`](TokenError::Cms) what is wrong with it.
    pub fn parse(file: &[u8]) -> Result<Self, TokenError> {
        Ok(Self { message: wrapping::open(file)? })
    }

    /// For whom it was encrypted.
    pub fn recipients(&self) -> &[Recipient] {
        self.message.recipients()
    }

    /// How the token is encrypted.
    pub fn cipher(&self) -> ContentCipher {
        self.message.cipher()
    }

    /// The encrypted content key for the holder of `certificate`. For a key behind a network: unwrap it there, in your
    /// own way of waiting, and go on with [`finish`](Self::finish):
    ///
    /// ```
    /// # use apple_ade::{pki::certificate::Certificate, secret::SecretBytes, token::{ServerToken, TokenFile}};
    /// async fn read(p7m: &[u8], certificate: &Certificate) -> Result<ServerToken, Box<dyn std::error::Error>> {
    ///     let file = TokenFile::parse(p7m)?;
    ///     let recipient = file.wrapped_key(certificate)?;
    ///     let content_key = my_kms_decrypt(recipient.wrapped_key()).await?;
    ///     Ok(file.finish(&SecretBytes::new(content_key))?)
    /// }
    /// # async fn my_kms_decrypt(_: &[u8]) -> Result<Vec<u8>, std::io::Error> { Ok(Vec::new()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenError::NotEncryptedForThisKey`] (KEY-5, TOK-9).
    pub fn wrapped_key(&self, certificate: &Certificate) -> Result<&Recipient, TokenError> {
        let ours = self.recipients().iter().find(|recipient| certificate.matches(recipient));
        ours.ok_or_else(|| TokenError::NotEncryptedForThisKey { recipients: self.recipient_ids() })
    }

    /// Decrypts the token with the content key, as it was unwrapped by [`wrapped_key`](Self::wrapped_key)'s holder.
    ///
    /// # Errors
    ///
    /// [`TokenError::Decrypt`], or what is wrong with the token inside.
    pub fn finish(&self, content_key: &SecretBytes) -> Result<ServerToken, TokenError> {
        let content = self.message.open(content_key.expose_secret()).map_err(|error| self.decrypt_error(error))?;
        if std::str::from_utf8(content.expose_secret()).is_err() {
            // What a wrong key makes of the content passes for padded once in 256 times.
            return Err(self.decrypt_error(CmsError::Decrypt));
        }
        message::read(content.expose_secret())
    }

    /// Decrypts the token for the holder of `certificate`, whose private key is `key`.
    ///
    /// # Errors
    ///
    /// [`TokenError::NotEncryptedForThisKey`] (KEY-5, TOK-9), and those of [`decrypt`](Self::decrypt).
    pub fn decrypt_for(&self, certificate: &Certificate, key: &dyn DecryptKey) -> Result<ServerToken, TokenError> {
        self.wrapped_key(certificate)?;
        self.try_each(self.recipients().iter().filter(|recipient| certificate.matches(recipient)), key)
    }

    /// Decrypts the token where only the private key is at hand: tries every recipient.
    ///
    /// # Errors
    ///
    /// [`TokenError::Decrypt`] if none opens, [`TokenError::Key`] if the key could not be used, or what is wrong with the
    /// token inside.
    pub fn decrypt(&self, key: &dyn DecryptKey) -> Result<ServerToken, TokenError> {
        self.try_each(self.recipients().iter(), key)
    }

    fn try_each<'r>(
        &self,
        recipients: impl Iterator<Item = &'r Recipient>,
        key: &dyn DecryptKey,
    ) -> Result<ServerToken, TokenError> {
        let mut last = None;
        for recipient in recipients {
            let content_key = match key.unwrap_key(recipient.key_encryption(), recipient.wrapped_key()) {
                Ok(content_key) => content_key,
                Err(KeyError::Decrypt) => continue,
                Err(error @ KeyError::Unsupported { .. }) => {
                    last.get_or_insert(TokenError::Key(error));
                    continue;
                }
                Err(error) => return Err(TokenError::Key(error)),
            };
            match self.finish(&content_key) {
                Err(TokenError::Decrypt { .. }) => (),
                Err(error) => last = Some(error),
                token => return token,
            }
        }
        Err(last.unwrap_or_else(|| self.decrypt_error(CmsError::Decrypt)))
    }

    fn decrypt_error(&self, error: CmsError) -> TokenError {
        match error {
            CmsError::Decrypt => TokenError::Decrypt { recipients: self.recipient_ids() },
            error => TokenError::Cms(error),
        }
    }

    fn recipient_ids(&self) -> Vec<RecipientId> {
        self.recipients().iter().map(|recipient| recipient.id().clone()).collect()
    }
}
