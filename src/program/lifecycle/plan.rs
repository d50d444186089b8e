use std::fmt;

use serde::Serialize;

use super::event::Event;
use super::machine::Lifecycle;
use super::reset::{ResetMethod, reset_methods};
use super::state::{AtApple, OnDevice, ProfileAtApple, State};
use crate::profile::Pairing;
use crate::program::sign_in::EnrollmentKind;
use crate::program::text::numbered;

/// What somebody wants of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Goal {
    /// Managed by Automated Device Enrollment, with the profile that Apple has for it now.
    Enroll,
    /// The same, even if it is managed already: erased and enrolled anew (LIF-4).
    EnrollAnew,
    /// Out of this MDM, for good (DEV-6).
    KeepAway,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanStep {
    /// Assign the device to this server in Apple's portal, and sync (DEV-1).
    AssignAtApple,
    /// Fetch all devices: one that was deleted here only comes back (DEV-5).
    FetchAllDevices,
    /// Take the device off this server in Apple's portal, and sync (DEV-6). This is not `disown`, which cannot be undone.
    UnassignAtApple,
    /// Assign a profile (ASG-1).
    AssignProfile,
    /// Provide what the enrollment lacks, such as a licence.
    Provide,
    /// Erase it by the MDM (LIF-4). Where the command does not reach it: retire it from the console, and set it to factory settings.
    EraseByCommand {
        /// The other ways, to be taken after [`RetireFromConsole`](Self::RetireFromConsole) (LIF-4, LIF-9).
        otherwise: Vec<ResetMethod>,
    },
    /// Retire it from the console, never from the device (LIF-7).
    RetireFromConsole,
    /// Set it to factory settings, in one of these ways (LIF-4, LIF-9).
    FactoryReset {
        /// The ways.
        by: Vec<ResetMethod>,
    },
    /// Switch it on and follow Setup Assistant, until remote management is there (LIF-1, LIF-5).
    SetUp,
    /// Let the enrollment come to its end.
    FinishEnrollment,
    /// Delete it in the MDM.
    DeleteHere,
}

/// Steps, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Plan(Vec<PlanStep>);

/// There is no way: the device cannot be reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no way to reset the device")]
#[non_exhaustive]
pub struct Impossible;

impl PlanStep {
    /// What happens to the device by it.
    pub fn events(&self) -> &'static [Event] {
        match self {
            Self::AssignAtApple | Self::FetchAllDevices => &[Event::Listed],
            Self::UnassignAtApple => &[Event::Released],
            Self::AssignProfile => &[Event::ProfileAssigned],
            Self::Provide => &[],
            Self::EraseByCommand { .. } | Self::FactoryReset { .. } => &[Event::Erased],
            Self::RetireFromConsole => &[Event::Retired],
            Self::SetUp => &[Event::SetUp],
            Self::FinishEnrollment => &[Event::EnrollmentCompleted],
            Self::DeleteHere => &[Event::DeletedHere],
        }
    }
}

impl Plan {
    /// The steps; none if the goal is reached.
    pub fn steps(&self) -> &[PlanStep] {
        &self.0
    }
}

impl Lifecycle {
    /// What leads to the goal from here, for a device whose profile has this pairing.
    ///
    /// # Errors
    ///
    /// [`Impossible`] where the device has to be reset and nothing does it.
    pub fn plan(&self, goal: Goal, pairing: &Pairing) -> Result<Plan, Impossible> {
        let mut steps = Vec::new();
        match goal {
            Goal::KeepAway => self.keep_away(&mut steps),
            Goal::Enroll | Goal::EnrollAnew => self.enroll(goal, pairing, &mut steps)?,
        }
        Ok(Plan(steps))
    }

    /// First off the server, then deleted: in the other order it would come back (DEV-5, DEV-6).
    fn keep_away(&self, steps: &mut Vec<PlanStep>) {
        if self.state() == State::Gone {
            return;
        }
        if self.is_managed() {
            steps.push(PlanStep::RetireFromConsole);
        }
        if let AtApple::Listed { .. } = self.at_apple {
            steps.push(PlanStep::UnassignAtApple);
        }
        if !self.deleted_here {
            steps.push(PlanStep::DeleteHere);
        }
    }

