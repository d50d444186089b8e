//! Users, sign-in, the portal app, and licences.

use std::collections::BTreeSet;

use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery, PortalSource, UserAffinity, Vpp};
use apple_ade::judgement::{Rule, Severity};
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::program::licences::{MissingLicence, Required, UserOfDevice, check_licence, required_licence};
use apple_ade::program::sign_in::{
    Circumstances, EnrollmentKind, Mfa, MfaProblem, Password, PortalApp, PortalLicence, PrimaryUser, RULES,
    ResourceStatus, SecondFactor, SelfServiceAction, StagingAudience, User, UserId, UserMissing, VppToken, check,
    completed_by, mfa_during_enrollment, self_service_actions,
};
use apple_ade::token::TokenExpiry;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    time("2026-11-22T08:00:00Z")
}

fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

fn vpp(single_app: bool) -> Vpp {
    Vpp::new("campus".parse().unwrap()).single_app_until_sign_in(single_app)
}

fn profile(affinity: UserAffinity) -> EnrollmentProfile {
    let builder = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll");
    let builder = builder.mode(Supervised::new(affinity));
    builder.configuration_web_url("https://mdm.example.com/login").build().unwrap()
}

fn without() -> EnrollmentProfile {
    profile(UserAffinity::Without)
}

fn legacy(delivery: impl Into<PortalDelivery>) -> EnrollmentProfile {
    let method = AuthMethod::SetupAssistantLegacy(delivery.into());
    let builder = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll");
    builder.mode(Supervised::new(UserAffinity::With(method))).build().unwrap()
}

fn modern(modern: Modern) -> EnrollmentProfile {
    profile(UserAffinity::With(AuthMethod::SetupAssistantModern(modern)))
}

fn portal(source: impl Into<PortalSource>) -> EnrollmentProfile {
    let method = AuthMethod::CompanyPortal(source.into());
    let builder = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll");
    builder.mode(Supervised::new(UserAffinity::With(method))).build().unwrap()
}

fn token(expiry: &str, licences: u64) -> VppToken {
    VppToken::new("campus".parse().unwrap(), TokenExpiry::new(time(expiry)), licences)
}

/// A rule, what breaks it, and what is next to that and keeps it.
type Case = (Rule, (EnrollmentProfile, Circumstances), (EnrollmentProfile, Circumstances));

