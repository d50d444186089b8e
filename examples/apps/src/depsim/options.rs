use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lexopt::prelude::*;

use crate::thousands::thousands;

/// The most that `--devices` takes.
const MOST_DEVICES: usize = 500_000;

pub(super) const HELP: &str = "\
A simulated Apple device enrollment service over HTTP, to test an MDM against. A page in the browser shows what was called.

Usage: depsim [--listen ADDRESS] [--devices N] [--seed N] [--scenario FILE] [--token-out FILE]
              [--cert CERT.pem --p7m-out FILE] [--quoted-errors]

  --listen ADDRESS   where to listen [default: 127.0.0.1:0, which takes a free port]
  --devices N        how many devices the MDM server has at the start, up to 500,000 [default: 25]; with a scenario, so many
                     besides its own [default: 0]
  --seed N           another seed, other devices [default: 1]
  --scenario FILE    starts from a scenario (see apple_ade::simulator::Scenario), now unless it says when; or from a world that
                     GET /_sim/world gave
  --token-out FILE   writes the server token as plain JSON; only its owner may read the file
  --cert CERT.pem    the MDM's certificate, for which the server token file is encrypted
  --p7m-out FILE     where that file goes
  --quoted-errors    error words in double quotes, as Apple's old simulator sent them
  --allow-remote     allows an address that other machines can reach
  --allow-host NAME  allows the page and /_sim to be called by this name; may be given many times
  --help             this text

When it listens, it prints one line of JSON with its base_url, and serves until it is killed. The page is at that URL, a list of
the calls that control it at /_sim. Time follows the system's clock, and can be turned. A client that signs with the system's
time is refused while the clock is turned by more than timestamp_window (300 seconds, PATCH /_sim/settings); so it is after many
changes by /_sim/churn, each of which turns the clock by a minute. {\"ahead_seconds\": 0} to /_sim/clock turns it back.

A fault's retry_after, in a scenario and at /_sim/faults, is {\"seconds\": 30}, or {\"date\": 30} for an HTTP date so far ahead.

Exit status: 0 help was asked for, 1 an error, 2 wrong usage.";

/// The arguments of `depsim`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How many devices the first server has.
    pub devices: Option<usize>,
    /// What all chance comes from.
    pub seed: Option<u64>,
    /// A stored world to start from.
    pub scenario: Option<PathBuf>,
    /// Where the plain server token goes.
    pub token_out: Option<PathBuf>,
    /// A certificate, and where the token file that is encrypted for it goes.
    pub token_file: Option<(PathBuf, PathBuf)>,
    /// Whether error words come in double quotes.
    pub quoted_errors: bool,
    /// Names by which the control interface may be called.
    pub hosts: Vec<String>,
}

/// Arguments that make no sense, and what would.
#[derive(Debug)]
pub struct UsageError(String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

impl From<lexopt::Error> for UsageError {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}

impl Options {
    /// Reads arguments; `None` when help was asked for.
    ///
    /// # Errors
    ///
    /// When one is unknown, lacks its value, has a wrong one, or does not go with the others.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, UsageError> {
        let mut options = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            devices: None,
            seed: None,
            scenario: None,
            token_out: None,
            token_file: None,
            quoted_errors: false,
            hosts: Vec::new(),
        };
        let (mut certificate, mut p7m, mut remote) = (None, None, false);
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("listen") => options.listen = address(&parser.value()?)?,
                Long("devices") => options.devices = Some(number("--devices", &parser.value()?, MOST_DEVICES)?),
                Long("seed") => options.seed = Some(number("--seed", &parser.value()?, u64::MAX)?),
                Long("scenario") => options.scenario = Some(file("--scenario", parser.value()?)?),
                Long("token-out") => options.token_out = Some(file("--token-out", parser.value()?)?),
                Long("cert") => certificate = Some(file("--cert", parser.value()?)?),
                Long("p7m-out") => p7m = Some(file("--p7m-out", parser.value()?)?),
                Long("quoted-errors") => options.quoted_errors = true,
                Long("allow-remote") => remote = true,
                Long("allow-host") => options.hosts.push(host(&parser.value()?)?),
                Long("help") | Short('h') => return Ok(None),
                _ => return Err(argument.unexpected().into()),
            }
        }
        if !options.listen.ip().is_loopback() && !remote {
            return Err(UsageError(format!(
                "--listen {}: other machines could reach this address, and whoever reaches depsim gets server tokens from it; \
                 listen on 127.0.0.1, or add --allow-remote",
                options.listen
            )));
        }
        let files = [
            ("--scenario", &options.scenario),
            ("--cert", &certificate),
            ("--p7m-out", &p7m),
            ("--token-out", &options.token_out),
        ];
        let files: Vec<_> =
            files.into_iter().filter_map(|(option, path)| Some((option, place(path.as_ref()?)))).collect();
        for (i, (option, path)) in files.iter().enumerate() {
            if let Some((other, _)) = files.iter().take(i).find(|(_, other)| other == path) {
                return Err(UsageError(format!("{option} and {other} name the same file; name another for {option}")));
            }
        }
        options.token_file = match (certificate, p7m) {
            (None, None) => None,
            (Some(certificate), Some(p7m)) => Some((certificate, p7m)),
            (Some(_), None) => {
                return Err(UsageError("--cert: add --p7m-out FILE, where the token file goes".to_owned()));
            }
            (None, Some(_)) => {
                return Err(UsageError("--p7m-out: add --cert CERT.pem, for which it is encrypted".to_owned()));
            }
        };
        Ok(Some(options))
    }
}

