use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::builder::WorldBuilder;
use super::confidential::Confidential;
use super::device::Device;
use super::events::{Event, PastEvent};
use super::faults::{FaultRule, Faults};
use super::fleet::Fleet;
use super::log::CallRecord;
use super::organisation::{Organisation, Server, Session};
use super::rng::Rng;
use super::settings::Settings;
use super::state::StateVersion;
use super::time::{self, is_writable};

/// Apple's side as a value: an organisation, its MDM servers, devices, profiles, sessions, and the time.
///
/// [`World::handle`] is the service. Time stands still until [`World::advance`] or [`World::set_now`] turns it; chance comes
/// from a seed, so the same world gives the same answers to the same requests (RSA padding of token files aside). A world can be
/// cloned, compared and serialised. It holds the credentials it has given out: they are kept out of `Debug`, but not out of
/// its serialised form.
///
/// ```
/// use apple_ade::simulator::World;
/// use chrono::TimeDelta;
///
/// let mut world = World::builder().seed(7).devices(40).build();
/// assert_eq!(world.devices().count(), 40);
/// assert_eq!(world, World::builder().seed(7).devices(40).build());
///
/// let request = http::Request::get("https://mdmenrollment.apple.com/session").header("User-Agent", "mdm/1");
/// let answer = world.handle(&request.body(Vec::new())?);
/// assert_eq!(answer.status(), 400);
/// assert_eq!(answer.body(), b"oauth_problem_adviceBad Request");
///
/// world.advance(TimeDelta::days(1));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct World {
    pub(super) version: StateVersion,
    pub(super) now: DateTime<Utc>,
    pub(super) base_url: String,
    pub(super) settings: Settings,
    pub(super) organisation: Organisation,
    /// In the order of their creation; the first always exists in a built world.
    pub(super) servers: Vec<Server>,
    pub(super) devices: Fleet,
    pub(super) sessions: BTreeMap<Confidential, Session>,
    /// Timestamp, access token and nonce of each sign-in within the window.
    pub(super) nonces: BTreeSet<(i64, Confidential, String)>,
    pub(super) calls: VecDeque<CallRecord>,
    pub(super) cursor_key: u64,
    pub(super) rng: Rng,
    pub(super) faults: Faults,
    /// What is to happen, in order of time.
    pub(super) events: VecDeque<Event>,
    pub(super) past_events: Vec<PastEvent>,
}

impl World {
    /// A builder with sensible defaults: one server, no devices.
    pub fn builder() -> WorldBuilder {
        WorldBuilder::default()
    }

    /// The world's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Turns the clock on (or back, by a negative span). A time whose year has not four digits leaves it as it is.
    /// What was [scheduled](World::schedule) up to then happens on the way, in order, each thing at its time.
    pub fn advance(&mut self, by: TimeDelta) {
        self.turn_to(self.now.checked_add_signed(by).unwrap_or(self.now));
    }

    /// Sets the clock, within the years of four digits. Events that it passes happen, as with [`World::advance`].
    pub fn set_now(&mut self, now: DateTime<Utc>) {
        self.turn_to(now);
    }

    /// A time that a person wrote: `2026-11-22T08:00:00Z`, or a span from now such as `+2h` or `+1d12h` (s, m, h, d, w), as in
    /// a [`Scenario`](super::Scenario). `None` for anything else, and for years outside 1970 to 9999.
    ///
    /// ```
    /// use apple_ade::simulator::World;
    ///
    /// let world = World::builder().build();
    /// assert_eq!(world.read_time("+1d12h"), Some(world.now() + chrono::TimeDelta::hours(36)));
    /// assert_eq!(world.read_time("tomorrow"), None);
    /// ```
    pub fn read_time(&self, text: &str) -> Option<DateTime<Utc>> {
        time::read(text, self.now)
    }

    /// Where the service says it is: `https://mdmenrollment.apple.com` unless the builder was told otherwise.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How the service behaves.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes how the service behaves.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The faults that can still strike.
    pub fn faults(&self) -> impl Iterator<Item = &FaultRule> {
        self.faults.iter()
    }

    /// Changes what goes wrong.
    pub fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// The organisation.
    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// Changes the organisation: its name, its terms, its access.
    pub fn organisation_mut(&mut self) -> &mut Organisation {
        &mut self.organisation
    }

    /// The MDM servers, in the order of their creation.
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter()
    }

    /// The devices by serial number, released ones too.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// A device.
    pub fn device(&self, serial: &str) -> Option<&Device> {
        self.devices.get(serial)
    }

    /// A stored profile as JSON, in the form `GET /profile` gives at the newest protocol version.
    pub fn profile_json(&self, uuid: &str) -> Option<String> {
        let profile = self.servers.iter().find_map(|server| server.profiles.get(uuid))?;
        serde_json::to_string(profile).ok()
    }

    /// The latest calls, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.calls.iter()
    }

    /// Ends every session, as a restart of the service would.
    pub fn end_sessions(&mut self) {
        self.sessions.clear();
    }

    pub(super) fn server(&self, uuid: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.uuid == uuid)
    }

    pub(super) fn server_mut(&mut self, uuid: &str) -> Option<&mut Server> {
        self.servers.iter_mut().find(|server| server.uuid == uuid)
    }

    /// The device, if it is assigned to this server and can be reached.
    pub(super) fn accessible(&self, server: &str, serial: &str) -> Option<&Device> {
        self.devices.get(serial).filter(|device| device.is_accessible(server))
    }

    pub(super) fn after(&self, seconds: u32) -> DateTime<Utc> {
        let then = self.now.checked_add_signed(TimeDelta::seconds(i64::from(seconds)));
        then.filter(|then| is_writable(*then)).unwrap_or(self.now)
    }
}

impl Device {
    pub(super) fn is_accessible(&self, server: &str) -> bool {
        self.server.as_deref() == Some(server) && self.trouble != Some(super::device::Trouble::NotAccessible)
    }
}
