//! What the unlock service answered.

use http::{Response, StatusCode};

use crate::json::RawJson;

/// The answer of the unlock service, of which the status is all that counts.
///
/// Apple documents no body; what there is of it is kept for the log, cut at 400 characters and without control characters.
///
/// ```
/// use apple_ade::activation_lock::{UnlockAnswer, UnlockOutcome};
///
/// let response = http::Response::builder().status(404).body(br#"{"code":"33000","message":"Not found"}"#.to_vec())?;
/// let answer = UnlockAnswer::read(&response);
/// assert_eq!(answer.outcome(), UnlockOutcome::TryOtherCode);
/// assert_eq!(answer.message(), Some("Not found"));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockAnswer {
    status: StatusCode,
    message: Option<String>,
}

/// What to do after an answer of the unlock service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UnlockOutcome {
    /// 400: a field is missing or malformed. The same request will fail again, with either code.
    Malformed,
    /// 401, 403 or a redirect: the service does not take the client certificate, or the answer is somebody else's.
    NotAllowed,
    /// 429, 500 and above, and what nobody has seen yet: ask again later with the same code.
    TryLater,
    /// 404: the code is not the right one, or Apple does not know the device; the other code may be it.
    TryOtherCode,
    /// 200: no lock is left.
    Unlocked,
}

impl UnlockAnswer {
    /// Reads an answer; there is none that cannot be read.
    pub fn read(response: &Response<Vec<u8>>) -> Self {
        Self { status: response.status(), message: message(response.body()) }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What to do.
    pub fn outcome(&self) -> UnlockOutcome {
        match self.status.as_u16() {
            200..=299 => UnlockOutcome::Unlocked,
            400 => UnlockOutcome::Malformed,
            404 => UnlockOutcome::TryOtherCode,
            300..=399 | 401 | 403 => UnlockOutcome::NotAllowed,
            _ => UnlockOutcome::TryLater,
        }
    }

    /// What the service said: `message` of a JSON body, or the body itself.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

fn message(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Body {
        message: String,
    }

    const READ: usize = 64 << 10;
    const SHOWN: usize = 400;
    let text = String::from_utf8_lossy(body.get(..READ).unwrap_or(body));
    let said = text.parse::<RawJson>().and_then(|raw| raw.read::<Body>()).map(|body| body.message);
    let said = said.unwrap_or_else(|_| text.into_owned());
    let shown: String = said.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    Some(shown).filter(|shown| !shown.is_empty())
}
