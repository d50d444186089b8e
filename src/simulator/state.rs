//! A world that is stored and read again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::device::Trouble;
use super::input::plain;
use super::time::is_writable;
use super::world::World;

/// How many contradictions are told at most.
const TOLD: usize = 10;

/// The version of the stored form that this crate writes and reads.
const VERSION: u64 = 1;

/// Stands in a stored world as a number. Reading refuses any other than ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StateVersion;

impl Serialize for StateVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(VERSION)
    }
}

impl<'de> Deserialize<'de> for StateVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u64::deserialize(deserializer)?;
        if found == VERSION { Ok(Self) } else { Err(D::Error::custom(WorldError::UnknownVersion(found))) }
    }
}

/// Why a stored world could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The text is not a stored world.
    #[error("this is not a stored world: {0}; World::to_json writes one")]
    NotAWorld(String),
    /// It was stored by another version of the crate.
    #[error("the stored world has version {0}, and this version of the crate reads version 1: build the world anew")]
    UnknownVersion(u64),
    /// It is one, and cannot have come about: what contradicts what, as sentences.
    #[error("the stored world contradicts itself: {}", .0.join("; "))]
    Contradiction(Vec<String>),
}

impl World {
    /// The whole world as JSON, with a version. It holds the credentials that the world has given out.
    ///
    /// ```
    /// use apple_ade::simulator::{World, WorldError};
    ///
    /// let world = World::builder().seed(7).devices(3).build();
    /// assert_eq!(World::from_json(&world.to_json()), Ok(world));
    /// assert_eq!(World::from_json(r#"{"version":99}"#), Err(WorldError::UnknownVersion(99)));
    /// ```
    pub fn to_json(&self) -> String {
        // Only maps with odd keys and failing writers make serde_json fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a world that [`World::to_json`] wrote. It is equal to the one that was stored.
    ///
    /// # Errors
    ///
    /// When the text is no stored world, or one of a version that this crate does not read; when two servers have one UUID, a
    /// device's server does not exist or does not list it, or a time has a year of more than four digits.
    pub fn from_json(json: &str) -> Result<Self, WorldError> {
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        let not_a_world = |error: serde_json::Error| WorldError::NotAWorld(plain(&error));
        let head: Head = serde_json::from_str(json).map_err(not_a_world)?;
        if head.version != VERSION {
            return Err(WorldError::UnknownVersion(head.version));
        }
        let world: Self = serde_json::from_str(json).map_err(not_a_world)?;
        let contradictions = world.contradictions();
        if contradictions.is_empty() { Ok(world) } else { Err(WorldError::Contradiction(contradictions)) }
    }

    /// What cannot be, the first few of it.
    fn contradictions(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let twice = self.servers.iter().filter(|server| !seen.insert(server.uuid.as_str()));
        let twice: Vec<String> = twice.map(|server| format!("two servers have the UUID {:?}", server.uuid)).collect();
        let lost = self.devices.values().filter_map(|device| {
            let (serial, uuid) = (&device.serial_number, device.server.as_deref()?);
            if !seen.contains(uuid) {
                return Some(format!("device {serial} is on the server {uuid:?}, which does not exist"));
            }
            let slot = self.server(uuid).and_then(|server| server.places.get(&device.place));
            let is_listed = slot.is_some() && slot.copied() == self.devices.slot(serial);
            (!is_listed).then(|| format!("device {serial} is on the server {uuid:?}, which does not list it"))
        });
        let strays = self.servers.iter().flat_map(|server| {
            let slots = server.places.values().map(|slot| (slot, self.devices.at(*slot)));
            let strays = slots.filter(|(_, device)| {
                device.is_none_or(|device| device.server.as_deref() != Some(server.uuid.as_str()))
            });
            strays.map(|(slot, device)| {
                let who = device.map_or_else(|| format!("number {slot}"), |device| device.serial_number.clone());
                format!("server {:?} lists the device {who}, which is not on it", server.uuid)
            })
        });
        let odd = self.times().filter(|(_, _, at)| !is_writable(*at));
        let odd = odd.map(|(what, whose, at)| {
            let space = if whose.is_empty() { "" } else { " " };
            format!("{what}{space}{whose} is {at}, and a year has four digits")
        });
        twice.into_iter().chain(lost).chain(strays).chain(odd).take(TOLD).collect()
    }

    /// Every time that somebody gets to see: what it is, of whom, and when.
    fn times(&self) -> impl Iterator<Item = (&'static str, &str, DateTime<Utc>)> {
        let organisation = &self.organisation;
        let terms = [Some(organisation.terms.published), organisation.terms.refused_until];
        let terms = terms.into_iter().flatten().map(|at| ("a time of the terms", "", at));
        let discovery = organisation.discovery.iter().map(|stored| ("the time of the discovery", "", stored.updated));
        let events = self.events.iter().chain(self.past_events.iter().map(|past| &past.event));
        let events = events.map(|event| ("the time of an event", "", event.at));
        let calls = self.calls.iter().map(|call| ("the time of call", call.request_id.as_str(), call.at));
        let servers = self.servers.iter().flat_map(|server| {
            let changes = server.changes.iter();
            let changes = changes.map(|change| ("the time of a change of device", change.serial.as_str(), change.at));
            [("the end of the token of server", server.name.as_str(), server.token.expiry)].into_iter().chain(changes)
        });
        let devices = self.devices.values().flat_map(|device| {
            let until = match device.trouble {
                Some(Trouble::Throttled { until }) => Some(until),
                _ => None,
            };
            let replaced = device.replaces.as_ref().map(|replaced| replaced.at);
            let profile = [device.profile.assigned, device.profile.pushed];
            let times =
                [Some(device.assigned_date), device.migration_deadline, until, replaced].into_iter().chain(profile);
            times.flatten().map(|at| ("a time of device", device.serial_number.as_str(), at))
        });
        let clock = [("the clock", "", self.now)].into_iter();
        clock.chain(terms).chain(discovery).chain(events).chain(calls).chain(servers).chain(devices)
    }
}
