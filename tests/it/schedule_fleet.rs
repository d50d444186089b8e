//! Two thousand tokens and one of 200,000 devices among them, for eight days, with workers that die: real machines under a real schedule,
//! against a stub of Apple's service whose rows stand for a thousand devices each and that takes as long as the real one.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::Stamp;
use apple_ade::api::{DevicePage, Endpoint, FetchDevices};
use apple_ade::schedule::{After, Estimate, Fleet, GoOn, Next, Schedule, SchedulePolicy, Turn};
use apple_ade::sync::{Call, DeviceSync, Request, Step, SyncPolicy, SyncState};
use chrono::{DateTime, TimeDelta, Utc};

const TOKENS: usize = 2_000;
const SYNC: SyncPolicy = SyncPolicy::ADE_2023;
const DAYS: i64 = 8;

/// How many pages the list of a token has: 200,000 devices, then some of 20,000, and most have no more than 1000.
fn pages(token: usize) -> u32 {
    match token {
        0 => 200,
        1..=40 => 20,
        _ => 1,
    }
}

fn start() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn name(token: usize) -> String {
    format!("token-{token:04}")
}

struct Held {
    turn: Turn,
    sync: DeviceSync,
    call: Option<Call>,
}

/// What came of it.
#[derive(Default)]
struct Seen {
    crashes: u32,
    crashes_at_first: u32,
    turns: BTreeMap<String, u32>,
    deaths: BTreeMap<String, u32>,
    /// The longest that a token was ready and waited, in the first hour and after it.
    waits: [TimeDelta; 2],
    full_calls: u64,
    full_runs: u64,
    /// By token: the ends of runs, and of full ones.
    runs: BTreeMap<String, Vec<DateTime<Utc>>>,
    fulls: BTreeMap<String, Vec<DateTime<Utc>>>,
}

struct Simulation {
    schedule: Schedule,
    states: BTreeMap<String, SyncState>,
    workers: Vec<Option<Held>>,
    /// Whose turn it is to act, and when.
    agenda: BTreeSet<(DateTime<Utc>, usize)>,
    /// The tokens for which a call is out.
    out: BTreeMap<String, usize>,
    page: DevicePage,
    random: u64,
    seen: Seen,
}

impl Simulation {
    fn new(policy: SchedulePolicy) -> Self {
        let begun = start();
        let mut schedule = Schedule::new(policy);
        (0..TOKENS).for_each(|token| schedule.add(name(token), begun));
        let page = http::Response::new(br#"{"devices":[{"serial_number":"C02T0HL0GGC0"}]}"#.to_vec());
        let workers = policy.places as usize;
        Self {
            schedule,
            states: (0..TOKENS).map(|token| (name(token), SyncState::new())).collect(),
            workers: (0..workers).map(|_| None).collect(),
            agenda: (0..workers).map(|worker| (begun, worker)).collect(),
            out: BTreeMap::new(),
            page: FetchDevices::from_start().parse_response(&page).unwrap(),
            random: 1,
            seen: Seen::default(),
        }
    }

    /// Whether something happens that does once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33).is_multiple_of(times)
    }

    fn run(mut self) -> (Schedule, BTreeMap<String, SyncState>, Seen) {
        let end = start() + TimeDelta::days(DAYS);
        while let Some((now, worker)) = self.agenda.pop_first().filter(|(now, _)| *now < end) {
            let again = self.act(worker, now);
            self.agenda.insert((again, worker));
        }
        (self.schedule, self.states, self.seen)
    }

