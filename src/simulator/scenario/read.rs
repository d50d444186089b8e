//! JSON read with a path to every mistake.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::error::ScenarioProblem;
use crate::simulator::pattern::near;

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
        let time = match text.strip_prefix('+') {
            Some(span) => read_span(span).and_then(|span| start.checked_add_signed(span)),
            None => text.parse().ok(),
        };
        if time.is_none() {
            let problem =
                format!("{text:?} is no time: write +90m, +2h, +1d12h (s, m, h, d, w), or 2026-11-22T08:00:00Z");
            self.add(&format!("{}.{key}", at.path), problem);
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

/// Numbers with units: `1d12h`.
fn read_span(text: &str) -> Option<TimeDelta> {
    let mut total = TimeDelta::zero();
    let mut digits = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let number: i64 = digits.parse().ok()?;
        digits.clear();
        let seconds: i64 = match c {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(&TimeDelta::try_seconds(number.checked_mul(seconds)?)?)?;
    }
    (digits.is_empty() && !text.is_empty()).then_some(total)
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

#[cfg(test)]
mod tests {
    use super::{TimeDelta, read_span};

    #[test]
    fn spans() {
        assert_eq!(read_span("1d12h"), Some(TimeDelta::hours(36)));
        assert_eq!(read_span("90m5s"), Some(TimeDelta::seconds(5405)));
        assert_eq!(read_span("2w"), Some(TimeDelta::days(14)));
        for wrong in ["", "2", "h", "2y", "2h3", "-2h", "99999999999999999999h", "9999999999999999h"] {
            assert_eq!(read_span(wrong), None, "{wrong}");
        }
    }
}
