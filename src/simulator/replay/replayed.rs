use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, StatusCode};

use super::body::{Body, difference};
use super::recording::{RecordedAnswer, RecordedCall, RecordedResponse, Recording};
use crate::error::TransportError;
use crate::transport::{BlockingTransport, Request, Response, Transport};

/// Plays a [`Recording`]: a transport that gives the recorded answers, and checks that the same requests come in the same
/// order: method, path and query, body as JSON.
///
/// A request that differs gets an error, as does every one after it; [`Replay::finish`] tells the first difference. Clones share the place.
///
/// ```
/// use apple_ade::simulator::{Recorder, Replay, Simulator, World};
/// use apple_ade::transport::BlockingTransport;
///
/// let get = |path: &str| http::Request::get(format!("https://mdmenrollment.apple.com{path}")).body(Vec::new());
/// let recorder = Recorder::new(Simulator::new(World::builder().build()));
/// BlockingTransport::send(&recorder, get("/account")?)?;
///
/// let replay = Replay::new(recorder.recording());
/// assert_eq!(replay.finish().unwrap_err().to_string(), "call 1, GET /account, was not made");
/// assert_eq!(BlockingTransport::send(&replay, get("/account")?)?.status(), 400);
/// replay.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Replay {
    recording: Arc<Recording>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    next: usize,
    first: Option<Difference>,
}

/// Where the calls differ from the recording; its text is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
#[non_exhaustive]
pub struct Difference {
    /// Which call, from 1.
    pub call: usize,
    sentence: String,
}

impl Replay {
    /// Plays a recording from its beginning.
    pub fn new(recording: Recording) -> Self {
        Self { recording: Arc::new(recording), state: Arc::default() }
    }

    /// Whether every recorded call was made, and no other.
    ///
    /// # Errors
    ///
    /// The first difference.
    pub fn finish(&self) -> Result<(), Difference> {
        let state = self.lock();
        if let Some(first) = &state.first {
            return Err(first.clone());
        }
        match self.recording.get(state.next) {
            None => Ok(()),
            Some(call) => {
                let number = state.next.saturating_add(1);
                let sentence = format!("call {number}, {} {}, was not made", call.method, call.target);
                Err(Difference { call: number, sentence })
            }
        }
    }

    /// The recorded answer to the next call, if this is it.
    fn answer(&self, request: &Request) -> Result<Response, TransportError> {
        let mut state = self.lock();
        if let Some(first) = &state.first {
            return Err(TransportError::new(first.clone()));
        }
        let number = state.next.saturating_add(1);
        let made = RecordedCall::of(request);
        let sentence = match self.recording.get(state.next) {
            None => Some(format!(
                "call {number} is {} {}, and the recording ends after {}",
                made.method,
                made.target,
                self.recording.len()
            )),
            Some(recorded) => compare(recorded, &made)
                .map(|problem| format!("call {number}, {} {}: {problem}", recorded.method, recorded.target)),
        };
        if let Some(sentence) = sentence {
            let difference = Difference { call: number, sentence };
            state.first = Some(difference.clone());
            return Err(TransportError::new(difference));
        }
        let recorded = self.recording.get(state.next);
        state.next = number;
        match recorded.map(|call| &call.answer) {
            Some(RecordedAnswer::Response(response)) => Ok(played(response)),
            Some(RecordedAnswer::Lost(reason)) => Err(TransportError::new(reason.clone())),
            None => Err(TransportError::new("the recording has ended")),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a call differs from the recorded one.
fn compare(recorded: &RecordedCall, made: &RecordedCall) -> Option<String> {
    if (&recorded.method, &recorded.target) != (&made.method, &made.target) {
        return Some(format!("{} {} was called in its place", made.method, made.target));
    }
    if let (Some(one), Some(other)) = (recorded.body.json(), made.body.json()) {
        return difference("$", &one, &other);
    }
    let shown = |body: &Body| String::from_utf8_lossy(&body.bytes()).chars().take(200).collect::<String>();
    (recorded.body != made.body).then(|| {
        format!("the body is {:?} in the recording and {:?} in the request", shown(&recorded.body), shown(&made.body))
    })
}

fn played(recorded: &RecordedResponse) -> Response {
    let mut response = Response::new(recorded.body.bytes());
    *response.status_mut() = StatusCode::from_u16(recorded.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in &recorded.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[async_trait]
impl Transport for Replay {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.answer(&request)
    }
}

impl BlockingTransport for Replay {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.answer(&request)
    }
}
