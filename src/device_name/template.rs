//! Text with variables.

use std::fmt;
use std::iter;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::device_type::DeviceType;
use super::name::{DeviceName, is_blank, is_control};
use super::variable::Variable;
use crate::id::SerialNumber;

/// How the MDM names devices: text with `{{SERIAL}}` and `{{DEVICETYPE}}`, at most 63 characters counting the variables as they are
/// written (NAM-3, NAM-5).
///
/// The text stays as it is, spaces included. A single brace is text; two of them begin or end a variable.
///
/// ```
/// use apple_ade::device_name::{DeviceNameTemplate, Part, Variable};
///
/// let template: DeviceNameTemplate = "iPad-{{SERIAL}}".parse()?;
/// assert!(template.parts().eq([Part::Literal("iPad-"), Part::Variable(Variable::Serial)]));
/// assert!(template.names_are_distinct());
/// assert_eq!(template.longest_rendering(), 17);
/// # Ok::<(), apple_ade::device_name::TemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceNameTemplate(String);

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part<'t> {
    /// Text that stands in every name.
    Literal(&'t str),
    /// What differs from device to device.
    Variable(Variable),
}

impl DeviceNameTemplate {
    /// The most characters of a template, its variables counted as they are written (NAM-5).
    pub const MOST: usize = 63;

    /// Reads a template; `str::parse` does the same.
    ///
    /// # Errors
    /// Text that is blank, too long or has control characters; a variable that is unknown or not closed; `}}` without a variable.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if is_blank(text) {
            return Err(TemplateError::Empty);
        }
        let found = text.chars().count();
        if found > Self::MOST {
            return Err(TemplateError::TooLong { found });
        }
        if let Some(at) = text.chars().position(is_control) {
            return Err(TemplateError::ControlCharacter { position: at + 1 });
        }
        let mut position = 1;
        let mut rest = text;
        while let Some((piece, after)) = next(rest) {
            match piece {
                Piece::Part(_) => {}
                Piece::Unclosed => return Err(TemplateError::Unclosed { position }),
                Piece::Stray => return Err(TemplateError::Stray { position }),
                Piece::Unknown(name) => {
                    let closest = Variable::closest(name);
                    return Err(TemplateError::UnknownVariable { position, name: name.into(), closest });
                }
            }
            position += rest.chars().count().saturating_sub(after.chars().count());
            rest = after;
        }
        Ok(Self(text.into()))
    }

    /// The text, as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pieces, in order. No two literals stand side by side.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut rest = self.as_str();
        iter::from_fn(move || {
            let (piece, after) = next(rest)?;
            rest = after;
            match piece {
                Piece::Part(part) => Some(part),
                // The constructor left none of these.
                Piece::Unclosed | Piece::Stray | Piece::Unknown(_) => None,
            }
        })
    }

    /// Whether no two devices get the same name: the serial number is in it.
    pub fn names_are_distinct(&self) -> bool {
        self.parts().any(|part| part == Part::Variable(Variable::Serial))
    }

    /// How many characters the longest name has, for a serial number of 12 characters and the longest word for a kind of device.
    pub fn longest_rendering(&self) -> usize {
        const SERIAL: usize = 12;
        let word = DeviceType::ALL.iter().map(|kind| kind.as_str().len()).max().unwrap_or_default();
        self.length(SERIAL, word)
    }

    /// The name of a device (NAM-3). It has at most [`DeviceName::MOST`] characters too (X-47).
    ///
    /// ```
    /// use apple_ade::device_name::{DeviceNameTemplate, DeviceType};
    ///
    /// let template: DeviceNameTemplate = "{{SERIAL}} of the Royal School of Music and Drama at Copenhagen".parse()?;
    /// let error = template.render(&"C02T0HL0GGC0".parse()?, DeviceType::Ipad).unwrap_err();
    /// let expected = "the name of C02T0HL0GGC0 would have 65 characters, 2 more than a name may have; \
    ///     shorten the text around the variables by 2 of its 53 characters";
    /// assert_eq!(error.to_string(), expected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RenderError::TooLong`] with what to shorten; a serial number that holds anything but letters and digits.
    pub fn render(&self, serial: &SerialNumber, device_type: DeviceType) -> Result<DeviceName, RenderError> {
        let number = serial.as_str();
        if !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(RenderError::SerialNumber { serial: serial.clone() });
        }
        let found = self.length(number.len(), device_type.as_str().len());
        if found > DeviceName::MOST {
            return Err(RenderError::TooLong { serial: serial.clone(), found, text: self.length(0, 0) });
        }
        let words = self.parts().map(|part| match part {
            Part::Literal(text) => text,
            Part::Variable(Variable::Serial) => number,
            Part::Variable(Variable::DeviceType) => device_type.as_str(),
        });
        Ok(DeviceName::checked(words.collect()))
    }

    /// The characters of a name, for a serial number and a word of these lengths.
    fn length(&self, serial: usize, word: usize) -> usize {
        let lengths = self.parts().map(|part| match part {
            Part::Literal(text) => text.chars().count(),
            Part::Variable(Variable::Serial) => serial,
            Part::Variable(Variable::DeviceType) => word,
        });
        lengths.fold(0, usize::saturating_add)
    }
}

