//! The profiles of a token, what edits come to, push certificates, and leaving a service.

use apple_ade::affinity::UserAffinity;
use apple_ade::assign::{AssignPolicy, Enrolled, Known};
use apple_ade::device_name::DeviceNameTemplate;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::program::authority::{ChecklistItem, Leaving, OffboardingPlan, OffboardingStep};
use apple_ade::program::lifecycle::{Event, Lifecycle, Retention};
use apple_ade::program::profiles::{EditStep, ProfileBook, ProfileBookError, ProfileId, plan_edit};
use apple_ade::program::tokens::{DeletionStep, TokenUse};
use apple_ade::program::{PushCertificate, PushCertificateError};
use apple_ade::sync::SyncPolicy;
use apple_ade::token::TokenIdentity;
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::fixture;

fn identity(byte: u8) -> TokenIdentity {
    format!("{byte:02x}").repeat(32).parse().unwrap()
}

fn profile(name: &str) -> EnrollmentProfile {
    let builder = EnrollmentProfile::builder(name, "https://mdm.example.com/enroll");
    builder.mode(Supervised::new(UserAffinity::Without)).build().unwrap()
}

fn uuid(number: u8) -> apple_ade::id::ProfileUuid {
    format!("{number:032X}").parse().unwrap()
}

/// ORG-16, PRO-3, ASG-7: names are unique within a token, and profiles belong to one.
#[test]
fn names_are_unique_and_profiles_have_one_token() {
    let (mut book, mut other) = (ProfileBook::new(identity(1)), ProfileBook::new(identity(2)));
    let pads = book.define(&profile("Class iPads"), uuid(1)).unwrap();
    let twice = book.define(&profile("Class iPads"), uuid(2)).unwrap_err();
    assert_eq!(twice, ProfileBookError::DuplicateName { name: "Class iPads".into() });
    assert!(other.define(&profile("Class iPads"), uuid(1)).is_ok(), "another token, another book");
    let same = book.define(&profile("Kiosks"), uuid(1)).unwrap_err();
    assert_eq!(same, ProfileBookError::DuplicateUuid { uuid: uuid(1), name: "Class iPads".into() });

    // The same UUID, under another token.
    let foreign = other.get("Class iPads").unwrap();
    assert_eq!(book.set_default(&foreign), Err(ProfileBookError::OtherToken { uuid: uuid(1) }));
    assert_eq!((foreign.uuid(), foreign.token()), (&uuid(1), identity(2)));
    assert_eq!(book.default_profile(), None);
    book.set_default(&pads).unwrap();
    assert_eq!(book.default_profile(), Some(pads.clone()));

    let stored: ProfileBook = serde_json::from_str(&serde_json::to_string(&book).unwrap()).unwrap();
    assert_eq!(stored, book);
    let json = serde_json::to_string(&book).unwrap();
    assert!(
        serde_json::from_str::<ProfileBook>(&json.replace("\"default\":\"Class iPads\"", "\"default\":\"Ghost\""))
            .is_err()
    );
    assert_eq!(serde_json::from_str::<ProfileId>(&serde_json::to_string(&pads).unwrap()).unwrap(), pads);
    assert!(book.is_defined(&profile("Class iPads")) && !book.is_defined(&profile("Kiosks")));
    let changed = profile("Class iPads").to_builder().department("Science").build().unwrap();
    assert!(!book.is_defined(&changed), "PRO-10: it has to be defined anew");
}

/// ORG-16: a new name breaks the groups that were formed by the old one, and the default goes along.
#[test]
fn a_new_name_breaks_groups() {
    let mut book = ProfileBook::new(identity(1));
    let pads = book.define(&profile("Class iPads"), uuid(1)).unwrap();
    book.define(&profile("Kiosks"), uuid(2)).unwrap();
    book.set_default(&pads).unwrap();

    let (same, renamed) = book.replace("Class iPads", &profile("Class iPads"), uuid(3)).unwrap();
    assert_eq!((renamed, book.default_profile()), (None, Some(same)));
    let taken = book.replace("Class iPads", &profile("Kiosks"), uuid(4)).unwrap_err();
    assert_eq!(taken, ProfileBookError::DuplicateName { name: "Kiosks".into() });
    let (new, renamed) = book.replace("Class iPads", &profile("School iPads"), uuid(4)).unwrap();
    assert_eq!(renamed.unwrap().breaks_groups_of, "Class iPads");
    assert_eq!((book.default_profile(), book.names().collect::<Vec<_>>()), (Some(new), vec!["Kiosks", "School iPads"]));
    // The one that was replaced is known no more.
    assert_eq!(book.set_default(&pads), Err(ProfileBookError::NoSuchProfile { uuid: uuid(1) }));
    let missing = book.replace("Class iPads", &profile("X"), uuid(5)).unwrap_err();
    assert_eq!(missing, ProfileBookError::NoSuchName { name: "Class iPads".into() });

    assert_eq!(book.delete("School iPads"), Err(ProfileBookError::IsDefault { name: "School iPads".into() }));
    book.delete("Kiosks").unwrap();
    book.delete("School iPads").unwrap();
    assert_eq!((book.default_profile(), book.names().count()), (None, 0));
}

