//! Refusals: Apple's words in all their forms, and what to do about each.

use std::collections::BTreeMap;
use std::time::Duration;

use apple_ade::api::{AssignProfile, Endpoint, GetAccount, GetProfile, Service};
use apple_ade::error::{
    Advice, AnswerError, Error, ErrorWord, ExchangeError, Refusal, RequestError, RetryAfter, TransportError,
};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use serde_json::Value;

use crate::api_calls::{Response, all, answer, serial, sign_in, uuid};
use crate::fixture;

const RETRY: Advice = Advice::Retry { after: None };

fn refusal(status: u16, body: &str) -> Refusal {
    Refusal::read("GET /account", &answer(status, body))
}

fn with_headers(status: u16, body: &str, headers: &[(&str, &str)]) -> Response {
    let builder = http::Response::builder().status(status);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).unwrap()
}

struct Entry {
    path: String,
    status: u16,
    body: String,
    class: String,
}

/// The catalogue of refusals; its statuses may have a note behind them.
fn catalogue() -> Vec<Entry> {
    let json: Value = serde_json::from_slice(&fixture::bytes("api/error_catalogue.json")).unwrap();
    let entries = json["errors"].as_array().unwrap().iter().map(|entry| {
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        Entry {
            path: text("endpoint"),
            status: text("http")[..3].parse().unwrap(),
            body: text("body"),
            class: text("class"),
        }
    });
    let entries: Vec<Entry> = entries.collect();
    assert!(entries.len() > 30);
    entries
}

/// The word of an entry, whose reason phrase some entries have attached.
fn word(entry: &Entry) -> &str {
    ["Bad Request", "Unauthorized", "Forbidden"]
        .iter()
        .find_map(|reason| entry.body.strip_suffix(reason))
        .unwrap_or(&entry.body)
}

#[test]
fn every_word_of_the_catalogue_is_known_in_every_form() {
    for entry in catalogue() {
        let status = StatusCode::from_u16(entry.status).unwrap();
        let word = word(&entry);
        if word.is_empty() {
            continue;
        }
        let reason = status.canonical_reason().unwrap();
        for body in [
            entry.body.clone(),
            word.to_owned(),
            format!("\"{word}\""),
            format!("{word}\n"),
            format!("\"{word}\"\r\n"),
            format!("\u{feff}{word}"),
            format!("{word}{reason}"),
            format!("{word} {reason}"),
            format!("\"{word}{reason}\""),
            format!("\"{word}\" {reason}\n"),
            format!("{word}\n{reason}"),
        ] {
            let refusal = refusal(entry.status, &body);
            let found = refusal.word().unwrap_or_else(|| panic!("no word in {body:?}"));
            assert_eq!(found.as_str(), word, "{body:?}");
            assert!(ErrorWord::ALL.contains(found), "{found} is unknown");
            assert_eq!(refusal.status(), status);
        }
        assert_eq!(ErrorWord::find(format!("<html>{word}</html>").as_bytes(), status), None);
        assert_eq!(ErrorWord::find(format!("\n <!DOCTYPE html><p>{word}</p>").as_bytes(), status), None);
    }
}

/// What each class of the catalogue calls for. A word of a class that leaves a choice is settled in the table below.
#[test]
fn the_class_of_a_refusal_decides_the_advice() {
    for entry in catalogue() {
        let expected: &[Advice] = match &*entry.class {
            "session" => &[Advice::SignInAgain],
            "account-action" => &[Advice::AcceptTerms, Advice::AskAdministrator, Advice::GiveUp],
            "credential" => &[Advice::RenewToken],
            "client-bug" | "validation" => &[Advice::FixRequest],
            "throttle" => &[RETRY],
            "cursor" => &[Advice::FetchFromStart, Advice::ContinueWithSync],
            "state" => &[Advice::DefineProfileAgain, Advice::GiveUp],
            other => panic!("the class {other} is new"),
        };
        // The sign-in has classes of its own.
        if word(&entry) == "CURSOR_REQUIRED" || entry.class != "cursor" {
            assert_ne!(refusal(entry.status, &entry.body).advice(), Advice::ContinueWithSync);
        }
        let advice = refusal(entry.status, &entry.body).advice();
        assert!(expected.contains(&advice), "{} {} at {}: {advice:?}", entry.status, entry.body, entry.path);
    }
}

