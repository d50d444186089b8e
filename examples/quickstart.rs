//! The main job, from end to end, against a simulated Apple in this process: key pair, certificate, server token file,
//! session, devices, a profile, and its assignment. No network, no arguments, no async runtime.
//!
//! `cargo run --example quickstart [-- --seed N]`

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use apple_ade::affinity::UserAffinity;
use apple_ade::api::{Device, Service};
use apple_ade::assign::Outcome;
use apple_ade::blocking::Client;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::session::Session;
use apple_ade::setup_assistant::SkipKey;
use apple_ade::simulator::{Simulator, World};
use apple_ade::token::{ServerToken, TOKEN_VALIDITY, TokenFile, TokenKeyPair};
use chrono::TimeDelta;

const HELP: &str = "\
Walks through Automated Device Enrollment against a simulated Apple, in this process.

Usage: quickstart [--seed N]

  --seed N   another school: other devices, other outcomes (default 1)
  --help     this text";

fn main() -> ExitCode {
    let seed = match arguments() {
        Ok(Some(seed)) => seed,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("quickstart: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Option<u64>, lexopt::Error> {
    use lexopt::prelude::*;

    let mut seed = 1;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => seed = parser.value()?.parse()?,
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(seed))
}

#[expect(clippy::too_many_lines, reason = "a walk is read from top to bottom")]
fn run(seed: u64) -> Result<(), Box<dyn Error>> {
    // A school with devices of which some make trouble. In your program this is Apple, and the transport is your HTTP client.
    let school = World::builder()
        .seed(seed)
        .org_name("Example School")
        .devices(2500)
        .share_not_accessible(12)
        .share_failing(4)
        .build();
    let apple = Simulator::new(school);
    let stamp = apple.stamp();

    // 1. A key pair. The private key stays here; the certificate goes to Apple.
    let key_pair = TokenKeyPair::generate("mdm.example.com", TOKEN_VALIDITY, &stamp)?;
    let certificate = key_pair.certificate();
    step(
        "key pair",
        &format!(
            "RSA-2048; certificate for {}, SHA-256 {}",
            certificate.subject(),
            short(&certificate.fingerprint().to_string())
        ),
    );

    // 2. In Apple Business Manager or Apple School Manager: upload the certificate, download the server token file.
    let file = apple.with_world(|portal| {
        portal.upload_certificate(&key_pair.certificate_pem())?;
        portal.download_token()
    })?;
    let envelope = TokenFile::parse(&file)?;
    step(
        "token file",
        &format!(
            "{} bytes, {} for {} recipient",
            thousands(file.len()),
            envelope.cipher(),
            envelope.recipients().len()
        ),
    );

    // 3. Only this key opens it.
    let token = ServerToken::decrypt(&file, &key_pair)?;
    step(
        "token",
        &format!("decrypted; expires {}, {}", token.expiry(), token.expiry().status(stamp.now(), TimeDelta::days(30))),
    );

    // 4. The client signs in by itself, when the first call needs it.
    let stamps = apple.clone();
    let ade = Client::with_stamps(Session::new(token, Service::apple()), apple.clone(), move || stamps.stamp());
    let account = ade.account()?;
    step(
        "account",
        &format!(
            "{}, server {:?}; pages of {}, batches of {}",
            account.org_name.as_deref().unwrap_or("an organisation"),
            account.server_name.as_deref().unwrap_or_default(),
            thousands(account.page_size()),
            thousands(account.batch_size())
        ),
    );

    // 5. Every device, page by page. Store a page's devices and its cursor together; then nothing is lost in a crash.
    let mut devices: Vec<Device> = Vec::new();
    let (mut cursor, mut pages) = (None, 0);
    loop {
        let page = ade.fetch_devices(cursor.take())?;
        pages += 1;
        step(
            "devices",
            &format!("page {pages}: {} devices, {} unreadable", thousands(page.devices.len()), page.rejected.len()),
        );
        let more = page.has_more();
        cursor = page.cursor;
        devices.extend(page.devices);
        if !more {
            break;
        }
    }
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for device in &devices {
        *families.entry(device.device_family.as_ref().map_or("unknown", |family| family.as_str())).or_default() += 1;
    }
    let families: Vec<String> =
        families.iter().map(|(family, count)| format!("{} {family}", thousands(*count))).collect();
    step("", &families.join(", "));

    // 6. A profile: what a device does when it is switched on. What Apple would refuse is an error here already, with its fix.
    let profile = EnrollmentProfile::builder("Class devices", "https://mdm.example.com/enroll")
        .mode(Supervised::new(UserAffinity::Without).locked())
        .await_configuration()
        .department("IT")
        .skip([SkipKey::Siri, SkipKey::Location, SkipKey::Payment])
        .build()?;
    let profile_uuid = ade.define_profile(profile.wire())?.profile_uuid;
    step("profile", &format!("\"Class devices\" is {profile_uuid}"));

    // 7. The assignment: batches, and one outcome for each device.
    let report = ade.assign(profile_uuid.clone(), devices.iter().map(|device| device.serial_number.clone()))?;
    let (success, not_accessible, failed) =
        (report.count(&Outcome::Success), report.count(&Outcome::NotAccessible), report.count(&Outcome::Failed));
    let others = report.outcomes.len() - success - not_accessible - failed;
    let trouble: Vec<&str> =
        report.serials(|outcome| *outcome != Outcome::Success).map(AsRef::as_ref).take(3).collect();
    step(
        "assignment",
        &format!("{} devices answered for; look at {} …", thousands(report.outcomes.len()), trouble.join(", ")),
    );
    if others > 0 {
        return Err(format!("{others} devices had another outcome").into());
    }

    println!(
        "done: {} devices in {pages} pages; profile {profile_uuid}; assigned {} success, {} not accessible, {} failed",
        thousands(devices.len()),
        thousands(success),
        thousands(not_accessible),
        thousands(failed)
    );
    Ok(())
}

fn step(name: &str, text: &str) {
    println!("{name:<11}{text}");
}

fn short(fingerprint: &str) -> String {
    fingerprint.chars().take(23).collect::<String>() + "…"
}

/// 2,500 for 2500.
fn thousands(number: impl ToString + Copy) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
