//! No private key and no password in what is said of a profile, wherever it stands (KEY-3).

use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Rule, Violations};
use apple_ade::profile::Check;
use serde_json::{Value, json};
use std::fmt::Write as _;

use crate::fixture;

fn profile(changes: &Value) -> String {
    let mut profile = json!({
        "profile_name": "iPads", "url": "https://mdm.example.com/enroll", "is_supervised": true, "is_mandatory": true
    });
    profile.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    profile.to_string()
}

/// Everything that is said of a profile, in every form.
fn said(text: &str) -> String {
    let violations = Check::new().json(text);
    let mut said = format!("{violations}\n{violations:?}\n{}", serde_json::to_string(&violations).unwrap());
    if let Ok(profile) = serde_json::from_str::<Profile>(text) {
        write!(said, "{:?}", Check::new().fix(&profile).1).unwrap();
    }
    said
}

fn base64(bytes: &[u8]) -> Option<String> {
    String::from_utf8(fixture::openssl(&["base64", "-A"], bytes)?).ok()
}

/// Keys by openssl: a name, the PEM, and the base64 of the DER. Nothing without openssl.
fn keys() -> Option<Vec<(&'static str, String, String)>> {
    let openssl = |arguments: &str, input: &[u8]| fixture::openssl(&arguments.split(' ').collect::<Vec<_>>(), input);
    let ec = openssl("ecparam -name prime256v1 -genkey -noout", b"")?;
    let rsa = openssl("genrsa 2048", b"")?;
    let ed = openssl("genpkey -algorithm ed25519", b"")?;
    let made = [
        ("SEC 1", openssl("ec", &ec)?, openssl("ec -outform DER", &ec)?),
        ("PKCS 1", openssl("rsa -traditional", &rsa)?, openssl("rsa -traditional -outform DER", &rsa)?),
        ("PKCS 8 RSA", openssl("pkey", &rsa)?, openssl("pkcs8 -topk8 -nocrypt -outform DER", &rsa)?),
        ("PKCS 8 EC", openssl("pkey", &ec)?, openssl("pkcs8 -topk8 -nocrypt -outform DER", &ec)?),
        ("PKCS 8 Ed25519", ed.clone(), openssl("pkcs8 -topk8 -nocrypt -outform DER", &ed)?),
        (
            "encrypted",
            openssl("pkcs8 -topk8 -passout pass:test", &ec)?,
            openssl("pkcs8 -topk8 -passout pass:test -outform DER", &ec)?,
        ),
        (
            "encrypted by PKCS 12",
            openssl("pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:test", &ec)?,
            openssl("pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:test -outform DER", &ec)?,
        ),
    ];
    let keys = made.into_iter().map(|(name, pem, der)| Some((name, String::from_utf8(pem).unwrap(), base64(&der)?)));
    let mut keys: Vec<_> = keys.collect::<Option<_>>()?;
    let pfx = openssl("pkcs12 -export -nocerts -passout pass:test", &ec)?;
    keys.push(("PKCS 12", String::from_utf8(ec).unwrap(), base64(&pfx)?));
    Some(keys)
}

/// Where a key can stand, with what to do with it there.
fn places(key: &str) -> Vec<String> {
    let mut places: Vec<String> = [
        "anchor_certs",
        "anchorCerts",
        "skip_setup_items",
        "department",
        "language",
        "region",
        "org_magic",
        "url",
        "configuration_web_url",
        "profile_uuid",
        "devices",
        "is_supervised",
        "support_email_address",
        "support_phone_number",
        "profile_name",
        "other",
        "Department",
        "isSupervised",
    ]
    .iter()
    .flat_map(|at| [profile(&json!({ *at: key })), profile(&json!({ *at: [key, "x", key] }))])
    .collect();
    places.push(profile(&json!({ key: true })));
    places.push(profile(&json!({ "department": format!("{key}\n"), "other": { "deep": [{ "x": key }] } })));
    places.push(profile(&json!({ "url": format!("https://me@mdm.example.com/x?key={key}#{key}") })));
    places.push(profile(&json!({ "url": format!("mdm.example.com/{{{key}}}") })));
    places.push(profile(&json!({ "support_email_address": format!("{key} <it@example.com>") })));
    let repeated = json!({ "anchor_certs": [key] }).to_string();
    let head = profile(&json!({})).trim_end_matches('}').to_owned();
    let members = repeated.trim_matches(['{', '}']).to_owned();
    places.push(format!("{head},{members},{members}}}"));
    let department = json!({ "department": key }).to_string();
    let members = department.trim_matches(['{', '}']).to_owned();
    places.push(format!("{head},{members},\"department\":\"IT\",{members}}}"));
    places
}

