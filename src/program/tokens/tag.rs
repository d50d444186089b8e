use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::program::text::{is_blank, is_steering};

/// A scope tag of the MDM: which administrators see what has it (TOK-10). What it means is the MDM's own matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// A text that is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tag has one character at least that can be seen, none that steers the text, and no white space around it")]
pub struct TagError;

impl Tag {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let is_fine = !is_blank(text) && text.trim() == text && !text.contains(is_steering);
        is_fine.then(|| Self(text.to_owned())).ok_or(TagError)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The tags of a profile or a synced device: its own, and those of its token, which it inherits (ORG-23).
///
/// ```
/// use apple_ade::program::tokens::effective_tags;
///
/// let token = ["campus".parse()?].into();
/// let device = ["library".parse()?].into();
/// assert_eq!(effective_tags(&token, &device).len(), 2);
/// # Ok::<(), apple_ade::program::tokens::TagError>(())
/// ```
pub fn effective_tags(token: &BTreeSet<Tag>, own: &BTreeSet<Tag>) -> BTreeSet<Tag> {
    token.union(own).cloned().collect()
}
