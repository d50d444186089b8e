//! What Apple refuses, and for which device.

use super::outcome::Outcome;
use super::pick::{Batch, Kind};
use super::policy::{MOST_ODD, MOST_REFUSALS};
use super::reaction::Next;
use crate::error::{Error, Obstacle, asked_for};
use crate::id::SerialNumber;
use crate::stamp::after;

impl Next {
    /// Apple refuses a request, perhaps for one of its devices: they are tried again in requests of half as many, until the one is found.
    /// A device that is refused alone ends after three refusals. Where Apple refuses one request after the other, it is not about single
    /// devices, and all that were refused end.
    pub(super) fn refused(&mut self, batch: &Batch, error: &Error) {
        let count = batch.serials.len();
        let is_alone = count == 1;
        let half = u32::try_from(count.div_ceil(2)).unwrap_or(u32::MAX);
        let is_hopeless = self.is_suspect(batch) && self.count_refusal(batch.kind) >= MOST_REFUSALS;
        let outcome = Outcome::Refused { word: error.word().cloned() };
        let mut is_tried_alone = false;
        for serial in &batch.serials {
            let Some(mut pending) = self.state.devices.remove(serial) else { continue };
            pending.refused = pending.refused.saturating_add(1);
            let is_over = is_hopeless || is_alone && pending.refused >= MOST_ODD;
            is_tried_alone |= is_alone && !is_over;
            pending.most = half;
            self.put(serial, pending, is_over.then(|| outcome.clone()));
        }
        if is_hopeless {
            self.not_refused(batch.kind);
            let of_task = self.state.devices.iter().filter(|(_, p)| p.task == batch.task && p.most > 0);
            let suspects: Vec<SerialNumber> = of_task.map(|(serial, _)| serial.clone()).collect();
            for serial in suspects {
                if let Some(pending) = self.state.devices.remove(&serial) {
                    self.put(&serial, pending, Some(outcome.clone()));
                }
            }
        }
        // Somebody is waited for where nothing else can be tried.
        let soon =
            after(self.now, self.policy.pauses().after(false, self.state.failures.saturating_add(1), self.nonce));
        let until = asked_for(error, self.now).or((!is_tried_alone).then_some(soon));
        self.obstacle(Obstacle::Refused, until);
    }

    /// Whether devices of it were refused together with others.
    fn is_suspect(&self, batch: &Batch) -> bool {
        let of_many = |serial| self.state.devices.get(serial).is_some_and(|pending| pending.most > 0);
        batch.serials.len() > 1 || batch.serials.iter().any(of_many)
    }

    fn count_refusal(&mut self, kind: Kind) -> u32 {
        let count = self.refusals(kind);
        *count = count.saturating_add(1);
        *count
    }

    /// A request went through.
    pub(super) fn not_refused(&mut self, kind: Kind) {
        *self.refusals(kind) = 0;
    }

    fn refusals(&mut self, kind: Kind) -> &mut u32 {
        match kind {
            Kind::Look => &mut self.state.refused_looks,
            Kind::Send => &mut self.state.refused_sends,
        }
    }
}
