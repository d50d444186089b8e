//! `iTunesPairingMode` and `managementCertificates`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::interop::draft::Draft;
use crate::interop::loss::{Loss, LossKind};
use crate::interop::reading::{Reading, TWICE};
use crate::interop::tree::Tree;
use crate::profile::{HostCertificate, Pairing};

const MODE: &str = "iTunesPairingMode";
const CERTIFICATES: &str = "managementCertificates";

pub(super) fn read(reading: &mut Reading<'_>, draft: &mut Draft) {
    let mode = reading.text(&[MODE]);
    let items = reading.list(&[CERTIFICATES]);
    let mut certificates = Vec::new();
    for (index, item) in items.iter().enumerate() {
        certificates.extend(certificate(reading, &format!("{CERTIFICATES}[{index}]"), item));
    }
    let pairing = match mode {
        Some("allow") | None => Pairing::AllowAll,
        Some("disallow") => Pairing::DenyAll,
        Some("requiresCertificate") => {
            if certificates.is_empty() {
                let reason = "no certificate that can be read is given, so that no host may pair";
                reading.losses.push(Loss::new(MODE, LossKind::Changed, reason));
            }
            Pairing::by_certificates(certificates)
        }
        Some(other) => {
            let reason = "this has to be allow, disallow or requiresCertificate; all hosts may pair";
            reading.lose(MODE, LossKind::Invalid, reason, &Tree::Text(other.into()));
            Pairing::AllowAll
        }
    };
    if mode != Some("requiresCertificate") && !items.is_empty() {
        let reason = "certificates count with iTunesPairingMode requiresCertificate alone";
        reading.losses.push(Loss::new(CERTIFICATES, LossKind::Unused, reason));
    }
    if mode.is_some() {
        draft.pairing = Some((MODE.into(), pairing));
    }
}

fn certificate(reading: &mut Reading<'_>, path: &str, item: &Tree) -> Option<HostCertificate> {
    for (key, value) in
        item.entries().iter().filter(|(key, _)| !["thumbprint", "certificate", "@odata.type"].contains(&&**key))
    {
        let reason = "this version of the crate does not know the key";
        reading.lose(&format!("{path}.{key}"), LossKind::UnknownKey, reason, value);
    }
    let path_of = |key: &str| format!("{path}.{key}");
    let mut seen = BTreeSet::new();
    for (key, value) in item.entries().iter().rev().filter(|(key, _)| !seen.insert(key.as_str())) {
        reading.lose(&path_of(key), LossKind::Contradiction, TWICE, value);
    }
    let Some(text) = item.get("certificate").and_then(Tree::as_text) else {
        let reason = "this has to be an object whose `certificate` is a certificate in base64";
        reading.lose(path, LossKind::WrongType, reason, item);
        return None;
    };
    let packed: String = text.split_whitespace().collect();
    let Ok(bytes) = STANDARD.decode(&packed) else {
        reading.losses.push(Loss::new(path_of("certificate"), LossKind::Invalid, "it is not in base64"));
        return None;
    };
    let certificate = match HostCertificate::undated(&bytes).map(|mut read| (read.pop(), read.len())) {
        Ok((Some(certificate), 0)) => certificate,
        Ok(_) => {
            let reason = "it has to be one certificate";
            reading.losses.push(Loss::new(path_of("certificate"), LossKind::Invalid, reason));
            return None;
        }
        Err(error) => {
            reading.losses.push(Loss::new(path_of("certificate"), LossKind::Invalid, error.to_string()));
            return None;
        }
    };
    if let Some(thumbprint) = item.get("thumbprint").filter(|value| **value != Tree::Null) {
        let given = thumbprint.as_text().unwrap_or_default();
        if !given.eq_ignore_ascii_case(&sha1_of(&certificate)) {
            let reason = "the certificate beside it has another SHA-1, and counts";
            reading.lose(&path_of("thumbprint"), LossKind::Contradiction, reason, thumbprint);
        }
    }
    Some(certificate)
}

pub(super) fn write(pairing: &Pairing, put: &mut dyn FnMut(&[&str], Tree)) {
    let text = |text: &str| Tree::Text(text.into());
    let (mode, certificates) = match pairing {
        Pairing::AllowAll => ("allow", &[][..]),
        Pairing::DenyAll => ("disallow", &[][..]),
        Pairing::ByCertificate(certificates) => ("requiresCertificate", certificates.as_slice()),
    };
    put(&[MODE], text(mode));
    let items = certificates.iter().map(|certificate| {
        Tree::Object(vec![
            ("thumbprint".into(), text(&sha1_of(certificate))),
            ("certificate".into(), text(&certificate.to_base64())),
        ])
    });
    put(&[CERTIFICATES], Tree::List(items.collect()));
}

fn sha1_of(certificate: &HostCertificate) -> String {
    let digest = Sha1::digest(certificate.certificate().as_der());
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}
