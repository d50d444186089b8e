//! Authority over devices, and its hand-over.

use std::collections::BTreeSet;

use apple_ade::program::authority::{
    Authority, ChangePath, ChecklistItem, Choice, HandOver, HandOverError, Leaving, OffboardingPlan, Phase,
    PushCertificateFate, Release, ResetError, ResetRequest, ResetRoute, Tenant, answer_due, change_path,
    check_exclusive, checklists,
};
use chrono::{DateTime, NaiveDate, Utc};

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// AUT-1, AUT-2.
#[test]
fn configuration_manager_tolerates_nobody() {
    let conflict = check_exclusive(
        &Authority::ConfigurationManager,
        &[Authority::Other("Example MDM".into()), Authority::ConfigurationManager, Authority::Intune],
    );
    let conflict = conflict.unwrap_err();
    assert_eq!(conflict.others, [Authority::Intune, Authority::Other("Example MDM".into())]);
    assert!(conflict.to_string().contains("Intune, Example MDM"), "{conflict}");
    assert!(check_exclusive(&Authority::ConfigurationManager, &[Authority::ConfigurationManager]).is_ok());
    assert!(check_exclusive(&Authority::Intune, &[Authority::Office365]).is_ok());
}

/// AUT-3: no is an answer, and a box that is ticked does not stay ticked.
#[test]
fn an_authority_is_confirmed_by_two_steps() {
    let choice = Choice::new(Authority::Intune).tick().no();
    assert_eq!(choice, Choice::new(Authority::Intune));
    assert_eq!(choice.tick().yes().authority(), &Authority::Intune);
}

/// AUT-4, AUT-5: 1610 and 1705 themselves are new enough.
#[test]
fn new_releases_change_the_authority_themselves() {
    let path = |manager: &str, intune: &str| change_path(manager.parse().unwrap(), intune.parse().unwrap());
    let by_support =
        |manager, intune| ChangePath::SupportCase { old_configuration_manager: manager, old_intune: intune };
    assert_eq!(path("1610", "1705"), ChangePath::SelfService);
    assert_eq!(path("1702", "1801"), ChangePath::SelfService);
    assert_eq!(path("1609", "1705"), by_support(true, false));
    assert_eq!(path("1610", "1704"), by_support(false, true));
    assert_eq!(path("1512", "1612"), by_support(true, true));
    for text in ["161", "16100", "1600", "1613", "+610", "16é"] {
        assert!(text.parse::<Release>().is_err(), "{text}");
    }
}

/// AUT-6.
#[test]
fn there_are_three_routes() {
    let services =
        [Authority::ConfigurationManager, Authority::Intune, Authority::Office365, Authority::Other("X".into())];
    let mut routes = Vec::new();
    for from in &services {
        for to in &services {
            if let Some(route) = ResetRoute::between(from, to) {
                assert_eq!(route.target(), *to);
                routes.push(route);
            }
        }
    }
    routes.sort_unstable();
    assert_eq!(
        routes,
        [
            ResetRoute::IntuneToConfigurationManager,
            ResetRoute::ConfigurationManagerToIntune,
            ResetRoute::Office365ToConfigurationManager
        ]
    );
}

