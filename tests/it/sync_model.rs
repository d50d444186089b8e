//! `DeviceSync` against the simulated service, over random schedules: devices that come, change, move and leave, every fault that the
//! service knows, crashes at any point, people who ask for a sync. In the end the store equals Apple's list, and no call was made that
//! the policy forbids.
//!
//! The mutants in `tests/mutants/sync-*.mutant` break the machine one rule at a time; this test or one of `sync.rs` catches each.

use std::collections::BTreeMap;

use apple_ade::api::{Device, DevicePage, Service};
use apple_ade::blocking::Client;
use apple_ade::session::Session;
use apple_ade::simulator::{Family, Faults, Simulator, World};
use apple_ade::sync::{
    Change, Commit, Decision, DeviceSync, FullReason, Kind, Misuse, Recovery, Request, Step, SyncPolicy, SyncState,
    Trigger,
};
use apple_ade::token::ServerToken;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

/// A database, as far as a sync goes: devices with their generation, and the state; both in one transaction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) devices: BTreeMap<String, (Device, u64)>,
    pub(crate) removed: BTreeMap<String, DateTime<Utc>>,
    pub(crate) state: Option<String>,
    pub(crate) commits: u32,
}

impl Store {
    pub(crate) fn apply(&mut self, commit: &Commit) {
        for change in commit.changes() {
            match change {
                Change::Store(device) => {
                    let serial = device.serial_number.as_str().to_owned();
                    self.removed.remove(&serial);
                    self.devices.insert(serial, (device.clone(), commit.generation()));
                }
                Change::Remove { device, at } => self.remove(device.serial_number.as_str(), *at),
                Change::Seen(serial) => {
                    if let Some((_, generation)) = self.devices.get_mut(serial.as_str()) {
                        *generation = commit.generation();
                    }
                }
                Change::Sweep { generation, at } => {
                    let gone: Vec<String> = self
                        .devices
                        .iter()
                        .filter(|(_, (_, stored))| stored < generation)
                        .map(|(serial, _)| serial.clone())
                        .collect();
                    for serial in gone {
                        self.remove(&serial, *at);
                    }
                }
                Change::Forget { removed_before } => self.removed.retain(|_, at| *at >= *removed_before),
                other => panic!("{other:?}"),
            }
        }
        self.state = Some(commit.state().to_json());
        self.commits += 1;
    }

    fn remove(&mut self, serial: &str, at: DateTime<Utc>) {
        if self.devices.remove(serial).is_some() {
            self.removed.insert(serial.to_owned(), at);
        }
    }

    fn resume(&self, policy: SyncPolicy) -> DeviceSync {
        match &self.state {
            Some(state) => DeviceSync::resume(SyncState::from_json(state).unwrap(), policy),
            None => DeviceSync::new(policy),
        }
    }
}

