//! The machine: commands out, results in.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::decision::{Decision, Kind, Refused, Trigger};
use super::misuse::Misuse;
use super::policy::{EarlyFull, Recovery, SyncPolicy};
use super::progress::{Progress, estimated};
use super::reaction;
use super::state::{FullReason, Run, SyncState};
use super::step::{Call, Commit, Request, Step};
use super::wait::{Health, Why};
use crate::api::{DevicePage, FetchDevices, SyncDevices};
use crate::error::Error;
use crate::stamp::Stamp;

/// The sync of one server token: see the [module](super).
#[derive(Debug, Clone)]
pub struct DeviceSync {
    policy: SyncPolicy,
    /// What is stored.
    state: SyncState,
    out: Out,
    asked: Option<(Kind, Trigger)>,
    /// Whether whoever asked has done away with the reason of the pause.
    waived: bool,
    last_id: u64,
}

/// The command that is out.
#[derive(Debug, Clone)]
enum Out {
    Nothing,
    Call(Call),
    Commit(Arc<Commit>),
}

/// What is to be done when no command is out.
enum Due {
    Begin(Kind, Trigger, Option<FullReason>),
    Page,
    Nothing(DateTime<Utc>, Why),
}

impl DeviceSync {
    /// The sync of a store that has no device yet.
    pub fn new(policy: SyncPolicy) -> Self {
        Self::resume(SyncState::new(), policy)
    }

    /// Goes on from a stored state. Whatever was under way and not stored is done again.
    pub fn resume(state: SyncState, policy: SyncPolicy) -> Self {
        Self { policy, state, out: Out::Nothing, asked: None, waived: false, last_id: 0 }
    }

    /// What is stored: the state of the last commit that was acknowledged.
    pub fn state(&self) -> &SyncState {
        &self.state
    }

    /// The policy.
    pub fn policy(&self) -> &SyncPolicy {
        &self.policy
    }

    /// What to do now. Until that is done, the answer is the same; a call whose deadline has passed is given up.
    pub fn next(&mut self, stamp: &Stamp) -> Step {
        let now = stamp.now();
        if let Out::Call(call) = &self.out {
            // A clock that was set back must not make the machine wait for ever.
            let is_late = now >= call.deadline || call.deadline > now + self.policy.deadline;
            if !is_late {
                return Step::Call(call.clone());
            }
            let next = reaction::to_silence(&self.state, &self.policy, stamp);
            self.commit(next);
        }
        if let Out::Commit(commit) = &self.out {
            return Step::Commit(Arc::clone(commit));
        }
        match self.due(now) {
            Due::Nothing(until, why) => Step::Sleep { until, why },
            Due::Begin(kind, trigger, reason) => {
                self.asked = None;
                let begun = self.begun(kind, trigger, reason, now);
                self.commit((Vec::new(), Vec::new(), begun));
                self.next(stamp)
            }
            Due::Page => {
                let call = Call { id: self.id(), request: self.request(), deadline: now + self.policy.deadline };
                self.out = Out::Call(call.clone());
                Step::Call(call)
            }
        }
    }

