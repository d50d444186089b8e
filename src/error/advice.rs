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
    /// The session is stale. An [`Exchange`](crate::session::Exchange), and so a client, does this by itself, once: coming out
    /// of one, it means that a fresh session was refused as well. Wait, then make the call anew.
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
    /// Something between here and Apple has answered in Apple's place: a proxy that wants a sign-in of its own, a captive
    /// portal, a wrong base URL. An administrator of this network can tell.
    CheckNetwork,
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
                let (span, unit) = match seconds {
                    0..=7199 => (seconds / 60, "minutes"),
                    7200..=172_799 => (seconds / 3600, "hours"),
                    _ => (seconds / 86_400, "days"),
                };
                return write!(f, "set this machine's clock, which is {span} {unit} {way} Apple's, and call again");
            }
            Self::Retry { after: None } => "call again after a pause that grows from try to try",
            Self::SignInAgain => "sign in again and repeat the call",
            Self::AcceptTerms => {
                "an administrator must accept the new terms in Apple Business Manager or Apple School Manager"
            }
            Self::AskAdministrator => "an administrator must check this server's access in Apple's portal",
            Self::RenewToken => "download a new server token file from Apple's portal",
            Self::CheckNetwork => {
                "check the network and the base URL: a proxy or another server has answered in Apple's place"
            }
            Self::FetchFromStart => "fetch all devices again, without a cursor",
            Self::ContinueWithSync => "the fetch is complete: go on with POST /devices/sync and the same cursor",
            Self::DefineProfileAgain => "define the profile again and assign its new UUID",
            Self::FixRequest => "correct the request; it will not succeed as it is",
            Self::GiveUp => "do not call again",
        })
    }
}
