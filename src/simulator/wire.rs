//! A device's row in an answer, by protocol version.

use serde::Serialize;

use super::device::{Device, Family, ProfileStatus};
use super::organisation::{Change, ChangeKind};
use super::time::Iso;

/// The row; what is `None` is left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Row<'d> {
    serial_number: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset_tag: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_status: Option<ProfileStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_uuid: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_assign_time: Option<Iso>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_push_time: Option<Iso>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_assigned_date: Option<Iso>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_assigned_by: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_family: Option<Family>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_migration_deadline: Option<Iso>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wifi_mac_address: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bluetooth_mac_address: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ethernet_mac_address: Option<&'d str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    imei: &'d [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    meid: &'d [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    eid: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_replacement_device: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    released_by_replacement: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    op_type: Option<ChangeKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    op_date: Option<Iso>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_status: Option<&'static str>,
}

impl<'d> Row<'d> {
    /// A device as its server sees it.
    pub(super) fn full(device: &'d Device, protocol: u8) -> Self {
        let profile = &device.profile;
        let mut row = Self {
            profile_status: Some(profile.status),
            profile_uuid: profile.uuid.as_deref(),
            profile_assign_time: profile.assigned.map(Iso),
            profile_push_time: profile.pushed.map(Iso),
            device_assigned_date: Some(Iso(device.assigned_date)),
            device_assigned_by: Some(&device.assigned_by),
            mdm_migration_deadline: device.migration_deadline.filter(|_| protocol >= 8).map(Iso),
            ..Self::hardware(device, protocol)
        };
        if protocol >= 10 {
            let addresses = &device.addresses;
            row.wifi_mac_address = addresses.wifi.as_deref();
            row.bluetooth_mac_address = addresses.bluetooth.as_deref();
            row.ethernet_mac_address = addresses.ethernet.as_deref();
            row.imei = &addresses.imei;
            row.meid = &addresses.meid;
            row.eid = addresses.eid.as_deref();
            row.is_replacement_device = Some(device.replaces.is_some());
        }
        row
    }

    /// What is left to tell about a device that has gone to another server, or for good.
    fn hardware(device: &'d Device, protocol: u8) -> Self {
        let with_family = protocol >= 2;
        Self {
            serial_number: &device.serial_number,
            model: Some(&device.model),
            description: Some(&device.description),
            color: Some(&device.color),
            asset_tag: Some(&device.asset_tag),
            os: with_family.then(|| device.family.os(protocol)),
            device_family: with_family.then_some(device.family),
            ..Self::default()
        }
    }

    /// A change that `/devices/sync` tells: the device as it is now.
    pub(super) fn change(device: &'d Device, change: &Change, server: &str, protocol: u8) -> Self {
        let gone = change.kind == ChangeKind::Deleted || device.server.as_deref() != Some(server);
        let row = if gone { Self::hardware(device, protocol) } else { Self::full(device, protocol) };
        Self {
            op_type: Some(change.kind),
            op_date: Some(Iso(change.at)),
            released_by_replacement: (change.replaced && protocol >= 10).then_some(true),
            ..row
        }
    }

    /// The row of `/devices`.
    pub(super) fn with_status(self, status: &'static str) -> Self {
        Self { response_status: Some(status), ..self }
    }

    /// A serial number about which nothing is told.
    pub(super) fn bare(serial_number: &'d str) -> Self {
        Self { serial_number, ..Self::default() }
    }
}
