use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The kinds of device that Apple tells apart, in the spelling of `device_family`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "Apple's own names")]
pub enum Family {
    #[serde(rename = "iPad")]
    Ipad,
    #[serde(rename = "iPhone")]
    Iphone,
    #[serde(rename = "iPod")]
    Ipod,
    Mac,
    #[serde(rename = "AppleTV")]
    AppleTv,
    Vision,
}

impl Family {
    /// The value of `os` at a protocol version: iPads say `iOS` before version 7.
    pub(super) fn os(self, protocol: u8) -> &'static str {
        match self {
            Self::Ipad if protocol >= 7 => "iPadOS",
            Self::Ipad | Self::Iphone | Self::Ipod => "iOS",
            Self::Mac => "OSX",
            Self::AppleTv => "tvOS",
            Self::Vision => "visionOS",
        }
    }
}

/// A device of the organisation, as Apple knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Device {
    /// The serial number.
    pub serial_number: String,
    /// The family.
    pub family: Family,
    /// The marketing name of the model.
    pub model: String,
    /// The order line: size, chip, storage, colour, country.
    pub description: String,
    /// The colour.
    pub color: String,
    /// The organisation's own label; often empty.
    pub asset_tag: String,
    /// The hardware's addresses, shown from protocol version 10 on.
    pub addresses: Addresses,
    /// The UUID of the server the device is assigned to.
    pub server: Option<String>,
    /// When it was assigned to the server.
    pub assigned_date: DateTime<Utc>,
    /// Who assigned it: an e-mail address.
    pub assigned_by: String,
    /// The enrollment profile.
    pub profile: ProfileState,
    /// Until when the device has to move here from another server, where a migration was ordered.
    pub migration_deadline: Option<DateTime<Utc>>,
    /// Which device this one replaced, and when.
    pub replaces: Option<Replacement>,
    /// Whether the device has left the organisation for good.
    pub released: bool,
    /// Whether the server has locked the device (Activation Lock).
    pub locked: bool,
    /// What goes wrong with calls that name the device.
    pub trouble: Option<Trouble>,
    /// When it was given profiles lately, for throttling.
    pub(super) assignments: Vec<DateTime<Utc>>,
    /// Its place in the server's list.
    pub(super) place: u64,
}

/// The identifiers of a device's radios.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Addresses {
    /// Wi-Fi.
    pub wifi: Option<String>,
    /// Bluetooth.
    pub bluetooth: Option<String>,
    /// Ethernet.
    pub ethernet: Option<String>,
    /// One for each cellular slot.
    pub imei: Vec<String>,
    /// One for each cellular slot of older devices.
    pub meid: Vec<String>,
    /// The eSIM chip.
    pub eid: Option<String>,
}

/// Which profile a device has, and how far it has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProfileState {
    /// The status.
    pub status: ProfileStatus,
    /// The profile's UUID.
    pub uuid: Option<String>,
    /// When it was assigned.
    pub assigned: Option<DateTime<Utc>>,
    /// When the device downloaded it.
    pub pushed: Option<DateTime<Utc>>,
}

/// The values of `profile_status`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ProfileStatus {
    /// No profile was ever assigned.
    #[default]
    Empty,
    /// A profile waits for the device.
    Assigned,
    /// The device has downloaded its profile.
    Pushed,
    /// The profile was removed.
    Removed,
}

/// The device that a replacement device stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Replacement {
    /// The serial number of the device that was sent in.
    pub original: String,
    /// When it was replaced.
    pub at: DateTime<Utc>,
}

/// What goes wrong with calls that name a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Trouble {
    /// Listed, but every call answers `NOT_ACCESSIBLE`.
    NotAccessible,
    /// Calls that change something answer `FAILED`.
    Failing,
    /// Assigning a profile answers `THROTTLED` until then; `FAILED` to clients before protocol version 9.
    Throttled {
        /// When assigning works again.
        until: DateTime<Utc>,
    },
}