fn cases() -> Vec<Case> {
    let around = Circumstances::new;
    let user = |password| User::new(id("anna@example.org")).with_password(password);
    let by_web = || modern(Modern::Portal(vpp(false).into()));
    let by_hand = || around().portal(PortalApp::new(PortalLicence::Device).configured_by_hand());
    vec![
        // AFF-5, X-10: with staging it is none.
        (
            Rule::APP_NEEDS_USER,
            (without(), around().app_needs_user("Company Portal")),
            (without(), around().app_needs_user("Company Portal").staging(StagingAudience::WithoutAffinity)),
        ),
        // AFF-7
        (
            Rule::STAGING_REACHES_USERS,
            (legacy(vpp(false)), around().staging(StagingAudience::AllDevices)),
            (legacy(vpp(false)), around().staging(StagingAudience::WithoutAffinity)),
        ),
        // AFF-13
        (
            Rule::JIT_POLICY_MISSING,
            (modern(Modern::JustInTime), around().jit_policy(false)),
            (modern(Modern::JustInTime), around().jit_policy(true)),
        ),
        // AFF-14
        (
            Rule::MFA_DURING_LEGACY_SIGN_IN,
            (legacy(PortalDelivery::None), around().mfa(SecondFactor::Elsewhere)),
            (modern(Modern::WEB_ONLY), around().mfa(SecondFactor::SameDevice)),
        ),
        // CPV-12
        (
            Rule::MFA_ON_SAME_DEVICE,
            (portal(vpp(true)), around().mfa(SecondFactor::SameDevice)),
            (portal(vpp(true)), around().mfa(SecondFactor::Elsewhere)),
        ),
        // AFF-15
        (
            Rule::PASSWORD_CHANGE_PENDING,
            (legacy(PortalDelivery::None), around().user(user(Password::ChangePending))),
            (modern(Modern::WEB_ONLY), around().user(user(Password::ChangePending))),
        ),
        // AFF-16
        (
            Rule::PASSWORD_EXPIRED,
            (legacy(PortalDelivery::None), around().user(user(Password::Expired))),
            (legacy(PortalDelivery::None), around().user(user(Password::Good))),
        ),
        // CON-4
        (
            Rule::LEGACY_SIGN_IN_NEEDS_WS_TRUST,
            (legacy(PortalDelivery::None), around().federated(false)),
            (legacy(PortalDelivery::None), around().federated(true)),
        ),
        // CPV-1
        (Rule::PORTAL_FROM_APP_STORE, (portal(PortalSource::AppStore), around()), (portal(vpp(false)), around())),
        // CPV-3
        (
            Rule::PORTAL_NEEDS_DEVICE_LICENCE,
            (portal(vpp(false)), around().portal(PortalApp::new(PortalLicence::User))),
            (portal(vpp(false)), around().portal(PortalApp::new(PortalLicence::Device))),
        ),
        // CPV-5
        (
            Rule::LEGACY_SIGN_IN_NEEDS_PORTAL,
            (legacy(PortalDelivery::None), around().conditional_access().company_apps()),
            (legacy(vpp(false)), around().conditional_access().company_apps()),
        ),
        // CPV-7
        (
            Rule::VPP_TOKEN_EXPIRED,
            (portal(vpp(false)), around().at(now()).vpp_token(token("2026-11-22T08:00:00Z", 5))),
            (portal(vpp(false)), around().at(now()).vpp_token(token("2026-11-22T08:00:01Z", 5))),
        ),
        // CPV-7
        (
            Rule::VPP_LICENCES_EXHAUSTED,
            (portal(vpp(false)), around().vpp_token(token("2027-01-01T00:00:00Z", 0))),
            (portal(vpp(false)), around().vpp_token(token("2027-01-01T00:00:00Z", 1))),
        ),
        // CPV-11
        (
            Rule::SINGLE_APP_MODE_TOO_OLD,
            (portal(vpp(true)), around().target("ios:11.3".parse().unwrap())),
            (portal(vpp(true)), around().target("ios:11.3.1".parse().unwrap())),
        ),
        // CPV-13
        (Rule::PORTAL_CONFIGURED_TWICE, (by_web(), by_hand()), (modern(Modern::WEB_ONLY), by_hand())),
    ]
}

/// AFF-11 with AFF-14, AFF-15, CPV-5 and CON-4: where an old system falls back to legacy sign-in, what that lacks is told, for those systems.
#[test]
fn a_system_that_falls_back_is_judged_by_what_it_does() {
    let around = |target: &str| {
        let user = User::new(id("anna@example.org")).with_password(Password::ChangePending);
        let around = Circumstances::new().mfa(SecondFactor::Elsewhere).user(user).federated(false).conditional_access();
        around.target(target.parse().unwrap())
    };
    let profile = modern(Modern::WEB_ONLY);
    let found = check(&profile, &around("ios:12.4"));
    for rule in [
        Rule::MFA_DURING_LEGACY_SIGN_IN,
        Rule::PASSWORD_CHANGE_PENDING,
        Rule::LEGACY_SIGN_IN_NEEDS_WS_TRUST,
        Rule::LEGACY_SIGN_IN_NEEDS_PORTAL,
    ] {
        let violation = found.by_rule(rule).next().unwrap_or_else(|| panic!("{rule:?} is not told"));
        assert_eq!(violation.targets(), ["ios:12.4".parse().unwrap()]);
    }
    assert!(check(&profile, &around("ios:17.0")).is_empty());
}

#[test]
fn each_rule_is_broken_alone_and_kept() {
    let mut broken = BTreeSet::new();
    for (rule, breaking, keeping) in cases() {
        let found: Vec<Rule> =
            check(&breaking.0, &breaking.1).iter().map(apple_ade::judgement::Violation::rule).collect();
        assert_eq!(found, [rule]);
        let violations = check(&breaking.0, &breaking.1);
        let violation = violations.iter().next().unwrap();
        assert!(violation.help().is_some() && !violation.rule().sources().is_empty(), "{violation}");
        assert!(check(&keeping.0, &keeping.1).is_empty(), "{rule:?}: {}", check(&keeping.0, &keeping.1));
        broken.insert(rule);
    }
    assert_eq!(broken.into_iter().collect::<Vec<_>>(), RULES);
    assert!(RULES.is_sorted());
}

