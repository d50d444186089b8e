//! Every rule on profiles: a fixture that breaks it alone, and one that just keeps it.
//!
//! The form of the fixtures is in `tests/fixtures/rules/README.md`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use apple_ade::api::profile::Profile;
use apple_ade::json::RawJson;
use apple_ade::judgement::{Rule, Severity, Violations};
use apple_ade::os::Target;
use apple_ade::profile::{Check, EnrollmentProfile};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The fixture of a rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    #[serde(default)]
    check: Circumstances,
    /// A profile in Apple's JSON, a stored profile (with `version`), or a text.
    breaks: Box<RawValue>,
    keeps: Box<RawValue>,
    /// What a program says beside what breaks it, as no JSON can.
    #[serde(default)]
    unknown_keys: std::collections::BTreeMap<String, RawJson>,
    /// Where it is not the profile that makes the difference.
    keeps_check: Option<Circumstances>,
    /// Where the rule is broken.
    paths: Vec<String>,
    /// The word that Apple answers.
    word: Option<String>,
    /// Rules that cannot but be broken with it, and why.
    #[serde(default)]
    with: std::collections::BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Circumstances {
    targets: Vec<Target>,
    at: Option<DateTime<Utc>>,
    for_migration: bool,
    in_education: bool,
    storage_gb: Option<u32>,
}

impl Circumstances {
    fn to_check(&self) -> Check {
        let mut check = Check::new().targets(self.targets.iter().copied());
        if let Some(now) = self.at {
            check = check.at(now);
        }
        if self.for_migration {
            check = check.for_migration();
        }
        if self.in_education {
            check = check.in_education();
        }
        self.storage_gb.map_or(check.clone(), |gigabytes| check.storage_gb(gigabytes))
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules")
}

fn fixtures() -> impl Iterator<Item = (Rule, Fixture)> {
    // That none is missing is a test of its own.
    Rule::ALL.iter().filter_map(|rule| {
        let path = folder().join(format!("{}.json", rule.code()));
        let text = std::fs::read_to_string(&path).ok()?;
        Some((*rule, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))))
    })
}

/// What is found; the error where a stored profile is refused for it.
fn judged(check: &Check, profile: &RawValue) -> Result<Violations, String> {
    let text = profile.get();
    if let Ok(text) = serde_json::from_str::<String>(text) {
        return Ok(check.json(&text));
    }
    let is_stored = serde_json::from_str::<serde_json::Value>(text).unwrap().get("version").is_some();
    if is_stored {
        let profile: EnrollmentProfile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(check.profile(&profile))
    } else {
        Ok(check.json(text))
    }
}

/// CEL-1, CEL-5, NAM-4, PAI-6, PAI-7, SCR-7, SCR-8, SCR-9, SCR-11, SHI-2, SHI-3, SUP-3, and all others.
#[test]
fn every_rule_is_broken_alone_by_its_fixture() {
    let mut wrong = Vec::new();
    for (rule, fixture) in fixtures() {
        let check = fixture.check.to_check();
        let found = if fixture.unknown_keys.is_empty() {
            judged(&check, &fixture.breaks)
        } else {
            let mut profile: Profile = serde_json::from_str(fixture.breaks.get()).unwrap();
            for (key, value) in &fixture.unknown_keys {
                profile.extra.insert(key, value.clone());
            }
            Ok(check.wire(&profile))
        };
        let violations = match found {
            Ok(violations) => violations,
            Err(error) => {
                if !error.contains(&format!("[{}]", rule.code())) {
                    wrong.push(format!("{rule:?}: refused for another reason: {error}"));
                }
                continue;
            }
        };
        let expected: BTreeSet<&str> = fixture.with.keys().map(String::as_str).chain([rule.code()]).collect();
        let found: BTreeSet<&str> = violations.iter().map(|violation| violation.rule().code()).collect();
        let paths: Vec<&str> = violations.by_rule(rule).map(apple_ade::judgement::Violation::path).collect();
        if found != expected || paths != fixture.paths {
            wrong.push(format!("{rule:?}: found at {paths:?}, expected at {:?}\n{violations}", fixture.paths));
        }
        let words: BTreeSet<Option<&str>> =
            violations.by_rule(rule).map(apple_ade::judgement::Violation::word).collect();
        if words != BTreeSet::from([fixture.word.as_deref()]) {
            wrong.push(format!("{rule:?}: the words {words:?}, expected {:?}", fixture.word));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_is_just_kept_by_its_fixture() {
    for (rule, fixture) in fixtures() {
        assert!(fixture.keeps_check.is_some() || fixture.breaks.get() != fixture.keeps.get(), "{rule:?}");
        let check = fixture.keeps_check.as_ref().unwrap_or(&fixture.check).to_check();
        let violations = judged(&check, &fixture.keeps).unwrap();
        assert_eq!(violations.by_rule(rule).count(), 0, "{rule:?}: {violations}");
        assert!(!violations.has_errors(), "{rule:?}: {violations}");
    }
}

#[test]
fn fixes_mend_and_change_nothing_else() {
    let mut mended = 0;
    for (rule, fixture) in fixtures() {
        let check = fixture.check.to_check();
        let Ok(profile) = serde_json::from_str::<Profile>(fixture.breaks.get()) else {
            continue;
        };
        let (fixed, titles) = check.fix(&profile);
        assert_eq!(check.wire(&fixed).fixes().count(), 0, "{rule:?}");
        if titles.is_empty() {
            assert_eq!(fixed, profile, "{rule:?}");
        } else {
            mended += 1;
            assert_eq!(check.wire(&fixed).by_rule(rule).count(), 0, "{rule:?}");
        }
    }
    assert!(mended >= 5, "{mended}");
}

#[test]
fn a_fixture_for_each_rule_and_a_rule_for_each_fixture() {
    let codes: BTreeSet<String> = Rule::ALL.iter().map(|rule| rule.code().to_owned()).collect();
    assert_eq!(codes.len(), Rule::ALL.len(), "two rules have one code");
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect();
    assert_eq!(files, codes);
    for rule in Rule::ALL {
        assert!(rule.code().starts_with("ADE-P") && rule.code().len() == 8, "{rule:?}");
        assert!(!rule.sources().is_empty(), "{rule:?}");
        assert!(!rule.summary().ends_with('.') && !rule.why().ends_with('.'), "{rule:?}: no full stop");
        // What Apple refuses is an error.
        assert!(rule.words().is_empty() || rule.severity() == Severity::Error, "{rule:?}");
    }
}
