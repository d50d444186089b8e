//! Faults of the service, set one by one.

use apple_ade::simulator::{Fault, FaultRule, World};
use serde_json::{Value, json};

use super::input::{Input, Problem};

/// What a rule may have besides the parameters of its fault.
const COMMON: &[&str] = &["fault", "call", "times", "skip", "per_mille"];

/// `kinds`: the name, the meaning and an example of each; `faults`: those that are set, each with its `id`, which is its name.
pub(super) fn list(world: &World) -> Value {
    let kinds = Fault::CATALOGUE.iter().map(|entry| {
        let example = Fault::named(entry.name).map(|fault| FaultRule::new(fault).times(1));
        json!({ "name": entry.name, "about": entry.about, "parameters": entry.parameters, "example": example })
    });
    let faults = world.faults().map(|rule| json!({ "id": rule.fault.name(), "rule": rule }));
    json!({ "kinds": kinds.collect::<Vec<_>>(), "faults": faults.collect::<Vec<_>>() })
}

/// Sets a fault, besides those that are set.
pub(super) fn set(world: &mut World, input: &Input) -> Result<Value, Problem> {
    let names = || Fault::CATALOGUE.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
    let name: String = input.required("fault", &format!("one of {}", names()))?;
    let Some(entry) = Fault::CATALOGUE.iter().find(|entry| entry.name == name) else {
        return Err(Problem::new(
            "fault",
            format!("there is no fault {name:?}"),
            format!("the faults are: {}", names()),
        ));
    };
    let known: Vec<&str> = COMMON.iter().chain(entry.parameters).copied().collect();
    if let Some(field) = input.0.keys().find(|field| !known.contains(&field.as_str())) {
        return Err(Problem::new(
            field,
            format!("{name} has no such field"),
            format!("the fields are: {}", known.join(", ")),
        ));
    }
    // Each field by itself, so that the one that does not fit is named.
    for (field, value) in &input.0 {
        let bounds = match field.as_str() {
            "status" => Some(200..=599),
            "per_mille" | "share" => Some(0..=1000),
            _ => None,
        };
        if let (Some(bounds), Some(number)) = (bounds, value.as_u64())
            && !bounds.contains(&number)
        {
            let fix = format!("send a whole number from {} to {}", bounds.start(), bounds.end());
            return Err(Problem::new(field, format!("{number} is out of range"), fix));
        }
        if let Err(error) = serde_json::from_value::<FaultRule>(json!({ "fault": name, (field): value })) {
            return Err(Problem::new(field, error.to_string(), "see the example of GET /_sim/faults"));
        }
    }
    let rule: Result<FaultRule, _> = serde_json::from_value(Value::Object(input.0.clone()));
    let rule =
        rule.map_err(|error| Problem::new("(body)", error.to_string(), "see the example of GET /_sim/faults"))?;
    world.faults_mut().add(rule);
    Ok(list(world))
}

/// Ends the faults of this name. Without a name, all of them.
pub(super) fn clear(world: &mut World, name: Option<&str>) -> Result<Value, Problem> {
    match name {
        None => world.faults_mut().clear(),
        Some(name) if world.faults_mut().remove(name) > 0 => {}
        Some(name) => {
            let fix = "take an id from GET /_sim/faults; a fault that has struck its times is gone by itself";
            return Err(Problem::new("id", format!("no fault {name:?} is set"), fix));
        }
    }
    Ok(list(world))
}
