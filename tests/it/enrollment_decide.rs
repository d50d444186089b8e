//! What a device gets that asks to be enrolled: case by case, and over random devices and policies.

use apple_ade::Stamp;
use apple_ade::affinity::{AuthMethod, PortalDelivery, UserAffinity, Vpp};
use apple_ade::enrollment::{
    Admits, Answer, BetaProgram, Blocked, Caller, CannotBeAsked, CannotComply, Decision, EnrollmentFailure,
    EnrollmentMode, EnrollmentPolicy, EnrollmentRestrictions, Format, Gate, Listed, Migration, MinimumOs, PlatformSso,
    SignedIn, Standing, VppStatus, WhyNotAsked, decide,
};
use apple_ade::os::{Build, OsVersion, Platform};
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::secret::SecretBytes;

pub(crate) fn stamp() -> Stamp {
    Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), *b"sixteen bytes 01")
}

pub(crate) fn caller(product: &str, build: &str, version: Option<&str>, can_be_asked: bool) -> Caller {
    let mut caller = Caller::new(product, build);
    caller.os_version = version.map(str::to_owned);
    caller.can_request_software_update = can_be_asked;
    caller
}

pub(crate) fn minimum(text: &str) -> MinimumOs {
    MinimumOs::new(text.parse().unwrap())
}

pub(crate) fn ios(minimum: MinimumOs) -> EnrollmentPolicy {
    EnrollmentPolicy::new().minimum([Platform::Ios, Platform::IpadOs], minimum)
}

pub(crate) fn decided(caller: &Caller, policy: &EnrollmentPolicy) -> Decision {
    decide(caller, Listed::new(), policy, &stamp())
}

#[track_caller]
pub(crate) fn word(caller: &Caller, policy: &EnrollmentPolicy) -> String {
    decided(caller, policy).answer().to_string()
}

#[test]
fn versions_decide() {
    let policy = ios(minimum("17.4"));
    for (build, version, extra, expected) in [
        ("21E230", Some("17.4"), None, "enroll"),
        ("21F79", Some("17.5"), None, "enroll"),
        ("22A3354", Some("18"), None, "enroll"),
        ("21D50", Some("17.3"), None, "update to 17.4"),
        ("21D50", Some("17.3.1"), Some("(a)"), "update to 17.4"),
        // The version says one thing, the build another.
        ("20B82", Some("17.4"), None, "update to 17.4"),
        // No version, or one that cannot be read: the build says 17, which may be less than 17.4.
        ("21E230", None, None, "update to 17.4"),
        ("21E230", Some("seventeen"), None, "update to 17.4"),
        ("22A3354", None, None, "enroll"),
        ("?", None, None, "update to 17.4"),
    ] {
        let mut caller = caller("iPhone15,2", build, version, true);
        caller.supplemental_os_version_extra = extra.map(str::to_owned);
        assert_eq!(word(&caller, &policy), expected, "{build} {version:?}");
    }
    // A supplement counts, and one that cannot be read does not.
    let policy = ios(minimum("16.1 (b)"));
    for (extra, expected) in
        [("(a)", "update to 16.1 (b)"), ("(b)", "enroll"), ("(aa)", "enroll"), ("?", "update to 16.1 (b)")]
    {
        let mut caller = caller("iPad13,1", "20B82", Some("16.1"), true);
        caller.supplemental_os_version_extra = Some(extra.into());
        // iOS 16 does not understand the question, whatever it says of itself.
        let expected = if expected == "enroll" { expected } else { "refused: " };
        assert!(word(&caller, &policy).starts_with(expected), "{extra}");
    }
}

