//! Faults and events.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::parts::{FAMILIES, server};
use super::read::{At, Problems};
use crate::simulator::events::{Action, Event};
use crate::simulator::faults::{Fault, FaultRule};
use crate::simulator::input::plain;
use crate::simulator::trouble;

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

/// What events may name.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) start: DateTime<Utc>,
    pub(super) servers: Vec<String>,
    /// The ids of those who work in the portal.
    pub(super) people: Vec<String>,
}

/// A fault's rule.
pub(super) fn fault(at: &At<'_>, problems: &mut Problems) -> Option<FaultRule> {
    let Some(members) = at.value.as_object() else {
        problems.object(at, &[]);
        return None;
    };
    FaultRule::read(members).map_err(|found| problems.extend(at, found)).ok()
}

pub(super) fn event(at: &At<'_>, known: &Known, problems: &mut Problems) -> Option<Event> {
    let names: Vec<&str> = ACTIONS.iter().map(|(name, _, _)| *name).collect();
    problems.require(at, &["at", "do"]);
    let time = problems.time(at, "at", known.start);
    if time.is_some_and(|time| time < known.start) {
        let problem = format!("this is before the start, {}: write a span such as +2h, or a later time", known.start);
        problems.add(&format!("{}.at", at.path), problem);
    }
    let name = problems.word(at, "do", &names)?;
    let (_, required, optional) = ACTIONS.iter().find(|(known, _, _)| *known == name)?;
    problems.object(at, &[&["at", "do"], *required, *optional].concat())?;
    // No trouble is a trouble too.
    let is_null = |key: &str| key == "trouble" && at.value.get(key).is_some();
    let wanted: Vec<&str> = required.iter().copied().filter(|key| !is_null(key)).collect();
    if !problems.require(at, &wanted) {
        return None;
    }
    let before = problems.0.len();
    let mut action = Map::new();
    action.insert("do".to_owned(), json!(name));
    if name == "buy" {
        action.insert("count".to_owned(), json!(1));
    }
    let now = time.unwrap_or(known.start);
    for key in required.iter().chain(*optional) {
        if *key == "trouble" {
            let value = at.value.get(*key).unwrap_or(&Value::Null);
            match trouble::read(value, now) {
                Ok((word, until)) => {
                    action.extend([("trouble".to_owned(), json!(word)), ("until".to_owned(), json!(until))]);
                }
                Err(problem) => problems.extend(&At { path: format!("{}.{key}", at.path), value }, [problem]),
            }
        } else if let Some(value) = member(at, key, now, known, problems) {
            action.insert((*key).to_owned(), value);
        }
    }
    if problems.0.len() > before {
        return None;
    }
    let action: Result<Action, _> = serde_json::from_value(Value::Object(action));
    let action = action.map_err(|error| problems.add(&at.path, plain(&error))).ok()?;
    Some(Event { at: time?, action })
}

/// The value of a key of an action, checked.
fn member(at: &At<'_>, key: &str, time: DateTime<Utc>, known: &Known, problems: &mut Problems) -> Option<Value> {
    Some(match key {
        "to" => json!(server(at, key, &known.servers, problems)?),
        "count" => json!(problems.count(at, key)?),
        "family" => json!(problems.word(at, key, FAMILIES)?),
        "granted" => json!(problems.boolean(at, key)?),
        "deadline" => json!(problems.time(at, key, time)?),
        "rule" => json!(fault(&at.get(key)?, problems)?),
        "devices" => devices(&at.get(key)?, &known.servers, problems)?,
        "by" => {
            let people: Vec<&str> = known.people.iter().map(String::as_str).collect();
            json!(problems.word(at, key, &people)?)
        }
        "name" => {
            let names: Vec<&str> = Fault::CATALOGUE.iter().map(|entry| entry.name).collect();
            json!(problems.word(at, key, &names)?)
        }
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
