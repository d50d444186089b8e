//! Whom a user can ask: department, phone number, e-mail address.

use crate::api::profile::Profile;
use crate::judgement::{Fix, Rule, Violation, rules};

use super::super::contact::{
    email_problem, email_within, is_email, is_likely_phone_number, is_phone_number, is_several_emails, is_surely_email,
    is_surely_phone_number, is_web_address,
};
use super::super::subject::Subject;
use super::shown;
use super::text::{has_joiner_in_domain, visible};

rules! {
    DEPARTMENT_IS_CONTACT = "ADE-P020" Warning
        "the department is the name of one"
        why "it stands under About Configuration; phone number and e-mail address have keys of their own"
        from ["DPT-1", "https://developer.apple.com/documentation/devicemanagement/profile"];
    SUPPORT_PHONE_IS_OTHER = "ADE-P021" Warning
        "the phone number is one"
        why "a user who taps Need Help wants to call somebody; the e-mail address has a key of its own"
        from ["DPT-2", "https://developer.apple.com/documentation/devicemanagement/profile"];
    SUPPORT_PHONE_WITHOUT_DIGIT = "ADE-P022" Error
        "the phone number has digits"
        why "nobody can call anything else"
        from ["DPT-2"];
    SUPPORT_EMAIL_IS_OTHER = "ADE-P023" Error
        "the e-mail address is no phone number and no web page"
        why "nobody can write to these; the phone number has a key of its own"
        from ["DPT-3", "https://developer.apple.com/documentation/devicemanagement/profile"];
    SUPPORT_EMAIL_MALFORMED = "ADE-P024" Error
        "the e-mail address is written as one"
        why "nobody can write to anything else"
        from ["DPT-3", "RFC 5321 section 4.1.2", "RFC 6531 section 3.3"];
    SUPPORT_EMAIL_SEVERAL = "ADE-P025" Warning
        "the e-mail address is one"
        why "the key is documented for one address, and what a device makes of several is not"
        from ["DPT-3", "https://developer.apple.com/documentation/devicemanagement/profile"];
}

const DEPARTMENT: &str = "department";
const PHONE: &str = "support_phone_number";
const EMAIL: &str = "support_email_address";
/// The longest phone number.
const PHONE_MOST: usize = 50;

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    if let Some(text) = given(wire.department.as_ref()) {
        department(wire, text, found);
    }
    if let Some(text) = given(wire.support_phone_number.as_ref()) {
        phone(wire, text, found);
    }
    if let Some(text) = given(wire.support_email_address.as_ref()) {
        email(wire, text, found);
    }
}

/// A text that is more than white space; of others is told already.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// Gives the value to the key that it belongs under, if there is nothing yet.
fn moved(wire: &Profile, from: &str, to: &str, violation: Violation) -> Violation {
    if wire.has(to) || wire.odd_in_force().any(|odd| odd.key == to) {
        violation.with_help(format!("`{to}` is the key for it, and has another value; keep one of the two"))
    } else {
        violation.with_fix(Fix::rename(from, to).titled(format!("move it to `{to}`")))
    }
}

fn department(wire: &Profile, text: &str, found: &mut Vec<Violation>) {
    let what = text.trim();
    let broken = |message| Violation::new(Rule::DEPARTMENT_IS_CONTACT, DEPARTMENT, message).with_found(shown(text));
    if is_surely_email(what) {
        found.push(moved(wire, DEPARTMENT, EMAIL, broken("`department` is an e-mail address")));
    } else if is_surely_phone_number(what) && text.len() <= PHONE_MOST {
        found.push(moved(wire, DEPARTMENT, PHONE, broken("`department` is a phone number")));
    } else if is_web_address(what) {
        found.push(broken("`department` is a web address").with_help("give the department's name"));
    }
}

fn phone(wire: &Profile, text: &str, found: &mut Vec<Violation>) {
    let visible = visible(text);
    let what = visible.trim();
    let broken = |rule, message| Violation::new(rule, PHONE, message).with_found(shown(text));
    if is_email(what) {
        let violation = broken(Rule::SUPPORT_PHONE_IS_OTHER, "`support_phone_number` is an e-mail address");
        found.push(match swap(wire) {
            Some(fix) => violation.with_fix(fix),
            None if is_surely_email(what) => moved(wire, PHONE, EMAIL, violation),
            None => violation.with_help("give a number that can be called"),
        });
    } else if is_web_address(what) {
        let violation = broken(Rule::SUPPORT_PHONE_IS_OTHER, "`support_phone_number` is a web address");
        found.push(violation.with_help("give a number that can be called"));
    } else if !what.is_empty() && !what.contains(char::is_numeric) {
        let violation = broken(Rule::SUPPORT_PHONE_WITHOUT_DIGIT, "`support_phone_number` has no digit");
        found.push(violation.with_help("give a number that can be called, or remove the key"));
    }
}

fn email(wire: &Profile, text: &str, found: &mut Vec<Violation>) {
    let visible = visible(text);
    let what = visible.trim();
    let Some(problem) = email_problem(what).filter(|_| !what.is_empty()) else {
        return;
    };
    let broken = |rule, message: String| Violation::new(rule, EMAIL, message).with_found(shown(text));
    let key = EMAIL;
    found.push(if is_several_emails(what) {
        let violation = broken(Rule::SUPPORT_EMAIL_SEVERAL, format!("`{key}` is more than one address"));
        violation.with_help("give one address, from which mail goes on to the others")
    } else if is_phone_number(what) {
        let violation = broken(Rule::SUPPORT_EMAIL_IS_OTHER, format!("`{key}` is a number"));
        match swap(wire) {
            Some(fix) => violation.with_fix(fix),
            None if is_likely_phone_number(what) && text.len() <= PHONE_MOST => moved(wire, EMAIL, PHONE, violation),
            None => violation.with_help("give an e-mail address, or remove the key"),
        }
    } else if is_web_address(what) {
        let violation = broken(Rule::SUPPORT_EMAIL_IS_OTHER, format!("`{key}` is a web address"));
        violation.with_help("give an e-mail address, or remove the key")
    } else {
        let violation = broken(Rule::SUPPORT_EMAIL_MALFORMED, format!("`{key}` {problem}"));
        match email_within(what).filter(|_| !has_joiner_in_domain(text)) {
            Some(address) => violation.with_fix(Fix::set_text(EMAIL, address)),
            None => violation.with_help("write it as name@example.com"),
        }
    });
}

/// Where phone number and e-mail address are each other, puts them right.
fn swap(wire: &Profile) -> Option<Fix> {
    let (phone, email) = (wire.support_phone_number.as_deref()?, wire.support_email_address.as_deref()?);
    let is_swapped = is_surely_email(visible(phone).trim())
        && is_likely_phone_number(visible(email).trim())
        && email.len() <= PHONE_MOST;
    is_swapped.then(|| {
        let title = "exchange `support_phone_number` and `support_email_address`";
        Fix::set_text(PHONE, email).and(Fix::set_text(EMAIL, phone)).titled(title)
    })
}
