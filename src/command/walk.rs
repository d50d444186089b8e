//! Going through a plan.

use super::answer::{CommandAnswer, Outcome};
use super::plan::PostEnrollmentPlan;
use super::resume::ResumeError;
use super::step::{PlanStep, StepId};
use super::walk_state::{Settled, WalkState};
use crate::Stamp;
use crate::id::CommandUuid;

/// A plan and how far it has come: the next command goes out, its answer comes in.
///
/// Ask [`next`](Self::next) whenever the device connects, and hand in its answer with [`answer`](Self::answer). Store the state before a
/// command goes out, and again when its answer was taken: a walk whose state is lost sends everything once more. What is out stays out,
/// under the same UUID, until it is answered: a command that was lost on the way is sent again. `DeviceConfigured` goes out only when every
/// other step has ended.
///
/// ```
/// use apple_ade::Stamp;
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::command::{
///     CommandAnswer, EnrolledDevice, InstallProfile, Next, OnError, PlanWalk, PostEnrollmentPlan, post_enrollment_plan,
/// };
/// use apple_ade::device_name::DeviceType;
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
///
/// // The plan is made anew at each connection, always by the same steps.
/// fn plan() -> Result<PostEnrollmentPlan, Box<dyn std::error::Error>> {
///     let profile = EnrollmentProfile::builder("iPads", "https://mdm.example.com/enroll")
///         .mode(Supervised::new(UserAffinity::Without))
///         .await_configuration()
///         .build()?;
///     let ipad = EnrolledDevice::new("DMPC0000ABCD".parse()?, DeviceType::Ipad, "17.4".parse()?).awaiting();
///     Ok(post_enrollment_plan(&profile, &ipad).with_profile(InstallProfile::new("com.example.wifi", *b"<?xml ...?>")?))
/// }
///
/// // What the device posts, first that it is idle; the answer is the next command, or nothing.
/// fn on_post(stored: &mut String, body: &str, stamp: &Stamp) -> Result<Option<String>, Box<dyn std::error::Error>> {
///     let mut walk = match stored.as_str() {
///         "" => PlanWalk::begin(plan()?, OnError::Stop),
///         stored => PlanWalk::resume(plan()?, OnError::Stop, serde_json::from_str(stored)?)?,
///     };
///     walk.answer(&CommandAnswer::read(body.as_bytes())?)?;
///     let command = match walk.next(stamp) {
///         Next::Send { step, uuid, .. } => Some(step.command().to_xml(&uuid)),
///         Next::Stopped { step, why } => return Err(format!("{step} failed: {why}").into()),
///         _ => None,
///     };
///     // Stored before it is sent.
///     *stored = serde_json::to_string(walk.state())?;
///     Ok(command.map(|xml| String::from_utf8_lossy(xml.expose_secret()).into_owned()))
/// }
///
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, *b"sixteen bytes 01");
/// let message = |status: &str, uuid: &str| {
///     format!("<plist><dict><key>Status</key><string>{status}</string><key>CommandUUID</key><string>{uuid}</string></dict></plist>")
/// };
/// let (mut stored, mut body, mut sent) = (String::new(), message("Idle", ""), Vec::new());
/// while let Some(command) = on_post(&mut stored, &body, &stamp)? {
///     let text = |key: &str| Some(command.split_once(&format!("<key>{key}</key>"))?.1.split(['<', '>']).nth(2)?.to_owned());
///     sent.extend(text("RequestType"));
///     body = message("Acknowledged", &text("CommandUUID").ok_or("each has one")?);
/// }
/// assert_eq!(sent, ["InstallProfile", "DeviceConfigured"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PlanWalk {
    plan: PostEnrollmentPlan,
    on_error: OnError,
    state: WalkState,
}

/// What a failed step means for those after it. There is no default: a stopped walk keeps the device in Setup Assistant until somebody
/// has looked at it, and one that goes on lets it go without what failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OnError {
    /// The walk stops; [`PlanWalk::retry`] and [`PlanWalk::give_up`] lead on.
    Stop,
    /// The walk goes on. Where `DeviceConfigured` itself fails, it stops all the same.
    Continue,
}

