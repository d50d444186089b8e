//! Names that Apple's service goes by: serial numbers, profile UUIDs, cursors.
//!
//! They are told apart by type, so that one cannot be passed for another. What Apple sends is taken as it comes;
//! what the caller types in is checked by [`str::parse`].

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// A text that cannot be the id it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a {kind}: {problem}")]
pub struct IdError {
    kind: &'static str,
    found: String,
    problem: &'static str,
}

impl IdError {
    /// What the text was meant to be.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The text.
    pub fn found(&self) -> &str {
        &self.found
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $written:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes what Apple sent, as it came.
            pub(crate) fn from_wire(text: &str) -> Option<Self> {
                (!text.is_empty()).then(|| Self(text.into()))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let trimmed = text.trim();
                let check: fn(&str) -> Result<(), &'static str> = $check;
                let written: fn(&str) -> Box<str> = $written;
                match check(trimmed) {
                    Ok(()) => Ok(Self(written(trimmed))),
                    Err(problem) => Err(IdError { kind: $kind, found: text.into(), problem }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_wire(&text).ok_or_else(|| serde::de::Error::custom(concat!("an empty ", $kind)))
            }
        }
    };
}

id! {
    /// A device's serial number. What is typed in is put in capital letters, as Apple writes them.
    ///
    /// ```
    /// # use apple_ade::id::SerialNumber;
    /// let serial: SerialNumber = " c02t0hl0ggc0\n".parse()?;
    /// assert_eq!(serial.as_str(), "C02T0HL0GGC0");
    /// assert!("C02T0HL0GGC0,C02T0HL0GGC1".parse::<SerialNumber>().is_err());
    /// # Ok::<(), apple_ade::id::IdError>(())
    /// ```
    SerialNumber, "serial number", |text| text.to_ascii_uppercase().into(), |text| match text {
        "" => Err("it is empty"),
        text if text.len() > 64 => Err("it is longer than 64 characters"),
        text if !text.chars().all(|c| c.is_ascii_alphanumeric()) => Err("it may hold letters and digits alone"),
        _ => Ok(()),
    }
}

impl SerialNumber {
    /// Takes what Apple sent, where it is known not to be empty.
    pub(crate) fn kept(text: &str) -> Self {
        Self(text.into())
    }
}

id! {
    /// The UUID under which Apple keeps a profile: 32 upper-case hexadecimal digits without dashes, as seen so far.
    ProfileUuid, "profile UUID", |text| text.into(), |text| match text {
        "" => Err("it is empty"),
        text if text.len() > 64 => Err("it is longer than 64 characters"),
        text if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            Err("it may hold letters A to Z, digits and dashes alone")
        }
        _ => Ok(()),
    }
}

id! {
    /// Where a list of devices goes on: an opaque text of at most 1000 characters that Apple hands out.
    ///
    /// Apple calls it a hexadecimal string; real ones are base64. Keep it as it is.
    Cursor, "cursor", |text| text.into(), |text| match text {
        "" => Err("it is empty; leave the cursor out to fetch from the start"),
        text if text.chars().count() > 1000 => Err("it is longer than 1000 characters"),
        text if text.chars().any(char::is_control) => Err("it has control characters"),
        _ => Ok(()),
    }
}

id! {
    /// The `CommandUUID` under which a command is sent, and which its answer repeats: a text of the MDM's own, by custom a UUID.
    ///
    /// ```
    /// # use apple_ade::id::CommandUuid;
    /// let uuid: CommandUuid = "0A1B2C3D-1111-4222-8333-444455556666".parse()?;
    /// assert_eq!(uuid.as_str(), "0A1B2C3D-1111-4222-8333-444455556666");
    /// assert!(" ".parse::<CommandUuid>().is_err());
    /// # Ok::<(), apple_ade::id::IdError>(())
    /// ```
    CommandUuid, "command UUID", |text| text.into(), |text| match text {
        "" => Err("it is empty; give each command a UUID of its own"),
        text if text.len() > 128 => Err("it is longer than 128 bytes"),
        text if text.chars().any(char::is_control) => Err("it has control characters"),
        _ => Ok(()),
    }
}

impl CommandUuid {
    /// A random UUID (RFC 9562, version 4) of sixteen random bytes, as of [`Stamp::nonce`](crate::Stamp::nonce). The same bytes give the
    /// same UUID.
    ///
    /// ```
    /// # use apple_ade::id::CommandUuid;
    /// assert_eq!(CommandUuid::random([0xFF; 16]).as_str(), "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF");
    /// ```
    pub fn random(bytes: [u8; 16]) -> Self {
        Self::written(bytes, 0x4)
    }

    /// A UUID (RFC 9562, version 8) of sixteen random bytes and what it is for: of the same bytes, other parts have other UUIDs.
    pub(crate) fn derived(bytes: [u8; 16], parts: &[&str]) -> Self {
        let mut hash = Sha256::new_with_prefix(bytes);
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hash)| *byte = hash);
        Self::written(bytes, 0x8)
    }

    fn written(bytes: [u8; 16], version: u128) -> Self {
        let number = u128::from_be_bytes(bytes);
        let number = number & !(0xF << 76) & !(0x3 << 62) | (version << 76) | (0x2 << 62);
        let hex = format!("{number:032X}");
        let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
        let text = [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-");
        Self(text.into())
    }
}
