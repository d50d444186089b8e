//! Bodies in a recording: JSON as JSON, texts as texts, without secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What stands where a secret was.
pub(super) const REMOVED: &str = "removed";

/// Members whose values are secrets, at any depth.
const SECRETS: &[&str] = &["auth_session_token", "escrow_key"];

/// A body, as one of four.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Body {
    #[default]
    Empty,
    /// JSON that serde_json writes as it was.
    Json(Value),
    Text(String),
    Base64(String),
}

impl Body {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::Base64(STANDARD.encode(bytes));
        };
        match serde_json::from_str::<Value>(text) {
            Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
                let secret = remove_secrets(&mut value, 0);
                let same = serde_json::to_string(&value).is_ok_and(|written| written == text);
                if secret || same { Self::Json(value) } else { Self::Text(text.to_owned()) }
            }
            // A body that was cut off may still have a secret in it.
            _ if SECRETS.iter().any(|name| text.contains(name)) => Self::Text(REMOVED.to_owned()),
            _ => Self::Text(text.to_owned()),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Json(value) => value.to_string().into_bytes(),
            Self::Text(text) => text.clone().into_bytes(),
            Self::Base64(text) => STANDARD.decode(text).unwrap_or_default(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// The JSON in it, if it is JSON.
    pub(super) fn json(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Text(text) => serde_json::from_str(text).ok(),
            Self::Empty | Self::Base64(_) => None,
        }
    }
}

/// Whether there were any. What is nested deeper than serde_json reads does not come here.
fn remove_secrets(value: &mut Value, depth: u8) -> bool {
    if depth > 128 {
        return false;
    }
    let next = depth.saturating_add(1);
    match value {
        Value::Object(members) => members.iter_mut().fold(false, |found, (key, value)| {
            if SECRETS.contains(&key.as_str()) {
                *value = Value::String(REMOVED.to_owned());
                return true;
            }
            remove_secrets(value, next) || found
        }),
        Value::Array(items) => {
            let mut found = false;
            for item in items {
                found |= remove_secrets(item, next);
            }
            found
        }
        _ => false,
    }
}

/// Where two JSON values differ first, as a path, with both sides.
pub(super) fn difference(path: &str, recorded: &Value, found: &Value) -> Option<String> {
    match (recorded, found) {
        (Value::Object(one), Value::Object(other)) => {
            if let Some(key) = one.keys().find(|key| !other.contains_key(*key)) {
                return Some(format!("{path}.{key} is in the recording and not in the request"));
            }
            if let Some(key) = other.keys().find(|key| !one.contains_key(*key)) {
                return Some(format!("{path}.{key} is in the request and not in the recording"));
            }
            one.iter().find_map(|(key, value)| difference(&format!("{path}.{key}"), value, other.get(key)?))
        }
        (Value::Array(one), Value::Array(other)) => {
            let places = one.iter().zip(other).enumerate();
            let inner = places.into_iter().find_map(|(index, (a, b))| difference(&format!("{path}[{index}]"), a, b));
            let lengths =
                || format!("{path} has {} items in the recording and {} in the request", one.len(), other.len());
            inner.or_else(|| (one.len() != other.len()).then(lengths))
        }
        _ => (recorded != found).then(|| format!("{path} is {recorded} in the recording and {found} in the request")),
    }
}
