//! The JSON Schemas of the service, and values made after them.

use serde_json::{Map, Value};

use crate::fixture;

fn schema(name: &str) -> Value {
    serde_json::from_slice(&fixture::bytes(&format!("schemas/{name}.json"))).unwrap()
}

/// The keys of an object, in order.
pub(crate) fn properties(name: &str) -> Vec<String> {
    let keys: Vec<String> = schema(name)["properties"].as_object().unwrap().keys().cloned().collect();
    assert!(!keys.is_empty(), "{name}");
    keys
}

/// An object with every key, typed as the schema says; where words are listed, the one of this number, counted round.
pub(crate) fn sample(name: &str, word: usize) -> Value {
    let schema = schema(name);
    let properties = schema["properties"].as_object().unwrap().iter();
    Value::Object(properties.map(|(key, schema)| (key.clone(), value(schema, word))).collect())
}

/// How many words the longest list of words in the schema has.
pub(crate) fn words(name: &str) -> usize {
    let schema = schema(name);
    let lists = schema["properties"].as_object().unwrap().values().filter_map(|schema| {
        let schema = schema.get("items").or(schema.get("additionalProperties")).unwrap_or(schema);
        schema.get("enum")?.as_array().map(Vec::len)
    });
    lists.max().unwrap_or(1)
}

fn value(schema: &Value, word: usize) -> Value {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    if let Some(file) = text("$ref") {
        return sample(file.strip_suffix(".json").unwrap(), word);
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words[word % words.len()].clone();
    }
    match (text("type"), text("format")) {
        (Some("string"), Some("date-time")) => "2026-06-23T08:00:00Z".into(),
        (Some("string"), Some("uri")) => "https://mdm.example.com/a".into(),
        (Some("string"), _) => "C02T0HL0GGC0".into(),
        (Some("boolean"), _) => word.is_multiple_of(2).into(),
        (Some("integer"), _) => 1000.into(),
        (Some("array"), _) => vec![value(&schema["items"], word), value(&schema["items"], word + 1)].into(),
        (Some("object"), _) => {
            let values = &schema["additionalProperties"];
            Value::Object(Map::from_iter([("C02T0HL0GGC0".to_owned(), value(values, word))]))
        }
        other => panic!("{other:?} in a schema"),
    }
}
