//! What an answer makes of the state.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::Change;
use super::desired::has_profile;
use super::outcome::Outcome;
use super::pick::{Batch, Kind};
use super::policy::{AssignPolicy, MOST_FAILURES, MOST_ODD, MOST_REDEFINED};
use super::state::{AssignerState, Pending, Stage, StoredTask};
use super::task::Task;
use super::why::{Wait, Why};
use crate::api::{Device, DeviceDetails, DeviceStatus, DeviceStatuses};
use crate::error::{Advice, Error, Obstacle, asked_for};
use crate::id::{ProfileUuid, SerialNumber};
use crate::stamp::{Stamp, after};

/// The state as it becomes, and what there is to say.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) state: AssignerState,
    pub(super) changes: Vec<Change>,
    /// Bounded.
    pub(super) policy: AssignPolicy,
    pub(super) now: DateTime<Utc>,
    pub(super) nonce: [u8; 16],
}

/// What a device's record says.
enum Record {
    Done,
    NotDone,
    /// It is not what the plan was for any more.
    Changed(Option<ProfileUuid>),
    NotHere,
    Says(DeviceStatus),
    Missing,
}

impl Next {
    pub(super) fn new(state: AssignerState, policy: AssignPolicy, stamp: &Stamp) -> Self {
        Self { state, changes: Vec::new(), policy, now: stamp.now(), nonce: stamp.nonce() }
    }

    /// The answer to a batch that was sent.
    pub(super) fn statuses(&mut self, batch: &Batch, statuses: Option<&DeviceStatuses>, retry_after: Option<u64>) {
        self.worked();
        self.not_refused(Kind::Send);
        for serial in &batch.serials {
            let Some(mut pending) = self.state.devices.remove(serial) else { continue };
            pending.most = 0;
            let status = statuses.and_then(|statuses| statuses.get(serial));
            let outcome = match status {
                Some(DeviceStatus::Success) => match self.read_back(pending.task) {
                    Some(after) => {
                        pending.stage = Stage::ToConfirm;
                        self.later(&mut pending, after, Why::ReadBack)
                    }
                    None => Some(Outcome::Success),
                },
                Some(DeviceStatus::NotAccessible | DeviceStatus::NotFound) => self.not_here(serial, &mut pending),
                Some(other) => self.not_done(&mut pending, other, retry_after),
                None => self.odd(&mut pending, Outcome::Unanswered),
            };
            self.put(serial, pending, outcome);
        }
    }

    /// The records of a batch. Gives those devices that may be sent now.
    pub(super) fn records(&mut self, batch: &Batch, details: &DeviceDetails) -> Vec<SerialNumber> {
        self.worked();
        self.not_refused(Kind::Look);
        let mut cleared = Vec::new();
        for serial in &batch.serials {
            let Some(mut pending) = self.state.devices.remove(serial) else { continue };
            let outcome = match self.record(&pending, serial, details) {
                Record::Done => Some(Outcome::Success),
                Record::Changed(profile_uuid) => Some(Outcome::ChangedSince { profile_uuid }),
                Record::NotHere => self.not_here(serial, &mut pending),
                Record::Says(status) => self.not_done(&mut pending, &status, None),
                Record::Missing => self.odd(&mut pending, Outcome::Unanswered),
                Record::NotDone if pending.stage == Stage::ToConfirm => {
                    pending.stage = Stage::ToDo;
                    pending.unconfirmed = pending.unconfirmed.saturating_add(1);
                    if pending.unconfirmed >= MOST_ODD {
                        Some(Outcome::Unconfirmed)
                    } else {
                        let pause = self.pause(pending.unconfirmed);
                        self.later(&mut pending, pause, Why::ReadBack)
                    }
                }
                Record::NotDone => {
                    // It is here, whatever was waited for.
                    pending.stage = Stage::ToDo;
                    pending.until = None;
                    cleared.push(serial.clone());
                    None
                }
            };
            self.put(serial, pending, outcome);
        }
        cleared
    }

    fn record(&self, pending: &Pending, serial: &SerialNumber, details: &DeviceDetails) -> Record {
        let Some(device) = details.devices.get(serial) else { return Record::Missing };
        match &device.response_status {
            None | Some(DeviceStatus::Success) => {}
            Some(DeviceStatus::NotAccessible | DeviceStatus::NotFound) => return Record::NotHere,
            Some(other) => return Record::Says(other.clone()),
        }
        let is_done = match self.task(pending.task) {
            Some(Task::Assign { uuid, .. }) => has_profile(device, Some(uuid)),
            Some(Task::Remove) => !has_profile(device, None),
            // As long as it is here, it is not.
            Some(Task::Disown) | None => false,
        };
        if pending.stage != Stage::ToConfirm && !is_done && !self.is_as_planned(pending.task, device) {
            return Record::Changed(device.profile_uuid.clone().filter(|_| has_profile(device, None)));
        }
        if is_done { Record::Done } else { Record::NotDone }
    }

