//! The program `enroll_server`: the device's side of an MDM over HTTP, and simulated devices that play with it.
//!
//! A device posts its signed MachineInfo, or opens the page for users; it gets the signed enrollment profile, or Apple's document that
//! says what to do first; it checks in, and carries out the commands of its plan until it is let go. State is in memory. TLS is that of a
//! reverse proxy, and so is nothing that the library does.
//!
//! In place of the certificate that an identity's authority would issue, a device is known by the secret in its `ServerURL`.

mod check_in;
mod demo;
mod desk;
mod enroll;
mod line;
mod options;
mod page;
mod program;
mod sign_in;

pub use self::demo::demo;
pub use self::desk::{Desk, Fleet, Settings};
pub use self::options::{Mode, Options, Serve};
pub use self::program::{routes, run};
