//! The command line.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use apple_ade::Stamp;
use apple_ade::judgement::Rule;
use apple_ade::profile::Check;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Judges enrollment profiles in Apple's JSON, as they are sent to POST /profile, before Apple sees
them; or as this crate stores them.

Usage: profile_lint [--target OS:VERSION]... [--preview] [--fix] [--json] FILE...
       profile_lint --rules [--json]
       profile_lint --explain CODE

  FILE                 a profile; - is standard input
  --target OS:VERSION  a system that the profile is for, such as ipados:17.4; may be given again.
                       Rules that depend on the system are judged for those that are given.
  --preview            shows what Setup Assistant will show on each target; --preview=all has the
                       panes that are not there, too
  --fix                writes the corrected profile to standard output, and what was done and
                       what is left to standard error
  --json               writes everything as one JSON object, or as an array of them for several
                       files; with --fix the corrected profile is in it as `fixed`, and the
                       violations are those that are left
  --rules              lists all rules, code first
  --explain CODE       says all of a rule, such as ADE-P050

  --at TIME            the time at which certificates have to be valid, such as 2026-11-22 or
                       2026-11-22T08:00:00Z [default: now]
  --for-migration      the devices come from another MDM by Apple's migration
  --in-education       the organisation is in Apple School Manager
  --storage-gb N       how much storage the devices have

Exit status: 0 there is no error (warnings and notes are none), 1 there is one,
2 wrong usage, or something could not be read or written.";

/// For the one that was most likely meant.
const OPTIONS: &[&str] = &[
    "help",
    "target",
    "preview",
    "fix",
    "json",
    "rules",
    "explain",
    "at",
    "for-migration",
    "in-education",
    "storage-gb",
];

pub(crate) enum Command {
    Help,
    Rules { json: bool },
    Explain(Rule),
    Lint(Lint),
}

/// Which panes a preview has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panes {
    There,
    All,
}

pub(crate) struct Lint {
    pub(crate) check: Check,
    pub(crate) preview: Option<Panes>,
    pub(crate) fix: bool,
    pub(crate) json: bool,
    pub(crate) files: Vec<PathBuf>,
}

pub(crate) fn read() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let mut check = Check::new();
    let (mut fix, mut json, mut rules) = (false, false, false);
    let (mut preview, mut explain, mut at, mut files) = (None, None, None, Vec::new());
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("target") => {
                check = check.target(value(&mut parser, "--target", "", str::parse)?);
            }
            Long("at") => {
                at = Some(value(&mut parser, "--at", "write it as in 2026-11-22 or 2026-11-22T08:00:00Z", time)?);
            }
            Long("storage-gb") => {
                let gigabytes = value(&mut parser, "--storage-gb", "give the gigabytes, such as 64", str::parse)?;
                check = check.storage_gb(gigabytes);
            }
            Long("for-migration") => check = check.for_migration(),
            Long("in-education") => check = check.in_education(),
            Long("preview") => {
                preview = Some(match parser.optional_value() {
                    None => Panes::There,
                    Some(word) if word == "all" => Panes::All,
                    Some(word) => {
                        return Err(format!("--preview={}: write --preview or --preview=all", word.display()).into());
                    }
                });
            }
            Long("fix") => fix = true,
            Long("json") => json = true,
            Long("rules") => rules = true,
            Long("explain") => explain = Some(value(&mut parser, "--explain", "--rules lists them", rule)?),
            Long(option) => return Err(unknown(option).into()),
            Value(path) => files.push(PathBuf::from(path)),
            Short(_) => return Err(argument.unexpected()),
        }
    }
    if rules || explain.is_some() {
        let is_alone = preview.is_none() && !fix && at.is_none() && check == Check::new() && files.is_empty();
        return match explain {
            None if is_alone => Ok(Command::Rules { json }),
            None => Err("--rules judges nothing: it goes with --json alone".into()),
            Some(rule) if is_alone && !rules && !json => Ok(Command::Explain(rule)),
            Some(_) => Err("--explain judges nothing, and goes with nothing else".into()),
        };
    }
    if preview.is_some() && check.given_targets().is_empty() {
        return Err("--preview needs a target, such as --target ipados:17.4".into());
    }
    if preview.is_some() && fix && !json {
        return Err("--preview and --fix both write to standard output; give one of them, or --json as well".into());
    }
    if files.is_empty() {
        return Err("FILE is missing; - is standard input".into());
    }
    if files.len() > 1 && fix && !json {
        return Err("--fix writes one profile to standard output; give one FILE, or --json as well".into());
    }
    if files.iter().filter(|file| *file == Path::new("-")).count() > 1 {
        return Err("- is standard input, which can be read once".into());
    }
    let check = check.at(at.unwrap_or_else(|| Stamp::from_system().now()));
    Ok(Command::Lint(Lint { check, preview, fix, json, files }))
}

/// An option's value; the error names the option and the fix.
fn value<T, E: Display>(
    parser: &mut lexopt::Parser,
    option: &str,
    fix: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, lexopt::Error> {
    let given = parser.value()?;
    let text = given.to_str().ok_or_else(|| format!("{option}: the value is not UTF-8"))?;
    let separator = if fix.is_empty() { "" } else { "; " };
    read(text).map_err(|error| format!("{option} {text:?}: {error}{separator}{fix}").into())
}

/// A time, or a day that begins at midnight UTC.
fn time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let day = text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    day.or_else(|_| text.parse()).map_err(|_| "this is no time")
}

/// A rule by its code, in any case, with or without `ADE-`.
fn rule(text: &str) -> Result<Rule, &'static str> {
    let is_it = |rule: &&Rule| {
        let code = rule.code();
        code.eq_ignore_ascii_case(text) || code.trim_start_matches("ADE-").eq_ignore_ascii_case(text)
    };
    Rule::ALL.iter().find(is_it).copied().ok_or("no rule has this code")
}

fn unknown(option: &str) -> String {
    let near = |known: &&&str| option.starts_with(**known) || (option.len() > 1 && known.starts_with(option));
    match OPTIONS.iter().find(near) {
        Some(&"target") => {
            format!(
                "--{option} is no option; give --target once for each system: --target ipados:17.4 --target macos:15.0"
            )
        }
        Some(known) => format!("--{option} is no option; did you mean --{known}?"),
        None => format!("--{option} is no option"),
    }
}
