//! The machine, its caller, and what they must not do.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::api::{AssignProfile, DefineProfile, Device, DeviceFamily, DeviceStatus, Service};
use apple_ade::assign::*;
use apple_ade::blocking::Client;
use apple_ade::id::{ProfileUuid, SerialNumber};
use apple_ade::session::Session;
use apple_ade::simulator::{Family, ProfileStatus, Settings, Simulator, World};
use apple_ade::token::{ServerToken, TokenIdentity};
use chrono::{DateTime, TimeDelta, Utc};

use super::NAMES;
use super::events::Moment;
use super::store::Store;

pub(super) enum Idle {
    Until(DateTime<Utc>, Why),
    Done,
}

/// A device, and the profile that it is given.
type Given = (SerialNumber, Option<ProfileUuid>);

pub(super) struct Model {
    pub(super) apple: Simulator,
    pub(super) ade: Client,
    pub(super) token: TokenIdentity,
    pub(super) server: String,
    pub(super) elsewhere: String,
    pub(super) policy: AssignPolicy,
    pub(super) rules: AssignmentRules,
    pub(super) assigner: Assigner,
    pub(super) store: Store,
    /// Until when no call may be made.
    pub(super) announced: Option<DateTime<Utc>>,
    /// The machine has nothing to do until then, unless somebody tells it of something.
    pub(super) asleep: Option<DateTime<Utc>>,
    throttled: BTreeMap<SerialNumber, DateTime<Utc>>,
    failed: BTreeMap<Given, u32>,
    given_up: BTreeSet<Given>,
    /// What was learnt of an answer, as long as it is not stored.
    learnt: Vec<(Given, Option<DateTime<Utc>>)>,
    calls_since_sleep: u32,
    /// What each device had when it was looked at, as long as nothing was sent.
    looked: BTreeMap<SerialNumber, Option<String>>,
    /// Approved plans that lie in the store.
    pub(super) kept: Vec<String>,
}

impl Model {
    pub(super) fn new(seed: u64, devices: usize, policy: AssignPolicy, throttle: Option<u32>) -> Self {
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
            looked: BTreeMap::new(),
            kept: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.apple.with_world(|world| world.now())
    }

    /// What a sync would have stored: the devices of this server as they are.
    pub(super) fn list(&self) -> Vec<Device> {
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

    pub(super) fn plan(&self, filter: DeviceFilter) -> AssignmentPlan {
        let mut planner = Planner::new(self.rules.with_profiles(&self.store.profiles).unwrap()).with_filter(filter);
        for device in self.list() {
            planner.add(&device, &Known::new());
        }
        planner.finish()
    }

    pub(super) fn add(&mut self, work: impl Into<Work>) {
        self.assigner.add(work).unwrap();
        self.asleep = None;
    }

    pub(super) fn crash(&mut self) {
        self.looked.clear();
        self.assigner = Assigner::resume(self.store.state(), self.policy);
        self.learnt.clear();
        self.asleep = None;
    }

    /// Makes one step. `crash` says at which point the process dies.
    pub(super) fn step(&mut self, crash: Option<Moment>) -> Option<Idle> {
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
                match &call.request {
                    Request::Details(details) => {
                        for serial in &details.devices {
                            self.looked.insert(serial.clone(), self.has(serial));
                        }
                    }
                    // Once: whatever comes of it, the next time they are looked at first.
                    _ => self.looked.clear(),
                }
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
                    self.looked.clear();
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
        if let Request::Assign(assign) = request {
            assert!(
                !self.store.forgotten.contains(&assign.profile_uuid),
                "{} is known to be forgotten",
                assign.profile_uuid
            );
            self.is_as_planned(assign);
        }
        let most = usize::try_from(self.policy.batch_size).unwrap().max(1);
        assert!((1..=most).contains(&serials.len()), "{} devices in a request", serials.len());
        assert_eq!(serials.iter().collect::<BTreeSet<_>>().len(), serials.len(), "a device twice in a request");
        for serial in serials {
            if let Some(wanted) = wanted {
                let has = self.looked.get(serial).unwrap_or_else(|| panic!("{serial} was not looked at"));
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

    /// What a plan of a filter gives a profile is what the filter admitted, when it was looked at; or it has that profile, as it was before
    /// Apple had forgotten it.
    fn is_as_planned(&self, assign: &AssignProfile) {
        let state: serde_json::Value = serde_json::from_str(&self.assigner.state().to_json()).unwrap();
        for serial in &assign.devices {
            let task = &state["tasks"][state["devices"][serial.as_str()]["task"].to_string()];
            let has = self.looked[serial].as_deref();
            let is_own = has.is_some_and(|has| self.store.forgotten.contains(has));
            let is_admitted = match &task["only"] {
                serde_json::Value::Null => true,
                serde_json::Value::String(_) => has.is_none(),
                other => has == other["profile"].as_str(),
            };
            assert!(is_admitted || is_own, "{serial} has {has:?}, and is sent for {task}");
        }
    }

    /// The profile that a device of this server has.
    pub(super) fn has(&self, serial: &SerialNumber) -> Option<String> {
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
                // It is the device that is to be left alone, whichever profile comes next.
                let next = commit.state().pending().find(|(pending, _)| *pending == serial).map(|(_, task)| task);
                let assigns = |task: &Task| matches!(task, Task::Assign { .. });
                if !(*outcome == Outcome::Superseded && assigns(task) && next.is_some_and(assigns)) {
                    self.throttled.remove(serial);
                }
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
}

pub(super) fn definition(name: &str) -> DefineProfile {
    let mut profile = apple_ade::api::profile::Profile::default();
    profile.profile_name = Some(name.to_owned());
    profile.url = Some("https://mdm.example.org/enroll".to_owned());
    DefineProfile::new(profile)
}
