//! The program `sync`: the device sync of a whole MDM, with a store that a crash does not harm. And what `sync_postgres` shares with it.

mod assigning;
mod console;
mod demo;
mod job;
mod left;
mod options;
mod program;
mod run;
mod stop;
mod token;
mod wanted;
mod work;
#[cfg(feature = "postgres")]
mod worker;
#[cfg(feature = "postgres")]
mod worker_options;

pub use self::program::run;
#[cfg(feature = "postgres")]
pub use self::worker::run_worker;
