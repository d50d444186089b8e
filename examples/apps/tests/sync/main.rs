//! The program `sync`, and its store.

#![cfg(test)]

mod assign;
mod contract;
mod files;
mod kill;
mod program;
mod served;
mod suite;

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use apple_ade_apps::store::{Sqlite, Store};

/// The program, built by `cargo test` beside this one, or now.
fn program() -> Command {
    let here = std::env::current_exe().unwrap();
    let name = format!("sync{}", std::env::consts::EXE_SUFFIX);
    let built = here.parent().unwrap().parent().unwrap().join("examples").join(name);
    if !built.exists() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let arguments = ["build", "-q", "--manifest-path", manifest, "--example", "sync"];
        assert!(Command::new(env!("CARGO")).args(arguments).status().unwrap().success());
    }
    Command::new(built)
}

fn start(arguments: &[&str]) -> Child {
    program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Exit code and output at the end; one that does not end is killed after a while.
fn output(mut child: Child) -> (Option<i32>, String, String) {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn ended(arguments: &[&str]) -> (Option<i32>, String, String) {
    output(start(arguments))
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sync-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn fresh(name: &str) -> impl Fn() -> Store<Sqlite> {
    let file = folder(name).join("store.sqlite3");
    move || Store::new(Sqlite::open(&file).unwrap())
}

#[test]
fn the_store_keeps_the_contract() {
    let file = folder("contract").join("store.sqlite3");
    contract::keeps_the_contract(|| Sqlite::open(&file));
}

#[test]
fn devices_come_leave_and_come_back() {
    suite::devices_come_leave_and_come_back(fresh("devices")());
}

#[test]
fn a_commit_that_fails_stores_nothing() {
    let file = folder("fails").join("store.sqlite3");
    suite::a_commit_that_fails_stores_nothing(|| Sqlite::open(&file).unwrap());
}

#[test]
fn only_the_holder_of_a_lease_writes() {
    let open = fresh("leases");
    suite::only_the_holder_of_a_lease_writes(open(), open());
}

#[test]
fn a_device_without_a_profile_is_given_one() {
    suite::a_device_without_a_profile_is_given_one(fresh("without-profile")());
}

#[test]
fn an_assignment_that_fails_stores_nothing() {
    let file = folder("assignment-fails").join("store.sqlite3");
    suite::an_assignment_that_fails_stores_nothing(|| Sqlite::open(&file).unwrap());
}
