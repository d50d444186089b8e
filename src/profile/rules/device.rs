//! The devices that the profile is assigned to when it is defined.

use crate::api::profile::Profile;
use crate::id::SerialNumber;
use crate::json::RawJson;
use crate::judgement::{Fix, Rule, Violation, rules};

use super::super::subject::Subject;
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

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    empty(subject, found);
    let Some(serials) = subject.wire.devices.as_deref().filter(|serials| !serials.is_empty()) else {
        return;
    };
    if serials.len() > MOST {
        let message = format!("{} devices are assigned in one request", serials.len());
        let violation = Violation::new(Rule::DEVICES_MANY, KEY, message);
        found.push(violation.with_help("define the profile without devices, and assign it to 1000 at a time"));
    }
    case(serials, found);
    form(serials, found);
    twice(serials, found);
}

/// A list with an empty serial number is kept as it came, beside the keys.
fn empty(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let Some(texts) = texts_of_devices(subject.wire) else {
        return;
    };
    let Some(place) = texts.iter().position(String::is_empty) else {
        return;
    };
    let kept: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    let violation = Violation::new(Rule::DEVICE_EMPTY, at(place), "there is an empty text in place of a serial number");
    found.push(with_list(violation.with_found("\"\""), &kept, "leave empty texts out"));
}

/// The list of devices where an empty text in it keeps it from being one of serial numbers.
pub(super) fn texts_of_devices(wire: &Profile) -> Option<Vec<String>> {
    wire.odd_in_force().find(|odd| odd.key == KEY)?.value.read().ok()
}

fn tidy(serial: &SerialNumber) -> &str {
    serial.as_str().trim()
}

fn is_of_form(serial: &str) -> bool {
    !serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// One violation for all: there may be many of them, and one fix mends them.
fn case(serials: &[SerialNumber], found: &mut Vec<Violation>) {
    let is_untidy = |serial: &&SerialNumber| {
        let text = tidy(serial);
        is_of_form(text) && (text.len() != serial.as_str().len() || text.bytes().any(|byte| byte.is_ascii_lowercase()))
    };
    let mut untidy = serials.iter().enumerate().filter(|(_, serial)| is_untidy(serial));
    let Some((place, first)) = untidy.next() else {
        return;
    };
    let message = match untidy.count() {
        0 => "the serial number is in small letters, or has white space around it".to_owned(),
        others => format!("the serial number and {others} more are in small letters, or have white space around them"),
    };
    let mended = serials
        .iter()
        .map(|serial| if is_untidy(&serial) { tidy(serial).to_ascii_uppercase() } else { serial.as_str().to_owned() });
    let violation = Violation::new(Rule::DEVICE_CASE, at(place), message).with_found(shown(first));
    found.push(with_list(
        violation,
        &mended.collect::<Vec<_>>(),
        "write them in capital letters, with nothing around them",
    ));
}

/// One violation for each kind, since there may be many; which number was meant nobody knows.
fn form(serials: &[SerialNumber], found: &mut Vec<Violation>) {
    let mut numbered = serials.iter().map(tidy).enumerate();
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
    let is_odd = |serial: &str| is_of_form(serial) && !(10..=12).contains(&serial.len());
    let mut odd = serials.iter().map(tidy).enumerate().filter(|(_, serial)| is_odd(serial));
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

fn twice(serials: &[SerialNumber], found: &mut Vec<Violation>) {
    let key =
        |place: &usize| serials.get(*place).map(|serial| tidy(serial).bytes().map(|byte| byte.to_ascii_uppercase()));
    let is_same = |a: &usize, b: &usize| key(a).into_iter().flatten().eq(key(b).into_iter().flatten());
    let mut places: Vec<usize> = (0..serials.len()).collect();
    places.sort_by(|a, b| key(a).into_iter().flatten().cmp(key(b).into_iter().flatten()).then(a.cmp(b)));
    let mut again: Vec<usize> = places
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if is_same(a, b) => Some(*b),
            _ => None,
        })
        .collect();
    again.sort_unstable();
    let Some(first) = again.first().copied() else {
        return;
    };
    let message = match again.len() {
        1 => "the device is named already".to_owned(),
        count => format!("the device is named already, as {} more are", count - 1),
    };
    let kept = serials.iter().enumerate().filter(|(place, _)| again.binary_search(place).is_err());
    let kept: Vec<String> = kept.map(|(_, serial)| serial.as_str().to_owned()).collect();
    let violation = Violation::new(Rule::DEVICE_TWICE, at(first), message);
    let violation = violation.with_found(serials.get(first).map(shown).unwrap_or_default());
    found.push(with_list(violation, &kept, "name every device once"));
}

fn at(place: usize) -> String {
    format!("{KEY}[{place}]")
}

/// Puts another list in its place.
fn with_list(violation: Violation, serials: &[String], title: &'static str) -> Violation {
    match RawJson::of(serials) {
        Some(list) => violation.with_fix(Fix::set(KEY, list).titled(title)),
        None => violation.with_help(title),
    }
}
