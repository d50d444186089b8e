//! The enrollment profiles of a token: names, the default one, and what an edit comes to.
//!
//! ```
//! use apple_ade::affinity::UserAffinity;
//! use apple_ade::profile::{EnrollmentProfile, Supervised};
//! use apple_ade::program::profiles::{EditStep, plan_edit};
//!
//! let old = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll")
//!     .mode(Supervised::new(UserAffinity::Without))
//!     .build()?;
//! let new = old.to_builder().department("Science").build()?;
//! // Apple can neither edit nor delete a profile: an edit is a new one, on every device, for when it is erased next.
//! let plan = plan_edit(&old, &new, 3_000);
//! assert_eq!(plan.steps(), [
//!     EditStep::Define,
//!     EditStep::Assign { devices: 3_000 },
//!     EditStep::ForgetOld,
//!     EditStep::WipeToApply { devices: 3_000 },
//! ]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod book;
mod edit;

pub use self::book::{ProfileBook, ProfileBookError, ProfileId, Renamed};
pub use self::edit::{EditPlan, EditStep, plan_edit};