/// PRO-5, PRO-7, PRO-10, X-21.
#[test]
fn an_edit_is_a_new_profile() {
    let old = profile("Class iPads");
    let template: DeviceNameTemplate = "iPad-{{SERIAL}}".parse().unwrap();
    let named = old.to_builder().device_name(template).build().unwrap();
    let locked = old.to_builder().mode(Supervised::new(UserAffinity::Without).locked()).build().unwrap();
    let devices = 3_000;
    assert_eq!(plan_edit(&old, &old, devices).steps(), []);
    assert_eq!(plan_edit(&old, &named, devices).steps(), [EditStep::SendCommands { devices }], "PRO-7");
    let plan = plan_edit(&old, &locked, devices);
    let expected =
        [EditStep::Define, EditStep::Assign { devices }, EditStep::ForgetOld, EditStep::WipeToApply { devices }];
    assert_eq!(plan.steps(), expected, "PRO-5, PRO-10");
    assert_eq!([1000, 1001, 1, 0].map(|batch| plan.calls(batch)), [4, 4, 3001, 3001]);
    assert!(plan.impact().needs_definition());
    let both = locked.to_builder().device_name("iPad-{{SERIAL}}".parse().unwrap()).build().unwrap();
    assert_eq!(plan_edit(&old, &both, devices).steps().len(), 5);
    assert_eq!(plan_edit(&old, &both, 0).steps(), [EditStep::Define, EditStep::ForgetOld]);
}

/// ORG-11, X-13: by the user id of the subject alone, wherever it stands; a new topic is refused.
#[test]
fn a_push_certificate_has_a_topic() {
    let read = |name: &str| PushCertificate::from_pem(&fixture::text(&format!("push_certificate/{name}.pem")));
    let push = read("push").unwrap();
    assert_eq!(push.topic(), "com.apple.mgmt.External.0f8c2b1e-54c2-4b5a-9d3c-000000000001");
    assert_eq!(push.expiry(), push.certificate().not_after());
    assert!(push.succeeds(&push).is_ok());
    let error = read("push_other").unwrap().succeeds(&push).unwrap_err();
    assert!(matches!(error, PushCertificateError::OtherTopic { .. }) && error.to_string().contains("enroll anew"));
    for name in ["app", "name_only", "prefix_only"] {
        assert!(matches!(read(name), Err(PushCertificateError::NoTopic { .. })), "{name}");
    }
    let token = PushCertificate::from_pem(&fixture::text("token/cert.pem")).unwrap_err();
    assert!(token.to_string().contains("is no push certificate for MDM"), "{token}");
    assert!(matches!(PushCertificate::from_pem("{}"), Err(PushCertificateError::Certificate(_))));
}

/// TOK-25, AUT-9, AUT-12: each token goes by its own plan, after the devices were retired and before the push certificate.
#[test]
fn leaving_deletes_tokens_by_their_plan() {
    let tokens = [TokenUse::new(5, 0, vec!["A".into()]), TokenUse::default()];
    let plan = OffboardingPlan::new(Leaving::Intune, &tokens);
    let place = |wanted: &OffboardingStep| plan.steps().iter().position(|step| step == wanted).unwrap();
    let item = |item| OffboardingStep::Item(item);
    let of_token = tokens.each_ref().map(|token| OffboardingStep::Token(token.deletion_plan()));
    let order = [
        item(ChecklistItem::RetireDevices),
        item(ChecklistItem::UnassignProfiles),
        of_token[0].clone(),
        of_token[1].clone(),
        item(ChecklistItem::DeletePushCertificate),
    ];
    assert!(order.iter().map(place).is_sorted());
    assert!(!plan.steps().contains(&item(ChecklistItem::DeleteServerToken)));
    let OffboardingStep::Token(deletion) = &of_token[0] else { panic!("{of_token:?}") };
    assert_eq!(deletion.steps().last(), Some(&DeletionStep::DeleteServerAtApple));

    let without = OffboardingPlan::new(Leaving::Intune, &[]);
    assert!(!without.steps().contains(&item(ChecklistItem::UnassignProfiles)));
    let office = OffboardingPlan::new(Leaving::Office365, &[]);
    assert_eq!(office.steps().last(), Some(&OffboardingStep::PushCertificateStays), "AUT-12");
}

