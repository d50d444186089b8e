//! Generated from `data/skip_keys.csv`: change that, then
//! `cargo run -p apple-ade-apps --example generate_skip_keys`.

use super::availability::{Entry, row, v};
use crate::json::open_enum;
use crate::os::Platform::{Ios, IpadOs, MacOs, TvOs, VisionOs};

open_enum! {
    /// A pane of Setup Assistant that an enrollment profile can leave out, in Apple's spelling, alphabetical.
    ///
    /// It is sent in `skip_setup_items`, where naming a pane means leaving it out. The user can still set up what was left out
    /// in Settings (SCR-2). Unknown keys are kept and sent as they came, for Apple adds some each year (SCR-13).
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/skipkeys).
    ///
    /// ```
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// assert_eq!(SkipKey::AppleId.as_str(), "AppleID");
    /// assert_eq!(SkipKey::from("TOS"), SkipKey::Tos);
    /// assert_eq!(SkipKey::from("NextYearsPane").as_str(), "NextYearsPane");
    /// ```
    ///
    /// A match has an answer for the unknown ones:
    ///
    /// ```compile_fail,E0004
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// match SkipKey::from("NextYearsPane") {
    ///     SkipKey::Siri => {}
    /// }
    /// ```
    SkipKey, "a skip key" {
        /// Accessibility pane shown when a further macOS user account is set up (not the first-boot pane).
        Accessibility = "Accessibility",
        /// Accessibility appearance pane.
        AccessibilityAppearance = "AccessibilityAppearance",
        /// Action Button configuration.
        ActionButton = "ActionButton",
        /// Additional privacy settings pane. Withdrawn by Apple.
        AdditionalPrivacySettings = "AdditionalPrivacySettings",
        /// Age assurance pane. Withdrawn by Apple.
        AgeAssurance = "AgeAssurance",
        /// Age-based safety settings pane. Withdrawn by Apple.
        AgeBasedSafetySettings = "AgeBasedSafetySettings",
        /// The choice to move data from Android on the Restore pane.
        Android = "Android",
        /// Light/dark look chooser.
        Appearance = "Appearance",
        /// Apple Account / iCloud sign-in.
        AppleId = "AppleID",
        /// App Store information pane.
        AppStore = "AppStore",
        /// Touch ID / Face ID / Optic ID enrolment.
        Biometric = "Biometric",
        /// Camera Control button pane.
        CameraButton = "CameraButton",
        /// Device features tour.
        DeviceFeaturesTour = "DeviceFeaturesTour",
        /// Direct device-to-device data transfer.
        DeviceToDeviceMigration = "DeviceToDeviceMigration",
        /// Analytics / diagnostics sharing consent.
        Diagnostics = "Diagnostics",
        /// True Tone display pane.
        DisplayTone = "DisplayTone",
        /// Lockdown Mode offer (only relevant once an Apple Account is set up).
        EnableLockdownMode = "EnableLockdownMode",
        /// FileVault disk-encryption pane.
        FileVault = "FileVault",
        /// Home button feel chooser (iPhone 7/8/SE class).
        HomeButtonSensitivity = "HomeButtonSensitivity",
        /// iCloud analytics consent.
        ICloudDiagnostics = "iCloudDiagnostics",
        /// Desktop & Documents in iCloud pane.
        ICloudStorage = "iCloudStorage",
        /// iMessage and FaceTime pane.
        IMessageAndFaceTime = "iMessageAndFaceTime",
        /// Apple Intelligence pane.
        Intelligence = "Intelligence",
        /// Keyboard chooser.
        Keyboard = "Keyboard",
        /// Liquid Glass appearance pane.
        LiquidGlass = "LiquidGlass",
        /// Location Services pane; service stays off.
        Location = "Location",
        /// iMessage activation by phone number.
        MessagingActivationUsingPhoneNumber = "MessagingActivationUsingPhoneNumber",
        /// Multitasking mode pane.
        Multitasking = "Multitasking",
        /// Gesture / user-education panes.
        OnBoarding = "OnBoarding",
        /// What-is-new OS showcase.
        OsShowcase = "OSShowcase",
        /// Passcode / password creation pane.
        Passcode = "Passcode",
        /// Apple Pay set-up.
        Payment = "Payment",
        /// Data & privacy notice.
        Privacy = "Privacy",
        /// Registration pane of the old MDM protocol reference. Withdrawn by Apple.
        Registration = "Registration",
        /// Restore-from-backup / transfer data pane.
        Restore = "Restore",
        /// Restore finished notice.
        RestoreCompleted = "RestoreCompleted",
        /// Safety (emergency SOS) pane.
        Safety = "Safety",
        /// Safety and handling information.
        SafetyAndHandling = "SafetyAndHandling",
        /// Aerial screen saver pane.
        ScreenSaver = "ScreenSaver",
        /// Screen Time pane.
        ScreenTime = "ScreenTime",
        /// Add-cellular-plan pane (also stops automatic eSIM set-up).
        SimSetup = "SIMSetup",
        /// Siri pane; Siri stays off.
        Siri = "Siri",
        /// Software update pane.
        SoftwareUpdate = "SoftwareUpdate",
        /// Dictation / spoken language pane.
        SpokenLanguage = "SpokenLanguage",
        /// Set up Apple TV by tapping an iOS device.
        TapToSetup = "TapToSetup",
        /// Terms of address (grammatical gender) pane.
        TermsOfAddress = "TermsOfAddress",
        /// Tips pane.
        Tips = "Tips",
        /// Terms and conditions.
        Tos = "TOS",
        /// Home screen layout sync between Apple TVs.
        TvHomeScreenSync = "TVHomeScreenSync",
        /// TV provider sign-in.
        TvProviderSignIn = "TVProviderSignIn",
        /// Which room is this Apple TV in.
        TvRoom = "TVRoom",
        /// Unlock the Mac with Apple Watch.
        UnlockWithWatch = "UnlockWithWatch",
        /// Software update finished notice.
        UpdateCompleted = "UpdateCompleted",
        /// Wallpaper chooser.
        Wallpaper = "Wallpaper",
        /// Migrate a paired Apple Watch.
        WatchMigration = "WatchMigration",
        /// Web content filtering pane.
        WebContentFiltering = "WebContentFiltering",
        /// Get Started / welcome pane.
        Welcome = "Welcome",
        /// Display zoom chooser.
        Zoom = "Zoom",
    }
}

