//! What a session does, case by case.

use apple_ade::api::{DefineProfile, GetAccount, GetBetaEnrollmentTokens, Service, profile::Profile};
use apple_ade::error::{Advice, Error, ErrorWord, ExchangeError, TransportError};
use apple_ade::secret::SecretString;
use apple_ade::session::{self, Exchange, Session, Step};
use apple_ade::{Client, Stamp, blocking, transport};

use crate::session_model::token;

fn stamp() -> Stamp {
    Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [7; 16])
}

fn session() -> Session {
    Session::new(token(), Service::apple())
}

fn sent<E: apple_ade::api::Endpoint>(exchange: &mut Exchange<E>) -> http::Request<Vec<u8>> {
    match exchange.next(&stamp()) {
        Step::Send(request) => request,
        Step::Wait(_) => panic!("a wait"),
        Step::Done(_) => panic!("done"),
    }
}

fn failed<E: apple_ade::api::Endpoint>(exchange: &mut Exchange<E>) -> Error {
    match exchange.next(&stamp()) {
        Step::Done(Err(error)) => error,
        _ => panic!("no error"),
    }
}

fn answer(status: u16, body: &str) -> http::Response<Vec<u8>> {
    http::Response::builder().status(status).body(body.into()).unwrap()
}

const SIGNED_IN: &str = r#"{"auth_session_token":"1538"}"#;

#[test]
fn secrets_are_marked_in_headers() {
    let session = session();
    let mut exchange = session.exchange(GetAccount);
    let sign_in = sent(&mut exchange);
    assert!(sign_in.headers()["authorization"].is_sensitive());
    assert_eq!(sign_in.headers()["user-agent"], concat!("apple-ade/", env!("CARGO_PKG_VERSION")));
    exchange.receive(&answer(200, SIGNED_IN)).unwrap();
    let call = sent(&mut exchange);
    assert!(call.headers()["x-adm-auth-session"].is_sensitive());
    assert_eq!(call.headers()["x-adm-auth-session"], "1538");
    let debug = format!("{sign_in:?} {call:?} {exchange:?} {session:?}");
    assert!(!debug.contains("1538") && !debug.contains("CS_1") && !debug.contains("AT_1"), "{debug}");
}

#[test]
fn a_session_can_be_shared_by_processes() {
    let first = session();
    assert!(first.export().is_none());
    let mut exchange = first.exchange(GetAccount);
    sent(&mut exchange);
    exchange.receive(&answer(200, SIGNED_IN)).unwrap();

    let second = session();
    second.resume(first.export().unwrap()).unwrap();
    let mut exchange = second.exchange(GetAccount);
    assert_eq!(sent(&mut exchange).headers()["x-adm-auth-session"], "1538");
}

#[test]
fn a_damaged_session_is_not_taken_on() {
    let session = session();
    for damaged in ["", "15\n38", "15\u{7f}38"] {
        let error = session.resume(SecretString::new(damaged)).unwrap_err();
        assert!(error.to_string().contains("as Session::export gave it"), "{error}");
        assert!(session.export().is_none());
    }
}

#[test]
fn resuming_frees_those_who_wait() {
    let session = session();
    let (mut first, mut second) = (session.exchange(GetAccount), session.exchange(GetAccount));
    sent(&mut first);
    let Step::Wait(waiting) = second.next(&stamp()) else { panic!("no wait") };
    session.resume(SecretString::new("1539")).unwrap();
    pollster::block_on(waiting);
    assert_eq!(sent(&mut second).headers()["x-adm-auth-session"], "1539");
}

#[test]
fn a_refused_sign_in_is_shared_by_those_who_wait() {
    let session = session();
    let (mut first, mut second) = (session.exchange(GetAccount), session.exchange(GetAccount));
    sent(&mut first);
    let Step::Wait(waiting) = second.next(&stamp()) else { panic!("no wait") };
    first.receive(&answer(403, "T_C_NOT_SIGNED")).unwrap();
    pollster::block_on(waiting);
    for exchange in [&mut first, &mut second] {
        let error = failed(exchange);
        assert_eq!(error.word(), Some(&ErrorWord::TermsNotSigned));
        assert_eq!(error.advice(), Advice::AcceptTerms);
    }
    // A later call tries for itself.
    let mut third = session.exchange(GetAccount);
    assert_eq!(sent(&mut third).uri().path(), "/session");
}

