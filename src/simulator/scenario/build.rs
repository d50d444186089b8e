//! From a scenario to its world.

use super::Scenario;
use super::parts::Devices;
use crate::simulator::catalogue;
use crate::simulator::world::World;

impl World {
    /// The world that a scenario describes, at its start.
    pub fn from_scenario(scenario: &Scenario) -> Self {
        let mut builder = Self::builder().seed(scenario.seed).now(scenario.start).settings(scenario.settings.clone());
        if let Some(url) = &scenario.base_url {
            builder = builder.base_url(url.clone());
        }
        if let Some(name) = &scenario.org_name {
            builder = builder.org_name(name.clone());
        }
        if let Some(kind) = &scenario.org_type {
            builder = builder.org_type(kind.clone());
        }
        for person in &scenario.administrators {
            builder = builder.administrator(person.id.clone(), person.name.clone(), person.role);
        }
        if let Some(first) = scenario.servers.first() {
            builder = builder.server_name(first.name.clone());
        }
        for server in scenario.servers.iter().skip(1) {
            builder = builder.add_server(server.name.clone());
        }
        for rule in &scenario.faults {
            builder = builder.fault(rule.clone());
        }
        let mut world = builder.build();
        for (server, described) in world.servers.iter_mut().zip(&scenario.servers) {
            if let Some(admin) = &described.admin_id {
                server.admin_id.clone_from(admin);
            }
        }
        world.organisation.terms_signed = scenario.terms_signed;
        world.organisation.access = scenario.access;
        // Those with serial numbers first, so that none that is drawn is theirs.
        let (named, drawn): (Vec<_>, Vec<_>) = scenario.devices.iter().partition(|devices| devices.serial.is_some());
        for devices in named.into_iter().chain(drawn) {
            (0..devices.count).for_each(|_| world.place_device(devices));
        }
        world.events = scenario.events.iter().cloned().collect();
        world
    }

    /// A device that is there from the start: sync has nothing to tell of it.
    fn place_device(&mut self, described: &Devices) {
        let serial = described.serial.clone().unwrap_or_else(|| self.fresh_serial());
        let now = self.now;
        let mut device = match described.family {
            Some(family) => catalogue::device(&mut self.rng, family, serial.clone(), now),
            None => catalogue::any_device(&mut self.rng, serial.clone(), now),
        };
        if let Some(model) = &described.model {
            device.model.clone_from(model);
        }
        if let Some(tag) = &described.asset_tag {
            device.asset_tag.clone_from(tag);
        }
        device.trouble = described.trouble.and_then(|(word, until)| self.trouble(word, until));
        let place = match &described.server {
            _ if described.unassigned => None,
            Some(name) => self.servers.iter().find(|server| server.is_named(name)),
            None => self.servers.first(),
        };
        let place = place.map(|server| server.uuid.clone());
        self.devices.insert(device);
        if let Some(server) = place {
            self.place(&serial, &server);
        }
    }
}
