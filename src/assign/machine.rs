//! The machine: commands out, results in.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::misuse::Misuse;
use super::orders::Orders;
use super::pick::{Batch, Due, Kind, due};
use super::policy::AssignPolicy;
use super::reaction::Next;
use super::state::{AssignerState, Stage};
use super::step::{Answer, Call, Commit, Define, Step};
use super::task::{OtherToken, Work};
use super::why::{Health, Why};
use crate::error::{Error, Obstacle};
use crate::id::{ProfileUuid, SerialNumber};
use crate::stamp::{Stamp, after};

/// Carries out plans, removals and disownings of one server token: see the [module](super).
#[derive(Debug, Clone)]
pub struct Assigner {
    policy: AssignPolicy,
    /// The policy within bounds.
    bounds: AssignPolicy,
    /// What is stored.
    state: AssignerState,
    out: Out,
    orders: Orders,
    /// The devices whose record was read, so that they may be sent, once. It is never stored: after a crash nobody knows what was sent.
    cleared: BTreeSet<SerialNumber>,
    /// Until when what was read counts.
    cleared_until: Option<DateTime<Utc>>,
    /// Whether somebody has done away with the reason of the pause.
    waived: bool,
    last_id: u64,
}

/// The command that is out.
#[derive(Debug, Clone)]
enum Out {
    Nothing,
    Call(Call, Batch),
    Define(Define, u32),
    Commit(Arc<Commit>),
}

impl Assigner {
    /// Nothing is to be done yet.
    pub fn new(policy: AssignPolicy) -> Self {
        Self::resume(AssignerState::new(), policy)
    }

    /// Goes on from a stored state. What was under way and not stored is looked at first, and done again where it was not done.
    pub fn resume(state: AssignerState, policy: AssignPolicy) -> Self {
        let (out, orders, cleared) = (Out::Nothing, Orders::default(), BTreeSet::new());
        let bounds = policy.bounded();
        Self { policy, bounds, state, out, orders, cleared, cleared_until: None, waived: false, last_id: 0 }
    }

    /// What is stored: the state of the last commit that was acknowledged.
    pub fn state(&self) -> &AssignerState {
        &self.state
    }

    /// The policy.
    pub fn policy(&self) -> &AssignPolicy {
        &self.policy
    }

    /// Adds an [`ApprovedPlan`](super::ApprovedPlan), a [`Removal`](super::Removal) or a [`Disown`](super::Disown).
    ///
    /// It counts when the commit that comes of it is acknowledged; until then keep it. What a device is already to be given is not added
    /// again; what else was to be done with it ends as [`Superseded`](super::Outcome::Superseded), and if Apple wants the device to be left
    /// alone, that goes on. For a device that Apple failed for
    /// three times with this profile, the outcome is [`Failed`](super::Outcome::Failed) at once: see [`try_again`](Self::try_again).
    ///
    /// Every commit holds all devices that have no outcome yet. Add a large plan [in parts](super::ApprovedPlan::into_parts).
    ///
    /// # Errors
    ///
    /// [`OtherToken`] for a plan of another token than that of the first plan, with what was to be added.
    #[expect(clippy::result_large_err, reason = "it gives back what was to be added")]
    pub fn add(&mut self, work: impl Into<Work>) -> Result<(), OtherToken> {
        let work = work.into();
        let ours = self.latest().token.or(self.orders.token());
        match (work.token, ours) {
            (Some(theirs), Some(ours)) if theirs != ours => Err(OtherToken { theirs, ours, work }),
            _ => {
                self.orders.add(work);
                Ok(())
            }
        }
    }

    /// The device is listed again: if it is [parked](super::Change::Parked), it goes on. For whoever stores a sync's changes, to call for
    /// each device stored. A call that is lost in a crash is made good when the device is seen next, or is in a plan.
    pub fn seen(&mut self, serial: &SerialNumber) {
        if self.latest().devices.get(serial).is_some_and(|pending| pending.stage == Stage::Parked) {
            self.orders.seen(serial);
        }
    }

    /// Apple's support was called: the device may fail three times again when it is added next.
    pub fn try_again(&mut self, serial: &SerialNumber) {
        if self.latest().given_up.contains_key(serial) {
            self.orders.try_again(serial);
        }
    }

