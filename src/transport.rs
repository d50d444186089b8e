//! How requests leave the library: an HTTP client of the caller's.

use std::future::Future;

use async_trait::async_trait;

use crate::error::TransportError;

/// A request as the library hands it out: method, absolute URI, headers, body.
pub type Request = http::Request<Vec<u8>>;

/// An answer as the library takes it in.
pub type Response = http::Response<Vec<u8>>;

/// Sends one HTTP request and gives back the answer, whatever its status.
///
/// An implementation must not follow redirects, must not treat an error status as an error, and should bound time and body
/// size. It must not make a call of the same session itself: while it sends the sign-in, such a call would wait for that for
/// ever. Everything else (sessions, retries after a stale session, errors) is the library's. See the examples
/// `reqwest_transport` and `ureq_transport` for adapters to copy.
///
/// ```
/// use apple_ade::error::TransportError;
/// use apple_ade::transport::{Request, Response, Transport};
///
/// struct Offline;
///
/// #[async_trait::async_trait]
/// impl Transport for Offline {
///     async fn send(&self, request: Request) -> Result<Response, TransportError> {
///         Err(TransportError::new(format!("no network for {}", request.uri())))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transport",
    note = "implement `Transport` with `#[async_trait]`, or wrap an async closure in `apple_ade::transport::from_fn`"
)]
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// When no answer came. An answer of any status is `Ok`.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        (**self).send(request).await
    }
}

/// A [`Transport`] made from a closure; see [`from_fn`].
#[derive(Debug, Clone, Copy)]
pub struct FromFn<F>(F);

/// Makes a [`Transport`] from an async closure.
///
/// ```
/// use apple_ade::transport::{from_fn, Response};
///
/// let transport = from_fn(|request: http::Request<Vec<u8>>| async move {
///     Ok(Response::new(request.uri().path().into()))
/// });
/// ```
pub fn from_fn<F, A>(send: F) -> FromFn<F>
where
    F: Fn(Request) -> A + Send + Sync,
    A: Future<Output = Result<Response, TransportError>> + Send,
{
    FromFn(send)
}

#[async_trait]
impl<F, A> Transport for FromFn<F>
where
    F: Fn(Request) -> A + Send + Sync,
    A: Future<Output = Result<Response, TransportError>> + Send,
{
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        (self.0)(request).await
    }
}

/// Sends one HTTP request and waits for the answer; the rules are those of [`Transport`]. A closure will do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a blocking transport",
    note = "implement `BlockingTransport`, or give a closure `|request: http::Request<Vec<u8>>| -> Result<http::Response<Vec<u8>>, TransportError>`; \
            for a shared transport, a closure that calls it"
)]
pub trait BlockingTransport: Send + Sync {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// When no answer came. An answer of any status is `Ok`.
    fn send(&self, request: Request) -> Result<Response, TransportError>;
}

impl<F> BlockingTransport for F
where
    F: Fn(Request) -> Result<Response, TransportError> + Send + Sync,
{
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        self(request)
    }
}
