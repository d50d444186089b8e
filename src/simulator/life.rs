//! What happens to devices outside the service: bought, moved, released, replaced, switched on, wiped.

use chrono::{DateTime, TimeDelta, Utc};

use super::catalogue;
use super::confidential::Confidential;
use super::device::{Device, Family, ProfileState, ProfileStatus, Replacement, Trouble};
use super::faults::Fault;
use super::organisation::{Change, ChangeKind, Credentials, Server};
use super::time::is_writable;
use super::world::World;

impl World {
    /// A new MDM server in the portal, with a token of its own. Gives its UUID.
    pub fn add_server(&mut self, name: &str) -> String {
        let uuid = self.rng.uuid();
        let token = Credentials {
            consumer_key: Confidential(format!("CK_{}", self.rng.hex(128))),
            consumer_secret: Confidential(format!("CS_{}", self.rng.hex(40))),
            ..self.new_access()
        };
        self.servers.push(Server {
            uuid: uuid.clone(),
            name: name.to_owned(),
            admin_id: "it-admin@school.example.org".to_owned(),
            token,
            replaced: Vec::new(),
            certificate: None,
            profiles: std::collections::BTreeMap::new(),
            places: std::collections::BTreeMap::new(),
            next_place: 0,
            changes: Vec::new(),
        });
        uuid
    }

    /// The half of a token that a new download changes; it holds for one year.
    pub(super) fn new_access(&mut self) -> Credentials {
        let issued = self.now.timestamp_millis();
        let expiry = self.now.checked_add_months(chrono::Months::new(12));
        Credentials {
            consumer_key: Confidential(String::new()),
            consumer_secret: Confidential(String::new()),
            access_token: Confidential(format!("AT_O{}O{}O{issued}", self.rng.digits(10), self.rng.hex(40))),
            access_secret: Confidential(format!("AS_{}", self.rng.hex(40))),
            expiry: expiry.filter(|expiry| is_writable(*expiry)).unwrap_or(self.now),
            downloaded: false,
        }
    }

    /// Buys a device; it belongs to no server yet. Gives its serial number.
    pub fn buy(&mut self, family: Family) -> String {
        let serial = self.fresh_serial();
        let device = catalogue::device(&mut self.rng, family, serial.clone(), self.now);
        self.devices.insert(device);
        serial
    }

    /// Assigns a device to a server in the portal, away from the one it was on. The old server's sync tells `deleted`,
    /// the new one's `added`. The device's profile is gone with the move.
    ///
    /// False, and nothing happens, when the device or the server is not known, the device is released, or it is there already.
    pub fn move_device(&mut self, serial: &str, server: &str) -> bool {
        let free =
            self.devices.get(serial).is_some_and(|device| !device.released && device.server.as_deref() != Some(server));
        if !free || self.server(server).is_none() {
            return false;
        }
        let leaves = self.devices.get(serial).is_some_and(|device| device.server.is_some());
        let silent = leaves && self.faults.strike(|fault| *fault == Fault::SilentMove).is_some();
        self.detach(serial, false, silent);
        self.place(serial, server);
        let now = self.now;
        if let Some(device) = self.devices.get_mut(serial) {
            device.assigned_date = now;
        }
        self.record_change(server, serial, ChangeKind::Added);
        true
    }

    /// Takes a device off its server; it stays in the organisation. False when it was on none.
    pub fn unassign_device(&mut self, serial: &str) -> bool {
        self.detach(serial, false, false)
    }

    /// Moves a device to another server with a deadline, as an ordered migration does. False as for [`World::move_device`].
    pub fn migrate(&mut self, serial: &str, server: &str, deadline: DateTime<Utc>) -> bool {
        let moved = self.move_device(serial, server);
        if let Some(device) = self.devices.get_mut(serial).filter(|_| moved) {
            device.migration_deadline = Some(deadline);
        }
        moved
    }

    /// Releases a device from the organisation for good. False when it was not there.
    pub fn release(&mut self, serial: &str) -> bool {
        self.detach(serial, false, false);
        match self.devices.get_mut(serial) {
            Some(device) if !device.released => {
                device.released = true;
                true
            }
            _ => false,
        }
    }

    /// Exchanges a device for a new one of its kind on the same server. Gives the new serial number.
    pub fn replace(&mut self, serial: &str) -> Option<String> {
        let old = self.devices.get(serial).filter(|device| !device.released)?;
        let (family, server) = (old.family, old.server.clone());
        self.detach(serial, true, false);
        self.devices.get_mut(serial)?.released = true;
        let fresh = self.buy(family);
        let now = self.now;
        self.devices.get_mut(&fresh)?.replaces = Some(Replacement { original: serial.to_owned(), at: now });
        if let Some(server) = server {
            self.move_device(&fresh, &server);
        }
        Some(fresh)
    }

