//! Lists of texts: an element that is none is named, and does not hide the others.

use crate::api::profile::Profile;
use crate::json::RawJson;
use crate::judgement::{Fix, Rule, Violation};
use crate::setup_assistant::SkipKey;

use super::super::subject::{LISTS, odd_elements, text};
use super::{device, shown};

/// Whether the value of a key is a list, so that each of its elements is judged by itself.
pub(super) fn is_judged_by_element(wire: &Profile, key: &str) -> bool {
    LISTS.contains(&key) && odd_elements(wire, key).is_some()
}

/// The elements that are no texts.
pub(super) fn check(wire: &Profile, found: &mut Vec<Violation>) {
    for key in LISTS {
        let elements = odd_elements(wire, key).unwrap_or_default();
        for (place, element) in elements.iter().enumerate().filter(|(_, element)| text(element).is_none()) {
            let path = format!("{key}[{place}]");
            let message = format!("`{path}` should be a text");
            let violation = Violation::new(Rule::WRONG_TYPE, path, message).with_word(Some("MALFORMED_REQUEST_BODY"));
            // What stands for a certificate may be a private key.
            let violation = if key.ends_with("_certs") { violation } else { violation.with_found(shown(element)) };
            found.push(match element.as_str() {
                "null" => violation.with_fix(Fix::remove_item(key, place)),
                _ => violation.with_help("write a text in double quotes, or remove it"),
            });
        }
    }
}

/// The list that a single text stands for. Several words are taken apart if each is what the list holds.
pub(super) fn of_text(key: &str, value: &str) -> Option<RawJson> {
    let text: String = value.parse::<RawJson>().ok()?.read().ok()?;
    let words: Vec<&str> = text.split([',', ';', ' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect();
    if words.len() == 1 && words.first() == Some(&text.as_str()) {
        return RawJson::of(&words);
    }
    let spelt: Option<Vec<&str>> = match key {
        "skip_setup_items" => words.into_iter().map(known).collect(),
        "devices" => words.into_iter().map(|word| device::is_serial(word).then_some(word)).collect(),
        _ => None,
    };
    spelt.filter(|spelt| !spelt.is_empty()).and_then(|spelt| RawJson::of(&spelt))
}

fn known(word: &str) -> Option<&'static str> {
    SkipKey::ALL.iter().map(SkipKey::as_str).find(|key| key.eq_ignore_ascii_case(word))
}
