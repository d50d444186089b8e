use std::fmt;

/// What a profile wants of a pane: shown or hidden (SCR-1).
///
/// Apple's list names the hidden ones alone, and other systems have a flag for each shown one. A flag would be read the wrong way round
/// sooner or later, so that none is taken here (X-49):
///
/// ```compile_fail,E0308
/// # use apple_ade::{profile::SetupExperience, setup_assistant::SkipKey};
/// let setup = SetupExperience::guided().screen(SkipKey::Siri, false);
/// ```
///
/// ```
/// use apple_ade::profile::SetupExperience;
/// use apple_ade::setup_assistant::{SkipKey, Visibility};
///
/// let setup = SetupExperience::guided().screen(SkipKey::Siri, Visibility::Hide);
/// assert_eq!(setup.visibility(&SkipKey::Siri), Visibility::Hide);
/// assert_eq!(setup.visibility(&SkipKey::Tos), Visibility::Show);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no third")]
pub enum Visibility {
    /// It is left out, and can still be set up in Settings: the key is in `skip_setup_items`.
    Hide,
    /// It is not left out. That is no promise: see [`Verdict::Shown`](super::Verdict::Shown).
    Show,
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hide => "hide",
            Self::Show => "show",
        })
    }
}