/// Refusals that another sign-in does not cure.
#[test]
fn only_a_stale_session_is_renewed() {
    for (status, body) in [
        (403, "ACCESS_DENIED"),
        (403, "\"T_C_NOT_SIGNED\""),
        (403, "APPLE_SEED_FOR_IT_TURNED_OFF"),
        (401, "token_rejected"),
        (403, "<html>Forbidden</html>"),
        (500, ""),
        (429, "TOO_MANY_REQUESTS"),
    ] {
        let session = session();
        session.resume(SecretString::new("1538")).unwrap();
        let mut exchange = session.exchange(GetBetaEnrollmentTokens);
        sent(&mut exchange);
        exchange.receive(&answer(status, body)).unwrap();
        assert_eq!(failed(&mut exchange).status().unwrap(), status, "{body}");
        assert!(session.export().is_some(), "{body}: the session is still good");
    }
    for (status, body) in [(401, ""), (401, "UNAUTHORIZED"), (401, "Unauthorized"), (403, "FORBIDDEN"), (403, "")] {
        let session = session();
        session.resume(SecretString::new("1538")).unwrap();
        let mut exchange = session.exchange(GetAccount);
        sent(&mut exchange);
        exchange.receive(&answer(status, body)).unwrap();
        assert_eq!(sent(&mut exchange).uri().path(), "/session", "{status} {body}");
        exchange.receive(&answer(200, SIGNED_IN)).unwrap();
        sent(&mut exchange);
        exchange.receive(&answer(status, body)).unwrap();
        assert_eq!(failed(&mut exchange).advice(), Advice::SignInAgain);
    }
}

#[test]
fn misuse_changes_nothing() {
    let session = session();
    let mut exchange = session.exchange(GetAccount);
    assert_eq!(exchange.receive(&answer(200, "{}")), Err(ExchangeError::NothingSent));
    assert_eq!(exchange.fail(TransportError::new("none")), Err(ExchangeError::NothingSent));
    sent(&mut exchange);
    exchange.receive(&answer(200, SIGNED_IN)).unwrap();
    // Asking again repeats the request, but not for ever.
    for _ in 0..4 {
        assert_eq!(sent(&mut exchange).uri().path(), "/account");
    }
    assert!(matches!(failed(&mut exchange), Error::Exchange(ExchangeError::TooManyRequests)));
    assert!(matches!(failed(&mut exchange), Error::Exchange(ExchangeError::Over)));
}

#[test]
fn a_request_that_cannot_be_is_not_sent() {
    let session = session();
    session.resume(SecretString::new("1538")).unwrap();
    let mut exchange = session.exchange(DefineProfile::new(Profile::default()));
    let error = failed(&mut exchange);
    assert_eq!(error.advice(), Advice::FixRequest);
    assert!(error.to_string().contains("`profile_name` is missing"), "{error}");
}

#[test]
fn a_wrong_clock_is_named() {
    let session = session();
    let mut exchange = session.exchange(GetAccount);
    sent(&mut exchange);
    let refusal = http::Response::builder()
        .status(401)
        .header("date", "Sun, 22 Nov 2026 07:48:00 GMT")
        .header("x-apple-request-uuid", "b1946ac9")
        .body(b"oauth_problem_adviceUnauthorized".to_vec())
        .unwrap();
    exchange.receive(&refusal).unwrap();
    let error = failed(&mut exchange);
    assert_eq!(error.advice(), Advice::SetClock { skew: chrono::TimeDelta::minutes(12) });
    assert_eq!(error.request_id(), Some("b1946ac9"));
    assert!(error.to_string().contains("12 minutes ahead of Apple's"), "{error}");
}

