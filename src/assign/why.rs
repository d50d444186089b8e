//! Waits, and their reasons.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Obstacle;

/// Why there is nothing to do for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// Apple wants throttled devices to be left alone.
    Throttled,
    /// Apple failed for single devices.
    Failed,
    /// Apple's answer did not name some devices, or said of them what is not documented.
    Unanswered,
    /// What was assigned is looked at a while later.
    ReadBack,
    /// Devices are not on this server: they are waited for until [`seen`](super::Assigner::seen) says that they are listed again.
    Parked,
    /// A profile was defined again, and Apple still did not know it.
    ProfileUnknown,
    /// It is not about single devices: no call can go through.
    Obstacle(Obstacle),
}

/// A pause of all calls, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    pub(super) until: DateTime<Utc>,
    pub(super) why: Obstacle,
    /// When the first of these failures in a row was met.
    pub(super) since: DateTime<Utc>,
}

/// How an assignment is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// How many devices have no outcome yet.
    pub pending: usize,
    /// How many of them are waited for, since they are not on this server.
    pub parked: usize,
    /// How many of them wait for another reason of their own.
    pub waiting: usize,
    /// How many profiles have to be defined again.
    pub unknown_profiles: usize,
    /// How many calls in a row have failed.
    pub failures: u32,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Why no call is made.
    pub obstacle: Option<Obstacle>,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
    /// How many devices are given up: Apple failed for them three times, and wants its support to be called.
    pub for_support: usize,
}

impl Health {
    /// Whether it is time that somebody looks: something has to be done that the machine cannot, or nothing has worked for several
    /// tries.
    pub fn is_stuck(&self) -> bool {
        const MANY: u32 = 5;
        self.failures >= MANY || self.unknown_profiles > 0 || self.obstacle.is_some_and(Obstacle::needs_somebody)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Throttled => "devices were assigned too often, and Apple wants them to be left alone",
            Self::Failed => "Apple failed for some devices",
            Self::Unanswered => "Apple's answer left some devices out",
            Self::ReadBack => "what was assigned is looked at later",
            Self::Parked => "devices are not on this server, until they are listed again",
            Self::ProfileUnknown => "Apple does not know a profile that was defined again",
            Self::Obstacle(obstacle) => return obstacle.fmt(f),
        })
    }
}
