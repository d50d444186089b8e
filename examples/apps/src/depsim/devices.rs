//! What a person does with devices in the portal, or with a device in his hand.

use apple_ade::simulator::{Family, Trouble, World};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::input::{Input, Problem};

/// The most that is bought, or drawn for a churn, in one call.
const MOST: i64 = 100_000;

/// Moves devices to a server; with a `deadline`, as an ordered migration.
pub(super) fn move_to(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let input = Input::read(body, &["devices", "server", "deadline"])?;
    let serials = input.devices(world)?;
    let server = input.server(world)?;
    let server =
        server.ok_or_else(|| Problem::new("server", "it is missing", "send the UUID or the name of a server"))?;
    let deadline: Option<DateTime<Utc>> = input.get("deadline", "a time as \"2026-12-24T08:00:00Z\"")?;
    Ok(each(serials, |serial| match deadline {
        Some(deadline) => world.migrate(serial, &server, deadline),
        None => world.move_device(serial, &server),
    }))
}

pub(super) fn unassign(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::unassign_device)
}

pub(super) fn release(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::release)
}

pub(super) fn activate(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::activate)
}

pub(super) fn wipe(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    simple(world, body, World::wipe)
}

/// Exchanges devices for new ones; `new` has their serial numbers.
pub(super) fn replace(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let serials = Input::read(body, &["devices"])?.devices(world)?;
    let mut new = Vec::new();
    let mut answer = each(serials, |serial| {
        let fresh = world.replace(serial);
        let is_done = fresh.is_some();
        new.extend(fresh);
        is_done
    });
    if let Some(members) = answer.as_object_mut() {
        members.insert("new".to_owned(), json!(new));
    }
    Ok(answer)
}

/// Sets what goes wrong with devices, or, with `null`, that nothing does.
pub(super) fn trouble(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let wanted = "null, \"NotAccessible\", \"Failing\", \"Throttled\", or {\"Throttled\": {\"until\": \"2026-12-24T08:00:00Z\"}}";
    let input = Input::read(body, &["devices", "trouble"])?;
    let serials = input.devices(world)?;
    let trouble = match input.0.get("trouble") {
        None => return Err(Problem::new("trouble", "it is missing", format!("send {wanted}"))),
        Some(Value::String(name)) if name == "Throttled" => {
            let span = TimeDelta::seconds(i64::from(world.settings().throttle_seconds));
            let until = world.now().checked_add_signed(span).unwrap_or(world.now());
            Some(Trouble::Throttled { until })
        }
        Some(_) => input.get::<Trouble>("trouble", wanted)?,
    };
    Ok(each(serials, |serial| world.set_trouble(serial, trouble)))
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

/// Some days in the life of the first server's devices.
pub(super) fn churn(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let input = Input::read(body, &["count"])?;
    let count = input.number("count", 1..=MOST)?.unwrap_or(10);
    world.churn(usize::try_from(count).unwrap_or(0));
    Ok(json!({ "count": count }))
}

fn simple(world: &mut World, body: &[u8], work: fn(&mut World, &str) -> bool) -> Result<Value, Problem> {
    let serials = Input::read(body, &["devices"])?.devices(world)?;
    Ok(each(serials, |serial| work(world, serial)))
}

/// `changed` and `unchanged`: a device that was already so, or is released, is not changed.
fn each(serials: Vec<String>, mut work: impl FnMut(&str) -> bool) -> Value {
    let (changed, unchanged): (Vec<String>, Vec<String>) = serials.into_iter().partition(|serial| work(serial));
    json!({ "changed": changed, "unchanged": unchanged })
}
