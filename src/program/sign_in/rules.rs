//! The rules, and what finds where they are broken.

use super::circumstances::{Circumstances, PortalLicence, StagingAudience};
use super::mfa::{Mfa, MfaProblem, mfa_during_enrollment};
use super::user::Password;
use crate::affinity::{AuthMethod, Modern, PortalDelivery};
use crate::enrollment::effective_auth;
use crate::judgement::{Rule, Violation, rules};
use crate::os::{OsVersion, Platform, Target};
use crate::profile::EnrollmentProfile;

rules! {
    APP_NEEDS_USER = "ADE-G200" Warning
        "an app that needs a user is not for devices without user affinity"
        why "such an app finds nobody to act for; with staging, the portal app finds a primary user later (X-10)"
        from ["AFF-5", "AFF-6", "X-10"];
    STAGING_REACHES_USERS = "ADE-G201" Error
        "the staging configuration goes to devices without user affinity alone"
        why "on a device that has its user it would ask for another"
        from ["AFF-7"];
    JIT_POLICY_MISSING = "ADE-G202" Error
        "just-in-time registration needs its device configuration policy before the profile"
        why "without the policy the sign-in on the web page registers nothing, and nobody asks again"
        from ["AFF-13"];
    MFA_DURING_LEGACY_SIGN_IN = "ADE-G203" Warning
        "legacy sign-in has no second factor"
        why "Setup Assistant asks for a name and a password, and for nothing more; the factor works after the enrollment"
        from ["AFF-14", "X-9"];
    MFA_ON_SAME_DEVICE = "ADE-G204" Warning
        "in single app mode the second factor is on another device"
        why "the device shows the portal app alone, so that neither a message nor another app on it can be reached"
        from ["CPV-12", "X-9"];
    PASSWORD_CHANGE_PENDING = "ADE-G205" Error
        "a user changes a password that has to be changed before the device is set up"
        why "legacy sign-in cannot ask for a new password, and does not say why it refuses the old one"
        from ["AFF-15"];
    PASSWORD_EXPIRED = "ADE-G206" Error
        "a user renews an expired password on another device first"
        why "legacy sign-in cannot ask for a new password, and does not say why it refuses the old one"
        from ["AFF-16"];
    LEGACY_SIGN_IN_NEEDS_WS_TRUST = "ADE-G207" Error
        "legacy sign-in through federation needs an endpoint of WS-Trust 1.3 username/mixed"
        why "that is where the MDM turns the name and the password into the user's token"
        from ["CON-4"];
    PORTAL_FROM_APP_STORE = "ADE-G220" Warning
        "the portal app comes by the MDM, not from the App Store"
        why "the edition of the App Store does not go with automated enrollment, and is not updated by itself"
        from ["CPV-1", "CPV-2", "CPV-4"];
    PORTAL_NEEDS_DEVICE_LICENCE = "ADE-G221" Error
        "the portal app is a required app with device licences"
        why "a licence of a user wants a user who is signed in, and there is none while the device is set up"
        from ["CPV-3"];
    LEGACY_SIGN_IN_NEEDS_PORTAL = "ADE-G222" Error
        "with legacy sign-in, conditional access and company apps need the portal app"
        why "the device is registered for its user only when that signs in to the portal app"
        from ["CPV-5"];
    VPP_TOKEN_EXPIRED = "ADE-G223" Error
        "the token of Apps and Books by which the portal app comes is valid"
        why "after its end devices are blocked while they enroll"
        from ["CPV-7", "CPV-8"];
    VPP_LICENCES_EXHAUSTED = "ADE-G224" Error
        "there are device licences for the portal app"
        why "without one a device is blocked while it enrolls"
        from ["CPV-7", "CPV-8"];
    SINGLE_APP_MODE_TOO_OLD = "ADE-G225" Error
        "single app mode until sign-in needs iOS or iPadOS 11.3.1"
        why "older systems do not hold the device in the app"
        from ["CPV-11"];
    PORTAL_CONFIGURED_TWICE = "ADE-G226" Error
        "with modern sign-in the MDM configures the portal app by itself"
        why "a configuration that is deployed by hand as well makes the app ask for the wrong sign-in, or for a profile to be downloaded"
        from ["CPV-13"];
}

