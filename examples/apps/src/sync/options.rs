use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use chrono::TimeDelta;
use lexopt::prelude::*;

use super::job::PATIENCE;
use crate::thousands::thousands;

/// The most that `--devices` takes.
const MOST_DEVICES: usize = 500_000;

pub(super) const HELP: &str = "\
Keeps a database of devices equal to Apple's list: all devices first, then what changes. Devices and
the place in Apple's list are stored together; end it in any way, run it again, and it goes on.

Usage: sync --token TOKEN.json --db FILE [--base-url URL] [--once] [--patience SECONDS]
            [--assign PROFILE.json]
       sync [--devices N]

  --token FILE     the server token as JSON; `server_token` makes it of Apple's .p7m
  --db FILE        the SQLite database; made if it is not there, and left alone if it is another's
  --base-url URL   another service than Apple's: a simulator, or your proxy
  --once           ends when what is due is done, and not before; else it waits for the next time
  --patience N     how many seconds --once waits for Apple at most, up to 3,600 [default: 120]
  --assign FILE    a profile in Apple's JSON: judged, defined, and given to devices without one, by
                   a plan that is shown; devices to which it would do harm are left out, and named
  --devices N      how many devices the simulated Apple has, up to 500,000 [default: 20,000]
  --help           this text

Without --token and --db it shows itself: a simulated Apple on loopback, a database in a temporary
folder, all devices, some changes, a second sync. A device that leaves stays in the database for 30
days, with the time at which it left. Ctrl-C ends it between two steps.

The last line says how many devices of the server the database has, and how many are not in it of
those that it should have: `stored 20,000 devices, 0 lost`.

Exit status: 0 done, 1 refused or failed, 2 wrong usage.";

/// The arguments of `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Options {
    /// To show itself.
    Demo {
        /// How many devices there are.
        devices: usize,
    },
    /// To work.
    Sync(Sync),
}

/// What to work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sync {
    pub(super) token: PathBuf,
    pub(super) db: PathBuf,
    /// `None` for Apple's.
    pub(super) base_url: Option<String>,
    pub(super) once: bool,
    /// How long a wait may be that `--once` sits out.
    pub(super) patience: TimeDelta,
    pub(super) assign: Option<PathBuf>,
}

impl Options {
    /// Reads arguments; `None` when help was asked for.
    pub(super) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, String> {
        let (mut token, mut db, mut base_url, mut assign, mut devices) = (None, None, None, None, None);
        let (mut once, mut patience) = (false, None);
        let mut parser = lexopt::Parser::from_args(arguments);
        let said = |error: lexopt::Error| error.to_string();
        while let Some(argument) = parser.next().map_err(said)? {
            match argument {
                Long("token") => token = Some(file("--token", parser.value().map_err(said)?)?),
                Long("db") => db = Some(file("--db", parser.value().map_err(said)?)?),
                Long("assign") => assign = Some(file("--assign", parser.value().map_err(said)?)?),
                Long("base-url") => base_url = Some(parser.value().map_err(said)?.string().map_err(said)?),
                Long("once") => once = true,
                Long("patience") => patience = Some(seconds(&parser.value().map_err(said)?)?),
                Long("devices") => {
                    let value = parser.value().map_err(said)?;
                    let number = value.to_str().and_then(|text| text.parse().ok());
                    let (found, most) = (value.to_string_lossy(), thousands(MOST_DEVICES));
                    devices =
                        Some(number.filter(|number| *number <= MOST_DEVICES).ok_or_else(|| {
                            format!("--devices {found:?}: a whole number from 0 to {most} is wanted")
                        })?);
                }
                Long("help") | Short('h') => return Ok(None),
                _ => return Err(argument.unexpected().to_string()),
            }
        }
        match (token, db) {
            (Some(token), Some(db)) => {
                if devices.is_some() {
                    return Err(
                        "--devices is for the simulated Apple: leave it out, or leave out --token and --db".into()
                    );
                }
                if token == db || assign.as_ref() == Some(&db) {
                    return Err("--db names the same file as another option; name a file of its own".into());
                }
                if patience.is_some() && !once {
                    return Err("--patience is for --once: add it, or leave both out".into());
                }
                let patience = patience.unwrap_or(PATIENCE);
                Ok(Some(Self::Sync(Sync { token, db, base_url, once, patience, assign })))
            }
            (Some(_), None) => Err("--token: add --db FILE, where devices are stored".into()),
            (None, Some(_)) => Err("--db: add --token TOKEN.json, the server token".into()),
            (None, None) if base_url.is_some() || once || patience.is_some() || assign.is_some() => {
                Err("add --token TOKEN.json and --db FILE; without them it shows itself, and takes --devices alone"
                    .into())
            }
            (None, None) => Ok(Some(Self::Demo { devices: devices.unwrap_or(20_000) })),
        }
    }
}

