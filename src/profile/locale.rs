//! Languages and regions by ISO.

use std::fmt;
use std::str::FromStr;

use super::iso;

/// A language: ISO 639-1, two small letters, or ISO 639-2, three, where there is no shorter code.
///
/// The form is checked, so that a code of next year can be written; whether ISO has given it to a language is
/// [another question](Self::is_assigned).
///
/// ```
/// use apple_ade::profile::Language;
///
/// assert!("de".parse::<Language>()?.is_assigned());
/// let error = "en_US".parse::<Language>().unwrap_err();
/// assert_eq!(error.suggestion().map(|language| language.to_string()), Some("en".to_owned()));
/// # Ok::<(), apple_ade::profile::LanguageError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 3], bool);

/// A region: ISO 3166-1, two capital letters.
///
/// ```
/// use apple_ade::profile::Region;
///
/// assert!("CH".parse::<Region>()?.is_assigned());
/// // The United Kingdom's code is GB.
/// assert!(!"UK".parse::<Region>()?.is_assigned());
/// let error = "usa".parse::<Region>().unwrap_err();
/// assert_eq!(error.suggestion().map(|region| region.to_string()), Some("US".to_owned()));
/// # Ok::<(), apple_ade::profile::RegionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; 2]);

/// A text that is no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no language; write {}, two small letters by ISO 639-1, or three by ISO 639-2",
    suggestion.map_or("such as de".to_owned(), |language| language.to_string())
)]
pub struct LanguageError {
    found: String,
    suggestion: Option<Language>,
}

/// A text that is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no region; write {}, two capital letters by ISO 3166-1",
    suggestion.map_or("such as CH".to_owned(), |region| region.to_string())
)]
pub struct RegionError {
    found: String,
    suggestion: Option<Region>,
}

/// The language and the region that a text names, as a locale does: `en`, `DE `, `en_US.UTF-8`, `pt-BR`, `deu`. A script
/// (`zh-Hant`) is more than the two can say, and nothing is read from such a text.
pub(super) fn read_tag(text: &str) -> (Option<Language>, Option<Region>) {
    let text = text.trim();
    let text = text.split_once(['.', '@']).map_or(text, |(tag, _)| tag);
    let (first, second) = text.split_once(['-', '_']).map_or((text, None), |(first, second)| (first, Some(second)));
    let language = Language::meant_by(first);
    match second.map(Region::meant_by) {
        None => (language, None),
        Some(Some(region)) if language.is_some() => (language, Some(region)),
        Some(_) => (None, None),
    }
}

impl Language {
    fn of(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [a, b] if text.bytes().all(|byte| byte.is_ascii_lowercase()) => Some(Self([a, b, 0], false)),
            [a, b, c] if text.bytes().all(|byte| byte.is_ascii_lowercase()) => Some(Self([a, b, c], true)),
            _ => None,
        }
    }

    /// The assigned language of this code, in whatever case, in its shortest form.
    pub(super) fn meant_by(code: &str) -> Option<Self> {
        if !matches!(code.len(), 2 | 3) {
            return None;
        }
        let language = Self::of(&code.to_ascii_lowercase())?;
        language.is_assigned().then(|| language.shortest())
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        let Self(letters, is_long) = self;
        let letters = if *is_long { letters.as_slice() } else { letters.split_last().map_or(&[][..], |(_, two)| two) };
        std::str::from_utf8(letters).unwrap_or_default()
    }

    /// Whether ISO 639-1 or ISO 639-2 has given the code to a language.
    pub fn is_assigned(&self) -> bool {
        iso::is_language(self.as_str())
    }

    /// The same language by its code of two letters, which Apple prefers, where there is one: `de` for `deu` and `ger`.
    #[must_use]
    pub fn shortest(self) -> Self {
        iso::shorter(self.as_str()).and_then(Self::of).unwrap_or(self)
    }
}

impl Region {
    fn of(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Some(Self([a, b])),
            _ => None,
        }
    }

    /// The assigned region of this code, in whatever case, also of the three letters of ISO 3166-1 alpha-3.
    pub(super) fn meant_by(code: &str) -> Option<Self> {
        if !matches!(code.len(), 2 | 3) {
            return None;
        }
        let code = code.to_ascii_uppercase();
        Self::of(iso::region(&code).unwrap_or(&code)).filter(Self::is_assigned)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether ISO 3166-1 has given the code to a region.
    pub fn is_assigned(&self) -> bool {
        iso::is_region(self.as_str())
    }
}

impl LanguageError {
    /// What was probably meant.
    pub fn suggestion(&self) -> Option<Language> {
        self.suggestion
    }
}

impl RegionError {
    /// What was probably meant.
    pub fn suggestion(&self) -> Option<Region> {
        self.suggestion
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let error = || LanguageError { found: text.chars().take(40).collect(), suggestion: read_tag(text).0 };
        Self::of(text).ok_or_else(error)
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        let suggestion = || Self::meant_by(text.trim()).or(read_tag(text).1);
        let error = || RegionError { found: text.chars().take(40).collect(), suggestion: suggestion() };
        Self::of(text).ok_or_else(error)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
