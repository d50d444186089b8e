//! The name of one device.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a device: 1 to 63 characters, some of which can be seen, without control characters and marks of direction.
///
/// Apple documents no bound. This is the template's, applied to the name as well (X-47); it is also that of a host name.
///
/// ```
/// use apple_ade::device_name::DeviceName;
///
/// let name: DeviceName = "Anna's iPad (4b)".parse()?;
/// assert!(!name.is_host_name());
/// assert_eq!(name.host_name().as_deref(), Some("Annas-iPad-4b"));
/// # Ok::<(), apple_ade::device_name::DeviceNameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceName(String);

impl DeviceName {
    /// The most characters.
    pub const MOST: usize = 63;

    /// A text that is known to be a name.
    pub(super) fn checked(text: String) -> Self {
        Self(text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is a label of a host name as it stands (RFC 1123, 2.1): 1 to 63 letters, digits and hyphens of ASCII, with no
    /// hyphen at the ends.
    pub fn is_host_name(&self) -> bool {
        let text = self.as_str();
        let safe = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        safe && !text.starts_with('-') && !text.ends_with('-')
    }

    /// The name made safe as a label of a host name; the name itself where it is one. Letters and digits of ASCII stay, apostrophes go, and whatever stands between
    /// becomes one hyphen. `None` where no letter and no digit is left, as of a name in Chinese.
    pub fn host_name(&self) -> Option<String> {
        if self.is_host_name() {
            return Some(self.0.clone());
        }
        let mut host = String::with_capacity(self.0.len());
        let mut gap = false;
        for c in self.0.chars() {
            match c {
                '\'' | '’' => {}
                c if c.is_ascii_alphanumeric() => {
                    if gap && !host.is_empty() {
                        host.push('-');
                    }
                    gap = false;
                    host.push(c);
                }
                _ => gap = true,
            }
        }
        (!host.is_empty()).then_some(host)
    }
}

/// A text that is no name of a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceNameError {
    /// Nothing but spaces and invisible characters.
    #[error("the name is empty; leave it out to keep the device's own")]
    Empty,
    /// More than [`DeviceName::MOST`] characters.
    #[error(
        "the name has {found} characters, and may have {most}; shorten it by {}",
        found.saturating_sub(DeviceName::MOST),
        most = DeviceName::MOST
    )]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// A line break, a tab or the like, or a mark that turns the direction of what follows.
    #[error("character {position}: a name has no control characters; take it out")]
    ControlCharacter {
        /// Where it is, counted from 1.
        position: usize,
    },
}

/// Whether nothing of the text can be seen: white space, joiners, fillers, marks alone.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Line breaks and other control characters, and marks of direction, which can make one name look like another.
pub(super) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The characters that Unicode calls default ignorable, and the blank of Braille.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

impl FromStr for DeviceName {
    type Err = DeviceNameError;

    fn from_str(text: &str) -> Result<Self, DeviceNameError> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for DeviceName {
    type Error = DeviceNameError;

    fn try_from(text: String) -> Result<Self, DeviceNameError> {
        if is_blank(&text) {
            return Err(DeviceNameError::Empty);
        }
        if let Some(at) = text.chars().position(is_control) {
            return Err(DeviceNameError::ControlCharacter { position: at + 1 });
        }
        match text.chars().count() {
            found if found > Self::MOST => Err(DeviceNameError::TooLong { found }),
            _ => Ok(Self(text)),
        }
    }
}

impl From<DeviceName> for String {
    fn from(name: DeviceName) -> Self {
        name.0
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
