//! The JSON itself: what the keys are, and of which types the values.

use std::collections::BTreeMap;

use crate::api::profile::Profile;
use crate::json::{OddField, RawJson};
use crate::judgement::{Fix, Rule, Violation, closest, holds_private_key, rules};

use super::super::object::Entries;
use super::super::subject::{LISTS, Subject};
use super::{list, shortened, shown};

rules! {
    NOT_JSON = "ADE-P000" Error
        "a profile is a JSON object"
        why "the service cannot read anything else"
        from ["https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["MALFORMED_REQUEST_BODY"];
    KEY_NULL = "ADE-P001" Note
        "a key that has no value is not there"
        why "`null` is read as if the key were absent, and is not sent"
        from ["RFC 8259 section 3", "https://developer.apple.com/documentation/devicemanagement/profile"];
    WRONG_TYPE = "ADE-P002" Error
        "a documented key holds a value of the documented type"
        why "the service reads texts, booleans and arrays of texts, each where it is documented"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"]
        words ["MALFORMED_REQUEST_BODY"];
    KEY_MISSING = "ADE-P003" Error
        "a profile has a name and a URL"
        why "the service takes no profile without them"
        from ["PRO-2", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["CONFIG_NAME_REQUIRED", "CONFIG_URL_REQUIRED"];
    KEY_UNKNOWN = "ADE-P004" Warning
        "every key is one that Apple documents"
        why "it is kept, but sent only on request, and what Apple does with it is not documented"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    KEY_PREFIX = "ADE-P005" Warning
        "flags are written with their `is_`"
        why "the service does not know the key without it, and its default holds in place of what is written"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    KEY_SPELLING = "ADE-P006" Warning
        "keys are written as Apple writes them, in small letters with underscores"
        why "the service does not know the key in this spelling, and what it says is lost"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    KEY_REPEATED = "ADE-P007" Warning
        "every key is there once"
        why "which of the values counts is not defined by JSON"
        from ["RFC 8259 section 4"];
    KEY_OF_ANSWER = "ADE-P008" Note
        "`profile_uuid` is in answers only"
        why "defining a profile always makes a new one with a new UUID (PRO-10)"
        from ["PRO-10", "X-21", "https://developer.apple.com/documentation/devicemanagement/define-profile"];
    KEY_KNOWN = "ADE-P009" Error
        "what is given as an unknown key is unknown"
        why "a documented key has a field, and what is said beside it is lost or takes another way than the rules see"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
}

const UUID: &str = "profile_uuid";
/// For how many unknown keys a documented one is looked for: nobody reads more guesses, and each costs time.
const MOST_GUESSES: usize = 20;

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    list::check(wire, found);
    for odd in wire.odd_in_force().filter(|odd| odd.key != UUID && !list::is_judged_by_element(wire, odd.key)) {
        let expected = expected(odd.key, odd.expected);
        let message = format!("`{}` should be {expected}", odd.key);
        let violation = Violation::new(Rule::WRONG_TYPE, odd.key, message);
        // What stands for a certificate may be a private key.
        if odd.key.ends_with("_certs") {
            found.push(violation.with_help(format!("write {expected}")));
            continue;
        }
        let violation = violation.with_found(shown(&odd.value));
        found.push(match of_right_type(odd.key, odd.value.as_str()) {
            Some(fix) => violation.with_fix(fix),
            None => violation.with_help(format!("write {expected}")),
        });
    }
    let is_odd = |key| wire.odd_in_force().any(|odd| odd.key == key);
    let required =
        [("profile_name", &wire.profile_name, "CONFIG_NAME_REQUIRED"), ("url", &wire.url, "CONFIG_URL_REQUIRED")];
    for (key, _, word) in required.iter().filter(|(key, value, _)| value.is_none() && !is_odd(*key)) {
        let violation = Violation::new(Rule::KEY_MISSING, *key, format!("`{key}` is missing"));
        found.push(violation.with_word(Some(word)).with_help(match *key {
            "url" => "give the https URL to which devices post their MachineInfo",
            _ => "give the profile a name of 1 to 125 characters",
        }));
    }
    let agreed = agreed(wire);
    let mut guesses = MOST_GUESSES;
    for (key, value) in wire.extra.iter() {
        // A JSON Web Key keeps what is secret under a key of one letter.
        let is_key = key == "d" && holds_private_key(&format!("\"d\":{value}"));
        let shown = if is_key { super::NO_KEY.to_owned() } else { shown(value) };
        found.push(unknown(wire, key, value, &agreed, &mut guesses).with_found(shown));
    }
    let uuid = wire.profile_uuid.as_ref().map(shown);
    // It is not sent, whatever its type is.
    if let Some(uuid) = uuid.or_else(|| wire.odd_in_force().find(|odd| odd.key == UUID).map(|odd| shown(&odd.value))) {
        let message = "`profile_uuid` is not sent: the new profile gets a UUID of its own";
        found.push(Violation::new(Rule::KEY_OF_ANSWER, UUID, message).with_found(uuid).with_fix(Fix::remove(UUID)));
    }
}

/// The same value in the documented type, where there is no doubt: `"true"` for true, a single text for an array of it.
fn of_right_type(key: &str, value: &str) -> Option<Fix> {
    let raw: RawJson = if ["devices", "skip_setup_items"].contains(&key) && value.starts_with('"') {
        list::of_text(key, value)?
    } else {
        let is_flag =
            key.starts_with("is_") || ["allow_pairing", "auto_advance_setup", "await_device_configured"].contains(&key);
        match value.to_ascii_lowercase().as_str() {
            "\"true\"" | "1" if is_flag => "true".parse().ok()?,
            "\"false\"" | "0" if is_flag => "false".parse().ok()?,
            _ => return None,
        }
    };
    Some(Fix::set(key, raw))
}

/// What a key is documented to hold.
fn expected(key: &str, expected: &'static str) -> &'static str {
    if LISTS.contains(&key) { "an array of texts" } else { expected }
}

/// The documented key that is written in another way, with the rule that says so: `Is_Supervised`, `supervised`.
fn meant(key: &str) -> Option<(Rule, &'static str)> {
    fn plain(key: &str) -> impl Iterator<Item = u8> {
        key.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
    }

    // No more than a few keys are compared to the end.
    let is = |known: &str| plain(known).eq(plain(key));
    let same = Profile::KEYS.iter().find(|known| is(known)).map(|known| (Rule::KEY_SPELLING, *known));
    let prefixed = |known: &&&str| known.strip_prefix("is_").is_some_and(is);
    same.or_else(|| Profile::KEYS.iter().find(prefixed).map(|known| (Rule::KEY_PREFIX, *known)))
}

/// The key, with its value, that stands for a documented one: written in another way, or misspelt.
pub(super) fn written_as<'p>(wire: &'p Profile, flag: &str) -> Option<(&'p str, &'p RawJson)> {
    let is_near = |key: &str| closest(key, Profile::KEYS, |known| known).is_some_and(|known| *known == flag);
    let by_spelling = wire.extra.iter().find(|(key, _)| meant(key).is_some_and(|(_, known)| known == flag));
    by_spelling.or_else(|| wire.extra.iter().take(MOST_GUESSES).find(|(key, _)| is_near(key)))
}

/// For each documented key that is written in other ways: whether all that is said for it is the same.
fn agreed(wire: &Profile) -> BTreeMap<&'static str, bool> {
    let mut said: BTreeMap<&'static str, Vec<&RawJson>> = BTreeMap::new();
    for (key, value) in wire.extra.iter() {
        if let Some((_, known)) = meant(key) {
            said.entry(known).or_default().push(value);
        }
    }
    if said.is_empty() {
        return BTreeMap::new();
    }
    let documented: BTreeMap<String, RawJson> = RawJson::of(wire).and_then(|raw| raw.read().ok()).unwrap_or_default();
    let is_agreed = |key: &'static str, values: Vec<&RawJson>| {
        let mut values = documented.get(key).into_iter().chain(values);
        let first = values.next();
        (key, values.all(|value| first.is_some_and(|first| is_same(first, value))))
    };
    said.into_iter().map(|(key, values)| is_agreed(key, values)).collect()
}

