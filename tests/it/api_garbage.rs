//! Whatever comes back ends in a typed error that says what it was, or in an answer; never in a panic.

use std::fmt::{Debug, Write as _};

use apple_ade::error::Error;
use proptest::prelude::*;

use crate::api_calls::{Call, all, answer};

const MILLION: usize = 1_000_000;

/// Reads a body as the answer of a call; checks what has to be true of any result, and gives what was read.
fn read(call: &dyn Call, status: u16, body: &[u8]) -> Result<Box<dyn Debug>, Error> {
    let result = call.parse(&answer(status, body));
    match &result {
        Ok(_) => assert!((200..300).contains(&status), "{}: status {status} is no success", call.name()),
        Err(error) => {
            assert_eq!(error.status().unwrap().as_u16(), status, "{}: {error}", call.name());
            let (text, debug) = (error.to_string(), format!("{error:?}"));
            assert!(text.starts_with(call.name()), "{text}");
            assert!(
                text.len() < 3000 && debug.len() < 4000,
                "{}: {} and {} bytes",
                call.name(),
                text.len(),
                debug.len()
            );
            let excerpt = match error {
                Error::Refused(refusal) => refusal.body(),
                Error::Answer(answer) => answer.body(),
                other => panic!("{}: {other:?}", call.name()),
            };
            assert_eq!(matches!(error, Error::Answer(_)), (200..300).contains(&status), "{text}");
            assert_eq!(excerpt.total(), body.len());
            let head = String::from_utf8_lossy(&body[..body.len().min(200)]);
            assert!(
                excerpt.text() == head || (call.name() == "GET /session" && excerpt.text() == "(withheld)"),
                "{text}"
            );
        }
    }
    result
}

/// Whether a call reads its answer at all.
fn reads(call: &dyn Call) -> bool {
    !call.good().is_empty()
}

#[test]
fn good_answers_under_any_status() {
    for call in all() {
        for status in [100, 199, 200, 201, 204, 299, 300, 304, 400, 401, 403, 404, 418, 500, 502, 599, 600, 999] {
            let is_ok = read(&*call, status, call.good().as_bytes()).is_ok();
            assert_eq!(is_ok, (200..300).contains(&status), "{} {status}", call.name());
        }
    }
}

/// What no call gives.
#[test]
fn small_garbage() {
    let utf_16: Vec<u8> = "{\"devices\":[]}".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked: Vec<u8> = [b"\xFF\xFE".to_vec(), "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let bodies: [&[u8]; 20] = [
        b"",
        b" \r\n",
        b"\xEF\xBB\xBF",
        b"<html><body>Sign in to the hotel</body></html>",
        b"\xEF\xBB\xBF \n<?xml version=\"1.0\"?>",
        b"null",
        b"true",
        b"0",
        b"\"OK\"",
        b"[]",
        b"[{}]",
        b"{",
        b"{]",
        b"{\"devices\"",
        b"{} {}",
        b"\0",
        b"{\0}",
        b"\xFF\xFE\xFF",
        &utf_16,
        &marked,
    ];
    for call in all() {
        for body in bodies {
            for status in [200, 400, 502] {
                let result = read(&*call, status, body);
                if status == 200 {
                    let is_markup = body.contains(&b'<');
                    assert_eq!(result.is_err(), reads(&*call) || is_markup, "{}: {body:?}", call.name());
                }
            }
        }
    }
}

#[test]
fn answers_cut_short() {
    for call in all().iter().filter(|call| reads(&***call)) {
        let good = call.good().as_bytes();
        for length in 0..good.len() {
            for status in [200, 400, 502] {
                assert!(read(&**call, status, &good[..length]).is_err(), "{}: {length} bytes", call.name());
            }
        }
    }
}

