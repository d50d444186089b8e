//! `Assigner` against the simulated service, over random schedules: rules that change, devices that come, move and leave, are throttled,
//! fail or are left out of answers, every fault that the service knows, and a client that crashes at any point. What is wanted is reached
//! or reported; every device that was added has one outcome; nothing is sent that is done; no call is made before a wait is over.
//!
//! The mutants in `tests/mutants` that begin with `assigner-` and `assign-plan-` break the machine and the planner one rule at a time;
//! this test, or one of `assigner.rs` and `assign_plan.rs`, catches each: `assigner-sends-what-is-done`, `assigner-never-looks`,
//! `assigner-one-look-is-for-ever`, `assigner-throttle-is-not-waited-for`, `assigner-fourth-failure`, `assigner-unanswered-is-lost`,
//! `assigner-missing-is-success`, `assigner-pause-is-skipped`, `assigner-batch-is-too-big`, `assigner-moves-on-without-
//! acknowledgement`, `assigner-support-is-forgotten`, `assigner-parked-for-ever`, `assigner-supersedes-in-silence`, `assigner-defines-
//! for-ever`, `assigner-removal-is-parked`, `assigner-refusal-is-endless`, `assign-plan-approves-hazards`, `assign-plan-removed-is-
//! right`, `assign-plan-default-wins`.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::api::{DefineProfile, Device, DeviceDetails, DeviceFamily, DeviceStatus, Service};
use apple_ade::assign::*;
use apple_ade::blocking::Client;
use apple_ade::error::Obstacle;
use apple_ade::id::{ProfileUuid, SerialNumber};
use apple_ade::session::Session;
use apple_ade::simulator::{Family, Fault, FaultRule, Faults, ProfileStatus, Settings, Simulator, Trouble, World};
use apple_ade::token::{ServerToken, TokenIdentity};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

const NAMES: [&str; 3] = ["A", "B", "C"];

/// A database, as far as an assignment goes.
#[derive(Debug, Clone, Default)]
struct Store {
    state: Option<String>,
    profiles: Profiles,
    outcomes: BTreeMap<SerialNumber, (Task, Outcome)>,
}

impl Store {
    fn state(&self) -> AssignerState {
        self.state.as_deref().map_or_else(AssignerState::new, |state| AssignerState::from_json(state).unwrap())
    }

    /// Stores a commit, and sees that each device that leaves the state leaves it with one outcome.
    fn apply(&mut self, commit: &Commit) {
        let before = self.state();
        let tasks = |state: &AssignerState| -> BTreeMap<SerialNumber, Task> {
            state.pending().map(|(serial, task)| (serial.clone(), task.clone())).collect()
        };
        let (before, after) = (tasks(&before), tasks(commit.state()));
        let given_up: BTreeSet<_> = commit.state().for_support().map(|(serial, _)| serial.clone()).collect();
        let mut redefined = false;
        // What ended each device, and how often something else was ordered in its place.
        let mut ends: BTreeMap<SerialNumber, Vec<Outcome>> = BTreeMap::new();
        let mut superseded: BTreeSet<SerialNumber> = BTreeSet::new();
        for change in commit.changes() {
            match change {
                Change::Outcome { serial, outcome: Outcome::Superseded, .. } => drop(superseded.insert(serial.clone())),
                Change::Outcome { serial, task, outcome } => {
                    let at_once = *outcome == Outcome::Failed && given_up.contains(serial);
                    assert!(at_once || before.get(serial) == Some(task), "{serial}: {task} was not ordered");
                    ends.entry(serial.clone()).or_default().push(outcome.clone());
                    self.outcomes.insert(serial.clone(), (task.clone(), outcome.clone()));
                }
                Change::Parked { serial } => assert!(after.contains_key(serial), "{serial} is parked and forgotten"),
                Change::Redefined { profile, to, .. } => {
                    redefined = true;
                    assert!(self.profiles.redefined(profile.as_str(), to.clone()));
                }
                other => panic!("{other:?}"),
            }
        }
        for (serial, task) in &before {
            match (after.get(serial), ends.get(serial).map(Vec::as_slice).unwrap_or_default()) {
                (None, [_]) | (Some(_), []) => {}
                // Something else was ordered, for which it had been given up before.
                (Some(_), [Outcome::Failed]) if given_up.contains(serial) => {}
                (after, ends) => panic!("{serial} (there: {}) has ended by {ends:?}", after.is_some()),
            }
            let is_other = after.get(serial).is_some_and(|after| after != task) && !redefined;
            assert!(!is_other || superseded.contains(serial), "{serial}: {task} has no outcome");
        }
        for serial in &superseded {
            assert!(after.contains_key(serial) || ends.contains_key(serial), "{serial} is superseded by nothing");
        }
        self.state = Some(commit.state().to_json());
    }
}

