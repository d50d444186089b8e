//! A world that is stored and read again.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::world::World;

/// The version of the stored form that this crate writes and reads.
const VERSION: u64 = 1;

/// Stands in a stored world as a number. Reading refuses any other than ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StateVersion;

impl Serialize for StateVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(VERSION)
    }
}

impl<'de> Deserialize<'de> for StateVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u64::deserialize(deserializer)?;
        if found == VERSION { Ok(Self) } else { Err(D::Error::custom(WorldError::UnknownVersion(found))) }
    }
}

/// Why a stored world could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The text is not a stored world.
    #[error("this is not a stored world: {0}; World::to_json writes one")]
    NotAWorld(String),
    /// It was stored by another version of the crate.
    #[error("the stored world has version {0}, and this version of the crate reads version 1: build the world anew")]
    UnknownVersion(u64),
}

impl World {
    /// The whole world as JSON, with a version. It holds the credentials that the world has given out.
    ///
    /// ```
    /// use apple_ade::simulator::{World, WorldError};
    ///
    /// let world = World::builder().seed(7).devices(3).build();
    /// assert_eq!(World::from_json(&world.to_json()), Ok(world));
    /// assert_eq!(World::from_json(r#"{"version":99}"#), Err(WorldError::UnknownVersion(99)));
    /// ```
    pub fn to_json(&self) -> String {
        // Only maps with odd keys and failing writers make serde_json fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a world that [`World::to_json`] wrote. It is equal to the one that was stored.
    ///
    /// # Errors
    ///
    /// When the text is no stored world, or one of a version that this crate does not read.
    pub fn from_json(json: &str) -> Result<Self, WorldError> {
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        let head: Head = serde_json::from_str(json).map_err(|error| WorldError::NotAWorld(error.to_string()))?;
        if head.version != VERSION {
            return Err(WorldError::UnknownVersion(head.version));
        }
        serde_json::from_str(json).map_err(|error| WorldError::NotAWorld(error.to_string()))
    }
}
