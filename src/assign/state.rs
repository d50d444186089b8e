//! What is stored between commits.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::devices::Devices;
use super::name::ProfileName;
use super::policy::MOST_REMEMBERED;
use super::stored::{self, StateError, VERSION};
use super::task::Task;
use super::why::{Wait, Why};
use crate::id::{ProfileUuid, SerialNumber};
use crate::token::TokenIdentity;

/// No task has this number, nor a higher one.
const LAST_TASK: u32 = u32::MAX - 1;

/// The state of an assignment, to be stored as it is: JSON by serde, with a version.
///
/// It holds the serial numbers of what is still to be done, about 20 bytes for each, and no secret. What has its outcome is not in it. Of
/// profiles that Apple had forgotten it remembers the last 500, so that a part of a plan that is added later, and names the UUID before, is
/// carried out with the one that the profile has since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form")]
pub struct AssignerState {
    version: u32,
    /// Of the first plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<TokenIdentity>,
    pub(super) next_task: u32,
    pub(super) tasks: BTreeMap<u32, StoredTask>,
    pub(super) devices: Devices,
    /// How many calls in a row have failed.
    pub(super) failures: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<Wait>,
    /// For which devices Apple failed three times, with which profile.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) given_up: BTreeMap<SerialNumber, ProfileUuid>,
    /// Profiles that were defined again, the newest last: what is added later may still name the UUID before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redefined: Vec<Redefinition>,
    /// How many looks, and how many requests that do something, Apple has refused in a row.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) refused_looks: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) refused_sends: u32,
}

/// A state as it was stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(deserialize_with = "stored::version")]
    version: u32,
    token: Option<TokenIdentity>,
    next_task: u32,
    #[serde(deserialize_with = "stored::unique")]
    tasks: BTreeMap<u32, StoredTask>,
    #[serde(deserialize_with = "stored::unique")]
    devices: BTreeMap<SerialNumber, Pending>,
    failures: u32,
    wait: Option<Wait>,
    #[serde(default, deserialize_with = "stored::unique")]
    given_up: BTreeMap<SerialNumber, ProfileUuid>,
    #[serde(default)]
    redefined: Vec<Redefinition>,
    #[serde(default)]
    refused_looks: u32,
    #[serde(default)]
    refused_sends: u32,
}

/// A profile that Apple did not know any more, and was defined again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Redefinition {
    profile: ProfileName,
    from: ProfileUuid,
    to: ProfileUuid,
}

/// A task, and how it is with its profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredTask {
    pub(super) task: Task,
    /// What a device has to have still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) only: Option<Condition>,
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
    /// How often it was left out, or answered with an unknown word.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) odd: u32,
    /// How often a request that held it was refused.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) refused: u32,
    /// How many devices a request may have that holds it, since it was refused with others. 0: as many as the policy says.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) most: u32,
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
        let (tasks, devices, given_up) = (BTreeMap::new(), Devices::default(), BTreeMap::new());
        Self {
            version: VERSION,
            token: None,
            next_task: 0,
            tasks,
            devices,
            failures: 0,
            wait: None,
            given_up,
            redefined: Vec::new(),
            refused_looks: 0,
            refused_sends: 0,
        }
    }

    /// Reads a stored state.
    ///
    /// # Errors
    ///
    /// [`StateError`]. A new plan finds again which devices have not what they should have. Removals and disownings that were under way,
    /// how long throttled devices are to be left alone, and what is for Apple's support are in the state alone.
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

    /// Whether something can be done for a device now: it is neither waited for ([parked](super::Change::Parked)) nor left alone for a while.
    /// Where that is not so, the next part of a plan may be added.
    pub fn has_work(&self, now: DateTime<Utc>) -> bool {
        self.devices.values().any(|pending| pending.until.is_none_or(|(until, _)| until <= now))
    }

    /// The numbers of the tasks.
    pub(super) fn numbers(&self) -> BTreeMap<(Task, Option<Condition>), u32> {
        self.tasks.iter().map(|(number, stored)| ((stored.task.clone(), stored.only.clone()), *number)).collect()
    }

    /// The number of a task, which is a new one where there is none like it.
    pub(super) fn task(
        &mut self,
        numbers: &mut BTreeMap<(Task, Option<Condition>), u32>,
        task: &Task,
        only: Option<&Condition>,
    ) -> u32 {
        let key = (task.clone(), only.cloned());
        if let Some(number) = numbers.get(&key) {
            return *number;
        }
        // The first that is free; there are fewer tasks than numbers.
        let free = (self.next_task..LAST_TASK).chain(0..self.next_task).find(|number| !self.tasks.contains_key(number));
        let number = free.unwrap_or(LAST_TASK);
        self.next_task = self.next_task.max(number.saturating_add(1)).min(LAST_TASK);
        let stored = StoredTask { task: task.clone(), only: only.cloned(), redefined: 0, unknown: false };
        self.tasks.insert(number, stored);
        numbers.insert(key, number);
        number
    }

    /// The UUID that a profile has since it was defined again, where this is one that it had before.
    pub(super) fn redefinition(&self, profile: &ProfileName, uuid: &ProfileUuid) -> Option<&ProfileUuid> {
        let of_it = self.redefined.iter().rev().find(|known| known.profile == *profile && known.from == *uuid);
        of_it.map(|known| &known.to)
    }

    /// A profile was defined again. What names one of its UUIDs before means the newest.
    pub(super) fn remember(&mut self, profile: &ProfileName, from: &ProfileUuid, to: &ProfileUuid) {
        for known in self.redefined.iter_mut().filter(|known| known.profile == *profile && known.to == *from) {
            known.to = to.clone();
        }
        self.redefined.retain(|known| known.profile != *profile || known.from != *from && known.from != *to);
        if from != to {
            self.redefined.push(Redefinition { profile: profile.clone(), from: from.clone(), to: to.clone() });
        }
        let too_many = self.redefined.len().saturating_sub(MOST_REMEMBERED);
        self.redefined.drain(..too_many);
    }

    /// Forgets tasks that no device has.
    pub(super) fn tidy(&mut self) {
        let mut used = BTreeSet::new();
        for pending in self.devices.values() {
            used.insert(pending.task);
            if used.len() == self.tasks.len() {
                return;
            }
        }
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
        let (stage, until) = (Stage::ToDo, None);
        Self { task, stage, until, failed: 0, odd: 0, refused: 0, most: 0, throttled: 0, unconfirmed: 0 }
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
        let Form {
            version,
            token,
            next_task,
            tasks,
            devices,
            failures,
            wait,
            given_up,
            redefined,
            refused_looks,
            refused_sends,
        } = form;
        if let Some((serial, pending)) = devices.iter().find(|(_, pending)| !tasks.contains_key(&pending.task)) {
            return Err(format!("device {serial} has the task {}, which is not there", pending.task));
        }
        if next_task > LAST_TASK {
            return Err(format!("next_task is {next_task}, and {LAST_TASK} is the last"));
        }
        if let Some(number) = tasks.keys().find(|number| **number >= next_task) {
            return Err(format!("task {number} is not below next_task, {next_task}"));
        }
        Ok(Self {
            version,
            token,
            next_task,
            tasks,
            devices: devices.into(),
            failures,
            wait,
            given_up,
            redefined,
            refused_looks,
            refused_sends,
        })
    }
}
