//! The schedule where something is odd: times far ahead, policies without sense, clocks that differ, numbers that nobody has counted to.

use apple_ade::Stamp;
use apple_ade::api::Endpoint;
use apple_ade::assign::{self, Answer, AssignPolicy, Assigner, AssignerState, Change, Removal, Request};
use apple_ade::schedule::{
    After, Asked, Gate, GoOn, Hold, Look, Next, RateLimit, Schedule, SchedulePolicy, StoredError, TokenRow, Turn, Work,
};
use apple_ade::sync::{Kind, Trigger, Why};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

const POLICY: SchedulePolicy = SchedulePolicy::APPLE;
const DETAILS: &str = r#"{"devices":{"C02T0HL0GGC0":{"serial_number":"C02T0HL0GGC0","response_status":"SUCCESS",
    "profile_status":"assigned","profile_uuid":"88fc4e378fee2a4aaddcb4b3ff0ad8ee"}}}"#;
const REMOVED: &str = r#"{"devices":{"C02T0HL0GGC0":"SUCCESS"}}"#;
const SYNC: Work = Work::Sync(Kind::Full);

fn start() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn at(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

fn hours(hours: i64) -> DateTime<Utc> {
    at(hours * 3600)
}

fn schedule(policy: SchedulePolicy) -> Schedule {
    let mut schedule = Schedule::new(policy);
    schedule.add("a", start());
    schedule
}

fn turn(schedule: &mut Schedule, now: DateTime<Utc>) -> Turn {
    match schedule.next("worker", now) {
        Next::Turn(turn) => *turn,
        other => panic!("{other:?}"),
    }
}

fn sleep(until: DateTime<Utc>) -> After {
    After::Sleep { next: Work::Sync(Kind::Delta), until, why: Hold::Sync(Why::NothingDue) }
}

/// Works until a time, with a sync every 12 hours; gives the times of the turns for an assignment.
fn assignments(schedule: &mut Schedule, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let (mut now, mut found) = (from, Vec::new());
    while now < until {
        match schedule.next("worker", now) {
            Next::Turn(turn) if turn.work() == Work::Assign => {
                found.push(now);
                schedule.end(&turn, After::Done, now).unwrap();
            }
            Next::Turn(turn) => schedule.end(&turn, sleep(now + TimeDelta::hours(12)), now).unwrap(),
            Next::Wait { until, .. } => now = until,
            other => panic!("{other:?}"),
        }
    }
    found
}

/// However far ahead it is: not before, and a turn for each time.
#[test]
fn an_assignment_of_another_day() {
    for ahead in [6, 23, 30, 48, 240] {
        let mut schedule = schedule(POLICY);
        assert!(schedule.assign("a", hours(ahead), start()));
        assert_eq!(assignments(&mut schedule, start(), hours(300)), [hours(ahead)], "{ahead} hours ahead");
    }
    let mut schedule = schedule(POLICY);
    for ahead in [72, 30] {
        schedule.assign("a", hours(ahead), start());
    }
    assert_eq!(assignments(&mut schedule, start(), hours(300)), [hours(30), hours(72)]);

    // What is asked for at once does not wait for a clock that was wrong, nor what is to come for the calendar less.
    let back = start() - TimeDelta::days(400);
    schedule.assign("a", hours(300), hours(300));
    schedule.assign("a", hours(400), hours(300));
    assert_eq!(assignments(&mut schedule, back, back + TimeDelta::days(3)).len(), 1);
    assert_eq!(assignments(&mut schedule, hours(390), hours(500)), [hours(400)]);

    // A row keeps 24 times; those that are closest together become the later one.
    let row = TokenRow::new("a", start());
    let minutes =
        [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230];
    let full = minutes.iter().rev().fold(row, |row, minute| row.assign(at(minute * 60), start()));
    let times = |row: &TokenRow| serde_json::to_value(row).unwrap()["assign_from"].as_array().unwrap().clone();
    let more = full.assign(at(90 * 60 + 1), start());
    assert_eq!((times(&full).len(), times(&more).len()), (24, 24));
    assert!(times(&more).contains(&Value::from("2026-11-22T09:30:01Z")), "{:?}", times(&more));
    assert_eq!(times(&full).iter().filter(|time| !times(&more).contains(time)).count(), 1);
}

/// What is said during a turn is for after it, and for nothing else.
#[test]
fn an_assignment_said_during_a_turn() {
    let mut schedule = schedule(POLICY);
    let first = turn(&mut schedule, start());
    schedule.assign("a", hours(6), start());
    schedule.end(&first, sleep(hours(12)), at(1)).unwrap();
    assert_eq!(schedule.look("a", at(2)), Some(Look::Wait { until: hours(6), why: Hold::Assign }));
    let second = turn(&mut schedule, hours(6));
    assert_eq!(second.work(), Work::Assign);
    // The worker has read what there is to do before that.
    schedule.assign("a", hours(6), hours(6));
    schedule.end(&second, After::Done, hours(6)).unwrap();
    let third = turn(&mut schedule, hours(6));
    assert_eq!(third.work(), Work::Assign);
    schedule.end(&third, After::Done, hours(6)).unwrap();
    let sync = Look::Wait { until: hours(12), why: Hold::Sync(Why::NothingDue) };
    assert_eq!(schedule.look("a", hours(7)), Some(sync));

    // A worker that dies has not done it.
    schedule.assign("a", hours(7), hours(7));
    let dead = turn(&mut schedule, hours(7));
    let after = turn(&mut schedule, hours(7) + POLICY.lease + POLICY.grace);
    assert_eq!((dead.work(), after.work()), (Work::Assign, Work::Assign));
}

/// A run that was asked for is made once, whatever else is said meanwhile.
#[test]
fn a_run_that_was_asked_for_is_passed_on_once() {
    let mut schedule = schedule(POLICY);
    schedule.ask("a", Asked { kind: Kind::Full, trigger: Trigger::Manual }, start());
    let first = turn(&mut schedule, start());
    assert!(first.asked().is_some());
    schedule.assign("a", start(), start());
    schedule.end(&first, sleep(hours(12)), at(1)).unwrap();
    assert_eq!(schedule.row("a").and_then(TokenRow::asked), None);
    let second = turn(&mut schedule, at(1));
    assert_eq!(second.work(), Work::Assign);
    // Asked for during an assignment, the sync is next.
    schedule.ask("a", Asked { kind: Kind::Delta, trigger: Trigger::Manual }, at(2));
    schedule.end(&second, After::Done, at(3)).unwrap();
    let third = turn(&mut schedule, at(3));
    assert!(third.work() != Work::Assign && third.asked().is_some());
}

/// Whatever a worker says of another work than its turn's, the turn's own is neither lost nor done again at once.
#[test]
fn what_is_said_of_another_work() {
    let assign = Work::Assign;
    let asleep = After::Sleep { next: assign, until: hours(1), why: Hold::Assign };
    for (work, then) in [
        (assign, After::More(SYNC)),
        (assign, sleep(hours(12))),
        (SYNC, After::More(assign)),
        (SYNC, asleep),
        (SYNC, After::Done),
    ] {
        let mut schedule = schedule(POLICY);
        schedule.assign("a", start(), start());
        if work == assign {
            let first = turn(&mut schedule, start());
            schedule.end(&first, sleep(hours(12)), start()).unwrap();
        }
        let one = turn(&mut schedule, start());
        assert_eq!(one.work(), work);
        schedule.end(&one, then, start()).unwrap();
        // Both have a turn again, and neither more than one a minute.
        let (mut now, mut works) = (start(), Vec::new());
        while now < hours(13) {
            match schedule.next("worker", now) {
                Next::Turn(turn) => {
                    works.push((turn.work() == assign, now));
                    let own = if turn.work() == assign { After::Done } else { sleep(now + TimeDelta::hours(12)) };
                    schedule.end(&turn, if turn.work() == work { then } else { own }, now).unwrap();
                }
                Next::Wait { until, .. } => now = until,
                other => panic!("{other:?}"),
            }
            assert!(works.len() < 2000, "{work} {then:?}: a loop without an end");
        }
        let is_own = |(is_assign, _): &&(bool, DateTime<Utc>)| *is_assign == (work == assign);
        let own: Vec<_> = works.iter().filter(is_own).map(|(_, at)| *at).collect();
        assert!(own.first() == Some(&at(60)), "{work} {then:?}: {:?}", own.first());
        assert!(works.len() > own.len(), "{work} {then:?}: the other one is forgotten");
    }
}

/// Every call in a turn of its own, with a machine resumed each time: the assignment comes to its end all the same.
#[test]
fn an_assignment_with_few_calls() {
    let rate = Some(RateLimit { calls: 1, per: TimeDelta::minutes(1) });
    let (few, short) =
        (SchedulePolicy { turn_calls: 0, ..POLICY }, SchedulePolicy { quantum: TimeDelta::zero(), ..POLICY });
    for (policy, seconds) in [(few, 0), (SchedulePolicy { rate, ..POLICY }, 0), (short, 1), (POLICY, 200)] {
        let mut schedule = schedule(policy);
        let mut assigner = Assigner::new(AssignPolicy::APPLE);
        assigner.add(Removal::of(["C02T0HL0GGC0".parse().unwrap()])).unwrap();
        let stamp = |now| Stamp::new(now, [0; 16]);
        let assign::Step::Commit(commit) = assigner.next(&stamp(start())) else { panic!("it is stored first") };
        let (mut stored, mut now, mut outcomes, mut calls) = (commit.state().to_json(), start(), 0, 0);
        schedule.assign("a", now, now);
        for _ in 0..60 {
            let mut turn = match schedule.next("worker", now) {
                Next::Turn(turn) if turn.work() == Work::Assign => *turn,
                Next::Turn(turn) => {
                    schedule.end(&turn, sleep(hours(12)), now).unwrap();
                    continue;
                }
                Next::Wait { until, .. } => {
                    now = until;
                    continue;
                }
                other => panic!("{other:?}"),
            };
            let mut assigner = Assigner::resume(AssignerState::from_json(&stored).unwrap(), AssignPolicy::APPLE);
            loop {
                if turn.go_on(schedule.policy(), now) == GoOn::Renew {
                    schedule.renew(&mut turn, now).unwrap();
                }
                match assigner.next(&stamp(now)) {
                    assign::Step::Call(call) if turn.go_on(schedule.policy(), now) == GoOn::Yes => {
                        calls += 1;
                        now += TimeDelta::seconds(seconds);
                        turn.used(1);
                        let answer = match call.request {
                            Request::Details(request) => {
                                Answer::Details(request.parse_response(&response(DETAILS)).unwrap())
                            }
                            Request::Remove(request) => {
                                Answer::Remove(request.parse_response(&response(REMOVED)).unwrap())
                            }
                            other => panic!("{other:?}"),
                        };
                        assigner.answer(call.id, Ok(answer), &stamp(now)).unwrap();
                    }
                    assign::Step::Commit(commit) => {
                        let is_outcome = |change: &&Change| matches!(change, Change::Outcome { .. });
                        outcomes += commit.changes().iter().filter(is_outcome).count();
                        stored = commit.state().to_json();
                        assigner.committed(commit.id()).unwrap();
                    }
                    _ => break,
                }
            }
            schedule.end(&turn, After::of_assigner(&mut assigner, &stamp(now)), now).unwrap();
        }
        assert_eq!(outcomes, 1, "after {calls} calls");
        assert!(matches!(schedule.look("a", now), Some(Look::Wait { why: Hold::Sync(_), .. })));
    }
}

fn response(text: &str) -> http::Response<Vec<u8>> {
    http::Response::new(text.into())
}

/// Turns on two tokens that always have more to do; gives how many calls they make. A clock that is told differs by so much, by worker.
fn calls(policy: SchedulePolicy, step: TimeDelta, behind: [TimeDelta; 2]) -> [u32; 2] {
    let mut schedule = Schedule::new(policy);
    let policy = *schedule.policy();
    schedule.add("a", start());
    schedule.add("b", start());
    let (mut now, mut calls) = (start(), [0; 2]);
    for round in 0..400 {
        let worker = round % 2;
        match schedule.next("worker", now) {
            Next::Turn(mut turn) => {
                for _ in 0..50 {
                    match turn.go_on(&policy, now - behind[worker]) {
                        GoOn::Yes => {
                            calls[worker] += 1;
                            turn.used(1000);
                        }
                        GoOn::Renew => schedule.renew(&mut turn, now).unwrap(),
                        _ => break,
                    }
                    now += step;
                }
                schedule.end(&turn, After::More(turn.work()), now).unwrap();
            }
            Next::Wait { until, .. } => now = until,
            other => panic!("{other:?}"),
        }
        now += step;
    }
    calls
}

/// A worker whose clock is behind makes as many calls as another.
#[test]
fn clocks_that_differ() {
    let step = TimeDelta::milliseconds(1);
    for behind in [1, 2_000, 5_000, 60_000] {
        let [own, other] = calls(POLICY, step, [TimeDelta::zero(), TimeDelta::milliseconds(behind)]);
        // No two clocks may differ by more than the grace; one that does still makes a call in each turn.
        let fewest = if behind <= 5_000 { own * 9 / 10 } else { 200 };
        assert!(own > 400 && other >= fewest, "{behind} ms behind: {other} calls, and {own} of the other one");
    }
}

/// No policy makes turns without a call, or a loop without a pause.
#[test]
fn policies_without_sense() {
    let (none, step) = (TimeDelta::zero(), TimeDelta::milliseconds(50));
    let policies = [
        SchedulePolicy { quantum: none, ..POLICY },
        SchedulePolicy { quantum: TimeDelta::milliseconds(100), ..POLICY },
        SchedulePolicy {
            quantum: TimeDelta::MIN,
            call: TimeDelta::MAX,
            lease: TimeDelta::MAX,
            grace: TimeDelta::MAX,
            ..POLICY
        },
        SchedulePolicy { lease: none, grace: none, ..POLICY },
        SchedulePolicy { call: TimeDelta::minutes(15), ..POLICY },
        SchedulePolicy {
            places: 0,
            turn_calls: 0,
            devices_per_minute: 0,
            longest_sleep: none,
            look_again: none,
            ..POLICY
        },
    ];
    for policy in policies {
        let [own, other] = calls(policy, step, [none, none]);
        assert!(own >= 150 && other >= 150, "{policy:?}: {own} and {other} calls in 400 turns");
    }
    // A worker that is slow to begin, as one that reads a large store first.
    let mut slow = schedule(SchedulePolicy { quantum: none, ..POLICY });
    let policy = *slow.policy();
    let mut late = turn(&mut slow, start());
    assert_eq!(late.go_on(&policy, at(59)), GoOn::Yes);
    late.used(1);
    assert_eq!(late.go_on(&policy, at(59)), GoOn::End);

    for policy in
        [SchedulePolicy { longest_sleep: none, ..POLICY }, SchedulePolicy { lease: none, grace: none, ..POLICY }]
    {
        let mut schedule = schedule(policy);
        let first = turn(&mut schedule, start());
        if policy.longest_sleep == none {
            schedule.end(&first, sleep(hours(1)), start()).unwrap();
        }
        assert!(matches!(schedule.next("worker", start()), Next::Wait { .. }), "{policy:?}");
    }
}

/// With a new gate beside live leases: the numbers of a token do not repeat, so a dead worker ends nobody's turn.
#[test]
fn a_lost_gate() {
    let mut before = schedule(POLICY);
    before.add("b", start());
    let dead = turn(&mut before, start());
    let ended = turn(&mut before, start());
    before.end(&ended, After::More(SYNC), start()).unwrap();
    let expired = start() + POLICY.lease + POLICY.grace;
    for gate in [Gate::new(), Gate::of_rows(before.rows())] {
        let mut schedule = Schedule::resume(POLICY, gate, before.rows().cloned());
        let turns = [turn(&mut schedule, expired), turn(&mut schedule, expired)];
        for old in [&dead, &ended] {
            let new = turns.iter().find(|turn| turn.token() == old.token()).unwrap();
            assert!(new.lease().number() > old.lease().number(), "{old:?} {new:?}");
            schedule.end(old, After::More(SYNC), expired).unwrap_err();
        }
    }
    // In the order of the rows, a token that is new since then has no more than its share.
    let mut schedule =
        Schedule::resume(SchedulePolicy { places: 1, ..POLICY }, Gate::of_rows(before.rows()), before.rows().cloned());
    schedule.add("new", expired);
    let order: Vec<String> = (0..6)
        .map(|_| {
            let turn = turn(&mut schedule, expired);
            schedule.end(&turn, After::More(SYNC), expired).unwrap();
            turn.token().to_owned()
        })
        .collect();
    assert_eq!(order.iter().filter(|token| *token == "new").count(), 2, "{order:?}");
}

/// What no schedule has stored is refused, and what is just below that does no harm to others.
#[test]
fn numbers_that_nobody_has_counted_to() {
    let most = u64::MAX >> 2;
    let row = |mark: u64| TokenRow::new("c", start()).to_json().replace("\"mark\":0", &format!("\"mark\":{mark}"));
    for mark in [most + 1, u64::MAX] {
        let refused = TokenRow::from_json(&row(mark)).unwrap_err();
        assert_eq!(refused, StoredError::TooHigh { name: "the mark", found: mark, most });
        assert!(refused.to_string().contains(&mark.to_string()) && refused.to_string().contains("make the row anew"));
    }
    let gate =
        |mark: u64, number: u64| Gate::from_json(&format!(r#"{{"version":1,"mark":{mark},"last_number":{number}}}"#));
    assert!(matches!(gate(0, u64::MAX), Err(StoredError::TooHigh { .. })));
    assert!(matches!(gate(most, 0), Err(StoredError::TooHigh { .. })));
    let leased = crate::fixture::text("schedule_state/v1-row-leased.json");
    let number = leased.replace("\"number\":7", &format!("\"number\":{}", u64::MAX));
    assert!(matches!(TokenRow::from_json(&number), Err(StoredError::TooHigh { .. })));
    for text in ["", "{", "{\"version\":1"] {
        let error = Gate::from_json(text).unwrap_err();
        assert!(
            matches!(error, StoredError::Gate(_)) && error.to_string().contains("make a new one of the rows"),
            "{error}"
        );
    }

    // As high as can be, in row and gate: whatever is written can be read, and everyone has turns.
    for gate in [Gate::new(), gate(most >> 1, most >> 1).unwrap()] {
        let mut rows: Vec<TokenRow> = ["a", "b"].map(|token| TokenRow::new(token, start())).into();
        rows.push(TokenRow::from_json(&row(most)).unwrap());
        let mut schedule = Schedule::resume(SchedulePolicy { places: 1, ..POLICY }, gate, rows);
        // The others sleep, so that it has its turn.
        for _ in 0..2 {
            let turn = turn(&mut schedule, start());
            schedule.end(&turn, sleep(at(60)), start()).unwrap();
        }
        let odd = turn(&mut schedule, start());
        assert_eq!(odd.token(), "c");
        schedule.end(&odd, After::More(SYNC), start()).unwrap();
        let mut turns = std::collections::BTreeMap::<String, u32>::new();
        for _ in 0..30 {
            let turn = turn(&mut schedule, at(60));
            *turns.entry(turn.token().to_owned()).or_default() += 1;
            schedule.end(&turn, After::More(SYNC), at(60)).unwrap();
            for row in schedule.rows() {
                assert_eq!(&TokenRow::from_json(&row.to_json()).unwrap(), row);
            }
            assert_eq!(&Gate::from_json(&schedule.gate().to_json()).unwrap(), schedule.gate());
        }
        assert!(turns.values().all(|turns| (9..=11).contains(turns)) && turns.len() == 3, "{turns:?}");
    }
}
