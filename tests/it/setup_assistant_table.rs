//! The table of skip keys is what the data say, and differs from Apple's own file only where that is known.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::os::Platform;
use apple_ade::setup_assistant::{Availability, SkipKey, Skippable};

use crate::{fixture, source};

/// What differs from Apple's file, and who says otherwise. Each is needed, and there are no others.
const KNOWN: [(&str, &str); 7] = [
    ("AdditionalPrivacySettings is not in the file", "apple/device-management@8d9958d had it (September 2025)"),
    ("AgeAssurance is not in the file", "apple/device-management@f878dea had it (January 2026)"),
    ("AgeBasedSafetySettings is not in the file", "apple/device-management@bfcc8bb had it (December 2025)"),
    ("DeviceFeaturesTour is not in the file", "Apple's page SkipKeys, and CHANGES.md of device-management@255d4a2d"),
    ("OSShowcase on iOS: 26.0 - - in the file, 26.0 - 27.0 here", "Apple's page SkipKeys strikes it out"),
    ("OSShowcase on macOS: 26.1 - - in the file, 26.1 - 27.0 here", "Apple's page SkipKeys strikes it out"),
    ("Registration is not in the file", "cmdmnt/commandment, from an old protocol reference"),
];

/// Apple's page says of these that they cannot always be skipped, and Apple's file does not: the table says `Unsure`.
const UNSURE: [(&str, &str); 1] = [("AccessibilityAppearance", "iOS")];

/// The systems of Apple's file; its iOS is our iOS and iPadOS.
pub(crate) const SYSTEMS: [Platform; 4] = [Platform::Ios, Platform::MacOs, Platform::TvOs, Platform::VisionOs];

/// What Apple's file says of a key on a system: introduced, deprecated, removed, always skippable.
pub(crate) type Facts = BTreeMap<String, String>;

/// What a key's, or the file's, `supportedOS` says of each system.
pub(crate) type Systems = BTreeMap<String, Facts>;

/// Apple's file: what holds for keys that say nothing else, and the keys. Reads what is indented below `supportedOS`.
pub(crate) fn apples_file() -> (Systems, BTreeMap<String, Systems>) {
    let (mut head, mut keys) = (Systems::new(), BTreeMap::<String, Systems>::new());
    let (mut key, mut system, mut inside) = (None, String::new(), None);
    for line in fixture::text("apple/skipkeys.yaml").lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some(name) = line.strip_prefix("- key: ") {
            assert!(keys.insert(name.into(), Systems::new()).is_none(), "{name} stands there twice");
            (key, inside) = (Some(name.to_owned()), None);
        } else if text == "supportedOS:" {
            inside = Some(indent);
        } else if let Some(start) = inside {
            let systems = key.as_ref().map_or(&mut head, |key| keys.get_mut(key).unwrap());
            match text.split_once(": ") {
                _ if indent <= start => inside = None,
                None => {
                    system = text.trim_end_matches(':').into();
                    systems.insert(system.clone(), Facts::new());
                }
                Some((name, value)) => {
                    systems.get_mut(&system).unwrap().insert(name.into(), value.trim_matches('\'').into());
                }
            }
        }
    }
    (head, keys)
}

/// What a key says of a system, filled up from the head; nothing where it does not exist.
pub(crate) fn facts(head: &Systems, key: &Systems, system: &str) -> Option<Facts> {
    let mut facts = head[system].clone();
    facts.extend(key.get(system).cloned().unwrap_or_default());
    (facts["introduced"] != "n/a").then_some(facts)
}

fn shown(facts: &Facts) -> String {
    let part = |name| facts.get(name).map_or("-", String::as_str);
    [part("introduced"), part("deprecated"), part("removed")].join(" ")
}

fn ours(row: &Availability) -> String {
    let parts = [row.introduced(), row.deprecated(), row.removed()];
    parts.map(|version| version.map_or_else(|| "-".into(), |version| version.to_string())).join(" ")
}

