//! Language and region, and the setup that runs by itself with them.

use crate::json::RawJson;
use crate::judgement::{Fix, Rule, Violation, rules};
use crate::os::{OsVersion, Platform, Target};

use super::super::locale::{Language, Region, read_tag};
use super::super::subject::Subject;
use super::shown;

rules! {
    LANGUAGE_MALFORMED = "ADE-P060" Error
        "the language is two or three small letters"
        why "Apple takes a code of ISO 639-1, or of ISO 639-2 where there is none"
        from ["ISO 639", "https://developer.apple.com/documentation/devicemanagement/profile"]
        words ["LOCALE_INVALID"];
    REGION_MALFORMED = "ADE-P061" Error
        "the region is two capital letters"
        why "Apple takes a code of ISO 3166-1 alpha-2"
        from ["ISO 3166-1", "https://developer.apple.com/documentation/devicemanagement/profile"]
        words ["LOCALE_INVALID"];
    LANGUAGE_UNASSIGNED = "ADE-P062" Warning
        "the language's code is that of a language"
        why "neither ISO 639-1 nor ISO 639-2 has given it to any, so that Apple most likely answers LOCALE_INVALID"
        from ["ISO 639", "https://developer.apple.com/documentation/devicemanagement/profile"];
    REGION_UNASSIGNED = "ADE-P063" Warning
        "the region's code is that of a region"
        why "ISO 3166-1 has given it to none, so that Apple most likely answers LOCALE_INVALID"
        from ["ISO 3166-1", "https://developer.apple.com/documentation/devicemanagement/profile"];
    LANGUAGE_LONG = "ADE-P064" Warning
        "a language with a code of two letters goes by it"
        why "Apple takes three letters only for languages that ISO 639-1 has no code for"
        from ["ISO 639", "https://developer.apple.com/documentation/devicemanagement/profile"];
    LOCALE_HALF = "ADE-P065" Note
        "language and region go together"
        why "Apple judges the pair, and does not say what it makes of one alone"
        from ["https://developer.apple.com/documentation/devicemanagement/define-profile"];
    LOCALE_UNCONFIRMED = "ADE-P066" Note
        "language and region are a pair that Apple knows"
        why "the pairs are not published: a pair that Apple does not know is refused as LOCALE_INVALID"
        from ["https://developer.apple.com/documentation/devicemanagement/define-profile"];
    UNATTENDED_WITHOUT_LOCALE = "ADE-P067" Warning
        "a setup that runs by itself has a language and a region"
        why "Setup Assistant stops and asks for what it has not been told"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    UNATTENDED_ON_ETHERNET = "ADE-P068" Note
        "a setup that runs by itself is on Ethernet"
        why "vendors of MDMs report that language and region are applied only there; Apple does not say so"
        from ["the documentation of 42Gears"];
}

/// Codes that are nobody's, with the one that was meant: mostly the country's code for its language.
const LANGUAGES_MISTAKEN: &[(&str, &str)] = &[
    ("at", "de"),
    ("cn", "zh"),
    ("cz", "cs"),
    ("dk", "da"),
    ("gb", "en"),
    ("gr", "el"),
    ("jp", "ja"),
    ("mx", "es"),
    ("rs", "sr"),
    ("ua", "uk"),
    ("us", "en"),
    ("vn", "vi"),
];

/// Codes that ISO 639 has replaced.
const LANGUAGES_REPLACED: &[(&str, &str)] =
    &[("in", "id"), ("iw", "he"), ("ji", "yi"), ("jw", "jv"), ("mo", "ro"), ("scr", "hr"), ("scc", "sr")];

const REGIONS_MISTAKEN: &[(&str, &str)] = &[("DA", "DK"), ("EL", "GR"), ("JA", "JP"), ("KO", "KR"), ("ZH", "CN")];

/// What stands for a region without being its code: ISO 3166-1 keeps `UK` for the United Kingdom, whose code is `GB`.
const REGIONS_REPLACED: &[(&str, &str)] = &[("UK", "GB")];

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    // What is empty is told already.
    let language = wire.language.as_deref().filter(|text| !text.is_empty());
    let region = wire.region.as_deref().filter(|text| !text.is_empty());
    let before = found.len();
    if let Some(text) = language {
        self::language(text, wire.region.as_deref(), found);
    }
    if let Some(text) = region {
        self::region(text, wire.language.as_deref(), found);
    }
    let is_sound = found.len() == before;
    let is_unattended = wire.auto_advance_setup == Some(true);
    if language.is_none() && region.is_none() && !is_unattended {
        return;
    }
    let Some(targets) = users(subject) else {
        return;
    };
    let is_absent = |key: &str, text: &Option<String>| text.is_none() && !wire.odd_in_force().any(|odd| odd.key == key);
    let lacks = [("language", &wire.language), ("region", &wire.region)].map(|(key, text)| (key, is_absent(key, text)));
    let is_missing = lacks.iter().any(|(_, lacks)| *lacks);
    if is_unattended {
        // What is malformed comes first: it may say both.
        if is_sound || !is_missing {
            unattended(lacks, &targets, found);
        }
    } else if let (true, [(_, false), (missing, true)] | [(missing, true), (_, false)]) = (is_sound, lacks) {
        let message = format!("`{missing}` is missing, and its counterpart is there");
        let violation = Violation::new(Rule::LOCALE_HALF, missing, message).with_targets(targets.clone());
        found.push(violation.with_help(format!("give `{missing}`, too, or neither")));
    }
    if let (true, Some(language), Some(region)) = (is_sound, language, region) {
        let message = "only Apple can tell whether it knows the pair";
        let violation = Violation::new(Rule::LOCALE_UNCONFIRMED, "language", message);
        let help = "define the profile with it once before the roll-out";
        found.push(violation.with_found(format!("{language}_{region}")).with_targets(targets).with_help(help));
    }
}

