//! What is going to happen in a world when its clock gets there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::device::Family;
use super::faults::FaultRule;
use super::time::is_writable;
use super::world::World;

/// Something that happens at a time of the world; see [`World::schedule`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub action: Action,
}

/// What an [`Event`] does. Servers are named by UUID or name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are named as in a scenario, whose page explains them")]
pub enum Action {
    /// As [`World::activate`].
    Activate { devices: Selection },
    /// Devices are bought, and assigned to a server if one is named.
    Buy { count: usize, family: Family, to: Option<String> },
    /// So many small changes to the first server's devices, as in [`World::churn`].
    Churn { count: usize },
    /// As [`Faults::remove`](super::Faults::remove); every fault, if none is named.
    EndFault { name: Option<String> },
    /// As [`World::end_sessions`].
    EndSessions,
    /// A fault begins.
    Fault { rule: FaultRule },
    /// Devices get a label, as by [`World::set_asset_tag`].
    Label { devices: Selection, tag: String },
    /// As [`World::migrate`].
    Migrate { devices: Selection, to: String, deadline: DateTime<Utc> },
    /// As [`World::move_device`].
    Move { devices: Selection, to: String },
    /// As [`World::publish_terms`].
    PublishTerms,
    /// As [`World::release`].
    Release { devices: Selection },
    /// As [`World::replace`].
    Replace { devices: Selection },
    /// The organisation may, or may no longer, use the service.
    SetAccess { granted: bool },
    /// As [`World::sign_terms`].
    SignTerms { by: String },
    /// Something is wrong with devices from now on, or no longer; throttled ones are so `until` then.
    Trouble {
        devices: Selection,
        trouble: TroubleWord,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<DateTime<Utc>>,
    },
    /// As [`World::unassign_device`].
    Unassign { devices: Selection },
    /// As [`World::wipe`].
    Wipe { devices: Selection },
}

/// Which devices are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are named as in a scenario, whose page explains them")]
pub enum Selection {
    /// These.
    Serials(Vec<String>),
    /// The first so many of a server's list (the first server's, if none is named), of a family if one is named.
    Some { count: usize, family: Option<Family>, server: Option<String> },
}

/// A [`Trouble`](super::Trouble) without its time; throttling lasts for
/// [`Settings::throttle_seconds`](super::Settings::throttle_seconds), unless an end is named beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "see Trouble")]
pub enum TroubleWord {
    Failing,
    None,
    NotAccessible,
    Throttled,
}

/// An [`Event`] that has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PastEvent {
    /// What happened, and when.
    pub event: Event,
    /// What of it could not be done, as sentences: a device that is not there, a server that is not known.
    pub problems: Vec<String>,
}

impl World {
    /// Lets something happen when the clock gets there; at once, with the next turn of the clock, if the time is past.
    /// Events of the same time happen in the order in which they were given.
    ///
    /// ```
    /// use apple_ade::simulator::{Action, World};
    /// use chrono::TimeDelta;
    ///
    /// let mut world = World::builder().build();
    /// world.schedule(world.now() + TimeDelta::hours(2), Action::PublishTerms);
    /// world.advance(TimeDelta::hours(3));
    /// assert!(!world.organisation().terms_signed);
    /// assert_eq!(world.past_events().count(), 1);
    /// ```
    pub fn schedule(&mut self, at: DateTime<Utc>, action: Action) {
        let place = self.events.partition_point(|event| event.at <= at);
        self.events.insert(place, Event { at, action });
    }

    /// What is still to happen, in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }

    /// What has happened, in order.
    pub fn past_events(&self) -> impl Iterator<Item = &PastEvent> {
        self.past_events.iter()
    }

    /// Turns the clock, and stops at every event on the way.
    pub(super) fn turn_to(&mut self, now: DateTime<Utc>) {
        if !is_writable(now) {
            return;
        }
        while self.events.front().is_some_and(|event| event.at <= now) {
            let Some(event) = self.events.pop_front() else { break };
            self.now = self.now.max(event.at);
            let problems = self.perform_event(&event.action);
            self.past_events.push(PastEvent { event, problems });
        }
        self.now = now;
    }

