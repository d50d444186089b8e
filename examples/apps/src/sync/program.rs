use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use apple_ade::blocking::Client;
use apple_ade::error::{BoxError, Error};
use apple_ade::sync::{Kind, Trigger, Why};
use chrono::{DateTime, TimeDelta, Utc};

use super::console::Console;
use super::demo;
use super::job::{Job, Rest, ask, resume};
use super::options::{HELP, Options, Sync};
use super::stop::Stop;
use super::token::{client, read_token};
use super::wanted::Wanted;
use crate::store::{Database, Lease, Sqlite, Store};
use crate::thousands::thousands;

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longer than a call.
pub(super) const LEASE: TimeDelta = TimeDelta::minutes(5);

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let options = match Options::read(std::env::args_os().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            let written = writeln!(io::stdout(), "{HELP}");
            return if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        Err(error) => {
            drop(writeln!(io::stderr(), "sync: {error}\nTry --help."));
            return ExitCode::from(2);
        }
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
    let ended = work.until_done(wanted.as_ref(), options.once);
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

/// The work on one token, in a database with one process.
pub(super) struct Work<'w, D> {
    pub(super) store: Store<D>,
    /// The devices that came and did not leave again.
    pub(super) seen: BTreeSet<String>,
    token: String,
    ade: Client,
    stop: Stop,
    console: &'w Console,
}

impl<'w, D: Database> Work<'w, D> {
    pub(super) fn new(store: Store<D>, token: &str, ade: Client, stop: Stop, console: &'w Console) -> Self {
        Self { store, seen: BTreeSet::new(), token: token.to_owned(), ade, stop, console }
    }

    /// Goes on from what is stored: syncs and assigns until there is nothing to do, or for ever. Says whether it was done.
    pub(super) fn until_done(&mut self, wanted: Option<&Wanted>, once: bool) -> Result<bool, BoxError> {
        // A process that was killed has not given it back; one that is still there ends at its next commit.
        let lease = self.store.take_over(&self.token, &format!("process {}", std::process::id()), LEASE)?;
        let mut sync = resume(&mut self.store, &self.token)?;
        ask(&mut sync, self.store.now()?, self.console);
        loop {
            let mut job = Job {
                store: &mut self.store,
                ade: &self.ade,
                lease: &lease,
                stop: &self.stop,
                console: self.console,
                seen: &mut self.seen,
            };
            let mut rest = job.run(&mut sync)?;
            if let (Rest::Until(_, Why::NothingDue), Some(wanted)) = (rest, wanted) {
                match job.assign(wanted) {
                    Ok(pass) if pass.assigned > 0 => {
                        // What Apple has now is read back, and stored.
                        sync.ask(Kind::Delta, Trigger::Manual, job.store.now()?);
                        rest = job.run(&mut sync)?;
                    }
                    Ok(_) => {}
                    Err(error) if once => return Err(error),
                    Err(error) => self.console.remark(explained(&*error)),
                }
            }
            let (until, why) = match rest {
                Rest::Stopped => return self.give_back(&lease, rest).map(|()| false),
                Rest::Until(until, why) => (until, why),
            };
            let now = self.store.now()?;
            if once && (rest.is_hopeless(now) || why == Why::NothingDue) {
                self.give_back(&lease, rest)?;
                if why == Why::NothingDue {
                    return Ok(!self.stop.is_set());
                }
                return Err(format!("nothing can be done before {}: {why}", short(until)).into());
            }
            self.console.idle(format_args!("nothing to do before {}: {why}", short(until)));
            let wait = (until - now).to_std().unwrap_or_default();
            if self.stop.wait(wait) {
                self.give_back(&lease, rest)?;
                return Ok(false);
            }
            self.store.renew(&lease)?;
        }
    }

    fn give_back(&mut self, lease: &Lease, rest: Rest) -> Result<(), BoxError> {
        let (due, why) = rest.due(self.store.now()?);
        Ok(self.store.release(lease, due, &why)?)
    }

    /// The devices that left last.
    pub(super) fn departures(&mut self) -> Result<(), BoxError> {
        const SHOWN: u32 = 3;
        let gone = self.store.removed(&self.token, SHOWN)?;
        let gone: Vec<String> =
            gone.iter().map(|(serial, at)| format!("{serial} on {}", at.format("%Y-%m-%d"))).collect();
        if !gone.is_empty() {
            self.console.line("left", format_args!("last {}", gone.join(", ")))?;
        }
        Ok(())
    }
}

/// A time, to the second.
pub(super) fn short(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
