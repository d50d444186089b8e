//! The life of a device: each state of the documents, and plans that lead where they should.

use std::collections::BTreeSet;

use apple_ade::api::{Device, DeviceFamily, Endpoint, FetchDevices, OpType, ProfileStatus};
use apple_ade::json::RawJson;
use apple_ade::profile::Pairing;
use apple_ade::program::lifecycle::{
    AtApple, BlockedBy, Consequence, ContactState, CorporateBasis, Event, Goal, IosFamily, Lifecycle, LifecycleError,
    OnDevice, PlanStep, ProfileAtApple, ResetMethod, Retention, State, SyncedDevice, corporate_basis, reset_methods,
};
use apple_ade::program::sign_in::EnrollmentKind;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn start() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

/// A device after these events, all at one time.
fn after(events: &[Event]) -> Lifecycle {
    let mut device = Lifecycle::listed(start());
    for event in events {
        device.take(*event, start()).unwrap_or_else(|error| panic!("{error} in {events:?}"));
    }
    device
}

/// For a device whose pairing is allowed.
fn erase() -> PlanStep {
    let otherwise = vec![ResetMethod::Settings, ResetMethod::AppleConfigurator, ResetMethod::Finder];
    PlanStep::EraseByCommand { otherwise }
}

const ENROLLED: [Event; 3] = [Event::ProfileAssigned, Event::SetUp, Event::EnrollmentCompleted];

/// Every state that the documents name, and what leads there.
#[test]
fn every_state_of_the_documents_is_reached() {
    let blocked = Event::EnrollmentBlocked { by: BlockedBy::AppLicence };
    let cases: &[(&[Event], State)] = &[
        (&[], State::Unassigned),
        (&[Event::ProfileAssigned], State::Assigned),
        (&[Event::ProfileAssigned, Event::ProfileRemoved], State::Unassigned),
        (&[Event::ProfileAssigned, Event::SetUp], State::Pushed),
        (&ENROLLED, State::Enrolled),
        (&[Event::ProfileAssigned, Event::SetUp, blocked], State::Blocked),
        (&[Event::ProfileAssigned, Event::SetUp, blocked, Event::EnrollmentCompleted], State::Enrolled),
        (&[Event::ProfileAssigned, Event::SetUp, Event::EnrollmentFailed], State::Failed),
        // At the second try.
        (&[Event::ProfileAssigned, Event::SetUp, Event::EnrollmentFailed, Event::EnrollmentCompleted], State::Enrolled),
        (&[Event::SetUp], State::Unmanaged),
        (&[Event::SetUp, Event::ProfileAssigned], State::PendingReset),
        (&[Event::SetUp, Event::Erased], State::Erased),
        (&[Event::DeletedHere], State::DeletedHere),
        (&[Event::DeletedHere, Event::Listed], State::Unassigned),
        (&[Event::Released], State::Released),
        (&[Event::Released, Event::Listed], State::Unassigned),
        (&[Event::Released, Event::DeletedHere], State::Gone),
        (&[Event::Released, Event::DeletedHere, Event::Listed], State::Unassigned),
    ];
    let mut seen = BTreeSet::new();
    for (events, expected) in cases {
        let device = after(events);
        assert_eq!(device.state(), *expected, "{events:?}");
        let stored: Lifecycle = serde_json::from_str(&serde_json::to_string(&device).unwrap()).unwrap();
        assert_eq!(stored, device);
        seen.insert(device.state());
    }
    assert_eq!(seen.len(), 12);
}

