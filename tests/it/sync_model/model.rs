//! The machine, its store, and the simulated service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use apple_ade::api::Service;
use apple_ade::blocking::Client;
use apple_ade::session::Session;
use apple_ade::simulator::{Simulator, World};
use apple_ade::sync::{DeviceSync, Kind, Step, SyncPolicy, SyncState, Trigger};
use apple_ade::token::ServerToken;
use apple_ade::{Stamp, sync::Decision};
use chrono::{DateTime, TimeDelta, Utc};

use super::line::{Line, Spoilt};
use super::referee::Referee;
use super::store::Store;

pub(crate) const ADMINISTRATOR: &str = "it-admin@school.example.org";

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    Now,
    BeforeCommit,
    AfterCommit,
    /// No crash: the store failed, and the process goes on.
    StoreFails,
}

pub(crate) struct Model {
    pub(crate) apple: Simulator,
    ade: Client,
    pub(crate) server: String,
    pub(crate) elsewhere: String,
    pub(crate) policy: SyncPolicy,
    pub(crate) sync: DeviceSync,
    pub(crate) store: Store,
    pub(crate) referee: Referee,
    pub(crate) spoilt: Arc<Mutex<Vec<Spoilt>>>,
    /// By how much the machine's clock is wrong.
    pub(crate) offset: TimeDelta,
    /// Devices of which no delta tells.
    pub(crate) hidden: BTreeSet<String>,
}

impl Model {
    pub(crate) fn new(seed: u64, devices: usize, policy: SyncPolicy) -> Self {
        let mut world = World::builder().seed(seed).devices(devices).add_server("Elsewhere").build();
        // Most of the time of a schedule would go by with signing in.
        world.settings_mut().session_seconds = if seed.is_multiple_of(4) { 180 } else { 1_000_000 };
        world.settings_mut().rotate_every = seed.is_multiple_of(3).then_some(5);
        world.settings_mut().quoted_errors = seed.is_multiple_of(5);
        let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
        let token = ServerToken::from_json(world.server_token_json().as_bytes()).unwrap();
        let apple = Simulator::new(world);
        let (stamps, spoilt) = (apple.clone(), Arc::default());
        let line = Line { apple: apple.clone(), spoilt: Arc::clone(&spoilt) };
        let ade = Client::with_stamps(Session::new(token, Service::apple()), line, move || stamps.stamp());
        let [server, elsewhere] = &servers[..] else { panic!("two servers") };
        Self {
            server: server.clone(),
            elsewhere: elsewhere.clone(),
            apple,
            ade,
            sync: DeviceSync::new(policy),
            policy,
            store: Store { compares_dates: seed.is_multiple_of(2), ..Store::default() },
            referee: Referee::new(policy),
            spoilt,
            offset: TimeDelta::zero(),
            hidden: BTreeSet::new(),
        }
    }

    /// By the machine's clock.
    pub(crate) fn stamp(&self) -> Stamp {
        let stamp = self.apple.stamp();
        Stamp::new(stamp.now() + self.offset, stamp.nonce())
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.stamp().now()
    }

    /// The serial numbers of a server.
    pub(crate) fn list(&self, server: &str) -> BTreeSet<String> {
        self.apple.with_world(|world| {
            let of_server = world.devices().filter(|device| device.server.as_deref() == Some(server));
            of_server.map(|device| device.serial_number.clone()).collect()
        })
    }

    fn crash(&mut self) {
        self.sync = self.store.resume(self.policy);
        self.referee.crashed();
    }

    /// Makes one step. `crash` says at which point the process dies.
    pub(crate) fn step(&mut self, crash: Option<Moment>) -> Option<DateTime<Utc>> {
        let stamp = self.stamp();
        let step = self.sync.next(&stamp);
        assert_eq!(self.sync.next(&stamp), step, "what is to be done stays so until it is done");
        match step {
            Step::Sleep { until, .. } => {
                self.referee.sleep(until, stamp.now());
                return Some(until);
            }
            Step::Call(call) => {
                self.referee.call(&call, stamp.now());
                let result = self.ade.sync_page(call.request.clone());
                if crash == Some(Moment::Now) {
                    self.crash();
                    return None;
                }
                let stamp = self.stamp();
                // Whoever looks at the time gives up a call that is late.
                let is_late = stamp.now() >= call.deadline && call.id.is_multiple_of(2);
                if is_late {
                    assert!(matches!(self.sync.next(&stamp), Step::Commit(_)), "a call that is late is given up");
                    assert!(self.sync.answer(call.id, result, &stamp).is_err(), "an answer that is late");
                } else {
                    self.referee.answer(&result, stamp.now());
                    self.sync.answer(call.id, result.clone(), &stamp).unwrap();
                    assert!(self.sync.answer(call.id, result, &stamp).is_err(), "a second answer");
                }
            }
            Step::Commit(commit) => {
                if crash == Some(Moment::BeforeCommit) {
                    self.crash();
                    return None;
                }
                // The law: only the acknowledgement moves the machine on.
                let stored = self.store.state.clone().unwrap_or_else(|| SyncState::new().to_json());
                assert_eq!(self.sync.state().to_json(), stored);
                if crash == Some(Moment::StoreFails) {
                    self.sync.abandon();
                    self.referee.crashed();
                    return None;
                }
                let before = self.store.state_json();
                let swept = self.store.apply(&commit);
                let on_server = self.list(&self.server);
                self.referee.commit(&before, &commit, &swept, &on_server);
                if crash == Some(Moment::AfterCommit) {
                    self.crash();
                    return None;
                }
                self.sync.committed(commit.id()).unwrap();
                assert!(self.sync.committed(commit.id()).is_err(), "a second acknowledgement");
                assert_eq!(Some(self.sync.state().to_json()), self.store.state);
            }
            other => panic!("{other:?}"),
        }
        None
    }

