//! What Setup Assistant will show, against files made from Apple's list by a script, and by properties.

use std::collections::BTreeSet;

use apple_ade::os::{OsVersion, Platform, Target};
use apple_ade::setup_assistant::{Context, Pane, Preview, Reason, SkipKey, Verdict, preview, skip_all};
use proptest::prelude::*;

use crate::fixture;

/// Where the preview knows more than Apple's file, with the difference of `setup_assistant_table` that it comes from.
const NOT_IN_THE_FILE: [&str; 5] =
    ["AdditionalPrivacySettings", "AgeAssurance", "AgeBasedSafetySettings", "DeviceFeaturesTour", "Registration"];
const OTHERWISE_IN_THE_FILE: [(&str, &str); 1] = [("ios-27.0.txt", "OSShowcase")];

/// The word that the reason has in JSON.
fn word(pane: &Pane) -> String {
    serde_json::to_value(pane).unwrap()["reason"].as_str().unwrap().to_owned()
}

/// SCR-1, SCR-2, SCR-3: what is named is hidden, what is not is shown, as far as the system has it.
#[test]
fn ten_targets_are_as_apples_file_says() {
    let skipped: Vec<SkipKey> = fixture::text("preview/skipped.txt").lines().map(SkipKey::from).collect();
    assert!(skipped.len() > 15);
    let files = fixture::names("preview", ".txt").into_iter().filter(|name| name != "skipped.txt");
    let files: Vec<String> = files.collect();
    assert_eq!(files.len(), 10);
    let (mut reasons, mut otherwise) = (BTreeSet::new(), Vec::new());
    for name in &files {
        let target: Target = name.trim_end_matches(".txt").replacen('-', ":", 1).parse().unwrap();
        let preview = preview(&skipped, Context::default(), target);
        let golden = fixture::text(&format!("preview/{name}"));
        let mut listed = BTreeSet::new();
        for line in golden.lines() {
            let [key, verdict, reason] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{name}: {line}") };
            let pane = preview.pane(&SkipKey::from(key)).unwrap_or_else(|| panic!("{name}: {key}"));
            let ours = (pane.verdict().as_str().to_owned(), word(pane));
            if OTHERWISE_IN_THE_FILE.contains(&(name, key)) {
                assert_eq!((verdict, &*ours.1), ("shown", "removed"), "{name}: {key}");
                otherwise.push((name.clone(), key.to_owned()));
            } else {
                assert_eq!(ours, (verdict.into(), reason.into()), "{name}: {key}");
            }
            listed.insert(key.to_owned());
            reasons.insert(reason.to_owned());
        }
        let missing: Vec<_> = SkipKey::ALL.iter().map(SkipKey::as_str).filter(|key| !listed.contains(*key)).collect();
        assert_eq!(missing, NOT_IN_THE_FILE, "{name}");
    }
    assert_eq!(otherwise, OTHERWISE_IN_THE_FILE.map(|(name, key)| (name.into(), key.into())));
    // The files would notice a reason that is never given.
    assert_eq!(reasons.len(), 10, "{reasons:?}");
}

fn reason(preview: &Preview, key: &SkipKey) -> Reason {
    preview.pane(key).unwrap().reason()
}

fn of(skipped: &[SkipKey], context: Context, target: &str) -> Preview {
    preview(skipped, context, target.parse().unwrap())
}

/// SCR-4, SHI-6: whatever the profile says, no pane comes after activation. What comes before, nobody can promise.
#[test]
fn a_shared_ipad_shows_nothing_after_activation() {
    let context = Context::default().with_shared_ipad(true);
    for skipped in [&[][..], &[SkipKey::Siri, SkipKey::Restore], SkipKey::ALL] {
        let preview = of(skipped, context, "ipados:27");
        assert_eq!(preview.with_verdict(Verdict::Shown).count(), 0);
        assert_eq!(reason(&preview, &SkipKey::Siri), Reason::SharedIpad);
        assert_eq!(reason(&preview, &SkipKey::Android), Reason::SharedIpad);
        assert_eq!(reason(&preview, &SkipKey::AgeAssurance), Reason::SharedIpad);
        assert_eq!(reason(&preview, &SkipKey::TvRoom), Reason::NotOnPlatform);
        let may_appear: Vec<_> = preview.with_verdict(Verdict::MayAppear).map(|pane| pane.key().as_str()).collect();
        let before_activation =
            ["AccessibilityAppearance", "Keyboard", "SafetyAndHandling", "SpokenLanguage", "TermsOfAddress"];
        assert_eq!(may_appear, before_activation);
    }
    // An iPhone is never one.
    assert_eq!(of(&[], context, "ios:27"), of(&[], Context::default(), "ios:27"));
}

