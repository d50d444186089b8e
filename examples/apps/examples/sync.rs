//! The device sync of a whole MDM: an SQLite database that is kept equal to Apple's list, whatever breaks.
//!
//! ```text
//! cargo run --example sync
//! cargo run --example sync -- --token token.json --db devices.sqlite3 --once
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    apple_ade_apps::sync::run()
}
