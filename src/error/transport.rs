use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Any error, in a box.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// The transport got no answer: no connection, a time-out, a connection that broke.
///
/// Whether Apple did the work is not known. Reading is safe to repeat, and so are assigning and removing profiles;
/// a profile that is defined twice gets two UUIDs.
///
/// Its `Display` has the message of the HTTP client's error in it, and [`source`](StdError::source) goes on below that.
///
/// ```
/// use apple_ade::error::TransportError;
/// use std::io;
///
/// let error = TransportError::new(io::Error::from(io::ErrorKind::ConnectionRefused));
/// assert_eq!(error.to_string(), "no answer from the service: connection refused");
/// assert!(error.get_ref().is::<io::Error>());
/// ```
#[derive(Debug, Clone)]
pub struct TransportError(Arc<dyn StdError + Send + Sync + 'static>);

impl TransportError {
    /// Wraps the error of an HTTP client, or a message.
    pub fn new(error: impl Into<BoxError>) -> Self {
        Self(Arc::from(error.into()))
    }

    /// The HTTP client's own error, to look into with `downcast_ref`.
    pub fn get_ref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from the service: {}", self.0)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