#[test]
fn a_session_in_a_broken_answer_is_not_shown() {
    let session = session();
    let mut exchange = session.exchange(GetAccount);
    sent(&mut exchange);
    exchange.receive(&answer(200, r#"{"auth_session_token":"very-secret"#)).unwrap();
    let error = failed(&mut exchange);
    assert!(matches!(error, Error::Answer(_)));
    assert!(!format!("{error} {error:?}").contains("very-secret"), "{error:?}");
}

/// Many threads share a blocking client whose session is stale: they all get through.
/// Some proxies show the header that they refuse.
#[test]
fn a_secret_that_is_sent_back_is_not_shown() {
    for (status, body) in [
        (400, "<pre>X-ADM-Auth-Session: 1538000000O1O</pre>"),
        (400, "1538000000O1O"),
        (200, "\"1538000000O1O\""),
        (200, "<p>1538000000O1O"),
    ] {
        let session = session();
        session.resume(SecretString::new("1538000000O1O"));
        let mut exchange = session.exchange(GetAccount);
        sent(&mut exchange);
        exchange.receive(&answer(status, body)).unwrap();
        let error = failed(&mut exchange);
        assert_eq!(error.status().unwrap(), status);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("1538000000") && shown.contains("(withheld)"), "{shown}");
    }
    let session = session();
    let token = session.token().access_token().expose_secret().to_owned();
    for (status, body) in [
        (302, String::from(r#"{"auth_session_token":"1538000000O1O"}"#)),
        (400, format!("<pre>Authorization: OAuth oauth_token=&quot;{token}&quot;</pre>")),
        (400, token.clone()),
    ] {
        let mut exchange = session.exchange(GetAccount);
        sent(&mut exchange);
        exchange.receive(&answer(status, &body)).unwrap();
        let error = failed(&mut exchange);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("1538000000") && !shown.contains(&token) && shown.contains("(withheld)"), "{shown}");
    }
}

/// Counts how often it is woken, and may panic then.
struct Alarm(std::sync::atomic::AtomicUsize, bool);

impl std::task::Wake for Alarm {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        assert!(!self.1, "as asked");
    }
}

fn waiting(session: &Session, alarm: &std::sync::Arc<Alarm>) -> (Exchange<GetAccount>, session::Waiting) {
    let mut exchange = session.exchange(GetAccount);
    let Step::Wait(mut waiting) = exchange.next(&stamp()) else { panic!("no wait") };
    poll(&mut waiting, alarm);
    (exchange, waiting)
}

fn poll(waiting: &mut session::Waiting, alarm: &std::sync::Arc<Alarm>) {
    let waker = std::task::Waker::from(alarm.clone());
    let polled = std::pin::Pin::new(waiting).poll(&mut std::task::Context::from_waker(&waker));
    assert!(polled.is_pending());
}

#[test]
fn a_waker_that_panics_leaves_nobody_asleep() {
    let session = session();
    let mut first = session.exchange(GetAccount);
    sent(&mut first);
    let alarms = [false, true, false, false].map(|panics| std::sync::Arc::new(Alarm(0.into(), panics)));
    let waits: Vec<_> = alarms.iter().map(|alarm| waiting(&session, alarm)).collect();
    let received = std::panic::AssertUnwindSafe(|| first.receive(&answer(200, SIGNED_IN)));
    assert!(std::panic::catch_unwind(received).is_err());
    assert_eq!(alarms.map(|alarm| alarm.0.load(std::sync::atomic::Ordering::SeqCst)), [1; 4]);
    for (mut exchange, _) in waits {
        assert_eq!(sent(&mut exchange).headers()["x-adm-auth-session"], "1538");
    }
}

/// A wait that is given up, as by a time-out, or that moves to another task, leaves nothing behind.
#[test]
fn wakers_do_not_pile_up() {
    let session = session();
    let mut first = session.exchange(GetAccount);
    sent(&mut first);
    let alarms: Vec<_> = (0..100).map(|_| std::sync::Arc::new(Alarm(0.into(), false))).collect();
    let (_exchange, mut moving) = waiting(&session, &alarms[0]);
    for alarm in &alarms {
        drop(waiting(&session, alarm));
        poll(&mut moving, alarm);
    }
    let held: Vec<usize> = alarms.iter().map(|alarm| std::sync::Arc::strong_count(alarm) - 1).collect();
    assert_eq!((held.iter().sum::<usize>(), held[99]), (1, 1), "the last waker of the one that waits");
}

#[test]
fn threads_share_a_client() {
    let sign_ins = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let count = std::sync::Arc::clone(&sign_ins);
    let http = move |request: http::Request<Vec<u8>>| {
        // Time for the others to meet the same stale session.
        std::thread::yield_now();
        Ok(match request.headers().get("x-adm-auth-session") {
            None => {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                answer(200, SIGNED_IN)
            }
            Some(session) if session == "1538" => answer(200, r#"{"server_name":"School"}"#),
            Some(_) => answer(401, ""),
        })
    };
    let session = session();
    session.resume(SecretString::new("stale")).unwrap();
    let client = blocking::Client::with_stamps(session, http, stamp);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(client.account().unwrap().server_name.as_deref(), Some("School")));
        }
    });
    assert_eq!(sign_ins.load(std::sync::atomic::Ordering::Relaxed), 1);
}

/// What a user's runtime needs: the futures can move between threads.
#[test]
fn futures_are_send() {
    fn is_send<T: Send>(_: &T) {}
    fn is_send_sync<T: Send + Sync>() {}
    is_send_sync::<Client>();
    is_send_sync::<blocking::Client>();
    is_send_sync::<Session>();
    is_send_sync::<Error>();
    let http = transport::from_fn(|_| async { Ok(answer(200, "{}")) });
    let client = Client::with_stamps(session(), http, stamp);
    is_send(&client.account());
    is_send(&client.fetch_devices(None));
    is_send(&client.assign("C1F123098EB5074580041E69883004C3".parse().unwrap(), []));
}

/// A call that is not made in batches is not sent with more devices than the account allows.
#[test]
fn what_goes_in_one_request_is_bounded() {
    let http = |request: http::Request<Vec<u8>>| {
        Ok(match request.uri().path() {
            "/session" => answer(200, SIGNED_IN),
            "/account" => answer(200, r#"{"urls":[{"uri":"/profile/devices","limit":{"maximum":2}}]}"#),
            _ => answer(200, r#"{"devices":{}}"#),
        })
    };
    let client = blocking::Client::with_stamps(session(), http, stamp);
    let serials = || ["A1", "A2", "A3"].map(|serial| serial.parse().unwrap());
    assert!(client.device_details(serials()).is_ok(), "1000 unless the account says otherwise");
    client.account().unwrap();
    for error in [client.device_details(serials()).unwrap_err(), client.remove_profile(serials()).unwrap_err()] {
        assert_eq!(error.advice(), Advice::FixRequest);
        assert!(error.to_string().contains("`devices` has 3, and the call takes at most 2"), "{error}");
    }
}