/// The targets that take language and region, tvOS and macOS 11 and later; `None` where others are named alone.
fn users(subject: &Subject<'_>) -> Option<Vec<Target>> {
    let users = subject.targets_where(|target| match target.platform {
        Platform::TvOs => true,
        Platform::MacOs => target.version >= OsVersion::new(11, 0, 0),
        _ => false,
    });
    (subject.targets().is_empty() || !users.is_empty()).then_some(users)
}

fn unattended(lacks: [(&str, bool); 2], targets: &[Target], found: &mut Vec<Violation>) {
    let missing: Vec<&str> = lacks.iter().filter(|(_, lacks)| *lacks).map(|(key, _)| *key).collect();
    let violation = if missing.is_empty() {
        let message = "the setup runs by itself where the device is on Ethernet";
        let violation = Violation::new(Rule::UNATTENDED_ON_ETHERNET, "auto_advance_setup", message);
        violation.with_help("set these devices up with a cable")
    } else {
        let message = format!("the setup is to run by itself, without `{}`", missing.join("` and `"));
        let violation = Violation::new(Rule::UNATTENDED_WITHOUT_LOCALE, "auto_advance_setup", message);
        violation.with_help(format!("give `{}`", missing.join("` and `")))
    };
    found.push(violation.with_found("true").with_targets(targets.to_vec()));
}

fn language(text: &str, region: Option<&str>, found: &mut Vec<Violation>) {
    let broken = |rule, message: String| Violation::new(rule, "language", message).with_found(shown(text));
    let Ok(code) = text.parse::<Language>() else {
        let violation = broken(Rule::LANGUAGE_MALFORMED, "`language` is no code of a language".into());
        // Apple documents the letters, and no word for their case.
        let is_letters = matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let violation = if is_letters { violation.with_word(None) } else { violation };
        found.push(match split(text, "language", region) {
            Some(fix) => violation.with_fix(fix),
            None => violation.with_help("write a code of ISO 639-1, such as de; a script cannot be said"),
        });
        return;
    };
    if !code.is_assigned() {
        let message = format!("no language has the code {text:?}");
        found.push(unassigned(
            broken(Rule::LANGUAGE_UNASSIGNED, message),
            "language",
            text,
            LANGUAGES_REPLACED,
            LANGUAGES_MISTAKEN,
        ));
    } else if code.shortest() != code {
        let shortest = code.shortest();
        let violation = broken(Rule::LANGUAGE_LONG, format!("{text:?} has the shorter code {:?}", shortest.as_str()));
        found.push(violation.with_fix(Fix::set_text("language", shortest.as_str())));
    }
}

fn region(text: &str, language: Option<&str>, found: &mut Vec<Violation>) {
    let broken = |rule, message: String| Violation::new(rule, "region", message).with_found(shown(text));
    let Ok(code) = text.parse::<Region>() else {
        let violation = broken(Rule::REGION_MALFORMED, "`region` is no code of a region".into());
        let fix = Region::meant_by(text.trim()).map(|region| Fix::set_text("region", region.as_str()));
        found.push(match fix.or_else(|| split(text, "region", language)) {
            Some(fix) => violation.with_fix(fix),
            None => violation.with_help("write a code of ISO 3166-1 alpha-2, such as CH"),
        });
        return;
    };
    if !code.is_assigned() {
        let message = format!("no region has the code {text:?}");
        found.push(unassigned(
            broken(Rule::REGION_UNASSIGNED, message),
            "region",
            text,
            REGIONS_REPLACED,
            REGIONS_MISTAKEN,
        ));
    }
}

/// Puts the parts of a locale, such as `en-US`, where they belong, as far as the other key does not say something else.
fn split(text: &str, key: &str, other: Option<&str>) -> Option<Fix> {
    let tag = text.trim();
    let (language, region) = match read_tag(tag) {
        (Some(language), Some(region)) => (language, region),
        (Some(language), None) if key == "language" => return Some(Fix::set_text(key, language.as_str())),
        _ => return None,
    };
    let (mine, others_key, others) = if key == "language" {
        (language.as_str(), "region", region.as_str())
    } else {
        (region.as_str(), "language", language.as_str())
    };
    match other {
        None => {
            let both = Fix::set(key, RawJson::of(mine)?).and(Fix::set(others_key, RawJson::of(others)?));
            Some(both.titled(format!("set `{key}` to {mine:?} and `{others_key}` to {others:?}")))
        }
        Some(other) if other == others => Some(Fix::set_text(key, mine)),
        Some(_) => None,
    }
}

fn unassigned(
    violation: Violation,
    key: &str,
    code: &str,
    replaced: &[(&str, &str)],
    mistaken: &[(&str, &str)],
) -> Violation {
    if let Some(right) = replaced.iter().find(|(wrong, _)| *wrong == code).map(|(_, right)| right) {
        return violation.with_fix(Fix::set_text(key, right));
    }
    match mistaken.iter().find(|(wrong, _)| *wrong == code) {
        Some((_, right)) => violation.with_help(format!("did you mean {right:?}?")),
        None => violation.with_help("look the code up, or remove the key"),
    }
}