/// What a text begins with.
enum Piece<'t> {
    Part(Part<'t>),
    Unknown(&'t str),
    Unclosed,
    Stray,
}

/// The first piece of a text, and the rest; `None` at the end.
fn next(text: &str) -> Option<(Piece<'_>, &str)> {
    if text.is_empty() {
        return None;
    }
    if let Some(inner) = text.strip_prefix("{{") {
        let piece = match inner.split_once("}}") {
            Some((name, rest)) if !name.contains("{{") => (named(name), rest),
            _ => (Piece::Unclosed, inner),
        };
        return Some(piece);
    }
    if let Some(rest) = text.strip_prefix("}}") {
        return Some((Piece::Stray, rest));
    }
    let end = ["{{", "}}"].into_iter().filter_map(|brace| text.find(brace)).min();
    let (literal, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    Some((Piece::Part(Part::Literal(literal)), rest))
}

/// The variable of this name.
fn named(name: &str) -> Piece<'_> {
    Variable::find(name).map_or(Piece::Unknown(name), |variable| Piece::Part(Part::Variable(variable)))
}

/// A text that is no template. Positions count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Nothing but spaces and invisible characters.
    #[error("the name template is empty; leave it out, or write text with {{{{SERIAL}}}} and {{{{DEVICETYPE}}}}")]
    Empty,
    /// More than [`DeviceNameTemplate::MOST`] characters.
    #[error(
        "the name template has {found} characters with its variables, and may have {most}; shorten it by {}",
        found.saturating_sub(DeviceNameTemplate::MOST),
        most = DeviceNameTemplate::MOST
    )]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// `{{…}}` with a name that is no variable's.
    #[error("character {position}: there is no variable {{{{{name}}}}}; {}", match closest {
        Some(variable) => format!("did you mean {variable}?"),
        None => format!("there are {} and {}", Variable::Serial, Variable::DeviceType),
    })]
    UnknownVariable {
        /// Where its braces begin.
        position: usize,
        /// What stands between the braces.
        name: String,
        /// The variable that was probably meant.
        closest: Option<Variable>,
    },
    /// `{{` without `}}`.
    #[error("character {position}: the variable is not closed; put }}}} behind its name")]
    Unclosed {
        /// Where the braces are.
        position: usize,
    },
    /// `}}` without `{{`.
    #[error(
        "character {position}: there is no variable that these }}}} close; take them out, or put {{{{ before its name"
    )]
    Stray {
        /// Where the braces are.
        position: usize,
    },
    /// A line break, a tab or the like, or a mark that turns the direction of what follows.
    #[error("character {position}: a name has no control characters; take it out")]
    ControlCharacter {
        /// Where it is.
        position: usize,
    },
}

/// By how much a name is too long.
fn over(found: usize) -> usize {
    found.saturating_sub(DeviceName::MOST)
}

/// What to do about it, where so many characters are the template's own text.
fn shorter(found: usize, text: usize) -> String {
    match over(found) {
        over if over <= text => format!("shorten the text around the variables by {over} of its {text} characters"),
        _ => "take out a variable".into(),
    }
}

/// A device that a template gives no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// More than [`DeviceName::MOST`] characters.
    #[error(
        "the name of {serial} would have {found} characters, {} more than a name may have; {}",
        over(*found),
        shorter(*found, *text)
    )]
    TooLong {
        /// The device.
        serial: SerialNumber,
        /// How many characters its name would have.
        found: usize,
        /// How many of them are the template's own text.
        text: usize,
    },
    /// Apple's serial numbers are letters and digits.
    #[error("the serial number {:?} holds more than letters and digits; see where it comes from", serial.as_str())]
    SerialNumber {
        /// The device.
        serial: SerialNumber,
    },
}

impl FromStr for DeviceNameTemplate {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DeviceNameTemplate {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        Self::parse(&text)
    }
}

impl From<DeviceNameTemplate> for String {
    fn from(template: DeviceNameTemplate) -> Self {
        template.0
    }
}

impl fmt::Display for DeviceNameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
