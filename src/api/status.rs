use std::collections::BTreeMap;

use serde::Serializer;
use serde::ser::SerializeMap as _;

use crate::id::SerialNumber;
use crate::json::{Extra, Field, RawJson, Read, Written, object, open_enum};

open_enum! {
    /// What became of one device of a request.
    DeviceStatus, "a device's status" {
        /// Done.
        Success = "SUCCESS",
        /// The device is not assigned to this server (any more). Wait until it is listed again.
        NotAccessible = "NOT_ACCESSIBLE",
        /// Apple failed. After three tries Apple asks to be called.
        Failed = "FAILED",
        /// From protocol version 9 on: this device was assigned too often. Leave it alone for `retry_after_seconds`, or a day.
        Throttled = "THROTTLED",
        /// Only known from old samples.
        NotFound = "NOT_FOUND",
    }
}

/// One status for each serial number that Apple answered for.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DeviceStatuses {
    /// The statuses.
    pub by_serial: BTreeMap<SerialNumber, DeviceStatus>,
    /// Entries that hold something else than a word.
    pub odd: Extra,
}

impl DeviceStatuses {
    /// The status of a device; `None` where Apple gave none.
    pub fn get(&self, serial: &SerialNumber) -> Option<&DeviceStatus> {
        self.by_serial.get(serial)
    }

    fn sort(entries: BTreeMap<String, RawJson>) -> Self {
        let mut statuses = Self::default();
        for (serial, status) in entries {
            match (SerialNumber::from_wire(&serial), status.read::<DeviceStatus>()) {
                (Some(serial), Ok(status)) => {
                    statuses.by_serial.insert(serial, status);
                }
                _ => statuses.odd.push(&serial, status),
            }
        }
        statuses
    }
}

impl Field for DeviceStatuses {
    const EXPECTED: &'static str = "an object with a status for each serial number";

    const COMPOUND: bool = true;

    fn from_raw(raw: &RawJson) -> Read<Self> {
        Read::of(raw.read().map(|entries: Option<BTreeMap<String, RawJson>>| entries.map(Self::sort)))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (serial, status) in &self.by_serial {
            map.serialize_entry(serial, &Written(status))?;
        }
        for (serial, raw) in self.odd.iter() {
            map.serialize_entry(serial, raw)?;
        }
        map.end()
    }
}

object! {
    /// What became of each device of a request.
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/devicestatusresponse).
    DeviceStatusResponse, "an object with `devices`" {
        /// `devices`
        devices: DeviceStatuses,
    }
}
