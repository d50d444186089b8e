//! Property lists in XML, always the same bytes for the same value, and their JSON.

use base64::Engine as _;
use plist::{Dictionary, Value};
use serde_json::{Map, Number};

use crate::property_list::Node;
use crate::secret::SecretBytes;

/// A property list in XML. The keys of a dictionary are in the order in which they were put in. What XML cannot hold is left out, be it a
/// character or a value: where something may be lost by that, it is refused before.
pub(super) fn xml(value: &Value) -> Vec<u8> {
    secret_xml(value).expose_secret().to_vec()
}

/// The same, wiped when it is dropped.
pub(super) fn secret_xml(value: &Value) -> SecretBytes {
    Node::of(value).unwrap_or(Node::Keys(Vec::new())).to_xml()
}

/// In JSON; data are base64, dates text.
pub(super) fn json_of(value: &Value) -> Vec<u8> {
    fn json(value: &Value) -> serde_json::Value {
        use serde_json::Value as Json;

        match value {
            Value::Array(array) => Json::Array(array.iter().map(json).collect()),
            Value::Dictionary(dictionary) => {
                Json::Object(dictionary.iter().map(|(key, value)| (key.clone(), json(value))).collect())
            }
            Value::Boolean(boolean) => Json::Bool(*boolean),
            Value::Data(data) => Json::String(base64::engine::general_purpose::STANDARD.encode(data)),
            Value::Date(date) => Json::String(date.to_xml_format()),
            Value::Real(real) => Number::from_f64(*real).map_or(Json::Null, Json::Number),
            Value::Integer(integer) => integer
                .as_signed()
                .map(Number::from)
                .or_else(|| integer.as_unsigned().map(Number::from))
                .map_or(Json::Null, Json::Number),
            Value::String(text) => Json::String(text.clone()),
            _ => Json::Null,
        }
    }
    json(value).to_string().into_bytes()
}

/// What JSON says, as a property list; nothing where it is no JSON. What a property list cannot hold is left out.
pub(super) fn value_of_json(bytes: &[u8]) -> Option<Value> {
    fn value(json: serde_json::Value) -> Option<Value> {
        use serde_json::Value as Json;

        Some(match json {
            Json::Null => return None,
            Json::Bool(boolean) => Value::Boolean(boolean),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(signed), _) => Value::from(signed),
                (None, Some(unsigned)) => Value::from(unsigned),
                (None, None) => Value::Real(number.as_f64()?),
            },
            Json::String(text) => Value::String(text),
            Json::Array(array) => Value::Array(array.into_iter().filter_map(value).collect()),
            Json::Object(object) => Value::Dictionary(dictionary(object)),
        })
    }
    fn dictionary(object: Map<String, serde_json::Value>) -> Dictionary {
        object.into_iter().filter_map(|(key, json)| Some((key, value(json)?))).collect()
    }
    value(serde_json::from_slice(bytes).ok()?)
}
