//! A text that is no bypass code.

use super::alphabet::LENGTH;

/// Why a text is no bypass code. Positions count characters of the text as it was given, from 1 on.
///
/// ```
/// use apple_ade::activation_lock::{BypassCode, BypassCodeError};
///
/// let error = "3UM43-PUYVY-QYDI-UVCC-HEHJ-FKA4".parse::<BypassCode>().unwrap_err();
/// assert_eq!(error, BypassCodeError::Letter { position: 16, found: 'I', meant: Some("1") });
/// assert_eq!(error.position(), Some(16));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BypassCodeError {
    /// A character that the alphabet does not have.
    #[error(
        "character {position} is {found:?}, which no bypass code has{}",
        meant.map(|meant| format!("; it may be meant as {meant}")).unwrap_or_default()
    )]
    Letter {
        /// Where it stands.
        position: usize,
        /// The character.
        found: char,
        /// What it may have been meant as, if it looks like something.
        meant: Option<&'static str>,
    },
    /// A dash where none belongs: a character before it is missing, or there is one too many.
    #[error(
        "character {position} is a dash, which stands after 5, 10, 14, 18 and 22 others alone; compare the group before it"
    )]
    Dash {
        /// Where it stands.
        position: usize,
    },
    /// No dash where one belongs, in a code that has dashes.
    #[error("a dash is missing before character {position}; compare the group before it, or leave all dashes out")]
    DashMissing {
        /// The character before which it is missing.
        position: usize,
    },
    /// The last character stands for three bits and has more.
    #[error("character {position} is {found:?}, and the last one of a bypass code is a digit from 0 to 7")]
    LastSymbol {
        /// Where it stands.
        position: usize,
        /// The character.
        found: char,
    },
    /// Too few or too many characters.
    #[error("it has {found} characters beside dashes, and a bypass code has {LENGTH}")]
    Length {
        /// How many there are, dashes not counted.
        found: usize,
    },
}

impl BypassCodeError {
    /// The character that is wrong, or before which something is missing; `None` where only the number of characters is wrong.
    pub fn position(&self) -> Option<usize> {
        match self {
            Self::Letter { position, .. }
            | Self::Dash { position }
            | Self::DashMissing { position }
            | Self::LastSymbol { position, .. } => Some(*position),
            Self::Length { .. } => None,
        }
    }
}
