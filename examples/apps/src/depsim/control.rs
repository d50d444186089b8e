//! The control interface: JSON in, JSON out, no sockets.

use apple_ade::Stamp;
use apple_ade::simulator::{Role, TermsError, World};
use axum::body::Body;
use chrono::TimeDelta;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::apply::apply;
use super::desk::{Desk, MOST_SECONDS, restored, too_far};
use super::input::{Input, Problem, bytes_response, is_writable, json_response};
use super::state::{Query, seconds, state};
use super::{devices, faults, portal};

/// Every call, in the order of `GET /_sim`.
const CALLS: &[(&str, &str, &str)] = &[
    ("GET", "/_sim/state", "everything at a glance; ?search= ?server=UUID|NAME|none|released ?offset= ?limit= ?calls="),
    ("GET", "/_sim/log", "the calls of the service, newest first; ?limit="),
    (
        "POST",
        "/_sim/clock",
        "{\"advance_seconds\": 3600}, or {\"ahead_seconds\": 0} for the system's time. A client that signs with the system's time \
         is refused while the clock is turned by more than the setting timestamp_window",
    ),
    (
        "POST",
        "/_sim/devices/buy",
        "{\"family\": \"iPad\", \"count\": 1, \"server\": \"Example MDM\"}; without a server, to none",
    ),
    (
        "POST",
        "/_sim/devices/move",
        "{\"devices\": [\"…\"], \"server\": \"…\"}; with a \"deadline\" (a time, or \"+14d\"), as a migration",
    ),
    ("POST", "/_sim/devices/unassign", "{\"devices\": [\"…\"]}: off their server, still in the organisation"),
    ("POST", "/_sim/devices/release", "{\"devices\": [\"…\"]}: out of the organisation for good"),
    ("POST", "/_sim/devices/replace", "{\"devices\": [\"…\"]}: each exchanged for a new one"),
    ("POST", "/_sim/devices/activate", "{\"devices\": [\"…\"]}: switched on; what has a profile downloads it"),
    ("POST", "/_sim/devices/wipe", "{\"devices\": [\"…\"]}: erased; the profile waits for it again"),
    (
        "POST",
        "/_sim/devices/trouble",
        "{\"devices\": [\"…\"], \"trouble\": \"not_accessible\" | \"failing\" | \"throttled\" | {\"throttled\": {\"until\": \"+2h\"}} | \
         \"none\"}, as in a scenario",
    ),
    (
        "POST",
        "/_sim/churn",
        "{\"count\": 10}: so many things happen to devices of the first server. Each turns the clock by a minute, which in the end \
         keeps out clients that sign with the system's time (see /_sim/clock); ahead_seconds tells how far it is",
    ),
    ("PATCH", "/_sim/settings", "any of the fields of GET /_sim/state, settings"),
    ("PATCH", "/_sim/organisation", "any of its fields, as {\"terms_signed\": false} or {\"access\": false}"),
    ("POST", "/_sim/terms/publish", "{}: new terms, that an administrator has to sign"),
    (
        "POST",
        "/_sim/terms/sign",
        "{\"by\": \"it-admin@school.example.org\"}; without it, the first administrator signs",
    ),
    ("POST", "/_sim/sessions/end", "{}: every session ends"),
    ("GET", "/_sim/faults", "the kinds of faults, and those that are set"),
    (
        "POST",
        "/_sim/faults",
        "sets a fault, as in the example of its kind; a retry_after is {\"seconds\": 30} | {\"date\": 30}",
    ),
    ("DELETE", "/_sim/faults", "takes all faults back, or those of ?id=NAME"),
    ("GET", "/_sim/world", "the whole world, with its secrets, to be stored"),
    ("PUT", "/_sim/world", "a stored world; its time goes on from where it was"),
    (
        "POST",
        "/_sim/portal/certificate",
        "a certificate in PEM, for a token file (.p7m); ?server= UUID or name (default: the first); ?renew=true (default: a token \
         that was downloaded before is refused from now on) | false (the same token once more)",
    ),
    ("GET", "/_sim/portal/token", "the server token in plain JSON; ?server= UUID or name (default: the first)"),
];

/// Answers a request to a path that begins with `/_sim`.
pub(super) fn control(desk: &Desk, method: &str, path: &str, query: &str, body: &[u8]) -> Response<Body> {
    let query = Query::read(query);
    let answer = match (method, path) {
        ("POST", "/_sim/portal/certificate") => desk.act(|world| portal::certificate(world, &query, body)),
        ("GET", "/_sim/portal/token") => desk.act(|world| portal::token(world, &query)),
        ("GET", "/_sim/world") => {
            let stored = desk.act(|world| world.to_json());
            Ok(bytes_response(StatusCode::OK, "application/json", stored.into_bytes()))
        }
        _ => json_call(desk, method, path, &query, body).map(|value| json_response(StatusCode::OK, &value)),
    };
    answer.unwrap_or_else(|problem| problem.response())
}

