//! Moving a device from one MDM to another without erasing it: iOS, iPadOS and macOS 26.
//!
//! An administrator reassigns the device in Apple's portal and sets a deadline. The new server sees a device that was added, with
//! `mdm_migration_deadline`; the old one sees it deleted, and nothing else for certain. See Apple's
//! [Migrating managed devices](https://developer.apple.com/documentation/devicemanagement/migrating-managed-devices).
//!
//! [`Candidate`] says whether a device can move so and, if not, every reason why; [`MigrationPath`] what there is to do, in order;
//! [`DeadlineStatus`] how much time is left; [`old_server_plan`] what the server that is left has to know.
//!
//! ```
//! use apple_ade::migration::{Candidate, Enrolled, MigrationPath, NewServerStep};
//!
//! let now = "2026-11-22T08:00:00Z".parse()?;
//! let ipad = Candidate::new("ipados:26.1".parse()?, Enrolled::ByAde);
//! let MigrationPath::InPlace(steps) = ipad.path(now) else { return Err("it can move".into()) };
//! assert_eq!(steps.first(), Some(&NewServerStep::AssignProfile));
//! let position = |step| steps.iter().position(|other| *other == step);
//! assert!(position(NewServerStep::InstallApps) < position(NewServerStep::SendDeviceConfigured));
//!
//! let shared = ipad.shared_ipad().obstacles(now);
//! assert_eq!(shared.iter().map(|obstacle| obstacle.code()).collect::<Vec<_>>(), ["ADE-T003"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod candidate;
mod deadline;
mod obstacle;
mod plan;

pub use self::candidate::{Candidate, Enrolled, MigrationPath};
pub use self::deadline::{DeadlineStatus, DeadlineWarning};
pub use self::obstacle::Obstacle;
pub use self::plan::{NewServerStep, OldServerStep, old_server_plan};
