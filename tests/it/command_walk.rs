//! Going through a plan: a device that answers as it likes, an MDM that crashes when it likes, and what holds all the same.

use std::collections::BTreeSet;

use apple_ade::Stamp;
use apple_ade::affinity::UserAffinity;
use apple_ade::command::{
    CommandAnswer, EnrolledDevice, InstallProfile, Next, OnError, PlanStep, PlanWalk, PostEnrollmentPlan, Settled,
    StepId, Taken, WalkError, WalkState, post_enrollment_plan,
};
use apple_ade::device_name::DeviceType;
use apple_ade::id::CommandUuid;
use apple_ade::profile::account::{AccountConfiguration, AdminAccount, PrimaryAccount};
use apple_ade::profile::{CellularPlan, DeviceMode, EnrollmentProfile, Supervised, Unsupervised};
use apple_ade::shared_ipad::{GracePeriod, ResidentUsers, SharedIpad};
use proptest::prelude::*;

fn stamp(number: u8) -> Stamp {
    Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [number; 16])
}

fn answer(status: &str, uuid: Option<&CommandUuid>) -> CommandAnswer {
    let uuid = uuid.map(|uuid| format!("<key>CommandUUID</key><string>{uuid}</string>")).unwrap_or_default();
    let text = format!("<plist><dict><key>Status</key><string>{status}</string>{uuid}</dict></plist>");
    CommandAnswer::read(text.as_bytes()).unwrap()
}

/// A plan of a supervised iPad that is held, with a name and so many profiles.
fn plan(profiles: usize) -> PostEnrollmentPlan {
    let profile = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll")
        .mode(Supervised::new(UserAffinity::Without))
        .await_configuration()
        .device_name("iPad {{SERIAL}}".parse().unwrap())
        .build()
        .unwrap();
    let device = EnrolledDevice::new("DMPC0000ABCD".parse().unwrap(), DeviceType::Ipad, "17.0".parse().unwrap());
    (0..profiles).fold(post_enrollment_plan(&profile, &device.awaiting()), |plan, number| {
        plan.with_profile(InstallProfile::new(format!("com.example.{number}"), *b"x").unwrap())
    })
}

