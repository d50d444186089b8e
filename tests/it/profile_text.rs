//! The rules on texts, contacts, codes and devices, case by case.

use std::collections::BTreeMap;

use apple_ade::judgement::{Rule, Violation};
use apple_ade::profile::{Check, Language, Region};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture;

fn profile(changes: &Value) -> Value {
    let mut profile = json!({
        "profile_name": "iPads", "url": "https://mdm.example.com/enroll", "is_supervised": true, "is_mandatory": true
    });
    let changes = changes.as_object().unwrap().clone();
    profile.as_object_mut().unwrap().extend(changes);
    profile
}

fn rules(changes: &Value) -> Vec<Rule> {
    let violations = Check::new().json(&profile(changes).to_string());
    violations.iter().map(Violation::rule).filter(|rule| *rule != Rule::LOCALE_UNCONFIRMED).collect()
}

/// What the fixes make of the changes.
fn fixed(changes: &Value) -> Value {
    let (fixed, _) = Check::new().fix(&serde_json::from_value(profile(changes)).unwrap());
    let mut fixed = serde_json::to_value(&fixed).unwrap();
    for (key, _) in profile(&json!({})).as_object().unwrap() {
        if changes.get(key).is_none() {
            fixed.as_object_mut().unwrap().remove(key);
        }
    }
    fixed
}

#[test]
fn email_addresses() {
    for good in [
        "help@example.com",
        "first.last+tag@mail.example.co.uk",
        "o'hara@example.com",
        "help@localhost",
        "\"help desk\"@example.com",
        "hilfe@exämple.ch",
        "用户@例子.广告",
        "a@[192.0.2.1]",
    ] {
        assert_eq!(rules(&json!({ "support_email_address": good })), [], "{good}");
    }
    for bad in [
        "help",
        "help@",
        "@example.com",
        "a@b@c.com",
        "help @example.com",
        "help@exa mple.com",
        ".a@example.com",
        "a..b@example.com",
        "help@example..com",
        "help@-example.com",
        "help@example.com.",
        "help\n@example.com",
        "<help@example.com",
        "a,b@example.com",
    ] {
        assert_eq!(rules(&json!({ "support_email_address": bad })), [Rule::SUPPORT_EMAIL_MALFORMED], "{bad:?}");
    }
    for several in ["a@x.com,b@x.com", "a@x.com; b@x.com", "a@x.com\nb@x.com", "a@x.com / b@x.com"] {
        assert_eq!(rules(&json!({ "support_email_address": several })), [Rule::SUPPORT_EMAIL_SEVERAL], "{several:?}");
    }
    for written in
        ["mailto:help@example.com", "Help Desk <help@example.com>", "<help@example.com>", "\u{200b}help@example.com"]
    {
        let changes = json!({ "support_email_address": written });
        assert_eq!(fixed(&changes), json!({ "support_email_address": "help@example.com" }), "{written:?}");
    }
}

#[test]
fn contacts_in_the_wrong_place() {
    for (changes, expected) in [
        (json!({ "department": "it@x.com" }), json!({ "support_email_address": "it@x.com" })),
        (json!({ "department": "+1 (800) 555-0100" }), json!({ "support_phone_number": "+1 (800) 555-0100" })),
        (json!({ "support_phone_number": "it@x.com" }), json!({ "support_email_address": "it@x.com" })),
        (json!({ "support_email_address": "800 555 0100" }), json!({ "support_phone_number": "800 555 0100" })),
        (
            json!({ "support_phone_number": "it@x.com", "support_email_address": "800 555 0100" }),
            json!({ "support_phone_number": "800 555 0100", "support_email_address": "it@x.com" }),
        ),
    ] {
        assert_eq!(fixed(&changes), expected, "{changes}");
    }
    // What has a place already is left to somebody who knows.
    for changes in [
        json!({ "department": "it@x.com", "support_email_address": "help@x.com" }),
        json!({ "support_phone_number": "it@x.com", "support_email_address": "help@x.com" }),
        json!({ "department": "https://www.example.com" }),
    ] {
        assert_eq!(rules(&changes).len(), 1, "{changes}");
        assert_eq!(fixed(&changes), changes);
    }
    for department in [
        "IT",
        "IT@School",
        "(100200)",
        "+1 2024/2025",
        "(2026) 2027-2028-2029-20",
        "4711-0815",
        "Team 5",
        "R&D @ Zürich",
        "0815",
        "Class 3/4 (2026)",
    ] {
        assert_eq!(rules(&json!({ "department": department })), [], "{department}");
    }
    // A number, and not surely one that can be called.
    for email in ["(100200)", "+1 2024/2025", "12345"] {
        let changes = json!({ "support_email_address": email });
        assert_eq!(rules(&changes), [Rule::SUPPORT_EMAIL_IS_OTHER], "{email}");
        assert_eq!(fixed(&changes), changes);
    }
    let changes = json!({ "support_phone_number": "IT@School" });
    assert_eq!(fixed(&changes), changes);
    for phone in ["+41 44 123 45 67", "1-800-MY-APPLE", "x1234", "٠٤٤١٢٣", "Ext. 7"] {
        assert_eq!(rules(&json!({ "support_phone_number": phone })), [], "{phone}");
    }
}