    /// Somebody has done what a pause waits for: accepted the terms, installed a token, set the clock. The pause ends.
    pub fn resolved(&mut self) {
        self.waived = self.state.wait.is_some_and(|wait| wait.why.needs_somebody());
    }

    /// What to do now. Until that is done, the answer is the same; a call whose deadline has passed is given up.
    pub fn next(&mut self, stamp: &Stamp) -> Step {
        let now = stamp.now();
        match &self.out {
            Out::Call(call, _) => {
                // A clock that was set back must not make the machine wait for ever, nor a little give up a call.
                let is_late = now >= call.deadline || call.deadline > after(now, self.bounds.deadline * 2);
                if !is_late {
                    return Step::Call(call.clone());
                }
                self.cleared.clear();
                self.react(stamp, Next::silence);
            }
            Out::Define(define, _) => return Step::Define(define.clone()),
            Out::Nothing | Out::Commit(_) => {}
        }
        if let Out::Commit(commit) = &self.out {
            return Step::Commit(Arc::clone(commit));
        }
        if !self.orders.is_empty() {
            let orders = std::mem::take(&mut self.orders);
            // What was read was read for what was ordered before.
            self.cleared.clear();
            self.react(stamp, |next| orders.carry_over(next));
            return self.next(stamp);
        }
        if !self.state.devices.is_empty()
            && let Some((until, why)) = self.pause(now)
        {
            return Step::Sleep { until, why: Why::Obstacle(why) };
        }
        if self.cleared_until.is_some_and(|until| now > until || until > after(now, self.bounds.deadline * 2)) {
            self.cleared.clear();
        }
        match due(&self.state, &self.cleared, &self.bounds, now) {
            Due::Done => Step::Done,
            Due::Nothing(until, why) => Step::Sleep { until, why },
            Due::Expired(serials) => {
                self.react(stamp, |next| next.expired(&serials));
                self.next(stamp)
            }
            Due::Define(task, profile, uuid) => {
                let define = Define { id: self.id(), profile, uuid };
                self.out = Out::Define(define.clone(), task);
                Step::Define(define)
            }
            Due::Batch(batch) => match batch.request(&self.state) {
                Some(request) => {
                    let call = Call { id: self.id(), request, deadline: after(now, self.bounds.deadline) };
                    if batch.kind == Kind::Send {
                        // Once: whatever comes of it, the next time they are looked at first.
                        for serial in &batch.serials {
                            self.cleared.remove(serial);
                        }
                    }
                    self.out = Out::Call(call.clone(), batch);
                    Step::Call(call)
                }
                None => Step::Done,
            },
        }
    }

    /// Takes what came of a call. What is to be stored for it is the next step. An answer that comes after the call's
    /// [deadline](Call::deadline) is not used: the call is given up, and its devices are looked at again after a pause.
    ///
    /// # Errors
    ///
    /// [`Misuse`]: an answer that comes a second time, after [`next`](Self::next) has given the call up, or to another kind of call.
    pub fn answer(&mut self, id: u64, result: Result<Answer, Error>, stamp: &Stamp) -> Result<(), Misuse> {
        let expected = match &self.out {
            Out::Call(call, _) => Some(call.id),
            _ => None,
        };
        let (call, batch) = match std::mem::replace(&mut self.out, Out::Nothing) {
            Out::Call(call, batch) if call.id == id => (call, batch),
            out => {
                self.out = out;
                return Err(Misuse::NoSuchCall { given: id, expected });
            }
        };
        if result.as_ref().is_ok_and(|answer| !call.request.is_answered_by(answer)) {
            self.out = Out::Call(call, batch);
            return Err(Misuse::OtherCall { given: id });
        }
        if stamp.now() >= call.deadline {
            self.cleared.clear();
            self.react(stamp, Next::silence);
            return Ok(());
        }
        match result {
            Ok(Answer::Details(details)) => {
                let cleared = self.react(stamp, |next| next.records(&batch, &details));
                self.cleared.extend(cleared);
                // As old as the call, not as its answer.
                self.cleared_until = Some(call.deadline);
            }
            Ok(Answer::Assign(answer)) => {
                let retry_after = answer.retry_after_seconds;
                self.react(stamp, |next| next.statuses(&batch, answer.devices.as_ref(), retry_after));
            }
            Ok(Answer::Remove(answer) | Answer::Disown(answer)) => {
                self.react(stamp, |next| next.statuses(&batch, answer.devices.as_ref(), None));
            }
            Err(error) => {
                // Time passes until the next call, and what was read grows old.
                self.cleared.clear();
                self.react(stamp, |next| next.error(&batch, &error));
            }
        }
        Ok(())
    }

