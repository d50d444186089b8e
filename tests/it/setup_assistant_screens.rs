//! The 25 screens of Intune's list of 2023, one by one: what Apple says of them, what Intune says, and where the two differ.

use std::collections::BTreeSet;

use apple_ade::affinity::UserAffinity;
use apple_ade::judgement::Rule;
use apple_ade::os::{OsVersion, Platform, Target};
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::setup_assistant::intune::{SCREENS_2017, SCREENS_2023};
use apple_ade::setup_assistant::{Availability, Context, KeyStatus, SkipKey, Skippable, Verdict, Visibility, preview};

use crate::setup_assistant_table::{SYSTEMS, apples_file, facts};

/// A screen's lines in Apple's list (iOS stands for iPadOS too), and Intune's minimum for iOS and for macOS.
#[track_caller]
fn screen(place: usize, key: &str, apple: &str, intune: [&str; 2]) {
    let listed = &SCREENS_2023[place - 1];
    assert_eq!(listed.key.as_str(), key);
    let rows = listed.key.availability().iter().filter(|row| row.platform() != Platform::IpadOs);
    // visionOS came in 2026, after the list.
    let rows = rows.filter(|row| row.platform() != Platform::VisionOs).map(ToString::to_string);
    assert_eq!(rows.collect::<Vec<_>>().join("; "), apple);
    let text = |version: Option<OsVersion>| version.map_or_else(|| "-".into(), |version| version.to_string());
    assert_eq!([text(listed.ios), text(listed.macos)], intune);
}

/// The screens by their ids, in Apple's spelling.
const SCREENS: [(&str, &str); 25] = [
    ("SCN-1", "Passcode"),
    ("SCN-2", "Location"),
    ("SCN-3", "Restore"),
    ("SCN-4", "AppleID"),
    ("SCN-5", "TOS"),
    ("SCN-6", "Biometric"),
    ("SCN-7", "Payment"),
    ("SCN-8", "Zoom"),
    ("SCN-9", "Siri"),
    ("SCN-10", "Diagnostics"),
    ("SCN-11", "DisplayTone"),
    ("SCN-12", "Privacy"),
    ("SCN-13", "Android"),
    ("SCN-14", "iMessageAndFaceTime"),
    ("SCN-15", "OnBoarding"),
    ("SCN-16", "ScreenTime"),
    ("SCN-17", "SIMSetup"),
    ("SCN-18", "SoftwareUpdate"),
    ("SCN-19", "WatchMigration"),
    ("SCN-20", "Appearance"),
    ("SCN-21", "DeviceToDeviceMigration"),
    ("SCN-22", "RestoreCompleted"),
    ("SCN-23", "UpdateCompleted"),
    ("SCN-24", "Welcome"),
    ("SCN-25", "TermsOfAddress"),
];

/// A version just below.
fn below(version: OsVersion) -> OsVersion {
    match (version.major(), version.minor(), version.patch()) {
        (major, 0, 0) => OsVersion::new(major - 1, 99, 99),
        (major, minor, 0) => OsVersion::new(major, minor - 1, 99),
        (major, minor, patch) => OsVersion::new(major, minor, patch - 1),
    }
}

