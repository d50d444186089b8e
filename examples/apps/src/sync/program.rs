use std::error::Error as StdError;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use apple_ade::error::{BoxError, Error};
use chrono::{DateTime, Utc};

use super::console::Console;
use super::demo;
use super::options::{HELP, Options, Sync};
use super::stop::Stop;
use super::token::{client, read_token};
use super::wanted::Wanted;
use super::work::Work;
use crate::begin;
use crate::store::{Sqlite, Store};
use crate::thousands::thousands;

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let options = match begin::arguments("sync", HELP, Options::read(std::env::args_os().skip(1))) {
        Ok(options) => options,
        Err(code) => return code,
    };
    let console = Console::new("sync");
    let done = match options {
        Options::Demo { devices } => demo::show(devices, &console),
        Options::Sync(options) => work(&options, &console),
    };
    ended(&console, done)
}

/// The exit code, and on standard error why it is none of success.
pub(super) fn ended(console: &Console, done: Result<(), BoxError>) -> ExitCode {
    let Err(error) = done else { return ExitCode::SUCCESS };
    // Whoever reads the output may stop reading.
    let is_cut_off = error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
    if !is_cut_off {
        let advice = error.downcast_ref::<Error>().map(Error::advice);
        let advice = advice.map_or_else(String::new, |advice| format!("\nhint: {advice}"));
        console.remark(format_args!("{}{advice}", explained(&*error)));
    }
    ExitCode::FAILURE
}

/// The error, and its causes as far as they say something new.
pub(super) fn explained(error: &(dyn StdError + Send + std::marker::Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = error.source();
    }
    text
}

fn work(options: &Sync, console: &Console) -> Result<(), BoxError> {
    // What can be wrong with the arguments is told before anything is opened or called.
    let token = read_token(&options.token)?;
    let wanted = options.assign.as_ref().map(|path| Wanted::read(path, console)).transpose()?;
    let stop = Stop::listen()?;
    let identity = token.identity().to_string();
    let ade = client(token, options.base_url.as_deref(), TIMEOUT)?;
    let store = Store::new(Sqlite::open(&options.db).map_err(|error| format!("--db {error}"))?);
    let mut work = Work::new(store, &identity, ade, stop, console);
    let ended = work.until_done(wanted.as_ref(), options.once.then_some(options.patience));
    // Whatever came of it, what is stored is stored.
    let counts = work.store.counts(&identity)?;
    let lost = work.seen.difference(&work.store.serials(&identity)?).count();
    match ended {
        Ok(true) => {}
        Ok(false) if options.once => {
            let present = thousands(counts.present);
            return Err(format!(
                "ended before all was done; {present} devices are stored: run it again, and it goes on"
            )
            .into());
        }
        Ok(false) => console.remark("ended as asked"),
        Err(error) => {
            console.remark(format_args!("{} devices are stored", thousands(counts.present)));
            return Err(error);
        }
    }
    work.departures()?;
    console.end(counts.present, lost)?;
    if lost == 0 { Ok(()) } else { Err("the database does not have every device that Apple listed".into()) }
}

/// A time, to the second.
pub(super) fn short(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
