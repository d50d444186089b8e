//! What is said of the panes to leave out, for one system and for several.

use apple_ade::affinity::UserAffinity;
use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Rule, Severity, Violation, Violations};
use apple_ade::os::Target;
use apple_ade::profile::{Check, EnrollmentProfile, Supervised};
use apple_ade::setup_assistant::{KeyStatus, SkipKey, skip_all};

fn check(targets: &[&str]) -> Check {
    Check::new().targets(targets.iter().map(|target| target.parse::<Target>().unwrap()))
}

fn judged(keys: &[&str], targets: &[&str]) -> Violations {
    check(targets).wire(&profile(keys.iter().map(|key| (*key).to_owned())))
}

fn profile(keys: impl Iterator<Item = String>) -> Profile {
    let mut profile = Profile::new("iPads", "https://mdm.example.com/enroll");
    (profile.is_supervised, profile.is_mandatory) = (Some(true), Some(true));
    profile.skip_setup_items = Some(keys.collect());
    profile
}

fn rules(violations: &Violations) -> Vec<Rule> {
    violations.iter().map(Violation::rule).collect()
}

/// SCR-7: which system does not have it, and since when it is there, advised against, or gone.
#[test]
fn a_pane_that_a_target_does_not_have_is_pointed_out() {
    for (key, targets, message, on) in [
        ("Safety", &["ipados:15.8", "ipados:26.1"][..], "`Safety` exists from iPadOS 16.0 on", &["ipados:15.8"][..]),
        (
            "Intelligence",
            &["ios:17.0", "macos:14.0", "visionos:26.0"],
            "`Intelligence` exists from iOS 18.0, macOS 15.0 on",
            &["ios:17.0", "macos:14.0"],
        ),
        (
            "DisplayTone",
            &["ipados:14.0", "ipados:16.0", "ipados:17.0", "macos:12.0"],
            "`DisplayTone` is deprecated since iPadOS 15.0, macOS 12.0",
            &["ipados:16.0", "ipados:17.0", "macos:12.0"],
        ),
        ("Wallpaper", &["macos:15.0", "macos:26.0"], "`Wallpaper` was removed in macOS 26.0", &["macos:26.0"]),
        (
            "TVRoom",
            &["ipados:17.4", "macos:14.0"],
            "none of the targets' operating systems has `TVRoom`",
            &["ipados:17.4", "macos:14.0"],
        ),
    ] {
        let violations = judged(&[key], targets);
        let [violation] = violations.iter().collect::<Vec<_>>()[..] else { panic!("{key}: {violations}") };
        assert_eq!(violation.severity(), Severity::Note, "{key}");
        assert_eq!(violation.message(), message);
        assert_eq!(violation.targets(), check(on).given_targets(), "{key}");
    }
    // One list for several systems is no mistake, and without a target there is nothing to compare with.
    assert!(judged(&["WatchMigration", "FileVault"], &["ios:17.4", "macos:14.0"]).is_empty());
    assert!(judged(&["Wallpaper", "TVRoom", "Safety", "Keyboard"], &[]).is_empty());
}

/// The rules say what the table says: of every key on every target that has a line of its own, and nothing where the key works.
#[test]
fn the_rules_follow_the_table() {
    let quiet = [Rule::TV_PROFILE_LATE, Rule::SKIP_PASSCODE_UNSECURED];
    for target in
        ["ios:8.0", "ios:12.4", "ipados:14.5", "ipados:26.1", "macos:12.0", "tvos:18.0", "visionos:26.0", "ios:27.0"]
    {
        for key in SkipKey::ALL {
            let violations = judged(&[key.as_str()], &[target]);
            let found = violations.iter().map(Violation::rule).find(|rule| !quiet.contains(rule));
            let expected = match key.status(target.parse().unwrap()) {
                KeyStatus::Works if target == "macos:12.0" && *key == SkipKey::Passcode => {
                    Some(Rule::SKIP_KEY_DOUBTFUL)
                }
                KeyStatus::Works if target == "ios:12.4" && *key == SkipKey::DeviceToDeviceMigration => {
                    Some(Rule::SKIP_KEY_DOUBTFUL)
                }
                KeyStatus::Works => None,
                KeyStatus::NotAlways if *key == SkipKey::Accessibility => Some(Rule::SKIP_ACCESSIBILITY),
                KeyStatus::NotAlways => Some(Rule::SKIP_NOT_ALWAYS),
                KeyStatus::Deprecated { .. } => Some(Rule::SKIP_KEY_DEPRECATED),
                KeyStatus::Ineffective { .. } if *key == SkipKey::DeviceToDeviceMigration => {
                    Some(Rule::SKIP_MIGRATION_INEFFECTIVE)
                }
                KeyStatus::Ineffective { .. } => Some(Rule::SKIP_PASSCODE_INEFFECTIVE),
                KeyStatus::NotYet { .. } => Some(Rule::SKIP_KEY_NOT_YET),
                KeyStatus::Removed { .. } => Some(Rule::SKIP_KEY_REMOVED),
                KeyStatus::NotOnPlatform => Some(Rule::SKIP_KEY_NOT_ON_PLATFORM),
                KeyStatus::Withdrawn => Some(Rule::SKIP_KEY_WITHDRAWN),
                status => panic!("{key} on {target}: {status}"),
            };
            assert_eq!(found, expected, "{key} on {target}: {violations}");
        }
    }
}

