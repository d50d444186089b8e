//! The plan.

use std::collections::BTreeSet;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::condition::Condition;
use super::desired::Reason;
use super::effect::AssignEffect;
use super::filter::DeviceFilter;
use super::hazard::Hazard;
use super::name::ProfileName;
use super::planner::Planned;
use super::stored::{self, StateError, VERSION};
use crate::id::{ProfileUuid, SerialNumber};
use crate::token::TokenIdentity;

/// Which device is to be given which profile, and why: to be printed, approved, stored, and carried out.
///
/// Its `Display` is for people, in lines of at most 100 columns. A plan is carried out when it is [approved](super::ApprovedPlan): what
/// would [do harm](Hazard) has then been decided. A plan itself cannot be:
///
/// ```compile_fail,E0277
/// # use apple_ade::assign::{Assigner, AssignmentPlan};
/// fn carry_out(assigner: &mut Assigner, plan: AssignmentPlan) {
///     assigner.add(plan).unwrap();
/// }
/// ```
///
/// A plan may lie for a while before it is carried out. A plan for all devices gives them what they should have, whatever they have then.
/// One that was made with a [filter](DeviceFilter) leaves alone a device that the filter would not admit any more when its turn comes: it
/// ends as [`ChangedSince`](super::Outcome::ChangedSince).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Form")]
pub struct AssignmentPlan {
    version: u32,
    /// Whether it is stored as an [`ApprovedPlan`](super::ApprovedPlan).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    approved: bool,
    token: TokenIdentity,
    filter: DeviceFilter,
    /// Of the profile that the filter names.
    #[serde(skip_serializing_if = "Option::is_none")]
    filter_uuid: Option<ProfileUuid>,
    pub(super) groups: Vec<PlanGroup>,
    /// ASG-1.
    pub(super) no_profile: BTreeSet<SerialNumber>,
    pub(super) unchanged: u64,
    pub(super) not_covered: u64,
    pub(super) filtered: u64,
    pub(super) not_here: u64,
}

/// A plan as it was stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    #[serde(deserialize_with = "stored::version")]
    version: u32,
    #[serde(default)]
    approved: bool,
    token: TokenIdentity,
    filter: DeviceFilter,
    #[serde(default)]
    filter_uuid: Option<ProfileUuid>,
    #[serde(deserialize_with = "groups")]
    groups: Vec<PlanGroup>,
    no_profile: BTreeSet<SerialNumber>,
    unchanged: u64,
    not_covered: u64,
    filtered: u64,
    not_here: u64,
}

/// Devices that are given the same profile for the same reason and with the same effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PlanGroup {
    /// The profile.
    pub profile: ProfileName,
    /// Apple's UUID of it.
    pub profile_uuid: ProfileUuid,
    /// Why.
    pub reason: Reason,
    /// When it takes effect (ASG-9).
    pub effect: AssignEffect,
    /// What it would do to the devices that nobody may have meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    /// What was decided about that; `None` where nothing had to be, or nothing has been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<HazardDecision>,
    /// The devices.
    pub devices: BTreeSet<SerialNumber>,
}

/// What becomes of devices to which a plan would do harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HazardDecision {
    /// It is meant: they are given the profile.
    Confirm,
    /// They are left alone, and reported.
    Withhold,
}

/// A device that cannot enroll: it has no profile, and should have none (ASG-1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("{serial} has no profile and cannot enroll: no rule selects it, and the token has no default")]
#[non_exhaustive]
pub struct NoProfile {
    /// The device.
    pub serial: SerialNumber,
}

impl AssignmentPlan {
    pub(super) fn empty(token: TokenIdentity, filter: DeviceFilter, filter_uuid: Option<ProfileUuid>) -> Self {
        let (groups, no_profile, approved) = (Vec::new(), BTreeSet::new(), false);
        let (unchanged, not_covered, filtered, not_here) = (0, 0, 0, 0);
        Self {
            version: VERSION,
            approved,
            token,
            filter,
            filter_uuid,
            groups,
            no_profile,
            unchanged,
            not_covered,
            filtered,
            not_here,
        }
    }

    /// The same without devices.
    pub(super) fn emptied(&self) -> Self {
        let empty = Self::empty(self.token, self.filter.clone(), self.filter_uuid.clone());
        Self { approved: self.approved, ..empty }
    }

