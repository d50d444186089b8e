//! Sign-in before the profile: the web view with its session and nonces, and account-driven enrollment.

use apple_ade::Stamp;
use apple_ade::enrollment::{
    BearerChallenge, BoundNonce, Caller, ChallengeError, DiscoveryRequest, NonceError, WebView, WebViewHost,
    WebViewSession, access_token, login_done,
};
use apple_ade::secret::{SecretBytes, SecretString};
use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn stamp(time: &str) -> Stamp {
    Stamp::new(at(time), *b"sixteen bytes 01")
}

fn caller(serial: &str) -> Caller {
    let mut caller = Caller::new("iPad13,1", "21E230");
    (caller.serial, caller.udid) = (Some(serial.into()), Some("00008101-1".into()));
    caller
}

#[test]
fn a_web_view_has_one_device_and_one_hour() {
    let began = WebView::on_request(None, Some(caller("A1")), &stamp("2026-11-22T08:00:00Z"));
    let WebView::Began(session) = began else { panic!("{began:?}") };
    assert_eq!((session.caller(), session.began_at()), (&caller("A1"), at("2026-11-22T08:00:00Z")));
    // Stored and read again.
    let json = serde_json::to_string(&session).unwrap();
    let session: WebViewSession = serde_json::from_str(&json).unwrap();
    let on = |header, time| WebView::on_request(Some(session.clone()), header, &stamp(time));
    assert_eq!(on(None, "2026-11-22T08:59:59Z"), WebView::Goes(session.clone()));
    assert_eq!(on(None, "2026-11-22T09:00:00Z"), WebView::Expired);
    assert_eq!(on(None, "2026-11-22T06:59:59Z"), WebView::Expired);
    assert_eq!(on(Some(caller("A2")), "2026-11-22T08:01:00Z"), WebView::OtherDevice(caller("A2")));
    let again = on(Some(caller("A1")), "2026-11-22T12:00:00Z");
    assert!(matches!(again, WebView::Began(session) if session.began_at() == at("2026-11-22T12:00:00Z")));
    assert_eq!(WebView::on_request(None, None, &stamp("2026-11-22T08:00:00Z")), WebView::NoDevice);
    let newer: WebViewSession = serde_json::from_str(&json.replace("\"version\":1", "\"version\":2")).unwrap();
    assert_eq!(WebView::on_request(Some(newer), None, &stamp("2026-11-22T08:00:00Z")), WebView::Expired);
}

/// A session or a nonce that is bound to no name would be any device's.
#[test]
fn a_device_without_a_name_has_no_session_and_no_nonce() {
    let stamp = stamp("2026-11-22T08:00:00Z");
    let WebView::Began(session) = WebView::on_request(None, Some(caller("A1")), &stamp) else { panic!("it begins") };
    let mut empty = Caller::new("iPad14,3", "21F90");
    (empty.serial, empty.udid) = (Some(String::new()), None);
    for nameless in [Caller::new("iPhone15,2", "21E230"), Caller::default(), empty] {
        assert_eq!(WebView::on_request(None, Some(nameless.clone()), &stamp), WebView::Unidentified);
        assert_eq!(WebView::on_request(Some(session.clone()), Some(nameless.clone()), &stamp), WebView::Unidentified);
        assert_eq!(nonces().issue(&nameless, &stamp), Err(NonceError::Unidentified));
        let nonce = issued("A1", &stamp);
        assert_eq!(nonces().verify(&nonce, &nameless, stamp.now()), Err(NonceError::Unidentified));
    }
    // One of the two names will do.
    let mut half = Caller::new("Mac14,2", "25A354");
    half.udid = Some("00008101-1".into());
    assert!(matches!(WebView::on_request(None, Some(half.clone()), &stamp), WebView::Began(_)));
    assert!(nonces().issue(&half, &stamp).is_ok());
}

fn issued(serial: &str, stamp: &Stamp) -> String {
    nonces().issue(&caller(serial), stamp).unwrap()
}

#[test]
fn hosts_are_compared_by_both_rules() {
    let page = "https://login.mdm.example.com/sign-in";
    for (profile, expected) in [
        ("https://login.mdm.example.com/profile?a=b", WebViewHost::Same),
        ("https://login.mdm.example.com./profile", WebViewHost::Same),
        ("https://files.example.com/", WebViewHost::SameDomain),
        ("https://example.com/", WebViewHost::SameDomain),
        ("https://example.com.evil.net/", WebViewHost::Other),
        ("https://login.mdm.example.com@evil.net/", WebViewHost::Other),
        ("http://login.mdm.example.com/", WebViewHost::Other),
        ("/profile", WebViewHost::Other),
        ("https://192.0.2.1/", WebViewHost::Other),
    ] {
        assert_eq!(WebViewHost::of(page, profile), expected, "{profile}");
    }
    assert_eq!(WebViewHost::of("https://192.0.2.1/", "https://192.0.2.1:8443/"), WebViewHost::Same);
    assert_eq!(WebViewHost::of("https://192.0.2.1/", "https://192.1.2.1/"), WebViewHost::Other);
}