fn file(option: &str, value: OsString) -> Result<PathBuf, String> {
    if value.is_empty() { Err(format!("{option} is empty: name a file")) } else { Ok(value.into()) }
}

fn seconds(value: &OsStr) -> Result<TimeDelta, String> {
    let number = value.to_str().and_then(|text| text.parse().ok()).filter(|number| (0..=3600).contains(number));
    number
        .map(TimeDelta::seconds)
        .ok_or_else(|| format!("--patience {:?}: a whole number from 0 to 3,600 is wanted", value.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{HELP, Options, Sync};
    use crate::thousands::thousands;

    fn read(arguments: &[&str]) -> Result<Option<Options>, String> {
        Options::read(arguments.iter().map(Into::into))
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(read(&[]), Ok(Some(Options::Demo { devices: 20_000 })));
        assert_eq!(read(&["--devices=7"]), Ok(Some(Options::Demo { devices: 7 })));
        assert_eq!(read(&["--once", "-h"]), Ok(None));
        let work = Sync {
            token: "t.json".into(),
            db: "d".into(),
            base_url: Some("http://127.0.0.1:1".to_owned()),
            once: true,
            patience: TimeDelta::minutes(2),
            assign: Some("p.json".into()),
        };
        let line = "--once --db d --base-url http://127.0.0.1:1 --token t.json --assign=p.json";
        assert_eq!(read(&line.split(' ').collect::<Vec<_>>()), Ok(Some(Options::Sync(work.clone()))));
        let work = Sync { patience: TimeDelta::seconds(7), ..work };
        let line = format!("{line} --patience 7");
        assert_eq!(read(&line.split(' ').collect::<Vec<_>>()), Ok(Some(Options::Sync(work))));
    }

    #[test]
    fn wrong_usage_is_named_with_its_fix() {
        for (arguments, word) in [
            (&["--token", "t"][..], "add --db FILE"),
            (&["--db", "d"], "add --token TOKEN.json"),
            (&["--once"], "add --token TOKEN.json and --db FILE"),
            (&["--base-url", "http://localhost"], "add --token TOKEN.json and --db FILE"),
            (&["--token", "t", "--db", "t"], "--db names the same file"),
            (&["--token", "t", "--db", "p", "--assign", "p"], "--db names the same file"),
            (&["--token=", "--db", "d"], "--token is empty"),
            (&["--token", "t", "--db", "d", "--devices", "1"], "--devices is for the simulated Apple"),
            (&["--token", "t", "--db", "d", "--patience", "1"], "--patience is for --once"),
            (&["--token", "t", "--db", "d", "--once", "--patience", "3601"], "from 0 to 3,600"),
            (&["--devices", "500001"], "from 0 to 500,000"),
            (&["--devices", "-1"], "\"-1\""),
            (&["--verbose"], "--verbose"),
            (&["devices.db"], "devices.db"),
        ] {
            let error = read(arguments).unwrap_err();
            assert!(error.contains(word), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn help_tells_the_bounds_in_a_hundred_columns() {
        assert!(HELP.contains(&thousands(super::MOST_DEVICES)) && HELP.contains("[default: 20,000]"));
        assert!(HELP.lines().all(|line| line.chars().count() <= 100));
    }
}
