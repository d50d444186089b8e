use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use lexopt::prelude::*;

pub(super) const HELP: &str = "\
One of several workers that keep a PostgreSQL database of devices equal to Apple's lists, for any
number of server tokens. Each worker takes whichever token is due and held by nobody, for a while
that it renews; the tokens of a worker that dies are taken by the others when that while is over.

Usage: sync_postgres --token TOKEN.json... [--database URL] [--base-url URL] [--once]
                     [--worker NAME] [--lease-seconds N]

  --token FILE       a server token as JSON; may be given many times. Give all workers the same ones
  --database URL     as postgresql://user@host/name, or as host=/run/postgresql user=mdm; else the
                     variable DATABASE_URL, where a password is not seen by others on this machine
  --base-url URL     another service than Apple's: a simulator, or your proxy
  --once             ends when nothing is due for any token, and no worker is at work
  --worker NAME      how this worker is called in the database [default: its process]
  --lease-seconds N  for how long a token is taken, from 2 to 3,600 [default: 120]
  --help             this text

The connection to the database is not encrypted: use a socket, loopback, or a tunnel. Ctrl-C ends a
worker between two steps, and gives its token back. The last line counts the devices of all tokens.

Exit status: 0 done, 1 refused or failed, 2 wrong usage.";

/// The arguments of `sync_postgres`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct WorkerOptions {
    pub(super) tokens: Vec<PathBuf>,
    /// May hold a password.
    pub(super) database: String,
    pub(super) base_url: Option<String>,
    pub(super) once: bool,
    pub(super) worker: String,
    pub(super) lease_seconds: u16,
}

impl WorkerOptions {
    /// Reads arguments; `None` when help was asked for.
    pub(super) fn read(
        arguments: impl IntoIterator<Item = OsString>,
        environment: Option<String>,
    ) -> Result<Option<Self>, String> {
        let mut options = Self {
            tokens: Vec::new(),
            database: environment.unwrap_or_default(),
            base_url: None,
            once: false,
            worker: format!("process {}", std::process::id()),
            lease_seconds: 120,
        };
        let mut parser = lexopt::Parser::from_args(arguments);
        let said = |error: lexopt::Error| error.to_string();
        while let Some(argument) = parser.next().map_err(said)? {
            match argument {
                Long("token") => options.tokens.push(parser.value().map_err(said)?.into()),
                Long("database") => options.database = parser.value().map_err(said)?.string().map_err(said)?,
                Long("base-url") => options.base_url = Some(parser.value().map_err(said)?.string().map_err(said)?),
                Long("worker") => options.worker = parser.value().map_err(said)?.string().map_err(said)?,
                Long("once") => options.once = true,
                Long("lease-seconds") => options.lease_seconds = seconds(&parser.value().map_err(said)?)?,
                Long("help") | Short('h') => return Ok(None),
                _ => return Err(argument.unexpected().to_string()),
            }
        }
        if options.tokens.is_empty() {
            return Err("add --token TOKEN.json, at least once".into());
        }
        if options.database.is_empty() {
            return Err("add --database URL, or set DATABASE_URL".into());
        }
        Ok(Some(options))
    }
}

fn seconds(value: &OsStr) -> Result<u16, String> {
    let number = value.to_str().and_then(|text| text.parse().ok()).filter(|number| (2..=3600).contains(number));
    number.ok_or_else(|| {
        format!("--lease-seconds {:?}: a whole number from 2 to 3,600 is wanted", value.to_string_lossy())
    })
}

#[cfg(test)]
mod tests {
    use super::{HELP, WorkerOptions};

    fn read(arguments: &[&str], environment: Option<&str>) -> Result<Option<WorkerOptions>, String> {
        WorkerOptions::read(arguments.iter().map(Into::into), environment.map(str::to_owned))
    }

    #[test]
    fn arguments_are_read() {
        let options = read(&["--token", "a", "--token=b", "--once"], Some("host=/run")).ok().flatten().unwrap();
        assert_eq!((options.tokens.len(), options.database.as_str(), options.once), (2, "host=/run", true));
        let options = read(&["--token", "a", "--database", "host=x"], Some("host=/run")).ok().flatten().unwrap();
        assert_eq!((options.database.as_str(), options.lease_seconds), ("host=x", 120));
        assert!(matches!(read(&["-h"], None), Ok(None)));
        assert!(HELP.lines().all(|line| line.chars().count() <= 100));
    }

    #[test]
    fn wrong_usage_is_named_with_its_fix() {
        for (arguments, word) in [
            (&["--database", "host=x"][..], "add --token"),
            (&["--token", "a"], "DATABASE_URL"),
            (&["--token", "a", "--lease-seconds", "1"], "from 2 to 3,600"),
            (&["--assign", "p"], "--assign"),
        ] {
            let error = read(arguments, None).err().unwrap();
            assert!(error.contains(word), "{arguments:?}: {error}");
        }
    }
}