#[test]
fn builds_decide_within_a_version() {
    let policy = ios(minimum("17.4").build("21E230".parse().unwrap()));
    for (build, expected) in [
        ("21E219", "update to 17.4"),
        ("21E230", "enroll"),
        ("21E236", "enroll"),
        ("21E5184i", "update to 17.4"),
        ("", "update to 17.4"),
    ] {
        assert_eq!(word(&caller("iPhone15,2", build, Some("17.4"), true), &policy), expected, "{build}");
    }
    assert_eq!(word(&caller("iPhone15,2", "21F79", Some("17.5"), true), &policy), "enroll");
    let Answer::RequireSoftwareUpdate(update) =
        decided(&caller("iPhone15,2", "21E219", Some("17.4"), true), &policy).into_answer()
    else {
        panic!("asked");
    };
    assert_eq!(update.build_version, Some("21E230".parse::<Build>().unwrap()));
    // The build of the minimum is none of a later version that is asked for.
    let later = minimum("17.4").update_to("17.5".parse().unwrap()).unwrap().build("21E230".parse().unwrap());
    let decision = decided(&caller("iPhone15,2", "21D50", Some("17.3"), true), &ios(later));
    let Answer::RequireSoftwareUpdate(update) = decision.answer() else { panic!("{decision}") };
    assert_eq!((update.os_version.to_string().as_str(), update.build_version), ("17.5", None));
    assert!(
        minimum("17.4").update_to("17.3".parse().unwrap()).unwrap_err().to_string().contains("ask for 17.4 or later")
    );
}

#[test]
fn who_cannot_be_asked_is_refused_with_the_reason() {
    let not_asked = |caller: &Caller, policy: &EnrollmentPolicy| match decided(caller, policy).into_answer() {
        Answer::CannotComply(CannotComply::TooOld { not_asked, .. }) => not_asked,
        other => panic!("{other}"),
    };
    let policy = ios(minimum("17.4"))
        .minimum([Platform::TvOs], minimum("17.4"))
        .minimum([Platform::VisionOs], minimum("26.1"))
        .minimum([Platform::MacOs], minimum("14.4"));
    let old = caller("iPhone10,3", "20B82", Some("16.1"), true);
    assert_eq!(not_asked(&old, &policy), WhyNotAsked::Before(OsVersion::new(17, 0, 0)));
    assert_eq!(
        not_asked(&caller("iPhone10,3", "20B82", None, true), &policy),
        WhyNotAsked::Before(OsVersion::new(17, 0, 0))
    );
    assert_eq!(not_asked(&caller("iPhone15,2", "21A329", Some("17.0"), false), &policy), WhyNotAsked::NotOffered);
    assert_eq!(
        not_asked(&caller("AppleTV14,1", "21J354", Some("17.0"), true), &policy),
        WhyNotAsked::Platform(Platform::TvOs)
    );
    assert_eq!(
        not_asked(&caller("RealityDevice14,1", "22N320", Some("2.0"), true), &policy),
        WhyNotAsked::Before(OsVersion::new(26, 0, 0))
    );
    assert_eq!(
        not_asked(&caller("Mac14,2", "22A380", Some("13.0"), true), &policy),
        WhyNotAsked::Before(OsVersion::new(14, 0, 0))
    );
    assert_eq!(word(&caller("Mac14,2", "23A344", Some("14.0"), true), &policy), "update to 14.4");

    // Let in by an explicit choice alone, and the reasons say so.
    let lax = policy.clone().too_old_to_ask(CannotBeAsked::LetIn);
    let decision = decided(&old, &lax);
    assert!(matches!(decision.answer(), Answer::Enroll(_)));
    let reason = decision.reasons().iter().find(|reason| reason.gate() == Gate::System).unwrap();
    assert_eq!(
        reason.why(),
        "the policy lets it in, although iOS 16.1 is older than the minimum 17.4, and it cannot be asked to update: \
         systems before 17.0 do not understand the question"
    );
    // Who can be asked is asked all the same.
    assert_eq!(word(&caller("iPhone15,2", "21A329", Some("17.0"), true), &lax), "update to 17.4");
}

#[test]
fn a_beta_programme_is_asked_for_where_it_is_understood() {
    let beta = minimum("18.0").beta_program(BetaProgram::new("iOS 18", "seed-token")).message("Please update");
    let policy = ios(beta);
    let decision = decided(&caller("iPhone15,2", "21F79", Some("17.5"), true), &policy);
    let response = decision.respond(Format::Json, |_| Err("no")).unwrap();
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(
        body["details"]["RequireBetaProgram"],
        serde_json::json!({"Description": "iOS 18", "Token": "seed-token"})
    );
    assert_eq!(body["message"], "Please update");
    assert!(!format!("{policy:?} {decision:?} {decision}").contains("seed-token"));
    let old = decided(&caller("iPhone15,2", "21E230", Some("17.4"), true), &policy).into_answer();
    assert!(matches!(old, Answer::CannotComply(CannotComply::TooOld { not_asked: WhyNotAsked::NoBetaProgram, .. })));
}

