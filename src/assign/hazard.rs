//! What asks for a confirmation.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::known::{Enrolled, Known};
use super::profiles::DefinedProfile;
use crate::api::{Device, DeviceFamily};
use crate::os::OsVersion;

/// What an assignment would do to a device that nobody may have meant. It is withheld until somebody decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hazard {
    /// SHI-4: the profile makes a Shared iPad, and the device is no iPad, or Apple does not say that it is one. It would have to be wiped
    /// to get out of it again.
    SharedIpadNotIpad {
        /// What it is; `None` where Apple does not say.
        family: Option<DeviceFamily>,
    },
    /// SHI-4: the profile makes a Shared iPad, and the iPad's system is too old for it. It would have to be wiped to get out of it again.
    SharedIpadTooOld {
        /// Its version.
        version: OsVersion,
        /// The first that would do.
        least: OsVersion,
    },
    /// DEV-10, ASG-8: its user has enrolled the device, and this un-enrolls it.
    WillUnenroll,
}

impl Hazard {
    /// What this profile would do to this device. An iPad whose version is not known is taken to be new enough.
    ///
    /// ```
    /// # use apple_ade::token::ServerToken;
    /// use apple_ade::api::{Device, DeviceFamily};
    /// use apple_ade::assign::{DefinedProfile, Enrolled, Hazard, Known};
    ///
    /// # let token = ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1",
    /// #     "access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?.identity();
    /// let shared = DefinedProfile::new(token, "C1F1".parse()?).shared_ipad();
    /// let mut device = Device::new("C02T0HL0GGC0".parse()?);
    /// device.device_family = Some(DeviceFamily::Ipad);
    ///
    /// assert!(Hazard::all(&shared, &device, &Known::new().os_version("13.4".parse()?)).is_empty());
    /// let hazards = Hazard::all(&shared, &device, &Known::new().os_version("13.3".parse()?).enrolled(Enrolled::ByUser));
    /// assert!(matches!(hazards[..], [Hazard::SharedIpadTooOld { .. }, Hazard::WillUnenroll]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn all(profile: &DefinedProfile, device: &Device, known: &Known) -> Vec<Self> {
        let mut hazards = Vec::new();
        if let Some(least) = profile.shared_ipad_since() {
            match known.its_os_version().filter(|version| *version < least) {
                _ if device.device_family != Some(DeviceFamily::Ipad) => {
                    hazards.push(Self::SharedIpadNotIpad { family: device.device_family.clone() });
                }
                Some(version) => hazards.push(Self::SharedIpadTooOld { version, least }),
                None => {}
            }
        }
        if known.how_enrolled() == Enrolled::ByUser {
            hazards.push(Self::WillUnenroll);
        }
        hazards
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SharedIpadNotIpad { family: Some(family) } => {
                write!(f, "a Shared iPad profile on {family}: it has to be wiped to get out of it")
            }
            Self::SharedIpadNotIpad { family: None } => {
                f.write_str("a Shared iPad profile on what may be no iPad: it has to be wiped to get out of it")
            }
            Self::SharedIpadTooOld { version, least } => {
                write!(
                    f,
                    "a Shared iPad profile on iPadOS {version}, which needs {least}: it has to be wiped to get out of it"
                )
            }
            Self::WillUnenroll => f.write_str("enrolled by its user before, which this ends"),
        }
    }
}
