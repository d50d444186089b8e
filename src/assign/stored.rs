//! What is stored, and read again.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::{JsonError, RawJson};

/// The version of everything that this module stores.
pub(super) const VERSION: u32 = 1;

/// A text that is not what was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It is of another version of the form.
    #[error(
        "the {what} is stored in version {found} of its form, and this version of the crate reads {}: update the crate",
        VERSION
    )]
    Version {
        /// What it was meant to be.
        what: &'static str,
        /// The version.
        found: u32,
    },
    /// It cannot be read.
    #[error("the {what} cannot be read: {error}; make a new plan from Apple's list, and nothing is lost")]
    Json {
        /// What it was meant to be.
        what: &'static str,
        /// What is wrong with it.
        error: JsonError,
    },
    /// The plan is stored, but was not approved.
    #[error(
        "the plan was not approved, and {undecided} of its devices wait for a decision: read it as an AssignmentPlan, and approve it"
    )]
    NotApproved {
        /// How many devices wait for a decision.
        undecided: usize,
    },
}

pub(super) fn to_json(value: &impl Serialize) -> String {
    RawJson::of(value).map(|raw| raw.to_string()).unwrap_or_default()
}

pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StateError> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u32,
    }
    let json = |error| StateError::Json { what, error };
    let raw: RawJson = text.parse().map_err(json)?;
    match raw.read::<Versioned>().map_err(json)?.version {
        VERSION => raw.read().map_err(json),
        found => Err(StateError::Version { what, found }),
    }
}

/// Reads the field `version`, for `serde(deserialize_with)`.
pub(super) fn version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match serde::Deserialize::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        found => Err(serde::de::Error::custom(StateError::Version { what: "form", found })),
    }
}
