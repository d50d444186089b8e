//! What is too much, too long, or too far away.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{call, depsim, raw, state};

/// However often it is turned, the clock stays where dates can be written.
#[test]
fn the_clock_stays_within_a_hundred_years() {
    let served = depsim();
    let century = "{\"advance_seconds\": 3162240000}";
    assert_eq!(call(served.base_url(), "POST", "/clock", century).0, 200);
    let (status, answer) = call(served.base_url(), "POST", "/clock", century);
    assert_eq!((status, &answer["field"]), (400, &"advance_seconds".into()), "{answer}");
}

/// Nor does it get there by many small things, or by a world that is put in the place of this one.
#[test]
fn no_other_way_leads_out_of_the_hundred_years() {
    let served = depsim();
    let url = served.base_url();
    let (_, _, stored) = raw(url, "GET", "/_sim/world", &[], b"");
    let stored = String::from_utf8(stored).unwrap();
    let ahead = json!({ "ahead_seconds": 100_i64 * 366 * 86_400 - 30 });
    assert_eq!(call(url, "POST", "/clock", &ahead.to_string()).0, 200);
    let (status, answer) = call(url, "POST", "/churn", "{\"count\": 1}");
    assert_eq!((status, &answer["field"]), (400, &"count".into()), "{answer}");
    assert_eq!(call(url, "POST", "/clock", "{\"ahead_seconds\": 0}").0, 200);
    let world: Value = serde_json::from_str(&stored).unwrap();
    let now = world["now"].as_str().unwrap();
    for (time, field) in [("2300-01-01T00:00:00Z", "now"), ("+12000-01-01T00:00:00Z", "(body)")] {
        let far = stored.replacen(now, time, 1);
        let (status, answer) = call(url, "PUT", "/world", &far);
        assert_eq!((status, answer["field"].as_str()), (400, Some(field)), "{answer}");
    }
    assert_eq!(call(url, "PUT", "/world", &stored).0, 200);
}

#[test]
fn a_world_that_contradicts_itself_is_refused_with_the_names() {
    let served = depsim();
    let url = served.base_url();
    let (_, _, stored) = raw(url, "GET", "/_sim/world", &[], b"");
    let stored = String::from_utf8(stored).unwrap();
    let servers = state(url, "")["servers"].clone();
    let [first, second] = [0, 1].map(|index| servers[index]["uuid"].as_str().unwrap());
    for (broken, word) in [
        (stored.replace(second, first), "two servers have the UUID"),
        (stored.replace(&format!("\"server\":\"{first}\""), "\"server\":\"nowhere\""), "which does not exist"),
    ] {
        let (status, answer) = call(url, "PUT", "/world", &broken);
        assert_eq!(status, 400);
        let error = answer["error"].as_str().unwrap();
        assert!(
            error.contains(word) && error.contains(if word.starts_with("two") { first } else { "nowhere" }),
            "{error}"
        );
        assert!(answer["fix"].as_str().unwrap().ends_with("the world is as it was"), "{answer}");
    }
    assert_eq!(state(url, "")["servers"], servers);
}

/// What another site's page sends is refused before it is read, and nobody's is kept without a bound.
#[test]
fn a_guarded_body_is_read_after_the_guard_and_up_to_a_bound() {
    let served = depsim();
    let url = served.base_url();
    let long = vec![b' '; (1 << 20) + 1];
    assert_eq!(raw(url, "POST", "/_sim/clock", &[("Origin", "https://evil.example")], &long).0, 403);
    for (path, bytes, expected) in
        [("/_sim/clock", &long[1..], 400), ("/_sim/clock", &long, 413), ("/_sim/world", &long, 400)]
    {
        let method = if path == "/_sim/world" { "PUT" } else { "POST" };
        let (status, _, answer) = raw(url, method, path, &[], bytes);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, expected, "{path}: {answer}");
        assert!(answer["field"].is_string() && answer["fix"].is_string(), "{answer}");
    }
}

/// Whatever is refused outside Apple's own service is told in one form.
#[test]
fn what_is_too_long_or_called_wrongly_is_refused_in_json() {
    let served = depsim();
    let long = vec![b' '; (1 << 20) + 1];
    for (method, path, body, expected) in
        [("POST", "/profile", &long[..], 413), ("POST", "/", b"", 405), ("DELETE", "/", b"", 405)]
    {
        let (status, head, answer) = raw(served.base_url(), method, path, &[], body);
        assert_eq!(status, expected, "{method} {path}");
        assert!(head.contains("application/json") && (status != 405 || head.contains("allow: get, head")), "{head}");
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert!(["error", "field", "fix"].iter().all(|key| answer[key].is_string()), "{answer}");
    }
}

/// A body that never comes keeps nobody from being refused.
#[test]
fn another_site_is_refused_before_its_body_comes() {
    let served = depsim();
    let host = served.base_url().strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "PUT /_sim/world HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example\r\nContent-Length: 500000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 403");
}
