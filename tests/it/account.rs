//! The local accounts of a Mac. What does not compile is in the docs of the types.

use apple_ade::profile::account::{
    AccountConfiguration, AdminAccount, FullName, LocalAccounts, Prefill, PrimaryAccount, ShortName,
};
use proptest::prelude::*;

use crate::{apple_schema, fixture};

fn short(name: &str) -> ShortName {
    name.parse().unwrap()
}

fn admin() -> AdminAccount {
    AdminAccount::new(short("localadmin"))
}

fn prefill() -> Prefill {
    Prefill::names("Anna Berg".parse().unwrap(), short("aberg"))
}

/// Each way, with its JSON and the keys that are sent.
fn all() -> Vec<(AccountConfiguration, &'static str, &'static [&'static str])> {
    vec![
        (AccountConfiguration::primary(PrimaryAccount::Asked), r#"{"accounts":{"primary":"asked"}}"#, &[]),
        (
            AccountConfiguration::primary(PrimaryAccount::NotPrefilled),
            r#"{"accounts":{"primary":"not_prefilled"}}"#,
            &["DontAutoPopulatePrimaryAccountInfo"],
        ),
        (
            AccountConfiguration::primary(PrimaryAccount::Prefilled(Prefill::full_name("Anna Berg".parse().unwrap()))),
            r#"{"accounts":{"primary":{"prefilled":{"full_name":"Anna Berg","locked":false}}}}"#,
            &["PrimaryAccountFullName"],
        ),
        (
            AccountConfiguration::admin_and_primary(
                admin(),
                PrimaryAccount::Prefilled(Prefill::user_name(short("aberg")).locked(true)),
            ),
            r#"{"accounts":{"admin_and_primary":{"admin":{"short_name":"localadmin","hidden":false},"primary":{"prefilled":{"user_name":"aberg","locked":true}}}}}"#,
            &["PrimaryAccountUserName", "LockPrimaryAccountInfo", "AutoSetupAdminAccounts"],
        ),
        (
            AccountConfiguration::admin_and_regular_user(
                admin().full_name("Local Admin".parse().unwrap()).hidden(true),
                PrimaryAccount::Prefilled(prefill()),
            )
            .managed_local_user(short("localadmin")),
            r#"{"accounts":{"admin_and_regular_user":{"admin":{"short_name":"localadmin","full_name":"Local Admin","hidden":true},"primary":{"prefilled":{"full_name":"Anna Berg","user_name":"aberg","locked":false}}}},"managed_local_user":"localadmin"}"#,
            &[
                "SetPrimarySetupAccountAsRegularUser",
                "PrimaryAccountFullName",
                "PrimaryAccountUserName",
                "AutoSetupAdminAccounts",
                "ManagedLocalUserShortName",
            ],
        ),
        (
            AccountConfiguration::admin_only(admin()),
            r#"{"accounts":{"admin_only":{"short_name":"localadmin","hidden":false}}}"#,
            &["SkipPrimarySetupAccountCreation", "AutoSetupAdminAccounts"],
        ),
    ]
}

#[test]
fn they_are_written_and_read() {
    for (accounts, json, keys) in all() {
        assert_eq!(serde_json::to_string(&accounts).unwrap(), json);
        assert_eq!(serde_json::from_str::<AccountConfiguration>(json).unwrap(), accounts);
        assert_eq!(accounts.settings().iter().map(|setting| setting.key).collect::<Vec<_>>(), keys, "{json}");
        assert_eq!(accounts.admin().is_some(), json.contains("localadmin"), "{json}");
        assert_eq!(accounts.primary_account().is_none(), json.contains("admin_only"), "{json}");
    }
    let (all_said, ..) = all().swap_remove(4);
    let admin = all_said.admin().unwrap();
    assert_eq!((admin.short_name().as_str(), admin.is_hidden()), ("localadmin", true));
    assert_eq!(admin.stated_full_name().map(FullName::as_str), Some("Local Admin"));
    assert_eq!(all_said.managed_local_user_short_name(), Some(&short("localadmin")));
    let LocalAccounts::AdminAndRegularUser { primary: PrimaryAccount::Prefilled(prefill), .. } = all_said.accounts()
    else {
        panic!("{all_said:?}");
    };
    assert_eq!(prefill.stated_full_name().map(FullName::as_str), Some("Anna Berg"));
    assert_eq!(prefill.stated_user_name().map(ShortName::as_str), Some("aberg"));
    assert!(!prefill.is_locked() && prefill.clone().locked(true).is_locked());
}

/// Apple's schema has each key, with the version that is said here, in the same order.
#[test]
fn versions_are_apple_s() {
    let yaml = fixture::text("apple/account.configuration.yaml");
    for (accounts, json, _) in all() {
        let mut last = 0;
        for setting in accounts.settings() {
            assert_eq!(setting.since.to_string(), apple_schema::introduced(&yaml, &[setting.key], "macOS"), "{json}");
            let place = yaml.find(&format!("\n- key: {}\n", setting.key)).unwrap();
            assert!(place > last, "{json}: {}", setting.key);
            last = place;
        }
    }
    assert_eq!(AccountConfiguration::SINCE.to_string(), "10.11");
}

/// JSON has no more ways than the types.
#[test]
fn what_cannot_be_written_cannot_be_read() {
    for json in [
        "{}",
        r#"{"accounts":{"admin_only":{}}}"#,
        r#"{"accounts":{"admin_only":{"short_name":"Admin"}}}"#,
        r#"{"accounts":{"admin_only":{"short_name":"admin","password":"x"}}}"#,
        r#"{"accounts":{"admin_and_regular_user":{"primary":"asked"}}}"#,
        r#"{"accounts":{"admin_and_regular_user":{"admin":{"short_name":"a"},"primary":"asked","skip":true}}}"#,
        r#"{"accounts":{"primary":{"prefilled":{"locked":true}}}}"#,
        r#"{"accounts":{"primary":{"prefilled":{"full_name":" ","locked":true}}}}"#,
        r#"{"accounts":{"primary":{"asked":{"locked":true}}}}"#,
        r#"{"accounts":{"primary":"asked"},"managed_local_user":""}"#,
    ] {
        assert!(serde_json::from_str::<AccountConfiguration>(json).is_err(), "{json}");
    }
}

#[test]
fn names_are_checked() {
    for name in ["a", "_mdm", "0.a-b_c"] {
        assert_eq!(short(name).to_string(), name);
    }
    for (name, expected) in [
        ("", "\"\" is no short name: it is empty"),
        (
            "Admin 1",
            "\"Admin 1\" is no short name: it may have lower-case letters, digits, `_`, `-` and `.` alone; admin1 would do",
        ),
        ("管理", "\"管理\" is no short name: it may have lower-case letters, digits, `_`, `-` and `.` alone"),
        (".admin", "\".admin\" is no short name: it may not begin with `.` or `-`; admin would do"),
        ("-.-", "\"-.-\" is no short name: it may not begin with `.` or `-`"),
    ] {
        assert_eq!(name.parse::<ShortName>().unwrap_err().to_string(), expected);
    }
    let long = "a".repeat(256).parse::<ShortName>().unwrap_err();
    assert_eq!(long.nearest().map(|name| name.as_str().len()), Some(255));
    assert!(long.found().len() < 50);

    assert_eq!(" Anna Berg\n".parse::<FullName>().unwrap().to_string(), "Anna Berg");
    for (name, problem) in [("\t", "it is empty"), ("a\u{7}b", "control characters"), (&"é".repeat(128), "255 bytes")]
    {
        let error = name.parse::<FullName>().unwrap_err();
        assert!(error.to_string().contains(problem) && error.nearest().is_none(), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_is_taken_or_corrected(text in "([a-zA-Z0-9_.-]|.){0,20}") {
        match text.parse::<ShortName>() {
            Ok(name) => prop_assert_eq!(name.as_str(), text),
            Err(error) => {
                if let Some(nearest) = error.nearest() {
                    prop_assert_eq!(nearest.as_str().parse(), Ok(nearest.clone()));
                }
            }
        }
    }
}
