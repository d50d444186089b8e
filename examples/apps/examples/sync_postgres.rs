//! One of several workers that sync the devices of many server tokens to a PostgreSQL database.
//!
//! ```text
//! cargo run --example sync_postgres --features postgres -- --database host=/run/postgresql --token token.json
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    apple_ade_apps::sync::run_worker()
}
