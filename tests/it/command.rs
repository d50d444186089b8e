//! Commands are the property lists that Python's plistlib makes of what Apple documents, byte by byte.

use apple_ade::command::{
    Command, CreateAccounts, EraseDevice, EraseMac, EraseMobile, InstallProfile, Iterations, ObliterationBehavior,
    PasswordHash, ReturnToService, SettingsItem, SetupAssistantPayload,
};
use apple_ade::id::CommandUuid;
use apple_ade::profile::CellularPlan;
use apple_ade::profile::account::{AccountConfiguration, AdminAccount, Prefill, PrimaryAccount};
use apple_ade::property_list;
use apple_ade::return_to_service::ReturnReply;
use apple_ade::secret::SecretString;
use apple_ade::setup_assistant::SkipKey;
use apple_ade::shared_ipad::{
    AutoLock, DefaultDomains, GracePeriod, IdleTimeout, LegacySetting, OnlineGrace, Quota, ResidentUsers, SharedIpad,
};
use plist::Value;

use crate::fixture;

pub(crate) const UUID: &str = "0A1B2C3D-1111-4222-8333-444455556666";

fn uuid() -> CommandUuid {
    UUID.parse().unwrap()
}

pub(crate) fn hash(password: &str, salt: [u8; 32], iterations: u32) -> PasswordHash {
    PasswordHash::new(&SecretString::new(password), salt, Iterations::new(iterations).unwrap()).unwrap()
}

fn ascending() -> [u8; 32] {
    std::array::from_fn(|at| u8::try_from(at).unwrap())
}

/// Each command with everything that it can say, by the name of its fixture.
pub(crate) fn commands() -> Vec<(&'static str, Command)> {
    commands_with(1000)
}

/// The same with a password hash of so many iterations, which take their time.
fn commands_with(iterations: u32) -> Vec<(&'static str, Command)> {
    let timeout = |seconds| IdleTimeout::after_seconds(seconds).unwrap();
    let accounts = SharedIpad::accounts(ResidentUsers::new(10).unwrap())
        .user_session_timeout(timeout(300))
        .temporary_session_timeout_beside_accounts(IdleTimeout::Never)
        .default_domains(DefaultDomains::new(["example.com", "school.example.org"]).unwrap())
        .online_grace(OnlineGrace::from_days(7))
        .skip_language_and_locale(true)
        .await_user_configuration(true)
        .passcode_grace(GracePeriod::OneMinute)
        .auto_lock(AutoLock::after_seconds(120).unwrap());
    let guests =
        SharedIpad::guests_only().quota(Quota::from_megabytes(2048).unwrap()).temporary_session_timeout(timeout(30));
    let shared = |item| Command::Settings(vec![SettingsItem::SharedDevice(item)]);
    let legacy = [
        LegacySetting::MaximumResidentUsers { users: ResidentUsers::MOST },
        LegacySetting::PasscodeLockGracePeriod { period: GracePeriod::FourHours },
    ];
    let rest = vec![
        SettingsItem::DeviceName("Anna & Bert's <iPad> é".parse().unwrap()),
        SettingsItem::HostName("mac-1".parse().unwrap()),
        SettingsItem::DiagnosticSubmission(false),
        SettingsItem::AppAnalytics(true),
        SettingsItem::ActivationLockAllowed(true),
    ];
    let admin = AdminAccount::new("localadmin".parse().unwrap()).full_name("Local Admin".parse().unwrap()).hidden(true);
    let prefill = Prefill::names("Anna Berg".parse().unwrap(), "aberg".parse().unwrap()).locked(true);
    let both = AccountConfiguration::admin_and_regular_user(admin, PrimaryAccount::Prefilled(prefill))
        .managed_local_user("aberg".parse().unwrap());
    let alone = AccountConfiguration::admin_only(AdminAccount::new("admin".parse().unwrap()));
    let asked = AccountConfiguration::primary(PrimaryAccount::NotPrefilled);
    let with = |accounts, hash| Command::AccountConfiguration(CreateAccounts::with_password(accounts, hash).unwrap());
    let back = ReturnToService::new()
        .wifi_profile(b"<wifi>".repeat(30))
        .mdm_profile(*b"<mdm/>")
        .bootstrap_token(*b"token")
        .retry_enrollment(true);
    let mobile = EraseMobile::new().preserve_data_plan(true).disallow_proximity_setup(true).return_to_service(back);
    let mac = EraseMac::new().pin("123456".parse().unwrap()).obliteration(ObliterationBehavior::DoNotObliterate);
    let payload: Vec<u8> = (0..200).collect();
    vec![
        ("device_configured", Command::DeviceConfigured),
        ("user_configured", Command::UserConfigured),
        ("settings_shared", shared(accounts.shared_device_configuration())),
        ("settings_guests", shared(guests.shared_device_configuration())),
        ("settings_legacy", Command::Settings(legacy.map(SettingsItem::Legacy).into())),
        ("settings_rest", Command::Settings(rest)),
        ("account_configuration", with(both, hash("pass & wörd", ascending(), iterations))),
        ("account_configuration_admin", with(alone, hash("x", [0xFF; 32], 1000))),
        ("account_configuration_asked", Command::AccountConfiguration(CreateAccounts::new(asked))),
        (
            "refresh_cellular_plans",
            Command::RefreshCellularPlans(CellularPlan::new("https://esim.carrier.example.com/a?b=1&c=2").unwrap()),
        ),
        ("erase_device", Command::EraseDevice(EraseDevice::from(mobile))),
        ("erase_mac", Command::EraseDevice(EraseDevice::from(mac))),
        ("install_profile", Command::InstallProfile(InstallProfile::new("com.example.a", payload).unwrap())),
    ]
}

