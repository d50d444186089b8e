//! What is known of a device that commands go to.

use crate::device_name::DeviceType;
use crate::id::SerialNumber;
use crate::os::{OsVersion, Platform, Target};

/// What the MDM knows of a device: from its signed MachineInfo, from `TokenUpdate`, and from what it answered. What is not said is unknown.
///
/// ```
/// use apple_ade::command::EnrolledDevice;
/// use apple_ade::device_name::DeviceType;
///
/// let device = EnrolledDevice::new("C02T0HL0GGC0".parse()?, DeviceType::Mac, "15.1".parse()?).awaiting();
/// assert_eq!(device.target().to_string(), "macOS 15.1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolledDevice {
    serial: SerialNumber,
    device_type: DeviceType,
    version: OsVersion,
    pub(super) awaiting: bool,
    pub(super) ade: bool,
    pub(super) supervised: Known,
    pub(super) shared_ipad: Known,
    pub(super) esim: Known,
    pub(super) passcode: Known,
    pub(super) name: Option<String>,
}

/// What may not be known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Known {
    /// Nobody has asked, or the answer is in doubt.
    #[default]
    Unknown,
    /// It is not so.
    No,
    /// It is so.
    Yes,
}

impl From<bool> for Known {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

impl From<Option<bool>> for Known {
    fn from(known: Option<bool>) -> Self {
        known.map_or(Self::Unknown, Self::from)
    }
}

impl EnrolledDevice {
    /// A device of this kind with this version of its operating system, enrolled by ADE and not held.
    pub fn new(serial: SerialNumber, device_type: DeviceType, version: OsVersion) -> Self {
        Self {
            serial,
            device_type,
            version,
            awaiting: false,
            ade: true,
            supervised: Known::Unknown,
            shared_ipad: Known::Unknown,
            esim: Known::Unknown,
            passcode: Known::Unknown,
            name: None,
        }
    }

    /// The device awaits its configuration: `AwaitingConfiguration` of its `TokenUpdate`.
    #[must_use]
    pub fn awaiting(self) -> Self {
        Self { awaiting: true, ..self }
    }

    /// The device was enrolled by other means than ADE.
    #[must_use]
    pub fn enrolled_otherwise(self) -> Self {
        Self { ade: false, ..self }
    }

    /// `IsSupervised`. In a plan the profile says it.
    #[must_use]
    pub fn supervised(self, supervised: bool) -> Self {
        Self { supervised: supervised.into(), ..self }
    }

    /// `IsMultiUser`. In a plan the profile says it.
    #[must_use]
    pub fn shared_ipad(self, shared: bool) -> Self {
        Self { shared_ipad: shared.into(), ..self }
    }

    /// Whether the device has an eSIM: an `EID` in one of its `ServiceSubscriptions`.
    #[must_use]
    pub fn esim(self, esim: bool) -> Self {
        Self { esim: esim.into(), ..self }
    }

    /// Whether there is a passcode: `PasscodePresent` of `SecurityInfo`.
    #[must_use]
    pub fn passcode(self, present: bool) -> Self {
        Self { passcode: present.into(), ..self }
    }

    /// The name that the device has: `DeviceName`.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Its serial number.
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// What kind of device it is.
    pub fn device_type(&self) -> DeviceType {
        self.device_type
    }

    /// Whether it awaits its configuration.
    pub fn is_awaiting(&self) -> bool {
        self.awaiting
    }

    /// Whether it was enrolled by ADE.
    pub fn is_enrolled_by_ade(&self) -> bool {
        self.ade
    }

    /// Whether it is supervised.
    pub fn supervision(&self) -> Known {
        self.supervised
    }

    /// Its operating system and version. An iPad's is iPadOS, also before 13.
    pub fn target(&self) -> Target {
        let platform = match self.device_type {
            DeviceType::AppleTv => Platform::TvOs,
            DeviceType::Ipad => Platform::IpadOs,
            DeviceType::Iphone | DeviceType::Ipod => Platform::Ios,
            DeviceType::Mac => Platform::MacOs,
            DeviceType::Vision => Platform::VisionOs,
        };
        Target::new(platform, self.version)
    }
}