/// The keys of every good answer, with every kind of value in the place of theirs.
#[test]
fn wrong_types_everywhere() {
    let values = [
        "null",
        "true",
        "-1",
        "1.5",
        "1e999",
        "18446744073709551616",
        "\"\"",
        "\"x\"",
        "[]",
        "[null]",
        "[[1]]",
        "{}",
        "{\"a\":null}",
    ];
    for call in all().iter().filter(|call| reads(&***call)) {
        let good: serde_json::Value = serde_json::from_str(call.good()).unwrap();
        for key in good.as_object().unwrap().keys() {
            for value in values {
                let mut text = String::from("{");
                for (other, kept) in good.as_object().unwrap() {
                    let value = if other == key { value.to_owned() } else { kept.to_string() };
                    write!(text, "{}\"{other}\":{value}", if text.len() > 1 { "," } else { "" }).unwrap();
                }
                let _ = read(&**call, 200, format!("{text}}}").as_bytes());
                // Alone, and twice, in both orders.
                let _ = read(&**call, 200, format!("{{\"{key}\":{value}}}").as_bytes());
                let _ = read(&**call, 200, format!("{text},\"{key}\":{}}}", good[key]).as_bytes());
                let _ = read(&**call, 200, format!("{{\"{key}\":{},{}}}", good[key], &text[1..]).as_bytes());
            }
        }
    }
}

/// The keys that stand in good answers, at all levels, and some that do not.
fn keys(call: &dyn Call) -> Vec<String> {
    fn collect(value: &serde_json::Value, keys: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(entries) => {
                for (key, value) in entries {
                    keys.push(key.clone());
                    collect(value, keys);
                }
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
            _ => {}
        }
    }
    let mut keys = vec!["unknown".to_owned()];
    collect(&serde_json::from_str(call.good()).unwrap(), &mut keys);
    keys
}

#[test]
fn depth_overflows_no_stack() {
    const DEPTH: usize = 100_000;
    let arrays = format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    let objects = format!("{}1{}", "{\"a\":".repeat(DEPTH), "}".repeat(DEPTH));
    for call in all() {
        for status in [200, 400, 502] {
            let is_ok = read(&*call, status, arrays.as_bytes()).is_ok();
            assert_eq!(is_ok, status == 200 && !reads(&*call), "{}", call.name());
            // The outermost key of these is an unknown one, which an account, for one, may have.
            let _ = read(&*call, status, objects.as_bytes());
        }
    }
    for call in all().iter().filter(|call| reads(&***call)) {
        for key in keys(&**call) {
            for deep in [&arrays, &objects] {
                let _ = read(&**call, 200, format!("{{\"{key}\":{deep}}}").as_bytes());
                // In a row, and as the status or the record of a device.
                let _ = read(
                    &**call,
                    200,
                    format!("{{\"devices\":[{{\"serial_number\":\"A\",\"{key}\":{deep}}}]}}").as_bytes(),
                );
                let _ = read(&**call, 200, format!("{{\"devices\":{{\"A\":{{\"{key}\":{deep}}}}}}}").as_bytes());
                let _ = read(&**call, 200, format!("{{\"urls\":[{{\"{key}\":{deep}}}]}}").as_bytes());
            }
        }
        // Keys that are not known are kept at any depth.
        if let Ok(given) = read(&**call, 200, format!("{{\"unknown\":{arrays},{}", &call.good()[1..]).as_bytes()) {
            assert!(call.name() == "GET /session" || format!("{given:?}").contains(&arrays), "{}", call.name());
        } else {
            panic!("{}: an unknown key costs the answer", call.name());
        }
    }
}

