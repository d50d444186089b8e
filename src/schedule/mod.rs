//! Many tokens: whose turn it is, for what, and for how long; and how many devices a token should have.
//!
//! The law: *a token is at most one worker's at a time, and what a worker stores it stores on condition that the token is still its own.*
//! So there are never two syncs of one token (SYN-7), and a worker that dies loses nothing: its [`Lease`] ends, and another goes on from
//! the stored [`SyncState`](crate::sync::SyncState).
//!
//! ```text
//!             ┌──────── Wait { until, why } ◀─┐
//!             ▼                               │
//!  add ──▶ TokenRow ──▶ claim ──▶ Turn ──▶ go_on? ── Yes ──▶ a call, a commit ──┐
//!             ▲                    ▲          │                                 │
//!             │                    └─ renew ◀─┼─ Renew     used() ◀─────────────┘
//!             └─────────────── end ◀──────────┤ End
//!                                             └ Lost: store nothing
//! ```
//!
//! # Fairness
//!
//! What tokens share are [places](SchedulePolicy::places): the time of workers. A turn lasts a [quantum](SchedulePolicy::quantum), and then
//! the token goes behind the others, wherever its run stands; a fetch of 200,000 devices so takes many turns, and a token with ten
//! devices waits for a turn of it and not for an hour. The order is fair queuing by start time: each row has a
//! [mark](TokenRow::mark), and the lowest is next; a turn begins at its token's mark or at the highest with which a turn has
//! begun, whichever is higher, and moves the mark on by what it has cost. So
//!
//! - a token that was asleep is overtaken by each of the others at most once,
//! - while a token is ready, each of the others has at most two turns' worth of time,
//! - and no token waits longer than [`SchedulePolicy::longest_wait`].
//!
//! The order asks no clock, so a clock that is set back starves nobody. Between sync and assignment of one token the turns alternate.
//!
//! A policy whose times are too short is applied as it is [bounded](SchedulePolicy::bounded): a turn that has begun in time makes a call, and
//! nothing is a loop without a pause.
//!
//! # For a single process
//!
//! [`Schedule`] has all rows in memory. A turn is for a sync or for an assignment, which the [row](TokenRow::assign) asks for. A worker's
//! turns, one after the other:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use apple_ade::Stamp;
//! use apple_ade::api::DevicePage;
//! use apple_ade::assign::{AssignPolicy, Assigner, AssignerState};
//! use apple_ade::schedule::{After, GoOn, Hold, Next, Schedule, SchedulePolicy, Work};
//! use apple_ade::sync::{DeviceSync, Step, SyncPolicy, SyncState};
//! use std::collections::BTreeMap;
//!
//! let now = "2026-11-22T08:00:00Z".parse()?;
//! let stamp = Stamp::new(now, [0; 16]);
//! let mut schedule = Schedule::new(SchedulePolicy::APPLE);
//! let mut states = BTreeMap::new();
//! for school in ["school-17", "school-18"] {
//!     schedule.add(school, now);
//!     states.insert(school.to_owned(), SyncState::new());
//! }
//! schedule.assign("school-17", now, now);
//!
//! while let Next::Turn(mut turn) = schedule.next("worker 1", now) {
//!     if turn.work() == Work::Assign {
//!         let stored = AssignerState::new(); // Here what is stored for the token is read.
//!         let mut assigner = Assigner::resume(stored, AssignPolicy::APPLE);
//!         // Here is the same loop as below, with the steps of the assigner.
//!         schedule.end(&turn, After::of_assigner(&mut assigner, &stamp), now)?;
//!         continue;
//!     }
//!     let state = states.get(turn.token()).ok_or("it is stored")?;
//!     let mut sync = DeviceSync::resume(state.clone(), SyncPolicy::APPLE);
//!     if let Some(asked) = turn.asked() {
//!         sync.ask(asked.kind, asked.trigger, now);
//!     }
//!     loop {
//!         match sync.next(&stamp) {
//!             Step::Call(call) => {
//!                 match turn.go_on(schedule.policy(), now) {
//!                     GoOn::Yes => {}
//!                     GoOn::Renew => schedule.renew(&mut turn, now)?,
//!                     _ => break,
//!                 }
//!                 // Here the call is made; this Apple has no devices.
//!                 let mut page = DevicePage::default();
//!                 page.cursor = Some("MDowOjE".parse()?);
//!                 page.more_to_follow = Some(false);
//!                 turn.used(page.devices.len() as u64);
//!                 sync.answer(call.id, Ok(page), &stamp)?;
//!             }
//!             Step::Commit(commit) => {
//!                 // In one transaction: is the token still ours? Then devices and state.
//!                 assert_eq!(schedule.row(turn.token()).and_then(|row| row.lease()), Some(turn.lease()));
//!                 states.insert(turn.token().to_owned(), commit.state().clone());
//!                 sync.committed(commit.id())?;
//!             }
//!             _ => break,
//!         }
//!     }
//!     schedule.end(&turn, After::of_sync(&mut sync, &stamp), now)?;
//! }
//! assert!(states.values().all(|state| state.last_full() == Some(now)));
//! assert!(matches!(schedule.next("worker 1", now), Next::Wait { why: Hold::NothingDue, .. }));
//! # Ok(())
//! # }
//! ```
//!
//! # Stored in a database
//!
//! Several workers share the rows, and none has all of them in memory: the same decisions are functions on one [`TokenRow`] and the one
//! [`Gate`], [`SchedulePolicy::claim`], [`renew`](SchedulePolicy::renew) and [`end`](SchedulePolicy::end). In SQL, with the database's
//! clock for `now`, and `:grace`, `:lease` and `:sleep` (which is [`SchedulePolicy::longest_sleep`]) of the
//! [bounded](SchedulePolicy::bounded) policy:
//!
//! ```sql
//! CREATE TABLE gate (stored TEXT NOT NULL);          -- one row
//! CREATE TABLE token (
//!     name TEXT PRIMARY KEY, stored TEXT NOT NULL,   -- TokenRow::to_json
//!     mark BIGINT NOT NULL, due TIMESTAMPTZ NOT NULL, leased_until TIMESTAMPTZ, lease BIGINT,
//!     sync_state TEXT NOT NULL                       -- SyncState::to_json
//! );
//! CREATE INDEX token_order ON token (mark, name);
//!
//! BEGIN;                                             -- claim
//! SELECT stored FROM gate FOR UPDATE;
//! SELECT count(*), min(leased_until) FROM token WHERE leased_until + :grace > now;
//! SELECT min(due) FROM token WHERE due > now AND (leased_until IS NULL OR leased_until + :grace <= now);
//! SELECT stored FROM token
//!  WHERE leased_until > now + :lease                 -- to be repaired, or else ready:
//!     OR (due <= now OR due > now + :sleep) AND (leased_until IS NULL OR leased_until + :grace <= now)
//!  ORDER BY coalesce(leased_until > now + :lease, false) DESC, mark, name LIMIT 1 FOR UPDATE SKIP LOCKED;
//! UPDATE token SET … WHERE name = …; UPDATE gate SET …; COMMIT;
//!
//! BEGIN;                                             -- a worker stores a commit of its sync
//! UPDATE token SET sync_state = … WHERE name = :name AND lease = :number;   -- no row: the lease is lost, ROLLBACK
//! …devices…; COMMIT;
//! ```
//!
//! `renew` reads the row `FOR UPDATE` and writes it, `end` the gate and the row, in this order. A store without locks compares and sets:
//! each write is on condition that what was read is still there. A row that is gone is a [removed](LeaseLost::Removed) token. If a
//! store fails, the worker ends nothing, or ends the turn with [`After::Failed`]. A row that cannot be read is made [anew](TokenRow::new),
//! a gate [from the rows](Gate::of_rows).
//!
//! # How much is too much
//!
//! [`Limits`] judges accounts, tokens, profiles and selections, and says how to divide a fleet; [`Estimate`] says what a fleet costs.
//! Four hundred million devices are 2,000 tokens with 200,000 each, the most of both (LIM-3, LIM-4). With pages of 1000 and 3000
//! devices a minute for each token (LIM-7), under [`SyncPolicy::ADE_2023`](crate::sync::SyncPolicy::ADE_2023) and
//! [`SchedulePolicy::APPLE`]:
//!
//! | | |
//! |---|---|
//! | calls for a full fetch | 400,000 |
//! | a full fetch of one token | 1 h 6 min 40 s |
//! | a full fetch of all, with 32 places | 69 h 27 min, of the 168 h that lie between two |
//! | places that would do | 14 |
//! | calls of deltas, if one device in a hundred changes in a day | 4,000 a day |
//! | stored for the schedule and the syncs | at most 6.4 MB: 3.2 kB a token, two cursors of 1000 characters included |
//! | in memory | a page in each place: under 64 MB, and no row of a token that is not being worked on |

mod claim;
mod estimate;
mod gate;
mod lease;
mod limits;
mod memory;
mod policy;
mod row;
mod turn;
mod version;
mod work;

pub use self::claim::{Claim, Claimed, View};
pub use self::estimate::{Estimate, Fleet};
pub use self::gate::Gate;
pub use self::lease::{Lease, LeaseLost};
pub use self::limits::{AccountUse, Limits, Parts, ProfileUse, Share, Split, TokenUse, TooLarge};
pub use self::memory::{Next, Schedule};
pub use self::policy::{RateLimit, SchedulePolicy};
pub use self::row::{Look, TokenRow};
pub use self::turn::{GoOn, Turn};
pub use self::version::StoredError;
pub use self::work::{After, Asked, Hold, Work};
