//! Onboarding and renewal of a server token, against the simulated portal and with other programs' token files.

use std::collections::BTreeSet;

use apple_ade::api::{AccountDetail, Service};
use apple_ade::blocking::Client;
use apple_ade::json::RawJson;
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::key::PrivateKey;
use apple_ade::program::onboarding::{
    AppleId, Checked, Closed, Consent, MdmServerName, MdmServerNameError, NextStep, Onboarding, OnboardingError,
    Pending,
};
use apple_ade::program::organization::AppleRole;
use apple_ade::program::tokens::{
    AppleIdPolicy, Fence, KeySlots, Notice, Renewal, RenewalReason, RenewalStep, Side, Slot, SlotError, Tag,
    TokenRecord, TokenState, Use, WarnAt, effective_tags, same_account,
};
use apple_ade::session::Session;
use apple_ade::simulator::{Simulator, World, fixtures};
use apple_ade::sync::{Decision, DeviceSync, Kind, SyncPolicy, Trigger};
use apple_ade::token::{Artifact, ServerToken, TokenError, TokenExpiry, TokenFile};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{fixture, token_file};

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    time("2026-11-22T08:00:00Z")
}

fn key() -> PrivateKey {
    PrivateKey::from_pem(fixtures::PRIVATE_KEY_PEM).unwrap()
}

fn certificate() -> Certificate {
    Certificate::from_pem(fixtures::CERTIFICATE_PEM).unwrap()
}

fn pending() -> Pending {
    let consent = Consent { by: "admin@example.org".into(), at: now() };
    Onboarding::begin().agree(consent).issue(certificate())
}

fn apple_id(text: &str) -> AppleId {
    text.parse().unwrap()
}

fn tags(names: &[&str]) -> BTreeSet<Tag> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// Asks the simulated Apple with a token who it is for.
fn account(apple: &Simulator, token: &ServerToken) -> Result<AccountDetail, apple_ade::error::Error> {
    let token = ServerToken::from_json(token.to_json().expose_secret().as_bytes()).unwrap();
    let stamps = apple.clone();
    Client::with_stamps(Session::new(token, Service::apple()), apple.clone(), move || stamps.stamp()).account()
}

fn download(apple: &Simulator, pem: &str) -> Vec<u8> {
    apple.with_world(|world| {
        world.upload_certificate(pem).unwrap();
        world.download_token().unwrap()
    })
}

fn onboard(apple: &Simulator) -> Checked {
    let pending = pending();
    let file = download(apple, &pending.certificate_pem());
    let opened = pending.open(&file, &key(), &[]).unwrap();
    let received = opened.made_by(apple_id("it@example.org")).with_tags(tags(&["campus"]));
    let account = account(apple, received.token()).unwrap();
    received.check(&account, apple.stamp().now()).unwrap()
}

/// TOK-2, TOK-3, ORG-9: each stage in its order, against the portal, which gives no token before a certificate was uploaded and saved.
#[test]
fn a_token_comes_about_in_order() {
    let apple = Simulator::new(World::builder().seed(5).devices(3).build());
    assert!(apple.with_world(World::download_token).is_err(), "TOK-3");
    let checked = onboard(&apple);
    let (record, token, next) = checked.activate();
    assert_eq!(record.consent().unwrap().by, "admin@example.org");
    assert_eq!(record.expiry(), token.expiry());
    assert_eq!(record.tags(), &tags(&["campus"]), "TOK-10");
    assert_eq!(record.certificate().map(str::to_owned), Some(certificate().fingerprint().to_string()), "KEY-4");
    assert!(record.server_uuid().is_some() && record.server_name().is_some());
    let stored: TokenRecord = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
    assert_eq!(stored, record);
    assert!(!serde_json::to_string(&record).unwrap().contains("CS_"));

    // TOK-8: what follows at once is a full fetch, which the sync machine grants.
    assert_eq!(next, NextStep::FetchAllDevices);
    let mut sync = DeviceSync::new(SyncPolicy::ADE_2023);
    assert_eq!(sync.ask(Kind::Full, Trigger::TokenInstalled, now()), Decision::Now(Kind::Full));
}