#[test]
fn no_private_key_is_shown_wherever_it_stands() {
    let Some(keys) = keys() else { return };
    let certificate = fixture::text("profile_certificates/ca.pem");
    let certificate64: String = certificate.lines().filter(|line| !line.starts_with('-')).collect();
    for (name, pem, key) in &keys {
        let wrapped = key.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>();
        let url_safe = key.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned();
        let forms = [
            key.clone(),
            wrapped.join("\n"),
            wrapped.join("\" \""),
            url_safe,
            pem.clone(),
            pem.replace("PRIVATE KEY", "PRIVATE\u{a0}KEY"),
            base64(pem.as_bytes()).unwrap(),
            format!("{certificate64}{key}"),
            format!("{certificate}{key}"),
        ];
        for form in &forms {
            for text in places(form) {
                let said = said(&text);
                // Any part of the key behind the header, which all keys of a kind share.
                let lines: Vec<&str> = form.split_whitespace().filter(|line| line.len() >= 40).collect();
                let secret = key.get(48..60).unwrap_or_default();
                assert!(!said.contains(secret), "{name}: {secret} of {text} in\n{said}");
                for line in lines.iter().filter(|line| !certificate64.contains(**line)) {
                    let part = line.get(line.len() - 16..).unwrap_or_default();
                    assert!(!said.contains(part) || part.ends_with("--"), "{name}: {part} of {text} in\n{said}");
                    let capitals = part.to_ascii_uppercase();
                    assert!(!said.contains(&capitals) || part.ends_with("--"), "{name}: {capitals} in\n{said}");
                }
            }
        }
        // As JSON escapes it.
        let escaped = pem.replace('\n', "\\n").replace("PRIVATE KEY", "PRIVATE\\u0020KEY");
        let text = format!("{},\"other\":\"{escaped}\"}}", profile(&json!({})).trim_end_matches('}'));
        let line = pem.lines().nth(2).unwrap();
        assert!(!said(&text).contains(line.get(..12).unwrap_or(line)), "{}", said(&text));
    }
}

#[test]
fn a_json_web_key_is_not_shown() {
    let d = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": d });
    for text in [
        profile(&json!({ "other": jwk })),
        profile(&json!({ "other": jwk.to_string() })),
        profile(&jwk),
        profile(&json!({ "department": jwk.to_string() })),
    ] {
        assert!(!said(&text).contains(&d[..12]), "{}", said(&text));
    }
}

/// What holds a private key beside a certificate, or in another form than PEM, is told as one.
#[test]
fn keys_in_lists_of_certificates_are_told() {
    let Some(keys) = keys() else { return };
    let certificate = fixture::text("profile_certificates/ca.pem");
    let certificate64: String = certificate.lines().filter(|line| !line.starts_with('-')).collect();
    let der = fixture::openssl(&["x509", "-outform", "DER"], certificate.as_bytes()).unwrap();
    let judged = |text: &str| -> Vec<Rule> {
        let violations: Violations = Check::new().json(&profile(&json!({ "anchor_certs": [text] })));
        violations.iter().map(apple_ade::judgement::Violation::rule).collect()
    };
    assert_eq!(judged(&certificate64), []);
    for (name, _, key) in &keys {
        assert_eq!(judged(key), [Rule::PRIVATE_KEY], "{name}");
        let url_safe = key.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned();
        assert_eq!(judged(&url_safe), [Rule::PRIVATE_KEY], "{name}");
        let bytes = fixture::openssl(&["base64", "-d", "-A"], key.as_bytes()).unwrap();
        let both = base64(&[der.clone(), bytes].concat()).unwrap();
        for beside in [both, format!("{certificate}{key}"), format!("{certificate64}{key}")] {
            assert_eq!(judged(&beside), [Rule::PRIVATE_KEY_BESIDE], "{name}");
            let wire = serde_json::from_str(&profile(&json!({ "anchor_certs": [beside] }))).unwrap();
            assert_eq!(Check::new().fix(&wire).0.anchor_certs, Some(vec![certificate64.clone()]), "{name}");
        }
    }
}

