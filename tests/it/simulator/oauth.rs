//! Sign-in: the signature and everything around it.

use apple_ade::simulator::{ReplacedToken, World};
use chrono::TimeDelta;
use http::Request;
use serde_json::Value;

use super::client::{BASE, Signer, send, send_header};

const BAD: &str = "oauth_problem_adviceBad Request";
const NO: &str = "oauth_problem_adviceUnauthorized";

fn world() -> World {
    World::builder().seed(7).devices(1).build()
}

/// The header was made by `sign.py`; see the README beside it.
#[test]
fn a_signature_made_by_python_is_accepted() {
    let mut world = world();
    let token = include_str!("../../fixtures/simulator/token_seed_7.json").trim();
    assert_eq!(world.server_token_json(), token, "the seed's token has changed: make the fixtures again");
    let header = include_str!("../../fixtures/simulator/authorization.txt").trim();
    let answer = send_header(&mut world, header);
    assert!(!answer.json()["auth_session_token"].as_str().unwrap().is_empty());

    // One digit less in the signature.
    let mut forged = super::oauth::world();
    let (start, end) = header.split_once("oauth_signature=\"").unwrap();
    let other = if end.starts_with('A') { "B" } else { "A" };
    send_header(&mut forged, &format!("{start}oauth_signature=\"{other}{}", &end[1..])).refused(401, NO);
}

#[test]
fn our_own_signer_agrees_and_realm_and_version_are_optional() {
    let mut world = world();
    assert_eq!(Signer::new(&world, "n1").send(&mut world).status, 200);
    assert_eq!(Signer::new(&world, "n2").without("oauth_version").send(&mut world).status, 200);
    let header = Signer::new(&world, "n3").header().replace("realm=\"ADM\", ", "");
    assert_eq!(send_header(&mut world, &header).status, 200);
}

#[test]
fn malformed_parameters_are_400() {
    let mut world = world();
    let good = Signer::new(&world, "n").header();
    for name in ["oauth_consumer_key", "oauth_token", "oauth_signature_method", "oauth_timestamp", "oauth_nonce"] {
        Signer::new(&world, "n").without(name).send(&mut world).refused(400, BAD);
        Signer::new(&world, "n").set(name, "").send(&mut world).refused(400, BAD);
        let parts: Vec<&str> = good.split(", ").collect();
        let twice = parts.iter().find(|part| part.starts_with(name)).unwrap();
        send_header(&mut world, &format!("{good}, {twice}")).refused(400, BAD);
    }
    Signer::new(&world, "n").set("oauth_signature_method", "PLAINTEXT").send(&mut world).refused(400, BAD);
    Signer::new(&world, "n").set("oauth_version", "2.0").send(&mut world).refused(400, BAD);
    Signer::new(&world, "n").set("oauth_timestamp", "-5").send(&mut world).refused(400, BAD);
    Signer::new(&world, "n").set("oauth_timestamp", "soon").send(&mut world).refused(400, BAD);
    let mut odd = Signer::new(&world, "n");
    odd.parameters.push(("oauth_callback".to_owned(), "oob".to_owned()));
    odd.send(&mut world).refused(400, BAD);
    send_header(&mut world, &good.replace("OAuth realm", "Bearer realm")).refused(400, BAD);
    send_header(&mut world, &good.replace('"', "")).refused(400, BAD);
    send_header(&mut world, &good.replace("oauth_nonce=\"n\"", "oauth_nonce=\"%zz\"")).refused(400, BAD);

    let session = || Request::get(format!("{BASE}/session")).header("User-Agent", "test/1");
    send(&mut world, &session().body(Vec::new()).unwrap()).refused(400, BAD);
    let two = session().header("Authorization", &good).header("Authorization", &good);
    send(&mut world, &two.body(Vec::new()).unwrap()).refused(400, BAD);
    // Nothing of this used the nonce up.
    assert_eq!(send_header(&mut world, &good).status, 200);
}

