//! How much time is left.

use chrono::{DateTime, TimeDelta, Utc};

use super::candidate::Enrolled;
use crate::api::Device;

/// How far away the deadline of a migration is.
///
/// ```
/// use apple_ade::api::Device;
/// use apple_ade::migration::DeadlineStatus;
///
/// let mut device = Device::new("C02T0HL0GGC0".parse()?);
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// assert_eq!(DeadlineStatus::of(&device, now, DeadlineStatus::NEAR), DeadlineStatus::None);
///
/// device.mdm_migration_deadline = Some("2026-11-25T07:00:00Z".parse()?);
/// assert_eq!(DeadlineStatus::of(&device, now, DeadlineStatus::NEAR), DeadlineStatus::Near { days_left: 2 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeadlineStatus {
    /// Nobody has ordered a migration, or the protocol version is below 8.
    None,
    /// There is time; the user is asked and can put it off.
    Ahead {
        /// Whole days that are left.
        days_left: i64,
    },
    /// There is little time: have the profile assigned and the users told.
    Near {
        /// Whole days that are left; 0 on the last day.
        days_left: i64,
    },
    /// It is past: the device insists, and a device without a profile on the new server ends up without management.
    Over {
        /// Whole days since then; 0 on the first day.
        days_ago: i64,
    },
}

/// What is odd about a device with a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeadlineWarning {
    /// A device with a deadline is enrolled as one that migrates. If it never was enrolled, Setup Assistant may leave panes out on a Mac
    /// that the user should see; take the deadline away in Apple's portal.
    NeverEnrolled,
    /// No profile is assigned, so that there is nothing to migrate to.
    NoProfile,
}

impl DeadlineStatus {
    /// A week: how near a deadline is near, unless the caller has another opinion. Apple names no number.
    pub const NEAR: TimeDelta = TimeDelta::days(7);

    /// The status of a device; a deadline counts as near when no more than `near` is left.
    pub fn of(device: &Device, now: DateTime<Utc>, near: TimeDelta) -> Self {
        let Some(deadline) = device.mdm_migration_deadline else { return Self::None };
        let left = deadline.signed_duration_since(now);
        if left <= TimeDelta::zero() {
            Self::Over { days_ago: now.signed_duration_since(deadline).num_days() }
        } else if left <= near {
            Self::Near { days_left: left.num_days() }
        } else {
            Self::Ahead { days_left: left.num_days() }
        }
    }
}

impl DeadlineWarning {
    /// What is odd about this device, if it has a deadline.
    pub fn of(device: &Device, enrolled: Enrolled) -> Vec<Self> {
        if device.mdm_migration_deadline.is_none() {
            return Vec::new();
        }
        let warnings = [
            (enrolled == Enrolled::No).then_some(Self::NeverEnrolled),
            device.profile_uuid.is_none().then_some(Self::NoProfile),
        ];
        warnings.into_iter().flatten().collect()
    }
}
