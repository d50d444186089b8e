//! Versions with supplements, and builds.

use apple_ade::os::{Build, OsRelease, OsVersion, Platform};
use proptest::prelude::*;

fn release(text: &str) -> OsRelease {
    text.parse().unwrap()
}

fn build(text: &str) -> Build {
    text.parse().unwrap()
}

#[test]
fn a_supplement_is_between_two_versions() {
    let order =
        ["16.1", "16.1 (a)", "16.1 (b)", "16.1 (z)", "16.1 (aa)", "16.1.1", "16.1.1 (a)", "16.2", "16.10", "17"];
    for pair in order.windows(2) {
        assert!(release(pair[0]) < release(pair[1]), "{pair:?}");
    }
    assert_eq!(release("16.1(a)"), release(" 16.1 (a) "));
    assert_eq!(release("16.1"), OsVersion::new(16, 1, 0).into());
    for odd in
        ["", "(a)", "16.1 (", "16.1 ()", "16.1 (A)", "16.1 (abc)", "16.1 (a) b", "16.1 a", "16.1 (1)", "16.1 (é)"]
    {
        assert!(odd.parse::<OsRelease>().is_err(), "{odd:?}");
    }
}

#[test]
fn builds_of_one_kind_are_in_order() {
    // Of releases, by https://support.apple.com/100100 and the release notes of seeds.
    let released =
        ["19H12", "20A362", "20A371", "20A392", "20B82", "20B101", "20C65", "20D47", "21A329", "21E230", "22A3354"];
    for pair in released.windows(2) {
        assert!(build(pair[0]) < build(pair[1]), "{pair:?}");
    }
    assert!(build("20A242") < build("20A242a") && build("20A5283p") < build("20A5283q"));
    assert!(build("20B5045d") > build("20A362"), "a seed of a later minor version");
    // Neither less nor greater nor equal.
    for (one, other) in [("20A5283p", "20A362"), ("20E772520a", "20E252"), ("22A8380", "22A380")] {
        assert_eq!(build(one).partial_cmp(&build(other)), None);
        assert_ne!(build(one), build(other));
    }
    for odd in ["", "20", "20B", "B82", "20b82", "20B82ab", "20B82A", "020B82", "20B-82", "20BB82", "99999B1", "20B82 "]
    {
        let read = odd.parse::<Build>();
        assert_eq!(read.is_ok(), odd == "20B82 ", "{odd:?}");
    }
}

#[test]
fn a_build_tells_the_major_version() {
    use Platform::{Ios, IpadOs, MacOs, TvOs, VisionOs, WatchOs};

    // Real pairs of build and version.
    for (text, platform, major) in [
        ("11D257", Ios, Some(7)),
        ("17A577", Ios, Some(13)),
        ("20B82", IpadOs, Some(16)),
        ("21A329", Ios, Some(17)),
        ("22A3354", Ios, Some(18)),
        ("23A341", IpadOs, Some(26)),
        ("24A1", Ios, Some(27)),
        ("25A1", Ios, None),
        ("19H2026", MacOs, Some(10)),
        ("20G165", MacOs, Some(11)),
        ("23A344", MacOs, Some(14)),
        ("24A335", MacOs, Some(15)),
        ("25A354", MacOs, Some(26)),
        ("21J354", TvOs, Some(17)),
        ("21N305", VisionOs, Some(1)),
        ("22N320", VisionOs, Some(2)),
        ("21R355", WatchOs, Some(10)),
        ("20N1", VisionOs, None),
    ] {
        assert_eq!(build(text).major_version(platform), major, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_again(major in 1..99_u16, minor in 0..30_u16, letters in "[a-z]{0,2}", train in 1..99_u16,
            letter in "[A-Z]", number in 1..99999_u32, suffix in "[a-z]{0,1}") {
        let text = if letters.is_empty() { format!("{major}.{minor}") } else { format!("{major}.{minor} ({letters})") };
        prop_assert_eq!(release(&text).to_string(), text);
        let text = format!("{train}{letter}{number}{suffix}");
        prop_assert_eq!(build(&text).to_string(), text.clone());
        prop_assert_eq!(serde_json::from_str::<Build>(&serde_json::to_string(&build(&text)).unwrap()).unwrap(), build(&text));
    }

    #[test]
    fn nothing_panics(text in ".{0,24}") {
        let _ = (text.parse::<OsRelease>(), text.parse::<Build>());
    }
}
