//! A device's signed MachineInfo, read and verified, beside the bare checks of the signatures in it.

use std::time::{Duration, Instant};

use apple_ade::machine_info::{SignedMachineInfo, Trust};
use apple_ade::pki::certificate::Certificate;
use apple_ade::simulator::{DeviceInfo, Family, World};
use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RsaParameters,
    UnparsedPublicKey,
};
use chrono::{DateTime, Utc};
use criterion::Criterion;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::paired::{Line, paired};

const FILE: &[u8] = include_bytes!("../../tests/fixtures/machine_info/2048_sha256_der.p7s");
const ROOT: &str = include_str!("../../tests/fixtures/machine_info/root.pem");

pub(crate) fn bench(criterion: &mut Criterion) -> Vec<Line> {
    rsa_2048(criterion).into_iter().chain(as_apple(criterion)).collect()
}

/// Three signatures by RSA-2048: of the message, the device's certificate, and the authority's.
fn rsa_2048(criterion: &mut Criterion) -> Option<Line> {
    let trust = Trust::anchors_from_pem(ROOT).ok()?;
    line(criterion, "machine_info_rsa_2048_chain", FILE, &trust, "2026-11-28T00:00:00Z".parse().ok()?, true)
}

/// Two signatures by RSA-1024 over SHA-1, with the authority pinned: what Apple's devices send.
fn as_apple(criterion: &mut Criterion) -> Option<Line> {
    let mut world = World::builder().seed(7).build();
    let serial = world.buy(Family::Ipad);
    let body = DeviceInfo::of(world.device(&serial)?, world.now()).body();
    let trust = Trust::pinned(DeviceInfo::authority().ok()?);
    let line = line(criterion, "machine_info_apple_1024_chain", &body, &trust, world.now(), false);
    let (begin, mut devices) = (Instant::now(), 0_u32);
    while begin.elapsed() < Duration::from_secs(2) {
        let verified = SignedMachineInfo::from_body(&body).map(|signed| signed.verify(&trust, world.now()).is_ok());
        assert_eq!(verified, Ok(true), "the message is verified");
        devices += 1;
    }
    let per_minute = f64::from(devices) / begin.elapsed().as_secs_f64() * 60.0;
    println!("machine_info: one core verifies {per_minute:.0} devices a minute");
    line
}

fn line(
    criterion: &mut Criterion,
    name: &'static str,
    body: &[u8],
    trust: &Trust,
    at: DateTime<Utc>,
    sha256: bool,
) -> Option<Line> {
    let ours = || SignedMachineInfo::from_body(body).ok()?.verify(trust, at).ok();
    let chain: Vec<Certificate> = ours()?.chain().certificates().cloned().collect();
    let checks: Vec<Bare> = bare(body, &chain, sha256)?;
    let reference = || checks.iter().all(Bare::holds);
    assert!(reference() && checks.len() == chain.len(), "every signature holds");
    Some(paired(criterion, name, "bare_signatures", ours, reference))
}

/// A signature with what it is about.
struct Bare {
    algorithm: &'static RsaParameters,
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Bare {
    fn holds(&self) -> bool {
        UnparsedPublicKey::new(self.algorithm, &self.key).verify(&self.message, &self.signature).is_ok()
    }
}

/// The signatures of the message and of each certificate by the next one.
fn bare(body: &[u8], chain: &[Certificate], sha256: bool) -> Option<Vec<Bare>> {
    let parsed: Vec<X509Certificate<'_>> =
        chain.iter().filter_map(|one| Some(X509Certificate::from_der(one.as_der()).ok()?.1)).collect();
    let key = |certificate: &X509Certificate<'_>| certificate.public_key().subject_public_key.data.to_vec();
    let algorithm = |sha256: bool| {
        if sha256 {
            &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        } else {
            &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY
        }
    };
    let mut checks: Vec<Bare> = parsed
        .iter()
        .zip(parsed.iter().skip(1))
        .map(|(one, issuer)| Bare {
            algorithm: algorithm(one.signature_algorithm.algorithm.to_id_string().ends_with(".11")),
            key: key(issuer),
            message: one.tbs_certificate.as_ref().to_vec(),
            signature: one.signature_value.data.to_vec(),
        })
        .collect();
    // Both messages are DER with attributes: a SET where the message has [0], and the signature at the end.
    let leaf = parsed.first()?;
    let length = key(leaf).len() / 256 * 128 + 128;
    let signature = body.get(body.len().checked_sub(length)?..)?.to_vec();
    let oid = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
    let first = body.windows(oid.len()).position(|window| window == oid)?.checked_sub(2)?;
    let (head, length) = match *body.get(first.checked_sub(3)?..first)? {
        [0xA0, 0x81, length] => (3, usize::from(length)),
        [_, 0xA0, length] => (2, usize::from(length)),
        _ => return None,
    };
    let mut message = body.get(first - head..first + length)?.to_vec();
    *message.first_mut()? = 0x31;
    checks.push(Bare { algorithm: algorithm(sha256), key: key(leaf), message, signature });
    Some(checks)
}
