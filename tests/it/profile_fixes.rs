//! Odd elements, misspelt keys, and what fixes do and do not do: alone, chosen, and on text.

use std::fmt::Write as _;

use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Edit, Fix, Rule, Severity, Violation, Violations};
use apple_ade::profile::Check;
use serde_json::{Value, json};

fn profile(also: &Value) -> String {
    let mut profile = json!({
        "profile_name": "iPads", "url": "https://mdm.example.org/enroll", "is_supervised": true, "is_mandatory": true,
    });
    for (key, value) in also.as_object().unwrap() {
        profile[key] = value.clone();
    }
    profile.to_string()
}

fn judged(also: &Value) -> Violations {
    Check::new().json(&profile(also))
}

/// Code and path of each.
fn said(violations: &Violations) -> Vec<(&str, &str)> {
    violations.iter().map(|violation| (violation.rule().code(), violation.path())).collect()
}

fn fixed(also: &Value) -> Value {
    let (text, _) = Check::new().fix_json(&profile(also)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_odd_element_does_not_hide_the_others() {
    let violations = judged(&json!({
        "skip_setup_items": ["Siri", 1, "location", null],
        "devices": ["C8TJ500QF1MN", 7, "", "c8tj500qf1mn", "C8TJ500QF1MM"],
        "anchor_certs": [true, "no base64!"],
    }));
    let expected = [
        ("ADE-P002", "anchor_certs[0]"),
        ("ADE-P401", "anchor_certs[1]"),
        ("ADE-P002", "devices[1]"),
        ("ADE-P002", "skip_setup_items[1]"),
        ("ADE-P002", "skip_setup_items[3]"),
        ("ADE-P505", "devices[2]"),
        ("ADE-P500", "devices[3]"),
        ("ADE-P503", "devices[3]"),
        ("ADE-P201", "skip_setup_items[2]"),
    ];
    assert_eq!(said(&violations), expected, "{violations}");
    let first = violations.iter().next().unwrap();
    assert_eq!(first.message(), "`anchor_certs[0]` should be a text");
    assert_eq!((first.word(), first.found()), (Some("MALFORMED_REQUEST_BODY"), None));
    // What is mended keeps its place beside what cannot be.
    let fixed = fixed(&json!({
        "skip_setup_items": ["Siri", 1, "location", null], "devices": ["C8TJ500QF1MN", 7, "", "c8tj500qf1mn"],
    }));
    assert_eq!(fixed["skip_setup_items"], json!(["Siri", 1, "Location"]));
    assert_eq!(fixed["devices"], json!(["C8TJ500QF1MN", 7]));
    // A value that is no list at all is one mistake.
    let violations = judged(&json!({"skip_setup_items": {"Siri": true}}));
    assert_eq!(violations.iter().next().unwrap().message(), "`skip_setup_items` should be an array of texts");
    assert_eq!(violations.len(), 1);
}

#[test]
fn a_misspelt_key_with_an_odd_value_is_told_and_mended_at_once() {
    let violations = judged(&json!({"Await_Device_Configured": "true", "multi_user": "perhaps"}));
    assert_eq!(said(&violations), [("ADE-P006", "Await_Device_Configured"), ("ADE-P005", "multi_user")]);
    let all: Vec<&Violation> = violations.iter().collect();
    assert!(all[0].message().ends_with("and should be true or false"), "{violations}");
    assert_eq!(
        all[0].help(),
        Some(
            "write `await_device_configured` in place of `Await_Device_Configured`, and set `await_device_configured` to true"
        )
    );
    assert_eq!((all[1].fix(), all[1].help()), (None, Some("write `is_multi_user` with true or false")));
    let fixed = fixed(&json!({"Await_Device_Configured": "true", "SkipSetupItems": "Siri"}));
    assert_eq!((&fixed["await_device_configured"], &fixed["skip_setup_items"]), (&json!(true), &json!(["Siri"])));
    assert!(fixed.get("SkipSetupItems").is_none());
}

#[test]
fn a_flag_that_is_misspelt_is_not_left_out() {
    for key in ["supervised", "IsSupervised", "is_supervized", "is_supervised"] {
        let text = format!(
            r#"{{"profile_name": "iPads", "url": "https://mdm.example.org/", "is_mandatory": true, "{key}": true}}"#
        );
        let violations = Check::new().json(&text);
        assert_eq!(violations.by_rule(Rule::FLAG_LEFT_OUT).count(), 0, "{key}: {violations}");
    }
    let violations = Check::new().json(r#"{"profile_name": "iPads", "url": "https://mdm.example.org/"}"#);
    assert_eq!(violations.by_rule(Rule::FLAG_LEFT_OUT).count(), 2);
}

/// A program may add what nobody has said, and not turn round what somebody has.
#[test]
fn what_was_said_is_not_reversed() {
    let without = |also: &str| {
        let text = format!(
            r#"{{"profile_name": "iPads", "url": "https://mdm.example.org/", "is_mandatory": true, "is_mdm_removable": false{also}}}"#
        );
        let violations = Check::new().json(&text);
        let found = violations.by_rule(Rule::LOCKED_UNSUPERVISED).next().unwrap().clone();
        let (fixed, _) = Check::new().fix_json(&text).unwrap();
        (found, serde_json::from_str::<Value>(&fixed).unwrap())
    };
    let (absent, fixed) = without("");
    assert!(absent.fix().is_some() && fixed["is_supervised"] == json!(true));
    for said in [
        r#", "is_supervised": false"#,
        r#", "supervised": false"#,
        r#", "is_supervised": "false""#,
        r#", "is_supervized": false"#,
    ] {
        let (found, fixed) = without(said);
        assert_eq!(found.fix(), None, "{said}");
        assert_eq!(found.help(), Some("set `is_supervised` to true, or remove `is_mdm_removable`, whichever is meant"));
        assert_ne!(fixed["is_supervised"], json!(true), "{said}");
        assert_eq!(fixed["is_mdm_removable"], json!(false), "{said}");
    }
    let (found, fixed) = without(r#", "supervised": true"#);
    assert_eq!((found.fix(), &fixed["is_supervised"]), (None, &json!(true)), "the other fix does it");
    assert_eq!(found.help(), Some("write `is_supervised` in place of `supervised`"));
}

#[test]
fn a_text_in_place_of_a_list_is_split_where_every_word_is_known() {
    for (text, expected) in [
        ("Siri", json!(["Siri"])),
        ("Siri,Location", json!(["Siri", "Location"])),
        ("siri, TOS  Zoom", json!(["Siri", "TOS", "Zoom"])),
        ("NextYear", json!(["NextYear"])),
        ("Siri,NextYear", json!("Siri,NextYear")),
        (" , ", json!(" , ")),
    ] {
        assert_eq!(fixed(&json!({"skip_setup_items": text}))["skip_setup_items"], expected, "{text:?}");
    }
    assert_eq!(fixed(&json!({"devices": "C8TJ500QF1MN C8TJ500QF1MM"}))["devices"][1], "C8TJ500QF1MM");
    assert_eq!(fixed(&json!({"devices": "two iPads"}))["devices"], "two iPads");
}

#[test]
fn null_is_not_lost_without_a_word() {
    let violations = judged(&json!({"department": null, "url": null}));
    let nulls: Vec<&Violation> = violations.by_rule(Rule::KEY_NULL).collect();
    assert_eq!(nulls.iter().map(|found| found.path()).collect::<Vec<_>>(), ["department", "url"]);
    assert_eq!((nulls[0].severity(), nulls[0].found()), (Severity::Note, Some("null")));
    let (text, done) = Check::new().fix_json(&profile(&json!({"department": null}))).unwrap();
    assert!(!text.contains("department"));
    assert_eq!(done, ["remove `department`"]);
    // Of a key that is there twice the last value counts, and stays.
    let twice = profile(&json!({})).replace('{', r#"{"department": null, "department": "IT","#);
    assert_eq!(Check::new().json(&twice).by_rule(Rule::KEY_NULL).count(), 0);
    assert!(Check::new().fix_json(&twice).unwrap().0.contains("\"department\": \"IT\""));
}

/// The order of the keys is somebody's, and what is not touched stays to the letter.
#[test]
fn text_is_mended_in_its_order() {
    let text = r#"{"zone": 1.50, "skip_setup_items": ["siri"], "mandatory": true,
        "url": "https://mdm.example.org/enroll", "is_supervised": true, "profile_name": "Pads"}"#;
    let (fixed, done) = Check::new().fix_json(text).unwrap();
    assert_eq!(done.len(), 2, "{done:?}");
    let expected = r#"{
  "zone": 1.50,
  "skip_setup_items": [
    "Siri"
  ],
  "is_mandatory": true,
  "url": "https://mdm.example.org/enroll",
  "is_supervised": true,
  "profile_name": "Pads"
}"#;
    // Arrays and objects that are not touched keep their form.
    assert_eq!(fixed.split_whitespace().collect::<String>(), expected.split_whitespace().collect::<String>());
    assert_eq!(Check::new().fix_json(&fixed).unwrap(), (fixed, Vec::new()));
    let refused = Check::new().fix_json("[]").unwrap_err();
    assert_eq!(said(&refused), [("ADE-P000", "$")]);
}

#[test]
fn chosen_fixes_come_back_from_json() {
    let before: Profile =
        serde_json::from_str(&profile(&json!({"skip_setup_items": ["siri", "tos", ""], "support_email_address": ""})))
            .unwrap();
    let found = Check::new().wire(&before);
    let sent = serde_json::to_string(&found).unwrap();
    let sent: Vec<Value> = serde_json::from_str(&sent).unwrap();
    let second = sent.iter().find(|violation| violation["path"] == "skip_setup_items[1]").unwrap();
    let chosen: Fix = serde_json::from_str(&second["fix"].to_string()).unwrap();
    assert_eq!(chosen.title(), "write \"TOS\" in place of `skip_setup_items[1]`");
    let mended = chosen.apply_to(&before).unwrap();
    assert_eq!(mended.skip_setup_items.as_deref().unwrap(), ["siri", "TOS", ""]);
    assert_eq!(chosen.apply_to(&mended), None, "it changes nothing any more");

    for fix in found.fixes() {
        let again: Fix = serde_json::from_str(&serde_json::to_string(fix).unwrap()).unwrap();
        assert_eq!(again, *fix);
        assert_eq!(serde_json::from_value::<Fix>(serde_json::to_value(fix).unwrap()).unwrap(), *fix);
    }
    let (mended, left) = Check::new().apply(&before, found.fixes());
    assert_eq!(mended.skip_setup_items.as_deref().unwrap(), ["Siri", "TOS"]);
    assert_eq!(left, Check::new().wire(&mended));

    for (edit, expected) in [
        (r#"{"edit": "set", "key": "a", "value": null}"#, true),
        (r#"{"edit": "rename", "key": "a", "to": "b"}"#, true),
        (r#"{"edit": "remove_item", "key": "a", "index": 0}"#, true),
        (r#"{"edit": "remove_item", "key": "a"}"#, false),
        (r#"{"edit": "set", "key": "a"}"#, false),
        (r#"{"edit": "set_item", "key": "a", "index": -1, "value": 1}"#, false),
        (r#"{"edit": "remove", "key": "a", "value": 1}"#, false),
        (r#"{"edit": "drop", "key": "a"}"#, false),
        (r#"{"edit": "remove", "key": "a", "keys": 1}"#, false),
    ] {
        let read = serde_json::from_str::<Edit>(edit);
        assert_eq!(read.is_ok(), expected, "{edit}: {read:?}");
        if let Ok(read) = read {
            assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::from_str::<Value>(edit).unwrap());
        }
    }
}

/// Titles stand alone in a list of what was done.
#[test]
fn titles_name_the_place() {
    let (_, done) = Check::new()
        .fix_json(&profile(&json!({
            "skip_setup_items": ["siri", ""], "devices": ["C8TJ500QF1MN", "C8TJ500QF1MN", "c8tj500qf1mm"], "mandatory": true,
        })))
        .unwrap();
    for expected in [
        "write \"Siri\" in place of `skip_setup_items[0]`",
        "remove `skip_setup_items[1]`",
        "name every device of `devices` once",
        "remove `mandatory`, since `is_mandatory` is there, too",
    ] {
        assert!(done.iter().any(|title| title == expected), "{expected:?} is not in {done:?}");
    }
    assert!(done.iter().all(|title| title.matches('`').count() >= 2), "{done:?}");
}

/// What is said as an error ends with what matters, and does not bury it.
#[test]
fn notes_do_not_bury_errors() {
    let check = Check::new().target("ios:17.4".parse().unwrap());
    let mut profile = Profile::new("iPads", "http://");
    (profile.is_supervised, profile.is_mandatory) = (Some(true), Some(true));
    profile.skip_setup_items =
        Some(["Siri", "Siri", "Siri", "Siri", "Siri", "Siri", "Siri", "TVRoom"].map(String::from).into());
    let violations = check.wire(&profile);
    assert_eq!(violations.notes().count(), 7);
    let text = violations.to_string();
    assert!(text.starts_with("error["), "{text}");
    let note = "note[ADE-P202]: a skip key is there once\n  --> skip_setup_items[1], skip_setup_items[2], skip_setup_items[3], \
                skip_setup_items[4], skip_setup_items[5] and 1 more\n\n";
    assert!(text.contains(note) && text.matches("note[").count() == 2 && text.contains("7 notes"), "{text}");
    profile.skip_setup_items = Some(["Siri", "Siri", "Siri", "Siri"].map(String::from).into());
    let few = check.wire(&profile).to_string();
    assert_eq!((few.matches("note[").count(), few.matches("= why:").count() >= 4), (3, true), "{few}");
}

/// Skipping all that can be skipped is worth no more than a note for each reason.
#[test]
fn skip_all_is_worth_few_notes() {
    for target in ["ios:17.4", "ipados:26.1", "macos:15.4", "tvos:18.0"] {
        let target = target.parse().unwrap();
        let mut profile = Profile::new("iPads", "https://mdm.example.org/enroll");
        (profile.is_supervised, profile.is_mandatory) = (Some(true), Some(true));
        let keys = apple_ade::setup_assistant::skip_all(target);
        profile.skip_setup_items = Some(keys.iter().map(ToString::to_string).collect());
        let violations = Check::new().target(target).wire(&profile);
        assert!(violations.by_rule(Rule::SKIP_NOT_ALWAYS).count() <= 1, "{violations}");
        assert_eq!(violations.errors().count() + violations.warnings().count(), 0, "{violations}");
    }
}

/// In time that grows with the text: nobody wrote this by hand, and with the square of it the test would not end.
#[test]
fn a_hundred_thousand_mistakes_are_judged_and_mended() {
    let with_keys = |also: &Value, keys: &dyn Fn(usize) -> String, count: usize| {
        let mut text = profile(also);
        text.pop();
        (0..count).for_each(|number| write!(text, ",{}:\"IT\"", json!(keys(number))).unwrap());
        text + "}"
    };
    let misspelt: Vec<String> = (0..100_000).map(|number| format!("Sirri{}", number % 10)).collect();
    let unknown: Vec<String> = (0..100_000).map(|number| format!("Siri{number}")).collect();
    let text = with_keys(&json!({"skip_setup_items": unknown}), &|number| format!("departments{number}"), 100_000);
    let violations = Check::new().json(&text);
    for rule in [Rule::KEY_UNKNOWN, Rule::SKIP_KEY_UNKNOWN] {
        assert_eq!(violations.by_rule(rule).count(), 100_000, "{rule:?}");
        // Looking for the nearest takes longest.
        let guesses = violations.by_rule(rule).filter(|found| found.help().unwrap().starts_with("did you mean"));
        assert!((1..=20).contains(&guesses.count()), "{rule:?}");
    }
    assert_eq!(Check::new().json(&profile(&json!({"skip_setup_items": misspelt}))).len(), 100_000);
    let (fixed, done) = Check::new().fix_json(&text).unwrap();
    assert_eq!((fixed, done), (text, Vec::new()));

    // Every key a spelling of the same.
    let spelling = |number: usize| {
        let parts = [("_.", 1 + number % 7), ("-", number / 7 % 300), (" ", number / 2100)];
        let tail: String = parts.iter().map(|(part, times)| part.repeat(*times)).collect();
        format!("department{tail}")
    };
    let text = with_keys(&json!({"skip_setup_items": vec!["siri"; 20_000]}), &spelling, 10_000);
    let (fixed, done) = Check::new().fix_json(&text).unwrap();
    assert!(done.len() > 25_000, "{}", done.len());
    let fixed: Value = serde_json::from_str(&fixed).unwrap();
    assert_eq!((&fixed["skip_setup_items"], &fixed["department"]), (&json!(["Siri"]), &json!("IT")));
    assert_eq!(fixed.as_object().unwrap().len(), 6);
}