/// Advice is a warning, what cannot work an error: CPV-1, CPV-12, AFF-5 and AFF-14 advise.
#[test]
fn severities_are_the_documents() {
    let warnings: BTreeSet<Rule> = RULES.iter().copied().filter(|rule| rule.severity() == Severity::Warning).collect();
    let expected =
        [Rule::APP_NEEDS_USER, Rule::MFA_DURING_LEGACY_SIGN_IN, Rule::MFA_ON_SAME_DEVICE, Rule::PORTAL_FROM_APP_STORE];
    assert_eq!(warnings, expected.into());
}

/// All at once, with each user in a place of its own.
#[test]
fn everything_is_said_at_once() {
    let around = Circumstances::new()
        .conditional_access()
        .federated(false)
        .mfa(SecondFactor::Elsewhere)
        .user(User::new(id("a@example.org")))
        .user(User::new(id("b@example.org")).with_password(Password::Expired))
        .user(User::new(id("c@example.org")).with_password(Password::ChangePending));
    let violations = check(&legacy(PortalDelivery::None), &around);
    let found: Vec<(&str, &str)> =
        violations.iter().map(|violation| (violation.rule().code(), violation.path())).collect();
    assert_eq!(
        found,
        [
            ("ADE-G207", "affinity.method"),
            ("ADE-G222", "affinity.portal"),
            ("ADE-G206", "users[1].password"),
            ("ADE-G205", "users[2].password"),
            ("ADE-G203", "affinity.method"),
        ]
    );
}

/// AFF-10, AFF-14, CPV-12, X-9: by method, single app mode and place of the second factor.
#[test]
fn mfa_depends_on_method_mode_and_place() {
    let (here, elsewhere) = (SecondFactor::SameDevice, SecondFactor::Elsewhere);
    let fails = Mfa::Fails;
    for (method, on_device, on_another) in [
        (AuthMethod::CompanyPortal(vpp(false).into()), Mfa::Works, Mfa::Works),
        (AuthMethod::CompanyPortal(vpp(true).into()), fails(MfaProblem::SingleAppMode), Mfa::Works),
        (AuthMethod::CompanyPortal(PortalSource::AppStore), Mfa::Works, Mfa::Works),
        (AuthMethod::SetupAssistantModern(Modern::JustInTime), Mfa::Works, Mfa::Works),
        (
            AuthMethod::SetupAssistantModern(Modern::Portal(vpp(true).into())),
            fails(MfaProblem::SingleAppMode),
            Mfa::Works,
        ),
        (
            AuthMethod::SetupAssistantLegacy(vpp(true).into()),
            fails(MfaProblem::LegacySignIn),
            fails(MfaProblem::LegacySignIn),
        ),
    ] {
        assert_eq!(mfa_during_enrollment(&method, here), on_device, "{method:?}");
        assert_eq!(mfa_during_enrollment(&method, elsewhere), on_another, "{method:?}");
    }
}

/// AFF-2.
#[test]
fn affinity_is_complete_with_a_user() {
    let with = UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::WEB_ONLY));
    assert_eq!(completed_by(&with, None), Err(UserMissing));
    assert_eq!(completed_by(&with, Some(id("anna"))), Ok(Some(id("anna"))));
    assert_eq!(completed_by(&UserAffinity::Without, None), Ok(None));
    assert_eq!(completed_by(&UserAffinity::Without, Some(id("anna"))), Ok(None));
    for text in ["", " anna", "an\tna", &"x".repeat(321)] {
        assert!(text.parse::<UserId>().is_err(), "{text:?}");
    }
}

