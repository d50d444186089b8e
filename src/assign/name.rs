//! A profile's name.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name by which rules and plans call a profile: the caller's own, which stays while Apple's UUID changes with every definition.
///
/// At most 125 characters, as Apple allows for `profile_name`, and no control characters.
///
/// ```
/// use apple_ade::assign::ProfileName;
///
/// let name: ProfileName = "Class iPads".parse()?;
/// assert_eq!(name.as_str(), "Class iPads");
/// assert!(" ".parse::<ProfileName>().is_err());
/// # Ok::<(), apple_ade::assign::ProfileNameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(Box<str>);

/// A text that cannot be a profile's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a profile's name: {problem}")]
pub struct ProfileNameError {
    found: String,
    problem: &'static str,
}

impl ProfileName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<Self, ProfileNameError> {
        let trimmed = text.trim();
        let problem = match trimmed {
            "" => "it is empty",
            text if text.chars().count() > 125 => "it is longer than 125 characters",
            text if text.chars().any(char::is_control) => "it has control characters",
            text => return Ok(Self(text.into())),
        };
        Err(ProfileNameError { found: text.chars().take(40).collect(), problem })
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProfileName({:?})", &*self.0)
    }
}

impl AsRef<str> for ProfileName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ProfileName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for ProfileName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ProfileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
