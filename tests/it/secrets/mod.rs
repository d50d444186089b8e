//! No `Debug` and no `Display` of a public type shows a secret, and every public type has been looked at for it.

use std::fmt::Debug;

use apple_ade::api::oauth::{Credentials, authorization};
use apple_ade::api::{Endpoint, GetAccount, Service, SignIn};
use apple_ade::client::{Client, blocking};
use apple_ade::error::{Error, Refusal};
use apple_ade::secret::{SecretBytes, SecretString};
use apple_ade::session::{Session, Step};
use apple_ade::simulator::{Simulator, World};
use apple_ade::token::{ServerToken, TokenFile, TokenKeyPair};
use apple_ade::{Stamp, pki::key::PrivateKey, transport};

use crate::fixture;

mod device;
mod types;

const MARK: &str = "PLANTED";

#[track_caller]
pub(super) fn quiet(what: &str, value: &impl Debug) {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains(MARK), "the Debug of {what} shows a secret: {text}");
}

fn token_json() -> String {
    format!(
        r#"{{"consumer_key":"CK_{MARK}","consumer_secret":"CS_{MARK}","access_token":"AT_{MARK}","access_secret":"AS_{MARK}","access_token_expiry":"2027-11-22T00:00:00Z"}}"#
    )
}

pub(super) fn stamp() -> Stamp {
    Stamp::new(chrono::DateTime::UNIX_EPOCH, *b"PLANTED nonce 01")
}

