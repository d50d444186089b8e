//! What people ask of the list.

use super::status::KeyStatus;
use super::table::SkipKey;
use crate::os::Target;

/// The keys that this target has, in the order of the table: introduced, not removed, not withdrawn. Deprecated ones are among them.
///
/// ```
/// use apple_ade::setup_assistant::{SkipKey, keys_on};
///
/// let keys: Vec<SkipKey> = keys_on("ipados:17.4".parse()?).collect();
/// assert!(keys.contains(&SkipKey::ActionButton) && !keys.contains(&SkipKey::Intelligence));
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
pub fn keys_on(target: Target) -> impl Iterator<Item = SkipKey> {
    SkipKey::ALL.iter().filter(move |key| !key.status(target).does_nothing()).cloned()
}

/// The shortest list that skips all that can be skipped on this target. Some panes [may appear](super::Skippable) all the same: the keys
/// that are not always heeded, are deprecated, or by Intune's documentation do not work are on it, since nothing is lost by them, and the
/// rules on profiles have a note for them. Keys that do nothing there, or that others make redundant, are not on it.
///
/// ```
/// use apple_ade::setup_assistant::{Context, SkipKey, Verdict, preview, skip_all};
///
/// let target = "tvos:18.0".parse()?;
/// let keys = skip_all(target);
/// assert_eq!(keys.len(), 11);
/// let preview = preview(&keys, Context::default(), target);
/// assert_eq!(preview.with_verdict(Verdict::Shown).count(), 0);
/// let may_appear: Vec<_> = preview.with_verdict(Verdict::MayAppear).map(|pane| pane.key()).collect();
/// assert_eq!(may_appear, [&SkipKey::TapToSetup]);
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
pub fn skip_all(target: Target) -> Vec<SkipKey> {
    let all: Vec<SkipKey> = keys_on(target).collect();
    all.iter().filter(|key| !key.redundant_with().is_some_and(|other| all.contains(&other))).cloned().collect()
}

/// A key that does nothing on at least one of two targets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdleKey {
    /// The key.
    pub key: SkipKey,
    /// What becomes of it on the oldest target.
    pub oldest: KeyStatus,
    /// What becomes of it on the newest target.
    pub newest: KeyStatus,
}

impl IdleKey {
    /// Whether it does nothing on either, and can be removed from the profile.
    pub fn on_both(&self) -> bool {
        self.oldest.does_nothing() && self.newest.does_nothing()
    }
}

/// Which of these keys do nothing on the oldest or the newest system in use, in the order given (SCR-7 says to point them out).
///
/// ```
/// use apple_ade::setup_assistant::{KeyStatus, SkipKey, idle_keys};
///
/// let keys = [SkipKey::Siri, SkipKey::Safety, SkipKey::TvRoom];
/// let idle = idle_keys(&keys, "ipados:15.8".parse()?, "ipados:26.1".parse()?);
/// assert_eq!((idle[0].key.as_str(), idle[0].newest, idle[0].on_both()), ("Safety", KeyStatus::Works, false));
/// assert_eq!((idle[1].key.as_str(), idle[1].newest, idle[1].on_both()), ("TVRoom", KeyStatus::NotOnPlatform, true));
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
pub fn idle_keys(keys: &[SkipKey], oldest: Target, newest: Target) -> Vec<IdleKey> {
    let judged =
        keys.iter().map(|key| IdleKey { key: key.clone(), oldest: key.status(oldest), newest: key.status(newest) });
    judged.filter(|idle| idle.oldest.does_nothing() || idle.newest.does_nothing()).collect()
}
