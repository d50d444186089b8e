use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{TokenError, TokenExpiry, TokenIdentity, message};
use crate::api::oauth::Credentials;
use crate::secret::SecretString;

/// The server token: four OAuth 1.0a credentials and the time of their end (TOK-1).
///
/// It cannot be cloned, compared, printed or serialised; [`to_json`](Self::to_json) is the way to store it, as a secret.
///
/// ```
/// # use apple_ade::token::ServerToken;
/// let json = br#"{"consumer_key":"CK_1","consumer_secret":"CS_2","access_token":"AT_3","access_secret":"AS_4",
///     "access_token_expiry":"2027-11-22T04:24:50Z"}"#;
/// let token = ServerToken::from_json(json)?;
/// assert_eq!(token.expiry().to_string(), "2027-11-22T04:24:50Z");
/// assert_eq!(token.access_token().expose_secret(), "AT_3");
/// assert!(!format!("{token:?}").contains("AT_3"));
/// # Ok::<(), apple_ade::token::TokenError>(())
/// ```
///
/// ```compile_fail,E0599
/// # fn keep(token: apple_ade::token::ServerToken) {
/// let copy = token.clone();
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # fn log(token: &apple_ade::token::ServerToken) {
/// let line = format!("{token}");
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # fn store(token: &apple_ade::token::ServerToken) {
/// let json = serde_json::to_string(token);
/// # }
/// ```
pub struct ServerToken {
    pub(super) consumer_key: SecretString,
    pub(super) consumer_secret: SecretString,
    pub(super) access_token: SecretString,
    pub(super) access_secret: SecretString,
    pub(super) expiry: DateTime<Utc>,
}

impl ServerToken {
    /// Decrypts the file that Apple gave for the key pair's certificate.
    ///
    /// # Errors
    ///
    /// Those of [`TokenFile::parse`](super::TokenFile::parse) and [`TokenFile::decrypt_for`](super::TokenFile::decrypt_for).
    #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
    pub fn decrypt(p7m: &[u8], key_pair: &super::TokenKeyPair) -> Result<Self, TokenError> {
        super::TokenFile::parse(p7m)?.decrypt_for(key_pair.certificate(), key_pair)
    }

    /// Reads a token that is decrypted already: the JSON alone, or with the MIME part and the MESSAGE lines around it.
    ///
    /// An expired token is read like any other; see [`expiry`](Self::expiry).
    ///
    /// # Errors
    ///
    /// [`TokenError::Json`], or which field is missing, of a wrong type, or no time.
    pub fn from_json(json: &[u8]) -> Result<Self, TokenError> {
        message::read(json)
    }

    /// The five fields as JSON, to store; [`from_json`](Self::from_json) reads it.
    pub fn to_json(&self) -> SecretString {
        #[derive(Serialize)]
        struct Fields<'t> {
            consumer_key: &'t str,
            consumer_secret: &'t str,
            access_token: &'t str,
            access_secret: &'t str,
            access_token_expiry: String,
        }
        let fields = Fields {
            consumer_key: self.consumer_key.expose_secret(),
            consumer_secret: self.consumer_secret.expose_secret(),
            access_token: self.access_token.expose_secret(),
            access_secret: self.access_secret.expose_secret(),
            access_token_expiry: self.expiry.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        };
        let lengths =
            [fields.consumer_key, fields.consumer_secret, fields.access_token, fields.access_secret].map(str::len);
        // Reserved at once (six bytes for an escaped one), so that no copy is left behind in memory that was given back.
        let mut json = Zeroizing::new(Vec::with_capacity(lengths.iter().sum::<usize>() * 6 + 256));
        let written = serde_json::to_writer(&mut *json, &fields);
        debug_assert!(written.is_ok(), "text always serialises");
        SecretString::new(String::from_utf8(std::mem::take(&mut *json)).unwrap_or_default())
    }

    /// `consumer_key`.
    pub fn consumer_key(&self) -> &SecretString {
        &self.consumer_key
    }

    /// `consumer_secret`.
    pub fn consumer_secret(&self) -> &SecretString {
        &self.consumer_secret
    }

    /// `access_token`.
    pub fn access_token(&self) -> &SecretString {
        &self.access_token
    }

    /// `access_secret`.
    pub fn access_secret(&self) -> &SecretString {
        &self.access_secret
    }

    /// The four parts, to sign a request with.
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials::new(&self.consumer_key, &self.consumer_secret, &self.access_token, &self.access_secret)
    }

    /// `access_token_expiry`: until when Apple takes it.
    pub fn expiry(&self) -> TokenExpiry {
        TokenExpiry::new(self.expiry)
    }

    /// What to compare with the token that this one replaces.
    pub fn identity(&self) -> TokenIdentity {
        TokenIdentity::of(self.consumer_key.expose_secret())
    }
}

impl fmt::Debug for ServerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerToken").field("expiry", &self.expiry).finish_non_exhaustive()
    }
}
