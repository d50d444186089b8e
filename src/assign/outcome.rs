//! What became of a device.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::api::DeviceStatus;
use crate::error::ErrorWord;
use crate::id::ProfileUuid;

/// What became of one device (ASG-10). Every serial number that goes in comes out with one of these, exactly once.
///
/// Its `Display` is a sentence for people, with what to do.
///
/// ```
/// use apple_ade::assign::Outcome;
///
/// assert!(Outcome::Failed.to_string().contains("call Apple's support"));
/// assert!(Outcome::Success.is_success() && !Outcome::Unanswered.is_success());
/// ```
///
/// It is of one device, and says more than yes or no:
///
/// ```compile_fail,E0308
/// fn is_done(outcome: apple_ade::assign::Outcome) -> bool {
///     outcome
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The profile is assigned; it takes effect when the device is next activated. Of a removal: it has no profile. Of a disowning: it is
    /// released for ever.
    Success,
    /// The device is not on this server (any more): it was moved or released. Wait until it is listed again. Of a disowning whose first
    /// answer was lost it may be that it was done.
    NotAccessible,
    /// Apple failed. Try again later; after three tries Apple asks to be called. [`Assigner`](super::Assigner) has made the three, and does
    /// not give the device this profile again before [`Assigner::try_again`](super::Assigner::try_again) says that the support was called.
    Failed,
    /// The device was assigned too often: leave it alone for this long. Where Apple names no time, it has told others 24 hours.
    Throttled {
        /// Apple's `retry_after_seconds`.
        #[serde(rename = "retry_after_seconds", serialize_with = "seconds")]
        retry_after: Option<Duration>,
    },
    /// Apple answered the request, and did not name this device.
    Unanswered,
    /// The request that held the device got no answer, or one that cannot be read. It may have been carried out.
    InDoubt,
    /// The request that held the device was refused as a whole, or was never sent.
    NotAssigned,
    /// Apple answered with a word that this version of the crate does not know.
    Other(DeviceStatus),
    /// The device's record says that it is not any more what the plan's [filter](super::DeviceFilter) asked for: somebody has given it a
    /// profile since, or another one than that of the filter, or has taken it away. It is left as it is; the next plan sees what it has.
    ChangedSince {
        /// The profile that it has now.
        #[serde(skip_serializing_if = "Option::is_none")]
        profile_uuid: Option<ProfileUuid>,
    },
    /// Apple does not know the profile, and it could not be defined again.
    ProfileUnknown,
    /// Apple refused every request that held the device, and nothing says that another would go through.
    Refused {
        /// Apple's word of the last refusal, if it had one.
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "apples_word")]
        word: Option<ErrorWord>,
    },
    /// Something else was ordered for the device before this was done.
    Superseded,
    /// Apple said that it was done, and the device's record says three times that it was not.
    Unconfirmed,
}

impl Outcome {
    /// Whether what was wanted is reached.
    pub fn is_success(&self) -> bool {
        *self == Self::Success
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Throttled { retry_after: Some(after) } => {
                return write!(f, "assigned too often: leave the device alone for {} seconds", after.as_secs());
            }
            Self::Other(status) => return write!(f, "Apple answered {status}, which is not documented"),
            Self::ChangedSince { profile_uuid: Some(uuid) } => {
                return write!(f, "left alone: since the plan was made it has been given the profile {uuid}");
            }
            Self::Refused { word: Some(word) } => {
                return write!(f, "Apple refuses the request ({}): correct what the word says, and try again", word.as_str());
            }
            Self::ChangedSince { profile_uuid: None } => {
                "left alone: since the plan was made its profile has been taken away"
            }
            Self::Success => "done",
            Self::NotAccessible => "not on this server: wait until the device is listed again",
            Self::Failed => {
                "Apple failed: after three times call Apple's support, and say so by Assigner::try_again before it is added again"
            }
            Self::Throttled { retry_after: None } => "assigned too often: leave the device alone for a day",
            Self::Unanswered => "Apple's answer did not name the device: look at its record, then try again",
            Self::InDoubt => "the request may have been carried out: look at the device's record",
            Self::NotAssigned => "nothing was done: the request was refused as a whole, or never sent",
            Self::ProfileUnknown => "Apple does not know the profile: define it again, and assign its new UUID",
            Self::Refused { word: None } => {
                "Apple refuses the request without a word: have the serial number and the profile checked, and try again"
            }
            Self::Superseded => "something else was ordered for the device before this was done",
            Self::Unconfirmed => {
                "Apple said that it was done, and the device's record says that it was not: call Apple's support"
            }
        })
    }
}

#[expect(clippy::ref_option, reason = "serde hands it over so")]
fn apples_word<S: Serializer>(word: &Option<ErrorWord>, serializer: S) -> Result<S::Ok, S::Error> {
    word.as_ref().map(ErrorWord::as_str).serialize(serializer)
}

#[expect(clippy::ref_option, reason = "serde hands it over so")]
fn seconds<S: Serializer>(after: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    after.map(|after| after.as_secs()).serialize(serializer)
}
