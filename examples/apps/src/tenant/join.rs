//! August: the school joins.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use apple_ade::error::BoxError;
use apple_ade::program::onboarding::{Consent, NextStep, Onboarding, OnboardingError};
use apple_ade::program::organization::{AppleRole, Devices, Ownership, Programme, Scenario};
use apple_ade::program::readiness::{Fact, Facts, Item};
use apple_ade::program::tokens::Tag;
use apple_ade::program::workflow::{Step, next_steps};
use apple_ade::simulator::{Fault, Role, Simulator, World};
use apple_ade::sync::{DeviceSync, Kind, Trigger};
use apple_ade::token::{TOKEN_VALIDITY, TokenKeyPair};
use chrono::{DateTime, TimeDelta, Utc};

use super::paper::Paper;
use super::school::{School, again, client, policy};

/// How many devices the school has bought.
const DEVICES: usize = 3000;
/// 2026-08-03T08:00:00Z.
const START: DateTime<Utc> = match DateTime::from_timestamp(1_785_744_000, 0) {
    Some(at) => at,
    None => DateTime::UNIX_EPOCH,
};
/// Who downloads the tokens.
pub(super) const ADMINISTRATOR: &str = "it-admin@school.example.org";

pub(super) fn join<W: Write>(seed: u64, paper: &mut Paper<W>) -> Result<School, BoxError> {
    let world = World::builder().seed(seed).now(START).org_name("Example School").server_name("Campus");
    let world = world.add_server("Library").devices(DEVICES).fault(Fault::TermsLinger { hours: 5 });
    let world = world.administrator("dana@school.example.org", "Dana Deputy", Role::DeviceEnrollmentManager);
    let apple = Simulator::new(world.build());

    paper.month(START, "the school joins")?;
    suits(paper)?;
    let facts = [Item::Network, Item::Domain, Item::Authority, Item::Groups, Item::PushCertificate];
    let facts = facts.into_iter().chain([Item::PlatformAllowed, Item::Programme, Item::Terms]);
    let facts = facts.fold(Facts::default(), |facts, item| facts.with(item, Fact::Met));
    let missing = [Item::PortalApp, Item::Licences, Item::ServerToken, Item::Profile, Item::DevicesAtApple];
    let missing = missing.into_iter().chain([Item::DevicesSynced, Item::ProfileAssigned, Item::UsersInGroups]);
    let facts = missing.fold(facts, |facts, item| facts.with(item, Fact::Missing));
    let facts = facts.with(Item::WsTrust, Fact::NotNeeded).with(Item::CellularPlan, Fact::NotNeeded);
    let readiness = facts.readiness();
    let (open, blocking) = (readiness.gaps().len(), readiness.gaps().iter().filter(|gap| gap.blocks).count());
    paper.decided(
        "ORG-12",
        format!("not ready: {open} things are open, and no device enrolls without {blocking} of them"),
    )?;
    paper.block(&readiness)?;
    let next = next_steps(&BTreeSet::from([Step::JoinProgramme, Step::EnableManagement]));
    let next: Vec<String> = next.iter().map(ToString::to_string).collect();
    paper.decided("ORG-19", format!("what can be done now: {}", next.join("; ")))?;

    // A session that is left, and its successor.
    let consent = Consent { by: "head@school.example.org".into(), at: START };
    paper.decided("ORG-9", format!("the certificate is handed out: {} agrees to data going to Apple", consent.by))?;
    let key_pair = || TokenKeyPair::generate("mdm.example.com", TOKEN_VALIDITY, &apple.stamp());
    let left = key_pair()?;
    let pending = Onboarding::begin().agree(consent).issue(left.certificate().clone());
    paper.expect(!pending.certificate_pem().contains("PRIVATE"), "a private key in what is uploaded")?;
    let (closed, agreed) = pending.close();
    paper.decided("KEY-4", "the page was closed before the token came: a new session, and a new key pair")?;
    apple.with_world(|world| world.advance(TimeDelta::days(1)));
    let keys = key_pair()?;
    let pending = agreed.issue(keys.certificate().clone());

    let portal = |pem: &str| {
        apple.with_world(|portal| {
            portal.upload_certificate(pem)?;
            portal.download_token()
        })
    };
    let page = b"<!DOCTYPE html><title>Sign in to Apple School Manager";
    match pending.open(page, &keys, &[]) {
        Err(error @ OnboardingError::Token(_)) => paper.decided("TOK-5", format!("refused: {error}"))?,
        _ => paper.expect(false, "a web page was taken for a token file")?,
    }
    let file = portal(&left.certificate_pem())?;
    match pending.open(&file, &keys, std::slice::from_ref(&closed)) {
        Err(error @ OnboardingError::ClosedSession { .. }) => paper.decided("TOK-9", format!("refused: {error}"))?,
        _ => paper.expect(false, "the token of a closed session was not named")?,
    }
    let file = portal(&pending.certificate_pem())?;
    let opened = pending.open(&file, &keys, &[closed])?;
    paper.decided("KEY-5", "the third file is opened by the key of this session, and by no other")?;

    // Checked, and active.
    let received = opened.made_by(ADMINISTRATOR.parse()?).with_tags(["campus".parse()?]);
    let account = client(&apple, again(received.token())?).account()?;
    let programme = Programme::of(&account)?;
    let name = account.org_name.as_deref().unwrap_or_default();
    paper.decided("ORG-2", format!("{name} is in {programme}, whose portal is {}", programme.portal()))?;
    let checked = received.check(&account, apple.stamp().now())?;
    paper.expect(checked.notices().is_empty(), "a notice on the Apple Account")?;
    paper.decided("TOK-6", format!("kept with the token: it was made by {ADMINISTRATOR}, as Apple confirms"))?;
    let (record, token, next) = checked.activate();
    let tags: Vec<&str> = record.tags().iter().map(Tag::as_str).collect();
    paper.decided(
        "TOK-10",
        format!("it has the scope tag {}, which its profiles and devices inherit", tags.join(", ")),
    )?;
    paper.decided("TOK-11", format!("the token is active, and ends on {}", record.expiry()))?;
    roles(paper)?;

    let ade = client(&apple, token);
    let mut school = School {
        sync: DeviceSync::new(policy()),
        ade,
        keys,
        record,
        first_file: file,
        store: BTreeMap::new(),
        fetched: 0,
        refused: None,
        reappeared: 0,
        forgotten: 0,
        apple,
    };
    paper.expect(next == NextStep::FetchAllDevices, "an active token is not followed by a fetch")?;
    let decision = school.sync.ask(Kind::Full, Trigger::TokenInstalled, school.now());
    paper.decided("TOK-8", format!("at once: {decision}"))?;
    school.until(school.now())?;
    school.fetched = school.store.len();
    paper.note(format!("fetched: {}", school.states()))?;
    let decision = school.sync.ask(Kind::Full, Trigger::Manual, school.now());
    paper.decided("SYN-1", format!("somebody asks for all devices once more: {decision}"))?;
    Ok(school)
}

