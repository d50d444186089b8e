//! How differences between profiles read.

use apple_ade::affinity::UserAffinity;
use apple_ade::api::profile::Profile;
use apple_ade::profile::{Comparison, EnrollmentProfile, Supervised, change_impact};
use apple_ade::setup_assistant::SkipKey;

use crate::fixture;

#[test]
fn lists_tell_what_comes_and_goes_and_certificates_their_fingerprints() {
    let pem = fixture::text("profile_certificates/host.pem");
    let base64: String = pem.lines().filter(|line| !line.starts_with("--")).collect();
    let mut wanted = Profile::new("iPads", "https://mdm.example.org/enroll");
    wanted.skip_setup_items = Some(["Siri", "Location", "a b"].map(String::from).into());
    wanted.anchor_certs = Some(vec![base64.clone()]);
    let mut found = Profile::new("Pads", "https://mdm.example.org/enroll");
    found.skip_setup_items = Some(["TOS", "Siri"].map(String::from).into());
    let text = Comparison::of(&wanted, &found).to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[0].starts_with("anchor_certs: +sha256:") && lines[0].len() == "anchor_certs: +sha256:".len() + 64,
        "{text}"
    );
    assert!(!text.contains(&base64[..40]));
    if let Some(openssl) = fixture::openssl(&["x509", "-noout", "-fingerprint", "-sha256"], pem.as_bytes()) {
        let digits: String =
            String::from_utf8(openssl).unwrap().split('=').nth(1).unwrap().trim().replace(':', "").to_lowercase();
        assert!(lines[0].ends_with(&digits), "{text}\n{digits}");
    } else {
        println!("skipped: openssl is not there");
    }
    assert_eq!(lines[1], "profile_name: \"iPads\" is wanted, \"Pads\" is there");
    assert_eq!(lines[2], "skip_setup_items: +\"a b\" +Location −TOS");
    // Hundreds are counted.
    wanted.skip_setup_items = Some((0..300).map(|number| format!("Pane{number}")).collect());
    let text = Comparison::of(&wanted, &found).to_string();
    assert!(text.contains(" (290 more) −Siri −TOS") && text.len() < 500, "{text}");
}

#[test]
fn a_change_says_old_and_new() {
    let old = EnrollmentProfile::builder("Kiosks", "https://mdm.example.org/enroll")
        .mode(Supervised::new(UserAffinity::Without))
        .skip([SkipKey::Siri])
        .build()
        .unwrap();
    let new = old.to_builder().name("Halls").skip([SkipKey::Tos]).department("IT").build().unwrap();
    let text = change_impact(&old, &new).to_string();
    let line = |key: &str| text.lines().find(|line| line.starts_with(key)).unwrap().split(';').next().unwrap();
    assert_eq!(line("profile_name"), "profile_name: \"Kiosks\" → \"Halls\"");
    assert_eq!(line("department"), "department: nothing → \"IT\"");
    assert_eq!(line("skip_setup_items"), "skip_setup_items: +TOS");
}
