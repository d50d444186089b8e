//! `GetToken`: what devices ask, the tokens that answer, verified by openssl and by arithmetic in Python.

use std::io::Write;
use std::process::{Command, Stdio};

use apple_ade::Stamp;
use apple_ade::maid::{GetToken, GetTokenError, MaidToken, MaidTokenError, TokenResponse, TokenServiceType};
use apple_ade::pki::key::{KeyError, SignKey};
use apple_ade::property_list::PropertyListError;
use apple_ade::secret::SecretBytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use crate::fixture;
use crate::token_file::key;

const SERVER: &str = "4B45D7C8-1A3E-4E8E-9F1B-0A2C6A1C9D11";

fn stamp(nonce: [u8; 16]) -> Stamp {
    Stamp::new("2026-11-22T08:00:00.999Z".parse().unwrap(), nonce)
}

fn read(name: &str) -> Result<GetToken, GetTokenError> {
    GetToken::read(&fixture::bytes(&format!("maid/{name}")))
}

/// Header, claims and signature.
fn parts(token: &str) -> Vec<Vec<u8>> {
    assert!(token.split('.').count() == 3 && !token.contains(['=', '+', '/']), "{token}");
    token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect()
}

#[test]
fn the_claims_are_apples() {
    let token = MaidToken::sign(&format!(" {SERVER}\n"), &key(), &stamp(*b"sixteen bytes 01")).unwrap();
    let parts = parts(token.expose_secret());
    assert_eq!(String::from_utf8(parts[0].clone()).unwrap(), r#"{"alg":"RS256","typ":"JWT"}"#);
    let claims: serde_json::Value = serde_json::from_slice(&parts[1]).unwrap();
    assert_eq!(
        claims,
        serde_json::json!({
            "iss": SERVER,
            "iat": 1_795_334_400,
            "jti": "73697874-6565-4e20-a279-746573203031",
            "service_type": "com.apple.maid",
        })
    );
    assert_eq!(token.jti(), claims["jti"]);
    assert_eq!(parts[2].len(), 256);
    assert!(!format!("{token:?}").contains("eyJ"));
    assert!(!format!("{:?}", TokenResponse::from(token)).contains("eyJ"));
}

#[test]
fn openssl_verifies_the_signature() {
    let token = MaidToken::sign(SERVER, &key(), &stamp([7; 16])).unwrap();
    let (message, _) = token.expose_secret().rsplit_once('.').unwrap();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let [signature, public] = ["maid.sig", "maid.pub.pem"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    std::fs::write(&signature, &parts(token.expose_secret())[2]).unwrap();
    let certificate = fixture::path("token/cert.pem");
    let Some(key) = fixture::openssl(&["x509", "-in", certificate.to_str().unwrap(), "-noout", "-pubkey"], b"") else {
        return;
    };
    std::fs::write(&public, key).unwrap();
    let verify = ["dgst", "-sha256", "-verify", &public, "-signature", &signature];
    assert_eq!(fixture::openssl(&verify, message.as_bytes()).unwrap(), b"Verified OK\n");
}

#[test]
fn python_reads_and_verifies_the_token() {
    let certificate = fixture::path("token/cert.pem");
    let modulus = fixture::openssl(&["x509", "-in", certificate.to_str().unwrap(), "-noout", "-modulus"], b"");
    let Some(modulus) = modulus.map(|line| String::from_utf8(line).unwrap()) else { return };
    let modulus = modulus.trim().strip_prefix("Modulus=").unwrap();
    let token = MaidToken::sign(SERVER, &key(), &stamp([0xA5; 16])).unwrap();
    let python = |token: &str| {
        let mut command = Command::new("python3");
        command.arg(fixture::path("maid/verify.py")).arg(modulus);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().ok()?;
        child.stdin.take()?.write_all(token.as_bytes()).ok()?;
        child.wait_with_output().ok()
    };
    let Some(output) = python(token.expose_secret()) else {
        println!("skipped: python3 is not there");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&read["header"]["alg"], &read["claims"]["iss"]), (&"RS256".into(), &SERVER.into()));
    let forged = token.expose_secret().replacen("eyJpc3Mi", "eyJpc3Mj", 1);
    assert!(!python(&forged).unwrap().status.success());
}

/// A key that cannot be asked.
struct Asleep;

impl SignKey for Asleep {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::External("it is asleep".into()))
    }
}

