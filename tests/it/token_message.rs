//! What is inside a token file, in every form; and what is wrong with it, by name.

use apple_ade::token::{ExpiryStatus, ServerToken, TokenError, TokenExpiry, TokenIdentity};
use base64::Engine;
use chrono::{DateTime, TimeDelta, Utc};

use crate::fixture;
use crate::token_file::{certificate, key_pair};

fn json() -> String {
    fixture::text("token/token.json")
}

/// The JSON in every form that may be inside.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let json = json();
    let folded: Vec<&str> = json.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let (lf, crlf) = (folded.join("\n"), folded.join("\r\n"));
    let lines = format!("-----BEGIN MESSAGE-----\n{json}\n-----END MESSAGE-----\n");
    let base64 = base64::engine::general_purpose::STANDARD.encode(&lines);
    let base64: Vec<&str> = base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let quoted = lines.replace('_', "=5F").replace("CK", "C=\r\nK").replace(',', ",=\n");
    let part = "Content-Type: text/plain;charset=UTF-8\nContent-Transfer-Encoding:";
    vec![
        ("JSON", json.clone().into()),
        ("JSON, BOM", format!("\u{FEFF}{json}").into()),
        ("JSON over lines", json.replace(',', ",\r\n  ").into()),
        ("JSON folded inside strings, LF", lf.clone().into()),
        ("JSON folded inside strings, CRLF", crlf.clone().into()),
        ("MESSAGE lines", lines.clone().into()),
        (
            "MESSAGE lines, CRLF, folded",
            format!("-----BEGIN MESSAGE-----\r\n{crlf}\r\n-----END MESSAGE-----\r\n").into(),
        ),
        ("MESSAGE lines, no end", format!("-----BEGIN MESSAGE-----\n{json}").into()),
        ("MIME 7bit", format!("{part} 7bit\n\n{lines}").into()),
        ("MIME 8bit, CRLF", format!("{part} 8bit\n\n{lines}").replace('\n', "\r\n").into()),
        ("MIME 7bit, no MESSAGE lines", format!("{part} 7bit\n\n{json}").into()),
        ("MIME, BOM in front and inside", format!("\u{FEFF}{part} 8bit\n\n\u{FEFF}{json}").into()),
        ("MIME, no encoding named", format!("Content-Type: text/plain\n\n{lf}").into()),
        ("MIME base64", format!("{part} base64\r\n\r\n{}\r\n", base64.join("\r\n")).into()),
        ("MIME base64, folded header", format!("MIME-Version: 1.0\n{part}\n\tBASE64\n\n{}", base64.join("\n")).into()),
        ("MIME quoted-printable", format!("{part} quoted-printable\r\n\r\n{quoted}").into()),
    ]
}

#[test]
fn every_form_inside_is_read() {
    for (form, content) in forms() {
        let token = ServerToken::from_json(&content).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(token.to_json().expose_secret(), json(), "{form}");
    }
}

#[test]
fn every_form_inside_is_read_from_what_openssl_encrypts() {
    let recipient = fixture::path("token/cert.pem");
    let arguments =
        ["cms", "-encrypt", "-binary", "-aes128", "-stream", "-outform", "SMIME", recipient.to_str().unwrap()];
    for (form, content) in forms() {
        let Some(file) = fixture::openssl(&arguments, &content) else { return };
        let token = ServerToken::decrypt(&file, &key_pair()).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(token.to_json().expose_secret(), json(), "{form}");
    }
    // A file for the key, found by its certificate alone.
    assert_eq!(certificate().subject().as_str(), "CN=ade-spike");
}

/// The token with one field's value replaced by this JSON, or left out.
fn with(field: &str, value: Option<&str>) -> Vec<u8> {
    let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json()).unwrap();
    match value {
        Some(value) => object.insert(field.into(), serde_json::from_str(value).unwrap()),
        None => object.remove(field),
    };
    serde_json::to_vec(&object).unwrap()
}

#[test]
fn each_field_is_missed_by_name() {
    for field in ["consumer_key", "consumer_secret", "access_token", "access_secret", "access_token_expiry"] {
        for value in [None, Some("null"), Some("\"\"")] {
            let error = ServerToken::from_json(&with(field, value)).unwrap_err();
            assert!(matches!(error, TokenError::MissingField { field: found } if found == field), "{error:?}");
            assert!(error.to_string().contains(&format!("`{field}`")), "{error}");
        }
        for (value, kind) in [
            ("1", "a number"),
            ("-1.5", "a number"),
            ("true", "true or false"),
            ("[[1]]", "an array"),
            ("{\"a\":{}}", "an object"),
        ] {
            let error = ServerToken::from_json(&with(field, Some(value))).unwrap_err();
            let named = matches!(error, TokenError::WrongType { field: f, found } if f == field && found == kind);
            assert!(named, "{field} {value}: {error:?}");
        }
    }
}

