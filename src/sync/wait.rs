//! Pauses, and their reasons.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::policy::SyncPolicy;
use crate::error::{Advice, Error, RetryAfter};
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
        matches!(
            self,
            Self::TermsNotSigned
                | Self::TokenRejected
                | Self::AccessDenied
                | Self::ClockWrong
                | Self::NetworkAnswers
                | Self::Refused
        )
    }

    pub(super) fn of(error: &Error) -> Self {
        match error.advice() {
            Advice::Retry { .. } if error.status().is_some_and(|status| status.as_u16() == 429) => Self::TooManyCalls,
            Advice::AcceptTerms => Self::TermsNotSigned,
            Advice::RenewToken => Self::TokenRejected,
            Advice::AskAdministrator => Self::AccessDenied,
            Advice::SetClock { .. } => Self::ClockWrong,
            Advice::CheckNetwork => Self::NetworkAnswers,
            Advice::FixRequest | Advice::GiveUp | Advice::DefineProfileAgain => Self::Refused,
            _ => Self::Outage,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingDue => "nothing is due",
            Self::FullTooEarly => "all devices have to be fetched, for which it is too early",
            Self::Outage => "Apple's service failed, or was not reached",
            Self::NoAnswer => "Apple's service did not answer in time",
            Self::TooManyCalls => "Apple asked for a pause",
            Self::NoProgress => "Apple's list does not go on",
            Self::CursorsRefused => "Apple refused one cursor after the other",
            Self::TermsNotSigned => "an administrator has to accept Apple's new terms",
            Self::TokenRejected => "a new server token has to be installed",
            Self::AccessDenied => "an administrator has to check this server's access in Apple's portal",
            Self::ClockWrong => "this machine's clock has to be set",
            Self::NetworkAnswers => "something in the network answers in Apple's place",
            Self::Refused => "Apple refuses the request",
        })
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
    /// Whether the last full fetch found no device to be gone because a row without a readable serial number was among its own.
    pub unswept: bool,
}

impl Health {
    /// Whether it is time that somebody looks: something has to be done that the machine cannot, or nothing has worked for several
    /// tries.
    pub fn is_stuck(&self) -> bool {
        const MANY: u32 = 5;
        self.failures >= MANY || self.why.is_some_and(Why::needs_somebody)
    }
}

/// How long to wait after the so-manieth failure in a row.
pub(super) fn pause(policy: &SyncPolicy, why: Why, failures: u32, stamp: &Stamp) -> TimeDelta {
    let plain = if why.needs_somebody() {
        policy.account_pause
    } else {
        let doublings = failures.saturating_sub(1).min(16);
        policy.first_pause.checked_mul(1 << doublings).unwrap_or(policy.longest_pause).min(policy.longest_pause)
    };
    // Up to a quarter more, so that many machines that failed together do not come back together.
    let [a, b, ..] = stamp.nonce();
    let share = i32::from(u16::from_be_bytes([a, b]));
    let jitter = (plain / 4).checked_mul(share).map_or(TimeDelta::zero(), |jitter| jitter / 65_536);
    plain.max(TimeDelta::seconds(1)) + jitter
}

/// When Apple wants to be called again; never more than a day away.
pub(super) fn asked_for(error: &Error, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let until = match (error.advice(), error.refusal()?.retry_after()?) {
        (Advice::Retry { after: Some(after) }, _) | (_, RetryAfter::Delay(after)) => {
            now.checked_add_signed(TimeDelta::from_std(after).ok()?)?
        }
        (_, RetryAfter::At(time)) => time,
    };
    Some(until.min(now.checked_add_signed(TimeDelta::days(1))?)).filter(|until| *until > now)
}