/// What happens between two steps.
#[derive(Debug, Clone)]
enum Event {
    /// The machine makes so many steps; short waits come to their end.
    Steps(u8),
    Crash(Moment),
    /// What is wanted for a device changes.
    Choose(u16, u8),
    /// Wanted and reported are compared, and the difference is added.
    Plan(u8),
    Remove(u16),
    Disown(u16),
    Buy(u8),
    MoveAway(u16),
    MoveBack(u16),
    Activate(u16),
    Wipe(u16),
    Trouble(u16, u8),
    /// The sync sees the devices that are there; all, or every other one.
    Seen(bool),
    TryAgain,
    Resolved,
    Minutes(u16),
    /// Everything goes wrong now and then, in so many of a thousand calls.
    Faults(u64, u16),
    /// One thing goes wrong so many times.
    Fault(u8, u8),
    NoFaults,
    EndSessions,
    Misuse(u64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    Now,
    BeforeCommit,
    AfterCommit,
    /// No crash: the store failed, and the process goes on.
    StoreFails,
    /// No crash: the answer never comes.
    Silence,
}

fn event() -> impl Strategy<Value = Event> {
    let moment = prop::sample::select(vec![
        Moment::Now,
        Moment::BeforeCommit,
        Moment::AfterCommit,
        Moment::StoreFails,
        Moment::Silence,
    ]);
    prop_oneof![
        8 => (1_u8..25).prop_map(Event::Steps),
        3 => moment.prop_map(Event::Crash),
        2 => (any::<u16>(), 0_u8..3).prop_map(|(draw, name)| Event::Choose(draw, name)),
        4 => (0_u8..4).prop_map(Event::Plan),
        1 => any::<u16>().prop_map(Event::Remove),
        1 => any::<u16>().prop_map(Event::Disown),
        1 => (1_u8..4).prop_map(Event::Buy),
        1 => any::<u16>().prop_map(Event::MoveAway),
        1 => any::<u16>().prop_map(Event::MoveBack),
        1 => any::<u16>().prop_map(Event::Activate),
        1 => any::<u16>().prop_map(Event::Wipe),
        2 => (any::<u16>(), 0_u8..4).prop_map(|(draw, trouble)| Event::Trouble(draw, trouble)),
        1 => any::<bool>().prop_map(Event::Seen),
        1 => Just(Event::TryAgain),
        1 => Just(Event::Resolved),
        2 => (1_u16..3_000).prop_map(Event::Minutes),
        2 => (any::<u64>(), 50_u16..700).prop_map(|(seed, share)| Event::Faults(seed, share)),
        3 => (0_u8..12, 1_u8..5).prop_map(|(fault, times)| Event::Fault(fault, times)),
        1 => Just(Event::NoFaults),
        1 => Just(Event::EndSessions),
        1 => any::<u64>().prop_map(Event::Misuse),
    ]
}

fn policy() -> impl Strategy<Value = AssignPolicy> {
    let read_back = prop::option::of(Just(TimeDelta::minutes(2)));
    let batch_size = prop_oneof![1 => Just(0_u32), 3 => Just(5), 3 => Just(12), 3 => Just(1000)];
    (read_back, batch_size).prop_map(|(read_back, batch_size)| AssignPolicy {
        read_back,
        batch_size,
        ..AssignPolicy::APPLE
    })
}

enum Idle {
    Until(DateTime<Utc>, Why),
    Done,
}

/// A device, and the profile that it is given.
type Given = (SerialNumber, Option<ProfileUuid>);

struct Model {
    apple: Simulator,
    ade: Client,
    token: TokenIdentity,
    server: String,
    elsewhere: String,
    policy: AssignPolicy,
    rules: AssignmentRules,
    assigner: Assigner,
    store: Store,
    /// Until when no call may be made.
    announced: Option<DateTime<Utc>>,
    /// The machine has nothing to do until then, unless somebody tells it of something.
    asleep: Option<DateTime<Utc>>,
    throttled: BTreeMap<SerialNumber, DateTime<Utc>>,
    failed: BTreeMap<Given, u32>,
    given_up: BTreeSet<Given>,
    /// What was learnt of an answer, as long as it is not stored.
    learnt: Vec<(Given, Option<DateTime<Utc>>)>,
    calls_since_sleep: u32,
}

impl Model {
    fn new(seed: u64, devices: usize, policy: AssignPolicy, throttle: Option<u32>) -> Self {
        let mut settings = Settings::default();
        settings.throttle_after = throttle;
        settings.throttle_seconds = 4 * 3600;
        let world = World::builder().seed(seed).devices(devices).settings(settings).add_server("Elsewhere").build();
        let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
        let token = ServerToken::from_json(world.server_token_json().as_bytes()).unwrap();
        let identity = token.identity();
        let apple = Simulator::new(world);
        let stamps = apple.clone();
        let ade = Client::with_stamps(Session::new(token, Service::apple()), apple.clone(), move || stamps.stamp());
        let [server, elsewhere] = &servers[..] else { panic!("two servers") };
        let mut store = Store::default();
        for name in NAMES {
            let uuid = ade.call(definition(name)).unwrap().profile_uuid;
            store.profiles.insert(name.parse().unwrap(), DefinedProfile::new(identity, uuid));
        }
        let ipads = Selector::all().family([DeviceFamily::Ipad]);
        let rules = AssignmentRules::new(identity)
            .rule(Rule::new("iPads", NAMES[1].parse().unwrap(), ipads))
            .default_profile(NAMES[0].parse().unwrap());
        Self {
            server: server.clone(),
            elsewhere: elsewhere.clone(),
            token: identity,
            apple,
            ade,
            rules,
            assigner: Assigner::new(policy),
            policy,
            store,
            announced: None,
            asleep: None,
            throttled: BTreeMap::new(),
            failed: BTreeMap::new(),
            given_up: BTreeSet::new(),
            learnt: Vec::new(),
            calls_since_sleep: 0,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.apple.with_world(|world| world.now())
    }

    /// What a sync would have stored: the devices of this server as they are.
    fn list(&self) -> Vec<Device> {
        self.apple.with_world(|world| {
            let here = world.devices().filter(|device| device.server.as_ref() == Some(&self.server));
            let row = here.map(|device| {
                let mut row = Device::new(device.serial_number.parse().unwrap());
                row.device_family =
                    Some(if device.family == Family::Ipad { DeviceFamily::Ipad } else { DeviceFamily::Mac });
                row.profile_uuid = device.profile.uuid.as_deref().map(|uuid| uuid.parse().unwrap());
                row.profile_status = Some(match device.profile.status {
                    ProfileStatus::Empty => apple_ade::api::ProfileStatus::Empty,
                    ProfileStatus::Assigned => apple_ade::api::ProfileStatus::Assigned,
                    ProfileStatus::Pushed => apple_ade::api::ProfileStatus::Pushed,
                    _ => apple_ade::api::ProfileStatus::Removed,
                });
                row
            });
            row.collect()
        })
    }

    fn plan(&self, filter: DeviceFilter) -> AssignmentPlan {
        let mut planner = Planner::new(self.rules.with_profiles(&self.store.profiles).unwrap()).with_filter(filter);
        for device in self.list() {
            planner.add(&device, &Known::new());
        }
        planner.finish()
    }

    fn add(&mut self, work: impl Into<Work>) {
        self.assigner.add(work).unwrap();
        self.asleep = None;
    }

    fn crash(&mut self) {
        self.assigner = Assigner::resume(self.store.state(), self.policy);
        self.learnt.clear();
        self.asleep = None;
    }

    /// Makes one step. `crash` says at which point the process dies.
    fn step(&mut self, crash: Option<Moment>) -> Option<Idle> {
        let stamp = self.apple.stamp();
        let step = self.assigner.next(&stamp);
        assert_eq!(self.assigner.next(&stamp), step, "what is to be done stays so until it is done");
        match step {
            Step::Done => {
                assert!(self.store.state().is_done());
                return Some(Idle::Done);
            }
            Step::Sleep { until, why } => {
                assert!(until > stamp.now(), "a wait has an end that is not now");
                assert!(until - stamp.now() <= TimeDelta::days(46), "a wait has an end: {until}");
                if matches!(why, Why::Obstacle(_)) {
                    self.announced = Some(until);
                }
                self.asleep = Some(until);
                self.calls_since_sleep = 0;
                return Some(Idle::Until(until, why));
            }
            Step::Define(define) => {
                self.call_is_allowed();
                let new = self.ade.call(definition(define.profile.as_str())).map(|defined| defined.profile_uuid);
                if crash == Some(Moment::Now) {
                    self.crash();
                    return None;
                }
                self.assigner.defined(define.id, new.clone(), &self.apple.stamp()).unwrap();
                assert!(self.assigner.defined(define.id, new, &self.apple.stamp()).is_err(), "a second definition");
            }
            Step::Call(call) => {
                self.call_is_allowed();
                self.request_is_allowed(&call.request);
                let result = self.ade.carry_out(call.request.clone());
                match crash {
                    Some(Moment::Now) => {
                        self.crash();
                        return None;
                    }
                    Some(Moment::Silence) => {
                        let late = call.deadline + TimeDelta::seconds(1);
                        self.apple.with_world(|world| world.set_now(late));
                        let stamp = self.apple.stamp();
                        assert!(self.assigner.next(&stamp) != Step::Call(call.clone()), "a call without an end");
                        assert!(self.assigner.answer(call.id, result, &stamp).is_err(), "an answer that is too late");
                        return None;
                    }
                    _ => {}
                }
                self.learn(&call.request, &result);
                let stamp = self.apple.stamp();
                self.assigner.answer(call.id, result.clone(), &stamp).unwrap();
                assert!(self.assigner.answer(call.id, result, &stamp).is_err(), "a second answer");
            }
            Step::Commit(commit) => {
                if crash == Some(Moment::BeforeCommit) {
                    self.crash();
                    return None;
                }
                // The law: only the acknowledgement moves the machine on.
                assert_eq!(*self.assigner.state(), self.store.state());
                if crash == Some(Moment::StoreFails) {
                    self.assigner.abandon();
                    self.learnt.clear();
                    return None;
                }
                self.store.apply(&commit);
                self.remember(&commit);
                if crash == Some(Moment::AfterCommit) {
                    self.crash();
                    return None;
                }
                self.assigner.committed(commit.id()).unwrap();
                assert!(self.assigner.committed(commit.id()).is_err(), "a second acknowledgement");
                assert_eq!(*self.assigner.state(), self.store.state());
            }
            other => panic!("{other:?}"),
        }
        None
    }

    fn call_is_allowed(&mut self) {
        let now = self.now();
        self.calls_since_sleep += 1;
        assert!(self.calls_since_sleep < 600, "a hot loop");
        for until in [self.announced.take(), self.asleep.take()].into_iter().flatten() {
            assert!(now >= until, "a call at {now}, before the wait is over at {until}");
        }
    }

    /// Nothing is sent that is done, throttled, has failed three times, or does not fit into a request.
    fn request_is_allowed(&self, request: &Request) {
        let (serials, wanted): (&[SerialNumber], Option<Option<&ProfileUuid>>) = match request {
            Request::Details(details) => (&details.devices, None),
            Request::Assign(assign) => (&assign.devices, Some(Some(&assign.profile_uuid))),
            Request::Remove(remove) => (&remove.devices, Some(None)),
            Request::Disown(disown) => (&disown.devices, None),
            other => panic!("{other:?}"),
        };
        let most = usize::try_from(self.policy.batch_size).unwrap().max(1);
        assert!((1..=most).contains(&serials.len()), "{} devices in a request", serials.len());
        assert_eq!(serials.iter().collect::<BTreeSet<_>>().len(), serials.len(), "a device twice in a request");
        for serial in serials {
            let has = self.has(serial);
            if let Some(wanted) = wanted {
                assert!(
                    has.as_deref() != wanted.map(ProfileUuid::as_str) || has.is_none() && wanted.is_some(),
                    "{serial} is done"
                );
            }
            let throttled = self.throttled.get(serial).filter(|until| **until > self.now());
            assert_eq!(throttled, None, "{serial} is throttled");
            let given = (serial.clone(), wanted.flatten().cloned());
            assert!(self.failed.get(&given).is_none_or(|failed| *failed < 3), "{serial} has failed three times");
        }
    }

    /// The profile that a device of this server has.
    fn has(&self, serial: &SerialNumber) -> Option<String> {
        self.apple.with_world(|world| {
            let device = world.device(serial.as_str()).filter(|device| device.server.as_ref() == Some(&self.server))?;
            let profile = &device.profile;
            let is_gone = matches!(profile.status, ProfileStatus::Empty | ProfileStatus::Removed);
            profile.uuid.clone().filter(|_| !is_gone)
        })
    }

    /// What an answer says of devices.
    fn learn(&mut self, request: &Request, result: &Result<Answer, apple_ade::error::Error>) {
        let uuid = match request {
            Request::Assign(assign) => Some(assign.profile_uuid.clone()),
            _ => None,
        };
        let (statuses, retry_after) = match result {
            Ok(Answer::Assign(answer)) => (answer.devices.clone(), answer.retry_after_seconds),
            Ok(Answer::Remove(answer) | Answer::Disown(answer)) => (answer.devices.clone(), None),
            _ => return,
        };
        let seconds = i64::try_from(retry_after.unwrap_or(86_400)).unwrap();
        let until = self.now() + TimeDelta::seconds(seconds);
        self.learnt = statuses
            .unwrap_or_default()
            .by_serial
            .into_iter()
            .filter_map(|(serial, status)| match status {
                DeviceStatus::Failed => Some(((serial, uuid.clone()), None)),
                DeviceStatus::Throttled => Some(((serial, uuid.clone()), Some(until))),
                _ => None,
            })
            .collect();
    }

    /// What is stored counts.
    fn remember(&mut self, commit: &Commit) {
        for (given, until) in std::mem::take(&mut self.learnt) {
            match until {
                Some(until) => drop(self.throttled.insert(given.0, until)),
                None => *self.failed.entry(given).or_default() += 1,
            }
        }
        for change in commit.changes() {
            if let Change::Outcome { serial, outcome, task } = change {
                self.throttled.remove(serial);
                if *outcome != Outcome::Failed || !matches!(task, Task::Assign { .. }) {
                    self.failed.retain(|(failed, _), _| failed != serial);
                }
            }
        }
        // Apple's support was called: it may fail three times again.
        let given_up: BTreeSet<Given> =
            commit.state().for_support().map(|(serial, uuid)| (serial.clone(), Some(uuid.clone()))).collect();
        for forgiven in self.given_up.difference(&given_up) {
            self.failed.remove(forgiven);
        }
        self.given_up = given_up;
    }

    fn serial(&self, server: &str, draw: u16) -> Option<SerialNumber> {
        self.apple.with_world(|world| {
            let of_server: Vec<String> = world
                .devices()
                .filter(|device| device.server.as_deref() == Some(server))
                .map(|device| device.serial_number.clone())
                .collect();
            of_server.get(usize::from(draw) % of_server.len().max(1)).map(|serial| serial.parse().unwrap())
        })
    }

    fn here(&self, draw: u16) -> Option<SerialNumber> {
        self.serial(&self.server, draw)
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each event")]
    fn happen(&mut self, event: &Event) {
        match event {
            Event::Steps(count) => {
                for _ in 0..*count {
                    match self.step(None) {
                        Some(Idle::Until(until, _)) if until - self.now() < TimeDelta::hours(1) => {
                            self.apple.with_world(|world| world.set_now(until));
                        }
                        Some(_) => break,
                        None => {}
                    }
                }
            }
            Event::Crash(Moment::Now) => {
                self.step(Some(Moment::Now));
                self.crash();
            }
            Event::Crash(moment) => {
                for _ in 0..4 {
                    if self.step(Some(*moment)).is_some() {
                        break;
                    }
                }
            }
            Event::Choose(draw, name) => {
                if let Some(serial) = self.here(*draw) {
                    self.rules = self.rules.clone().choose(serial, NAMES[usize::from(*name)].parse().unwrap());
                }
            }
            Event::Plan(filter) => {
                let filter = match filter {
                    0 => DeviceFilter::Unassigned,
                    1 => DeviceFilter::Profile(NAMES[0].parse().unwrap()),
                    _ => DeviceFilter::All,
                };
                let plan = self.plan(filter);
                assert_eq!(AssignmentPlan::from_json(&plan.to_json()).unwrap(), plan);
                self.add(plan.approve().unwrap());
            }
            Event::Remove(draw) => {
                let serial = self.here(*draw);
                self.add(Removal::of(serial));
            }
            Event::Disown(draw) => {
                if let Some(serial) = self.here(*draw) {
                    self.add(Disown::permanently([serial], 1).unwrap());
                }
            }
            Event::Buy(count) => self.apple.with_world(|world| {
                for _ in 0..*count {
                    let serial = world.buy(Family::Ipad);
                    world.move_device(&serial, &self.server);
                }
            }),
            Event::MoveAway(draw) => {
                if let Some(serial) = self.here(*draw) {
                    self.apple.with_world(|world| world.move_device(serial.as_str(), &self.elsewhere));
                }
            }
            Event::MoveBack(draw) => {
                if let Some(serial) = self.serial(&self.elsewhere, *draw) {
                    self.apple.with_world(|world| world.move_device(serial.as_str(), &self.server));
                }
            }
            Event::Activate(draw) => {
                self.here(*draw).map(|serial| self.apple.with_world(|world| world.activate(serial.as_str())));
            }
            Event::Wipe(draw) => {
                self.here(*draw).map(|serial| self.apple.with_world(|world| world.wipe(serial.as_str())));
            }
            Event::Trouble(draw, trouble) => {
                let trouble = match trouble {
                    0 => None,
                    1 => Some(Trouble::Failing),
                    2 => Some(Trouble::NotAccessible),
                    _ => Some(Trouble::Throttled { until: self.now() + TimeDelta::hours(9) }),
                };
                self.here(*draw)
                    .map(|serial| self.apple.with_world(|world| world.set_trouble(serial.as_str(), trouble)));
            }
            Event::Seen(all) => self.see(*all),
            Event::TryAgain => self.try_again(),
            Event::Resolved => {
                if self.assigner.health().obstacle.is_some_and(Obstacle::needs_somebody) {
                    self.announced = None;
                    self.asleep = None;
                }
                self.assigner.resolved();
            }
            Event::Minutes(minutes) => {
                self.apple.with_world(|world| world.advance(TimeDelta::minutes(i64::from(*minutes))));
            }
            Event::Faults(seed, share) => {
                self.apple.with_world(|world| *world.faults_mut() = Faults::at_random(*seed, *share));
            }
            Event::Fault(fault, times) => {
                let rule = self.fault(*fault).times(u32::from(*times));
                self.apple.with_world(|world| world.faults_mut().add(rule));
            }
            Event::NoFaults => self.apple.with_world(|world| world.faults_mut().clear()),
            Event::EndSessions => self.apple.with_world(World::end_sessions),
            Event::Misuse(id) => self.misuse(*id),
        }
    }

    /// The faults that are about assignments, and those that do not come at random.
    fn fault(&self, draw: u8) -> FaultRule {
        let assign = "POST /profile/devices";
        let says = |status: &str| Fault::DeviceStatus { status: status.to_owned() };
        let refusal = |status, word: &str| Fault::Refusal { status, word: word.to_owned() };
        match draw {
            0 => FaultRule::new(says("FAILED")),
            1 => FaultRule::new(says("THROTTLED")),
            2 => FaultRule::new(says("NOT_FOUND")),
            3 => FaultRule::new(says("ON_HOLIDAY")).on(assign),
            // Apple's word is taken for it, unless it is read back.
            4 if self.policy.read_back.is_some() => FaultRule::new(says("SUCCESS")).on(assign),
            4 | 5 => FaultRule::new(Fault::MissingSerials { count: 3 }),
            6 => FaultRule::new(refusal(404, "NOT_FOUND")).on(assign),
            7 => FaultRule::new(refusal(400, "PROFILE_NOT_FOUND")).on(assign),
            8 => FaultRule::new(refusal(403, "T_C_NOT_SIGNED")),
            9 => FaultRule::new(refusal(400, "DEVICE_ID_REQUIRED")),
            10 => FaultRule::new(Fault::LostReply).on(assign),
            _ => FaultRule::new(Fault::GatewayTimeout),
        }
    }

    fn see(&mut self, all: bool) {
        for (number, device) in self.list().iter().enumerate() {
            if all || number % 2 == 0 {
                self.assigner.seen(&device.serial_number);
            }
        }
        self.asleep = None;
    }

    fn try_again(&mut self) {
        let serials: Vec<SerialNumber> =
            self.assigner.state().for_support().map(|(serial, _)| serial.clone()).collect();
        for serial in serials {
            self.assigner.try_again(&serial);
        }
        self.asleep = None;
    }

    fn misuse(&mut self, id: u64) {
        let stamp = self.apple.stamp();
        let before = (self.assigner.state().clone(), self.assigner.next(&stamp));
        if !matches!(&before.1, Step::Commit(commit) if commit.id() == id) {
            assert!(matches!(self.assigner.committed(id), Err(Misuse::NoSuchCommit { .. })));
        }
        if let Step::Call(call) = &before.1 {
            let other = match call.request {
                Request::Remove(_) => Answer::Details(DeviceDetails::default()),
                _ => Answer::Remove(apple_ade::api::DeviceStatusResponse::default()),
            };
            let answer = self.assigner.answer(call.id, Ok(other), &stamp);
            assert!(matches!(answer, Err(Misuse::OtherCall { .. })));
        } else {
            let answer = self.assigner.answer(id, Ok(Answer::Details(DeviceDetails::default())), &stamp);
            assert!(matches!(answer, Err(Misuse::NoSuchCall { expected: None, .. })));
        }
        if !matches!(&before.1, Step::Define(define) if define.id == id) {
            let answer = self.assigner.defined(id, Ok(NAMES[0].parse().unwrap()), &stamp);
            assert!(matches!(answer, Err(Misuse::NoSuchDefinition { .. })));
        }
        assert_eq!((self.assigner.state().clone(), self.assigner.next(&stamp)), before);
    }

    /// Everything works again: a new plan is carried out to its end.
    fn settle(&mut self) {
        self.apple.with_world(|world| {
            world.faults_mut().clear();
            let serials: Vec<String> = world.devices().map(|device| device.serial_number.clone()).collect();
            for serial in serials {
                world.set_trouble(&serial, None);
            }
        });
        self.see(true);
        // What is still under way, removals among it, comes first.
        self.finish();
        let plan = self.plan(DeviceFilter::All);
        self.add(plan.approve().unwrap());
        self.finish();
    }

    fn finish(&mut self) {
        for _ in 0..3_000 {
            match self.step(None) {
                Some(Idle::Done | Idle::Until(_, Why::Parked)) => return,
                Some(Idle::Until(until, _)) => self.apple.with_world(|world| world.set_now(until)),
                None => {}
            }
        }
        panic!("no end: {:?}", self.assigner.health());
    }

    /// Each device has what it should have; or there is a report of it, where reports count.
    fn compare(&self, reports_count: bool) {
        let wanted = self.rules.with_profiles(&self.store.profiles).unwrap();
        let state = self.store.state();
        for device in self.list() {
            let resolution = wanted.resolve(&device, &BTreeSet::new());
            let serial = &device.serial_number;
            let reached = self.has(serial).as_deref() == resolution.profile().map(|profile| profile.uuid().as_str());
            let reported = self.store.outcomes.get(serial).filter(|(_, outcome)| !outcome.is_success());
            assert!(reached || reports_count && reported.is_some(), "{serial}: {:?}", self.store.outcomes.get(serial));
            assert!(!state.pending().any(|(pending, _)| pending == serial), "{serial} is here, and waited for");
        }
    }
}

fn definition(name: &str) -> DefineProfile {
    let mut profile = apple_ade::api::profile::Profile::default();
    profile.profile_name = Some(name.to_owned());
    profile.url = Some("https://mdm.example.org/enroll".to_owned());
    DefineProfile::new(profile)
}

/// How many schedules, unless PROPTEST_CASES says so.
fn cases() -> u32 {
    if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 2_000 }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::with_cases(cases()) })]

    /// ASG-4, ASG-10.
    #[test]
    fn what_is_wanted_is_reached_or_reported_whatever_breaks(
        seed in any::<u64>(),
        devices in 0_usize..18,
        policy in policy(),
        throttle in prop::option::of(1_u32..4),
        events in proptest::collection::vec(event(), 1..22),
    ) {
        let mut model = Model::new(seed, devices, policy, throttle);
        for event in &events {
            model.happen(event);
        }
        model.settle();
        model.compare(true);
        // Apple's support was called, and what is left is tried again.
        for _ in 0..3 {
            if !model.store.state().for_support().any(|_| true) && model.plan(DeviceFilter::All).is_empty() {
                break;
            }
            model.try_again();
            model.settle();
        }
        model.compare(false);
        prop_assert_eq!(model.rules.token(), model.token);
        prop_assert_eq!(model.plan(DeviceFilter::All).devices(), 0);
    }
}