#[test]
fn a_server_has_an_id() {
    for odd in [
        "",
        " ",
        "-",
        "abc",
        "hello",
        "4B45 D7C8",
        r#"","iss":"x"#,
        &"A".repeat(65),
        &SERVER[1..],
        &SERVER.replace('D', "G"),
        &SERVER.replace('-', "")[1..],
        &SERVER.replacen('-', "", 1),
        "4B45D7C81-A3E-4E8E-9F1B-0A2C6A1C9D11",
        "4B45D7C8-1A3E-4E8E-9F1B-0A2C6A1C9D11-",
        "{4B45D7C8-1A3E-4E8E-9F1B-0A2C6A1C9D11}",
    ] {
        let error = MaidToken::sign(odd, &key(), &stamp([7; 16])).unwrap_err();
        assert!(matches!(error, MaidTokenError::ServerUuid { .. }) && error.to_string().len() < 200, "{error}");
    }
    // Apple's real answer of 2018 has no dashes, its documentation has them. Each stands in the token as it came.
    let account: serde_json::Value = serde_json::from_slice(&fixture::bytes("micromdm/account_2018.json")).unwrap();
    for id in [SERVER, &SERVER.to_lowercase(), account["server_uuid"].as_str().unwrap()] {
        let token = MaidToken::sign(id, &key(), &stamp([7; 16])).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&parts(token.expose_secret())[1]).unwrap();
        assert_eq!(claims["iss"], id);
    }
    let error = MaidToken::sign(SERVER, &Asleep, &stamp([7; 16])).unwrap_err();
    assert_eq!(error.to_string(), "the key could not be used: it is asleep");
}

#[test]
fn messages_are_read() {
    let maid = read("maid.plist").unwrap();
    assert_eq!((maid.service(), maid.udid()), (&TokenServiceType::Maid, Some("00008020-000123456789002E")));
    assert!(maid.enrollment_id().is_none() && maid.user_id().is_none() && maid.watch_pairing().is_none());

    let user = read("maid_user.plist").unwrap();
    assert_eq!(user.udid(), None);
    assert_eq!(user.enrollment_id(), Some("0d4c6a9a-4f6d-4c2b-a0b2-5d1f5a1c9e01"));
    assert_eq!(user.user_id(), Some("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"));
    assert_eq!(user.enrollment_user_id(), Some("7c1f0b62-9e0d-4b1e-8a7e-1f2f3a4b5c6d"));
    assert!(user.rest().get("NewIn2030").is_some());

    let watch = read("watch.plist").unwrap();
    assert_eq!(watch.service(), &TokenServiceType::WatchPairing);
    assert!(!format!("{watch:?}").contains("PLANTED") && watch.rest().get("TokenParameters").is_none());
    let pairing = watch.watch_pairing().unwrap();
    assert_eq!(pairing.phone_udid, "00008020-000123456789002E");
    assert_eq!(pairing.security_token.expose_secret(), "PLANTED-5d1f5a1c9e01");
    assert_eq!(pairing.watch_udid, "00008301-000123456789002E");
}

#[test]
fn an_unknown_service_is_answered_by_400() {
    let text = fixture::text("maid/maid.plist").replace("com.apple.maid", "com.apple.tea");
    let asked = GetToken::read(text.as_bytes()).unwrap();
    assert_eq!(asked.service(), &TokenServiceType::Other("com.apple.tea".into()));
    assert_eq!(asked.service().as_str(), "com.apple.tea");
    let refusal = GetToken::refusal();
    assert_eq!((refusal.status().as_u16(), refusal.body().len()), (400, 0));
}

#[test]
fn what_is_no_message_is_told() {
    use GetTokenError::{Missing, NotADictionary, OtherMessage, PropertyList, TooDeep, TooLong, TooMany};

    let maid = fixture::text("maid/maid.plist");
    let watch = fixture::text("maid/watch.plist");
    let without = |text: &str, key: &str| text.replace(&format!("<key>{key}</key>"), "<key>Other</key>");
    for (text, error) in [
        (String::new(), PropertyList(PropertyListError::Empty)),
        ("{}".into(), PropertyList(PropertyListError::NotAPropertyList)),
        ("<plist><array/></plist>".into(), NotADictionary),
        (maid.replace("GetToken", "Authenticate"), OtherMessage { found: "Authenticate".into() }),
        (maid.replace("GetToken", &"x".repeat(1000)), OtherMessage { found: "x".repeat(40) }),
        (without(&maid, "MessageType"), Missing { key: "MessageType" }),
        (without(&maid, "TokenServiceType"), Missing { key: "TokenServiceType" }),
        (maid.replace("<string>com.apple.maid</string>", "<true/>"), Missing { key: "TokenServiceType" }),
        (without(&watch, "TokenParameters"), Missing { key: "TokenParameters" }),
        (without(&watch, "SecurityToken"), Missing { key: "TokenParameters.SecurityToken" }),
        (without(&watch, "PhoneUDID"), Missing { key: "TokenParameters.PhoneUDID" }),
        (watch.replace("00008301-000123456789002E", ""), Missing { key: "TokenParameters.WatchUDID" }),
        (maid.clone() + &" ".repeat(GetToken::MAX_SIZE), TooLong { found: maid.len() + GetToken::MAX_SIZE }),
    ] {
        assert_eq!(GetToken::read(text.as_bytes()).unwrap_err(), error, "{text:.300}");
    }
    let cut = GetToken::read(maid.replace("</dict>", "").as_bytes()).unwrap_err();
    assert!(matches!(cut, PropertyList(PropertyListError::Syntax { .. })), "{cut}");
    let many =
        maid.replace("<dict>", &format!("<dict><key>A</key><array>{}</array>", "<true/>".repeat(GetToken::MAX_VALUES)));
    assert_eq!(GetToken::read(many.as_bytes()).unwrap_err(), TooMany);
    let nested = |levels: usize| {
        let (open, close) = ("<array>".repeat(levels), "</array>".repeat(levels));
        maid.replace("<dict>", &format!("<dict><key>A</key>{open}{close}"))
    };
    assert!(GetToken::read(nested(GetToken::MAX_DEPTH - 1).as_bytes()).is_ok());
    assert_eq!(GetToken::read(nested(GetToken::MAX_DEPTH).as_bytes()).unwrap_err(), TooDeep);
    assert_eq!(GetToken::read(nested(1000).as_bytes()).unwrap_err(), TooDeep);
}

