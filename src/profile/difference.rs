//! A difference between two values of a key, for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::json::RawJson;

/// More elements than these are counted.
const MOST: usize = 10;
/// As much of a value as a line repeats.
const LONGEST: usize = 80;

/// What a list gains and loses, `+Siri +Location −TOS`, certificates by their fingerprints. `None` where neither value is a list.
pub(super) fn of_lists(key: &str, from: Option<&RawJson>, to: Option<&RawJson>) -> Option<String> {
    let list = |value: Option<&RawJson>| match value {
        None => Some(BTreeSet::new()),
        Some(value) => {
            value.read::<Vec<RawJson>>().ok().map(|list| list.iter().map(|element| name(key, element)).collect())
        }
    };
    let (from, to) = (list(from)?, list(to)?);
    let gained: Vec<String> = to.difference(&from).map(|name| format!("+{name}")).collect();
    let gone: Vec<String> = from.difference(&to).map(|name| format!("−{name}")).collect();
    let short = |names: Vec<String>| {
        let more = names.len().saturating_sub(MOST);
        let counted = (more > 0).then(|| format!("({more} more)"));
        names.into_iter().take(MOST).chain(counted).collect::<Vec<_>>()
    };
    Some([short(gained), short(gone)].concat().join(" "))
}

/// A value that is no list, shortened.
pub(super) fn value(value: &RawJson) -> String {
    shortened(value.as_str())
}

fn name(key: &str, element: &RawJson) -> String {
    let Ok(text) = element.read::<String>() else { return shortened(element.as_str()) };
    if !key.ends_with("_certs") {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return if is_plain { shortened(&text) } else { shortened(element.as_str()) };
    }
    match STANDARD.decode(&text) {
        Ok(der) => Sha256::digest(&der).iter().fold("sha256:".to_owned(), |mut digits, byte| {
            write!(digits, "{byte:02x}").unwrap_or_default();
            digits
        }),
        Err(_) => "(no certificate)".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST).and_then(|(end, _)| text.get(..end)) {
        Some(head) => format!("{head}…"),
        None => text.to_owned(),
    }
}