    /// Asks, and holds the machine to its word.
    pub(crate) fn ask(&mut self, kind: Kind, trigger: Trigger) {
        let stamp = self.stamp();
        let now = stamp.now();
        let decision = self.sync.ask(kind, trigger, now);
        match decision {
            Decision::RefusedUntil { until, .. } => {
                assert!(until > now, "refused until a time that is past");
                return;
            }
            Decision::ReducedTo { kind, full_from } => {
                assert_eq!(kind, Kind::Delta);
                assert!(full_from > now);
            }
            _ => {}
        }
        self.referee.asked();
        while let Step::Commit(_) = self.sync.next(&stamp) {
            self.step(None);
        }
        let next = self.sync.next(&stamp);
        assert!(matches!(next, Step::Call(_)), "{decision:?}, and then {next:?}");
    }

    /// Everything works again, and nothing changes any more.
    fn calm(&mut self) {
        self.offset = TimeDelta::zero();
        self.spoilt.lock().unwrap().clear();
        self.apple.with_world(|world| {
            world.faults_mut().clear();
            let _ = world.sign_terms(ADMINISTRATOR);
            let serials: Vec<String> = world.devices().map(|device| device.serial_number.clone()).collect();
            for serial in serials {
                world.set_trouble(&serial, None);
            }
        });
    }

    /// Until a run has come to its end that has begun since: a full fetch, or any.
    pub(crate) fn settle(&mut self, is_full: bool) {
        self.calm();
        let (runs, fulls, begun) = (self.referee.runs, self.referee.fulls, self.now());
        for _ in 0..3_000 {
            if let Some(until) = self.step(None) {
                let is_idle = self.sync.progress(self.now()).is_none() && self.sync.health().why.is_none();
                let has_run = if is_full { self.referee.fulls > fulls } else { self.referee.runs > runs };
                // A run that was given up has not ended.
                let has_ended = self.sync.state().last_run() >= self.referee.begun;
                if has_run && has_ended && is_idle {
                    // Two waits of seven days, should the policy want the full fetch to wait, and an outage's pause.
                    assert!(self.now() - begun < TimeDelta::days(18));
                    return;
                }
                self.apple.with_world(|world| world.set_now(until));
                if is_full && self.policy.full_every.is_none() {
                    self.ask(Kind::Full, Trigger::Manual);
                }
            }
        }
        panic!("no end: {:?}", self.sync.health());
    }

    /// The store equals Apple's list, but for devices of which no delta told.
    pub(crate) fn compare(&self) {
        let is_told = |serial: &String| !self.hidden.contains(serial);
        let expected: BTreeMap<String, String> = self.apple.with_world(|world| {
            let of_server = world.devices().filter(|device| device.server.as_deref() == Some(&self.server));
            let row = of_server.map(|device| (device.serial_number.clone(), device.asset_tag.clone()));
            row.filter(|(serial, _)| is_told(serial)).collect()
        });
        let stored: BTreeMap<String, String> = self
            .store
            .devices
            .iter()
            .map(|(serial, (device, _))| (serial.clone(), device.asset_tag.clone().unwrap_or_default()))
            .filter(|(serial, _)| is_told(serial))
            .collect();
        assert_eq!(stored, expected);
        // DEV-8: whoever has left is among the removed, and nobody is both.
        assert!(self.store.removed.keys().all(|serial| !self.store.devices.contains_key(serial)));
        assert!(self.store.removed.values().all(|(at, _)| *at <= self.now() || self.referee.clock_was_wrong));
        assert_eq!(self.sync.health().failures, 0);
    }
}