#[test]
fn wrong_keys_signatures_and_uris_are_401() {
    let mut world = world();
    Signer::new(&world, "n").set("oauth_consumer_key", "CK_other").send(&mut world).refused(401, NO);
    Signer::new(&world, "n").set("oauth_token", "AT_other").send(&mut world).refused(401, NO);
    for secret in ["consumer_secret", "access_secret"] {
        let mut signer = Signer::new(&world, "n");
        signer.token[secret] = Value::from("wrong");
        signer.send(&mut world).refused(401, NO);
    }
    for uri in [
        "https://mdmenrollment.apple.com/session/",
        "http://mdmenrollment.apple.com/session",
        "https://apple.com/session",
    ] {
        let mut signer = Signer::new(&world, "n");
        uri.clone_into(&mut signer.signed_uri);
        signer.send(&mut world).refused(401, NO);
    }
}

#[test]
fn the_signed_uri_is_the_one_the_request_was_sent_to() {
    let mut world = world();
    let cases = [
        ("https://MDMenrollment.apple.com:443/session", None, "https://mdmenrollment.apple.com/session"),
        ("http://127.0.0.1:8080/session", None, "http://127.0.0.1:8080/session"),
        ("/session", Some("LOCALHOST:8080"), "http://localhost:8080/session"),
        ("/session", Some("localhost:80"), "http://localhost/session"),
    ];
    for (number, (target, host, signed)) in cases.into_iter().enumerate() {
        let mut signer = Signer::new(&world, &format!("uri{number}"));
        signed.clone_into(&mut signer.signed_uri);
        let mut request = Request::get(target).header("User-Agent", "test/1").header("Authorization", signer.header());
        if let Some(host) = host {
            request = request.header("Host", host);
        }
        assert_eq!(send(&mut world, &request.body(Vec::new()).unwrap()).status, 200, "{target} {host:?}");
    }
}

#[test]
fn timestamps_have_a_window_and_nonces_are_used_once() {
    let mut world = world();
    let now = world.now();
    for (seconds, fits) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let at = now + TimeDelta::seconds(seconds);
        let answer = Signer::with(&world.server_token_json(), at, "n").send(&mut world);
        assert_eq!(answer.status == 200, fits, "{seconds}");
    }
    let signer = Signer::new(&world, "again");
    assert_eq!(signer.send(&mut world).status, 200);
    signer.send(&mut world).refused(401, NO);
    // The same nonce at another second is another nonce.
    world.advance(TimeDelta::seconds(1));
    assert_eq!(Signer::new(&world, "again").send(&mut world).status, 200);
    // A sign-in that is replayed later fails by its time.
    world.advance(TimeDelta::seconds(600));
    signer.send(&mut world).refused(401, NO);
}

#[test]
fn expired_and_replaced_tokens_are_told_apart() {
    use apple_ade::simulator::{Download, fixtures::CERTIFICATE_DER};
    let mut world = world();
    let old = world.server_token_json();
    world.server_token_file(CERTIFICATE_DER, Download::Renew).unwrap();
    assert_eq!(world.server_token_json(), old, "the first download replaces nothing");
    world.server_token_file(CERTIFICATE_DER, Download::Same).unwrap();
    assert_eq!(world.server_token_json(), old, "nor does the same once more");
    world.server_token_file(CERTIFICATE_DER, Download::Renew).unwrap();
    assert_ne!(world.server_token_json(), old, "TOK-18");

    let attempt = Signer::with(&old, world.now(), "n");
    attempt.send(&mut world).refused(401, "token_rejected");
    world.settings_mut().replaced_token = ReplacedToken::RejectedForbidden;
    attempt.send(&mut world).refused(403, "token_rejected");
    world.settings_mut().replaced_token = ReplacedToken::SignatureInvalid;
    attempt.send(&mut world).refused(401, "signature_invalid");
    assert_eq!(Signer::new(&world, "n").send(&mut world).status, 200);

    let expiry = world.servers().next().unwrap().token_expiry();
    world.set_now(expiry - TimeDelta::seconds(1));
    assert_eq!(Signer::new(&world, "n").send(&mut world).status, 200);
    world.set_now(expiry);
    Signer::new(&world, "n").send(&mut world).refused(403, "token_expiredForbidden");
}
