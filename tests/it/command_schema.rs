//! Commands compared with Apple's schema files, mechanically: keys, types, ranges, systems and versions.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::command::{
    Availability, Channel, Command, EnrolledDevice, EraseDevice, EraseMac, EraseMobile, ObliterationBehavior,
    ReturnToService, SettingsItem, SetupAssistantPayload, SharedIpadUse, Since,
};
use apple_ade::device_name::DeviceType;
use apple_ade::judgement::Rule;
use apple_ade::os::{OsVersion, Platform, Target};
use apple_ade::property_list;
use apple_ade::setup_assistant::SkipKey;
use plist::Value;

use crate::apple_yaml::Yaml;
use crate::command::commands;
use crate::fixture;

const SYSTEMS: [(&str, Platform); 5] = [
    ("iOS", Platform::Ios),
    ("macOS", Platform::MacOs),
    ("tvOS", Platform::TvOs),
    ("visionOS", Platform::VisionOs),
    ("watchOS", Platform::WatchOs),
];

/// Items of `Settings` that the crate does not write: they have nothing to do with an enrollment by ADE.
const NOT_COVERED: &[&str] = &[
    "Wallpaper",
    "DataRoaming",
    "VoiceRoaming",
    "PersonalHotspot",
    "Bluetooth",
    "ApplicationConfiguration",
    "ApplicationAttributes",
    "OrganizationInfo",
    "TimeZone",
    "SoftwareUpdateSettings",
    "AccessibilitySettings",
];

/// Keys inside covered items that the crate does not write, and why.
const KEYS_NOT_COVERED: &[(&str, &str)] = &[
    (
        "MDMOptions.MDMOptions.BootstrapTokenAllowed",
        "deprecated in macOS 11; the MDM payload's server capability says it",
    ),
    (
        "MDMOptions.MDMOptions.PromptUserToAllowBootstrapTokenForAuthentication",
        "the MDM payload has the key; ADE allows it anyway",
    ),
];

/// Keys of ours that the file lacks, and where they are written.
const OURS_ALONE: &[(&str, &str)] = &[(
    "ReturnToService.ShouldRetryEnrollment",
    "iOS and iPadOS 27.0; developer.apple.com/documentation/devicemanagement/erasedevicecommand, newer than the file (OS 26)",
)];

fn schema(name: &str) -> Yaml {
    Yaml::read(&fixture::text(&format!("apple/{name}.yaml")))
}

/// A property of a system, from the innermost place that has it.
fn inherited<'y>(places: &[&'y Yaml], system: &str, property: &[&str]) -> Option<&'y str> {
    places.iter().rev().find_map(|place| {
        let mut place = place.get("supportedOS")?.get(system)?;
        let (last, path) = property.split_last()?;
        for key in path {
            place = place.get(key)?;
        }
        place.text(last)
    })
}

fn version(text: &str) -> Option<OsVersion> {
    (text != "n/a").then(|| text.parse().unwrap())
}

/// What Apple's file says of the availability of the innermost of these places.
fn compare(name: &str, places: &[&Yaml], ours: Availability) {
    for (system, platform) in SYSTEMS {
        let get = |property: &[&str]| inherited(places, system, property);
        let is = |property: &[&str]| get(property) == Some("true");
        let theirs = get(&["introduced"]).and_then(version);
        let found: Option<Since> = ours.on(platform);
        assert_eq!(found.map(|since| since.version), theirs, "{name} on {system}");
        let Some(since) = found else { continue };
        assert_eq!(since.deprecated, get(&["deprecated"]).and_then(version), "{name} on {system}");
        assert_eq!(since.supervised, is(&["supervised"]), "{name} on {system}");
        assert_eq!(since.ade, is(&["requiresdep"]), "{name} on {system}");
        if system == "iOS" {
            let channel = if is(&["sharedipad", "devicechannel"]) { Channel::Device } else { Channel::User };
            assert_eq!(ours.channel, channel, "{name}");
            // Apple's file allows it anywhere, and says in prose that it works on Shared iPad alone.
            if name != "UserConfigured" {
                let required = get(&["sharedipad", "mode"]) == Some("required");
                assert_eq!(ours.shared_ipad == SharedIpadUse::Required, required, "{name}");
            }
        }
    }
}

