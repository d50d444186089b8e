//! The certificates of `anchor_certs` and `supervising_host_certs`: what they are.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::judgement::{Fix, Rule, Violation, rules};
use crate::pki::certificate::Certificate;
use crate::pki::pem;

use super::super::certificate::Reading;
use super::super::subject::{Subject, texts};

rules! {
    CERTIFICATE_NOT_BASE64 = "ADE-P400" Error
        "a certificate is given in base64"
        why "the device cannot read anything else, and trusts nobody by it"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    CERTIFICATE_UNREADABLE = "ADE-P401" Error
        "what is given as a certificate is one"
        why "the device cannot use other bytes, and trusts nobody by them"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    PRIVATE_KEY = "ADE-P402" Error
        "a private key is in no profile"
        why "the profile goes to Apple and to every device, and whoever has the key can pass for its owner; nothing of it is shown here"
        from ["KEY-3", "https://developer.apple.com/documentation/devicemanagement/profile"];
    PRIVATE_KEY_BESIDE = "ADE-P403" Error
        "no private key comes with a certificate"
        why "files of servers often hold both, but the profile goes to Apple and to every device; nothing of the key is shown here"
        from ["KEY-3", "https://developer.apple.com/documentation/devicemanagement/profile"];
    CERTIFICATE_PEM = "ADE-P404" Error
        "a certificate is given as DER in base64, not as PEM"
        why "Apple documents base64 of the DER bytes, to which PEM adds lines of its own"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    CERTIFICATE_WRAPPED = "ADE-P405" Warning
        "the base64 of a certificate is one piece"
        why "line breaks, spaces and missing padding are not base64 as RFC 4648 has it, and not every reader takes them"
        from ["https://developer.apple.com/documentation/devicemanagement/profile", "RFC 4648 section 3"];
    CERTIFICATE_REPEATED = "ADE-P406" Note
        "a certificate is there once"
        why "the same certificate again changes nothing"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    CERTIFICATES_NONE = "ADE-P407" Note
        "a list of certificates that is given has some"
        why "an empty list says no more than none, and Apple refuses other keys that are empty"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
}

pub(super) const ANCHORS: &str = "anchor_certs";
pub(super) const HOSTS: &str = "supervising_host_certs";

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    list(ANCHORS, wire.anchor_certs.as_ref().is_some_and(Vec::is_empty), subject, found);
    list(HOSTS, wire.supervising_host_certs.as_ref().is_some_and(Vec::is_empty), subject, found);
}

fn list(key: &'static str, is_empty: bool, subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if is_empty {
        let message = format!("`{key}` is empty");
        found.push(Violation::new(Rule::CERTIFICATES_NONE, key, message).with_found("[]").with_fix(Fix::remove(key)));
        return;
    }
    let readings = if key == ANCHORS { &subject.certificates.anchors } else { &subject.certificates.hosts };
    let texts = texts(subject.wire, key).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for ((place, text), (_, reading)) in texts.iter().zip(readings) {
        let place = *place;
        let is_repeated =
            texts.len() > 1 && reading.certificate().is_some_and(|certificate| !seen.insert(certificate.as_der()));
        if is_repeated {
            let violation = Violation::new(
                Rule::CERTIFICATE_REPEATED,
                format!("{key}[{place}]"),
                "the same certificate is there already",
            );
            found.push(violation.with_fix(Fix::remove_item(key, place)));
        } else {
            found.extend(form(key, place, text, reading));
        }
    }
}

