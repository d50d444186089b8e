use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use apple_ade::Stamp;
use apple_ade::simulator::{Simulator, World};
use apple_ade::transport::{Request, Response};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::diagnosis::Memory;
use super::tally::Tally;

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
    pub fn answer(&self, request: &Request) -> Response {
        let mut shared = self.shared();
        let (response, kept, micros) = shared.act(&self.simulator, |world| {
            let start = Instant::now();
            let response = world.handle(request);
            (response, world.settings().calls_kept, start.elapsed().as_micros())
        });
        let help = self.simulator.with_world(|world| shared.memory.explain(world, request, &response));
        let request_id = response.headers().get("x-apple-request-uuid").and_then(|id| id.to_str().ok());
        shared.notes.push_back(Note {
            request_id: request_id.unwrap_or_default().to_owned(),
            micros: u64::try_from(micros).unwrap_or(u64::MAX),
            bytes: response.body().len(),
            tally: Tally::read(response.body()),
            help,
        });
        while shared.notes.len() > kept {
            shared.notes.pop_front();
        }
        response
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
