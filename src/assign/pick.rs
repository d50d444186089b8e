//! What is due.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::name::ProfileName;
use super::state::{AssignerState, Pending, Stage};
use super::step::Request;
use super::task::Task;
use super::why::Why;
use crate::api::{AssignProfile, DisownDevices, GetDeviceDetails, RemoveProfile};
use crate::id::{ProfileUuid, SerialNumber};

/// Devices of one task that are in one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) task: u32,
    pub(super) kind: Kind,
    pub(super) serials: Vec<SerialNumber>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Their records are read.
    Look,
    /// It is done.
    Send,
}

/// What is due.
#[derive(Debug)]
pub(super) enum Due {
    /// A profile has to be defined again.
    Define(u32, ProfileName, ProfileUuid),
    Batch(Batch),
    /// Devices have been waited for long enough.
    Expired(Vec<SerialNumber>),
    Nothing(DateTime<Utc>, Why),
    Done,
}

/// Picks what is due, of the first task that has something. `cleared` are the devices that may be sent without another look.
pub(super) fn due(
    state: &AssignerState,
    cleared: &BTreeSet<SerialNumber>,
    batch_size: u32,
    longest: TimeDelta,
    now: DateTime<Utc>,
) -> Due {
    let unknown = state.tasks.iter().find_map(|(number, stored)| match &stored.task {
        Task::Assign { profile, uuid } if stored.unknown => Some(Due::Define(*number, profile.clone(), uuid.clone())),
        _ => None,
    });
    if let Some(define) = unknown {
        return define;
    }
    let most = usize::try_from(batch_size).unwrap_or(usize::MAX).max(1);
    let mut expired = Vec::new();
    let mut next: Option<(DateTime<Utc>, Why)> = None;
    let mut by_task: BTreeMap<u32, (Vec<&SerialNumber>, Vec<&SerialNumber>)> = BTreeMap::new();
    for (serial, pending) in &state.devices {
        if let Some((until, why)) = waiting(pending, longest, now) {
            next = Some(next.map_or((until, why), |next| next.min((until, why))));
            continue;
        }
        if pending.stage == Stage::Parked {
            expired.push(serial.clone());
            continue;
        }
        let (send, look) = by_task.entry(pending.task).or_default();
        let list = if pending.stage == Stage::ToDo && cleared.contains(serial) { send } else { look };
        if list.len() < most {
            list.push(serial);
        }
    }
    if !expired.is_empty() {
        return Due::Expired(expired);
    }
    match (by_task.into_iter().next(), next) {
        (Some((task, (send, look))), _) => {
            let (kind, serials) = if send.is_empty() { (Kind::Look, look) } else { (Kind::Send, send) };
            Due::Batch(Batch { task, kind, serials: serials.into_iter().cloned().collect() })
        }
        (None, Some((until, why))) => Due::Nothing(until, why),
        (None, None) => Due::Done,
    }
}

/// The end of a device's wait, and its reason: never further away than the longest that the machine makes, in case that the clock was set
/// back.
pub(super) fn waiting(pending: &Pending, longest: TimeDelta, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Why)> {
    let (until, why) = pending.until?;
    let until = until.min(now.checked_add_signed(longest).unwrap_or(until));
    (until > now).then_some((until, why))
}

impl Batch {
    /// The call. `None` where the task is gone, which it is not as long as a device has it.
    pub(super) fn request(&self, state: &AssignerState) -> Option<Request> {
        let serials = self.serials.iter().cloned();
        Some(match (self.kind, &state.tasks.get(&self.task)?.task) {
            (Kind::Look, _) => Request::Details(GetDeviceDetails::new(serials)),
            (Kind::Send, Task::Assign { uuid, .. }) => Request::Assign(AssignProfile::new(uuid.clone(), serials)),
            (Kind::Send, Task::Remove) => Request::Remove(RemoveProfile::new(serials)),
            (Kind::Send, Task::Disown) => Request::Disown(DisownDevices::permanently_release(serials)),
        })
    }
}