#[test]
fn ten_megabytes_of_one_thing() {
    let size = 10 * MILLION;
    let bodies = [
        "[".repeat(size),
        "{\"a\":".repeat(size / 5),
        format!("\"{}\"", "x".repeat(size)),
        "9".repeat(size),
        " ".repeat(size),
        format!("{{\"{}\":1}}", "k".repeat(size)),
    ];
    for call in all().iter().filter(|call| reads(&***call)) {
        // An account, a page, records and a profile are read in different ways; the other calls are like one of them.
        let is_typical =
            ["GET /account", "POST /server/devices", "POST /devices", "GET /profile"].contains(&call.name());
        for (i, body) in bodies.iter().enumerate().filter(|(i, _)| is_typical || matches!(i, 0 | 2)) {
            let result = read(&**call, 200, body.as_bytes());
            assert!(result.is_err() || i == 5, "{}", call.name());
            read(&**call, 400, body.as_bytes()).unwrap_err();
            read(&**call, 502, body.as_bytes()).unwrap_err();
        }
    }
}

/// An answer beyond the limit is not read, and a session in it is not shown.
#[test]
fn more_than_is_read() {
    let body = format!("{{\"auth_session_token\":\"very-secret\",\"a\":\"{}\"}}", "x".repeat(64 << 20));
    for call in all().iter().filter(|call| reads(&***call)) {
        let error = read(&**call, 200, body.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("longer than 64 MiB"), "{error}");
        assert!(call.name() != "GET /session" || !format!("{error} {error:?}").contains("very-secret"));
    }
}

/// A million of something takes as long as a million times one: with a search through all for each, this would take hours.
#[test]
fn a_million_keys_rows_and_repetitions() {
    let list = |item: &dyn Fn(usize) -> String| {
        let mut text = String::with_capacity(24 * MILLION);
        for i in 0..MILLION {
            text += if i == 0 { "" } else { "," };
            text += &item(i);
        }
        text
    };
    let calls = all();
    let check = |names: &[&str], body: &str| {
        for name in names {
            let call = calls.iter().find(|call| call.name() == *name).unwrap();
            let _ = call.parse(&answer(200, body));
        }
    };
    let unknown = list(&|i| format!("\"k{i}\":1"));
    check(&["GET /account", "POST /devices"], &format!("{{{unknown}}}"));
    check(&["POST /profile/devices", "POST /devices"], &format!("{{\"devices\":{{{unknown}}}}}"));
    for keys in [unknown, list(&|_| "\"k\":1".into())] {
        check(&["POST /server/devices"], &format!("{{\"devices\":[{{\"serial_number\":\"A\",{keys}}}]}}"));
    }
    check(
        &["GET /profile"],
        &format!("{{{}}}", list(&|i| if i % 2 == 0 { "\"url\":1" } else { "\"url\":\"\"" }.into())),
    );
    check(&["POST /server/devices"], &format!("{{\"devices\":[{}]}}", list(&|i| i.to_string())));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(body in prop::collection::vec(any::<u8>(), 0..300), status in 100_u16..1000) {
        for call in all() {
            let _ = read(&*call, status, &body);
            let _ = read(&*call, 200, &body);
        }
    }

    /// Good answers with bytes that were changed, lost, doubled or put in from elsewhere.
    #[test]
    fn random_mutations(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..5, any::<u8>()), 1..6),
        status in prop::sample::select(vec![200_u16, 200, 200, 400, 502]),
    ) {
        const PIECES: [&[u8]; 12] = [
            b"\"", b"\\", b"{", b"}", b"[", b"]", b"null", b"1e999", b"\\ud800", b"\xC3", b",", b"\"serial_number\":",
        ];
        for call in all() {
            let mut body = call.good().as_bytes().to_vec();
            for (at, what, byte) in &changes {
                if body.is_empty() {
                    body.push(*byte);
                }
                let at = at.index(body.len());
                match what {
                    0 => body[at] = *byte,
                    1 => drop(body.remove(at)),
                    2 => body.truncate(at),
                    3 => drop(body.splice(at..at, PIECES[usize::from(*byte) % PIECES.len()].iter().copied())),
                    _ => body.extend_from_within(at..),
                }
            }
            let _ = read(&*call, status, &body);
        }
    }
}