    fn enroll(&self, goal: Goal, pairing: &Pairing, steps: &mut Vec<PlanStep>) -> Result<(), Impossible> {
        if goal == Goal::Enroll && self.is_current() {
            // Deleted here alone, it is managed all the same: the next full fetch brings it back (DEV-5).
            if self.deleted_here {
                steps.push(PlanStep::FetchAllDevices);
            }
            return Ok(());
        }
        let by_hand: Vec<ResetMethod> =
            reset_methods(pairing).into_iter().filter(|method| *method != ResetMethod::EraseCommand).collect();
        let erase = || PlanStep::EraseByCommand { otherwise: by_hand.clone() };
        let profile = match self.at_apple {
            AtApple::Listed { profile } => {
                if self.deleted_here {
                    steps.push(PlanStep::FetchAllDevices);
                }
                profile
            }
            AtApple::Released { .. } => {
                steps.push(PlanStep::AssignAtApple);
                ProfileAtApple::None
            }
        };
        // A device that its user enrolled loses its management by the profile: it is erased with the MDM's command while that works.
        let is_users = matches!(self.on_device, OnDevice::Enrolled { by: EnrollmentKind::UserInitiated, .. });
        if is_users {
            steps.push(erase());
        }
        if profile == ProfileAtApple::None {
            steps.push(PlanStep::AssignProfile);
        }
        match self.on_device {
            OnDevice::New | OnDevice::Erased => {}
            OnDevice::Enrolled { .. } if is_users => {}
            OnDevice::Enrolled { .. } => steps.push(erase()),
            OnDevice::Enrolling | OnDevice::Blocked { .. } if goal == Goal::Enroll => {
                if let OnDevice::Blocked { .. } = self.on_device {
                    steps.push(PlanStep::Provide);
                }
                steps.push(PlanStep::FinishEnrollment);
                if profile == ProfileAtApple::Pushed {
                    return Ok(());
                }
                // It enrolls with a profile that is not the one it is to have.
                steps.push(erase());
            }
            OnDevice::Enrolling | OnDevice::Blocked { .. } | OnDevice::Unmanaged | OnDevice::Failed => {
                // The command reaches managed devices alone.
                if by_hand.is_empty() {
                    return Err(Impossible);
                }
                steps.push(PlanStep::FactoryReset { by: by_hand });
            }
        }
        steps.extend([PlanStep::SetUp, PlanStep::FinishEnrollment]);
        Ok(())
    }

    /// Whether Apple lists it, and it is managed with the profile that Apple has for it.
    fn is_current(&self) -> bool {
        let is_listed = matches!(self.at_apple, AtApple::Listed { .. });
        is_listed && matches!(self.on_device, OnDevice::Enrolled { by: EnrollmentKind::Automated, outdated: false })
    }
}

/// One step a line, numbered.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        numbered(f, &self.0)
    }
}

impl fmt::Display for PlanStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AssignAtApple => f.write_str("assign the device to this server in Apple's portal, and sync"),
            Self::FetchAllDevices => f.write_str("fetch all devices, so that it comes back"),
            Self::UnassignAtApple => f.write_str("take the device off this server in Apple's portal, and sync"),
            Self::AssignProfile => f.write_str("assign a profile"),
            Self::Provide => f.write_str("provide what the enrollment lacks"),
            Self::EraseByCommand { otherwise } => {
                f.write_str("erase the device by the MDM's command")?;
                if otherwise.is_empty() {
                    return Ok(());
                }
                f.write_str("; if that does not reach it, retire it from the console and set it to factory settings by ")?;
                any_of(f, otherwise)
            }
            Self::RetireFromConsole => f.write_str("retire the device from the console"),
            Self::FactoryReset { by } => {
                f.write_str("set the device to factory settings by ")?;
                any_of(f, by)
            }
            Self::SetUp => f.write_str("switch the device on and follow Setup Assistant"),
            Self::FinishEnrollment => f.write_str("let the enrollment come to its end"),
            Self::DeleteHere => f.write_str("delete the device here"),
        }
    }
}

fn any_of(f: &mut fmt::Formatter<'_>, methods: &[ResetMethod]) -> fmt::Result {
    let methods: Vec<String> = methods.iter().map(ToString::to_string).collect();
    f.write_str(&methods.join(", or "))
}
