//! The machine: commands out, results in.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::decision::{Decision, Kind, Refused, Trigger};
use super::misuse::Misuse;
use super::policy::{EarlyFull, Recovery, SyncPolicy};
use super::progress::Progress;
use super::reaction;
use super::state::{FullReason, Run, SyncState};
use super::step::{Call, Commit, Request, Step};
use super::wait::{Health, Why};
use crate::api::{DevicePage, FetchDevices, SyncDevices};
use crate::error::Error;
use crate::stamp::{Stamp, after};

/// The sync of one server token: see the [module](super).
#[derive(Debug, Clone)]
pub struct DeviceSync {
    policy: SyncPolicy,
    /// The policy as it is used.
    bounds: SyncPolicy,
    /// What is stored.
    state: SyncState,
    out: Out,
    asked: Option<(Kind, Trigger)>,
    /// Whether whoever asked has done away with the reason of the pause.
    waived: bool,
    /// When a person has made the run under way go on, to be stored with what comes of it.
    pushed: Option<DateTime<Utc>>,
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
    /// To store a state in which something is put right.
    Store(Box<SyncState>),
    Nothing(DateTime<Utc>, Why),
}

impl DeviceSync {
    /// The sync of a store that has no device yet.
    pub fn new(policy: SyncPolicy) -> Self {
        Self::resume(SyncState::new(), policy)
    }

    /// Goes on from a stored state. Whatever was under way and not stored is done again.
    pub fn resume(state: SyncState, policy: SyncPolicy) -> Self {
        let (out, asked, waived, pushed) = (Out::Nothing, None, false, None);
        Self { policy, bounds: policy.bounded(), state, out, asked, waived, pushed, last_id: 0 }
    }

    /// What is stored: the state of the last commit that was acknowledged.
    pub fn state(&self) -> &SyncState {
        &self.state
    }

    /// The policy, as it was given.
    pub fn policy(&self) -> &SyncPolicy {
        &self.policy
    }

    /// What to do now. Until that is done, the answer is the same; a call whose deadline has passed is given up.
    pub fn next(&mut self, stamp: &Stamp) -> Step {
        let now = stamp.now();
        if let Out::Call(call) = &self.out {
            // A clock that was set back must not make the machine wait for ever, nor a little give up a call.
            let is_late = now >= call.deadline || call.deadline > after(now, self.bounds.deadline * 2);
            if !is_late {
                return Step::Call(call.clone());
            }
            let next = reaction::to_silence(&self.state, &self.bounds, stamp);
            self.outcome(next);
        }
        if let Out::Commit(commit) = &self.out {
            return Step::Commit(Arc::clone(commit));
        }
        match self.due(&self.state, now) {
            Due::Nothing(until, why) => Step::Sleep { until, why },
            Due::Begin(kind, trigger, reason) => {
                self.asked = None;
                let begun = self.begun(kind, trigger, reason, now);
                self.commit((Vec::new(), Vec::new(), begun));
                self.next(stamp)
            }
            Due::Store(righted) => {
                self.commit((Vec::new(), Vec::new(), *righted));
                self.next(stamp)
            }
            Due::Page => {
                let deadline = after(now, self.bounds.deadline);
                let call = Call { id: self.id(), request: self.request(), deadline };
                self.out = Out::Call(call.clone());
                Step::Call(call)
            }
        }
    }

