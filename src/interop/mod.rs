//! Profiles that people already have: Microsoft Graph (Intune) and Jamf Pro PreStage enrollments, both ways.
//!
//! [`import`] turns their JSON into an [`EnrollmentProfile`](crate::profile::EnrollmentProfile), [`export`] writes one as theirs. Each
//! field of the other system is one row of a table ([`graph::FIELDS`], [`jamf::FIELDS`]), which both directions read: what it means here,
//! or why there is no counterpart. Negative fields (`siriDisabled`) and lists of what is shown or hidden are where such translations slip;
//! there is no other place where they are turned around.
//!
//! Nothing disappears in silence. What has no counterpart, is of the wrong type, contradicts something else, or is a key that this version
//! of the crate does not know, is a [`Loss`] with its path and the reason. For an export the report is the difference that is left
//! when the result is imported again, so that it cannot forget anything.
//!
//! The other system's server is never taken over: devices would go on enrolling there. The URL is that of [`ThisServer`].
//!
//! ```
//! use apple_ade::interop::{Source, ThisServer, import};
//! use apple_ade::setup_assistant::SkipKey;
//!
//! let graph = r##"{
//!     "@odata.type": "#microsoft.graph.depIOSEnrollmentProfile",
//!     "displayName": "Class iPads", "supervisedModeEnabled": true, "isMandatory": true,
//!     "profileRemovalDisabled": true, "siriDisabled": true, "passCodeDisabled": false, "isDefault": true
//! }"##;
//! let imported = import(Source::Graph, graph, &ThisServer::new("https://mdm.example.com/enroll"))?;
//! let profile = imported.profile();
//! assert!(profile.setup().skipped().eq([&SkipKey::Siri]));
//! assert_eq!(profile.wire().is_mdm_removable, Some(false));
//! // Which profile is the default one is the MDM's to keep.
//! assert_eq!(imported.losses().iter().map(|loss| loss.path()).collect::<Vec<_>>(), ["isDefault"]);
//! # Ok::<(), apple_ade::interop::ImportError>(())
//! ```

mod draft;
mod exchange;
mod export;
mod field;
pub mod graph;
pub mod jamf;
mod loss;
mod reading;
mod slot;
mod tree;

pub use self::exchange::{ImportError, Imported, Model, Source, ThisServer, import};
pub use self::export::{Exported, export};
pub use self::field::{Counterpart, Field};
pub use self::loss::{Loss, LossKind, LossReport};