/// SHI-7, SHI-9, SHI-10, SHI-11, SHI-13, SHI-14, NAM-2, CEL-2, CEL-3, CEL-4: what the settings say is what goes out.
#[test]
fn commands_are_what_plistlib_writes() {
    for (name, command) in commands_with(70_000) {
        let expected = fixture::text(&format!("commands/{name}.plist"));
        let written = String::from_utf8(command.to_xml(&uuid()).expose_secret().to_vec()).unwrap();
        assert_eq!(written, expected, "{name}");
        // And once more, which is the same.
        assert_eq!(command.to_xml(&uuid()).expose_secret(), expected.as_bytes(), "{name}");
        let read = property_list::read(expected.as_bytes()).unwrap();
        assert_eq!(read, command.to_value(&uuid()), "{name}");
        let bare = read.as_dictionary().and_then(|keys| keys.get("Command")).cloned();
        assert_eq!(bare, Some(Value::Dictionary(command.to_dictionary())), "{name}");
    }
}

#[test]
fn every_fixture_is_compared() {
    let mut written: Vec<String> = commands().iter().map(|(name, _)| format!("{name}.plist")).collect();
    written.extend(["return_reply.plist".into(), "return_stay.plist".into()]);
    written.sort();
    assert_eq!(fixture::names("commands", ".plist"), written);
}

/// SCR-1: what the enrollment profile leaves out, the payload leaves out.
#[test]
fn setup_assistant_payloads_are_what_plistlib_writes() {
    let uuids = [UUID.to_owned(), UUID.replace("6666", "7777")];
    let keys = [SkipKey::Wallpaper, SkipKey::Tos, SkipKey::Siri, SkipKey::AppleId];
    let payload = SetupAssistantPayload::new(keys, "com.example.setup", uuids);
    for (target, name) in
        [("ios:14.0", "items"), ("ipados:26.1", "items"), ("macos:15.0", "items"), ("macos:14.0", "macos")]
    {
        let written = payload.to_mobileconfig(target.parse().unwrap()).unwrap();
        let expected = fixture::bytes(&format!("commands/setup_assistant_{name}.mobileconfig"));
        assert_eq!(written.expose_secret(), expected, "{target}");
        let install = payload.install(target.parse().unwrap()).unwrap().unwrap();
        let command = Command::InstallProfile(install).to_dictionary();
        assert_eq!(command.get("Payload").and_then(Value::as_data), Some(&*expected), "{target}");
    }
    for target in ["ios:13.7", "tvos:18.0", "visionos:26.0", "macos:10.11"] {
        assert!(payload.to_mobileconfig(target.parse().unwrap()).is_none(), "{target}");
    }
    // Only Siri's pane had a key of its own, and on macOS 10.12 the other had none.
    let uuids = [UUID, UUID];
    let terms = SetupAssistantPayload::new([SkipKey::Tos], "com.example.setup", uuids);
    assert!(terms.to_mobileconfig("macos:14.5".parse().unwrap()).is_none());
}