pub(super) fn check(profile: &EnrollmentProfile, around: &Circumstances, found: &mut Vec<Violation>) {
    let affinity = profile.mode().affinity();
    match affinity.method() {
        None => without_user(around, found),
        Some(method) => {
            with_user(method, around, found);
            fallen_back(method, profile, around, found);
        }
    }
    match affinity.method().map(AuthMethod::portal) {
        Some(PortalDelivery::AppStore) => from_app_store("affinity.portal", found),
        Some(PortalDelivery::Vpp(vpp)) => {
            vpp_token(vpp.token().as_str(), around, found);
            if vpp.is_single_app_until_sign_in() {
                single_app_mode(profile, around, found);
            }
        }
        _ => {}
    }
    match around.portal.as_ref().map(|portal| portal.licence) {
        Some(PortalLicence::AppStore) => from_app_store("portal.licence", found),
        Some(PortalLicence::User) => {
            let message = "the portal app is deployed with licences of users";
            found.push(
                Violation::new(Rule::PORTAL_NEEDS_DEVICE_LICENCE, "portal.licence", message)
                    .with_help("deploy it as a required app with device licences"),
            );
        }
        _ => {}
    }
}

fn without_user(around: &Circumstances, found: &mut Vec<Violation>) {
    if around.staging.is_some() {
        return;
    }
    for app in &around.needs_user {
        let message = format!("{app} needs a user, and the profile has no user affinity");
        found.push(Violation::new(Rule::APP_NEEDS_USER, "affinity", message).with_help(
            "give the profile user affinity, leave the app out, or configure staging so that the first who signs in becomes the user",
        ));
    }
}

fn with_user(method: &AuthMethod, around: &Circumstances, found: &mut Vec<Violation>) {
    if around.staging == Some(StagingAudience::AllDevices) {
        let message = "the staging configuration goes to all devices, and this profile's have users";
        found.push(
            Violation::new(Rule::STAGING_REACHES_USERS, "staging", message)
                .with_help("target it at devices without user affinity alone"),
        );
    }
    match method {
        AuthMethod::SetupAssistantLegacy(delivery) => legacy(delivery, around, found),
        AuthMethod::SetupAssistantModern(Modern::JustInTime) if around.jit_policy == Some(false) => {
            let message = "the profile registers devices just in time, and the policy for that does not exist";
            found.push(Violation::new(Rule::JIT_POLICY_MISSING, "affinity.method", message).with_help(
                "make the device configuration policy with the single sign-on extension first, then the profile",
            ));
        }
        AuthMethod::SetupAssistantModern(Modern::Portal(delivery))
            if *delivery != PortalDelivery::None
                && around.portal.as_ref().is_some_and(|portal| portal.configured_by_hand) =>
        {
            let message = "the portal app is configured by the MDM, and by hand as well";
            found.push(
                Violation::new(Rule::PORTAL_CONFIGURED_TWICE, "portal.configured_by_hand", message)
                    .with_help("take the app configuration off these devices"),
            );
        }
        _ => {}
    }
    if let Some(Mfa::Fails(problem)) = around.second_factor.map(|factor| mfa_during_enrollment(method, factor)) {
        let (rule, help) = match problem {
            MfaProblem::LegacySignIn => (
                Rule::MFA_DURING_LEGACY_SIGN_IN,
                "use modern sign-in or the portal app, or demand the second factor only after the enrollment",
            ),
            MfaProblem::SingleAppMode => (
                Rule::MFA_ON_SAME_DEVICE,
                "let users take the second factor on another device, or leave single app mode out",
            ),
        };
        found.push(Violation::new(rule, "affinity.method", problem.to_string()).with_help(help));
    }
}

/// Systems that know no modern sign-in fall back to the legacy one (AFF-11), with all that this lacks (AFF-14, AFF-15, AFF-16, CPV-5, CON-4).
fn fallen_back(method: &AuthMethod, profile: &EnrollmentProfile, around: &Circumstances, found: &mut Vec<Violation>) {
    let falls_back = |target: &&Target| effective_auth(method, **target) != *method;
    let mut old: Vec<Target> = profile.targets().iter().chain(&around.targets).filter(falls_back).copied().collect();
    old.sort_unstable();
    old.dedup();
    let Some(first) = old.first() else { return };
    let mut more = Vec::new();
    with_user(&effective_auth(method, *first), around, &mut more);
    more.retain(|violation| !found.iter().any(|other| other.rule() == violation.rule()));
    found.extend(more.into_iter().map(|violation| violation.with_targets(old.clone())));
}

