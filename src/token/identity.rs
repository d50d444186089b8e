use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// What stays the same when a token is renewed: compare it before the old one is replaced by the new.
///
/// It is the SHA-256 of the consumer key. No secret is in it, and none can be found from it; it may be stored and logged.
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

impl<'de> Deserialize<'de> for TokenIdentity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        let digits = text.as_bytes().chunks_exact(2);
        let whole = digits.len() == bytes.len() && digits.remainder().is_empty() && text.is_ascii();
        for (byte, pair) in bytes.iter_mut().zip(digits) {
            let pair = std::str::from_utf8(pair).map_err(D::Error::custom)?;
            if pair.starts_with('+') {
                return Err(D::Error::custom("64 hexadecimal digits are expected"));
            }
            *byte = u8::from_str_radix(pair, 16).map_err(D::Error::custom)?;
        }
        if whole { Ok(Self(bytes)) } else { Err(D::Error::custom("64 hexadecimal digits are expected")) }
    }
}