#[test]
fn replies_are_what_plistlib_writes() {
    let back = ReturnToService::new().wifi_profile(b"<wifi>".repeat(30)).bootstrap_token(*b"token");
    let reply = ReturnReply::ReturnWithDataPlan(back).to_xml();
    assert_eq!(reply.expose_secret(), fixture::bytes("commands/return_reply.plist"));
    assert_eq!(ReturnReply::Stay.to_xml().expose_secret(), fixture::bytes("commands/return_stay.plist"));
}

/// The entropy of a hash, by openssl.
#[test]
fn password_hashes_are_those_of_openssl() {
    for (password, salt, iterations) in [
        ("hunter2", [1_u8; 32], 1000_u32),
        (
            "a long password, longer than the block of SHA-512 has bytes: 128. It takes a hash first, by RFC 2104, and then goes on",
            ascending(),
            1234,
        ),
    ] {
        let hex = salt.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let (pass, salted, iter) = (format!("pass:{password}"), format!("hexsalt:{hex}"), format!("iter:{iterations}"));
        let arguments = [
            "kdf",
            "-keylen",
            "128",
            "-kdfopt",
            "digest:SHA512",
            "-kdfopt",
            &pass,
            "-kdfopt",
            &salted,
            "-kdfopt",
            &iter,
            "-binary",
            "PBKDF2",
        ];
        let Some(expected) = fixture::openssl(&arguments, b"") else { return };
        let hash = hash(password, salt, iterations);
        let list = property_list::read(hash.expose_secret()).unwrap();
        let inside = list.as_dictionary().unwrap().get("SALTED-SHA512-PBKDF2").unwrap().as_dictionary().unwrap();
        assert_eq!(inside.get("entropy").and_then(Value::as_data), Some(&*expected));
        assert_eq!(inside.get("salt").and_then(Value::as_data), Some(&salt[..]));
        assert_eq!(inside.get("iterations").and_then(Value::as_unsigned_integer), Some(iterations.into()));
    }
}

#[test]
fn what_makes_no_command_is_refused() {
    assert!(PasswordHash::new(&SecretString::new(""), [0; 32], Iterations::default()).is_err());
    assert!(Iterations::new(999).is_err() && Iterations::new(1000).is_ok());
    assert!(Iterations::new(10_000_001).is_err() && Iterations::new(10_000_000).is_ok());
    let nobody = AccountConfiguration::primary(PrimaryAccount::Asked);
    let error = CreateAccounts::with_password(nobody, hash("x", [0; 32], 1000)).unwrap_err();
    assert!(error.to_string().contains("no administrator's account"), "{error}");
    assert!(InstallProfile::new(" ", *b"x").is_err() && InstallProfile::new("a", *b"").is_err());
    assert!("12345".parse::<apple_ade::command::ErasePin>().is_err());
    assert!("12345é".parse::<apple_ade::command::ErasePin>().is_err());
}

/// What XML cannot hold is left out; a carriage return, which a parser would make a line break of, is not.
#[test]
fn odd_texts_can_be_read_again() {
    for (text, expected) in [("a\rb\u{1}c\u{FFFF}d", "a\rbcd"), ("]]>&#x;<a>", "]]>&#x;<a>"), (" \t ", " \t ")] {
        let uuid = "x".parse::<CommandUuid>().unwrap();
        let install = SetupAssistantPayload::new([SkipKey::from(text)], "a", [UUID, UUID]);
        let xml = install.to_mobileconfig("ios:17.0".parse().unwrap()).unwrap();
        let read = property_list::read(xml.expose_secret()).unwrap();
        let payload = &read.as_dictionary().unwrap().get("PayloadContent").unwrap().as_array().unwrap()[0];
        let items = payload.as_dictionary().unwrap().get("SkipSetupItems").unwrap().as_array().unwrap();
        assert_eq!(items[0].as_string(), Some(expected), "{uuid}");
    }
}

#[test]
fn nothing_secret_is_printed() {
    let back = ReturnToService::new().wifi_profile(*b"PLANTED").mdm_profile(*b"PLANTED").bootstrap_token(*b"PLANTED");
    let mac = EraseMac::new().pin("PLANT1".parse().unwrap());
    let commands = [
        Command::EraseDevice(EraseMobile::new().return_to_service(back).into()),
        Command::EraseDevice(mac.into()),
        Command::InstallProfile(InstallProfile::new("a", *b"PLANTED").unwrap()),
    ];
    let printed = format!("{commands:?} {:?}", hash("PLANTED", [0; 32], 1000));
    assert!(!printed.contains("PLANT") && !printed.contains("80, 76, 65, 78"), "{printed}");
}
