//! What can go wrong with a call, and what to do about it.
//!
//! [`Error`] is what every call ends in when it does not end well. Its variants say how far the call got:
//! nothing was sent ([`RequestError`]), Apple said no ([`Refusal`]), Apple's answer could not be read
//! ([`AnswerError`]), or the transport failed ([`TransportError`]). [`Error::advice`] is the way on, as data.

mod advice;
mod answer;
mod exchange;
mod excerpt;
mod obstacle;
mod refusal;
mod request;
mod transport;
mod word;

pub use self::advice::Advice;
pub use self::answer::AnswerError;
pub use self::excerpt::Excerpt;
pub use self::exchange::ExchangeError;
pub use self::obstacle::Obstacle;
pub(crate) use self::obstacle::{Pauses, asked_for};
pub use self::refusal::{Refusal, RetryAfter};
pub use self::request::RequestError;
pub use self::transport::{BoxError, TransportError};
pub use self::word::{ErrorWord, UnknownWord};

/// Why a call of Apple's service did not give its result.
///
/// ```
/// use apple_ade::error::{Advice, Error, Refusal};
///
/// let response = http::Response::builder().status(403).body(b"\"T_C_NOT_SIGNED\"".to_vec())?;
/// let error = Error::from(Refusal::read("GET /account", &response));
/// assert_eq!(error.advice(), Advice::AcceptTerms);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request was not sent, because it could not have succeeded.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Apple refused the call.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
    /// Apple accepted the call, and the answer is not what its documentation says.
    #[error(transparent)]
    Answer(#[from] Box<AnswerError>),
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The steps of a call were taken out of turn.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl Error {
    /// What to do now.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Request(_) | Self::Exchange(_) => Advice::FixRequest,
            Self::Refused(refusal) => refusal.advice(),
            Self::Answer(_) | Self::Transport(_) => Advice::Retry { after: None },
        }
    }

    /// Leaves out the answer's body where a secret that was sent stands in it, as some proxies show what they refuse.
    pub(crate) fn without_echo(self, response: &http::Response<Vec<u8>>, secret: &str) -> Self {
        let (body, secret) = (response.body(), secret.as_bytes());
        if secret.is_empty() || !body.windows(secret.len()).any(|window| window == secret) {
            return self;
        }
        match self {
            Self::Refused(refusal) => refusal.without_body(body).into(),
            Self::Answer(answer) => answer.without_echo(body).into(),
            other => other,
        }
    }

    /// Apple's word for the refusal, where Apple gave one.
    pub fn word(&self) -> Option<&ErrorWord> {
        self.refusal().and_then(Refusal::word)
    }

    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The HTTP status of the answer, where there was an answer.
    pub fn status(&self) -> Option<http::StatusCode> {
        match self {
            Self::Refused(refusal) => Some(refusal.status()),
            Self::Answer(answer) => Some(answer.status()),
            Self::Request(_) | Self::Transport(_) | Self::Exchange(_) => None,
        }
    }

    /// Apple's id of the request (`X-Apple-Request-UUID`), to name when asking Apple for help.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.request_id(),
            Self::Answer(answer) => answer.request_id(),
            Self::Request(_) | Self::Transport(_) | Self::Exchange(_) => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<AnswerError> for Error {
    fn from(answer: AnswerError) -> Self {
        Self::Answer(Box::new(answer))
    }
}

/// The value of a header as text, if it has one and it is not empty.
fn header<'r, B>(response: &'r http::Response<B>, name: &str) -> Option<&'r str> {
    let text = response.headers().get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then_some(text)
}
