use std::collections::BTreeSet;

use apple_ade::assign::{self, Assigner};
use apple_ade::blocking::Client;
use apple_ade::error::BoxError;
use apple_ade::sync::{DeviceSync, Kind, Trigger, Why};
use chrono::{DateTime, TimeDelta, Utc};

use super::assigning::{Later, Pass};
use super::console::Console;
use super::job::{Job, Rest, ask, resume};
use super::left::left;
use super::program::{explained, short};
use super::stop::Stop;
use super::wanted::Wanted;
use crate::store::{Database, Lease, Store};

/// Longer than a call.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// The work on one token, in a database with one process.
pub(super) struct Work<'w, D> {
    pub(super) store: Store<D>,
    /// The devices that came and did not leave again.
    pub(super) seen: BTreeSet<String>,
    token: String,
    ade: Client,
    stop: Stop,
    console: &'w Console,
    /// What was said last of what is left to be assigned.
    told: Vec<(&'static str, String)>,
}

impl<'w, D: Database> Work<'w, D> {
    pub(super) fn new(store: Store<D>, token: &str, ade: Client, stop: Stop, console: &'w Console) -> Self {
        Self { store, seen: BTreeSet::new(), token: token.to_owned(), ade, stop, console, told: Vec::new() }
    }

    /// Goes on from what is stored: syncs and assigns until there is nothing to do, or for ever. `once` says how long a wait may be that is
    /// sat out. Says whether it was done.
    pub(super) fn until_done(&mut self, wanted: Option<&Wanted>, once: Option<TimeDelta>) -> Result<bool, BoxError> {
        // A process that was killed has not given it back; one that is still there ends at its next commit.
        let lease = self.store.take_over(&self.token, &format!("process {}", std::process::id()), LEASE)?;
        let mut sync = resume(&mut self.store, &self.token)?;
        ask(&mut sync, self.store.now()?, self.console);
        let mut assigner = None;
        loop {
            let (rest, assigning) = match self.round(&lease, wanted, &mut sync, &mut assigner) {
                Ok(round) => round,
                Err((_, error)) if once.is_some() => return Err(error),
                Err((None, error)) => return Err(error),
                // Assignment cannot go on for now, and begins again from what is stored.
                Err((Some(rest), error)) => {
                    self.console.remark(explained(&*error));
                    assigner = None;
                    (rest, None)
                }
            };
            let (until, why) = match rest {
                Rest::Stopped => return self.give_back(&lease, rest).map(|()| false),
                Rest::Until(until, why) => (until, why),
            };
            let now = self.store.now()?;
            if let Some(patience) = once
                && let Some(ended) = ended(rest, assigning, now, patience)
            {
                self.give_back(&lease, rest)?;
                return ended.map(|()| !self.stop.is_set());
            }
            let (until, why) = match assigning {
                Some((earlier, why)) if earlier < until => (earlier, why.to_string()),
                _ => (until, why.to_string()),
            };
            self.console.idle(format_args!("nothing to do before {}: {why}", short(until)));
            let wait = (until - now).to_std().unwrap_or_default();
            if self.stop.wait(wait) {
                self.give_back(&lease, rest)?;
                return Ok(false);
            }
            self.store.renew(&lease)?;
        }
    }

    /// Does what is due. An error of the assignment comes with the rest of the sync.
    fn round(
        &mut self,
        lease: &Lease,
        wanted: Option<&Wanted>,
        sync: &mut DeviceSync,
        assigner: &mut Option<Assigner>,
    ) -> Result<(Rest, Option<Later>), (Option<Rest>, BoxError)> {
        let mut job = Job {
            store: &mut self.store,
            ade: &self.ade,
            lease,
            stop: &self.stop,
            console: self.console,
            seen: &mut self.seen,
        };
        let mut rest = job.run(sync).map_err(|error| (None, error))?;
        let (Rest::Until(_, Why::NothingDue), Some(wanted)) = (rest, wanted) else { return Ok((rest, None)) };
        let mut pass = job.assign(wanted, assigner).map_err(|error| (Some(rest), error))?;
        if pass.assigned > 0 && !self.stop.is_set() {
            // What Apple has now is read back, and stored. What that brings is assigned, once: Apple may say one thing and do another.
            let now = job.store.now().map_err(|error| (None, error.into()))?;
            sync.ask(Kind::Delta, Trigger::Manual, now);
            rest = job.run(sync).map_err(|error| (None, error))?;
            if matches!(rest, Rest::Until(_, Why::NothingDue)) {
                pass = job.assign(wanted, assigner).map_err(|error| (Some(rest), error))?;
            }
        }
        let Pass { rest: assigning, .. } = pass;
        self.tell().map_err(|error| (Some(rest), error))?;
        Ok((if self.stop.is_set() { Rest::Stopped } else { rest }, assigning))
    }

    /// Says what is left to be assigned, if that is not what was said last.
    fn tell(&mut self) -> Result<(), BoxError> {
        let left = left(&mut self.store, &self.token)?;
        if left != self.told {
            for (label, text) in &left {
                self.console.line(label, text)?;
            }
            self.told = left;
        }
        Ok(())
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

/// How `--once` ends; `None` if it waits. What single devices wait for is told, and no failure.
fn ended(
    rest: Rest,
    assigning: Option<Later>,
    now: DateTime<Utc>,
    patience: TimeDelta,
) -> Option<Result<(), BoxError>> {
    match (rest, assigning) {
        (Rest::Until(until, why), _) if rest.is_hopeless(now, patience) => {
            Some(Err(format!("nothing can be done before {}: {why}", short(until)).into()))
        }
        (Rest::Until(_, Why::NothingDue), Some((until, assign::Why::Obstacle(why))))
            if why.needs_somebody() || until - now > patience =>
        {
            Some(Err(format!("no profile can be assigned before {}: {why}", short(until)).into()))
        }
        (Rest::Until(_, Why::NothingDue), Some((until, _))) if until - now <= patience => None,
        (Rest::Until(_, Why::NothingDue), _) => Some(Ok(())),
        _ => None,
    }
}
