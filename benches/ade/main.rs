//! What the crate's work costs, each beside a reference that is measured in the same run.
//!
//! `cargo bench` ends with one line for each: `name ours reference ratio`. The two sides of a ratio are run in turn, A B A B,
//! and the ratio is the median over the pairs, so that it holds when the machine's speed drifts.
#![expect(clippy::disallowed_methods, reason = "a benchmark asks the clock")]

mod check;
mod device;
mod device_table;
mod fetch;
mod machine_info;
mod oauth;
mod page;
mod paired;
mod profile;
mod sync;
mod token;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut lines = Vec::new();
    lines.extend(token::bench(&mut criterion));
    lines.extend(oauth::bench(&mut criterion));
    lines.extend(page::bench(&mut criterion));
    lines.extend(device::bench(&mut criterion));
    lines.extend(device_table::bench());
    lines.extend(profile::bench(&mut criterion));
    lines.extend(check::bench(&mut criterion));
    lines.extend(fetch::bench(&mut criterion));
    lines.extend(machine_info::bench(&mut criterion));
    lines.extend(sync::bench(&mut criterion));
    criterion.final_summary();
    println!("{:<34}{:>12}{:>12}{:>8}", "name", "ours", "reference", "ratio");
    for line in lines {
        println!("{line}");
    }
}
