//! What happens between two steps.

use apple_ade::api::DevicePage;
use apple_ade::simulator::{Family, Trouble, World};
use apple_ade::sync::{Kind, Misuse, Step, Trigger};
use chrono::TimeDelta;
use proptest::prelude::*;

use super::faults::{self, Harm};
use super::line::Spoilt;
use super::model::{ADMINISTRATOR, Model, Moment};

#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The machine makes so many steps; what it waits for comes.
    Steps(u8),
    /// The process dies: before an answer is handed over, before a commit is stored, or before it is acknowledged.
    Crash(Moment),
    Churn(u8),
    Buy(u8),
    MoveAway(u16),
    MoveBack(u16),
    /// Away and back; within the same second where no delta has to tell the truth.
    ThereAndBack(u16),
    Replace(u16),
    Throttle(u16),
    Hours(u16),
    /// The machine's clock is wrong by so many hours.
    Clock(i16),
    /// Somebody asks for a sync.
    Ask(Kind, Trigger),
    /// Everything goes wrong now and then, in so many of a thousand calls.
    Faults(u64, u16),
    NoFaults,
    Spoil(Vec<Spoilt>),
    NewTerms,
    SignTerms,
    EndSessions,
    /// An answer or an acknowledgement that nobody has asked for.
    Misuse(u64),
}

pub(crate) fn event(harm: Harm) -> BoxedStrategy<Event> {
    let moment =
        prop_oneof![Just(Moment::Now), Just(Moment::BeforeCommit), Just(Moment::AfterCommit), Just(Moment::StoreFails)];
    let trigger =
        prop_oneof![4 => Just(Trigger::Manual), 1 => Just(Trigger::TokenInstalled), 1 => Just(Trigger::Schedule)];
    let spoilt = prop_oneof![Just(Spoilt::MoreIsText), Just(Spoilt::MoreIsMissing), Just(Spoilt::NoCursor)];
    let usual = prop_oneof![
        8 => (1_u8..12).prop_map(Event::Steps),
        2 => moment.prop_map(Event::Crash),
        2 => (1_u8..20).prop_map(Event::Churn),
        1 => (1_u8..5).prop_map(Event::Buy),
        1 => any::<u16>().prop_map(Event::MoveAway),
        1 => any::<u16>().prop_map(Event::MoveBack),
        1 => any::<u16>().prop_map(Event::ThereAndBack),
        1 => any::<u16>().prop_map(Event::Replace),
        2 => (any::<u64>(), 50_u16..700).prop_map(|(seed, share)| Event::Faults(seed, share)),
        1 => Just(Event::NoFaults),
        1 => prop::collection::vec(spoilt, 1..4).prop_map(Event::Spoil),
        1 => Just(Event::NewTerms),
        2 => Just(Event::SignTerms),
        1 => Just(Event::EndSessions),
        1 => prop_oneof![any::<u64>(), 0..40_u64].prop_map(Event::Misuse),
        2 => trigger.clone().prop_map(|trigger| Event::Ask(Kind::Delta, trigger)),
    ];
    if harm == Harm::NoLies {
        return prop_oneof![18 => usual, 2 => (1_u16..30).prop_map(Event::Hours)].boxed();
    }
    let unread = prop_oneof![any::<u8>().prop_map(Spoilt::Blind), any::<u8>().prop_map(Spoilt::Named)];
    prop_oneof![
        24 => usual,
        2 => (1_u16..300).prop_map(Event::Hours),
        1 => trigger.prop_map(|trigger| Event::Ask(Kind::Full, trigger)),
        1 => any::<u16>().prop_map(Event::Throttle),
        1 => prop::collection::vec(unread, 1..3).prop_map(Event::Spoil),
    ]
    .boxed()
}

/// As any other, and the machine's clock is wrong now and then.
pub(crate) fn event_with_a_wrong_clock() -> impl Strategy<Value = Event> {
    let hours = prop_oneof![-400_i16..400, Just(0), Just(30_000), Just(-30_000)];
    prop_oneof![6 => event(Harm::Any), 1 => hours.prop_map(Event::Clock)]
}

