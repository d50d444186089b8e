use apple_ade::api::{Device, ProfileStatus};
use apple_ade::sync::{Change, Commit};
use chrono::{DateTime, Utc};

use super::error::StoreError;

/// One change to the table of devices; those of a commit are made in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what the tables can do")]
pub enum Write {
    /// Stores a device in place of what is there; one that had left is back.
    Put {
        /// The key.
        serial: String,
        /// Apple's record.
        json: String,
        /// The profile that Apple says is assigned.
        profile: Option<String>,
    },
    /// The device has left. Its last record stays.
    Remove {
        /// The key.
        serial: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The device is there, and its record could not be read.
    Seen {
        /// The key.
        serial: String,
    },
    /// What has an earlier generation has left.
    Sweep {
        /// The generation.
        generation: i64,
        /// When that was found.
        at: DateTime<Utc>,
    },
    /// What left before is deleted.
    Forget {
        /// The time.
        removed_before: DateTime<Utc>,
    },
}

/// The changes of a commit.
///
/// # Errors
///
/// [`StoreError::UnknownChange`]: to leave one out would lose devices.
pub fn writes(commit: &Commit) -> Result<Vec<Write>, StoreError> {
    commit.changes().iter().map(write).collect()
}

fn write(change: &Change) -> Result<Write, StoreError> {
    Ok(match change {
        Change::Store(device) => Write::Put {
            serial: device.serial_number.to_string(),
            json: serde_json::to_string(device).map_err(StoreError::database)?,
            profile: assigned(device),
        },
        Change::Remove { device, at } => Write::Remove { serial: device.serial_number.to_string(), at: *at },
        Change::Seen(serial) => Write::Seen { serial: serial.to_string() },
        Change::Sweep { generation, at } => Write::Sweep { generation: number(*generation), at: *at },
        Change::Forget { removed_before } => Write::Forget { removed_before: *removed_before },
        other => return Err(StoreError::UnknownChange(format!("{other:?}"))),
    })
}

fn assigned(device: &Device) -> Option<String> {
    let has_none = matches!(device.profile_status, None | Some(ProfileStatus::Empty | ProfileStatus::Removed));
    device.profile_uuid.as_ref().filter(|_| !has_none).map(ToString::to_string)
}

/// A generation as the database has it.
pub(crate) fn number(generation: u64) -> i64 {
    i64::try_from(generation).unwrap_or(i64::MAX)
}