/// KEY-5, TOK-5, TOK-9, KEY-4: the wrong file, the wrong key, the closed tab; and the right file still goes through afterwards.
#[test]
fn wrong_files_are_named_and_change_nothing() {
    let apple = Simulator::new(World::builder().seed(5).build());
    let pending: Pending = serde_json::from_str(&serde_json::to_string(&pending()).unwrap()).unwrap();
    let open = |file: &[u8], closed: &[Closed]| pending.open(file, &key(), closed).unwrap_err();

    let error = open(pending.certificate_pem().as_bytes(), &[]);
    let OnboardingError::Token(TokenError::WrongArtifact { found: Artifact::Certificate, .. }) = error else {
        panic!("{error:?}")
    };
    // Files that openssl and BouncyCastle made for another certificate.
    for (name, file) in token_file::samples() {
        let error = open(&file, &[]);
        assert!(
            matches!(error, OnboardingError::Token(TokenError::NotEncryptedForThisKey { .. })),
            "{name}: {error:?}"
        );
    }
    // The same, where that certificate is known from a session that was closed.
    let agreed_at = time("2026-11-20T10:00:00Z");
    let consent = Consent { by: "admin".into(), at: agreed_at };
    let (closed, agreed) = Onboarding::begin().agree(consent).issue(token_file::certificate()).close();
    assert_eq!(agreed.consent().at, agreed_at, "the consent stays");
    // Two sessions of one consent differ in their certificates.
    let begun = token_file::certificate().not_before();
    assert_ne!(begun, agreed_at);
    let closed: Closed = serde_json::from_str(&serde_json::to_string(&closed).unwrap()).unwrap();
    let error = open(&fixture::bytes("token/bc_aes128.p7m"), std::slice::from_ref(&closed));
    assert!(matches!(error, OnboardingError::ClosedSession { begun: found } if found == begun), "{error:?}");
    assert!(error.to_string().contains("download the token again"), "{error}");

    let file = download(&apple, &pending.certificate_pem());
    assert!(pending.open(&file, &key(), &[closed]).is_ok());
    assert!(matches!(
        pending.open(&file, &token_file::key(), &[]),
        Err(OnboardingError::Token(TokenError::Decrypt { .. }))
    ));
}

/// TOK-6, TOK-19: another account than Apple names is told, and nothing worse.
#[test]
fn the_apple_account_is_kept_and_compared() {
    let file = fixtures::token_file(7, 0);
    let opened = || pending().open(&file, &key(), &[]).unwrap();
    let account: RawJson = r#"{"admin_id":"Other@Example.org","server_name":"https://odd"}"#.parse().unwrap();
    let account: AccountDetail = account.read().unwrap();
    let checked = opened().made_by(apple_id("it@example.org")).check(&account, now()).unwrap();
    let expected = Notice::AppleSaysOtherwise { named: "it@example.org".into(), apple: "Other@Example.org".into() };
    assert_eq!(checked.notices(), [expected]);
    let righted = checked.with_apple_id(apple_id("other@example.org")).activate().0;
    assert_eq!(righted.apple_id(), &apple_id("other@example.org"));
    let checked = opened().made_by(apple_id("other@example.org")).check(&account, now()).unwrap();
    assert_eq!(checked.notices(), []);
    assert_eq!(checked.activate().0.apple_id(), &apple_id("other@example.org"));

    let late = opened().made_by(apple_id("it@example.org")).check(&account, time("2099-01-01T00:00:00Z"));
    assert!(matches!(late, Err(OnboardingError::Expired { .. })));
    for text in ["", "admin", "@example.org", "a@b", "a b@example.org", "a@b@example.org", "a@.org"] {
        assert!(text.parse::<AppleId>().is_err(), "{text}");
    }
}