    /// Whether a device is still one that the plan's filter admits. What it has of the plan's own profile, under the UUID that this had
    /// before, nobody else has given it.
    fn is_as_planned(&self, number: u32, device: &Device) -> bool {
        let Some(StoredTask { task, only: Some(only), .. }) = self.state.tasks.get(&number) else { return true };
        let had = device.profile_uuid.as_ref();
        let is_own = match (task, had) {
            (Task::Assign { profile, .. }, Some(had)) => self.state.redefinition(profile, had).is_some(),
            _ => false,
        };
        is_own || only.holds(device)
    }

    /// The call failed as a whole.
    pub(super) fn error(&mut self, batch: &Batch, error: &Error) {
        let is_assignment = matches!(self.task(batch.task), Some(Task::Assign { .. }));
        if error.advice() == Advice::DefineProfileAgain && batch.kind == Kind::Send && is_assignment {
            return self.profile_unknown(batch.task);
        }
        let obstacle = Obstacle::of(error);
        if obstacle == Obstacle::Refused {
            self.refused(batch, error);
        } else {
            self.failed(error);
        }
    }

    /// Apple does not know the task's profile.
    fn profile_unknown(&mut self, number: u32) {
        self.worked();
        let Some(task) = self.state.tasks.get_mut(&number) else { return };
        if task.redefined < MOST_REDEFINED {
            task.unknown = true;
        } else {
            self.end_all(number, &Outcome::ProfileUnknown);
        }
    }

    /// The caller has defined the profile again, or could not.
    pub(super) fn defined(&mut self, number: u32, result: Result<ProfileUuid, Error>) {
        match result {
            Ok(new) => {
                self.worked();
                let Some(old) = self.task(number).cloned() else { return };
                let Task::Assign { profile, uuid: from } = old.clone() else { return };
                let mut renewed = BTreeSet::new();
                let mut redefined = 0;
                for (number, stored) in self.state.tasks.iter_mut().filter(|(_, stored)| stored.task == old) {
                    stored.task = Task::Assign { profile: profile.clone(), uuid: new.clone() };
                    stored.unknown = false;
                    stored.redefined = stored.redefined.saturating_add(1);
                    redefined = redefined.max(stored.redefined);
                    renewed.insert(*number);
                }
                self.merge(&renewed);
                self.state.remember(&profile, &from, &new);
                self.changes.push(Change::Redefined { profile, from, to: new });
                if redefined > 1 {
                    // Not at once: Apple may not know it yet.
                    let until = (after(self.now, self.pause(redefined)), Why::ProfileUnknown);
                    let of_them = |pending: &Pending| renewed.contains(&pending.task);
                    self.state.devices.update(of_them, |pending| {
                        pending.until = Some(pending.until.map_or(until, |its| its.max(until)));
                    });
                }
            }
            Err(error) => {
                let refused = self.failed(&error) == Obstacle::Refused;
                let Some(stored) = self.state.tasks.get_mut(&number).filter(|_| refused) else { return };
                stored.redefined = stored.redefined.saturating_add(1);
                if stored.redefined >= MOST_REDEFINED {
                    self.end_all(number, &Outcome::ProfileUnknown);
                }
            }
        }
    }

    /// Tasks are the same since a profile was defined again: one goes on.
    fn merge(&mut self, renewed: &BTreeSet<u32>) {
        let mut into = BTreeMap::new();
        for (number, stored) in renewed.iter().filter_map(|number| Some((number, self.state.tasks.get(number)?))) {
            let is_same = |other: &StoredTask| (&other.task, &other.only) == (&stored.task, &stored.only);
            let others = self.state.tasks.iter().filter(|(other, stored)| !renewed.contains(other) && is_same(stored));
            into.extend(others.map(|(other, _)| (*other, *number)));
        }
        let of_them = |pending: &Pending| into.contains_key(&pending.task);
        self.state.devices.update(of_them, |pending| pending.task = *into.get(&pending.task).unwrap_or(&pending.task));
    }

    /// The call was not answered before its deadline.
    pub(super) fn silence(&mut self) {
        self.obstacle(Obstacle::NoAnswer, None);
    }

    /// Devices have been waited for long enough.
    pub(super) fn expired(&mut self, serials: &[SerialNumber]) {
        for serial in serials {
            if let Some(pending) = self.state.devices.remove(serial) {
                self.put(serial, pending, Some(Outcome::NotAccessible));
            }
        }
    }

