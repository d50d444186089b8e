//! What there is to do for a token, and why not now.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::assign::{self, Assigner};
use crate::stamp::Stamp;
use crate::sync::{DeviceSync, Kind, Step, Trigger, Why};

/// What a turn is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Work {
    /// Assigning, removing or reading profiles of devices.
    Assign,
    /// A run of the token's [`DeviceSync`], or its next part.
    Sync(Kind),
}

/// Why it is not a token's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hold {
    /// The assignment waits, as for devices that Apple throttles.
    Assign,
    /// A worker has the token (SYN-7).
    Leased,
    /// No token has anything to do.
    NothingDue,
    /// As many tokens as may be are being worked on.
    PlacesTaken,
    /// As many calls as may be have been made.
    RateLimit,
    /// The sync waits, for the machine's reason.
    Sync(Why),
}

/// What follows on a turn: on its own [work](super::Turn::work).
///
/// A work of which nothing is said is looked at again after a while, by [`SchedulePolicy::look_again`](super::SchedulePolicy::look_again):
/// a turn of a sync that ends with `More(Work::Assign)` leaves the sync so. Whoever has found something to be assigned says it with
/// [`TokenRow::assign`](super::TokenRow::assign).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum After {
    /// There is more to do at once.
    More(Work),
    /// There is nothing to do before a time.
    Sleep {
        /// What is to be done then.
        next: Work,
        /// The time.
        until: DateTime<Utc>,
        /// The reason.
        why: Hold,
    },
    /// The assignment is complete. (A sync never is: it is looked at again after a while.)
    Done,
    /// It came to nothing for a reason of the worker's own, such as a store that failed: the same again, not before a time. What was
    /// asked for stays.
    Failed {
        /// The time.
        until: DateTime<Utc>,
    },
}

impl After {
    /// What follows on a turn of a sync, by its machine; a command that is out is given up.
    pub fn of_sync(sync: &mut DeviceSync, stamp: &Stamp) -> Self {
        sync.abandon();
        let next = Work::Sync(sync.coming(stamp.now()));
        let step = sync.next(stamp);
        sync.abandon();
        if let Step::Sleep { until, why } = step {
            return Self::Sleep { next, until, why: Hold::Sync(why) };
        }
        Self::More(next)
    }

    /// What follows on a turn of an assignment, by its machine. Nothing is given up: what was
    /// [added](Assigner::add) and is not stored makes [`More`](Self::More). A machine that is kept until the next turn, and not
    /// resumed from its state, makes the call that is out in that turn, or takes it as not answered if that is later than its deadline.
    ///
    /// ```
    /// use apple_ade::Stamp;
    /// use apple_ade::assign::{AssignPolicy, Assigner, Removal};
    /// use apple_ade::schedule::{After, Work};
    ///
    /// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, [0; 16]);
    /// let mut assigner = Assigner::new(AssignPolicy::APPLE);
    /// assert_eq!(After::of_assigner(&mut assigner, &stamp), After::Done);
    /// assigner.add(Removal::of(["C02T0HL0GGC0".parse()?]))?;
    /// assert_eq!(After::of_assigner(&mut assigner, &stamp), After::More(Work::Assign));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_assigner(assigner: &mut Assigner, stamp: &Stamp) -> Self {
        match assigner.next(stamp) {
            assign::Step::Done => Self::Done,
            assign::Step::Sleep { until, .. } => Self::Sleep { next: Work::Assign, until, why: Hold::Assign },
            assign::Step::Call(_) | assign::Step::Commit(_) | assign::Step::Define(_) => Self::More(Work::Assign),
        }
    }
}

/// What somebody has asked for; kept in the row until a turn has passed it on to [`DeviceSync::ask`] and ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The kind of run.
    pub kind: Kind,
    /// What it is for.
    pub trigger: Trigger,
}

impl Asked {
    /// Both: all rather than what has changed, and a new token rather than a person.
    pub(super) fn and(self, other: Self) -> Self {
        Self { kind: self.kind.min(other.kind), trigger: self.trigger.max(other.trigger) }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assign => f.write_str("assignment"),
            Self::Sync(kind) => write!(f, "{kind} sync"),
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Assign => "the assignment has to wait",
            Self::Leased => "a worker has the token",
            Self::NothingDue => "no token has anything to do",
            Self::PlacesTaken => "as many tokens as may be are being worked on",
            Self::RateLimit => "as many calls as may be have been made",
            Self::Sync(why) => return why.fmt(f),
        })
    }
}
