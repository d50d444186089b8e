//! The rules on texts, URLs, language and region, beside the simulated service, which judges by code of its own: both refuse the
//! same profiles, with the same words.

use std::collections::BTreeSet;

use apple_ade::judgement::Violation;
use apple_ade::profile::Check;
use apple_ade::simulator::World;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::client::Client;

/// URLs from pieces that are good, odd and wrong.
fn url() -> impl Strategy<Value = String> {
    let pick = |pieces: &'static [&'static str]| prop::sample::select(pieces);
    let scheme = pick(&[
        "https://",
        "https://",
        "https://",
        "http://",
        "HTTPS://",
        "a+b-c.1://",
        "1a://",
        "://",
        "https:/",
        "",
        "é://",
    ]);
    let user = pick(&["", "", "", "", "me@", "me:pass@", "@", "a@b@", "a%40b@", "a%4@", "a b@", "a/b@", "[@"]);
    let host = pick(&[
        "mdm.example.com",
        "mdm.example.com",
        "mdm",
        "mdm.example.com.",
        ".",
        "..",
        "",
        "mdm..example.com",
        ".mdm",
        "-mdm.example.com",
        "mdm-.example",
        "a_b.example",
        "mdm.exämple.com",
        "10.0.0.1",
        "999.1.1.1",
        "[2001:db8::7]",
        "[::1",
        "::1",
        "[1]",
        "[::1]x",
        "mdm example.com",
        "%41.example",
    ]);
    let port = pick(&["", "", "", ":", ":443", ":65535", ":65536", ":+1", ":-1", ":x", ":00080", ":4 3", ":1:2"]);
    let path = pick(&[
        "",
        "/",
        "/enroll",
        "/a b",
        "/%20",
        "/%zz",
        "/%4",
        "/%",
        "/[1]",
        "/{serial}",
        "/ü",
        "/a@b:c&d=e+f$g,h;i",
        "\\a",
        "/a|b",
        "//",
        "/\u{7f}",
    ]);
    let query = pick(&["", "", "?", "?a=b&c=%20", "?a[]=1", "?a=?", "?{a}", "?%", "?a#", "? "]);
    let fragment = pick(&["", "", "", "#", "#top", "#a[1]", "#a#b", "#%2", "#/x?y"]);
    (scheme, user, host, port, path, query, fragment, prop::sample::select(vec![0_usize, 0, 0, 1900, 1950, 1999]))
        .prop_map(|(scheme, user, host, port, path, query, fragment, more)| {
            format!("{scheme}{user}{host}{port}{path}{}{query}{fragment}", "x".repeat(more))
        })
}

/// Texts of lengths about one that may be the most, of letters of one to four bytes.
fn text(most: usize) -> impl Strategy<Value = Value> {
    let letters = prop::sample::select(vec!["a", "ö", "語", "🙂", "\u{301}", " "]);
    let length = prop_oneof![Just(0), 1..4_usize, most - 1..most + 2];
    prop_oneof![1 => Just(Value::Null), 3 => (letters, length).prop_map(|(letter, length)| json!(letter.repeat(length)))]
}

fn code() -> impl Strategy<Value = Value> {
    let codes = ["de", "DE", "deu", "De", "en_US", "us", "US", "USA", "", "d", "xx", "zh-Hant", "ö", "12", " de", "UK"];
    prop_oneof![Just(Value::Null), prop::sample::select(codes.to_vec()).prop_map(|code| json!(code))]
}

proptest! {
    #[test]
    fn both_refuse_the_same(
        url in url(),
        texts in (text(125), text(125), text(256), text(50), text(250)),
        codes in (code(), code()),
        everything in prop::bool::weighted(0.3),
    ) {
        let mut profile = json!({ "profile_name": "iPads", "url": url });
        if everything {
            let (name, department, magic, phone, email) = texts;
            let others = [
                ("profile_name", name), ("department", department), ("org_magic", magic), ("support_phone_number", phone),
                ("support_email_address", email), ("language", codes.0), ("region", codes.1),
            ];
            for (key, value) in others.into_iter().filter(|(_, value)| !value.is_null()) {
                profile[key] = value;
            }
        }
        let mut world = World::builder().seed(7).build();
        let client = Client::sign_in(&mut world);
        let answer = client.post(&mut world, "/profile", &profile);
        let violations = Check::new().json(&profile.to_string());
        let words: BTreeSet<&str> = violations.iter().filter_map(Violation::word).collect();
        // The service names the first thing alone.
        prop_assert!(if words.is_empty() { answer.status == 200 } else { words.contains(answer.text.as_str()) }, "{profile}: {} {}, not {violations}", answer.status, answer.text);
    }
}
