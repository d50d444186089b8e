//! Where a sync is stored: devices, the state of each token's sync, who holds a token, what became of assignments. The same code on
//! SQLite and on PostgreSQL.
//!
//! The law of [`apple_ade::sync`] and [`apple_ade::assign`] is a transaction here: [`Store::commit`] writes the devices of a commit and the
//! state, or nothing; [`Store::give`] does so with outcomes. Both write for the holder of the token's [`Lease`] alone, so that a process that was taken for dead, and is not, harms nothing.
//!
//! | table | a row for each | |
//! |---|---|---|
//! | `tokens` | server token | the states of its sync and of its assignment, when it is due, who holds it until when |
//! | `devices` | device of a token | Apple's record with every key, its generation, when it left, when it was seen first and last |
//! | `leases` | lease that was taken, the last hundred of a token | by whom, from when to when |
//! | `profiles` | profile that was defined | its fingerprint, Apple's UUID |
//! | `assignments` | device that was to be given a profile | what became of it last, and when |
//!
//! A device that has left stays, with `removed_at`, until the policy forgets it (DEV-7, DEV-8). Whoever wants it gone before (DEV-9)
//! deletes its row. Tokens are known by their [`TokenIdentity`](apple_ade::token::TokenIdentity); no secret is stored.

mod assignments;
mod database;
mod devices;
mod error;
mod given;
mod lease;
#[cfg(feature = "postgres")]
mod postgres;
mod schema;
mod sqlite;
mod write;

pub use self::assignments::GivenUp;
pub use self::database::{Cell, Database, Row, Tables, Value};
pub use self::devices::{Counts, KeptDevice, Store};
pub use self::error::StoreError;
pub use self::given::{Given, given, withheld};
pub use self::lease::{Lease, PastLease};
#[cfg(feature = "postgres")]
pub use self::postgres::Postgres;
pub use self::sqlite::Sqlite;
pub use self::write::{Write, writes};
