//! A simulated Apple on loopback, for an MDM in any language; a page in the browser shows what was called.
//!
//! ```text
//! cargo run --example depsim -- --devices 500 --token-out token.json
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    apple_ade_apps::depsim::run()
}