/// Skipping all that can be skipped is a usual wish, and no reason to warn.
#[test]
fn who_skips_everything_is_not_warned() {
    for target in ["ios:17.4", "ipados:26.1", "macos:15.4", "tvos:18.0", "ipados:15.8"] {
        let keys = skip_all(target.parse().unwrap());
        let violations = check(&[target]).wire(&profile(keys.iter().map(ToString::to_string)));
        assert_eq!(violations.errors().count() + violations.warnings().count(), 0, "{target}: {violations}");
    }
}

/// SCR-8 and SCR-9: the passcode is missed where its pane works, and a policy named where it does not.
#[test]
fn the_passcode() {
    let says = |targets: &[&str]| rules(&judged(&["Passcode"], targets));
    assert_eq!(says(&["ipados:14.4"]), [Rule::SKIP_PASSCODE_UNSECURED]);
    assert_eq!(says(&["visionos:26.0"]), [Rule::SKIP_PASSCODE_UNSECURED]);
    assert_eq!(says(&[]), [Rule::SKIP_PASSCODE_UNSECURED]);
    assert_eq!(says(&["ipados:14.5"]), [Rule::SKIP_PASSCODE_INEFFECTIVE]);
    assert_eq!(says(&["ios:17.0", "macos:14.0"]), [Rule::SKIP_PASSCODE_INEFFECTIVE, Rule::SKIP_KEY_DOUBTFUL]);
    // Each rule speaks of its own targets.
    let both = judged(&["Passcode"], &["ipados:14.4", "ipados:14.5"]);
    assert_eq!(rules(&both), [Rule::SKIP_PASSCODE_UNSECURED, Rule::SKIP_PASSCODE_INEFFECTIVE]);
    assert!(both.iter().all(|violation| violation.targets().len() == 1), "{both}");

    let kiosk = EnrollmentProfile::builder("Kiosks", "https://mdm.example.com/enroll")
        .mode(Supervised::new(UserAffinity::Without))
        .skip([SkipKey::Passcode]);
    let by_rule = |profile: &EnrollmentProfile| profile.check().by_rule(Rule::SKIP_PASSCODE_UNSECURED).count();
    assert_eq!(by_rule(&kiosk.clone().build().unwrap()), 1);
    assert_eq!(by_rule(&kiosk.secured_otherwise().build().unwrap()), 0);
}

/// SHI-6: the hint comes once, whatever else there is to say of the keys.
#[test]
fn on_a_shared_ipad_the_list_has_no_effect() {
    let mut shared = profile(
        ["Siri", "Passcode", "Zoom", "Keyboard", "TVRoom", "Android", "Restore"].map(str::to_owned).into_iter(),
    );
    (shared.is_multi_user, shared.await_device_configured) = (Some(true), Some(true));
    let violations = check(&["ipados:17.4", "ipados:26.0"]).wire(&shared);
    assert_eq!(rules(&violations), [Rule::SKIP_ON_SHARED_IPAD], "{violations}");
    assert_eq!(violations.iter().next().unwrap().targets().len(), 2);
}

/// SCR-11: `Android` goes with `Restore`.
#[test]
fn android_goes_with_restore() {
    let (fixed, _) = check(&["ios:17.4"]).fix(&profile(["Restore", "Android", "Siri"].map(str::to_owned).into_iter()));
    assert_eq!(fixed.skip_setup_items.unwrap(), ["Restore", "Siri"]);
    assert!(judged(&["Android"], &["ios:17.4"]).is_empty());
}

/// SCR-13: a key of next year's system is a warning, and goes through as it is.
#[test]
fn unknown_keys_are_kept() {
    let keys = ["NextYearsPane", "Locaton", "siri", "NextYearsPane", " TOS", "SIRI"];
    let before = profile(keys.map(str::to_owned).into_iter());
    let violations = Check::new().wire(&before);
    assert!(!violations.has_errors());
    let helps: Vec<_> = violations.by_rule(Rule::SKIP_KEY_UNKNOWN).map(|violation| violation.help().unwrap()).collect();
    assert_eq!(
        helps,
        ["remove the key, unless it is of a system newer than this list (OS 27)", "did you mean `Location`?"]
    );
    // What is mended is spelling and doubles, those among the mended ones, too.
    let (fixed, _) = Check::new().fix(&before);
    assert_eq!(fixed.skip_setup_items.unwrap(), ["NextYearsPane", "Locaton", "Siri", "TOS"]);
}

/// A list that nobody wrote by hand is judged as fast as it is read.
#[test]
fn a_long_list_is_judged() {
    let unknown = check(&["ios:17.4"]).wire(&profile((0..20_000).map(|number| format!("Pane{number}"))));
    assert_eq!(unknown.by_rule(Rule::SKIP_KEY_UNKNOWN).count(), 20_000);
    let mut android: Vec<String> = vec!["Android".into(); 20_000];
    android.push("Restore".into());
    let same = check(&["ios:17.4"]).wire(&profile(android.into_iter()));
    assert_eq!(same.by_rule(Rule::SKIP_KEY_REPEATED).count(), 19_999);
    let long = judged(&[&"x".repeat(1_000_000)], &[]);
    let violation = long.iter().next().unwrap();
    assert!(violation.to_string().len() < 1000 && violation.found().unwrap().len() < 100);
}