    /// A worker acts; gives the time at which it does so again.
    fn act(&mut self, worker: usize, now: DateTime<Utc>) -> DateTime<Utc> {
        let stamp = Stamp::new(now, [0; 16]);
        let mut held = match self.workers[worker].take() {
            Some(held) => held,
            None => match self.claim(worker, now) {
                Ok(held) => held,
                Err(until) => return until,
            },
        };
        if let Some(call) = held.call.take() {
            assert_eq!(self.out.remove(held.turn.token()), Some(worker));
            if self.once_in(150) {
                return self.dies(held.turn.token(), now);
            }
            let page = self.answer(&held, &call);
            held.turn.used(page.devices.len() as u64 * 1000);
            held.sync.answer(call.id, Ok(page), &stamp).unwrap();
        }
        loop {
            match held.sync.next(&stamp) {
                Step::Call(call) => match held.turn.go_on(self.schedule.policy(), now) {
                    GoOn::Yes => {
                        let other = self.out.insert(held.turn.token().to_owned(), worker);
                        assert_eq!(other, None, "two syncs of one token at a time");
                        self.seen.full_calls += u64::from(matches!(call.request, Request::Fetch(_)));
                        let rows = self.answer(&held, &call).devices.len();
                        let time = 300 + 20_000 * i64::try_from(rows).unwrap();
                        held.call = Some(call);
                        self.workers[worker] = Some(held);
                        return now + TimeDelta::milliseconds(time);
                    }
                    GoOn::Renew => self.schedule.renew(&mut held.turn, now).unwrap(),
                    GoOn::End => break,
                    other => panic!("{other:?}"),
                },
                Step::Commit(commit) => {
                    let lease = self.schedule.row(held.turn.token()).and_then(|row| row.lease());
                    assert_eq!(lease, Some(held.turn.lease()));
                    self.store(held.turn.token(), commit.state());
                    if self.once_in(500) {
                        return self.dies(held.turn.token(), now);
                    }
                    held.sync.committed(commit.id()).unwrap();
                }
                Step::Sleep { .. } => break,
                other => panic!("{other:?}"),
            }
        }
        let then = After::of_sync(&mut held.sync, &stamp);
        self.schedule.end(&held.turn, then, now).unwrap();
        now
    }

    fn claim(&mut self, worker: usize, now: DateTime<Utc>) -> Result<Held, DateTime<Utc>> {
        let turn = match self.schedule.next(&format!("worker {worker}"), now) {
            Next::Turn(turn) => *turn,
            Next::Wait { until, .. } => return Err(until),
            other => panic!("{other:?}"),
        };
        let row = self.schedule.row(turn.token()).unwrap();
        if row.lost() == 0 {
            let waited = now - row.due();
            let part = usize::from(now - start() > TimeDelta::hours(1));
            self.seen.waits[part] = self.seen.waits[part].max(waited);
        }
        *self.seen.turns.entry(turn.token().to_owned()).or_default() += 1;
        let sync = DeviceSync::resume(self.states[turn.token()].clone(), SYNC);
        Ok(Held { turn, sync, call: None })
    }

    /// A worker dies, with all that it has not stored; a minute later there is another.
    fn dies(&mut self, token: &str, now: DateTime<Utc>) -> DateTime<Utc> {
        *self.seen.deaths.entry(token.to_owned()).or_default() += 1;
        self.seen.crashes += 1;
        self.seen.crashes_at_first += u32::from(now - start() < TimeDelta::hours(1));
        now + TimeDelta::minutes(1)
    }

    fn store(&mut self, token: &str, state: &SyncState) {
        let before = self.states.insert(token.to_owned(), state.clone()).unwrap();
        if let Some(at) = state.last_run().filter(|_| state.last_run() != before.last_run()) {
            self.seen.runs.entry(token.to_owned()).or_default().push(at);
        }
        if let Some(at) = state.last_full().filter(|_| state.last_full() != before.last_full()) {
            self.seen.fulls.entry(token.to_owned()).or_default().push(at);
            self.seen.full_runs += 1;
        }
    }

