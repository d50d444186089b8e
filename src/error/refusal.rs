use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;

use super::{Advice, ErrorWord, Excerpt, header};

/// Apple said no.
///
/// The word in the body decides, then the status: the same refusal has been seen under several statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    call: &'static str,
    status: StatusCode,
    word: Option<ErrorWord>,
    body: Excerpt,
    request_id: Option<String>,
    retry_after: Option<RetryAfter>,
    service_time: Option<DateTime<Utc>>,
    clock_skew: Option<TimeDelta>,
}

/// A `Retry-After` header: seconds from now, or a point in time (RFC 9110, section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// So long from the answer on.
    Delay(Duration),
    /// Not before this time.
    At(DateTime<Utc>),
}

impl Refusal {
    /// From this difference on, a refused sign-in is put down to the clock. RFC 5849 leaves the window to the
    /// server; five minutes is the usual one.
    pub const SKEW_THAT_MATTERS: TimeDelta = TimeDelta::minutes(5);

    /// Reads a refusal out of an answer whose status is not a success.
    pub fn read(call: &'static str, response: &http::Response<Vec<u8>>) -> Self {
        let status = response.status();
        let service_time = header(response, "date").and_then(http_date);
        Self {
            call,
            status,
            word: ErrorWord::find(response.body(), status),
            body: Excerpt::of(response.body()),
            request_id: header(response, "x-apple-request-uuid").map(String::from),
            retry_after: header(response, "retry-after").and_then(RetryAfter::parse),
            service_time,
            clock_skew: None,
        }
    }

    /// Compares the clock that dated the request with Apple's, for the advice on a refused sign-in.
    #[must_use]
    pub fn with_request_time(mut self, sent_at: DateTime<Utc>) -> Self {
        self.clock_skew = self
            .service_time
            .map(|theirs| sent_at.signed_duration_since(theirs))
            .filter(|skew| skew.abs() >= Self::SKEW_THAT_MATTERS);
        self
    }

    /// Leaves out the body, which holds a secret, and the word if it is part of it.
    pub(crate) fn without_body(mut self, body: &[u8]) -> Self {
        self.body = Excerpt::withheld(body);
        self.word.take_if(|word| matches!(word, ErrorWord::Other(_)));
        self
    }

    /// The call, as in `POST /profile`.
    pub fn call(&self) -> &'static str {
        self.call
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Apple's word, if the body held one.
    pub fn word(&self) -> Option<&ErrorWord> {
        self.word.as_ref()
    }

    /// How the body began.
    pub fn body(&self) -> &Excerpt {
        &self.body
    }

    /// Apple's id of the request (`X-Apple-Request-UUID`).
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// When to call again, if Apple said so.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.retry_after
    }

    /// How far this machine's clock was ahead of Apple's when the refused sign-in was dated, if by
    /// [five minutes](Self::SKEW_THAT_MATTERS) or more.
    pub fn clock_skew(&self) -> Option<TimeDelta> {
        self.clock_skew
    }

    /// Whether the session, and nothing else, was refused: signing in again is the cure.
    pub fn is_stale_session(&self) -> bool {
        match &self.word {
            Some(word) => matches!(word, ErrorWord::Unauthorized | ErrorWord::Forbidden),
            None => match self.status {
                StatusCode::UNAUTHORIZED => true,
                // Documented for an invalid session without a body; a proxy's page is something else.
                StatusCode::FORBIDDEN => self.body.total() == 0,
                _ => false,
            },
        }
    }

    /// What to do now.
    pub fn advice(&self) -> Advice {
        if let (Some(skew), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) =
            (self.clock_skew, self.status)
        {
            let clock_matters = match &self.word {
                Some(word) => word.may_be_clock(),
                None => true,
            };
            if clock_matters {
                return Advice::SetClock { skew };
            }
        }
        if let Some(advice) = self.advice_here().or_else(|| self.word.as_ref()?.advice()) {
            return self.with_pause(advice);
        }
        if self.is_stale_session() {
            return Advice::SignInAgain;
        }
        if self.is_from_elsewhere() {
            return Advice::CheckNetwork;
        }
        match self.status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                self.with_pause(Advice::Retry { after: None })
            }
            status if status.is_server_error() => self.with_pause(Advice::Retry { after: None }),
            StatusCode::FORBIDDEN => Advice::AskAdministrator,
            status if status.is_client_error() => Advice::FixRequest,
            _ => Advice::GiveUp,
        }
    }

    /// Whether something between here and Apple has answered: what has no word of Apple's and no request id, and is a
    /// redirect, a proxy's demand, or a page.
    fn is_from_elsewhere(&self) -> bool {
        let is_page = self.body.text().trim_start().starts_with('<') && !self.status.is_server_error();
        let is_proxy = self.status.is_redirection() || self.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED;
        self.word.is_none() && self.request_id.is_none() && (is_page || is_proxy)
    }

    /// What a refusal means under this call or status alone.
    fn advice_here(&self) -> Option<Advice> {
        let is_markup = self.body.text().trim_start().starts_with('<');
        match (self.call, &self.word, self.status) {
            _ if is_markup => None,
            // An unknown profile is documented as status 404 of the assignment, and as NOT_FOUND of the reading.
            ("POST /profile/devices" | "GET /profile", None | Some(ErrorWord::NotFound), StatusCode::NOT_FOUND)
            | ("GET /profile", Some(ErrorWord::NotFound), _) => Some(Advice::DefineProfileAgain),
            (_, Some(ErrorWord::OauthProblem), StatusCode::BAD_REQUEST) => Some(Advice::FixRequest),
            _ => None,
        }
    }

    fn with_pause(&self, advice: Advice) -> Advice {
        match (advice, self.retry_after) {
            (Advice::Retry { after: None }, Some(RetryAfter::Delay(delay))) => Advice::Retry { after: Some(delay) },
            (Advice::Retry { after: None }, Some(RetryAfter::At(time))) => {
                // Without Apple's own clock beside it, a date cannot be turned into a pause here.
                let pause = self.service_time.map(|theirs| time.signed_duration_since(theirs));
                Advice::Retry { after: pause.map(|pause| pause.to_std().unwrap_or(Duration::ZERO)) }
            }
            _ => advice,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} refused with ", self.call, if self.is_from_elsewhere() { "the service" } else { "Apple" })?;
        match &self.word {
            Some(word) => {
                write!(f, "{word} (status {})", self.status.as_u16())?;
                if let Some(meaning) = word.meaning() {
                    write!(f, ": {meaning}")?;
                }
            }
            None => write!(f, "status {} and {}", self.status, self.body)?,
        }
        write!(f, "; {}", self.advice())?;
        match &self.request_id {
            Some(id) => write!(f, " (Apple's request id {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}

impl RetryAfter {
    fn parse(text: &str) -> Option<Self> {
        match text.parse::<u64>() {
            Ok(seconds) => Some(Self::Delay(Duration::from_secs(seconds))),
            Err(_) => http_date(text).map(Self::At),
        }
    }
}

/// An HTTP date (RFC 9110, section 5.6.7), in the one form that is still written.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|time| time.with_timezone(&Utc))
}