fn legacy(delivery: &PortalDelivery, around: &Circumstances, found: &mut Vec<Violation>) {
    if *delivery == PortalDelivery::None && (around.conditional_access || around.company_apps) {
        let what = match (around.conditional_access, around.company_apps) {
            (true, true) => "conditional access and company apps are",
            (true, false) => "conditional access is",
            _ => "company apps are",
        };
        let message = format!("users sign in by legacy sign-in, {what} in use, and the portal app does not come");
        found.push(
            Violation::new(Rule::LEGACY_SIGN_IN_NEEDS_PORTAL, "affinity.portal", message)
                .with_help("let the portal app be installed, best by Apps and Books"),
        );
    }
    if around.ws_trust == Some(false) {
        let message = "users sign in through federation, and the identity provider has no endpoint of WS-Trust 1.3";
        found.push(
            Violation::new(Rule::LEGACY_SIGN_IN_NEEDS_WS_TRUST, "affinity.method", message)
                .with_help("enable WS-Trust 1.3 username/mixed at the identity provider, or use modern sign-in"),
        );
    }
    for (place, user) in around.users.iter().enumerate() {
        let (rule, state) = match user.password {
            Password::Good => continue,
            Password::ChangePending => {
                (Rule::PASSWORD_CHANGE_PENDING, "has to change the password at the first sign-in")
            }
            Password::Expired => (Rule::PASSWORD_EXPIRED, "has a password that has expired"),
        };
        let message = format!("{} {state}, and Setup Assistant cannot ask for a new one", user.id);
        found.push(
            Violation::new(rule, format!("users[{place}].password"), message)
                .with_help("let the user change the password on another device first"),
        );
    }
}

fn from_app_store(path: &'static str, found: &mut Vec<Violation>) {
    let message = "the portal app comes from the App Store";
    found.push(
        Violation::new(Rule::PORTAL_FROM_APP_STORE, path, message)
            .with_help("deploy it as a required app with device licences of Apps and Books, with automatic updates"),
    );
}

fn vpp_token(id: &str, around: &Circumstances, found: &mut Vec<Violation>) {
    for (place, token) in around.vpp.iter().enumerate().filter(|(_, token)| token.id.as_str() == id) {
        if around.now.is_some_and(|now| token.expiry.at() <= now) {
            let message = format!("the token {id:?} of Apps and Books ended on {}", token.expiry);
            found.push(
                Violation::new(Rule::VPP_TOKEN_EXPIRED, format!("vpp[{place}].expiry"), message)
                    .with_help("renew it in Apple's portal, and install it"),
            );
        }
        if token.device_licences_left == 0 {
            let message = format!("the token {id:?} of Apps and Books has no device licence left");
            found.push(
                Violation::new(Rule::VPP_LICENCES_EXHAUSTED, format!("vpp[{place}].device_licences_left"), message)
                    .with_help("buy licences for the portal app, which costs nothing"),
            );
        }
    }
}

fn single_app_mode(profile: &EnrollmentProfile, around: &Circumstances, found: &mut Vec<Violation>) {
    const FIRST: OsVersion = OsVersion::new(11, 3, 1);
    let is_old =
        |target: &&Target| matches!(target.platform, Platform::Ios | Platform::IpadOs) && target.version < FIRST;
    let mut old: Vec<_> = profile.targets().iter().chain(&around.targets).filter(is_old).copied().collect();
    old.sort_unstable();
    old.dedup();
    if !old.is_empty() {
        let message = "devices are held in the portal app until sign-in, and their system cannot do that";
        found.push(
            Violation::new(Rule::SINGLE_APP_MODE_TOO_OLD, "affinity.portal", message)
                .with_targets(old)
                .with_help("update the devices to 11.3.1 or later, or leave single app mode out"),
        );
    }
}
