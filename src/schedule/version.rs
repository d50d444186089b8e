//! The version of what is stored.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::RawJson;

const VERSION: u32 = 1;

/// A number in what is stored; another one is not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Version;

/// A text that is no row or gate of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// It is of another version of the form.
    #[error(
        "it is stored in version {found} of its form, and this version of the crate reads {VERSION}: update the crate"
    )]
    Version {
        /// The version.
        found: u32,
    },
    /// A row cannot be read.
    #[error(
        "the row cannot be read: {0}; a new row makes the token ready at once, and what was asked for has to be asked for again"
    )]
    Json(#[from] crate::json::JsonError),
    /// A gate cannot be read.
    #[error("the gate cannot be read: {0}; make a new one of the rows, which loses nothing")]
    Gate(#[source] crate::json::JsonError),
    /// A number is higher than any that is stored.
    #[error(
        "{name} is {found}, and no schedule comes to more than {most}: it was not stored by one; make the row anew, or the gate from the rows"
    )]
    TooHigh {
        /// The name of the number.
        name: &'static str,
        /// The number.
        found: u64,
        /// The highest.
        most: u64,
    },
}

impl StoredError {
    pub(super) fn of_gate(self) -> Self {
        match self {
            Self::Json(error) => Self::Gate(error),
            other => other,
        }
    }
}

/// Whether a number that was read is one that a schedule has stored.
pub(super) fn within(name: &'static str, found: u64, most: u64) -> Result<(), StoredError> {
    if found > most { Err(StoredError::TooHigh { name, found, most }) } else { Ok(()) }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            VERSION => Ok(Self),
            found => Err(serde::de::Error::custom(StoredError::Version { found })),
        }
    }
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoredError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let raw: RawJson = text.parse()?;
    match raw.read::<Versioned>()?.version {
        VERSION => Ok(raw.read()?),
        found => Err(StoredError::Version { found }),
    }
}

pub(super) fn written(value: &impl Serialize) -> String {
    RawJson::of(value).map(|raw| raw.to_string()).unwrap_or_default()
}
