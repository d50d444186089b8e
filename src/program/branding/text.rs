//! The bounded texts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::program::text::{is_blank, is_steering};

/// What keeps a text from its place in the [`Branding`](super::Branding).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextProblem {
    /// There is nothing in it; leave it out.
    #[error("the {what} is empty; leave it out, or write something")]
    Empty {
        /// What it is.
        what: &'static str,
    },
    /// It is too long.
    #[error("the {what} has {found} characters, and may have {most}")]
    TooLong {
        /// What it is.
        what: &'static str,
        /// How many characters it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// There is a character in it that may not be.
    #[error("the {what} has {character:?} as its character {at}, and may have {allowed} only")]
    Character {
        /// What it is.
        what: &'static str,
        /// The character.
        character: char,
        /// Which one it is, counted from 1.
        at: usize,
        /// What may be in its place.
        allowed: &'static str,
    },
    /// It is no e-mail address.
    #[error("the {what} is not of the form alias@example.org")]
    NotEmail {
        /// What it is.
        what: &'static str,
    },
}

/// Types of texts with a bound, a name, and a look at the characters.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $most:literal, $what:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters.
            pub const MOST: usize = $most;

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextProblem;

            fn from_str(text: &str) -> Result<Self, TextProblem> {
                let check: fn(&'static str, &str) -> Result<(), TextProblem> = $check;
                let text = bounded($what, text, $most)?;
                check($what, text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

texts! {
    /// The name of the organisation, and the title of the portal: at most 40 letters and digits (BRA-1).
    ///
    /// The documentation says "alphanumeric" and does not say whether spaces are; names have them, and they are allowed here, between
    /// the words.
    ///
    /// ```
    /// use apple_ade::program::branding::{CompanyName, TextProblem};
    ///
    /// assert_eq!("Example School 12".parse::<CompanyName>()?.as_str(), "Example School 12");
    /// assert!(matches!("Smith & Sons".parse::<CompanyName>(), Err(TextProblem::Character { character: '&', at: 7, .. })));
    /// # Ok::<(), TextProblem>(())
    /// ```
    CompanyName, 40, "company name", alphanumeric;
    /// The name of the IT contact: at most 40 characters (BRA-2).
    ContactName, 40, "name of the IT contact", on_one_line;
    /// The phone number of the IT contact: at most 20 characters (BRA-3).
    ContactPhone, 20, "phone number of the IT contact", on_one_line;
    /// The e-mail address of the IT contact: at most 40 characters, `alias@domain` (BRA-4).
    ContactEmail, 40, "e-mail address of the IT contact", email;
    /// Free text: at most 120 characters, in any number of lines (BRA-5).
    AdditionalInformation, 120, "additional information", in_lines;
    /// The name of the support site: at most 40 characters (BRA-9).
    SiteName, 40, "name of the support site", on_one_line;
}

/// The text without white space around it.
fn bounded<'t>(what: &'static str, text: &'t str, most: usize) -> Result<&'t str, TextProblem> {
    let text = text.trim();
    match text.chars().count() {
        _ if is_blank(text) => Err(TextProblem::Empty { what }),
        found if found > most => Err(TextProblem::TooLong { what, found, most }),
        _ => Ok(text),
    }
}

fn characters(
    what: &'static str,
    text: &str,
    allowed: &'static str,
    is_allowed: fn(char) -> bool,
) -> Result<(), TextProblem> {
    match text.chars().enumerate().find(|(_, character)| !is_allowed(*character)) {
        Some((at, character)) => Err(TextProblem::Character { what, character, at: at.saturating_add(1), allowed }),
        None => Ok(()),
    }
}

fn alphanumeric(what: &'static str, text: &str) -> Result<(), TextProblem> {
    characters(what, text, "letters, digits and spaces", |c| c.is_alphanumeric() || c == ' ' || is_mark(c))
}

/// Whether a character goes with the letter before it: accents that stand by themselves, vowels and joiners of Indian scripts, vowels of Arabic.
fn is_mark(c: char) -> bool {
    let is_danda = matches!(c, '\u{964}' | '\u{965}');
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}' | '\u{200c}' | '\u{200d}')
        && !is_danda
}

fn on_one_line(what: &'static str, text: &str) -> Result<(), TextProblem> {
    characters(what, text, "printable characters", |c| !is_steering(c))
}

fn in_lines(what: &'static str, text: &str) -> Result<(), TextProblem> {
    characters(what, text, "printable characters and ends of lines", |c| {
        !is_steering(c) || matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
    })
}

fn email(what: &'static str, text: &str) -> Result<(), TextProblem> {
    let is_odd = |c: char| c.is_whitespace() || is_steering(c) || "()<>[]:;@\\,\"".contains(c);
    let parts = text.split_once('@').filter(|(alias, domain)| {
        let labels =
            domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        !alias.is_empty() && !alias.starts_with('.') && !alias.ends_with('.') && labels && domain.contains('.')
    });
    match parts {
        Some((alias, domain)) if !alias.contains(is_odd) && !domain.contains(is_odd) => Ok(()),
        _ => Err(TextProblem::NotEmail { what }),
    }
}
