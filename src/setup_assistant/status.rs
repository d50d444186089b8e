//! What becomes of a key on a target.

use std::fmt;

use serde::Serialize;

use super::availability::Skippable;
use super::table::SkipKey;
use crate::os::{OsVersion, Target};

/// What becomes of a key that is sent to a device.
///
/// ```
/// use apple_ade::setup_assistant::{KeyStatus, SkipKey};
///
/// let status = SkipKey::ActionButton.status("ios:16.7".parse()?);
/// assert_eq!(status, KeyStatus::NotYet { introduced: "17.0".parse()? });
/// assert_eq!(status.to_string(), "exists from 17.0 on");
/// assert!(status.does_nothing());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyStatus {
    /// It keeps the pane away.
    Works,
    /// It does so at times: see [`Skippable`] (SCR-12).
    NotAlways,
    /// It works, but Apple advises against it.
    Deprecated {
        /// The first version that does.
        since: OsVersion,
    },
    /// The system has the key, but by Intune's documentation the pane does not work under ADE, whether named or not (SCR-9, X-33).
    Ineffective {
        /// The first version in which that is so.
        since: OsVersion,
    },
    /// The system is older than the key.
    NotYet {
        /// The first version that has it.
        introduced: OsVersion,
    },
    /// The system has it no more.
    Removed {
        /// The first version without it.
        since: OsVersion,
    },
    /// This operating system never had it.
    NotOnPlatform,
    /// Apple took the key from its list without saying what became of it.
    Withdrawn,
    /// This version of the crate does not know the key; a newer system may.
    Unknown,
}

impl KeyStatus {
    /// Whether naming the key changes nothing that is documented. A key that the crate does not know may do something.
    pub fn does_nothing(self) -> bool {
        match self {
            Self::NotYet { .. } | Self::Removed { .. } | Self::NotOnPlatform | Self::Withdrawn => true,
            Self::Works | Self::NotAlways | Self::Deprecated { .. } | Self::Ineffective { .. } | Self::Unknown => false,
        }
    }
}

impl fmt::Display for KeyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Works => f.write_str("works"),
            Self::NotAlways => f.write_str("works, but the pane may appear all the same"),
            Self::Deprecated { since } => write!(f, "works, deprecated since {since}"),
            Self::Ineffective { since } => {
                write!(f, "the pane does not work under ADE from {since} on, by Intune's documentation")
            }
            Self::NotYet { introduced } => write!(f, "exists from {introduced} on"),
            Self::Removed { since } => write!(f, "removed since {since}"),
            Self::NotOnPlatform => f.write_str("does not exist on this operating system"),
            Self::Withdrawn => f.write_str("withdrawn by Apple"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl SkipKey {
    /// What becomes of the key on this target.
    pub fn status(&self, target: Target) -> KeyStatus {
        if matches!(self, Self::Other(_)) {
            return KeyStatus::Unknown;
        }
        if self.is_withdrawn() {
            return KeyStatus::Withdrawn;
        }
        let Some(row) = self.on(target.platform) else { return KeyStatus::NotOnPlatform };
        let reached = |version: Option<OsVersion>| version.filter(|version| *version <= target.version);
        match row.introduced() {
            Some(introduced) if introduced > target.version => KeyStatus::NotYet { introduced },
            _ => {
                if let Some(since) = reached(row.removed()) {
                    KeyStatus::Removed { since }
                } else if let Some(since) = reached(row.deprecated()) {
                    KeyStatus::Deprecated { since }
                } else if let Some(since) = reached(row.ineffective()) {
                    KeyStatus::Ineffective { since }
                } else if row.skippable() == Skippable::Always {
                    KeyStatus::Works
                } else {
                    KeyStatus::NotAlways
                }
            }
        }
    }
}