/// An address and a port; the name `localhost` stands for 127.0.0.1.
fn address(value: &OsStr) -> Result<SocketAddr, UsageError> {
    let text = value.to_string_lossy();
    let numeric = text.strip_prefix("localhost:").map_or_else(|| text.to_string(), |port| format!("127.0.0.1:{port}"));
    numeric.parse().map_err(|_| {
        UsageError(format!("--listen {text:?}: an address and a port are wanted, as 127.0.0.1:8080 or [::1]:0"))
    })
}

fn number<T>(option: &str, value: &OsStr, most: T) -> Result<T, UsageError>
where
    T: FromStr + PartialOrd + ToString + Copy,
{
    let number = value.to_str().and_then(|text| text.parse().ok()).filter(|number| *number <= most);
    number.ok_or_else(|| {
        let (found, most) = (value.to_string_lossy(), thousands(most));
        UsageError(format!("{option} {found:?}: a whole number from 0 to {most} is wanted"))
    })
}

fn file(option: &str, value: OsString) -> Result<PathBuf, UsageError> {
    if value.is_empty() { Err(UsageError(format!("{option} is empty: name a file"))) } else { Ok(value.into()) }
}

/// The name of a host, without anything around it.
fn host(value: &OsStr) -> Result<String, UsageError> {
    let is_name = |host: &&str| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
    };
    value.to_str().filter(is_name).map(str::to_owned).ok_or_else(|| {
        let found = value.to_string_lossy();
        UsageError(format!("--allow-host {found:?}: give a name without scheme and port, as sim.example.com"))
    })
}

/// Where a file is, however its path is spelled. One that is not there yet is in its folder.
fn place(path: &Path) -> PathBuf {
    if let Ok(place) = path.canonicalize() {
        return place;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{HELP, Options};
    use crate::thousands::thousands;

    fn read(arguments: &[&str]) -> Result<Option<Options>, String> {
        Options::read(arguments.iter().map(Into::into)).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_are_read() {
        let options = read(&["--listen=localhost:8080", "--devices", "7", "--quoted-errors"]).unwrap().unwrap();
        assert_eq!((options.listen.to_string().as_str(), options.devices), ("127.0.0.1:8080", Some(7)));
        assert!(options.quoted_errors);
        assert_eq!(read(&["--seed", "2", "-h"]), Ok(None));
        assert!(read(&["--listen", "0.0.0.0:80", "--allow-remote"]).is_ok());
        assert!(read(&["--listen", "[::1]:0"]).is_ok());
        let hosts = read(&["--allow-host", "my_sim", "--allow-host", "sim-1.example.com"]).unwrap().unwrap().hosts;
        assert_eq!(hosts, ["my_sim", "sim-1.example.com"]);
        assert!(read(&["--cert", "x", "--p7m-out", "y", "--token-out", "z", "--scenario", "w"]).is_ok());
    }

    #[test]
    fn wrong_usage_is_named_with_its_fix() {
        for (arguments, word) in [
            (&["--listen", "0.0.0.0:80"][..], "--allow-remote"),
            (&["--listen", "192.168.1.2:80"], "--allow-remote"),
            (&["--listen", "8080"], "127.0.0.1:8080"),
            (&["--devices", "500001"], "--devices \"500001\": a whole number from 0 to 500,000 is wanted"),
            (&["--devices", "many"], "--devices \"many\": a whole number"),
            (&["--seed", "-1"], "--seed \"-1\": a whole number from 0 to 18,446,744,073,709,551,615"),
            (&["--allow-host", "http://sim.example.com"], "--allow-host \"http://sim.example.com\": give a name"),
            (&["--allow-host", "sim.example.com:80"], "without scheme and port"),
            (&["--allow-host", ""], "--allow-host \"\": "),
            (&["--token-out", ""], "--token-out is empty: name a file"),
            (&["--scenario="], "--scenario is empty: name a file"),
            (&["--cert", "x.pem", "--p7m-out", "./x.pem"], "--p7m-out and --cert name the same file"),
            (&["--scenario", "x.json", "--token-out", "x.json"], "--token-out and --scenario name the same file"),
            (
                &["--cert", "x", "--p7m-out", "y", "--token-out", "src/../y"],
                "--token-out and --p7m-out name the same file",
            ),
            (&["--cert", "a.pem"], "--p7m-out"),
            (&["--p7m-out", "a.p7m"], "--cert"),
            (&["--port", "80"], "--port"),
            (&["8080"], "8080"),
        ] {
            let error = read(arguments).unwrap_err();
            assert!(error.contains(word), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn help_tells_the_bound() {
        assert!(HELP.contains(&thousands(super::MOST_DEVICES)));
    }
}
