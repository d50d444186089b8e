use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::program::sign_in::EnrollmentKind;

/// What Apple says of a device.
///
/// One that was released has the date, so that it can be shown (DEV-8):
///
/// ```compile_fail,E0533
/// let released = apple_ade::program::lifecycle::AtApple::Released;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at_apple", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AtApple {
    /// It is assigned to this server.
    Listed {
        /// How far its profile has come.
        profile: ProfileAtApple,
    },
    /// It was released from Apple Business Manager or Apple School Manager, moved to another server, or taken off this one (DEV-8).
    Released {
        /// When.
        since: DateTime<Utc>,
    },
}

/// How far a profile has come: Apple's `profile_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProfileAtApple {
    /// `empty` or `removed`: none.
    None,
    /// `assigned`: the device has not fetched it.
    Assigned,
    /// `pushed`: the device has fetched it (PRO-6).
    Pushed,
}

/// What a device does, as far as the MDM knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on_device", rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnDevice {
    /// It is new: it was never switched on since it is known.
    New,
    /// It was erased, and not set up since (LIF-3).
    Erased,
    /// It has received the remote management payload and is on its way through the enrollment (PRO-6).
    Enrolling,
    /// It is managed.
    Enrolled {
        /// How it came to that.
        by: EnrollmentKind,
        /// Whether the profile that it has is not the one that Apple would give it now.
        outdated: bool,
    },
    /// It is in use, and not managed.
    Unmanaged,
    /// It could not enroll, for want of something that can be provided.
    Blocked {
        /// Why.
        by: BlockedBy,
    },
    /// It could not enroll.
    Failed,
}

/// What keeps a device from enrolling until it is provided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BlockedBy {
    /// The token of Apps and Books has ended, or has no device licence left (CPV-8).
    AppLicence,
    /// A licence of the MDM is missing (LIC-1, LIC-2).
    Licence,
    /// The platform is restricted (RES-1).
    PlatformRestriction,
}

/// Where a device stands, in the documents' words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Listed, without a profile, and not contacted.
    Unassigned,
    /// It has a profile, which it takes when it is set up.
    Assigned,
    /// It has fetched its profile, and enrolls.
    Pushed,
    /// It is managed.
    Enrolled,
    /// It has a profile that takes effect only after a wipe (LIF-2).
    PendingReset,
    /// It is in use without management, and has no profile.
    Unmanaged,
    /// It was erased, and waits for being set up (LIF-3).
    Erased,
    /// It cannot enroll until something is provided.
    Blocked,
    /// Its enrollment failed.
    Failed,
    /// It was deleted here, and Apple still lists it: it comes back (DEV-5).
    DeletedHere,
    /// Apple does not list it any more; it is shown for a time (DEV-7, DEV-8).
    Released,
    /// It is released and deleted: nothing is left of it.
    Gone,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Assigned => "assigned",
            Self::Pushed => "pushed",
            Self::Enrolled => "enrolled",
            Self::PendingReset => "pending reset",
            Self::Unmanaged => "unmanaged",
            Self::Erased => "erased",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::DeletedHere => "deleted here, assigned at Apple",
            Self::Released => "removed from Apple Business Manager",
            Self::Gone => "gone",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
