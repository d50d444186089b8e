//! JSON that loses nothing.
//!
//! Apple adds keys and values without notice, and calls every property optional. The types of [`api`](crate::api) therefore
//! keep what they do not know: unknown keys in [`Extra`], values of an unexpected type in [`OddField`], unknown words
//! in [`Unknown`]; all of them are given back when the value is serialised.
//!
//! They are read from JSON alone, by `serde_json` or [`RawJson::read`]: within serde's `flatten`, `untagged` and internally
//! tagged enumerations the text is gone that they keep.

mod field;
mod object;
mod open_enum;
mod raw;
mod borrowed;

pub(crate) use self::borrowed::{Borrowed, BorrowedSeed, Id, RawRef, Time};
pub(crate) use self::field::{Field, FieldSeed, Key, Quick, Read, Written, exact};
pub(crate) use self::object::{object, object_default, object_key};
pub(crate) use self::open_enum::open_enum;
pub use self::raw::{Extra, JsonError, OddField, RawJson};

/// A word that this version of the crate does not know, kept as it came. Made by reading one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unknown(Box<str>);

impl Unknown {
    pub(crate) fn new(word: &str) -> Self {
        Self(word.into())
    }

    /// The word as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
