//! Calls for programs without an async runtime.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

use super::Core;
use super::calls::calls;
#[cfg(feature = "sys")]
use crate::api::Service;
use crate::api::{AccountDetail, Endpoint};
use crate::assign::{Answer, AssignError, AssignReport, Assignment, Request};
use crate::error::Error;
use crate::id::{ProfileUuid, SerialNumber};
use crate::session::{Session, Step};
use crate::stamp::Stamp;
#[cfg(feature = "sys")]
use crate::token::ServerToken;
use crate::transport::BlockingTransport;

/// [`Client`](super::Client) without async: every method returns when Apple has answered. Cloning gives another handle.
///
/// A closure is transport enough:
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use apple_ade::{blocking, Stamp};
/// # use apple_ade::{api::Service, session::Session};
/// # let token = apple_ade::token::ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1",
/// #     "access_token":"AT_1","access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?;
/// # let stamps = || Stamp::new(chrono::DateTime::UNIX_EPOCH, [0; 16]);
/// let my_http = |request: http::Request<Vec<u8>>| {
///     let body = match request.uri().path() {
///         "/session" => r#"{"auth_session_token":"1538"}"#,
///         _ => r#"{"server_name":"School"}"#,
///     };
///     Ok(http::Response::new(body.into()))
/// };
/// let ade = blocking::Client::with_stamps(Session::new(token, Service::apple()), my_http, stamps);
/// assert_eq!(ade.account()?.server_name.as_deref(), Some("School"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    core: Arc<Core>,
    transport: Arc<dyn BlockingTransport>,
}

impl Client {
    /// A client for Apple's service, with the system's clock and randomness.
    ///
    /// Its `User-Agent` names this crate. To name your MDM, use [`for_session`](Self::for_session) with
    /// `Session::new(token, Service::apple().with_user_agent("ExampleMDM/4.2")?)`.
    #[cfg(feature = "sys")]
    pub fn new(token: ServerToken, transport: impl BlockingTransport + 'static) -> Self {
        Self::for_session(Session::new(token, Service::apple()), transport)
    }

    /// A client for a session: one that goes elsewhere than to Apple, or that other clients share.
    #[cfg(feature = "sys")]
    pub fn for_session(session: Session, transport: impl BlockingTransport + 'static) -> Self {
        Self::with_stamps(session, transport, Stamp::from_system)
    }

    /// A client with a clock and randomness of the caller's; each stamp must have a new nonce.
    pub fn with_stamps(
        session: Session,
        transport: impl BlockingTransport + 'static,
        stamps: impl Fn() -> Stamp + Send + Sync + 'static,
    ) -> Self {
        Self { core: Core::new(session, stamps), transport: Arc::new(transport) }
    }

    /// Makes a call. Every call of [`api`](crate::api) goes this way, also the one that has no method of its own because it
    /// cannot be undone: `client.call(DisownDevices::permanently_release(serials))`.
    ///
    /// # Errors
    ///
    /// As the endpoint says; see [`Error::advice`].
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Result<E::Response, Error> {
        let mut exchange = self.core.session.exchange(endpoint);
        loop {
            match exchange.next(&self.core.stamp()) {
                Step::Send(request) => match self.transport.send(request) {
                    Ok(response) => exchange.receive(&response)?,
                    Err(error) => exchange.fail(error)?,
                },
                Step::Wait(sign_in) => block_on(sign_in),
                Step::Done(result) => return result,
            }
        }
    }

    calls!(blocking);

    /// `GET /account`: the organisation and the server. The limits that it advertises apply to the calls that follow.
    ///
    /// # Errors
    ///
    /// See [`Error::advice`].
    pub fn account(&self) -> Result<AccountDetail, Error> {
        let account = self.call(crate::api::GetAccount)?;
        self.core.learn(&account);
        Ok(account)
    }

    /// Assigns a profile to any number of devices, in batches.
    ///
    /// # Errors
    ///
    /// When a batch fails as a whole; the error holds the report of what was done.
    pub fn assign(
        &self,
        profile_uuid: ProfileUuid,
        serials: impl IntoIterator<Item = SerialNumber>,
    ) -> Result<AssignReport, AssignError> {
        let mut assignment = Assignment::new(profile_uuid, serials, self.core.batch_size());
        while let Some(batch) = assignment.next() {
            match self.call(batch) {
                Ok(response) => assignment.receive(&response),
                Err(error) => return Err(assignment.fail(error)),
            }
        }
        Ok(assignment.finish())
    }

    /// Makes the call of an [`Assigner`](crate::assign::Assigner)'s step; its [`answer`](crate::assign::Assigner::answer) takes what
    /// comes of it.
    ///
    /// # Errors
    ///
    /// See [`Error::advice`].
    pub fn carry_out(&self, request: Request) -> Result<Answer, Error> {
        Ok(match request {
            Request::Details(details) => Answer::Details(self.call(details)?),
            Request::Assign(assign) => Answer::Assign(self.call(assign)?),
            Request::Remove(remove) => Answer::Remove(self.call(remove)?),
            Request::Disown(disown) => Answer::Disown(self.call(disown)?),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("blocking::Client").field("session", &self.core.session).finish_non_exhaustive()
    }
}

/// Blocks this thread until the future is ready.
fn block_on(future: impl Future<Output = ()>) {
    #[derive(Default)]
    struct Signal {
        raised: Mutex<bool>,
        changed: Condvar,
    }

    impl Wake for Signal {
        fn wake(self: Arc<Self>) {
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.changed.notify_one();
        }
    }

    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    while future.as_mut().poll(&mut context).is_pending() {
        let mut raised = signal.raised.lock().unwrap_or_else(PoisonError::into_inner);
        while !*raised {
            raised = signal.changed.wait(raised).unwrap_or_else(PoisonError::into_inner);
        }
        *raised = false;
    }
}