    /// A device is switched on and downloads its profile; a migration is done with it. False when no profile waits for it.
    pub fn activate(&mut self, serial: &str) -> bool {
        let now = self.now;
        let device = self.devices.get_mut(serial).filter(|device| device.profile.status == ProfileStatus::Assigned);
        let Some(device) = device else { return false };
        device.profile.status = ProfileStatus::Pushed;
        device.profile.pushed = Some(now);
        device.migration_deadline = None;
        self.modified(serial);
        true
    }

    /// A device is wiped: the profile that it had downloaded waits for it again. False when it is not known.
    pub fn wipe(&mut self, serial: &str) -> bool {
        let Some(device) = self.devices.get_mut(serial) else { return false };
        if device.profile.status == ProfileStatus::Pushed {
            device.profile.status = ProfileStatus::Assigned;
            device.profile.pushed = None;
            self.modified(serial);
        }
        true
    }

    /// Sets or clears what goes wrong with a device. False when it is not known.
    pub fn set_trouble(&mut self, serial: &str, trouble: Option<Trouble>) -> bool {
        let device = self.devices.get_mut(serial);
        device.map(|device| device.trouble = trouble).is_some()
    }

    /// Gives a device the organisation's own label. False when it is not known.
    pub fn set_asset_tag(&mut self, serial: &str, tag: &str) -> bool {
        let Some(device) = self.devices.get_mut(serial) else { return false };
        tag.clone_into(&mut device.asset_tag);
        self.modified(serial);
        true
    }

    /// Some days in the life of the first server's devices: `count` of them, drawn by the seed, are labelled, switched on or
    /// released, or new ones come; the clock goes on by one minute each.
    pub fn churn(&mut self, count: usize) {
        for _ in 0..count {
            self.advance(TimeDelta::minutes(1));
            self.live_on();
        }
    }

    /// One small change to a device of the first server.
    pub(super) fn live_on(&mut self) {
        let Some(server) = self.servers.first() else { return };
        let (uuid, bound) = (server.uuid.clone(), server.next_place.saturating_add(1));
        let start = self.rng.below(bound);
        let next = server.places.range(start..).next().and_then(|(_, slot)| self.devices.at(*slot));
        let serial = next.map(|device| device.serial_number.clone());
        let draw = self.rng.below(10);
        match serial.filter(|_| draw < 7) {
            Some(serial) if draw < 1 => {
                self.release(&serial);
            }
            Some(serial) if draw < 4 && self.activate(&serial) => {}
            Some(serial) => {
                let tag = format!("ASSET-{}", self.rng.digits(7));
                self.set_asset_tag(&serial, &tag);
            }
            None => {
                let serial = self.fresh_serial();
                let device = catalogue::any_device(&mut self.rng, serial.clone(), self.now);
                self.devices.insert(device);
                self.move_device(&serial, &uuid);
            }
        }
    }

    /// Gives a device the next place in a server's list.
    pub(super) fn place(&mut self, serial: &str, server: &str) {
        let Some(slot) = self.devices.slot(serial) else { return };
        let place = self.server_mut(server).map_or(0, |server| server.place(slot));
        if let Some(device) = self.devices.get_mut(serial) {
            device.place = place;
            device.server = Some(server.to_owned());
        }
    }

    pub(super) fn fresh_serial(&mut self) -> String {
        loop {
            let serial = self.rng.serial_number();
            if !self.devices.contains_key(&serial) {
                return serial;
            }
        }
    }

    pub(super) fn record_change(&mut self, server: &str, serial: &str, kind: ChangeKind) {
        let change = Change { serial: serial.to_owned(), kind, at: self.now, replaced: false };
        if let Some(server) = self.server_mut(server) {
            server.changes.push(change);
        }
    }

    fn modified(&mut self, serial: &str) {
        if let Some(server) = self.devices.get(serial).and_then(|device| device.server.clone()) {
            self.record_change(&server, serial, ChangeKind::Modified);
        }
    }

    /// Takes a device off its server's list and says so in its sync, unless the move is silent.
    fn detach(&mut self, serial: &str, replaced: bool, silent: bool) -> bool {
        let Some(Device { server, place, profile, migration_deadline, .. }) = self.devices.get_mut(serial) else {
            return false;
        };
        let Some(uuid) = server.take() else { return false };
        *profile = ProfileState::default();
        *migration_deadline = None;
        let place = std::mem::take(place);
        let change = Change { serial: serial.to_owned(), kind: ChangeKind::Deleted, at: self.now, replaced };
        if let Some(server) = self.server_mut(&uuid) {
            server.places.remove(&place);
            if !silent {
                server.changes.push(change);
            }
        }
        true
    }
}
