//! The parts of a scenario that describe how things stand at the start.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::read::{At, Problems};
use crate::simulator::device::Family;
use crate::simulator::events::TroubleWord;
use crate::simulator::pattern::near;
use crate::simulator::settings::Settings;
use crate::simulator::terms::Administrator;
use crate::simulator::trouble;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerPart {
    pub(super) name: String,
    pub(super) admin_id: Option<String>,
}

/// Devices of one kind, or one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Devices {
    /// Any, in the mix of a school's fleet, when absent.
    pub(super) family: Option<Family>,
    pub(super) count: usize,
    pub(super) serial: Option<String>,
    /// The server's name; the first one's when absent.
    pub(super) server: Option<String>,
    pub(super) unassigned: bool,
    pub(super) model: Option<String>,
    pub(super) asset_tag: Option<String>,
    /// Throttled ones until then.
    pub(super) trouble: Option<(TroubleWord, Option<DateTime<Utc>>)>,
}

#[derive(Debug, Default)]
pub(super) struct OrganisationPart {
    pub(super) name: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) administrators: Vec<Administrator>,
    pub(super) terms_signed: Option<bool>,
    pub(super) access: Option<bool>,
}

pub(super) const FAMILIES: &[&str] = &["iPad", "iPhone", "iPod", "Mac", "AppleTV", "Vision"];
const ROLES: &[&str] = &["administrator", "device_enrollment_manager", "people_manager", "site_manager", "staff"];

pub(super) fn organisation(at: &At<'_>, problems: &mut Problems) -> OrganisationPart {
    problems.object(at, &["name", "type", "administrators", "terms_signed", "access"]);
    let people = problems.list(at, "administrators");
    let administrators = people.iter().filter_map(|at| {
        problems.object(at, &["id", "name", "role"]);
        if !problems.require(at, &["id", "role"]) {
            return None;
        }
        let id = problems.text(at, "id")?;
        let name = problems.text(at, "name").unwrap_or(id);
        Some(Administrator::new(id, name, parsed(problems.word(at, "role", ROLES)?)?))
    });
    let administrators = administrators.collect();
    OrganisationPart {
        name: problems.text(at, "name").map(str::to_owned),
        kind: problems.word(at, "type", &["edu", "org"]).map(str::to_owned),
        administrators,
        terms_signed: problems.boolean(at, "terms_signed"),
        access: problems.boolean(at, "access"),
    }
}

pub(super) fn servers(root: &At<'_>, problems: &mut Problems) -> Vec<ServerPart> {
    let mut servers: Vec<ServerPart> = Vec::new();
    for at in problems.list(root, "servers") {
        problems.object(&at, &["name", "admin_id"]);
        problems.require(&at, &["name"]);
        let Some(name) = problems.text(&at, "name") else { continue };
        if servers.iter().any(|server| server.name == name) {
            problems.add(&format!("{}.name", at.path), format!("there are two servers {name:?}: name them apart"));
        }
        servers.push(ServerPart { name: name.to_owned(), admin_id: problems.text(&at, "admin_id").map(str::to_owned) });
    }
    servers
}

pub(super) fn devices(
    root: &At<'_>,
    start: DateTime<Utc>,
    servers: &[String],
    problems: &mut Problems,
) -> Vec<Devices> {
    let known = ["family", "count", "serial", "server", "unassigned", "model", "asset_tag", "trouble"];
    let mut all: Vec<Devices> = Vec::new();
    for at in problems.list(root, "devices") {
        if problems.object(&at, &known).is_none() {
            continue;
        }
        let serial = problems.text(&at, "serial");
        if let Some(serial) = serial {
            let path = format!("{}.serial", at.path);
            if serial.is_empty() || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                problems.add(&path, format!("{serial:?} is no serial number: letters and digits are expected"));
            }
            if all.iter().any(|device| device.serial.as_deref() == Some(serial)) {
                problems.add(&path, format!("{serial:?} is in the list twice"));
            }
            problems.require(&at, &["family"]);
            if at.get("count").is_some() {
                problems
                    .add(&format!("{}.count", at.path), "one device has a serial number: leave count or serial out");
            }
        }
        let family = problems.word(&at, "family", FAMILIES).and_then(parsed);
        let count = problems.count(&at, "count").unwrap_or(1);
        let server = server(&at, "server", servers, problems);
        let trouble = at.get("trouble").and_then(|trouble| {
            let read = trouble::read(trouble.value, start);
            read.map_err(|problem| problems.extend(&trouble, [problem])).ok()
        });
        let unassigned = problems.boolean(&at, "unassigned") == Some(true);
        if unassigned && server.is_some() {
            problems.add(
                &format!("{}.unassigned", at.path),
                "a device is on a server or on none: leave out one of the two",
            );
        }
        all.push(Devices {
            family,
            count,
            serial: serial.map(str::to_owned),
            server,
            unassigned,
            model: problems.text(&at, "model").map(str::to_owned),
            asset_tag: problems.text(&at, "asset_tag").map(str::to_owned),
            trouble,
        });
    }
    all
}

/// The name of a server that the scenario has.
pub(super) fn server(at: &At<'_>, key: &str, servers: &[String], problems: &mut Problems) -> Option<String> {
    let name = problems.text(at, key)?;
    if !servers.iter().any(|known| known == name) {
        let hint = near(name, servers.iter().map(String::as_str));
        let hint = if hint.is_empty() { "; add it to $.servers".to_owned() } else { hint };
        problems.add(&format!("{}.{key}", at.path), format!("there is no MDM server {name:?}{hint}"));
    }
    Some(name.to_owned())
}

pub(super) fn settings(root: &At<'_>, problems: &mut Problems) -> Settings {
    let none = Map::new();
    let Some(at) = root.get("settings") else { return Settings::default() };
    let members = at.value.as_object();
    if members.is_none() {
        problems.object(&at, &[]);
    }
    let settings = Settings::default().change(members.unwrap_or(&none));
    settings.map_err(|found| problems.extend(&at, found)).unwrap_or_default()
}

/// A word of an enum that serde knows.
pub(super) fn parsed<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}
