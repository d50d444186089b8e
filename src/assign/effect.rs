//! When an assignment reaches a device.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::known::{Enrolled, Known};
use crate::api::{Device, ProfileStatus};

/// When an assignment takes effect (ASG-9): a device asks for its profile when it is activated, and not again before it is wiped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AssignEffect {
    /// The device is not activated, as far as is known: the profile counts as soon as it is switched on.
    Now,
    /// The device is ordered to move here from another MDM (`mdm_migration_deadline`): it enrolls anew without a wipe.
    WithMigration,
    /// The device is activated: nothing changes before it is wiped.
    AfterWipe,
}

impl AssignEffect {
    /// When an assignment reaches this device.
    ///
    /// A device is activated if the caller says so or has it enrolled, or, where nothing is said, if it has fetched a profile (`pushed`).
    ///
    /// ```
    /// use apple_ade::api::{Device, ProfileStatus};
    /// use apple_ade::assign::{AssignEffect, Known};
    ///
    /// let mut device = Device::new("C02T0HL0GGC0".parse()?);
    /// assert_eq!(AssignEffect::on(&device, &Known::new()), AssignEffect::Now);
    /// device.profile_status = Some(ProfileStatus::Pushed);
    /// assert_eq!(AssignEffect::on(&device, &Known::new()), AssignEffect::AfterWipe);
    /// assert_eq!(AssignEffect::on(&device, &Known::new().activated(false)), AssignEffect::Now);
    /// # Ok::<(), apple_ade::id::IdError>(())
    /// ```
    pub fn on(device: &Device, known: &Known) -> Self {
        let is_enrolled = matches!(known.how_enrolled(), Enrolled::ByUser | Enrolled::Automatically);
        let has_fetched = device.profile_status == Some(ProfileStatus::Pushed);
        match known.is_activated() {
            _ if device.mdm_migration_deadline.is_some() => Self::WithMigration,
            Some(false) if !is_enrolled => Self::Now,
            None if !is_enrolled && !has_fetched => Self::Now,
            _ => Self::AfterWipe,
        }
    }
}

impl fmt::Display for AssignEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "takes effect now",
            Self::WithMigration => "takes effect with the migration",
            Self::AfterWipe => "takes effect after a wipe",
        })
    }
}
