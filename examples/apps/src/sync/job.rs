use std::collections::BTreeSet;

use apple_ade::Stamp;
use apple_ade::blocking::Client;
use apple_ade::error::BoxError;
use apple_ade::sync::{Change, Commit, Decision, DeviceSync, Kind, Step, SyncPolicy, SyncState, Trigger, Why};
use chrono::{DateTime, TimeDelta, Utc};

use super::console::Console;
use super::run::Run;
use super::stop::Stop;
use crate::store::{Database, Lease, Store, writes};

/// Apple's own rules. Whoever starts the program again wants to know what has changed since, however short a while ago.
pub(crate) const POLICY: SyncPolicy = SyncPolicy { manual_apart: TimeDelta::zero(), ..SyncPolicy::APPLE };

/// How long a wait may be that `--once` sits out, where nothing else is said.
pub(crate) const PATIENCE: TimeDelta = TimeDelta::minutes(2);

/// How many rows of a page that cannot be read are named.
const MOST_REMARKS: usize = 3;

/// The sync of one token, as long as its lease is held.
pub(crate) struct Job<'j, D> {
    pub(crate) store: &'j mut Store<D>,
    pub(crate) ade: &'j Client,
    pub(crate) lease: &'j Lease,
    pub(crate) stop: &'j Stop,
    pub(crate) console: &'j Console,
    /// The devices that came to this process and did not leave again.
    pub(crate) seen: &'j mut BTreeSet<String>,
}

/// Why the steps have come to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// There is nothing to do before a time.
    Until(DateTime<Utc>, Why),
    /// Somebody wants the program to end.
    Stopped,
}

impl Rest {
    /// When the token is due again, and why not before, as the store has it.
    pub(crate) fn due(self, now: DateTime<Utc>) -> (DateTime<Utc>, String) {
        match self {
            Self::Until(until, why) => {
                let why = serde_json::to_value(why).ok().and_then(|why| why.as_str().map(str::to_owned));
                (until, why.unwrap_or_default())
            }
            Self::Stopped => (now, "stopped".to_owned()),
        }
    }

    /// What the store has; `None` where a worker was stopped.
    #[cfg(feature = "postgres")]
    pub(crate) fn read(until: DateTime<Utc>, why: &str) -> Option<Self> {
        serde_json::from_value(why.into()).ok().map(|why| Self::Until(until, why))
    }

    /// Whether `--once` has to give up: the wait is not for the next run, and too long or without end.
    pub(crate) fn is_hopeless(self, now: DateTime<Utc>, patience: TimeDelta) -> bool {
        match self {
            Self::Until(_, Why::NothingDue) | Self::Stopped => false,
            Self::Until(until, why) => why.needs_somebody() || until - now > patience,
        }
    }
}

/// The machine as it was stored, or a new one.
pub(crate) fn resume<D: Database>(store: &mut Store<D>, token: &str) -> Result<DeviceSync, BoxError> {
    let state = store.state(token)?.map(|state| SyncState::from_json(&state)).transpose()?;
    Ok(DeviceSync::resume(state.unwrap_or_default(), POLICY))
}

/// Asks for what has changed, as whoever starts the program does. Says so where that has to wait; what is under way goes on.
pub(crate) fn ask(sync: &mut DeviceSync, now: DateTime<Utc>, console: &Console) {
    let is_under_way = sync.progress(now).is_some();
    let decision = sync.ask(Kind::Delta, Trigger::Manual, now);
    if matches!(decision, Decision::RefusedUntil { .. }) && !is_under_way {
        console.remark(decision);
    }
}

impl<D: Database> Job<'_, D> {
    /// The time by the clock that all workers share.
    pub(crate) fn stamp(&mut self) -> Result<Stamp, BoxError> {
        Ok(Stamp::new(self.store.now()?, Stamp::from_system().nonce()))
    }

    /// Makes steps until there is nothing to do.
    pub(crate) fn run(&mut self, sync: &mut DeviceSync) -> Result<Rest, BoxError> {
        let mut run = sync.progress(self.store.now()?).map(|progress| Run::new(progress.kind, true));
        self.console.begin();
        loop {
            match sync.next(&self.stamp()?) {
                // What was answered is stored first.
                Step::Call(_) if self.stop.is_set() => return Ok(Rest::Stopped),
                Step::Call(call) => {
                    self.store.renew(self.lease)?;
                    let result = self.ade.sync_page(call.request);
                    if let Err(error) = &result {
                        self.console.remark(format_args!("{error}; {}", error.advice()));
                    }
                    let answered = sync.answer(call.id, result, &self.stamp()?);
                    if let Err(misuse) = answered {
                        // Its deadline has passed: the machine goes on without it.
                        self.console.remark(misuse);
                    }
                }
                Step::Commit(commit) => self.commit(sync, &commit, &mut run)?,
                Step::Sleep { until, why } => return Ok(Rest::Until(until, why)),
                other => return Err(format!("this program does not know the step {other:?}").into()),
            }
        }
    }

    /// Stores devices and state, and only then moves the machine on.
    fn commit(&mut self, sync: &mut DeviceSync, commit: &Commit, run: &mut Option<Run>) -> Result<(), BoxError> {
        let writes = writes(commit)?;
        let generation = i64::try_from(commit.generation()).unwrap_or(i64::MAX);
        self.store.commit(self.lease, &writes, generation, &commit.state().to_json())?;
        sync.committed(commit.id())?;
        self.note(commit);
        let progress = sync.progress(self.store.now()?);
        let mut current = match (run.take(), &progress) {
            (Some(run), _) => Some(run),
            // It begins with a commit of its own.
            (None, Some(progress)) => Some(Run::new(progress.kind, false)),
            (None, None) => None,
        };
        if let Some(run) = &mut current {
            run.add(commit, &writes);
        }
        match progress {
            Some(progress) => self.console.progress(&progress),
            None => {
                if let Some(run) = current.take() {
                    let counts = self.store.counts(self.lease.token())?;
                    self.console.line(&run.kind().to_string(), run.summary(counts))?;
                }
            }
        }
        *run = current;
        Ok(())
    }

    fn note(&mut self, commit: &Commit) {
        for row in commit.unreadable().iter().take(MOST_REMARKS) {
            let serial = row.serial_number.as_ref().map_or("without a serial number", |serial| serial.as_str());
            self.console.remark(format_args!("the record of device {serial} cannot be read: {}", row.problem));
        }
        if let Some(more @ 1..) = commit.unreadable().len().checked_sub(MOST_REMARKS) {
            self.console.remark(format_args!("{more} more records of this page cannot be read"));
        }
        for change in commit.changes() {
            match change {
                Change::Store(device) => {
                    self.seen.insert(device.serial_number.to_string());
                }
                Change::Remove { device, .. } => {
                    self.seen.remove(device.serial_number.as_str());
                }
                _ => {}
            }
        }
    }
}
