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

use std::error::Error;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Rule, Severity, Violations};
use apple_ade::profile::preview;
use serde_json::json;

use self::arguments::{Command, HELP, Lint};
use self::report::Style;

/// More than any profile has: a certificate in base64 is some 2,000 characters.
const LARGEST: u64 = 16 << 20;

fn main() -> ExitCode {
    let command = match arguments::read() {
        Ok(command) => command,
        Err(error) => {
            say(&format!("profile_lint: {error}\nTry --help."));
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => print(HELP).map(|()| true),
        Command::Rules { json } => rules(json).map(|()| true),
        Command::Lint(lint) => judge(&lint),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("profile_lint: {error}"));
            ExitCode::FAILURE
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

/// Whether no error is left.
fn judge(lint: &Lint) -> Result<bool, Box<dyn Error>> {
    let mut text = read(&lint.file)?;
    let mut applied = Vec::new();
    if lint.fix {
        // What is no JSON cannot be mended; it is reported below.
        if let Ok(profile) = serde_json::from_str::<Profile>(&text) {
            let (fixed, titles) = lint.check.fix(&profile);
            (text, applied) = (serde_json::to_string_pretty(&fixed)?, titles);
        }
    }
    let violations = lint.check.json(&text);
    if lint.json {
        print(&as_json(lint, &text, &violations, &applied)?)?;
        return Ok(!violations.has_errors());
    }
    let name = if lint.file == Path::new("-") { "standard input".into() } else { lint.file.display().to_string() };
    // The corrected profile is the result, and what there is to say of it is not.
    let style = if lint.fix { Style::of(&std::io::stderr()) } else { Style::of(&std::io::stdout()) };
    let mut said: Vec<String> = applied.iter().map(|title| format!("fixed: {title}")).collect();
    said.extend(violations.iter().map(|violation| style.violation(&name, &text, violation)));
    said.push(counts(&violations));
    if lint.fix {
        say(&said.join("\n"));
        print(text.trim_end())?;
    } else {
        print(&said.join("\n"))?;
    }
    if lint.preview {
        match serde_json::from_str::<Profile>(&text) {
            Ok(profile) => {
                let tables = lint.check.targets().iter().map(|target| style.preview(&preview(&profile, *target)));
                let tables: Vec<String> = tables.collect();
                print(&format!("\n{}", tables.join("\n").trim_end()))?;
            }
            Err(_) => say("profile_lint: there is no preview of what is not a profile"),
        }
    }
    Ok(!violations.has_errors())
}

fn counts(violations: &Violations) -> String {
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|severity| violations.of(severity).count());
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!("{errors} error{}, {warnings} warning{}, {notes} note{}", plural(errors), plural(warnings), plural(notes))
}

fn as_json(lint: &Lint, text: &str, violations: &Violations, applied: &[String]) -> Result<String, Box<dyn Error>> {
    let count = |severity| violations.of(severity).count();
    let mut report = json!({
        "violations": violations,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "notes": count(Severity::Note),
    });
    if lint.fix {
        report["applied"] = json!(applied);
        report["fixed"] = serde_json::from_str(text).unwrap_or_default();
    }
    if lint.preview
        && let Ok(profile) = serde_json::from_str::<Profile>(text)
    {
        let previews = lint.check.targets().iter().map(|target| {
            let preview = preview(&profile, *target);
            let mut entry = json!(preview);
            for (pane, entry) in preview.panes().iter().zip(entry["panes"].as_array_mut().into_iter().flatten()) {
                entry["rule"] = json!(pane.rule().map(Rule::code));
            }
            entry
        });
        report["preview"] = json!(previews.collect::<Vec<_>>());
    }
    Ok(serde_json::to_string_pretty(&report)?)
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
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").map_or(bytes.clone(), <[u8]>::to_vec);
    String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8; save it as that", path.display()).into())
}

/// A line on standard error. Where that is closed, the exit status has to say it all.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// A line on standard output; a reader that has gone is no error of ours.
fn print(text: &str) -> Result<(), Box<dyn Error>> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
