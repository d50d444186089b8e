//! Signing in, once for all calls of a token: the machine between a call and its transport.
//!
//! A [`Session`] belongs to one server token and is shared by all its calls. Each call is an [`Exchange`]:
//!
//! ```text
//!             ┌────────────── another call is signing in ──────────────┐
//!             ▼                                                        │
//!  next() ─▶ Wait ─▶ next() …                                          │
//!             │                                                        │
//!             ├─ no session ─▶ Send(GET /session) ─▶ receive() ────────┤
//!             │                                                        │
//!             └─ session ────▶ Send(the call) ─────▶ receive() ─▶ Done │
//!                                                       │              │
//!                                  stale, the first time└──────────────┘
//! ```
//!
//! The one rule: *at most one sign-in of a token is under way at any time, and a call signs in again at most once*. Two
//! calls that meet a stale session together sign in once; if the call that signs in is dropped, the next one takes over. A
//! session that Apple replaces in the header of an answer (`X-ADM-Auth-Session`) is taken on by all calls that follow.

mod exchange;
mod shared;

use std::fmt;
use std::sync::Arc;

pub use self::exchange::{Exchange, Step};
pub use self::shared::Waiting;

use self::shared::Shared;
use http::HeaderValue;

use crate::api::{Endpoint, Service};
use crate::error::RequestError;
use crate::secret::SecretString;
use crate::token::ServerToken;

/// The signed-in state of one server token. Cloning gives another handle to the same state.
///
/// Without a server token there is none (`TOK-1`); the file that Apple gives is not one before it is decrypted:
///
/// ```compile_fail,E0308
/// # use apple_ade::{api::Service, session::Session, token::TokenFile};
/// fn sign_in(file: TokenFile) -> Session {
///     Session::new(file, Service::apple())
/// }
/// ```
///
/// The whole of a call without a client, as a loop that the caller may cut up as he likes:
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use apple_ade::Stamp;
/// use apple_ade::api::{GetAccount, Service};
/// use apple_ade::session::{Session, Step};
/// # let token = apple_ade::token::ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1",
/// #     "access_token":"AT_1","access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?;
/// # let mut send = |request: http::Request<Vec<u8>>| match request.uri().path() {
/// #     "/session" => http::Response::new(br#"{"auth_session_token":"1538"}"#.to_vec()),
/// #     _ => http::Response::new(br#"{"server_name":"School"}"#.to_vec()),
/// # };
/// # let stamp = || Stamp::new(chrono::DateTime::UNIX_EPOCH, [0; 16]);
///
/// let session = Session::new(token, Service::apple());
/// let mut exchange = session.exchange(GetAccount);
/// let account = loop {
///     match exchange.next(&stamp()) {
///         Step::Send(request) => exchange.receive(&send(request))?,
///         Step::Wait(waiting) => pollster::block_on(waiting),
///         Step::Done(result) => break result?,
///     }
/// };
/// assert_eq!(account.server_name.as_deref(), Some("School"));
/// # Ok(())
/// # }
/// ```
#[doc(alias = "auth_session_token")]
#[doc(alias = "X-ADM-Auth-Session")]
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    token: ServerToken,
    service: Service,
    shared: Shared,
}

impl Session {
    /// Not signed in yet; the first call does it.
    pub fn new(token: ServerToken, service: Service) -> Self {
        Self(Arc::new(Inner { token, service, shared: Shared::default() }))
    }

    /// Begins a call.
    pub fn exchange<E: Endpoint>(&self, endpoint: E) -> Exchange<E> {
        Exchange::new(self.clone(), endpoint)
    }

    /// The session's own secret, for another process of the same token to [`resume`](Self::resume). `None` when signed out.
    pub fn export(&self) -> Option<SecretString> {
        self.0.shared.export()
    }

    /// Takes on a session that another process has exported, in place of the present one.
    ///
    /// # Errors
    ///
    /// When it cannot be the value of a header: it was damaged where it was stored. Nothing has changed; the next call signs
    /// in if it has to.
    pub fn resume(&self, session: SecretString) -> Result<(), RequestError> {
        let is_value = HeaderValue::from_str(session.expose_secret()).is_ok_and(|value| !value.is_empty());
        if !is_value {
            return Err(RequestError::Malformed {
                call: "Session::resume",
                field: "X-ADM-Auth-Session",
                found: String::from("(withheld)"),
                expected: "a session as Session::export gave it",
            });
        }
        self.0.shared.resume(session);
        Ok(())
    }

    /// Forgets the session; the next call signs in.
    pub fn sign_out(&self) {
        self.0.shared.sign_out();
    }

    /// The server token.
    pub fn token(&self) -> &ServerToken {
        &self.0.token
    }

    /// Where the calls go.
    pub fn service(&self) -> &Service {
        &self.0.service
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("service", &self.0.service.base_url()).finish_non_exhaustive()
    }
}