#[test]
fn a_mac_that_updates_anyway_is_told_to_which_version() {
    let policy =
        EnrollmentPolicy::new().minimum([Platform::MacOs], minimum("26.1").update_to("26.3".parse().unwrap()).unwrap());
    let mut mac = caller("Mac14,2", "25B78", Some("26.1"), true);
    assert_eq!(word(&mac, &policy), "enroll");
    mac.mandatory_software_update_required = true;
    assert_eq!(word(&mac, &policy), "update to 26.3");
    mac.os_version = Some("26.3".into());
    assert_eq!(word(&mac, &policy), "enroll");
    mac.os_version = Some("26.2".into());
    mac.can_request_software_update = false;
    assert_eq!(word(&mac, &policy), "enroll");

    // Without a version the build counts: who has a later system is not told again and again to go back.
    let policy = |least: &str, to: &str| {
        let minimum = minimum(least).update_to(to.parse().unwrap()).unwrap();
        EnrollmentPolicy::new().minimum([Platform::MacOs], minimum)
    };
    for (build, version, least, to, expected) in [
        ("26A100", None, "26.1", "26.1", "enroll"),
        ("26A100", Some("27.0.0.1"), "26.1", "26.1", "enroll"),
        ("26A100", None, "26.0", "27.1", "enroll"),
        ("25A354", None, "26.0", "26.3", "enroll"),
        ("25A354", None, "26.0", "27.0", "update to 27.0"),
        ("25A354", Some("26.0"), "26.0", "26.3", "update to 26.3"),
    ] {
        let mut mac = caller("Mac14,2", build, version, true);
        mac.mandatory_software_update_required = true;
        assert_eq!(word(&mac, &policy(least, to)), expected, "{build} {version:?} {least} {to}");
    }
}

#[test]
fn platform_sso_is_asked_of_macs_that_can() {
    let sso =
        PlatformSso::new("https://m.example.com/p", "https://i.example.com/a", "https://m.example.com/x").unwrap();
    let policy = EnrollmentPolicy::new().platform_sso(sso, CannotBeAsked::Refuse);
    let mut mac = caller("Mac14,2", "25A354", Some("26.0"), false);
    assert!(word(&mac, &policy).starts_with("refused: Platform SSO is demanded"));
    mac.can_request_psso_config = true;
    assert_eq!(word(&mac, &policy), "set up Platform SSO");
    let back = decide(&mac, Listed::new().signed_in_for_sso(), &policy, &stamp());
    assert_eq!(back.answer().to_string(), "enroll");
    mac.os_version = Some("15.6".into());
    assert!(word(&mac, &policy).starts_with("refused: Platform SSO"), "the question is of macOS 26");
    assert_eq!(word(&caller("iPad13,1", "21E230", None, true), &policy), "enroll");
    assert!(word(&caller("Toaster1,1", "21E230", None, true), &policy).starts_with("refused: the model"));
}

#[test]
fn a_watch_brings_a_token_of_its_phone() {
    let policy = EnrollmentPolicy::new();
    let mut watch = caller("Watch7,1", "21R355", Some("10.0"), false);
    let decision = decided(&watch, &policy);
    let body = decision.respond(Format::Json, |_| Err("no")).unwrap().into_body();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    // Sixteen bytes as a UUID of version 4: python3 -c "import uuid; print(uuid.UUID(bytes=b'sixteen bytes 01', version=4))"
    assert_eq!(body["details"]["security-token"], "73697874-6565-4E20-A279-746573203031");
    watch.has_pairing_token = true;
    assert!(word(&watch, &policy).starts_with("refused: the pairing token"));
    let accepted = decide(&watch, Listed::new().pairing_token_accepted(), &policy, &stamp());
    assert_eq!(accepted.answer().to_string(), "enroll");
}