/// What happens between two steps.
#[derive(Debug, Clone)]
enum Event {
    /// The machine makes so many steps; what it waits for comes.
    Steps(u8),
    /// The process dies: before an answer is handed over, before a commit is stored, or before it is acknowledged.
    Crash(Moment),
    Churn(u8),
    Buy(u8),
    MoveAway(u16),
    MoveBack(u16),
    Hours(u16),
    /// Somebody asks for a sync.
    Ask(Kind, Trigger),
    /// Everything goes wrong now and then, in so many of a thousand calls.
    Faults(u64, u16),
    NoFaults,
    EndSessions,
    /// An answer or an acknowledgement that nobody has asked for.
    Misuse(u64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    Now,
    BeforeCommit,
    AfterCommit,
    /// No crash: the store failed, and the process goes on.
    StoreFails,
}

fn event() -> impl Strategy<Value = Event> {
    let moment =
        prop_oneof![Just(Moment::Now), Just(Moment::BeforeCommit), Just(Moment::AfterCommit), Just(Moment::StoreFails)];
    let kind = prop_oneof![Just(Kind::Full), Just(Kind::Delta)];
    let trigger = prop_oneof![4 => Just(Trigger::Manual), 1 => Just(Trigger::TokenInstalled)];
    prop_oneof![
        6 => (1_u8..12).prop_map(Event::Steps),
        2 => moment.prop_map(Event::Crash),
        2 => (1_u8..20).prop_map(Event::Churn),
        1 => (1_u8..5).prop_map(Event::Buy),
        1 => any::<u16>().prop_map(Event::MoveAway),
        1 => any::<u16>().prop_map(Event::MoveBack),
        2 => (1_u16..300).prop_map(Event::Hours),
        2 => (kind, trigger).prop_map(|(kind, trigger)| Event::Ask(kind, trigger)),
        2 => (any::<u64>(), 50_u16..700).prop_map(|(seed, share)| Event::Faults(seed, share)),
        1 => Just(Event::NoFaults),
        1 => Just(Event::EndSessions),
        1 => any::<u64>().prop_map(Event::Misuse),
    ]
}

fn policy() -> impl Strategy<Value = SyncPolicy> {
    prop_oneof![
        // A delta every half hour would take most of the time.
        Just(SyncPolicy { delta_every: TimeDelta::hours(6), ..SyncPolicy::APPLE }),
        Just(SyncPolicy::ADE_2023),
        Just(SyncPolicy::DEP_2017),
        Just(SyncPolicy { recovery: Recovery::Waits, ..SyncPolicy::ADE_2023 }),
    ]
    .prop_map(|policy| SyncPolicy { page_size: Some(20), ..policy })
}

struct Model {
    apple: Simulator,
    ade: Client,
    server: String,
    elsewhere: String,
    policy: SyncPolicy,
    sync: DeviceSync,
    store: Store,
    full_begun: Option<DateTime<Utc>>,
    manual: Option<DateTime<Utc>>,
    calls_since_sleep: u32,
    fulls: u32,
}

impl Model {
    fn new(seed: u64, devices: usize, policy: SyncPolicy) -> Self {
        let world = World::builder().seed(seed).devices(devices).add_server("Elsewhere").build();
        let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
        let token = ServerToken::from_json(world.server_token_json().as_bytes()).unwrap();
        let apple = Simulator::new(world);
        let stamps = apple.clone();
        let ade = Client::with_stamps(Session::new(token, Service::apple()), apple.clone(), move || stamps.stamp());
        let [server, elsewhere] = &servers[..] else { panic!("two servers") };
        Self {
            server: server.clone(),
            elsewhere: elsewhere.clone(),
            apple,
            ade,
            sync: DeviceSync::new(policy),
            policy,
            store: Store::default(),
            full_begun: None,
            manual: None,
            calls_since_sleep: 0,
            fulls: 0,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.apple.with_world(|world| world.now())
    }

    /// Makes one step. `crash` says at which point the process dies.
    fn step(&mut self, crash: Option<Moment>) -> Option<DateTime<Utc>> {
        let stamp = self.apple.stamp();
        let step = self.sync.next(&stamp);
        assert_eq!(self.sync.next(&stamp), step, "what is to be done stays so until it is done");
        match step {
            Step::Sleep { until, .. } => {
                assert!(until > stamp.now(), "a wait has an end that is not now");
                assert!(until - stamp.now() <= TimeDelta::days(9), "a wait has an end: {until}");
                self.calls_since_sleep = 0;
                return Some(until);
            }
            Step::Call(call) => {
                self.calls_since_sleep += 1;
                // A list of some hundred devices in pages of 20, twice over.
                assert!(self.calls_since_sleep < 100, "a hot loop");
                self.age_is_allowed(&call.request);
                let result = match call.request.clone() {
                    Request::Fetch(fetch) => self.ade.call(fetch),
                    Request::Sync(sync) => self.ade.call(sync),
                    other => panic!("{other:?}"),
                };
                if crash == Some(Moment::Now) {
                    self.sync = self.store.resume(self.policy);
                    return None;
                }
                let stamp = self.apple.stamp();
                match self.sync.answer(call.id, result.clone(), &stamp) {
                    Ok(()) => assert!(self.sync.answer(call.id, result, &stamp).is_err(), "a second answer"),
                    Err(misuse) => panic!("{misuse}"),
                }
            }
            Step::Commit(commit) => {
                if crash == Some(Moment::BeforeCommit) {
                    self.sync = self.store.resume(self.policy);
                    return None;
                }
                // The law: only the acknowledgement moves the machine on.
                let stored = self.store.state.clone().unwrap_or_else(|| SyncState::new().to_json());
                assert_eq!(self.sync.state().to_json(), stored);
                if crash == Some(Moment::StoreFails) {
                    self.sync.abandon();
                    return None;
                }
                self.beginning_is_allowed(&commit);
                self.store.apply(&commit);
                if crash == Some(Moment::AfterCommit) {
                    self.sync = self.store.resume(self.policy);
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

    /// SYN-16: a cursor of seven days is not tried.
    fn age_is_allowed(&self, request: &Request) {
        let state: serde_json::Value = serde_json::from_str(self.store.state.as_deref().unwrap()).unwrap();
        if let Request::Sync(_) = request {
            let since: DateTime<Utc> = state["cursor"]["since"].as_str().unwrap().parse().unwrap();
            let begun: DateTime<Utc> = state["run"]["begun"].as_str().unwrap().parse().unwrap();
            assert!(begun - since < TimeDelta::days(7), "a cursor of {since} was tried");
        }
    }

    /// SYN-1, SYN-10: what begins may begin.
    fn beginning_is_allowed(&mut self, commit: &Commit) {
        let state: serde_json::Value = serde_json::from_str(&commit.state().to_json()).unwrap();
        let begun = state["run"]["begun"].as_str().map(|time| time.parse::<DateTime<Utc>>().unwrap());
        let is_new = begun.is_some() && state["run"]["pages"] == 0 && commit.changes().is_empty();
        let Some(begun) = begun.filter(|_| is_new && state["failures"] == 0) else { return };
        if state["run"]["kind"] == "full" && self.full_begun != Some(begun) {
            self.fulls += 1;
            let reason: FullReason = serde_json::from_value(state["next_full"].clone()).unwrap();
            let may_be_early = matches!(self.policy.recovery, Recovery::AtOnce)
                && !matches!(reason, FullReason::Asked | FullReason::Periodic)
                || state["full_done"].is_null();
            if let Some(before) = self.full_begun.filter(|_| !may_be_early) {
                assert!(begun - before >= self.policy.full_apart, "all are fetched again after {}", begun - before);
            }
            self.full_begun = Some(begun);
        }
        if state["run"]["trigger"] == "manual" && self.manual != Some(begun) {
            if let Some(before) = self.manual {
                assert!(begun - before >= self.policy.manual_apart, "asked again after {}", begun - before);
            }
            self.manual = Some(begun);
        }
    }

    fn serial(&self, server: &str, draw: u16) -> Option<String> {
        self.apple.with_world(|world| {
            let of_server: Vec<String> = world
                .devices()
                .filter(|device| device.server.as_deref() == Some(server))
                .map(|device| device.serial_number.clone())
                .collect();
            of_server.get(usize::from(draw) % of_server.len().max(1)).cloned()
        })
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Steps(count) => {
                for _ in 0..*count {
                    if self.step(None).is_some() {
                        break;
                    }
                }
            }
            Event::Crash(Moment::Now) => {
                self.step(Some(Moment::Now));
                self.sync = self.store.resume(self.policy);
            }
            Event::Crash(moment) => {
                for _ in 0..4 {
                    if self.step(Some(*moment)).is_some() {
                        break;
                    }
                }
            }
            Event::Churn(count) => self.apple.with_world(|world| world.churn(usize::from(*count))),
            Event::Buy(count) => self.apple.with_world(|world| {
                for _ in 0..*count {
                    let serial = world.buy(Family::Ipad);
                    world.move_device(&serial, &self.server);
                }
            }),
            Event::MoveAway(draw) => {
                if let Some(serial) = self.serial(&self.server, *draw) {
                    self.apple.with_world(|world| world.move_device(&serial, &self.elsewhere));
                }
            }
            Event::MoveBack(draw) => {
                if let Some(serial) = self.serial(&self.elsewhere, *draw) {
                    self.apple.with_world(|world| world.move_device(&serial, &self.server));
                }
            }
            Event::Hours(hours) => self.apple.with_world(|world| world.advance(TimeDelta::hours(i64::from(*hours)))),
            Event::Ask(kind, trigger) => {
                let now = self.now();
                match self.sync.ask(*kind, *trigger, now) {
                    Decision::RefusedUntil { until, .. } => assert!(until > now, "refused until a time that is past"),
                    Decision::ReducedTo { kind, full_from } => {
                        assert_eq!(kind, Kind::Delta);
                        assert!(full_from > now);
                    }
                    _ => {}
                }
            }
            Event::Faults(seed, share) => {
                self.apple.with_world(|world| *world.faults_mut() = Faults::at_random(*seed, *share));
            }
            Event::NoFaults => self.apple.with_world(|world| world.faults_mut().clear()),
            Event::EndSessions => self.apple.with_world(World::end_sessions),
            Event::Misuse(id) => {
                let before = (self.sync.state().clone(), self.sync.next(&self.apple.stamp()));
                if !matches!(&before.1, Step::Commit(commit) if commit.id() == *id) {
                    assert!(matches!(self.sync.committed(*id), Err(Misuse::NoSuchCommit { .. })));
                }
                if !matches!(&before.1, Step::Call(call) if call.id == *id) {
                    let answer = self.sync.answer(*id, Ok(DevicePage::default()), &self.apple.stamp());
                    assert!(matches!(answer, Err(Misuse::NoSuchCall { .. })));
                }
                assert_eq!((self.sync.state().clone(), self.sync.next(&self.apple.stamp())), before);
            }
        }
    }

    /// Everything works again, nothing changes any more, and a full fetch later …
    fn settle(&mut self) {
        self.apple.with_world(|world| {
            world.faults_mut().clear();
            let serials: Vec<String> = world.devices().map(|device| device.serial_number.clone()).collect();
            for serial in serials {
                world.set_trouble(&serial, None);
            }
        });
        let (fulls, begun) = (self.fulls, self.now());
        for _ in 0..2_000 {
            if let Some(until) = self.step(None) {
                let is_idle = self.sync.progress(self.now()).is_none() && self.sync.health().why.is_none();
                if self.fulls > fulls && is_idle {
                    // Two waits of seven days, should the policy want the full fetch to wait, and an outage's pause.
                    assert!(self.now() - begun < TimeDelta::days(16));
                    return;
                }
                self.apple.with_world(|world| world.set_now(until));
            }
        }
        panic!("no end: {:?}", self.sync.health());
    }

    /// … the store equals Apple's list.
    fn compare(&self) {
        let expected: BTreeMap<String, String> = self.apple.with_world(|world| {
            let of_server = world.devices().filter(|device| device.server.as_deref() == Some(&self.server));
            of_server.map(|device| (device.serial_number.clone(), device.asset_tag.clone())).collect()
        });
        let stored: BTreeMap<String, String> = self
            .store
            .devices
            .iter()
            .map(|(serial, (device, _))| (serial.clone(), device.asset_tag.clone().unwrap_or_default()))
            .collect();
        assert_eq!(stored, expected);
        assert_eq!(self.sync.health().failures, 0);
    }
}

/// How many schedules, unless PROPTEST_CASES says so.
fn cases() -> u32 {
    if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 2_000 }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn the_store_equals_apples_list_whatever_breaks(
        seed in any::<u64>(),
        devices in 0_usize..70,
        policy in policy(),
        events in proptest::collection::vec(event(), 1..25),
    ) {
        let mut model = Model::new(seed, devices, policy);
        for event in &events {
            model.happen(event);
        }
        model.settle();
        model.compare();
    }
}
