//! A simulated Apple over HTTP/1.1 on loopback.

use std::io;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use apple_ade::simulator::{Answer, Simulator};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use http::request::Parts;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How many bytes the body of a request may have; a longer one is answered with 413. Serial numbers for a thousand devices take
/// some 15,000, a profile with its certificates a few times that.
pub const MOST_BYTES: usize = 1 << 20;

/// Serves a simulated service on a free port of 127.0.0.1, in a thread of its own.
///
/// The caller keeps a clone of the handle to look at the world, and to change it, while it is served. The world's
/// [`base_url`](apple_ade::simulator::World::base_url) has no part in it: signatures are checked against the address that was called.
///
/// # Errors
///
/// When there is no port or no thread to be had.
pub fn serve(simulator: Simulator) -> io::Result<Served> {
    serve_routes(routes(simulator))
}

/// The simulated service, on every path and method that no other route takes.
pub fn routes(simulator: Simulator) -> Router {
    Router::new().fallback(answer).layer(DefaultBodyLimit::max(MOST_BYTES)).with_state(simulator)
}

/// Hands the request on as it came. Its URI has no host, as always in HTTP/1.1: the simulator, which must know what was signed,
/// takes that from the header `Host`.
async fn answer(State(simulator): State<Simulator>, parts: Parts, body: Bytes) -> http::Response<Body> {
    deliver(simulator.answer(&http::Request::from_parts(parts, body.into()))).await
}

/// Waits as long as the answer takes, and gives it; where it is lost, closes the connection without a byte.
pub(crate) async fn deliver(answer: Answer) -> http::Response<Body> {
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    match answer.result {
        Ok(response) => response.map(Body::from),
        Err(_) => http::Response::new(Body::new(Broken)),
    }
}

/// A body that fails before its first byte. hyper then closes the connection, and has not written the head yet.
struct Broken;

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}

/// Serves any routes as [`serve`] does.
///
/// # Errors
///
/// As there.
pub fn serve_routes(routes: Router) -> io::Result<Served> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = thread::Builder::new().name("served".into()).spawn(move || {
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener)?;
            tokio::spawn(async move { axum::serve(listener, routes).await });
            // The other end is dropped with `Served`. Then the runtime goes, and with it the listener and every connection.
            drop(stopped.await);
            Ok(())
        })
    })?;
    Ok(Served { base_url, stop: Some(stop), thread: Some(thread) })
}

/// A server that runs until this is dropped.
#[derive(Debug)]
pub struct Served {
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Served {
    /// Where it is: `http://127.0.0.1:` and the port, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Served {
    /// Returns when the port is free again.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