fn nonces() -> BoundNonce {
    BoundNonce::new(SecretBytes::new(*b"thirty-two bytes of good secrecy")).unwrap()
}

/// The nonce by openssl: HMAC-SHA256 over what the documentation says.
#[test]
fn a_nonce_is_an_hmac_that_openssl_makes_too() {
    use base64::Engine as _;

    let nonce = issued("A1", &stamp("2026-11-22T08:00:00Z"));
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&nonce).unwrap();
    assert_eq!(bytes.len(), 56);
    let mut input = b"apple-ade web view nonce 1\0".to_vec();
    input.extend(b"\0\0\0\0\0\0\0\x02A1\0\0\0\0\0\0\0\x0a00008101-1");
    input.extend(1_795_334_400_i64.to_be_bytes());
    input.extend(b"sixteen bytes 01");
    assert_eq!(bytes[..24], input[input.len() - 24..]);
    // The secret in hexadecimal, by xxd.
    let key = "hexkey:7468697274792d74776f206279746573206f6620676f6f642073656372656379";
    let arguments = ["dgst", "-sha256", "-mac", "HMAC", "-macopt", key, "-binary"];
    if let Some(tag) = crate::fixture::openssl(&arguments, &input) {
        assert_eq!(bytes[24..], tag);
    }
}

#[test]
fn a_nonce_is_of_one_device_and_one_hour() {
    let nonces = nonces();
    let issued = stamp("2026-11-22T08:00:00Z");
    let nonce = nonces.issue(&caller("A1"), &issued).unwrap();
    let id = nonces.verify(&nonce, &caller("A1"), at("2026-11-22T08:59:59Z")).unwrap();
    assert_eq!(nonces.verify(&nonce, &caller("A1"), at("2026-11-22T08:00:01Z")), Ok(id), "one name, to be used once");
    for (nonce, serial, now, expected) in [
        (nonce.as_str(), "A1", "2026-11-22T09:00:00Z", NonceError::Expired),
        (&nonce, "A1", "2026-11-22T07:58:59Z", NonceError::NotYet),
        (&nonce, "A2", "2026-11-22T08:00:01Z", NonceError::NotIssued),
        // Whose it is counts first.
        (&nonce, "A2", "2026-11-23T08:00:01Z", NonceError::NotIssued),
        ("", "A1", "2026-11-22T08:00:01Z", NonceError::Malformed),
        ("!", "A1", "2026-11-22T08:00:01Z", NonceError::Malformed),
        ("AAAA", "A1", "2026-11-22T08:00:01Z", NonceError::Malformed),
        (&nonce[..32], "A1", "2026-11-22T08:00:01Z", NonceError::NotIssued),
    ] {
        assert_eq!(nonces.verify(nonce, &caller(serial), at(now)), Err(expected), "{nonce} {serial} {now}");
    }
    let other = BoundNonce::new(SecretBytes::new(*b"thirty-two bytes of bad  secrecy")).unwrap();
    assert_eq!(other.verify(&nonce, &caller("A1"), at("2026-11-22T08:00:01Z")), Err(NonceError::NotIssued));
    assert!(BoundNonce::new(SecretBytes::new([0; 31])).is_none());
    let short = self::nonces().lifetime(TimeDelta::minutes(5));
    assert_eq!(short.verify(&nonce, &caller("A1"), at("2026-11-22T08:05:00Z")), Err(NonceError::Expired));
    let mut same_serial = caller("A1");
    same_serial.udid = Some("00008101-2".into());
    assert_eq!(nonces.verify(&nonce, &same_serial, at("2026-11-22T08:00:01Z")), Err(NonceError::NotIssued));
    // Names do not run into each other.
    let mut split = caller("A10");
    split.udid = Some("0008101-1".into());
    assert_eq!(nonces.verify(&nonce, &split, at("2026-11-22T08:00:01Z")), Err(NonceError::NotIssued));
}

