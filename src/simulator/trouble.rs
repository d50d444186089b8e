//! What goes wrong with devices, as people write it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::device::Trouble;
use super::events::TroubleWord;
use super::input::{InputProblem, plain};
use super::pattern::near;
use super::time;
use super::wanted::short;
use super::world::World;

const WORDS: &[(&str, TroubleWord)] = &[
    ("failing", TroubleWord::Failing),
    ("none", TroubleWord::None),
    ("not_accessible", TroubleWord::NotAccessible),
    ("throttled", TroubleWord::Throttled),
];

const FIX: &str =
    "write \"failing\", \"not_accessible\", \"throttled\", {\"throttled\": {\"until\": \"+2h\"}}, or \"none\"";

impl World {
    /// Trouble as it is written in JSON: `"failing"`, `"not_accessible"`, `"throttled"` (for
    /// [`Settings::throttle_seconds`](super::Settings::throttle_seconds)), `{"throttled": {"until": "+2h"}}`, and `"none"` or `null`;
    /// also in the spelling of [`Trouble`]'s variants. The same as in a [`Scenario`](super::Scenario).
    ///
    /// # Errors
    ///
    /// For anything else.
    ///
    /// ```
    /// use apple_ade::simulator::{Trouble, World};
    ///
    /// let world = World::builder().build();
    /// assert_eq!(world.read_trouble(r#""NotAccessible""#), Ok(Some(Trouble::NotAccessible)));
    /// let until = world.now() + chrono::TimeDelta::hours(2);
    /// assert_eq!(world.read_trouble(r#"{ "throttled": { "until": "+2h" } }"#), Ok(Some(Trouble::Throttled { until })));
    /// assert!(world.read_trouble(r#""thirsty""#).is_err());
    /// ```
    pub fn read_trouble(&self, json: &str) -> Result<Option<Trouble>, InputProblem> {
        let value: Value = serde_json::from_str(json).map_err(|error| InputProblem::new("$", plain(&error), FIX))?;
        let (word, until) = read(&value, self.now)?;
        Ok(self.trouble(word, until))
    }

    /// The trouble that begins now.
    pub(super) fn trouble(&self, word: TroubleWord, until: Option<DateTime<Utc>>) -> Option<Trouble> {
        match word {
            TroubleWord::Failing => Some(Trouble::Failing),
            TroubleWord::None => None,
            TroubleWord::NotAccessible => Some(Trouble::NotAccessible),
            TroubleWord::Throttled => {
                let until = until.unwrap_or_else(|| self.after(self.settings.throttle_seconds));
                Some(Trouble::Throttled { until })
            }
        }
    }
}

/// A word, or throttling with its end.
pub(super) fn read(value: &Value, now: DateTime<Utc>) -> Result<(TroubleWord, Option<DateTime<Utc>>), InputProblem> {
    match value {
        Value::Null => Ok((TroubleWord::None, None)),
        Value::String(text) => word(text).map(|word| (word, None)),
        Value::Object(members) => {
            let mut members = members.iter();
            let (Some((name, inner)), None) = (members.next(), members.next()) else {
                return Err(InputProblem::new("$", format!("found {}", short(value)), FIX));
            };
            let trouble = word(name)?;
            let inner = inner.as_object().filter(|inner| inner.len() == 1).and_then(|inner| inner.get("until"));
            match inner.filter(|_| trouble == TroubleWord::Throttled) {
                Some(until) => {
                    let time = until.as_str().and_then(|until| time::read(until, now));
                    let problem = || {
                        let found = format!("{} is no time", short(until));
                        InputProblem::new(format!("{name}.until"), found, format!("write {}", time::FORMS))
                    };
                    time.map(|time| (trouble, Some(time))).ok_or_else(problem)
                }
                None => Err(InputProblem::new("$", format!("found {}", short(value)), FIX)),
            }
        }
        _ => Err(InputProblem::new("$", format!("found {}", short(value)), FIX)),
    }
}

/// `not_accessible` is also `NotAccessible`.
fn word(text: &str) -> Result<TroubleWord, InputProblem> {
    let fold = |text: &str| text.replace('_', "").to_ascii_lowercase();
    let known = WORDS.iter().find(|(known, _)| fold(known) == fold(text));
    known.map(|(_, word)| *word).ok_or_else(|| {
        let hint = near(text, WORDS.iter().map(|(known, _)| *known));
        InputProblem::new("$", format!("{text:?} is no trouble"), format!("{FIX}{hint}"))
    })
}