const FILES: [(&str, &str); 7] = [
    ("AccountConfiguration", "account.configuration"),
    ("DeviceConfigured", "device.configured"),
    ("EraseDevice", "device.erase"),
    ("InstallProfile", "profile.install"),
    ("RefreshCellularPlans", "device.esim"),
    ("Settings", "settings"),
    ("UserConfigured", "user.configured"),
];

/// CEL-1, SHI-17: systems and versions are Apple's.
#[test]
fn availability_is_apples() {
    let mut items = BTreeSet::new();
    for (_, command) in commands() {
        let (_, file) = FILES.iter().find(|(name, _)| *name == command.request_type()).unwrap();
        let yaml = schema(file);
        let payload = yaml.get("payload").unwrap();
        assert_eq!(payload.text("requesttype"), Some(command.request_type()));
        compare(command.request_type(), &[payload], command.availability());
        if let Command::Settings(settings) = &command {
            for item in settings {
                let name = item.item();
                let theirs = yaml.list("payloadkeys")[0].list("subkeys");
                let theirs = theirs.iter().find(|key| key.text("key") == Some(name)).unwrap();
                compare(name, &[payload, theirs], item.availability());
                items.insert(name);
            }
        }
    }
    let theirs = schema("settings");
    let theirs = theirs.list("payloadkeys")[0].list("subkeys").iter().filter_map(|item| item.text("key"));
    let left: Vec<&str> = theirs.filter(|item| !items.contains(item)).collect();
    assert_eq!(left, NOT_COVERED);
}

/// The keys below a list of keys of Apple's, by path.
fn keys(found: &mut BTreeMap<String, (String, Vec<String>)>, before: &str, list: &[Yaml]) {
    for key in list {
        let path = format!("{before}{}", key.text("key").unwrap());
        let range = key.list("rangelist").iter().map(|value| match value {
            Yaml::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        });
        let kind = key.text("type").unwrap().trim_matches(['<', '>']).to_owned();
        // What an array holds has a name of its own in the files, and none in a property list.
        let inside = if kind == "array" {
            key.list("subkeys").iter().flat_map(|item| item.list("subkeys")).cloned().collect()
        } else {
            key.list("subkeys").to_vec()
        };
        keys(found, &format!("{path}."), &inside);
        found.insert(path, (kind, range.collect()));
    }
}

