use serde::{Deserialize, Serialize};

use crate::api::{Device, DeviceFamily, DevicePage, OpType};
use crate::program::sign_in::EnrollmentKind;

/// Whether a device was ever switched on and set up since the MDM knows it (DEV-4, LIF-8).
///
/// It is no flag that somebody sets: only an event of the [`Lifecycle`](super::Lifecycle) makes a device contacted.
///
/// ```compile_fail,E0616
/// # use apple_ade::program::lifecycle::{ContactState, Lifecycle};
/// fn pretend(device: &mut Lifecycle) {
///     device.contact = ContactState::Contacted;
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "it was contacted or not")]
pub enum ContactState {
    /// It was not: the console shows "Not contacted".
    NotContacted,
    /// It was.
    Contacted,
}

/// A device that Apple has assigned to this server: it can come from Apple's answer alone (DEV-1).
///
/// ```compile_fail,E0423
/// # use apple_ade::{api::Device, program::lifecycle::SyncedDevice};
/// fn invent(device: Device) -> SyncedDevice {
///     SyncedDevice(device)
/// }
/// ```
///
/// ```
/// use apple_ade::api::{Endpoint, FetchDevices};
/// use apple_ade::program::lifecycle::SyncedDevice;
///
/// let answer = r#"{"devices":[{"serial_number":"C02T0HL0GGC0"}, {"serial_number":"C02T0HL0GGC1","op_type":"deleted"}]}"#;
/// let page = FetchDevices::from_start().parse_response(&http::Response::new(answer.into()))?;
/// let synced = SyncedDevice::of_page(page);
/// assert_eq!(synced.len(), 1, "the other has left");
/// assert_eq!(synced.first().map(|device| device.device().serial_number.as_str()), Some("C02T0HL0GGC0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SyncedDevice(Device);

impl SyncedDevice {
    /// The devices of a page of `POST /server/devices` or `POST /devices/sync` that are on this server.
    pub fn of_page(page: DevicePage) -> Vec<Self> {
        let is_here = |device: &Device| device.op_type != Some(OpType::Deleted);
        page.devices.into_iter().filter(is_here).map(Self).collect()
    }

    /// The device.
    pub fn device(&self) -> &Device {
        &self.0
    }

    /// Gives the device away, to be stored.
    pub fn into_device(self) -> Device {
        self.0
    }
}

/// Why a device counts as the organisation's (DEV-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CorporateBasis {
    /// It was enrolled by Automated Device Enrollment.
    AutomatedEnrollment,
    /// Its serial number or IMEI was listed by hand.
    ListedIdentifier,
}

/// Why a device counts as the organisation's; `None` if it is personal (DEV-12). A console shows these devices in a view of their own (DEV-14).
///
/// How it was enrolled has to be said:
///
/// ```compile_fail,E0061
/// let basis = apple_ade::program::lifecycle::corporate_basis(true);
/// ```
///
/// ```
/// use apple_ade::program::lifecycle::{CorporateBasis, corporate_basis};
/// use apple_ade::program::sign_in::EnrollmentKind;
///
/// assert_eq!(corporate_basis(Some(EnrollmentKind::Automated), true), Some(CorporateBasis::AutomatedEnrollment));
/// assert_eq!(corporate_basis(Some(EnrollmentKind::UserInitiated), true), Some(CorporateBasis::ListedIdentifier));
/// assert_eq!(corporate_basis(Some(EnrollmentKind::UserInitiated), false), None);
/// ```
pub fn corporate_basis(enrolled: Option<EnrollmentKind>, is_listed: bool) -> Option<CorporateBasis> {
    match enrolled {
        Some(EnrollmentKind::Automated) => Some(CorporateBasis::AutomatedEnrollment),
        Some(EnrollmentKind::UserInitiated) | None => is_listed.then_some(CorporateBasis::ListedIdentifier),
    }
}

/// The families that Intune's documentation on iOS is about (DEV-13).
///
/// ```
/// use apple_ade::api::DeviceFamily;
/// use apple_ade::program::lifecycle::IosFamily;
///
/// assert_eq!(IosFamily::try_from(&DeviceFamily::Ipad), Ok(IosFamily::Ipad));
/// assert!(IosFamily::try_from(&DeviceFamily::Mac).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the documentation names these three")]
pub enum IosFamily {
    /// iPad.
    Ipad,
    /// iPhone.
    Iphone,
    /// iPod touch.
    Ipod,
}

/// A device of another family.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is no iPhone, iPad or iPod touch: the rules for iOS do not speak of it", .found.as_str())]
#[non_exhaustive]
pub struct NotIos {
    /// Its family.
    pub found: DeviceFamily,
}

impl TryFrom<&DeviceFamily> for IosFamily {
    type Error = NotIos;

    fn try_from(family: &DeviceFamily) -> Result<Self, NotIos> {
        match family {
            DeviceFamily::Ipad => Ok(Self::Ipad),
            DeviceFamily::Iphone => Ok(Self::Iphone),
            DeviceFamily::Ipod => Ok(Self::Ipod),
            other => Err(NotIos { found: other.clone() }),
        }
    }
}