fn json_call(desk: &Desk, method: &str, path: &str, query: &Query, body: &[u8]) -> Result<Value, Problem> {
    let act = |work: fn(&mut World, &[u8]) -> Result<Value, Problem>| {
        query.only(&[])?;
        desk.act(|world| work(world, body))
    };
    match (method, path) {
        ("GET", "/_sim" | "/_sim/") => Ok(help()),
        ("GET", "/_sim/state") => state(desk, query),
        ("GET", "/_sim/log") => log(desk, query),
        ("POST", "/_sim/clock") => clock(desk, body),
        ("POST", "/_sim/devices/buy") => act(devices::buy),
        ("POST", "/_sim/devices/move") => act(devices::move_to),
        ("POST", "/_sim/devices/unassign") => act(devices::unassign),
        ("POST", "/_sim/devices/release") => act(devices::release),
        ("POST", "/_sim/devices/replace") => act(devices::replace),
        ("POST", "/_sim/devices/activate") => act(devices::activate),
        ("POST", "/_sim/devices/wipe") => act(devices::wipe),
        ("POST", "/_sim/devices/trouble") => act(devices::trouble),
        ("POST", "/_sim/churn") => {
            query.only(&[])?;
            churn(desk, body)
        }
        ("PATCH", "/_sim/settings") => act(settings),
        ("PATCH", "/_sim/organisation") => act(organisation),
        ("POST", "/_sim/terms/publish") => act(publish_terms),
        ("POST", "/_sim/terms/sign") => act(sign_terms),
        ("POST", "/_sim/sessions/end") => act(end_sessions),
        ("GET", "/_sim/faults") => Ok(desk.act(|world| faults::list(world))),
        ("POST", "/_sim/faults") => act(|world, body| faults::set(world, Input::any(body)?)),
        ("DELETE", "/_sim/faults") => {
            query.only(&["id"])?;
            desk.act(|world| faults::clear(world, query.get("id")))
        }
        ("PUT", "/_sim/world") => restore(desk, body),
        _ => Err(unknown(method, path)),
    }
}

fn help() -> Value {
    let calls = CALLS.iter().map(|(method, path, about)| json!({ "method": method, "path": path, "about": about }));
    json!({ "calls": calls.collect::<Vec<_>>() })
}

fn unknown(method: &str, path: &str) -> Problem {
    let methods: Vec<&str> = CALLS.iter().filter(|call| call.1 == path).map(|call| call.0).collect();
    if methods.is_empty() {
        let problem = Problem::new("(path)", format!("there is nothing at {path}"), "GET /_sim lists all calls");
        return problem.with_status(StatusCode::NOT_FOUND);
    }
    let fix = format!("use {}", methods.join(" or "));
    Problem::new("(method)", format!("{path} does not take {method}"), fix).with_status(StatusCode::METHOD_NOT_ALLOWED)
}

fn log(desk: &Desk, query: &Query) -> Result<Value, Problem> {
    query.only(&["limit"])?;
    let (total, calls) = desk.calls(query.number("limit", 1000, usize::MAX)?);
    Ok(json!({ "total": total, "calls": calls }))
}

fn clock(desk: &Desk, body: &[u8]) -> Result<Value, Problem> {
    let input = Input::read(body, &["advance_seconds", "ahead_seconds"])?;
    let bounds = -MOST_SECONDS..=MOST_SECONDS;
    let by = input.number("advance_seconds", bounds.clone())?;
    let ahead = input.number("ahead_seconds", bounds)?;
    match (by, ahead) {
        (Some(by), None) => {
            near(desk, by, "advance_seconds")?;
            desk.act(|world| world.advance(TimeDelta::seconds(by)));
        }
        (None, Some(ahead)) => desk.set_ahead(TimeDelta::seconds(ahead)),
        _ => {
            let fix = "send either {\"advance_seconds\": 3600} or {\"ahead_seconds\": 0}";
            return Err(Problem::new("advance_seconds", "one of the two fields is wanted", fix));
        }
    }
    Ok(json!({ "now": desk.act(|world| world.now()), "ahead_seconds": seconds(desk) }))
}

