use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::state::{BlockedBy, State};

/// What happens to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// Apple lists it: in a page of a full fetch, or as added or modified.
    Listed,
    /// Apple lists it no more: released, moved, taken off this server.
    Released,
    /// A profile was assigned at Apple: one that the device has not fetched.
    ProfileAssigned,
    /// Its profile was taken away at Apple.
    ProfileRemoved,
    /// It was switched on and goes through Setup Assistant.
    SetUp,
    /// The enrollment is complete, at the first try or after a failure. A device that the MDM took to be enrolled, and that enrolls again,
    /// was [`Erased`](Self::Erased) and [`SetUp`](Self::SetUp) in between: say these first.
    EnrollmentCompleted,
    /// Something has to be provided before it can enroll.
    EnrollmentBlocked {
        /// What.
        by: BlockedBy,
    },
    /// The enrollment failed.
    EnrollmentFailed,
    /// Its user enrolled it, through the portal app; also of a device that was in use so before Apple listed it here (DEV-10).
    EnrolledByUser,
    /// It was retired from the console (LIF-7).
    Retired,
    /// Somebody took the management off on the device itself.
    RemovedOnDevice,
    /// It was erased: by the MDM, in its settings, or over a cable (LIF-4).
    Erased,
    /// It was deleted in the MDM.
    DeletedHere,
}

/// What follows from an event, to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Consequence {
    /// The profile takes effect when the device is set up (LIF-1).
    TakesEffectAtSetUp,
    /// The profile takes effect only after a wipe (LIF-2, ASG-9).
    NeedsWipe,
    /// The device was enrolled by its user, and has lost its management (DEV-10).
    Unenrolled,
    /// The device was deleted here only, and comes back with the next full fetch (DEV-5).
    WillReappear,
    /// The device has come back: it was deleted here only (DEV-5), or released and assigned again.
    Reappeared,
    /// The device set itself up without a profile: it is not managed (ASG-1).
    NotManaged,
    /// Management should be ended from the console, and not on the device (LIF-7): what the MDM gave it may still be there.
    RetireFromConsole,
}

/// An event that has no place where the device stands. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifecycleError {
    /// It cannot happen in this state.
    #[error("{event:?} has no place for a device that is {state}")]
    OutOfOrder {
        /// Where the device stands.
        state: State,
        /// The event.
        event: Event,
    },
    /// It is older than the last one.
    #[error(
        "the event is of {at}, and the last one was of {last}: take events in their order; if a clock was ahead, set it back first"
    )]
    Earlier {
        /// When it happened.
        at: DateTime<Utc>,
        /// When the last one did.
        last: DateTime<Utc>,
    },
}
