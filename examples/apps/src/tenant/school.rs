use std::collections::BTreeMap;

use apple_ade::api::{Device, Service};
use apple_ade::assign::{
    ApprovedPlan, AssignPolicy, Assigner, Change as Assigned, Known, Outcome, Planner, Step as AssignStep,
};
use apple_ade::blocking::Client;
use apple_ade::error::{BoxError, ErrorWord};
use apple_ade::id::SerialNumber;
use apple_ade::program::lifecycle::{AtApple, Consequence, Event, Lifecycle, Retention, State};
use apple_ade::program::tokens::TokenRecord;
use apple_ade::session::Session;
use apple_ade::simulator::Simulator;
use apple_ade::sync::{Change, Commit, DeviceSync, Request, Step, SyncPolicy, Why};
use apple_ade::token::{ServerToken, TokenKeyPair};
use chrono::{DateTime, TimeDelta, Utc};

/// The school's MDM: what it stores, and whom it calls.
pub(super) struct School {
    pub(super) apple: Simulator,
    pub(super) ade: Client,
    pub(super) keys: TokenKeyPair,
    pub(super) record: TokenRecord,
    pub(super) sync: DeviceSync,
    /// The token file of the first day, which somebody may take for the newest.
    pub(super) first_file: Vec<u8>,
    pub(super) store: BTreeMap<SerialNumber, Entry>,
    /// How many devices the first fetch found.
    pub(super) fetched: usize,
    /// What the last call was refused with.
    pub(super) refused: Option<ErrorWord>,
    /// How often a device came back that had been deleted here or released.
    pub(super) reappeared: usize,
    /// How many devices were forgotten after their time.
    pub(super) forgotten: usize,
}

/// A device as the MDM stores it.
pub(super) struct Entry {
    pub(super) device: Device,
    pub(super) life: Lifecycle,
    generation: u64,
}

/// What became of an assignment.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) done: usize,
    pub(super) otherwise: usize,
    pub(super) at_set_up: usize,
    pub(super) after_wipe: usize,
    pub(super) unenrolled: usize,
}

/// Intune's rules of 2023, with pages as large as Apple gives them.
pub(super) fn policy() -> SyncPolicy {
    SyncPolicy { page_size: Some(1000), removed_kept: Retention::LONGEST.length(), ..SyncPolicy::ADE_2023 }
}

/// A client for a token: the simulated Apple in place of an HTTP client, and its clock in place of the system's.
pub(super) fn client(apple: &Simulator, token: ServerToken) -> Client {
    let stamps = apple.clone();
    Client::with_stamps(Session::new(token, Service::apple()), apple.clone(), move || stamps.stamp())
}

/// The token once more, for a client of its own.
pub(super) fn again(token: &ServerToken) -> Result<ServerToken, BoxError> {
    Ok(ServerToken::from_json(token.to_json().expose_secret().as_bytes())?)
}