/// What is to be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum Next<'w> {
    /// Send this command under this UUID, when the state is stored.
    Send {
        /// The step.
        step: &'w PlanStep,
        /// The UUID.
        uuid: CommandUuid,
        /// The state in which the command is out: [`PlanWalk::state`], which cannot be asked for while the step is held.
        state: &'w WalkState,
    },
    /// There is nothing to send until the device connects again: it has put off what is left, and will report as idle.
    Later,
    /// A step failed.
    Stopped {
        /// Which.
        step: StepId,
        /// What the device says.
        why: String,
    },
    /// The plan is at its end.
    Done,
}

/// What came of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Taken {
    /// A step has ended.
    Ended(StepId),
    /// The device will take the step later.
    PutOff(StepId),
    /// A step failed, and the walk stopped.
    Stopped(StepId),
    /// The device is idle: what it has put off goes out again, and so does what it has not answered.
    Idle,
}

/// An answer that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// It is not about the command that is out: about another one of the MDM's, or about one that was answered already.
    #[error("the answer is about {}, and what is out is {}", shown(found.as_ref()), shown(expected.as_ref()))]
    AnotherCommand {
        /// What it is about.
        found: Option<CommandUuid>,
        /// What is out.
        expected: Option<CommandUuid>,
    },
    /// A status that this version of the crate does not know. The command stays out.
    #[error(
        "the device answers with the status {status:?}, which this version of the crate does not know; the command stays out"
    )]
    UnknownStatus {
        /// The word, shortened.
        status: String,
    },
    /// The walk is not stopped.
    #[error("the walk has not stopped, so that there is nothing to retry or to give up")]
    NotStopped,
    /// The device would never be let go.
    #[error(
        "`DeviceConfigured` cannot be given up, since the device would wait for ever; retry it, or erase the device"
    )]
    NeverReleased,
}

fn shown(uuid: Option<&CommandUuid>) -> String {
    uuid.map_or_else(|| "no command".into(), |uuid| format!("the command {uuid}"))
}

impl PlanWalk {
    /// Begins a walk.
    pub fn begin(plan: PostEnrollmentPlan, on_error: OnError) -> Self {
        Self { plan, on_error, state: WalkState::default() }.planned()
    }

    /// Goes on with a walk that was stored. The plan is made anew, from the profile and with every `with_…` that it was begun with: the
    /// state holds neither commands nor secrets. Where the profile was changed meanwhile, its new steps are taken unless the device was let go
    /// already.
    ///
    /// # Errors
    ///
    /// [`ResumeError`] where the plan lacks a step that has not ended, or the administrator's password: it was made by other calls than the
    /// first, or the profile was changed. Nothing is lost; [`ResumeError::without`] goes on without them.
    pub fn resume(plan: PostEnrollmentPlan, on_error: OnError, state: WalkState) -> Result<Self, ResumeError> {
        if state.has_ended(&StepId::DeviceConfigured) {
            return Ok(Self { plan, on_error, state });
        }
        let is_lacking = |id: &&StepId| plan.step(id).is_none() && !state.has_ended(id);
        let missing: Vec<StepId> = state.planned.iter().filter(is_lacking).cloned().collect();
        let makes_accounts = plan.step(&StepId::Accounts).is_some() && !state.has_ended(&StepId::Accounts);
        let lacks_password = state.admin_password && makes_accounts && !plan.has_admin_password();
        let walk = Self { plan, on_error, state };
        if missing.is_empty() && !lacks_password {
            return Ok(walk.planned());
        }
        Err(ResumeError::new(walk, missing, lacks_password))
    }

    /// Keeps in mind what the plan has, and forgets what it has not.
    pub(super) fn planned(mut self) -> Self {
        self.state.planned = self.plan.steps().iter().map(|step| step.id().clone()).collect();
        self.state.admin_password = self.plan.has_admin_password();
        let plan = &self.plan;
        self.state.sent.take_if(|(id, _)| plan.step(id).is_none());
        self.state.stopped.take_if(|(id, _)| plan.step(id).is_none());
        self
    }

    /// The plan.
    pub fn plan(&self) -> &PostEnrollmentPlan {
        &self.plan
    }

    /// How far it has come, to be stored.
    pub fn state(&self) -> &WalkState {
        &self.state
    }

