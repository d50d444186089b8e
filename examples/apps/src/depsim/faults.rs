//! Faults of the service, set one by one.

use apple_ade::simulator::{Fault, FaultRule, World};
use serde_json::{Value, json};

use super::input::{Input, Problem};

/// `kinds`: the name, the meaning and an example of each; `faults`: those that are set, each with its `id`, which is its name.
pub(super) fn list(world: &World) -> Value {
    let kinds = Fault::CATALOGUE.iter().map(|entry| {
        let example = Fault::named(entry.name).map(|fault| FaultRule::new(fault).times(1));
        let mut example = json!(example);
        if let Some(members) = example.as_object_mut().filter(|_| entry.parameters.contains(&"retry_after")) {
            members.insert("retry_after".to_owned(), json!({ "seconds": 30 }));
        }
        json!({ "name": entry.name, "about": entry.about, "parameters": entry.parameters, "example": example })
    });
    let faults = world.faults().map(|rule| json!({ "id": rule.fault.name(), "rule": rule }));
    json!({ "kinds": kinds.collect::<Vec<_>>(), "faults": faults.collect::<Vec<_>>() })
}

/// Sets a fault, besides those that are set.
pub(super) fn set(world: &mut World, input: Input) -> Result<Value, Problem> {
    let rule = FaultRule::from_json(&Value::Object(input.0).to_string()).map_err(Problem::first)?;
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
