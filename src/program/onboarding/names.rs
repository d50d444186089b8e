use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::program::text::{is_blank, is_steering};

/// The name of the MDM server in Apple's portal: a free label, unique within the organisation (TOK-4).
///
/// It is not the URL of the MDM, and not its product name; a URL is refused, and cannot be given as one:
///
/// ```compile_fail,E0277
/// # use apple_ade::program::{HttpsUrl, onboarding::MdmServerName};
/// fn name(url: HttpsUrl<200>) -> MdmServerName {
///     url.into()
/// }
/// ```
///
/// ```
/// use apple_ade::program::onboarding::{MdmServerName, MdmServerNameError};
///
/// assert_eq!("Campus North".parse::<MdmServerName>()?.as_str(), "Campus North");
/// assert_eq!("https://mdm.example.org".parse::<MdmServerName>(), Err(MdmServerNameError::Url));
/// # Ok::<(), MdmServerNameError>(())
/// ```
#[doc(alias = "server_name")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MdmServerName(String);

/// A text that is no name of an MDM server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MdmServerNameError {
    /// There is nothing in it.
    #[error("the MDM server has no name; give it one that your organisation has not used yet")]
    Empty,
    /// There is a character in it that could steer a terminal, or turn the text around it.
    #[error("the name of the MDM server has {character:?} in it, which is not for names; leave it out")]
    Character {
        /// The character.
        character: char,
    },
    /// It is a URL.
    #[error("this is a URL, and the name of the MDM server is a label for people, such as Campus North")]
    Url,
}

impl MdmServerName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MdmServerName {
    type Err = MdmServerNameError;

    fn from_str(text: &str) -> Result<Self, MdmServerNameError> {
        let text = text.trim();
        let begins = |with: &str| text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
        if is_blank(text) {
            Err(MdmServerNameError::Empty)
        } else if text.contains("://") || ["www.", "https:", "http:"].into_iter().any(begins) {
            Err(MdmServerNameError::Url)
        } else if let Some(character) = text.chars().find(|c| is_steering(*c)) {
            Err(MdmServerNameError::Character { character })
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

/// The Apple Account under which a token was made (TOK-6).
///
/// Two are the same whatever their case. Apple names it as `admin_id` in `/account`.
///
/// ```
/// use apple_ade::program::onboarding::AppleId;
///
/// assert_eq!("Admin@Example.org".parse::<AppleId>()?, "admin@example.org".parse::<AppleId>()?);
/// assert!("admin".parse::<AppleId>().is_err());
/// # Ok::<(), apple_ade::program::onboarding::AppleIdError>(())
/// ```
#[doc(alias = "Apple Account")]
#[doc(alias = "admin_id")]
#[derive(Debug, Clone)]
pub struct AppleId(String);

/// A text that is no Apple Account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an Apple Account is an e-mail address, such as it@example.org")]
pub struct AppleIdError;

impl AppleId {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for AppleId {
    type Err = AppleIdError;

    fn from_str(text: &str) -> Result<Self, AppleIdError> {
        let text = text.trim();
        let is_odd = |c: char| c.is_whitespace() || is_steering(c) || c == '@';
        let (name, domain) = text.split_once('@').ok_or(AppleIdError)?;
        let is_fine = !name.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
        (is_fine && !name.contains(is_odd) && !domain.contains(is_odd))
            .then(|| Self(text.to_owned()))
            .ok_or(AppleIdError)
    }
}

impl PartialEq for AppleId {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for AppleId {}

impl fmt::Display for AppleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for MdmServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for AppleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AppleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for MdmServerName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MdmServerName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