/// TOK-4.
#[test]
fn a_server_name_is_a_label() {
    assert_eq!(" Campus North ".parse::<MdmServerName>().unwrap().as_str(), "Campus North");
    assert_eq!(" ".parse::<MdmServerName>(), Err(MdmServerNameError::Empty));
    for character in ['\u{1b}', '\u{202e}'] {
        let name = format!("Campus{character}North").parse::<MdmServerName>();
        assert_eq!(name, Err(MdmServerNameError::Character { character }));
    }
    for url in ["https://mdm.example.org", "www.example.org"] {
        assert_eq!(url.parse::<MdmServerName>(), Err(MdmServerNameError::Url));
    }
}

/// TOK-15, TOK-17, KEY-6, ORG-21: ten steps on two sides, none of which makes a certificate, by somebody with the right role.
#[test]
fn the_plan_of_a_renewal() {
    let apple = Simulator::new(World::builder().seed(5).build());
    let (record, ..) = onboard(&apple).activate();
    let renewal = Renewal::of(&record);
    let sides: Vec<Side> = renewal.plan().iter().map(|step| step.side()).collect();
    assert_eq!(sides.iter().filter(|side| **side == Side::Apple).count(), 4);
    assert!(sides.is_sorted(), "first all of Apple's side, then the MDM's");
    let no_way_back = renewal.plan().iter().find(|step| !step.can_stop_after()).unwrap();
    assert_eq!(*no_way_back, RenewalStep::DownloadToken, "TOK-18");
    assert!(!format!("{:?}", renewal.plan()).to_lowercase().contains("certificate"), "KEY-6");
    for (role, may) in
        [(AppleRole::Administrator, true), (AppleRole::DeviceEnrollmentManager, true), (AppleRole::Other, false)]
    {
        assert_eq!(renewal.may_be_done_by(role), may, "{role:?}");
    }
}

/// TOK-16, TOK-18, TOK-21, KEY-6, with Apple's side simulated: the download kills the token in use, the new one takes its place.
#[test]
fn a_renewal_that_was_begun_is_finished() {
    let apple = Simulator::new(World::builder().seed(5).devices(3).build());
    let (mut record, old, _) = onboard(&apple).activate();
    assert_eq!(record.may(Use::Call, now()), Ok(()));

    // Somebody downloads: Apple refuses the token in use, and the record says so before anybody runs into it.
    apple.with_world(|world| world.advance(TimeDelta::days(330)));
    let file = apple.with_world(World::download_token).unwrap();
    assert!(account(&apple, &old).is_err());
    let now = apple.stamp().now();
    assert_eq!(record.state(now, TimeDelta::days(1)), TokenState::Active);
    record.note(RenewalReason::DownloadedAgain, now);
    let reasons = BTreeSet::from([RenewalReason::DownloadedAgain]);
    assert_eq!(record.state(now, TimeDelta::days(1)), TokenState::RenewalRequired { reasons: reasons.clone() });
    assert_eq!(record.may(Use::Call, now), Err(reasons));
    assert_eq!(record.may(Use::EnrolledDevice, now), Ok(()), "TOK-16");

    // The same key pair opens the new file.
    let new = pending().open(&file, &key(), &[]).unwrap().made_by(apple_id("new@example.org"));
    let detail = account(&apple, new.token()).unwrap();
    let renewed = Renewal::of(&record).accept(new.token(), apple_id("new@example.org"), Some(&detail), now).unwrap();
    // An answer to the old token that comes late says nothing of the new one.
    let mut late = renewed.record.clone();
    late.note(RenewalReason::RefusedByApple, now - TimeDelta::seconds(1));
    assert_eq!(late.may(Use::Call, now), Ok(()));
    late.note(RenewalReason::RefusedByApple, now);
    assert!(late.may(Use::Call, now).is_err());
    assert_eq!((renewed.old_expiry, renewed.new_expiry), (record.expiry(), new.token().expiry()));
    assert!(renewed.new_expiry > renewed.old_expiry);
    assert!(renewed.to_string().contains("2027-11-22T08:00:00Z"), "{renewed}");
    assert!(renewed.notices.iter().any(|notice| matches!(notice, Notice::AppleIdDiffersFromOriginal { .. })));
    assert_eq!(renewed.record.tags(), record.tags(), "tags stay unless they are set anew");
    let renewed = renewed.with_tags(tags(&["library"])).record;
    assert_eq!((renewed.tags(), renewed.state(now, TimeDelta::days(30))), (&tags(&["library"]), TokenState::Active));
    assert_eq!(renewed.server_uuid(), record.server_uuid());
}

