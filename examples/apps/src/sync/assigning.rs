//! A profile for every device that has none: a plan of what the database has, carried out by a machine whose state is stored beside what
//! became of each device. A crash anywhere repeats work, and loses none.

use std::collections::BTreeMap;

use apple_ade::api::Device;
use apple_ade::assign::{
    AssignPolicy, Assigner, AssignerState, AssignmentRules, Change, Commit, DefinedProfile, DeviceFilter, Known,
    Outcome, Planner, Profiles, Step, Task, Why,
};
use apple_ade::error::BoxError;
use apple_ade::id::{ProfileUuid, SerialNumber};
use apple_ade::token::TokenIdentity;
use chrono::{DateTime, Utc};

use super::job::Job;
use super::wanted::Wanted;
use crate::store::{Database, given, withheld};
use crate::thousands::thousands;

/// How many devices are read at once for a plan.
const READ: u32 = 1000;

/// A time, and why nothing can be done before.
pub(crate) type Later = (DateTime<Utc>, Why);

/// What a pass has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pass {
    pub(crate) assigned: usize,
    /// How many have another outcome, which ends what was ordered for them.
    given_up: usize,
    /// Whether Apple was called.
    has_called: bool,
    /// When what is left is to be done.
    pub(crate) rest: Option<Later>,
}

