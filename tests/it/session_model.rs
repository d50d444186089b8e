//! `Exchange` against a model of Apple's sign-in, over random schedules: calls that overlap, sessions that expire and
//! rotate, sign-ins that are refused, answers that are lost, calls that are dropped.
//!
//! The mutants in `tests/mutants/session_*.mutant` break the machine one rule at a time; this test catches each.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use apple_ade::Stamp;
use apple_ade::api::{AccountDetail, GetAccount, Service};
use apple_ade::error::{Error, ErrorWord, TransportError};
use apple_ade::secret::SecretString;
use apple_ade::session::{Exchange, Session, Step, Waiting};
use proptest::prelude::*;

const CALLS: usize = 4;

pub(crate) fn token() -> apple_ade::token::ServerToken {
    let json = br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1","access_secret":"AS_1",
        "access_token_expiry":"2027-11-22T00:00:00Z"}"#;
    apple_ade::token::ServerToken::from_json(json).unwrap()
}

/// The service as far as sessions go.
#[derive(Default)]
struct Model {
    issued: u32,
    valid: BTreeSet<String>,
    /// For each session the one of the sign-in that it goes back to.
    origin: BTreeMap<String, String>,
    /// How often something made a session invalid.
    invalidations: u32,
    /// How many sessions that made invalid.
    killed: usize,
    refuse_sign_ins: bool,
    rotate: Option<Rotation>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rotation {
    OldStaysValid,
    OldDies,
}

impl Model {
    /// A new session: by a sign-in, or in the place of another.
    fn issue(&mut self, replaces: Option<&str>) -> String {
        self.issued += 1;
        let session = format!("session-{}", self.issued);
        self.valid.insert(session.clone());
        let origin = replaces.map_or(session.clone(), |old| self.origin[old].clone());
        self.origin.insert(session.clone(), origin);
        session
    }

    fn expire(&mut self) {
        if !self.valid.is_empty() {
            self.killed += self.valid.len();
            self.valid.clear();
            self.invalidations += 1;
        }
    }