/// What may be a watch does not pass as none.
#[test]
fn an_unknown_model_is_let_in_by_the_policy_alone() {
    let reason = |caller: &Caller, policy: &EnrollmentPolicy| {
        let decision = decided(caller, policy);
        let reason = decision.reasons().iter().find(|reason| reason.gate() == Gate::PairingToken).unwrap();
        (reason.has_passed(), reason.why().to_owned())
    };
    let lax = EnrollmentPolicy::new().unknown_model(CannotBeAsked::LetIn);
    for odd in ["watch7,1", "AudioAccessory5,1", ""] {
        let odd = Caller::new(odd, "21R1");
        let why = format!("the model {:?} is unknown, and so is its system", odd.product.as_deref().unwrap());
        assert_eq!(word(&odd, &EnrollmentPolicy::new()), format!("refused: {why}"));
        assert_eq!(reason(&odd, &EnrollmentPolicy::new()), (false, why.clone()));
        assert_eq!(reason(&odd, &lax), (true, format!("the policy lets it in, although {why}")));
        assert_eq!(word(&odd, &lax), "enroll");
    }
    assert!(word(&Caller::default(), &EnrollmentPolicy::new()).starts_with("refused: the model"));
    // To let in who is too old lets in nobody else.
    let old = EnrollmentPolicy::new().too_old_to_ask(CannotBeAsked::LetIn);
    assert!(word(&Caller::default(), &old).starts_with("refused: the model"));
}

/// An account-driven enrollment is not in Apple's list; the account speaks for the device.
#[test]
fn who_has_signed_in_enrolls_by_the_account() {
    let byod = SignedIn::new("ada@example.com", EnrollmentMode::Byod).unwrap();
    let adde = SignedIn::new("ada@example.com", EnrollmentMode::Adde).unwrap();
    let phone = caller("iPhone15,2", "22A3354", Some("18.0"), true);
    let decision = decide(&phone, byod, &EnrollmentPolicy::new(), &stamp());
    assert!(matches!(decision.answer(), Answer::Enroll(_)));
    let why = "its user has signed in as ada@example.com for account-driven user enrollment";
    assert_eq!((decision.reasons()[0].gate(), decision.reasons()[0].why()), (Gate::Device, why));
    // The policy holds for it as for others.
    let answer = |who: SignedIn<'_>, caller: &Caller, policy: &EnrollmentPolicy| {
        decide(caller, who, policy, &stamp()).answer().to_string()
    };
    assert_eq!(answer(byod, &phone, &ios(minimum("18.1"))), "update to 18.1");
    let of = |admits| EnrollmentPolicy::new().restrictions(EnrollmentRestrictions::new().with(Platform::Ios, admits));
    assert!(answer(adde, &phone, &of(Admits::Nothing)).starts_with("refused: iOS is blocked"));
    // A device of user enrollment is its user's, one of device enrollment the organisation's.
    let own = of(Admits::OrganisationOwned);
    let refused =
        "refused: the device belongs to its user, and a device with iOS of the organisation alone is admitted";
    assert_eq!(answer(byod, &phone, &own), refused);
    assert_eq!(answer(adde, &phone, &own), "enroll");
    assert_eq!(answer(byod, &caller("iPad13,1", "21E230", None, true), &own), "enroll");
    let lax = own.unknown_model(CannotBeAsked::LetIn);
    assert!(answer(byod, &Caller::default(), &lax).starts_with("refused: the device belongs to its user"));
    // Platform SSO is of ADE; a watch needs its token all the same.
    let sso =
        PlatformSso::new("https://m.example.com/p", "https://i.example.com/a", "https://m.example.com/x").unwrap();
    let sso = EnrollmentPolicy::new().platform_sso(sso, CannotBeAsked::Refuse);
    assert_eq!(answer(adde, &caller("Mac14,2", "25A354", Some("26.0"), true), &sso), "enroll");
    let mut watch = caller("Watch7,1", "21R355", Some("10.0"), false);
    assert_eq!(answer(adde, &watch, &EnrollmentPolicy::new()), "fetch a pairing token");
    watch.has_pairing_token = true;
    assert_eq!(answer(adde.pairing_token_accepted(), &watch, &EnrollmentPolicy::new()), "enroll");
    for odd in ["", "ada", "ada@example.com\nroot logged in", "a b@example.com"] {
        assert!(SignedIn::new(odd, EnrollmentMode::Byod).is_err(), "{odd:?}");
    }
}

