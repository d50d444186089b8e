//! What is due.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::name::ProfileName;
use super::policy::AssignPolicy;
use super::state::{AssignerState, Pending, Stage};
use super::step::Request;
use super::task::Task;
use super::why::Why;
use crate::api::{AssignProfile, DisownDevices, GetDeviceDetails, RemoveProfile};
use crate::id::{ProfileUuid, SerialNumber};
use crate::stamp::after;

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

/// Devices that may be sent, and devices to look at.
type Ready<'s> = (Vec<&'s SerialNumber>, Vec<&'s SerialNumber>);

/// Picks what is due, of the first task that has something. `cleared` are the devices that may be sent without another look. Of devices that
/// were refused with others, those that may have the most beside them come first: some of them go through before the next is refused.
pub(super) fn due(
    state: &AssignerState,
    cleared: &BTreeSet<SerialNumber>,
    policy: &AssignPolicy,
    now: DateTime<Utc>,
) -> Due {
    let unknown = state.tasks.iter().find_map(|(number, stored)| match &stored.task {
        Task::Assign { profile, uuid } if stored.unknown => Some(Due::Define(*number, profile.clone(), uuid.clone())),
        _ => None,
    });
    if let Some(define) = unknown {
        return define;
    }
    let batch_size = policy.batch_size.max(1);
    let full = usize::try_from(batch_size).unwrap_or(usize::MAX);
    let mut expired = Vec::new();
    let mut next: Option<(DateTime<Utc>, Why)> = None;
    // By task, and by how many may be in a request, the most first.
    let mut ready: BTreeMap<(u32, Reverse<u32>), Ready<'_>> = BTreeMap::new();
    for (serial, pending) in state.devices.iter() {
        match wait(pending, policy, now) {
            Some(Wait::Until(until, why)) => {
                next = Some(next.map_or((until, why), |next| next.min((until, why))));
                continue;
            }
            Some(Wait::Over) if pending.stage == Stage::Parked => {
                expired.push(serial.clone());
                continue;
            }
            _ => {}
        }
        let most = if pending.most == 0 { batch_size } else { pending.most.min(batch_size) };
        let (send, look) = ready.entry((pending.task, Reverse(most))).or_default();
        let list = if pending.stage == Stage::ToDo && cleared.contains(serial) { &mut *send } else { &mut *look };
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if list.len() < most {
            list.push(serial);
        }
        let is_first = Some(&pending.task) == state.tasks.keys().next() && most == full;
        if is_first && (send.len() >= most || cleared.is_empty() && look.len() >= most) {
            // A whole request of the first task: nothing comes before it, but what has expired, and that is not urgent.
            break;
        }
    }
    if !expired.is_empty() {
        return Due::Expired(expired);
    }
    match (ready.into_iter().next(), next) {
        (Some(((task, _), (send, look))), _) => {
            let (kind, serials) = if send.is_empty() { (Kind::Look, look) } else { (Kind::Send, send) };
            Due::Batch(Batch { task, kind, serials: serials.into_iter().cloned().collect() })
        }
        (None, Some((until, why))) => Due::Nothing(until, why),
        (None, None) => Due::Done,
    }
}

/// A device's wait.
enum Wait {
    Until(DateTime<Utc>, Why),
    Over,
    /// It ends later than any that is made now: by a clock that was ahead. What it was for is looked at.
    OfAnotherClock,
}

fn wait(pending: &Pending, policy: &AssignPolicy, now: DateTime<Utc>) -> Option<Wait> {
    let (until, why) = pending.until?;
    Some(match until {
        until if until <= now => Wait::Over,
        until if until > after(now, policy.longest(why)) => Wait::OfAnotherClock,
        until => Wait::Until(until, why),
    })
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
