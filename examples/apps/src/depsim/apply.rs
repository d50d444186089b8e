use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::input::{Problem, short};

/// The value with some of its fields changed, by their names in JSON. The first field that is unknown or does not fit is named,
/// with what is wanted there, or with its value of now.
pub(super) fn apply<T: Serialize + DeserializeOwned>(
    current: &T,
    changes: &Map<String, Value>,
    wanted: &[(&str, &str)],
) -> Result<T, Problem> {
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
        if serde_json::from_value::<T>(Value::Object(members.clone())).is_err() {
            let fix = match wanted.iter().find(|(known, _)| known == field) {
                Some((_, wanted)) => format!("send {wanted}"),
                None => format!("send a value of the kind it has now: {old}"),
            };
            return Err(Problem::new(field, format!("found {}", short(value)), fix));
        }
    }
    serde_json::from_value(Value::Object(members)).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use apple_ade::simulator::World;
    use serde_json::{Value, json};

    use super::apply;

    #[test]
    fn fields_change_one_by_one_and_a_wrong_one_is_named() {
        let world = World::builder().build();
        let apply = |changes: Value| {
            let Value::Object(changes) = changes else { panic!("an object") };
            apply(world.organisation(), &changes, &[("discovery", "null or an object")])
        };
        let changed = apply(json!({ "access": false, "name": "Other School" })).unwrap();
        assert!(!changed.access && changed.name == "Other School");
        assert_eq!(changed.email, world.organisation().email, "what was not named stays");

        let problem = |changes| {
            let problem = apply(changes).unwrap_err();
            (problem.field, problem.error, problem.fix)
        };
        let (field, _, fix) = problem(json!({ "access": false, "nam": "X" }));
        assert_eq!(field, "nam");
        assert!(fix.contains("name"), "{fix}");
        let (field, error, fix) = problem(json!({ "access": "no" }));
        assert_eq!((field.as_str(), error.as_str()), ("access", "found \"no\""));
        assert!(fix.ends_with("now: true"), "{fix}");
        assert_eq!(problem(json!({ "discovery": 1 })).2, "send null or an object");
    }
}