#[test]
fn who_is_not_served_gets_nothing() {
    let (caller, policy) = (caller("iPad13,1", "21E230", None, true), EnrollmentPolicy::new());
    for (standing, expected) in [
        (Standing::Unknown, "unrecognized"),
        (Standing::Deleted, "unrecognized"),
        (Standing::Parked, "refused: the organisation has set the device aside"),
    ] {
        let decision = decide(&caller, standing, &policy, &stamp());
        assert_eq!(decision.answer().to_string(), expected);
        assert_eq!(decision.reasons().len(), 1);
        let response =
            decision.respond(Format::PropertyList, |_| -> Result<SecretBytes, &str> { panic!("no profile") }).unwrap();
        assert_eq!(response.status(), 403);
    }
}

#[test]
fn a_move_from_another_mdm_can_be_refused() {
    let caller = caller("iPad13,1", "23A341", Some("26.0"), true);
    let moving = Listed::new().migration_deadline("2026-12-01T00:00:00Z".parse().unwrap());
    let refuse = EnrollmentPolicy::new().migration(Migration::Refuse);
    let answer = decide(&caller, moving, &refuse, &stamp()).into_answer();
    assert!(matches!(answer, Answer::CannotComply(CannotComply::Migrates { .. })));
    assert_eq!(decide(&caller, moving, &EnrollmentPolicy::new(), &stamp()).answer().to_string(), "enroll");
    let over = Listed::new().migration_deadline("2026-11-22T08:00:00Z".parse().unwrap());
    assert_eq!(decide(&caller, over, &refuse, &stamp()).answer().to_string(), "enroll");
}

/// RES-1, RES-2, RES-3.
#[test]
fn a_blocked_platform_shows_invalid_profile_until_it_is_corrected() {
    let caller = caller("iPad13,1", "21E230", None, true);
    let wrong =
        EnrollmentRestrictions::new().with(Platform::IpadOs, Admits::Nothing).with(Platform::MacOs, Admits::All);
    let decision = decided(&caller, &EnrollmentPolicy::new().restrictions(wrong.clone()));
    let Answer::CannotComply(why) = decision.answer() else { panic!("{decision}") };
    assert_eq!(why, &CannotComply::PlatformBlocked(Platform::IpadOs));
    assert_eq!(why.shown_as(), EnrollmentFailure::InvalidProfile);
    assert_eq!(why.shown_as().text(), Some("Invalid Profile"));

    let both = [Platform::Ios, Platform::IpadOs];
    let violations = wrong.check(both);
    let found: Vec<_> = violations.iter().map(|violation| (violation.rule().code(), violation.path())).collect();
    assert_eq!(found, [("ADE-E001", "iPadOS")]);
    let corrected = wrong.suggest().unwrap();
    assert!(corrected.check(both).is_empty());
    assert_eq!(corrected.admits(Platform::IpadOs), Admits::OrganisationOwned);
    assert_eq!(corrected.admits(Platform::MacOs), Admits::All);
    assert_eq!(corrected.suggest(), None, "nothing is left to correct");
    assert_eq!(word(&caller, &EnrollmentPolicy::new().restrictions(corrected)), "enroll");
    // A model of no known platform is not let through by a restriction that blocks one.
    let unknown = self::caller("Toaster1,1", "21E230", None, true);
    assert!(
        word(&unknown, &EnrollmentPolicy::new().restrictions(wrong)).starts_with("refused: the model \"Toaster1,1\"")
    );
    let lax = EnrollmentPolicy::new().unknown_model(CannotBeAsked::LetIn);
    assert_eq!(word(&unknown, &lax), "enroll");
    let wrong = EnrollmentRestrictions::new().with(Platform::IpadOs, Admits::Nothing);
    assert!(word(&unknown, &lax.restrictions(wrong)).starts_with("refused: the model"));
}

