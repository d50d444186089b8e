//! A plan that may be carried out.

use std::collections::BTreeSet;

use serde::Serialize;

use super::plan::{AssignmentPlan, Form, HazardDecision, NoProfile, PlanGroup};
use super::stored::{self, StateError};
use crate::id::SerialNumber;

/// A plan in which nothing waits for a decision: what [`Assigner::add`](super::Assigner::add) carries out.
///
/// It can be stored and read again like the plan it was; one that is not approved cannot be read as one.
///
/// ```
/// # use apple_ade::token::ServerToken;
/// use apple_ade::api::Device;
/// use apple_ade::assign::*;
///
/// # let token = ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1",
/// #     "access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?.identity();
/// let mut profiles = Profiles::new();
/// profiles.insert("Kiosks".parse()?, DefinedProfile::new(token, "C1F1".parse()?));
/// let rules = AssignmentRules::new(token).default_profile("Kiosks".parse()?);
/// let mut planner = Planner::new(rules.with_profiles(&profiles)?);
/// planner.add(&Device::new("C02T0HL0GGC0".parse()?), &Known::new().enrolled(Enrolled::ByUser));
/// let plan = planner.finish();
///
/// let undecided = plan.approve().unwrap_err();
/// assert_eq!(undecided.devices, 1);
/// let approved = undecided.plan.withhold_hazards();
/// assert_eq!((approved.devices(), approved.withheld().count()), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ApprovedPlan(AssignmentPlan);

/// A plan waits for decisions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{devices} devices would come to harm: decide about each group by AssignmentPlan::decide, or leave them out by withhold_hazards"
)]
#[non_exhaustive]
pub struct Undecided {
    /// The plan, as it was.
    pub plan: Box<AssignmentPlan>,
    /// How many devices it is about.
    pub devices: usize,
}

impl AssignmentPlan {
    /// The plan as one that may be carried out, where nothing waits for a decision.
    ///
    /// # Errors
    ///
    /// [`Undecided`], which gives the plan back.
    pub fn approve(self) -> Result<ApprovedPlan, Undecided> {
        match undecided(&self) {
            0 => Ok(ApprovedPlan(self.into_approved())),
            devices => Err(Undecided { plan: Box::new(self), devices }),
        }
    }

    /// The plan as one that may be carried out, with a decision about each group that waits for one.
    ///
    /// Show people what they confirm: [`PlanGroup::hazards`] says it.
    pub fn decide(mut self, mut decide: impl FnMut(&PlanGroup) -> HazardDecision) -> ApprovedPlan {
        for group in self.groups.iter_mut().filter(|group| group.is_open()) {
            group.decision = Some(decide(group));
        }
        ApprovedPlan(self.into_approved())
    }

    /// The plan as one that may be carried out, without the devices that would come to harm, whatever was decided about them before.
    pub fn withhold_hazards(mut self) -> ApprovedPlan {
        for group in self.groups.iter_mut().filter(|group| !group.hazards.is_empty()) {
            group.decision = Some(HazardDecision::Withhold);
        }
        ApprovedPlan(self.into_approved())
    }
}

impl ApprovedPlan {
    /// The plan.
    pub fn plan(&self) -> &AssignmentPlan {
        &self.0
    }

    /// What is carried out.
    pub fn groups(&self) -> impl Iterator<Item = &PlanGroup> {
        self.0.groups().iter().filter(|group| group.is_carried_out())
    }

    /// How many devices are given a profile.
    pub fn devices(&self) -> usize {
        self.groups().map(|group| group.devices.len()).sum()
    }

    /// The devices that are left alone because nobody confirmed what the profile would do to them, each with its group.
    pub fn withheld(&self) -> impl Iterator<Item = (&SerialNumber, &PlanGroup)> {
        let groups = self.0.groups().iter().filter(|group| !group.is_carried_out());
        groups.flat_map(|group| group.devices.iter().map(move |serial| (serial, group)))
    }

    /// The devices that cannot enroll (ASG-1).
    pub fn no_profile(&self) -> impl Iterator<Item = NoProfile> {
        self.0.no_profile()
    }

    /// The plan in parts of at most `most` devices each (0 counts as 1), to be given to the machine one after the other: what the machine
    /// stores with every commit grows with the devices that are under way, so that a plan for a large token is carried out in parts of some
    /// 5,000.
    ///
    /// The next part is due when [`Assigner::next`](super::Assigner::next) gives `Done` or `Sleep`, or as soon as the state
    /// [has no work](super::AssignerState::has_work): devices that are waited for, some for weeks, hold up no others. A part may be stored
    /// until then. If a profile was [defined again](super::Change::Redefined) meanwhile, the machine knows: the part's devices are given
    /// the new one.
    ///
    /// What is not carried out, and the devices without a profile, are in the first part alone. There is one part at least.
    pub fn into_parts(self, most: usize) -> Vec<Self> {
        let most = most.max(1);
        let mut first = self.0;
        let (carried, others) = std::mem::take(&mut first.groups).into_iter().partition(PlanGroup::is_carried_out);
        let carried: Vec<PlanGroup> = carried;
        let empty = first.emptied();
        let (mut parts, mut part, mut room) = (Vec::new(), first, most);
        part.groups = others;
        for group in carried {
            let mut devices = group.devices.iter().peekable();
            while devices.peek().is_some() {
                if room == 0 {
                    parts.push(Self(std::mem::replace(&mut part, empty.clone())));
                    room = most;
                }
                let taken: BTreeSet<SerialNumber> = devices.by_ref().take(room).cloned().collect();
                room = room.saturating_sub(taken.len());
                part.groups.push(of(&group, taken));
            }
        }
        parts.push(Self(part));
        parts
    }

    /// Reads a stored plan that was approved.
    ///
    /// # Errors
    ///
    /// [`StateError`]: [`NotApproved`](StateError::NotApproved) for a plan that nobody has approved.
    pub fn from_json(text: &str) -> Result<Self, StateError> {
        let plan = stored::from_json::<Form>("plan", text)?.into_stored();
        let undecided = undecided(&plan);
        if plan.is_approved() && undecided == 0 { Ok(Self(plan)) } else { Err(StateError::NotApproved { undecided }) }
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        self.0.to_json()
    }

    pub(super) fn into_groups(self) -> impl Iterator<Item = PlanGroup> {
        self.0.groups.into_iter().filter(PlanGroup::is_carried_out)
    }
}

/// The same for other devices.
fn of(group: &PlanGroup, devices: BTreeSet<SerialNumber>) -> PlanGroup {
    let PlanGroup { profile, profile_uuid, reason, effect, hazards, decision, .. } = group;
    PlanGroup {
        profile: profile.clone(),
        profile_uuid: profile_uuid.clone(),
        reason: reason.clone(),
        effect: *effect,
        hazards: hazards.clone(),
        decision: *decision,
        devices,
    }
}

fn undecided(plan: &AssignmentPlan) -> usize {
    plan.open_hazards().map(|group| group.devices.len()).sum()
}