#[test]
fn a_challenge_is_built_and_read() {
    let web = BearerChallenge::web("https://mdm.example.com/login?a=b").unwrap();
    let header = web.respond().headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert_eq!(header, r#"Bearer method="apple-as-web", url="https://mdm.example.com/login?a=b""#);
    assert_eq!((web.method(), web.parameter("url")), ("apple-as-web", Some("https://mdm.example.com/login?a=b")));
    assert_eq!(BearerChallenge::from_header(&header), Ok(web));
    for odd in ["https://x.example.com/\", error=\"y", "https://x.example.com/\r\nSet-Cookie: a=b"] {
        assert!(BearerChallenge::web(odd).is_err(), "{odd:?}");
    }

    let redirect = "apple-remotemanagement-user-login:/oauth2/redirection";
    let oauth2 = |redirect: &str, scope: &str| {
        BearerChallenge::oauth2(
            "https://idp.example.com/authorize",
            "https://idp.example.com/token",
            redirect,
            "c1",
            scope,
        )
    };
    let challenge = oauth2(redirect, "MDM").unwrap();
    assert_eq!((challenge.method(), challenge.parameter("client-id")), ("apple-oauth2", Some("c1")));
    assert_eq!(challenge.parameter("url"), None);
    let expected = concat!(
        r#"Bearer method="apple-oauth2", authorization-url="https://idp.example.com/authorize", "#,
        r#"token-url="https://idp.example.com/token", "#,
        r#"redirect-url="apple-remotemanagement-user-login:/oauth2/redirection", client-id="c1", scope="MDM""#
    );
    assert_eq!(challenge.to_string(), expected);
    assert_eq!(BearerChallenge::from_header(expected), Ok(challenge));

    for odd in [
        "https://idp.example.com/",
        "apple-remotemanagement-user-login:",
        "apple-remotemanagement-user-login://oauth2/redirection",
        "apple-remotemanagement-user-loginx:/a",
        "",
    ] {
        assert_eq!(oauth2(odd, "MDM"), Err(ChallengeError::Redirect), "{odd}");
    }
    for odd in ["", "a\"b", "a\\b", " a", "é", "a\r\nSet-Cookie: b"] {
        assert_eq!(oauth2(redirect, odd), Err(ChallengeError::Character { key: "scope" }), "{odd:?}");
    }
    assert!(matches!(BearerChallenge::web("http://mdm.example.com/"), Err(ChallengeError::Https(_))));
    for odd in [
        "",
        "Bearer",
        "Basic realm=\"a\"",
        "Bearer method=\"apple-new\"",
        "Bearer method=\"apple-as-web\"",
        "Bearer method=\"apple",
    ] {
        assert_eq!(BearerChallenge::from_header(odd), Err(ChallengeError::Unreadable), "{odd}");
    }
}

#[test]
fn a_token_goes_to_the_device_and_comes_back() {
    let response = login_done(&SecretString::new("a b&c=\u{e9}/"));
    assert_eq!(response.status(), 308);
    let location = "apple-remotemanagement-user-login://authentication-results?access-token=a%20b%26c%3D%C3%A9%2F";
    assert_eq!(response.headers()["location"], location);
    assert!(!format!("{response:?}").contains("a%20b"), "it is a secret");

    let token = |value: &str| {
        let headers: HeaderMap = [(http::header::AUTHORIZATION, value.parse().unwrap())].into_iter().collect();
        access_token(&headers).map(|token| token.expose_secret().to_owned())
    };
    assert_eq!(token("Bearer dXNlcm9hdXRo.1+2=").as_deref(), Some("dXNlcm9hdXRo.1+2="));
    assert_eq!(token("bearer  x ").as_deref(), Some("x"));
    for odd in ["Bearer", "Bearer ", "Basic eA==", "x"] {
        assert_eq!(token(odd), None, "{odd}");
    }
    assert!(access_token(&HeaderMap::new()).is_none());
}

#[test]
fn a_question_for_the_server_is_read() {
    let read = |text: &str| DiscoveryRequest::from_uri(&text.parse().unwrap());
    let well_known = "https://example.com/.well-known/com.apple.remotemanagement";
    let request =
        read(&format!("{well_known}?user-identifier=ada%2Blab%40example.com&model-family=RealityDevice&x=y")).unwrap();
    assert_eq!(request.user_identifier.as_deref(), Some("ada+lab@example.com"));
    assert_eq!(request.platform(), Some(apple_ade::os::Platform::VisionOs));
    let none = read(well_known).unwrap();
    assert_eq!((none.user_identifier.as_deref(), none.platform()), (None, None));
    assert_eq!(read("https://example.com/MDMServiceConfig"), None);
    let odd = read(&format!("{well_known}?user-identifier=%zz%4&model-family=Toaster")).unwrap();
    assert_eq!((odd.user_identifier.as_deref(), odd.platform()), (Some("%zz%4"), None));
}

proptest! {
    #[test]
    fn a_changed_nonce_does_not_count(place in 0..74_usize, letter in "[A-Za-z0-9_-]") {
        let (nonces, stamp) = (nonces(), stamp("2026-11-22T08:00:00Z"));
        let nonce = nonces.issue(&caller("A1"), &stamp).unwrap();
        let changed = format!("{}{letter}{}", &nonce[..place], &nonce[place + 1..]);
        let verified = nonces.verify(&changed, &caller("A1"), stamp.now());
        prop_assert_eq!(verified.is_ok(), changed == nonce);
    }

    #[test]
    fn nothing_panics(nonce in ".{0,90}", header in ".{0,90}") {
        let _ = nonces().verify(&nonce, &caller("A1"), at("2026-11-22T08:00:00Z"));
        let _ = BearerChallenge::from_header(&format!("Bearer {header}"));
    }
}