    fn perform_event(&mut self, action: &Action) -> Vec<String> {
        let mut problems = Vec::new();
        match action {
            Action::Activate { devices } => self.each(devices, &mut problems, "has no profile waiting", Self::activate),
            Action::Label { devices, tag } => {
                self.each(devices, &mut problems, "is not known", |world, serial| world.set_asset_tag(serial, tag));
            }
            Action::Release { devices } => self.each(devices, &mut problems, "is not there any more", Self::release),
            Action::Replace { devices } => {
                self.each(devices, &mut problems, "is not there any more", |world, serial| {
                    world.replace(serial).is_some()
                });
            }
            Action::Unassign { devices } => self.each(devices, &mut problems, "is on no server", Self::unassign_device),
            Action::Wipe { devices } => self.each(devices, &mut problems, "is not known", Self::wipe),
            Action::Trouble { devices, trouble, until } => {
                let trouble = self.trouble(*trouble, *until);
                self.each(devices, &mut problems, "is not known", |world, serial| world.set_trouble(serial, trouble));
            }
            Action::Move { devices, to } => {
                let Some(to) = self.uuid_of(to, &mut problems) else { return problems };
                self.each(devices, &mut problems, "cannot be moved there", |world, serial| {
                    world.move_device(serial, &to)
                });
            }
            Action::Migrate { devices, to, deadline } => {
                let Some(to) = self.uuid_of(to, &mut problems) else { return problems };
                self.each(devices, &mut problems, "cannot be moved there", |world, serial| {
                    world.migrate(serial, &to, *deadline)
                });
            }
            Action::Buy { count, family, to } => {
                let to = to.as_ref().and_then(|to| self.uuid_of(to, &mut problems));
                for _ in 0..*count {
                    let serial = self.buy(*family);
                    if let Some(to) = &to {
                        self.move_device(&serial, to);
                    }
                }
            }
            Action::Churn { count } => (0..*count).for_each(|_| self.live_on()),
            Action::EndFault { name: Some(name) } => {
                if self.faults.remove(name) == 0 {
                    problems.push(format!("no fault {name:?} was set"));
                }
            }
            Action::EndFault { name: None } => self.faults.clear(),
            Action::EndSessions => self.end_sessions(),
            Action::Fault { rule } => self.faults.add(rule.clone()),
            Action::PublishTerms => self.publish_terms(),
            Action::SetAccess { granted } => self.organisation.access = *granted,
            Action::SignTerms { by } => problems.extend(self.sign_terms(by).err().map(|error| error.to_string())),
        }
        problems
    }

    fn each(
        &mut self,
        devices: &Selection,
        problems: &mut Vec<String>,
        refused: &str,
        mut act: impl FnMut(&mut Self, &str) -> bool,
    ) {
        for serial in self.select(devices, problems) {
            if !act(self, &serial) {
                problems.push(format!("device {serial} {refused}"));
            }
        }
    }

    fn select(&self, devices: &Selection, problems: &mut Vec<String>) -> Vec<String> {
        match devices {
            Selection::Serials(serials) => serials.clone(),
            Selection::Some { count, family, server } => {
                let server = match server {
                    Some(name) => self.uuid_of(name, problems).and_then(|uuid| self.server(&uuid)),
                    None => self.servers.first(),
                };
                let Some(server) = server else { return Vec::new() };
                let listed = server.places.values().filter_map(|slot| self.devices.at(*slot));
                let fits = listed.filter(|device| family.is_none_or(|family| device.family == family));
                let found: Vec<String> = fits.take(*count).map(|device| device.serial_number.clone()).collect();
                if found.len() < *count {
                    problems.push(format!("{count} such devices were asked for, and there are {}", found.len()));
                }
                found
            }
        }
    }

    fn uuid_of(&self, name: &str, problems: &mut Vec<String>) -> Option<String> {
        let found = self.servers.iter().find(|server| server.is_named(name)).map(|server| server.uuid.clone());
        if found.is_none() {
            problems.push(format!("there is no MDM server {name:?}"));
        }
        found
    }
}