    /// Takes what came of a call. What is to be stored for it is the next step.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoSuchCall`], as for an answer that comes a second time, or after [`next`](Self::next) has given the call up.
    pub fn answer(&mut self, id: u64, result: Result<DevicePage, Error>, stamp: &Stamp) -> Result<(), Misuse> {
        let expected = match &self.out {
            Out::Call(call) => Some(call.id),
            _ => None,
        };
        if expected != Some(id) {
            return Err(Misuse::NoSuchCall { given: id, expected });
        }
        let next = match result {
            Ok(page) => reaction::to_page(&self.state, page, &self.bounds, stamp),
            Err(error) => reaction::to_error(&self.state, &error, &self.bounds, stamp),
        };
        self.outcome(next);
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
    ///
    /// The call is then made again, at once. A store that may work in a moment needs no `abandon`: [`next`](Self::next) gives the same
    /// commit until it is acknowledged.
    pub fn abandon(&mut self) {
        self.out = Out::Nothing;
        // What was asked for was judged by what is not stored now.
        self.asked = None;
        self.waived = false;
        self.pushed = None;
    }

    /// Asks for a run.
    ///
    /// A pause during which somebody has to do something ends when a person asks, who has done it; every pause does when a server token
    /// is installed, but for one that Apple asked for. A run that is due by itself needs no asking: for [`Trigger::Schedule`] the answer
    /// is what [`next`](Self::next) would do.
    pub fn ask(&mut self, kind: Kind, trigger: Trigger, now: DateTime<Utc>) -> Decision {
        // What is about to be stored counts already.
        let state = match &self.out {
            Out::Commit(commit) => commit.state.clone(),
            Out::Nothing | Out::Call(_) => self.state.clone(),
        };
        let state = state.righted(self.longest(), now).unwrap_or(state);
        // Once a call is out the pause before it is over, whatever the clock says.
        let pause = self.waiting(&state, now).filter(|_| !matches!(self.out, Out::Call(_)));
        let just_now = later(state.manual, self.bounds.manual_apart, now).filter(|_| trigger == Trigger::Manual);
        if let Some(run) = &state.run {
            let left = Progress::of(run, &state, now).time_left(&self.bounds).map_or_else(
                || self.bounds.expected_duration(run.devices).min(TimeDelta::days(1)).max(self.bounds.first_pause),
                |left| left.max(TimeDelta::seconds(1)),
            );
            // What is under way may itself be waiting.
            let left = after(now, left);
            let until = pause.map_or(left, |(until, _)| until.max(left));
            if !pause.is_some_and(|(_, why)| ends(why, trigger)) {
                return Decision::RefusedUntil { until, why: Refused::Running };
            }
            if let Some(until) = just_now {
                return Decision::RefusedUntil { until, why: Refused::AskedJustNow };
            }
            self.waived = true;
            self.pushed = Some(now).filter(|_| trigger == Trigger::Manual);
            return Decision::Now(run.kind);
        }
        if trigger == Trigger::Schedule {
            return match self.due(&state, now) {
                Due::Begin(kind, ..) => Decision::Now(kind),
                Due::Nothing(until, why) => Decision::RefusedUntil { until, why: Refused::Waiting(why) },
                // These are for a run that is under way, and a clock that was put right.
                Due::Page | Due::Store(_) => Decision::Now(Kind::Delta),
            };
        }
        if let Some((until, why)) = pause.filter(|(_, why)| !ends(*why, trigger)) {
            return Decision::RefusedUntil { until, why: Refused::Waiting(why) };
        }
        if let Some(until) = just_now {
            return Decision::RefusedUntil { until, why: Refused::AskedJustNow };
        }
        let needs_full = state.full_done.is_none() || self.lost_cursor(&state, now).is_some();
        if let Some(until) = self.recovers_at(&state, now).filter(|_| needs_full) {
            return Decision::RefusedUntil { until, why: Refused::FullTooEarly };
        }
        let too_early = later(state.full_begun, self.bounds.full_apart, now);
        let decision = match (kind, too_early) {
            (Kind::Full, Some(full_from)) if !needs_full => match self.bounds.early_full {
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

    /// The kind of the run under way, or else of the next one.
    pub fn coming(&self, now: DateTime<Utc>) -> Kind {
        if let Some(run) = &self.state.run {
            return run.kind;
        }
        let due = match self.due(&self.state, now) {
            Due::Nothing(until, _) => self.due(&self.state, until),
            due => due,
        };
        match due {
            Due::Begin(kind, ..) => kind,
            Due::Nothing(_, Why::FullTooEarly) => Kind::Full,
            Due::Page | Due::Store(_) | Due::Nothing(..) => Kind::Delta,
        }
    }

    /// How far the run under way has come; `None` if there is none, as when it has just come to its end:
    /// [`SyncState::last_full_devices`] is then what a full fetch found.
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
            cursors_lost: self.state.lost_cursors,
            unswept: self.state.unswept,
        }
    }

    fn id(&mut self) -> u64 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    /// What came of a call is to be stored. Who asks from now on asks about that.
    fn outcome(&mut self, mut next: reaction::Next) {
        next.2.manual = self.pushed.take().or(next.2.manual);
        self.waived = false;
        self.commit(next);
    }

    fn commit(&mut self, (changes, unreadable, state): reaction::Next) {
        let commit = Commit { id: self.id(), changes, unreadable, state };
        self.out = Out::Commit(Arc::new(commit));
    }

    /// The pause that is on, and its end: never further away than the longest that the machine makes, in case that the clock was set
    /// back.
    fn waiting(&self, state: &SyncState, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Why)> {
        let wait = state.wait.as_ref().filter(|_| !self.waived)?;
        let until = wait.until.min(after(now, self.longest()));
        (until > now).then_some((until, wait.why))
    }

    fn longest(&self) -> TimeDelta {
        let SyncPolicy { account_pause, longest_pause, .. } = self.bounds;
        TimeDelta::days(1).max(account_pause * 2).max(longest_pause * 2)
    }

    fn due(&self, state: &SyncState, now: DateTime<Utc>) -> Due {
        if let Some(righted) = state.righted(self.longest(), now) {
            return Due::Store(Box::new(righted));
        }
        if let Some((until, why)) = self.waiting(state, now) {
            return Due::Nothing(until, why);
        }
        if state.run.is_some() {
            let is_old = state.cursor_since().is_some_and(|since| self.is_old(since, now));
            return if is_old { Due::Store(Box::new(reaction::to_age(state))) } else { Due::Page };
        }
        let trigger = self.asked.map_or(Trigger::Schedule, |(_, trigger)| trigger);
        let delta_at = later(state.done, self.bounds.delta_every, now);
        if let Some(reason) = self.lost_cursor(state, now) {
            if let Some(until) = self.recovers_at(state, now) {
                return Due::Nothing(until, Why::FullTooEarly);
            }
            // Nothing has gone wrong, and a delta would not be due.
            let may_wait = matches!(reason, FullReason::CursorTooOld | FullReason::NoCursor) && self.asked.is_none();
            return match delta_at.filter(|_| may_wait && state.next_full.is_none()) {
                Some(until) => Due::Nothing(until, Why::NothingDue),
                None => Due::Begin(Kind::Full, trigger, Some(reason)),
            };
        }
        match self.asked {
            // A full fetch that has run since then is the one that was asked for.
            Some((Kind::Full, trigger)) if later(state.full_begun, self.bounds.full_apart, now).is_none() => {
                return Due::Begin(Kind::Full, trigger, Some(FullReason::Asked));
            }
            Some((Kind::Delta, trigger)) => return Due::Begin(Kind::Delta, trigger, None),
            _ => {}
        }
        let full_at = self.bounds.full_every.map(|every| {
            let wanted = later(state.full_done, every, now);
            let allowed = later(state.full_begun, self.bounds.full_apart, now);
            wanted.max(allowed)
        });
        if full_at == Some(None) {
            return Due::Begin(Kind::Full, Trigger::Schedule, Some(FullReason::Periodic));
        }
        match delta_at {
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
            None => Some(FullReason::NoCursor),
            Some(stored) => self.is_old(stored.since, now).then_some(FullReason::CursorTooOld),
        }
    }

    /// Whether a cursor is not even tried: a little earlier than Apple's bound, for the time of the call itself.
    fn is_old(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let bound = self.bounds.cursor_age - TimeDelta::minutes(10);
        now.signed_duration_since(since) >= bound
    }

    /// When a full fetch that has become necessary may run, if it has to wait. The first fetch is nobody's second.
    fn recovers_at(&self, state: &SyncState, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let waits = self.bounds.recovery == Recovery::Waits && state.full_done.is_some();
        later(state.full_begun, self.bounds.full_apart, now).filter(|_| waits)
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
        let (cursor, cursor_since, mark) = (None, None, None);
        let (pages, devices, idle_pages, blind_rows) = (0, 0, 0, 0);
        let begun = now;
        state.run =
            Some(Run { kind, trigger, begun, cursor, cursor_since, mark, pages, devices, idle_pages, blind_rows });
        state
    }

    fn request(&self) -> Request {
        let limit = self.bounds.page_size;
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

/// Whether a pause ends when a run is asked for.
fn ends(why: Why, trigger: Trigger) -> bool {
    match trigger {
        Trigger::TokenInstalled => why != Why::TooManyCalls,
        Trigger::Manual => why.needs_somebody(),
        Trigger::Schedule => false,
    }
}

/// When something that was done then may be done again; `None` if it may be now. A time in the future, by a clock that was set back since,
/// counts as now.
fn later(then: Option<DateTime<Utc>>, apart: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let then = then?.min(now);
    Some(then.checked_add_signed(apart)?).filter(|time| *time > now)
}
