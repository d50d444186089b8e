//! Which devices may move between servers, what is to be done on both, and what a deadline says.

use apple_ade::api::{Device, DeviceFamily};
use apple_ade::migration::{
    Candidate, DeadlineStatus, DeadlineWarning, Enrolled, MigrationPath, NewServerStep, Obstacle, OldServerStep,
    old_server_plan,
};
use apple_ade::os::{OsVersion, Platform, Target};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn candidate(target: &str, enrolled: Enrolled) -> Candidate {
    Candidate::new(target.parse().unwrap(), enrolled)
}

fn codes(candidate: &Candidate) -> Vec<&'static str> {
    candidate.obstacles(now()).iter().map(Obstacle::code).collect()
}

/// ORG-7: a device of another MDM comes in place, or has to leave first, with every reason.
#[test]
fn a_managed_device_comes_in_place_or_leaves_first() {
    for target in ["ios:26.0", "ipados:26.1", "macos:26", "ios:27"] {
        assert!(matches!(candidate(target, Enrolled::ByAde).path(now()), MigrationPath::InPlace(_)), "{target}");
    }
    assert!(matches!(candidate("macos:26", Enrolled::ByProfile).path(now()), MigrationPath::InPlace(_)));

    let MigrationPath::LeaveFirst(reasons) = candidate("ios:18.6", Enrolled::No).shared_ipad().path(now()) else {
        panic!("it cannot move")
    };
    assert_eq!(reasons.iter().map(Obstacle::code).collect::<Vec<_>>(), ["ADE-T002", "ADE-T003", "ADE-T007"]);
}

#[test]
fn each_obstacle_stands_alone() {
    let ipad = || candidate("ipados:26.0", Enrolled::ByAde);
    let yesterday = now() - TimeDelta::days(1);
    for (candidate, code) in [
        (candidate("tvos:26.0", Enrolled::ByAde), "ADE-T001"),
        (candidate("visionos:26.0", Enrolled::ByAde), "ADE-T001"),
        (candidate("watchos:26.0", Enrolled::ByAde), "ADE-T001"),
        (candidate("ipados:18.7", Enrolled::ByAde), "ADE-T002"),
        (candidate("macos:15.7", Enrolled::ByAde), "ADE-T002"),
        (ipad().shared_ipad(), "ADE-T003"),
        (ipad().return_to_service(), "ADE-T004"),
        (ipad().added_by_configurator(yesterday), "ADE-T005"),
        (ipad().released(), "ADE-T006"),
        (candidate("ios:26.0", Enrolled::ByProfile), "ADE-T007"),
        (candidate("macos:26.0", Enrolled::No), "ADE-T007"),
        (ipad().protocol_version(7), "ADE-T008"),
    ] {
        assert_eq!(codes(&candidate), [code], "{candidate:?}");
        let obstacle = candidate.obstacles(now())[0];
        let message = obstacle.to_string();
        assert!(!message.ends_with('.') && message.len() > 20, "{message}");
        assert!(obstacle.fix().is_some() || ["ADE-T001", "ADE-T003", "ADE-T004"].contains(&code));
    }
    assert!(codes(&ipad().protocol_version(8)).is_empty());
}

#[test]
fn the_provisional_period_ends_to_the_second() {
    let added = now() - TimeDelta::days(30);
    let ipad = |at| codes(&candidate("ipados:26.0", Enrolled::ByAde).added_by_configurator(at));
    assert!(ipad(added).is_empty());
    assert_eq!(ipad(added + TimeDelta::seconds(1)), ["ADE-T005"]);
    assert!(ipad(DateTime::<Utc>::MIN_UTC).is_empty());
    // No end can be named.
    assert!(ipad(DateTime::<Utc>::MAX_UTC).is_empty());
    let obstacle = candidate("ipados:26.0", Enrolled::ByAde).added_by_configurator(now()).obstacles(now())[0];
    assert_eq!(obstacle, Obstacle::Provisional { until: now() + TimeDelta::days(30) });
    assert!(obstacle.to_string().ends_with("cannot migrate before 2026-12-22 08:00 UTC"), "{obstacle}");
}

#[test]
fn the_old_server_does_not_wait_for_a_check_out() {
    let mac = old_server_plan(Platform::MacOs);
    assert_eq!(mac.first(), Some(&OldServerStep::ExpectDeletion));
    assert!(mac.contains(&OldServerStep::DoNotWaitForCheckOut) && mac.contains(&OldServerStep::ForgetBypassCodes));
    assert!(mac.contains(&OldServerStep::KeepFileVaultKey));
    assert!(!old_server_plan(Platform::IpadOs).contains(&OldServerStep::KeepFileVaultKey));
}

