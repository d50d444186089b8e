use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;

/// What to do about an error, for programs to act on; its `Display` is a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// The same call may go through later: after the time Apple named, or else after a pause of your own that grows.
    Retry {
        /// The pause that Apple asked for (`Retry-After`).
        after: Option<Duration>,
    },
    /// The session is stale. An [`Exchange`](crate::session::Exchange) does this by itself, once.
    SignInAgain,
    /// An administrator must accept Apple's new terms in Apple Business Manager or Apple School Manager.
    /// The refusal can linger for more than a day afterwards.
    AcceptTerms,
    /// An administrator must look at the server's access in Apple's portal: the organisation, or this feature of it, is shut out.
    AskAdministrator,
    /// Download a new server token file: this one has expired, was revoked, or was replaced by a newer download.
    RenewToken,
    /// This machine's clock is wrong: set it, then call again. A positive skew means that it is ahead of Apple's.
    SetClock {
        /// How far ahead of Apple's clock this one is.
        skew: TimeDelta,
    },
    /// The cursor is of no use any more: fetch all devices again, without a cursor.
    FetchFromStart,
    /// The fetch is complete: go on with `POST /devices/sync` and the same cursor.
    ContinueWithSync,
    /// Apple does not know this profile (any more): define it again.
    DefineProfileAgain,
    /// The request is wrong and stays wrong until the program or its input is changed.
    FixRequest,
    /// Trying again will not help, and nothing here says what would.
    GiveUp,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Retry { after: Some(after) } => {
                return write!(f, "call again in {} seconds", after.as_secs());
            }
            Self::SetClock { skew } => {
                let (seconds, way) =
                    (skew.num_seconds().unsigned_abs(), if *skew < TimeDelta::zero() { "behind" } else { "ahead of" });
                return write!(f, "set this machine's clock, which is {seconds} seconds {way} Apple's, and call again");
            }
            Self::Retry { after: None } => "call again after a pause that grows from try to try",
            Self::SignInAgain => "sign in again and repeat the call",
            Self::AcceptTerms => {
                "an administrator must accept the new terms in Apple Business Manager or Apple School Manager"
            }
            Self::AskAdministrator => "an administrator must check this server's access in Apple's portal",
            Self::RenewToken => "download a new server token file from Apple's portal",
            Self::FetchFromStart => "fetch all devices again, without a cursor",
            Self::ContinueWithSync => "the fetch is complete: go on with POST /devices/sync and the same cursor",
            Self::DefineProfileAgain => "define the profile again and assign its new UUID",
            Self::FixRequest => "correct the request; it will not succeed as it is",
            Self::GiveUp => "do not call again",
        })
    }
}
