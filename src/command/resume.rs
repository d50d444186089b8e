//! A stored walk whose plan was made by other calls than the first.

use super::step::StepId;
use super::walk::PlanWalk;

/// A stored walk and a plan that lacks what the walk was begun with.
///
/// ```
/// use apple_ade::command::{EnrolledDevice, InstallProfile, OnError, PlanWalk, StepId, post_enrollment_plan};
/// use apple_ade::device_name::DeviceType;
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
///
/// # use apple_ade::affinity::UserAffinity;
/// let profile = EnrollmentProfile::builder("iPads", "https://mdm.example.com/enroll")
///     .mode(Supervised::new(UserAffinity::Without))
///     .await_configuration()
///     .build()?;
/// let ipad = EnrolledDevice::new("DMPC0000ABCD".parse()?, DeviceType::Ipad, "17.4".parse()?).awaiting();
/// let wifi = InstallProfile::new("com.example.wifi", *b"<?xml ...?>")?;
/// let walk = PlanWalk::begin(post_enrollment_plan(&profile, &ipad).with_profile(wifi), OnError::Stop);
///
/// let forgotten = post_enrollment_plan(&profile, &ipad);
/// let error = PlanWalk::resume(forgotten, OnError::Stop, walk.state().clone()).unwrap_err();
/// assert_eq!(error.missing(), [StepId::Profile("com.example.wifi".into())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error(
    "the plan lacks {}, which the walk was begun with and which has not ended; make it by the same calls as the first, or go on by `without`",
    self.lacking()
)]
pub struct ResumeError {
    walk: Box<PlanWalk>,
    missing: Vec<StepId>,
    lacks_password: bool,
}

impl ResumeError {
    pub(super) fn new(walk: PlanWalk, missing: Vec<StepId>, lacks_password: bool) -> Self {
        Self { walk: Box::new(walk), missing, lacks_password }
    }

    /// The steps that have not ended and are not in the plan.
    pub fn missing(&self) -> &[StepId] {
        &self.missing
    }

    /// Whether the plan makes the administrator's account without the password that it had.
    pub fn lacks_password(&self) -> bool {
        self.lacks_password
    }

    /// Goes on without what is lacking, because the profile was changed on purpose. A device that is still held is then never let go if
    /// [`StepId::DeviceConfigured`] is among it.
    pub fn without(self) -> PlanWalk {
        self.walk.planned()
    }

    fn lacking(&self) -> String {
        let steps = self.missing.iter().map(|id| format!("the step `{id}`"));
        let password = self.lacks_password.then(|| "the administrator's password".to_owned());
        steps.chain(password).collect::<Vec<_>>().join(" and ")
    }
}