/// Some domains are written with U+200C or U+200D, and are others without.
#[test]
fn joiners_in_a_domain_stay() {
    for address in ["help@a\u{200c}b.example.com", "mailto:help@a\u{200d}b.example.com"] {
        let changes = json!({ "support_email_address": address });
        assert!(rules(&changes).contains(&Rule::TEXT_INVISIBLE), "{address:?}");
        assert_eq!(fixed(&changes), changes);
    }
    let changes = json!({ "support_email_address": "he\u{200b}lp@example.com" });
    assert_eq!(fixed(&changes), json!({ "support_email_address": "help@example.com" }));
}

#[test]
fn white_space() {
    for (changes, expected) in [
        (json!({ "department": " IT\u{a0}" }), json!({ "department": "IT" })),
        (json!({ "department": "\tIT\r\nHelp\n" }), json!({ "department": "IT Help" })),
        (json!({ "department": " " }), json!({})),
        (json!({ "department": "" }), json!({})),
        (json!({ "org_magic": "" }), json!({})),
        (json!({ "profile_name": " " }), json!({ "profile_name": " " })),
        (json!({ "org_magic": " x" }), json!({ "org_magic": " x" })),
        (json!({ "department": "a\u{0}b" }), json!({ "department": "a\u{0}b" })),
        (json!({ "department": format!("{} ", "x".repeat(125)) }), json!({ "department": "x".repeat(125) })),
    ] {
        assert_eq!(fixed(&changes), expected, "{changes}");
        assert!(!rules(&changes).is_empty(), "{changes}");
    }
}

#[test]
fn language_and_region() {
    for (changes, expected) in [
        (json!({ "language": "en-US" }), Some(json!({ "language": "en", "region": "US" }))),
        (json!({ "language": "pt_BR.UTF-8" }), Some(json!({ "language": "pt", "region": "BR" }))),
        (json!({ "language": "EN-us", "region": "US" }), Some(json!({ "language": "en", "region": "US" }))),
        (json!({ "region": "de_CH" }), Some(json!({ "language": "de", "region": "CH" }))),
        (json!({ "language": "DE", "region": "ch" }), Some(json!({ "language": "de", "region": "CH" }))),
        (json!({ "language": "GER", "region": "DEU" }), Some(json!({ "language": "de", "region": "DE" }))),
        (json!({ "language": "ger", "region": "UK" }), Some(json!({ "language": "de", "region": "GB" }))),
        (json!({ "language": "iw", "region": "IL" }), Some(json!({ "language": "he", "region": "IL" }))),
        (json!({ "language": "en-US", "region": "GB" }), None),
        (json!({ "language": "zh-Hant-TW", "region": "TW" }), None),
        (json!({ "language": "jp", "region": "JP" }), None),
        (json!({ "language": "English", "region": "GB" }), None),
        (json!({ "language": "en", "region": "Europe" }), None),
    ] {
        assert!(!rules(&changes).is_empty(), "{changes}");
        assert_eq!(fixed(&changes), expected.unwrap_or(changes.clone()), "{changes}");
    }
    for (language, region) in [("de", "CH"), ("nb", "NO"), ("gsw", "CH"), ("haw", "US")] {
        assert_eq!(rules(&json!({ "language": language, "region": region })), [], "{language}_{region}");
    }
}

