//! Which devices are looked at.

use serde::{Deserialize, Serialize};

use super::desired::{DesiredState, has_profile};
use super::name::ProfileName;
use crate::api::Device;

/// Which devices a plan looks at, by what they have now (ASG-3).
///
/// A profile that is called `all` is not the filter of that name:
///
/// ```
/// use apple_ade::assign::DeviceFilter;
///
/// let all: DeviceFilter = serde_json::from_str("\"all\"")?;
/// let called_all: DeviceFilter = serde_json::from_str("{\"profile\": \"all\"}")?;
/// assert_eq!((&all, &called_all), (&DeviceFilter::All, &DeviceFilter::Profile("all".parse()?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail,E0308
/// let filter = apple_ade::assign::DeviceFilter::Profile("all");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeviceFilter {
    /// Every device.
    #[default]
    All,
    /// Those that have no profile.
    Unassigned,
    /// Those that have this profile now.
    Profile(ProfileName),
}

impl DeviceFilter {
    /// Whether a device is looked at. No device has a profile that is not known by this name.
    pub fn admits(&self, device: &Device, wanted: &DesiredState<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Unassigned => !has_profile(device, None),
            Self::Profile(name) => {
                wanted.profiles().get(name.as_str()).is_some_and(|profile| has_profile(device, Some(profile.uuid())))
            }
        }
    }
}
