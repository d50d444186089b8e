//! Events, and the end.

use std::collections::BTreeSet;

use apple_ade::api::{AssignProfile, DeviceDetails};
use apple_ade::assign::*;
use apple_ade::error::Obstacle;
use apple_ade::id::SerialNumber;
use apple_ade::simulator::{Family, Fault, FaultRule, Faults, Trouble, World};
use chrono::TimeDelta;

use super::NAMES;
use super::events::{Event, Moment};
use super::model::{Idle, Model};

impl Model {
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
    pub(super) fn happen(&mut self, event: &Event) {
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
                let plan = self.plan(filter_of(*filter));
                assert_eq!(AssignmentPlan::from_json(&plan.to_json()).unwrap(), plan);
                self.add(plan.approve().unwrap());
            }
            Event::Keep(filter) => {
                let plan = self.plan(filter_of(*filter)).approve().unwrap();
                self.kept.extend(plan.into_parts(4).iter().map(ApprovedPlan::to_json));
            }
            Event::AddKept => {
                if let Some(plan) = self.kept.pop() {
                    self.add(ApprovedPlan::from_json(&plan).unwrap());
                }
            }
            Event::Given(draw, name) => {
                let uuid = self.store.profiles.get(NAMES[usize::from(*name)]).unwrap().uuid().clone();
                if let Some(serial) = self.here(*draw) {
                    // If it goes wrong, nobody has given it one.
                    drop(self.ade.call(AssignProfile::new(uuid, [serial])));
                }
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

    pub(super) fn try_again(&mut self) {
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
    pub(super) fn settle(&mut self) {
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
    pub(super) fn compare(&self, reports_count: bool) {
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

fn filter_of(draw: u8) -> DeviceFilter {
    match draw {
        0 => DeviceFilter::Unassigned,
        1 => DeviceFilter::Profile(NAMES[0].parse().unwrap()),
        _ => DeviceFilter::All,
    }
}
