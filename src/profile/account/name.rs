//! The names of local accounts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The short name of a local account, after which its home folder is called: lower-case letters, digits, `_`, `-` and `.`, at most 255,
/// and neither `-` nor `.` first.
///
/// Apple documents no form for the command. A manual of Apple's for Mac OS X Server names these characters and capital letters, and 255
/// as the most; the open-source tool mkuser takes lower-case letters alone, and found that macOS does not list accounts whose name
/// begins with a dot, and that `sysadminctl` takes one with a hyphen for an option.
///
/// ```
/// use apple_ade::profile::account::ShortName;
///
/// let name: ShortName = "a.berg-2".parse()?;
/// assert_eq!(name.as_str(), "a.berg-2");
/// let error = "Ärger".parse::<ShortName>().unwrap_err();
/// assert_eq!(error.nearest().map(ShortName::as_str), Some("rger"));
/// # Ok::<(), apple_ade::profile::account::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShortName(String);

/// The full name of an account: text of at most 255 bytes without control characters.
///
/// The bound is that of a manual of Apple's for Mac OS X; the command's page names none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FullName(String);

/// A text that is no name of an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no {kind}: {problem}{}", nearest.as_ref().map(|name| format!("; {name} would do")).unwrap_or_default())]
pub struct NameError {
    kind: &'static str,
    found: String,
    problem: &'static str,
    nearest: Option<ShortName>,
}

/// The most bytes of a name.
const MOST: usize = 255;

impl NameError {
    /// The beginning of the text.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// For a short name: the text without what may not be in it, if anything is left.
    pub fn nearest(&self) -> Option<&ShortName> {
        self.nearest.as_ref()
    }

    fn new(kind: &'static str, text: &str, problem: &'static str) -> Self {
        const SHOWN: usize = 40;
        let head: String = text.chars().take(SHOWN).collect();
        let found = if head.len() < text.len() { head + "…" } else { head };
        Self { kind, found, problem, nearest: None }
    }
}

impl ShortName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without what may not be in a short name.
    fn nearest(text: &str) -> Option<Self> {
        let letters = text.chars().map(|c| c.to_ascii_lowercase()).filter(|c| allowed(*c));
        let name: String = letters.skip_while(|c| matches!(c, '.' | '-')).take(MOST).collect();
        (!name.is_empty()).then_some(Self(name))
    }
}

fn allowed(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.')
}

impl FromStr for ShortName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let problem = match text {
            "" => "it is empty",
            _ if !text.chars().all(allowed) => "it may have lower-case letters, digits, `_`, `-` and `.` alone",
            _ if text.starts_with(['.', '-']) => "it may not begin with `.` or `-`",
            _ if text.len() > MOST => "it may have at most 255 characters",
            _ => return Ok(Self(text.into())),
        };
        Err(NameError { nearest: Self::nearest(text), ..NameError::new("short name", text, problem) })
    }
}

impl FullName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FullName {
    type Err = NameError;

    /// Spaces at the ends are left out.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let trimmed = text.trim();
        let problem = match trimmed {
            "" => "it is empty; leave it out",
            _ if trimmed.contains(char::is_control) => "it may have no control characters; take them out",
            _ if trimmed.len() > MOST => "it may have at most 255 bytes; shorten it",
            _ => return Ok(Self(trimmed.into())),
        };
        Err(NameError::new("full name", text, problem))
    }
}

macro_rules! as_text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

as_text! { ShortName FullName }
