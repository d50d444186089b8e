//! All keys of one of Apple's schema files, beside those of a property list of ours.

use std::collections::{BTreeMap, BTreeSet};

use plist::Value;

/// A key of a schema file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Key {
    /// `string`, `integer`, `boolean`, `data`, `array`, `dictionary`.
    pub(crate) kind: String,
    pub(crate) required: bool,
    pub(crate) range: Vec<String>,
    /// Whether it was removed from every system.
    pub(crate) removed: bool,
}

/// Every key with the path to it: a dot between a dictionary and what is in it, `[]` for what is in an array.
pub(crate) fn keys(yaml: &str) -> BTreeMap<String, Key> {
    let mut keys: BTreeMap<String, Key> = BTreeMap::new();
    // Of the keys around a line: how far they are indented, and their path.
    let mut around: Vec<(usize, String)> = Vec::new();
    let mut in_range = false;
    let body = yaml.split_once("payloadkeys:").expect("a schema file has keys").1;
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let text = line.trim();
        if text == "notes:" || text.starts_with("related-status-items:") {
            break;
        }
        if let Some(name) = text.strip_prefix("- key: ") {
            around.retain(|(depth, _)| *depth < indent);
            let path = match around.last() {
                None => name.to_owned(),
                Some((_, parent)) if keys[parent].kind == "array" => format!("{parent}[]"),
                Some((_, parent)) => format!("{parent}.{name}"),
            };
            assert!(keys.insert(path.clone(), Key::default()).is_none(), "{path} is there twice");
            around.push((indent, path));
            in_range = false;
            continue;
        }
        // What belongs to a key stands two columns further in.
        let Some((depth, path)) = around.last() else { continue };
        if indent < *depth + 2 && !text.starts_with("- ") {
            continue;
        }
        let key = keys.get_mut(path).unwrap();
        if indent == *depth + 2 {
            in_range = text == "rangelist:" || (in_range && text.starts_with("- "));
        }
        if let Some(kind) = text.strip_prefix("type: <").and_then(|rest| rest.strip_suffix('>')) {
            key.kind = kind.into();
        } else if let Some(presence) = text.strip_prefix("presence: ") {
            key.required = presence == "required";
        } else if text == "removed: '0'" {
            key.removed = true;
        } else if let Some(value) = text.strip_prefix("- ").filter(|_| in_range) {
            key.range.push(value.trim_matches('\'').to_owned());
        }
    }
    // What is inside of something removed is removed.
    let removed: Vec<String> = keys.iter().filter(|(_, key)| key.removed).map(|(path, _)| path.clone()).collect();
    for (path, key) in &mut keys {
        key.removed |= removed.iter().any(|removed| path.starts_with(&format!("{removed}[")) || path == removed);
    }
    keys
}

/// Every path of a value with its type.
pub(crate) fn paths(value: &Value) -> BTreeMap<String, &'static str> {
    fn walk(value: &Value, path: &str, found: &mut BTreeMap<String, &'static str>) {
        let kind = match value {
            Value::Array(_) => "array",
            Value::Dictionary(_) => "dictionary",
            Value::Boolean(_) => "boolean",
            Value::Data(_) => "data",
            Value::Integer(_) => "integer",
            Value::String(_) => "string",
            other => panic!("{other:?}"),
        };
        if !path.is_empty() {
            let before = found.insert(path.to_owned(), kind);
            assert!(before.is_none_or(|before| before == kind), "{path} is {kind} and {before:?}");
        }
        match value {
            Value::Array(array) => array.iter().for_each(|item| walk(item, &format!("{path}[]"), found)),
            Value::Dictionary(dictionary) => dictionary.iter().for_each(|(key, value)| {
                walk(value, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
            }),
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    walk(value, "", &mut found);
    found
}

/// Every key of Apple's is in the values with its type, but for those that are removed; ours that Apple's file lacks are just these.
#[track_caller]
pub(crate) fn compare(yaml: &str, values: &[&Value], ours_alone: &[&str]) {
    let theirs = keys(yaml);
    let ours: BTreeMap<String, &str> = values.iter().flat_map(|value| paths(value)).collect();
    for (path, key) in theirs.iter().filter(|(_, key)| !key.removed) {
        let kind = ours.get(path).unwrap_or_else(|| panic!("{path} of Apple's is not in ours"));
        assert_eq!(*kind, key.kind, "the type of {path}");
    }
    let more: BTreeSet<&str> = ours.keys().map(String::as_str).filter(|path| !theirs.contains_key(*path)).collect();
    assert_eq!(more, ours_alone.iter().copied().collect(), "keys of ours that Apple's file lacks");
    for value in values {
        let there = paths(value);
        for (path, _) in theirs.iter().filter(|(_, key)| key.required && !key.removed) {
            // Where what it is in is there.
            let parent = path.rsplit_once(['.']).map(|(parent, _)| parent);
            if parent.is_none_or(|parent| there.contains_key(parent)) && !path.ends_with("[]") {
                assert!(there.contains_key(path), "{path} is required");
            }
        }
    }
}

#[test]
fn a_schema_file_is_read() {
    let keys = keys(&crate::fixture::text("apple/errors/softwareupdate.required.yaml"));
    let expected = [
        "code",
        "description",
        "details",
        "details.BuildVersion",
        "details.OSVersion",
        "details.RequireBetaProgram",
        "details.RequireBetaProgram.Description",
        "details.RequireBetaProgram.Token",
        "message",
    ];
    assert_eq!(keys.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    assert_eq!(keys["code"].range, ["com.apple.softwareupdate.required"]);
    assert!(keys["details.OSVersion"].required && !keys["details.BuildVersion"].required);
    let manifest = self::keys(&crate::fixture::text("apple/manifesturl.yaml"));
    assert_eq!(manifest["items[].assets[].md5s[]"].kind, "string");
    assert!(manifest["items[].metadata.sizeInBytes"].removed && !manifest["items[].metadata.title"].removed);
}