/// CPV-8, ERR-7.
#[test]
fn a_used_up_vpp_token_blocks_the_device_and_says_so() {
    let token = || Vpp::new("campus-north".parse().unwrap());
    let profile = |affinity| {
        EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll")
            .mode(Supervised::new(affinity))
            .build()
            .unwrap()
    };
    let with = profile(UserAffinity::With(AuthMethod::CompanyPortal(token().into())));
    let without = profile(UserAffinity::With(AuthMethod::SetupAssistantLegacy(PortalDelivery::AppStore)));
    let (caller, policy) = (caller("iPad13,1", "21E230", None, true), EnrollmentPolicy::new());
    let status = |name: &str, at: &str, left| VppStatus::new(name.parse().unwrap(), at.parse().unwrap(), left);
    let blocked = |listed: Listed<'_>| match decide(&caller, listed, &policy, &stamp()).into_answer() {
        Answer::CannotComply(CannotComply::Blocked(why)) => {
            assert_eq!(CannotComply::Blocked(why.clone()).shown_as(), EnrollmentFailure::Blocked);
            Some(why)
        }
        Answer::Enroll(_) => None,
        other => panic!("{other}"),
    };
    let good = status("campus-north", "2026-11-22T08:00:01Z", 1);
    assert_eq!(blocked(Listed::new().profile(&with).vpp(&good)), None);
    let expired = status("campus-north", "2026-11-22T08:00:00Z", 1);
    assert!(matches!(blocked(Listed::new().profile(&with).vpp(&expired)), Some(Blocked::VppTokenExpired { .. })));
    let empty = status("campus-north", "2027-01-01T00:00:00Z", 0);
    assert!(matches!(blocked(Listed::new().profile(&with).vpp(&empty)), Some(Blocked::NoVppLicence { .. })));
    let other = status("campus-south", "2027-01-01T00:00:00Z", 9);
    for listed in [Listed::new().profile(&with), Listed::new().profile(&with).vpp(&other)] {
        assert!(matches!(blocked(listed), Some(Blocked::VppTokenUnknown { .. })));
    }
    assert_eq!(blocked(Listed::new().profile(&without).vpp(&expired)), None);
}

#[test]
fn the_reasons_are_all_there_and_the_first_refusal_answers() {
    let policy = ios(minimum("17.4")).restrictions(EnrollmentRestrictions::new().with(Platform::Ios, Admits::Nothing));
    let decision = decided(&caller("iPhone15,2", "21A329", Some("17.0"), true), &policy);
    let gates: Vec<_> = decision.reasons().iter().map(|reason| (reason.gate(), reason.has_passed())).collect();
    let expected = [
        (Gate::Device, true),
        (Gate::Migration, true),
        (Gate::PortalApp, true),
        (Gate::Restrictions, false),
        (Gate::PairingToken, true),
        (Gate::System, false),
        (Gate::PlatformSso, true),
    ];
    assert_eq!(gates, expected);
    assert!(decision.to_string().starts_with("refused: iOS is blocked for all users"));
    assert!(gates.iter().all(|(gate, _)| !gate.sources().is_empty()));
    let json = serde_json::to_value(decision.reasons()).unwrap();
    assert_eq!(json[5]["gate"], "system");
}

#[test]
fn the_profile_is_made_for_those_alone_who_get_it() {
    let policy = ios(minimum("17.4"));
    let profile = || Ok::<_, &str>(SecretBytes::new(b"<plist/>".as_slice()));
    let new = decided(&caller("iPhone15,2", "21E230", Some("17.4"), true), &policy);
    let response = new.respond(Format::Json, |_| profile()).unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_slice()), (200, b"<plist/>".as_slice()));
    assert_eq!(response.headers()["content-type"], "application/x-apple-aspen-config");
    assert_eq!(new.respond(Format::Json, |_| Err("no key")).unwrap_err(), "no key");

    for (version, can, media_type) in [("17.0", true, "application/json"), ("17.0", false, "text/plain; charset=utf-8")]
    {
        let old = decided(&caller("iPhone15,2", "21A329", Some(version), can), &policy);
        let response = old.respond(Format::Json, |_| -> Result<SecretBytes, &str> { panic!("no profile") }).unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (403, &media_type.parse().unwrap())
        );
        // What the policy is, a stranger does not learn from a refusal.
        assert!(can || !String::from_utf8_lossy(response.body()).contains("17"));
    }
}
