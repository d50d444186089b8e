//! Wanted against reported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::desired::{DesiredState, Reason, has_profile};
use super::effect::AssignEffect;
use super::filter::DeviceFilter;
use super::hazard::Hazard;
use super::known::Known;
use super::plan::{AssignmentPlan, PlanGroup};
use crate::api::{Device, DeviceStatus, OpType};
use crate::id::SerialNumber;

/// Compares what devices should have with what Apple reports, one device at a time; [`finish`](Self::finish) gives the plan.
///
/// Only the state counts, not how it came to be: a device that was moved away and is back without its profile, or whose profile was taken
/// away (`removed`), is in the plan again; one that has the wanted profile is left alone. A device that is added twice counts as it was
/// added last. It keeps a serial number and a pointer for each device.
///
/// ```
/// # use apple_ade::token::ServerToken;
/// use apple_ade::api::{Device, ProfileStatus};
/// use apple_ade::assign::{AssignmentRules, DefinedProfile, Known, Planned, Planner, Profiles};
///
/// # let token = ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1",
/// #     "access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?;
/// let mut profiles = Profiles::new();
/// profiles.insert("Kiosks".parse()?, DefinedProfile::new(token.identity(), "C1F1".parse()?));
/// let rules = AssignmentRules::new(token.identity()).default_profile("Kiosks".parse()?);
///
/// let mut planner = Planner::new(rules.with_profiles(&profiles)?);
/// let mut device = Device::new("C02T0HL0GGC0".parse()?);
/// device.profile_uuid = Some("C1F1".parse()?);
/// device.profile_status = Some(ProfileStatus::Pushed);
/// assert_eq!(planner.add(&device, &Known::new()), Planned::Unchanged);
/// device.profile_status = Some(ProfileStatus::Removed);
/// assert_eq!(planner.add(&device, &Known::new()), Planned::Assign);
/// assert_eq!(planner.finish().devices(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Planner<'r> {
    wanted: DesiredState<'r>,
    filter: DeviceFilter,
    verdicts: BTreeSet<Arc<Verdict>>,
    devices: BTreeMap<SerialNumber, Arc<Verdict>>,
}

/// What a plan does with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Planned {
    /// It is given its profile.
    Assign,
    /// It would be given its profile, if somebody confirms what that does to it.
    AskFirst,
    /// It has what it should have.
    Unchanged,
    /// It has no profile and should have none: it cannot enroll, and is reported (ASG-1).
    NoProfile,
    /// It has a profile, and no rule says which it should have: it is left alone, and counted.
    NotCovered,
    /// The filter leaves it out (ASG-3).
    Filtered,
    /// It has left this server.
    NotHere,
}

/// What is to be done, with everything that two devices of one group have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Group(Box<GroupKey>),
    Other(Planned),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    hazards: Vec<Hazard>,
    profile: super::name::ProfileName,
    profile_uuid: crate::id::ProfileUuid,
    reason: Reason,
    effect: AssignEffect,
}

impl<'r> Planner<'r> {
    /// A plan for all devices.
    pub fn new(wanted: DesiredState<'r>) -> Self {
        Self { wanted, filter: DeviceFilter::All, verdicts: BTreeSet::new(), devices: BTreeMap::new() }
    }

    /// A plan for those that the filter admits (ASG-3).
    #[must_use]
    pub fn with_filter(self, filter: DeviceFilter) -> Self {
        Self { filter, ..self }
    }

    /// Looks at a device, as Apple describes it and with what the caller knows of it.
    pub fn add(&mut self, device: &Device, known: &Known) -> Planned {
        let verdict = self.judge(device, known);
        let planned = match &verdict {
            Verdict::Other(planned) => *planned,
            Verdict::Group(key) if key.hazards.is_empty() => Planned::Assign,
            Verdict::Group(_) => Planned::AskFirst,
        };
        let shared = if let Some(shared) = self.verdicts.get(&verdict) {
            Arc::clone(shared)
        } else {
            let shared = Arc::new(verdict);
            self.verdicts.insert(Arc::clone(&shared));
            shared
        };
        self.devices.insert(device.serial_number.clone(), shared);
        planned
    }

    fn judge(&self, device: &Device, known: &Known) -> Verdict {
        let is_gone = device.op_type == Some(OpType::Deleted)
            || matches!(device.response_status, Some(DeviceStatus::NotAccessible | DeviceStatus::NotFound));
        if is_gone {
            return Verdict::Other(Planned::NotHere);
        }
        if !self.filter.admits(device, &self.wanted) {
            return Verdict::Other(Planned::Filtered);
        }
        let resolution = self.wanted.resolve(device, known.tags());
        let (Some(name), Some(profile)) = (resolution.name(), resolution.profile()) else {
            let has_some = has_profile(device, None);
            return Verdict::Other(if has_some { Planned::NotCovered } else { Planned::NoProfile });
        };
        if has_profile(device, Some(profile.uuid())) {
            return Verdict::Other(Planned::Unchanged);
        }
        Verdict::Group(Box::new(GroupKey {
            hazards: Hazard::all(profile, device, known),
            profile: name.clone(),
            profile_uuid: profile.uuid().clone(),
            reason: resolution.reason().clone(),
            effect: AssignEffect::on(device, known),
        }))
    }

    /// The plan for the devices that were added.
    pub fn finish(self) -> AssignmentPlan {
        let filter_uuid = match &self.filter {
            DeviceFilter::Profile(name) => {
                self.wanted.profiles().get(name.as_str()).map(|profile| profile.uuid().clone())
            }
            _ => None,
        };
        let mut plan = AssignmentPlan::empty(self.wanted.rules().token(), self.filter, filter_uuid);
        let mut groups: BTreeMap<&GroupKey, BTreeSet<SerialNumber>> = BTreeMap::new();
        for (serial, verdict) in &self.devices {
            match &**verdict {
                Verdict::Group(key) => {
                    groups.entry(key).or_default().insert(serial.clone());
                }
                Verdict::Other(planned) => plan.count(*planned, serial),
            }
        }
        plan.groups = groups
            .into_iter()
            .map(|(key, devices)| PlanGroup {
                profile: key.profile.clone(),
                profile_uuid: key.profile_uuid.clone(),
                reason: key.reason.clone(),
                effect: key.effect,
                hazards: key.hazards.clone(),
                decision: None,
                devices,
            })
            .collect();
        plan
    }
}