#[test]
fn unattended_setup_walks_by_itself() {
    let context = Context::default().with_auto_advance(true);
    for (on, expected) in [
        ("tvos:18", Reason::AutoAdvance),
        ("macos:11", Reason::AutoAdvance),
        ("macos:10.15.7", Reason::NotSkipped),
        ("ipados:18", Reason::NotSkipped),
    ] {
        let preview = of(&[SkipKey::Tos], context, on);
        assert_eq!(reason(&preview, &SkipKey::Siri), expected, "{on}");
        assert_eq!(reason(&preview, &SkipKey::Tos), Reason::Skipped, "{on}");
    }
}

#[test]
fn what_the_files_do_not_have() {
    let preview = of(&[SkipKey::AgeAssurance, SkipKey::AccessibilityAppearance], Context::default(), "ios:27");
    assert_eq!(reason(&preview, &SkipKey::AgeAssurance), Reason::Withdrawn);
    assert_eq!(reason(&preview, &SkipKey::AgeBasedSafetySettings), Reason::Withdrawn);
    assert_eq!(reason(&preview, &SkipKey::AdditionalPrivacySettings), Reason::NotOnPlatform);
    assert_eq!(reason(&preview, &SkipKey::DeviceFeaturesTour), Reason::NotSkipped);
    assert_eq!(reason(&preview, &SkipKey::AccessibilityAppearance), Reason::NotAlwaysSkippable);
    let before = of(&[], Context::default(), "ios:26.1");
    assert_eq!(reason(&before, &SkipKey::AgeAssurance), Reason::NotYet { introduced: OsVersion::new(26, 2, 0) });
}

/// The reason is data, and a line of text.
#[test]
fn a_preview_is_json_and_text() {
    let skipped = [SkipKey::Siri, SkipKey::from("NextYearsPane")];
    let preview = of(&skipped, Context::default(), "ipados:17.4");
    let json = serde_json::to_value(&preview).unwrap();
    assert_eq!((&json["target"], &json["unknown"]), (&"iPadOS 17.4".into(), &serde_json::json!(["NextYearsPane"])));
    let line = |key: &str| json["panes"].as_array().unwrap().iter().find(|pane| pane["key"] == key).unwrap().clone();
    assert_eq!(line("Siri"), serde_json::json!({"key": "Siri", "verdict": "hidden", "reason": "skipped"}));
    assert_eq!(
        line("Intelligence"),
        serde_json::json!({"key": "Intelligence", "verdict": "not_there", "reason": "not_yet", "introduced": "18.0"})
    );
    let (short, all) = (preview.to_string(), format!("{preview:#}"));
    assert_eq!(all.lines().count(), 1 + SkipKey::ALL.len() + 1);
    for expected in [
        "iPadOS 17.4\n",
        "  hidden      Siri                                 Siri pane; Siri stays off\n",
        "  may appear  Zoom                                 Display zoom chooser; it is deprecated since 17.0, and may be gone\n",
        "  ?           NextYearsPane                        unknown, and sent as it is\n",
    ] {
        assert!(all.contains(expected) && short.contains(expected), "{expected:?} is not in\n{all}");
    }
    let not_there =
        "  not there   Intelligence                         Apple Intelligence pane; it exists from 18.0 on\n";
    assert!(all.contains(not_there) && !short.contains("Intelligence"), "{all}");
    let missing = preview.with_verdict(Verdict::NotThere).count();
    assert!(short.ends_with(&format!("  {missing} panes are not there\n")), "{short}");
    assert_eq!(short.lines().count(), 1 + SkipKey::ALL.len() - missing + 1 + 1);
    let shown: Vec<&str> = short.lines().filter(|line| line.starts_with("  shown ")).collect();
    assert!(short.contains(&format!("iPadOS 17.4\n{}\n", shown.join("\n"))), "what is shown comes first:\n{short}");
    // What nobody knows yet, and what never was.
    for (target, header) in [
        ("ios:31", "iOS 31.0 (newer than this list (OS 27))\n"),
        ("tvos:20", "tvOS 20.0 (never released: 18 was followed by 26)\n"),
    ] {
        assert!(of(&[], Context::default(), target).to_string().starts_with(header), "{target}");
    }
}

