//! Pauses, and their reasons.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::policy::SyncPolicy;
use crate::error::{Error, Obstacle, Pauses};
use crate::stamp::Stamp;

/// Why there is nothing to do for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// All is done; the next run is not due.
    NothingDue,
    /// All devices have to be fetched, and the policy wants the last time to be longer ago.
    FullTooEarly,
    /// Apple, or something between here and Apple, failed: a server error, no answer, an answer that cannot be read.
    Outage,
    /// The call was not answered before its deadline.
    NoAnswer,
    /// Apple asked for a pause.
    TooManyCalls,
    /// Apple gives the same cursor again and again, pages without devices, or no cursor, and says that more follows.
    NoProgress,
    /// Apple refused one cursor after the other.
    CursorsRefused,
    /// An administrator has to accept Apple's new terms; the refusal can linger for more than a day afterwards.
    TermsNotSigned,
    /// The server token has expired, or was revoked or replaced: install a new one.
    TokenRejected,
    /// An administrator has to look at this server's access in Apple's portal.
    AccessDenied,
    /// This machine's clock is wrong.
    ClockWrong,
    /// Something in the network answers in Apple's place.
    NetworkAnswers,
    /// Apple refuses the request for a reason that a new try will not change.
    Refused,
}

impl Why {
    /// Whether somebody has to do something before it can end well.
    pub fn needs_somebody(self) -> bool {
        self.obstacle().is_some_and(Obstacle::needs_somebody)
    }

    pub(super) fn of(error: &Error) -> Self {
        Self::from(Obstacle::of(error))
    }

    /// The obstacle, where it is one that every machine can meet.
    fn obstacle(self) -> Option<Obstacle> {
        Some(match self {
            Self::NothingDue | Self::FullTooEarly | Self::NoProgress | Self::CursorsRefused => return None,
            Self::Outage => Obstacle::Outage,
            Self::NoAnswer => Obstacle::NoAnswer,
            Self::TooManyCalls => Obstacle::TooManyCalls,
            Self::TermsNotSigned => Obstacle::TermsNotSigned,
            Self::TokenRejected => Obstacle::TokenRejected,
            Self::AccessDenied => Obstacle::AccessDenied,
            Self::ClockWrong => Obstacle::ClockWrong,
            Self::NetworkAnswers => Obstacle::NetworkAnswers,
            Self::Refused => Obstacle::Refused,
        })
    }
}

impl From<Obstacle> for Why {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Outage => Self::Outage,
            Obstacle::NoAnswer => Self::NoAnswer,
            Obstacle::TooManyCalls => Self::TooManyCalls,
            Obstacle::TermsNotSigned => Self::TermsNotSigned,
            Obstacle::TokenRejected => Self::TokenRejected,
            Obstacle::AccessDenied => Self::AccessDenied,
            Obstacle::ClockWrong => Self::ClockWrong,
            Obstacle::NetworkAnswers => Self::NetworkAnswers,
            Obstacle::Refused => Self::Refused,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.obstacle()) {
            (_, Some(obstacle)) => obstacle.fmt(f),
            (Self::FullTooEarly, _) => f.write_str("all devices have to be fetched, for which it is too early"),
            (Self::NoProgress, _) => f.write_str("Apple's list does not go on"),
            (Self::CursorsRefused, _) => f.write_str("Apple refused one cursor after the other"),
            _ => f.write_str("nothing is due"),
        }
    }
}

/// A pause that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wait {
    pub(super) until: DateTime<Utc>,
    pub(super) why: Why,
    /// When the first of these failures in a row was met.
    pub(super) since: DateTime<Utc>,
}

/// How a sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// How many answers in a row have been failures.
    pub failures: u32,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// The reason of the present pause.
    pub why: Option<Why>,
    /// Its end.
    pub until: Option<DateTime<Utc>>,
    /// How many cursors were refused or led nowhere since a delta came to its end.
    pub cursors_lost: u32,
    /// Whether the last full fetch found no device to be gone, since it may not have seen all: a row without a readable serial number
    /// was among its own, or Apple never said that it was complete.
    pub unswept: bool,
}

impl Health {
    /// Whether it is time that somebody looks: something has to be done that the machine cannot, nothing has worked for several
    /// tries, or several cursors in a row were of no use, so that all devices are fetched again and again.
    pub fn is_stuck(&self) -> bool {
        const MANY: u32 = 5;
        self.failures.max(self.cursors_lost) >= MANY || self.why.is_some_and(Why::needs_somebody)
    }
}

/// How long to wait after the so-manieth failure in a row.
pub(super) fn pause(policy: &SyncPolicy, why: Why, failures: u32, stamp: &Stamp) -> TimeDelta {
    let (first, longest, account) = (policy.first_pause, policy.longest_pause, policy.account_pause);
    Pauses { first, longest, account }.after(why.needs_somebody(), failures, stamp.nonce())
}
