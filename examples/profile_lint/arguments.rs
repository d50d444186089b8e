//! The command line.

use std::path::PathBuf;

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
  --fix                writes the corrected profile to standard output, all else to standard error
  --json               writes everything as one JSON object
  --rules              lists all rules, code first

  --at TIME            the time at which certificates have to be valid [default: now]
  --for-migration      the devices come from another MDM by Apple's migration
  --in-education       the organisation is in Apple School Manager
  --storage-gb N       how much storage the devices have

Exit status: 0 no error (warnings and notes are none), 1 an error, 2 wrong usage.";

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
                let text = parser.value()?.string()?;
                check = check.target(text.parse().map_err(|error| format!("--target: {error}"))?);
            }
            Long("at") => {
                let text = parser.value()?.string()?;
                let time = text.parse().map_err(|error| {
                    format!("--at: {text:?} is not a time ({error}); write it as in 2026-11-22T08:00:00Z")
                })?;
                at = Some(time);
            }
            Long("storage-gb") => check = check.storage_gb(parser.value()?.parse()?),
            Long("for-migration") => check = check.for_migration(),
            Long("in-education") => check = check.in_education(),
            Long("preview") => preview = true,
            Long("fix") => fix = true,
            Long("json") => json = true,
            Long("rules") => rules = true,
            Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            _ => return Err(argument.unexpected()),
        }
    }
    if rules {
        return match file {
            Some(_) => Err("--rules takes no FILE".into()),
            None => Ok(Command::Rules { json }),
        };
    }
    if preview && check.targets().is_empty() {
        return Err("--preview needs a target, such as --target ipados:17.4".into());
    }
    if preview && fix && !json {
        return Err("--preview and --fix both write to standard output; give one of them, or --json".into());
    }
    let file = file.ok_or("FILE is missing; - is standard input")?;
    let check = check.at(at.unwrap_or_else(|| Stamp::from_system().now()));
    Ok(Command::Lint(Lint { check, preview, fix, json, file }))
}
