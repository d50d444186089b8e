use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::catalogue;
use super::device::{Family, Trouble};
use super::faults::{FaultRule, Faults};
use super::fleet::{Fleet, Slot};
use super::organisation::{Organisation, Server};
use super::rng::Rng;
use super::settings::Settings;
use super::state::StateVersion;
use super::terms::{Administrator, Role, Terms};
use super::world::World;

/// Describes a [`World`] to build; see [`World::builder`].
///
/// ```
/// use apple_ade::simulator::{Trouble, World};
///
/// let world = World::builder()
///     .seed(7)
///     .org_name("District 42")
///     .devices(500)
///     .share_not_accessible(20)
///     .share_failing(5)
///     .build();
/// let failing = world.devices().filter(|device| device.trouble == Some(Trouble::Failing)).count();
/// assert!(failing < 20, "about five in a thousand");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct WorldBuilder {
    seed: u64,
    now: DateTime<Utc>,
    base_url: String,
    org_name: String,
    org_kind: String,
    server_name: String,
    more_servers: Vec<String>,
    devices: usize,
    unassigned: usize,
    not_accessible: u16,
    failing: u16,
    throttled: u16,
    troubles: BTreeMap<usize, Trouble>,
    settings: Settings,
    faults: Faults,
    families: Vec<(Family, usize)>,
    administrators: Vec<Administrator>,
}

/// Who downloads tokens and signs terms unless told otherwise.
pub(super) const ADMIN: &str = "it-admin@school.example.org";

/// 2026-11-22T08:00:00Z.
pub(super) const START: DateTime<Utc> = match DateTime::from_timestamp(1_795_334_400, 0) {
    Some(at) => at,
    None => DateTime::UNIX_EPOCH,
};

impl Default for WorldBuilder {
    fn default() -> Self {
        Self {
            seed: 0,
            now: START,
            base_url: "https://mdmenrollment.apple.com".to_owned(),
            org_name: "Example Schools".to_owned(),
            org_kind: "edu".to_owned(),
            server_name: "Example MDM".to_owned(),
            more_servers: Vec::new(),
            devices: 0,
            unassigned: 0,
            not_accessible: 0,
            failing: 0,
            throttled: 0,
            troubles: BTreeMap::new(),
            settings: Settings::default(),
            faults: Faults::default(),
            families: Vec::new(),
            administrators: vec![Administrator::new(ADMIN, "Ida Trimmer", Role::Administrator)],
        }
    }
}

impl WorldBuilder {
    /// What all chance comes from: serial numbers, tokens, sessions, UUIDs. 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The time at the start; 2026-11-22T08:00:00Z by default.
    pub fn now(mut self, now: DateTime<Utc>) -> Self {
        self.now = now;
        self
    }

    /// Where the service says it is; `https://mdmenrollment.apple.com` by default.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The organisation's name.
    pub fn org_name(mut self, name: impl Into<String>) -> Self {
        self.org_name = name.into();
        self
    }

    /// The organisation's type: `edu` (the default) or `org`.
    pub fn org_type(mut self, kind: impl Into<String>) -> Self {
        self.org_kind = kind.into();
        self
    }

    /// One more person with a role in the portal. `it-admin@school.example.org` is an administrator from the start.
    pub fn administrator(mut self, id: impl Into<String>, name: impl Into<String>, role: Role) -> Self {
        self.administrators.push(Administrator::new(id, name, role));
        self
    }

