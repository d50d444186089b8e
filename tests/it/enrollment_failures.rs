//! What users meet: the removal button, failures and their cure, and sign-in on old systems.

use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery, PortalSource, Vpp};
use apple_ade::enrollment::{
    EnrollmentFailure, Origin, PROVISIONAL_PERIOD, RemovalState, SCEP_INVALID_RESPONSE, SCEP_WINDOW, ScepRecovery,
    effective_auth, modern_sign_in_since, removal_state, scep_recovery,
};
use apple_ade::os::{OsVersion, Platform, Target};
use apple_ade::profile::MdmRemoval;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// LOK-6: by dates counted on a calendar.
#[test]
fn the_button_is_shown_for_thirty_days() {
    let activated = at("2026-02-10T12:00:00Z");
    let until = at("2026-03-12T12:00:00Z");
    let state = |now| removal_state(MdmRemoval::Locked, Origin::AddedLater, activated, at(now));
    for now in ["2026-02-10T12:00:00Z", "2026-03-12T11:59:59Z", "2026-02-09T00:00:00Z"] {
        assert_eq!(state(now), RemovalState::Provisional { until }, "{now}");
    }
    for now in ["2026-03-12T12:00:00Z", "2027-01-01T00:00:00Z"] {
        assert_eq!(state(now), RemovalState::Locked, "{now}");
    }
    let now = at("2026-02-11T00:00:00Z");
    assert_eq!(removal_state(MdmRemoval::Locked, Origin::Bought, activated, now), RemovalState::Locked);
    assert_eq!(removal_state(MdmRemoval::Allowed, Origin::Bought, activated, now), RemovalState::Allowed);
    assert_eq!(
        removal_state(MdmRemoval::Allowed, Origin::AddedLater, activated, at("2030-01-01T00:00:00Z")),
        RemovalState::Allowed
    );
    let last = DateTime::<Utc>::MAX_UTC;
    assert_eq!(
        removal_state(MdmRemoval::Locked, Origin::AddedLater, last, last),
        RemovalState::Provisional { until: last }
    );
}

/// ERR-2, ERR-3, ERR-4.
#[test]
fn after_a_quarter_of_an_hour_only_a_reset_helps() {
    let failed = at("2026-11-22T08:00:00Z");
    let until = at("2026-11-22T08:15:00Z");
    for now in ["2026-11-22T08:00:00Z", "2026-11-22T08:14:59.999Z", "2026-11-22T07:00:00Z"] {
        assert_eq!(scep_recovery(failed, at(now)), ScepRecovery::DownloadAgain { until }, "{now}");
    }
    for now in ["2026-11-22T08:15:00Z", "2026-11-23T08:00:00Z"] {
        assert_eq!(scep_recovery(failed, at(now)), ScepRecovery::FactoryReset, "{now}");
    }
    assert_eq!((SCEP_WINDOW, PROVISIONAL_PERIOD), (TimeDelta::seconds(900), TimeDelta::hours(720)));
    assert_eq!(scep_recovery(DateTime::<Utc>::MAX_UTC, failed), ScepRecovery::FactoryReset);
}

/// ERR-1, ERR-6, ERR-7, RES-2.
#[test]
fn a_text_on_the_device_is_diagnosed() {
    for (text, expected) in [
        ("The SCEP server returned an invalid response.", Some(EnrollmentFailure::ScepInvalidResponse)),
        (" Invalid Profile\n", Some(EnrollmentFailure::InvalidProfile)),
        ("The SCEP server returned an invalid response", None),
        ("the SCEP server returned an invalid response.", None),
        ("Profiel ongeldig", None),
        ("", None),
    ] {
        assert_eq!(EnrollmentFailure::seen(text), expected, "{text:?}");
        let parsed = text.parse::<EnrollmentFailure>();
        assert_eq!(parsed.is_err(), expected.is_none(), "{text:?}");
        assert_eq!(parsed.ok(), expected, "{text:?}");
    }
    let table: Vec<String> = EnrollmentFailure::ALL.iter().map(ToString::to_string).collect();
    assert!(
        table[0].starts_with(&format!("{SCEP_INVALID_RESPONSE}: ")) && table[0].contains("factory settings"),
        "{table:?}"
    );
    assert!(table[1].starts_with("Invalid Profile: a restriction"), "{table:?}");
    assert!(table[2].contains("VPP token"), "{table:?}");
    let sources: Vec<&str> = EnrollmentFailure::ALL.iter().flat_map(|failure| failure.sources()).copied().collect();
    for id in ["ERR-1", "ERR-2", "ERR-3", "ERR-4", "ERR-6", "ERR-7", "RES-2", "CPV-8"] {
        assert!(sources.contains(&id), "{id}");
    }
}

/// AFF-11.
#[test]
fn an_old_system_falls_back_to_legacy_sign_in() {
    let vpp = Vpp::new("campus-north".parse().unwrap());
    let deliveries = [PortalDelivery::None, PortalDelivery::AppStore, vpp.clone().into()];
    for (target, is_modern) in [
        ("ios:12.5.7", false),
        ("ios:13.0", true),
        ("ipados:12.4", false),
        ("ipados:17.4", true),
        ("macos:10.14.6", false),
        ("macos:10.15", true),
        ("tvos:12.0", true),
    ] {
        let target: Target = target.parse().unwrap();
        for delivery in &deliveries {
            let modern = AuthMethod::SetupAssistantModern(Modern::Portal(delivery.clone()));
            let legacy = AuthMethod::SetupAssistantLegacy(delivery.clone());
            assert_eq!(
                effective_auth(&modern, target),
                if is_modern { modern.clone() } else { legacy.clone() },
                "{target}"
            );
            assert_eq!(effective_auth(&legacy, target), legacy);
        }
        // Nobody delivers a portal app for just-in-time registration, on an old system neither.
        let jit = AuthMethod::SetupAssistantModern(Modern::JustInTime);
        assert_eq!(effective_auth(&jit, target).portal(), PortalDelivery::None);
        let portal = AuthMethod::CompanyPortal(PortalSource::Vpp(vpp.clone()));
        assert_eq!(effective_auth(&portal, target), portal);
    }
    assert_eq!(modern_sign_in_since(Platform::MacOs), Some(OsVersion::new(10, 15, 0)));
}

proptest! {
    #[test]
    fn the_button_goes_once(activated in 0..4_000_000_000_i64, first in 0..5_000_000_i64, then in 0..5_000_000_i64) {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let state = |seconds| removal_state(MdmRemoval::Locked, Origin::AddedLater, time(activated), time(activated + seconds));
        if state(first) == RemovalState::Locked {
            prop_assert_eq!(state(first + then), RemovalState::Locked);
        }
        prop_assert_eq!(state(first) == RemovalState::Locked, first >= 2_592_000);
        prop_assert_eq!(scep_recovery(time(activated), time(activated + first)) == ScepRecovery::FactoryReset, first >= 900);
    }
}
