//! Judges an enrollment profile before Apple sees it.
//!
//! ```text
//! cargo run --example profile_lint -- --target ipados:17.4 --preview profile.json
//! cargo run --example profile_lint -- --fix profile.json >better.json
//! cargo run --example profile_lint -- --rules
//! cargo run --example profile_lint -- --explain ADE-P050
//! ```

mod arguments;
mod place;
mod preview;
mod report;
mod veil;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Rule, Severity, Violation, Violations};
use apple_ade::profile::{EnrollmentProfile, preview};
use apple_ade::setup_assistant::SkipKey;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use self::arguments::{Command, HELP, Lint};
use self::report::{Judged, Style, wrapped};
use self::veil::{escaped, plain, without_key, without_keys};

/// More than any profile has: a certificate in base64 is some 2,000 characters.
const LARGEST: u64 = 16 << 20;

fn main() -> ExitCode {
    let done = match arguments::read() {
        Ok(Command::Help) => print(HELP).map(|()| ExitCode::SUCCESS),
        Ok(Command::Rules { json }) => rules(json).map(|()| ExitCode::SUCCESS),
        Ok(Command::Explain(rule)) => print(&report::rule(rule)).map(|()| ExitCode::SUCCESS),
        Ok(Command::Lint(lint)) => judge(&lint),
        Err(error) => {
            say(&format!("profile_lint: {}\nTry --help.", plain(&error.to_string())));
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        say(&format!("profile_lint: {}", plain(&error.to_string())));
        ExitCode::from(2)
    })
}

fn rules(json: bool) -> Result<(), Box<dyn Error>> {
    if json {
        return print(&serde_json::to_string_pretty(Rule::ALL)?);
    }
    let lines: Vec<String> = Rule::ALL.iter().map(ToString::to_string).collect();
    print(&lines.join("\n"))
}

/// Judges every file; one that cannot be read does not keep the others from it.
fn judge(lint: &Lint) -> Result<ExitCode, Box<dyn Error>> {
    let (mut reports, mut has_errors, mut is_broken) = (Vec::new(), false, false);
    for (place, file) in lint.files.iter().enumerate() {
        match read(file).and_then(|text| Outcome::of(lint, text)) {
            Ok(outcome) => {
                has_errors |= outcome.violations.has_errors();
                if lint.json {
                    reports.push(as_json(lint, file, &outcome)?);
                } else {
                    if place > 0 {
                        print("")?;
                    }
                    show(lint, file, &outcome)?;
                }
            }
            Err(error) => {
                is_broken = true;
                say(&format!("profile_lint: {}", wrapped(&error.to_string(), "profile_lint: ".len())));
            }
        }
    }
    if lint.json && lint.files.len() > 1 {
        print(&escaped(&serde_json::to_string_pretty(&reports)?))?;
    } else if let Some(report) = reports.first() {
        print(&escaped(&serde_json::to_string_pretty(report)?))?;
    }
    Ok(match (is_broken, has_errors) {
        (true, _) => ExitCode::from(2),
        (false, has_errors) => ExitCode::from(u8::from(has_errors)),
    })
}

/// What came of a file.
struct Outcome {
    text: String,
    /// `None` where the text is none.
    profile: Option<Profile>,
    /// Whether it is a profile as this crate stores it.
    is_stored: bool,
    violations: Violations,
    applied: Vec<String>,
}

impl Outcome {
    fn of(lint: &Lint, mut text: String) -> Result<Self, Box<dyn Error>> {
        if let Some(apple) = stored(&text) {
            if lint.fix {
                return Err(
                    "this is a stored profile, and --fix is for Apple's JSON; give what is in its `apple`".into()
                );
            }
            let (profile, violations) = match serde_json::from_str::<EnrollmentProfile>(&text) {
                Ok(profile) => (Some(profile.to_wire()), lint.check.profile(&profile)),
                // What is wrong with Apple's part is told in full.
                Err(error) => {
                    let violations = lint.check.json(apple.get());
                    if !violations.has_errors() {
                        return Err(format!("this is a stored profile that cannot be read: {error}").into());
                    }
                    (serde_json::from_str(apple.get()).ok(), violations)
                }
            };
            return Ok(Self { text, profile, is_stored: true, violations, applied: Vec::new() });
        }
        let mut applied = Vec::new();
        // What is no JSON cannot be mended, and is reported below.
        if lint.fix
            && let Ok(mended) = lint.check.fix_json(&text)
        {
            (text, applied) = mended;
        }
        let violations = lint.check.json(&text);
        let is_object = violations.by_rule(Rule::NOT_JSON).next().is_none();
        let profile = is_object.then(|| serde_json::from_str(&text).ok()).flatten();
        Ok(Self { text, profile, is_stored: false, violations, applied })
    }
}

