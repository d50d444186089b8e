//! Answers of devices: read leniently, nothing of them lost, and what they mean.

use apple_ade::command::{AnswerStatus, CommandAnswer, CommandAnswerError, Outcome};
use apple_ade::property_list::{self, PropertyListError};
use plist::{Dictionary, Value};
use proptest::prelude::*;

use crate::command::UUID;
use crate::fixture;

fn read(name: &str) -> CommandAnswer {
    CommandAnswer::read(&fixture::bytes(&format!("commands/answers/{name}.plist"))).unwrap()
}

fn of(keys: &str) -> Result<CommandAnswer, CommandAnswerError> {
    CommandAnswer::read(format!("<plist version=\"1.0\"><dict>{keys}</dict></plist>").as_bytes())
}

#[test]
fn every_answer_is_written_as_it_came() {
    for name in fixture::names("commands/answers", ".plist") {
        let bytes = fixture::bytes(&format!("commands/answers/{name}"));
        let came = property_list::read(&bytes).unwrap();
        let answer = CommandAnswer::read(&bytes).unwrap();
        assert_eq!(sorted(Value::Dictionary(answer.to_dictionary())), sorted(came), "{name}");
    }
}

/// The same with keys in the order of the alphabet, since answers have no order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Dictionary(keys) => {
            let mut keys: Vec<(String, Value)> = keys.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            keys.sort_by(|a, b| a.0.cmp(&b.0));
            let mut dictionary = Dictionary::new();
            for (key, value) in keys {
                dictionary.insert(key, value);
            }
            Value::Dictionary(dictionary)
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        value => value,
    }
}

#[test]
fn answers_mean_what_they_say() {
    let done = read("acknowledged");
    assert_eq!(
        (done.outcome(), done.command_uuid.as_ref().map(ToString::to_string)),
        (Outcome::Done, Some(UUID.into()))
    );
    assert_eq!(done.udid.as_deref(), Some("00008110-000000000000001E"));
    assert_eq!(done.extra.keys().collect::<Vec<_>>(), ["SoftwareUpdateDeviceID"]);

    let error = read("error");
    let why = "\"AccountConfiguration\" is not a valid request type. (MCMDMErrorDomain 12021)";
    assert_eq!(error.outcome(), Outcome::Failed { why: why.into() });
    assert_eq!(error.error_chain[0].code, Some(12021));
    // A code that is no number is kept.
    assert_eq!(error.error_chain[1].code, None);
    let kept = &error.error_chain[1].extra;
    assert!(kept.len() == 2 && kept.contains_key("ErrorCode") && kept.contains_key("Later"));

    // The command is acknowledged, and one of its settings failed.
    let partly = read("settings_partly");
    assert_eq!(partly.status, AnswerStatus::Acknowledged);
    let why = "The device is not in the right state. (MCMDMErrorDomain 12008)";
    assert_eq!(partly.outcome(), Outcome::Failed { why: why.into() });
    assert_eq!(partly.settings[1].identifier.as_deref(), Some("com.example.app"));
    assert_eq!(partly.user_short_name.as_deref(), Some("anna@example.com"));

    assert_eq!((read("idle").outcome(), read("idle").command_uuid), (Outcome::Idle, None));
    assert_eq!(
        (read("not_now").outcome(), read("not_now").enrollment_id.as_deref()),
        (Outcome::NotNow, Some("enrollment"))
    );
    let bare = of("<key>Status</key><string>CommandFormatError</string>").unwrap();
    assert_eq!(bare.outcome(), Outcome::Failed { why: "the device says CommandFormatError, and no more".into() });
    let later = of("<key>Status</key><string>Reconsidering</string>").unwrap();
    assert_eq!((later.outcome(), later.status.as_str()), (Outcome::Unknown, "Reconsidering"));
}

#[test]
fn odd_answers_are_read_all_the_same() {
    // Apple's schema says a dictionary, devices send an array.
    let one = "<key>Settings</key><dict><key>Status</key><string>Error</string></dict>";
    let answer = of(&format!("<key>Status</key><string>Acknowledged</string>{one}")).unwrap();
    assert_eq!(answer.settings.len(), 1);
    assert!(matches!(answer.outcome(), Outcome::Failed { .. }));
    let odd = "<key>Status</key><string>Acknowledged</string><key>CommandUUID</key><integer>7</integer>
        <key>UDID</key><true/><key>ErrorChain</key><array><string>x</string></array><key>Settings</key><string/>";
    let answer = of(odd).unwrap();
    assert_eq!(answer.outcome(), Outcome::Failed { why: unread("Settings") });
    assert_eq!(answer.extra.len(), 4);
    let empty = of("<key>Status</key><string>Idle</string><key>CommandUUID</key><string></string>").unwrap();
    assert_eq!((empty.command_uuid, empty.extra.len()), (None, 1));
}

fn unread(key: &str) -> String {
    format!("the answer's `{key}` cannot be read, and what came of it is not known")
}

