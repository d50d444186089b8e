//! The table of Graph's fields.

use crate::interop::exchange::Model;
use crate::interop::field::Role::{Flag, Hides, Nothing, Number, Opposite, Own, Record, Secret, Text};
use crate::interop::field::{Field, field};
use crate::interop::slot::Slot;

const ALL: &[Model] = &[Model::GraphIos, Model::GraphMacOs, Model::GraphTvOs, Model::GraphVisionOs];
const BOTH: &[Model] = &[Model::GraphIos, Model::GraphMacOs];
const IOS: &[Model] = &[Model::GraphIos];
const MAC: &[Model] = &[Model::GraphMacOs];

/// Every field of Graph's enrollment profiles: first those of all, then iOS and iPadOS, then macOS.
pub const FIELDS: &[Field] = &[
    // enrollmentProfile
    field("@odata.type", ALL, Own("which of Graph's types it is")),
    field("@odata.context", ALL, Record("where Graph answered it")),
    field("id", ALL, Record("Graph's id of the profile")),
    field("displayName", ALL, Text(Slot::Name)),
    field("description", ALL, Text(Slot::Description)),
    field("requiresUserAuthentication", ALL, Flag(Slot::SignsIn)),
    field(
        "configurationEndpointUrl",
        ALL,
        Nothing("the other server's URL; devices enroll at this server's, which takes its place"),
    ),
    field("enableAuthenticationViaCompanyPortal", ALL, Flag(Slot::SignsInByPortal)),
    field("requireCompanyPortalOnSetupAssistantEnrolledDevices", ALL, Flag(Slot::PortalAfterSignIn)),
    // depEnrollmentBaseProfile
    field("isDefault", ALL, Nothing("which profile new devices get is the MDM's to keep, for each token")),
    field("supervisedModeEnabled", ALL, Flag(Slot::IsSupervised)),
    field("supportDepartment", ALL, Text(Slot::Department)),
    field("isMandatory", ALL, Flag(Slot::IsMandatory)),
    field("locationDisabled", ALL, Hides("Location")),
    field("supportPhoneNumber", ALL, Text(Slot::SupportPhone)),
    field("profileRemovalDisabled", ALL, Opposite(Slot::IsRemovable)),
    field("restoreBlocked", ALL, Hides("Restore")),
    field("appleIdDisabled", ALL, Hides("AppleID")),
    field("termsAndConditionsDisabled", ALL, Hides("TOS")),
    field("touchIdDisabled", ALL, Hides("Biometric")),
    field("applePayDisabled", ALL, Hides("Payment")),
    field("siriDisabled", ALL, Hides("Siri")),
    field("diagnosticsDisabled", ALL, Hides("Diagnostics")),
    field("displayToneSetupDisabled", ALL, Hides("DisplayTone")),
    field("privacyPaneDisabled", ALL, Hides("Privacy")),
    field("screenTimeScreenDisabled", ALL, Hides("ScreenTime")),
    field("deviceNameTemplate", ALL, Text(Slot::NameTemplate)),
    field("configurationWebUrl", ALL, Flag(Slot::SignsInOnPage)),
    field("enabledSkipKeys", ALL, Own("skip_setup_items")),
    field("enrollmentTimeAzureAdGroupIds", ALL, Nothing("groups are the MDM's directory's")),
    field("waitForDeviceConfiguredConfirmation", ALL, Flag(Slot::Awaits)),
    // depIOSEnrollmentProfile
    field("iTunesPairingMode", IOS, Own("allow_pairing and supervising_host_certs")),
    field("managementCertificates", IOS, Own("supervising_host_certs")),
    field("restoreFromAndroidDisabled", IOS, Hides("Android")),
    field("awaitDeviceConfiguredConfirmation", IOS, Flag(Slot::Awaits)),
    field("sharedIPadMaximumUserCount", IOS, Number(Slot::Users)),
    field("enableSharedIPad", IOS, Flag(Slot::IsSharedIpad)),
    field("companyPortalVppTokenId", IOS, Text(Slot::VppToken)),
    field("enableSingleAppEnrollmentMode", IOS, Flag(Slot::SingleApp)),
    field("homeButtonScreenDisabled", IOS, Hides("HomeButtonSensitivity")),
    field("iMessageAndFaceTimeScreenDisabled", IOS, Hides("iMessageAndFaceTime")),
    field("onBoardingScreenDisabled", IOS, Hides("OnBoarding")),
    field("simSetupScreenDisabled", IOS, Hides("SIMSetup")),
    field("softwareUpdateScreenDisabled", IOS, Hides("SoftwareUpdate")),
    field("watchMigrationScreenDisabled", IOS, Hides("WatchMigration")),
    field("appearanceScreenDisabled", IOS, Hides("Appearance")),
    field("expressLanguageScreenDisabled", IOS, Hides("ExpressLanguage")),
    field("preferredLanguageScreenDisabled", IOS, Hides("PreferredLanguage")),
    field("deviceToDeviceMigrationDisabled", IOS, Hides("DeviceToDeviceMigration")),
    field("welcomeScreenDisabled", IOS, Hides("Welcome")),
    field("passCodeDisabled", BOTH, Hides("Passcode")),
    field("zoomDisabled", BOTH, Hides("Zoom")),
    field("restoreCompletedScreenDisabled", IOS, Hides("RestoreCompleted")),
    field("updateCompleteScreenDisabled", IOS, Hides("UpdateCompleted")),
    field("forceTemporarySession", IOS, Flag(Slot::GuestsOnly)),
    field("temporarySessionTimeoutInSeconds", IOS, Number(Slot::GuestTimeout)),
    field("userSessionTimeoutInSeconds", IOS, Number(Slot::UserTimeout)),
    field("passcodeLockGracePeriodInSeconds", IOS, Number(Slot::PasscodeGrace)),
    field("carrierActivationUrl", IOS, Text(Slot::CarrierUrl)),
    field(
        "userlessSharedAadModeEnabled",
        IOS,
        Nothing("shared device mode of Microsoft Entra: an app that the MDM installs and configures"),
    ),
    // depMacOSEnrollmentProfile
    field("registrationDisabled", MAC, Hides("Registration")),
    field("fileVaultDisabled", MAC, Hides("FileVault")),
    field("iCloudDiagnosticsDisabled", MAC, Hides("iCloudDiagnostics")),
    field("iCloudStorageDisabled", MAC, Hides("iCloudStorage")),
    field("chooseYourLockScreenDisabled", MAC, Hides("Appearance")),
    field("accessibilityScreenDisabled", MAC, Hides("Accessibility")),
    field("autoUnlockWithWatchDisabled", MAC, Hides("UnlockWithWatch")),
    field("skipPrimarySetupAccountCreation", MAC, Flag(Slot::SkipsPrimary)),
    field("setPrimarySetupAccountAsRegularUser", MAC, Flag(Slot::PrimaryIsRegular)),
    field("dontAutoPopulatePrimaryAccountInfo", MAC, Flag(Slot::NoPrefill)),
    field("primaryAccountFullName", MAC, Text(Slot::PrimaryFullName)),
    field("primaryAccountUserName", MAC, Text(Slot::PrimaryShortName)),
    field("enableRestrictEditing", MAC, Flag(Slot::LocksPrimary)),
    field("adminAccountUserName", MAC, Text(Slot::AdminShortName)),
    field("adminAccountFullName", MAC, Text(Slot::AdminFullName)),
    field(
        "adminAccountPassword",
        MAC,
        Secret("a password is no part of a profile; its hash is given when the command AccountConfiguration is built"),
    ),
    field("hideAdminAccount", MAC, Flag(Slot::AdminIsHidden)),
    field(
        "requestRequiresNetworkTether",
        MAC,
        Nothing("a key of any command: it is given when the command AccountConfiguration is sent"),
    ),
    field("autoAdvanceSetupEnabled", MAC, Flag(Slot::IsUnattended)),
];
