use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::input::Problem;

/// The value with some of its fields changed, by their names in JSON. The first field that is unknown or does not fit is named.
pub(super) fn apply<T: Serialize + DeserializeOwned>(current: &T, changes: &Map<String, Value>) -> Result<T, Problem> {
    let unreadable = |error: serde_json::Error| Problem::new("(body)", error.to_string(), "report this");
    let Value::Object(mut members) = serde_json::to_value(current).map_err(unreadable)? else {
        return Err(Problem::new("(body)", "there are no fields", "report this"));
    };
    for (field, value) in changes {
        let Some(old) = members.get_mut(field) else {
            let known: Vec<&str> = members.keys().map(String::as_str).collect();
            return Err(Problem::new(field, "there is no such field", format!("the fields are: {}", known.join(", "))));
        };
        let old = std::mem::replace(old, value.clone());
        if let Err(error) = serde_json::from_value::<T>(Value::Object(members.clone())) {
            return Err(Problem::new(field, error.to_string(), format!("send a value of the kind it has now: {old}")));
        }
    }
    serde_json::from_value(Value::Object(members)).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use apple_ade::simulator::Settings;
    use serde_json::{Value, json};

    use super::apply;

    fn problem(changes: Value) -> (String, String, String) {
        let Value::Object(changes) = changes else { panic!("an object") };
        let problem = apply(&Settings::default(), &changes).unwrap_err();
        (problem.field, problem.error, problem.fix)
    }

    #[test]
    fn fields_change_one_by_one_and_a_wrong_one_is_named() {
        let Value::Object(changes) =
            json!({ "quoted_errors": true, "rotate_every": 3, "replaced_token": "SignatureInvalid" })
        else {
            panic!("an object")
        };
        let settings = apply(&Settings::default(), &changes).unwrap();
        assert!(settings.quoted_errors && settings.rotate_every == Some(3));
        assert_eq!(settings.session_seconds, 180, "what was not named stays");

        let (field, _, fix) = problem(json!({ "quoted_errors": true, "session_minutes": 3 }));
        assert_eq!(field, "session_minutes");
        assert!(fix.contains("session_seconds"), "{fix}");
        let (field, error, fix) = problem(json!({ "session_seconds": -1 }));
        assert_eq!(field, "session_seconds");
        assert!(error.contains("-1") && fix.ends_with("180"), "{error}; {fix}");
        let (field, error, _) = problem(json!({ "replaced_token": "Other" }));
        assert_eq!(field, "replaced_token");
        assert!(error.contains("RejectedForbidden"), "{error}");
    }
}