/// What readers of XML pass over, and what depends on the reader.
#[test]
fn nothing_of_a_message_is_lost() {
    let message = fixture::text("maid/maid.plist");
    let udid = "00008020-000123456789002E";
    for odd in ["0000&foo;8020", "0000<![CDATA[B]]>8020", "0000<![cdata[B]]>8020"] {
        let error = GetToken::read(message.replace(udid, odd).as_bytes()).unwrap_err();
        let GetTokenError::PropertyList(error) = error else { panic!("{error}") };
        assert!(matches!(error, PropertyListError::Entity { .. } | PropertyListError::Cdata { .. }), "{error}");
    }
    let twice = message.replace("</dict>", "<key>UDID</key><string>00008020-0</string></dict>");
    let twice = GetToken::read(twice.as_bytes()).unwrap_err();
    assert_eq!(twice, GetTokenError::PropertyList(PropertyListError::Twice { key: "UDID".into() }));
}

#[test]
fn the_binary_form_says_the_same() {
    let value = plist::Value::from_reader_xml(&*fixture::bytes("maid/watch.plist")).unwrap();
    let mut binary = Vec::new();
    value.to_writer_binary(&mut binary).unwrap();
    let read = GetToken::read(&binary).unwrap();
    assert_eq!(read.watch_pairing().unwrap().watch_udid, "00008301-000123456789002E");
}

#[test]
fn the_answer_is_a_property_list_with_data() {
    let token = MaidToken::sign(SERVER, &key(), &stamp([7; 16])).unwrap();
    let text = token.expose_secret().to_owned();
    let response = TokenResponse::from(token).to_http();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"application/xml".parse().unwrap())
    );
    let answer = plist::Value::from_reader_xml(&**response.body()).unwrap().into_dictionary().unwrap();
    assert_eq!(answer.len(), 1);
    assert_eq!(answer.get("TokenData").and_then(plist::Value::as_data), Some(text.as_bytes()));

    // To the byte, as plutil writes it too.
    let short = TokenResponse::new(SecretBytes::new(*b"a token"));
    assert_eq!(
        std::str::from_utf8(short.to_plist().expose_secret()).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\t<key>TokenData</key>\n\
         \t<data>\n\tYSB0b2tlbg==\n\t</data>\n</dict>\n</plist>"
    );
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_are_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(GetToken::read(&bytes));
    }

    #[test]
    fn any_change_of_a_message_is_read_or_is_not(at in 0..520_usize, byte: u8) {
        let mut message = fixture::bytes("maid/watch.plist");
        let at = at % message.len();
        message[at] = byte;
        if let Ok(read) = GetToken::read(&message) {
            prop_assert_eq!(read.watch_pairing().is_some(), *read.service() == TokenServiceType::WatchPairing);
        }
    }

    #[test]
    fn each_stamp_has_a_name_of_its_own(first: [u8; 16], second: [u8; 16]) {
        struct Any;
        impl SignKey for Any {
            fn sign(&self, _: &[u8]) -> Result<Vec<u8>, KeyError> {
                Ok(Vec::new())
            }
        }
        let [a, b] = [first, second].map(|nonce| MaidToken::sign(SERVER, &Any, &stamp(nonce)).unwrap());
        prop_assert_eq!(a.jti().len(), 36);
        // All but the six bits of version and variant.
        let fixed = |mut nonce: [u8; 16]| {
            nonce[6] &= 0x0F;
            nonce[8] &= 0x3F;
            nonce
        };
        prop_assert_eq!(a.jti() == b.jti(), fixed(first) == fixed(second));
    }
}
