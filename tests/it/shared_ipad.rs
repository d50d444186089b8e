//! Shared iPad: what can be said, what is sent, and since when. What does not compile is in the docs of the types.

use apple_ade::os::OsVersion;
use apple_ade::shared_ipad::{
    AutoLock, DefaultDomains, DomainError, GracePeriod, IdleTimeout, OnlineGrace, PasscodeGrace, Quota, ResidentUsers,
    SharedIpad, Storage, users_that_fit,
};
use proptest::prelude::*;

use crate::{apple_schema, fixture};

fn after(seconds: u32) -> IdleTimeout {
    IdleTimeout::after_seconds(seconds).unwrap()
}

/// Everything that can be said of accounts.
fn full() -> SharedIpad {
    SharedIpad::accounts(ResidentUsers::new(12).unwrap())
        .user_session_timeout(after(30))
        .temporary_session_timeout_beside_accounts(IdleTimeout::Never)
        .passcode_grace(PasscodeGrace::from_seconds(3599).unwrap())
        .default_domains(DefaultDomains::new(["school.example", "a.school.example"]).unwrap())
        .online_grace(OnlineGrace::EVERY_SIGN_IN)
        .auto_lock(AutoLock::after_seconds(120).unwrap())
        .skip_language_and_locale(true)
        .await_user_configuration(false)
        .into()
}

/// Everything that can be said of guests.
fn guests() -> SharedIpad {
    SharedIpad::guests_only()
        .quota(Quota::from_megabytes(1).unwrap())
        .temporary_session_timeout(after(600))
        .auto_lock(AutoLock::after_seconds(300).unwrap())
        .skip_language_and_locale(false)
        .await_user_configuration(true)
        .into()
}

