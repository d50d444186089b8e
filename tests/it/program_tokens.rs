//! What a token needs and leaves: the workflow, readiness, the organisation, terms, deletion, and to whom devices belong.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::api::AccountDetail;
use apple_ade::json::RawJson;
use apple_ade::program::organization::{Devices, Ownership, PORTALS, Programme, Reason, SERVICE_HOST, Scenario};
use apple_ade::program::readiness::{APPLE_HOSTS, Fact, Facts, Item};
use apple_ade::program::tokens::{
    DeletionBlocker, DeletionStep, OrganizationTerms, Owners, TermsState, TokenUse, Tombstones,
};
use apple_ade::program::workflow::{Step, missing, next_steps};
use apple_ade::token::TokenIdentity;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn identity(byte: u8) -> TokenIdentity {
    format!("{byte:02x}").repeat(32).parse().unwrap()
}

/// ORG-19, ORG-20, X-16: the documents' three orders all go with the graph; in each, what another edition leaves unsaid is done before.
#[test]
fn every_order_of_the_documents_works() {
    for (order, unsaid) in [
        (&Step::ORDER_2016[..], vec![Step::JoinProgramme, Step::AssignProfile]),
        (
            &Step::ORDER_2017,
            vec![Step::JoinProgramme, Step::EnableManagement, Step::MakeKeyPair, Step::MakeServerAtApple],
        ),
        (&Step::ORDER_2023, vec![Step::JoinProgramme, Step::EnableManagement]),
    ] {
        let mut done = BTreeSet::new();
        for step in order {
            let needed = missing(*step, &done);
            assert!(needed.iter().all(|step| unsaid.contains(step)), "{step:?} needs {needed:?} in {order:?}");
            done.extend(needed);
            assert!(next_steps(&done).contains(step), "{step:?} in {order:?}");
            done.insert(*step);
        }
    }
    // What cannot be: a profile on devices that nobody has fetched.
    assert_eq!(missing(Step::AssignProfile, &BTreeSet::new()).len(), 7);
    assert!(!next_steps(&[Step::MakeProfile].into()).contains(&Step::AssignProfile));
}

proptest! {
    /// Whatever is chosen of what is open, all steps get done, each after all that it needs.
    #[test]
    fn the_graph_leads_to_the_end(choices in prop::collection::vec(any::<prop::sample::Index>(), 10)) {
        let mut done = BTreeSet::new();
        for choice in choices {
            let open: Vec<Step> = next_steps(&done).into_iter().collect();
            prop_assert!(!open.is_empty());
            let step = *choice.get(&open);
            prop_assert!(step.requires().iter().all(|needed| done.contains(needed)));
            done.insert(step);
        }
        prop_assert_eq!(done.len(), Step::ALL.len());
        prop_assert!(next_steps(&done).is_empty());
    }

    /// TOK-22, TOK-23, DEV-11, ASG-11: carried out step by step, a plan ends where the token may be deleted, and not before.
    #[test]
    fn a_deletion_plan_ends_where_the_token_may_go(devices in 0_u64..3, on_default in 0_u64..3, profiles in 0_usize..4) {
        let names = (0..profiles).map(|number| format!("profile {number}")).collect();
        let mut state = TokenUse::new(devices.max(on_default), on_default, names);
        for step in state.clone().deletion_plan().steps() {
            if *step == DeletionStep::DeleteToken {
                prop_assert!(state.may_be_deleted().is_ok());
            }
            let blocked = state.may_be_deleted().is_err();
            state = state.after(step);
            prop_assert!(blocked || matches!(step, DeletionStep::DeleteToken | DeletionStep::DeleteServerAtApple));
        }
        prop_assert!(state.may_be_deleted().is_ok());
    }

    /// TOK-26: whatever the lists say in whatever order, a device belongs to the token that listed it last.
    #[test]
    fn a_device_has_one_owner(events in prop::collection::vec((0..4_u8, 0..3_u8, any::<bool>()), 0..40)) {
        let (mut owners, mut model) = (Owners::default(), BTreeMap::<u8, u8>::new());
        for (device, token, listed) in events {
            let serial = format!("C02T0HL0GGC{device}");
            if listed {
                let moved = owners.listed(serial.parse().unwrap(), identity(token)).map(|moved| moved.from);
                let before = model.insert(device, token).filter(|before| *before != token);
                prop_assert_eq!(moved, before.map(identity));
            } else {
                let is_owner = model.get(&device) == Some(&token);
                prop_assert_eq!(owners.left(&serial, identity(token)), is_owner);
                if is_owner {
                    model.remove(&device);
                }
            }
        }
        prop_assert_eq!(owners.counts().values().sum::<u64>(), model.len() as u64);
        for (device, token) in model {
            prop_assert_eq!(owners.of(&format!("C02T0HL0GGC{device}")), Some(identity(token)));
        }
    }
}