/// Targets around the versions in which something changes.
pub(crate) fn any_target() -> impl Strategy<Value = Target> {
    let versions = ["7.0", "9.3.2", "10.9", "10.15", "11.3", "12.4", "13.0", "14.4", "14.5", "15.0", "15.4", "17.0"];
    let versions = [&versions[..], &["18.3", "18.4", "26.0", "26.1", "26.2", "27.0", "28.0"]].concat();
    let version = prop_oneof![
        4 => prop::sample::select(versions).prop_map(|text| text.parse().unwrap()),
        1 => (1_u16..30, 0_u16..8, 0_u16..5).prop_map(|(major, minor, patch)| OsVersion::new(major, minor, patch)),
    ];
    (prop::sample::select(Platform::ALL), version).prop_map(|(platform, version)| Target::new(platform, version))
}

fn any_context() -> impl Strategy<Value = Context> {
    any::<(bool, bool)>().prop_map(|(shared, auto)| Context::default().with_shared_ipad(shared).with_auto_advance(auto))
}

fn any_keys() -> impl Strategy<Value = Vec<SkipKey>> {
    let key = prop_oneof![
        9 => prop::sample::select(SkipKey::ALL),
        1 => "[A-Za-z]{0,12}".prop_map(|text| SkipKey::from(text.as_str())),
    ];
    prop::collection::vec(key, 0..40)
}

/// How much of a pane can be seen.
fn rank(pane: &Pane) -> u8 {
    match pane.verdict() {
        Verdict::Shown => 2,
        Verdict::MayAppear => 1,
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_key_has_one_verdict_and_unknown_keys_survive(
        keys in any_keys(), context in any_context(), target in any_target()
    ) {
        let bare = preview(&[], Context::default(), target);
        let preview = preview(&keys, context, target);
        let judged: Vec<_> = preview.panes().iter().map(|pane| pane.key().clone()).collect();
        prop_assert_eq!(judged, SkipKey::ALL);
        let unknown: Vec<_> = keys.iter().filter(|key| !SkipKey::ALL.contains(key)).cloned().collect();
        prop_assert_eq!(preview.unknown(), unknown);
        // Nothing but the system decides what is there.
        for (pane, bare) in preview.panes().iter().zip(bare.panes()) {
            prop_assert_eq!(pane.verdict() == Verdict::NotThere, bare.verdict() == Verdict::NotThere);
            prop_assert!(pane.verdict() != Verdict::Hidden || bare.verdict() != Verdict::NotThere);
        }
    }

    #[test]
    fn skipping_more_never_shows_more(
        keys in any_keys(), more in any_keys(), context in any_context(), target in any_target()
    ) {
        let before = preview(&keys, context, target);
        let after = preview(&[keys, more.clone()].concat(), context, target);
        for (before, after) in before.panes().iter().zip(after.panes()) {
            prop_assert!(rank(after) <= rank(before), "{before:?} became {after:?}");
            // What is not named changes nothing, other than through Restore.
            let touched = more.contains(before.key()) || (*before.key() == SkipKey::Android && more.contains(&SkipKey::Restore));
            prop_assert!(touched || before == after, "{before:?} became {after:?}");
        }
    }

    #[test]
    fn the_order_and_number_of_keys_do_not_matter(
        keys in any_keys(), context in any_context(), target in any_target()
    ) {
        let reversed: Vec<_> = keys.iter().rev().chain(&keys).cloned().collect();
        let (once, twice) = (preview(&keys, context, target), preview(&reversed, context, target));
        prop_assert_eq!(once.panes(), twice.panes());
    }

    /// Skipping all that can be skipped is as good as naming every key.
    #[test]
    fn skip_all_leaves_nothing_shown(context in any_context(), target in any_target()) {
        let all = preview(SkipKey::ALL, context, target);
        let short = preview(&skip_all(target), context, target);
        for (all, short) in all.panes().iter().zip(short.panes()) {
            prop_assert_eq!(all.verdict(), short.verdict(), "{:?}", short);
            prop_assert!(short.verdict() != Verdict::Shown);
        }
    }
}
