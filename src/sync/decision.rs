//! Asking for a run.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::wait::Why;

/// The two kinds of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// All devices, with a sweep at the end (SYN-2, SYN-3).
    Full,
    /// What has changed since the last run (SYN-11).
    Delta,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Full => "full",
            Self::Delta => "delta",
        })
    }
}

/// What a run is for (SYN-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// It was due.
    Schedule,
    /// Somebody asked for it.
    Manual,
    /// A server token was installed (SYN-14).
    TokenInstalled,
}

/// What becomes of a run that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decision {
    /// It begins with the next step.
    Now(Kind),
    /// Not what was asked for begins, but this (SYN-4).
    ReducedTo {
        /// What begins.
        kind: Kind,
        /// From when on a run as it was asked for would be.
        full_from: DateTime<Utc>,
    },
    /// Nothing begins before this time (SYN-8).
    RefusedUntil {
        /// The time; an estimate where a run is under way.
        until: DateTime<Utc>,
        /// The reason.
        why: Refused,
    },
}

/// Why a run that is asked for does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refused {
    /// A run is under way (SYN-7, SYN-13).
    Running,
    /// Somebody has asked a short while ago (SYN-10).
    AskedJustNow,
    /// All devices have been fetched not long ago (SYN-1).
    FullTooEarly,
    /// The machine is waiting for another reason.
    Waiting(Why),
}

/// A sentence.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(kind) => write!(f, "a {kind} sync begins"),
            Self::ReducedTo { kind, full_from } => {
                write!(f, "a {kind} sync begins; all devices can be fetched from {full_from} on")
            }
            Self::RefusedUntil { until, why } => {
                let why = match why {
                    Refused::Running => "a sync is under way".to_owned(),
                    Refused::AskedJustNow => "a sync was asked for a short while ago".to_owned(),
                    Refused::FullTooEarly => "all devices have been fetched not long ago".to_owned(),
                    Refused::Waiting(why) => why.to_string(),
                };
                write!(f, "no sync before {until}: {why}")
            }
        }
    }
}
