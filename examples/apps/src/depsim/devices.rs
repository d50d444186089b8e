//! What a person does with devices in the portal, or with a device in his hand.

use apple_ade::simulator::{Family, World};
use serde_json::{Map, Value, json};

use super::input::{Input, Problem};

/// The most that is bought, or drawn for a churn, in one call.
pub(super) const MOST: i64 = 100_000;

/// Moves devices to a server; with a `deadline`, as an ordered migration.
pub(super) fn move_to(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let input = Input::read(body, &["devices", "server", "deadline"])?;
    let serials = input.devices(world)?;
    let server = input.server(world)?;
    let server =
        server.ok_or_else(|| Problem::new("server", "it is missing", "send the UUID or the name of a server"))?;
    let deadline = input.time("deadline", world)?;
    let move_it = |world: &mut World, serial: &str| match deadline {
        Some(deadline) => world.migrate(serial, &server, deadline),
        None => world.move_device(serial, &server),
    };
    Ok(each(world, serials, move_it, "it is on this server already"))
}

pub(super) fn unassign(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::unassign_device, "it is on no server")
}

pub(super) fn release(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::release, "it is not there any more")
}

pub(super) fn activate(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::activate, "no profile waits for it")
}

pub(super) fn wipe(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::wipe, "it is not there any more")
}

/// Exchanges devices for new ones; `new` has their serial numbers.
pub(super) fn replace(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let serials = Input::read(body, &["devices"])?.devices(world)?;
    let mut new = Vec::new();
    let exchange = |world: &mut World, serial: &str| {
        let fresh = world.replace(serial);
        let is_done = fresh.is_some();
        new.extend(fresh);
        is_done
    };
    let mut answer = each(world, serials, exchange, "it is not there any more");
    if let Some(members) = answer.as_object_mut() {
        members.insert("new".to_owned(), json!(new));
    }
    Ok(answer)
}

/// Sets what goes wrong with devices, or, with `null` or `"none"`, that nothing does.
pub(super) fn trouble(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let input = Input::read(body, &["devices", "trouble"])?;
    let serials = input.devices(world)?;
    let Some(trouble) = input.0.get("trouble") else {
        let fix =
            "send \"not_accessible\", \"failing\", \"throttled\", {\"throttled\": {\"until\": \"+2h\"}} or \"none\"";
        return Err(Problem::new("trouble", "it is missing", fix));
    };
    let trouble = world.read_trouble(&trouble.to_string()).map_err(|problem| {
        let whole = problem.path == "$";
        let problem = Problem::of(problem, "trouble");
        if whole { problem } else { Problem { field: format!("trouble.{}", problem.field), ..problem } }
    })?;
    Ok(each(world, serials, |world, serial| world.set_trouble(serial, trouble), "it is not there any more"))
}

/// Buys devices. They belong to no server, unless one is named.
pub(super) fn buy(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let input = Input::read(body, &["family", "count", "server"])?;
    let family: Family =
        input.required("family", "\"iPad\", \"iPhone\", \"iPod\", \"Mac\", \"AppleTV\" or \"Vision\"")?;
    let count = input.number("count", 1..=MOST)?.unwrap_or(1);
    let server = input.server(world)?;
    let bought = (0..count).map(|_| {
        let serial = world.buy(family);
        if let Some(server) = &server {
            world.move_device(&serial, server);
        }
        serial
    });
    Ok(json!({ "new": bought.collect::<Vec<_>>() }))
}

fn simple(world: &mut World, body: &[u8], work: fn(&mut World, &str) -> bool, reason: &str) -> Result<Value, Problem> {
    let serials = Input::read(body, &["devices"])?.devices(world)?;
    Ok(each(world, serials, work, reason))
}

/// `changed` and `unchanged`, and the `reasons` of the latter: a device that is released, or for which `reason` holds.
fn each(
    world: &mut World,
    serials: Vec<String>,
    mut work: impl FnMut(&mut World, &str) -> bool,
    reason: &str,
) -> Value {
    let (changed, unchanged): (Vec<String>, Vec<String>) = serials.into_iter().partition(|serial| work(world, serial));
    let reasons = unchanged.iter().map(|serial| {
        let is_released = world.device(serial).is_some_and(|device| device.released);
        (serial.clone(), json!(if is_released { "it was released" } else { reason }))
    });
    let reasons: Map<String, Value> = reasons.collect();
    json!({ "changed": changed, "unchanged": unchanged, "reasons": reasons })
}
