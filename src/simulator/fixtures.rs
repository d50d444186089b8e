//! Input for tests and benchmark harnesses: public, and the same bytes for the same arguments.
//!
//! ```
//! use apple_ade::simulator::fixtures;
//!
//! assert_eq!(fixtures::page(7, 1000), fixtures::page(7, 1000));
//! assert_eq!(fixtures::device_list(7, 3).len(), 3);
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;

use super::catalogue;
use super::confidential::Confidential;
use super::cursor::Cursor;
use super::device::{ProfileState, ProfileStatus};
use super::envelope::{APPLE_SEGMENT, Recipient};
use super::organisation::{Change, ChangeKind, Credentials};
use super::rng::Rng;
use super::time::Iso;
use super::wire::Row;

/// The private key of [`CERTIFICATE_PEM`], PKCS#8 in PEM. It is public, so it is worth nothing.
pub const PRIVATE_KEY_PEM: &str = include_str!("fixtures/key.pem");

/// The certificate for which [`token_file`] is encrypted.
pub const CERTIFICATE_PEM: &str = include_str!("fixtures/cert.pem");

/// The same in DER.
pub const CERTIFICATE_DER: &[u8] = include_bytes!("fixtures/cert.der");

/// Where the serial number and the issuer's name are in [`CERTIFICATE_DER`].
const SERIAL_AT: std::ops::Range<usize> = 15..35;
const ISSUER_AT: std::ops::Range<usize> = 50..96;

/// The content key of [`token_file`], and the same encrypted for the certificate; made with openssl, so that a token file
/// needs no RSA back end and has the same bytes every time.
const CONTENT_KEY: [u8; 16] = *b"apple-ade bench!";
const WRAPPED_KEY: &[u8] = include_bytes!("fixtures/content_key.rsa");

/// 2026-11-22T08:00:00Z.
const NOW: DateTime<Utc> = match DateTime::from_timestamp(1_795_334_400, 0) {
    Some(at) => at,
    None => DateTime::UNIX_EPOCH,
};

/// The answer of `/devices/sync` with `n` devices, as JSON: 15 keys a device, 12 for those without a profile; protocol version 7.
pub fn page(seed: u64, n: usize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Page<'d> {
        cursor: String,
        devices: Vec<Row<'d>>,
        fetched_until: Iso,
        more_to_follow: bool,
    }

    let mut rng = Rng::new(seed);
    let profiles: Vec<String> = (0..5).map(|_| rng.uuid()).collect();
    let rows: Vec<_> = (0..n).map(|_| row(&mut rng, &profiles)).collect();
    let cursor = Cursor { place: n as u64, changes: 0, issued: NOW, fetching: true };
    let page = Page {
        cursor: cursor.encode(seed, ""),
        devices: rows.iter().map(|(device, change)| Row::change(device, change, "", 7)).collect(),
        fetched_until: Iso(NOW),
        more_to_follow: true,
    };
    // Only maps with odd keys and failing writers make serde_json fail.
    serde_json::to_vec(&page).unwrap_or_default()
}

fn row(rng: &mut Rng, profiles: &[String]) -> (super::Device, Change) {
    let minutes = i64::try_from(rng.below(1_000_000)).unwrap_or(0);
    let bought = NOW.checked_sub_signed(TimeDelta::minutes(minutes)).unwrap_or(NOW);
    let serial = rng.serial_number();
    let mut device = catalogue::any_device(rng, serial.clone(), bought);
    device.server = Some(String::new());
    let status = match rng.below(100) {
        0..45 => ProfileStatus::Assigned,
        45..89 => ProfileStatus::Pushed,
        89..98 => ProfileStatus::Empty,
        _ => ProfileStatus::Removed,
    };
    if status != ProfileStatus::Empty {
        let pushed = if status == ProfileStatus::Assigned { DateTime::UNIX_EPOCH } else { bought };
        let index = usize::try_from(rng.below(profiles.len() as u64)).unwrap_or(0);
        device.profile =
            ProfileState { status, uuid: profiles.get(index).cloned(), assigned: Some(bought), pushed: Some(pushed) };
    }
    let kind = if rng.chance(150) { ChangeKind::Modified } else { ChangeKind::Added };
    (device, Change { serial, kind, at: bought, replaced: false })
}

/// A server token file for [`CERTIFICATE_PEM`] in Apple's format. `n` is the length of the segments in which the encrypted
/// content is written; 0 stands for Apple's own, 1000 bytes.
pub fn token_file(seed: u64, n: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let token = Credentials {
        consumer_key: Confidential(format!("CK_{}", rng.hex(128))),
        consumer_secret: Confidential(format!("CS_{}", rng.hex(40))),
        access_token: Confidential(format!("AT_O{}O{}O{}", rng.digits(10), rng.hex(40), NOW.timestamp_millis())),
        access_secret: Confidential(format!("AS_{}", rng.hex(40))),
        expiry: NOW.checked_add_signed(TimeDelta::days(365)).unwrap_or(NOW),
        downloaded: false,
    };
    let recipient = Recipient {
        issuer: CERTIFICATE_DER.get(ISSUER_AT).unwrap_or_default(),
        serial: CERTIFICATE_DER.get(SERIAL_AT).unwrap_or_default(),
        wrapped_key: WRAPPED_KEY,
    };
    let segment = if n == 0 { APPLE_SEGMENT } else { n };
    super::envelope::token_file(&token.json(), &recipient, CONTENT_KEY, rng.bytes(), segment)
}

/// A profile as JSON with every documented key, naming `n` devices.
pub fn profile(seed: u64, n: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let certificate = STANDARD.encode(CERTIFICATE_DER);
    let profile = json!({
        "profile_name": format!("Classroom iPads {}", rng.digits(4)),
        "url": format!("https://mdm.example.com/enroll/{}", rng.hex(32)),
        "configuration_web_url": "https://mdm.example.com/welcome",
        "allow_pairing": false,
        "is_supervised": true,
        "is_mandatory": true,
        "is_mdm_removable": false,
        "is_multi_user": false,
        "is_return_to_service": false,
        "do_not_use_profile_from_backup": true,
        "await_device_configured": true,
        "auto_advance_setup": false,
        "language": "en",
        "region": "US",
        "department": "IT für alle",
        "org_magic": rng.dashed_uuid(),
        "support_phone_number": "+1-555-0142",
        "support_email_address": "help@school.example.org",
        "skip_setup_items": [
            "AppleID", "Biometric", "Diagnostics", "Location", "Passcode", "Payment", "Privacy", "Restore", "SIMSetup",
            "Siri", "TOS", "Welcome",
        ],
        "anchor_certs": [certificate],
        "supervising_host_certs": [certificate],
        "devices": serials(&mut rng, n),
    });
    serde_json::to_vec(&profile).unwrap_or_default()
}

/// `n` serial numbers.
pub fn device_list(seed: u64, n: usize) -> Vec<String> {
    serials(&mut Rng::new(seed), n)
}

fn serials(rng: &mut Rng, n: usize) -> Vec<String> {
    (0..n).map(|_| rng.serial_number()).collect()
}