/// The codes are those of ISO, as the Debian project's iso-codes has them.
#[test]
fn codes_are_those_of_iso() {
    let languages = fixture::text("iso/languages.csv");
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for line in languages.lines().skip(1) {
        let [short, long, bibliographic] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        // iso-codes still has bh for the Bihari languages, which ISO 639-1 withdrew in 2021.
        let short = if short.is_empty() || short == "bh" { long } else { short };
        for code in [short, long, bibliographic].into_iter().filter(|code| !code.is_empty()) {
            expected.insert(code.into(), short.into());
        }
    }
    let letters = || "abcdefghijklmnopqrstuvwxyz".chars();
    let two: Vec<String> = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))).collect();
    let three = two.iter().flat_map(|two| letters().map(move |c| format!("{two}{c}")));
    for code in two.iter().cloned().chain(three) {
        let language: Language = code.parse().unwrap();
        let shortest = language.is_assigned().then(|| language.shortest().to_string());
        assert_eq!(shortest.as_ref(), expected.get(&code), "{code}");
    }
    let regions = fixture::text("iso/regions.csv");
    let regions: BTreeMap<&str, &str> = regions.lines().skip(1).map(|line| line.split_once(',').unwrap()).collect();
    assert_eq!(regions.len(), 249);
    for code in &two {
        let code = code.to_uppercase();
        let region: Region = code.parse().unwrap();
        assert_eq!(region.is_assigned(), regions.contains_key(&*code), "{code}");
    }
    for (short, long) in regions {
        assert_eq!(long.parse::<Region>().unwrap_err().suggestion(), short.parse().ok(), "{long}");
    }
}

#[test]
fn devices() {
    for (devices, expected) in [
        (json!([" c02t0hl0ggc0", "C02T0HL0GGC0\n", "C02T0HL0GGC1"]), json!(["C02T0HL0GGC0", "C02T0HL0GGC1"])),
        (json!(["C02T0HL0GGC0", "C02-T0HL0GGC"]), json!(["C02T0HL0GGC0", "C02-T0HL0GGC"])),
        (json!([]), json!([])),
    ] {
        assert_eq!(fixed(&json!({ "devices": devices })), json!({ "devices": expected }), "{devices}");
    }
    // However many there are, there is a violation for each rule, and one round mends all.
    let many: Vec<String> = (0..100_000).map(|i| format!(" c02t{:08}", i / 2)).collect();
    assert_eq!(rules(&json!({ "devices": many })), [Rule::DEVICE_CASE, Rule::DEVICES_MANY, Rule::DEVICE_TWICE]);
    assert_eq!(fixed(&json!({ "devices": many }))["devices"].as_array().unwrap().len(), 50_000);
}

proptest! {
    /// Whatever the texts are, the fixes leave nothing that has a fix.
    #[test]
    fn nothing_is_left_to_mend(texts in prop::collection::vec(text(), 7)) {
        const KEYS: [&str; 7] = [
            "profile_name", "department", "org_magic", "support_phone_number", "support_email_address", "language", "region",
        ];
        let changes: Value = KEYS.iter().zip(texts).filter_map(|(key, text)| Some(((*key).to_owned(), json!(text?)))).collect();
        let profile = serde_json::from_value(profile(&changes)).unwrap();
        let (fixed, _) = Check::new().fix(&profile);
        let left = Check::new().wire(&fixed);
        prop_assert_eq!(left.fixes().count(), 0, "{}: {}", changes, left);
    }
}

fn text() -> impl Strategy<Value = Option<String>> {
    let piece = prop::sample::select(vec![
        "",
        " ",
        "\n",
        "\u{200b}",
        "\u{202a}",
        "IT",
        "it@example.com",
        "+41 44 123 45 67",
        "https://example.com",
        "<",
        ">",
        ",",
        "en",
        "US",
        "-",
        "_",
        "DE",
        "mailto:",
        "\u{0}",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ]);
    prop::option::of(prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()))
}
