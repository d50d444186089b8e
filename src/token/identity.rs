use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// What stays the same when a token is renewed: compare it before the old one is replaced by the new.
///
/// It is the SHA-256 of the consumer key. No secret is in it, and none can be found from it; it may be stored and logged.
///
/// ```
/// # use apple_ade::token::{ServerToken, TokenIdentity};
/// # let json = br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1","access_secret":"AS_1",
/// #     "access_token_expiry":"2027-11-22T00:00:00Z"}"#;
/// # let (old, renewed) = (ServerToken::from_json(json)?, ServerToken::from_json(json)?);
/// let stored: String = old.identity().to_string();
/// assert_eq!(stored.parse::<TokenIdentity>()?, renewed.identity(), "a token of another server");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenIdentity([u8; 32]);

impl TokenIdentity {
    pub(super) fn of(consumer_key: &str) -> Self {
        Self(Sha256::digest(consumer_key).into())
    }

    /// The thirty-two bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenIdentity({self})")
    }
}

impl Serialize for TokenIdentity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is not a [`TokenIdentity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token's identity is 64 hexadecimal digits")]
pub struct IdentityError;

impl FromStr for TokenIdentity {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let mut bytes = [0; 32];
        let pairs = text.as_bytes().chunks_exact(2);
        if pairs.len() != bytes.len() || !pairs.remainder().is_empty() {
            return Err(IdentityError);
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let (Some(high), Some(low)) = (pair.first().and_then(|d| digit(*d)), pair.last().and_then(|d| digit(*d)))
            else {
                return Err(IdentityError);
            };
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

impl<'de> Deserialize<'de> for TokenIdentity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
