//! The device's side of an MDM over HTTP; `--demo` plays simulated devices against it.
//!
//! ```text
//! cargo run --example enroll_server -- --demo
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    apple_ade_apps::enroll_server::run()
}
