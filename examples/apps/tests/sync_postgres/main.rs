//! The store on PostgreSQL, and several workers on it, of which one dies.
//!
//! `POSTGRES` names a server on which databases can be made, as `host=/tmp/x user=postgres`; `.ci/postgres` starts one. Without it,
//! everything is skipped.

#![cfg(test)]

#[path = "../sync/contract.rs"]
mod contract;
#[path = "../sync/suite.rs"]
mod suite;
mod workers;

use apple_ade_apps::store::{Postgres, Store, StoreError};
use postgres::{Client, NoTls};

/// A new database on the server; `None`, with a word about it, where there is no server.
fn fresh(name: &str) -> Option<String> {
    let Ok(server) = std::env::var("POSTGRES") else {
        println!("skipped: there is no PostgreSQL server; .ci/postgres starts one");
        return None;
    };
    let mut admin = Client::connect(&format!("{server} dbname=postgres"), NoTls).unwrap();
    let name = format!("{name}_{}", std::process::id());
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
    admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    Some(format!("{server} dbname={name}"))
}

fn open(url: &str) -> Store<Postgres> {
    Store::new(Postgres::connect(url).unwrap())
}

#[test]
fn the_store_keeps_the_contract() {
    let Some(url) = fresh("contract") else { return };
    contract::keeps_the_contract(|| Postgres::connect(&url));
}

#[test]
fn devices_come_leave_and_come_back() {
    let Some(url) = fresh("devices") else { return };
    suite::devices_come_leave_and_come_back(open(&url));
}

#[test]
fn a_commit_that_fails_stores_nothing() {
    let Some(url) = fresh("fails") else { return };
    suite::a_commit_that_fails_stores_nothing(|| Postgres::connect(&url).unwrap());
}

#[test]
fn only_the_holder_of_a_lease_writes() {
    let Some(url) = fresh("leases") else { return };
    suite::only_the_holder_of_a_lease_writes(open(&url), open(&url));
}

#[test]
fn a_device_without_a_profile_is_given_one() {
    let Some(url) = fresh("without_profile") else { return };
    suite::a_device_without_a_profile_is_given_one(open(&url));
}

#[test]
fn an_assignment_that_fails_stores_nothing() {
    let Some(url) = fresh("assignment_fails") else { return };
    suite::an_assignment_that_fails_stores_nothing(|| Postgres::connect(&url).unwrap());
}

/// A row that another transaction has under its hands is passed over, and not waited for.
#[test]
fn whoever_takes_a_token_waits_for_nobody() {
    let Some(url) = fresh("skip_locked") else { return };
    let mut store = open(&url);
    store.register(suite::A).unwrap();
    store.register(suite::B).unwrap();
    let mut other = Client::connect(&url, NoTls).unwrap();
    let mut transaction = other.transaction().unwrap();
    transaction.execute("SELECT 1 FROM ade_sync.tokens WHERE token = $1 FOR UPDATE", &[&suite::A]).unwrap();
    let lease = store.take_due(&[suite::A, suite::B], "worker", chrono::TimeDelta::minutes(1)).unwrap().unwrap();
    assert_eq!(lease.token(), suite::B);
    assert_eq!(store.take_due(&[suite::A], "worker", chrono::TimeDelta::minutes(1)).unwrap(), None);
}

#[test]
fn many_workers_make_the_tables_once() {
    let Some(url) = fresh("tables") else { return };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| open(&url));
        }
    });
    assert_eq!(open(&url).state("nobody").unwrap(), None);
}

#[test]
fn a_schema_of_somebody_elses_stays_as_it_is() {
    let Some(url) = fresh("others") else { return };
    let mut admin = Client::connect(&url, NoTls).unwrap();
    admin.batch_execute("CREATE SCHEMA ade_sync; CREATE TABLE ade_sync.notes (text TEXT)").unwrap();
    assert!(matches!(Postgres::connect(&url), Err(StoreError::NotOurs { .. })));
    let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'ade_sync'";
    assert_eq!(admin.query_one(tables, &[]).unwrap().get::<_, i64>(0), 1);
    admin.batch_execute("DROP SCHEMA ade_sync CASCADE").unwrap();
    drop(open(&url));
    admin.batch_execute("UPDATE ade_sync.version SET version = 7").unwrap();
    assert!(matches!(Postgres::connect(&url), Err(StoreError::Newer { found: 7, .. })));
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let error = Postgres::connect("host=/nonexistent user=nobody password=hidden").unwrap_err().to_string();
    assert!(error.contains("cannot be opened") && !error.contains("hidden"), "{error}");
    assert!(matches!(Postgres::connect("nonsense"), Err(StoreError::Open { .. })));
}
