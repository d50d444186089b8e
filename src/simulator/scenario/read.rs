//! JSON read with a path to every mistake.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::error::ScenarioProblem;
use crate::simulator::input::InputProblem;
use crate::simulator::pattern::near;
use crate::simulator::time;

/// The most that a scenario may ask for of anything.
pub(super) const MOST: u64 = 1_000_000;

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<ScenarioProblem>);

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<'v> {
    pub(super) path: String,
    pub(super) value: &'v Value,
}

impl Problems {
    pub(super) fn add(&mut self, path: &str, problem: impl Into<String>) {
        self.0.push(ScenarioProblem { path: path.to_owned(), problem: problem.into() });
    }

    /// What was found wrong below a place.
    pub(super) fn extend(&mut self, at: &At<'_>, problems: impl IntoIterator<Item = InputProblem>) {
        for InputProblem { path, problem, fix } in problems {
            let path = if path == "$" { at.path.clone() } else { format!("{}.{path}", at.path) };
            self.add(&path, format!("{problem}; {fix}"));
        }
    }

    /// The members of an object that has none but the known keys.
    pub(super) fn object<'v>(&mut self, at: &At<'v>, known: &[&str]) -> Option<&'v Map<String, Value>> {
        let Some(members) = at.value.as_object() else {
            self.add(&at.path, format!("an object is expected, not {}", kind(at.value)));
            return None;
        };
        for key in members.keys().filter(|key| !known.contains(&key.as_str())) {
            let hint = near(key, known.iter().copied());
            let hint = if hint.is_empty() { format!("; known: {}", known.join(", ")) } else { hint };
            self.add(&format!("{}.{key}", at.path), format!("there is no key {key:?} here{hint}"));
        }
        Some(members)
    }

    /// A member that may be absent.
    pub(super) fn text<'v>(&mut self, at: &At<'v>, key: &str) -> Option<&'v str> {
        let at = at.get(key)?;
        let text = at.value.as_str();
        if text.is_none() {
            self.add(&at.path, format!("a text is expected, not {}", kind(at.value)));
        }
        text
    }

    pub(super) fn boolean(&mut self, at: &At<'_>, key: &str) -> Option<bool> {
        let at = at.get(key)?;
        let value = at.value.as_bool();
        if value.is_none() {
            self.add(&at.path, format!("true or false is expected, not {}", kind(at.value)));
        }
        value
    }

    /// A number of things, at most [`MOST`].
    pub(super) fn count(&mut self, at: &At<'_>, key: &str) -> Option<usize> {
        let at = at.get(key)?;
        let count = at.value.as_u64().filter(|count| *count <= MOST);
        if count.is_none() {
            self.add(&at.path, format!("a whole number from 0 to {MOST} is expected, not {}", at.value));
        }
        count.and_then(|count| usize::try_from(count).ok())
    }

    pub(super) fn list<'v>(&mut self, at: &At<'v>, key: &str) -> Vec<At<'v>> {
        let Some(at) = at.get(key) else { return Vec::new() };
        let Some(items) = at.value.as_array() else {
            self.add(&at.path, format!("a list is expected, not {}", kind(at.value)));
            return Vec::new();
        };
        let places = items.iter().enumerate();
        places.map(|(index, value)| At { path: format!("{}[{index}]", at.path), value }).collect()
    }

    /// A time: `2026-11-22T08:00:00Z`, or a span from `start` such as `+2h` or `+1d12h`.
    pub(super) fn time(&mut self, at: &At<'_>, key: &str, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let text = self.text(at, key)?;
        let time = time::read(text, start);
        if time.is_none() {
            self.add(&format!("{}.{key}", at.path), format!("{text:?} is no time: write {}", time::FORMS));
        }
        time
    }

    /// One of some words.
    pub(super) fn word<'v>(&mut self, at: &At<'v>, key: &str, words: &[&str]) -> Option<&'v str> {
        let text = self.text(at, key)?;
        if words.contains(&text) {
            return Some(text);
        }
        let hint = near(text, words.iter().copied());
        self.add(&format!("{}.{key}", at.path), format!("{text:?} is not one of {}{hint}", words.join(", ")));
        None
    }

    /// Says that a key is missing.
    pub(super) fn require(&mut self, at: &At<'_>, keys: &[&str]) -> bool {
        let missing: Vec<&str> = keys.iter().copied().filter(|key| at.get(key).is_none()).collect();
        for key in &missing {
            self.add(&at.path, format!("the key {key:?} is missing"));
        }
        missing.is_empty()
    }
}

impl At<'_> {
    /// A member, unless it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(At { path: format!("{}.{key}", self.path), value })
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
