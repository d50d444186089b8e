//! Faults and events.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::parts::{FAMILIES, TROUBLES, server};
use super::read::{At, Problems};
use crate::simulator::events::{Action, Event};
use crate::simulator::faults::{Fault, FaultRule};
use crate::simulator::pattern::{Pattern, near};

/// The keys of a fault that say when it strikes.
const WHEN: &[&str] = &["fault", "call", "times", "skip", "per_mille"];

/// The actions with the keys that they must have, and may have.
const ACTIONS: &[(&str, &[&str], &[&str])] = &[
    ("activate", &["devices"], &[]),
    ("buy", &["family"], &["count", "to"]),
    ("churn", &["count"], &[]),
    ("end_fault", &[], &["name"]),
    ("end_sessions", &[], &[]),
    ("fault", &["rule"], &[]),
    ("label", &["devices", "tag"], &[]),
    ("migrate", &["devices", "to", "deadline"], &[]),
    ("move", &["devices", "to"], &[]),
    ("publish_terms", &[], &[]),
    ("release", &["devices"], &[]),
    ("replace", &["devices"], &[]),
    ("set_access", &["granted"], &[]),
    ("sign_terms", &["by"], &[]),
    ("trouble", &["devices", "trouble"], &[]),
    ("unassign", &["devices"], &[]),
    ("wipe", &["devices"], &[]),
];

/// A fault's rule; `more` are keys that are not the rule's.
pub(super) fn fault(at: &At<'_>, more: &[&str], problems: &mut Problems) -> Option<FaultRule> {
    problems.require(at, &["fault"]);
    let name = problems.text(at, "fault")?;
    let Some(entry) = Fault::CATALOGUE.iter().find(|entry| entry.name == name) else {
        let hint = near(name, Fault::CATALOGUE.iter().map(|entry| entry.name));
        problems.add(&format!("{}.fault", at.path), format!("there is no fault {name:?}{hint}"));
        return None;
    };
    let known: Vec<&str> = [WHEN, entry.parameters, more].concat();
    let members = problems.object(at, &known)?;
    let before = problems.0.len();
    if let Some(problem) = problems.text(at, "call").and_then(|call| Pattern::read(call).problem()) {
        problems.add(&format!("{}.call", at.path), problem);
    }
    let keys = WHEN.iter().chain(entry.parameters).filter(|key| !matches!(**key, "fault" | "call"));
    for key in keys {
        let Some(value) = members.get(*key) else { continue };
        let alone = json!({ "fault": name, *key: value });
        if let Err(error) = serde_json::from_value::<FaultRule>(alone) {
            problems.add(&format!("{}.{key}", at.path), error.to_string());
        }
    }
    if problems.0.len() > before {
        return None;
    }
    serde_json::from_value(at.value.clone()).map_err(|error| problems.add(&at.path, error.to_string())).ok()
}

pub(super) fn event(at: &At<'_>, start: DateTime<Utc>, servers: &[String], problems: &mut Problems) -> Option<Event> {
    let names: Vec<&str> = ACTIONS.iter().map(|(name, _, _)| *name).collect();
    problems.require(at, &["at", "do"]);
    let time = problems.time(at, "at", start);
    let name = problems.word(at, "do", &names)?;
    let (_, required, optional) = ACTIONS.iter().find(|(known, _, _)| *known == name)?;
    problems.object(at, &[&["at", "do"], *required, *optional].concat())?;
    if !problems.require(at, required) {
        return None;
    }
    let before = problems.0.len();
    let mut action = Map::new();
    action.insert("do".to_owned(), json!(name));
    if name == "buy" {
        action.insert("count".to_owned(), json!(1));
    }
    for key in required.iter().chain(*optional) {
        if let Some(value) = member(at, key, time.unwrap_or(start), servers, problems) {
            action.insert((*key).to_owned(), value);
        }
    }
    if problems.0.len() > before {
        return None;
    }
    let action: Result<Action, _> = serde_json::from_value(Value::Object(action));
    let action = action.map_err(|error| problems.add(&at.path, error.to_string())).ok()?;
    Some(Event { at: time?, action })
}

/// The value of a key of an action, checked.
fn member(at: &At<'_>, key: &str, time: DateTime<Utc>, servers: &[String], problems: &mut Problems) -> Option<Value> {
    Some(match key {
        "to" => json!(server(at, key, servers, problems)?),
        "count" => json!(problems.count(at, key)?),
        "family" => json!(problems.word(at, key, FAMILIES)?),
        "trouble" => json!(problems.word(at, key, TROUBLES)?),
        "granted" => json!(problems.boolean(at, key)?),
        "deadline" => json!(problems.time(at, key, time)?),
        "rule" => json!(fault(&at.get(key)?, &[], problems)?),
        "devices" => devices(&at.get(key)?, servers, problems)?,
        _ => json!(problems.text(at, key)?),
    })
}

/// A list of serial numbers, or how many of which.
fn devices(at: &At<'_>, servers: &[String], problems: &mut Problems) -> Option<Value> {
    if let Some(serials) = at.value.as_array() {
        if let Some(index) = serials.iter().position(|serial| !serial.is_string()) {
            problems.add(&format!("{}[{index}]", at.path), "a serial number is expected");
        }
        return Some(at.value.clone());
    }
    if !at.value.is_object() {
        problems.add(&at.path, "devices are a list of serial numbers, or { \"count\", \"family\", \"server\" }");
        return None;
    }
    problems.object(at, &["count", "family", "server"]);
    problems.require(at, &["count"]);
    Some(json!({
        "count": problems.count(at, "count"),
        "family": problems.word(at, "family", FAMILIES),
        "server": server(at, "server", servers, problems),
    }))
}
