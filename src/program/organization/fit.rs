use std::fmt;

use serde::{Deserialize, Serialize};

/// Whose the devices are (ORG-4).
///
/// It is said in words, never by a flag:
///
/// ```compile_fail,E0277
/// use apple_ade::program::organization::Ownership;
///
/// let ownership: Ownership = true.into();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a device is the organisation's or somebody's own")]
pub enum Ownership {
    /// The organisation's or the school's: what Automated Device Enrollment is for.
    Organization,
    /// Somebody's own (BYOD).
    Personal,
}

/// Whether the devices are new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Devices {
    /// New, or erased.
    New,
    /// In use, without management.
    InUse,
    /// In use, and managed by another MDM (ORG-7).
    ManagedElsewhere,
}

/// What somebody has in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Scenario {
    /// Whose the devices are.
    pub ownership: Ownership,
    /// Whether they are new.
    pub devices: Devices,
    /// Whether they are enrolled by an account for enrollment in bulk: a device enrollment manager, or the like.
    pub by_enrollment_manager: bool,
}

/// Whether Automated Device Enrollment suits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fit {
    /// What speaks against it, or has to be done first; none if it suits.
    pub reasons: Vec<Reason>,
}

/// What speaks against it, or has to be done first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The account for enrollment in bulk cannot be used with it (ORG-8). This is an error; the others are warnings.
    EnrollmentManagerAccountUnsupported,
    /// Somebody's own devices are better enrolled by their user, or only their apps managed (ORG-5).
    PersonalDeviceNotRecommended,
    /// The devices have to be erased before they can enroll (LIF-2).
    EraseFirst,
    /// They have to leave their MDM before, unless Apple migrates them in place (ORG-7): see [`MigrationPath`](crate::migration::MigrationPath).
    LeaveOtherMdm,
}

impl Reason {
    /// Whether it cannot be done at all.
    pub fn is_error(self) -> bool {
        self == Self::EnrollmentManagerAccountUnsupported
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EnrollmentManagerAccountUnsupported => {
                "an account for enrollment in bulk cannot be used here: let each user sign in, or enroll without user affinity"
            }
            Self::PersonalDeviceNotRecommended => {
                "for people's own devices use user enrollment, device enrollment, or app management alone"
            }
            Self::EraseFirst => "the devices have to be erased before they can enroll",
            Self::LeaveOtherMdm => "the devices have to leave their MDM first, or be migrated in place by Apple",
        })
    }
}

impl Scenario {
    /// Devices of the organisation, new, enrolled without an account for bulk.
    pub fn new(ownership: Ownership, devices: Devices) -> Self {
        Self { ownership, devices, by_enrollment_manager: false }
    }

    /// They are enrolled by an account for enrollment in bulk (ORG-8).
    #[must_use]
    pub fn by_enrollment_manager(self) -> Self {
        Self { by_enrollment_manager: true, ..self }
    }

    /// Whether Automated Device Enrollment suits: it does for an organisation's own new devices, be they few or many, with one user each or
    /// with none, as kiosks (ORG-6).
    ///
    /// ```
    /// use apple_ade::program::organization::{Devices, Ownership, Reason, Scenario};
    ///
    /// assert!(Scenario::new(Ownership::Organization, Devices::New).fit().is_good());
    /// let fit = Scenario::new(Ownership::Personal, Devices::New).fit();
    /// assert_eq!(fit.reasons, [Reason::PersonalDeviceNotRecommended]);
    /// ```
    pub fn fit(&self) -> Fit {
        let personal = (self.ownership == Ownership::Personal).then_some(Reason::PersonalDeviceNotRecommended);
        let by_manager = self.by_enrollment_manager.then_some(Reason::EnrollmentManagerAccountUnsupported);
        let devices = match self.devices {
            Devices::New => None,
            Devices::InUse => Some(Reason::EraseFirst),
            Devices::ManagedElsewhere => Some(Reason::LeaveOtherMdm),
        };
        Fit { reasons: [by_manager, personal, devices].into_iter().flatten().collect() }
    }
}

impl Fit {
    /// Whether nothing speaks against it.
    pub fn is_good(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether it can be done, if not well.
    pub fn is_possible(&self) -> bool {
        !self.reasons.iter().any(|reason| reason.is_error())
    }
}
