//! The JSON itself: what the keys are, and of which types the values.

use crate::api::profile::Profile;
use crate::judgement::{Fix, Rule, Violation, closest, rules};

use super::super::subject::Subject;
use super::{device, shown};

rules! {
    NOT_JSON = "ADE-P001" Error
        "a profile is a JSON object"
        why "the service cannot read anything else"
        from ["https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["MALFORMED_REQUEST_BODY"];
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

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    // A list of texts is of the right type; that one is empty is another rule's.
    let has_empty_device = device::texts_of_devices(wire).is_some();
    for odd in wire.odd_in_force().filter(|odd| odd.key != "devices" || !has_empty_device) {
        let message = format!("`{}` should be {}", odd.key, odd.expected);
        // The UUID is not sent.
        let word = Some("MALFORMED_REQUEST_BODY").filter(|_| odd.key != "profile_uuid");
        let violation = Violation::new(Rule::WRONG_TYPE, odd.key, message).with_word(word);
        // What stands for a certificate may be a private key.
        if odd.key.ends_with("_certs") {
            found.push(violation.with_help(format!("write {}", odd.expected)));
            continue;
        }
        let violation = violation.with_found(shown(&odd.value));
        found.push(match of_right_type(odd.key, odd.value.as_str()) {
            Some(fix) => violation.with_fix(fix),
            None => violation.with_help(format!("write {}", odd.expected)),
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
    for (key, value) in wire.extra.iter() {
        found.push(unknown(wire, key).with_found(shown(value)));
    }
    if let Some(uuid) = &wire.profile_uuid {
        let message = "`profile_uuid` is not sent: the new profile gets a UUID of its own";
        let fix = Fix::remove("profile_uuid");
        found.push(Violation::new(Rule::KEY_OF_ANSWER, "profile_uuid", message).with_found(shown(uuid)).with_fix(fix));
    }
}

/// The same value in the documented type, where there is no doubt: `"true"` for true, a single text for an array of it.
fn of_right_type(key: &str, value: &str) -> Option<Fix> {
    const LISTS: &[&str] = &["devices", "skip_setup_items"];
    let raw: crate::json::RawJson = if LISTS.contains(&key) && value.starts_with('"') {
        format!("[{value}]").parse().ok()?
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

/// What an unknown key is most likely meant to be.
fn unknown(wire: &Profile, key: &str) -> Violation {
    let plain = |key: &str| key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if Profile::KEYS.contains(&key) {
        let message = format!("`{key}` is documented, and is given as an unknown key");
        let help = "say it by the builder's own method or the field of `Profile`, and not as an unknown key";
        return Violation::new(Rule::KEY_KNOWN, key.to_owned(), message).with_help(help);
    }
    let (wanted, is_taken) = (plain(key), |known: &str| is_given(wire, known));
    let same = |known: &&&str| plain(known) == wanted;
    let prefixed = |known: &&&str| known.strip_prefix("is_").is_some_and(|rest| plain(rest) == wanted);
    let (rule, meant) = if let Some(known) = Profile::KEYS.iter().find(same) {
        (Rule::KEY_SPELLING, *known)
    } else if let Some(known) = Profile::KEYS.iter().find(prefixed) {
        (Rule::KEY_PREFIX, *known)
    } else {
        let violation = Violation::new(Rule::KEY_UNKNOWN, key.to_owned(), format!("Apple documents no key `{key}`"));
        return match closest(key, Profile::KEYS, |known| known) {
            Some(known) => violation.with_help(format!("did you mean `{known}`?")),
            None => violation.with_help("leave it out, or ask for unknown keys to be sent"),
        };
    };
    let violation = Violation::new(rule, key.to_owned(), format!("`{key}` is not a key of Apple's; `{meant}` is"));
    if is_taken(meant) {
        violation.with_fix(Fix::remove(key).titled(format!("leave `{key}` out, since `{meant}` is there, too")))
    } else {
        violation.with_fix(Fix::rename(key, meant))
    }
}

/// Whether a documented key has a value.
fn is_given(wire: &Profile, key: &str) -> bool {
    wire.has(key) || wire.odd_in_force().any(|odd| odd.key == key)
}
