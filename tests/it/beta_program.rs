//! Which beta programme is for which operating system, and how devices are told of it.

use apple_ade::api::{BetaEnrollmentTokens, BetaOs, BetaProgram, BetaSetting};
use apple_ade::json::RawJson;
use apple_ade::os::{OsVersion, Platform};

fn tokens(json: &str) -> BetaEnrollmentTokens {
    json.parse::<RawJson>().unwrap().read().unwrap()
}

fn all() -> BetaEnrollmentTokens {
    tokens(
        r#"{"betaEnrollmentTokens": [
            {"token": "h", "title": "HomePod", "os": "homePodOS"},
            {"token": "i", "title": "iOS 26", "os": "iOS"},
            {"token": "i2", "title": "iOS 27", "os": "iOS"},
            {"token": "x", "title": "OS X", "os": "OSX"},
            {"token": "m", "title": "macOS", "os": "macOS"},
            {"token": "t", "title": "tvOS", "os": "tvOS"},
            {"token": "v", "title": "visionOS", "os": "visionOS"},
            {"token": "w", "title": "watchOS", "os": "watchOS"},
            {"token": "p", "title": "iPadOS", "os": "iPadOS"},
            {"token": "n", "title": "", "os": "iOS"},
            {"title": "no token", "os": "iOS"},
            {"token": "o", "title": "no system"},
            {"token": "i", "title": "again", "os": "iOS"}
        ]}"#,
    )
}

#[test]
fn a_system_has_its_programmes_whatever_apple_calls_it() {
    let tokens = all();
    let of = |platform| tokens.programs(platform).map(|program| program.token).collect::<Vec<_>>();
    for (platform, expected) in [
        (Platform::Ios, &["i", "i2", "p"][..]),
        (Platform::IpadOs, &["i", "i2", "p"]),
        (Platform::MacOs, &["x", "m"]),
        (Platform::TvOs, &["t"]),
        (Platform::VisionOs, &["v"]),
        (Platform::WatchOs, &["w"]),
    ] {
        assert_eq!(of(platform), expected, "{platform}");
    }
    assert!(!Platform::ALL.iter().any(|platform| of(*platform).contains(&"h".into())), "HomePod is no platform here");
    assert_eq!(BetaEnrollmentTokens::default().programs(Platform::Ios).count(), 0);
    // Every word that Apple is known to use was in the list.
    let listed: Vec<BetaOs> =
        tokens.beta_enrollment_tokens.iter().flatten().filter_map(|entry| entry.os.clone()).collect();
    assert!(BetaOs::ALL.iter().all(|os| listed.contains(os)));
}

#[test]
fn a_programme_is_written_with_apples_keys() {
    let program = BetaProgram::new("iOS 26 AppleSeed", "d36b");
    let json = |setting: &BetaSetting| serde_json::to_string(setting).unwrap();
    assert_eq!(serde_json::to_string(&program).unwrap(), r#"{"Description":"iOS 26 AppleSeed","Token":"d36b"}"#);
    assert_eq!(json(&BetaSetting::AlwaysOff), r#"{"ProgramEnrollment":"AlwaysOff"}"#);
    assert_eq!(json(&BetaSetting::Allowed(Vec::new())), r#"{"ProgramEnrollment":"Allowed"}"#);
    assert_eq!(
        json(&BetaSetting::Allowed(vec![program.clone()])),
        r#"{"ProgramEnrollment":"Allowed","OfferPrograms":[{"Description":"iOS 26 AppleSeed","Token":"d36b"}]}"#
    );
    // The same for the answer to an enrolling device, which may be a property list.
    let value = plist::to_value(&program).unwrap();
    let keys: Vec<&str> = value.as_dictionary().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["Description", "Token"]);
}

#[test]
fn the_systems_that_can_be_asked_first() {
    let since = |platform| BetaProgram::required_since(platform);
    assert_eq!(since(Platform::IpadOs), Some(OsVersion::new(17, 5, 0)));
    assert_eq!(since(Platform::MacOs), Some(OsVersion::new(14, 5, 0)));
    assert_eq!(since(Platform::VisionOs), Some(OsVersion::new(26, 0, 0)));
    assert_eq!((since(Platform::TvOs), since(Platform::WatchOs)), (None, None));
}
