//! What a key is about.

use std::convert::Infallible;
use std::str::FromStr;

use super::availability::Availability;
use super::table::{SkipKey, entry};
use crate::os::Platform;

impl SkipKey {
    /// What the pane is, in a few words; `None` for an unknown key.
    ///
    /// ```
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// assert_eq!(SkipKey::WatchMigration.title(), Some("Migrate a paired Apple Watch"));
    /// ```
    pub fn title(&self) -> Option<&'static str> {
        entry(self).map(|entry| entry.title)
    }

    /// Where the key exists, a line for each operating system; none for an unknown key.
    ///
    /// ```
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// let lines: Vec<String> = SkipKey::OsShowcase.availability().iter().map(ToString::to_string).collect();
    /// assert_eq!(lines.join("; "), "iOS 26.0, removed since 27.0; iPadOS 26.0, removed since 27.0; macOS 26.1, removed since 27.0");
    /// ```
    pub fn availability(&self) -> &'static [Availability] {
        entry(self).map_or(&[], |entry| entry.rows)
    }

    /// What is known of the key on this operating system; `None` where it does not exist.
    pub fn on(&self, platform: Platform) -> Option<&'static Availability> {
        self.availability().iter().find(|row| row.platform() == platform)
    }

    /// Whether Apple published the key once, and took it from the list without a version of removal.
    ///
    /// ```
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// assert!(SkipKey::AgeAssurance.is_withdrawn());
    /// // Removed in macOS 26, but still on the list.
    /// assert!(!SkipKey::Wallpaper.is_withdrawn());
    /// ```
    pub fn is_withdrawn(&self) -> bool {
        entry(self).is_some_and(|entry| entry.withdrawn)
    }

    /// The key that makes this one redundant: `Restore` for `Android`, whose choice is on that pane (SCR-11).
    pub fn redundant_with(&self) -> Option<Self> {
        match self {
            Self::Android => Some(Self::Restore),
            _ => None,
        }
    }

    /// What else one should know before naming the key, a sentence each.
    ///
    /// ```
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// let [note] = SkipKey::SimSetup.notes() else { panic!("one note") };
    /// assert!(note.contains("eSIM"));
    /// ```
    pub fn notes(&self) -> &'static [&'static str] {
        match self {
            Self::Accessibility => &[
                "It acts when Setup Assistant runs for a further user of the Mac. The pane at the first start cannot be skipped.",
            ],
            Self::AccessibilityAppearance => &[
                "Apple listed it with OS 27 only, although it works from 17.0 on.",
                "Apple's page says that the pane cannot always be skipped; Apple's schema does not say so.",
            ],
            Self::AdditionalPrivacySettings => &["Apple listed it in September 2025, and no more in December 2025."],
            Self::AgeAssurance => &["Apple listed it in January 2026, and no more in April 2026."],
            Self::AgeBasedSafetySettings => &["Apple listed it from December 2025 on, and no more in April 2026."],
            Self::Android => &["It has no effect of its own where Restore is skipped: the choice stands on that pane."],
            Self::Biometric => &[
                "By Intune's documentation the pane does not work under ADE from iOS and iPadOS 14.5 on.",
                "Touch ID, Face ID and Optic ID can be set up in Settings, once there is a passcode.",
            ],
            Self::DeviceToDeviceMigration => &[
                "Apple's prose says iOS 13, its table 12.4.",
                "Intune's documentation says that ADE devices never have the pane from iOS 13 on.",
            ],
            Self::EnableLockdownMode => &["The pane matters only where an Apple Account has been set up."],
            Self::Keyboard | Self::SafetyAndHandling | Self::SpokenLanguage => {
                &["The pane may come before the device has fetched its profile, and is then shown all the same."]
            }
            Self::Location => &["Skipping leaves location services off until the user turns them on in Settings."],
            Self::Passcode => &[
                "By Intune's documentation the pane does not work under ADE from iOS and iPadOS 14.5 on; demand a passcode by a \
                 configuration or compliance policy, and the user is asked once it has arrived.",
                "On macOS Apple's table and prose contradict each other.",
            ],
            Self::Registration => &["It stands in an old protocol reference, and in no list of Apple's."],
            Self::SimSetup => &["Skipping also stops the automatic setup of an eSIM."],
            Self::Siri => &["Skipping leaves Siri off until the user turns it on in Settings."],
            Self::TapToSetup => {
                &["The pane cannot always be skipped.", "Apple's page named iOS 18 for some weeks of 2026."]
            }
            Self::TermsOfAddress => &[
                "The pane may come before the device has fetched its profile, and is then shown all the same.",
                "It exists only for languages that need it.",
            ],
            _ => &[],
        }
    }
}

/// Never fails: an unknown key is kept.
impl FromStr for SkipKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}