super::availability::table! {
    Accessibility: "Accessibility pane shown when a further macOS user account is set up (not the first-boot pane)" [
        row(MacOs).introduced(v(11, 0, 0)).not_always(),
    ];
    AccessibilityAppearance: "Accessibility appearance pane" [
        row(Ios).introduced(v(17, 0, 0)).unsure().doubt("Apple's page says that the pane cannot always be skipped; Apple's schema does not"),
        row(IpadOs).introduced(v(17, 0, 0)).unsure().doubt("Apple's page says that the pane cannot always be skipped; Apple's schema does not"),
    ];
    ActionButton: "Action Button configuration" [
        row(Ios).introduced(v(17, 0, 0)),
        row(IpadOs).introduced(v(17, 0, 0)),
    ];
    AdditionalPrivacySettings: "Additional privacy settings pane" withdrawn [
        row(MacOs).introduced(v(26, 0, 0)).unsure(),
    ];
    AgeAssurance: "Age assurance pane" withdrawn [
        row(Ios).introduced(v(26, 2, 0)).unsure(),
        row(IpadOs).introduced(v(26, 2, 0)).unsure(),
    ];
    AgeBasedSafetySettings: "Age-based safety settings pane" withdrawn [
        row(Ios).introduced(v(26, 1, 0)).unsure(),
        row(IpadOs).introduced(v(26, 1, 0)).unsure(),
    ];
    Android: "The choice to move data from Android on the Restore pane" [
        row(Ios).introduced(v(9, 0, 0)),
        row(IpadOs).introduced(v(9, 0, 0)),
    ];
    Appearance: "Light/dark look chooser" [
        row(Ios).introduced(v(13, 0, 0)),
        row(IpadOs).introduced(v(13, 0, 0)),
        row(MacOs).introduced(v(10, 14, 0)),
    ];
    AppleId: "Apple Account / iCloud sign-in" [
        row(Ios).introduced(v(7, 0, 0)),
        row(IpadOs).introduced(v(7, 0, 0)),
        row(MacOs).introduced(v(10, 9, 0)),
        row(TvOs).introduced(v(10, 2, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    AppStore: "App Store information pane" [
        row(Ios).introduced(v(14, 3, 0)),
        row(IpadOs).introduced(v(14, 3, 0)),
        row(MacOs).introduced(v(11, 1, 0)),
    ];
    Biometric: "Touch ID / Face ID / Optic ID enrolment" [
        row(Ios).introduced(v(8, 1, 0)).ineffective(v(14, 5, 0)),
        row(IpadOs).introduced(v(8, 1, 0)).ineffective(v(14, 5, 0)),
        row(MacOs).introduced(v(10, 12, 4)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    CameraButton: "Camera Control button pane" [
        row(Ios).introduced(v(18, 0, 0)),
        row(IpadOs).introduced(v(18, 0, 0)),
    ];
    DeviceFeaturesTour: "Device features tour" [
        row(Ios).introduced(v(27, 0, 0)),
        row(IpadOs).introduced(v(27, 0, 0)),
    ];
    DeviceToDeviceMigration: "Direct device-to-device data transfer" [
        row(Ios).introduced(v(12, 4, 0)).ineffective(v(13, 0, 0)).doubt("Apple's prose says iOS 13; Intune rules the pane out under ADE from 13 on"),
        row(IpadOs).introduced(v(12, 4, 0)).ineffective(v(13, 0, 0)).doubt("Apple's prose says iOS 13; Intune rules the pane out under ADE from 13 on"),
    ];
    Diagnostics: "Analytics / diagnostics sharing consent" [
        row(Ios).introduced(v(7, 0, 0)),
        row(IpadOs).introduced(v(7, 0, 0)),
        row(MacOs).introduced(v(10, 9, 0)),
        row(TvOs).introduced(v(10, 2, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    DisplayTone: "True Tone display pane" [
        row(Ios).introduced(v(9, 3, 2)).deprecated(v(15, 0, 0)),
        row(IpadOs).introduced(v(9, 3, 2)).deprecated(v(15, 0, 0)),
        row(MacOs).introduced(v(10, 13, 6)).deprecated(v(12, 0, 0)),
    ];
    EnableLockdownMode: "Lockdown Mode offer (only relevant once an Apple Account is set up)" [
        row(Ios).introduced(v(17, 1, 0)),
        row(IpadOs).introduced(v(17, 1, 0)),
        row(MacOs).introduced(v(14, 0, 0)),
    ];
    FileVault: "FileVault disk-encryption pane" [
        row(MacOs).introduced(v(10, 10, 0)),
    ];
    HomeButtonSensitivity: "Home button feel chooser (iPhone 7/8/SE class)" [
        row(Ios).introduced(v(10, 0, 0)).deprecated(v(15, 0, 0)),
        row(IpadOs).introduced(v(10, 0, 0)).deprecated(v(15, 0, 0)),
    ];
    ICloudDiagnostics: "iCloud analytics consent" [
        row(MacOs).introduced(v(10, 12, 4)),
    ];
    ICloudStorage: "Desktop & Documents in iCloud pane" [
        row(MacOs).introduced(v(10, 13, 4)),
    ];
    IMessageAndFaceTime: "iMessage and FaceTime pane" [
        row(Ios).introduced(v(12, 0, 0)),
        row(IpadOs).introduced(v(12, 0, 0)),
    ];
    Intelligence: "Apple Intelligence pane" [
        row(Ios).introduced(v(18, 0, 0)),
        row(IpadOs).introduced(v(18, 0, 0)),
        row(MacOs).introduced(v(15, 0, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    Keyboard: "Keyboard chooser" [
        row(Ios).introduced(v(13, 0, 0)).not_always(),
        row(IpadOs).introduced(v(13, 0, 0)).not_always(),
    ];
    LiquidGlass: "Liquid Glass appearance pane" [
        row(Ios).introduced(v(27, 0, 0)),
        row(IpadOs).introduced(v(27, 0, 0)),
        row(MacOs).introduced(v(27, 0, 0)),
    ];
    Location: "Location Services pane; service stays off" [
        row(Ios).introduced(v(7, 0, 0)),
        row(IpadOs).introduced(v(7, 0, 0)),
        row(MacOs).introduced(v(10, 11, 0)),
        row(TvOs).introduced(v(10, 2, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    MessagingActivationUsingPhoneNumber: "iMessage activation by phone number" [
        row(Ios).introduced(v(10, 0, 0)),
        row(IpadOs).introduced(v(10, 0, 0)),
    ];
    Multitasking: "Multitasking mode pane" [
        row(Ios).introduced(v(26, 0, 0)),
        row(IpadOs).introduced(v(26, 0, 0)),
    ];
    OnBoarding: "Gesture / user-education panes" [
        row(Ios).introduced(v(11, 0, 0)).deprecated(v(14, 0, 0)),
        row(IpadOs).introduced(v(11, 0, 0)).deprecated(v(14, 0, 0)),
    ];
    OsShowcase: "What-is-new OS showcase" [
        row(Ios).introduced(v(26, 0, 0)).removed(v(27, 0, 0)),
        row(IpadOs).introduced(v(26, 0, 0)).removed(v(27, 0, 0)),
        row(MacOs).introduced(v(26, 1, 0)).removed(v(27, 0, 0)),
    ];
    Passcode: "Passcode / password creation pane" [
        row(Ios).introduced(v(7, 0, 0)).ineffective(v(14, 5, 0)),
        row(IpadOs).introduced(v(7, 0, 0)).ineffective(v(14, 5, 0)),
        row(MacOs).introduced(v(10, 9, 0)).doubt("Apple's schema gives 10.9 by inheritance while its prose says iOS only; Intune lists no macOS"),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    Payment: "Apple Pay set-up" [
        row(Ios).introduced(v(8, 1, 0)),
        row(IpadOs).introduced(v(8, 1, 0)),
        row(MacOs).introduced(v(10, 12, 4)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    Privacy: "Data & privacy notice" [
        row(Ios).introduced(v(11, 3, 0)),
        row(IpadOs).introduced(v(11, 3, 0)),
        row(MacOs).introduced(v(10, 13, 4)),
        row(TvOs).introduced(v(11, 3, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    Registration: "Registration pane of the old MDM protocol reference" withdrawn [
        row(MacOs).unsure(),
    ];
    Restore: "Restore-from-backup / transfer data pane" [
        row(Ios).introduced(v(7, 0, 0)),
        row(IpadOs).introduced(v(7, 0, 0)),
        row(MacOs).introduced(v(10, 9, 0)),
    ];
    RestoreCompleted: "Restore finished notice" [
        row(Ios).introduced(v(14, 0, 0)),
        row(IpadOs).introduced(v(14, 0, 0)),
    ];
    Safety: "Safety (emergency SOS) pane" [
        row(Ios).introduced(v(16, 0, 0)),
        row(IpadOs).introduced(v(16, 0, 0)),
    ];
    SafetyAndHandling: "Safety and handling information" [
        row(Ios).introduced(v(18, 4, 0)).not_always(),
        row(IpadOs).introduced(v(18, 4, 0)).not_always(),
    ];
    ScreenSaver: "Aerial screen saver pane" [
        row(TvOs).introduced(v(10, 2, 0)),
    ];
    ScreenTime: "Screen Time pane" [
        row(Ios).introduced(v(12, 0, 0)),
        row(IpadOs).introduced(v(12, 0, 0)),
        row(MacOs).introduced(v(10, 15, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    SimSetup: "Add-cellular-plan pane (also stops automatic eSIM set-up)" [
        row(Ios).introduced(v(12, 0, 0)),
        row(IpadOs).introduced(v(12, 0, 0)),
    ];
    Siri: "Siri pane; Siri stays off" [
        row(Ios).introduced(v(7, 0, 0)),
        row(IpadOs).introduced(v(7, 0, 0)),
        row(MacOs).introduced(v(10, 12, 0)),
        row(TvOs).introduced(v(10, 2, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    SoftwareUpdate: "Software update pane" [
        row(Ios).introduced(v(12, 0, 0)),
        row(IpadOs).introduced(v(12, 0, 0)),
        row(MacOs).introduced(v(15, 4, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    SpokenLanguage: "Dictation / spoken language pane" [
        row(Ios).introduced(v(13, 0, 0)).not_always(),
        row(IpadOs).introduced(v(13, 0, 0)).not_always(),
    ];
    TapToSetup: "Set up Apple TV by tapping an iOS device" [
        row(TvOs).introduced(v(10, 2, 0)).not_always(),
    ];
    TermsOfAddress: "Terms of address (grammatical gender) pane" [
        row(Ios).introduced(v(16, 0, 0)).not_always(),
        row(IpadOs).introduced(v(16, 0, 0)).not_always(),
        row(MacOs).introduced(v(13, 0, 0)).not_always(),
    ];
    Tips: "Tips pane" [
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    Tos: "Terms and conditions" [
        row(Ios).introduced(v(7, 0, 0)),
        row(IpadOs).introduced(v(7, 0, 0)),
        row(MacOs).introduced(v(10, 9, 0)),
        row(TvOs).introduced(v(10, 2, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    TvHomeScreenSync: "Home screen layout sync between Apple TVs" [
        row(TvOs).introduced(v(11, 0, 0)),
    ];
    TvProviderSignIn: "TV provider sign-in" [
        row(TvOs).introduced(v(11, 0, 0)),
    ];
    TvRoom: "Which room is this Apple TV in" [
        row(TvOs).introduced(v(11, 4, 0)),
    ];
    UnlockWithWatch: "Unlock the Mac with Apple Watch" [
        row(MacOs).introduced(v(15, 0, 0)),
    ];
    UpdateCompleted: "Software update finished notice" [
        row(Ios).introduced(v(14, 0, 0)),
        row(IpadOs).introduced(v(14, 0, 0)),
        row(MacOs).introduced(v(26, 1, 0)),
    ];
    Wallpaper: "Wallpaper chooser" [
        row(MacOs).introduced(v(14, 1, 0)).removed(v(26, 0, 0)),
    ];
    WatchMigration: "Migrate a paired Apple Watch" [
        row(Ios).introduced(v(11, 0, 0)),
        row(IpadOs).introduced(v(11, 0, 0)),
    ];
    WebContentFiltering: "Web content filtering pane" [
        row(Ios).introduced(v(18, 2, 0)).removed(v(26, 1, 0)),
        row(IpadOs).introduced(v(18, 2, 0)).removed(v(26, 1, 0)),
    ];
    Welcome: "Get Started / welcome pane" [
        row(Ios).introduced(v(13, 0, 0)),
        row(IpadOs).introduced(v(13, 0, 0)),
        row(MacOs).introduced(v(15, 0, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
    Zoom: "Display zoom chooser" [
        row(Ios).introduced(v(8, 3, 0)).deprecated(v(17, 0, 0)),
        row(IpadOs).introduced(v(8, 3, 0)).deprecated(v(17, 0, 0)),
        row(VisionOs).introduced(v(26, 0, 0)),
    ];
}
