use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::device::Device;

/// Where a device stands in the fleet; it never changes.
pub(super) type Slot = usize;

/// Every device, in the order of arrival, so that reading a server's list reads memory in order; found by serial number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fleet {
    all: Vec<Device>,
    by_serial: BTreeMap<String, Slot>,
}

impl Fleet {
    pub(super) fn at(&self, slot: Slot) -> Option<&Device> {
        self.all.get(slot)
    }

    pub(super) fn slot(&self, serial: &str) -> Option<Slot> {
        self.by_serial.get(serial).copied()
    }

    pub(super) fn get(&self, serial: &str) -> Option<&Device> {
        self.all.get(self.slot(serial)?)
    }

    pub(super) fn get_mut(&mut self, serial: &str) -> Option<&mut Device> {
        let slot = self.slot(serial)?;
        self.all.get_mut(slot)
    }

    pub(super) fn contains_key(&self, serial: &str) -> bool {
        self.by_serial.contains_key(serial)
    }

    /// Adds a device, or puts it in place of the one with its serial number.
    pub(super) fn insert(&mut self, device: Device) {
        if let Some(known) = self.get_mut(&device.serial_number) {
            *known = device;
        } else {
            self.by_serial.insert(device.serial_number.clone(), self.all.len());
            self.all.push(device);
        }
    }

    /// In order of serial number.
    pub(super) fn values(&self) -> impl Iterator<Item = &Device> {
        self.by_serial.values().filter_map(|slot| self.all.get(*slot))
    }
}

impl Serialize for Fleet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fleet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fleet = Self::default();
        for device in Vec::<Device>::deserialize(deserializer)? {
            if fleet.contains_key(&device.serial_number) {
                return Err(D::Error::custom(format!("device {} is stored twice", device.serial_number)));
            }
            fleet.insert(device);
        }
        Ok(fleet)
    }
}