/// All the words that this version knows, with the advice and the status under which they come.
#[test]
fn every_word_has_its_advice() {
    let table = [
        ("ACCESS_DENIED", 403, Advice::AskAdministrator),
        ("APPLE_SEED_FOR_IT_TURNED_OFF", 403, Advice::AskAdministrator),
        ("CONFIG_NAME_INVALID", 400, Advice::FixRequest),
        ("CONFIG_NAME_REQUIRED", 400, Advice::FixRequest),
        ("CONFIG_URL_INVALID", 400, Advice::FixRequest),
        ("CONFIG_URL_REQUIRED", 400, Advice::FixRequest),
        ("CURSOR_REQUIRED", 400, Advice::FetchFromStart),
        ("DEPARTMENT_INVALID", 400, Advice::FixRequest),
        ("DEPARTMENT_REQUIRED", 400, Advice::FixRequest),
        ("DESCRIPTION_INVALID", 400, Advice::FixRequest),
        ("DEVICE_ID_REQUIRED", 400, Advice::FixRequest),
        ("DEVICE_NOT_FOUND", 404, Advice::GiveUp),
        ("EXHAUSTED_CURSOR", 400, Advice::ContinueWithSync),
        ("EXPIRED_CURSOR", 400, Advice::FetchFromStart),
        ("FLAGS_INVALID", 400, Advice::FixRequest),
        ("FORBIDDEN", 403, Advice::SignInAgain),
        ("INVALID_CURSOR", 400, Advice::FetchFromStart),
        ("LOCALE_INVALID", 400, Advice::FixRequest),
        ("MAGIC_INVALID", 400, Advice::FixRequest),
        ("MALFORMED_REQUEST_BODY", 400, Advice::FixRequest),
        ("MDM_SERVICE_DISCOVERY_URL_NOT_VALID", 400, Advice::FixRequest),
        ("MDM_SERVICE_DISCOVERY_URL_REQUIRED", 400, Advice::FixRequest),
        ("NOT_FOUND", 404, Advice::GiveUp),
        ("ORG_NOT_SUPPORTED", 400, Advice::GiveUp),
        ("PROFILE_NOT_FOUND", 400, Advice::DefineProfileAgain),
        ("PROFILE_UUID_REQUIRED", 400, Advice::FixRequest),
        ("SUPPORT_EMAIL_INVALID", 400, Advice::FixRequest),
        ("SUPPORT_PHONE_INVALID", 400, Advice::FixRequest),
        ("SUPPORT_PHONE_REQUIRED", 400, Advice::FixRequest),
        ("T_C_NOT_SIGNED", 403, Advice::AcceptTerms),
        ("TOO_MANY_REQUESTS", 429, RETRY),
        ("UNAUTHORIZED", 401, Advice::SignInAgain),
        ("USER_AGENT_INVALID", 400, Advice::FixRequest),
        ("USER_AGENT_MISSING", 400, Advice::FixRequest),
        ("internal_server_error", 500, RETRY),
        ("message_format_error", 400, Advice::FixRequest),
        ("oauth_problem_advice", 401, Advice::RenewToken),
        ("signature_invalid", 401, Advice::RenewToken),
        ("token_expired", 403, Advice::RenewToken),
        ("token_rejected", 401, Advice::RenewToken),
    ];
    assert_eq!(table.map(|(word, ..)| word).to_vec(), ErrorWord::ALL.iter().map(ErrorWord::as_str).collect::<Vec<_>>());
    for (word, status, advice) in table {
        let refusal = refusal(status, word);
        assert_eq!(refusal.advice(), advice, "{word}");
        let meaning = refusal.word().unwrap().meaning().unwrap();
        let text = refusal.to_string();
        assert_eq!(text, format!("GET /account: Apple refused with {word} (status {status}): {meaning}; {advice}"));
    }
    // What the status, or the call, adds.
    assert_eq!(refusal(400, "oauth_problem_adviceBad Request").advice(), Advice::FixRequest);
    assert_eq!(refusal(403, "token_rejected").advice(), Advice::RenewToken);
    assert_eq!(refusal(200 + 203, "T_C_NOT_SIGNED").advice(), Advice::AcceptTerms);
}

#[test]
fn the_status_decides_where_there_is_no_word() {
    for (status, body, advice) in [
        (401, "", Advice::SignInAgain),
        (401, "Unauthorized", Advice::SignInAgain),
        (401, "<html>Unauthorized</html>", Advice::SignInAgain),
        (403, "", Advice::SignInAgain),
        (403, "<html>FORBIDDEN</html>", Advice::CheckNetwork),
        (403, "Access FORBIDDEN by the proxy", Advice::AskAdministrator),
        (400, "", Advice::FixRequest),
        (404, "", Advice::FixRequest),
        (405, "", Advice::FixRequest),
        (408, "", RETRY),
        (429, "", RETRY),
        (500, "", RETRY),
        (502, "<html>", RETRY),
        (503, "", RETRY),
        (503, "BUSY_TODAY", RETRY),
        (302, "", Advice::CheckNetwork),
        (407, "Proxy Authentication Required", Advice::CheckNetwork),
        (404, "<!doctype html>", Advice::CheckNetwork),
        (600, "", Advice::GiveUp),
    ] {
        assert_eq!(refusal(status, body).advice(), advice, "{status} {body}");
    }
}