#[test]
fn a_deadline_is_ahead_near_or_over() {
    use DeadlineStatus::{Ahead, Near, None, Over};

    let mut device = Device::new("C02T0HL0GGC0".parse().unwrap());
    assert_eq!(DeadlineStatus::of(&device, now(), DeadlineStatus::NEAR), None);
    for (seconds, status) in [
        (8 * 86_400, Ahead { days_left: 8 }),
        (7 * 86_400 + 1, Ahead { days_left: 7 }),
        (7 * 86_400, Near { days_left: 7 }),
        (86_399, Near { days_left: 0 }),
        (1, Near { days_left: 0 }),
        (0, Over { days_ago: 0 }),
        (-86_399, Over { days_ago: 0 }),
        (-86_400, Over { days_ago: 1 }),
    ] {
        device.mdm_migration_deadline = Some(now() + TimeDelta::seconds(seconds));
        assert_eq!(DeadlineStatus::of(&device, now(), DeadlineStatus::NEAR), status, "{seconds}");
    }
    for extreme in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        device.mdm_migration_deadline = Some(extreme);
        let status = DeadlineStatus::of(&device, now(), DeadlineStatus::NEAR);
        assert!(matches!(status, Over { days_ago: 1.. } | Ahead { days_left: 1.. }), "{status:?}");
    }
}

#[test]
fn a_deadline_without_an_enrollment_or_a_profile_is_odd() {
    let mut device = Device::new("C02T0HL0GGC0".parse().unwrap());
    device.device_family = Some(DeviceFamily::Mac);
    assert!(DeadlineWarning::of(&device, Enrolled::No).is_empty());
    device.mdm_migration_deadline = Some(now());
    assert_eq!(
        DeadlineWarning::of(&device, Enrolled::No),
        [DeadlineWarning::NeverEnrolled, DeadlineWarning::NoProfile]
    );
    device.profile_uuid = Some("88FC4E378DAB4F8D9D1E0A9F2A1B7C6D".parse().unwrap());
    assert!(DeadlineWarning::of(&device, Enrolled::ByAde).is_empty());
}

proptest! {
    /// A device moves in place exactly where Apple's list says so, and then everything that needs an awaiting device comes between
    /// its enrollment and `DeviceConfigured`.
    #[test]
    fn the_plan_agrees_with_apples_list(
        platform in prop::sample::select(Platform::ALL),
        major in 11..30_u16,
        enrolled in prop::sample::select(vec![Enrolled::ByAde, Enrolled::ByProfile, Enrolled::No]),
        [shared, returns, released]: [bool; 3],
        added in prop::option::of(0..60_i64),
        protocol in 1..12_u32,
    ) {
        let mut device = Candidate::new(Target::new(platform, OsVersion::new(major, 0, 0)), enrolled).protocol_version(protocol);
        if shared { device = device.shared_ipad(); }
        if returns { device = device.return_to_service(); }
        if released { device = device.released(); }
        if let Some(days) = added { device = device.added_by_configurator(now() - TimeDelta::days(days)); }

        let is_mac = platform.as_str() == "macOS";
        let moves = (is_mac || ["iOS", "iPadOS"].contains(&platform.as_str()))
            && major >= 26
            && !(shared || returns || released)
            && added.is_none_or(|days| days >= 30)
            && (enrolled == Enrolled::ByAde || is_mac && enrolled == Enrolled::ByProfile)
            && protocol >= 8;
        match device.path(now()) {
            MigrationPath::InPlace(steps) => {
                prop_assert!(moves);
                let place = |step| steps.iter().position(|other| *other == step);
                let (waits, done) = (place(NewServerStep::WaitForEnrollment), place(NewServerStep::SendDeviceConfigured));
                prop_assert!(place(NewServerStep::AssignProfile) == Some(0) && waits.is_some() && done > waits);
                for step in steps.iter().filter(|step| step.needs_awaiting_device()) {
                    prop_assert!(place(*step) > waits && place(*step) < done, "{:?}", step);
                }
                prop_assert!(place(NewServerStep::EnableActivationLock).is_some());
                prop_assert_eq!(place(NewServerStep::InstallApps).is_some(), !is_mac);
                prop_assert_eq!(place(NewServerStep::EscrowFileVaultKey).is_some(), is_mac);
            }
            MigrationPath::LeaveFirst(obstacles) => {
                prop_assert!(!moves && !obstacles.is_empty());
                prop_assert!(obstacles.is_sorted(), "each once, in order of their codes");
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
