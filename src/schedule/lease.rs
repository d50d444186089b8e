//! Who may work on a token, and until when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A token is one worker's until a time.
///
/// It has a number that no other lease of the schedule has or will have: whatever the worker stores, it stores on condition that the
/// token's row still has this number. A worker that was thought dead can so do no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    pub(super) token: String,
    pub(super) owner: String,
    pub(super) until: DateTime<Utc>,
    pub(super) number: u64,
}

impl Lease {
    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The worker, by the name that it gave itself.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// When it ends, unless it is renewed.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Its number, which is what a store compares.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// The lease is not the worker's any more: whatever it has done and not stored, somebody else does again. It stores nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseLost {
    /// It was not renewed in time.
    #[error("the lease of token {token:?} ended at {until}: abandon the turn, and store nothing of it")]
    Expired {
        /// The token.
        token: String,
        /// When it ended.
        until: DateTime<Utc>,
    },
    /// The token was removed.
    #[error("token {token:?} was removed: abandon the turn, and store nothing of it")]
    Removed {
        /// The token.
        token: String,
    },
    /// Another turn has begun, or this one has ended already.
    #[error("token {token:?} is no longer this worker's: abandon the turn, and store nothing of it")]
    Taken {
        /// The token.
        token: String,
        /// Whose it is now.
        by: Option<String>,
    },
}
