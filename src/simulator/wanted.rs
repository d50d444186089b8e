use serde_json::{Map, Value};

use super::input::InputProblem;
use super::pattern::{Pattern, near};

/// What a value has to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// A call of the service, by method and path or by path.
    Call,
    Flag,
    /// `null`, or a whole number.
    MaybeWhole(u64, u64),
    /// A list of pairs of texts.
    Pairs,
    PageLimit,
    RetryAfter,
    Text,
    Texts,
    /// A whole number from the first to the second.
    Whole(u64, u64),
    Words(&'static [&'static str]),
}

/// Any number that the type has room for.
pub(super) const NUMBER: Wanted = Wanted::Whole(0, u32::MAX as u64);

impl Wanted {
    /// What is wrong with the value at this path, if anything is.
    pub(super) fn problem(self, path: &str, value: &Value) -> Option<InputProblem> {
        let is_text = |value: &Value| value.is_string();
        let fits = match self {
            Self::Call => {
                let Some(call) = value.as_str() else { return Some(self.refusal(path, value)) };
                let (problem, fix) = Pattern::read(call).problem()?;
                return Some(InputProblem::new(path, problem, fix));
            }
            Self::PageLimit => return page_limit(path, value),
            Self::Flag => value.is_boolean(),
            Self::MaybeWhole(least, most) => value.is_null() || is_within(value, least, most),
            Self::Pairs => value.as_array().is_some_and(|pairs| {
                let mut pairs = pairs.iter().map(Value::as_array);
                pairs.all(|pair| pair.is_some_and(|pair| pair.len() == 2 && pair.iter().all(is_text)))
            }),
            Self::RetryAfter => match value.as_object().map(|members| members.iter().collect::<Vec<_>>()).as_deref() {
                Some([(form, seconds)]) => {
                    matches!(form.as_str(), "seconds" | "date") && is_within(seconds, 0, u64::from(u32::MAX))
                }
                _ => false,
            },
            Self::Text => value.is_string(),
            Self::Texts => value.as_array().is_some_and(|texts| texts.iter().all(is_text)),
            Self::Whole(least, most) => is_within(value, least, most),
            Self::Words(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        };
        (!fits).then(|| self.refusal(path, value))
    }

    fn refusal(self, path: &str, value: &Value) -> InputProblem {
        InputProblem::new(path, format!("found {}", short(value)), format!("write {}", self.name(value)))
    }

    /// Its description, for a value that it is not.
    fn name(self, value: &Value) -> String {
        match self {
            Self::Call => "a method and a path, as \"POST /profile\", or a path".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::MaybeWhole(least, most) => format!("null, or a whole number from {least} to {most}"),
            Self::Pairs => "a list of pairs of texts, as [[\"en\", \"US\"]]".to_owned(),
            Self::PageLimit => "{\"default\": 1000, \"maximum\": 1000}".to_owned(),
            Self::RetryAfter => {
                "{\"seconds\": 30}, or {\"date\": 30} for an HTTP date so many seconds from now".to_owned()
            }
            Self::Text => "a text".to_owned(),
            Self::Texts => "a list of texts".to_owned(),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Words(words) => {
                let hint = value.as_str().map(|word| near(word, words.iter().copied())).unwrap_or_default();
                format!("one of {}{hint}", words.join(", "))
            }
        }
    }
}

fn page_limit(path: &str, value: &Value) -> Option<InputProblem> {
    let Some(members) = value.as_object().filter(|members| members.len() == 2) else {
        return Some(Wanted::PageLimit.refusal(path, value));
    };
    let wanted = Wanted::Whole(1, u64::from(u32::MAX));
    for key in ["default", "maximum"] {
        let Some(number) = members.get(key) else { return Some(Wanted::PageLimit.refusal(path, value)) };
        if let Some(problem) = wanted.problem(&format!("{path}.{key}"), number) {
            return Some(problem);
        }
    }
    let [default, maximum] = ["default", "maximum"].map(|key| members.get(key).and_then(Value::as_u64));
    (default > maximum).then(|| {
        let [default, maximum] = [default, maximum].map(Option::unwrap_or_default);
        let problem = format!("found {default}, which is more than the maximum, {maximum}");
        InputProblem::new(format!("{path}.default"), problem, format!("write a whole number from 1 to {maximum}"))
    })
}

/// The keys that are not known, each a problem.
pub(super) fn unknown_keys(members: &Map<String, Value>, known: &[&str]) -> Vec<InputProblem> {
    let unknown = members.keys().filter(|key| !known.contains(&key.as_str()));
    let problems = unknown.map(|key| {
        let hint = near(key, known.iter().copied());
        let fix = hint.strip_prefix("; ").map_or_else(|| format!("known: {}", known.join(", ")), str::to_owned);
        InputProblem::new(key, format!("there is no key {key:?} here"), fix)
    });
    problems.collect()
}

/// The value, cut off where it is long.
pub(super) fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn is_within(value: &Value, least: u64, most: u64) -> bool {
    value.as_u64().is_some_and(|number| (least..=most).contains(&number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Wanted;

    #[test]
    fn values_are_judged_and_what_is_wanted_is_told() {
        let told = |wanted: Wanted, value| wanted.problem("k", &value).map(|problem| problem.to_string());
        assert_eq!(told(Wanted::RetryAfter, json!({ "date": 30 })), None);
        for wrong in [json!(30), json!("30"), json!({}), json!({ "seconds": -1 }), json!({ "seconds": 1, "date": 1 })] {
            let told = told(Wanted::RetryAfter, wrong).unwrap();
            assert!(told.contains("write {\"seconds\": 30}, or {\"date\": 30}"), "{told}");
        }
        assert_eq!(told(Wanted::PageLimit, json!({ "default": 7, "maximum": 7 })), None);
        assert_eq!(
            told(Wanted::PageLimit, json!({ "default": 8, "maximum": 7 })).unwrap(),
            "k.default: found 8, which is more than the maximum, 7; write a whole number from 1 to 7"
        );
        assert!(told(Wanted::PageLimit, json!({ "default": 8 })).unwrap().starts_with("k: found {\"default\":8}; "));
        assert!(told(Wanted::PageLimit, json!({ "default": 0, "maximum": 7 })).unwrap().starts_with("k.default: "));
        assert_eq!(told(Wanted::Pairs, json!([["en", "US"]])), None);
        assert!(told(Wanted::Pairs, json!([["en"]])).is_some());
        assert_eq!(
            told(Wanted::Words(&["offset", "empty"]), json!("ofset")).unwrap(),
            "k: found \"ofset\"; write one of offset, empty; did you mean \"offset\"?"
        );
        assert!(told(Wanted::Whole(1, 2), json!(1.5)).is_some() && told(Wanted::Whole(1, 2), json!(2)).is_none());
        assert!(told(Wanted::MaybeWhole(1, 2), json!(null)).is_none() && told(Wanted::Flag, json!(null)).is_some());
    }
}
