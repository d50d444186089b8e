use std::fmt;

use crate::os::{OsVersion, Platform};

/// The type that Apple documents for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ValueType {
    /// `boolean`
    Boolean,
    /// `data`
    Data,
    /// `string`
    String,
}

impl fmt::Display for ValueType {
    /// As Apple's schema writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::Data => "data",
            Self::String => "string",
        })
    }
}

/// What Apple documents of a key of MachineInfo.
///
/// ```
/// use apple_ade::machine_info::MachineInfo;
/// use apple_ade::os::{OsVersion, Platform};
///
/// let key = MachineInfo::KEYS.iter().find(|key| key.name == "MDM_CAN_REQUEST_SOFTWARE_UPDATE").unwrap();
/// assert_eq!(key.since(Platform::MacOs), Some(OsVersion::new(14, 0, 0)));
/// assert_eq!(key.since(Platform::TvOs), None);
/// assert!(!key.required);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// The key in Apple's spelling.
    pub name: &'static str,
    /// The type of its value.
    pub value: ValueType,
    /// Whether Apple calls it required, on systems that have it.
    pub required: bool,
    /// Whether it is never there in a user enrollment, required or not.
    pub forbidden_in_user_enrollment: bool,
    /// First versions for iOS and iPadOS, macOS, tvOS, visionOS and watchOS; 0 for never.
    since: Since,
}

/// Major and minor for iOS, macOS, tvOS, visionOS and watchOS.
pub(super) type Since = [(u16, u16); 5];

impl Key {
    pub(super) const fn new(name: &'static str, value: ValueType, since: Since) -> Self {
        Self { name, value, required: false, forbidden_in_user_enrollment: false, since }
    }

    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn device_only(self) -> Self {
        Self { forbidden_in_user_enrollment: true, ..self }
    }

    /// The first version of this operating system that sends it, if any does.
    pub fn since(&self, platform: Platform) -> Option<OsVersion> {
        let [ios, mac_os, tv_os, vision_os, watch_os] = self.since;
        let (major, minor) = match platform {
            Platform::Ios | Platform::IpadOs => ios,
            Platform::MacOs => mac_os,
            Platform::TvOs => tv_os,
            Platform::VisionOs => vision_os,
            Platform::WatchOs => watch_os,
        };
        (major > 0).then(|| OsVersion::new(major, minor, 0))
    }
}
