//! What the mode of a device comes to: supervision on a system, leaving management, hosts that may pair.

use apple_ade::affinity::UserAffinity;
use apple_ade::profile::{
    DeviceMode, EnrollmentProfile, HostCertificate, Pairing, PathToSupervision, Supervised, SupervisionNotice,
    Unsupervised,
};
use apple_ade::shared_ipad::SharedIpad;
use chrono::{DateTime, Utc};

use crate::fixture;

fn modes() -> [DeviceMode; 4] {
    let supervised = Supervised::new(UserAffinity::Without);
    [
        Unsupervised::new(UserAffinity::Without).into(),
        supervised.clone().into(),
        supervised.locked().into(),
        SharedIpad::accounts_by_default().into(),
    ]
}

/// SUP-4, SUP-8: from iOS and iPadOS 13 on the flag does not count, and nothing has to be done.
#[test]
fn newer_systems_supervise_always() {
    for (target, always) in [
        ("ios:12.5.7", false),
        ("ios:13.0", true),
        ("ipados:13.1", true),
        ("ipados:26.1", true),
        ("macos:26.0", false),
        ("tvos:26.0", false),
    ] {
        let target = target.parse().unwrap();
        for mode in modes() {
            let is_supervised = mode.is_supervised_on(target);
            assert_eq!(is_supervised, always || mode.is_supervised(), "{mode:?} {target}");
            let paths = mode.paths_to_supervision(target);
            assert_eq!(paths.is_empty(), is_supervised, "{mode:?} {target}");
            assert_eq!(paths.contains(&PathToSupervision::Configurator), !is_supervised);
        }
    }
}

/// LOK-3, LOK-5: the button is where the device is not locked; and what is sent says the same.
#[test]
fn only_a_locked_device_keeps_its_user() {
    assert_eq!(modes().map(|mode| mode.user_can_unenroll()), [true, true, false, true]);
    for mode in modes() {
        let can = mode.user_can_unenroll();
        let builder = EnrollmentProfile::builder("iPads", "https://mdm.example.org/enroll").mode(mode);
        let wire = builder.await_configuration().build().unwrap().to_wire();
        assert_eq!(wire.is_mdm_removable, Some(can));
    }
}

/// SUP-7: the organisation is named, and both places are.
#[test]
fn users_are_told() {
    let told = SupervisionNotice::told("Example School");
    assert!(told.contains("Example School"));
    assert!(SupervisionNotice::ALL.iter().all(|place| told.contains(&place.to_string())), "{told}");
}

/// PAI-2, PAI-3, PAI-5: by the certificate itself, not by its name.
#[test]
fn a_host_pairs_by_its_certificate() {
    let at: DateTime<Utc> = "2027-01-01T00:00:00Z".parse().unwrap();
    let read = |name: &str| {
        let bytes = fixture::bytes(name);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let certificate = apple_ade::pki::certificate::Certificate::from_pem(&text).unwrap();
        let at = at.clamp(certificate.not_before(), certificate.not_after());
        HostCertificate::read(&bytes, at).unwrap()
    };
    let (host, other) = (read("profile_certificates/host.pem"), read("token/cert.pem"));
    assert_ne!(host.fingerprint(), other.fingerprint());
    let again = HostCertificate::read(host.certificate().as_der(), host.certificate().not_after()).unwrap();
    let listed = Pairing::by_certificate(host.clone());
    assert!(listed.admits(&host) && listed.admits(&again) && !listed.admits(&other));
    assert!(Pairing::AllowAll.admits(&other) && !Pairing::DenyAll.admits(&host));
    let both = Pairing::by_certificates([host, other.clone()]);
    assert!(both.admits(&other));
    assert_eq!(Pairing::by_certificates([]), Pairing::DenyAll);
}
