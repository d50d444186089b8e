//! What the control interface is told, read strictly, and how it says no.

use apple_ade::simulator::{InputError, InputProblem, World};
use axum::body::Body;
use chrono::{DateTime, Datelike as _, Utc};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A request that is refused, with its place and what to do about it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) field: String,
    pub(super) error: String,
    pub(super) fix: String,
}

impl Problem {
    /// 400.
    pub(super) fn new(field: impl Into<String>, error: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, field: field.into(), error: error.into(), fix: fix.into() }
    }

    /// The first of what is wrong with a JSON object.
    pub(super) fn first(error: InputError) -> Self {
        match error.problems.into_iter().next() {
            Some(problem) => Self::of(problem, "(body)"),
            None => Self::new("(body)", "it does not fit", "see GET /_sim"),
        }
    }

    /// What is wrong with a value, or below it.
    pub(super) fn of(problem: InputProblem, whole: &str) -> Self {
        let field = if problem.path == "$" { whole.to_owned() } else { problem.path };
        Self::new(field, problem.problem, problem.fix)
    }

    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(super) fn response(&self) -> Response<Body> {
        json_response(self.status, &json!({ "error": self.error, "field": self.field, "fix": self.fix }))
    }
}

/// An answer that no cache keeps and no other site reads.
pub(super) fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    bytes_response(status, "application/json", body.to_string().into_bytes())
}

pub(super) fn bytes_response(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The members of a JSON object; an empty body stands for `{}`.
#[derive(Debug)]
pub(super) struct Input(pub(super) Map<String, Value>);

impl Input {
    /// Reads a body that has no other fields than these.
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        let input = Self::any(body)?;
        match input.0.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(input),
            Some(key) if known.is_empty() => Err(Problem::new(key, "this call takes no fields", "send {}")),
            Some(key) => {
                Err(Problem::new(key, "there is no such field", format!("the fields are: {}", known.join(", "))))
            }
        }
    }

    pub(super) fn any(body: &[u8]) -> Result<Self, Problem> {
        if body.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Problem::new("(body)", "the body is JSON, but not an object", "send {\"name\": value, …}")),
            Err(error) => {
                Err(Problem::new("(body)", format!("the body is not JSON: {error}"), "send {\"name\": value, …}"))
            }
        }
    }

    /// A field that may be absent; `null` counts as absent.
    pub(super) fn get<T: DeserializeOwned>(&self, field: &str, wanted: &str) -> Result<Option<T>, Problem> {
        let Some(value) = self.0.get(field).filter(|value| !value.is_null()) else { return Ok(None) };
        match serde_json::from_value(value.clone()) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Problem::new(field, format!("found {}", short(value)), format!("send {wanted}"))),
        }
    }

    /// A time, or a span from now.
    pub(super) fn time(&self, field: &str, world: &World) -> Result<Option<DateTime<Utc>>, Problem> {
        let wanted = "a time as \"2026-12-24T08:00:00Z\", of the years 1970 to 9999, or a span from now as \"+14d\"";
        let Some(text) = self.get::<String>(field, wanted)? else { return Ok(None) };
        let refused = || Problem::new(field, format!("{text:?} is no time"), format!("send {wanted}"));
        world.read_time(&text).map(Some).ok_or_else(refused)
    }

    pub(super) fn required<T: DeserializeOwned>(&self, field: &str, wanted: &str) -> Result<T, Problem> {
        self.get(field, wanted)?.ok_or_else(|| Problem::new(field, "it is missing", format!("send {wanted}")))
    }

    /// A whole number within bounds.
    pub(super) fn number(&self, field: &str, bounds: std::ops::RangeInclusive<i64>) -> Result<Option<i64>, Problem> {
        let wanted = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        let number = self.get(field, &wanted)?;
        match number.filter(|number| !bounds.contains(number)) {
            Some(number) => Err(Problem::new(field, format!("{number} is out of range"), format!("send {wanted}"))),
            None => Ok(number),
        }
    }

    /// `devices`: serial numbers, each of them known.
    pub(super) fn devices(&self, world: &World) -> Result<Vec<String>, Problem> {
        let serials: Vec<String> = self.required("devices", "a list of serial numbers, as [\"C02…\"]")?;
        if serials.is_empty() {
            return Err(Problem::new("devices", "the list is empty", "name one serial number at least"));
        }
        match serials.iter().enumerate().find(|(_, serial)| world.device(serial).is_none()) {
            Some((i, serial)) => Err(Problem::new(
                format!("devices[{i}]"),
                format!("there is no device {serial:?}"),
                "take a serial number from GET /_sim/state; nothing was changed",
            )),
            None => Ok(serials),
        }
    }

    /// `server`: an MDM server by UUID or name. Gives the UUID.
    pub(super) fn server(&self, world: &World) -> Result<Option<String>, Problem> {
        let named: Option<String> = self.get("server", "the UUID or the name of an MDM server")?;
        named.map(|name| find_server(world, &name)).transpose()
    }
}

/// Whether a time can be sent, stored and shown: its year has four digits.
pub(super) fn is_writable(at: DateTime<Utc>) -> bool {
    (1970..=9999).contains(&at.year())
}

pub(super) fn find_server(world: &World, name: &str) -> Result<String, Problem> {
    let found = world.servers().find(|server| server.uuid == name || server.name == name);
    found.map(|server| server.uuid.clone()).ok_or_else(|| {
        let names: Vec<String> = world.servers().map(|server| format!("{:?}", server.name)).collect();
        Problem::new(
            "server",
            format!("there is no MDM server {name:?}"),
            format!("the servers are: {}", names.join(", ")),
        )
    })
}

/// The value, cut off where it is long.
pub(super) fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