    fn answer(&self, held: &Held, call: &Call) -> DevicePage {
        let number: usize = held.turn.token().trim_start_matches("token-").parse().unwrap();
        let mut page = self.page.clone();
        if let Request::Fetch(fetch) = &call.request {
            let place = fetch.cursor.as_ref().map_or(0, |cursor| cursor.as_str().parse().unwrap());
            page.cursor = Some((place + 1).to_string().parse().unwrap());
            page.more_to_follow = Some(place + 1 < pages(number));
        } else {
            // Nothing has changed.
            page.devices.clear();
            page.cursor = Some("0".parse().unwrap());
        }
        page
    }
}

fn longest_gap(times: &[DateTime<Utc>]) -> TimeDelta {
    times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
}

/// SYN-7: never two syncs of one token. SYN-1, SYN-9: each has its runs in time, and so many dead workers later none is forgotten.
#[test]
fn two_thousand_tokens_for_eight_days() {
    let policy = SchedulePolicy { look_again: TimeDelta::minutes(5), ..SchedulePolicy::for_sync(&SYNC) };
    let (schedule, states, seen) = Simulation::new(policy).run();
    assert!(seen.crashes > 150, "{} workers have died", seen.crashes);

    // All at once at the beginning: each has a turn of at most three pages, at 20 s a page, before any has a second one; and the places
    // of those that died stand still until their leases end.
    let turns: i64 = (0..TOKENS).map(|token| i64::from(pages(token).min(3)) * 20_300).sum();
    let dead = (policy.lease + policy.grace).num_milliseconds() * i64::from(seen.crashes_at_first);
    let first_round = TimeDelta::milliseconds((turns + dead) / i64::from(policy.places)) + TimeDelta::seconds(61);
    println!(
        "longest waits: {:?} s; {} s on paper",
        seen.waits.map(|wait| wait.num_seconds()),
        first_round.num_seconds()
    );
    assert!(seen.waits[0] < first_round, "{}", seen.waits[0]);
    let others = u64::try_from(TOKENS - 1).unwrap();
    assert!(seen.waits[0].max(seen.waits[1]) < policy.longest_wait(others));

    // Late by the run itself, by a turn of each of the others, and by the leases of the workers that died on it.
    let alone = SYNC.expected_duration(200_000);
    let late = |token: &str| {
        let dead = i32::try_from(seen.deaths.get(token).copied().unwrap_or(0)).unwrap();
        alone + first_round + (policy.lease + policy.grace) * dead
    };
    let end = start() + TimeDelta::days(DAYS);
    for (token, state) in &states {
        let slack = late(token);
        let (runs, fulls) = (&seen.runs[token], &seen.fulls[token]);
        assert!(longest_gap(runs) <= SYNC.delta_every + slack, "{token}: {}", longest_gap(runs));
        assert!(end - state.last_run().unwrap() <= SYNC.delta_every + slack, "{token} was forgotten");
        assert_eq!(fulls.len(), 2, "{token}: all devices after seven days once more");
        assert!(fulls[1] - fulls[0] >= SYNC.full_apart - TimeDelta::hours(4), "{token}");
        assert!(runs.len() >= 15, "{token}: {} runs", runs.len());
    }
    assert!(schedule.rows().all(|row| row.lost() <= 2));

    // The large one had many turns, and was not starved either.
    let large = &seen.fulls[&name(0)];
    println!("the large one: {} turns, {:?} s", seen.turns[&name(0)], (large[0] - start()).num_seconds());
    assert!(seen.turns[&name(0)] > 130);
    assert!(large[0] - start() < late(&name(0)), "{}", large[0] - start());

    // As many calls as on paper, and those that died.
    let paper = |tokens, devices_per_token| {
        Estimate::of(Fleet { tokens, devices_per_token, changes_per_day: 0 }, &SYNC, &policy).full_calls
    };
    let calls = 2 * (paper(1, 200_000) + paper(40, 20_000) + paper(1959, 1000));
    println!("{} calls for full fetches, {calls} on paper; {} crashes", seen.full_calls, seen.crashes);
    assert!(seen.full_calls >= calls && seen.full_calls <= calls + u64::from(seen.crashes));
    assert_eq!(seen.full_runs, 2 * others + 2);
}
