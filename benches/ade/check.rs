//! Judging a profile by all rules, beside the plain encoding of the same profile.

use std::hint::black_box;

use apple_ade::affinity::{AuthMethod, Modern, UserAffinity};
use apple_ade::os::Platform;
use apple_ade::profile::{
    AnchorCertificate, Check, EnrollmentProfile, HostCertificate, Pairing, SetupExperience, Supervised,
};
use apple_ade::setup_assistant::{KeyStatus, SkipKey};
use criterion::Criterion;

use crate::paired::{Line, paired};

/// Every key of Apple's that goes together, these skip keys, two certificates, two targets.
fn full(keys: impl IntoIterator<Item = SkipKey>) -> Result<EnrollmentProfile, Box<dyn std::error::Error>> {
    const AUTHORITY: &[u8] = include_bytes!("../../tests/fixtures/profile_certificates/ca.pem");
    const HOST: &[u8] = include_bytes!("../../tests/fixtures/profile_certificates/host.pem");
    let now = NOW.parse()?;
    let user = UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::JustInTime));
    let host = Pairing::by_certificate(HostCertificate::read(HOST, now)?);
    let setup = SetupExperience::unattended("nl-NL".parse()?).skip(keys).await_configuration();
    let profile = EnrollmentProfile::builder("Sales iPads and Macs", "https://mdm.example.org/enroll")
        .mode(Supervised::new(user).locked().pairing(host))
        .configuration_web_url("https://mdm.example.org/web")
        .department("Information technology")
        .support_phone_number("+31 20 555 0100")
        .support_email_address("helpdesk@example.org")
        .org_magic("913FABBB-0032-4E13-9966-D6BBAC900331")
        .setup(setup)
        .anchor(&AnchorCertificate::read(AUTHORITY, now)?)
        .devices(["DMPVK0A9N1".parse()?])
        .target(Platform::MacOs, "15.0".parse()?)
        .target(Platform::MacOs, "26.0".parse()?)
        .build()?;
    Ok(profile)
}

const NOW: &str = "2026-11-23T00:00:00Z";

/// A profile that leaves out every pane that works on its targets, and one with the keys of all systems, of which there is a lot to
/// say: some forty notes, each with its texts.
pub(crate) fn bench(criterion: &mut Criterion) -> Vec<Line> {
    let works = |key: &&SkipKey| {
        let targets = ["macos:15.0", "macos:26.0"].into_iter().filter_map(|target| target.parse().ok());
        targets.map(|target| key.status(target)).all(|status| status == KeyStatus::Works)
    };
    let sensible: Vec<SkipKey> = SkipKey::ALL.iter().filter(works).cloned().collect();
    let mut lines = Vec::new();
    for (name, keys) in [("profile_check", sensible), ("profile_check_58_keys", SkipKey::ALL.to_vec())] {
        let (Ok(profile), Ok(now)) = (full(keys), NOW.parse()) else {
            return Vec::new();
        };
        let check = Check::new().at(now);
        lines.push(paired(
            criterion,
            name,
            "encode",
            || check.profile(black_box(&profile)),
            || serde_json::to_vec(black_box(profile.wire())).ok(),
        ));
    }
    lines
}