/// What goes out, with its UUID.
fn sent(walk: &mut PlanWalk, number: u8) -> (StepId, CommandUuid) {
    match walk.next(&stamp(number)) {
        Next::Send { step, uuid, .. } => (step.id().clone(), uuid),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_out_stays_out_until_it_is_answered() {
    let mut walk = PlanWalk::begin(plan(0), OnError::Stop);
    let (id, uuid) = sent(&mut walk, 1);
    assert_eq!(id, StepId::DeviceName);
    // Lost on the way: the same again, under the same UUID.
    assert_eq!(sent(&mut walk, 2), (id.clone(), uuid.clone()));
    assert_eq!(walk.answer(&answer("Idle", None)), Ok(Taken::Idle));
    assert_eq!(sent(&mut walk, 3), (id, uuid.clone()));
    // An answer about something else changes nothing.
    let other: CommandUuid = "other".parse().unwrap();
    let error = WalkError::AnotherCommand { found: Some(other.clone()), expected: Some(uuid.clone()) };
    assert_eq!(walk.answer(&answer("Acknowledged", Some(&other))), Err(error));
    let unknown = walk.answer(&answer("Reconsidering", Some(&uuid)));
    assert_eq!(unknown, Err(WalkError::UnknownStatus { status: "Reconsidering".into() }));
    assert_eq!(walk.answer(&answer("Acknowledged", Some(&uuid))), Ok(Taken::Ended(StepId::DeviceName)));
    // The second answer to the same.
    assert!(walk.answer(&answer("Acknowledged", Some(&uuid))).is_err());
    let (id, uuid) = sent(&mut walk, 4);
    assert_eq!(id, StepId::DeviceConfigured);
    assert_eq!(walk.answer(&answer("Acknowledged", Some(&uuid))), Ok(Taken::Ended(id)));
    assert!(matches!(walk.next(&stamp(5)), Next::Done));
    assert!(walk.is_done());
}

/// SHI-17: the device is not let go before it has done what it put off.
#[test]
fn what_is_put_off_comes_again() {
    let mut walk = PlanWalk::begin(plan(1), OnError::Stop);
    let (name, uuid) = sent(&mut walk, 1);
    assert_eq!(walk.answer(&answer("NotNow", Some(&uuid))), Ok(Taken::PutOff(name.clone())));
    let (profile, uuid) = sent(&mut walk, 2);
    assert_eq!(profile, StepId::Profile("com.example.0".into()));
    walk.answer(&answer("Acknowledged", Some(&uuid))).unwrap();
    assert!(matches!(walk.next(&stamp(3)), Next::Later));
    walk.answer(&answer("Idle", None)).unwrap();
    let (again, uuid) = sent(&mut walk, 4);
    assert_eq!(again, name);
    walk.answer(&answer("Acknowledged", Some(&uuid))).unwrap();
    assert_eq!(sent(&mut walk, 5).0, StepId::DeviceConfigured);
}

#[test]
fn a_failure_stops_the_walk_or_not() {
    let mut walk = PlanWalk::begin(plan(0), OnError::Stop);
    let (name, uuid) = sent(&mut walk, 1);
    assert_eq!(walk.answer(&answer("Error", Some(&uuid))), Ok(Taken::Stopped(name.clone())));
    assert!(matches!(walk.next(&stamp(2)), Next::Stopped { step: StepId::DeviceName, .. }));
    walk.retry().unwrap();
    assert_eq!(walk.retry(), Err(WalkError::NotStopped));
    let (again, other) = sent(&mut walk, 3);
    assert!(again == name && other != uuid);
    walk.answer(&answer("Error", Some(&other))).unwrap();
    walk.give_up().unwrap();
    assert!(matches!(walk.state().outcome(&name), Some(Settled::Failed(_))));
    let (last, uuid) = sent(&mut walk, 4);
    walk.answer(&answer("CommandFormatError", Some(&uuid))).unwrap();
    assert_eq!((last, walk.give_up()), (StepId::DeviceConfigured, Err(WalkError::NeverReleased)));
    assert!(matches!(walk.next(&stamp(5)), Next::Stopped { step: StepId::DeviceConfigured, .. }));

    let mut walk = PlanWalk::begin(plan(0), OnError::Continue);
    let (name, uuid) = sent(&mut walk, 1);
    assert_eq!(walk.answer(&answer("Error", Some(&uuid))), Ok(Taken::Ended(name)));
    let (last, uuid) = sent(&mut walk, 2);
    assert_eq!(walk.answer(&answer("Error", Some(&uuid))), Ok(Taken::Stopped(last)));
    walk.retry().unwrap();
    assert_eq!(walk.give_up(), Err(WalkError::NotStopped));
}

#[test]
fn a_walk_is_stored_and_goes_on() {
    let mut walk = PlanWalk::begin(plan(1), OnError::Stop);
    let (_, uuid) = sent(&mut walk, 1);
    walk.answer(&answer("NotNow", Some(&uuid))).unwrap();
    let out = sent(&mut walk, 2);
    let stored = serde_json::to_string(walk.state()).unwrap();
    let expected = r#"{"version":1,"planned":["device_name","profile:com.example.0","device_configured"],"given_out":2,"postponed":["device_name"],"sent":{"step":"profile:com.example.0","command_uuid":"78A789E9-85E3-8B68-B382-7F507846925C"}}"#;
    assert_eq!(stored, expected);
    let state: WalkState = serde_json::from_str(&stored).unwrap();
    assert_eq!(&state, walk.state());
    let mut again = PlanWalk::resume(plan(1), OnError::Stop, state.clone()).unwrap();
    assert_eq!(sent(&mut again, 3), out);
    // The profile is not in the plan any more: that is said, and taken as it is only where it is meant.
    let error = PlanWalk::resume(plan(0), OnError::Stop, state).unwrap_err();
    assert_eq!(error.missing(), [StepId::Profile("com.example.0".into())]);
    assert!(error.to_string().contains("lacks the step `profile:com.example.0`, which"), "{error}");
    let mut changed = error.without();
    assert!(matches!(changed.next(&stamp(4)), Next::Later));
    assert!(PlanWalk::resume(plan(0), OnError::Stop, changed.state().clone()).is_ok());
    // What an earlier version has stored does not say what the plan had.
    let early: WalkState = serde_json::from_str(r#"{"version":1,"postponed":["device_name"]}"#).unwrap();
    let early = PlanWalk::resume(plan(2), OnError::Stop, early).unwrap();
    assert_eq!(PlanWalk::resume(plan(1), OnError::Stop, early.state().clone()).unwrap_err().missing().len(), 1);

    let other = serde_json::from_str::<WalkState>(r#"{"version":2}"#).unwrap_err();
    assert!(
        other.to_string().contains("stored in version 2 of the form, and this version of the crate reads 1"),
        "{other}"
    );
    assert!(serde_json::from_str::<WalkState>(r#"{"version":1,"postponed":["odd"]}"#).is_err());
}

/// A device that was let go gets no more of the plan, whatever was added since.
#[test]
fn a_device_that_was_let_go_is_done() {
    let mut walk = PlanWalk::begin(plan(0), OnError::Stop);
    while let Next::Send { uuid, .. } = walk.next(&stamp(1)) {
        walk.answer(&answer("Acknowledged", Some(&uuid))).unwrap();
    }
    let mut more = PlanWalk::resume(plan(3), OnError::Stop, walk.state().clone()).unwrap();
    assert!(matches!(more.next(&stamp(2)), Next::Done));
    assert!(PlanWalk::resume(plan(0), OnError::Stop, more.state().clone()).is_ok());
}

/// A held Mac whose administrator has a password or not.
fn mac(password: bool) -> PostEnrollmentPlan {
    let accounts = AccountConfiguration::admin_only(AdminAccount::new("admin".parse().unwrap()));
    let profile = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll")
        .mode(Supervised::new(UserAffinity::Without))
        .await_configuration()
        .account_configuration(accounts)
        .build()
        .unwrap();
    let mac = EnrolledDevice::new("C02T0HL0GGC0".parse().unwrap(), DeviceType::Mac, "15.0".parse().unwrap());
    let plan = post_enrollment_plan(&profile, &mac.awaiting());
    if password { plan.with_admin_password(crate::command::hash("x", [0; 32], 1000)).unwrap() } else { plan }
}

/// A plan that is made anew without the password would make an administrator that nobody can log in as.
#[test]
fn a_password_is_not_forgotten() {
    let mut walk = PlanWalk::begin(mac(true), OnError::Stop);
    let (_, uuid) = sent(&mut walk, 1);
    let error = PlanWalk::resume(mac(false), OnError::Stop, walk.state().clone()).unwrap_err();
    assert!(error.lacks_password() && error.missing().is_empty());
    assert!(error.to_string().contains("lacks the administrator's password, which"), "{error}");
    assert!(PlanWalk::resume(mac(true), OnError::Stop, walk.state().clone()).is_ok());
    // When the account is made, nobody needs it any more.
    walk.answer(&answer("Acknowledged", Some(&uuid))).unwrap();
    assert!(PlanWalk::resume(mac(false), OnError::Stop, walk.state().clone()).is_ok());
    // A walk that was begun without one takes it later.
    let later = PlanWalk::begin(mac(false), OnError::Stop);
    assert!(PlanWalk::resume(mac(true), OnError::Stop, later.state().clone()).is_ok());
}

/// One stamp for a whole walk: an answer that comes twice does not end the next step.
#[test]
fn commands_of_one_stamp_have_uuids_of_their_own() {
    let mut walk = PlanWalk::begin(plan(1), OnError::Stop);
    let (_, name) = sent(&mut walk, 1);
    walk.answer(&answer("Error", Some(&name))).unwrap();
    walk.retry().unwrap();
    let (id, again) = sent(&mut walk, 1);
    assert!(id == StepId::DeviceName && again != name);
    walk.answer(&answer("Acknowledged", Some(&again))).unwrap();
    let (id, profile) = sent(&mut walk, 1);
    assert!(id != StepId::DeviceName && profile != again);
    assert!(walk.answer(&answer("Acknowledged", Some(&again))).is_err());
    assert_eq!(sent(&mut walk, 1), (id, profile));
}

/// The state is at hand while the command is.
#[test]
fn the_state_is_stored_before_the_command_goes_out() {
    let mut walk = PlanWalk::begin(plan(0), OnError::Stop);
    let Next::Send { step, uuid, state } = walk.next(&stamp(1)) else { panic!("there is one") };
    let stored = serde_json::to_string(state).unwrap();
    assert!(stored.contains(uuid.as_str()) && stored.contains(&step.id().to_string()));
}

/// What an enrollment may be of.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether the profile or the device has something")]
struct Case {
    mode: u8,
    awaits: bool,
    named: bool,
    cellular: bool,
    accounts: bool,
    otherwise: bool,
    profiles: usize,
    kind: DeviceType,
    version: (u16, u16),
    esim: Option<bool>,
    analytics: bool,
}

impl Case {
    fn plan(&self) -> PostEnrollmentPlan {
        let mode: DeviceMode = match self.mode {
            0 => Supervised::new(UserAffinity::Without).into(),
            1 => SharedIpad::guests_only().into(),
            2 => Unsupervised::new(UserAffinity::Without).into(),
            _ => SharedIpad::accounts(ResidentUsers::MOST).passcode_grace(GracePeriod::OneHour).into(),
        };
        let mut builder = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll").mode(mode);
        if self.awaits || self.accounts {
            builder = builder.await_configuration();
        }
        if self.named {
            builder = builder.device_name("{{SERIAL}}".parse().unwrap());
        }
        if self.cellular {
            builder = builder.cellular_plan(CellularPlan::new("https://esim.example.com").unwrap());
        }
        if self.accounts {
            let admin = AdminAccount::new("admin".parse().unwrap());
            builder =
                builder.account_configuration(AccountConfiguration::admin_and_primary(admin, PrimaryAccount::Asked));
        }
        let profile = builder.build().unwrap();
        let version = apple_ade::os::OsVersion::new(self.version.0, self.version.1, 0);
        let mut device = EnrolledDevice::new("DMPC0000ABCD".parse().unwrap(), self.kind, version);
        if self.awaits {
            device = device.awaiting();
        }
        if self.otherwise {
            device = device.enrolled_otherwise();
        }
        if let Some(esim) = self.esim {
            device = device.esim(esim);
        }
        let mut plan = post_enrollment_plan(&profile, &device);
        if self.analytics {
            plan = plan.with_app_analytics(true).with_diagnostic_submission(false);
        }
        (0..self.profiles).fold(plan, |plan, number| {
            plan.with_profile(InstallProfile::new(format!("com.example.{number}"), *b"x").unwrap())
        })
    }
}

fn case() -> impl Strategy<Value = Case> {
    let kinds = proptest::sample::select(DeviceType::ALL);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let rest = (0_u8..4, 0_usize..4, kinds, (1_u16..28, 0_u16..6), any::<Option<bool>>(), any::<bool>());
    (flags, rest).prop_map(|((awaits, named, cellular, accounts, analytics), rest)| {
        let (mode, profiles, kind, version, esim, otherwise) = rest;
        Case { mode, awaits, named, cellular, accounts, otherwise, profiles, kind, version, esim, analytics }
    })
}

/// What happens at a turn.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Turn {
    Acknowledged,
    Error,
    NotNow,
    Idle,
    Lost,
    Twice,
    Crash,
    Retry,
    GiveUp,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        4 => Just(Turn::Acknowledged),
        2 => Just(Turn::Error),
        2 => Just(Turn::NotNow),
        1 => Just(Turn::Idle),
        1 => Just(Turn::Lost),
        1 => Just(Turn::Twice),
        1 => Just(Turn::Crash),
        1 => Just(Turn::Retry),
        1 => Just(Turn::GiveUp),
    ];
    proptest::collection::vec(turn, 0..40)
}

proptest! {
    /// The order of a plan, whatever is asked of whatever device.
    #[test]
    fn plans_are_in_order(case in case()) {
        let plan = case.plan();
        let ids: Vec<&StepId> = plan.steps().iter().map(PlanStep::id).collect();
        // Each step once, in the order of the enumeration, with `DeviceConfigured` last exactly if the device is held, whatever is known of it.
        prop_assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == ids.len(), "{ids:?}");
        let last = ids.iter().position(|id| **id == StepId::DeviceConfigured);
        prop_assert!(last.is_none_or(|at| at + 1 == ids.len()));
        prop_assert_eq!(last.is_some(), case.awaits);
        prop_assert!(plan.left_out().iter().all(|left_out| !ids.contains(&left_out.id())));
        // What is sent breaks no rule that is an error: each error is about something that is left out.
        let errors = plan.violations().errors().count();
        let left_out = plan.left_out().iter().filter(|left_out| left_out.because().severity() == apple_ade::judgement::Severity::Error);
        prop_assert_eq!(errors, left_out.count());
        for step in plan.steps() {
            prop_assert!(!step.why().is_empty() && !step.sources().is_empty());
        }
        // The same input, the same bytes.
        let uuid = CommandUuid::random([1; 16]);
        for (step, again) in plan.steps().iter().zip(case.plan().steps()) {
            let (one, other) = (step.command().to_xml(&uuid), again.command().to_xml(&uuid));
            prop_assert_eq!(one.expose_secret(), other.expose_secret());
        }
    }

    /// A device that answers as it likes, and an MDM that forgets all but what it stored.
    #[test]
    fn the_walk_keeps_its_laws(case in case(), turns in turns(), stop in any::<bool>()) {
        let policy = if stop { OnError::Stop } else { OnError::Continue };
        let mut walk = PlanWalk::begin(case.plan(), policy);
        let mut ended: BTreeSet<StepId> = BTreeSet::new();
        let mut put_off: BTreeSet<StepId> = BTreeSet::new();
        let mut out: Option<(StepId, CommandUuid)> = None;
        let mut used: BTreeSet<CommandUuid> = BTreeSet::new();
        // When the script is over the device does all that it is told.
        let end = [Turn::Idle, Turn::Retry, Turn::Acknowledged].into_iter().cycle().take(60);
        for (number, turn) in turns.into_iter().chain(end).enumerate() {
            let count = walk.plan().steps().len();
            // One stamp for some turns.
            let next = match walk.next(&stamp(u8::try_from(number / 8).unwrap())) {
                Next::Send { step, uuid, .. } => Some((step.id().clone(), uuid)),
                Next::Later => {
                    prop_assert!(!put_off.is_empty() && out.is_none());
                    None
                }
                Next::Stopped { step, .. } => {
                    prop_assert!(stop || step == StepId::DeviceConfigured);
                    prop_assert!(out.is_none());
                    match turn {
                        Turn::Retry => walk.retry().unwrap(),
                        Turn::GiveUp if step != StepId::DeviceConfigured => {
                            ended.insert(step.clone());
                            walk.give_up().unwrap();
                        }
                        _ => {}
                    }
                    continue;
                }
                Next::Done => {
                    prop_assert_eq!(ended.len(), count);
                    prop_assert!(!case.awaits || ended.contains(&StepId::DeviceConfigured), "never let go");
                    continue;
                }
                other => panic!("{other:?}"),
            };
            if let Some((id, uuid)) = &next {
                prop_assert!(!ended.contains(id) && !put_off.contains(id), "{id} is sent once more");
                prop_assert!(*id != StepId::DeviceConfigured || ended.len() + 1 == count, "{id} is sent after {ended:?}");
                match &out {
                    Some(out) => prop_assert_eq!(out, &(id.clone(), uuid.clone())),
                    None => prop_assert!(used.insert(uuid.clone()), "a UUID twice"),
                }
                out = next.clone();
            }
            let status = match turn {
                Turn::Acknowledged | Turn::Twice => "Acknowledged",
                Turn::Error => "Error",
                Turn::NotNow => "NotNow",
                Turn::Idle => "Idle",
                Turn::Lost | Turn::Retry | Turn::GiveUp => continue,
                Turn::Crash => {
                    let stored = serde_json::to_string(walk.state()).unwrap();
                    let state: WalkState = serde_json::from_str(&stored).unwrap();
                    // Who forgets the profiles is told so, for each that has not ended.
                    let forgetful = Case { profiles: 0, ..case.clone() }.plan();
                    let missing = match PlanWalk::resume(forgetful, policy, state.clone()) {
                        Ok(_) => Vec::new(),
                        Err(error) => error.missing().to_vec(),
                    };
                    let lacks = |id: &&StepId| matches!(id, StepId::Profile(_)) && !ended.contains(*id);
                    let expected: Vec<StepId> = walk.plan().steps().iter().map(PlanStep::id).filter(lacks).cloned().collect();
                    prop_assert_eq!(missing, expected);
                    walk = PlanWalk::resume(case.plan(), policy, state).unwrap();
                    continue;
                }
            };
            if status == "Idle" {
                prop_assert_eq!(walk.answer(&answer("Idle", None)), Ok(Taken::Idle));
                put_off.clear();
                continue;
            }
            let Some((id, uuid)) = next else { continue };
            let taken = walk.answer(&answer(status, Some(&uuid)));
            out = None;
            match (turn, taken) {
                (Turn::Acknowledged | Turn::Twice, Ok(Taken::Ended(found))) => {
                    prop_assert_eq!(&found, &id);
                    ended.insert(id);
                    if turn == Turn::Twice {
                        prop_assert!(walk.answer(&answer(status, Some(&uuid))).is_err());
                    }
                }
                (Turn::Error, Ok(Taken::Ended(found))) => {
                    prop_assert!(!stop && found == id && id != StepId::DeviceConfigured);
                    ended.insert(id);
                }
                (Turn::Error, Ok(Taken::Stopped(found))) => {
                    prop_assert!(found == id && (stop || id == StepId::DeviceConfigured));
                }
                (Turn::NotNow, Ok(Taken::PutOff(found))) => {
                    prop_assert_eq!(&found, &id);
                    put_off.insert(id);
                }
                (turn, taken) => prop_assert!(false, "{turn:?} gave {taken:?}"),
            }
        }
        prop_assert!(walk.is_done(), "{:?}", walk.state());
        prop_assert_eq!(ended.len(), walk.plan().steps().len());
    }
}
