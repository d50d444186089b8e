//! Texts: how long they are, and what is in them.

use crate::api::profile::Profile;
use crate::judgement::{Fix, Rule, Violation, rules};

use super::super::subject::Subject;
use super::shown;

rules! {
    TEXT_EMPTY = "ADE-P010" Error
        "a text that is there is not empty"
        why "to Apple an empty text is an error, and an absent one is not"
        from ["X-48", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words [
            "CONFIG_NAME_INVALID",
            "CONFIG_URL_INVALID",
            "DEPARTMENT_INVALID",
            "LOCALE_INVALID",
            "MAGIC_INVALID",
            "SUPPORT_EMAIL_INVALID",
            "SUPPORT_PHONE_INVALID",
        ];
    TEXT_LONG = "ADE-P011" Error
        "a text has at most as many characters as Apple takes"
        why "Apple takes 125 for name and department, 50 for the phone number, 250 for the e-mail address and 256 for `org_magic`, in UTF-8 characters, which are Unicode scalar values, not bytes"
        from ["PRO-2", "DPT-1", "DPT-2", "DPT-3", "X-48", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words [
            "CONFIG_NAME_INVALID",
            "DEPARTMENT_INVALID",
            "MAGIC_INVALID",
            "SUPPORT_EMAIL_INVALID",
            "SUPPORT_PHONE_INVALID",
        ];
    TEXT_BLANK = "ADE-P012" Error
        "a text is more than white space"
        why "white space says nothing to whoever reads it"
        from ["X-48", "https://developer.apple.com/documentation/devicemanagement/profile"];
    TEXT_PADDED = "ADE-P013" Warning
        "a text neither begins nor ends with white space"
        why "it counts for the length, and makes two texts differ that look the same"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    TEXT_CONTROL = "ADE-P014" Warning
        "a text has no line breaks and no other control characters"
        why "it is shown in a line, and how a device shows a control character is not documented"
        from ["DPT-1", "DPT-2", "https://developer.apple.com/documentation/devicemanagement/profile"];
    TEXT_INVISIBLE = "ADE-P015" Warning
        "phone number and e-mail address hold no invisible characters"
        why "they come along when a contact is copied, and whoever copies the text on gets them, too"
        from ["DPT-2", "DPT-3", "https://developer.apple.com/documentation/devicemanagement/profile"];
}

/// A text, and what holds for it.
pub(super) struct Spec {
    key: &'static str,
    text: for<'p> fn(&'p Profile) -> Option<&'p str>,
    most: usize,
    word: &'static str,
}

const TEXTS: &[Spec] = &[
    Spec { key: "profile_name", text: |wire| wire.profile_name.as_deref(), most: 125, word: "CONFIG_NAME_INVALID" },
    Spec { key: "department", text: |wire| wire.department.as_deref(), most: 125, word: "DEPARTMENT_INVALID" },
    Spec { key: "org_magic", text: |wire| wire.org_magic.as_deref(), most: 256, word: "MAGIC_INVALID" },
    Spec {
        key: "support_phone_number",
        text: |wire| wire.support_phone_number.as_deref(),
        most: 50,
        word: "SUPPORT_PHONE_INVALID",
    },
    Spec {
        key: "support_email_address",
        text: |wire| wire.support_email_address.as_deref(),
        most: 250,
        word: "SUPPORT_EMAIL_INVALID",
    },
];

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    for spec in TEXTS {
        match (spec.text)(wire) {
            Some("") => found.push(empty(spec.key, Some(spec.word))),
            Some(text) => filled(spec, text, found),
            None => (),
        }
    }
    let others = [
        ("url", &wire.url, Some("CONFIG_URL_INVALID")),
        ("configuration_web_url", &wire.configuration_web_url, None),
        ("language", &wire.language, Some("LOCALE_INVALID")),
        ("region", &wire.region, Some("LOCALE_INVALID")),
    ];
    for (key, _, word) in others.iter().filter(|(_, text, _)| text.as_deref() == Some("")) {
        found.push(empty(key, *word));
    }
}

fn empty(key: &'static str, word: Option<&'static str>) -> Violation {
    let violation = Violation::new(Rule::TEXT_EMPTY, key, format!("`{key}` is empty")).with_found("\"\"");
    without(key, violation.with_word(word))
}

