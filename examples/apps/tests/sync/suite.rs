//! What a store has to do, on whichever database.

use apple_ade::Stamp;
use apple_ade_apps::store::{Database, Given, Lease, Row, Store, StoreError, Tables, Value, Write};
use chrono::{DateTime, TimeDelta, Utc};

pub(crate) const A: &str = "token-a";
pub(crate) const B: &str = "token-b";

fn put(serial: &str, json: &str) -> Write {
    Write::Put { serial: serial.to_owned(), json: json.to_owned(), profile: None }
}

fn day(number: u32) -> DateTime<Utc> {
    format!("2026-11-{number:02}T08:00:00Z").parse().unwrap()
}

/// Each device that is kept: serial, JSON, generation, and the day on which it left.
fn shown<D: Database>(store: &mut Store<D>, token: &str) -> Vec<String> {
    let devices = store.devices(token).unwrap();
    let line = |device: &apple_ade_apps::store::KeptDevice| {
        let left = device.removed_at.map_or(String::new(), |at| format!(" left {}", at.format("%d")));
        format!("{} {} {}{left}", device.serial, device.json, device.generation)
    };
    devices.iter().map(line).collect()
}

fn take<D: Database>(store: &mut Store<D>, token: &str) -> Lease {
    store.take_over(token, "suite", TimeDelta::minutes(1)).unwrap()
}

/// DEV-7, DEV-8: what leaves stays with its date, until it is forgotten.
pub(crate) fn devices_come_leave_and_come_back<D: Database>(mut store: Store<D>) {
    let lease = take(&mut store, A);
    let other = take(&mut store, B);
    store.commit(&other, &[put("D1", "other")], 9, "other").unwrap();
    store
        .commit(&lease, &[put("D1", "one"), put("D2", "two"), put("D3", "three"), put("D1", "later")], 1, "s1")
        .unwrap();
    assert_eq!(shown(&mut store, A), ["D1 later 1", "D2 two 1", "D3 three 1"]);
    let first = store.devices(A).unwrap();

    let gone = Write::Remove { serial: "D2".to_owned(), at: day(3) };
    let unknown = Write::Remove { serial: "D9".to_owned(), at: day(3) };
    store.commit(&lease, &[gone.clone(), unknown, put("D4", "four")], 1, "s2").unwrap();
    // The same page once more, after a crash: the date stays.
    let again = Write::Remove { serial: "D2".to_owned(), at: day(4) };
    store.commit(&lease, &[again], 1, "s3").unwrap();
    assert_eq!(shown(&mut store, A), ["D1 later 1", "D2 two 1 left 03", "D3 three 1", "D4 four 1"]);
    assert_eq!(store.removed(A, 5).unwrap(), [("D2".to_owned(), day(3))]);

    // A full fetch: one is seen, one cannot be read, one is not there, one is back.
    let seen = Write::Seen { serial: "D3".to_owned() };
    store.commit(&lease, &[put("D1", "new"), seen, put("D2", "back")], 2, "s4").unwrap();
    store.commit(&lease, &[Write::Sweep { generation: 2, at: day(5) }], 2, "s5").unwrap();
    assert_eq!(shown(&mut store, A), ["D1 new 2", "D2 back 2", "D3 three 2", "D4 four 1 left 05"]);
    let counts = store.counts(A).unwrap();
    assert_eq!((counts.present, counts.removed), (3, 1));
    assert_eq!(store.serials(A).unwrap().into_iter().collect::<Vec<_>>(), ["D1", "D2", "D3"]);
    let now = store.devices(A).unwrap();
    assert_eq!(now[1].first_seen, first[1].first_seen, "whoever comes back was known before");
    assert!(now[1].last_seen > first[1].last_seen);

    store.commit(&lease, &[Write::Forget { removed_before: day(5) }], 2, "s6").unwrap();
    assert_eq!(store.counts(A).unwrap().removed, 1, "not yet");
    store.commit(&lease, &[Write::Forget { removed_before: day(6) }], 2, "s7").unwrap();
    assert_eq!(shown(&mut store, A), ["D1 new 2", "D2 back 2", "D3 three 2"]);
    assert_eq!(store.state(A).unwrap().as_deref(), Some("s7"));
    assert_eq!(
        (shown(&mut store, B), store.state(B).unwrap().as_deref()),
        (vec!["D1 other 9".to_owned()], Some("other"))
    );
}

/// A database that fails at one change after so many.
struct Failing<D> {
    inner: D,
    left: u32,
}

impl<D: Database> Database for Failing<D> {
    const SKIP_LOCKED: &'static str = D::SKIP_LOCKED;

    fn now(&mut self) -> Result<DateTime<Utc>, StoreError> {
        self.inner.now()
    }

    fn transaction<T>(&mut self, work: impl FnOnce(&mut dyn Tables) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let left = &mut self.left;
        self.inner.transaction(|tables| work(&mut FailingTables { tables, left }))
    }
}

struct FailingTables<'t> {
    tables: &'t mut dyn Tables,
    left: &'t mut u32,
}

