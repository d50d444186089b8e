//! The rules on commands, on what is planned with them, and on a return to service.

use crate::judgement::rules;

rules! {
    COMMAND_NOT_ON_SYSTEM = "ADE-C001" Error
        "a command goes to an operating system that knows it"
        why "the device answers with an error, or with `CommandFormatError`"
        from ["https://github.com/apple/device-management"];
    COMMAND_TOO_NEW = "ADE-C002" Error
        "a command goes to a version that knows it"
        why "the device answers with an error, or with `CommandFormatError`"
        from ["https://github.com/apple/device-management"];
    COMMAND_UNSUPERVISED = "ADE-C003" Error
        "a command that needs supervision goes to a supervised device"
        why "Apple's schema lists it as for supervised devices alone"
        from ["https://github.com/apple/device-management"];
    COMMAND_NOT_AWAITING = "ADE-C004" Error
        "a command for the time of waiting goes to a device that awaits its configuration"
        why "the device takes it only until `DeviceConfigured` has let it go"
        from ["SHI-17", "https://developer.apple.com/documentation/devicemanagement/deviceconfiguredcommand"];
    COMMAND_NOT_SHARED_IPAD = "ADE-C005" Error
        "a command for Shared iPad goes to one"
        why "Apple's schema lists it as for Shared iPad alone"
        from ["https://github.com/apple/device-management"];
    COMMAND_NOT_ADE = "ADE-C006" Error
        "a command for ADE goes to a device that was enrolled by ADE"
        why "Apple's schema lists it as for devices of ADE alone"
        from ["https://github.com/apple/device-management"];
    COMMAND_DEPRECATED = "ADE-C007" Warning
        "a command is not deprecated on the device's version"
        why "another key has taken its place, and later versions may ignore it"
        from ["https://github.com/apple/device-management"];
    COMMAND_KEY_TOO_NEW = "ADE-C008" Warning
        "a key goes to a version that knows it"
        why "an older system does not act on the key"
        from ["https://github.com/apple/device-management"];
    COMMAND_SETTINGS_EMPTY = "ADE-C009" Error
        "the command `Settings` has an item"
        why "without one there is nothing that the device could do"
        from ["https://developer.apple.com/documentation/devicemanagement/settingscommand"];
    RESIDENT_USERS_LATE = "ADE-C010" Warning
        "the number of resident users is sent while the device awaits its configuration"
        why "the space is divided before the first user signs in"
        from ["SHI-17", "SHI-7", "https://developer.apple.com/documentation/devicemanagement/settingscommand"];
    GRACE_AFTER_PASSCODE = "ADE-C011" Warning
        "the passcode grace is sent before there is a passcode"
        why "with a passcode, a larger value takes effect only after the user has logged out or removed it"
        from ["SHI-17", "SHI-9", "https://developer.apple.com/documentation/devicemanagement/settingscommand"];
    ADMIN_WITHOUT_PASSWORD = "ADE-C012" Warning
        "the administrator's account has a password"
        why "without `passwordHash` nobody can log in with the account"
        from ["https://developer.apple.com/documentation/devicemanagement/accountconfigurationcommand"];
    ERASE_PROXIMITY_ALONE = "ADE-C013" Error
        "before iOS 14 `DisallowProximitySetup` stands alone"
        why "Apple's schema forbids it together with another key there"
        from ["https://developer.apple.com/documentation/devicemanagement/erasedevicecommand"];
    ERASE_PROXIMITY_SHARED_IPAD = "ADE-C014" Error
        "`DisallowProximitySetup` is not for Shared iPad"
        why "Apple's schema forbids it there"
        from ["https://developer.apple.com/documentation/devicemanagement/erasedevicecommand"];
    PLAN_NOT_HELD = "ADE-C020" Warning
        "a device that gets settings after its enrollment is held for them"
        why "without `await_device_configured` the user can be faster than the settings"
        from ["SHI-17", "https://developer.apple.com/documentation/devicemanagement/deviceconfiguredcommand"];
    PLAN_NAME_NOT_SUPPORTED = "ADE-C021" Warning
        "a name template is for iPhone, iPad and iPod touch"
        why "by Intune's documentation the template is for these alone"
        from ["NAM-4"];
    PLAN_NAME_NOT_RENDERED = "ADE-C022" Warning
        "the template gives the device a name"
        why "a name has at most 63 characters with its variables filled in, and the serial number in it has letters and digits alone"
        from ["NAM-5", "X-47"];
    PLAN_NO_ESIM = "ADE-C023" Note
        "a cellular plan is for devices with an eSIM"
        why "the device has none that could ask for a plan"
        from ["CEL-2"];
    PLAN_ESIM_UNKNOWN = "ADE-C024" Note
        "it is known whether the device has an eSIM"
        why "the command is sent, and a device without an eSIM refuses it; the device's list of service subscriptions tells"
        from ["CEL-2"];
    PLAN_SIM_SETUP_SKIPPED = "ADE-C025" Warning
        "the pane `SIMSetup` is shown where an eSIM is set up"
        why "hiding it prevents that the eSIM is set up by itself"
        from ["CEL-5"];
    PLAN_RELEASE_IN_DOUBT = "ADE-C026" Warning
        "a device that is held is one that takes `DeviceConfigured`"
        why "nothing else lets it go, so that the command goes out all the same, and the device may refuse it"
        from ["SHI-17", "https://developer.apple.com/documentation/devicemanagement/deviceconfiguredcommand"];
    RETURN_NEEDS_MDM_PROFILE = "ADE-C030" Error
        "the enrollment profile goes along where the device cannot fetch it by itself"
        why "nobody signs in on a web page or answers a question for a password while a device returns to service"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
    RETURN_NEEDS_WIFI = "ADE-C031" Error
        "a Wi-Fi profile goes along where there is no other network"
        why "an erased device without a network cannot enroll"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
    RETURN_NETWORK_UNKNOWN = "ADE-C032" Warning
        "it is known how the device gets to the network"
        why "without a Wi-Fi profile the device enrolls only by Ethernet, or by cellular where the command allows it"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
    RETURN_NEEDS_BOOTSTRAP_TOKEN = "ADE-C033" Warning
        "the bootstrap token goes along where apps are to be kept"
        why "without it everything is erased, and the apps are fetched anew"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
    RETURN_ACTIVATION_LOCK = "ADE-C034" Error
        "Activation Lock is off before a device returns to service"
        why "a locked device waits for a password after it was erased"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
    RETURN_ACTIVATION_LOCK_UNKNOWN = "ADE-C035" Warning
        "it is known that Activation Lock is off"
        why "a locked device waits for a password after it was erased, and what devices report of it can be wrong"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
}
