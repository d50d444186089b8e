//! A database, as far as a sync goes.

use std::collections::BTreeMap;

use apple_ade::api::Device;
use apple_ade::sync::{Change, Commit, DeviceSync, SyncPolicy, SyncState};
use chrono::{DateTime, Utc};

/// Devices with their generation, and the state; both in one transaction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) devices: BTreeMap<String, (Device, u64)>,
    /// With the record each was removed with.
    pub(crate) removed: BTreeMap<String, (DateTime<Utc>, Device)>,
    pub(crate) state: Option<String>,
    /// Whether rows that are older than what is stored are left out, as `Change::is_outdated_by` offers it.
    pub(crate) compares_dates: bool,
}

impl Store {
    /// Gives the serial numbers that were swept.
    pub(crate) fn apply(&mut self, commit: &Commit) -> Vec<String> {
        let mut swept = Vec::new();
        for change in commit.changes() {
            match change {
                Change::Store(device) => {
                    let serial = device.serial_number.as_str().to_owned();
                    if !self.is_outdated(change, &serial) {
                        self.removed.remove(&serial);
                        self.devices.insert(serial, (device.clone(), commit.generation()));
                    }
                }
                Change::Remove { device, at } => {
                    let serial = device.serial_number.as_str();
                    if !self.is_outdated(change, serial) {
                        self.remove(serial, *at, Some(device));
                    }
                }
                Change::Seen(serial) => {
                    if let Some((_, generation)) = self.devices.get_mut(serial.as_str()) {
                        *generation = commit.generation();
                    }
                }
                Change::Sweep { generation, at } => {
                    let gone = self.devices.iter().filter(|(_, (_, stored))| stored < generation);
                    swept = gone.map(|(serial, _)| serial.clone()).collect();
                    for serial in &swept {
                        self.remove(serial, *at, None);
                    }
                }
                Change::Forget { removed_before } => self.removed.retain(|_, (at, _)| *at >= *removed_before),
                other => panic!("{other:?}"),
            }
        }
        self.state = Some(commit.state().to_json());
        swept
    }

    fn is_outdated(&self, change: &Change, serial: &str) -> bool {
        let stored = self.devices.get(serial).map(|(device, _)| device);
        let known = stored.or_else(|| self.removed.get(serial).map(|(_, device)| device));
        self.compares_dates && known.is_some_and(|device| change.is_outdated_by(device))
    }

    fn remove(&mut self, serial: &str, at: DateTime<Utc>, record: Option<&Device>) {
        if let Some((device, _)) = self.devices.remove(serial) {
            self.removed.insert(serial.to_owned(), (at, record.cloned().unwrap_or(device)));
        }
    }

    pub(crate) fn resume(&self, policy: SyncPolicy) -> DeviceSync {
        match &self.state {
            Some(state) => DeviceSync::resume(SyncState::from_json(state).unwrap(), policy),
            None => DeviceSync::new(policy),
        }
    }

    /// The stored state, as others see it.
    pub(crate) fn state_json(&self) -> serde_json::Value {
        let text = self.state.clone().unwrap_or_else(|| SyncState::new().to_json());
        serde_json::from_str(&text).unwrap()
    }
}
