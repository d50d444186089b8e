//! What supervision and locking come to on a device.

use std::fmt;

use crate::os::{OsVersion, Platform, Target};

use super::mode::{DeviceMode, MdmRemoval};

/// Where users read that their device is supervised, and by which organisation (SUP-7).
///
/// ```
/// use apple_ade::profile::SupervisionNotice;
///
/// let places: Vec<String> = SupervisionNotice::ALL.iter().map(ToString::to_string).collect();
/// assert_eq!(places, ["lock screen", "Settings > General > About"]);
/// assert_eq!(
///     SupervisionNotice::told("Example School"),
///     "users read on the lock screen and in Settings > General > About that Example School supervises the device"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SupervisionNotice {
    /// The lock screen.
    LockScreen,
    /// Settings, General, About.
    About,
}

impl SupervisionNotice {
    /// Both places.
    pub const ALL: &[Self] = &[Self::LockScreen, Self::About];

    /// What an administrator can be told before devices are supervised. Apple's own wording on the device depends on its system
    /// and language.
    pub fn told(organisation: &str) -> String {
        format!(
            "users read on the {} and in {} that {organisation} supervises the device",
            Self::LockScreen,
            Self::About
        )
    }
}

impl fmt::Display for SupervisionNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::LockScreen => "lock screen",
            Self::About => "Settings > General > About",
        })
    }
}

/// How a device that is not supervised becomes so (SUP-8). Either way erases it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PathToSupervision {
    /// A profile that supervises is assigned, the device is wiped, and it enrolls again.
    WipeAndEnroll,
    /// Apple Configurator resets it over USB, on a Mac. Where pairing is denied, no host gets in (PAI-3).
    Configurator,
}

impl PathToSupervision {
    /// All of them; the first needs no cable.
    pub const ALL: &[Self] = &[Self::WipeAndEnroll, Self::Configurator];
}

impl DeviceMode {
    /// Whether a device with this system is supervised, whatever the profile says: from iOS and iPadOS 13 on, every device that
    /// enrolls by ADE is (SUP-4).
    ///
    /// ```
    /// use apple_ade::affinity::UserAffinity;
    /// use apple_ade::profile::{DeviceMode, PathToSupervision, Unsupervised};
    ///
    /// let mode = DeviceMode::from(Unsupervised::new(UserAffinity::Without));
    /// assert!(!mode.is_supervised_on("ios:12.5".parse()?));
    /// assert!(mode.is_supervised_on("ipados:13.1".parse()?));
    /// assert_eq!(mode.paths_to_supervision("ios:12.5".parse()?), PathToSupervision::ALL);
    /// # Ok::<(), apple_ade::os::TargetError>(())
    /// ```
    pub fn is_supervised_on(&self, target: Target) -> bool {
        let always =
            matches!(target.platform, Platform::Ios | Platform::IpadOs) && target.version >= OsVersion::new(13, 0, 0);
        always || self.is_supervised()
    }

    /// How a device with this system becomes supervised (SUP-8); empty if it is.
    pub fn paths_to_supervision(&self, target: Target) -> &'static [PathToSupervision] {
        if self.is_supervised_on(target) { &[] } else { PathToSupervision::ALL }
    }

    /// Whether the user can leave management: by a button in Settings (LOK-3), which a locked device does not show (LOK-5).
    ///
    /// A device that Apple Configurator added shows it in its first 30 days all the same.
    ///
    /// ```
    /// use apple_ade::affinity::UserAffinity;
    /// use apple_ade::profile::{DeviceMode, Supervised};
    ///
    /// let open = Supervised::new(UserAffinity::Without);
    /// assert!(DeviceMode::from(open.clone()).user_can_unenroll());
    /// assert!(!DeviceMode::from(open.locked()).user_can_unenroll());
    /// ```
    pub fn user_can_unenroll(&self) -> bool {
        self.removal() == MdmRemoval::Allowed
    }
}
