//! A whole sync through the machine, beside the decoding of its pages; and that its cost, and that of the schedule, stay in
//! proportion.

use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use apple_ade::Stamp;
use apple_ade::api::{DevicePage, Endpoint, FetchDevices, Service};
use apple_ade::blocking::Client;
use apple_ade::schedule::{After, Next, Schedule, SchedulePolicy, Work};
use apple_ade::session::Session;
use apple_ade::simulator::{Simulator, World};
use apple_ade::sync::{DeviceSync, Kind, Step, SyncPolicy};
use apple_ade::token::ServerToken;
use apple_ade::transport::{BlockingTransport, Request};
use chrono::{DateTime, TimeDelta, Utc};
use criterion::Criterion;
use http::Response;

use crate::paired::{Line, paired_few};

const DEVICES: usize = 200_000;

type Answers = Vec<Response<Vec<u8>>>;

/// The answers of a full fetch, as they come from the simulated service.
fn record() -> Option<Answers> {
    let mut world = World::builder().seed(1).devices(DEVICES).build();
    world.settings_mut().session_seconds = u32::MAX;
    let simulator = Simulator::new(world);
    let token = ServerToken::from_json(simulator.with_world(|world| world.server_token_json()).as_bytes()).ok()?;
    let kept = Arc::new(Mutex::new(Answers::new()));
    let (keep, inner, stamps) = (kept.clone(), simulator.clone(), simulator);
    let transport = move |request: Request| {
        let is_page = request.uri().path().ends_with("/server/devices");
        let answer = BlockingTransport::send(&inner, request)?;
        if is_page && answer.status().is_success() {
            keep.lock().unwrap_or_else(PoisonError::into_inner).push(answer.clone());
        }
        Ok(answer)
    };
    let ade = Client::with_stamps(Session::new(token, Service::apple()), transport, move || stamps.stamp());
    ade.account().ok()?;
    let mut cursor = None;
    loop {
        let page = ade.fetch_devices(cursor).ok()?;
        if !page.has_more() {
            break;
        }
        cursor = page.cursor;
    }
    drop(ade);
    Arc::into_inner(kept)?.into_inner().ok()
}

fn decode(answer: &Response<Vec<u8>>) -> DevicePage {
    FetchDevices::from_start().parse_response(answer).unwrap_or_default()
}

fn start() -> Stamp {
    Stamp::new(DateTime::<Utc>::UNIX_EPOCH, [0; 16])
}

/// A full fetch that gets these answers, so many times over; gives how many devices it has been told to store.
fn sync(answers: &Answers, times: usize) -> u64 {
    let stamp = start();
    let mut machine = DeviceSync::new(SyncPolicy::APPLE);
    let (mut page, mut stored, last) = (0, 0, answers.len() * times);
    loop {
        match machine.next(&stamp) {
            Step::Call(call) => {
                let mut answer = answers.get(page % answers.len()).map(decode).unwrap_or_default();
                page += 1;
                // Every round has cursors of its own, and none but the last one ends.
                answer.cursor = format!("{page}").parse().ok();
                answer.more_to_follow = Some(page < last);
                let _ = machine.answer(call.id, Ok(answer), &stamp);
            }
            Step::Commit(commit) => {
                stored += black_box(commit.changes()).len() as u64;
                let id = commit.id();
                drop(commit);
                let _ = machine.committed(id);
            }
            _ => return stored,
        }
    }
}

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let begin = Instant::now();
    black_box(work());
    begin.elapsed().as_secs_f64()
}

/// Ten times the devices take ten times as long: for each device, the two sides are the same.
fn linear(answers: &Answers) -> Line {
    let pairs: Vec<_> = (0..5).map(|_| (seconds(|| sync(answers, 10)) / 10.0, seconds(|| sync(answers, 1)))).collect();
    Line::of_pairs("sync_2m / 10, sync_200k", &pairs)
}

/// A schedule with so many tokens, of which a hundredth is ready.
fn schedule(tokens: u32) -> Schedule {
    let now = start().now();
    let mut schedule = Schedule::new(SchedulePolicy::APPLE);
    for token in 0..tokens {
        let due = if token % 100 == 0 { TimeDelta::zero() } else { TimeDelta::hours(12) };
        schedule.add(format!("token-{token:06}"), now + due);
    }
    schedule
}

/// So many turns, each claimed and ended.
fn decide(schedule: &mut Schedule, turns: u32) {
    let now = start().now();
    for _ in 0..turns {
        let Next::Turn(mut turn) = schedule.next("worker", now) else { return };
        turn.used(1000);
        let _ = black_box(schedule.end(&turn, After::More(Work::Sync(Kind::Full)), now));
    }
}

fn decisions() -> Line {
    const TURNS: u32 = 20_000;
    let (mut many, mut few) = (schedule(200_000), schedule(2_000));
    let each = |schedule: &mut Schedule| seconds(|| decide(schedule, TURNS)) / f64::from(TURNS);
    let pairs: Vec<_> = (0..31).map(|_| (each(&mut many), each(&mut few))).collect();
    Line::of_pairs("turn of 200,000 tokens, of 2,000", &pairs)
}

pub(crate) fn bench(criterion: &mut Criterion) -> [Line; 3] {
    let answers = record().unwrap_or_default();
    let rows: usize = answers.iter().map(|answer| decode(answer).devices.len()).sum();
    assert_eq!((rows, answers.len()), (DEVICES, DEVICES / 1000), "the list is read whole");
    // Besides the devices, a sweep and what is to be forgotten.
    assert_eq!(sync(&answers, 1), DEVICES as u64 + 2, "the machine has it stored");
    let ours = || sync(&answers, 1);
    let reference = || {
        for answer in &answers {
            black_box(decode(answer));
        }
    };
    [paired_few(criterion, "sync_200k", "decode", ours, reference), linear(&answers), decisions()]
}
