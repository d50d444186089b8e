use std::fmt;

use http::{HeaderName, HeaderValue, Request, Response};

use super::Session;
use super::shared::{Entry, Lease, Permit, Waiting};
use crate::api::{Endpoint, SignIn};
use crate::error::{Error, ExchangeError, RequestError, TransportError};
use crate::stamp::Stamp;

const SESSION_HEADER: HeaderName = HeaderName::from_static("x-adm-auth-session");

/// One call, from the request to the result, with the sign-ins that it takes.
///
/// [`next`](Self::next) says what to do: send a request and give the answer to [`receive`](Self::receive) (or the transport's
/// error to [`fail`](Self::fail)), wait, or take the result. An exchange sends at most
/// [five requests](Self::MOST_REQUESTS): a sign-in and the call, both again if the session was stale, and the call once
/// more if another call had renewed the session meanwhile. It can be dropped at any time.
pub struct Exchange<E: Endpoint> {
    session: Session,
    endpoint: E,
    state: State<E::Response>,
    /// The sign-in of another call that this one waited for.
    waited_for: Option<u64>,
    requests: usize,
    /// It has been refused under the present session, and has signed in again or waited for it.
    renewed: bool,
    /// It has been refused under an old session, when a newer one was there.
    overtaken: bool,
}

enum State<R> {
    Ready,
    /// There was a session a moment ago: this call has just signed in, or another has.
    Leased(Lease),
    SigningIn {
        permit: Permit,
        stamp: Stamp,
    },
    Calling {
        lease: Lease,
    },
    Done(Result<R, Error>),
    Taken,
}

/// What to do next. There will be no fourth step: a loop may match without a wildcard.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a driver must know every step")]
pub enum Step<R> {
    /// Send this request, once, and give the answer to [`Exchange::receive`].
    Send(Request<Vec<u8>>),
    /// Another call is signing in: await this, or come back later.
    Wait(Waiting),
    /// The call is over.
    Done(Result<R, Error>),
}

impl<E: Endpoint> Exchange<E> {
    /// How many requests an exchange sends at most.
    pub const MOST_REQUESTS: usize = 5;

    pub(super) fn new(session: Session, endpoint: E) -> Self {
        Self { session, endpoint, state: State::Ready, waited_for: None, requests: 0, renewed: false, overtaken: false }
    }