/// TOK-25: no token is left behind, also where the service's list does not speak of tokens.
#[test]
fn every_token_goes_before_the_push_certificate() {
    let token = TokenUse::new(2, 2, vec!["Class iPads".into()]);
    for leaving in [Leaving::Intune, Leaving::ConfigurationManager, Leaving::Office365] {
        let plan = OffboardingPlan::new(leaving, &[token.clone(), token.clone()]);
        let at = |wanted: &dyn Fn(&OffboardingStep) -> bool| plan.steps().iter().position(wanted);
        let tokens = plan.steps().iter().filter(|step| matches!(step, OffboardingStep::Token(_))).count();
        assert_eq!(tokens, 2, "{leaving:?}");
        let first = at(&|step| matches!(step, OffboardingStep::Token(_)));
        assert!(at(&|step| *step == OffboardingStep::Item(ChecklistItem::RetireDevices)) < first, "{leaving:?}");
        let certificate = at(&|step| *step == OffboardingStep::Item(ChecklistItem::DeletePushCertificate));
        assert!(certificate.is_none() || first < certificate, "{leaving:?}");
    }
    let one = TokenUse::new(1, 1, vec!["Kiosks".into()]);
    let blockers = one.may_be_deleted().unwrap_err().to_string();
    assert!(
        blockers.ends_with(
            "1 device is assigned to it in Apple's portal; 1 device has its default profile; it has 1 profile: Kiosks"
        ),
        "{blockers}"
    );
}

/// DEV-10: what the life of a device tells a plan of assignments.
#[test]
fn a_life_is_what_a_plan_knows() {
    let start = "2026-11-22T08:00:00Z".parse().unwrap();
    let known = |events: &[Event]| {
        let mut life = Lifecycle::listed(start);
        for event in events {
            life.take(*event, start).unwrap();
        }
        Known::of_life(&life)
    };
    let is = |enrolled, activated| Known::new().enrolled(enrolled).activated(activated);
    let automated = [Event::ProfileAssigned, Event::SetUp, Event::EnrollmentCompleted];
    assert_eq!(known(&[]), is(Enrolled::No, false));
    assert_eq!(known(&[Event::SetUp]), is(Enrolled::No, true));
    assert_eq!(known(&[Event::SetUp, Event::EnrolledByUser]), is(Enrolled::ByUser, true));
    assert_eq!(known(&automated), is(Enrolled::Automatically, true));
    assert_eq!(known(&[&automated[..], &[Event::Erased]].concat()), is(Enrolled::No, false));
}

proptest! {
    /// TOK-23, ASG-11: the profiles of a book, deleted in the order of the plan, are refused by nobody; in whatever order they were defined.
    #[test]
    fn a_book_is_emptied_by_the_plan(names in prop::collection::btree_set("[A-Z][a-z]{1,6}", 0..6), default: prop::sample::Index) {
        let mut book = ProfileBook::new(identity(1));
        let names: Vec<String> = names.into_iter().collect();
        for (name, number) in names.iter().zip(1..) {
            book.define(&profile(name), uuid(number)).unwrap();
        }
        if !names.is_empty() {
            let name: &String = default.get(&names);
            let id = book.get(name).unwrap();
            book.set_default(&id).unwrap();
        }
        let mut hanging = book.token_use(0, 0);
        prop_assert_eq!(hanging.profiles.len(), names.len());
        for step in hanging.clone().deletion_plan().steps() {
            if let DeletionStep::DeleteProfile { name } = step {
                prop_assert_eq!(book.delete(name), Ok(()));
            }
            hanging = hanging.after(step);
        }
        prop_assert_eq!(book.names().count(), 0);
        prop_assert!(hanging.may_be_deleted().is_ok() && book.default_profile().is_none());
    }

    /// No decision contradicts a limit: an edit makes as many calls as its devices need and no more (LIM-6), a released device is shown for at
    /// least 30 and at most 45 days (DEV-7), and the sync's own figure is one of these.
    #[test]
    fn decisions_keep_within_the_limits(devices in 0_u64..500_000, batch in 0_u32..2_000, days in 0_u32..100, hours in 0_i64..2_000) {
        let old = profile("Class iPads");
        let new = old.to_builder().department("Science").build().unwrap();
        let assigning = plan_edit(&old, &new, devices).calls(batch) - 1;
        let batch = u64::from(batch.max(1));
        prop_assert!(assigning * batch >= devices && (assigning == 0 || (assigning - 1) * batch < devices));
        prop_assert_eq!(AssignPolicy::APPLE.batch_size, 1000);

        let start = "2026-11-22T08:00:00Z".parse().unwrap();
        let mut life = Lifecycle::listed(start);
        life.take(Event::Released, start).unwrap();
        match Retention::days(days) {
            Ok(retention) => {
                let is_over = life.is_over(retention, start + TimeDelta::hours(hours));
                prop_assert!(!is_over || hours >= 30 * 24);
                prop_assert!(is_over || hours < 45 * 24);
            }
            Err(error) => prop_assert!(!(30..=45).contains(&days) && Retention::days(error.nearest).is_ok()),
        }
        for policy in [SyncPolicy::APPLE, SyncPolicy::ADE_2023, SyncPolicy::DEP_2017] {
            let kept = u32::try_from(policy.removed_kept.num_days()).unwrap();
            prop_assert!(Retention::days(kept).is_ok());
        }
    }
}
