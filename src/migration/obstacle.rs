//! Why a device cannot move.

use std::fmt;

use chrono::{DateTime, Utc};

use super::candidate::{Candidate, Enrolled};
use crate::os::{Platform, Target};

/// Why a device cannot move as it is: a code that never changes, a sentence, and what to do.
///
/// The source of all of them is Apple's
/// [Migrating managed devices](https://developer.apple.com/documentation/devicemanagement/migrating-managed-devices). The rules
/// `ADE-P700` and those beside it ([`Check::for_migration`](crate::profile::Check::for_migration)) judge the profile that it moves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Obstacle {
    /// `ADE-T001`: the operating system knows no migration.
    Platform {
        /// The operating system.
        found: Platform,
    },
    /// `ADE-T002`: the version is too old.
    Version {
        /// The system.
        found: Target,
    },
    /// `ADE-T003`: it is a Shared iPad.
    SharedIpad,
    /// `ADE-T004`: it returns to service with app preservation.
    ReturnToService,
    /// `ADE-T005`: Apple Configurator added it less than 30 days ago.
    Provisional {
        /// When it can move.
        until: DateTime<Utc>,
    },
    /// `ADE-T006`: the organisation has released it.
    Released,
    /// `ADE-T007`: it is not managed as it has to be.
    NotManaged {
        /// How it is managed.
        enrolled: Enrolled,
    },
    /// `ADE-T008`: at this server's protocol version Apple sends no deadline, so that a migration looks like any other new device.
    ProtocolVersion {
        /// The version.
        found: u32,
    },
}

impl Obstacle {
    /// Where Apple says so.
    pub const SOURCE: &'static str =
        "https://developer.apple.com/documentation/devicemanagement/migrating-managed-devices";

    /// The code, which never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Platform { .. } => "ADE-T001",
            Self::Version { .. } => "ADE-T002",
            Self::SharedIpad => "ADE-T003",
            Self::ReturnToService => "ADE-T004",
            Self::Provisional { .. } => "ADE-T005",
            Self::Released => "ADE-T006",
            Self::NotManaged { .. } => "ADE-T007",
            Self::ProtocolVersion { .. } => "ADE-T008",
        }
    }

    /// What to do, where there is more than to erase the device and enroll it anew.
    pub fn fix(&self) -> Option<&'static str> {
        match self {
            Self::Platform { .. } | Self::SharedIpad | Self::ReturnToService => None,
            Self::Version { .. } => Some("update it to version 26 or later first"),
            Self::Provisional { .. } => Some("wait until the 30 days are over"),
            Self::Released => Some("add it to the organisation again"),
            Self::NotManaged { .. } => Some("enroll it with the server that it is assigned to, or erase it"),
            Self::ProtocolVersion { .. } => Some("ask Apple with protocol version 8 or later; 10 is the default"),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform { found } => write!(f, "{found} knows no migration; iOS, iPadOS and macOS do"),
            Self::Version { found } => {
                write!(f, "{found} is too old; migration came with version {}", Candidate::SINCE)
            }
            Self::SharedIpad => f.write_str("a Shared iPad cannot migrate"),
            Self::ReturnToService => f.write_str("a device that returns to service with its apps cannot migrate"),
            Self::Provisional { until } => {
                write!(
                    f,
                    "Apple Configurator added it; it cannot migrate before {}",
                    until.format("%Y-%m-%d %H:%M UTC")
                )
            }
            Self::Released => f.write_str("the organisation has released it"),
            Self::NotManaged { enrolled: Enrolled::ByProfile } => {
                f.write_str("it was enrolled by hand; only a Mac can migrate from there")
            }
            Self::NotManaged { .. } => f.write_str("no server manages it, so that there is nothing to migrate from"),
            Self::ProtocolVersion { found } => {
                write!(f, "at protocol version {found} Apple sends no `mdm_migration_deadline`")
            }
        }
    }
}