    /// Takes the new UUID of a profile that was defined again, or why it could not be.
    ///
    /// After three definitions that Apple refuses or does not know either, its devices end as
    /// [`ProfileUnknown`](super::Outcome::ProfileUnknown).
    ///
    /// # Errors
    ///
    /// [`Misuse::NoSuchDefinition`].
    pub fn defined(&mut self, id: u64, result: Result<ProfileUuid, Error>, stamp: &Stamp) -> Result<(), Misuse> {
        let (expected, task) = match &self.out {
            Out::Define(define, task) => (Some(define.id), *task),
            _ => (None, 0),
        };
        if expected != Some(id) {
            return Err(Misuse::NoSuchDefinition { given: id, expected });
        }
        self.cleared.clear();
        self.react(stamp, |next| next.defined(task, result));
        Ok(())
    }

    /// Takes the acknowledgement that a commit is stored, and moves on.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoSuchCommit`].
    pub fn committed(&mut self, id: u64) -> Result<(), Misuse> {
        match std::mem::replace(&mut self.out, Out::Nothing) {
            Out::Commit(commit) if commit.id == id => {
                self.state = match Arc::try_unwrap(commit) {
                    Ok(commit) => commit.state,
                    Err(commit) => commit.state.clone(),
                };
                self.waived = false;
                Ok(())
            }
            out => {
                let expected = match &out {
                    Out::Commit(commit) => Some(commit.id),
                    _ => None,
                };
                self.out = out;
                Err(Misuse::NoSuchCommit { given: id, expected })
            }
        }
    }

    /// Gives up the command that is out, as a crash would: the machine is where it was stored last. For a store that failed, or a lease
    /// that was lost. What was added and not stored has to be added again.
    pub fn abandon(&mut self) {
        self.out = Out::Nothing;
        self.orders = Orders::default();
        self.cleared.clear();
        self.waived = false;
    }

    /// How it is doing.
    pub fn health(&self) -> Health {
        let state = &self.state;
        let count = |is: fn(Stage) -> bool| state.devices.values().filter(|p| p.until.is_some() && is(p.stage)).count();
        Health {
            pending: state.devices.len(),
            parked: count(|stage| stage == Stage::Parked),
            waiting: count(|stage| stage != Stage::Parked),
            unknown_profiles: state.tasks.values().filter(|task| task.unknown).count(),
            failures: state.failures,
            since: state.wait.map(|wait| wait.since).filter(|_| state.failures > 0),
            obstacle: state.wait.map(|wait| wait.why),
            until: state.wait.map(|wait| wait.until),
            for_support: state.given_up.len(),
        }
    }

    /// Makes the next state, to be stored if anything is different.
    fn react<T>(&mut self, stamp: &Stamp, react: impl FnOnce(&mut Next) -> T) -> T {
        let mut next = Next::new(self.state.clone(), self.bounds, stamp);
        let given = react(&mut next);
        let (mut state, changes) = (next.state, next.changes);
        state.tidy();
        self.out = Out::Nothing;
        if state != self.state || !changes.is_empty() {
            let commit = Commit { id: self.id(), changes, state };
            self.out = Out::Commit(Arc::new(commit));
        }
        given
    }

    /// The pause of all calls that is on.
    fn pause(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Obstacle)> {
        let wait = self.state.wait.filter(|_| !self.waived)?;
        // One that ends later than any that is made now is of a clock that was ahead.
        let is_on = wait.until > now && wait.until <= after(now, self.bounds.longest(Why::Obstacle(wait.why)));
        is_on.then_some((wait.until, wait.why))
    }

    /// What is about to be stored counts already.
    fn latest(&self) -> &AssignerState {
        match &self.out {
            Out::Commit(commit) => &commit.state,
            _ => &self.state,
        }
    }

    fn id(&mut self) -> u64 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }
}
