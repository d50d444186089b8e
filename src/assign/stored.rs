//! What is stored, and read again.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

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
    #[error("the {what} cannot be read: {error}; {}", remedy(.what))]
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

/// What is to be done about a text that cannot be read.
fn remedy(what: &str) -> &'static str {
    match what {
        "rules" => "they are your own, and Apple has no copy: correct the place, or take an earlier copy",
        "plan" => "make a new plan from Apple's list, and decide again what was decided about it",
        _ => {
            "take an earlier copy, or begin with a new state and a new plan from Apple's list; it does not know what was to be \
             removed or released, for how long throttled devices are to be left alone, and what is for Apple's support"
        }
    }
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
pub(super) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match Deserialize::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        found => Err(D::Error::custom(StateError::Version { what: "form", found })),
    }
}

/// Reads a value that is there or left out, for `serde(default, deserialize_with)`. `null` is neither: to some it is a list without an
/// entry, to others no list at all.
pub(super) fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a map in which no key is there twice, for `serde(deserialize_with)`: of two values nobody knows which was meant.
pub(super) fn unique<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    struct Unique<K, V>(PhantomData<(K, V)>);

    impl<'de, K: Deserialize<'de> + Ord + fmt::Display, V: Deserialize<'de>> Visitor<'de> for Unique<K, V> {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BTreeMap<K, V>, A::Error> {
            let mut read = BTreeMap::new();
            while let Some((key, value)) = map.next_entry()? {
                match read.entry(key) {
                    Entry::Vacant(entry) => drop(entry.insert(value)),
                    Entry::Occupied(entry) => return Err(A::Error::custom(format!("{} is there twice", entry.key()))),
                }
            }
            Ok(read)
        }
    }

    deserializer.deserialize_map(Unique(PhantomData))
}