/// Refuses to turn the clock so much further that it would be too far from the system's.
fn near(desk: &Desk, by: i64, field: &str) -> Result<(), Problem> {
    let ahead = TimeDelta::try_seconds(desk.ahead().num_seconds().saturating_add(by)).unwrap_or(TimeDelta::MAX);
    let fix = "turn it less; {\"ahead_seconds\": 0} to /_sim/clock takes it back to the present";
    too_far(ahead).map_or(Ok(()), |problem| Err(Problem::new(field, problem, fix)))
}

/// Some days in the life of the first server's devices.
fn churn(desk: &Desk, body: &[u8]) -> Result<Value, Problem> {
    let count = Input::read(body, &["count"])?.number("count", 1..=devices::MOST)?.unwrap_or(10);
    near(desk, count.saturating_mul(60), "count")?;
    desk.act(|world| world.churn(usize::try_from(count).unwrap_or(0)));
    Ok(json!({ "count": count, "now": desk.act(|world| world.now()), "ahead_seconds": seconds(desk) }))
}

fn settings(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let changed = world.settings().changed(&Value::Object(Input::any(body)?.0).to_string());
    *world.settings_mut() = changed.map_err(Problem::first)?;
    Ok(json!(world.settings()))
}

fn organisation(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let wanted = [
        (
            "administrators",
            "[{\"id\": \"eve@x.example\", \"name\": \"Eve\", \"role\": \"administrator\"}]; other roles: \
          device_enrollment_manager, people_manager, site_manager, staff",
        ),
        (
            "discovery",
            "null, or {\"url\": \"https://mdm.example.com/discovery\", \"updated\": \"2026-12-24T08:00:00Z\"}",
        ),
    ];
    let changed = apply(world.organisation(), &Input::any(body)?.0, &wanted)?;
    let times = [
        ("terms", Some(changed.terms.published)),
        ("terms", changed.terms.refused_until),
        ("discovery", changed.discovery.as_ref().map(|stored| stored.updated)),
    ];
    if let Some((field, Some(at))) = times.into_iter().find(|(_, at)| at.is_some_and(|at| !is_writable(at))) {
        return Err(Problem::new(field, format!("found the time {at}"), "send times of the years 1970 to 9999"));
    }
    *world.organisation_mut() = changed;
    Ok(json!(world.organisation()))
}

fn publish_terms(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    Input::read(body, &[])?;
    world.publish_terms();
    Ok(json!(world.organisation()))
}

fn sign_terms(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    let by: Option<String> = Input::read(body, &["by"])?.get("by", "the id of an administrator")?;
    let mut people = world.organisation().administrators.iter();
    let first = people.find(|person| person.role == Role::Administrator).map(|person| person.id.clone());
    let fix = "GET /_sim/state lists the organisation's administrators and its terms";
    world.sign_terms(&by.or(first).unwrap_or_default()).map_err(|error| {
        let problem = match error {
            TermsError::NoAdministrator(id) => format!("the organisation has no administrator {id:?}"),
            TermsError::WrongRole { id, role } => {
                format!("{id} has the role {}, and none but an administrator may sign", json!(role))
            }
            TermsError::NothingToSign(version) => format!("version {version} of the terms is signed already"),
            other => other.to_string(),
        };
        Problem::new("by", problem, fix)
    })?;
    Ok(json!(world.organisation()))
}

fn end_sessions(world: &mut World, body: &[u8]) -> Result<Value, Problem> {
    Input::read(body, &[])?;
    world.end_sessions();
    Ok(json!({}))
}

fn restore(desk: &Desk, body: &[u8]) -> Result<Value, Problem> {
    let fix = "send what GET /_sim/world gave, of the same version; the world is as it was";
    let text = std::str::from_utf8(body).map_err(|error| Problem::new("(body)", error.to_string(), fix))?;
    let stored = restored(text).map_err(|error| Problem::new("(body)", error, fix))?;
    if let Some(problem) = too_far(stored.now() - Stamp::from_system().now()) {
        return Err(Problem::new("now", problem, fix));
    }
    desk.act(|world| *world = stored);
    Ok(json!({ "now": desk.act(|world| world.now()), "devices": desk.act(|world| world.devices().count()) }))
}

#[cfg(test)]
mod tests {
    use apple_ade::simulator::World;
    use http::StatusCode;

    use super::{CALLS, control};
    use crate::depsim::Desk;

    #[test]
    fn every_call_of_the_list_is_there() {
        let desk = Desk::new(World::builder().devices(3).build());
        for (method, path, _) in CALLS {
            let status = control(&desk, method, path, "", b"").status();
            assert!(![StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status), "{method} {path}");
        }
        assert_eq!(control(&desk, "DELETE", "/_sim/state", "", b"").status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(control(&desk, "GET", "/_sim/nothing", "", b"").status(), StatusCode::NOT_FOUND);
    }
}