#[test]
fn tokens_and_sessions() {
    let [key, secret] = ["CK_PLANTED", "CS_PLANTED"].map(SecretString::new);
    quiet("SecretString", &key);
    quiet("SecretBytes", &SecretBytes::new(MARK));
    quiet("Stamp", &stamp());
    let credentials = Credentials::new(&key, &secret, &key, &secret);
    quiet("Credentials", &credentials);
    let uri = http::Uri::from_static("https://mdmenrollment.apple.com/session");
    quiet("an Authorization header", &authorization("GET", &uri, &credentials, &stamp()));
    let sign_in = SignIn::new(credentials, stamp());
    quiet("SignIn", &sign_in);
    quiet("its request", &sign_in.to_request(&Service::apple()).unwrap());

    let token = ServerToken::from_json(token_json().as_bytes()).unwrap();
    quiet("ServerToken", &token);
    quiet("TokenIdentity", &token.identity());
    quiet("its JSON", &token.to_json());

    let session = Session::new(token, Service::apple());
    let (mut first, mut second) = (session.exchange(GetAccount), session.exchange(GetAccount));
    let step = first.next(&stamp());
    assert!(matches!(step, Step::Send(_)));
    quiet("Step::Send", &step);
    quiet("Exchange", &first);
    let step = second.next(&stamp());
    assert!(matches!(step, Step::Wait(_)));
    quiet("Step::Wait and Waiting", &step);
    first.receive(&http::Response::new(format!(r#"{{"auth_session_token":"{MARK}"}}"#).into_bytes())).unwrap();
    quiet("Session", &session);
    quiet("an exported session", &session.export());
    let step = first.next(&stamp());
    assert!(matches!(step, Step::Send(_)));
    quiet("a signed-in Step::Send", &step);

    let offline = |_: http::Request<Vec<u8>>| Ok(http::Response::new(Vec::new()));
    quiet("blocking::Client", &blocking::Client::with_stamps(session.clone(), offline, stamp));
    let offline = transport::from_fn(|_| async { Ok(http::Response::new(Vec::new())) });
    quiet("Client", &Client::with_stamps(session, offline, stamp));
}

/// An answer that holds a session, but cannot be read.
#[test]
fn broken_sign_ins() {
    let [key, secret] = ["CK_1", "CS_1"].map(SecretString::new);
    let sign_in = SignIn::new(Credentials::new(&key, &secret, &key, &secret), stamp());
    for body in [
        format!(r#"{{"auth_session_token":"{MARK}"#),
        format!(r#"{{"auth_session_token":"{MARK}\n"}}"#),
        format!(r#"{{"auth_session_token":["{MARK}"]}}"#),
        format!(r#"{{"auth_session_tokens":"{MARK}"}}"#),
        format!("<html>{MARK}</html>"),
    ] {
        let error = sign_in.parse_response(&http::Response::new(body.clone().into_bytes())).unwrap_err();
        assert!(matches!(error, Error::Answer(_)), "{body}");
        if !body.starts_with('<') {
            quiet(&body, &error);
            assert!(!error.to_string().contains(MARK), "{error}");
        }
    }
    let refused = http::Response::builder().status(401).header("X-ADM-Auth-Session", MARK).body(Vec::new()).unwrap();
    quiet("Refusal", &Refusal::read("GET /session", &refused));
}

/// A token file's plaintext in every state of disorder.
#[test]
fn broken_tokens() {
    let good = token_json();
    let mut broken: Vec<String> = (0..good.len()).map(|length| good[..length].to_owned()).collect();
    for field in ["consumer_key", "consumer_secret", "access_token", "access_secret"] {
        broken.push(good.replace(&format!("\"{field}\""), "\"other\""));
        broken.push(good.replace(&format!("\"{field}\":"), &format!("\"{field}\":[\"{MARK}\"],\"{field}x\":")));
    }
    broken.push(good.replace("2027-11-22T00:00:00Z", "tomorrow"));
    broken.push(format!("{good}{MARK}"));
    for json in broken {
        let error = ServerToken::from_json(json.as_bytes()).unwrap_err();
        quiet(&json, &error);
        assert!(!error.to_string().contains(MARK), "{json}: {error}");
    }
}

#[test]
fn keys_and_files() {
    let pem = fixture::text("token/key.pem");
    // A line from the middle of the key stands for the key.
    let line = pem.lines().nth(10).unwrap().to_owned();
    let key = PrivateKey::from_pem(&pem).unwrap();
    let certificate = apple_ade::pki::certificate::Certificate::from_pem(&fixture::text("token/cert.pem")).unwrap();
    let file = TokenFile::parse(&fixture::bytes("token/bc_aes128.p7m")).unwrap();
    let texts = [
        format!("{key:?} {key:#?}"),
        format!("{:?} {:?}", key.to_pkcs8_pem().unwrap(), key.to_pkcs1_der()),
        format!("{file:?} {:?} {certificate:?}", file.recipients()),
        format!("{:?}", TokenKeyPair::from_parts(key, certificate).unwrap()),
        format!("{:?}", file.decrypt(&PrivateKey::from_pem(&pem).unwrap()).unwrap()),
        format!("{:?}", PrivateKey::from_pem(&pem.replacen(&line, "", 1)).unwrap_err()),
        PrivateKey::from_pem(&pem.replacen(&line, "", 1)).unwrap_err().to_string(),
    ];
    for text in texts {
        assert!(!text.contains(&line) && !text.contains("CS_34c7") && !text.contains("308204"), "{text}");
    }
}

#[test]
fn the_simulated_service() {
    let simulator = Simulator::new(World::builder().seed(7).devices(3).build());
    let token = simulator.with_world(|world| world.server_token_json());
    let token = ServerToken::from_json(token.as_bytes()).unwrap();
    let stamps = simulator.clone();
    let session = Session::new(token, Service::apple());
    let client = blocking::Client::with_stamps(session.clone(), simulator.clone(), move || stamps.stamp());
    client.account().unwrap();
    let text = simulator.with_world(|world| format!("{world:#?}{:?}", world.calls().collect::<Vec<_>>()));
    let exported = session.export().unwrap();
    let secrets = [
        session.token().consumer_secret().expose_secret(),
        session.token().access_secret().expose_secret(),
        session.token().access_token().expose_secret(),
        exported.expose_secret(),
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "the world shows {secret}");
    }
}

/// A token on its way through onboarding, from a real token file.
#[test]
fn onboarding() {
    use apple_ade::pki::certificate::Certificate;
    use apple_ade::program::onboarding::{Consent, Onboarding};
    use apple_ade::simulator::fixtures;

    let now = "2026-11-22T08:00:00Z".parse().unwrap();
    let certificate = Certificate::from_pem(fixtures::CERTIFICATE_PEM).unwrap();
    let consent = Consent { by: "admin".into(), at: now };
    let key = PrivateKey::from_pem(fixtures::PRIVATE_KEY_PEM).unwrap();
    let pending = Onboarding::begin().agree(consent).issue(certificate);
    let open = || pending.open(&fixtures::token_file(7, 0), &key, &[]).unwrap();
    let received = || open().made_by("it@example.org".parse().unwrap());
    let account = account();
    let checked = received().check(&account, now).unwrap();
    let texts = [format!("{:?}", open()), format!("{:?}", received()), format!("{checked:?}")];
    let (_, token, _) = checked.activate();
    for secret in [token.consumer_key(), token.consumer_secret(), token.access_token(), token.access_secret()] {
        for text in &texts {
            assert!(!text.contains(secret.expose_secret()), "{text}");
        }
    }
}

fn account() -> apple_ade::api::AccountDetail {
    let json: apple_ade::json::RawJson = r#"{"server_name":"Campus"}"#.parse().unwrap();
    json.read().unwrap()
}