fn suits<W: Write>(paper: &mut Paper<W>) -> Result<(), BoxError> {
    let own = Scenario::new(Ownership::Organization, Devices::New);
    paper.expect(own.fit().is_good(), "new devices of the school do not suit")?;
    paper.decided("ORG-6", "the school's own new devices suit Automated Device Enrollment")?;
    for (scenario, requirement, whose) in [
        (Scenario::new(Ownership::Personal, Devices::New), "ORG-5", "the pupils' own devices"),
        (own.by_enrollment_manager(), "ORG-8", "an account for enrollment in bulk"),
    ] {
        let fit = scenario.fit();
        let reasons: Vec<String> = fit.reasons.iter().map(ToString::to_string).collect();
        let verdict = if fit.is_possible() { "better not" } else { "no" };
        paper.decided(requirement, format!("{whose}? {verdict}: {}", reasons.join("; ")))?;
    }
    Ok(())
}

fn roles<W: Write>(paper: &mut Paper<W>) -> Result<(), BoxError> {
    let roles = [AppleRole::Administrator, AppleRole::DeviceEnrollmentManager, AppleRole::Other];
    let may = roles.map(AppleRole::may_download_tokens);
    paper.expect(may == [true, true, false], "who may renew a token")?;
    let who = "Administrators and Device Enrollment Managers can renew it, and nobody else in the portal";
    Ok(paper.decided("ORG-21", who)?)
}