#[test]
fn an_unknown_profile_is_defined_again() {
    let assign = AssignProfile::new(uuid(), [serial()]);
    for body in ["", "\"NOT_FOUND\"", "Not Found", "PROFILE_NOT_FOUND"] {
        let error = assign.parse_response(&answer(404, body)).unwrap_err();
        assert_eq!(error.advice(), Advice::DefineProfileAgain, "{body}");
    }
    for status in [400, 404] {
        let error = GetProfile::new(uuid()).parse_response(&answer(status, "NOT_FOUND")).unwrap_err();
        assert_eq!(error.advice(), Advice::DefineProfileAgain);
        assert_eq!(error.word(), Some(&ErrorWord::NotFound));
    }
    let error = assign.parse_response(&answer(404, "<html>no such page</html>")).unwrap_err();
    assert_eq!(error.advice(), Advice::CheckNetwork);
}

#[test]
fn unknown_words_are_kept() {
    for (body, expected) in [
        ("QUOTA_EXCEEDED", Some("QUOTA_EXCEEDED")),
        ("\"new_word9\"\n", Some("new_word9")),
        ("QUOTA_EXCEEDEDBad Request", Some("QUOTA_EXCEEDED")),
        ("QUOTA_EXCEEDED Bad Request", Some("QUOTA_EXCEEDED")),
        ("", None),
        ("Bad Request", None),
        ("Your request is bad", None),
        ("{\"error\":\"T_C_NOT_SIGNED\"}", None),
        ("[\"T_C_NOT_SIGNED\"]", None),
    ] {
        let refusal = refusal(400, body);
        assert_eq!(refusal.word().map(ErrorWord::as_str), expected, "{body}");
        assert_eq!(refusal.advice(), Advice::FixRequest);
        if let Some(word) = refusal.word() {
            assert!(matches!(word, ErrorWord::Other(_)) && word.meaning().is_none());
            assert!(refusal.to_string().contains(&format!("refused with {word} (status 400); ")), "{refusal}");
        }
    }
    let long = "A".repeat(301);
    assert_eq!(refusal(400, &long).word(), None);
    assert_eq!(ErrorWord::find(b"T_C_NOT_SIGNED\xFF", StatusCode::FORBIDDEN), None);
}

#[test]
fn a_word_is_not_found_in_another() {
    for (body, expected) in [
        ("DEVICE_NOT_FOUND", ErrorWord::DeviceNotFound),
        ("PROFILE_NOT_FOUND", ErrorWord::ProfileNotFound),
        ("NOT_FOUND", ErrorWord::NotFound),
        ("DEVICE_NOT_FOUNDNot Found", ErrorWord::DeviceNotFound),
        ("error: DEVICE_NOT_FOUND!", ErrorWord::DeviceNotFound),
    ] {
        assert_eq!(refusal(404, body).word(), Some(&expected), "{body}");
    }
    // No known word is part of one that is longer.
    assert!(matches!(refusal(404, "XNOT_FOUND").word(), Some(ErrorWord::Other(_))));
    assert!(matches!(refusal(404, "NOT_FOUND_X").word(), Some(ErrorWord::Other(_))));
}

