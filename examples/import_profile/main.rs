//! Takes an enrollment profile over from Microsoft Graph (Intune) or Jamf Pro, or writes one for them.
//!
//! ```text
//! cargo run --example import_profile -- --url https://mdm.example.com/enroll graph profile.json
//! cargo run --example import_profile -- --url https://mdm.example.com/enroll --target macos:15.1 jamf prestage.json >profile.json
//! cargo run --example import_profile -- --export graph-ios profile.json
//! ```

mod arguments;
mod commands;

use std::error::Error;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use apple_ade::affinity::UserAffinity;
use apple_ade::interop::{ImportError, Loss, LossReport, Model, Source, ThisServer, export, import};
use apple_ade::os::Target;
use apple_ade::profile::EnrollmentProfile;

use self::arguments::{HELP, Job};

fn main() -> ExitCode {
    let job = match arguments::read() {
        Ok(job) => job,
        Err(error) => {
            say(&format!("import_profile: {error}\nTry --help."));
            return ExitCode::from(2);
        }
    };
    let done = match job {
        Job::Help => print(HELP),
        Job::Import { source, server, target, file } => take_over(source, &server, target, &file),
        Job::Export { model, file } => give_back(model, &file),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("import_profile: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Apple's JSON on standard output; the commands that finish it and what is lost on standard error.
fn take_over(source: Source, server: &ThisServer, target: Option<Target>, path: &Path) -> Result<(), Box<dyn Error>> {
    let imported = match import(source, &read(path)?, server) {
        Ok(imported) => imported,
        Err(ImportError::Invalid { violations, losses }) => {
            tell(&losses);
            return Err(format!("what it says makes no valid profile:\n\n{}", shown(&violations.to_string())).into());
        }
        Err(error) => return Err(format!("{}: {error}", path.display()).into()),
    };
    let profile = imported.profile();
    print(&serde_json::to_string_pretty(profile.wire())?)?;
    if let Some(commands) = commands::of(profile, target) {
        say(&format!("{}\n", shown(&commands)));
    }
    let doubts = profile.check();
    if !doubts.is_empty() {
        say(&format!("what is doubtful:\n{}\n", shown(&doubts.to_string())));
    }
    tell(imported.losses());
    Ok(())
}

/// The other system's JSON on standard output; what is lost on standard error.
fn give_back(model: Model, path: &Path) -> Result<(), Box<dyn Error>> {
    let text = read(path)?;
    let profile = match serde_json::from_str::<EnrollmentProfile>(&text) {
        Ok(stored) => stored,
        // Apple's JSON does not say who uses the device.
        Err(_) => EnrollmentProfile::from_json(&text, &UserAffinity::Without)
            .map_err(|violations| format!("{}:\n\n{}", path.display(), shown(&violations.to_string())))?,
    };
    let exported = export(&profile, model);
    print(exported.json())?;
    tell(exported.losses());
    Ok(())
}

fn tell(losses: &LossReport) {
    if losses.is_empty() {
        return say("nothing is lost");
    }
    let line = |loss: &Loss| {
        let value = loss.value().map(|value| format!(" = {value}")).unwrap_or_default();
        shown(&format!("  {}{value}\n      {}", loss.path(), loss.reason()))
    };
    let lines: Vec<String> = losses.iter().map(line).collect();
    say(&format!("{} not carried over:\n{}", losses.len(), lines.join("\n")));
}

/// Anybody can have made the file: nothing in it may steer the terminal.
fn shown(text: &str) -> String {
    let is_odd = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    let plain: String = text.chars().map(|c| if is_odd(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    plain.lines().map(folded).collect::<Vec<_>>().join("\n")
}

/// In lines of 100 characters at most, the further ones indented.
fn folded(line: &str) -> String {
    const WIDTH: usize = 100;
    let indent = line.chars().take_while(|c| *c == ' ').count().min(20) + 4;
    let (mut text, mut column) = (String::new(), 0);
    for word in line.split_inclusive(' ') {
        let long = word.trim_end().chars().count();
        if column > indent && column + long > WIDTH {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        }
        for c in word.chars() {
            if column == WIDTH {
                text.push('\n');
                text.extend(std::iter::repeat_n(' ', indent));
                column = indent;
            }
            text.push(c);
            column += 1;
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    // More than is read as a profile, so that a larger one is seen to be.
    const LIMIT: u64 = 5 << 20;
    let mut bytes = Vec::new();
    let done = if path == Path::new("-") {
        std::io::stdin().take(LIMIT).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes))
    };
    done.map_err(|error| format!("{}: {error}; check the path", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{}: it is not in UTF-8", path.display()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A text on standard error. Where that is closed, the exit status has to say it all.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// A text on standard output; a reader that has gone is no error of ours.
fn print(text: &str) -> Result<(), Box<dyn Error>> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
