//! What an answer makes of the state.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::Change;
use super::desired::has_profile;
use super::outcome::Outcome;
use super::pick::{Batch, Kind};
use super::policy::{AssignPolicy, LONGEST_THROTTLE, MOST_FAILURES, MOST_ODD, MOST_REDEFINED};
use super::state::{AssignerState, Pending, Stage};
use super::task::Task;
use super::why::{Wait, Why};
use crate::api::{DeviceDetails, DeviceStatus, DeviceStatuses};
use crate::error::{Advice, Error, Obstacle, asked_for};
use crate::id::{ProfileUuid, SerialNumber};
use crate::stamp::Stamp;

/// The state as it becomes, and what there is to say.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) state: AssignerState,
    pub(super) changes: Vec<Change>,
    policy: AssignPolicy,
    now: DateTime<Utc>,
    nonce: [u8; 16],
}

/// What a device's record says.
enum Record {
    Done,
    NotDone,
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
        for serial in &batch.serials {
            let Some(mut pending) = self.state.devices.remove(serial) else { continue };
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
        let mut cleared = Vec::new();
        for serial in &batch.serials {
            let Some(mut pending) = self.state.devices.remove(serial) else { continue };
            let outcome = match self.record(pending.task, serial, details) {
                Record::Done => Some(Outcome::Success),
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
                    pending.until = None;
                    cleared.push(serial.clone());
                    None
                }
            };
            self.put(serial, pending, outcome);
        }
        cleared
    }

    fn record(&self, task: u32, serial: &SerialNumber, details: &DeviceDetails) -> Record {
        let Some(device) = details.devices.get(serial) else { return Record::Missing };
        match &device.response_status {
            None | Some(DeviceStatus::Success) => {}
            Some(DeviceStatus::NotAccessible | DeviceStatus::NotFound) => return Record::NotHere,
            Some(other) => return Record::Says(other.clone()),
        }
        let is_done = match self.task(task) {
            Some(Task::Assign { uuid, .. }) => has_profile(device, Some(uuid)),
            Some(Task::Remove) => !has_profile(device, None),
            // As long as it is here, it is not.
            Some(Task::Disown) | None => false,
        };
        if is_done { Record::Done } else { Record::NotDone }
    }

    /// The call failed as a whole.
    pub(super) fn error(&mut self, batch: &Batch, error: &Error) {
        let is_assignment = matches!(self.task(batch.task), Some(Task::Assign { .. }));
        if error.advice() == Advice::DefineProfileAgain && batch.kind == Kind::Send && is_assignment {
            return self.profile_unknown(batch.task);
        }
        let obstacle = self.failed(error);
        if obstacle == Obstacle::Refused {
            // Perhaps for one of them: each is tried a few times, with whichever others are due then.
            for serial in &batch.serials {
                let Some(mut pending) = self.state.devices.remove(serial) else { continue };
                let outcome = self.odd(&mut pending, Outcome::Refused);
                self.put(serial, pending, outcome);
            }
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
                let Some(stored) = self.state.tasks.get_mut(&number) else { return };
                stored.unknown = false;
                stored.redefined = stored.redefined.saturating_add(1);
                let redefined = stored.redefined;
                if let Task::Assign { profile, uuid } = &mut stored.task {
                    let (profile, from) = (profile.clone(), std::mem::replace(uuid, new.clone()));
                    self.changes.push(Change::Redefined { profile, from, to: new });
                }
                self.merge(number);
                if redefined > 1 {
                    // Not at once: Apple may not know it yet.
                    let until = (self.now + self.pause(redefined), Why::ProfileUnknown);
                    for pending in self.state.devices.values_mut().filter(|pending| pending.task == number) {
                        pending.until = Some(pending.until.map_or(until, |its| its.max(until)));
                    }
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

    /// Two tasks are the same since a profile was defined again: one goes on.
    fn merge(&mut self, number: u32) {
        let same = |task: &Task| {
            self.state
                .tasks
                .iter()
                .find(|(other, stored)| **other != number && stored.task == *task)
                .map(|(other, _)| *other)
        };
        let Some(other) = self.task(number).and_then(same) else { return };
        for pending in self.state.devices.values_mut().filter(|pending| pending.task == other) {
            pending.task = number;
        }
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
                let named = retry_after.map(|after| TimeDelta::from_std(after).unwrap_or(LONGEST_THROTTLE));
                let wait = named.map_or(self.policy.throttled_pause, |named| named.min(LONGEST_THROTTLE));
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

    fn later(&self, pending: &mut Pending, after: TimeDelta, why: Why) -> Option<Outcome> {
        pending.until = self.now.checked_add_signed(after).map(|until| (until, why));
        None
    }

    fn pause(&self, times: u32) -> TimeDelta {
        self.policy.pauses().after(false, times, self.nonce)
    }

    fn read_back(&self, task: u32) -> Option<TimeDelta> {
        // A device that was released has no record any more.
        self.policy.read_back.filter(|_| self.task(task) != Some(&Task::Disown))
    }

    fn task(&self, number: u32) -> Option<&Task> {
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

    fn obstacle(&mut self, why: Obstacle, until: Option<DateTime<Utc>>) {
        let state = &mut self.state;
        let since = state.wait.filter(|_| state.failures > 0).map_or(self.now, |wait| wait.since.min(self.now));
        state.failures = state.failures.saturating_add(1);
        let pauses = self.policy.pauses();
        let until = until.unwrap_or_else(|| self.now + pauses.after(why.needs_somebody(), state.failures, self.nonce));
        state.wait = Some(Wait { until, why, since });
    }
}
