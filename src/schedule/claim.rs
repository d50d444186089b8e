//! Taking a turn, keeping it, giving it back.

use chrono::{DateTime, TimeDelta, Utc};

use super::gate::Gate;
use super::lease::{Lease, LeaseLost};
use super::policy::SchedulePolicy;
use super::row::{Due, Look, TokenRow};
use super::turn::Turn;
use super::work::{After, Hold, Work};
use crate::stamp::after;

/// What a worker has looked up before it claims a turn: see the [module](super#stored-in-a-database) for the queries.
#[derive(Debug, Clone, Copy, Default)]
pub struct View<'r> {
    /// How many tokens are leased: those whose lease has not ended, by the [grace](SchedulePolicy::grace).
    pub running: u32,
    /// When the first of these leases ends.
    pub first_end: Option<DateTime<Utc>>,
    /// When the first token that is not leased is due, of those that are not yet.
    pub next_due: Option<DateTime<Utc>>,
    /// Of the tokens that are due and not leased, the one with the lowest mark, then name.
    pub candidate: Option<&'r TokenRow>,
}

/// What becomes of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// It is this worker's turn, once row and gate are stored.
    Turn(Box<Claimed>),
    /// A lease was given by a clock that was set back since: store the row, in which it ends as if given now, and claim again.
    Repair(Box<TokenRow>),
    /// There is no turn before this time; ask again then.
    Wait {
        /// The time; never further away than [`SchedulePolicy::look_again`].
        until: DateTime<Utc>,
        /// The reason.
        why: Hold,
    },
}

/// A turn, and what is to be stored for it in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claimed {
    /// The turn.
    pub turn: Turn,
    /// The row, in the place of the candidate.
    pub row: TokenRow,
    /// The gate, in the place of the one before.
    pub gate: Gate,
}

/// A row's mark is not believed if it is so much further than the gate's: thirty thousand years of work.
const FURTHEST: u64 = 1 << 50;

impl SchedulePolicy {
    /// Claims a turn for a worker.
    pub fn claim(&self, gate: &Gate, view: View<'_>, owner: &str, now: DateTime<Utc>) -> Claim {
        self.bounded().claimed(gate, view, owner, now)
    }

    fn claimed(&self, gate: &Gate, view: View<'_>, owner: &str, now: DateTime<Utc>) -> Claim {
        if let Some(row) = view.candidate.and_then(|row| self.repaired(row, now)) {
            return Claim::Repair(Box::new(row));
        }
        if view.running >= self.places {
            return self.wait(view.first_end, Hold::PlacesTaken, now);
        }
        let Some(row) = view.candidate else {
            return self.wait(view.next_due, Hold::NothingDue, now);
        };
        let work = match self.look_at(row, now) {
            Look::Ready(work) => work,
            Look::Wait { until, why } => return self.wait(Some(until), why, now),
        };
        let mut gate = gate.clone();
        let fewest = Self::fewest_calls(work);
        let allowed = match gate.take(self.rate, fewest..=self.turn_calls.max(fewest), now) {
            Ok(allowed) => allowed,
            Err(until) => return self.wait(Some(until), Hold::RateLimit, now),
        };
        // A mark that no service comes to would be every token's from now on.
        let mark =
            Some(row.mark).filter(|mark| *mark <= gate.mark.saturating_add(FURTHEST)).unwrap_or(0).max(gate.mark);
        gate.mark = mark.min(Gate::HIGHEST);
        // Higher than any on this token, also by another gate.
        let number = gate.last_number.max(row.last_number()).saturating_add(1);
        gate.last_number = number.min(Gate::HIGHEST);
        let (token, owner) = (row.token.clone(), owner.to_owned());
        let lease = Lease { token, owner, until: self.lease_from(now), number };
        let row = if work == Work::Assign { row.clone().taken_on(now) } else { row.clone() };
        let row = TokenRow {
            // Paid in advance: a turn of which nobody hears again has cost all that it may.
            mark: mark.saturating_add(self.longest_turn(work)).min(TokenRow::HIGHEST),
            lost: if row.lease.is_some() { row.lost.saturating_add(1) } else { row.lost },
            lease: Some(lease.clone()),
            woken: false,
            ..row
        };
        let turn =
            Turn { lease, work, asked: row.asked, begun: now, mark, allowed, calls: 0, devices: 0, is_fresh: false };
        Claim::Turn(Box::new(Claimed { turn, row, gate }))
    }

