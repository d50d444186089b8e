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
    /// It cannot be read.
    #[error("it cannot be read: {0}; a new row makes the token ready at once, and loses nothing")]
    Json(#[from] crate::json::JsonError),
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