/// Apple's part of a profile as this crate stores it.
fn stored(text: &str) -> Option<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Record {
        #[serde(rename = "version")]
        _version: u32,
        apple: Box<RawValue>,
    }
    serde_json::from_str(text).ok().map(|Record { apple, .. }| apple)
}

fn show(lint: &Lint, file: &Path, outcome: &Outcome) -> Result<(), Box<dyn Error>> {
    let name = if file == Path::new("-") { "standard input".into() } else { file.to_string_lossy() };
    let name = match (lint.fix, outcome.is_stored) {
        (true, _) => format!("corrected {name}"),
        (_, true) => format!("stored profile {name}"),
        _ => name.into_owned(),
    };
    let judged = Judged {
        name: &name,
        text: if outcome.is_stored { "" } else { &outcome.text },
        violations: &outcome.violations,
        is_one_of_many: lint.files.len() > 1,
    };
    // The corrected profile is the result, and what there is to say of it is not.
    if lint.fix {
        for title in &outcome.applied {
            say(&format!("fixed: {}", plain(without_key(title))));
        }
        say(&Style::of(&std::io::stderr()).violations(&judged));
        if outcome.profile.is_some() {
            print(escaped(&outcome.text).trim_end())?;
        }
    } else {
        print(&Style::of(&std::io::stdout()).violations(&judged))?;
    }
    if let Some(panes) = lint.preview {
        match &outcome.profile {
            Some(profile) => {
                let previews: Vec<_> =
                    lint.check.given_targets().iter().map(|target| preview(profile, *target)).collect();
                let table = preview::table(&Style::of(&std::io::stdout()), &previews, &named(profile), panes);
                print(&format!("\n{}", table.trim_end()))?;
            }
            None => say("profile_lint: there is no preview of what is not a profile"),
        }
    }
    Ok(())
}

/// The keys that a profile names: of these alone the rules speak.
fn named(profile: &Profile) -> BTreeSet<SkipKey> {
    profile.skip_setup_items.iter().flatten().map(|key| SkipKey::from(key.as_str())).collect()
}

/// What `--json` writes.
#[derive(Serialize)]
struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    violations: Value,
    errors: usize,
    warnings: usize,
    notes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<Value>,
    /// To the letter; null where the text is no profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<Value>,
}

/// No private key is in it but, if nothing takes it away, in the corrected profile.
fn as_json(lint: &Lint, file: &Path, outcome: &Outcome) -> Result<Report, Box<dyn Error>> {
    let count = |severity| outcome.violations.of(severity).count();
    let fixed = outcome.profile.as_ref().map_or("null", |_| outcome.text.as_str());
    let mut report = Report {
        file: (lint.files.len() > 1).then(|| file.to_string_lossy().into_owned()),
        violations: outcome.violations.iter().map(as_value).collect(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        applied: lint.fix.then(|| json!(outcome.applied)),
        fixed: lint.fix.then(|| serde_json::from_str(fixed)).transpose()?,
        preview: lint.preview.map(|_| json!(outcome.profile.as_ref().map(|profile| previews(lint, profile)))),
    };
    [&mut report.violations].into_iter().chain(&mut report.applied).chain(&mut report.preview).for_each(without_keys);
    Ok(report)
}

/// A violation as a value; without its fix where that holds a number or a depth that no value does.
fn as_value(violation: &Violation) -> Value {
    serde_json::to_value(violation).unwrap_or_else(|_| {
        json!({
            "code": violation.rule().code(),
            "severity": violation.severity(),
            "path": violation.path(),
            "message": violation.message(),
            "found": violation.found(),
            "why": violation.rule().why(),
            "help": violation.help(),
            "word": violation.word(),
            "targets": violation.targets(),
            "sources": violation.rule().sources(),
            "fix": null,
        })
    })
}

fn previews(lint: &Lint, profile: &Profile) -> Vec<Value> {
    let named = named(profile);
    let previews = lint.check.given_targets().iter().map(|target| {
        let preview = preview(profile, *target);
        let mut entry = json!(preview);
        let rows = entry.get_mut("panes").and_then(Value::as_array_mut).into_iter().flatten();
        for (pane, row) in preview.panes().iter().zip(rows.filter_map(Value::as_object_mut)) {
            let rule = pane.rule().filter(|_| named.contains(pane.key()));
            row.insert("rule".into(), json!(rule.map(Rule::code)));
        }
        entry
    });
    previews.collect()
}

fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let done = if path == Path::new("-") {
        std::io::stdin().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
    };
    done.map_err(|error| format!("{}: {error}; check the path", path.display()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("{} is larger than 16 MiB; that is no profile", path.display()).into());
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8; save it as that", path.display()).into())
}

/// Lines on standard error. Where that is closed, the exit status has to say it all.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// Lines on standard output; a reader that has gone is no error of ours.
fn print(text: &str) -> Result<(), Box<dyn Error>> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
