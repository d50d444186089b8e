//! The schedule, step by step; limits, divisions and estimates.

use std::collections::BTreeMap;

use apple_ade::Stamp;
use apple_ade::api::{Device, DevicePage, Endpoint, FetchDevices};
use apple_ade::id::Cursor;
use apple_ade::judgement::{Rule, Severity, Violation};
use apple_ade::schedule::{
    AccountUse, After, Asked, Claim, Estimate, Fleet, Gate, GoOn, Hold, LeaseLost, Limits, Look, Next, RateLimit,
    Schedule, SchedulePolicy, StoredError, TokenRow, TokenUse, Turn, View, Work,
};
use apple_ade::sync::{DeviceSync, Kind, Step, SyncPolicy, SyncState, Trigger, Why};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

const POLICY: SchedulePolicy = SchedulePolicy::APPLE;

fn start() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn at(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

fn turn(schedule: &mut Schedule, now: DateTime<Utc>) -> Turn {
    match schedule.next("worker", now) {
        Next::Turn(turn) => *turn,
        other => panic!("{other:?}"),
    }
}

fn wait(schedule: &mut Schedule, now: DateTime<Utc>) -> (DateTime<Utc>, Hold) {
    match schedule.next("worker", now) {
        Next::Wait { until, why } => (until, why),
        other => panic!("{other:?}"),
    }
}

fn sleep(until: DateTime<Utc>) -> After {
    After::Sleep { next: Work::Sync(Kind::Delta), until, why: Hold::Sync(Why::NothingDue) }
}

/// SYN-7, SYN-8: one at a time, and whoever asks is told when.
#[test]
fn a_token_has_one_worker() {
    let mut schedule = Schedule::new(POLICY);
    assert_eq!(wait(&mut schedule, start()), (at(60), Hold::NothingDue));
    schedule.add("a", start());
    let first = turn(&mut schedule, start());
    assert_eq!((first.token(), first.work(), first.lease().owner()), ("a", Work::Sync(Kind::Full), "worker"));
    assert_eq!(schedule.look("a", start()), Some(Look::Wait { until: at(365), why: Hold::Leased }));
    assert_eq!(wait(&mut schedule, start()), (at(60), Hold::NothingDue));

    // One that is added for later, before and after somebody has asked.
    schedule.add("b", at(9000));
    schedule.end(&first, sleep(at(7200)), at(5)).unwrap();
    assert_eq!(wait(&mut schedule, at(5)), (at(65), Hold::NothingDue));
    let mut later = Schedule::new(POLICY);
    for token in ["a", "b"] {
        later.add(token, if token == "a" { at(90) } else { at(0) });
    }
    assert_eq!(turn(&mut later, start()).token(), "b");
    assert_eq!(wait(&mut later, start()), (at(60), Hold::NothingDue));
    let why = Hold::Sync(Why::NothingDue);
    assert_eq!(schedule.look("a", at(6)), Some(Look::Wait { until: at(7200), why }));
    assert_eq!(schedule.look("a", at(7200)), Some(Look::Ready(Work::Sync(Kind::Delta))));
    assert_eq!(schedule.look("c", at(7200)), None);
    let lost = schedule.end(&first, sleep(at(7200)), at(6));
    assert_eq!(lost, Err(LeaseLost::Taken { token: "a".into(), by: None }));
}

#[test]
fn a_worker_that_dies_is_followed_by_another() {
    let mut schedule = Schedule::new(POLICY);
    schedule.add("a", start());
    let mut dead = turn(&mut schedule, start());
    assert_eq!(dead.go_on(&POLICY, at(0)), GoOn::Yes);
    assert_eq!(wait(&mut schedule, at(364)).1, Hold::NothingDue);
    let mut alive = turn(&mut schedule, at(365));
    assert_eq!(schedule.row("a").map(TokenRow::lost), Some(1));
    assert!(alive.lease().number() > dead.lease().number());

    assert_eq!(dead.go_on(&POLICY, at(365)), GoOn::Lost);
    let taken = LeaseLost::Taken { token: "a".into(), by: Some("worker".into()) };
    assert_eq!(schedule.renew(&mut dead, at(365)), Err(taken.clone()));
    assert_eq!(schedule.end(&dead, sleep(at(999)), at(365)), Err(taken));
    schedule.remove("a");
    assert_eq!(schedule.renew(&mut alive, at(366)), Err(LeaseLost::Removed { token: "a".into() }));
    // Another token of that name is another one.
    schedule.add("a", at(366));
    assert!(matches!(schedule.renew(&mut alive, at(366)), Err(LeaseLost::Taken { .. })));
}

#[test]
fn a_lease_is_renewed_before_a_call_may_outlast_it() {
    let mut schedule = Schedule::new(SchedulePolicy { quantum: TimeDelta::hours(1), ..POLICY });
    schedule.add("a", start());
    let policy = *schedule.policy();
    let mut turn = turn(&mut schedule, start());
    assert_eq!(turn.go_on(&policy, at(60)), GoOn::Yes);
    assert_eq!(turn.go_on(&policy, at(61)), GoOn::Renew);
    schedule.renew(&mut turn, at(61)).unwrap();
    assert_eq!((turn.lease().until(), turn.go_on(&policy, at(121))), (at(421), GoOn::Yes));
    assert_eq!(turn.go_on(&policy, at(421)), GoOn::Lost);
    let expired = LeaseLost::Expired { token: "a".into(), until: at(421) };
    assert_eq!(schedule.renew(&mut turn, at(421)), Err(expired));
    // Nobody else has had it: what is known is still good.
    schedule.end(&turn, sleep(at(7200)), at(422)).unwrap();
}

#[test]
fn a_large_token_has_its_share_and_no_more() {
    let mut schedule = Schedule::new(SchedulePolicy { places: 1, ..POLICY });
    for token in ["large", "small 1", "small 2"] {
        schedule.add(token, start());
    }
    let mut order = Vec::new();
    for _ in 0..7 {
        let mut turn = turn(&mut schedule, start());
        let is_large = turn.token() == "large";
        while turn.go_on(&POLICY, start()) == GoOn::Yes {
            turn.used(if is_large { 1000 } else { 10 });
            if !is_large {
                break;
            }
        }
        // Three pages of 1000 devices take a minute.
        assert_eq!(turn.calls_left(), if is_large { 17 } else { 19 });
        order.push(turn.token().to_owned());
        let then = if is_large { After::More(turn.work()) } else { sleep(at(3600)) };
        schedule.end(&turn, then, start()).unwrap();
    }
    assert_eq!(order, ["large", "small 1", "small 2", "large", "large", "large", "large"]);
    let asked = Asked { kind: Kind::Delta, trigger: Trigger::Manual };
    assert!(schedule.ask("small 1", asked, start()) && !schedule.ask("none", asked, start()));
    let next = turn(&mut schedule, start());
    assert_eq!((next.token(), next.asked()), ("small 1", Some(asked)), "who was asleep is next");
}

#[test]
fn what_is_asked_for_is_not_forgotten() {
    let mut schedule = Schedule::new(POLICY);
    schedule.add("a", start());
    let first = turn(&mut schedule, start());
    let delta = Asked { kind: Kind::Delta, trigger: Trigger::TokenInstalled };
    let full = Asked { kind: Kind::Full, trigger: Trigger::Manual };
    schedule.ask("a", delta, start());
    schedule.ask("a", full, start());
    schedule.end(&first, sleep(at(7200)), at(1)).unwrap();
    // Asked for during a turn: there is another one at once.
    let second = turn(&mut schedule, at(2));
    let both = Asked { kind: Kind::Full, trigger: Trigger::TokenInstalled };
    assert_eq!(second.asked(), Some(both));
    schedule.end(&second, After::Failed { until: at(10) }, at(3)).unwrap();
    assert_eq!(schedule.row("a").and_then(TokenRow::asked), Some(both));
    assert_eq!(wait(&mut schedule, at(4)).0, at(10));
    // The worker dies, and the next one asks again.
    let dead = turn(&mut schedule, at(10));
    assert_eq!(dead.asked(), Some(both));
    let third = turn(&mut schedule, at(10 + 365));
    assert_eq!(third.asked(), Some(both));
    schedule.end(&third, sleep(at(7200)), at(380)).unwrap();
    assert_eq!(schedule.row("a").and_then(TokenRow::asked), None);
}

#[test]
fn sync_and_assignment_take_turns() {
    let mut schedule = Schedule::new(POLICY);
    schedule.add("a", start());
    assert!(schedule.assign("a", start(), start()) && !schedule.assign("b", start(), start()));
    let works = [0, 1, 2, 3].map(|_| {
        let turn = turn(&mut schedule, start());
        schedule.end(&turn, After::More(turn.work()), start()).unwrap();
        turn.work()
    });
    let full = Work::Sync(Kind::Full);
    assert_eq!(works, [full, Work::Assign, full, Work::Assign]);
    let third = turn(&mut schedule, start());
    schedule.end(&third, sleep(at(7200)), start()).unwrap();
    let last = turn(&mut schedule, start());
    assert_eq!(last.work(), Work::Assign);
    schedule.end(&last, After::Done, start()).unwrap();
    assert_eq!(schedule.row("a").map(TokenRow::due), Some(at(7200)));
}

#[test]
fn places_and_calls_have_limits() {
    let rate = Some(RateLimit { calls: 30, per: TimeDelta::minutes(1) });
    let mut schedule = Schedule::new(SchedulePolicy { places: 3, rate, ..POLICY });
    for token in ["a", "b", "c", "d"] {
        schedule.add(token, start());
    }
    let (a, b) = (turn(&mut schedule, start()), turn(&mut schedule, start()));
    assert_eq!((a.calls_left(), b.calls_left()), (20, 10));
    assert_eq!(wait(&mut schedule, start()), (at(2), Hold::RateLimit));
    let c = turn(&mut schedule, at(2));
    assert_eq!((c.calls_left(), wait(&mut schedule, at(2))), (1, (at(62), Hold::PlacesTaken)));
    // What was not called is given back.
    schedule.end(&a, sleep(at(7200)), at(2)).unwrap();
    assert_eq!(turn(&mut schedule, at(2)).calls_left(), 20);
}

#[test]
fn a_clock_that_was_set_back() {
    let mut schedule = Schedule::new(POLICY);
    for token in ["a", "b"] {
        schedule.add(token, start());
    }
    let sleeper = turn(&mut schedule, start());
    schedule.end(&sleeper, sleep(at(86_400)), start()).unwrap();
    let mut owner = turn(&mut schedule, start());
    let back = start() - TimeDelta::days(30);
    // The sleeper is looked at, and the lease lasts as long as one that is given now.
    assert_eq!(turn(&mut schedule, back).token(), "a");
    assert_eq!(schedule.row("b").and_then(TokenRow::leased_until), Some(back + POLICY.lease));
    let mut called = owner.clone();
    called.used(1000);
    assert_eq!([&owner, &called].map(|turn| turn.go_on(&POLICY, back)), [GoOn::Renew, GoOn::End]);
    schedule.renew(&mut owner, back).unwrap();
    assert_eq!(wait(&mut schedule, back).1, Hold::NothingDue);
    assert_eq!(turn(&mut schedule, back + POLICY.lease + POLICY.grace).token(), "b");
}

#[test]
fn what_follows_on_a_sync() {
    let stamp = Stamp::new(start(), [0; 16]);
    let mut sync = DeviceSync::new(SyncPolicy::APPLE);
    assert_eq!(After::of_sync(&mut sync, &stamp), After::More(Work::Sync(Kind::Full)));
    let Step::Commit(begun) = sync.next(&stamp) else { panic!("it begins") };
    sync.committed(begun.id()).unwrap();
    let Step::Call(call) = sync.next(&stamp) else { panic!("it calls") };
    let page = http::Response::new(br#"{"cursor":"MQ","devices":[],"more_to_follow":false}"#.to_vec());
    let page = FetchDevices::from_start().parse_response(&page).unwrap();
    sync.answer(call.id, Ok(page), &stamp).unwrap();
    let Step::Commit(done) = sync.next(&stamp) else { panic!("it ends") };
    sync.committed(done.id()).unwrap();
    let why = Hold::Sync(Why::NothingDue);
    let delta = After::Sleep { next: Work::Sync(Kind::Delta), until: at(1800), why };
    assert_eq!(After::of_sync(&mut sync, &stamp), delta);
    assert_eq!(sync.coming(start() + TimeDelta::days(7)), Kind::Full);
    assert_eq!(
        format!("{why}; {}; {}", Hold::Leased, Work::Sync(Kind::Delta)),
        "nothing is due; a worker has the token; delta sync"
    );
}

#[test]
fn what_is_stored_has_a_version() {
    let row = r#"{"version":1,"token":"a","mark":0,"sync":{"at":"2026-11-22T08:00:00Z","why":"nothing_due"},"next_run":"full"}"#;
    assert_eq!(TokenRow::from_json(row).unwrap(), TokenRow::new("a", start()));
    assert_eq!(TokenRow::new("a", start()).to_json(), row);
    let newer = TokenRow::from_json(&row.replace("\"version\":1", "\"version\":2,\"x\":1")).unwrap_err();
    assert_eq!(newer, StoredError::Version { found: 2 });
    assert!(serde_json::from_str::<TokenRow>(&row.replace("\"version\":1", "\"version\":2")).is_err());
    assert!(matches!(TokenRow::from_json("{}"), Err(StoredError::Json(_))));
    assert!(matches!(TokenRow::from_json(&row.replace("mark", "marks")), Err(StoredError::Json(_))));
    assert_eq!(Gate::new().to_json(), r#"{"version":1,"mark":0,"last_number":0}"#);
    for name in crate::fixture::names("schedule_state", ".json") {
        let text = crate::fixture::text(&format!("schedule_state/{name}"));
        let again = if name.contains("gate") {
            Gate::from_json(&text).unwrap().to_json()
        } else {
            TokenRow::from_json(&text).unwrap().to_json()
        };
        assert_eq!(again, text.trim_end(), "{name}");
    }
    // A view of an empty database.
    let claim = POLICY.claim(&Gate::new(), View::default(), "worker", start());
    assert_eq!(claim, Claim::Wait { until: at(60), why: Hold::NothingDue });
}

/// LIM-1, LIM-2, LIM-3, LIM-4, LIM-7: at the limit nothing is said, and all that is beyond it at once.
#[test]
fn limits_on_accounts() {
    let profiles = |count: usize| (0..count).map(|number| (format!("profile {number}"), 1));
    let token = |devices, count| {
        profiles(count).fold(TokenUse::new("t", devices), |token, (name, devices)| token.with_profile(name, devices))
    };
    let limits = Limits::DEFAULT;
    let mut at_limit = vec![token(200_000, 999).with_profile("large", 200_000)];
    at_limit.resize(2000, token(1, 0));
    assert!(limits.check(&AccountUse::new(at_limit.clone())).is_empty());

    let mut beyond = at_limit;
    beyond.push(token(200_001, 1001).with_profile("large", 200_001));
    let found = limits.check(&AccountUse::new(beyond.clone()));
    let told: Vec<_> = found.iter().map(|violation| (violation.rule(), violation.path().to_owned())).collect();
    assert_eq!(
        told,
        [
            (Rule::ACCOUNT_TOKENS_MANY, "tokens".to_owned()),
            (Rule::TOKEN_PROFILES_MANY, "tokens[2000].profiles".to_owned()),
            (Rule::PROFILE_DEVICES_MANY, "tokens[2000].profiles[1001].devices".to_owned()),
            (Rule::TOKEN_DEVICES_MANY, "tokens[2000].devices".to_owned()),
        ]
    );
    let warning = found.by_rule(Rule::TOKEN_DEVICES_MANY).next().unwrap();
    assert_eq!((warning.severity(), warning.found()), (Severity::Warning, Some("200001")));
    assert!(warning.to_string().contains("token \"t\" has 200001 devices, a full sync of 66 minutes"), "{warning}");
    let profile = found.by_rule(Rule::PROFILE_DEVICES_MANY).next().unwrap().to_string();
    assert!(profile.contains("profile \"large\" of token \"t\" has 200001 devices"), "{profile}");
    let profiles = found.by_rule(Rule::TOKEN_PROFILES_MANY).next().unwrap().to_string();
    assert!(profiles.contains("token \"t\" has 1002 profiles"), "{profiles}");
    assert!(warning.help().unwrap().contains("over 2 tokens: move at least 1"), "{warning}");
    let hard = Limits { is_device_cap_hard: true, ..limits }.check(&AccountUse::new(beyond));
    assert_eq!(hard.by_rule(Rule::TOKEN_DEVICES_CAP).map(Violation::severity).collect::<Vec<_>>(), [Severity::Error]);
    assert_eq!(hard.by_rule(Rule::TOKEN_DEVICES_MANY).count(), 0);

    assert_eq!((limits.headroom(150_000), limits.headroom(250_000)), (50_000, 0));
    assert_eq!(limits.full_fetch(200_000), TimeDelta::seconds(4000));
    let codes: Vec<_> = Limits::RULES.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes, ["ADE-L001", "ADE-L002", "ADE-L003", "ADE-L004", "ADE-L005", "ADE-L006"]);
    for rule in Limits::RULES {
        assert!(rule.sources().iter().any(|source| source.starts_with("LIM-")) && !Rule::ALL.contains(rule));
    }
}

/// LIM-6.
#[test]
fn selections_of_a_thousand() {
    assert!(Limits::DEFAULT.check_selection(1000).is_empty());
    let found = Limits::DEFAULT.check_selection(2001);
    assert_eq!(found.iter().map(Violation::rule).collect::<Vec<_>>(), [Rule::SELECTION_MANY]);
    assert!(found.iter().next().unwrap().help().unwrap().contains("3 times"));
}

/// The fewest tokens for groups, by trying all.
fn fewest(groups: &[u64], most: u64, tokens: &mut Vec<u64>) -> usize {
    let Some((first, rest)) = groups.split_first() else { return tokens.len() };
    let mut best = usize::MAX;
    for place in 0..tokens.len() {
        if tokens[place] + first <= most {
            tokens[place] += first;
            best = best.min(fewest(rest, most, tokens));
            tokens[place] -= first;
        }
    }
    tokens.push(*first);
    best = best.min(fewest(rest, most, tokens));
    tokens.pop();
    best
}

proptest! {
    /// LIM-5: everything is somewhere, no token has too much, and there are few of them.
    #[test]
    fn a_fleet_is_divided(
        groups in proptest::collection::vec(0_u64..260_000, 0..8),
        tokens in proptest::collection::vec(0_u64..300_000, 0..3),
        devices in 0_u64..3_000_000,
    ) {
        let limits = Limits::DEFAULT;
        let parts = limits.split_evenly(devices);
        let even: Vec<u64> = parts.sizes().collect();
        prop_assert_eq!(even.iter().sum::<u64>(), devices);
        prop_assert_eq!((even.len() as u64, parts.count()), (devices.div_ceil(200_000), devices.div_ceil(200_000)));
        prop_assert!(even.iter().max().unwrap_or(&0) - even.iter().min().unwrap_or(&0) <= 1);
        prop_assert_eq!([parts.largest(); 2], [even.iter().max(), even.first()].map(|size| size.copied().unwrap_or(0)));

        let named: BTreeMap<String, u64> = groups.iter().enumerate().map(|(at, size)| (format!("g{at}"), *size)).collect();
        let existing: Vec<(String, u64)> = tokens.iter().enumerate().map(|(at, size)| (format!("t{at}"), *size)).collect();
        let split = limits.split(named.clone(), existing.clone());
        let mut placed: BTreeMap<String, u64> = BTreeMap::new();
        for share in &split.shares {
            let before = share.token.as_ref().map_or(0, |name| existing.iter().find(|(token, _)| token == name).unwrap().1);
            prop_assert_eq!(share.devices, before + share.groups.values().sum::<u64>());
            prop_assert!(share.devices <= 200_000 || share.groups.values().all(|devices| *devices == 0));
            placed.extend(share.groups.clone());
        }
        for group in &split.too_large {
            prop_assert!(group.devices > 200_000 && group.parts.sizes().sum::<u64>() == group.devices);
            placed.insert(group.group.clone(), group.devices);
        }
        prop_assert_eq!(placed, named.clone());

        let fits: Vec<u64> = named.values().copied().filter(|size| *size <= 200_000).collect();
        let best = fewest(&fits, 200_000, &mut Vec::new());
        let new = limits.split::<_, String>(named, []).shares.len();
        prop_assert!(new >= best && new * 9 <= best * 11 + 6, "{new} tokens where {best} would do");
    }
}

/// The first token with room, by looking at each.
fn first_fit(groups: &[(String, u64)], tokens: &[u64], most: u64) -> BTreeMap<String, usize> {
    let mut sorted = groups.to_vec();
    sorted.sort_by(|(name, size), (other, than)| than.cmp(size).then(name.cmp(other)));
    let (mut tokens, mut places) = (tokens.to_vec(), BTreeMap::new());
    for (name, size) in sorted {
        let place = tokens.iter().position(|has| size <= most.saturating_sub(*has)).unwrap_or(tokens.len());
        tokens.resize(tokens.len().max(place + 1), 0);
        tokens[place] += size;
        places.insert(name, place);
    }
    places
}

proptest! {
    /// LIM-5: with many groups, each goes where one that looks at every token puts it.
    #[test]
    fn many_groups_are_divided(
        sizes in proptest::collection::vec(0_u64..=100, 0..80),
        tokens in proptest::collection::vec(0_u64..150, 0..9),
    ) {
        let limits = Limits { devices_per_token: 100.try_into().unwrap(), ..Limits::DEFAULT };
        let groups: Vec<(String, u64)> = sizes.iter().enumerate().map(|(at, size)| (format!("g{at:02}"), *size)).collect();
        let named = tokens.iter().enumerate().map(|(at, size)| (at.to_string(), *size));
        let split = limits.split(groups.clone(), named);
        let mut new = tokens.len()..;
        let mut places = BTreeMap::new();
        for share in split.shares {
            let place = share.token.map_or_else(|| new.next().unwrap(), |name| name.parse().unwrap());
            places.extend(share.groups.into_keys().map(|group| (group, place)));
        }
        prop_assert_eq!(places, first_fit(&groups, &tokens, 100));
    }
}

/// However many devices there are, it is said in how many parts, and no memory is taken for them.
#[test]
fn more_devices_than_there_are() {
    let one = Limits { devices_per_token: std::num::NonZeroU64::MIN, ..Limits::DEFAULT };
    assert_eq!((one.split_evenly(u64::MAX).count(), one.split_evenly(u64::MAX).largest()), (u64::MAX, 1));
    let split = Limits::DEFAULT.split([("school", u64::MAX)], [("token", 0)]);
    let parts = split.too_large[0].parts;
    assert_eq!((split.shares.len(), parts.count(), parts.largest()), (0, u64::MAX.div_ceil(200_000), 200_000));
    assert!(parts.sizes().take(3).eq([200_000; 3]));
}

/// The figures of the module's documentation: 400 million devices.
#[test]
fn a_fleet_on_paper() {
    let fleet = Fleet { tokens: 2_000, devices_per_token: 200_000, changes_per_day: 4_000_000 };
    let estimate = Estimate::of(fleet, &SyncPolicy::ADE_2023, &POLICY);
    assert_eq!((estimate.devices, estimate.full_calls, estimate.delta_calls_per_day), (400_000_000, 400_000, 4_000));
    assert_eq!((estimate.full_of_one.num_seconds(), estimate.full_of_all.num_minutes()), (4_000, 69 * 60 + 26));
    // 2,000 tokens of 4,000 s each in 604,800 s.
    assert_eq!(estimate.places_needed, Some(14));
    assert!(estimate.stored == 6_400_000 && estimate.in_memory == 64_000_000, "{estimate:?}");
    let busy = Estimate::of(Fleet { changes_per_day: 40_000_000, ..fleet }, &SyncPolicy::ADE_2023, &POLICY);
    assert_eq!(busy.delta_calls_per_day, 40_000);
    // 400,000 calls at 10 a minute, which are not enough for a week.
    let rate = |calls| SchedulePolicy { rate: Some(RateLimit { calls, per: TimeDelta::minutes(1) }), ..POLICY };
    let slow = Estimate::of(fleet, &SyncPolicy::ADE_2023, &rate(10));
    assert_eq!((slow.full_of_all.num_minutes(), slow.full_of_one.num_minutes()), (40_000, 66));
    // 40 a minute are 403,200 in a week, and the deltas of a week take 28,000.
    let needed = [10, 40, 43].map(|calls| Estimate::of(fleet, &SyncPolicy::ADE_2023, &rate(calls)).places_needed);
    assert_eq!(needed, [None, None, Some(14)]);
    let single = Estimate::of(Fleet { tokens: 1, ..fleet }, &SyncPolicy::ADE_2023, &rate(1));
    assert_eq!(single.full_of_one.num_minutes(), 200);
    let one = Estimate::of(Fleet { tokens: 1, ..fleet }, &SyncPolicy::ADE_2023, &POLICY);
    assert_eq!((one.full_of_all, one.full_calls, one.places_needed), (one.full_of_one, 200, Some(1)));
    let never = SyncPolicy { full_every: Some(TimeDelta::hours(1)), ..SyncPolicy::ADE_2023 };
    assert_eq!(Estimate::of(fleet, &never, &POLICY).places_needed, None);
}

/// What a token stores at most: a full fetch under way, a pause, a lease, something asked for, both cursors as long as they may be.
#[test]
fn what_a_token_stores() {
    let cursor: Cursor = "x".repeat(1000).parse().unwrap();
    let state = format!(
        r#"{{"version":1,"generation":4000000000,"cursor":{{"cursor":"{cursor}","since":"2026-11-22T08:00:00.123456789Z"}},
        "run":{{"kind":"full","trigger":"token_installed","begun":"2026-11-22T08:00:00.123456789Z","cursor":"{cursor}","pages":4000000,
        "devices":4000000000,"idle_pages":100,"blind_rows":4000000}},"full_begun":"2026-11-22T08:00:00.123456789Z",
        "full_done":"2026-11-22T08:00:00.123456789Z","done":"2026-11-22T08:00:00.123456789Z","manual":"2026-11-22T08:00:00.123456789Z",
        "next_full":"cursor_too_old","known":4000000000,"failures":4000000,"lost_cursors":4000000,"wait":{{"until":
        "2026-11-22T08:00:00.123456789Z","why":"network_answers","since":"2026-11-22T08:00:00.123456789Z"}},"unswept":true}}"#
    );
    let state = SyncState::from_json(&state).unwrap();
    let now = "2026-11-22T08:00:00.123456789Z".parse().unwrap();
    let mut schedule = Schedule::new(POLICY);
    let token = "01234567-89ab-cdef-0123-456789abcdef";
    schedule.add(token, now);
    schedule.assign(token, now, now);
    schedule.assign(token, now + TimeDelta::days(3), now);
    schedule.ask(token, Asked { kind: Kind::Delta, trigger: Trigger::TokenInstalled }, now);
    turn(&mut schedule, now);
    let bytes = state.to_json().len() + schedule.row(token).unwrap().to_json().len();
    assert!(bytes as u64 <= Estimate::STORED_PER_TOKEN, "{bytes}");
    assert!(bytes as u64 >= Estimate::STORED_PER_TOKEN * 9 / 10, "{bytes}: the figure is too careful");
}

/// What a device of a page takes in memory: itself, its texts, and for each text what an allocator adds; and the answer's own text.
#[test]
fn what_a_device_takes() {
    let text = include_str!("../fixtures/api/fetch_page_1000.json");
    let response = http::Response::new(text.as_bytes().to_vec());
    let page: DevicePage = FetchDevices::from_start().parse_response(&response).unwrap();
    let each = text.len() / page.devices.len();
    let bytes = size_of::<Device>() + each + 20 * 16 + each;
    assert!(page.devices.len() == 1000 && bytes as u64 <= Estimate::IN_MEMORY_PER_DEVICE, "{bytes}");
    assert!(bytes as u64 >= Estimate::IN_MEMORY_PER_DEVICE / 2, "{bytes}: the figure is too careful");
}