/// Certificates, public keys and requests are no private keys.
#[test]
fn what_is_public_is_shown() {
    let openssl = |arguments: &str, input: &[u8]| fixture::openssl(&arguments.split(' ').collect::<Vec<_>>(), input);
    let Some(explicit) = openssl("ecparam -name prime256v1 -param_enc explicit -genkey -noout", b"") else { return };
    let rsa = openssl("genrsa 2048", b"").unwrap();
    let mut public = vec![
        openssl("pkey -pubout -outform DER", &rsa).unwrap(),
        openssl("rsa -RSAPublicKey_out -outform DER", &rsa).unwrap(),
        openssl("ec -pubout -outform DER", &explicit).unwrap(),
    ];
    for name in ["ca", "ec_ca", "leaf", "sha1", "short_key", "host"] {
        let pem = fixture::bytes(&format!("profile_certificates/{name}.pem"));
        public.push(openssl("x509 -outform DER", &pem).unwrap());
    }
    for der in public {
        let text = base64(&der).unwrap();
        let said = said(&profile(&json!({ "other": text })));
        assert!(said.contains(&text[..40]), "{said}");
    }
}

#[test]
fn no_password_is_shown_wherever_it_stands() {
    let url = "https://me:s3cret@mdm.example.com/x";
    for at in
        ["Url", "URL", "support_phone_number", "department", "support_email_address", "other", "is_supervised", url]
    {
        let violations = said(&profile(&json!({ at: url })));
        assert!(!violations.contains("s3cret"), "{at}: {violations}");
    }
    let text = format!(
        "{},\"other\":\"https:\\/\\/me:s3cret\\u0040mdm.example.com\"}}",
        profile(&json!({})).trim_end_matches('}')
    );
    assert!(!said(&text).contains("s3cret"), "{}", said(&text));
}

#[test]
fn nothing_is_longer_than_a_screen() {
    let long = "x".repeat(1_000_000);
    let violations = Check::new().json(&profile(&json!({ long: true })));
    let violation = violations.by_rule(Rule::KEY_UNKNOWN).next().unwrap();
    assert_eq!(violation.path().chars().count(), 121);
    assert!(violation.to_string().len() < 2_000);
}

/// Neither a guess for each key nor a search for each edit: else this would take minutes.
#[test]
fn many_keys_take_little_time() {
    let many: serde_json::Map<String, Value> = (0..20_000).map(|i| (format!("departmnt{i}"), json!(i))).collect();
    let violations = Check::new().json(&profile(&Value::Object(many)));
    let guesses =
        violations.iter().filter(|violation| violation.help().is_some_and(|help| help.contains("did you"))).count();
    assert!(violations.len() == 20_000 && guesses <= 20, "{guesses}");

    // Each of them is `url`, and so is the key itself: they are taken out one by one.
    let url = "https://mdm.example.com/enroll";
    let sign = |i: u32| char::from_u32(0x4E00 + i).unwrap();
    let many = (0..40_000).map(|i| (format!("url{}{}", sign(i / 200), sign(i % 200)), json!(url)));
    let many: serde_json::Map<String, Value> = many.collect();
    let profile: Profile = serde_json::from_str(&profile(&Value::Object(many))).unwrap();
    let (fixed, _) = Check::new().fix(&profile);
    assert!(fixed.extra.is_empty() && fixed.url.as_deref() == Some(url));
}

#[test]
fn contradictions_are_left_to_somebody_who_knows() {
    for (changes, is_fixed) in [
        (json!({ "department": "IT", "Department": "IT" }), true),
        (json!({ "department": "IT", "Department": "Sales" }), false),
        (json!({ "is_mdm_removable": true, "isMdmRemovable": false }), false),
        (json!({ "is_mdm_removable": true, "mdm_removable": true }), true),
        (json!({ "Department": "IT", "DEPARTMENT": "Sales" }), false),
        (json!({ "Department": "IT", "DEPARTMENT": "IT" }), true),
    ] {
        let profile: Profile = serde_json::from_str(&profile(&changes)).unwrap();
        let (fixed, _) = Check::new().fix(&profile);
        assert_eq!(fixed != profile, is_fixed, "{changes}");
        assert_eq!(fixed.extra.is_empty(), is_fixed, "{changes}");
    }
}