    fn end_all(&mut self, number: u32, outcome: &Outcome) {
        let of_task = self.state.devices.iter().filter(|(_, pending)| pending.task == number);
        let serials: Vec<SerialNumber> = of_task.map(|(serial, _)| serial.clone()).collect();
        for serial in serials {
            if let Some(pending) = self.state.devices.remove(&serial) {
                self.put(&serial, pending, Some(outcome.clone()));
            }
        }
    }

    /// Puts a device back, or gives it its outcome.
    pub(super) fn put(&mut self, serial: &SerialNumber, pending: Pending, outcome: Option<Outcome>) {
        let Some(outcome) = outcome else {
            self.state.devices.insert(serial.clone(), pending);
            return;
        };
        let Some(task) = self.task(pending.task).cloned() else { return };
        if let (Task::Assign { uuid, .. }, Outcome::Failed) = (&task, &outcome) {
            self.state.given_up.insert(serial.clone(), uuid.clone());
        }
        if outcome.is_success() {
            self.state.given_up.remove(serial);
        }
        self.changes.push(Change::Outcome { serial: serial.clone(), task, outcome });
    }

    /// What Apple says of a device that is here, other than that it is done.
    fn not_done(&self, pending: &mut Pending, status: &DeviceStatus, retry_after: Option<u64>) -> Option<Outcome> {
        match status {
            DeviceStatus::Failed => {
                pending.failed = pending.failed.saturating_add(1);
                if pending.failed >= MOST_FAILURES {
                    return Some(Outcome::Failed);
                }
                self.later(pending, self.pause(pending.failed), Why::Failed)
            }
            DeviceStatus::Throttled => {
                let retry_after = retry_after.map(Duration::from_secs);
                pending.throttled = pending.throttled.saturating_add(1);
                if pending.throttled > self.policy.throttled_most {
                    return Some(Outcome::Throttled { retry_after });
                }
                let named = retry_after.map(|after| TimeDelta::from_std(after).unwrap_or(TimeDelta::MAX));
                if named.is_some_and(|named| named > self.policy.throttled_longest) {
                    // Never sent before Apple's time; nobody's plan any more when that comes.
                    return Some(Outcome::Throttled { retry_after });
                }
                let wait = named.unwrap_or(self.policy.throttled_pause);
                // A wait of no time would be a hot loop.
                self.later(pending, wait.max(TimeDelta::seconds(1)), Why::Throttled)
            }
            other => self.odd(pending, Outcome::Other(other.clone())),
        }
    }

    fn odd(&self, pending: &mut Pending, outcome: Outcome) -> Option<Outcome> {
        pending.odd = pending.odd.saturating_add(1);
        if pending.odd >= MOST_ODD {
            Some(outcome)
        } else {
            self.later(pending, self.pause(pending.odd), Why::Unanswered)
        }
    }

    /// A device that is not on this server is waited for. There is nothing to remove from it, and nobody who had it released meant the
    /// device that comes back.
    fn not_here(&mut self, serial: &SerialNumber, pending: &mut Pending) -> Option<Outcome> {
        if !matches!(self.task(pending.task), Some(Task::Assign { .. })) {
            return Some(Outcome::NotAccessible);
        }
        pending.stage = Stage::Parked;
        self.changes.push(Change::Parked { serial: serial.clone() });
        self.later(pending, self.policy.parked, Why::Parked)
    }

    fn later(&self, pending: &mut Pending, pause: TimeDelta, why: Why) -> Option<Outcome> {
        pending.until = Some((after(self.now, pause), why));
        None
    }

    fn pause(&self, times: u32) -> TimeDelta {
        self.policy.pauses().after(false, times, self.nonce)
    }

    fn read_back(&self, task: u32) -> Option<TimeDelta> {
        // A device that was released has no record any more.
        self.policy.read_back.filter(|_| self.task(task) != Some(&Task::Disown))
    }

    pub(super) fn task(&self, number: u32) -> Option<&Task> {
        self.state.tasks.get(&number).map(|stored| &stored.task)
    }

    fn worked(&mut self) {
        self.state.failures = 0;
        self.state.wait = None;
    }

    fn failed(&mut self, error: &Error) -> Obstacle {
        let until = asked_for(error, self.now);
        let obstacle = Obstacle::of(error);
        let obstacle = if until.is_some() && !obstacle.needs_somebody() { Obstacle::TooManyCalls } else { obstacle };
        self.obstacle(obstacle, until);
        obstacle
    }

    pub(super) fn obstacle(&mut self, why: Obstacle, until: Option<DateTime<Utc>>) {
        let state = &mut self.state;
        let since = state.wait.filter(|_| state.failures > 0).map_or(self.now, |wait| wait.since.min(self.now));
        state.failures = state.failures.saturating_add(1);
        let pauses = self.policy.pauses();
        let until =
            until.unwrap_or_else(|| after(self.now, pauses.after(why.needs_somebody(), state.failures, self.nonce)));
        state.wait = Some(Wait { until, why, since });
    }
}