proptest! {
    /// AFF-6: whoever signs in and out in whatever order, the first stays the primary user until the device is erased.
    #[test]
    fn the_first_who_signs_in_stays(events in prop::collection::vec(0..5_u8, 0..40)) {
        let (mut primary, mut first) = (PrimaryUser::default(), None);
        for event in events {
            match event {
                0 => primary.sign_out(),
                1 => (primary.erase(), first = None).0,
                user => {
                    let user = id(&format!("user{user}@example.org"));
                    prop_assert_eq!(primary.sign_in(user.clone()), first.is_none());
                    first.get_or_insert(user);
                }
            }
            prop_assert_eq!(primary.user(), first.as_ref());
            let stored = serde_json::to_string(&primary).unwrap();
            prop_assert_eq!(&serde_json::from_str::<PrimaryUser>(&stored).unwrap(), &primary);
        }
    }

    /// LIC-4: whoever uses a device, exactly one licence is asked for, and giving it is enough.
    #[test]
    fn one_licence_is_enough(with_affinity: bool, named: bool, licensed: bool, device: bool) {
        let affinity = if with_affinity {
            UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::WEB_ONLY))
        } else {
            UserAffinity::Without
        };
        let (serial, anna) = ("C02T0HL0GGC0".parse().unwrap(), id("anna"));
        let user = named.then_some(&anna);
        let check = |licensed: bool, device: bool| check_licence(&affinity, &serial, user, device, |_| licensed);
        match check(licensed, device) {
            Ok(()) => {}
            Err(MissingLicence::User { .. }) => prop_assert!(with_affinity && check(true, device).is_ok()),
            Err(MissingLicence::Device { .. }) => prop_assert!(!with_affinity && check(licensed, true).is_ok()),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

/// LIC-1, LIC-2, LIC-3, LIC-4.
#[test]
fn licences_by_user_and_device() {
    let (serial, anna) = ("C02T0HL0GGC0".parse().unwrap(), id("anna"));
    let with = UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::WEB_ONLY));
    let user = check_licence(&with, &serial, Some(&anna), true, |_| false).unwrap_err();
    assert_eq!(user, MissingLicence::User { user: anna.clone() }, "LIC-1: a device licence is no user's");
    assert!(check_licence(&with, &serial, Some(&anna), false, |_| true).is_ok());
    let device = check_licence(&UserAffinity::Without, &serial, None, false, |_| true).unwrap_err();
    assert_eq!(device, MissingLicence::Device { serial: serial.clone() }, "LIC-2");
    assert!(check_licence(&UserAffinity::Without, &serial, Some(&anna), false, |_| true).is_ok(), "LIC-3");
    assert!(check_licence(&UserAffinity::Without, &serial, Some(&anna), false, |_| false).is_err());
    let all = [UserOfDevice::None, UserOfDevice::Licensed, UserOfDevice::Unlicensed].map(required_licence);
    assert_eq!(all, [Required::Device, Required::User, Required::Device], "LIC-4");
}

/// CPV-9, CPV-8: it warns before it blocks, by time and by number.
#[test]
fn a_vpp_token_warns_before_it_blocks() {
    let status = |expiry, licences| token(expiry, licences).status(now(), TimeDelta::days(30), 10);
    let out = |days_left, licences_left| ResourceStatus::RunningOut { days_left, licences_left };
    let blocking = |expired, exhausted| ResourceStatus::Blocking { expired, exhausted };
    assert_eq!(status("2027-01-01T00:00:00Z", 11), ResourceStatus::Fine);
    assert_eq!(status("2027-01-01T00:00:00Z", 10), out(None, Some(10)));
    assert_eq!(status("2026-12-22T08:00:00Z", 11), out(Some(30), None));
    assert_eq!(status("2026-12-22T08:00:00Z", 1), out(Some(30), Some(1)));
    assert_eq!(status("2027-01-01T00:00:00Z", 0), blocking(false, true));
    assert_eq!(status("2026-11-22T08:00:00Z", 5), blocking(true, false));
    assert_eq!(status("2026-11-22T08:00:00Z", 0), blocking(true, true));
    for (status, words) in
        [(out(Some(2), Some(3)), "2 days are left and 3 device"), (blocking(true, false), "renew it")]
    {
        assert!(status.to_string().contains(words), "{status}");
    }
}

/// CPV-14.
#[test]
fn automated_enrollment_leaves_users_no_way_out() {
    assert_eq!(self_service_actions(EnrollmentKind::Automated), BTreeSet::new());
    let all = [SelfServiceAction::FactoryReset, SelfServiceAction::RemoveDevice].into();
    assert_eq!(self_service_actions(EnrollmentKind::UserInitiated), all);
}
