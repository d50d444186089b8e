//! JSON bodies of requests, read strictly: a wrong type is `MALFORMED_REQUEST_BODY`.

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::service::{Call, Refused, text};

/// The members of a request's JSON object.
#[derive(Debug)]
pub(super) struct Body(pub(super) Map<String, Value>);

pub(super) const MALFORMED: &str = "MALFORMED_REQUEST_BODY";

impl Call<'_> {
    /// The body. Its `Content-Type` has to be `application/json`, with any parameters; else 415.
    pub(super) fn body(&self) -> Result<Body, Refused> {
        let kind = text(self.request, CONTENT_TYPE.as_str());
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Refused::status(415));
        }
        match serde_json::from_slice(self.request.body()) {
            Ok(Value::Object(members)) => Ok(Body(members)),
            _ => Err(Refused::bad(MALFORMED)),
        }
    }
}

impl Body {
    /// A text; `null` counts as absent.
    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, Refused> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refused::bad(MALFORMED)),
        }
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>, Refused> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(Refused::bad(MALFORMED)),
        }
    }

    pub(super) fn integer(&self, key: &str) -> Result<Option<i32>, Refused> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
                number.map(Some).ok_or(Refused::bad(MALFORMED))
            }
        }
    }

    /// A list of texts; absent and empty are the same.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<&str>, Refused> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                texts.ok_or(Refused::bad(MALFORMED))
            }
            Some(_) => Err(Refused::bad(MALFORMED)),
        }
    }

    /// The serial numbers a call is about; at least one.
    pub(super) fn serials(&self) -> Result<Vec<&str>, Refused> {
        let serials = self.texts("devices")?;
        if serials.is_empty() { Err(Refused::bad("DEVICE_ID_REQUIRED")) } else { Ok(serials) }
    }
}
