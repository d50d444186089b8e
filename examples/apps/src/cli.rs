use std::error::Error as StdError;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use apple_ade::Stamp;
use apple_ade::assign::AssignError;
use apple_ade::error::{BoxError, Error};
use apple_ade::simulator::{Simulator, World};
use lexopt::prelude::*;

use crate::begin;
use crate::thousands::thousands;
use crate::walk::Walk;

/// The most that `--devices` takes.
pub const MOST_DEVICES: usize = 100_000;

/// The arguments of a walk through the main job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What all chance in the simulated service comes from.
    pub seed: u64,
    /// How many devices the server has.
    pub devices: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, devices: 2500 }
    }
}

impl Options {
    /// A school with devices of which some make trouble, at the present time.
    pub fn school(&self) -> Simulator {
        let school = World::builder()
            .seed(self.seed)
            .now(Stamp::from_system().now())
            .org_name("Example School")
            .devices(self.devices)
            .share_not_accessible(12)
            .share_failing(4);
        Simulator::new(school.build())
    }

    /// Reads arguments; `None` when help was asked for.
    fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("devices") => {
                    let devices = parser.value()?;
                    options.devices = devices.parse()?;
                    if options.devices > MOST_DEVICES {
                        let problem = format!("{} devices at most", thousands(MOST_DEVICES));
                        return Err(lexopt::Error::ParsingFailed {
                            value: devices.to_string_lossy().into(),
                            error: problem.into(),
                        });
                    }
                }
                Long("help") | Short('h') => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

/// Runs a walk as a program: its arguments, its errors, its exit code (0 done, 1 refused or failed, 2 wrong usage).
pub fn run(
    name: &str,
    about: &str,
    walk: impl FnOnce(Options, &mut Walk<io::Stdout>) -> Result<(), BoxError>,
) -> ExitCode {
    let help = format!(
        "{about}\n\nUsage: {name} [--seed N] [--devices N]\n\n  \
         --seed N     another school: other devices, other outcomes (default 1)\n  \
         --devices N  how many devices it has, up to {} (default 2,500)\n  \
         --help       this text",
        thousands(MOST_DEVICES)
    );
    let options = match begin::arguments(name, &help, Options::read(std::env::args_os().skip(1))) {
        Ok(options) => options,
        Err(code) => return code,
    };
    match walk(options, &mut Walk::new(io::stdout(), begin::is_coloured())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !begin::is_cut_off(&error) {
                drop(writeln!(io::stderr(), "{name}: {}", explain(&*error)));
            }
            ExitCode::FAILURE
        }
    }
}

/// The error, its causes as far as they say something new, and what to do about it.
fn explain(error: &(dyn StdError + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = error.source();
    }
    let call =
        error.downcast_ref::<Error>().or(error.downcast_ref::<AssignError>().map(|broken_off| &broken_off.error));
    match call {
        Some(call) => format!("{text}\nhint: {}", call.advice()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, explain};
    use apple_ade::error::{Error, TransportError};

    fn read(arguments: &[&str]) -> Result<Option<Options>, String> {
        Options::read(arguments.iter().map(Into::into)).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(read(&[]), Ok(Some(Options { seed: 1, devices: 2500 })));
        assert_eq!(
            read(&["--devices=0", "--seed", "18446744073709551615"]),
            Ok(Some(Options { seed: u64::MAX, devices: 0 }))
        );
        assert_eq!(read(&["--seed", "2", "-h"]), Ok(None));
    }

    #[test]
    fn wrong_usage_is_named() {
        for (arguments, word) in [
            (&["--seed"][..], "--seed"),
            (&["--seed", "-1"], "-1"),
            (&["--devices", "100001"], "100,000 devices at most"),
            (&["--verbose"], "--verbose"),
            (&["2500"], "2500"),
        ] {
            let error = read(arguments).unwrap_err();
            assert!(error.contains(word), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn a_cause_is_told_once_and_advice_follows() {
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "refused");
        let text = explain(&Error::from(TransportError::new(refused)));
        assert_eq!(text.matches("refused").count(), 1, "{text}");
        assert!(text.contains("\nhint: "), "{text}");
    }
}
