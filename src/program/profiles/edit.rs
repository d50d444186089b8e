use std::fmt;

use serde::Serialize;

use crate::profile::{ChangeImpact, Effect, EnrollmentProfile, change_impact};
use crate::program::text::{Counted, numbered};

/// A step of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EditStep {
    /// Define the profile anew at Apple, which gives it another UUID (PRO-10, X-21).
    Define,
    /// Assign it to every device that has the old one.
    Assign {
        /// How many.
        devices: u64,
    },
    /// Forget the old UUID, and keep its name for the new one. Apple keeps the old profile, since it has no call to delete one.
    ForgetOld,
    /// Send what takes effect at once to the devices that are enrolled: their name, their plan, the settings of a Shared iPad (PRO-7).
    SendCommands {
        /// How many, at most.
        devices: u64,
    },
    /// Erase the devices on which the rest is to take effect now; on the others it does when they are erased next (PRO-5).
    WipeToApply {
        /// How many, at most.
        devices: u64,
    },
}

/// What an edit of a profile comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditPlan {
    steps: Vec<EditStep>,
    impact: ChangeImpact,
}

/// What has to be done so that devices of the old profile have the new one (PRO-5, PRO-7, PRO-10).
pub fn plan_edit(old: &EnrollmentProfile, new: &EnrollmentProfile, devices: u64) -> EditPlan {
    let impact = change_impact(old, new);
    let mut steps = Vec::new();
    if impact.needs_definition() {
        steps.push(EditStep::Define);
        if devices > 0 {
            steps.push(EditStep::Assign { devices });
        }
        steps.push(EditStep::ForgetOld);
    }
    let has = |effect| impact.changes().iter().any(|change| change.effect == effect);
    if devices > 0 && has(Effect::AtOnce) {
        steps.push(EditStep::SendCommands { devices });
    }
    if devices > 0 && has(Effect::AfterWipe) {
        steps.push(EditStep::WipeToApply { devices });
    }
    EditPlan { steps, impact }
}

impl EditPlan {
    /// The steps, in their order; none if nothing differs.
    pub fn steps(&self) -> &[EditStep] {
        &self.steps
    }

    /// What differs, and why each difference takes effect when it does.
    pub fn impact(&self) -> &ChangeImpact {
        &self.impact
    }

    /// How many calls to Apple's service it takes, with so many serial numbers in one (LIM-6): one to define, and one for each batch. 0
    /// counts as 1. An [`Assigner`](crate::assign::Assigner) makes as many again to read the devices' records first.
    pub fn calls(&self, batch_size: u32) -> u64 {
        let calls = |step: &EditStep| match step {
            EditStep::Define => 1,
            EditStep::Assign { devices } => devices.div_ceil(u64::from(batch_size.max(1))),
            _ => 0,
        };
        self.steps.iter().map(calls).fold(0, u64::saturating_add)
    }
}

/// One step a line, numbered; nothing where nothing differs.
impl fmt::Display for EditPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        numbered(f, &self.steps)
    }
}

impl fmt::Display for EditStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |devices: u64| Counted(devices, "device");
        match self {
            Self::Define => f.write_str("define the profile anew at Apple"),
            Self::Assign { devices } => {
                let count = counted(*devices);
                write!(f, "assign it to the {count} that {} the old one", count.has())
            }
            Self::ForgetOld => f.write_str("forget the old one"),
            Self::SendCommands { devices } => {
                write!(f, "send commands to those that are enrolled, of {}", counted(*devices))
            }
            Self::WipeToApply { devices } => {
                write!(f, "erase those on which it is to take effect now, of {}", counted(*devices))
            }
        }
    }
}
