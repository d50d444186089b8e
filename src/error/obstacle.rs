//! What stands between a machine and its next call.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Advice, Error, RetryAfter};

/// Why a call gave no result, as far as it matters for when to call again, and for who has to do something before.
///
/// ```
/// use apple_ade::error::{Error, Obstacle, Refusal};
///
/// let response = http::Response::builder().status(403).body(b"T_C_NOT_SIGNED".to_vec())?;
/// let obstacle = Obstacle::of(&Error::from(Refusal::read("POST /profile/devices", &response)));
/// assert_eq!(obstacle, Obstacle::TermsNotSigned);
/// assert!(obstacle.needs_somebody());
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Obstacle {
    /// Apple, or something between here and Apple, failed: a server error, no answer, an answer that cannot be read.
    Outage,
    /// The call was not answered before its deadline.
    NoAnswer,
    /// Apple asked for a pause.
    TooManyCalls,
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

impl Obstacle {
    /// What an error comes to.
    pub fn of(error: &Error) -> Self {
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
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Outage => "Apple's service failed, or was not reached",
            Self::NoAnswer => "Apple's service did not answer in time",
            Self::TooManyCalls => "Apple asked for a pause",
            Self::TermsNotSigned => "an administrator has to accept Apple's new terms",
            Self::TokenRejected => "a new server token has to be installed",
            Self::AccessDenied => "an administrator has to check this server's access in Apple's portal",
            Self::ClockWrong => "this machine's clock has to be set",
            Self::NetworkAnswers => "something in the network answers in Apple's place",
            Self::Refused => "Apple refuses the request",
        })
    }
}

/// How long a machine waits after failures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pauses {
    /// After the first failure; it doubles from failure to failure.
    pub(crate) first: TimeDelta,
    /// The longest.
    pub(crate) longest: TimeDelta,
    /// While somebody has to do something.
    pub(crate) account: TimeDelta,
}

impl Pauses {
    /// How long to wait after the so-manieth failure in a row.
    pub(crate) fn after(self, needs_somebody: bool, failures: u32, nonce: [u8; 16]) -> TimeDelta {
        let plain = if needs_somebody {
            self.account
        } else {
            let doublings = failures.saturating_sub(1).min(16);
            self.first.checked_mul(1 << doublings).unwrap_or(self.longest).min(self.longest)
        };
        let plain = plain.max(TimeDelta::seconds(1));
        // Up to a quarter more, so that many machines that failed together do not come back together.
        let [a, b, ..] = nonce;
        let share = i32::from(u16::from_be_bytes([a, b]));
        let jitter = (plain / 4).checked_mul(share).map_or(TimeDelta::zero(), |jitter| jitter / 65_536);
        plain + jitter
    }
}

/// When Apple wants to be called again; never more than a day away.
pub(crate) fn asked_for(error: &Error, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let until = match (error.advice(), error.refusal()?.retry_after()?) {
        (Advice::Retry { after: Some(after) }, _) | (_, RetryAfter::Delay(after)) => {
            now.checked_add_signed(TimeDelta::from_std(after).ok()?)?
        }
        (_, RetryAfter::At(time)) => time,
    };
    Some(until.min(now.checked_add_signed(TimeDelta::days(1))?)).filter(|until| *until > now)
}
