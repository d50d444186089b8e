//! The table of Jamf's fields.

use crate::interop::exchange::Model;
use crate::interop::field::Role::{Flag, Nothing, Number, Own, Record, Secret, Text, Told};
use crate::interop::field::{Field, field};
use crate::interop::slot::Slot;

const BOTH: &[Model] = &[Model::JamfComputer, Model::JamfMobile];
const MOBILE: &[Model] = &[Model::JamfMobile];
const COMPUTER: &[Model] = &[Model::JamfComputer];

const SITE: &str = "sites and inventory are Jamf's";
const MINIMUM_OS: &str = "which version a device needs is asked when it enrolls: part of the answer to its MachineInfo";
pub(super) const RECOVERY_LOCK: &str = "a recovery lock is set by the command SetRecoveryLock after the enrollment";
pub(super) const TIME_ZONE: &str = "a time zone is set by the command Settings, item TimeZone";
const PLATFORM_SSO: &str = "Platform SSO is asked for when the device enrolls: part of the answer to its MachineInfo";

/// Every field of Jamf's PreStage enrollments: first those of both, then of mobile devices, then of computers. `skipSetupItems` stands for
/// all of its flags.
pub const FIELDS: &[Field] = &[
    field("displayName", BOTH, Text(Slot::Name)),
    field("mandatory", BOTH, Flag(Slot::IsMandatory)),
    field("mdmRemovable", BOTH, Flag(Slot::IsRemovable)),
    field("supportPhoneNumber", BOTH, Text(Slot::SupportPhone)),
    field("supportEmailAddress", BOTH, Text(Slot::SupportEmail)),
    field("department", BOTH, Text(Slot::Department)),
    field("requireAuthentication", BOTH, Flag(Slot::SignsIn)),
    field("authenticationPrompt", BOTH, Nothing("a text of Jamf's own page; no key of Apple's has it")),
    field("enrollmentCustomizationId", BOTH, Own("configuration_web_url, and affinity: on that page")),
    field("skipSetupItems", BOTH, Own("skip_setup_items")),
    field("anchorCertificates", BOTH, Own("anchor_certs")),
    field("language", BOTH, Text(Slot::Language)),
    field("region", BOTH, Text(Slot::Region)),
    field("autoAdvanceSetup", BOTH, Flag(Slot::IsUnattended)),
    field("defaultPrestage", BOTH, Nothing("which profile new devices get is the MDM's to keep, for each token")),
    field("enrollmentSiteId", BOTH, Nothing(SITE)),
    field("siteId", BOTH, Nothing(SITE)),
    field("keepExistingSiteMembership", BOTH, Nothing(SITE)),
    field("keepExistingLocationInformation", BOTH, Nothing(SITE)),
    field("locationInformation", BOTH, Nothing(SITE)),
    field("purchasingInformation", BOTH, Nothing(SITE)),
    field(
        "preventActivationLock",
        BOTH,
        Nothing("it is allowed by the command Settings, item MDMOptions, and not allowed unless that is sent"),
    ),
    field(
        "enableDeviceBasedActivationLock",
        BOTH,
        Nothing("a lock by the organisation is a call for each device: api::EnableActivationLock"),
    ),
    field("deviceEnrollmentProgramInstanceId", BOTH, Nothing("the token is this server's own")),
    field("id", BOTH, Record("Jamf's id of the PreStage")),
    field("profileUuid", BOTH, Record("Apple's id of the profile that Jamf has defined")),
    field("versionLock", BOTH, Record("Jamf's guard against two changes at once")),
    // Mobile devices.
    field("allowPairing", MOBILE, Flag(Slot::AllowsPairing)),
    field("multiUser", MOBILE, Flag(Slot::IsSharedIpad)),
    field("supervised", BOTH, Flag(Slot::IsSupervised)),
    field("maximumSharedAccounts", MOBILE, Number(Slot::Users)),
    field("configureDeviceBeforeSetupAssistant", MOBILE, Flag(Slot::Awaits)),
    field("useStorageQuotaSize", MOBILE, Own("shared_ipad: whether QuotaSize is sent")),
    field("storageQuotaSizeMegabytes", MOBILE, Number(Slot::QuotaMegabytes)),
    field("temporarySessionOnly", MOBILE, Flag(Slot::GuestsOnly)),
    field("enforceTemporarySessionTimeout", MOBILE, Own("shared_ipad: whether TemporarySessionTimeout is sent")),
    field("temporarySessionTimeout", MOBILE, Number(Slot::GuestTimeout)),
    field("enforceUserSessionTimeout", MOBILE, Own("shared_ipad: whether UserSessionTimeout is sent")),
    field("userSessionTimeout", MOBILE, Number(Slot::UserTimeout)),
    field("names.assignNamesUsing", MOBILE, Own("device_name")),
    field("names.deviceNamePrefix", MOBILE, Own("device_name: before {{SERIAL}}")),
    field("names.deviceNameSuffix", MOBILE, Own("device_name: behind {{SERIAL}}")),
    field("names.singleDeviceName", MOBILE, Own("device_name")),
    field("names.prestageDeviceNames", MOBILE, Nothing("a list of names; a template gives each device its own")),
    field("names.manageNames", MOBILE, Own("device_name: whether the name is kept")),
    field("names.deviceNamingConfigured", MOBILE, Record("whether Jamf's form was filled in")),
    field("preserveManagedApps", MOBILE, Flag(Slot::ReturnsToService)),
    field("doNotUseProfileFromBackup", MOBILE, Flag(Slot::FetchesAfterRestore)),
    field(
        "rtsEnabled",
        MOBILE,
        Nothing("a return to service without apps is part of the command EraseDevice, and of no profile"),
    ),
    field("rtsConfigProfileId", MOBILE, Nothing("Wi-Fi for a return to service is part of the command EraseDevice")),
    field("installAppsDuringEnrollment", MOBILE, Nothing("apps are installed by commands while the device is held")),
    field("sendTimezone", MOBILE, Nothing(TIME_ZONE)),
    field("timezone", MOBILE, Told(TIME_ZONE)),
    field("prestageMinimumOsTargetVersionTypeIos", MOBILE, Nothing(MINIMUM_OS)),
    field("minimumOsSpecificVersionIos", MOBILE, Nothing(MINIMUM_OS)),
    field("prestageMinimumOsTargetVersionTypeIpad", MOBILE, Nothing(MINIMUM_OS)),
    field("minimumOsSpecificVersionIpad", MOBILE, Nothing(MINIMUM_OS)),
    // Computers.
    field("installProfilesDuringSetup", COMPUTER, Flag(Slot::Awaits)),
    field("prestageInstalledProfileIds", COMPUTER, Nothing("profiles are installed by commands while the Mac is held")),
    field("customPackageIds", COMPUTER, Nothing("packages are installed by commands while the Mac is held")),
    field("customPackageDistributionPointId", COMPUTER, Nothing("packages are Jamf's")),
    field("enableRecoveryLock", COMPUTER, Nothing(RECOVERY_LOCK)),
    field("recoveryLockPasswordType", COMPUTER, Told(RECOVERY_LOCK)),
    field("recoveryLockPassword", COMPUTER, Secret(RECOVERY_LOCK)),
    field("rotateRecoveryLockPassword", COMPUTER, Nothing(RECOVERY_LOCK)),
    field("prestageMinimumOsTargetVersionType", COMPUTER, Nothing(MINIMUM_OS)),
    field("minimumOsSpecificVersion", COMPUTER, Nothing(MINIMUM_OS)),
    field("pssoEnabled", COMPUTER, Nothing(PLATFORM_SSO)),
    field("platformSsoAppBundleId", COMPUTER, Nothing(PLATFORM_SSO)),
    field("accountSettings.id", COMPUTER, Record("Jamf's id of the settings")),
    field("accountSettings.versionLock", COMPUTER, Record("Jamf's guard against two changes at once")),
    field("accountSettings.payloadConfigured", COMPUTER, Own("account_configuration: whether there is one")),
    field(
        "accountSettings.localAdminAccountEnabled",
        COMPUTER,
        Own("account_configuration: whether there is an administrator"),
    ),
    field("accountSettings.adminUsername", COMPUTER, Text(Slot::AdminShortName)),
    field(
        "accountSettings.adminPassword",
        COMPUTER,
        Secret("a password is no part of a profile; its hash is given when the command AccountConfiguration is built"),
    ),
    field("accountSettings.hiddenAdminAccount", COMPUTER, Flag(Slot::AdminIsHidden)),
    field("accountSettings.localUserManaged", COMPUTER, Flag(Slot::ManagesAdmin)),
    field("accountSettings.userAccountType", COMPUTER, Own("account_configuration: which account the user gets")),
    field(
        "accountSettings.prefillPrimaryAccountInfoFeatureEnabled",
        COMPUTER,
        Own("account_configuration: whether names are prefilled"),
    ),
    field("accountSettings.prefillType", COMPUTER, Own("account_configuration: which names are prefilled")),
    field("accountSettings.prefillAccountFullName", COMPUTER, Text(Slot::PrimaryFullName)),
    field("accountSettings.prefillAccountUserName", COMPUTER, Text(Slot::PrimaryShortName)),
    field("accountSettings.preventPrefillInfoFromModification", COMPUTER, Flag(Slot::LocksPrimary)),
];