/// Whether two texts are the same JSON value.
fn is_same(one: &RawJson, other: &RawJson) -> bool {
    one == other
        || one
            .read::<serde_json::Value>()
            .is_ok_and(|one| other.read::<serde_json::Value>().is_ok_and(|other| one == other))
}

/// What an unknown key is most likely meant to be.
fn unknown(
    wire: &Profile,
    key: &str,
    value: &RawJson,
    agreed: &BTreeMap<&'static str, bool>,
    guesses: &mut usize,
) -> Violation {
    if Profile::KEYS.contains(&key) {
        let message = format!("`{key}` is documented, and is given as an unknown key");
        let help = "say it by the builder's own method or the field of `Profile`, and not as an unknown key";
        return Violation::new(Rule::KEY_KNOWN, key.to_owned(), message).with_help(help);
    }
    let Some((rule, meant)) = meant(key) else {
        let message = format!("Apple documents no key `{}`", shortened(key));
        let violation = Violation::new(Rule::KEY_UNKNOWN, key.to_owned(), message);
        let guess = guesses.checked_sub(1).and_then(|left| {
            *guesses = left;
            closest(key, Profile::KEYS, |known| known)
        });
        return match guess {
            Some(known) => violation.with_help(format!("did you mean `{known}`?")),
            None => violation.with_help("remove the key, or ask for unknown keys to be sent"),
        };
    };
    let message = format!("`{}` is not a key of Apple's; `{meant}` is", shortened(key));
    if agreed.get(meant) == Some(&false) {
        let help = format!("`{meant}` is there with another value, too; keep what is meant of them");
        return Violation::new(rule, key.to_owned(), message).with_help(help);
    }
    if is_given(wire, meant) {
        let title = format!("remove `{}`, since `{meant}` is there, too", shortened(key));
        return Violation::new(rule, key.to_owned(), message).with_fix(Fix::remove(key).titled(title));
    }
    let rename = Fix::rename(key, meant);
    let Some(odd) = odd(meant, value) else {
        return Violation::new(rule, key.to_owned(), message).with_fix(rename);
    };
    let expected = expected(meant, odd.expected);
    let violation = Violation::new(rule, key.to_owned(), format!("{message}, and should be {expected}"));
    match of_right_type(meant, value.as_str()) {
        Some(set) => {
            let title = format!("{}, and {}", rename.title(), set.title());
            violation.with_fix(rename.and(set).titled(title))
        }
        None => violation.with_help(format!("write `{meant}` with {expected}")),
    }
}

/// What would be wrong with the value under a documented key.
fn odd(key: &str, value: &RawJson) -> Option<OddField> {
    let profile = Entries(vec![(key.to_owned(), value.clone())]).to_profile()?;
    profile.odd.into_iter().next()
}

/// Whether a documented key has a value.
fn is_given(wire: &Profile, key: &str) -> bool {
    wire.has(key) || wire.odd_in_force().any(|odd| odd.key == key)
}