/// Every screen (their ids are in [`SCREENS`]) on every system, hidden by a profile: just below the minimum of Apple's file it is told as not
/// available, and at the minimum it is kept; where the file has no screen, the system never had it.
#[test]
fn each_screen_below_and_at_apples_minimum() {
    let (head, keys) = apples_file();
    let mut minima = 0;
    for (id, name) in SCREENS {
        let key = SkipKey::from(name);
        assert!(SkipKey::ALL.contains(&key), "{id}");
        for platform in SYSTEMS {
            let judged = |version: OsVersion| {
                let builder = EnrollmentProfile::builder("iPads", "https://mdm.example.org/enroll");
                let builder = builder.mode(Supervised::new(UserAffinity::Without)).secured_otherwise();
                let builder = builder.screen(key.clone(), Visibility::Hide).target(platform, version);
                let profile = builder.build().unwrap();
                // Whatever the target, Apple gets the key as it was said.
                assert_eq!(profile.to_wire().skip_setup_items, Some(vec![name.to_owned()]), "{id}");
                assert_eq!(profile.setup().visibility(&key), Visibility::Hide);
                let told = |rule| profile.check().by_rule(rule).next().is_some();
                let target = Target::new(platform, version);
                let pane = preview(std::slice::from_ref(&key), Context::default(), target);
                let verdict = pane.pane(&key).map(|pane| pane.reason().verdict());
                let not_there = [told(Rule::SKIP_KEY_NOT_ON_PLATFORM), told(Rule::SKIP_KEY_NOT_YET)];
                (key.status(target), not_there, verdict == Some(Verdict::NotThere))
            };
            let Some(apple) = facts(&head, &keys[name], platform.as_str()) else {
                assert_eq!(judged(OsVersion::new(16, 0, 0)), (KeyStatus::NotOnPlatform, [true, false], true), "{id}");
                continue;
            };
            minima += 1;
            let introduced: OsVersion = apple["introduced"].parse().unwrap();
            let early = judged(below(introduced));
            assert_eq!(early, (KeyStatus::NotYet { introduced }, [false, true], true), "{id} on {platform}");
            let (status, not_there, is_gone) = judged(introduced);
            assert!(!status.does_nothing() && !is_gone, "{id} on {platform}: {status}");
            assert_eq!(not_there, [false, false], "{id} on {platform}");
        }
    }
    assert!(minima >= 40, "{minima}");
}

#[test]
fn passcode() {
    // SCN-1
    screen(1, "Passcode", "iOS 7.0; macOS 10.9", ["7.0", "-"]);
    // the value on macOS carries a mark of doubt, and no other value of the key does.
    assert!(SkipKey::Passcode.on(Platform::MacOs).unwrap().doubt().unwrap().contains("inheritance"));
    assert_eq!(SkipKey::Passcode.on(Platform::Ios).unwrap().doubt(), None);
}

#[test]
fn location_restore_apple_id_and_terms() {
    // SCN-2
    screen(2, "Location", "iOS 7.0; macOS 10.11; tvOS 10.2", ["7.0", "10.11"]);
    // SCN-3
    screen(3, "Restore", "iOS 7.0; macOS 10.9", ["7.0", "10.9"]);
    // SCN-4; X-35: signing in during setup, as the list of 2023 says.
    screen(4, "AppleID", "iOS 7.0; macOS 10.9; tvOS 10.2", ["7.0", "10.9"]);
    assert!(SkipKey::AppleId.title().unwrap().contains("sign-in"));
    // SCN-5
    screen(5, "TOS", "iOS 7.0; macOS 10.9; tvOS 10.2", ["7.0", "10.9"]);
}

#[test]
fn biometric() {
    // SCN-6
    screen(6, "Biometric", "iOS 8.1; macOS 10.12.4", ["8.1", "10.12.4"]);
    // Without effect under ADE from iOS 14.5 on; on macOS nobody says so.
    let ineffective = |platform| SkipKey::Biometric.on(platform).unwrap().ineffective();
    assert_eq!([Platform::Ios, Platform::IpadOs].map(ineffective), [Some(OsVersion::new(14, 5, 0)); 2]);
    assert_eq!(ineffective(Platform::MacOs), None);
}

#[test]
fn from_payment_to_android() {
    // SCN-7, X-31
    screen(7, "Payment", "iOS 8.1; macOS 10.12.4", ["7.0", "10.12.4"]);
    // SCN-8, X-42
    screen(8, "Zoom", "iOS 8.3, deprecated since 17.0", ["8.3", "-"]);
    // SCN-9
    screen(9, "Siri", "iOS 7.0; macOS 10.12; tvOS 10.2", ["7.0", "10.12"]);
    // SCN-10
    screen(10, "Diagnostics", "iOS 7.0; macOS 10.9; tvOS 10.2", ["7.0", "10.9"]);
    // SCN-11, X-42
    screen(
        11,
        "DisplayTone",
        "iOS 9.3.2, deprecated since 15.0; macOS 10.13.6, deprecated since 12.0",
        ["9.3.2", "10.13.6"],
    );
    // SCN-12
    screen(12, "Privacy", "iOS 11.3; macOS 10.13.4; tvOS 11.3", ["11.3", "10.13.4"]);
    // SCN-13
    screen(13, "Android", "iOS 9.0", ["9.0", "-"]);
    assert_eq!(SkipKey::Android.redundant_with(), Some(SkipKey::Restore));
}

