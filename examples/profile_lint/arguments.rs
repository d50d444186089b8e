//! The command line.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use apple_ade::Stamp;
use apple_ade::profile::Check;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Judges an enrollment profile in Apple's JSON, as it is sent to POST /profile, before Apple sees it.

Usage: profile_lint [--target OS:VERSION]... [--preview] [--fix] [--json] FILE
       profile_lint --rules [--json]

  FILE                 the profile; - is standard input
  --target OS:VERSION  a system that the profile is for, such as ipados:17.4; may be given again.
                       Rules that depend on the system are judged for those that are given.
  --preview            shows what Setup Assistant will show on each target
  --fix                writes the corrected profile to standard output, and what was done and
                       what is left to standard error
  --json               writes everything as one JSON object; with --fix the corrected profile is
                       in it as `fixed`, and the violations are those that are left
  --rules              lists all rules, code first

  --at TIME            the time at which certificates have to be valid [default: now]
  --for-migration      the devices come from another MDM by Apple's migration
  --in-education       the organisation is in Apple School Manager
  --storage-gb N       how much storage the devices have

Exit status: 0 there is no error (warnings and notes are none), 1 there is one,
2 wrong usage, or nothing could be read or written.";

pub(crate) enum Command {
    Help,
    Rules { json: bool },
    Lint(Lint),
}

pub(crate) struct Lint {
    pub(crate) check: Check,
    pub(crate) preview: bool,
    pub(crate) fix: bool,
    pub(crate) json: bool,
    pub(crate) file: PathBuf,
}

pub(crate) fn read() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let mut check = Check::new();
    let (mut preview, mut fix, mut json, mut rules, mut at, mut file) = (false, false, false, false, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("target") => {
                check = check.target(value(&mut parser, "--target", "write it as in ipados:17.4")?);
            }
            Long("at") => at = Some(value(&mut parser, "--at", "write it as in 2026-11-22T08:00:00Z")?),
            Long("storage-gb") => {
                check = check.storage_gb(value(&mut parser, "--storage-gb", "give the gigabytes, such as 64")?);
            }
            Long("for-migration") => check = check.for_migration(),
            Long("in-education") => check = check.in_education(),
            Long("preview") => preview = true,
            Long("fix") => fix = true,
            Long("json") => json = true,
            Long("rules") => rules = true,
            Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            Value(path) => return Err(format!("one FILE at a time; {} is another", path.display()).into()),
            _ => return Err(argument.unexpected()),
        }
    }
    if rules {
        let is_alone = !preview && !fix && at.is_none() && check == Check::new() && file.is_none();
        if is_alone {
            return Ok(Command::Rules { json });
        }
        return Err("--rules judges nothing: it goes with --json alone".into());
    }
    if preview && check.given_targets().is_empty() {
        return Err("--preview needs a target, such as --target ipados:17.4".into());
    }
    if preview && fix && !json {
        return Err("--preview and --fix both write to standard output; give one of them, or --json as well".into());
    }
    let file = file.ok_or("FILE is missing; - is standard input")?;
    let check = check.at(at.unwrap_or_else(|| Stamp::from_system().now()));
    Ok(Command::Lint(Lint { check, preview, fix, json, file }))
}

/// An option's value; the error names the option and the fix.
fn value<T: FromStr<Err: Display>>(parser: &mut lexopt::Parser, option: &str, fix: &str) -> Result<T, lexopt::Error> {
    let given = parser.value()?;
    let text = given.to_str().ok_or_else(|| format!("{option}: the value is not UTF-8; {fix}"))?;
    text.parse().map_err(|error| format!("{option} {text:?}: {error}; {fix}").into())
}
