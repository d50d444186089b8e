use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use apple_ade::Stamp;
use apple_ade::simulator::{Answer, CallRecord, Fault, Simulator, World, WorldError};
use apple_ade::transport::Request;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::diagnosis::Memory;
use super::tally::Tally;

/// A hundred years: how far the clock may be from the system's.
pub(super) const MOST_SECONDS: i64 = 100 * 366 * 86_400;

/// Why the clock may not be so far ahead, if it may not.
pub(super) fn too_far(ahead: TimeDelta) -> Option<String> {
    let seconds = ahead.num_seconds();
    let is_near = (-MOST_SECONDS..=MOST_SECONDS).contains(&seconds);
    (!is_near)
        .then(|| format!("the clock would be {seconds} seconds ahead of the system's; a hundred years are the most"))
}

/// A stored world that can be served.
pub(super) fn restored(text: &str) -> Result<World, String> {
    let world = World::from_json(text).map_err(|error| match error {
        WorldError::NotAWorld(reason) => format!("this is not a stored world: {reason}"),
        other => other.to_string(),
    })?;
    if world.servers().next().is_none() { Err("there is no MDM server in it".to_owned()) } else { Ok(world) }
}

/// A simulated service whose clock runs, and what is known about its calls besides the world's own log.
///
/// Clones share it.
#[derive(Debug, Clone)]
pub struct Desk {
    simulator: Simulator,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    /// How far the world's clock is ahead of the system's.
    ahead: TimeDelta,
    /// Of the latest calls, oldest first.
    notes: VecDeque<Note>,
    memory: Memory,
}

/// What an answer was like.
#[derive(Debug)]
struct Note {
    request_id: String,
    micros: u64,
    bytes: usize,
    tally: Option<Tally>,
    help: Option<String>,
}

impl Desk {
    /// Takes over a world. Its time goes on from where it is.
    pub fn new(world: World) -> Self {
        let ahead = world.now() - Stamp::from_system().now();
        let shared = Shared { ahead, notes: VecDeque::new(), memory: Memory::default() };
        Self { simulator: Simulator::new(world), shared: Arc::new(Mutex::new(shared)) }
    }

    /// Looks at the world at the present time, or changes it. What it does to the clock stays: the time goes on from there.
    pub fn act<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        self.shared().act(&self.simulator, work)
    }

    /// Answers a request, as Apple would at the present time.
    pub fn answer(&self, request: &Request) -> Answer {
        let mut shared = self.shared();
        let (answer, record, kept, micros) = shared.act(&self.simulator, |world| {
            let before = world.calls().last().map(|call| call.request_id.clone());
            let start = Instant::now();
            let answer = world.answer(request);
            let micros = start.elapsed().as_micros();
            // Calls of a contract test are not recorded.
            let record = world.calls().last().filter(|call| Some(&call.request_id) != before.as_ref()).cloned();
            (answer, record, world.settings().calls_kept, micros)
        });
        if let Some(record) = record {
            let help = match &answer.result {
                _ if !record.faults.is_empty() => Some(fault_help(&record)),
                Ok(response) => self.simulator.with_world(|world| shared.memory.explain(world, request, response)),
                Err(lost) => Some(lost.to_string()),
            };
            let body = answer.result.as_ref().map_or(&[][..], |response| response.body());
            shared.notes.push_back(Note {
                request_id: record.request_id,
                micros: u64::try_from(micros).unwrap_or(u64::MAX),
                bytes: body.len(),
                tally: Tally::read(body),
                help,
            });
        }
        while shared.notes.len() > kept {
            shared.notes.pop_front();
        }
        answer
    }

    /// How far the world's clock is ahead of the system's.
    pub(super) fn ahead(&self) -> TimeDelta {
        self.shared().ahead
    }

    pub(super) fn set_ahead(&self, ahead: TimeDelta) {
        self.shared().ahead = ahead;
    }

    /// The latest calls, newest first; how many there are in all.
    pub(super) fn calls(&self, most: usize) -> (usize, Vec<Value>) {
        let shared = self.shared();
        let notes: BTreeMap<&str, &Note> =
            shared.notes.iter().rev().take(most).map(|note| (note.request_id.as_str(), note)).collect();
        self.simulator.with_world(|world| {
            let mut calls: Vec<_> = world.calls().collect();
            let total = calls.len();
            calls.reverse();
            calls.truncate(most);
            let calls = calls.into_iter().map(|call| {
                let mut call = serde_json::to_value(call).unwrap_or_default();
                let id = call.get("request_id").and_then(Value::as_str).unwrap_or_default();
                let note = notes.get(id).copied();
                if let (Some(members), Some(note)) = (call.as_object_mut(), note) {
                    members.insert("micros".to_owned(), json!(note.micros));
                    members.insert("answer_bytes".to_owned(), json!(note.bytes));
                    members.insert("help".to_owned(), json!(note.help));
                    if let Some(tally) = &note.tally {
                        members.insert("devices".to_owned(), json!(tally.devices));
                        members.insert("outcomes".to_owned(), json!(tally.outcomes));
                    }
                }
                call
            });
            (total, calls.collect())
        })
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn act<T>(&mut self, simulator: &Simulator, work: impl FnOnce(&mut World) -> T) -> T {
        let system = Stamp::from_system().now();
        simulator.with_world(|world| {
            world.set_now(system.checked_add_signed(self.ahead).unwrap_or(system));
            let done = work(world);
            self.ahead = world.now() - system;
            done
        })
    }
}

/// What a fault that was set has done to a call.
fn fault_help(record: &CallRecord) -> String {
    let about = Fault::CATALOGUE.iter().filter(|entry| record.faults.iter().any(|name| name == entry.name));
    let about: Vec<&str> = about.map(|entry| entry.about).collect();
    format!("a fault that was set: {}", about.join("; "))
}