/// An item that may have failed is not done.
#[test]
fn what_cannot_be_read_is_not_done() {
    let outcome = |keys: &str| of(&format!("<key>Status</key><string>Acknowledged</string>{keys}")).unwrap().outcome();
    let failed = "<dict><key>Status</key><string>Error</string></dict>";
    for (keys, key) in [
        (format!("<key>Settings</key><array><string>x</string>{failed}</array>"), "Settings"),
        ("<key>Settings</key><true/>".into(), "Settings"),
        ("<key>Settings</key><array><dict><key>Status</key><integer>5</integer></dict></array>".into(), "Status"),
        ("<key>Settings</key><dict><key>ErrorChain</key><string>x</string></dict>".into(), "ErrorChain"),
        ("<key>ErrorChain</key><array><integer>1</integer></array>".into(), "ErrorChain"),
    ] {
        assert_eq!(outcome(&keys), Outcome::Failed { why: unread(key) }, "{keys}");
    }
    let chain = "<key>ErrorChain</key><array><dict><key>ErrorCode</key><integer>5</integer></dict></array>";
    let said = Outcome::Failed { why: "no description (5)".into() };
    assert_eq!(outcome(chain), said);
    assert_eq!(outcome(&format!("<key>Settings</key><array><dict>{chain}</dict></array>")), said);
    // What says nothing of a failure is done.
    for keys in ["<key>Settings</key><array/>", "<key>ErrorChain</key><array/>", "<key>Settings</key><dict/>", ""] {
        assert_eq!(outcome(keys), Outcome::Done, "{keys}");
    }
}

/// What a device says is one line of bounded length in a log.
#[test]
fn a_failure_is_one_line() {
    let long = "D".repeat(1_000_000);
    let keys = format!(
        "<key>Status</key><string>Error</string><key>ErrorChain</key><array><dict><key>ErrorDomain</key><string>{long}\n</string>
         <key>ErrorCode</key><integer>5</integer><key>USEnglishDescription</key><string>x\n2026-11-22 INFO root logged in&#x2028;{long}</string>
         </dict></array>"
    );
    let Outcome::Failed { why } = of(&keys).unwrap().outcome() else { panic!("it failed") };
    assert!(why.starts_with("x 2026-11-22 INFO root logged in D"), "{why}");
    assert!(why.ends_with("D 5)") && why.chars().count() < 520, "{}", why.len());
    assert!(!why.contains(|c: char| c.is_control() || c == '\u{2028}'), "{why}");
}

#[test]
fn what_is_no_answer_is_named() {
    assert_eq!(of("<key>MessageType</key><string>TokenUpdate</string>"), Err(CommandAnswerError::NoStatus));
    assert_eq!(of("<key>Status</key><integer>1</integer>"), Err(CommandAnswerError::NoStatus));
    assert_eq!(CommandAnswer::read(b"<plist><array/></plist>"), Err(CommandAnswerError::NotADictionary));
    assert_eq!(CommandAnswer::read(b""), Err(CommandAnswerError::PropertyList(PropertyListError::Empty)));
}

/// Values as devices could send them.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[a-zA-Z]{0,8}".prop_map(Value::String),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(|number| Value::Integer(number.into())),
        proptest::collection::vec(any::<u8>(), 0..8).prop_map(Value::Data),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let keys = prop_oneof![
            Just("Status"),
            Just("Settings"),
            Just("ErrorChain"),
            Just("ErrorCode"),
            Just("USEnglishDescription"),
            Just("Identifier"),
            Just("Other")
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((keys, inner), 0..4).prop_map(|keys| {
                Value::Dictionary(keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    /// Whatever a device sends under the known keys, it comes out again, or is read as what it is.
    #[test]
    fn nothing_is_lost(chain in value(), settings in value(), uuid in value(), other in value()) {
        let mut keys = Dictionary::new();
        keys.insert("Status".into(), "Acknowledged".into());
        for (key, value) in [("ErrorChain", chain), ("Settings", settings), ("CommandUUID", uuid), ("Other", other)] {
            keys.insert(key.into(), value);
        }
        let came = Value::Dictionary(keys);
        let mut bytes = Vec::new();
        came.to_writer_binary(&mut bytes).unwrap();
        let answer = CommandAnswer::read(&bytes).unwrap();
        let _ = answer.outcome();
        let again = Value::Dictionary(answer.to_dictionary());
        prop_assert_eq!(listed(sorted(again)), listed(sorted(came)));
    }
}

/// A dictionary in place of the list of one, as the two are read alike; an error chain within a setting, too.
fn listed(value: Value) -> Value {
    match value {
        Value::Dictionary(keys) => Value::Dictionary(
            keys.into_iter()
                .map(|(key, value)| {
                    let value = listed(value);
                    match (key.as_str(), value) {
                        ("Settings" | "ErrorChain", value @ Value::Dictionary(_)) => (key, Value::Array(vec![value])),
                        (_, value) => (key, value),
                    }
                })
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.into_iter().map(listed).collect()),
        value => value,
    }
}
