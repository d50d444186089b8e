//! What was ordered, and is not stored yet.

use std::collections::BTreeSet;

use super::outcome::Outcome;
use super::reaction::Next;
use super::state::{Pending, Stage};
use super::task::{Task, Work};
use super::why::Why;
use crate::id::SerialNumber;
use crate::token::TokenIdentity;

/// What was ordered, and is not stored yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    work: Vec<Work>,
    seen: BTreeSet<SerialNumber>,
    again: BTreeSet<SerialNumber>,
}

impl Orders {
    pub(super) fn is_empty(&self) -> bool {
        self.work.is_empty() && self.seen.is_empty() && self.again.is_empty()
    }

    /// The token of what was ordered.
    pub(super) fn token(&self) -> Option<TokenIdentity> {
        self.work.iter().find_map(|work| work.token)
    }

    pub(super) fn add(&mut self, work: Work) {
        self.work.push(work);
    }

    pub(super) fn seen(&mut self, serial: &SerialNumber) {
        self.seen.insert(serial.clone());
    }

    pub(super) fn try_again(&mut self, serial: &SerialNumber) {
        self.again.insert(serial.clone());
    }

    /// Takes it into the state that is to be stored.
    pub(super) fn carry_over(self, next: &mut Next) {
        for serial in &self.again {
            next.state.given_up.remove(serial);
        }
        for serial in &self.seen {
            if let Some(pending) = next.state.devices.get_mut(serial) {
                unpark(pending);
            }
        }
        next.state.token = next.state.token.or(self.token());
        let mut numbers = next.state.numbers();
        for work in self.work {
            for (mut task, serials) in work.parts {
                if let Task::Assign { profile, uuid } = &mut task
                    && let Some(new) = next.state.redefinition(profile, uuid)
                {
                    // The plan was made before the profile was defined again.
                    *uuid = new.clone();
                }
                let number = next.state.task(&mut numbers, &task, work.only.as_ref());
                for serial in serials {
                    order(next, number, &task, &serial);
                }
            }
        }
    }
}

/// Orders something for a device.
fn order(next: &mut Next, number: u32, task: &Task, serial: &SerialNumber) {
    let mut new = Pending::new(number);
    if let Some(mut pending) = next.state.devices.remove(serial) {
        if next.task(pending.task) == Some(task) {
            // The plan has seen it. What it waits for otherwise goes on; of two filters the newer counts.
            pending.task = number;
            unpark(&mut pending);
            next.state.devices.insert(serial.clone(), pending);
            return;
        }
        let assigns = |task: &Task| matches!(task, Task::Assign { .. });
        if assigns(task) && next.task(pending.task).is_some_and(assigns) {
            // It is the device that Apple wants to be left alone, whichever profile it is given.
            new.until = pending.until.filter(|(_, why)| *why == Why::Throttled);
            new.throttled = pending.throttled;
        }
        next.put(serial, pending, Some(Outcome::Superseded));
    }
    let is_given_up = matches!(task, Task::Assign { uuid, .. } if next.state.given_up.get(serial) == Some(uuid));
    next.put(serial, new, is_given_up.then_some(Outcome::Failed));
}

fn unpark(pending: &mut Pending) {
    if pending.stage == Stage::Parked {
        pending.stage = Stage::ToDo;
        pending.until = None;
    }
}
