//! What is stored between commits.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::stored::{self, StateError, VERSION};
use super::task::Task;
use super::why::{Wait, Why};
use crate::id::{ProfileUuid, SerialNumber};
use crate::token::TokenIdentity;

/// The state of an assignment, to be stored as it is: JSON by serde, with a version.
///
/// It holds the serial numbers of what is still to be done, about 20 bytes for each, and no secret. What has its outcome is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form")]
pub struct AssignerState {
    version: u32,
    /// Of the first plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<TokenIdentity>,
    pub(super) next_task: u32,
    pub(super) tasks: BTreeMap<u32, StoredTask>,
    pub(super) devices: BTreeMap<SerialNumber, Pending>,
    /// How many calls in a row have failed.
    pub(super) failures: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<Wait>,
    /// For which devices Apple failed three times, with which profile.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) given_up: BTreeMap<SerialNumber, ProfileUuid>,
}

/// A state as it was stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(deserialize_with = "stored::version")]
    version: u32,
    token: Option<TokenIdentity>,
    next_task: u32,
    tasks: BTreeMap<u32, StoredTask>,
    devices: BTreeMap<SerialNumber, Pending>,
    failures: u32,
    wait: Option<Wait>,
    #[serde(default)]
    given_up: BTreeMap<SerialNumber, ProfileUuid>,
}

/// A task, and how it is with its profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredTask {
    pub(super) task: Task,
    /// How often the profile was defined again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) redefined: u32,
    /// Whether Apple does not know the profile.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unknown: bool,
}

/// A device that has no outcome yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pending {
    pub(super) task: u32,
    #[serde(default, skip_serializing_if = "Stage::is_first")]
    pub(super) stage: Stage,
    /// Nothing is done before this time, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<(DateTime<Utc>, Why)>,
    /// How often Apple failed for it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) failed: u32,
    /// How often it was left out, answered with an unknown word, or refused with its batch.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) odd: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) throttled: u32,
    /// How often its record did not say what Apple's answer had said.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) unconfirmed: u32,
}

/// How far a device has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// It is to be done. After a crash nobody knows whether it was: its record is looked at before it is sent.
    #[default]
    ToDo,
    /// Apple said that it is done, and its record is to be looked at.
    ToConfirm,
    /// It is not on this server.
    Parked,
}

impl AssignerState {
    /// Nothing is to be done.
    pub fn new() -> Self {
        let (tasks, devices, given_up) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { version: VERSION, token: None, next_task: 0, tasks, devices, failures: 0, wait: None, given_up }
    }

    /// Reads a stored state.
    ///
    /// # Errors
    ///
    /// [`StateError`]. A state that cannot be read is no disaster: a new plan finds what is still to be done.
    pub fn from_json(text: &str) -> Result<Self, StateError> {
        stored::from_json("state", text)
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        stored::to_json(self)
    }

    /// The devices that have no outcome yet, each with what is done with it.
    pub fn pending(&self) -> impl Iterator<Item = (&SerialNumber, &Task)> {
        self.devices.iter().filter_map(|(serial, pending)| Some((serial, &self.tasks.get(&pending.task)?.task)))
    }

    /// The devices that are left alone for now, each with the time until which, and why: to be shown. One whose time has come is next.
    pub fn waiting(&self) -> impl Iterator<Item = (&SerialNumber, DateTime<Utc>, Why)> {
        self.devices.iter().filter_map(|(serial, pending)| pending.until.map(|(until, why)| (serial, until, why)))
    }

    /// The devices for which Apple failed three times, so that its support has to be called, with the profile.
    pub fn for_support(&self) -> impl Iterator<Item = (&SerialNumber, &ProfileUuid)> {
        self.given_up.iter()
    }

    /// Whether nothing is to be done.
    pub fn is_done(&self) -> bool {
        self.devices.is_empty()
    }

    /// The number of a task, which is a new one where there is none like it.
    pub(super) fn task(&mut self, task: &Task) -> u32 {
        if let Some((number, _)) = self.tasks.iter().find(|(_, stored)| stored.task == *task) {
            return *number;
        }
        let number = self.next_task;
        self.next_task = self.next_task.wrapping_add(1);
        self.tasks.insert(number, StoredTask { task: task.clone(), redefined: 0, unknown: false });
        number
    }

    /// Forgets tasks that no device has.
    pub(super) fn tidy(&mut self) {
        let used: std::collections::BTreeSet<u32> = self.devices.values().map(|pending| pending.task).collect();
        self.tasks.retain(|number, _| used.contains(number));
    }
}

impl Default for AssignerState {
    fn default() -> Self {
        Self::new()
    }
}

impl Pending {
    pub(super) fn new(task: u32) -> Self {
        Self { task, stage: Stage::ToDo, until: None, failed: 0, odd: 0, throttled: 0, unconfirmed: 0 }
    }
}

impl Stage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    fn is_first(&self) -> bool {
        *self == Self::ToDo
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl TryFrom<Form> for AssignerState {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        let Form { version, token, next_task, tasks, devices, failures, wait, given_up } = form;
        if let Some((serial, pending)) = devices.iter().find(|(_, pending)| !tasks.contains_key(&pending.task)) {
            return Err(format!("device {serial} has the task {}, which is not there", pending.task));
        }
        if let Some(number) = tasks.keys().find(|number| **number >= next_task) {
            return Err(format!("task {number} is not below next_task, {next_task}"));
        }
        Ok(Self { version, token, next_task, tasks, devices, failures, wait, given_up })
    }
}
