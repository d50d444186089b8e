//! The life of a device, from the purchase to its release: where it stands, what an event makes of that, and what leads where somebody wants it.
//!
//! ```text
//!  listed ─▶ Unassigned ─▶ Assigned ── set up ─▶ Pushed ─▶ Enrolled ── a new profile ─▶ PendingReset
//!              not contacted   not contacted       │          ▲                           │ erase
//!                                                  ▼          └──────── set up ◀── Erased ◀┘
//!                                         Blocked, Failed
//!  DeletedHere: comes back with the next full fetch       Released: shown for 30 to 45 days
//! ```
//!
//! Two sides are kept apart: what Apple lists ([`AtApple`]) and what the device does ([`OnDevice`]); [`Lifecycle::state`] gives them the
//! documents' names. Devices can be shipped to their users as they come (LIF-6).
//!
//! What Apple says comes from its records by [`Lifecycle::take_record`]; what happens on the device the MDM knows from the device itself, and
//! says by [`Lifecycle::take`].
//!
//! ```
//! use apple_ade::program::lifecycle::{Event, Goal, Lifecycle, State};
//! use apple_ade::profile::Pairing;
//!
//! let now = "2026-11-22T08:00:00Z".parse()?;
//! let mut device = Lifecycle::listed(now);
//! device.take(Event::ProfileAssigned, now)?;
//! assert_eq!(device.state(), State::Assigned);
//! device.take(Event::SetUp, now)?;
//! device.take(Event::EnrollmentCompleted, now)?;
//! assert_eq!(device.state(), State::Enrolled);
//!
//! // A changed profile waits for a wipe, and the plan says how that can be done.
//! device.take(Event::ProfileAssigned, now)?;
//! assert_eq!(device.state(), State::PendingReset);
//! for step in device.plan(Goal::EnrollAnew, &Pairing::AllowAll).steps() {
//!     println!("{step}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contact;
mod csv;
mod event;
mod machine;
mod plan;
mod record;
mod reset;
mod selection;
mod state;

pub use self::contact::{ContactState, CorporateBasis, IosFamily, NotIos, SyncedDevice, corporate_basis};
pub use self::event::{Consequence, Event, LifecycleError};
pub use self::machine::{Lifecycle, Retention, RetentionError};
pub use self::plan::{Goal, Plan, PlanStep};
pub use self::reset::{BlockedByPairing, ResetMethod, reset_methods};
pub use self::selection::{DeviceSelector, SelectorError, SortKey, sort};
pub use self::state::{AtApple, BlockedBy, OnDevice, ProfileAtApple, State};
