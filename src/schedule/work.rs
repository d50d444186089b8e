//! What there is to do for a token, and why not now.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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

/// What follows on a turn.
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
    /// The assignment is complete. (A sync never is.)
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
