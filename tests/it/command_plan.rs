//! What a device gets after it has enrolled, in which order, and what not.

use apple_ade::Stamp;
use apple_ade::affinity::UserAffinity;
use apple_ade::command::{
    Command, EnrolledDevice, InstallProfile, InstallProfileError, Next, NoAdminAccount, OnError, PlanWalk,
    PostEnrollmentPlan, SettingsItem, StepId, desired_name, post_enrollment_plan, rename,
};
use apple_ade::device_name::DeviceType;
use apple_ade::judgement::Rule;
use apple_ade::profile::account::{AccountConfiguration, AdminAccount, PrimaryAccount};
use apple_ade::profile::{CellularPlan, EnrollmentProfile, ProfileBuilder, Supervised, Unsupervised};
use apple_ade::setup_assistant::SkipKey;
use apple_ade::shared_ipad::{GracePeriod, ResidentUsers, SharedIpad};

use crate::command::hash;

fn supervised() -> ProfileBuilder {
    EnrollmentProfile::builder("A", "https://mdm.example.com/enroll").mode(Supervised::new(UserAffinity::Without))
}

fn shared(grace: GracePeriod) -> EnrollmentProfile {
    let sessions = SharedIpad::accounts(ResidentUsers::new(10).unwrap()).passcode_grace(grace);
    let builder = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll").mode(sessions);
    builder.await_configuration().device_name("iPad {{SERIAL}}".parse().unwrap()).build().unwrap()
}

fn device(kind: DeviceType, version: &str) -> EnrolledDevice {
    EnrolledDevice::new("DMPC0000ABCD".parse().unwrap(), kind, version.parse().unwrap())
}

fn ids(plan: &PostEnrollmentPlan) -> Vec<String> {
    plan.steps().iter().map(|step| step.id().to_string()).collect()
}

fn rules(plan: &PostEnrollmentPlan) -> Vec<Rule> {
    plan.violations().iter().map(apple_ade::judgement::Violation::rule).collect()
}

fn left_out(plan: &PostEnrollmentPlan) -> Vec<(String, Rule)> {
    plan.left_out().iter().map(|left_out| (left_out.id().to_string(), left_out.because().rule())).collect()
}

fn items(plan: &PostEnrollmentPlan, id: &StepId) -> Vec<&'static str> {
    match plan.steps().iter().find(|step| step.id() == id).map(apple_ade::command::PlanStep::command) {
        Some(Command::Settings(items)) => items.iter().map(SettingsItem::item).collect(),
        _ => Vec::new(),
    }
}

/// SHI-17, SHI-7, SHI-9, PRO-1: a Shared iPad gets its users and its grace while it is held, and is let go at the end.
#[test]
fn a_shared_ipad_is_told_before_it_is_let_go() {
    let profile = shared(GracePeriod::OneHour);
    let plan = post_enrollment_plan(&profile, &device(DeviceType::Ipad, "17.4").awaiting())
        .with_app_analytics(false)
        .with_diagnostic_submission(true)
        .with_profile(InstallProfile::new("com.example.b", *b"b").unwrap())
        .with_profile(InstallProfile::new("com.example.a", *b"a").unwrap());
    let expected = [
        "shared_ipad",
        "diagnostics",
        "app_analytics",
        "device_name",
        "profile:com.example.a",
        "profile:com.example.b",
        "device_configured",
    ];
    assert_eq!(ids(&plan), expected);
    assert!(plan.releases_device() && plan.violations().is_empty() && plan.left_out().is_empty());
    assert_eq!(items(&plan, &StepId::SharedIpad), ["SharedDeviceConfiguration"]);
    assert!(plan.steps()[0].sources().contains(&"SHI-17"));

    // Before iPadOS 17 the grace is an item of its own, and before 13.4 the number of users is.
    let items = |version: &str| {
        let plan = post_enrollment_plan(&profile, &device(DeviceType::Ipad, version).awaiting());
        items(&plan, &StepId::SharedIpad)
    };
    assert_eq!(items("16.7"), ["PasscodeLockGracePeriod", "SharedDeviceConfiguration"]);
    assert_eq!(items("13.3"), ["MaximumResidentUsers", "PasscodeLockGracePeriod"]);

    // Not held: it is told all the same, and it is said what is wrong with that.
    let late = post_enrollment_plan(&profile, &device(DeviceType::Ipad, "17.4").passcode(true));
    assert_eq!(ids(&late), ["shared_ipad", "device_name"]);
    assert_eq!(rules(&late), [Rule::GRACE_AFTER_PASSCODE, Rule::RESIDENT_USERS_LATE, Rule::PLAN_NOT_HELD]);
}