    /// What is to be done. Until that is done, the answer is the same. The stamp gives a new command its UUID, by the step and by how many
    /// commands have gone out before: one stamp may be used for several.
    pub fn next(&mut self, stamp: &Stamp) -> Next<'_> {
        if self.state.sent.is_none() && self.state.stopped.is_none() && !self.is_done() {
            let next = self.due().map(|step| step.id().clone());
            self.state.sent = next.map(|id| {
                let (step, count) = (id.to_string(), self.state.given_out.to_string());
                (id, CommandUuid::derived(stamp.nonce(), &[&step, &count]))
            });
            if self.state.sent.is_some() {
                self.state.given_out = self.state.given_out.saturating_add(1);
            }
        }
        if let Some((step, why)) = &self.state.stopped {
            return Next::Stopped { step: step.clone(), why: why.clone() };
        }
        if self.is_done() {
            return Next::Done;
        }
        let sent = self.state.sent.as_ref();
        match sent.and_then(|(id, uuid)| Some((self.plan.step(id)?, uuid))) {
            Some((step, uuid)) => Next::Send { step, uuid: uuid.clone(), state: &self.state },
            None => Next::Later,
        }
    }

    /// Takes an answer.
    ///
    /// # Errors
    ///
    /// [`WalkError::AnotherCommand`] and [`WalkError::UnknownStatus`]; the walk is as before.
    pub fn answer(&mut self, answer: &CommandAnswer) -> Result<Taken, WalkError> {
        let outcome = answer.outcome();
        if outcome == Outcome::Idle {
            self.state.postponed.clear();
            return Ok(Taken::Idle);
        }
        let Some((id, _)) = self.state.sent.take_if(|(_, uuid)| answer.command_uuid.as_ref() == Some(uuid)) else {
            let expected = self.state.sent.as_ref().map(|(_, uuid)| uuid.clone());
            return Err(WalkError::AnotherCommand { found: answer.command_uuid.clone(), expected });
        };
        match outcome {
            Outcome::Done => {
                self.state.settled.push((id.clone(), Settled::Done));
                Ok(Taken::Ended(id))
            }
            Outcome::Failed { why } if self.on_error == OnError::Continue && id != StepId::DeviceConfigured => {
                self.state.settled.push((id.clone(), Settled::Failed(why)));
                Ok(Taken::Ended(id))
            }
            Outcome::Failed { why } => {
                self.state.stopped = Some((id.clone(), why));
                Ok(Taken::Stopped(id))
            }
            Outcome::NotNow => {
                self.state.postponed.push(id.clone());
                Ok(Taken::PutOff(id))
            }
            Outcome::Idle | Outcome::Unknown => {
                let uuid = answer.command_uuid.clone();
                self.state.sent = uuid.map(|uuid| (id, uuid));
                Err(WalkError::UnknownStatus { status: answer.status.as_str().chars().take(80).collect() })
            }
        }
    }

    /// Sends the step at whose failure the walk stopped once more, under another UUID.
    ///
    /// # Errors
    ///
    /// [`WalkError::NotStopped`].
    pub fn retry(&mut self) -> Result<(), WalkError> {
        self.state.stopped.take().map(|_| ()).ok_or(WalkError::NotStopped)
    }

    /// Goes on without the step at whose failure the walk stopped.
    ///
    /// # Errors
    ///
    /// [`WalkError::NotStopped`]; [`WalkError::NeverReleased`] for `DeviceConfigured`.
    pub fn give_up(&mut self) -> Result<(), WalkError> {
        match self.state.stopped.take() {
            Some(stopped @ (StepId::DeviceConfigured, _)) => {
                self.state.stopped = Some(stopped);
                Err(WalkError::NeverReleased)
            }
            Some((id, why)) => {
                self.state.settled.push((id, Settled::Failed(why)));
                Ok(())
            }
            None => Err(WalkError::NotStopped),
        }
    }

    /// Whether nothing is left: every step has ended, or the device was let go.
    pub fn is_done(&self) -> bool {
        let released = self.state.has_ended(&StepId::DeviceConfigured);
        released || self.plan.steps().iter().all(|step| self.state.has_ended(step.id()))
    }

    /// The first step that may go out: the device has not put it off, and for `DeviceConfigured` every other has ended.
    fn due(&self) -> Option<&PlanStep> {
        let mut open = self.plan.steps().iter().filter(|step| !self.state.has_ended(step.id()));
        let is_last = open.clone().count() == 1;
        open.find(|step| {
            !self.state.postponed.contains(step.id()) && (is_last || *step.id() != StepId::DeviceConfigured)
        })
    }
}
