//! A simulated Apple on loopback, a token file, a database file; and what of the two has to be equal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use apple_ade::Stamp;
use apple_ade::simulator::{ProfileStatus, World, WorldBuilder};
use apple_ade::token::ServerToken;
use apple_ade_apps::depsim::{Desk, Hosts, routes};
use apple_ade_apps::store::{KeptDevice, Sqlite, Store};
use apple_ade_apps::{Served, serve_routes};
use serde_json::Value;

use crate::{ended, folder};

pub(crate) struct Apple {
    pub(crate) desk: Desk,
    pub(crate) folder: PathBuf,
    pub(crate) identity: String,
    served: Served,
}

impl Apple {
    /// A first server with devices, and a second one to move them to.
    pub(crate) fn new(name: &str, devices: usize, build: impl FnOnce(WorldBuilder) -> WorldBuilder) -> Self {
        let world = World::builder().seed(7).now(Stamp::from_system().now()).devices(devices).add_server("Second MDM");
        let world = build(world).build();
        let folder = folder(name);
        let token = world.server_token_json();
        std::fs::write(folder.join("token.json"), &token).unwrap();
        let identity = ServerToken::from_json(token.as_bytes()).unwrap().identity().to_string();
        let desk = Desk::new(world);
        let served = serve_routes(routes(desk.clone(), Hosts::default())).unwrap();
        Self { desk, folder, identity, served }
    }

    pub(crate) fn db(&self) -> PathBuf {
        self.folder.join("devices.sqlite3")
    }

    /// The arguments for this service, and more.
    pub(crate) fn arguments(&self, more: &[&str]) -> Vec<String> {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let (token, db) = (path(&self.folder.join("token.json")), path(&self.db()));
        let mut all = ["--base-url", self.served.base_url(), "--token", &token, "--db", &db].map(String::from).to_vec();
        all.extend(more.iter().map(|argument| (*argument).to_owned()));
        all
    }

    pub(crate) fn run(&self, more: &[&str]) -> (Option<i32>, String, String) {
        let arguments = self.arguments(more);
        ended(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub(crate) fn calls(&self, call: &str) -> usize {
        self.desk.act(|world| world.call_log().count(call))
    }

    pub(crate) fn stored(&self) -> Vec<KeptDevice> {
        Store::new(Sqlite::open(&self.db()).unwrap()).devices(&self.identity).unwrap()
    }

    /// Of each device of the first server: its tag and the profile that is assigned.
    pub(crate) fn listed(&self) -> BTreeMap<String, (String, Option<String>)> {
        self.desk.act(|world| {
            let first = world.servers().next().map(|server| server.uuid.clone());
            let here = world.devices().filter(|device| device.server == first);
            let row = here.map(|device| {
                let has_one = matches!(device.profile.status, ProfileStatus::Assigned | ProfileStatus::Pushed);
                let profile = device.profile.uuid.clone().filter(|_| has_one);
                (device.serial_number.clone(), (device.asset_tag.clone(), profile))
            });
            row.collect()
        })
    }

    /// Every device once, as Apple has it, and no other.
    pub(crate) fn compare(&self) -> usize {
        let mut stored = BTreeMap::new();
        for device in self.stored().into_iter().filter(|device| device.removed_at.is_none()) {
            let record: Value = serde_json::from_str(&device.json).unwrap();
            assert_eq!(record["serial_number"], device.serial.as_str());
            let tag = record["asset_tag"].as_str().unwrap_or_default().to_owned();
            assert!(stored.insert(device.serial.clone(), (tag, device.profile)).is_none(), "{} twice", device.serial);
        }
        assert_eq!(stored, self.listed());
        stored.len()
    }
}

pub(crate) fn last_line(out: &str) -> &str {
    out.lines().last().unwrap_or_default()
}