/// NAM-4, NAM-5: what a template cannot do for a device is told.
#[test]
fn a_name_that_cannot_be_given_is_left_out() {
    let named = |template: &str| supervised().device_name(template.parse().unwrap()).build().unwrap();
    let profile = named("{{DEVICETYPE}} {{SERIAL}}");
    for (kind, version) in [(DeviceType::Iphone, "17.0"), (DeviceType::Ipad, "17.0"), (DeviceType::Ipod, "15.0")] {
        assert_eq!(ids(&post_enrollment_plan(&profile, &device(kind, version))), ["device_name"], "{kind}");
    }
    for (kind, version) in [(DeviceType::Mac, "15.0"), (DeviceType::AppleTv, "18.0"), (DeviceType::Vision, "2.0")] {
        let plan = post_enrollment_plan(&profile, &device(kind, version));
        assert_eq!(left_out(&plan), [("device_name".into(), Rule::PLAN_NAME_NOT_SUPPORTED)], "{kind}");
        assert_eq!((ids(&plan).len(), rules(&plan)), (0, vec![Rule::PLAN_NAME_NOT_SUPPORTED]), "{kind}");
    }
    let long = named("{{SERIAL}} of the Royal School of Music and Drama at Copenhagen");
    let plan = post_enrollment_plan(&long, &device(DeviceType::Ipad, "17.0"));
    assert_eq!(left_out(&plan), [("device_name".into(), Rule::PLAN_NAME_NOT_RENDERED)]);
    assert!(desired_name(&long, &device(DeviceType::Ipad, "17.0")).is_err());

    // Before iOS 13 a profile could leave a device unsupervised, which is then not named.
    let free = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll")
        .mode(Unsupervised::new(UserAffinity::Without))
        .device_name("iPad {{SERIAL}}".parse().unwrap())
        .build()
        .unwrap();
    let plan = post_enrollment_plan(&free, &device(DeviceType::Ipad, "12.4"));
    assert_eq!(left_out(&plan), [("device_name".into(), Rule::COMMAND_UNSUPERVISED)]);
    assert_eq!(ids(&post_enrollment_plan(&free, &device(DeviceType::Ipad, "17.0"))), ["device_name"]);
}

/// NAM-1, NAM-2, NAM-6, PRO-7: at each check-in, and after a change of the template, the name is set if it is another.
#[test]
fn a_device_is_named_whenever_it_has_another_name() {
    let profile = supervised().device_name("iPad {{SERIAL}}".parse().unwrap()).build().unwrap();
    let ipad = device(DeviceType::Ipad, "17.0");
    let name = |profile: &EnrollmentProfile, device: &EnrolledDevice| match rename(profile, device).unwrap() {
        Some(Command::Settings(items)) => match items.as_slice() {
            [SettingsItem::DeviceName(name)] => Some(name.to_string()),
            other => panic!("{other:?}"),
        },
        Some(other) => panic!("{other:?}"),
        None => None,
    };
    assert_eq!(name(&profile, &ipad).as_deref(), Some("iPad DMPC0000ABCD"));
    assert_eq!(name(&profile, &ipad.clone().named("Bobby's")).as_deref(), Some("iPad DMPC0000ABCD"));
    let named = ipad.clone().named("iPad DMPC0000ABCD");
    assert_eq!(name(&profile, &named), None);
    assert_eq!(ids(&post_enrollment_plan(&profile, &named)).len(), 0);
    let changed = supervised().device_name("Class 4 {{SERIAL}}".parse().unwrap()).build().unwrap();
    assert_eq!(name(&changed, &named).as_deref(), Some("Class 4 DMPC0000ABCD"));
    // Without a template the device keeps its name, as it does where it is not supervised.
    assert_eq!(name(&supervised().build().unwrap(), &ipad), None);
    assert_eq!(name(&profile, &ipad.supervised(false)), None);
    assert_eq!(name(&profile, &device(DeviceType::Mac, "15.0")), None);
}

/// CEL-1, CEL-2, CEL-5: a plan is asked for on devices that may have an eSIM.
#[test]
fn a_cellular_plan_is_for_devices_with_an_esim() {
    let with = |builder: ProfileBuilder| {
        let plan = CellularPlan::new("https://esim.carrier.example.com").unwrap();
        builder.cellular_plan(plan).build().unwrap()
    };
    let profile = with(supervised());
    let phone = device(DeviceType::Iphone, "17.0");
    let plan = post_enrollment_plan(&profile, &phone.clone().esim(true));
    assert_eq!((ids(&plan), rules(&plan)), (vec!["cellular_plan".into()], vec![Rule::PLAN_NOT_HELD]));
    let plan = post_enrollment_plan(&profile, &phone.clone().awaiting());
    assert_eq!((ids(&plan).len(), rules(&plan)), (2, vec![Rule::PLAN_ESIM_UNKNOWN]));
    let plan = post_enrollment_plan(&profile, &phone.clone().esim(false));
    assert_eq!((ids(&plan).len(), left_out(&plan)), (0, vec![("cellular_plan".into(), Rule::PLAN_NO_ESIM)]));
    for (old, rule) in [
        (device(DeviceType::Iphone, "12.4"), Rule::COMMAND_TOO_NEW),
        (device(DeviceType::Mac, "15.0"), Rule::COMMAND_NOT_ON_SYSTEM),
    ] {
        let plan = post_enrollment_plan(&profile, &old.esim(true));
        assert_eq!((ids(&plan).len(), left_out(&plan)), (0, vec![("cellular_plan".into(), rule)]));
    }
    let hidden = with(supervised().skip([SkipKey::SimSetup]));
    let plan = post_enrollment_plan(&hidden, &phone.esim(true).awaiting());
    assert_eq!((ids(&plan).len(), rules(&plan)), (2, vec![Rule::PLAN_SIM_SETUP_SKIPPED]));
}