/// The keys of a value of ours, by path, with their types and values.
fn ours(found: &mut BTreeMap<String, BTreeSet<(String, String)>>, before: &str, value: &Value) {
    match value {
        Value::Dictionary(keys) => {
            for (key, value) in keys {
                let path = format!("{before}{key}");
                let (kind, text) = match value {
                    Value::Array(_) => ("array", String::new()),
                    Value::Dictionary(_) => ("dictionary", String::new()),
                    Value::Boolean(value) => ("boolean", value.to_string()),
                    Value::Data(_) => ("data", String::new()),
                    Value::Integer(value) => ("integer", value.to_string()),
                    Value::String(text) => ("string", text.clone()),
                    other => panic!("{other:?}"),
                };
                found.entry(path.clone()).or_default().insert((kind.into(), text));
                ours(found, &format!("{path}."), value);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| ours(found, before, value)),
        _ => {}
    }
}

fn same(
    theirs: &BTreeMap<String, (String, Vec<String>)>,
    ours: &BTreeMap<String, BTreeSet<(String, String)>>,
    left_out: &[(&str, &str)],
) {
    for (path, (kind, range)) in theirs {
        match ours.get(path) {
            Some(values) => {
                for (our_kind, value) in values {
                    assert_eq!(our_kind, kind, "{path}");
                    assert!(range.is_empty() || range.contains(value), "{path}: {value} is not in {range:?}");
                }
            }
            None => assert!(left_out.iter().any(|(left_out, _)| left_out == path), "{path} is Apple's and not ours"),
        }
    }
    for path in ours.keys().filter(|path| !theirs.contains_key(*path)) {
        assert!(OURS_ALONE.iter().any(|(alone, _)| alone == path), "{path} is ours and not Apple's");
    }
}

#[test]
fn keys_are_apples() {
    for (request_type, file) in FILES.into_iter().filter(|(name, _)| *name != "Settings") {
        let (mut theirs, mut written) = (BTreeMap::new(), BTreeMap::new());
        keys(&mut theirs, "", schema(file).list("payloadkeys"));
        for (_, command) in commands().iter().filter(|(_, command)| command.request_type() == request_type) {
            let mut keys = command.to_dictionary();
            assert_eq!(keys.remove("RequestType"), Some(Value::String(request_type.into())));
            ours(&mut written, "", &Value::Dictionary(keys));
        }
        same(&theirs, &written, &[]);
    }
    let (mut theirs, mut written) = (BTreeMap::new(), BTreeMap::new());
    for item in schema("settings").list("payloadkeys")[0].list("subkeys") {
        let name = item.text("key").unwrap();
        if !NOT_COVERED.contains(&name) {
            keys(&mut theirs, &format!("{name}."), item.list("subkeys"));
        }
    }
    // An array of texts has a name for its elements in the file, and none in a property list.
    for (_, command) in commands() {
        for item in command.to_dictionary().get("Settings").and_then(Value::as_array).into_iter().flatten() {
            let name = item.as_dictionary().unwrap().get("Item").and_then(Value::as_string).unwrap();
            ours(&mut written, &format!("{name}."), item);
        }
    }
    same(&theirs, &written, KEYS_NOT_COVERED);
}

#[test]
fn words_are_apples() {
    let mut theirs = BTreeMap::new();
    keys(&mut theirs, "", schema("device.erase").list("payloadkeys"));
    let ours: Vec<&str> = ObliterationBehavior::ALL.iter().map(|behavior| behavior.as_str()).collect();
    assert_eq!(theirs["ObliterationBehavior"].1, ours);
}

/// The version before this one.
fn before(version: OsVersion) -> OsVersion {
    match (version.minor(), version.patch()) {
        (0, 0) => OsVersion::new(version.major() - 1, 9, 0),
        (minor, 0) => OsVersion::new(version.major(), minor - 1, 9),
        (minor, patch) => OsVersion::new(version.major(), minor, patch - 1),
    }
}

/// Each key of `EraseDevice` is taken from the version on that Apple's file names, and is reported before, and on other systems.
#[test]
fn versions_of_erase_keys_are_apples() {
    let erase = |key: &str| -> Command {
        let back = ReturnToService::new();
        let command: EraseDevice = match key {
            "PIN" => EraseMac::new().pin("123456".parse().unwrap()).into(),
            "ObliterationBehavior" => EraseMac::new().obliteration(ObliterationBehavior::Always).into(),
            "PreserveDataPlan" => EraseMobile::new().preserve_data_plan(true).into(),
            "DisallowProximitySetup" => EraseMobile::new().disallow_proximity_setup(true).into(),
            "ReturnToService" => EraseMobile::new().return_to_service(back).into(),
            "ReturnToService.BootstrapToken" => {
                EraseMobile::new().return_to_service(back.bootstrap_token(*b"token")).into()
            }
            other => panic!("{other}"),
        };
        Command::EraseDevice(command)
    };
    let yaml = schema("device.erase");
    let payload = yaml.get("payload").unwrap();
    let mut checked = 0;
    for key in yaml.list("payloadkeys") {
        let name = key.text("key").unwrap();
        let token = key.list("subkeys").iter().find(|key| key.text("key") == Some("BootstrapToken"));
        let mut paths = vec![(name.to_owned(), vec![payload, key])];
        paths.extend(token.map(|token| (format!("{name}.BootstrapToken"), vec![payload, key, token])));
        for (path, places) in paths {
            for (system, kind) in [
                ("iOS", DeviceType::Iphone),
                ("iOS", DeviceType::Ipad),
                ("macOS", DeviceType::Mac),
                ("tvOS", DeviceType::AppleTv),
                ("visionOS", DeviceType::Vision),
            ] {
                let reported = |version: OsVersion| {
                    let device = EnrolledDevice::new("C02T0HL0GGC0".parse().unwrap(), kind, version);
                    let violations = erase(&path).check(&device);
                    violations.iter().any(|violation| path.starts_with(violation.path()))
                };
                let since = inherited(&places, system, &["introduced"]).and_then(version);
                match since {
                    Some(since) => {
                        assert!(!reported(since), "{path} on {system} {since}");
                        let earlier = before(since);
                        let exists = inherited(&[payload], system, &["introduced"]).and_then(version).unwrap();
                        assert!(earlier < exists || reported(earlier), "{path} on {system} {earlier}");
                    }
                    None => assert!(reported(OsVersion::new(27, 0, 0)), "{path} on {system}"),
                }
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 30);
}

/// SCR-1: the keys of earlier macOS, by version.
#[test]
fn setup_assistant_keys_are_apples() {
    let yaml = schema("com.apple.SetupAssistant.managed");
    let payload = yaml.get("payload").unwrap();
    let all = SetupAssistantPayload::new(SkipKey::ALL.iter().cloned(), "com.example.setup", ["a", "b"]);
    let written = |platform: Platform, version: OsVersion| -> BTreeSet<String> {
        let Some(xml) = all.to_mobileconfig(Target::new(platform, version)) else { return BTreeSet::new() };
        let read = property_list::read(xml.expose_secret()).unwrap();
        let content = read.as_dictionary().unwrap().get("PayloadContent").unwrap().as_array().unwrap().clone();
        let keys = content[0].as_dictionary().unwrap().keys().filter(|key| key.starts_with("Skip"));
        keys.cloned().collect()
    };
    let mut listed = BTreeSet::new();
    for key in yaml.list("payloadkeys") {
        let name = key.text("key").unwrap();
        listed.insert(name.to_owned());
        for (system, platform) in [("iOS", Platform::Ios), ("iOS", Platform::IpadOs), ("macOS", Platform::MacOs)] {
            let places = [payload, key];
            match inherited(&places, system, &["introduced"]).and_then(version) {
                Some(since) => {
                    assert!(written(platform, since).contains(name), "{name} on {platform} {since}");
                    assert!(!written(platform, before(since)).contains(name), "{name} before {platform} {since}");
                }
                None => assert!(!written(platform, OsVersion::new(26, 0, 0)).contains(name), "{name} on {platform}"),
            }
            if let Some(deprecated) = inherited(&places, system, &["deprecated"]).and_then(version) {
                assert!(!written(platform, deprecated).contains(name), "{name} on {platform} {deprecated}");
                assert!(written(platform, before(deprecated)).contains(name), "{name} before {deprecated}");
            }
        }
    }
    let ours: BTreeSet<String> =
        [14, 15].iter().flat_map(|major| written(Platform::MacOs, OsVersion::new(*major, 6, 0))).collect();
    assert_eq!(ours, listed);
}

/// The check-in ReturnToService has the keys of the command's dictionary.
#[test]
fn the_reply_has_apples_keys() {
    let yaml = schema("returntoservice");
    let (mut theirs, mut written) = (BTreeMap::new(), BTreeMap::new());
    keys(&mut theirs, "", yaml.list("responsekeys"));
    let back = ReturnToService::new().wifi_profile(*b"a").mdm_profile(*b"b").bootstrap_token(*b"c");
    let xml = apple_ade::return_to_service::ReturnReply::Return(back).to_xml();
    ours(&mut written, "", &property_list::read(xml.expose_secret()).unwrap());
    same(&theirs, &written, &[]);
    assert_eq!(theirs.len(), 5);
}

/// A command that is not for the system, too new, or for other devices.
#[test]
fn what_a_device_does_not_take_is_reported() {
    let device =
        |kind, version: &str| EnrolledDevice::new("C02T0HL0GGC0".parse().unwrap(), kind, version.parse().unwrap());
    let rules = |command: &Command, device: &EnrolledDevice| -> Vec<Rule> {
        command.check(device).iter().map(apple_ade::judgement::Violation::rule).collect()
    };
    let settings = |item| Command::Settings(vec![item]);
    let configured = Command::DeviceConfigured;
    let mac = device(DeviceType::Mac, "15.0").awaiting();
    assert_eq!(rules(&configured, &mac), []);
    assert_eq!(rules(&configured, &device(DeviceType::Mac, "15.0")), [Rule::COMMAND_NOT_AWAITING]);
    assert_eq!(rules(&configured, &mac.clone().enrolled_otherwise()), [Rule::COMMAND_NOT_ADE]);
    assert_eq!(rules(&configured, &device(DeviceType::Mac, "10.10").awaiting()), [Rule::COMMAND_TOO_NEW]);
    let ipad = device(DeviceType::Ipad, "17.0");
    assert_eq!(rules(&configured, &ipad.clone().awaiting().supervised(false)), [Rule::COMMAND_UNSUPERVISED]);
    let analytics = settings(SettingsItem::AppAnalytics(true));
    assert_eq!(rules(&analytics, &ipad.clone().shared_ipad(false)), [Rule::COMMAND_NOT_SHARED_IPAD]);
    assert_eq!(rules(&analytics, &ipad), []);
    assert_eq!(rules(&analytics, &mac), [Rule::COMMAND_NOT_ON_SYSTEM]);
    assert_eq!(rules(&Command::Settings(Vec::new()), &ipad), [Rule::COMMAND_SETTINGS_EMPTY]);
    let find = |name: &str| commands().into_iter().find(|(found, _)| *found == name).unwrap().1;
    assert_eq!(rules(&find("account_configuration"), &ipad), [Rule::COMMAND_NOT_ON_SYSTEM]);
    let old = rules(&find("account_configuration"), &device(DeviceType::Mac, "10.14").awaiting());
    assert_eq!(old, [Rule::COMMAND_KEY_TOO_NEW; 4]);
    let accounts = apple_ade::command::CreateAccounts::new(match find("account_configuration") {
        Command::AccountConfiguration(accounts) => accounts.accounts().clone(),
        other => panic!("{other:?}"),
    });
    assert_eq!(rules(&Command::AccountConfiguration(accounts), &mac), [Rule::ADMIN_WITHOUT_PASSWORD]);
}

/// SHI-17: the number of users while the device awaits its configuration, the grace before there is a passcode.
#[test]
fn shared_ipad_settings_have_their_time() {
    let device = |version: &str| {
        EnrolledDevice::new("DMPC0000ABCD".parse().unwrap(), DeviceType::Ipad, version.parse().unwrap())
    };
    let rules = |name: &str, device: &EnrolledDevice| -> Vec<Rule> {
        let command = commands().into_iter().find(|(found, _)| *found == name).unwrap().1;
        command.check(device).iter().map(apple_ade::judgement::Violation::rule).collect()
    };
    assert_eq!(rules("settings_shared", &device("17.4").awaiting()), []);
    assert_eq!(rules("settings_shared", &device("17.4")), [Rule::RESIDENT_USERS_LATE]);
    assert_eq!(rules("settings_shared", &device("17.4").awaiting().passcode(true)), [Rule::GRACE_AFTER_PASSCODE]);
    assert_eq!(rules("settings_guests", &device("17.4").passcode(true)), []);
    assert_eq!(rules("settings_guests", &device("14.4")), [Rule::COMMAND_KEY_TOO_NEW; 3]);
    assert_eq!(rules("settings_legacy", &device("12.0").awaiting()), []);
    assert_eq!(rules("settings_legacy", &device("12.0")), [Rule::COMMAND_NOT_AWAITING]);
    assert_eq!(rules("settings_legacy", &device("12.0").awaiting().passcode(true)), [Rule::GRACE_AFTER_PASSCODE]);
    assert_eq!(rules("settings_legacy", &device("13.4").awaiting()), [Rule::COMMAND_DEPRECATED]);
    assert_eq!(rules("settings_legacy", &device("17.0").awaiting()), [Rule::COMMAND_DEPRECATED; 2]);
}

#[test]
fn an_erase_says_what_may_not_stand_together() {
    let erase = |erase: EraseMobile, version: &str, shared: bool| -> Vec<Rule> {
        let device = EnrolledDevice::new("DMPC0000ABCD".parse().unwrap(), DeviceType::Ipad, version.parse().unwrap());
        let violations = Command::EraseDevice(erase.into()).check(&device.shared_ipad(shared));
        violations.iter().map(apple_ade::judgement::Violation::rule).collect()
    };
    let proximity = || EraseMobile::new().disallow_proximity_setup(true);
    assert_eq!(erase(proximity().preserve_data_plan(true), "13.7", false), [Rule::ERASE_PROXIMITY_ALONE]);
    assert_eq!(erase(proximity().preserve_data_plan(true), "14.0", false), []);
    assert_eq!(erase(proximity(), "13.7", false), []);
    assert_eq!(erase(proximity(), "17.0", true), [Rule::ERASE_PROXIMITY_SHARED_IPAD]);
}

/// Codes are stable and in order, and each rule says what it is and where it is from.
#[test]
fn rules_have_codes_of_their_own() {
    let rules = apple_ade::command::RULES;
    assert!(rules.is_sorted() && rules.iter().map(|rule| rule.code()).collect::<BTreeSet<_>>().len() == rules.len());
    for rule in rules {
        assert!(rule.code().starts_with("ADE-C") && !rule.sources().is_empty() && !rule.why().is_empty(), "{rule}");
        assert!(!Rule::ALL.contains(rule), "{rule} is one on profiles, too");
    }
}
