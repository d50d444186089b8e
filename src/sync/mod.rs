//! Keeping a store of devices equal to Apple's list: fetch all, then follow the changes, for ever.
//!
//! The law: *devices and cursor are stored together, and only the acknowledgement moves the machine on.* [`DeviceSync`] hands out
//! commands and takes what came of them; what is to be stored comes as a [`Commit`], devices and state in one. A crash anywhere repeats
//! work and loses none: a machine that is [resumed](DeviceSync::resume) from the stored state goes on from there.
//!
//! ```text
//!            ┌──────────────▶ Sleep ── until ──┐
//!            │                                 ▼
//!  next() ───┼──▶ Commit (a run begins) ──▶ committed()
//!            │
//!            ├──▶ Call ──▶ answer() ──▶ Commit (a page, or what went wrong) ──▶ committed()
//!            ▼
//!          the same again, until it is answered
//! ```
//!
//! It never holds the fleet. A full fetch has a generation: every device that is seen is stored with it, and at the end a
//! [sweep](Change::Sweep) takes away what was not seen. It never spins: every wait has a [reason](Why) and an end, and one that lasts is a
//! [report](DeviceSync::health).
//!
//! A whole sync, with a map for a database:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::collections::BTreeMap;
//! use apple_ade::api::{Device, Service};
//! use apple_ade::blocking::Client;
//! use apple_ade::session::Session;
//! use apple_ade::simulator::{Simulator, World};
//! use apple_ade::sync::{Change, DeviceSync, Step, SyncPolicy, SyncState};
//! # use apple_ade::token::ServerToken;
//!
//! # let world = World::builder().seed(1).devices(2_500).build();
//! # let token = ServerToken::from_json(world.server_token_json().as_bytes())?;
//! # let apple = Simulator::new(world);
//! # let (clock, stamps) = (apple.clone(), apple.clone());
//! # let ade = Client::with_stamps(Session::new(token, Service::apple()), apple, move || stamps.stamp());
//! let mut stored: BTreeMap<String, (Device, u64)> = BTreeMap::new();
//! let mut stored_state = SyncState::new().to_json();
//!
//! let mut sync = DeviceSync::resume(SyncState::from_json(&stored_state)?, SyncPolicy::ADE_2023);
//! loop {
//!     match sync.next(&clock.stamp()) {
//!         Step::Call(call) => {
//!             let result = ade.sync_page(call.request);
//!             sync.answer(call.id, result, &clock.stamp())?;
//!         }
//!         // One transaction.
//!         Step::Commit(commit) => {
//!             let generation = commit.generation();
//!             for change in commit.changes() {
//!                 match change {
//!                     Change::Store(device) => {
//!                         stored.insert(device.serial_number.to_string(), (device.clone(), generation));
//!                     }
//!                     Change::Remove { device, .. } => {
//!                         stored.remove(device.serial_number.as_str());
//!                     }
//!                     Change::Seen(serial) => {
//!                         stored.entry(serial.to_string()).and_modify(|(_, stored)| *stored = generation);
//!                     }
//!                     Change::Sweep { generation, .. } => stored.retain(|_, (_, stored)| *stored >= *generation),
//!                     _ => {}
//!                 }
//!             }
//!             stored_state = commit.state().to_json();
//!             sync.committed(commit.id())?;
//!         }
//!         // A service would sleep here, and go on; `Why::NothingDue` says that all went well.
//!         Step::Sleep { until, why } => {
//!             println!("nothing to do before {until}: {why}");
//!             break;
//!         }
//!         other => return Err(format!("{other:?} is new").into()),
//!     }
//! }
//! assert_eq!(stored.len(), 2_500);
//! # Ok(())
//! # }
//! ```
//!
//! In place of the simulator's clock, a program has [`Stamp::from_system`](crate::Stamp::from_system); [`DeviceSync::ask`] is for the
//! button "sync now", [`DeviceSync::progress`] for the bar beside it. `Change::Remove`, `Change::Sweep` and `Change::Forget` say what it
//! takes to keep removed devices visible for some weeks, where this map deletes them at once.
//!
//! A device that was deleted from the store alone comes back with the next full fetch, since Apple still has it (DEV-5): take it off the
//! server in Apple's portal first (DEV-6).

mod change;
mod decision;
mod machine;
mod misuse;
mod policy;
mod progress;
mod reaction;
mod state;
mod step;
mod wait;

pub use self::change::Change;
pub use self::decision::{Decision, Kind, Refused, Trigger};
pub use self::machine::DeviceSync;
pub use self::misuse::Misuse;
pub use self::policy::{EarlyFull, Recovery, SyncPolicy};
pub use self::progress::Progress;
pub use self::state::{FullReason, StateError, SyncState};
pub use self::step::{Call, Commit, Request, Step};
pub use self::wait::{Health, Why};