/// TOK-22: each blocker alone, and all together.
#[test]
fn what_keeps_a_token_is_listed() {
    let blockers = |devices, on_default, profiles: &[&str]| {
        let token = TokenUse::new(devices, on_default, profiles.iter().map(|name| (*name).to_owned()).collect());
        token.may_be_deleted().map_err(|blockers| blockers.iter().cloned().collect::<Vec<_>>())
    };
    let names =
        |names: &[&str]| DeletionBlocker::Profiles { names: names.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(blockers(0, 0, &[]), Ok(()));
    assert_eq!(blockers(2, 0, &[]), Err(vec![DeletionBlocker::Devices { count: 2 }]));
    assert_eq!(blockers(0, 0, &["A"]), Err(vec![names(&["A"])]));
    let all = vec![
        DeletionBlocker::Devices { count: 5 },
        DeletionBlocker::DevicesOnDefaultProfile { count: 3 },
        names(&["A", "B"]),
    ];
    assert_eq!(blockers(5, 3, &["A", "B"]), Err(all));
    let plan = TokenUse::new(5, 3, vec!["A".into()]).deletion_plan().to_string();
    let lines: Vec<&str> = plan.lines().collect();
    assert!(
        lines[0].starts_with("1. take 5 devices off")
            && lines[1].contains("\"A\"")
            && lines[2] == "3. delete the token"
    );
}

/// ORG-24.
#[test]
fn a_token_that_came_back_is_deleted_once_more() {
    let (at, later) = (time("2026-11-22T08:00:00Z"), time("2026-12-01T08:00:00Z"));
    let mut tombstones = Tombstones::default();
    assert!(tombstones.bury(identity(1), at));
    let stored = serde_json::to_string(&tombstones).unwrap();
    let mut tombstones: Tombstones = serde_json::from_str(&stored).unwrap();
    let (one, two) = (identity(1), identity(2));
    assert_eq!(tombstones.returned([&one, &two]).collect::<Vec<_>>(), [one]);
    assert!(!tombstones.bury(one, later));
    assert_eq!(tombstones.deleted(&one), Some(at));
    assert!(tombstones.raise(&one) && !tombstones.raise(&one));
    assert_eq!(tombstones.returned([&one]).count(), 0);
}

/// One organisation's terms stop all of its tokens, and nobody else's; a refusal may linger.
#[test]
fn terms_are_an_organisations() {
    let (start, mut terms) = (time("2026-11-22T08:00:00Z"), OrganizationTerms::default());
    terms.refused("O1", start);
    terms.refused("O1", start + TimeDelta::hours(5));
    assert_eq!(terms.of("O1"), TermsState::NotSigned { since: start });
    assert!(!terms.may_call("O1") && terms.may_call("O2"));
    terms.said_to_be_accepted("O2", start);
    assert_eq!(terms.of("O2"), TermsState::Accepted, "nobody said otherwise");
    let accepted = start + TimeDelta::hours(6);
    terms.said_to_be_accepted("O1", accepted);
    let stored = serde_json::to_string(&terms).unwrap();
    let mut terms: OrganizationTerms = serde_json::from_str(&stored).unwrap();
    // Refused still, within the time that this has been seen: whoever said so may be right.
    terms.refused("O1", accepted + TimeDelta::hours(30));
    assert!(terms.may_call("O1"));
    assert_eq!(terms.waiting().count(), 1);
    terms.refused("O1", accepted + TimeDelta::hours(49));
    assert_eq!(terms.of("O1"), TermsState::NotSigned { since: start });
    terms.answered("O1");
    assert_eq!((terms.of("O1"), terms.waiting().count()), (TermsState::Accepted, 0));
}

/// ORG-10, ORG-12, CON-1: the order of the documents' prerequisites, and what blocks.
#[test]
fn what_is_missing_comes_in_its_order() {
    let all_met = Item::ALL.into_iter().fold(Facts::default(), |facts, item| facts.with(item, Fact::Met));
    assert!(all_met.readiness().is_ready() && all_met.readiness().gaps().is_empty());
    for item in Item::ALL {
        for fact in [Fact::Missing, Fact::Unknown] {
            let readiness = all_met.clone().with(item, fact).readiness();
            assert_eq!(readiness.gaps().iter().map(|gap| (gap.item, gap.fact)).collect::<Vec<_>>(), [(item, fact)]);
            assert_eq!(readiness.is_ready(), !item.blocks());
            assert!(readiness.to_string().contains(item.requirement()));
        }
        assert!(all_met.clone().with(item, Fact::NotNeeded).readiness().gaps().is_empty());
    }
    // Connections, authority, groups, portal app, licences, enabling enrollment.
    let seven = [Item::Network, Item::Authority, Item::Groups, Item::PortalApp, Item::Licences, Item::PushCertificate];
    let gaps: Vec<Item> = Facts::default().readiness().gaps().iter().map(|gap| gap.item).collect();
    let places = seven.map(|item| gaps.iter().position(|gap| *gap == item).unwrap());
    assert!(places.is_sorted() && gaps.len() == Item::ALL.len());
    assert!(Item::PushCertificate.blocks(), "ORG-10");
    assert!(APPLE_HOSTS.iter().any(|(host, port, _)| (*host, *port) == (SERVICE_HOST, 443)), "CON-1");
    let stored = serde_json::to_string(&all_met).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&stored).unwrap(), all_met);
}