/// LIF-1, LIF-2, LIF-3, PRO-6, ASG-9: a profile takes effect when a new or erased device is set up, and at no other time.
#[test]
fn a_profile_takes_effect_after_a_wipe() {
    let assign = |mut device: Lifecycle| device.take(Event::ProfileAssigned, start()).unwrap();
    assert_eq!(assign(after(&[])), Some(Consequence::TakesEffectAtSetUp));
    assert_eq!(assign(after(&[Event::SetUp])), Some(Consequence::NeedsWipe));
    assert_eq!(assign(after(&ENROLLED)), Some(Consequence::NeedsWipe));
    assert_eq!(assign(after(&[Event::SetUp, Event::Erased])), Some(Consequence::TakesEffectAtSetUp));

    let mut device = after(&[&ENROLLED[..], &[Event::ProfileAssigned]].concat());
    assert!(device.is_managed(), "LIF-2: it goes on as it is");
    let refused = device.take(Event::SetUp, start()).unwrap_err();
    assert_eq!(refused, LifecycleError::OutOfOrder { state: State::PendingReset, event: Event::SetUp });
    for event in [Event::Erased, Event::SetUp, Event::EnrollmentCompleted] {
        device.take(event, start()).unwrap();
    }
    assert_eq!(device.state(), State::Enrolled);

    // Another profile while the device enrolls: it has the one before.
    let device = after(&[Event::ProfileAssigned, Event::SetUp, Event::ProfileAssigned, Event::EnrollmentCompleted]);
    assert_eq!(device.state(), State::PendingReset);
    // PRO-6: fetching the profile is receiving the remote management payload.
    assert_eq!(after(&ENROLLED).at_apple(), AtApple::Listed { profile: ProfileAtApple::Pushed });
    // ASG-1
    let unmanaged = Lifecycle::listed(start()).take(Event::SetUp, start()).unwrap();
    assert_eq!(unmanaged, Some(Consequence::NotManaged));
}

/// DEV-10: a device that its user enrolled loses its management at once; one of automated enrollment does not.
#[test]
fn a_profile_unenrolls_what_users_enrolled() {
    let mut device = after(&[Event::SetUp, Event::EnrolledByUser]);
    assert_eq!(device.on_device(), OnDevice::Enrolled { by: EnrollmentKind::UserInitiated, outdated: false });
    assert_eq!(device.take(Event::ProfileAssigned, start()), Ok(Some(Consequence::Unenrolled)));
    assert!(!device.is_managed());
    let plan = after(&[Event::SetUp, Event::EnrolledByUser]).plan(Goal::Enroll, &Pairing::AllowAll);
    let expected = [erase(), PlanStep::AssignProfile, PlanStep::SetUp, PlanStep::FinishEnrollment];
    assert_eq!(plan.steps(), expected, "erased while the command still reaches it");
}

/// DEV-10, ASG-8: a device may be enrolled by its user before Apple lists it here, with a profile or without.
#[test]
fn users_enroll_before_apple_lists() {
    for (events, told) in [
        (&[Event::EnrolledByUser][..], Consequence::Unenrolled),
        (&[Event::ProfileAssigned, Event::EnrolledByUser], Consequence::Unenrolled),
    ] {
        let mut device = after(events);
        assert_eq!((device.state(), device.contact()), (State::Enrolled, ContactState::Contacted));
        assert_eq!(device.take(Event::ProfileAssigned, start()), Ok(Some(told)), "{events:?}");
    }
}

/// Each try to enroll may end in its own way.
#[test]
fn a_try_follows_a_try() {
    let blocked = |by| Event::EnrollmentBlocked { by };
    let tries = [
        Event::EnrollmentFailed,
        Event::EnrollmentFailed,
        blocked(BlockedBy::AppLicence),
        blocked(BlockedBy::Licence),
        Event::EnrollmentFailed,
        blocked(BlockedBy::PlatformRestriction),
    ];
    let device = after(&[&[Event::ProfileAssigned, Event::SetUp][..], &tries].concat());
    assert_eq!(device.on_device(), OnDevice::Blocked { by: BlockedBy::PlatformRestriction });
}

/// DEV-5: a device that was deleted here alone is managed all the same, and is not erased to bring it back.
#[test]
fn what_was_deleted_here_alone_is_fetched_and_not_erased() {
    let device = after(&[&ENROLLED[..], &[Event::DeletedHere]].concat());
    assert_eq!(device.state(), State::DeletedHere);
    assert_eq!(device.plan(Goal::Enroll, &Pairing::AllowAll).steps(), [PlanStep::FetchAllDevices]);
}

