//! Setup Assistant's screens as Microsoft Intune documents them, to compare a migrated profile with.
//!
//! Where Intune and Apple differ, [`SkipKey::availability`] has Apple's figures; these here decide nothing. They differ on the minimum of
//! `Payment` (X-31) and `iMessageAndFaceTime` (X-32); Intune has no versions for `RestoreCompleted`, `UpdateCompleted` and `Welcome`
//! (X-40), no macOS for `TermsOfAddress` (X-41), and no deprecations (X-42). `AppleID` is the sign-in during setup, as in 2023, and not the
//! prompt of 2017 (X-35).

use super::table::SkipKey;
use crate::os::OsVersion;

/// The ten screens of 2017, when no versions were given (SCR-5).
pub const SCREENS_2017: &[SkipKey] = &[
    SkipKey::AppleId,
    SkipKey::Payment,
    SkipKey::Diagnostics,
    SkipKey::Location,
    SkipKey::Passcode,
    SkipKey::Restore,
    SkipKey::Siri,
    SkipKey::Tos,
    SkipKey::Biometric,
    SkipKey::Zoom,
];

/// A screen of Intune's list of 2023.
///
/// ```
/// use apple_ade::os::{OsVersion, Platform};
/// use apple_ade::setup_assistant::{SkipKey, intune::SCREENS_2023};
///
/// let payment = SCREENS_2023.iter().find(|screen| screen.key == SkipKey::Payment).ok_or("it is listed")?;
/// assert_eq!(payment.ios, Some(OsVersion::new(7, 0, 0)));
/// // Apple says 8.1 (X-31).
/// let apple = SkipKey::Payment.on(Platform::Ios).and_then(|line| line.introduced());
/// assert_eq!(apple, Some(OsVersion::new(8, 1, 0)));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Screen {
    /// Its key.
    pub key: SkipKey,
    /// The first version of iOS and iPadOS; `None` where none is given.
    pub ios: Option<OsVersion>,
    /// The first version of macOS; `None` where none is given.
    pub macos: Option<OsVersion>,
}

/// The 25 screens of 2023 with Intune's minimum versions, in Intune's order, which is that of the requirements on
/// screens (SCR-6).
pub const SCREENS_2023: &[Screen] = &[
    screen(SkipKey::Passcode, v(7, 0, 0), None),            // SCN-1
    screen(SkipKey::Location, v(7, 0, 0), v(10, 11, 0)),    // SCN-2
    screen(SkipKey::Restore, v(7, 0, 0), v(10, 9, 0)),      // SCN-3
    screen(SkipKey::AppleId, v(7, 0, 0), v(10, 9, 0)),      // SCN-4
    screen(SkipKey::Tos, v(7, 0, 0), v(10, 9, 0)),          // SCN-5
    screen(SkipKey::Biometric, v(8, 1, 0), v(10, 12, 4)),   // SCN-6
    screen(SkipKey::Payment, v(7, 0, 0), v(10, 12, 4)),     // SCN-7
    screen(SkipKey::Zoom, v(8, 3, 0), None),                // SCN-8
    screen(SkipKey::Siri, v(7, 0, 0), v(10, 12, 0)),        // SCN-9
    screen(SkipKey::Diagnostics, v(7, 0, 0), v(10, 9, 0)),  // SCN-10
    screen(SkipKey::DisplayTone, v(9, 3, 2), v(10, 13, 6)), // SCN-11
    screen(SkipKey::Privacy, v(11, 3, 0), v(10, 13, 4)),    // SCN-12
    screen(SkipKey::Android, v(9, 0, 0), None),             // SCN-13
    screen(SkipKey::IMessageAndFaceTime, v(9, 0, 0), None), // SCN-14
    screen(SkipKey::OnBoarding, v(11, 0, 0), None),         // SCN-15
    screen(SkipKey::ScreenTime, v(12, 0, 0), v(10, 15, 0)), // SCN-16
    screen(SkipKey::SimSetup, v(12, 0, 0), None),           // SCN-17
    screen(SkipKey::SoftwareUpdate, v(12, 0, 0), None),     // SCN-18
    screen(SkipKey::WatchMigration, v(11, 0, 0), None),     // SCN-19
    screen(SkipKey::Appearance, v(13, 0, 0), v(10, 14, 0)), // SCN-20
    // Never on ADE devices from iOS 13 on, so that there is no version to give.
    screen(SkipKey::DeviceToDeviceMigration, None, None), // SCN-21
    screen(SkipKey::RestoreCompleted, None, None),        // SCN-22
    screen(SkipKey::UpdateCompleted, None, None),         // SCN-23
    screen(SkipKey::Welcome, None, None),                 // SCN-24
    screen(SkipKey::TermsOfAddress, v(16, 0, 0), None),   // SCN-25
];

#[expect(clippy::unnecessary_wraps, reason = "it stands beside `None` in the table")]
const fn v(major: u16, minor: u16, patch: u16) -> Option<OsVersion> {
    Some(OsVersion::new(major, minor, patch))
}

const fn screen(key: SkipKey, ios: Option<OsVersion>, macos: Option<OsVersion>) -> Screen {
    Screen { key, ios, macos }
}