    /// The name of the first MDM server.
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = name.into();
        self
    }

    /// One more MDM server, without devices.
    pub fn add_server(mut self, name: impl Into<String>) -> Self {
        self.more_servers.push(name.into());
        self
    }

    /// How many devices of all families are assigned to the first server at the start.
    pub fn devices(mut self, count: usize) -> Self {
        self.devices = count;
        self
    }

    /// So many devices of one family, assigned to the first server, besides those of [`WorldBuilder::devices`].
    pub fn family(mut self, family: Family, count: usize) -> Self {
        self.families.push((family, count));
        self
    }

    /// How many devices the organisation has besides, assigned to no server.
    pub fn unassigned_devices(mut self, count: usize) -> Self {
        self.unassigned = count;
        self
    }

    /// Of each thousand devices, how many are listed yet [`Trouble::NotAccessible`]; the seed says which.
    pub fn share_not_accessible(mut self, per_mille: u16) -> Self {
        self.not_accessible = per_mille;
        self
    }

    /// Of each thousand devices, how many are [`Trouble::Failing`].
    pub fn share_failing(mut self, per_mille: u16) -> Self {
        self.failing = per_mille;
        self
    }

    /// Of each thousand devices, how many are [`Trouble::Throttled`], for [`Settings::throttle_seconds`] from the start.
    pub fn share_throttled(mut self, per_mille: u16) -> Self {
        self.throttled = per_mille;
        self
    }

    /// Gives trouble to one device: the one at this position of the list, from 0.
    pub fn trouble(mut self, position: usize, trouble: Trouble) -> Self {
        self.troubles.insert(position, trouble);
        self
    }

    /// How the service behaves.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// What goes wrong from the start; in place of what was set before.
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// One more fault from the start.
    pub fn fault(mut self, rule: impl Into<FaultRule>) -> Self {
        self.faults.add(rule);
        self
    }

    /// The world.
    pub fn build(self) -> World {
        let mut rng = Rng::new(self.seed);
        let organisation = Organisation {
            name: self.org_name,
            email: ADMIN.to_owned(),
            phone: "+1-555-0142".to_owned(),
            address: "1 School Road, Springfield".to_owned(),
            id: rng.digits(7),
            id_hash: rng.hex(64),
            kind: self.org_kind,
            administrators: self.administrators,
            terms_signed: true,
            terms: Terms { version: 1, published: self.now, ..Terms::default() },
            access: true,
            discovery: None,
        };
        let cursor_key = rng.next();
        let mut world = World {
            version: StateVersion,
            now: self.now,
            base_url: self.base_url,
            settings: self.settings,
            organisation,
            servers: Vec::new(),
            devices: Fleet::default(),
            sessions: BTreeMap::new(),
            nonces: BTreeSet::new(),
            calls: VecDeque::new(),
            cursor_key,
            rng,
            faults: self.faults,
            events: VecDeque::new(),
            past_events: Vec::new(),
        };
        let first = world.add_server(&self.server_name);
        for name in &self.more_servers {
            world.add_server(name);
        }
        let throttled = Trouble::Throttled { until: world.after(world.settings.throttle_seconds) };
        let total = self.devices.saturating_add(self.unassigned);
        for position in 0..total {
            let bought = purchase_date(self.now, position, total);
            let serial = world.fresh_serial();
            let mut device = catalogue::any_device(&mut world.rng, serial.clone(), bought);
            let draw = world.rng.below(1000);
            let shares = [
                (self.not_accessible, Trouble::NotAccessible),
                (self.failing, Trouble::Failing),
                (self.throttled, throttled),
            ];
            let mut bound = 0;
            let drawn = shares.into_iter().find_map(|(share, trouble)| {
                bound += u64::from(share);
                (draw < bound).then_some(trouble)
            });
            device.trouble = self.troubles.get(&position).copied().or(drawn);
            world.devices.insert(device);
            if position < self.devices {
                world.place(&serial, &first);
            }
        }
        for (family, count) in self.families {
            for _ in 0..count {
                let serial = world.fresh_serial();
                let device = catalogue::device(&mut world.rng, family, serial.clone(), world.now);
                world.devices.insert(device);
                world.place(&serial, &first);
            }
        }
        world
    }
}

/// Purchases are spread evenly over the two years before the start.
fn purchase_date(now: DateTime<Utc>, position: usize, total: usize) -> DateTime<Utc> {
    const TWO_YEARS: usize = 730 * 86_400;
    let ago = TWO_YEARS.saturating_sub(TWO_YEARS.saturating_mul(position).checked_div(total).unwrap_or(0));
    let ago = TimeDelta::seconds(i64::try_from(ago).unwrap_or(0));
    now.checked_sub_signed(ago).unwrap_or(now)
}

impl Server {
    /// Gives a device the next place in the server's list.
    pub(super) fn place(&mut self, slot: Slot) -> u64 {
        self.next_place = self.next_place.saturating_add(1);
        self.places.insert(self.next_place, slot);
        self.next_place
    }
}