    /// What a device has to have still.
    pub(super) fn condition(&self) -> Option<Condition> {
        Condition::of(&self.filter, self.filter_uuid.as_ref())
    }

    pub(super) fn is_approved(&self) -> bool {
        self.approved
    }

    pub(super) fn into_approved(self) -> Self {
        Self { approved: true, ..self }
    }

    pub(super) fn count(&mut self, planned: Planned, serial: &SerialNumber) {
        match planned {
            Planned::Unchanged => self.unchanged = self.unchanged.saturating_add(1),
            Planned::NotCovered => self.not_covered = self.not_covered.saturating_add(1),
            Planned::Filtered => self.filtered = self.filtered.saturating_add(1),
            Planned::NotHere => self.not_here = self.not_here.saturating_add(1),
            Planned::NoProfile => {
                self.no_profile.insert(serial.clone());
            }
            // They are in groups.
            Planned::Assign | Planned::AskFirst => {}
        }
    }

    /// The token whose devices these are.
    pub fn token(&self) -> TokenIdentity {
        self.token
    }

    /// Which devices it looked at.
    pub fn filter(&self) -> &DeviceFilter {
        &self.filter
    }

    /// What is to be assigned; what nobody has decided about is among it.
    pub fn groups(&self) -> &[PlanGroup] {
        &self.groups
    }

    /// The groups that somebody has to decide about.
    pub fn open_hazards(&self) -> impl Iterator<Item = &PlanGroup> {
        self.groups.iter().filter(|group| group.is_open())
    }

    /// The devices that cannot enroll, since nothing says which profile they should have (ASG-1).
    pub fn no_profile(&self) -> impl Iterator<Item = NoProfile> {
        self.no_profile.iter().map(|serial| NoProfile { serial: serial.clone() })
    }

    /// How many devices it would assign a profile to, if everything were confirmed.
    pub fn devices(&self) -> usize {
        self.groups.iter().map(|group| group.devices.len()).sum()
    }

    /// How many devices have what they should have.
    pub fn unchanged(&self) -> u64 {
        self.unchanged
    }

    /// Whether it would change nothing.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Reads a stored plan. One that was approved has to be approved again, and what was decided about groups of it is asked for again: an
    /// approval is read by [`ApprovedPlan::from_json`](super::ApprovedPlan::from_json) alone.
    ///
    /// # Errors
    ///
    /// [`StateError`].
    pub fn from_json(text: &str) -> Result<Self, StateError> {
        stored::from_json("plan", text)
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        stored::to_json(self)
    }
}

impl PlanGroup {
    /// Whether somebody has to decide about it.
    pub fn is_open(&self) -> bool {
        !self.hazards.is_empty() && self.decision.is_none()
    }

    /// Whether its devices are given the profile.
    pub(super) fn is_carried_out(&self) -> bool {
        match self.decision {
            Some(HazardDecision::Withhold) => false,
            Some(HazardDecision::Confirm) => true,
            None => self.hazards.is_empty(),
        }
    }
}

impl Form {
    /// As it was stored, with its decisions.
    pub(super) fn into_stored(self) -> AssignmentPlan {
        let Self { version, approved, token, filter, filter_uuid, groups, no_profile, .. } = self;
        let Self { unchanged, not_covered, filtered, not_here, .. } = self;
        AssignmentPlan {
            version,
            approved,
            token,
            filter,
            filter_uuid,
            groups,
            no_profile,
            unchanged,
            not_covered,
            filtered,
            not_here,
        }
    }
}

impl From<Form> for AssignmentPlan {
    fn from(form: Form) -> Self {
        let mut plan = Self { approved: false, ..form.into_stored() };
        // A group without hazards is never asked about: who has withheld it has written so.
        for group in plan.groups.iter_mut().filter(|group| !group.hazards.is_empty()) {
            group.decision = None;
        }
        plan
    }
}

/// Reads groups of which each device is in one.
fn groups<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PlanGroup>, D::Error> {
    let groups = Vec::<PlanGroup>::deserialize(deserializer)?;
    let mut seen = BTreeSet::new();
    match groups.iter().flat_map(|group| &group.devices).find(|serial| !seen.insert(*serial)) {
        Some(serial) => Err(D::Error::custom(format!("the device {serial} is in two groups"))),
        None => Ok(groups),
    }
}