/// TOK-19, TOK-20, TOK-21: a fence before the swap, each side of it alone. What is refused leaves the record as it was.
#[test]
fn no_other_server_takes_the_place() {
    let token = |consumer: &str, expiry: &str| {
        let json = format!(
            r#"{{"consumer_key":"{consumer}","consumer_secret":"CS","access_token":"AT","access_secret":"AS","access_token_expiry":"{expiry}"}}"#
        );
        ServerToken::from_json(json.as_bytes()).unwrap()
    };
    let account = |json: &str| json.parse::<RawJson>().unwrap().read::<AccountDetail>().unwrap();
    let ours = account(r#"{"server_uuid":"S1","org_id_hash":"O1"}"#);
    let old = token("CK_1", "2027-11-22T08:00:00Z");
    let name = "Campus".parse().ok();
    let record = TokenRecord::new(old.identity(), old.expiry(), apple_id("it@example.org"), now())
        .with_account(&ours)
        .with_server_name(name);
    let accept = |policy, token: &ServerToken, account, id| {
        Renewal::of(&record).with_apple_id_policy(policy).accept(token, apple_id(id), account, now())
    };
    let (may, must) = (AppleIdPolicy::May, AppleIdPolicy::Must);
    let next = token("CK_1", "2028-11-22T08:00:00Z");

    let fence = accept(may, &token("CK_2", "2028-11-22T08:00:00Z"), Some(&ours), "it@example.org").unwrap_err();
    assert_eq!(fence, Fence::ConsumerKey { server: Some("Campus".into()) });
    for late in ["2027-11-22T08:00:00Z", "2026-11-22T08:00:00Z"] {
        let fence = accept(may, &token("CK_1", late), Some(&ours), "it@example.org").unwrap_err();
        assert!(matches!(fence, Fence::NotNewer { .. }), "{fence:?}");
    }
    let server = account(r#"{"server_uuid":"S2","org_id_hash":"O1"}"#);
    let fence = accept(may, &next, Some(&server), "it@example.org").unwrap_err();
    assert_eq!(fence, Fence::ServerUuid { expected: "S1".into(), found: "S2".into() });
    // TOK-11: newer than the one in use, and over when it comes.
    let late = next.expiry().at() + TimeDelta::days(1);
    let fence = Renewal::of(&record).accept(&next, apple_id("it@example.org"), Some(&ours), late).unwrap_err();
    assert_eq!(fence, Fence::Expired { at: next.expiry() });
    // The server was renamed in Apple's portal, and a new key pair was staged.
    let renamed = account(r#"{"server_uuid":"S1","org_id_hash":"O1","server_name":"Campus South"}"#);
    let renewed = accept(may, &next, Some(&renamed), "it@example.org").unwrap().with_certificate(&certificate());
    assert_eq!(renewed.record.server_name().map(MdmServerName::as_str), Some("Campus South"));
    assert_eq!(renewed.record.certificate().map(str::to_owned), Some(certificate().fingerprint().to_string()));
    let organization = account(r#"{"server_uuid":"S1","org_id_hash":"O2"}"#);
    let fence = accept(may, &next, Some(&organization), "it@example.org").unwrap_err();
    assert_eq!(fence, Fence::Organization { expected: "O1".into(), found: "O2".into() });

    // What Apple does not say is no difference, and without an answer the consumer key decides.
    let silent = account("{}");
    assert!(accept(may, &next, Some(&silent), "it@example.org").is_ok());
    assert_eq!(accept(must, &next, None, "IT@example.org").unwrap().notices, [], "whatever the case of the letters");

    let renewed = accept(may, &next, Some(&ours), "new@example.org").unwrap();
    let notice =
        Notice::AppleIdDiffersFromOriginal { original: "it@example.org".into(), now: "new@example.org".into() };
    assert_eq!(renewed.notices, [notice]);
    assert!(matches!(accept(must, &next, Some(&ours), "new@example.org"), Err(Fence::AppleId { .. })), "TOK-20");
}

/// A new key pair is staged beside the old one, and takes its place only when a token for it was accepted.
#[test]
fn a_refused_renewal_leaves_the_old_key_pair() {
    let (old, new) = (token_file::certificate(), certificate());
    let (for_old, for_new) = (fixture::bytes("token/bc_aes128.p7m"), fixtures::token_file(7, 0));
    let (for_old, for_new) = (TokenFile::parse(&for_old).unwrap(), TokenFile::parse(&for_new).unwrap());
    let mut slots = KeySlots::new(old.clone());
    assert_eq!((slots.slot_for(&for_old), slots.slot_for(&for_new)), (Some(Slot::InUse), None));
    assert!(slots.stage(new.clone()).is_none());
    assert_eq!((slots.slot_for(&for_old), slots.slot_for(&for_new)), (Some(Slot::InUse), Some(Slot::Staged)));
    let mut refused: KeySlots = serde_json::from_str(&serde_json::to_string(&slots).unwrap()).unwrap();
    assert_eq!(refused.discard().unwrap().as_der(), new.as_der());
    assert_eq!(refused.promote().unwrap_err(), SlotError::NothingStaged);
    assert_eq!(refused.slot_for(&for_old), Some(Slot::InUse));

    assert_eq!(slots.promote().unwrap().unwrap().as_der(), old.as_der());
    assert_eq!((slots.slot_for(&for_old), slots.slot_for(&for_new)), (None, Some(Slot::InUse)));
    assert_eq!(slots.get(Slot::InUse).unwrap().as_der(), new.as_der());
    // A request that is made once more gives back no certificate whose key is needed.
    assert!(slots.stage(new.clone()).is_none() && slots.stage(new.clone()).is_none());
    assert!(slots.discard().is_none() && slots.stage(new).is_none());
    assert!(matches!(slots.promote(), Ok(None)));
}

/// TOK-11, TOK-13, TOK-14: each reason to renew alone; those that end the token do so at once.
#[test]
fn four_reasons_to_renew() {
    let apple = Simulator::new(World::builder().seed(5).build());
    let (record, ..) = onboard(&apple).activate();
    let warn = TimeDelta::days(30);
    let state = |reason| {
        let mut record = record.clone();
        record.note(reason, now());
        record.state(now(), warn)
    };
    for reason in [RenewalReason::CreatorPasswordChanged, RenewalReason::CreatorLeft] {
        assert_eq!(state(reason), TokenState::RenewalDue { reasons: [reason].into() });
    }
    for reason in [RenewalReason::DownloadedAgain, RenewalReason::RefusedByApple] {
        assert_eq!(state(reason), TokenState::RenewalRequired { reasons: [reason].into() });
    }
    let end = record.expiry().at();
    let expiry: BTreeSet<_> = [RenewalReason::Expiry].into();
    assert_eq!(record.state(end - warn - TimeDelta::seconds(1), warn), TokenState::Active);
    assert_eq!(record.state(end - warn, warn), TokenState::RenewalDue { reasons: expiry.clone() });
    assert_eq!(record.may(Use::Call, end - TimeDelta::seconds(1)), Ok(()));
    assert_eq!(record.may(Use::Call, end), Err(expiry.clone()));
    // Whoever wants to be told only after the end is told the reason all the same.
    assert_eq!(record.state(end, -warn), TokenState::RenewalRequired { reasons: expiry });
}

/// TOK-12: each threshold once, also after an outage, and anew for the next token.
#[test]
fn warnings_come_once_for_each_threshold() {
    let expiry = TokenExpiry::new(time("2027-11-22T08:00:00Z"));
    let warn = WarnAt::default();
    let (mut day, mut last, mut days_before) = (time("2027-08-01T08:00:00Z"), None, Vec::new());
    while day < time("2027-12-24T08:00:00Z") {
        if let Some(warning) = warn.due(expiry, day, last.as_ref()) {
            days_before.push((expiry.at() - day).num_days());
            assert_eq!(warning.expired, expiry.at() <= day);
            last = Some(warning);
        }
        assert!(warn.next(expiry, day).is_none_or(|next| next > day));
        day += TimeDelta::days(1);
    }
    assert_eq!(days_before, [60, 30, 14, 7, 3, 1, 0]);
    // Nobody looked for weeks: one warning, not five.
    let late = warn.due(expiry, time("2027-11-20T08:00:00Z"), None).unwrap();
    assert_eq!(late.due, time("2027-11-19T08:00:00Z"));
    assert_eq!(warn.due(expiry, time("2027-11-20T09:00:00Z"), Some(&late)), None);
    let next = TokenExpiry::new(time("2028-11-22T08:00:00Z"));
    assert!(warn.due(next, time("2028-09-30T08:00:00Z"), last.as_ref()).is_some());
    assert_eq!(WarnAt::new([TimeDelta::days(-5)]), WarnAt::new([]), "the end itself always is a threshold");
}

/// ORG-23: what a token has, its profiles and devices have; they may have more.
#[test]
fn tags_are_inherited() {
    let (token, own) = (tags(&["campus", "it"]), tags(&["it", "library"]));
    assert_eq!(effective_tags(&token, &own), tags(&["campus", "it", "library"]));
    assert_eq!(effective_tags(&token, &tags(&[])), token);
    assert_eq!(effective_tags(&tags(&[]), &own), own);
    for text in ["", " a", "a ", "a\nb"] {
        assert!(text.parse::<Tag>().is_err(), "{text:?}");
    }
}

/// Names that mislead whoever reads them are refused everywhere: no width, another direction, the end of a line.
#[test]
fn names_can_be_seen_and_do_not_mislead() {
    use apple_ade::program::branding::{CompanyName, ContactName, SiteName};

    for text in [
        "\u{200b}",
        "\u{3164}",
        "\u{200c}\u{2800}",
        "a\u{202e}b",
        "a\u{2028}b",
        "a\u{61c}b",
        "\u{feff}a",
        "a\u{1b}[2Jb",
    ] {
        assert!(text.parse::<MdmServerName>().is_err(), "{text:?}");
        assert!(text.parse::<Tag>().is_err(), "{text:?}");
        assert!(text.parse::<ContactName>().is_err() && text.parse::<SiteName>().is_err(), "{text:?}");
        assert!(text.parse::<CompanyName>().is_err(), "{text:?}");
    }
    for odd in ['\u{200b}', '\u{202e}', '\u{2028}', '\u{61c}', '\u{feff}', '\u{1b}'] {
        assert!(format!("a{odd}b@example.org").parse::<AppleId>().is_err(), "{odd:?}");
    }
    for text in ["École", "E\u{301}cole", "हिन्दी", "می\u{200c}خواهم", "学校 12"] {
        assert!(text.parse::<CompanyName>().is_ok() && text.parse::<MdmServerName>().is_ok(), "{text:?}");
    }
    for url in ["WWW.example.org", "https:example", "HTTP://x"] {
        assert_eq!(url.parse::<MdmServerName>(), Err(MdmServerNameError::Url), "{url}");
    }
    // What Apple says is shown so that it steers no terminal; nothing said is nothing.
    let detail = |json: &str| json.parse::<RawJson>().unwrap().read::<AccountDetail>().unwrap();
    let odd = same_account(&apple_id("it@example.org"), &detail(r#"{"admin_id": "\u001b[2Jx@y.z"}"#)).unwrap_err();
    assert!(!odd.to_string().contains('\u{1b}'), "{odd}");
    let fine = detail(r#"{"admin_id": "", "facilitator_id": "it@example.org"}"#);
    assert_eq!(same_account(&apple_id("it@example.org"), &fine), Ok(()));
}