#[test]
fn retry_after_is_read() {
    let date = ("date", "Sun, 22 Nov 2026 08:00:00 GMT");
    let at: DateTime<Utc> = "2026-11-22T08:02:00Z".parse().unwrap();
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (headers, read, after) in [
        (vec![("retry-after", "120")], Some(RetryAfter::Delay(Duration::from_secs(120))), seconds(120)),
        (vec![("retry-after", " 0 ")], Some(RetryAfter::Delay(Duration::ZERO)), seconds(0)),
        (
            vec![("retry-after", "18446744073709551615")],
            Some(RetryAfter::Delay(Duration::from_secs(u64::MAX))),
            seconds(u64::MAX),
        ),
        (vec![("retry-after", "Sun, 22 Nov 2026 08:02:00 GMT"), date], Some(RetryAfter::At(at)), seconds(120)),
        // A time that has passed.
        (
            vec![("retry-after", "Sun, 22 Nov 2026 08:02:00 GMT"), ("date", "Sun, 22 Nov 2026 09:00:00 GMT")],
            Some(RetryAfter::At(at)),
            seconds(0),
        ),
        // Without Apple's clock, or with a broken one, there is a time and no pause.
        (vec![("retry-after", "Sun, 22 Nov 2026 08:02:00 GMT")], Some(RetryAfter::At(at)), None),
        (vec![("retry-after", "Sun, 22 Nov 2026 08:02:00 GMT"), ("date", "today")], Some(RetryAfter::At(at)), None),
        (vec![("retry-after", "soon"), date], None, None),
        (vec![("retry-after", "-5"), date], None, None),
        (vec![("retry-after", "1.5"), date], None, None),
        (vec![("retry-after", ""), date], None, None),
        (vec![("retry-after", "99999999999999999999999"), date], None, None),
        (vec![("retry-after", "\u{fffd}"), date], None, None),
    ] {
        for (status, body) in
            [(429, "TOO_MANY_REQUESTS"), (429, ""), (503, ""), (500, "internal_server_error"), (408, "")]
        {
            let refusal = Refusal::read("POST /devices", &with_headers(status, body, &headers));
            assert_eq!(refusal.retry_after(), read, "{headers:?}");
            assert_eq!(refusal.advice(), Advice::Retry { after }, "{headers:?}");
        }
    }
    // Where waiting does not help, it is not advised.
    let refused = Refusal::read("GET /account", &with_headers(403, "T_C_NOT_SIGNED", &[("retry-after", "120")]));
    assert_eq!(refused.advice(), Advice::AcceptTerms);
}

#[test]
fn the_request_id_is_named() {
    let headers = [("X-Apple-Request-UUID", " 3f7a9b1c-0000-4000-8000-000000000001 ")];
    for call in all() {
        let error = call.parse(&with_headers(403, "ACCESS_DENIED", &headers)).unwrap_err();
        assert_eq!(error.request_id(), Some("3f7a9b1c-0000-4000-8000-000000000001"));
        assert!(error.to_string().ends_with("(Apple's request id 3f7a9b1c-0000-4000-8000-000000000001)"), "{error}");
        let error = call.parse(&with_headers(200, "<html>", &headers)).unwrap_err();
        assert_eq!(error.request_id(), Some("3f7a9b1c-0000-4000-8000-000000000001"));
    }
    for value in ["", "  ", "\u{e4}"] {
        let refused = Refusal::read("GET /account", &with_headers(403, "", &[("x-apple-request-uuid", value)]));
        assert_eq!(refused.request_id(), None);
    }
}

/// The sign-in is dated 08:00:00.
fn refused_sign_in(date: &str, status: u16, body: &str) -> Error {
    sign_in().parse_response(&with_headers(status, body, &[("date", date)])).unwrap_err()
}

#[test]
fn a_clock_is_wrong_from_five_minutes_on() {
    for (date, skew) in [
        ("Sun, 22 Nov 2026 07:55:01 GMT", None),
        ("Sun, 22 Nov 2026 07:55:00 GMT", Some(300)),
        ("Sun, 22 Nov 2026 08:04:59 GMT", None),
        ("Sun, 22 Nov 2026 08:05:00 GMT", Some(-300)),
        ("Sun, 22 Nov 2026 08:00:00 GMT", None),
        ("Fri, 22 Nov 2024 08:00:00 GMT", Some(730 * 86400)),
        ("Sun, 22 Nov 2026 10:05:00 +0200", Some(-300)),
        ("no date", None),
        ("", None),
    ] {
        let error = refused_sign_in(date, 401, "oauth_problem_adviceUnauthorized");
        let refusal = error.refusal().unwrap();
        assert_eq!(refusal.clock_skew(), skew.map(TimeDelta::seconds), "{date}");
        match skew {
            Some(seconds) => {
                assert_eq!(error.advice(), Advice::SetClock { skew: TimeDelta::seconds(seconds) });
                let way = if seconds < 0 { "behind" } else { "ahead of" };
                let sentence = format!("{way} Apple's, and call again");
                assert!(error.to_string().contains(&sentence), "{error}");
            }
            None => assert_eq!(error.advice(), Advice::RenewToken),
        }
    }
}