/// Leaves a key out, if Apple does not demand it.
fn without(key: &'static str, violation: Violation) -> Violation {
    match key {
        "profile_name" => violation.with_help("give the profile a name of 1 to 125 characters"),
        "url" => violation.with_help("give the https URL to which devices post their MachineInfo"),
        _ => violation.with_fix(Fix::remove(key)),
    }
}

fn filled(spec: &Spec, text: &str, found: &mut Vec<Violation>) {
    let key = spec.key;
    let broken = |rule, message: String| Violation::new(rule, key, message).with_found(shown(text));
    let trimmed = text.trim();
    // A text has at least as many bytes as characters.
    let count = if text.len() > spec.most { text.chars().count() } else { 0 };
    if count > spec.most {
        let message = format!("`{key}` has {count} characters; {} is the most", spec.most);
        let violation = broken(Rule::TEXT_LONG, message).with_word(Some(spec.word));
        let fits = !trimmed.is_empty() && trimmed.chars().count() <= spec.most;
        found.push(if fits {
            violation.with_fix(trim(key, trimmed))
        } else {
            violation.with_help(format!("shorten it to {} characters", spec.most))
        });
    } else if trimmed.is_empty() {
        found.push(without(key, broken(Rule::TEXT_BLANK, format!("`{key}` is white space alone"))));
    } else if trimmed.len() != text.len() {
        let violation = broken(Rule::TEXT_PADDED, format!("`{key}` begins or ends with white space"));
        found.push(if key == "org_magic" {
            // What the server compares must not change unseen.
            violation.with_help("take it out, unless the server's own value has it, too")
        } else {
            violation.with_fix(trim(key, trimmed))
        });
    }
    match key {
        "support_phone_number" => {
            invisible(spec, text, found);
            control(spec, trimmed, found);
        }
        // An address with a control character in it is malformed.
        "support_email_address" => invisible(spec, text, found),
        _ => control(spec, trimmed, found),
    }
}

fn trim(key: &'static str, trimmed: &str) -> Fix {
    Fix::set_text(key, trimmed).titled(format!("take the white space around `{key}` out"))
}

fn control(Spec { key, .. }: &Spec, text: &str, found: &mut Vec<Violation>) {
    let Some(first) = text.chars().find(|c| is_control(*c)) else {
        return;
    };
    let what =
        if matches!(first, '\n' | '\r' | '\u{2028}' | '\u{2029}') { "a line break" } else { "a control character" };
    let violation = Violation::new(Rule::TEXT_CONTROL, *key, format!("`{key}` holds {what}")).with_found(shown(text));
    // A line break or tab in a heading stands for a space; what stands between two phone numbers is another matter.
    let is_space = |c: char| c.is_whitespace() || !is_control(c);
    found.push(if matches!(*key, "profile_name" | "department") && text.chars().all(is_space) {
        let line: Vec<&str> = text.split(is_control).map(str::trim).filter(|part| !part.is_empty()).collect();
        violation.with_fix(Fix::set_text(key, &line.join(" ")).titled(format!("write `{key}` in one line")))
    } else {
        violation.with_help("write it in one line, without control characters")
    });
}

fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn invisible(Spec { key, .. }: &Spec, text: &str, found: &mut Vec<Violation>) {
    if text.contains(is_invisible) {
        let violation = Violation::new(Rule::TEXT_INVISIBLE, *key, format!("`{key}` holds invisible characters"));
        let visible = visible(text);
        let visible = visible.trim();
        let violation = violation.with_found(shown(text));
        found.push(if has_joiner_in_domain(text) {
            violation.with_help(
                "take them out, unless the domain is written with them, as some in Persian and Indian scripts are",
            )
        } else if visible.is_empty() {
            violation.with_fix(Fix::remove(key))
        } else {
            violation.with_fix(Fix::set_text(key, visible).titled(format!("take them out of `{key}`")))
        });
    }
}

/// The text without what no phone number and no e-mail address needs: marks of direction, zero widths, a byte order mark.
pub(super) fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains(is_invisible) { text.replace(is_invisible, "").into() } else { text.into() }
}

/// Whether the domain of an e-mail address has U+200C or U+200D in it, without which it may be another (RFC 5892, A.1 and A.2).
pub(super) fn has_joiner_in_domain(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains(['\u{200C}', '\u{200D}']))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