    /// What to do next. The stamp dates a sign-in; make a new one for every step.
    ///
    /// Asked again while a request is out, it gives that request anew, so that a send that failed can be repeated: the
    /// sign-in with a new signature, the call as it was.
    pub fn next(&mut self, stamp: &Stamp) -> Step<E::Response> {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Ready => self.enter(stamp),
            // Meanwhile another call may have found it stale. It is tried all the same: a third sign-in would break the rule.
            State::Leased(lease) => self.call(self.session.0.shared.present().unwrap_or(lease)),
            State::SigningIn { permit, .. } => self.sign_in(permit, stamp),
            State::Calling { lease } => self.call(lease),
            State::Done(result) => Step::Done(result),
            State::Taken => Step::Done(Err(ExchangeError::Over.into())),
        }
    }

    fn enter(&mut self, stamp: &Stamp) -> Step<E::Response> {
        if let Some(error) = self.waited_for.take().and_then(|attempt| self.session.failure(attempt)) {
            return Step::Done(Err(error));
        }
        match self.session.enter() {
            Entry::SignedIn(lease) => self.call(lease),
            Entry::SignIn(permit) => self.sign_in(permit, stamp),
            Entry::Wait(waiting) => {
                self.state = State::Ready;
                self.waited_for = Some(waiting.attempt());
                Step::Wait(waiting)
            }
        }
    }

    fn sign_in(&mut self, permit: Permit, stamp: &Stamp) -> Step<E::Response> {
        let request = SignIn::new(self.session.token().credentials(), *stamp).to_request(self.session.service());
        match self.count(request) {
            Ok(request) => {
                self.state = State::SigningIn { permit, stamp: *stamp };
                Step::Send(request)
            }
            Err(error) => Step::Done(Err(error)),
        }
    }

    fn call(&mut self, lease: Lease) -> Step<E::Response> {
        let request = self.endpoint.to_request(self.session.service()).and_then(|mut request| {
            let mut value =
                HeaderValue::from_str(lease.secret.expose_secret()).map_err(|_| RequestError::Malformed {
                    call: E::CALL,
                    field: "X-ADM-Auth-Session",
                    found: String::from("(withheld)"),
                    expected: "a session that Apple gave",
                })?;
            value.set_sensitive(true);
            request.headers_mut().insert(SESSION_HEADER, value);
            Ok(request)
        });
        match self.count(request) {
            Ok(request) => {
                self.state = State::Calling { lease };
                Step::Send(request)
            }
            Err(error) => Step::Done(Err(error)),
        }
    }

    fn count(&mut self, request: Result<Request<Vec<u8>>, RequestError>) -> Result<Request<Vec<u8>>, Error> {
        let request = request?;
        if self.requests == Self::MOST_REQUESTS {
            return Err(ExchangeError::TooManyRequests.into());
        }
        self.requests += 1;
        Ok(request)
    }

    /// Takes the answer to the request that is out.
    ///
    /// # Errors
    ///
    /// When no request is out. What is wrong with the answer comes out of [`next`](Self::next).
    pub fn receive(&mut self, response: &Response<Vec<u8>>) -> Result<(), ExchangeError> {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::SigningIn { permit, stamp } => self.signed_in(permit, stamp, response),
            State::Calling { lease } => self.answered(&lease, response),
            other => {
                self.state = other;
                return Err(ExchangeError::NothingSent);
            }
        }
        Ok(())
    }

    fn signed_in(&mut self, permit: Permit, stamp: Stamp, response: &Response<Vec<u8>>) {
        match SignIn::new(self.session.token().credentials(), stamp).parse_response(response) {
            Ok(secret) => {
                self.state = State::Leased(permit.succeed(secret));
            }
            Err(error) => {
                permit.fail(&error);
                self.state = State::Done(Err(error));
            }
        }
    }

    fn answered(&mut self, lease: &Lease, response: &Response<Vec<u8>>) {
        let rotated = response.headers().get(SESSION_HEADER).and_then(|value| value.to_str().ok()).map(str::trim);
        if let Some(new) = rotated.filter(|new| !new.is_empty()) {
            self.session.0.shared.rotate(lease, new);
        }
        let result = self.endpoint.parse_response(response);
        let result = result.map_err(|error| error.without_echo(response, lease.secret.expose_secret()));
        let is_stale = matches!(&result, Err(Error::Refused(refusal)) if refusal.is_stale_session());
        let newer = if is_stale { self.session.0.shared.refuse(lease) } else { None };
        self.state = match newer {
            Some(newer) if !self.overtaken => {
                self.overtaken = true;
                State::Leased(newer)
            }
            _ if is_stale && !self.renewed => {
                self.renewed = true;
                State::Ready
            }
            _ => State::Done(result),
        };
    }

    /// The request that is out got no answer. The call ends; of those that wait for its sign-in, one takes over.
    ///
    /// # Errors
    ///
    /// When no request is out.
    pub fn fail(&mut self, error: TransportError) -> Result<(), ExchangeError> {
        match self.state {
            State::SigningIn { .. } | State::Calling { .. } => {
                self.state = State::Done(Err(error.into()));
                Ok(())
            }
            _ => Err(ExchangeError::NothingSent),
        }
    }
}

impl<E: Endpoint> fmt::Debug for Exchange<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ready | State::Leased(_) => "ready",
            State::SigningIn { .. } => "signing in",
            State::Calling { .. } => "calling",
            State::Done(_) | State::Taken => "done",
        };
        f.debug_struct("Exchange").field("call", &E::CALL).field("state", &state).finish_non_exhaustive()
    }
}
