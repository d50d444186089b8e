//! UUIDs of payloads.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1::{Digest, Sha1};

/// A UUID, written in capital letters as Apple writes it.
///
/// ```
/// use apple_ade::enrollment::PayloadUuid;
///
/// let uuid: PayloadUuid = "0f2f8c2c-7f3b-4f1e-8d2e-3b1f6a1c9d11".parse()?;
/// assert_eq!(uuid.to_string(), "0F2F8C2C-7F3B-4F1E-8D2E-3B1F6A1C9D11");
/// assert_eq!(uuid.derive("com.apple.mdm"), uuid.derive("com.apple.mdm"));
/// # Ok::<(), apple_ade::enrollment::PayloadUuidError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadUuid([u8; 16]);

/// A text that is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no UUID; write 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 with dashes between them")]
pub struct PayloadUuidError;

impl PayloadUuid {
    /// The sixteen bytes as they are.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A random UUID (RFC 9562, version 4) of sixteen random bytes, such as the nonce of a [`Stamp`](crate::Stamp).
    pub fn from_nonce(nonce: [u8; 16]) -> Self {
        Self(marked(nonce, 0x40))
    }

    /// The UUID that this one, as a namespace, has for a name (RFC 9562, version 5): the same each time.
    #[must_use]
    pub fn derive(&self, name: &str) -> Self {
        let digest = Sha1::new().chain_update(self.0).chain_update(name).finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, digest)| *byte = digest);
        Self(marked(bytes, 0x50))
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// With version and variant in their places.
fn marked(mut bytes: [u8; 16], version: u8) -> [u8; 16] {
    let [_, _, _, _, _, _, seventh, _, ninth, ..] = &mut bytes;
    *seventh = *seventh & 0x0F | version;
    *ninth = *ninth & 0x3F | 0x80;
    bytes
}

impl FromStr for PayloadUuid {
    type Err = PayloadUuidError;

    fn from_str(text: &str) -> Result<Self, PayloadUuidError> {
        let groups: Vec<&str> = text.trim().split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let digits = groups.concat();
        if lengths != [8, 4, 4, 4, 12] || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(PayloadUuidError);
        }
        let number = u128::from_str_radix(&digits, 16).map_err(|_| PayloadUuidError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for PayloadUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(place, byte)| {
            let dash = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02X}")
        })
    }
}

impl fmt::Debug for PayloadUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PayloadUuid({self})")
    }
}

impl Serialize for PayloadUuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PayloadUuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