/// What follows from a record is what follows from it as a whole (LIF-1, LIF-2, DEV-8).
#[test]
fn a_record_is_taken_as_a_whole() {
    let mut record = Device::new("C02T0HL0GGC0".parse().unwrap());
    record.profile_status = Some(ProfileStatus::Pushed);
    for before in [
        &[Event::SetUp][..],
        &[Event::SetUp, Event::EnrolledByUser],
        &[ENROLLED[0], ENROLLED[1], ENROLLED[2], Event::ProfileRemoved],
        &[ENROLLED[0], ENROLLED[1], ENROLLED[2], Event::ProfileAssigned],
    ] {
        let mut device = after(before);
        assert_eq!(device.take_record(&record, start()), Ok(vec![]), "it has just been set up with it: {before:?}");
        assert_eq!(device.state(), State::Pushed);
    }
    // The page was received after an event of the MDM's own, and tells of something before it.
    let mut device = after(&[]);
    device.take(Event::ProfileAssigned, start() + TimeDelta::minutes(5)).unwrap();
    (record.op_type, record.op_date) = (Some(OpType::Deleted), Some(start()));
    assert_eq!(device.take_record(&record, start() + TimeDelta::minutes(6)), Ok(vec![]));
    assert_eq!(device.at_apple(), AtApple::Released { since: start() });
    assert_eq!(device.state(), State::Released);
}

/// DEV-5, DEV-6: deleted here alone it comes back; the plan takes it off the server first.
#[test]
fn deleted_here_is_not_away() {
    let mut device = after(&[]);
    assert_eq!(device.take(Event::DeletedHere, start()), Ok(Some(Consequence::WillReappear)));
    assert!(device.take(Event::DeletedHere, start()).is_err());
    assert_eq!(device.take(Event::Listed, start()), Ok(Some(Consequence::Reappeared)));
    assert_eq!(device.take(Event::Listed, start()), Ok(None));
    let plan = device.plan(Goal::KeepAway, &Pairing::AllowAll);
    assert_eq!(plan.steps(), [PlanStep::UnassignAtApple, PlanStep::DeleteHere]);
    let told = plan.to_string();
    assert!(
        told.starts_with("1. take the device off this server") && told.ends_with("\n2. delete the device here"),
        "{told}"
    );
    assert!(plan.steps().iter().all(|step| !step.to_string().contains("disown")));
}

/// DEV-7, DEV-8, DEV-9: shown for 30 to 45 days after its release; deleted by hand before, if somebody wants.
#[test]
fn a_released_device_is_shown_for_a_time() {
    let device = after(&[&ENROLLED[..], &[Event::Released]].concat());
    assert_eq!((device.state(), device.at_apple()), (State::Released, AtApple::Released { since: start() }));
    for days in [30, 37, 45] {
        let retention = Retention::days(days).unwrap();
        let end = start() + TimeDelta::days(days.into());
        assert!(!device.is_over(retention, end - TimeDelta::seconds(1)) && device.is_over(retention, end));
    }
    for (days, nearest) in [(0, 30), (29, 30), (46, 45)] {
        assert_eq!(Retention::days(days).unwrap_err().nearest, nearest);
        assert!(serde_json::from_str::<Retention>(&days.to_string()).is_err());
    }
    assert!(!after(&[]).is_over(Retention::SHORTEST, start() + TimeDelta::days(400)));
    let mut by_hand = device;
    assert_eq!(by_hand.take(Event::DeletedHere, start()), Ok(None), "DEV-9: it does not come back");
    assert_eq!(by_hand.state(), State::Gone);
    assert!(by_hand.take(Event::SetUp, start()).is_err());
}