#[test]
fn the_table_differs_from_apples_file_only_where_that_is_known() {
    let (head, keys) = apples_file();
    assert_eq!(keys.len(), 53);
    let mut found: Vec<String> =
        keys.keys().filter(|key| matches!(SkipKey::from(key.as_str()), SkipKey::Other(_))).cloned().collect();
    for key in SkipKey::ALL {
        let Some(systems) = keys.get(key.as_str()) else {
            found.push(format!("{key} is not in the file"));
            continue;
        };
        for platform in SYSTEMS {
            let apple = facts(&head, systems, platform.as_str()).map_or_else(|| "n/a".into(), |facts| shown(&facts));
            let ours = key.on(platform).map_or_else(|| "n/a".into(), ours);
            if apple != ours {
                found.push(format!("{key} on {platform}: {apple} in the file, {ours} here"));
            }
        }
    }
    found.sort();
    assert_eq!(found, KNOWN.map(|(difference, _)| difference));
}

#[test]
fn always_skippable_is_what_apples_file_says() {
    let (head, keys) = apples_file();
    let (mut not_always, mut unsure) = (BTreeSet::new(), BTreeSet::new());
    for key in SkipKey::ALL.iter().filter(|key| !key.is_withdrawn() && **key != SkipKey::DeviceFeaturesTour) {
        for platform in SYSTEMS {
            let apple = facts(&head, &keys[key.as_str()], platform.as_str());
            let Some((row, apple)) = key.on(platform).zip(apple) else { continue };
            match row.skippable() {
                Skippable::Unsure => drop(unsure.insert((key.as_str(), platform.as_str()))),
                skippable => assert_eq!(skippable == Skippable::Always, apple["always-skippable"] == "true", "{key}"),
            }
            if apple["always-skippable"] == "false" {
                not_always.insert(key.as_str());
            }
        }
    }
    // SCR-12 and the schema's flag on Accessibility.
    let expected = ["Accessibility", "Keyboard", "SafetyAndHandling", "SpokenLanguage", "TapToSetup", "TermsOfAddress"];
    assert_eq!(not_always, expected.into());
    assert_eq!(unsure, UNSURE.into());
}

/// Apple's file says iOS for both, and no watch has panes.
#[test]
fn ios_and_ipados_are_alike() {
    for key in SkipKey::ALL {
        let alike = |platform| {
            let row = key.on(platform)?;
            Some((ours(row), row.ineffective(), row.skippable(), row.doubt()))
        };
        assert_eq!(alike(Platform::Ios), alike(Platform::IpadOs), "{key}");
        assert_eq!(key.on(Platform::WatchOs), None);
    }
}

#[test]
fn the_table_is_what_the_data_say() {
    let data = source::text("data/skip_keys.csv");
    let mut lines = data.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    let mut seen: Vec<(String, Platform)> = Vec::new();
    for line in lines {
        assert_eq!(line.len(), columns.len(), "{line:?}");
        let field = |name: &str| line[columns.iter().position(|column| *column == name).unwrap()];
        let key = SkipKey::from(field("key"));
        let row = key.on(field("platform").parse().unwrap()).unwrap_or_else(|| panic!("{line:?}"));
        let optional = |name| Some(field(name)).filter(|text| !text.is_empty());
        let version = |name| optional(name).map(|text| text.parse().unwrap());
        assert_eq!(
            (row.introduced(), row.deprecated(), row.removed(), row.ineffective()),
            (version("introduced"), version("deprecated"), version("removed"), version("ineffective_from")),
            "{line:?}"
        );
        let skippable = match field("always_skippable") {
            "yes" => Skippable::Always,
            "no" => Skippable::NotAlways,
            "unsure" => Skippable::Unsure,
            other => panic!("{other:?}"),
        };
        assert_eq!((row.skippable(), row.doubt()), (skippable, optional("doubt")), "{line:?}");
        assert_eq!((key.is_withdrawn(), key.title()), (field("withdrawn") == "yes", optional("title")), "{line:?}");
        assert!(!field("source").is_empty(), "{line:?}");
        seen.push((field("key").into(), row.platform()));
    }
    let table = SkipKey::ALL
        .iter()
        .flat_map(|key| key.availability().iter().map(|row| (key.as_str().to_owned(), row.platform())));
    assert_eq!(seen, table.collect::<Vec<_>>());
    let order: Vec<String> = SkipKey::ALL.iter().map(|key| key.as_str().to_lowercase()).collect();
    assert!(order.is_sorted() && order.len() == 58, "{order:?}");
}
