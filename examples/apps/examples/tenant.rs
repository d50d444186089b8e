//! A school's year with Automated Device Enrollment, against a simulated Apple whose clock the program turns: every decision with the
//! requirement that it comes from.
//!
//! ```text
//! cargo run --example tenant
//! cargo run --example tenant -- --seed 7
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    apple_ade_apps::tenant::run()
}
