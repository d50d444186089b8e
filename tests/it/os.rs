//! Operating systems, versions, and the pair of them.

use apple_ade::os::{OsVersion, Platform, Target, TargetError};
use proptest::prelude::*;

fn version(text: &str) -> OsVersion {
    text.parse().unwrap()
}

#[test]
fn platforms_are_read_in_any_case_and_written_as_apple_does() {
    let spelt: Vec<&str> = Platform::ALL.iter().map(|platform| platform.as_str()).collect();
    assert_eq!(spelt, ["iOS", "iPadOS", "macOS", "tvOS", "visionOS", "watchOS"]);
    for platform in Platform::ALL {
        for text in [platform.to_string(), platform.to_string().to_lowercase(), format!(" {platform}\n").to_uppercase()]
        {
            assert_eq!(text.parse(), Ok(*platform), "{text:?}");
        }
    }
    let error = "Windows".parse::<Platform>().unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.closest()),
        ("\"Windows\" is no operating system; write iOS, iPadOS, macOS, tvOS, visionOS or watchOS", None)
    );
    for (text, meant) in [
        ("iPad", Platform::IpadOs),
        ("iPads", Platform::IpadOs),
        ("ipad os", Platform::IpadOs),
        ("iphone", Platform::Ios),
        ("Mac", Platform::MacOs),
        ("macoss", Platform::MacOs),
        ("OS X", Platform::MacOs),
        ("Apple TV", Platform::TvOs),
        ("tvo", Platform::TvOs),
        ("vision", Platform::VisionOs),
        ("wachOS", Platform::WatchOs),
    ] {
        let error = text.parse::<Platform>().unwrap_err();
        assert_eq!(error.closest(), Some(meant), "{text}");
        assert_eq!(error.to_string(), format!("{text:?} is no operating system; did you mean {meant}?"));
    }
    assert_eq!("".parse::<Platform>().unwrap_err().closest(), None);
}

#[test]
fn versions_are_compared_by_number() {
    assert_eq!(version("17"), version("17.0.0"));
    let ordered = ["7.0", "9.3.2", "10.9", "10.12.4", "17", "17.0.1", "17.4", "17.4.1", "17.10", "65535.65535.65535"];
    for pair in ordered.windows(2) {
        assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
    }
    for (text, shown) in
        [("17", "17.0"), ("17.4", "17.4"), ("17.4.0", "17.4"), (" 9.3.2 ", "9.3.2"), ("10.0.1", "10.0.1")]
    {
        assert_eq!(version(text).to_string(), shown);
    }
    let parts = version("10.12.4");
    assert_eq!((parts.major(), parts.minor(), parts.patch()), (10, 12, 4));
}

#[test]
fn an_error_says_what_to_write() {
    for (text, expected) in [
        ("", "\"\" is not a version: it is empty; write it as in 17.4 or 17.4.1"),
        ("17.", "\"17.\" is not a version: a number is missing; write it as in 17.4 or 17.4.1"),
        ("17..4", "\"17..4\" is not a version: a number is missing; write it as in 17.4 or 17.4.1"),
        ("1.2.3.4", "\"1.2.3.4\" is not a version: it has more than three numbers; write it as in 17.4.1"),
        ("0.4", "\"0.4\" is not a version: there is no version 0; write it as in 17.4"),
        ("16.1 (a)", "\"16.1 (a)\" is not a version: leave out what follows the numbers, as in 17.4"),
        ("17.4b1", "\"17.4b1\" is not a version: leave out what follows the numbers, as in 17.4"),
        ("21E230", "\"21E230\" is not a version: leave out what follows the numbers, as in 17.4"),
        ("latest", "\"latest\" is not a version: write numbers with dots between them, as in 17.4"),
        ("+17", "\"+17\" is not a version: write numbers with dots between them, as in 17.4"),
        ("-1", "\"-1\" is not a version: write numbers with dots between them, as in 17.4"),
        ("65536", "\"65536\" is not a version: each of its numbers is at most 65535"),
    ] {
        assert_eq!(text.parse::<OsVersion>().unwrap_err().to_string(), expected);
    }
    let long = "9".repeat(1_000_000).parse::<OsVersion>().unwrap_err();
    assert!(long.to_string().len() < 120, "a message repeats no more than the beginning");
}

#[test]
fn targets() {
    let expected = Target::new(Platform::IpadOs, version("17.4"));
    for text in ["ipados:17.4", "iPadOS 17.4", "iPadOS: 17.4", " IPADOS:17.4.0 "] {
        assert_eq!(text.parse(), Ok(expected), "{text:?}");
    }
    assert_eq!(expected.to_string(), "iPadOS 17.4");
    assert!(matches!("ipados".parse::<Target>(), Err(TargetError::NoVersion { .. })));
    assert!(matches!("ipados17.4".parse::<Target>(), Err(TargetError::NoVersion { .. })));
    assert!(matches!("ipad".parse::<Target>(), Err(TargetError::Platform(_))));
    assert!(matches!("ipad:17".parse::<Target>(), Err(TargetError::Platform(_))));
    assert!(matches!("ipados:17:4".parse::<Target>(), Err(TargetError::Version(_))));
    assert!(matches!("ipados:".parse::<Target>(), Err(TargetError::Version(_))));
}

#[test]
fn they_are_text_in_json() {
    let target: Target = "tvos:18".parse().unwrap();
    assert_eq!(
        serde_json::to_string(&(target, target.platform, target.version)).unwrap(),
        r#"["tvOS 18.0","tvOS","18.0"]"#
    );
    let read: (Target, Platform, OsVersion) = serde_json::from_str(r#"["tvOS 18.0","tvOS","18.0"]"#).unwrap();
    assert_eq!(read, (target, target.platform, target.version));
    let error = serde_json::from_str::<OsVersion>(r#""18 beta""#).unwrap_err();
    assert!(error.to_string().contains("leave out what follows the numbers"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(numbers in any::<[u16; 3]>(), platform in prop::sample::select(Platform::ALL)) {
        let version = OsVersion::new(numbers[0].max(1), numbers[1], numbers[2]);
        let target = Target::new(platform, version);
        prop_assert_eq!(version.to_string().parse(), Ok(version));
        prop_assert_eq!(target.to_string().parse(), Ok(target));
        prop_assert_eq!(format!("{platform}:{version}").to_lowercase().parse(), Ok(target));
    }

    #[test]
    fn any_text_is_answered(text in ".{0,60}") {
        let _ = text.parse::<Target>();
        if let Ok(version) = text.parse::<OsVersion>() {
            prop_assert_eq!(version.to_string().parse(), Ok(version));
        }
    }
}
