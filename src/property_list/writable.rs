//! What a property list in XML cannot hold.

use plist::Value;

use super::node::is_xml;
use super::{MOST_DEEP, PropertyListError};

/// Everything in a value that XML has no form for, or that [`read`](super::read) would refuse for its depth: the path of each and the error.
/// `within` is the path of the value itself.
pub(crate) fn unwritable(value: &Value, within: &str) -> Vec<(String, PropertyListError)> {
    let mut found = Vec::new();
    search(value, within, MOST_DEEP, &mut found);
    found
}

fn search(value: &Value, path: &str, left: usize, found: &mut Vec<(String, PropertyListError)>) {
    let shown = |path: &str| if path.is_empty() { "$".to_owned() } else { path.to_owned() };
    let text = |text: &str, path: &str, found: &mut Vec<(String, PropertyListError)>| {
        if !text.chars().all(is_xml) {
            found.push((shown(path), PropertyListError::Character { path: shown(path) }));
        }
    };
    match (value, left.checked_sub(1)) {
        (Value::Array(_) | Value::Dictionary(_), None) => found.push((shown(path), PropertyListError::TooDeep)),
        (Value::Array(values), Some(left)) => {
            for (place, value) in values.iter().enumerate() {
                search(value, &format!("{path}[{place}]"), left, found);
            }
        }
        (Value::Dictionary(keys), Some(left)) => {
            for (key, value) in keys {
                let clean: String = key.chars().map(|c| if c.is_control() { '?' } else { c }).take(80).collect();
                let path = if path.is_empty() { clean } else { format!("{path}.{clean}") };
                text(key, &path, found);
                search(value, &path, left, found);
            }
        }
        (Value::String(value), _) => text(value, path, found),
        (Value::Boolean(_) | Value::Data(_) | Value::Date(_) | Value::Integer(_) | Value::Real(_), _) => {}
        _ => found.push((shown(path), PropertyListError::NoForm { path: shown(path) })),
    }
}
