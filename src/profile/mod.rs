//! Enrollment profiles: written, judged before Apple sees them, and explained.
//!
//! [`EnrollmentProfile`] describes what a group of devices receives when it enrolls. [`Check`] judges a profile, typed or in Apple's
//! JSON, by the [rules](_rules): codes that never change, each with its reason, and with a fix where there is one. [`preview()`] tells
//! what a device will show, [`change_impact`] when a change reaches it.

pub mod account;
mod builder;
mod canonical;
pub mod cellular;
mod certificate;
mod change;
mod check;
mod contact;
mod difference;
mod enrollment;
mod iso;
mod locale;
mod mend;
mod mode;
mod object;
mod preview;
mod rules;
#[doc = include_str!("../../docs/profile-rules.md")]
pub mod _rules {}
mod setup;
mod subject;
mod supervision;
mod url;

pub use self::account::AccountConfiguration;
pub use self::builder::{CallModeFirst, Part, ProfileBuilder};
pub use self::canonical::{Comparison, KeyDifference, ProfileFingerprint, ProfileFingerprintError};
pub use self::cellular::CellularPlan;
pub use self::certificate::{AnchorCertificate, HostCertificate, ProfileCertificateError};
pub use self::change::{Change, ChangeImpact, Effect, change_impact};
pub use self::check::Check;
pub use self::enrollment::EnrollmentProfile;
pub use self::locale::{Language, LanguageError, Region, RegionError};
pub use self::mode::{DeviceMode, HostCertificates, MdmRemoval, Pairing, SharedMode, Supervised, Unsupervised};
pub use self::preview::preview;
pub use self::setup::{Locale, LocaleError, Release, SetupExperience};
pub use self::supervision::{PathToSupervision, SupervisionNotice};
