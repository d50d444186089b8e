//! Faults of the service, set one by one.
//!
//! The simulated service has none to set yet. These three functions are all that has to know about them.

use apple_ade::simulator::World;
use http::StatusCode;
use serde_json::{Value, json};

use super::input::{Input, Problem};

/// `kinds`: the name, the meaning and an example of each; `faults`: those that are set, each with its `id`.
pub(super) fn list(_: &World) -> Value {
    json!({ "kinds": [], "faults": [] })
}

pub(super) fn set(_: &mut World, _: &Input) -> Result<Value, Problem> {
    Err(none())
}

/// Without an `id`, all of them.
pub(super) fn clear(_: &mut World, _: Option<&str>) -> Result<Value, Problem> {
    Err(none())
}

fn none() -> Problem {
    let fix = "for now, use PATCH /_sim/settings, PATCH /_sim/organisation and POST /_sim/devices/trouble";
    Problem::new("(body)", "this service has no faults to set", fix).with_status(StatusCode::NOT_IMPLEMENTED)
}