#[test]
fn a_wrong_clock_does_not_hide_another_reason() {
    let date = "Sun, 22 Nov 2026 07:00:00 GMT";
    let clock = Advice::SetClock { skew: TimeDelta::hours(1) };
    for (status, body, advice) in [
        (401, "", clock),
        (401, "signature_invalid", clock),
        (400, "oauth_problem_adviceBad Request", clock),
        (401, "UNAUTHORIZED", clock),
        (401, "some_new_word", clock),
        (403, "T_C_NOT_SIGNED", Advice::AcceptTerms),
        (403, "ACCESS_DENIED", Advice::AskAdministrator),
        (401, "token_rejected", Advice::RenewToken),
        (400, "USER_AGENT_INVALID", Advice::FixRequest),
        (429, "TOO_MANY_REQUESTS", RETRY),
        (503, "", RETRY),
        (500, "internal_server_error", RETRY),
    ] {
        let error = refused_sign_in(date, status, body);
        assert_eq!(error.advice(), advice, "{status} {body}");
        assert_eq!(error.refusal().unwrap().clock_skew(), Some(TimeDelta::hours(1)));
    }
    // Only a sign-in is dated.
    let error = GetAccount.parse_response(&with_headers(401, "", &[("date", date)])).unwrap_err();
    assert_eq!(error.advice(), Advice::SignInAgain);
}

/// Every error says where, what, and what to do; the sentences of the advice are all different.
#[test]
fn every_error_is_a_sentence() {
    let pause = Advice::Retry { after: Some(Duration::from_secs(90)) };
    let advice = [
        RETRY,
        pause,
        Advice::SignInAgain,
        Advice::AcceptTerms,
        Advice::AskAdministrator,
        Advice::CheckNetwork,
        Advice::RenewToken,
        Advice::SetClock { skew: TimeDelta::minutes(6) },
        Advice::FetchFromStart,
        Advice::ContinueWithSync,
        Advice::DefineProfileAgain,
        Advice::FixRequest,
        Advice::GiveUp,
    ];
    let sentences: BTreeMap<String, Advice> = advice.iter().map(|advice| (advice.to_string(), *advice)).collect();
    assert_eq!(sentences.len(), advice.len());
    assert!(sentences.keys().all(|sentence| sentence.len() >= 15 && !sentence.contains("Advice")), "{sentences:?}");
    assert_eq!(pause.to_string(), "call again in 90 seconds");

    for call in all() {
        let error = call.parse(&answer(403, "T_C_NOT_SIGNED")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{}: Apple refused with T_C_NOT_SIGNED (status 403): the organisation has not accepted Apple's current terms; \
                 an administrator must accept the new terms in Apple Business Manager or Apple School Manager",
                call.name()
            )
        );
        let error = call.parse(&answer(502, "<html>Bad gateway")).unwrap_err();
        let expected =
            "Apple refused with status 502 Bad Gateway and 17 bytes: \"<html>Bad gateway\"; call again after a pause";
        assert!(error.to_string().starts_with(&format!("{}: {expected}", call.name())), "{error}");
        let error = call.parse(&answer(200, "<html>Welcome")).unwrap_err();
        let text = error.to_string();
        let start = format!("{}: the answer (status 200 OK) cannot be read: it is HTML", call.name());
        assert!(text.starts_with(&start) && text.ends_with("it was 13 bytes: \"<html>Welcome\""), "{text}");
        assert_eq!(error.advice(), RETRY);
        assert_eq!(error.status(), Some(StatusCode::OK));
    }

    let transport = Error::from(TransportError::new("connection reset"));
    assert_eq!(transport.to_string(), "no answer from the service: connection reset");
    assert_eq!((transport.advice(), transport.status(), transport.request_id()), (RETRY, None, None));
    let request = Error::from(Service::at("mdm.example.com").unwrap_err());
    assert_eq!(request.advice(), Advice::FixRequest);
    assert!(matches!(request, Error::Request(RequestError::BaseUrl { .. })) && request.word().is_none());
    assert!(Error::from(ExchangeError::Over).to_string().contains("begin another exchange"));
}

#[test]
fn an_excerpt_is_short() {
    let body = format!("ä{}", "x".repeat(1000));
    let refusal = refusal(500, &body);
    assert_eq!(refusal.body().total(), 1002);
    assert_eq!(refusal.body().text(), format!("ä{}", "x".repeat(198)));
    assert!(refusal.to_string().contains("1002 bytes beginning \"äxxx"), "{refusal}");
    assert!(Refusal::read("GET /account", &answer(500, "")).to_string().contains("an empty body"));
    // Cut within a character.
    let body = format!("{}äx", "x".repeat(199));
    assert_eq!(self::refusal(500, &body).body().text(), format!("{}\u{fffd}", "x".repeat(199)));
    // A message is short, too, whatever it quotes.
    let error = AnswerError::new("GET /account", &answer(200, "x"), "y".repeat(100_000));
    assert!(error.problem().len() < 300 && error.to_string().len() < 600, "{error}");
}
