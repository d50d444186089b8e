//! What the programs of this package share: a simulated Apple that is served on loopback, the arguments and exit codes of the
//! walks through the main job, and what such a walk prints; [`depsim`], the simulated Apple as a program; [`enroll_server`], the device's
//! side of an MDM; [`sync`], a device sync with its [`store`]; and [`tenant`], a school's year.

mod begin;
mod cli;
pub mod depsim;
pub mod enroll_server;
mod http;
mod lint;
mod serve;
pub mod store;
pub mod sync;
pub mod tenant;
mod thousands;
mod walk;

pub use self::cli::{MOST_DEVICES, Options, run};
pub use self::serve::{MOST_BYTES, Served, routes, serve, serve_routes};
pub use self::thousands::thousands;
pub use self::walk::Walk;
