//! The program `depsim`: a simulated Apple over HTTP, with a control interface at `/_sim/` and a web page at `/`.
//!
//! Time follows the system's clock, since the clients that sign their requests do, plus an offset that the control interface sets.

mod apply;
mod control;
mod desk;
mod devices;
mod diagnosis;
mod faults;
mod guard;
mod input;
mod options;
mod portal;
mod program;
mod routes;
mod state;
mod tally;

pub use self::desk::Desk;
pub use self::guard::Hosts;
pub use self::options::{Options, UsageError};
pub use self::program::run;
pub use self::routes::routes;