impl School {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.apple.with_world(|world| world.now())
    }

    /// Lets so many days pass; see [`School::until`].
    pub(super) fn days(&mut self, days: i64) -> Result<Why, BoxError> {
        self.until(self.now() + TimeDelta::days(days))
    }

    /// Lets time pass, in which the sync does what is due. Gives what it waits for in the end.
    pub(super) fn until(&mut self, end: DateTime<Utc>) -> Result<Why, BoxError> {
        loop {
            match self.sync.next(&self.apple.stamp()) {
                Step::Call(call) => {
                    let result = match call.request {
                        Request::Fetch(fetch) => self.ade.call(fetch),
                        Request::Sync(changes) => self.ade.call(changes),
                        other => return Err(format!("{other:?} is new").into()),
                    };
                    self.refused = result.as_ref().err().and_then(|error| error.word().cloned());
                    self.sync.answer(call.id, result, &self.apple.stamp())?;
                }
                Step::Commit(commit) => {
                    self.keep(&commit)?;
                    self.sync.committed(commit.id())?;
                }
                Step::Sleep { until, why } => {
                    let is_end = until >= end;
                    self.apple.with_world(|world| world.set_now(if is_end { end.max(world.now()) } else { until }));
                    if is_end {
                        return Ok(why);
                    }
                }
                other => return Err(format!("{other:?} is new").into()),
            }
        }
    }

    /// Stores a commit. A database would do it in one transaction with the state.
    fn keep(&mut self, commit: &Commit) -> Result<(), BoxError> {
        let (now, generation) = (self.now(), commit.generation());
        for change in commit.changes() {
            match change {
                Change::Store(device) => {
                    let fresh =
                        || Entry { device: device.clone(), life: Lifecycle::of_record(device, now), generation };
                    let entry = self.store.entry(device.serial_number.clone()).or_insert_with(fresh);
                    let told = entry.life.take_record(device, now)?;
                    self.reappeared += usize::from(told.contains(&Consequence::Reappeared));
                    (entry.device, entry.generation) = (device.clone(), generation);
                }
                Change::Remove { device, .. } => {
                    if let Some(entry) = self.store.get_mut(device.serial_number.as_str()) {
                        entry.life.take_record(device, now)?;
                    }
                }
                Change::Seen(serial) => {
                    if let Some(entry) = self.store.get_mut(serial.as_str()) {
                        entry.generation = generation;
                    }
                }
                Change::Sweep { generation, .. } => {
                    let left = self.store.values_mut().filter(|entry| entry.generation < *generation);
                    for entry in left.filter(|entry| matches!(entry.life.at_apple(), AtApple::Listed { .. })) {
                        entry.life.take(Event::Released, now)?;
                    }
                }
                Change::Forget { removed_before } => {
                    let before = self.store.len();
                    self.store.retain(|_, entry| match entry.life.at_apple() {
                        AtApple::Released { since } => since >= *removed_before,
                        _ => true,
                    });
                    self.forgotten += before - self.store.len();
                }
                other => return Err(format!("{other:?} is new").into()),
            }
        }
        self.store.retain(|_, entry| entry.life.state() != State::Gone);
        Ok(())
    }

    /// Looks at every device for a plan.
    pub(super) fn look(&self, planner: &mut Planner<'_>) {
        for entry in self.store.values().filter(|entry| matches!(entry.life.at_apple(), AtApple::Listed { .. })) {
            planner.add(&entry.device, &Known::of_life(&entry.life));
        }
    }

    /// Carries a plan out, to its end.
    pub(super) fn carry_out(&mut self, plan: ApprovedPlan) -> Result<Tally, BoxError> {
        let mut assigner = Assigner::new(AssignPolicy::APPLE.for_account(&self.ade.account()?));
        assigner.add(plan)?;
        let mut tally = Tally::default();
        loop {
            match assigner.next(&self.apple.stamp()) {
                AssignStep::Call(call) => {
                    let result = self.ade.carry_out(call.request);
                    assigner.answer(call.id, result, &self.apple.stamp())?;
                }
                AssignStep::Commit(commit) => {
                    for change in commit.changes() {
                        if let Assigned::Outcome { serial, outcome, .. } = change {
                            self.count(serial, outcome, &mut tally)?;
                        }
                    }
                    assigner.committed(commit.id())?;
                }
                AssignStep::Sleep { until, .. } => self.apple.with_world(|world| world.set_now(until)),
                AssignStep::Done => return Ok(tally),
                other => return Err(format!("{other:?} is new").into()),
            }
        }
    }

    fn count(&mut self, serial: &SerialNumber, outcome: &Outcome, tally: &mut Tally) -> Result<(), BoxError> {
        if !outcome.is_success() {
            tally.otherwise += 1;
            return Ok(());
        }
        tally.done += 1;
        match self.tell(serial.as_str(), Event::ProfileAssigned)? {
            Some(Consequence::TakesEffectAtSetUp) => tally.at_set_up += 1,
            Some(Consequence::Unenrolled) => tally.unenrolled += 1,
            _ => tally.after_wipe += 1,
        }
        Ok(())
    }

    /// Tells what has happened to a device.
    pub(super) fn tell(&mut self, serial: &str, event: Event) -> Result<Option<Consequence>, BoxError> {
        let now = self.now();
        let entry = self.store.get_mut(serial).ok_or_else(|| format!("{serial} is not stored"))?;
        Ok(entry.life.take(event, now)?)
    }

    /// The serial numbers of the devices in a state.
    pub(super) fn those(&self, state: State) -> Vec<SerialNumber> {
        let is_so = |(_, entry): &(&SerialNumber, &Entry)| entry.life.state() == state;
        self.store.iter().filter(is_so).map(|(serial, _)| serial.clone()).collect()
    }

    /// How many devices are in which state.
    pub(super) fn states(&self) -> String {
        let mut counts: BTreeMap<State, usize> = BTreeMap::new();
        for entry in self.store.values() {
            *counts.entry(entry.life.state()).or_default() += 1;
        }
        let counts = counts.iter().map(|(state, count)| format!("{} {state}", crate::thousands(*count)));
        counts.collect::<Vec<_>>().join(", ")
    }
}
