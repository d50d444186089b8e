//! What was ordered, and is not stored yet.

use std::collections::BTreeSet;

use super::outcome::Outcome;
use super::reaction::Next;
use super::state::{Pending, Stage};
use super::task::{Task, Work};
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
        for (task, serials) in self.work.into_iter().flat_map(|work| work.parts) {
            let number = next.state.task(&task);
            for serial in serials {
                order(next, number, &task, &serial);
            }
        }
    }
}

/// Orders something for a device.
fn order(next: &mut Next, number: u32, task: &Task, serial: &SerialNumber) {
    match next.state.devices.get_mut(serial) {
        Some(pending) if pending.task == number => {
            // The plan has seen it. What it waits for otherwise goes on.
            return unpark(pending);
        }
        Some(_) => {
            if let Some(pending) = next.state.devices.remove(serial) {
                next.put(serial, pending, Some(Outcome::Superseded));
            }
        }
        None => {}
    }
    let is_given_up = matches!(task, Task::Assign { uuid, .. } if next.state.given_up.get(serial) == Some(uuid));
    next.put(serial, Pending::new(number), is_given_up.then_some(Outcome::Failed));
}

fn unpark(pending: &mut Pending) {
    if pending.stage == Stage::Parked {
        pending.stage = Stage::ToDo;
        pending.until = None;
    }
}