impl Tables for FailingTables<'_> {
    fn change(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        *self.left = self.left.checked_sub(1).ok_or_else(|| StoreError::Database("the disk is full".into()))?;
        self.tables.change(sql, values)
    }

    fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.tables.rows(sql, values)
    }
}

/// The law: devices and state are stored together, or not at all.
pub(crate) fn a_commit_that_fails_stores_nothing<D: Database>(open: impl Fn() -> D) {
    let mut store = Store::new(open());
    let lease = take(&mut store, A);
    store.commit(&lease, &[put("D1", "one"), put("D2", "two")], 1, "first").unwrap();
    let before = shown(&mut store, A);
    let gone = Write::Remove { serial: "D1".to_owned(), at: day(1) };
    let forget = Write::Forget { removed_before: day(9) };
    let writes = [put("D2", "new"), gone, put("D3", "three"), Write::Sweep { generation: 2, at: day(2) }, forget];
    let mut failures = 0;
    loop {
        let done = Store::new(Failing { inner: open(), left: failures }).commit(&lease, &writes, 2, "second");
        if done.is_ok() {
            break;
        }
        assert_eq!((shown(&mut store, A), store.state(A).unwrap().as_deref()), (before.clone(), Some("first")));
        failures += 1;
    }
    // Two of the lease, one of each write, and one more to forget what was known of assignments.
    assert_eq!(failures, 8);
    assert_eq!(
        (shown(&mut store, A), store.state(A).unwrap().as_deref()),
        (vec!["D2 new 2".into(), "D3 three 2".into()], Some("second"))
    );
}

pub(crate) fn only_the_holder_of_a_lease_writes<D: Database>(mut one: Store<D>, mut other: Store<D>) {
    let minute = TimeDelta::minutes(1);
    one.register(A).unwrap();
    one.register(B).unwrap();
    one.register(A).unwrap();
    // Two workers, two tokens; the third finds none.
    let of_one = one.take_due(&[A, B], "one", minute).unwrap().unwrap();
    let of_other = other.take_due(&[A, B], "other", minute).unwrap().unwrap();
    assert_eq!((of_one.token(), of_other.token()), (A, B));
    assert_eq!(one.take_due(&[A, B], "third", minute).unwrap(), None);

    // Given back, it is not due; then it is, and there is nobody whom it is kept from.
    let later = Stamp::from_system().now() + TimeDelta::hours(1);
    one.release(&of_one, later, "nothing_due").unwrap();
    assert_eq!(other.take_due(&[A], "other", minute).unwrap(), None);
    let resting = one.resting(&[A, B]).unwrap();
    assert_eq!(resting.len(), 1);
    assert_eq!((resting[0].0.timestamp(), resting[0].1.as_str()), (later.timestamp(), "nothing_due"));
    assert!(matches!(one.commit(&of_one, &[put("D1", "x")], 1, "s"), Err(StoreError::LeaseLost)), "given back");
    other.release(&of_other, Stamp::from_system().now(), "nothing_due").unwrap();

    // Taken for no time, as by one that is slow, and is not dead.
    let slow = one.take_due(&[B], "slow", TimeDelta::zero()).unwrap().unwrap();
    one.commit(&slow, &[put("D1", "first")], 1, "first").unwrap();
    let quick = other.take_due(&[B], "quick", minute).unwrap().unwrap();
    for refused in [
        one.commit(&slow, &[put("D1", "late"), put("D2", "late")], 7, "late"),
        one.renew(&slow),
        one.release(&slow, Stamp::from_system().now(), "stopped"),
        one.define(&slow, "fingerprint", "uuid"),
        one.give(&slow, &[outcome("D1", "P1", "success")], "fingerprint", "late"),
    ] {
        assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
    }
    assert_eq!((shown(&mut one, B), one.state(B).unwrap().as_deref()), (vec!["D1 first 1".to_owned()], Some("first")));
    assert_eq!((one.defined(B, "fingerprint").unwrap(), one.assigner(B).unwrap()), (None, None));
    other.commit(&quick, &[put("D2", "second")], 1, "second").unwrap();
    assert_eq!(one.state(B).unwrap().as_deref(), Some("second"));

    let history = one.leases().unwrap();
    let told: Vec<(&str, i64, &str)> =
        history.iter().map(|past| (past.token.as_str(), past.fence, past.holder.as_str())).collect();
    assert_eq!(told, [(A, 1, "one"), (B, 1, "other"), (B, 2, "slow"), (B, 3, "quick")]);
    never_two_at_once(&mut one);
}

/// No lease begins before the one before it has ended.
pub(crate) fn never_two_at_once<D: Database>(store: &mut Store<D>) -> usize {
    let history = store.leases().unwrap();
    for pair in history.windows(2).filter(|pair| pair[0].token == pair[1].token) {
        let end = pair[0].ended_at.unwrap_or(pair[0].until);
        assert!(end <= pair[1].taken_at, "two at once: {pair:?}");
        assert!(pair[0].fence < pair[1].fence);
    }
    history.len()
}

