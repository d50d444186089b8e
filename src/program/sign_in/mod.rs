//! Users, and how they sign in: what Intune's documentation says of user affinity, authentication and the portal app, as rules in the form of
//! the profile's.
//!
//! A user's extra steps after Setup Assistant depend on the method: with the portal app, they open it and sign in there; with legacy sign-in, they
//! open it if it is installed; with modern sign-in, the web page was all (CPV-15).
//!
//! ```
//! use apple_ade::affinity::{AuthMethod, PortalDelivery, UserAffinity};
//! use apple_ade::judgement::Rule;
//! use apple_ade::profile::{EnrollmentProfile, Supervised};
//! use apple_ade::program::sign_in::{Circumstances, check};
//!
//! let affinity = UserAffinity::With(AuthMethod::SetupAssistantLegacy(PortalDelivery::None));
//! let profile = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll")
//!     .mode(Supervised::new(affinity))
//!     .build()?;
//! let violations = check(&profile, &Circumstances::new().conditional_access());
//! assert!(violations.by_rule(Rule::LEGACY_SIGN_IN_NEEDS_PORTAL).next().is_some());
//! # Ok::<(), apple_ade::judgement::Violations>(())
//! ```

mod circumstances;
mod mfa;
mod portal;
mod primary_user;
mod rules;
mod self_service;
mod user;

use crate::judgement::Violations;
use crate::profile::EnrollmentProfile;

pub use self::circumstances::{Circumstances, PortalApp, PortalLicence, StagingAudience, VppToken};
pub use self::mfa::{Mfa, MfaProblem, SecondFactor, mfa_during_enrollment};
pub use self::portal::ResourceStatus;
pub use self::primary_user::PrimaryUser;
pub use self::self_service::{EnrollmentKind, SelfServiceAction, self_service_actions};
pub use self::user::{Password, User, UserId, UserIdError, UserMissing, completed_by};

/// Judges a profile with what is around it, and says everything at once. The paths are those of the affinity and of the circumstances, such as
/// `affinity.method` or `users[2].password`.
pub fn check(profile: &EnrollmentProfile, circumstances: &Circumstances) -> Violations {
    let mut found = Vec::new();
    rules::check(profile, circumstances, &mut found);
    Violations::sorted(found)
}

/// Every rule on affinity, sign-in and the portal app, in the order of their codes.
///
/// ```
/// assert!(apple_ade::program::sign_in::RULES.iter().all(|rule| rule.code().starts_with("ADE-G")));
/// ```
pub const RULES: &[crate::judgement::Rule] = rules::RULES;