#[test]
fn accounts_are_for_macs_that_are_held() {
    let admin = AdminAccount::new("admin".parse().unwrap());
    let accounts = AccountConfiguration::admin_and_primary(admin, PrimaryAccount::Asked);
    let profile = supervised().await_configuration().account_configuration(accounts).build().unwrap();
    let mac = device(DeviceType::Mac, "15.0");
    let plan = post_enrollment_plan(&profile, &mac.clone().awaiting());
    assert_eq!(
        (ids(&plan), rules(&plan)),
        (vec!["accounts".into(), "device_configured".into()], vec![Rule::ADMIN_WITHOUT_PASSWORD])
    );
    let plan = plan.with_admin_password(hash("x", [0; 32], 1000)).unwrap();
    assert_eq!((ids(&plan).len(), rules(&plan)), (2, vec![]));

    for (other, rule) in [
        (mac, Rule::COMMAND_NOT_AWAITING),
        (device(DeviceType::Mac, "10.10").awaiting(), Rule::COMMAND_TOO_NEW),
        (device(DeviceType::Ipad, "17.0").awaiting(), Rule::COMMAND_NOT_ON_SYSTEM),
    ] {
        let plan = post_enrollment_plan(&profile, &other);
        assert_eq!(left_out(&plan)[0], ("accounts".into(), rule));
        // The error says why the device gets no accounts.
        let because = Box::new(plan.left_out()[0].because().clone());
        let error = plan.with_admin_password(hash("x", [0; 32], 1000)).unwrap_err();
        assert!(error.to_string().contains(rule.code()), "{error}");
        assert_eq!(error, NoAdminAccount::LeftOut { because });
    }
    let none = post_enrollment_plan(&supervised().build().unwrap(), &device(DeviceType::Mac, "15.0").awaiting());
    assert_eq!(none.with_admin_password(hash("x", [0; 32], 1000)).unwrap_err(), NoAdminAccount::NotDescribed);
}

/// SHI-17: nothing but `DeviceConfigured` lets a held device go, so that it is sent whatever speaks against it.
#[test]
fn a_held_device_is_let_go_in_any_case() {
    let free = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll")
        .mode(Unsupervised::new(UserAffinity::Without))
        .await_configuration()
        .build()
        .unwrap();
    let held = supervised().await_configuration().build().unwrap();
    let ipad = device(DeviceType::Ipad, "18.0").awaiting();
    for (profile, device) in [
        (&free, device(DeviceType::AppleTv, "18.0").awaiting()),
        (&held, ipad.clone().supervised(false)),
        (&held, ipad.clone().enrolled_otherwise()),
        (&held, device(DeviceType::Vision, "1.3").awaiting()),
        (&held, device(DeviceType::Mac, "10.10").awaiting()),
    ] {
        let plan = post_enrollment_plan(profile, &device);
        assert_eq!((ids(&plan), rules(&plan)), (vec!["device_configured".into()], vec![Rule::PLAN_RELEASE_IN_DOUBT]));
        assert!(plan.releases_device() && plan.left_out().is_empty() && !plan.violations().has_errors());
        let mut walk = PlanWalk::begin(plan, OnError::Stop);
        assert!(!walk.is_done());
        let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [1; 16]);
        assert!(matches!(walk.next(&stamp), Next::Send { step, .. } if *step.id() == StepId::DeviceConfigured));
    }
    assert!(post_enrollment_plan(&held, &ipad).violations().is_empty());
}

#[test]
fn an_identifier_of_a_profile_is_in_one_line() {
    for odd in ["com.example\n.wifi", "\u{1}", "com.example\u{7f}"] {
        let refused = InstallProfile::new(odd, *b"x");
        assert!(matches!(refused, Err(InstallProfileError::ControlCharacter { .. })), "{odd:?}");
    }
}

/// What only a Shared iPad is told is left out elsewhere.
#[test]
fn analytics_are_for_shared_ipad() {
    let plan = post_enrollment_plan(&supervised().build().unwrap(), &device(DeviceType::Ipad, "17.0").awaiting());
    let plan = plan.with_app_analytics(true).with_diagnostic_submission(true);
    assert_eq!(ids(&plan), ["device_configured"]);
    let expected = [
        ("app_analytics".into(), Rule::COMMAND_NOT_SHARED_IPAD),
        ("diagnostics".into(), Rule::COMMAND_NOT_SHARED_IPAD),
    ];
    assert_eq!(left_out(&plan), expected);
}
