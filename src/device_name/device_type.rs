//! What `{{DEVICETYPE}}` stands for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::DeviceFamily;
use crate::os::Platform;

/// The kind of a device, as it stands in its name: in the words of Apple's `device_family`.
///
/// No document says which words Intune writes.
///
/// ```
/// use apple_ade::device_name::DeviceType;
///
/// assert_eq!(DeviceType::Ipod.to_string(), "iPod");
/// assert!(DeviceType::Ipod.takes_name_template() && !DeviceType::Mac.takes_name_template());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeviceType {
    /// Apple TV: `AppleTV`.
    AppleTv,
    /// iPad.
    Ipad,
    /// iPhone.
    Iphone,
    /// iPod touch: `iPod`.
    Ipod,
    /// Mac.
    Mac,
    /// Apple Vision: `Vision`.
    Vision,
}

impl DeviceType {
    /// All of them.
    pub const ALL: &[Self] = &[Self::AppleTv, Self::Ipad, Self::Iphone, Self::Ipod, Self::Mac, Self::Vision];

    /// The word that stands in a name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppleTv => "AppleTV",
            Self::Ipad => "iPad",
            Self::Iphone => "iPhone",
            Self::Ipod => "iPod",
            Self::Mac => "Mac",
            Self::Vision => "Vision",
        }
    }

    /// Whether name templates are for this kind: iPhone, iPad and iPod touch by Intune's documentation (NAM-4).
    pub fn takes_name_template(self) -> bool {
        matches!(self, Self::Ipad | Self::Iphone | Self::Ipod)
    }

    /// The kind that Apple's device list names; `None` for a word that this version does not know.
    pub fn of(family: &DeviceFamily) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == family.as_str())
    }

    /// The kind of most devices with an operating system; `None` for watchOS, whose devices are none of these. An iPod touch has iOS, too.
    ///
    /// ```
    /// use apple_ade::device_name::DeviceType;
    /// use apple_ade::os::Platform;
    ///
    /// assert_eq!(DeviceType::of_platform(Platform::Ios), Some(DeviceType::Iphone));
    /// assert_eq!(DeviceType::of_platform(Platform::WatchOs), None);
    /// ```
    pub fn of_platform(platform: Platform) -> Option<Self> {
        match platform {
            Platform::Ios => Some(Self::Iphone),
            Platform::IpadOs => Some(Self::Ipad),
            Platform::MacOs => Some(Self::Mac),
            Platform::TvOs => Some(Self::AppleTv),
            Platform::VisionOs => Some(Self::Vision),
            Platform::WatchOs => None,
        }
    }
}

impl fmt::Display for DeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
