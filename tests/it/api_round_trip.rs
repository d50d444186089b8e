//! Random objects: what is read, written and read again is the same, and equal to what was there.

use std::fmt::Write as _;

use apple_ade::api::profile::Profile;
use apple_ade::api::{AccountDetail, Device, Url};
use chrono::DateTime;
use proptest::prelude::*;
use serde_json::Value;

use crate::api_responses::{Object, read};
use crate::api_schema::{properties, sample};

/// A JSON number or other scalar, as text.
fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        prop::sample::select(vec![
            "0",
            "-0",
            "1.10",
            "1e5",
            "2E-3",
            "12345678901234567890",
            "99999999999999999999999999999999999999999999999999999992",
            "0.1000",
            "1538000000"
        ])
        .prop_map(Into::into),
        ".{0,8}".prop_map(|text| Value::String(text).to_string()),
        prop::sample::select(vec![
            "\"\"",
            "\"2024-10-03T09:35:18Z\"",
            "\"2024-10-03T09:35:18+02:00\"",
            "\"iPadOS\"",
            "\"\\u00e4\\n\""
        ])
        .prop_map(Into::into),
    ]
}

/// Any JSON of at most three levels, as text.
fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::btree_map("[a-c]{1,2}", inner, 0..4).prop_map(|entries| object(entries.iter())),
        ]
    })
}

fn object<'e>(entries: impl Iterator<Item = (&'e String, &'e String)>) -> String {
    let mut text = String::from("{");
    for (key, value) in entries {
        let comma = if text.len() > 1 { "," } else { "" };
        write!(text, "{comma}{}:{value}", Value::from(key.as_str())).unwrap();
    }
    text + "}"
}

/// Entries of an object: known keys, with fitting values and with any, and unknown ones.
fn entries(schema: &'static str, required: &'static str) -> impl Strategy<Value = Vec<(String, String)>> {
    let known = properties(schema);
    let fitting = prop::sample::subsequence(known.clone(), 0..=known.len()).prop_map(move |keys| {
        let sample = sample(schema, 1);
        keys.into_iter().map(|key| (key.clone(), sample[&key].to_string())).collect::<Vec<_>>()
    });
    let any_value = prop::collection::vec((prop::sample::select(known), value()), 0..4);
    let unknown = prop::collection::vec(("[x-z]{1,3}|.{0,3}", value()), 0..5);
    (fitting, any_value, unknown).prop_map(move |(mut entries, odd, unknown)| {
        for (key, value) in odd.into_iter().chain(unknown) {
            entries.retain(|(other, _)| *other != key);
            if key != required {
                entries.push((key, value));
            }
        }
        if !required.is_empty() {
            entries.retain(|(key, _)| key != required);
            entries.insert(0, (required.into(), "\"A1\"".into()));
        }
        entries
    })
}

/// A known key may change in one way only: a value that says there is none is gone, a time is in UTC.
fn same(before: &Value, after: Option<&Value>) -> bool {
    match (before, after) {
        (Value::Null, None) => true,
        (Value::String(text), None) => text.is_empty(),
        (Value::String(text), Some(Value::String(other))) if text != other => {
            DateTime::parse_from_rfc3339(text).unwrap() == DateTime::parse_from_rfc3339(other).unwrap()
        }
        // Within the objects that are known, such as the URLs of an account, too.
        (Value::Array(before), Some(Value::Array(after))) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| same(before, Some(after)))
        }
        (Value::Object(before), Some(Value::Object(after))) => {
            before.iter().all(|(key, value)| same(value, after.get(key)))
                && after.keys().all(|key| before.contains_key(key))
        }
        (before, after) => Some(before) == after,
    }
}

fn check<T: Object>(schema: &str, entries: &[(String, String)]) {
    let text = object(entries.iter().map(|(key, value)| (key, value)));
    let first: T = read(&text);
    let written = serde_json::to_string(&first).unwrap();
    let second: T = read(&written);
    assert_eq!(first, second, "{text}");
    assert_eq!(written, serde_json::to_string(&second).unwrap());
    let after: Value = serde_json::from_str(&written).unwrap();
    let known = properties(schema);
    for (key, value) in entries {
        let before: Value = serde_json::from_str(value).unwrap();
        assert!(same(&before, after.get(key)), "`{key}` was {value} and is {:?}", after.get(key));
        if !known.contains(key) && first.extra().get(key).is_some() {
            assert_eq!(first.extra().get(key).unwrap().as_str(), value, "`{key}` is not to the letter");
            assert!(written.contains(value), "{written}");
        }
    }
    for odd in first.odd() {
        let (_, value) = entries.iter().find(|(key, _)| key == odd.key).unwrap();
        assert_eq!(odd.value.as_str(), value, "`{}` is not to the letter", odd.key);
    }
    // A key is read as a value, as odd, or as unknown: no two of them, and none is made up.
    assert!(after.as_object().unwrap().keys().all(|key| entries.iter().any(|(other, _)| other == key)));
    let none = |(_, value): &&(String, String)| value == "null" || value == "\"\"";
    assert!(after.as_object().unwrap().len() + entries.iter().filter(none).count() >= entries.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn devices(entries in entries("Device", "serial_number")) {
        check::<Device>("Device", &entries);
    }

    #[test]
    fn profiles(entries in entries("Profile", "")) {
        check::<Profile>("Profile", &entries);
    }

    #[test]
    fn accounts(entries in entries("AccountDetail", "")) {
        check::<AccountDetail>("AccountDetail", &entries);
    }

    #[test]
    fn urls(entries in entries("Url", "")) {
        check::<Url>("Url", &entries);
        let text = format!("{{\"urls\":[{}]}}", object(entries.iter().map(|(key, value)| (key, value))));
        let account: AccountDetail = read(&text);
        assert_eq!(read::<AccountDetail>(&serde_json::to_string(&account).unwrap()), account);
    }
}
