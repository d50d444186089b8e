//! Any bytes as the body and the header of a device, and as the property list in it: a MachineInfo or a typed error, never a panic,
//! and within bounds. With a checker that believes every signature, so that what is behind them is reached; and with the real
//! one, which must then believe nothing but what was signed.
//!
//! Seeds: `tests/fixtures/machine_info`.
#![no_main]

use std::sync::LazyLock;

use apple_ade::machine_info::{MachineInfo, SignedMachineInfo, Trust, UntrustedError};
use apple_ade::pki::signature::{CheckSignature, PublicKey, SignatureAlgorithm, SignatureError};
use libfuzzer_sys::fuzz_target;

struct Believes;

impl CheckSignature for Believes {
    fn check(&self, _: SignatureAlgorithm, _: &PublicKey<'_>, _: &[u8], _: &[u8]) -> Result<(), SignatureError> {
        Ok(())
    }
}

static ROOT: LazyLock<Trust> = LazyLock::new(|| {
    Trust::anchors_from_pem(include_str!("../../tests/fixtures/machine_info/root.pem")).unwrap()
});
const CONTENT: &[u8] = include_bytes!("../../tests/fixtures/machine_info/machineinfo.plist");

fuzz_target!(|bytes: &[u8]| {
    let at = "2026-11-28T00:00:00Z".parse().unwrap();
    for read in [SignedMachineInfo::from_body(bytes), SignedMachineInfo::from_header(bytes)] {
        let signed = match read {
            Ok(signed) => signed,
            Err(error) => {
                assert!((1..1000).contains(&error.to_string().len()));
                continue;
            }
        };
        match signed.verify(&ROOT, at) {
            Ok(_) => assert_eq!(signed.signed().dangerous_unverified_content(), CONTENT),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        match signed.verify_with(&ROOT, at, &Believes) {
            Ok(device) => {
                assert!((2..=8).contains(&device.chain().certificates().count()));
                check(signed.signed().dangerous_unverified_content());
            }
            Err(UntrustedError::Content(error)) => assert_eq!(signed.dangerous_unverified_info().unwrap_err(), error),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    check(bytes);
});

/// What is read is written and read again as it was.
fn check(bytes: &[u8]) {
    match MachineInfo::from_plist(bytes) {
        Ok(info) => {
            let _ = (info.missing(), info.target(), info.full_os_version());
            let mut xml = Vec::new();
            let dictionary = info.to_dictionary();
            // Some characters of binary property lists have no XML.
            if plist::Value::Dictionary(dictionary.clone()).to_writer_xml(&mut xml).is_err() {
                return;
            }
            if let Ok(again) = MachineInfo::from_plist(&xml) {
                assert_eq!(again.to_dictionary().len(), dictionary.len());
            }
        }
        Err(error) => assert!((1..1000).contains(&error.to_string().len())),
    }
}
