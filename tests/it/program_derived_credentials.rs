//! Derived credentials: the user's way, in order and out of it.

use std::collections::BTreeSet;

use apple_ade::pki::certificate::Certificate;
use apple_ade::program::derived_credentials::{
    CredentialProvider, CredentialUse, DerivedCredential, Event, Flow, FlowError, Intercede, NotDerived, Prerequisite,
    Prerequisites, Requirement, STANDARD, SmartCardUse, Stage, advise,
};
use proptest::prelude::*;

use crate::fixture;

fn code() -> Event {
    Event::SignedIn { code: "F7GK2".into() }
}

/// The documents' walk, in its order: DCR-7, DCR-8, DCR-9, DCR-10, DCR-11, DCR-12, DCR-13, DCR-14. Each with a word that stands in what
/// the user reads before it.
fn walk() -> [(Event, &'static str); 9] {
    [
        (code(), "sign in"),
        (Event::CardSignedIn, "microsoft.com/devicelogin"),
        (Event::Enrolled, "enroll"),
        (Event::NotificationOpened, "mailbox"),
        (Event::Begun, "Begin"),
        (Event::QrCodeReady, "MyID"),
        (Event::CameraAllowed, "camera"),
        (Event::Scanned, "Scan"),
        (Event::Finished, "Wait"),
    ]
}

#[test]
fn the_walk_of_the_documents() {
    let provider = Intercede::default();
    let mut flow = Flow::begin(&Prerequisites::ALL_MET).unwrap();
    for (event, word) in walk() {
        let text = flow.instruction(&provider);
        assert!(text.contains(word), "{text:?} has no {word:?}");
        // Stored and read between any two steps.
        flow = serde_json::from_str(&serde_json::to_string(&flow).unwrap()).unwrap();
        assert_ne!(flow.stage(), &Stage::Installed);
        flow.take(event).unwrap();
    }
    assert_eq!(flow.stage(), &Stage::Installed);
    assert!(flow.instruction(&provider).contains("nothing more"));
}

/// DCR-7, DCR-8: the code is shown, and one that has expired is replaced.
#[test]
fn a_code_that_expired_is_replaced() {
    let mut flow = Flow::begin(&Prerequisites::ALL_MET).unwrap();
    flow.take(code()).unwrap();
    assert!(flow.instruction(&Intercede::default()).contains("F7GK2"));
    flow.take(Event::CodeExpired).unwrap();
    assert_eq!(flow.stage(), &Stage::SigningIn);
}

/// Nobody is left at a step that failed: DCR-9 begins again with the sign-in, DCR-14 with a new QR code.
#[test]
fn what_failed_can_be_done_again() {
    let mut flow = Flow::begin(&Prerequisites::ALL_MET).unwrap();
    for event in [code(), Event::CardSignedIn, Event::EnrollmentFailed, code(), Event::CardSignedIn] {
        flow.take(event).unwrap();
    }
    for (event, _) in walk().into_iter().skip(2).take(6) {
        flow.take(event).unwrap();
    }
    assert_eq!(flow.stage(), &Stage::Installing);
    flow.take(Event::InstallationFailed).unwrap();
    assert_eq!(flow.stage(), &Stage::RequestingQrCode);
    assert!(flow.take(Event::EnrollmentFailed).is_err(), "the device stays enrolled");
}

/// DCR-11, DCR-12, DCR-17: the organisation's page, and providers of any kind.
#[test]
fn providers_bring_their_own_words() {
    struct Other;
    impl CredentialProvider for Other {
        fn name(&self) -> &'static str {
            "Example Trust"
        }
        fn request_at_the_card(&self) -> String {
            "Ask the clerk.".into()
        }
        fn instruction(&self, stage: &Stage) -> Option<String> {
            (*stage == Stage::Scanning).then(|| "Point the camera at it.".into())
        }
    }
    let intercede = Intercede::default()
        .with_profile("Mobile 2026")
        .with_instructions("https://it.example.org/card".parse().unwrap());
    let mut flow = Flow::begin(&Prerequisites::ALL_MET).unwrap();
    let mut texts = Vec::new();
    for (event, _) in walk() {
        texts.push([flow.instruction(&intercede), flow.instruction(&Other)]);
        flow.take(event).unwrap();
    }
    assert!(texts[4][0].contains("https://it.example.org/card") && texts[4][1].contains("Example Trust"));
    assert!(texts[5][0].contains("Mobile 2026"));
    assert_eq!((texts[5][1].as_str(), texts[7][1].as_str()), ("Ask the clerk.", "Point the camera at it."));
}

