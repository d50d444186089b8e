//! Which service has authority over the devices, and how it is handed over.
//!
//! A hand-over goes through three doors: it is [chosen and confirmed](Choice) (AUT-3), either [by oneself or by a support
//! case](change_path) (AUT-4, AUT-5), and in the latter nothing is configured [while support works](HandOver) (AUT-14).
//!
//! ```
//! use apple_ade::program::authority::{Authority, ChangePath, Choice, Release, change_path};
//!
//! let confirmed = Choice::new(Authority::Intune).tick().yes();
//! assert_eq!(confirmed.authority(), &Authority::Intune);
//!
//! let (manager, intune) = ("1606".parse::<Release>()?, "1705".parse::<Release>()?);
//! assert!(matches!(change_path(manager, intune), ChangePath::SupportCase { .. }));
//! # Ok::<(), apple_ade::program::authority::ReleaseError>(())
//! ```

mod change;
mod checklist;
mod choice;
mod hand_over;
mod offboarding;
mod reset;

pub use self::change::{ChangePath, Release, ReleaseError, change_path};
pub use self::checklist::{Checklist, ChecklistItem, Leaving, PushCertificateFate, checklists};
pub use self::choice::{Authority, AuthorityConflict, Choice, Confirmed, Ticked, check_exclusive};
pub use self::hand_over::{HandOver, HandOverError, Phase, RESET_MOST_WORKING_DAYS, answer_due};
pub use self::offboarding::{OffboardingPlan, OffboardingStep};
pub use self::reset::{ResetError, ResetRequest, ResetRoute, Tenant, TenantError};
