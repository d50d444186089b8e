//! Calls over a transport: [`Client`] for async programs, [`blocking::Client`] for the others.
//!
//! Both are loops over [`Exchange`](crate::session::Exchange) and decide nothing themselves. They never sleep and never retry what
//! did not reach Apple; [`Error::advice`] says when to call again.

mod calls;
pub mod blocking;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use self::calls::calls;
#[cfg(feature = "sys")]
use crate::api::Service;
use crate::api::{AccountDetail, DEFAULT_LIMIT, Endpoint};
use crate::assign::{Answer, AssignError, AssignReport, Assignment, Request};
use crate::error::{Error, RequestError};
use crate::id::{ProfileUuid, SerialNumber};
use crate::session::{Session, Step};
use crate::stamp::Stamp;
#[cfg(feature = "sys")]
use crate::token::ServerToken;
use crate::transport::Transport;

/// Apple's service for one server token, over a [`Transport`] of the caller's. Cloning gives another handle.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use apple_ade::transport::from_fn;
/// use apple_ade::{Client, Stamp};
/// # use apple_ade::{api::Service, session::Session};
/// # let token = apple_ade::token::ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1",
/// #     "access_token":"AT_1","access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?;
/// # let stamps = || Stamp::new(chrono::DateTime::UNIX_EPOCH, [0; 16]);
/// let my_http = from_fn(|request: http::Request<Vec<u8>>| async move {
///     let body = match request.uri().path() {
///         "/session" => r#"{"auth_session_token":"1538"}"#,
///         _ => r#"{"server_name":"School"}"#,
///     };
///     Ok(http::Response::new(body.into()))
/// });
/// # #[cfg(not(feature = "sys"))]
/// # let ade = Client::with_stamps(Session::new(token, Service::apple()), my_http, stamps);
/// # #[cfg(feature = "sys")]
/// let ade = Client::new(token, my_http);
/// # pollster::block_on(async {
/// let account = ade.account().await?;
/// assert_eq!(account.server_name.as_deref(), Some("School"));
/// # Ok(())
/// # })
/// # }
/// ```
#[doc(alias = "DEP")]
#[doc(alias = "Device Enrollment Program")]
#[derive(Clone)]
pub struct Client {
    core: Arc<Core>,
    transport: Arc<dyn Transport>,
}

/// What both clients have.
struct Core {
    session: Session,
    stamps: Box<dyn Fn() -> Stamp + Send + Sync>,
    page_size: AtomicU32,
    batch_size: AtomicU32,
}

impl Core {
    fn new(session: Session, stamps: impl Fn() -> Stamp + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            session,
            stamps: Box::new(stamps),
            page_size: AtomicU32::new(DEFAULT_LIMIT),
            batch_size: AtomicU32::new(DEFAULT_LIMIT),
        })
    }

    fn stamp(&self) -> Stamp {
        (self.stamps)()
    }

    /// Keeps the limits that an account advertises.
    fn learn(&self, account: &AccountDetail) {
        self.page_size.store(account.page_size(), Ordering::Relaxed);
        self.batch_size.store(account.batch_size(), Ordering::Relaxed);
    }

    fn page_size(&self) -> u32 {
        self.page_size.load(Ordering::Relaxed)
    }

    /// The serial numbers of a call that is not made in batches.
    fn at_once(
        &self,
        call: &'static str,
        serials: impl IntoIterator<Item = SerialNumber>,
    ) -> Result<Vec<SerialNumber>, RequestError> {
        let serials: Vec<SerialNumber> = serials.into_iter().collect();
        let most = usize::try_from(self.batch_size()).unwrap_or(usize::MAX);
        if serials.len() > most {
            return Err(RequestError::TooMany { call, field: "devices", found: serials.len(), most });
        }
        Ok(serials)
    }

    fn batch_size(&self) -> u32 {
        self.batch_size.load(Ordering::Relaxed)
    }
}

impl Client {
    /// A client for Apple's service, with the system's clock and randomness.
    ///
    /// Its `User-Agent` names this crate. To name your MDM, use [`for_session`](Self::for_session) with
    /// `Session::new(token, Service::apple().with_user_agent("ExampleMDM/4.2")?)`.
    #[cfg(feature = "sys")]
    pub fn new(token: ServerToken, transport: impl Transport + 'static) -> Self {
        Self::for_session(Session::new(token, Service::apple()), transport)
    }

    /// A client for a session: one that goes elsewhere than to Apple, or that other clients share.
    #[cfg(feature = "sys")]
    pub fn for_session(session: Session, transport: impl Transport + 'static) -> Self {
        Self::with_stamps(session, transport, Stamp::from_system)
    }

    /// A client with a clock and randomness of the caller's; each stamp must have a new nonce.
    pub fn with_stamps(
        session: Session,
        transport: impl Transport + 'static,
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
    pub async fn call<E>(&self, endpoint: E) -> Result<E::Response, Error>
    where
        E: Endpoint + Send,
        E::Response: Send,
    {
        let mut exchange = self.core.session.exchange(endpoint);
        loop {
            match exchange.next(&self.core.stamp()) {
                Step::Send(request) => match self.transport.send(request).await {
                    Ok(response) => exchange.receive(&response)?,
                    Err(error) => exchange.fail(error)?,
                },
                Step::Wait(sign_in) => sign_in.await,
                Step::Done(result) => return result,
            }
        }
    }

    calls!(asynchronous);

    /// `GET /account`: the organisation and the server. The limits that it advertises apply to the calls that follow.
    ///
    /// # Errors
    ///
    /// See [`Error::advice`].
    pub async fn account(&self) -> Result<AccountDetail, Error> {
        let account = self.call(crate::api::GetAccount).await?;
        self.core.learn(&account);
        Ok(account)
    }

    /// Assigns a profile to any number of devices, in batches.
    ///
    /// # Errors
    ///
    /// When a batch fails as a whole; the error holds the report of what was done.
    pub async fn assign(
        &self,
        profile_uuid: ProfileUuid,
        serials: impl IntoIterator<Item = SerialNumber>,
    ) -> Result<AssignReport, AssignError> {
        let mut assignment = Assignment::new(profile_uuid, serials, self.core.batch_size());
        while let Some(batch) = assignment.next() {
            match self.call(batch).await {
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
    pub async fn carry_out(&self, request: Request) -> Result<Answer, Error> {
        Ok(match request {
            Request::Details(details) => Answer::Details(self.call(details).await?),
            Request::Assign(assign) => Answer::Assign(self.call(assign).await?),
            Request::Remove(remove) => Answer::Remove(self.call(remove).await?),
            Request::Disown(disown) => Answer::Disown(self.call(disown).await?),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("session", &self.core.session).finish_non_exhaustive()
    }
}