    /// Renews the lease of a turn: the turn as it goes on, and the row to be stored.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`].
    pub fn renew(&self, row: &TokenRow, turn: &Turn, now: DateTime<Utc>) -> Result<(Turn, TokenRow), LeaseLost> {
        let held = held(row, turn)?;
        if now >= held.until {
            return Err(LeaseLost::Expired { token: held.token.clone(), until: held.until });
        }
        let lease = Lease { until: self.bounded().lease_from(now), ..held.clone() };
        Ok((
            Turn { lease: lease.clone(), is_fresh: true, ..turn.clone() },
            TokenRow { lease: Some(lease), ..row.clone() },
        ))
    }

    /// Ends a turn: row and gate to be stored in one transaction. A lease that has ended, but that nobody has claimed, is still good for
    /// that.
    ///
    /// # Errors
    ///
    /// [`LeaseLost::Taken`]: nothing is to be stored.
    pub fn end(
        &self,
        gate: &Gate,
        row: &TokenRow,
        turn: &Turn,
        then: After,
        now: DateTime<Utc>,
    ) -> Result<(TokenRow, Gate), LeaseLost> {
        let number = held(row, turn)?.number;
        let (mut gate, mut row) = (gate.clone(), row.clone());
        let rules = self.bounded();
        gate.give_back(rules.rate, turn.calls_left());
        row.mark = turn.mark.saturating_add(rules.cost(0, 0).max(turn.cost(&rules, now))).min(TokenRow::HIGHEST);
        row.lease = None;
        row.last_lease = Some(number);
        row.lost = 0;
        row.last = Some(turn.work);
        let has_failed = matches!(then, After::Failed { .. });
        if !has_failed && matches!(turn.work, Work::Sync(_)) && !row.woken {
            row.asked = None;
        }
        // Its own work comes after a while, unless something else is said of it: at once would be a loop without an end.
        let later = Due { at: after(now, rules.look_again.min(rules.longest_sleep)), why: Hold::NothingDue };
        match turn.work {
            Work::Sync(_) => row.sync = later,
            Work::Assign => row.assign = Some(later).filter(|_| then != After::Done),
        }
        let latest = after(now, rules.longest_sleep);
        let next = match then {
            After::More(next) => Some((next, Due { at: now, why: Hold::NothingDue })),
            After::Sleep { next, until, why } => Some((next, Due { at: until.min(latest), why })),
            After::Failed { until } => Some((turn.work, Due { at: until.min(latest), why: Hold::NothingDue })),
            After::Done => None,
        };
        match next {
            Some((Work::Sync(next_run), due)) => {
                row.next_run = next_run;
                row.sync = due;
            }
            Some((Work::Assign, due)) => row.assign = Some(due),
            None => {}
        }
        // A run that was asked for in the meantime is looked at at once, and so is what has been due since before the clock was set back.
        if std::mem::take(&mut row.woken) || rules.is_due(row.sync.at, now) {
            row.sync.at = row.sync.at.min(now);
        }
        if let Some(assign) = row.assign.as_mut().filter(|assign| rules.is_due(assign.at, now)) {
            assign.at = assign.at.min(now);
        }
        row.assign_asked = row.assign_asked.map(|asked| asked.min(now));
        Ok((row, gate))
    }

    /// The row with a lease as it could be given now; `None` if it is one that could.
    fn repaired(&self, row: &TokenRow, now: DateTime<Utc>) -> Option<TokenRow> {
        let lease = row.lease.as_ref().filter(|lease| lease.until > self.lease_from(now))?;
        Some(TokenRow { lease: Some(Lease { until: self.lease_from(now), ..lease.clone() }), ..row.clone() })
    }

    fn wait(&self, until: Option<DateTime<Utc>>, why: Hold, now: DateTime<Utc>) -> Claim {
        let latest = after(now, self.look_again);
        let until = until.unwrap_or(latest).min(latest);
        // Never at once: that would be a loop without an end.
        let until = until.max(after(now, TimeDelta::milliseconds(1)));
        Claim::Wait { until, why }
    }
}

/// The lease of a row, if it is still this turn's.
fn held<'r>(row: &'r TokenRow, turn: &Turn) -> Result<&'r Lease, LeaseLost> {
    let lease = row.lease.as_ref().filter(|lease| lease.number == turn.lease.number);
    lease.ok_or_else(|| LeaseLost::Taken {
        token: turn.lease.token.clone(),
        by: row.lease.as_ref().map(|lease| lease.owner.clone()),
    })
}