/// DEV-1, DEV-4, LIF-2: what Apple's records say, from where the device stands; a record that says nothing new is no event.
#[test]
fn records_are_taken_as_events() {
    let record = |json: &str| {
        let json: RawJson = format!(r#"{{"serial_number":"C1"{json}}}"#).parse().unwrap();
        json.read::<Device>().unwrap()
    };
    let (plain, none) = (record(""), record(r#","profile_status":"empty""#));
    let (removed, deleted) = (record(r#","profile_status":"removed""#), record(r#","op_type":"deleted""#));
    let (assigned, pushed) = (record(r#","profile_status":"assigned""#), record(r#","profile_status":"pushed""#));
    let odd = record(r#","profile_status":"pending""#);
    for (device, state) in [
        (&plain, State::Unassigned),
        (&none, State::Unassigned),
        (&removed, State::Unassigned),
        (&odd, State::Unassigned),
        (&assigned, State::Assigned),
        (&pushed, State::Pushed),
        (&deleted, State::Released),
    ] {
        let mut life = Lifecycle::of_record(device, start());
        assert_eq!(life.state(), state, "{device:?}");
        assert_eq!(life.contact() == ContactState::Contacted, state == State::Pushed);
        let before = life;
        assert_eq!(life.take_record(device, start()), Ok(vec![]));
        assert_eq!(life, before, "the same record once more");
    }
    let (user, reassigned) =
        ([Event::SetUp, Event::EnrolledByUser], [&ENROLLED[..], &[Event::ProfileAssigned]].concat());
    let retired = [&reassigned[..], &[Event::Retired]].concat();
    for (events, device, told, state) in [
        (&ENROLLED[..], &pushed, vec![], State::Enrolled),
        (&ENROLLED, &plain, vec![], State::Enrolled),
        (&ENROLLED, &assigned, vec![Consequence::NeedsWipe], State::PendingReset),
        (&reassigned, &assigned, vec![], State::PendingReset),
        // A profile is fetched after a wipe: it was erased, and enrolls.
        (&reassigned, &pushed, vec![], State::Pushed),
        (&retired, &pushed, vec![], State::Pushed),
        (&ENROLLED, &removed, vec![], State::Enrolled),
        (&user, &assigned, vec![Consequence::Unenrolled], State::PendingReset),
        (&[Event::DeletedHere], &none, vec![Consequence::Reappeared], State::Unassigned),
        (&[Event::DeletedHere], &deleted, vec![], State::Gone),
        (
            &[Event::ProfileAssigned, Event::Released],
            &assigned,
            vec![Consequence::Reappeared, Consequence::TakesEffectAtSetUp],
            State::Assigned,
        ),
    ] {
        let mut life = after(events);
        assert_eq!(life.take_record(device, start()), Ok(told), "{device:?} after {events:?}");
        assert_eq!(life.state(), state, "{device:?} after {events:?}");
    }
    let (mut life, before) = (after(&ENROLLED), after(&ENROLLED));
    let early = life.take_record(&assigned, start() - TimeDelta::seconds(1));
    assert!(matches!(early, Err(LifecycleError::Earlier { .. })) && life == before, "{early:?}");
}

/// DEV-4, LIF-8.
#[test]
fn setting_up_is_contact() {
    assert_eq!(after(&[Event::ProfileAssigned]).contact(), ContactState::NotContacted);
    assert_eq!(after(&[Event::ProfileAssigned, Event::SetUp]).contact(), ContactState::Contacted);
    assert_eq!(after(&[&ENROLLED[..], &[Event::Erased]].concat()).contact(), ContactState::Contacted);
}

/// LIF-7: removal on the device is taken for what it is, and told.
#[test]
fn management_ends_from_the_console() {
    let plan = after(&ENROLLED).plan(Goal::KeepAway, &Pairing::AllowAll);
    assert_eq!(plan.steps()[0], PlanStep::RetireFromConsole);
    let mut retired = after(&ENROLLED);
    assert_eq!(retired.take(Event::Retired, start()), Ok(None));
    let mut removed = after(&ENROLLED);
    assert_eq!(removed.take(Event::RemovedOnDevice, start()), Ok(Some(Consequence::RetireFromConsole)));
    assert!(!retired.is_managed() && !removed.is_managed());
}

/// LIF-4, LIF-5, LIF-9: by the MDM while it manages the device; otherwise by hand, without a cable where pairing is denied.
#[test]
fn ways_to_a_reset() {
    let enrolled = after(&ENROLLED).plan(Goal::EnrollAnew, &Pairing::DenyAll);
    // LIF-4: a device that the command does not reach has another way, over no cable where pairing is denied (LIF-9).
    let by_hand = PlanStep::EraseByCommand { otherwise: vec![ResetMethod::Settings] };
    assert_eq!(enrolled.steps(), [by_hand, PlanStep::SetUp, PlanStep::FinishEnrollment]);
    let allowed = after(&ENROLLED).plan(Goal::EnrollAnew, &Pairing::AllowAll);
    assert_eq!(allowed.steps()[0], erase());
    assert!(enrolled.to_string().contains("retire it from the console and set it to factory settings by its settings"));
    let unmanaged = after(&[&ENROLLED[..], &[Event::Retired]].concat());
    let by = |pairing| match unmanaged.plan(Goal::Enroll, pairing).steps() {
        [PlanStep::FactoryReset { by }, PlanStep::SetUp, PlanStep::FinishEnrollment] => by.clone(),
        steps => panic!("{steps:?}"),
    };
    let cable = [ResetMethod::AppleConfigurator, ResetMethod::Finder];
    assert_eq!(by(&Pairing::AllowAll), [&[ResetMethod::Settings][..], &cable].concat());
    assert_eq!(by(&Pairing::DenyAll), [ResetMethod::Settings]);
    assert_eq!(reset_methods(&Pairing::DenyAll), [ResetMethod::EraseCommand, ResetMethod::Settings]);
    for method in ResetMethod::ALL {
        assert_eq!(method.check(&Pairing::DenyAll).is_err(), cable.contains(&method), "{method}");
        assert!(method.check(&Pairing::AllowAll).is_ok());
    }
}

/// DEV-1, DEV-12, DEV-13.
#[test]
fn whose_and_what_a_device_is() {
    let page = r#"{"devices":[{"serial_number":"C1","op_type":"added"},{"serial_number":"C2","op_type":"deleted"},
        {"serial_number":"C3","op_type":"modified"},{"serial_number":"C4"}]}"#;
    let page = FetchDevices::from_start().parse_response(&http::Response::new(page.into())).unwrap();
    let synced = SyncedDevice::of_page(page);
    let serials: Vec<String> =
        synced.into_iter().map(|device| device.into_device().serial_number.to_string()).collect();
    assert_eq!(serials, ["C1", "C3", "C4"]);

    let (automated, by_user) = (EnrollmentKind::Automated, EnrollmentKind::UserInitiated);
    for (enrolled, listed, basis) in [
        (Some(automated), false, Some(CorporateBasis::AutomatedEnrollment)),
        (Some(by_user), true, Some(CorporateBasis::ListedIdentifier)),
        (None, true, Some(CorporateBasis::ListedIdentifier)),
        (Some(by_user), false, None),
        (None, false, None),
    ] {
        assert_eq!(corporate_basis(enrolled, listed), basis);
    }
    let family = |family: DeviceFamily| IosFamily::try_from(&family).ok();
    assert_eq!(
        [DeviceFamily::Ipad, DeviceFamily::Iphone, DeviceFamily::Ipod].map(family),
        [Some(IosFamily::Ipad), Some(IosFamily::Iphone), Some(IosFamily::Ipod)]
    );
    assert_eq!([DeviceFamily::Mac, DeviceFamily::AppleTv, DeviceFamily::Vision].map(family), [None, None, None]);
}

/// In Setup Assistant there are no settings (LIF-4, LIF-9): a device that failed there is reset over a cable, or has to be tried again.
#[test]
fn a_device_in_setup_assistant_has_no_settings() {
    let failed = after(&[Event::ProfileAssigned, Event::SetUp, Event::EnrollmentFailed]);
    let by = vec![ResetMethod::AppleConfigurator, ResetMethod::Finder];
    assert_eq!(failed.plan(Goal::Enroll, &Pairing::AllowAll).steps()[0], PlanStep::FactoryReset { by });
    assert_eq!(failed.plan(Goal::Enroll, &Pairing::DenyAll).steps(), [PlanStep::FinishEnrollment]);
    let anew = failed.plan(Goal::EnrollAnew, &Pairing::DenyAll);
    assert_eq!(
        anew.steps()[..2],
        [PlanStep::FinishEnrollment, PlanStep::EraseByCommand { otherwise: vec![ResetMethod::Settings] }]
    );
}

/// A clock that was ahead is set right, and a record that is older than one that was taken is late even if that said nothing new.
#[test]
fn times_go_forward_and_can_be_set_right() {
    let mut device = after(&[]);
    device.take(Event::Released, DateTime::<Utc>::MAX_UTC).unwrap();
    assert!(matches!(device.take(Event::Listed, start()), Err(LifecycleError::Earlier { .. })));
    device.set_clock_back(start());
    assert_eq!(device.at_apple(), AtApple::Released { since: start() });
    assert!(device.take(Event::Listed, start()).is_ok());

    let mut record = Device::new("C02T0HL0GGC0".parse().unwrap());
    record.profile_status = Some(ProfileStatus::Pushed);
    let mut device = after(&ENROLLED);
    device.take_record(&record, start() + TimeDelta::days(8)).unwrap();
    record.profile_status = Some(ProfileStatus::Assigned);
    let late = device.take_record(&record, start() + TimeDelta::days(3));
    assert!(matches!(late, Err(LifecycleError::Earlier { .. })), "{late:?}");
}

const EVENTS: [Event; 15] = [
    Event::Listed,
    Event::Released,
    Event::ProfileAssigned,
    Event::ProfileRemoved,
    Event::SetUp,
    Event::EnrollmentCompleted,
    Event::EnrollmentBlocked { by: BlockedBy::AppLicence },
    Event::EnrollmentFailed,
    Event::EnrolledByUser,
    Event::Retired,
    Event::RemovedOnDevice,
    Event::Erased,
    Event::DeletedHere,
    Event::SetUp,
    Event::ProfileAssigned,
];

proptest! {
    /// Whatever happens: what is refused changes nothing; a managed device got there by an enrollment since it was last erased; a plan,
    /// carried out step by step, is never refused and ends in the wanted state. A device that is kept away never comes back by itself.
    #[test]
    fn plans_end_where_they_should(steps in prop::collection::vec((0..EVENTS.len(), 0..3_i64), 0..40), denied: bool) {
        let pairing = if denied { Pairing::DenyAll } else { Pairing::AllowAll };
        let (mut device, mut now, mut enrolled, mut contacted) = (Lifecycle::listed(start()), start(), false, false);
        for (event, hours) in steps {
            let (event, before) = (EVENTS[event], device);
            now += TimeDelta::hours(hours);
            let taken = device.take(event, now);
            if taken.is_err() {
                prop_assert_eq!(device, before);
                continue;
            }
            match event {
                Event::EnrollmentCompleted | Event::EnrolledByUser => enrolled = true,
                Event::Retired | Event::RemovedOnDevice | Event::Erased => enrolled = false,
                Event::SetUp => contacted = true,
                _ => {}
            }
            // A device that its user enrolled is in use.
            contacted |= event == Event::EnrolledByUser;
            match event {
                Event::ProfileAssigned if taken == Ok(Some(Consequence::Unenrolled)) => enrolled = false,
                _ => {}
            }
            prop_assert_eq!(device.is_managed(), enrolled);
            prop_assert_eq!(device.contact() == ContactState::Contacted, contacted);
        }
        prop_assert!(device.take(Event::Listed, start() - TimeDelta::seconds(1)).is_err());
        // Whatever Apple's next record says, it can be taken, it says where the device stands, and it says it once.
        for status in ["empty", "removed", "assigned", "pushed"] {
            let json = format!(r#"{{"serial_number":"C1","profile_status":"{status}"}}"#);
            let record: Device = json.parse::<RawJson>().unwrap().read().unwrap();
            let mut device = device;
            prop_assert!(device.take_record(&record, now).is_ok());
            let profile = match status {
                "assigned" => ProfileAtApple::Assigned,
                "pushed" => ProfileAtApple::Pushed,
                _ => ProfileAtApple::None,
            };
            prop_assert_eq!(device.at_apple(), AtApple::Listed { profile });
            let before = device;
            prop_assert_eq!(device.take_record(&record, now), Ok(vec![]));
            prop_assert_eq!(device, before);
        }
        for goal in [Goal::Enroll, Goal::EnrollAnew, Goal::KeepAway] {
            let (mut device, plan) = (device, device.plan(goal, &pairing));
            for step in plan.steps() {
                for event in step.events() {
                    let taken = device.take(*event, now);
                    prop_assert!(taken.is_ok(), "{step} of {plan:?}: {taken:?}");
                    prop_assert_ne!(taken, Ok(Some(Consequence::WillReappear)));
                }
                if let PlanStep::FactoryReset { by } = step {
                    prop_assert!(by.iter().all(|method| method.check(&pairing).is_ok()));
                }
            }
            let is_erased = plan.steps().iter().any(|step| step.events().contains(&Event::Erased));
            if goal == Goal::KeepAway {
                prop_assert_eq!(device.state(), State::Gone);
            } else {
                    prop_assert_eq!(device.state(), State::Enrolled);
                    let by = EnrollmentKind::Automated;
                    prop_assert_eq!(device.on_device(), OnDevice::Enrolled { by, outdated: false });
                    prop_assert!(goal != Goal::EnrollAnew || is_erased || plan.steps().contains(&PlanStep::SetUp));
            }
        }
    }
}