/// SHI-5, SHI-11, SHI-13, AFF-17.
#[test]
fn accounts_or_guests() {
    let quota: SharedIpad = SharedIpad::accounts_with_quota(Quota::from_megabytes(4096).unwrap()).into();
    let default: SharedIpad = SharedIpad::accounts_by_default().into();
    let only: SharedIpad = SharedIpad::guests_only().into();
    for (ipad, own, sent) in [
        (
            full(),
            r#"{"accounts":{"storage":{"resident_users":12},"user_session_timeout":30,"temporary_session_timeout":0,"passcode_grace":3599,"default_domains":["school.example","a.school.example"],"online_grace":0,"auto_lock":120,"skip_language_and_locale":true,"await_user_configuration":false}}"#,
            r#"{"Item":"SharedDeviceConfiguration","ResidentUsers":12,"UserSessionTimeout":30,"TemporarySessionTimeout":0,"ManagedAppleIDDefaultDomains":["school.example","a.school.example"],"OnlineAuthenticationGracePeriod":0,"SkipLanguageAndLocaleSetupForNewUsers":true,"AwaitUserConfiguration":{"Enabled":false},"PasscodePolicy":{"PasscodeLockGracePeriod":900,"AutoLockTime":120}}"#,
        ),
        (
            guests(),
            r#"{"guests_only":{"quota":1,"temporary_session_timeout":600,"auto_lock":300,"skip_language_and_locale":false,"await_user_configuration":true}}"#,
            r#"{"Item":"SharedDeviceConfiguration","QuotaSize":1,"TemporarySessionTimeout":600,"TemporarySessionOnly":true,"SkipLanguageAndLocaleSetupForNewUsers":false,"AwaitUserConfiguration":{"Enabled":true},"PasscodePolicy":{"AutoLockTime":300}}"#,
        ),
        (
            quota,
            r#"{"accounts":{"storage":{"quota":4096}}}"#,
            r#"{"Item":"SharedDeviceConfiguration","QuotaSize":4096}"#,
        ),
        (default, r#"{"accounts":{}}"#, r#"{"Item":"SharedDeviceConfiguration"}"#),
        (only, r#"{"guests_only":{}}"#, r#"{"Item":"SharedDeviceConfiguration","TemporarySessionOnly":true}"#),
    ] {
        assert_eq!(serde_json::to_string(&ipad).unwrap(), own);
        assert_eq!(serde_json::from_str::<SharedIpad>(own).unwrap(), ipad);
        assert_eq!(serde_json::to_string(&ipad.shared_device_configuration()).unwrap(), sent);
        // As the command will carry it.
        let mut xml = Vec::new();
        plist::to_writer_xml(&mut xml, &ipad.shared_device_configuration()).unwrap();
        let read: serde_json::Value = plist::from_bytes(&xml).unwrap();
        assert_eq!(read, serde_json::from_str::<serde_json::Value>(sent).unwrap());
    }
}

/// SHI-12, SHI-14: JSON has no more ways than the types.
#[test]
fn what_cannot_be_written_cannot_be_read() {
    for json in [
        r#"{"guests_only":{"passcode_grace":60}}"#,
        r#"{"guests_only":{"user_session_timeout":60}}"#,
        r#"{"guests_only":{"storage":{"resident_users":2}}}"#,
        r#"{"guests_only":{"default_domains":["a.example"]}}"#,
        r#"{"guests_only":{"online_grace":1}}"#,
        r#"{"accounts":{},"guests_only":{}}"#,
        r#"{"accounts":{"quota":1}}"#,
        r#"{"accounts":{"storage":{"quota":1,"resident_users":2}}}"#,
        r#"{"accounts":{"storage":{"resident_users":25}}}"#,
        r#"{"accounts":{"storage":{"resident_users":0}}}"#,
        r#"{"accounts":{"storage":{"quota":0}}}"#,
        r#"{"accounts":{"user_session_timeout":29}}"#,
        r#"{"accounts":{"user_session_timeout":-1}}"#,
        r#"{"accounts":{"passcode_grace":14401}}"#,
        r#"{"accounts":{"auto_lock":119}}"#,
        r#"{"accounts":{"default_domains":[]}}"#,
        r#"{"accounts":{"default_domains":["school"]}}"#,
        r#"{"accounts":{"online_grace":4294967296}}"#,
    ] {
        assert!(serde_json::from_str::<SharedIpad>(json).is_err(), "{json}");
    }
}

/// SHI-7, SHI-10, X-22.
#[test]
fn numbers_have_bounds() {
    for (error, nearest, text) in [
        (
            ResidentUsers::new(0).unwrap_err(),
            1,
            "the number of resident users is 0, and has to be 1 to 24; the nearest is 1",
        ),
        (
            ResidentUsers::new(25).unwrap_err(),
            24,
            "the number of resident users is 25, and has to be 1 to 24; the nearest is 24",
        ),
        (Quota::from_megabytes(0).unwrap_err(), 1, "the quota is 0 MB, and has to be at least 1; the nearest is 1"),
        (
            IdleTimeout::after_seconds(0).unwrap_err(),
            30,
            "the idle time-out is 0 seconds, and has to be at least 30, or never; the nearest is 30",
        ),
        (
            IdleTimeout::from_seconds(29).unwrap_err(),
            30,
            "the idle time-out is 29 seconds, and has to be at least 30, or never; the nearest is 30",
        ),
        (
            PasscodeGrace::from_seconds(u32::MAX).unwrap_err(),
            14_400,
            "the passcode grace is 4294967295 seconds, and has to be 0 to 14400; the nearest is 14400",
        ),
        (
            AutoLock::after_seconds(119).unwrap_err(),
            120,
            "the auto-lock time is 119 seconds, and has to be at least 120; the nearest is 120",
        ),
    ] {
        assert_eq!((error.nearest(), error.to_string().as_str()), (nearest, text));
    }
    assert_eq!(ResidentUsers::new(24), Ok(ResidentUsers::MOST));
    assert_eq!(ResidentUsers::DEVICE_DEFAULT.get(), 10);
    assert_eq!((IdleTimeout::from_seconds(0), IdleTimeout::Never.seconds()), (Ok(IdleTimeout::Never), 0));
    assert_eq!(u32::from(Quota::from_megabytes(u32::MAX).unwrap()), u32::MAX);
}

/// Apple's schema has each key, with the version that is said here.
#[test]
fn versions_are_apple_s() {
    let yaml = fixture::text("apple/settings.yaml");
    let mut keys = 0;
    for ipad in [full(), SharedIpad::accounts_with_quota(Quota::from_megabytes(9).unwrap()).into(), guests()] {
        for setting in ipad.settings() {
            // What Apple's prose says of guests is not in the schema.
            if (setting.key, matches!(ipad, SharedIpad::GuestsOnly(_))) == ("QuotaSize", true) {
                assert_eq!(setting.since, OsVersion::new(17, 0, 0));
                continue;
            }
            let path: Vec<&str> = ["SharedDeviceConfiguration"].into_iter().chain(setting.key.split('.')).collect();
            assert_eq!(setting.since.to_string(), apple_schema::introduced(&yaml, &path, "iOS"), "{path:?}");
            keys += 1;
        }
    }
    assert_eq!(keys, 9 + 1 + 5);
}

/// Apple's list of periods.
#[test]
fn periods_are_apple_s() {
    let yaml = fixture::text("apple/settings.yaml");
    let listed =
        apple_schema::range_list(&yaml, &["SharedDeviceConfiguration", "PasscodePolicy", "PasscodeLockGracePeriod"]);
    let ours: Vec<String> = GracePeriod::ALL.iter().map(|period| period.seconds().to_string()).collect();
    assert_eq!(ours, listed);
    assert_eq!(ours, apple_schema::range_list(&yaml, &["PasscodeLockGracePeriod", "PasscodeLockGracePeriod"]));
}

/// X-18: before `PasscodePolicy` and before `SharedDeviceConfiguration`.
#[test]
fn earlier_systems_have_items_of_their_own() {
    let users = r#"{"Item":"MaximumResidentUsers","MaximumResidentUsers":12}"#;
    let grace = r#"{"Item":"PasscodeLockGracePeriod","PasscodeLockGracePeriod":900}"#;
    let both = format!("[{users},{grace}]");
    for (version, expected) in [
        ("9.2", "[]"),
        ("9.3", &format!("[{users}]")),
        ("9.3.1", &format!("[{users}]")),
        ("9.3.2", &both),
        ("13.3.1", &both),
        ("13.4", &format!("[{grace}]")),
        ("16.7", &format!("[{grace}]")),
        ("17.0", "[]"),
    ] {
        let items = full().legacy_settings(version.parse().unwrap());
        assert_eq!(serde_json::to_string(&items).unwrap(), expected, "{version}");
    }
    assert!(guests().legacy_settings(OsVersion::new(13, 0, 0)).is_empty());
    assert!(SharedIpad::from(SharedIpad::accounts_by_default()).legacy_settings(OsVersion::new(13, 0, 0)).is_empty());
}

/// SHI-8, X-22.
#[test]
fn advice_follows_apple_s_figures() {
    for (storage, fits) in [
        (0, None),
        (31, None),
        (32, Some(14)),
        (64, Some(19)),
        (128, Some(51)),
        (256, Some(115)),
        (u32::MAX, Some(2_147_483_634)),
    ] {
        assert_eq!(users_that_fit(storage), fits, "{storage} GB");
    }
    let ipad = |users| SharedIpad::from(SharedIpad::accounts(ResidentUsers::new(users).unwrap()));
    for (users, storage, tight) in [(14, 32, false), (15, 32, true), (19, 64, false), (20, 64, true), (24, 128, false)]
    {
        let advice = ipad(users).advice(storage).unwrap();
        assert_eq!((advice.is_tight(), advice.users()), (tight, users), "{users} on {storage} GB");
        assert_eq!(advice.to_string().contains("the disk fills up"), tight);
        assert_eq!(advice.to_string().contains("waits for data at sign-in"), !tight);
        assert_eq!(Some(advice.fits()), users_that_fit(storage));
    }
    assert_eq!(ipad(10).advice(16), None);
    assert_eq!(SharedIpad::from(SharedIpad::accounts_by_default()).advice(32).map(|advice| advice.users()), Some(10));
    assert_eq!(guests().advice(32), None);
}

#[test]
fn domains_are_checked() {
    for (list, expected) in [
        (&[][..], "there is no domain; name at least one, or leave the list out"),
        (&["a.example", ""], "domain 2, \"\": it is empty; leave it out"),
        (&["a@b.example"], "domain 1, \"a@b.example\": leave out the @ and what stands before it"),
        (&["https://b.example"], "domain 1, \"https://b.example\": write the domain alone, without https://"),
        (&["bücher.example"], "domain 1, \"bücher.example\": write it in ASCII, as in xn--…"),
        (&["b.example."], "domain 1, \"b.example.\": leave out the dots at its ends and the second of two dots"),
        (&["b..example"], "domain 1, \"b..example\": leave out the dots at its ends and the second of two dots"),
        (&["b_c.example"], "domain 1, \"b_c.example\": it may have letters, digits, hyphens and dots alone"),
        (&[" b.example"], "domain 1, \" b.example\": it may have letters, digits, hyphens and dots alone"),
        (&["-b.example"], "domain 1, \"-b.example\": there is no hyphen beside a dot or at the ends"),
        (&["example"], "domain 1, \"example\": write the whole domain, as in school.example"),
        (&["192.0.2.1"], "domain 1, \"192.0.2.1\": write a domain name, and not an address"),
        (&["b.example", "B.example"], "domain 2, \"B.example\": it is named before; leave it out"),
    ] {
        assert_eq!(DefaultDomains::new(list.iter().copied()).unwrap_err().to_string(), expected);
    }
    let label = "a".repeat(63);
    let longest = [label.as_str(), &label, &label, &label[..61]].join(".");
    assert_eq!(longest.len(), 253);
    assert!(DefaultDomains::new([longest.clone()]).is_ok());
    for long in [format!("{longest}a"), format!("a{label}.example"), "a.".repeat(1_000_000)] {
        let error = DefaultDomains::new([long]).unwrap_err();
        assert!(matches!(error, DomainError::NoDomain { position: 1, .. }));
        assert!(error.to_string().len() < 200, "a message repeats no more than the beginning");
    }
    let four = DefaultDomains::new(["a.example", "b.example", "c.example", "xn--d-1ga.example"]).unwrap();
    assert!(four.picks_at_random() && four.as_slice().len() == 4);
}

/// SHI-9: the accessors that rules ask.
#[test]
fn accounts_tell_what_was_set() {
    let accounts = SharedIpad::accounts(ResidentUsers::MOST).passcode_grace(GracePeriod::FourHours);
    assert_eq!(accounts.storage(), Storage::ResidentUsers(ResidentUsers::MOST));
    assert_eq!(accounts.grace().map(PasscodeGrace::effective), Some(GracePeriod::FourHours));
    assert!(accounts.domains().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_grace_is_rounded_down(seconds in 0_u32..=14_400) {
        let grace = PasscodeGrace::from_seconds(seconds).unwrap();
        let effective = grace.effective().seconds();
        // Apple's list, in the schema of the command.
        let known = [0, 60, 300, 900, 3600, 14400];
        prop_assert_eq!(Some(&effective), known.iter().rfind(|known| **known <= seconds));
        prop_assert_eq!(grace.is_rounded(), !known.contains(&seconds));
        prop_assert_eq!(PasscodeGrace::from(grace.effective()).is_rounded(), false);
    }

    #[test]
    fn numbers_are_taken_or_corrected(number in prop_oneof![0_u32..200, any::<u32>()]) {
        let made = [
            ResidentUsers::new(number).map(u32::from),
            Quota::from_megabytes(number).map(u32::from),
            AutoLock::after_seconds(number).map(u32::from),
            IdleTimeout::from_seconds(number).map(u32::from),
            PasscodeGrace::from_seconds(number).map(u32::from),
        ];
        for (which, made) in made.into_iter().enumerate() {
            match made {
                Ok(kept) => prop_assert_eq!(kept, number),
                Err(error) => {
                    prop_assert_eq!(error.found(), number);
                    let nearest = error.nearest();
                    let again = match which {
                        0 => ResidentUsers::new(nearest).is_ok(),
                        1 => Quota::from_megabytes(nearest).is_ok(),
                        2 => AutoLock::after_seconds(nearest).is_ok(),
                        3 => IdleTimeout::from_seconds(nearest).is_ok(),
                        _ => PasscodeGrace::from_seconds(nearest).is_ok(),
                    };
                    prop_assert!(again);
                }
            }
        }
    }

    #[test]
    fn any_domain_is_answered(domain in "([a-z0-9.-]|.){0,40}") {
        if let Ok(domains) = DefaultDomains::new([domain.clone()]) {
            prop_assert!(domain.contains('.') && domain.is_ascii() && domain.len() <= 253);
            prop_assert!(domain.split('.').all(|label| (1..=63).contains(&label.len())));
            let json = serde_json::to_string(&domains).unwrap();
            prop_assert_eq!(serde_json::from_str::<DefaultDomains>(&json).unwrap(), domains);
        }
    }
}
