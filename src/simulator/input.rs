//! JSON that people write, and how it is said that a value in it does not fit.

/// A value in JSON that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}; {fix}")]
#[non_exhaustive]
pub struct InputProblem {
    /// Where: a key such as `status` or `page_limit.default`; `$` for the whole.
    pub path: String,
    /// What was found.
    pub problem: String,
    /// What would be right.
    pub fix: String,
}

impl InputProblem {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), fix: fix.into() }
    }
}

/// Everything in a JSON object that does not fit.
///
/// ```
/// use apple_ade::simulator::FaultRule;
///
/// let error = FaultRule::from_json(r#"{ "fault": "server_error", "status": 700, "times": 0 }"#).unwrap_err();
/// let paths: Vec<&str> = error.problems.iter().map(|problem| problem.path.as_str()).collect();
/// assert_eq!(paths, ["times", "status"]);
/// assert_eq!(error.problems[1].to_string(), "status: found 700; write a whole number from 200 to 599");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.problems))]
#[non_exhaustive]
pub struct InputError {
    /// At least one.
    pub problems: Vec<InputProblem>,
}

impl From<InputProblem> for InputError {
    fn from(problem: InputProblem) -> Self {
        Self { problems: vec![problem] }
    }
}

fn lines(problems: &[InputProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What serde says, in the words of JSON in place of Rust's.
pub(super) fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string().replace("variant", "word");
    let text = text.replace("invalid type: map", "found an object").replace("invalid type: sequence", "found a list");
    let text = text.replace("invalid type: ", "found ").replace("invalid value: ", "found ");
    let Some((found, rest)) = text.split_once(", expected ") else { return text };
    let (expected, place) = rest.rsplit_once(" at line ").map_or((rest, None), |(expected, at)| (expected, Some(at)));
    let expected = match expected {
        "a boolean" => "true or false",
        "a map" => "an object",
        "a sequence" => "a list",
        "borrowed string" | "a string" => "a text",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" => "a whole number that fits",
        "word identifier" => "a word",
        _ if expected.starts_with("struct ") => "an object",
        _ if expected.starts_with("enum ") => "a word, or an object of one key",
        _ if expected.starts_with("tuple ") || expected.starts_with("a tuple ") => "a list",
        other => other,
    };
    let place = place.map(|place| format!(" at line {place}")).unwrap_or_default();
    format!("{found}, expected {expected}{place}")
}

#[cfg(test)]
mod tests {
    use super::plain;
    use crate::simulator::world::World;

    #[test]
    fn errors_have_no_words_of_rust() {
        let of = |json: &str| plain(&serde_json::from_str::<World>(json).unwrap_err());
        assert_eq!(of("5"), "found integer `5`, expected an object at line 1 column 1");
        assert_eq!(of("{}"), "missing field `version` at line 1 column 2");
        let settings = |json: &str| plain(&serde_json::from_str::<crate::simulator::Settings>(json).unwrap_err());
        assert!(
            settings(r#"{"session_seconds": {}}"#).starts_with("found an object, expected a whole number that fits")
        );
        assert!(settings(r#"{"quoted_errors": 1}"#).starts_with("found integer `1`, expected true or false"));
        assert!(
            settings(r#"{"unknown_profile": "No"}"#).starts_with("unknown word `No`, expected one of `Documented`")
        );
    }
}