/// What is wrong with the form of a text. Nothing of it is shown unless it is too short for a key.
fn form(key: &'static str, place: usize, text: &str, reading: &Reading) -> Option<Violation> {
    let new = |rule, message: &'static str| Violation::new(rule, format!("{key}[{place}]"), message);
    Some(match reading {
        Reading::Certificate(_) => return None,
        Reading::Wrapped(certificate) => new(Rule::CERTIFICATE_WRAPPED, "the base64 has line breaks, spaces or gaps")
            .with_fix(
                as_base64(key, place, certificate).titled(format!("write the base64 of `{key}[{place}]` in one piece")),
            ),
        Reading::Pem(_) if text.matches("-----BEGIN ").count() > 1 => {
            let message = "several certificates are in PEM, in one text";
            new(Rule::CERTIFICATE_PEM, message).with_help("give each of them as a text of its own: its DER in base64")
        }
        Reading::Pem(certificate) => new(Rule::CERTIFICATE_PEM, "the certificate is in PEM").with_fix(
            as_base64(key, place, certificate)
                .titled(format!("give the certificate of `{key}[{place}]` as DER in base64")),
        ),
        Reading::PrivateKey => return Some(private_key(key, place, text)),
        Reading::NotCertificate if text.trim().is_empty() => {
            new(Rule::CERTIFICATE_UNREADABLE, "the text is empty").with_fix(Fix::remove_item(key, place))
        }
        Reading::NotCertificate => {
            let message = "the bytes are no certificate, or a certificate that was cut short or changed";
            new(Rule::CERTIFICATE_UNREADABLE, message)
                .with_help("give the bytes of the certificate file in DER, in base64")
        }
        Reading::NotBase64 => {
            // Base64 of the shortest key in use has 43 characters.
            const MOST_SHOWN: usize = 40;
            let violation = new(Rule::CERTIFICATE_NOT_BASE64, "the text is not base64");
            let violation = violation.with_help("give the bytes of the certificate file in DER, in base64");
            if text.len() > MOST_SHOWN { violation } else { violation.with_found(super::shown(text)) }
        }
    })
}

fn as_base64(key: &str, place: usize, certificate: &Certificate) -> Fix {
    Fix::set_item(key, place, &STANDARD.encode(certificate.as_der()))
}

fn private_key(key: &str, place: usize, text: &str) -> Violation {
    let path = format!("{key}[{place}]");
    let help = "renew the key if the profile has left your hands";
    if let Some(certificate) = certificate_beside(text) {
        let message = "a private key stands beside the certificate";
        let fix = as_base64(key, place, &certificate).titled(format!("give the certificate of `{path}` alone"));
        let violation = Violation::new(Rule::PRIVATE_KEY_BESIDE, path, message);
        violation.with_help(format!("give the certificate alone, and {help}")).with_fix(fix)
    } else {
        let message = "a private key stands where a certificate should be";
        let violation = Violation::new(Rule::PRIVATE_KEY, path, message);
        let fix = Fix::remove_item(key, place);
        violation.with_help(format!("remove it, give the certificate, and {help}")).with_fix(fix)
    }
}

/// The first certificate of a text of PEM, of PEM in base64, or of DER in base64 with something behind it.
fn certificate_beside(text: &str) -> Option<Certificate> {
    if !text.contains("-----BEGIN ") {
        // Two texts of base64 one behind the other have padding between them.
        let first = text.find('=').and_then(|end| text.get(..end)).unwrap_or(text);
        let plain = Zeroizing::new(first.replace('-', "+").replace('_', "/"));
        let decoded = pem::base64_decode(plain.as_bytes())?;
        return match std::str::from_utf8(&decoded) {
            Ok(inner) if inner.contains("-----BEGIN ") => certificate_beside(inner),
            _ => Certificate::from_der(first_element(&decoded)?).ok(),
        };
    }
    let mut certificates = pem::blocks(text).filter(|block| block.label.ends_with("CERTIFICATE"));
    Certificate::from_der(&certificates.next()?.decode()?).ok()
}

/// The bytes up to the end of the first element; of one of a certificate's length.
fn first_element(der: &[u8]) -> Option<&[u8]> {
    let [0x30, 0x82, high, low, ..] = der else { return None };
    der.get(..4 + usize::from(u16::from_be_bytes([*high, *low])))
}
