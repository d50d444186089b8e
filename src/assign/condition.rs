//! What a device has to have still when it is given a profile.

use serde::{Deserialize, Serialize};

use super::desired::has_profile;
use super::filter::DeviceFilter;
use crate::api::Device;
use crate::id::ProfileUuid;

/// What a plan's filter asked for, and the device's record has to say still when the plan is carried out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Condition {
    /// It has no profile.
    Unassigned,
    /// It has this one.
    Profile(ProfileUuid),
}

impl Condition {
    /// Of a filter, with the UUID of the profile that it names. A plan for all devices is for them whatever they have.
    pub(super) fn of(filter: &DeviceFilter, uuid: Option<&ProfileUuid>) -> Option<Self> {
        match filter {
            DeviceFilter::All => None,
            DeviceFilter::Unassigned => Some(Self::Unassigned),
            DeviceFilter::Profile(_) => uuid.cloned().map(Self::Profile),
        }
    }

    pub(super) fn holds(&self, device: &Device) -> bool {
        match self {
            Self::Unassigned => !has_profile(device, None),
            Self::Profile(uuid) => has_profile(device, Some(uuid)),
        }
    }
}
