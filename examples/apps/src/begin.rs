//! How every program begins: its arguments, its help, and whether there may be colour.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use apple_ade::error::BoxError;

/// The arguments that were read; or, where there is nothing to do but to help or to name what is wrong, the exit code after that.
pub(crate) fn arguments<O, E: Display>(name: &str, help: &str, read: Result<Option<O>, E>) -> Result<O, ExitCode> {
    match read {
        Ok(Some(options)) => Ok(options),
        Ok(None) => {
            let written = writeln!(io::stdout(), "{help}");
            Err(if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(error) => {
            // Where standard error is closed, the exit code has to say it all.
            drop(writeln!(io::stderr(), "{name}: {error}\nTry --help."));
            Err(ExitCode::from(2))
        }
    }
}

/// Whether standard output is a terminal on which colour is wanted.
pub(crate) fn is_coloured() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether somebody has stopped reading the output, which is nothing to be told.
pub(crate) fn is_cut_off(error: &BoxError) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