    /// Takes what came of a call. What is to be stored for it is the next step.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoSuchCall`], as for an answer that comes a second time, or after its deadline.
    pub fn answer(&mut self, id: u64, result: Result<DevicePage, Error>, stamp: &Stamp) -> Result<(), Misuse> {
        let expected = match &self.out {
            Out::Call(call) => Some(call.id),
            _ => None,
        };
        if expected != Some(id) {
            return Err(Misuse::NoSuchCall { given: id, expected });
        }
        let next = match result {
            Ok(page) => reaction::to_page(&self.state, page, &self.policy, stamp),
            Err(error) => reaction::to_error(&self.state, &error, &self.policy, stamp),
        };
        self.commit(next);
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
    /// that was lost. What was asked for has to be asked for again.
    pub fn abandon(&mut self) {
        self.out = Out::Nothing;
        // What was asked for was judged by what is not stored now.
        self.asked = None;
        self.waived = false;
    }

    /// Asks for a run.
    ///
    /// A pause during which somebody has to do something ends here: whoever asks has done it. So does every pause when a server token
    /// is installed.
    pub fn ask(&mut self, kind: Kind, trigger: Trigger, now: DateTime<Utc>) -> Decision {
        // What is about to be stored counts already.
        let state = match &self.out {
            Out::Commit(commit) => commit.state.clone(),
            Out::Nothing | Out::Call(_) => self.state.clone(),
        };
        if let Some(run) = &state.run {
            let left = match Progress::of(run, &state, now).time_left(&self.policy) {
                Some(left) => left.max(TimeDelta::seconds(1)),
                None => estimated(run.devices, &self.policy).max(self.policy.first_pause),
            };
            // What is under way may itself be waiting.
            let until = self.waiting(&state, now).map_or(now + left, |(until, _)| until.max(now + left));
            if !(trigger == Trigger::TokenInstalled || is_somebodys(&state)) {
                return Decision::RefusedUntil { until, why: Refused::Running };
            }
            self.waived = true;
            return Decision::Now(run.kind);
        }
        if let Some((until, why)) = self.waiting(&state, now)
            && !(trigger == Trigger::TokenInstalled || why.needs_somebody())
        {
            return Decision::RefusedUntil { until, why: Refused::Waiting(why) };
        }
        if trigger == Trigger::Manual
            && let Some(until) = later(state.manual, self.policy.manual_apart, now)
        {
            return Decision::RefusedUntil { until, why: Refused::AskedJustNow };
        }
        let needs_full = state.full_done.is_none() || self.lost_cursor(&state, now).is_some();
        let too_early = later(state.full_begun, self.policy.full_apart, now);
        let decision = match (kind, too_early) {
            (Kind::Full, Some(full_from)) if !needs_full => match self.policy.early_full {
                EarlyFull::Reduced => Decision::ReducedTo { kind: Kind::Delta, full_from },
                EarlyFull::Refused => {
                    return Decision::RefusedUntil { until: full_from, why: Refused::FullTooEarly };
                }
            },
            (Kind::Delta, _) if needs_full => Decision::Now(Kind::Full),
            (kind, _) => Decision::Now(kind),
        };
        self.waived = true;
        self.asked = match decision {
            Decision::Now(kind) | Decision::ReducedTo { kind, .. } => Some((kind, trigger)),
            Decision::RefusedUntil { .. } => None,
        };
        decision
    }

    /// How far the run under way has come; `None` if there is none.
    pub fn progress(&self, now: DateTime<Utc>) -> Option<Progress> {
        self.state.run.as_ref().map(|run| Progress::of(run, &self.state, now))
    }

    /// How the sync is doing.
    pub fn health(&self) -> Health {
        let wait = self.state.wait.as_ref();
        Health {
            failures: self.state.failures,
            since: wait.map(|wait| wait.since).filter(|_| self.state.failures > 0),
            why: wait.map(|wait| wait.why),
            until: wait.map(|wait| wait.until),
            unswept: self.state.unswept,
        }
    }

    fn id(&mut self) -> u64 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    fn commit(&mut self, (changes, unreadable, state): reaction::Next) {
        let commit = Commit { id: self.id(), changes, unreadable, state };
        self.out = Out::Commit(Arc::new(commit));
    }

    /// The pause that is on, and its end: never further away than the longest that the machine makes, in case that the clock was set
    /// back.
    fn waiting(&self, state: &SyncState, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Why)> {
        let wait = state.wait.as_ref().filter(|_| !self.waived)?;
        let until = wait.until.min(now + self.longest());
        (until > now).then_some((until, wait.why))
    }

    fn longest(&self) -> TimeDelta {
        let SyncPolicy { account_pause, longest_pause, .. } = self.policy;
        TimeDelta::days(1).max(account_pause * 2).max(longest_pause * 2)
    }

    fn due(&self, now: DateTime<Utc>) -> Due {
        if let Some((until, why)) = self.waiting(&self.state, now) {
            return Due::Nothing(until, why);
        }
        if self.state.run.is_some() {
            return Due::Page;
        }
        let trigger = self.asked.map_or(Trigger::Schedule, |(_, trigger)| trigger);
        if let Some(reason) = self.lost_cursor(&self.state, now) {
            // The first fetch is nobody's second.
            let waits = self.policy.recovery == Recovery::Waits && self.state.full_done.is_some();
            return match later(self.state.full_begun, self.policy.full_apart, now).filter(|_| waits) {
                Some(until) => Due::Nothing(until, Why::FullTooEarly),
                None => Due::Begin(Kind::Full, trigger, Some(reason)),
            };
        }
        match self.asked {
            // A full fetch that has run since then is the one that was asked for.
            Some((Kind::Full, trigger)) if later(self.state.full_begun, self.policy.full_apart, now).is_none() => {
                return Due::Begin(Kind::Full, trigger, Some(FullReason::Asked));
            }
            Some((Kind::Delta, trigger)) => return Due::Begin(Kind::Delta, trigger, None),
            _ => {}
        }
        let full_at = self.policy.full_every.map(|every| {
            let wanted = later(self.state.full_done, every, now);
            let allowed = later(self.state.full_begun, self.policy.full_apart, now);
            wanted.max(allowed)
        });
        if full_at == Some(None) {
            return Due::Begin(Kind::Full, Trigger::Schedule, Some(FullReason::Periodic));
        }
        match later(self.state.done, self.policy.delta_every, now) {
            None => Due::Begin(Kind::Delta, Trigger::Schedule, None),
            Some(delta_at) => {
                let until = full_at.flatten().map_or(delta_at, |full_at| full_at.min(delta_at));
                Due::Nothing(until, Why::NothingDue)
            }
        }
    }

    /// Why there is no cursor for a delta.
    fn lost_cursor(&self, state: &SyncState, now: DateTime<Utc>) -> Option<FullReason> {
        if state.full_done.is_none() && state.next_full.is_none() {
            return Some(FullReason::First);
        }
        if let Some(reason) = state.next_full {
            return Some(reason);
        }
        match &state.cursor {
            None => Some(FullReason::CursorRefused),
            // A little earlier than Apple's bound, for the time of the call itself.
            Some(stored) => {
                let bound = self.policy.cursor_age - TimeDelta::minutes(10);
                (now.signed_duration_since(stored.since) >= bound).then_some(FullReason::CursorTooOld)
            }
        }
    }

    /// The state in which a run has begun.
    fn begun(&self, kind: Kind, trigger: Trigger, reason: Option<FullReason>, now: DateTime<Utc>) -> SyncState {
        let mut state = self.state.clone();
        state.wait = None;
        if trigger == Trigger::Manual {
            state.manual = Some(now);
        }
        if kind == Kind::Full {
            state.generation = state.generation.saturating_add(1);
            state.full_begun = Some(now);
            state.next_full = reason;
        }
        let (pages, devices, idle_pages, blind_rows) = (0, 0, 0, 0);
        state.run = Some(Run { kind, trigger, begun: now, cursor: None, pages, devices, idle_pages, blind_rows });
        state
    }

    fn request(&self) -> Request {
        let limit = self.policy.page_size;
        let cursor = self.state.cursor.as_ref().map(|stored| stored.cursor.clone());
        match (&self.state.run, cursor) {
            (Some(Run { kind: Kind::Delta, .. }), Some(cursor)) => {
                let request = SyncDevices::since(cursor);
                Request::Sync(limit.map_or(request.clone(), |limit| request.with_limit(limit)))
            }
            (run, _) => {
                let cursor = run.as_ref().and_then(|run| run.cursor.clone());
                let request = cursor.map_or_else(FetchDevices::from_start, FetchDevices::after);
                Request::Fetch(limit.map_or(request.clone(), |limit| request.with_limit(limit)))
            }
        }
    }
}

fn is_somebodys(state: &SyncState) -> bool {
    state.wait.as_ref().is_some_and(|wait| wait.why.needs_somebody())
}

/// When something that was done then may be done again; `None` if it may be now. A time in the future, by a clock that was set back since,
/// counts as now.
fn later(then: Option<DateTime<Utc>>, apart: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let then = then?.min(now);
    Some(then.checked_add_signed(apart)?).filter(|time| *time > now)
}
