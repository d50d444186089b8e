//! What a device with a profile will show.

use super::subject::texts;
use crate::api::profile::Profile;
use crate::judgement::Rule;
use crate::os::Target;
use crate::setup_assistant::{self, Context, Pane, Preview, Reason, SkipKey};

/// Judges every pane of Setup Assistant for one target: what the profile keeps away, what it cannot keep away, and what is not there.
///
/// ```
/// use apple_ade::judgement::Rule;
/// use apple_ade::profile::{EnrollmentProfile, preview};
/// use apple_ade::setup_assistant::{SkipKey, Verdict};
/// use apple_ade::shared_ipad::SharedIpad;
///
/// let profile = EnrollmentProfile::builder("Class iPads", "https://mdm.example.org/enroll")
///     .mode(SharedIpad::accounts_by_default())
///     .await_configuration()
///     .build()?;
/// let preview = preview(&profile, "ipados:17.4".parse()?);
/// let siri = preview.pane(&SkipKey::Siri).ok_or("every key has a line")?;
/// assert_eq!(siri.verdict(), Verdict::Hidden);
/// assert_eq!(siri.rule(), Some(Rule::SKIP_ON_SHARED_IPAD));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn preview(profile: impl AsRef<Profile>, target: Target) -> Preview {
    let wire = profile.as_ref();
    let keys = texts(wire, "skip_setup_items").into_iter().flatten();
    let skipped: Vec<SkipKey> = keys.map(|(_, key)| SkipKey::from(&*key)).collect();
    let context = Context::default()
        .with_shared_ipad(wire.is_multi_user == Some(true))
        .with_auto_advance(wire.auto_advance_setup == Some(true));
    setup_assistant::preview(&skipped, context, target)
}

impl Pane {
    /// The rule on profiles that speaks of the same; `None` where there is nothing to say.
    pub fn rule(&self) -> Option<Rule> {
        match self.reason() {
            Reason::RestoreSkipped => Some(Rule::SKIP_KEY_REDUNDANT),
            Reason::SharedIpad => Some(Rule::SKIP_ON_SHARED_IPAD),
            Reason::NotOnPlatform => Some(Rule::SKIP_KEY_NOT_ON_PLATFORM),
            Reason::NotYet { .. } => Some(Rule::SKIP_KEY_NOT_YET),
            Reason::Removed { .. } => Some(Rule::SKIP_KEY_REMOVED),
            Reason::NotAlwaysSkippable => Some(Rule::SKIP_NOT_ALWAYS),
            Reason::AdditionalUsersOnly => Some(Rule::SKIP_ACCESSIBILITY),
            Reason::Deprecated { .. } => Some(Rule::SKIP_KEY_DEPRECATED),
            Reason::Ineffective { .. } if *self.key() == SkipKey::DeviceToDeviceMigration => {
                Some(Rule::SKIP_MIGRATION_INEFFECTIVE)
            }
            Reason::Ineffective { .. } => Some(Rule::SKIP_PASSCODE_INEFFECTIVE),
            Reason::Withdrawn => Some(Rule::SKIP_KEY_WITHDRAWN),
            Reason::NotSkipped | Reason::Skipped | Reason::AutoAdvance => None,
        }
    }
}
