//! Server token files, opened by openssl.

use std::path::PathBuf;
use std::process::Command;

use apple_ade::simulator::{Download, PortalError, World, fixtures};

/// Decrypts with `openssl smime`; `None` where openssl is not there.
fn decrypt(name: &str, file: &[u8]) -> Option<String> {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: openssl is not there");
        return None;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, content) in [
        ("t.p7m", file),
        ("key.pem", fixtures::PRIVATE_KEY_PEM.as_bytes()),
        ("cert.pem", fixtures::CERTIFICATE_PEM.as_bytes()),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
    let arguments = ["smime", "-decrypt", "-in", "t.p7m", "-inkey", "key.pem", "-recip", "cert.pem"];
    let output = Command::new("openssl").args(arguments).current_dir(&folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

fn message(part: &str) -> &str {
    let (headers, body) = part.split_once("\r\n\r\n").unwrap();
    assert_eq!(headers, "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit");
    body.strip_prefix("-----BEGIN MESSAGE-----\n").unwrap().strip_suffix("\n-----END MESSAGE-----\n").unwrap()
}

/// Needs an RSA back end, which the default features have.
#[test]
fn openssl_reads_the_portals_token_file() {
    let mut world = World::builder().seed(7).build();
    assert_eq!(world.download_token(), Err(PortalError::NoCertificate));
    world.upload_certificate(fixtures::CERTIFICATE_PEM).unwrap();
    let file = world.download_token().unwrap();
    if let Some(part) = decrypt("portal", &file) {
        assert_eq!(message(&part), world.server_token_json());
    }
    let json: serde_json::Value = serde_json::from_str(&world.server_token_json()).unwrap();
    assert_eq!(json.as_object().unwrap().len(), 5);
    for (key, prefix) in
        [("consumer_key", "CK_"), ("consumer_secret", "CS_"), ("access_token", "AT_O"), ("access_secret", "AS_")]
    {
        assert!(json[key].as_str().unwrap().starts_with(prefix));
    }
    assert_eq!(json["access_token_expiry"], "2027-11-22T08:00:00Z");
    assert!(json["access_token"].as_str().unwrap().ends_with("O1795334400000"));
}

#[test]
fn openssl_reads_the_fixtures() {
    for segment in [0, 1, 64, 100_000] {
        let file = fixtures::token_file(7, segment);
        assert_eq!(file, fixtures::token_file(7, segment));
        let Some(part) = decrypt(&format!("fixture{segment}"), &file) else { return };
        let json: serde_json::Value = serde_json::from_str(message(&part)).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 5);
    }
}

/// Beside a file made by BouncyCastle, whose output Apple's files match: the same headers, lines and structure.
#[test]
fn the_file_is_built_like_apples() {
    let theirs = include_bytes!("../../fixtures/simulator/bc_aes128.p7m");
    let ours = fixtures::token_file(7, 0);
    let split = |file: &[u8]| {
        let text = String::from_utf8(file.to_vec()).unwrap();
        let (headers, body) = text.split_once("\r\n\r\n").unwrap();
        (headers.to_owned(), body.to_owned())
    };
    let ((their_headers, their_body), (headers, body)) = (split(theirs), split(&ours));
    assert_eq!(headers, their_headers);
    assert!(body.ends_with("\r\n") && their_body.ends_with("\r\n"));
    let lines: Vec<&str> = body.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    assert!(lines[..lines.len() - 1].iter().all(|line| line.len() == 76));

    let outline = |body: &str| {
        use base64::Engine as _;
        let der = base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).unwrap();
        // The tags and lengths up to the recipient: indefinite wherever theirs are.
        (der[..22].to_vec(), der[der.len() - 10..].to_vec())
    };
    assert_eq!(outline(&body).0[..20], outline(&their_body).0[..20]);
    assert_eq!(outline(&body).1, [0; 10]);
    assert_eq!(outline(&their_body).1, [0; 10]);
}

#[test]
fn wrong_uploads_are_named() {
    let mut world = World::builder().build();
    assert_eq!(world.upload_certificate("hello"), Err(PortalError::NotPem));
    assert_eq!(world.upload_certificate(fixtures::PRIVATE_KEY_PEM), Err(PortalError::NotPem));
    let cut = fixtures::CERTIFICATE_PEM.replacen("MIID", "MIIC", 1);
    assert_eq!(world.upload_certificate(&cut), Err(PortalError::NotCertificate));
    let ec = include_str!("../../fixtures/simulator/ec_cert.pem");
    assert_eq!(world.upload_certificate(ec), Err(PortalError::NotRsa));
    assert_eq!(
        world.upload_certificate_for("Nobody's", fixtures::CERTIFICATE_PEM),
        Err(PortalError::NoServer("Nobody's".to_owned()))
    );
    let before = world.server_token_json();
    assert_eq!(world.server_token_file(b"junk", Download::Renew), Err(PortalError::NotCertificate));
    assert_eq!(world.server_token_json(), before);
}

#[test]
fn a_renewal_ends_the_sessions_of_the_old_token() {
    use super::client::Client;
    let mut world = World::builder().seed(7).build();
    world.upload_certificate(fixtures::CERTIFICATE_PEM).unwrap();
    world.download_token().unwrap();
    let client = Client::sign_in(&mut world);
    assert_eq!(client.get(&mut world, "/account").status, 200);
    world.download_token().unwrap();
    client.get(&mut world, "/account").refused(401, "UNAUTHORIZED");
    let fresh = Client::sign_in(&mut world);
    assert_eq!(fresh.get(&mut world, "/account").status, 200);
}
