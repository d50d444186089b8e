//! Where each command and each item of `Settings` is taken, as Apple's schema says.

use super::request::Command;
use super::settings::SettingsItem;
use crate::os::{OsVersion, Platform};
use crate::shared_ipad::LegacySetting;

/// The systems, versions and states in which a command is taken.
///
/// ```
/// use apple_ade::command::Command;
/// use apple_ade::os::Platform;
///
/// let availability = Command::DeviceConfigured.availability();
/// assert!(availability.awaiting && availability.on(Platform::WatchOs).is_none());
/// assert_eq!(availability.on(Platform::IpadOs).map(|since| since.version.to_string()), Some("9.0".into()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Availability {
    /// iOS and iPadOS.
    pub ios: Option<Since>,
    /// macOS.
    pub macos: Option<Since>,
    /// tvOS.
    pub tvos: Option<Since>,
    /// visionOS.
    pub visionos: Option<Since>,
    /// watchOS.
    pub watchos: Option<Since>,
    /// Whether it is for Shared iPad.
    pub shared_ipad: SharedIpadUse,
    /// The channel of a Shared iPad on which it goes out.
    pub channel: Channel,
    /// Whether the device has to await its configuration.
    pub awaiting: bool,
}

/// From when on an operating system takes a command, and from which devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Since {
    /// The first version.
    pub version: OsVersion,
    /// The version that deprecates it.
    pub deprecated: Option<OsVersion>,
    /// Whether the device has to be supervised.
    pub supervised: bool,
    /// Whether the device has to be enrolled by ADE.
    pub ade: bool,
}

/// What Shared iPad has to do with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedIpadUse {
    /// It is for Shared iPad as for others.
    Allowed,
    /// It is for Shared iPad alone.
    Required,
}

/// To whom a command goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// The device.
    Device,
    /// The user of a Shared iPad.
    User,
}

const fn since(major: u16, minor: u16, patch: u16) -> Since {
    Since { version: OsVersion::new(major, minor, patch), deprecated: None, supervised: false, ade: false }
}

const fn supervised(major: u16, minor: u16) -> Since {
    Since { supervised: true, ..since(major, minor, 0) }
}

const fn ade(major: u16, minor: u16, supervised: bool) -> Since {
    Since { supervised, ade: true, ..since(major, minor, 0) }
}

const fn until(since: Since, major: u16, minor: u16) -> Since {
    Since { deprecated: Some(OsVersion::new(major, minor, 0)), ..since }
}

const NONE: Availability = Availability {
    ios: None,
    macos: None,
    tvos: None,
    visionos: None,
    watchos: None,
    shared_ipad: SharedIpadUse::Allowed,
    channel: Channel::Device,
    awaiting: false,
};

const SHARED: Availability = Availability { shared_ipad: SharedIpadUse::Required, ..NONE };

const ACCOUNT_CONFIGURATION: Availability = Availability { macos: Some(ade(10, 11, false)), awaiting: true, ..NONE };
const DEVICE_CONFIGURED: Availability = Availability {
    ios: Some(ade(9, 0, true)),
    macos: Some(ade(10, 11, false)),
    tvos: Some(supervised(10, 2)),
    visionos: Some(ade(2, 0, true)),
    awaiting: true,
    ..NONE
};
const ERASE_DEVICE: Availability = Availability {
    ios: Some(since(4, 0, 0)),
    macos: Some(since(10, 7, 0)),
    tvos: Some(since(10, 2, 0)),
    visionos: Some(since(1, 1, 0)),
    watchos: Some(since(10, 0, 0)),
    ..NONE
};
const INSTALL_PROFILE: Availability = Availability { tvos: Some(since(9, 0, 0)), ..ERASE_DEVICE };
const REFRESH_CELLULAR_PLANS: Availability = Availability { ios: Some(since(13, 0, 0)), ..NONE };
const SETTINGS: Availability = Availability {
    ios: Some(since(5, 0, 0)),
    macos: Some(since(10, 9, 0)),
    tvos: Some(since(9, 0, 0)),
    visionos: Some(since(1, 1, 0)),
    watchos: Some(since(10, 0, 0)),
    ..NONE
};
const USER_CONFIGURED: Availability = Availability { ios: Some(ade(17, 0, true)), channel: Channel::User, ..SHARED };

const APP_ANALYTICS: Availability = Availability { ios: Some(since(9, 3, 2)), ..SHARED };
const DEVICE_NAME: Availability = Availability {
    ios: Some(supervised(5, 0)),
    macos: Some(since(10, 10, 0)),
    tvos: Some(since(9, 0, 0)),
    visionos: Some(supervised(2, 0)),
    ..NONE
};
const DIAGNOSTIC_SUBMISSION: Availability = Availability { ios: Some(since(9, 3, 0)), ..SHARED };
const HOST_NAME: Availability = Availability { macos: Some(since(10, 11, 0)), ..NONE };
const MAXIMUM_RESIDENT_USERS: Availability =
    Availability { ios: Some(until(since(9, 3, 0), 13, 4)), awaiting: true, ..SHARED };
const MDM_OPTIONS: Availability =
    Availability { ios: Some(since(7, 0, 0)), macos: Some(since(10, 15, 0)), visionos: Some(since(2, 0, 0)), ..NONE };
const PASSCODE_LOCK_GRACE_PERIOD: Availability = Availability { ios: Some(until(since(9, 3, 2), 17, 0)), ..SHARED };
const SHARED_DEVICE_CONFIGURATION: Availability = Availability { ios: Some(since(13, 4, 0)), ..SHARED };

impl Availability {
    /// What holds on an operating system; `None` where it is not taken at all.
    pub fn on(self, platform: Platform) -> Option<Since> {
        match platform {
            Platform::Ios | Platform::IpadOs => self.ios,
            Platform::MacOs => self.macos,
            Platform::TvOs => self.tvos,
            Platform::VisionOs => self.visionos,
            Platform::WatchOs => self.watchos,
        }
    }
}

impl Command {
    /// Where the command is taken. For `Settings` each item has an [availability of its own](SettingsItem::availability), too.
    pub fn availability(&self) -> Availability {
        match self {
            Self::AccountConfiguration(_) => ACCOUNT_CONFIGURATION,
            Self::DeviceConfigured => DEVICE_CONFIGURED,
            Self::EraseDevice(_) => ERASE_DEVICE,
            Self::InstallProfile(_) => INSTALL_PROFILE,
            Self::RefreshCellularPlans(_) => REFRESH_CELLULAR_PLANS,
            Self::Settings(_) => SETTINGS,
            Self::UserConfigured => USER_CONFIGURED,
        }
    }
}

impl SettingsItem {
    /// Where the item is taken.
    pub fn availability(&self) -> Availability {
        match self {
            Self::ActivationLockAllowed(_) => MDM_OPTIONS,
            Self::AppAnalytics(_) => APP_ANALYTICS,
            Self::DeviceName(_) => DEVICE_NAME,
            Self::DiagnosticSubmission(_) => DIAGNOSTIC_SUBMISSION,
            Self::HostName(_) => HOST_NAME,
            Self::Legacy(LegacySetting::MaximumResidentUsers { .. }) => MAXIMUM_RESIDENT_USERS,
            Self::Legacy(LegacySetting::PasscodeLockGracePeriod { .. }) => PASSCODE_LOCK_GRACE_PERIOD,
            Self::SharedDevice(_) => SHARED_DEVICE_CONFIGURATION,
        }
    }
}
