//! A fault's rule in JSON, judged key by key.

use serde_json::{Map, Value};

use super::kind::Fault;
use super::rule::FaultRule;
use crate::simulator::input::{InputError, InputProblem, plain};
use crate::simulator::pattern::near;
use crate::simulator::wanted::{NUMBER, Wanted, unknown_keys};

/// The keys of a rule that say when it strikes.
const WHEN: &[&str] = &["fault", "call", "times", "skip", "per_mille"];

/// A hundred years, in hours.
const MOST_HOURS: u64 = 876_600;

/// What the value of a key has to be.
fn wanted(fault: &str, key: &str) -> Wanted {
    match key {
        "call" => Wanted::Call,
        "form" => Wanted::Words(&["empty", "fraction", "garbage", "offset"]),
        "hours" => Wanted::Whole(0, MOST_HOURS),
        "per_mille" | "share" => Wanted::Whole(0, 1000),
        "retry_after" => Wanted::RetryAfter,
        "serials" => Wanted::Texts,
        "status" if fault != "device_status" => Wanted::Whole(200, 599),
        "times" => Wanted::Whole(1, u64::from(u32::MAX)),
        "status" | "word" => Wanted::Text,
        _ => NUMBER,
    }
}

impl FaultRule {
    /// Reads a rule as a scenario has it: `{"fault": "server_error", "status": 503, "retry_after": {"seconds": 30}, "times": 1}`.
    ///
    /// # Errors
    ///
    /// When there is no such fault, it has no such key, or a value cannot be meant: a status outside 200 to 599, a share or
    /// `per_mille` above 1000, a call that the service does not have, a rule that strikes no time. All is told at once.
    ///
    /// ```
    /// use apple_ade::simulator::{Fault, FaultRule, RetryAfter};
    ///
    /// let rule = FaultRule::from_json(r#"{ "fault": "too_many_requests", "retry_after": { "seconds": 30 }, "times": 2 }"#)?;
    /// assert_eq!(rule, FaultRule::new(Fault::TooManyRequests { retry_after: Some(RetryAfter::Seconds(30)) }).times(2));
    /// # Ok::<(), apple_ade::simulator::InputError>(())
    /// ```
    pub fn from_json(json: &str) -> Result<Self, InputError> {
        let members = serde_json::from_str::<Map<String, Value>>(json).map_err(|error| {
            InputProblem::new("$", format!("this is no JSON object: {}", plain(&error)), "write {\"fault\": \"slow\"}")
        })?;
        Self::read(&members).map_err(|problems| InputError { problems })
    }

    /// Why the rule cannot be meant as it is: the same as [`FaultRule::from_json`] refuses. Rules made in Rust are not checked by
    /// themselves.
    ///
    /// ```
    /// use apple_ade::simulator::{Fault, FaultRule};
    ///
    /// let rule = FaultRule::new(Fault::LostReply).on("POST /profil");
    /// let expected = "call: Apple's service has no path \"/profil\"; did you mean \"/profile\"?";
    /// assert_eq!(rule.problems()[0].to_string(), expected);
    /// assert!(FaultRule::new(Fault::LostReply).on("POST /profile").problems().is_empty());
    /// ```
    pub fn problems(&self) -> Vec<InputProblem> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => Self::read(&members).err().unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The rule, or everything that is wrong with it. A key that is `null` counts as absent.
    pub(in crate::simulator) fn read(members: &Map<String, Value>) -> Result<Self, Vec<InputProblem>> {
        let mut members = members.clone();
        members.retain(|_, value| !value.is_null());
        let names = || Fault::CATALOGUE.iter().map(|entry| entry.name);
        let all = || format!("the faults are: {}", names().collect::<Vec<_>>().join(", "));
        let Some(found) = members.get("fault") else {
            return Err(vec![InputProblem::new("fault", "it is missing", all())]);
        };
        let name = found.as_str().unwrap_or_default();
        let Some(entry) = Fault::CATALOGUE.iter().find(|entry| entry.name == name) else {
            let hint = near(name, names());
            let fix = hint.strip_prefix("; ").map_or_else(all, str::to_owned);
            return Err(vec![InputProblem::new("fault", format!("there is no fault {found}"), fix)]);
        };
        let mut problems = unknown_keys(&members, &[WHEN, entry.parameters].concat());
        for key in WHEN.iter().skip(1).chain(entry.parameters) {
            let value = members.get(*key);
            problems.extend(value.and_then(|value| wanted(name, key).problem(key, value)));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        serde_json::from_value(Value::Object(members))
            .map_err(|error| vec![InputProblem::new("$", plain(&error), "see Fault::CATALOGUE")])
    }
}
