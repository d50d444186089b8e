//! What the web page shows, as JSON.

use std::collections::BTreeMap;

use apple_ade::Stamp;
use apple_ade::simulator::{Device, Trouble, World};
use serde::Serialize;
use serde_json::{Value, json};

use super::desk::Desk;
use super::faults;
use super::input::{Problem, find_server};

/// The parameters of a query.
#[derive(Debug)]
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    pub(super) fn read(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Refuses parameters other than these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                Err(Problem::new(name, "there is no such parameter", format!("the parameters are: {known}")))
            }
        }
    }

    pub(super) fn number(&self, name: &str, default: usize, most: usize) -> Result<usize, Problem> {
        let Some(text) = self.get(name) else { return Ok(default) };
        text.parse().ok().filter(|number| *number <= most).ok_or_else(|| {
            Problem::new(name, format!("found {text:?}"), format!("send a whole number from 0 to {most}"))
        })
    }
}

/// Which devices are looked at: the parameter `server`, which is a UUID, a name, `none` or `released`.
#[derive(Debug)]
enum Place {
    Any,
    None,
    Released,
    Server(String),
}

/// The state: organisation, servers, clock, settings, faults, the latest calls, and a page of devices.
pub(super) fn state(desk: &Desk, query: &Query) -> Result<Value, Problem> {
    query.only(&["search", "server", "offset", "limit", "calls"])?;
    let (offset, limit) = (query.number("offset", 0, usize::MAX)?, query.number("limit", 50, 1000)?);
    let most_calls = query.number("calls", 100, 10_000)?;
    let mut state = desk.act(|world| {
        let place = match query.get("server") {
            None => Place::Any,
            Some("none") => Place::None,
            Some("released") => Place::Released,
            Some(name) => Place::Server(find_server(world, name).map_err(|problem| {
                let fix = format!("{}; or none, or released", problem.fix);
                Problem { fix, ..problem }
            })?),
        };
        Ok(json!({
            "clock": { "now": world.now(), "system": Stamp::from_system().now() },
            "organisation": world.organisation(),
            "servers": servers(world),
            "devices": devices(world, query, &place, offset, limit),
            "settings": world.settings(),
            "faults": faults::list(world),
            "past_events": world.past_events().collect::<Vec<_>>(),
        }))
    })?;
    let (total, list) = desk.calls(most_calls);
    if let Some(clock) = state.get_mut("clock").and_then(Value::as_object_mut) {
        clock.insert("ahead_seconds".to_owned(), json!(seconds(desk)));
    }
    if let Some(members) = state.as_object_mut() {
        members.insert("calls".to_owned(), json!({ "total": total, "list": list }));
    }
    Ok(state)
}

/// How far the world's clock is ahead of the system's, to the nearest second.
pub(super) fn seconds(desk: &Desk) -> i64 {
    let ahead = desk.ahead();
    ahead.num_seconds() + i64::from(ahead.subsec_nanos() / 500_000_000)
}

fn servers(world: &World) -> Vec<Value> {
    let servers = world.servers().map(|server| {
        json!({
            "uuid": server.uuid,
            "name": server.name,
            "admin_id": server.admin_id,
            "token_expiry": server.token_expiry(),
            "devices": server.device_count(),
            "profiles": server.profile_count(),
        })
    });
    servers.collect()
}

/// A summary of all devices, and the page of those that match: `search` in serial number, family, model, label, description,
/// profile and trouble.
fn devices(world: &World, query: &Query, place: &Place, offset: usize, limit: usize) -> Value {
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    let (mut total, mut released, mut unassigned, mut troubled, mut matching) = (0, 0, 0, 0, 0);
    let search = query.get("search").map(str::to_ascii_lowercase);
    let mut page = Vec::new();
    for device in world.devices() {
        if device.released {
            released += 1;
        } else {
            total += 1;
            unassigned += usize::from(device.server.is_none());
            troubled += usize::from(device.trouble.is_some());
            *families.entry(name(&device.family)).or_default() += 1;
            *statuses.entry(name(&device.profile.status)).or_default() += 1;
        }
        let is_there = match place {
            Place::Any => true,
            Place::None => device.server.is_none() && !device.released,
            Place::Released => device.released,
            Place::Server(uuid) => device.server.as_ref() == Some(uuid),
        };
        if is_there && search.as_deref().is_none_or(|search| is_found(device, search)) {
            if matching >= offset && page.len() < limit {
                page.push(row(world, device));
            }
            matching += 1;
        }
    }
    json!({
        "total": total,
        "released": released,
        "unassigned": unassigned,
        "troubled": troubled,
        "families": families,
        "statuses": statuses,
        "matching": matching,
        "offset": offset,
        "limit": limit,
        "list": page,
    })
}

fn is_found(device: &Device, search: &str) -> bool {
    let has = |text: &str| text.to_ascii_lowercase().contains(search);
    has(&device.serial_number)
        || has(&device.model)
        || has(&device.description)
        || has(&device.asset_tag)
        || has(&name(&device.family))
        || has(&name(&device.profile.status))
        || device.profile.uuid.as_deref().is_some_and(has)
        || device.trouble.is_some_and(|trouble| has(trouble_name(trouble)))
}

fn row(world: &World, device: &Device) -> Value {
    let profile = device.profile.uuid.as_deref().and_then(|uuid| world.profile_json(uuid));
    let profile: Option<Value> = profile.and_then(|profile| serde_json::from_str(&profile).ok());
    json!({
        "serial_number": device.serial_number,
        "family": device.family,
        "model": device.model,
        "description": device.description,
        "color": device.color,
        "asset_tag": device.asset_tag,
        "server": device.server,
        "assigned_date": device.assigned_date,
        "profile": device.profile,
        "profile_name": profile.as_ref().and_then(|profile| profile.get("profile_name")),
        "migration_deadline": device.migration_deadline,
        "replaces": device.replaces,
        "released": device.released,
        "locked": device.locked,
        "trouble": device.trouble.map(trouble_name),
        "throttled_until": match device.trouble {
            Some(Trouble::Throttled { until }) => Some(until),
            _ => None,
        },
    })
}

fn trouble_name(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::NotAccessible => "NotAccessible",
        Trouble::Failing => "Failing",
        Trouble::Throttled { .. } => "Throttled",
        _ => "Other",
    }
}

/// The name of a value in JSON.
fn name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