/// AUT-8, AUT-9, AUT-12 and X-39.
#[test]
fn lists_are_in_an_order_that_works() {
    let intune = Leaving::Intune.checklist();
    let place = |item| intune.items.iter().position(|other| *other == item).unwrap();
    let order = [
        ChecklistItem::RetireDevices,
        ChecklistItem::UnassignProfiles,
        ChecklistItem::DeleteServerToken,
        ChecklistItem::DeletePushCertificate,
    ];
    assert!(order.map(place).is_sorted());
    // The documents' nine, and the profiles that have to be off the devices before the token can go.
    assert_eq!(intune.items.iter().collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(intune.push_certificate, PushCertificateFate::Deleted);

    let office = Leaving::Office365.checklist();
    assert_eq!(office.push_certificate, PushCertificateFate::StaysBound);
    assert!(!office.items.contains(&ChecklistItem::DeletePushCertificate));

    let leaving = |route, coexists| checklists(route, coexists).iter().map(|list| list.leaving).collect::<Vec<_>>();
    assert_eq!(leaving(ResetRoute::IntuneToConfigurationManager, false), [Leaving::Intune]);
    assert_eq!(leaving(ResetRoute::IntuneToConfigurationManager, true), [Leaving::Intune, Leaving::Office365]);
    assert_eq!(leaving(ResetRoute::Office365ToConfigurationManager, false), [Leaving::Office365]);
}

/// AUT-7, AUT-8: each item that is missing is named, and one alone keeps the request from being made.
#[test]
fn support_is_asked_with_everything_done() {
    let target = Choice::new(Authority::ConfigurationManager).tick().yes();
    let tenant: Tenant = "Example.onmicrosoft.com".parse().unwrap();
    assert_eq!(tenant.as_str(), "example.onmicrosoft.com");
    // Small letters may be more than capital ones: what is accepted can be read back.
    let long = format!("{}.org", "\u{23a}".repeat(31));
    for text in ["example", "a@b.com", "", ".org", "a..b", "-a.org", "\u{130}stanbul.example", &long] {
        assert!(text.parse::<Tenant>().is_err(), "{text}");
    }
    let request =
        |coexists, done: &BTreeSet<_>| ResetRequest::new(tenant.clone(), &Authority::Intune, &target, coexists, done);
    let items = |coexists| -> BTreeSet<ChecklistItem> {
        checklists(ResetRoute::IntuneToConfigurationManager, coexists).into_iter().flat_map(|list| list.items).collect()
    };
    let intune = items(false);
    assert_eq!(request(false, &intune).unwrap().attested(), &intune);
    for item in &intune {
        let mut done = intune.clone();
        done.remove(item);
        assert_eq!(request(false, &done), Err(ResetError::NotDone { items: vec![*item] }));
    }
    // Office 365 coexists: its list applies as well.
    let missing: Vec<_> = items(true).difference(&intune).copied().collect();
    assert_eq!(missing, [ChecklistItem::DeleteSecurityPolicies, ChecklistItem::DisableDeviceManagement]);
    // AUT-12: the push certificate is one for both, and Office 365's list says that it cannot be deleted.
    assert!(!items(true).contains(&ChecklistItem::DeletePushCertificate));
    let lists = checklists(ResetRoute::IntuneToConfigurationManager, true);
    assert!(lists.iter().all(|list| list.push_certificate == PushCertificateFate::StaysBound));
    // Where there is no token, nothing is to be done for it, and that counts as done.
    let plan = OffboardingPlan::new(Leaving::Intune, &[]);
    assert!(request(false, &plan.items().iter().copied().collect()).is_ok());
    assert_eq!(request(true, &intune), Err(ResetError::NotDone { items: missing }));
    assert!(request(true, &items(true)).is_ok());

    let elsewhere = Choice::new(Authority::Office365).tick().yes();
    let error = ResetRequest::new(tenant, &Authority::Intune, &elsewhere, false, &intune).unwrap_err();
    assert!(
        matches!(error, ResetError::NoRoute { .. }) && error.to_string().contains("Intune to Office 365"),
        "{error}"
    );
}

/// AUT-13: by the calendar of May 2017.
#[test]
fn three_working_days_leave_weekends_out() {
    let may = |day| NaiveDate::from_ymd_opt(2017, 5, day).unwrap();
    for (asked, due) in [(15, 18), (16, 19), (17, 22), (18, 23), (19, 24), (20, 24), (21, 24)] {
        assert_eq!(answer_due(may(asked)), Some(may(due)), "asked on the {asked}th");
    }
    assert_eq!(answer_due(NaiveDate::MAX), None);
}

/// AUT-14, AUT-13: frozen until support confirms, over a store, too.
#[test]
fn nothing_is_configured_while_support_works() {
    let target = Choice::new(Authority::Intune).tick().yes();
    let done = Leaving::ConfigurationManager.checklist().items.into_iter().collect();
    let tenant = "example.org".parse().unwrap();
    let request = ResetRequest::new(tenant, &Authority::ConfigurationManager, &target, false, &done).unwrap();
    let asked = time("2017-05-18T10:00:00Z");
    let mut hand_over = HandOver::ask(&request, asked);
    assert_eq!(hand_over.may_configure(), Err(HandOverError::Frozen { asked }));
    assert!(!hand_over.is_late(time("2017-05-23T23:00:00Z")) && hand_over.is_late(time("2017-05-24T00:00:00Z")));

    let stored = serde_json::to_string(&hand_over).unwrap();
    let mut refused: HandOver = serde_json::from_str(&stored).unwrap();
    assert_eq!(refused, hand_over);
    let at = time("2017-05-22T10:00:00Z");
    hand_over.confirm(at).unwrap();
    assert_eq!((hand_over.may_configure(), hand_over.target()), (Ok(()), Authority::Intune));
    assert!(!hand_over.is_late(time("2018-01-01T00:00:00Z")));
    assert_eq!(hand_over.end(at), Err(HandOverError::AlreadyConfirmed { at }));
    assert_eq!(hand_over.phase(), Phase::Confirmed { at });

    refused.end(at).unwrap();
    assert_eq!(refused.may_configure(), Err(HandOverError::Ended { at }));
    assert_eq!(refused.confirm(at), Err(HandOverError::Ended { at }));
}
