//! Judges an enrollment profile before Apple sees it.
//!
//! ```text
//! cargo run --example profile_lint -- --target ipados:17.4 --preview profile.json
//! cargo run --example profile_lint -- --fix profile.json >better.json
//! cargo run --example profile_lint -- --rules
//! ```

mod arguments;
mod place;
mod report;
mod veil;

use std::error::Error;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Fix, Rule, Severity, Violation, Violations};
use apple_ade::profile::preview;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use self::arguments::{Command, HELP, Lint};
use self::report::{Judged, Style};
use self::veil::{escaped, plain, without_key, without_keys};

/// More than any profile has: a certificate in base64 is some 2,000 characters.
const LARGEST: u64 = 16 << 20;

fn main() -> ExitCode {
    let done = match arguments::read() {
        Ok(Command::Help) => print(HELP).map(|()| true),
        Ok(Command::Rules { json }) => rules(json).map(|()| true),
        Ok(Command::Lint(lint)) => judge(&lint),
        Err(error) => {
            say(&format!("profile_lint: {}\nTry --help.", plain(&error.to_string())));
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("profile_lint: {}", plain(&error.to_string())));
            ExitCode::from(2)
        }
    }
}

fn rules(json: bool) -> Result<(), Box<dyn Error>> {
    if json {
        return print(&serde_json::to_string_pretty(Rule::ALL)?);
    }
    let lines: Vec<String> = Rule::ALL.iter().map(ToString::to_string).collect();
    print(&lines.join("\n"))
}

/// Whether there is no error, or none left.
fn judge(lint: &Lint) -> Result<bool, Box<dyn Error>> {
    let mut text = read(&lint.file)?;
    let mut applied = Vec::new();
    // What is no JSON cannot be mended, and is reported below.
    let is_profile = serde_json::from_str::<Profile>(&text).is_ok();
    if lint.fix && is_profile {
        (text, applied) = fixed(lint, text)?;
    }
    let violations = lint.check.json(&text);
    if lint.json {
        print(&as_json(lint, is_profile.then_some(text.as_str()), &violations, &applied)?)?;
        return Ok(!violations.has_errors());
    }
    let name = match (lint.file.to_string_lossy(), lint.fix) {
        (name, true) if name == "-" => "corrected standard input".to_owned(),
        (name, false) if name == "-" => "standard input".to_owned(),
        (name, true) => format!("corrected {name}"),
        (name, false) => name.into_owned(),
    };
    let judged = Judged { name: &name, text: &text, violations: &violations };
    // The corrected profile is the result, and what there is to say of it is not.
    if lint.fix {
        for title in &applied {
            say(&format!("fixed: {}", plain(without_key(title))));
        }
        say(&Style::of(&std::io::stderr()).violations(&judged));
        if is_profile {
            print(escaped(&text).trim_end())?;
        }
    } else {
        print(&Style::of(&std::io::stdout()).violations(&judged))?;
    }
    if lint.preview {
        match serde_json::from_str::<Profile>(&text) {
            Ok(profile) => {
                for target in lint.check.given_targets() {
                    let table = Style::of(&std::io::stdout()).preview(&preview(&profile, *target));
                    print(&format!("\n{}", table.trim_end()))?;
                }
            }
            Err(_) => say("profile_lint: there is no preview of what is not a profile"),
        }
    }
    Ok(!violations.has_errors())
}

/// The corrected text with what was done; the same text where nothing was.
fn fixed(lint: &Lint, text: String) -> Result<(String, Vec<String>), Box<dyn Error>> {
    // A key that is there twice is seen in the text alone.
    let violations = lint.check.json(&text);
    let repeated = violations.by_rule(Rule::KEY_REPEATED).filter_map(Violation::fix);
    let mut applied: Vec<String> = repeated.map(Fix::title).map(str::to_owned).collect();
    let (profile, titles) = lint.check.fix(&serde_json::from_str(&text)?);
    for title in titles {
        if !applied.contains(&title) {
            applied.push(title);
        }
    }
    if applied.is_empty() {
        return Ok((text, applied));
    }
    Ok((serde_json::to_string_pretty(&profile)?, applied))
}

/// What `--json` writes.
#[derive(Serialize)]
struct Report {
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
fn as_json(
    lint: &Lint,
    profile: Option<&str>,
    violations: &Violations,
    applied: &[String],
) -> Result<String, Box<dyn Error>> {
    let count = |severity| violations.of(severity).count();
    let mut report = Report {
        violations: json!(violations),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        applied: lint.fix.then(|| json!(applied)),
        fixed: lint.fix.then(|| serde_json::from_str(profile.unwrap_or("null"))).transpose()?,
        preview: None,
    };
    if lint.preview {
        let profile = profile.and_then(|text| serde_json::from_str::<Profile>(text).ok());
        report.preview = Some(json!(profile.map(|profile| previews(lint, &profile))));
    }
    [&mut report.violations].into_iter().chain(&mut report.applied).chain(&mut report.preview).for_each(without_keys);
    Ok(escaped(&serde_json::to_string_pretty(&report)?))
}

fn previews(lint: &Lint, profile: &Profile) -> Vec<Value> {
    let previews = lint.check.given_targets().iter().map(|target| {
        let preview = preview(profile, *target);
        let mut entry = json!(preview);
        let rows = entry.get_mut("panes").and_then(Value::as_array_mut).into_iter().flatten();
        for (pane, row) in preview.panes().iter().zip(rows.filter_map(Value::as_object_mut)) {
            row.insert("rule".into(), json!(pane.rule().map(Rule::code)));
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
