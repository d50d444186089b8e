use chrono::{DateTime, Utc};

use crate::id::{ProfileUuid, SerialNumber};
use crate::json::{object, open_enum};

use super::status::DeviceStatus;

open_enum! {
    /// The operating system of a device.
    Os, "an operating system" {
        /// iOS; iPads too, below protocol version 7.
        Ios = "iOS",
        /// iPadOS, from protocol version 7 on.
        IpadOs = "iPadOS",
        /// macOS.
        MacOs = "OSX",
        /// tvOS.
        TvOs = "tvOS",
        /// visionOS.
        VisionOs = "visionOS",
    }
}

open_enum! {
    /// The kind of a device. Apple documents no value for a watch.
    DeviceFamily, "a device family" {
        /// iPad.
        Ipad = "iPad",
        /// iPhone.
        Iphone = "iPhone",
        /// iPod touch.
        Ipod = "iPod",
        /// Mac.
        Mac = "Mac",
        /// Apple TV.
        AppleTv = "AppleTV",
        /// Apple Vision.
        Vision = "Vision",
    }
}

open_enum! {
    /// How far a device has come with its profile.
    ProfileStatus, "a profile status" {
        /// No profile is assigned.
        Empty = "empty",
        /// A profile is assigned, and the device has not fetched it.
        Assigned = "assigned",
        /// The device has fetched its profile.
        Pushed = "pushed",
        /// The profile was taken away.
        Removed = "removed",
    }
}

open_enum! {
    /// What happened to a device, in an answer of `POST /devices/sync`.
    OpType, "an operation" {
        /// It was assigned to this server.
        Added = "added",
        /// Its record changed.
        Modified = "modified",
        /// It left this server: moved, released, or replaced.
        Deleted = "deleted",
    }
}

object! {
    /// A device as Apple's service describes it; every field but the serial number may be absent.
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/device). The version in a field's line is the
    /// lowest [protocol version](super::Service::with_protocol_version) at which Apple sends it; no version means 1.
    ///
    /// ```
    /// use apple_ade::api::{Device, DeviceFamily};
    /// use apple_ade::json::RawJson;
    ///
    /// let json: RawJson = r#"{"serial_number":"C02T0HL0GGC0","device_family":"Mac","colour":"red"}"#.parse()?;
    /// let device: Device = json.read()?;
    /// assert_eq!(device.device_family, Some(DeviceFamily::Mac));
    /// assert_eq!(device.extra.get("colour").map(|value| value.as_str()), Some("\"red\""));
    /// # Ok::<(), apple_ade::json::JsonError>(())
    /// ```
    Device, "a device", requires {
        /// `serial_number`
        serial_number: SerialNumber
    } {
        /// `model`: the model's name, as in `MacBook Pro`. May be missing on deleted records.
        model: String,
        /// `description`: model, colour and size in one line.
        description: String,
        /// `color`
        color: String,
        /// `asset_tag`: what the buyer had printed on it.
        asset_tag: String,
        /// `profile_status`
        profile_status: ProfileStatus,
        /// `profile_uuid`: the profile that is assigned.
        profile_uuid: ProfileUuid,
        /// `profile_assign_time`
        profile_assign_time: DateTime<Utc>,
        /// `profile_push_time`: when the device fetched its profile. 1970 has been seen for never.
        profile_push_time: DateTime<Utc>,
        /// `device_assigned_date`: when the device was assigned to this server.
        device_assigned_date: DateTime<Utc>,
        /// `device_assigned_by`: the e-mail address of who assigned it.
        device_assigned_by: String,
        /// `os` (2)
        os: Os,
        /// `device_family` (2)
        device_family: DeviceFamily,
        /// `op_type`: in answers of `POST /devices/sync`.
        op_type: OpType,
        /// `op_date`: in answers of `POST /devices/sync`. Of several records of one device the latest counts.
        op_date: DateTime<Utc>,
        /// `mdm_migration_deadline` (8): if it is there, the next enrollment is a migration from another MDM.
        mdm_migration_deadline: DateTime<Utc>,
        /// `wifi_mac_address` (10)
        wifi_mac_address: String,
        /// `bluetooth_mac_address` (10)
        bluetooth_mac_address: String,
        /// `ethernet_mac_address` (10)
        ethernet_mac_address: String,
        /// `imei` (10)
        imei: Vec<String>,
        /// `meid` (10)
        meid: Vec<String>,
        /// `eid` (10)
        eid: String,
        /// `is_replacement_device` (10): see [`GetReplacementDetails`](super::GetReplacementDetails).
        is_replacement_device: bool,
        /// `released_by_replacement` (10): on deleted records.
        released_by_replacement: bool,
        /// `response_status`: in answers of `POST /devices`.
        response_status: DeviceStatus,
    }
}

impl Device {
    /// A device of which only the serial number is known.
    pub fn new(serial_number: SerialNumber) -> Self {
        Self {
            serial_number,
            model: None,
            description: None,
            color: None,
            asset_tag: None,
            profile_status: None,
            profile_uuid: None,
            profile_assign_time: None,
            profile_push_time: None,
            device_assigned_date: None,
            device_assigned_by: None,
            os: None,
            device_family: None,
            op_type: None,
            op_date: None,
            mdm_migration_deadline: None,
            wifi_mac_address: None,
            bluetooth_mac_address: None,
            ethernet_mac_address: None,
            imei: None,
            meid: None,
            eid: None,
            is_replacement_device: None,
            released_by_replacement: None,
            response_status: None,
            extra: crate::json::Extra::default(),
            odd: Vec::new(),
        }
    }
}
