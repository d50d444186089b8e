//! "Did you mean …?"

use super::table::SkipKey;
use crate::judgement::closest;

impl SkipKey {
    /// The key that this text was probably meant to be: the one that the fewest changed, missing, surplus or swapped letters are
    /// away from it, without regard to case. At most one in a key of up to 4 letters, two in one of up to 9, else three.
    ///
    /// ```
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// assert_eq!(SkipKey::closest("Locaton"), Some(SkipKey::Location));
    /// assert_eq!(SkipKey::closest("appleid"), Some(SkipKey::AppleId));
    /// assert_eq!(SkipKey::closest("Sauna"), None);
    /// ```
    pub fn closest(text: &str) -> Option<Self> {
        closest(text, Self::ALL, Self::as_str).cloned()
    }
}