/// ORG-1, ORG-2, ORG-3.
#[test]
fn the_programme_is_read_from_the_account() {
    let programme = |json: &str| Programme::of(&json.parse::<RawJson>().unwrap().read::<AccountDetail>().unwrap());
    assert_eq!(programme(r#"{"org_type":"edu"}"#), Ok(Programme::School));
    assert_eq!(programme(r#"{"org_type":"org","org_version":"v1"}"#), Ok(Programme::Business));
    for json in ["{}", r#"{"org_type":"tvprovider"}"#, r#"{"org_type":"club"}"#] {
        assert!(programme(json).is_err(), "{json}");
    }
    let error = programme(r#"{"org_type":"club"}"#).unwrap_err().to_string();
    assert!(error.contains("club") && error.contains("join"), "{error}");
    assert!(PORTALS.iter().any(|(_, url)| *url == Programme::School.portal()));
}

/// ORG-4, ORG-5, ORG-6, ORG-8: each reason alone, and what it comes to.
#[test]
fn what_suits_and_what_does_not() {
    let good = Scenario::new(Ownership::Organization, Devices::New);
    assert!(good.fit().is_good());
    let alone = [
        (Scenario::new(Ownership::Personal, Devices::New), Reason::PersonalDeviceNotRecommended, true),
        (good.by_enrollment_manager(), Reason::EnrollmentManagerAccountUnsupported, false),
        (Scenario::new(Ownership::Organization, Devices::InUse), Reason::EraseFirst, true),
        (Scenario::new(Ownership::Organization, Devices::ManagedElsewhere), Reason::LeaveOtherMdm, true),
    ];
    for (scenario, reason, possible) in alone {
        assert_eq!((scenario.fit().reasons, scenario.fit().is_possible()), (vec![reason], possible));
    }
    let all = Scenario::new(Ownership::Personal, Devices::ManagedElsewhere).by_enrollment_manager().fit();
    assert_eq!(all.reasons.len(), 3);
}
