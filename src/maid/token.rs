//! The token for a sign-in with a Managed Apple Account.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::pki::key::{KeyError, SignKey};
use crate::secret::SecretString;
use crate::stamp::Stamp;

/// A `com.apple.maid` token: a JSON Web Token, signed by RSA PKCS#1 v1.5 with SHA-256 (`RS256`, RFC 7518 section 3.3).
///
/// Its claims are `iss`, the server's `server_uuid`; `iat`, the time in seconds; `jti`, a random UUID, since Apple takes a token once;
/// and `service_type`. Apple does not say for how long after `iat` it takes one: sign one for each request. Whoever holds a token that
/// was not used yet can present it, so that it is a secret.
///
/// ```
/// use apple_ade::Stamp;
/// use apple_ade::maid::MaidToken;
/// use apple_ade::pki::key::{KeyError, SignKey};
///
/// /// A key in an HSM.
/// struct Hsm;
///
/// impl SignKey for Hsm {
///     fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, KeyError> {
///         Ok(b"a signature".to_vec())
///     }
/// }
///
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [0xFF; 16]);
/// let token = MaidToken::sign("4B45D7C8-1A3E-4E8E-9F1B-0A2C6A1C9D11", &Hsm, &stamp)?;
/// assert_eq!(token.jti(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
/// assert!(token.expose_secret().ends_with(".YSBzaWduYXR1cmU"));
/// # Ok::<(), apple_ade::maid::MaidTokenError>(())
/// ```
#[derive(Debug)]
pub struct MaidToken {
    token: SecretString,
    jti: String,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaidTokenError {
    /// The id of the server is not one.
    #[error(
        "{found:?} is no `server_uuid`: take what GET /account answers, 32 hexadecimal digits, all together or in groups of 8, 4, 4, 4 and 12"
    )]
    ServerUuid {
        /// The text, cut at 40 characters.
        found: String,
    },
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl MaidToken {
    /// Signs a token for the server with this `server_uuid` (see [`AccountDetail`](crate::api::AccountDetail)), with the private key
    /// whose certificate Apple has for it: a [`TokenKeyPair`](crate::token::TokenKeyPair) is one. The id stands in the token as it is given:
    /// Apple has answered it with dashes and without.
    ///
    /// Take a stamp for this alone: its time is `iat`, its random bytes are `jti`.
    ///
    /// # Errors
    ///
    /// [`MaidTokenError::ServerUuid`] for a text that is no UUID; [`MaidTokenError::Key`] if the key could not sign.
    pub fn sign(server_uuid: &str, key: &(impl SignKey + ?Sized), stamp: &Stamp) -> Result<Self, MaidTokenError> {
        let server_uuid = server_uuid.trim();
        if !is_uuid(server_uuid) {
            return Err(MaidTokenError::ServerUuid { found: server_uuid.chars().take(40).collect() });
        }
        let jti = uuid(stamp.nonce());
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        // None of these texts has a character that JSON escapes.
        let claims = URL_SAFE_NO_PAD.encode(format!(
            r#"{{"iss":"{server_uuid}","iat":{},"jti":"{jti}","service_type":"com.apple.maid"}}"#,
            stamp.now().timestamp(),
        ));
        let message = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
        Ok(Self { token: SecretString::new(format!("{message}.{signature}")), jti })
    }

    /// The token in its compact form, header, claims and signature. Keep it out of logs.
    pub fn expose_secret(&self) -> &str {
        self.token.expose_secret()
    }

    /// `jti`: what the token is called, for the log.
    pub fn jti(&self) -> &str {
        &self.jti
    }
}

/// Whether a text is a UUID in hexadecimal digits, of either case, with all its dashes or none.
fn is_uuid(text: &str) -> bool {
    let is_hexadecimal = |group: &str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lengths = text.split('-').map(str::len);
    (lengths.clone().eq([32]) || lengths.eq([8, 4, 4, 4, 12])) && text.split('-').all(is_hexadecimal)
}

/// A random UUID (RFC 9562, version 4).
fn uuid(random: [u8; 16]) -> String {
    let value = u128::from_be_bytes(random) & !(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let mut text = String::with_capacity(36);
    for (shift, bits) in [(96, 32), (80, 16), (64, 16), (48, 16), (0, 48)] {
        let part = value >> shift & ((1 << bits) - 1);
        let dash = if text.is_empty() { "" } else { "-" };
        // Writing to a string does not fail.
        let _ = write!(text, "{dash}{part:0width$x}", width = bits / 4);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_keeps_all_bits_but_six() {
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
        assert_eq!(
            uuid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef_u128.to_be_bytes()),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }
}
