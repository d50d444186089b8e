//! Enrollment profiles: written, judged before Apple sees them, and explained.
//!
//! [`EnrollmentProfile`] describes what a group of devices receives when it enrolls. [`Check`] judges a profile, typed or in Apple's
//! JSON, by the [rules](rule_list): codes that never change, each with its reason, and with a fix where there is one. [`preview()`] tells
//! what a device will show, [`change_impact`] when a change reaches it.
//!
//! What may not be combined. Where it is an error, the types of this module have no spelling for it, or the builder refuses it; a warning
//! is let through.
//!
//! | | with | | rule |
//! |---|---|---|---|
//! | `is_mdm_removable` false | `is_supervised` not true | error | `ADE-P050` |
//! | `await_device_configured` | `is_supervised` false, before iOS 13 | warning | `ADE-P055` |
//! | `is_return_to_service` | `await_device_configured` false | warning | `ADE-P056` |
//! | `supervising_host_certs` | `is_supervised` not true | warning | `ADE-P058` |
//! | `supervising_host_certs` | `allow_pairing` not false | note | `ADE-P059` |
//! | Shared iPad (`is_multi_user`) | `is_supervised` not true | error | `ADE-P300` |
//! | Shared iPad | a user | error | `ADE-P301` |
//! | Shared iPad | another device than an iPad, or an old system | error | `ADE-P302`, `ADE-P303` |
//! | Shared iPad | `configuration_web_url` | warning | `ADE-P304` |
//! | Shared iPad | `await_device_configured` not true | warning | `ADE-P305` |
//! | Shared iPad | `is_return_to_service` | warning | `ADE-P310` |
//! | `SIMSetup` skipped | a cellular plan | warning | `ADE-P207` |
//! | `Android` skipped | `Restore` skipped | note | `ADE-P205` |
//! | a sign-in on a web page | no `configuration_web_url` | error | `ADE-P600` |
//! | `configuration_web_url` | no sign-in on a web page | warning | `ADE-P601` |
//! | accounts of a Mac | `await_device_configured` not true | error | `ADE-P632` |
//! | migration from another MDM | Shared iPad, `is_return_to_service` | error | `ADE-P700` |
//! | `is_return_to_service` | `configuration_web_url` | note | `ADE-P710` |
//! | `is_return_to_service` | `is_supervised` false | warning | `ADE-P711` |

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
pub mod rule_list {}
mod setup;
mod subject;
mod supervision;
pub(crate) mod url;

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
