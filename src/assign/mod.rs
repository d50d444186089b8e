//! Giving devices their profiles: rules say what each should have, a plan says what is to be done, a machine does it.
//!
//! 1. [`AssignmentRules`] are data: by family, model, operating system, serial number and the caller's tags, in order; a default for the
//!    token; a choice for single devices. [`DesiredState::resolve`] says what a device should have, and why.
//! 2. A [`Planner`] compares that with what Apple reports, device by device. Its [`AssignmentPlan`] can be printed, stored, and
//!    approved; what would do harm to a device waits for a [decision](HazardDecision). A device that cannot enroll, since nothing gives
//!    it a profile, is [reported](NoProfile).
//! 3. An [`Assigner`] carries out an [`ApprovedPlan`], a [`Removal`], or a [`Disown`]. It is a machine like
//!    [`DeviceSync`](crate::sync::DeviceSync), and has the same law: *what is said and the state are stored together, and only the
//!    acknowledgement moves the machine on.* A crash anywhere repeats work and loses none.
//!
//! ```text
//!              ┌─────────▶ Sleep ── until ──┐           Done ── add() ──┐
//!              │                            ▼                           ▼
//!   next() ────┼──▶ Call ──▶ answer() ──▶ Commit (what became of whom) ──▶ committed()
//!              │                            ▲
//!              └──▶ Define ──▶ defined() ───┘     Apple does not know a profile any more
//! ```
//!
//! What the machine does with what Apple says of a device:
//!
//! | Apple says | the machine |
//! |---|---|
//! | `SUCCESS` | is done with it; reads it back first, if [`AssignPolicy::read_back`] says so |
//! | `THROTTLED` | leaves it alone for `retry_after_seconds`, or 24 hours |
//! | `FAILED` | tries again, three times in all; then it is for Apple's support |
//! | `NOT_ACCESSIBLE` | waits until it is [seen](Assigner::seen) again |
//! | nothing, or an unknown word | tries again, three times in all |
//! | a refusal of the request | tries its devices in ever smaller requests, until it has found the one that is refused |
//!
//! Before a device is sent, its record is read (`POST /devices`): what has its profile is not sent, however old the plan is and whatever
//! was lost on the way, since every needless assignment brings a device nearer to being throttled. Requests hold as many devices as the
//! account allows, else 1000 (ASG-4). A plan that was made with a [filter](DeviceFilter) gives nothing to a device that the filter would not
//! admit any more: what somebody has assigned since stays. Every device that is added has exactly one [outcome](Change::Outcome).
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use apple_ade::api::{DeviceFamily, Service};
//! use apple_ade::assign::*;
//! use apple_ade::profile::{EnrollmentProfile, Supervised};
//! # use apple_ade::affinity::UserAffinity;
//! # use apple_ade::blocking::Client;
//! # use apple_ade::session::Session;
//! # use apple_ade::simulator::{Simulator, World};
//! # use apple_ade::token::ServerToken;
//!
//! # let world = World::builder().seed(1).devices(2_500).build();
//! # let token = ServerToken::from_json(world.server_token_json().as_bytes())?;
//! # let this_token = token.identity();
//! # let apple = Simulator::new(world);
//! # let (clock, stamps) = (apple.clone(), apple.clone());
//! # let ade = Client::with_stamps(Session::new(token, Service::apple()), apple, move || stamps.stamp());
//! let profile = EnrollmentProfile::builder("Class iPads", "https://mdm.example.org/enroll")
//!     .mode(Supervised::new(UserAffinity::Without))
//!     .build()?;
//! let mut profiles = Profiles::new();
//! let uuid = ade.define_profile(profile.wire())?.profile_uuid;
//! profiles.insert("Class iPads".parse()?, DefinedProfile::of(this_token, uuid, profile.wire()));
//!
//! // What should be.
//! let rules = AssignmentRules::new(this_token)
//!     .rule(Rule::new("iPads", "Class iPads".parse()?, Selector::all().family([DeviceFamily::Ipad])));
//! // What is, from the store of a sync or straight from Apple.
//! let mut planner = Planner::new(rules.with_profiles(&profiles)?);
//! let (mut cursor, mut listed) = (None, 0);
//! loop {
//!     let page = ade.fetch_devices(cursor)?;
//!     for device in &page.devices {
//!         planner.add(device, &Known::new());
//!     }
//!     listed += page.devices.len();
//!     if !page.has_more() {
//!         break;
//!     }
//!     cursor = page.cursor;
//! }
//! let plan = planner.finish();
//! println!("{plan}");
//! let planned = plan.devices();
//!
//! let mut assigner = Assigner::new(AssignPolicy::APPLE.for_account(&ade.account()?));
//! assigner.add(plan.approve()?)?;
//! let (mut stored, mut done) = (assigner.state().to_json(), 0);
//! loop {
//!     match assigner.next(&clock.stamp()) {
//!         Step::Call(call) => assigner.answer(call.id, ade.carry_out(call.request), &clock.stamp())?,
//!         // One transaction.
//!         Step::Commit(commit) => {
//!             for change in commit.changes() {
//!                 if let Change::Outcome { serial, task, outcome } = change {
//!                     done += usize::from(outcome.is_success());
//!                     println!("{task}: {serial}: {outcome}");
//!                 }
//!             }
//!             stored = commit.state().to_json();
//!             assigner.committed(commit.id())?;
//!         }
//!         Step::Define(define) => {
//!             let new = ade.define_profile(profile.wire()).map(|defined| defined.profile_uuid);
//!             assigner.defined(define.id, new, &clock.stamp())?;
//!         }
//!         Step::Sleep { until, why } => {
//!             println!("nothing to do before {until}: {why}");
//!             break;
//!         }
//!         _ => break,
//!     }
//! }
//! assert!(listed == 2_500 && planned > 0 && done == planned);
//! assert!(AssignerState::from_json(&stored)?.is_done());
//! # Ok(())
//! # }
//! ```
//!
//! For one profile and some devices, once, without plan and state, there is [`Assignment`], by way of
//! [`Client::assign`](crate::Client::assign).

