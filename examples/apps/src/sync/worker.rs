use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;

use apple_ade::blocking::Client;
use apple_ade::error::BoxError;
use apple_ade::sync::Why;
use chrono::TimeDelta;

use super::console::Console;
use super::job::{Job, PATIENCE, Rest, resume};
use super::program::{ended, explained, short};
use super::stop::Stop;
use super::token::{client, read_token};
use super::worker_options::{HELP, WorkerOptions};
use crate::begin;
use crate::store::{Lease, Postgres, Store, StoreError};

/// How often a worker looks for work when there is none.
const LOOK: Duration = Duration::from_millis(500);

/// How long a token is left alone with which a worker could not go on.
const AFTER_FAILURE: TimeDelta = TimeDelta::minutes(10);
/// Why, in the store.
const BROKEN: &str = "broken";

/// Runs `sync_postgres` with the arguments of the process.
pub fn run_worker() -> ExitCode {
    let read = WorkerOptions::read(std::env::args_os().skip(1), std::env::var("DATABASE_URL").ok());
    let options = match begin::arguments("sync_postgres", HELP, read) {
        Ok(options) => options,
        Err(code) => return code,
    };
    let console = Console::new("sync_postgres");
    let done = work(&options, &console);
    ended(&console, done)
}

fn work(options: &WorkerOptions, console: &Console) -> Result<(), BoxError> {
    let length = Duration::from_secs(options.lease_seconds.into());
    let mut mine = BTreeMap::new();
    for path in &options.tokens {
        let token = read_token(path)?;
        let identity = token.identity().to_string();
        // A call is over before its lease.
        let ade = client(token, options.base_url.as_deref(), (length / 2).min(Duration::from_secs(60)))?;
        if mine.insert(identity, ade).is_some() {
            return Err(format!("--token {}: another file holds a token of the same server", path.display()).into());
        }
    }
    let stop = Stop::listen()?;
    let mut store = Store::new(Postgres::connect(&options.database)?);
    mine.keys().try_for_each(|token| store.register(token))?;
    let mut worker = Worker { store, mine, options, stop: &stop, console, lost: 0 };
    while !stop.is_set() && (worker.turn()? || !stop.wait(LOOK)) {
        if options.once && worker.is_done()? {
            break;
        }
    }
    let Worker { mut store, mine, lost, .. } = worker;
    let mut present = 0;
    for token in mine.keys() {
        present += store.counts(token)?.present;
    }
    if stop.is_set() && options.once {
        return Err("ended before all was done; the other workers go on".into());
    }
    console.end(present, lost)?;
    if lost == 0 { Ok(()) } else { Err("the database does not have every device that Apple listed".into()) }
}

struct Worker<'w> {
    store: Store<Postgres>,
    mine: BTreeMap<String, Client>,
    options: &'w WorkerOptions,
    stop: &'w Stop,
    console: &'w Console,
    lost: usize,
}

impl Worker<'_> {
    /// Takes a token that is due, and works for it until there is nothing to do. Says whether there was one.
    fn turn(&mut self) -> Result<bool, BoxError> {
        let tokens: Vec<&str> = self.mine.keys().map(String::as_str).collect();
        let length = TimeDelta::seconds(self.options.lease_seconds.into());
        let Some(lease) = self.store.take_due(&tokens, &self.options.worker, length)? else { return Ok(false) };
        let short: String = lease.token().chars().take(8).collect();
        self.console.line("token", format_args!("{short}… taken by {}", self.options.worker))?;
        let Err(error) = self.work(&lease) else { return Ok(true) };
        match error.downcast_ref() {
            // Somebody else goes on from what is stored.
            Some(StoreError::LeaseLost) => self.console.remark(format_args!("token {short}…: {error}")),
            // Nothing can be stored for any token.
            Some(StoreError::Database(_)) => return Err(error),
            // One token must not keep the others from their turn.
            _ => {
                self.console.remark(format_args!("token {short}…: {}", explained(&*error)));
                let due = self.store.now()? + AFTER_FAILURE;
                self.store.release(&lease, due, BROKEN)?;
            }
        }
        Ok(true)
    }

    fn work(&mut self, lease: &Lease) -> Result<(), BoxError> {
        let Some(ade) = self.mine.get(lease.token()) else { return Ok(()) };
        let mut sync = resume(&mut self.store, lease.token())?;
        let mut seen = BTreeSet::new();
        let (stop, console) = (self.stop, self.console);
        let mut job = Job { store: &mut self.store, ade, lease, stop, console, seen: &mut seen };
        let rest = job.run(&mut sync)?;
        let (due, why) = rest.due(self.store.now()?);
        // As long as nobody else can change it.
        if !seen.is_empty() {
            self.lost += seen.difference(&self.store.serials(lease.token())?).count();
        }
        Ok(self.store.release(lease, due, &why)?)
    }

    /// Whether nothing is due and nobody at work. Then a token for which nothing can be done for long is an error.
    fn is_done(&mut self) -> Result<bool, BoxError> {
        let tokens: Vec<&str> = self.mine.keys().map(String::as_str).collect();
        let resting = self.store.resting(&tokens)?;
        if resting.len() < tokens.len() {
            return Ok(false);
        }
        if resting.iter().any(|(_, why)| why == BROKEN) {
            return Err("a token's sync cannot go on; the worker that had it says why".into());
        }
        let now = self.store.now()?;
        let resting: Vec<Rest> = resting.iter().filter_map(|(until, why)| Rest::read(*until, why)).collect();
        if let Some(Rest::Until(until, why)) = resting.iter().find(|rest| rest.is_hopeless(now, PATIENCE)) {
            return Err(format!("nothing can be done for a token before {}: {why}", short(*until)).into());
        }
        Ok(resting.iter().all(|rest| matches!(rest, Rest::Until(_, Why::NothingDue))))
    }
}