#[test]
fn a_bad_expiry_is_shown_and_a_secret_in_its_place_is_not() {
    for text in ["soon", "2027-13-01T00:00:00Z", "22.11.2027", "9999-12-31T23:59:59-01:00"] {
        let error = ServerToken::from_json(&with("access_token_expiry", Some(&format!("{text:?}")))).unwrap_err();
        assert!(matches!(&error, TokenError::BadExpiry { found } if found == text), "{error:?}");
    }
    let secret = "AS_".to_owned() + &"0123456789abcdef".repeat(8);
    let error = ServerToken::from_json(&with("access_token_expiry", Some(&format!("{secret:?}")))).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("0123456789abcdef"), "{error:?}");
    // A time zone in another spelling is no mistake.
    let token = ServerToken::from_json(&with("access_token_expiry", Some("\"2027-11-22T05:24:50+0100\""))).unwrap();
    assert_eq!(token.expiry().to_string(), "2027-11-22T04:24:50Z");
}

#[test]
fn what_is_no_object_is_no_token() {
    let deep = "[".repeat(100_000);
    for text in [
        "",
        "[]",
        "\"CK\"",
        "null",
        "{",
        "{\"consumer_key\":",
        "{]",
        &json()[..100],
        &deep,
        &format!("{{\"a\":{deep}"),
        "{\"consumer_key\":\"a\",\"consumer_key\":\"b\"}",
    ] {
        let error = ServerToken::from_json(text.as_bytes()).unwrap_err();
        assert!(matches!(error, TokenError::Json { .. }), "{error:?}");
    }
    assert!(matches!(ServerToken::from_json(b"{\"consumer_key\":\"\xFF\"}").unwrap_err(), TokenError::Json { .. }));
}

/// TOK-11: an expired token is read all the same; TOK-12: the caller sets the window.
#[test]
fn the_status_comes_from_the_file() {
    let token = ServerToken::from_json(json().as_bytes()).unwrap();
    let at = |text: &str| token.expiry().status(text.parse::<DateTime<Utc>>().unwrap(), TimeDelta::days(30));
    assert_eq!(at("2026-11-22T04:24:50Z"), ExpiryStatus::Valid { days_left: 365 });
    assert_eq!(at("2027-10-23T04:24:49Z"), ExpiryStatus::Valid { days_left: 30 });
    assert_eq!(at("2027-10-23T04:24:50Z"), ExpiryStatus::ExpiringSoon { days_left: 30 });
    assert_eq!(at("2027-11-22T04:24:49Z"), ExpiryStatus::ExpiringSoon { days_left: 0 });
    assert_eq!(at("2027-11-22T04:24:50Z"), ExpiryStatus::Expired { days_ago: 0 });
    assert_eq!(at("2028-11-22T04:24:50Z"), ExpiryStatus::Expired { days_ago: 366 });
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
    for (expiry, now) in [(ends[0], ends[1]), (ends[1], ends[0])] {
        TokenExpiry::new(expiry).status(now, TimeDelta::MAX);
    }
    let stored = serde_json::to_string(&token.expiry()).unwrap();
    assert_eq!(serde_json::from_str::<TokenExpiry>(&stored).unwrap(), token.expiry());
}

#[test]
fn the_identity_is_the_consumer_keys_and_can_be_stored() {
    let token = ServerToken::from_json(json().as_bytes()).unwrap();
    let renewed = ServerToken::from_json(&with("access_token", Some("\"AT_new\""))).unwrap();
    let other = ServerToken::from_json(&with("consumer_key", Some("\"CK_other\""))).unwrap();
    assert_eq!(token.identity(), renewed.identity());
    assert_ne!(token.identity(), other.identity());
    let stored = serde_json::to_string(&token.identity()).unwrap();
    assert_eq!(serde_json::from_str::<TokenIdentity>(&stored).unwrap(), token.identity());
    if let Some(digest) = fixture::openssl(&["dgst", "-sha256", "-r"], token.consumer_key().expose_secret().as_bytes())
    {
        assert!(String::from_utf8(digest).unwrap().starts_with(&token.identity().to_string()));
    }
    for bad in [
        "\"\"",
        "\"ab\"",
        &format!("\"{}\"", "g".repeat(64)),
        &format!("\"{}\"", "+1".repeat(32)),
        &format!("\"{}\"", "1".repeat(65)),
        "7",
    ] {
        assert!(serde_json::from_str::<TokenIdentity>(bad).is_err(), "{bad}");
    }
}

/// Whatever is in a value, what is stored is read again as it was.
#[test]
fn odd_values_survive_being_stored() {
    for value in ["-----BEGIN MESSAGE-----", "-----END MESSAGE-----", "a\r\nb", "\u{FEFF}", "\"\\", "a: b"] {
        let json = with("consumer_key", Some(&serde_json::to_string(value).unwrap()));
        let token = ServerToken::from_json(&json).unwrap();
        assert_eq!(token.consumer_key().expose_secret(), value);
        let again = ServerToken::from_json(token.to_json().expose_secret().as_bytes()).unwrap();
        assert_eq!(again.consumer_key().expose_secret(), value);
    }
}

#[test]
fn nothing_printed_holds_a_secret() {
    let token = ServerToken::from_json(json().as_bytes()).unwrap();
    let printed = format!("{token:?} {:?} {} {:?}", token.to_json(), token.identity(), key_pair());
    let pem = key_pair().private_key().to_pkcs8_pem().unwrap();
    for secret in [token.consumer_key(), token.consumer_secret(), token.access_token(), token.access_secret(), &pem] {
        assert!(!printed.contains(&secret.expose_secret()[3..40]), "{printed}");
    }
}