mod approved;
mod assignment;
mod change;
mod condition;
mod desired;
mod devices;
mod effect;
mod filter;
mod hazard;
mod known;
mod machine;
mod misuse;
mod name;
mod orders;
mod outcome;
mod pick;
mod plan;
mod plan_text;
mod planner;
mod policy;
mod profiles;
mod reaction;
mod refuse;
mod rules;
mod selector;
mod state;
mod step;
mod stored;
mod task;
mod why;

pub use self::approved::{ApprovedPlan, Undecided};
pub use self::assignment::{AssignError, AssignReport, Assignment};
pub use self::change::Change;
pub use self::desired::{DesiredState, Reason, Resolution};
pub use self::effect::AssignEffect;
pub use self::filter::DeviceFilter;
pub use self::hazard::Hazard;
pub use self::known::{Enrolled, Known};
pub use self::machine::Assigner;
pub use self::misuse::Misuse;
pub use self::name::{ProfileName, ProfileNameError};
pub use self::outcome::Outcome;
pub use self::plan::{AssignmentPlan, HazardDecision, NoProfile, PlanGroup};
pub use self::planner::{Planned, Planner};
pub use self::policy::AssignPolicy;
pub use self::profiles::{DefinedProfile, Profiles};
pub use self::rules::{AssignmentRules, Rule, RulePlace, RulesError, RulesProblem};
pub use self::selector::Selector;
pub use self::state::AssignerState;
pub use self::step::{Answer, Call, Commit, Define, Request, Step};
pub use self::stored::StateError;
pub use self::task::{Disown, DisownCount, OtherToken, Removal, Task, Work};
pub use self::why::{Health, Why};