impl Model {
    fn serial(&self, server: &str, draw: u16) -> Option<String> {
        let list = self.list(server);
        list.iter().nth(usize::from(draw) % list.len().max(1)).cloned()
    }

    pub(crate) fn happen(&mut self, event: &Event, harm: Harm) {
        if harm == Harm::NoLies {
            // Of two rows of the same second, and one of them twice in a page, nobody can tell which is the later.
            self.apple.with_world(|world| world.advance(TimeDelta::seconds(1)));
        }
        match event {
            Event::Steps(count) => {
                for _ in 0..*count {
                    if self.step(None).is_some() {
                        break;
                    }
                }
            }
            Event::Crash(moment) => {
                for _ in 0..4 {
                    if self.step(Some(*moment)).is_some() {
                        break;
                    }
                }
                if *moment != Moment::StoreFails {
                    self.sync = self.store.resume(self.policy);
                    self.referee.crashed();
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
            Event::ThereAndBack(draw) => {
                if let Some(serial) = self.serial(&self.server, *draw) {
                    self.apple.with_world(|world| world.move_device(&serial, &self.elsewhere));
                    self.referee.moved(&self.list(&self.server));
                    let later = if harm == Harm::NoLies { TimeDelta::seconds(1) } else { TimeDelta::zero() };
                    self.apple.with_world(|world| world.advance(later));
                    self.apple.with_world(|world| world.move_device(&serial, &self.server));
                }
            }
            Event::Replace(draw) => {
                if let Some(serial) = self.serial(&self.server, *draw) {
                    self.apple.with_world(|world| world.replace(&serial));
                }
            }
            Event::Throttle(draw) => {
                if let Some(serial) = self.serial(&self.server, *draw) {
                    let until = self.now() + TimeDelta::hours(30);
                    self.apple.with_world(|world| world.set_trouble(&serial, Some(Trouble::Throttled { until })));
                }
            }
            Event::Hours(hours) => self.apple.with_world(|world| world.advance(TimeDelta::hours(i64::from(*hours)))),
            Event::Clock(hours) => {
                self.offset = TimeDelta::hours(i64::from(*hours));
                self.referee.clock_was_wrong = true;
            }
            Event::Ask(kind, trigger) => self.ask(*kind, *trigger),
            Event::Faults(seed, share) => {
                if harm == Harm::NoLies {
                    let list = self.list(&self.server);
                    self.hidden.extend(list.into_iter().step_by(7));
                }
                let faults = faults::all(*seed, *share, harm, &self.hidden);
                self.apple.with_world(|world| *world.faults_mut() = faults);
            }
            Event::NoFaults => self.apple.with_world(|world| world.faults_mut().clear()),
            Event::Spoil(how) => self.spoilt.lock().unwrap().extend(how),
            Event::NewTerms => self.apple.with_world(World::publish_terms),
            Event::SignTerms => drop(self.apple.with_world(|world| world.sign_terms(ADMINISTRATOR))),
            Event::EndSessions => self.apple.with_world(World::end_sessions),
            Event::Misuse(id) => self.misuse(*id),
        }
        self.referee.moved(&self.list(&self.server));
    }

    fn misuse(&mut self, id: u64) {
        let stamp = self.stamp();
        let before = (self.sync.state().clone(), self.sync.next(&stamp));
        if !matches!(&before.1, Step::Commit(commit) if commit.id() == id) {
            assert!(matches!(self.sync.committed(id), Err(Misuse::NoSuchCommit { .. })));
        }
        if !matches!(&before.1, Step::Call(call) if call.id == id) {
            let answer = self.sync.answer(id, Ok(DevicePage::default()), &stamp);
            assert!(matches!(answer, Err(Misuse::NoSuchCall { .. })));
        }
        assert_eq!((self.sync.state().clone(), self.sync.next(&stamp)), before);
    }
}
