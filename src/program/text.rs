//! Lists and counts in texts for people.

use std::fmt::{self, Display};

/// One step a line, numbered from 1.
pub(super) fn numbered<S: Display>(f: &mut fmt::Formatter<'_>, steps: &[S]) -> fmt::Result {
    for (place, step) in steps.iter().enumerate() {
        let end = if place == 0 { "" } else { "\n" };
        write!(f, "{end}{}. {step}", place.saturating_add(1))?;
    }
    Ok(())
}

/// `1 device`, `2 devices`: of a word whose plural has an s.
pub(super) struct Counted(pub(super) u64, pub(super) &'static str);

impl Counted {
    /// The verb that goes with it: `is` or `are`.
    pub(super) fn is(&self) -> &'static str {
        if self.0 == 1 { "is" } else { "are" }
    }

    /// `has` or `have`.
    pub(super) fn has(&self) -> &'static str {
        if self.0 == 1 { "has" } else { "have" }
    }
}

impl Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} {}{end}", self.0, self.1)
    }
}

/// Whether a character in a name could steer a terminal or mislead a reader: a control character, the end of a line, one that turns the
/// direction of writing around, or one that has no width and means nothing. The joiners of Persian and of Indian scripts are none of these.
pub(super) fn is_steering(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() || matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}')
}

/// Whether there is nothing to see in a text.
pub(super) fn is_blank(text: &str) -> bool {
    let fillers = ['\u{ad}', '\u{115f}', '\u{1160}', '\u{200c}', '\u{200d}', '\u{2800}', '\u{3164}', '\u{ffa0}'];
    text.chars().all(|c| c.is_whitespace() || fillers.contains(&c))
}