#[test]
fn from_imessage_to_appearance() {
    // SCN-14, X-32
    screen(14, "iMessageAndFaceTime", "iOS 12.0", ["9.0", "-"]);
    // SCN-15, X-42
    screen(15, "OnBoarding", "iOS 11.0, deprecated since 14.0", ["11.0", "-"]);
    // SCN-16
    screen(16, "ScreenTime", "iOS 12.0; macOS 10.15", ["12.0", "10.15"]);
    // SCN-17
    screen(17, "SIMSetup", "iOS 12.0", ["12.0", "-"]);
    assert!(SkipKey::SimSetup.notes().concat().contains("automatic setup of an eSIM"));
    // SCN-18
    screen(18, "SoftwareUpdate", "iOS 12.0; macOS 15.4", ["12.0", "-"]);
    // SCN-19
    screen(19, "WatchMigration", "iOS 11.0", ["11.0", "-"]);
    // SCN-20
    screen(20, "Appearance", "iOS 13.0; macOS 10.14", ["13.0", "10.14"]);
}

#[test]
fn device_to_device_migration() {
    // SCN-21, X-33: the key stays; what Intune says is marked as doubt.
    screen(21, "DeviceToDeviceMigration", "iOS 12.4", ["-", "-"]);
    let row = SkipKey::DeviceToDeviceMigration.on(Platform::Ios).unwrap();
    assert_eq!(row.ineffective(), Some(OsVersion::new(13, 0, 0)));
    assert!(row.doubt().unwrap().contains("iOS 13"));
}

#[test]
fn after_a_restore_or_an_update() {
    // SCN-22, X-40
    screen(22, "RestoreCompleted", "iOS 14.0", ["-", "-"]);
    // SCN-23, X-40
    screen(23, "UpdateCompleted", "iOS 14.0; macOS 26.1", ["-", "-"]);
    // SCN-24, X-40
    screen(24, "Welcome", "iOS 13.0; macOS 15.0", ["-", "-"]);
    // SCN-25, X-41
    screen(25, "TermsOfAddress", "iOS 16.0; macOS 13.0", ["16.0", "-"]);
    for platform in [Platform::Ios, Platform::IpadOs, Platform::MacOs] {
        assert_eq!(SkipKey::TermsOfAddress.on(platform).unwrap().skippable(), Skippable::NotAlways);
    }
}

/// SCR-5 and SCR-6: each screen once; those of 2017 are among those of 2023.
#[test]
fn the_sets_of_2017_and_2023() {
    let names =
        |keys: &mut dyn Iterator<Item = &SkipKey>| -> BTreeSet<String> { keys.map(ToString::to_string).collect() };
    let newer = names(&mut SCREENS_2023.iter().map(|screen| &screen.key));
    let older = names(&mut SCREENS_2017.iter());
    assert_eq!((older.len(), newer.len()), (10, 25));
    assert!(older.is_subset(&newer));
    let known = names(&mut SkipKey::ALL.iter());
    assert!(newer.is_subset(&known));
}

/// SCR-6: where both give a version, Intune's differs from Apple's in two places.
#[test]
fn where_intune_and_apple_differ() {
    let mut differ = Vec::new();
    for screen in SCREENS_2023 {
        for (platform, intune) in [(Platform::Ios, screen.ios), (Platform::MacOs, screen.macos)] {
            let apple = screen.key.on(platform).and_then(Availability::introduced);
            if intune.is_some() && intune != apple {
                differ.push(screen.key.as_str());
            }
        }
    }
    assert_eq!(differ, ["Payment", "iMessageAndFaceTime"]);
}
