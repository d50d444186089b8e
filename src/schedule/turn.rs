//! A turn, from the worker's side.

use chrono::{DateTime, Utc};

use super::lease::Lease;
use super::policy::{SchedulePolicy, millis};
use super::work::{Asked, Work};
use crate::stamp::after;

/// A worker's turn on a token: what it is for, and how much of it is left.
///
/// Before every call the worker asks [`go_on`](Self::go_on); after it, it says what the call has [used](Self::used).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub(super) lease: Lease,
    pub(super) work: Work,
    pub(super) asked: Option<Asked>,
    pub(super) begun: DateTime<Utc>,
    /// The mark at which it has begun.
    pub(super) mark: u64,
    /// How many calls it may make.
    pub(super) allowed: u32,
    pub(super) calls: u32,
    pub(super) devices: u64,
    /// Whether it was renewed, and no call made since.
    pub(super) is_fresh: bool,
}

/// Whether a turn goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GoOn {
    /// The next call may be made, or the next thing be stored.
    Yes,
    /// The lease has to be [renewed](SchedulePolicy::renew) first: a call may outlast it.
    Renew,
    /// The turn is over: [end](SchedulePolicy::end) it.
    End,
    /// The lease is over. Abandon what is out, and store nothing.
    Lost,
}

impl Turn {
    /// The token.
    pub fn token(&self) -> &str {
        self.lease.token()
    }

    /// The lease, for the condition with which the worker stores.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// What to do.
    pub fn work(&self) -> Work {
        self.work
    }

    /// What to ask the machine first.
    pub fn asked(&self) -> Option<Asked> {
        self.asked
    }

    /// How many calls are left of it.
    pub fn calls_left(&self) -> u32 {
        self.allowed.saturating_sub(self.calls)
    }

    /// Tells of a call that was made, and how many devices it brought or carried.
    pub fn used(&mut self, devices: u64) {
        self.calls = self.calls.saturating_add(1);
        self.devices = self.devices.saturating_add(devices);
        self.is_fresh = false;
    }

    /// Whether the next call may be made. The worker's clock may be the [grace](SchedulePolicy::grace) behind the one by which the turn
    /// was claimed.
    pub fn go_on(&self, policy: &SchedulePolicy, now: DateTime<Utc>) -> GoOn {
        if now >= self.lease.until {
            return GoOn::Lost;
        }
        let policy = policy.bounded();
        // A clock that was set back says nothing about how long the turn has lasted.
        let is_set_back = after(now, policy.grace) < self.begun;
        let is_spent = match self.calls {
            // A turn that ends without a call may be followed by another one.
            0 => self.cost(&policy, now) >= policy.first_call(),
            // So may one that ends before what was read is used.
            calls if calls < SchedulePolicy::fewest_calls(self.work) => false,
            _ => self.cost(&policy, now) >= millis(policy.quantum) || is_set_back,
        };
        if is_spent || self.calls_left() == 0 {
            return GoOn::End;
        }
        let left = self.lease.until.signed_duration_since(now);
        let is_of_another_clock = left > policy.lease + policy.grace;
        // Once: the clock by which it is renewed may be yet another one.
        if left < policy.call || is_of_another_clock && !self.is_fresh { GoOn::Renew } else { GoOn::Yes }
    }

    /// What it has cost so far, in milliseconds: the time for which it had its place, or what its work takes at the expected pace if that is
    /// more, but no more than a turn can last.
    pub(super) fn cost(&self, policy: &SchedulePolicy, now: DateTime<Utc>) -> u64 {
        let time = millis(now.signed_duration_since(self.begun));
        time.max(policy.cost(self.calls.into(), self.devices)).min(policy.longest_turn(self.work))
    }
}