impl<D: Database> Job<'_, D> {
    /// Plans for the devices that have no profile, and does what can be done now. The machine is made when there is something to do.
    pub(crate) fn assign(&mut self, wanted: &Wanted, assigner: &mut Option<Assigner>) -> Result<Pass, BoxError> {
        let assigner = match assigner {
            Some(assigner) => assigner,
            None => match self.assigner(wanted)? {
                Some(resumed) => assigner.insert(resumed),
                None => return Ok(Pass::default()),
            },
        };
        self.plan(wanted, assigner)?;
        let pass = self.carry_out(wanted, assigner)?;
        if pass.has_called {
            let all = pass.assigned + pass.given_up + assigner.state().pending().count();
            self.console.line("assigned", format_args!("{} of {}", thousands(pass.assigned), thousands(all)))?;
        }
        Ok(pass)
    }

    /// The machine as it was stored; `None` if there is nothing to do for it.
    fn assigner(&mut self, wanted: &Wanted) -> Result<Option<Assigner>, BoxError> {
        let state = match self.store.assigner(self.lease.token())?.map(|state| AssignerState::from_json(&state)) {
            Some(Ok(state)) => state,
            Some(Err(error)) => {
                self.console.remark(error);
                AssignerState::new()
            }
            None => AssignerState::new(),
        };
        if state.is_done() && self.open(wanted, "", 1)?.is_empty() {
            return Ok(None);
        }
        let policy = AssignPolicy::APPLE.for_account(&self.ade.account()?);
        let mut assigner = Assigner::resume(state, policy);
        // Whoever starts the program has done what it waited for.
        assigner.resolved();
        Ok(Some(assigner))
    }

    /// Plans what is open, shows it, and hands it over. What waits until it is listed again, and is, goes on.
    fn plan(&mut self, wanted: &Wanted, assigner: &mut Assigner) -> Result<(), BoxError> {
        if self.open(wanted, "", 1)?.is_empty() {
            return Ok(());
        }
        let token: TokenIdentity = self.lease.token().parse()?;
        let uuid = self.define(wanted)?;
        let profile = DefinedProfile::new(token, uuid.clone());
        let is_shared = wanted.profile.is_multi_user == Some(true);
        let mut profiles = Profiles::new();
        profiles.insert(wanted.name.clone(), if is_shared { profile.shared_ipad() } else { profile });
        let rules = AssignmentRules::new(token).default_profile(wanted.name.clone());
        // Whoever has a profile keeps it.
        let mut planner = Planner::new(rules.with_profiles(&profiles)?).with_filter(DeviceFilter::Unassigned);

        let is_it = |task: &Task| matches!(task, Task::Assign { uuid: of_task, .. } if *of_task == uuid);
        let pending = assigner.state().pending().map(|(serial, task)| (serial.clone(), is_it(task)));
        let pending: BTreeMap<SerialNumber, bool> = pending.collect();
        let mut after = String::new();
        loop {
            let devices = self.open(wanted, &after, READ)?;
            let Some((last, _)) = devices.last() else { break };
            after.clone_from(last);
            for (serial, json) in &devices {
                let device: Device =
                    serde_json::from_str(json).map_err(|error| format!("the stored record of {serial}: {error}"))?;
                let is_ordered = pending.get(&device.serial_number);
                if is_ordered.is_some() {
                    assigner.seen(&device.serial_number);
                }
                if is_ordered != Some(&true) {
                    planner.add(&device, &Known::new());
                }
            }
        }
        let plan = planner.finish();
        if plan.is_empty() {
            return Ok(());
        }
        let plan = plan.withhold_hazards();
        self.console.block("plan", &plan)?;
        let left_out = withheld(&plan);
        if !left_out.is_empty() {
            let count = thousands(left_out.len());
            self.console.remark(format_args!("{count} devices are left out, since the profile would do harm to them"));
            self.store.give(self.lease, &left_out, &wanted.fingerprint, &assigner.state().to_json())?;
        }
        Ok(assigner.add(plan)?)
    }

    /// Makes steps until there is nothing to do.
    fn carry_out(&mut self, wanted: &Wanted, assigner: &mut Assigner) -> Result<Pass, BoxError> {
        let mut pass = Pass::default();
        loop {
            match assigner.next(&self.stamp()?) {
                // What was answered is stored first.
                Step::Call(_) | Step::Define(_) if self.stop.is_set() => return Ok(pass),
                Step::Call(call) => {
                    self.store.renew(self.lease)?;
                    pass.has_called = true;
                    let result = self.ade.carry_out(call.request);
                    if let Err(error) = &result {
                        self.console.remark(format_args!("{error}; {}", error.advice()));
                    }
                    if let Err(misuse) = assigner.answer(call.id, result, &self.stamp()?) {
                        // Its deadline has passed: the machine goes on without it.
                        self.console.remark(misuse);
                    }
                }
                Step::Define(define) => {
                    self.store.renew(self.lease)?;
                    self.console.remark(format_args!("Apple does not know profile {} any more", define.uuid));
                    let known = self.store.defined(self.lease.token(), &wanted.fingerprint)?;
                    let result = match known.filter(|uuid| uuid != define.uuid.as_str()) {
                        // That of an earlier start. What is wanted now takes its place.
                        Some(uuid) => Ok(uuid.parse()?),
                        None => self.ade.define_profile(&wanted.profile).map(|defined| defined.profile_uuid),
                    };
                    if let Err(error) = &result {
                        self.console.remark(format_args!("{error}; {}", error.advice()));
                    }
                    assigner.defined(define.id, result, &self.stamp()?)?;
                }
                Step::Commit(commit) => {
                    self.store.give(self.lease, &given(&commit)?, &wanted.fingerprint, &commit.state().to_json())?;
                    assigner.committed(commit.id())?;
                    pass.count(&commit);
                }
                Step::Sleep { until, why } => {
                    pass.rest = Some((until, why));
                    return Ok(pass);
                }
                Step::Done => return Ok(pass),
                other => return Err(format!("this program does not know the step {other:?}").into()),
            }
        }
    }

    /// Devices for which it is open what they should have.
    fn open(&mut self, wanted: &Wanted, after: &str, most: u32) -> Result<Vec<(String, String)>, BoxError> {
        let token = self.lease.token();
        let profile = self.store.defined(token, &wanted.fingerprint)?.unwrap_or_default();
        Ok(self.store.unassigned(token, &profile, after, most)?)
    }

    /// The profile at Apple: the one that was defined from this text before, or a new one.
    fn define(&mut self, wanted: &Wanted) -> Result<ProfileUuid, BoxError> {
        if let Some(uuid) = self.store.defined(self.lease.token(), &wanted.fingerprint)? {
            return Ok(uuid.parse()?);
        }
        let uuid = self.ade.define_profile(&wanted.profile)?.profile_uuid;
        self.store.define(self.lease, &wanted.fingerprint, uuid.as_str())?;
        self.console.line("profile", format_args!("{:?} defined as {uuid}", wanted.name.as_str()))?;
        Ok(uuid)
    }
}

impl Pass {
    fn count(&mut self, commit: &Commit) {
        for change in commit.changes() {
            match change {
                Change::Outcome { outcome: Outcome::Success, .. } => self.assigned += 1,
                Change::Outcome { outcome: Outcome::Superseded, .. } => {}
                Change::Outcome { .. } => self.given_up += 1,
                _ => {}
            }
        }
    }
}
