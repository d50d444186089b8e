//! Judging a profile.

use chrono::{DateTime, Utc};

use crate::api::profile::Profile;
use crate::judgement::Violations;
use crate::os::Target;
use crate::setup_assistant::SkipKey;

use super::enrollment::EnrollmentProfile;
use super::object::Text;
use super::rules;
use super::subject::{Beside, Certificates, Subject, texts};

/// What a profile is judged for: targets, a time, purposes.
///
/// Rules that depend on the operating system speak only of the targets that are named here, and those that depend on the time
/// only if there is one.
///
/// ```
/// use apple_ade::judgement::Rule;
/// use apple_ade::profile::Check;
///
/// let check = Check::new().target("ipados:17.4".parse()?);
/// let violations = check.json(r#"{
///     "profile_name": "Class iPads", "url": "https://mdm.example.com/enroll",
///     "is_supervised": true, "is_mandatory": true, "skip_setup_items": ["siri"]
/// }"#);
/// assert_eq!(violations.iter().map(|violation| violation.rule()).collect::<Vec<_>>(), [Rule::SKIP_KEY_SPELLING]);
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    targets: Vec<Target>,
    at: Option<DateTime<Utc>>,
    migration: bool,
    education: bool,
    storage_gb: Option<u32>,
}

impl Check {
    /// Without a target, a time or a purpose.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges for this target, too.
    #[must_use]
    pub fn target(self, target: Target) -> Self {
        self.targets([target])
    }

    /// Judges for these targets, too.
    #[must_use]
    pub fn targets(mut self, targets: impl IntoIterator<Item = Target>) -> Self {
        self.targets.extend(targets);
        self.targets.sort_unstable();
        self.targets.dedup();
        self
    }

    /// Judges the dates of certificates at this time.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        Self { at: Some(now), ..self }
    }

    /// The profile is meant for devices that come from another MDM by Apple's migration (iOS, iPadOS and macOS 26).
    #[must_use]
    pub fn for_migration(self) -> Self {
        Self { migration: true, ..self }
    }

    /// The organisation is in Apple School Manager, where Shared iPad came with iOS 9.3 (SHI-2, X-11).
    #[must_use]
    pub fn in_education(self) -> Self {
        Self { education: true, ..self }
    }

    /// The devices have this storage, in GB.
    #[must_use]
    pub fn storage_gb(self, gigabytes: u32) -> Self {
        Self { storage_gb: Some(gigabytes), ..self }
    }

    /// The targets that were given, sorted.
    pub fn given_targets(&self) -> &[Target] {
        &self.targets
    }

    pub(super) fn time(&self) -> Option<DateTime<Utc>> {
        self.at
    }

    pub(super) fn is_for_migration(&self) -> bool {
        self.migration
    }

    pub(super) fn is_in_education(&self) -> bool {
        self.education
    }

    pub(super) fn storage(&self) -> Option<u32> {
        self.storage_gb
    }

    /// Judges Apple's JSON. A text that is no JSON object is a violation, too.
    pub fn json(&self, text: &str) -> Violations {
        match Text::read(text) {
            Ok(read) => {
                let mut found = read.violations;
                self.judge(&read.profile, &Certificates::of(&read.profile), Beside::default(), &mut found);
                Violations::sorted(found)
            }
            Err(violation) => Violations::sorted(vec![*violation]),
        }
    }

    /// Judges a profile in Apple's keys.
    pub fn wire(&self, profile: &Profile) -> Violations {
        self.with_beside(profile, &Certificates::of(profile), Beside::default())
    }

    /// Judges a profile for its own targets and for those of this check.
    pub fn profile(&self, profile: &EnrollmentProfile) -> Violations {
        let check = self.clone().targets(profile.targets().iter().copied());
        let check = if profile.rest.in_education { check.in_education() } else { check };
        check.with_beside(profile.wire(), profile.certificates(), profile.beside())
    }

    pub(super) fn with_beside(&self, wire: &Profile, certificates: &Certificates, beside: Beside<'_>) -> Violations {
        let mut found = Vec::new();
        self.judge(wire, certificates, beside, &mut found);
        Violations::sorted(found)
    }

    pub(super) fn judge(
        &self,
        wire: &Profile,
        certificates: &Certificates,
        beside: Beside<'_>,
        found: &mut Vec<crate::judgement::Violation>,
    ) {
        let keys = texts(wire, "skip_setup_items").into_iter().flatten();
        let skip = keys.map(|(place, key)| (place, SkipKey::from(&*key))).collect();
        rules::judge(&Subject { wire, skip, certificates, beside, check: self }, found);
    }
}
