//! Commands to devices: what finishes an enrollment, as typed property lists, and the plan that puts them in order.
//!
//! Apple's profile says less than an enrollment needs (X-37). The rest is sent by MDM commands, most of them while the device awaits its
//! configuration: [`post_enrollment_plan`] makes the plan from the one description, [`PlanWalk`] goes through it, and [`CommandAnswer`]
//! reads what the device says.
//!
//! ```
//! use apple_ade::command::{EnrolledDevice, OnError, PlanStep, PlanWalk, StepId, post_enrollment_plan};
//! use apple_ade::device_name::DeviceType;
//! use apple_ade::profile::EnrollmentProfile;
//! use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
//!
//! let profile = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll")
//!     .mode(SharedIpad::accounts(ResidentUsers::new(10)?))
//!     .await_configuration()
//!     .device_name("Class 4 {{SERIAL}}".parse()?)
//!     .build()?;
//! let device = EnrolledDevice::new("DMPC0000ABCD".parse()?, DeviceType::Ipad, "17.4".parse()?).awaiting();
//!
//! let plan = post_enrollment_plan(&profile, &device);
//! let steps: Vec<&StepId> = plan.steps().iter().map(PlanStep::id).collect();
//! assert_eq!(steps, [&StepId::SharedIpad, &StepId::DeviceName, &StepId::DeviceConfigured]);
//!
//! // Each command is a property list, and the same command gives the same bytes.
//! let uuid = "0A1B2C3D-1111-4222-8333-444455556666".parse()?;
//! let xml = plan.steps()[0].command().to_xml(&uuid);
//! assert!(std::str::from_utf8(xml.expose_secret())?.contains("<key>ResidentUsers</key>\n\t\t\t\t<integer>10</integer>"));
//! let mut walk = PlanWalk::begin(plan, OnError::Stop);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod answer;
mod availability;
mod check;
mod device;
mod erase;
mod install;
mod name;
mod password;
mod plan;
mod request;
mod resume;
mod rules;
mod settings;
mod setup_assistant;
mod step;
mod walk;
mod walk_state;

pub use self::account::{CreateAccounts, NoAdminAccount};
pub use self::answer::{AnswerStatus, CommandAnswer, CommandAnswerError, ErrorEntry, Outcome, SettingAnswer};
pub use self::availability::{Availability, Channel, SharedIpadUse, Since};
pub use self::device::{EnrolledDevice, Known};
pub use self::erase::{
    EraseDevice, EraseMac, EraseMobile, ErasePin, ErasePinError, ObliterationBehavior, ReturnToService,
};
pub use self::install::{InstallProfile, InstallProfileError};
pub use self::name::{desired_name, rename};
pub use self::password::{Iterations, PasswordHash, PasswordHashError};
pub use self::plan::{LeftOut, PostEnrollmentPlan, post_enrollment_plan};
pub use self::request::Command;
pub use self::resume::ResumeError;
pub use self::settings::SettingsItem;
pub use self::setup_assistant::SetupAssistantPayload;
pub use self::step::{PlanStep, StepId};
pub use self::walk::{Next, OnError, PlanWalk, Taken, WalkError};
pub use self::walk_state::{Settled, WalkState, WalkStateError};

use crate::judgement::Rule;

/// Every rule on commands and on what is planned with them, in the order of their codes.
///
/// ```
/// assert!(apple_ade::command::RULES.iter().all(|rule| rule.code().starts_with("ADE-C")));
/// ```
pub const RULES: &[Rule] = rules::RULES;
