//! The devices that the profile is assigned to when it is defined.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::judgement::{Fix, Rule, Violation, holds_private_key, rules};

use super::super::subject::{Subject, texts};
use super::shown;

rules! {
    DEVICE_CASE = "ADE-P500" Warning
        "serial numbers are in capital letters, with nothing around them"
        why "Apple writes them so, and a number that it does not find is answered as NOT_ACCESSIBLE"
        from ["ASG-10", "https://developer.apple.com/documentation/devicemanagement/define-profile"];
    DEVICE_CHARACTERS = "ADE-P501" Warning
        "serial numbers are letters and digits"
        why "no device has another, and a number that Apple does not find is answered as NOT_ACCESSIBLE"
        from ["ASG-10", "https://developer.apple.com/documentation/devicemanagement/define-profile"];
    DEVICE_LENGTH = "ADE-P502" Warning
        "serial numbers have 10 to 12 characters"
        why "Apple documents no length, but those in use are as long; another is most likely cut off, or another number of the device"
        from ["ASG-10"];
    DEVICE_TWICE = "ADE-P503" Warning
        "every device is named once"
        why "the second time changes nothing, and Apple throttles devices that are assigned again and again"
        from ["ASG-10", "https://developer.apple.com/documentation/devicemanagement/assign-profile"];
    DEVICES_MANY = "ADE-P504" Warning
        "at most 1000 devices are assigned at a time"
        why "Apple advises so for each request that assigns a profile"
        from ["LIM-6", "ASG-4", "https://developer.apple.com/documentation/devicemanagement/assign-profile"];
    DEVICE_EMPTY = "ADE-P505" Warning
        "every text of `devices` names a device"
        why "what Apple does with an empty serial number is not documented"
        from ["ASG-10", "https://developer.apple.com/documentation/devicemanagement/define-profile"];
}

const KEY: &str = "devices";
/// What Apple advises for one request.
const MOST: usize = 1000;
/// How many characters serial numbers have.
const LENGTHS: RangeInclusive<usize> = 10..=12;

/// Serial numbers with their places in the list.
type Serials<'p> = [(usize, Cow<'p, str>)];

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let Some(mut serials) = texts(subject.wire, KEY) else { return };
    if serials.len() > MOST {
        let message = format!("{} devices are assigned in one request", serials.len());
        let violation = Violation::new(Rule::DEVICES_MANY, KEY, message);
        found.push(violation.with_help("define the profile without devices, and assign it to 1000 at a time"));
    }
    empty(&serials, found);
    serials.retain(|(_, serial)| !serial.is_empty());
    case(&serials, found);
    form(&serials, found);
    twice(&serials, found);
}

/// A list with an empty serial number is kept as it came, beside the keys.
fn empty(serials: &Serials<'_>, found: &mut Vec<Violation>) {
    let places: Vec<usize> = serials.iter().filter(|(_, serial)| serial.is_empty()).map(|(place, _)| *place).collect();
    let Some(first) = places.first().copied() else { return };
    let violation = Violation::new(Rule::DEVICE_EMPTY, at(first), "there is an empty text in place of a serial number");
    let fix = Fix::remove_items(KEY, places, "remove the empty texts of `devices`");
    found.push(violation.with_found("\"\"").with_fix(fix));
}

/// Whether a text looks like one serial number.
pub(super) fn is_serial(text: &str) -> bool {
    is_of_form(text) && LENGTHS.contains(&text.len())
}

fn is_of_form(serial: &str) -> bool {
    !serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// One violation for all: there may be many of them, and one fix mends them.
fn case(serials: &Serials<'_>, found: &mut Vec<Violation>) {
    let is_untidy = |serial: &str| {
        let text = serial.trim();
        // A private key in capital letters would not be recognised in a fix.
        is_of_form(text)
            && !holds_private_key(text)
            && (text.len() != serial.len() || text.bytes().any(|byte| byte.is_ascii_lowercase()))
    };
    let untidy: Vec<_> = serials.iter().filter(|(_, serial)| is_untidy(serial)).collect();
    let Some((place, first)) = untidy.first() else { return };
    let message = match untidy.len() {
        1 => "the serial number is in small letters, or has white space around it".to_owned(),
        count => {
            format!("the serial number and {} more are in small letters, or have white space around them", count - 1)
        }
    };
    let mended = untidy.iter().map(|(place, serial)| (*place, serial.trim().to_ascii_uppercase()));
    let title = "write the serial numbers of `devices` in capital letters, with nothing around them";
    let violation = Violation::new(Rule::DEVICE_CASE, at(*place), message).with_found(shown(first));
    found.push(violation.with_fix(Fix::set_items(KEY, mended, title)));
}

/// One violation for each kind, since there may be many; which number was meant nobody knows.
fn form(serials: &Serials<'_>, found: &mut Vec<Violation>) {
    let mut numbered = serials.iter().map(|(place, serial)| (*place, serial.trim()));
    if let Some((place, serial)) = numbered.by_ref().find(|(_, serial)| !is_of_form(serial)) {
        let others = numbered.filter(|(_, serial)| !is_of_form(serial)).count();
        let violation = Violation::new(Rule::DEVICE_CHARACTERS, at(place), and_more("is no serial number", others));
        let is_several = serial.split([',', ';', ' ']).filter(|part| !part.is_empty()).count() > 1;
        let help = if is_several {
            "write one serial number in each text"
        } else {
            "copy the number from the device or the order"
        };
        found.push(violation.with_found(shown(serial)).with_help(help));
    }
    let is_odd = |serial: &str| is_of_form(serial) && !LENGTHS.contains(&serial.len());
    let mut odd = serials.iter().map(|(place, serial)| (*place, serial.trim())).filter(|(_, serial)| is_odd(serial));
    if let Some((place, serial)) = odd.next() {
        let message = and_more(&format!("has {} characters", serial.len()), odd.count());
        let violation = Violation::new(Rule::DEVICE_LENGTH, at(place), message).with_found(shown(serial));
        found.push(violation.with_help("look whether it is an IMEI, an order number or a part of the serial number"));
    }
}

fn and_more(what: &str, others: usize) -> String {
    match others {
        0 => format!("the text {what}"),
        others => format!("the text {what}; so it is with {others} more"),
    }
}

fn twice(serials: &Serials<'_>, found: &mut Vec<Violation>) {
    let mut seen = BTreeSet::new();
    let mut again = serials.iter().filter(|(_, serial)| !seen.insert(serial.trim().to_ascii_uppercase()));
    let Some((first, serial)) = again.next() else { return };
    let places: Vec<usize> = [*first].into_iter().chain(again.map(|(place, _)| *place)).collect();
    let message = match places.len() {
        1 => "the device is named already".to_owned(),
        count => format!("the device is named already, as {} more are", count - 1),
    };
    let violation = Violation::new(Rule::DEVICE_TWICE, at(*first), message).with_found(shown(serial));
    found.push(violation.with_fix(Fix::remove_items(KEY, places, "name every device of `devices` once")));
}

fn at(place: usize) -> String {
    format!("{KEY}[{place}]")
}