fn outcome(serial: &str, profile: &str, outcome: &str) -> Given {
    let profile = Some(profile.to_owned()).filter(|_| outcome != "parked");
    Given::Outcome { serial: serial.to_owned(), profile, outcome: outcome.to_owned(), reason: format!("it {outcome}") }
}

fn open<D: Database>(store: &mut Store<D>, profile: &str) -> Vec<String> {
    store.unassigned(A, profile, "", 9).unwrap().into_iter().map(|(serial, _)| serial).collect()
}

pub(crate) fn a_device_without_a_profile_is_given_one<D: Database>(mut store: Store<D>) {
    let lease = take(&mut store, A);
    let has_one =
        |serial: &str| Write::Put { serial: serial.to_owned(), json: String::new(), profile: Some("P1".to_owned()) };
    let rows: Vec<Write> = std::iter::once(has_one("D0")).chain((1..=6).map(|n| put(&format!("D{n}"), "{}"))).collect();
    store.commit(&lease, &rows, 1, "s").unwrap();
    store.commit(&lease, &[Write::Remove { serial: "D6".to_owned(), at: day(1) }], 1, "s").unwrap();
    let first = store.unassigned(A, "P1", "", 2).unwrap();
    assert_eq!(first, [("D1".to_owned(), "{}".to_owned()), ("D2".to_owned(), "{}".to_owned())]);
    let next = store.unassigned(A, "P1", "D2", 9).unwrap();
    assert_eq!(next.iter().map(|(serial, _)| serial.as_str()).collect::<Vec<_>>(), ["D3", "D4", "D5"]);

    store.define(&lease, "f", "P1").unwrap();
    let given = [
        outcome("D1", "P1", "success"),
        outcome("D2", "P1", "parked"),
        outcome("D3", "P1", "failed"),
        outcome("D4", "P1", "superseded"),
    ];
    store.give(&lease, &given, "f", "a1").unwrap();
    assert_eq!((store.assigner(A).unwrap().as_deref(), store.state(A).unwrap().as_deref()), (Some("a1"), Some("s")));
    assert_eq!(open(&mut store, "P1"), ["D4", "D5"], "what became of a device stands");
    assert_eq!(open(&mut store, "P2"), ["D3", "D4", "D5"], "another profile is another matter");
    let given_up = store.given_up(A).unwrap();
    let told: Vec<_> = given_up.iter().map(|one| (one.reason.as_str(), one.devices, one.first.as_str())).collect();
    assert_eq!(told, [("it failed", 1, "D3")]);

    // Listed again: without a profile, as when it was moved and is back; or with one, and waited for.
    store.commit(&lease, &[put("D1", ""), has_one("D2"), put("D3", "")], 1, "s").unwrap();
    assert_eq!(open(&mut store, "P1"), ["D1", "D2", "D3", "D4", "D5"]);
    assert_eq!(store.given_up(A).unwrap(), []);

    // Defined again: the old UUID is not known, and what was said of it counts for the new one.
    store.give(&lease, &[outcome("D3", "P1", "failed")], "f", "a2").unwrap();
    let redefined = Given::Redefined { from: "P1".to_owned(), to: "P9".to_owned() };
    store.give(&lease, &[redefined], "f", "a3").unwrap();
    assert_eq!(store.defined(A, "f").unwrap().as_deref(), Some("P9"));
    assert_eq!(
        (open(&mut store, "P9"), store.given_up(A).unwrap().len()),
        (vec!["D1".into(), "D2".into(), "D4".into(), "D5".into()], 1)
    );
    // Of two texts, the one that is wanted now has it.
    store.define(&lease, "g", "P2").unwrap();
    store.give(&lease, &[Given::Redefined { from: "P9".to_owned(), to: "P2".to_owned() }], "g", "a4").unwrap();
    assert_eq!((store.defined(A, "f").unwrap(), store.defined(A, "g").unwrap().as_deref()), (None, Some("P2")));
}

/// Outcomes and state are stored together, or not at all.
pub(crate) fn an_assignment_that_fails_stores_nothing<D: Database>(database: impl Fn() -> D) {
    let mut store = Store::new(database());
    let lease = take(&mut store, A);
    store.commit(&lease, &[put("D1", ""), put("D2", "")], 1, "s").unwrap();
    store.define(&lease, "f", "P1").unwrap();
    let redefined = Given::Redefined { from: "P1".to_owned(), to: "P2".to_owned() };
    let given = [outcome("D1", "P1", "failed"), redefined, outcome("D2", "P2", "success")];
    let mut failures = 0;
    while Store::new(Failing { inner: database(), left: failures }).give(&lease, &given, "f", "a").is_err() {
        assert_eq!((store.assigner(A).unwrap(), store.given_up(A).unwrap()), (None, vec![]));
        assert_eq!((open(&mut store, "P1").len(), store.defined(A, "f").unwrap().as_deref()), (2, Some("P1")));
        failures += 1;
    }
    // Two of the lease, the state, one of each outcome, three of the new UUID.
    assert_eq!(failures, 8);
    assert_eq!((store.assigner(A).unwrap().as_deref(), open(&mut store, "P2")), (Some("a"), vec![]));
}