/// DCR-15: the credential does not begin before the enrollment is complete.
#[test]
fn the_credential_comes_after_the_enrollment() {
    let mut flow = Flow::begin(&Prerequisites::ALL_MET).unwrap();
    for event in [code(), Event::CardSignedIn] {
        let early = flow.take(Event::Begun).unwrap_err();
        assert_eq!(early, FlowError::NotEnrolled { event: Event::Begun });
        // DCR-18: nothing is lost yet by an ADE profile.
        assert!(!flow.unenrolls());
        flow.take(event).unwrap();
    }
    flow.take(Event::Enrolled).unwrap();
    assert!(flow.unenrolls(), "DCR-18");
    let stage = flow.stage().clone();
    let late = flow.take(Event::CardSignedIn).unwrap_err();
    assert_eq!(late, FlowError::OutOfOrder { stage, event: Event::CardSignedIn });
}

/// DCR-6: all that is missing is named at once.
#[test]
fn four_things_are_at_hand() {
    let error = Flow::begin(&Prerequisites::default()).unwrap_err();
    let all = [Prerequisite::SmartCard, Prerequisite::CardReader, Prerequisite::Device, Prerequisite::PortalApp];
    assert_eq!(error.missing, all);
    for (place, missing) in all.into_iter().enumerate() {
        let mut met = [true; 4];
        met[place] = false;
        let [smart_card, card_reader, device, portal_app] = met;
        let error = Flow::begin(&Prerequisites { smart_card, card_reader, device, portal_app }).unwrap_err();
        assert_eq!(error.missing, [missing]);
    }
    assert!(Flow::begin(&Prerequisites::ALL_MET).is_ok());
}

/// DCR-1, DCR-3: advice for each of the five uses, and none without a card.
#[test]
fn a_smart_card_in_use_draws_advice() {
    let uses = [
        CredentialUse::AppAuthentication,
        CredentialUse::SmimeEncryption,
        CredentialUse::SmimeSigning,
        CredentialUse::Vpn,
        CredentialUse::WiFi,
    ];
    let texts: BTreeSet<String> =
        uses.iter().map(|one| advise(&SmartCardUse::new([*one])).unwrap().to_string()).collect();
    assert_eq!(texts.len(), 5);
    assert_eq!(advise(&SmartCardUse::default()), None);
}

/// DCR-2, DCR-3, DCR-4, DCR-5: a certificate on the device, of another key than the card's.
#[test]
fn a_derived_credential_has_a_key_of_its_own() {
    let certificate = |name: &str| Certificate::from_pem(&fixture::text(name)).unwrap();
    let card = certificate("token/cert.pem");
    let derived = certificate("profile_certificates/ca.pem");
    let credential =
        DerivedCredential::new(derived.clone(), &card, [CredentialUse::WiFi, CredentialUse::WiFi]).unwrap();
    assert_eq!(credential.uses().len(), 1);
    assert_eq!(credential.certificate().as_der(), derived.as_der());
    assert_eq!(DerivedCredential::new(card.clone(), &card, [CredentialUse::Vpn]).unwrap_err(), NotDerived::CardItself);
    assert_eq!(DerivedCredential::new(derived, &card, []).unwrap_err(), NotDerived::NoUse);
    assert!(STANDARD.contains("800-157"));
    assert!(Requirement::Optional.allows_other_methods() && !Requirement::Required.allows_other_methods());
}

fn events() -> Vec<Event> {
    let walk = walk().map(|(event, _)| event);
    let undone = [Event::CodeExpired, Event::QrCodeExpired, Event::EnrollmentFailed, Event::InstallationFailed];
    [&walk[..], &undone].concat()
}

proptest! {
    /// Whatever happens in whatever order: what is refused changes nothing, nobody has a credential without each step of the walk since
    /// the last one that was undone, and an enrolled device stays enrolled.
    #[test]
    fn no_step_is_left_out(steps in prop::collection::vec(0..13_usize, 0..60)) {
        let events = events();
        let walk = walk().map(|(event, _)| event);
        let mut flow = Flow::begin(&Prerequisites::ALL_MET).unwrap();
        // How many steps of the walk are behind the user: a model without stages.
        let mut behind = 0;
        for step in steps {
            let (before, event) = (flow.clone(), events[step].clone());
            let expected = match &event {
                Event::CodeExpired => (behind == 1).then_some(0),
                Event::QrCodeExpired => (behind == 6 || behind == 7).then_some(5),
                Event::EnrollmentFailed => (behind == 2).then_some(0),
                Event::InstallationFailed => (behind == 8).then_some(5),
                event => (walk.get(behind) == Some(event)).then_some(behind + 1),
            };
            let taken = flow.take(event);
            prop_assert_eq!(taken.is_ok(), expected.is_some());
            behind = expected.unwrap_or(behind);
            prop_assert!(taken.is_ok() || flow == before);
            prop_assert_eq!(flow.unenrolls(), behind >= 3);
            prop_assert_eq!(flow.stage() == &Stage::Installed, behind == walk.len());
        }
    }
}
