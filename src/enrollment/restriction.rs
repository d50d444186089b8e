//! Restrictions on which devices may enroll at all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::judgement::{Rule, Violation, Violations, rules};
use crate::os::Platform;

rules! {
    RESTRICTION_BLOCKS_PLATFORM = "ADE-E001" Error
        "the restriction for all users does not block the platform of devices that enroll by ADE"
        why "every such device fails to enroll and shows Invalid Profile, no matter what its user attests"
        from ["RES-1", "RES-2"];
}

/// What a restriction admits on a platform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Admits {
    /// Every device.
    #[default]
    All,
    /// Devices of the organisation: those that enroll by ADE, and by account-driven device enrollment. A device that enrolls by user enrollment
    /// (BYOD) is its user's.
    OrganisationOwned,
    /// No device.
    Nothing,
}

/// Which devices may enroll, by platform: what an MDM calls its device type restrictions for all users. A platform that is not named is
/// open.
///
/// ```
/// use apple_ade::enrollment::{Admits, EnrollmentRestrictions};
/// use apple_ade::os::Platform;
///
/// let wrong = EnrollmentRestrictions::new().with(Platform::Ios, Admits::Nothing);
/// assert!(wrong.check([Platform::Ios, Platform::IpadOs]).has_errors());
///
/// let corrected = wrong.suggest().ok_or("there is something to correct")?;
/// assert_eq!(corrected.admits(Platform::Ios), Admits::OrganisationOwned);
/// assert!(corrected.check([Platform::Ios, Platform::IpadOs]).is_empty());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnrollmentRestrictions(BTreeMap<Platform, Admits>);

impl EnrollmentRestrictions {
    /// No restriction.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with this platform.
    #[must_use]
    pub fn with(mut self, platform: Platform, admits: Admits) -> Self {
        self.0.insert(platform, admits);
        self
    }

    /// What they admit of a platform.
    pub fn admits(&self, platform: Platform) -> Admits {
        self.0.get(&platform).copied().unwrap_or_default()
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.values().all(|admits| *admits != Admits::Nothing)
    }

    /// Whether a device of a user's own may enroll, on a platform or, where none is known, on each.
    pub(super) fn admits_personal(&self, platform: Option<Platform>) -> bool {
        match platform {
            Some(platform) => self.admits(platform) == Admits::All,
            None => self.0.values().all(|admits| *admits == Admits::All),
        }
    }

    /// The rules on restrictions.
    pub fn rules() -> &'static [Rule] {
        RULES
    }

    /// Judges the restrictions before a device of these platforms is assigned (RES-1).
    pub fn check(&self, platforms: impl IntoIterator<Item = Platform>) -> Violations {
        let blocked = platforms.into_iter().filter(|platform| self.admits(*platform) == Admits::Nothing);
        let violation = |platform: Platform| {
            let message = format!("{platform} is blocked for all users");
            Violation::new(Rule::RESTRICTION_BLOCKS_PLATFORM, platform.as_str(), message)
                .with_found("\"nothing\"")
                .with_help("block personally owned devices, and not the platform")
        };
        Violations::sorted(blocked.map(violation).collect())
    }

    /// The same restrictions with personally owned devices blocked wherever the platform was: what is meant by whoever wants to admit
    /// devices of the organisation alone (RES-3). `None` where no platform is blocked.
    pub fn suggest(&self) -> Option<Self> {
        let corrected = |(platform, admits): (&Platform, &Admits)| match admits {
            Admits::Nothing => (*platform, Admits::OrganisationOwned),
            other => (*platform, *other),
        };
        (!self.is_open()).then(|| Self(self.0.iter().map(corrected).collect()))
    }
}