    fn answer(&mut self, request: &http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let response = http::Response::builder();
        if request.uri().path() == "/session" {
            assert!(request.headers().contains_key("authorization"));
            if self.refuse_sign_ins {
                return response.status(401).body(b"token_rejected".to_vec()).unwrap();
            }
            let body = format!("{{\"auth_session_token\":\"{}\"}}", self.issue(None));
            return response.body(body.into_bytes()).unwrap();
        }
        let session = request.headers()["x-adm-auth-session"].to_str().unwrap().to_owned();
        if !self.valid.contains(&session) {
            return response.status(401).body(Vec::new()).unwrap();
        }
        let mut response = response;
        if let Some(rotation) = self.rotate {
            if rotation == Rotation::OldDies {
                self.valid.remove(&session);
                self.invalidations += 1;
                self.killed += 1;
            }
            response = response.header("X-ADM-Auth-Session", self.issue(Some(&session)));
        }
        response.body(b"{\"server_name\":\"School\"}".to_vec()).unwrap()
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A call as an executor would hold it.
struct Call {
    exchange: Exchange<GetAccount>,
    out: Option<http::Request<Vec<u8>>>,
    /// The answer is on its way: the service has done its part.
    back: Option<http::Response<Vec<u8>>>,
    waiting: Option<(Pin<Box<Waiting>>, Arc<Flag>)>,
    sent: usize,
    sign_ins: usize,
    /// How often it was refused for its session; the first time under an old one, when there was a newer, does not count.
    refused: usize,
    overtaken: bool,
    /// The sign-in that is its own, or that it has waited for.
    sign_in: u32,
    result: Option<Result<AccountDetail, Error>>,
}

impl Call {
    fn new(session: &Session) -> Self {
        let exchange = session.exchange(GetAccount);
        Self {
            exchange,
            out: None,
            back: None,
            waiting: None,
            sent: 0,
            sign_ins: 0,
            refused: 0,
            overtaken: false,
            sign_in: 0,
            result: None,
        }
    }

    fn is_signing_in(&self) -> bool {
        self.out.as_ref().is_some_and(|request| request.uri().path() == "/session")
    }
}

#[derive(Debug, Clone)]
enum Action {
    /// The executor runs the call.
    Run(usize),
    /// The service does the work of the request that is out.
    Serve(usize),
    /// The answer arrives.
    Deliver(usize),
    /// The answer is lost.
    Lose(usize),
    /// The call is dropped, and another begins in its place.
    Drop(usize),
    Expire,
    RefuseSignIns(bool),
    Rotate(Option<bool>),
    SignOut,
}

fn action() -> impl Strategy<Value = Action> {
    let call = 0..CALLS;
    prop_oneof![
        10 => call.clone().prop_map(Action::Run),
        10 => call.clone().prop_map(Action::Serve),
        10 => call.clone().prop_map(Action::Deliver),
        1 => call.clone().prop_map(Action::Lose),
        1 => call.prop_map(Action::Drop),
        2 => Just(Action::Expire),
        1 => any::<bool>().prop_map(Action::RefuseSignIns),
        1 => any::<Option<bool>>().prop_map(Action::Rotate),
        1 => Just(Action::SignOut),
    ]
}

struct World {
    model: Model,
    session: Session,
    calls: Vec<Call>,
    nonce: u8,
    sign_outs: u32,
    delivered_sign_ins: u32,
    /// Numbers the sign-ins that were begun.
    sign_in: u32,
    /// The latest sign-in that was refused.
    refused_sign_in: Option<u32>,
}

impl World {
    fn new() -> Self {
        let session = Session::new(token(), Service::apple());
        let calls = (0..CALLS).map(|_| Call::new(&session)).collect();
        Self {
            model: Model::default(),
            session,
            calls,
            nonce: 0,
            sign_outs: 0,
            delivered_sign_ins: 0,
            sign_in: 0,
            refused_sign_in: None,
        }
    }

    fn act(&mut self, action: &Action) {
        match *action {
            Action::Run(i) => self.run(i),
            Action::Serve(i) => self.serve(i),
            Action::Deliver(i) => self.deliver(i),
            Action::Lose(i) => {
                let call = &mut self.calls[i];
                if call.out.take().is_some() {
                    call.back = None;
                    call.exchange.fail(TransportError::new("lost")).unwrap();
                }
            }
            Action::Drop(i) => self.calls[i] = Call::new(&self.session),
            Action::Expire => self.model.expire(),
            Action::RefuseSignIns(refuse) => self.model.refuse_sign_ins = refuse,
            Action::Rotate(rotate) => {
                let rotation = |dies| if dies { Rotation::OldDies } else { Rotation::OldStaysValid };
                self.model.rotate = rotate.map(rotation);
            }
            Action::SignOut => {
                self.session.sign_out();
                self.sign_outs += 1;
            }
        }
        let signing_in = self.calls.iter().filter(|call| call.is_signing_in()).count();
        assert!(signing_in <= 1, "{signing_in} sign-ins at a time");
        assert!(
            self.delivered_sign_ins <= 1 + self.model.invalidations + self.sign_outs,
            "{} sign-ins after {} invalid sessions and {} sign-outs",
            self.delivered_sign_ins,
            self.model.invalidations,
            self.sign_outs
        );
    }

    /// As an executor does: a call that waits is run again only after it was woken.
    fn run(&mut self, i: usize) {
        self.nonce = self.nonce.wrapping_add(1);
        let stamp = Stamp::new(chrono::DateTime::UNIX_EPOCH, [self.nonce; 16]);
        let call = &mut self.calls[i];
        if call.out.is_some() || call.result.is_some() {
            return;
        }
        let mut must_fail = false;
        if let Some((mut waiting, flag)) = call.waiting.take() {
            let woken = flag.0.swap(false, Ordering::Relaxed);
            let waker = Waker::from(Arc::clone(&flag));
            if !woken || waiting.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending {
                call.waiting = Some((waiting, flag));
                return;
            }
            must_fail = self.refused_sign_in == Some(call.sign_in);
        }
        let step = call.exchange.next(&stamp);
        assert!(!must_fail || matches!(step, Step::Done(Err(_))), "the refusal that it waited for was not shared");
        match step {
            Step::Send(request) => {
                call.sent += 1;
                if request.uri().path() == "/session" {
                    call.sign_ins += 1;
                    self.sign_in += 1;
                    call.sign_in = self.sign_in;
                }
                assert!(call.sent <= Exchange::<GetAccount>::MOST_REQUESTS, "{} requests", call.sent);
                assert!(call.sign_ins <= 2, "{} sign-ins by one call", call.sign_ins);
                call.out = Some(request);
            }
            Step::Wait(waiting) => {
                call.sign_in = self.sign_in;
                // The first poll comes with the wait itself.
                call.waiting = Some((Box::pin(waiting), Arc::new(Flag(AtomicBool::new(true)))));
            }
            Step::Done(result) => {
                if let Err(error) = &result {
                    self.check(i, error);
                }
                self.calls[i].result = Some(result);
            }
        }
    }

    fn check(&self, i: usize, error: &Error) {
        match error {
            Error::Refused(refusal) if refusal.call() == "GET /session" => {
                assert_eq!(refusal.word(), Some(&ErrorWord::TokenRejected));
            }
            // Twice refused: something must have made two sessions invalid.
            Error::Refused(refusal) => {
                assert!(refusal.is_stale_session());
                assert!(self.model.killed >= 2, "a call gave up after {} invalid sessions", self.model.killed);
                assert!(self.calls[i].refused >= 2, "a call gave up before it had signed in again");
            }
            Error::Transport(_) => {}
            other => panic!("{other}"),
        }
    }

    fn serve(&mut self, i: usize) {
        let call = &mut self.calls[i];
        if let (Some(request), None) = (&call.out, &call.back) {
            call.back = Some(self.model.answer(request));
        }
    }

    fn deliver(&mut self, i: usize) {
        let call = &mut self.calls[i];
        if let Some(response) = call.back.take() {
            let is_ok = response.status().is_success();
            if call.is_signing_in() {
                self.delivered_sign_ins += u32::from(is_ok);
                self.refused_sign_in = if is_ok { self.refused_sign_in } else { Some(call.sign_in) };
            } else if !is_ok {
                let used = call.out.as_ref().unwrap().headers()["x-adm-auth-session"].to_str().unwrap();
                let is_newer = self.session.export().is_some_and(|present| present.expose_secret() != used);
                if is_newer && !call.overtaken {
                    call.overtaken = true;
                } else {
                    call.refused += 1;
                }
            }
            let out = call.out.take().unwrap();
            let present = || self.session.export().map(|session| session.expose_secret().to_owned());
            let before = present();
            call.exchange.receive(&response).unwrap();
            // A session that was replaced is followed, unless it goes back to another sign-in than the present one.
            if let Some(new) = response.headers().get("x-adm-auth-session") {
                let origin = |session: &str| self.model.origin.get(session).cloned();
                let used = out.headers()["x-adm-auth-session"].to_str().unwrap();
                let new = new.to_str().unwrap().to_owned();
                let follows = before.as_ref().is_some_and(|before| origin(before) == origin(used));
                assert_eq!(present(), if follows { Some(new) } else { before });
            }
        }
    }

    /// Lets the service have no more accidents, and runs everything to its end.
    fn settle(&mut self) {
        self.model.refuse_sign_ins = false;
        self.model.rotate = None;
        for _ in 0..40 {
            for i in 0..CALLS {
                for action in [Action::Run(i), Action::Serve(i), Action::Deliver(i)] {
                    self.act(&action);
                }
            }
        }
        for (i, call) in self.calls.iter().enumerate() {
            assert!(call.result.is_some(), "call {i} never ended: {:?}", call.exchange);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_schedule_breaks_the_rule(schedule in prop::collection::vec(action(), 1..120)) {
        let mut world = World::new();
        for action in &schedule {
            world.act(action);
        }
        world.settle();
        // Whatever was, new calls go through, and with one sign-in at the most.
        let before = world.delivered_sign_ins;
        world.calls = (0..CALLS).map(|_| Call::new(&world.session)).collect();
        world.settle();
        prop_assert!(world.delivered_sign_ins <= before + 1);
        for call in &world.calls {
            prop_assert!(matches!(call.result, Some(Ok(_))), "{:?}", call.result);
        }
    }

    /// All calls meet the same stale session at once: one sign-in serves them all, in whatever order the refusals arrive.
    #[test]
    fn calls_that_meet_a_stale_session_sign_in_once(order in Just((0..CALLS).collect::<Vec<_>>()).prop_shuffle()) {
        let mut world = World::new();
        world.session.resume(SecretString::new("stale")).unwrap();
        world.model.invalidations = 1;
        for i in 0..CALLS {
            world.act(&Action::Run(i));
            world.act(&Action::Serve(i));
        }
        for i in order {
            world.act(&Action::Deliver(i));
            world.act(&Action::Run(i));
        }
        world.settle();
        prop_assert_eq!(world.delivered_sign_ins, 1);
        for call in &world.calls {
            prop_assert!(matches!(call.result, Some(Ok(_))), "{:?}", call.result);
        }
    }
}
