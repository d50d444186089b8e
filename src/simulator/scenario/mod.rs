//! Worlds described in JSON.

mod action;
mod build;
mod error;
mod parts;
mod read;

use chrono::{DateTime, Utc};
use serde_json::Value;

use self::action::Known;
pub use self::error::{ScenarioError, ScenarioProblem};
use self::parts::{Devices, ServerPart};
use self::read::{At, Problems};
use super::builder::{ADMIN, START};
use super::events::Event;
use super::faults::FaultRule;
use super::settings::Settings;
use super::terms::Administrator;

/// A world and what is going to happen in it, described in JSON.
///
#[doc = include_str!("page.md")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    about: String,
    seed: u64,
    start: DateTime<Utc>,
    base_url: Option<String>,
    org_name: Option<String>,
    org_type: Option<String>,
    administrators: Vec<Administrator>,
    terms_signed: bool,
    access: bool,
    servers: Vec<ServerPart>,
    devices: Vec<Devices>,
    settings: Settings,
    faults: Vec<FaultRule>,
    events: Vec<Event>,
}

/// The version of the format.
const VERSION: u64 = 1;

const KEYS: &[&str] = &[
    "scenario",
    "about",
    "seed",
    "start",
    "base_url",
    "organisation",
    "servers",
    "devices",
    "settings",
    "faults",
    "events",
];

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    ///
    /// When it is not JSON, or anything in it is not as described above. All that is wrong is told at once, each thing with its
    /// JSON path and what would be right; a key that is not known is an error.
    ///
    /// ```
    /// use apple_ade::simulator::Scenario;
    ///
    /// let error = Scenario::from_json(r#"{ "scenario": 1, "servrs": [] }"#).unwrap_err();
    /// assert_eq!(error.problems[0].to_string(), r#"$.servrs: there is no key "servrs" here; did you mean "servers"?"#);
    /// ```
    pub fn from_json(json: &str) -> Result<Self, ScenarioError> {
        let mut problems = Problems::default();
        let root = match serde_json::from_str::<Value>(json) {
            Ok(root) => root,
            Err(error) => {
                problems.add("$", format!("this is not JSON: {error}"));
                return Err(ScenarioError { problems: problems.0 });
            }
        };
        let scenario = Self::read(&At { path: "$".to_owned(), value: &root }, &mut problems);
        if problems.0.is_empty() { Ok(scenario) } else { Err(ScenarioError { problems: problems.0 }) }
    }

    /// What it is about, in the author's words.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// What is going to happen, in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }

    fn read(root: &At<'_>, problems: &mut Problems) -> Self {
        problems.object(root, KEYS);
        if root.value.is_object() && root.get("scenario").is_none_or(|version| version.value.as_u64() != Some(VERSION))
        {
            problems.add("$.scenario", "the format's version is missing or not known: write \"scenario\": 1");
        }
        let seed = match root.get("seed") {
            None => 0,
            Some(at) => at.value.as_u64().unwrap_or_else(|| {
                problems.add(&at.path, "a whole number is expected");
                0
            }),
        };
        let start = problems.time(root, "start", START).unwrap_or(START);
        let organisation = root.get("organisation");
        let people = organisation.as_ref().map(|at| parts::organisation(at, problems)).unwrap_or_default();
        let servers = parts::servers(root, problems);
        let ids = people.administrators.iter().map(|person| person.id.clone());
        let known = Known {
            start,
            servers: servers.iter().map(|server| server.name.clone()).collect(),
            people: ids.chain([ADMIN.to_owned()]).collect(),
        };
        let devices = parts::devices(root, start, &known.servers, problems);
        let mut events: Vec<Event> =
            problems.list(root, "events").iter().filter_map(|at| action::event(at, &known, problems)).collect();
        events.sort_by_key(|event| event.at);
        Self {
            about: problems.text(root, "about").unwrap_or_default().to_owned(),
            seed,
            start,
            base_url: problems.text(root, "base_url").map(str::to_owned),
            org_name: people.name,
            org_type: people.kind,
            administrators: people.administrators,
            terms_signed: people.terms_signed.unwrap_or(true),
            access: people.access.unwrap_or(true),
            servers,
            devices,
            settings: parts::settings(root, problems),
            faults: problems.list(root, "faults").iter().filter_map(|at| action::fault(at, problems)).collect(),
            events,
        }
    }
}
