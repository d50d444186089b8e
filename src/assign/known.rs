//! What the caller knows of a device, and Apple's list does not say.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::os::OsVersion;
use crate::program::lifecycle::{Lifecycle, OnDevice};
use crate::program::sign_in::EnrollmentKind;

/// What the caller knows of a device beyond Apple's record.
///
/// ```
/// use apple_ade::assign::{Enrolled, Known};
///
/// let known = Known::new().tag("library").enrolled(Enrolled::ByUser).os_version("17.4".parse()?);
/// assert!(known.tags().contains("library"));
/// # Ok::<(), apple_ade::os::OsVersionError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    tags: BTreeSet<String>,
    enrolled: Enrolled,
    os_version: Option<OsVersion>,
    activated: Option<bool>,
}

/// How a device is enrolled with the caller's MDM now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Enrolled {
    /// The caller does not say. Nothing is warned of.
    #[default]
    Unknown,
    /// It is not.
    No,
    /// By its user, through the portal app or a downloaded profile: a profile of this token ends that (DEV-10).
    ByUser,
    /// Through Automated Device Enrollment.
    Automatically,
}

impl Known {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the life of a device tells: how it is enrolled, and whether it is set up.
    ///
    /// ```
    /// use apple_ade::assign::{Enrolled, Known};
    /// use apple_ade::program::lifecycle::{Event, Lifecycle};
    ///
    /// let now = "2026-11-22T08:00:00Z".parse()?;
    /// let mut life = Lifecycle::listed(now);
    /// life.take(Event::SetUp, now)?;
    /// life.take(Event::EnrolledByUser, now)?;
    /// assert_eq!(Known::of_life(&life), Known::new().enrolled(Enrolled::ByUser).activated(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_life(life: &Lifecycle) -> Self {
        let enrolled = match life.on_device() {
            OnDevice::Enrolled { by: EnrollmentKind::Automated, .. } => Enrolled::Automatically,
            OnDevice::Enrolled { .. } => Enrolled::ByUser,
            _ => Enrolled::No,
        };
        let is_waiting = matches!(life.on_device(), OnDevice::New | OnDevice::Erased);
        Self::new().enrolled(enrolled).activated(!is_waiting)
    }

    /// It has this tag of the caller's, beside those that were said.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.insert(tag.into());
        self
    }

    /// How it is enrolled.
    #[must_use]
    pub fn enrolled(self, enrolled: Enrolled) -> Self {
        Self { enrolled, ..self }
    }

    /// The version of its operating system, as it reported itself.
    #[must_use]
    pub fn os_version(self, version: OsVersion) -> Self {
        Self { os_version: Some(version), ..self }
    }

    /// Whether it has been switched on and set up, and not been wiped since.
    #[must_use]
    pub fn activated(self, activated: bool) -> Self {
        Self { activated: Some(activated), ..self }
    }

    /// Its tags.
    pub fn tags(&self) -> &BTreeSet<String> {
        &self.tags
    }

    pub(super) fn how_enrolled(&self) -> Enrolled {
        self.enrolled
    }

    pub(super) fn its_os_version(&self) -> Option<OsVersion> {
        self.os_version
    }

    pub(super) fn is_activated(&self) -> Option<bool> {
        self.activated
    }
}
