use std::error::Error as StdError;
use std::sync::Arc;

/// Any error, in a box.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// The transport got no answer: no connection, a time-out, a connection that broke.
///
/// Whether Apple did the work is not known. Reading is safe to repeat, and so are assigning and removing profiles;
/// a profile that is defined twice gets two UUIDs.
#[derive(Debug, Clone, thiserror::Error)]
#[error("no answer from the service: {source}")]
pub struct TransportError {
    source: Arc<dyn StdError + Send + Sync + 'static>,
}

impl TransportError {
    /// Wraps the error of an HTTP client, or a message.
    pub fn new(source: impl Into<BoxError>) -> Self {
        Self { source: Arc::from(source.into()) }
    }

    /// The HTTP client's own error, to look into with `downcast_ref`.
    pub fn get_ref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.source
    }
}
