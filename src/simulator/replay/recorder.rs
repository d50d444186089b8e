use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::recording::Recording;
use crate::error::TransportError;
use crate::transport::{BlockingTransport, Request, Response, Transport};

/// A transport around another that writes every call down. Clones share what is written.
///
/// ```
/// use apple_ade::simulator::{Recorder, Simulator, World};
/// use apple_ade::transport::BlockingTransport;
///
/// let recorder = Recorder::new(Simulator::new(World::builder().build()));
/// let request = http::Request::get("https://mdmenrollment.apple.com/session").header("Authorization", "OAuth secret");
/// BlockingTransport::send(&recorder, request.body(Vec::new())?)?;
/// let lines = recorder.recording().to_json_lines();
/// assert!(lines.contains(r#""target":"/session""#) && !lines.contains("secret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Recorder<T> {
    inner: T,
    recording: Arc<Mutex<Recording>>,
}

impl<T> Recorder<T> {
    /// Records what goes through a transport.
    pub fn new(inner: T) -> Self {
        Self { inner, recording: Arc::default() }
    }

    /// The calls so far.
    pub fn recording(&self) -> Recording {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<T: Transport> Transport for Recorder<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let answer = self.inner.send(request.clone()).await;
        self.lock().add(&request, &answer);
        answer
    }
}

impl<T: BlockingTransport> BlockingTransport for Recorder<T> {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        let answer = self.inner.send(request.clone());
        self.lock().add(&request, &answer);
        answer
    }
}
