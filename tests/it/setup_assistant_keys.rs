//! Skip keys as text, and the questions that people ask of their list.

use apple_ade::os::{OsVersion, Platform, Target};
use apple_ade::setup_assistant::{KeyStatus, SkipKey, idle_keys, keys_on, skip_all};
use proptest::prelude::*;

use crate::setup_assistant_preview::any_target;

fn target(text: &str) -> Target {
    text.parse().unwrap()
}

/// SCR-13: what Apple invents next year goes through as it came.
#[test]
fn keys_are_text() {
    for key in SkipKey::ALL {
        assert_eq!(SkipKey::from(key.as_str()), *key);
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        assert!(key.title().is_some_and(|title| !title.is_empty()) && !key.availability().is_empty(), "{key}");
    }
    let sent = r#"["Siri","NextYearsPane","siri","TOS"," Siri",""]"#;
    let keys: Vec<SkipKey> = serde_json::from_str(sent).unwrap();
    assert_eq!((&keys[0], &keys[3]), (&SkipKey::Siri, &SkipKey::Tos));
    for at in [1, 2, 4, 5] {
        assert!(matches!(keys[at], SkipKey::Other(_)), "{:?}", keys[at]);
        assert_eq!((keys[at].title(), keys[at].availability().len()), (None, 0));
    }
    assert_eq!(serde_json::to_string(&keys).unwrap(), sent);
}

#[test]
fn a_misspelt_key_is_recognised() {
    for (text, expected) in [
        ("siri", Some("Siri")),
        ("Siir", Some("Siri")),
        (" TouchID", None),
        ("AppleId", Some("AppleID")),
        ("TermsOfAdress", Some("TermsOfAddress")),
        ("RestoreComplete", Some("RestoreCompleted")),
        ("iMessageFaceTime", Some("iMessageAndFaceTime")),
        ("SimSetUp", Some("SIMSetup")),
        ("ToS", Some("TOS")),
        ("Loc", None),
        ("", None),
        ("Wallpapper ", Some("Wallpaper")),
        ("Оnboarding", Some("OnBoarding")),
    ] {
        let expected = expected.map(SkipKey::from);
        assert_eq!(SkipKey::closest(text), expected, "{text:?}");
    }
    assert_eq!(SkipKey::closest(&"Siri".repeat(100_000)), None);
}

/// One slip in a key: a letter left out, doubled, or swapped with the next.
#[test]
fn one_slip_does_not_hide_a_key() {
    for key in SkipKey::ALL {
        let word: Vec<char> = key.as_str().chars().collect();
        for at in 0..word.len() {
            let mut slips = vec![word.clone(), word.clone(), word.clone()];
            slips[0].remove(at);
            slips[1].insert(at, word[at]);
            slips[2].swap(at, (at + 1).min(word.len() - 1));
            for slip in slips {
                let slip: String = slip.into_iter().collect();
                let found = SkipKey::closest(&slip).unwrap_or_else(|| panic!("{slip} was {key}"));
                assert!(found == *key || SkipKey::from(slip.as_str()) == found, "{slip} was {key}, not {found}");
            }
        }
    }
}

#[test]
fn the_status_of_a_key() {
    let version = |text: &str| text.parse::<OsVersion>().unwrap();
    for (key, on, expected) in [
        ("Siri", "ios:7.0", KeyStatus::Works),
        ("Siri", "watchos:27", KeyStatus::NotOnPlatform),
        ("Keyboard", "ipados:17.4", KeyStatus::NotAlways),
        ("AccessibilityAppearance", "ios:27", KeyStatus::NotAlways),
        ("Zoom", "ios:16.7.8", KeyStatus::Works),
        ("Zoom", "ios:17", KeyStatus::Deprecated { since: version("17.0") }),
        ("Zoom", "visionos:26", KeyStatus::Works),
        ("Passcode", "ios:14.4.2", KeyStatus::Works),
        ("Passcode", "ios:14.5", KeyStatus::Ineffective { since: version("14.5") }),
        ("Passcode", "macos:26", KeyStatus::Works),
        ("Intelligence", "ipados:17.7", KeyStatus::NotYet { introduced: version("18.0") }),
        ("Wallpaper", "macos:15.9", KeyStatus::Works),
        ("Wallpaper", "macos:26", KeyStatus::Removed { since: version("26.0") }),
        ("Wallpaper", "ios:26", KeyStatus::NotOnPlatform),
        ("AgeAssurance", "ios:26.2", KeyStatus::Withdrawn),
        ("Registration", "macos:10.9", KeyStatus::Withdrawn),
        ("NextYearsPane", "ios:28", KeyStatus::Unknown),
    ] {
        assert_eq!(SkipKey::from(key).status(target(on)), expected, "{key} on {on}");
    }
}

/// SCR-7: where a key does nothing can be told, and what it does somewhere is not lost.
#[test]
fn idle_keys_are_found_in_the_order_given() {
    let keys = ["WebContentFiltering", "Siri", "Wallpaper", "NextYearsPane", "Multitasking"].map(SkipKey::from);
    let idle = idle_keys(&keys, target("ipados:18.1"), target("ipados:26.1"));
    let found: Vec<_> = idle.iter().map(|idle| (idle.key.as_str(), idle.on_both())).collect();
    assert_eq!(found, [("WebContentFiltering", true), ("Wallpaper", true), ("Multitasking", false)]);
    assert_eq!(idle[2].newest, KeyStatus::Works);
}

#[test]
fn keys_of_one_system() {
    let on = |text| keys_on(target(text)).collect::<Vec<_>>();
    assert_eq!(on("watchos:11"), []);
    assert_eq!(on("tvos:10.1"), []);
    let names = |keys: Vec<SkipKey>| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(names(on("ios:7.0")), "AppleID Diagnostics Location Passcode Restore Siri TOS");
    assert_eq!(
        names(on("tvos:11.3")),
        "AppleID Diagnostics Location Privacy ScreenSaver Siri TapToSetup TOS TVHomeScreenSync TVProviderSignIn"
    );
    assert_eq!(on("ipados:17.4"), on("ios:17.4"));
    assert!(!skip_all(target("ios:17.4")).contains(&SkipKey::Android));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_key_and_comes_back(text in ".{0,80}") {
        let key = SkipKey::from(text.as_str());
        prop_assert_eq!(key.as_str(), &text);
        let json = serde_json::to_string(&key).unwrap();
        prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text.clone());
        prop_assert_eq!(serde_json::from_str::<SkipKey>(&json).unwrap(), key);
        let _ = SkipKey::closest(&text);
    }

    /// Of a key that a system does not have, or not yet, every older version says the same.
    #[test]
    fn a_key_is_introduced_once(target in any_target(), older in any_target()) {
        let older = Target::new(target.platform, older.version.min(target.version));
        for key in SkipKey::ALL {
            let not_yet = matches!(key.status(target), KeyStatus::NotYet { .. });
            prop_assert!(!not_yet || key.status(older) == key.status(target));
            let nowhere = target.platform == Platform::WatchOs && !key.is_withdrawn();
            prop_assert!(!nowhere || key.status(target) == KeyStatus::NotOnPlatform);
        }
    }
}
