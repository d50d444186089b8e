//! Faults of the way between client and service: lost, slow, cut, answered by somebody else.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::kind::{Fault, RetryAfter};
use super::set::Due;
use crate::simulator::answer::Lost;
use crate::simulator::time::http_date;

/// What a due fault makes of a call instead of the work.
#[derive(Debug)]
pub(in crate::simulator) enum Instead {
    Lost(Lost),
    /// A status and a word of the service's own.
    Word(u16, String, HeaderMap),
    Page(Response<Vec<u8>>),
}

impl Fault {
    /// Whether the fault is about calls like this at all.
    pub(super) fn can_strike(&self, method: &str, path: &str) -> bool {
        let is_page = matches!(path, "/server/devices" | "/devices/sync");
        let is_list = matches!(path, "/devices" | "/devices/disown" | "/profile/devices")
            || (path == "/profile" && method == "POST");
        match self {
            Self::SilentMove | Self::TermsLinger { .. } => false,
            Self::BareDeletedRows | Self::HiddenFromSync { .. } | Self::ThrottledVanish => path == "/devices/sync",
            Self::SameCursor | Self::EmptyPage | Self::DuplicateInPage | Self::DuplicateAcrossPages => is_page,
            Self::OddTimestamps { .. } => is_page || path == "/devices",
            Self::UnknownValues => is_page || matches!(path, "/devices" | "/account"),
            Self::MissingSerials { .. } => is_list,
            Self::DeviceStatus { .. } => is_list || path == "/device/activationlock",
            _ => true,
        }
    }
}

impl Due {
    /// What happens instead of the work.
    pub(in crate::simulator) fn instead(&mut self, now: DateTime<Utc>) -> Option<Instead> {
        self.first(|fault| {
            Some(match fault {
                Fault::LostRequest => Instead::Lost(Lost { work_done: false }),
                Fault::ServerError { status, retry_after } => {
                    Instead::Word(*status, String::new(), retry(*retry_after, now))
                }
                Fault::TooManyRequests { retry_after } => {
                    Instead::Word(429, "TOO_MANY_REQUESTS".to_owned(), retry(*retry_after, now))
                }
                Fault::Refusal { status, word } => Instead::Word(*status, word.clone(), HeaderMap::new()),
                Fault::ProxyPage { status } => Instead::Page(proxy_page(*status)),
                Fault::Redirect => {
                    let mut page = proxy_page(302);
                    page.headers_mut().insert(LOCATION, HeaderValue::from_static("https://proxy.example.net/login"));
                    Instead::Page(page)
                }
                _ => return None,
            })
        })
    }

    /// What becomes of an answer on its way.
    pub(in crate::simulator) fn afterwards(&mut self, response: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, Lost> {
        let mut result = Ok(response);
        self.each(|fault| match (fault, &mut result) {
            (Fault::LostReply, Ok(_)) => {
                result = Err(Lost { work_done: true });
                true
            }
            (Fault::GatewayTimeout, Ok(response)) => {
                *response = proxy_page(504);
                true
            }
            (Fault::TruncatedBody, Ok(response)) if response.body().len() > 1 => {
                let half = response.body().len() / 2;
                response.body_mut().truncate(half);
                true
            }
            _ => false,
        });
        result
    }

    /// How long the answer takes.
    pub(in crate::simulator) fn delay(&mut self) -> Duration {
        let mut delay = Duration::ZERO;
        self.each(|fault| {
            let Fault::Slow { seconds } = fault else { return false };
            delay = delay.saturating_add(Duration::from_secs(u64::from(*seconds)));
            true
        });
        delay
    }
}

fn retry(after: Option<RetryAfter>, now: DateTime<Utc>) -> HeaderMap {
    let text = match after {
        None => return HeaderMap::new(),
        Some(RetryAfter::Seconds(seconds)) => seconds.to_string(),
        Some(RetryAfter::Date(seconds)) => {
            let at = now.checked_add_signed(TimeDelta::seconds(i64::from(seconds)));
            http_date(at.unwrap_or(now))
        }
    };
    HeaderValue::from_str(&text).map(|value| (RETRY_AFTER, value)).into_iter().collect()
}

/// As proxies write it; `FORBIDDEN` is in it for clients that look for words anywhere.
fn proxy_page(status: u16) -> Response<Vec<u8>> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let reason = status.canonical_reason().unwrap_or_default();
    let code = status.as_u16();
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{code} {reason}</title></head>\n<body><h1>{reason}</h1>\n\
         <p>proxy.example.net could not pass the request on. ERR_ACCESS_DENIED, FORBIDDEN.</p></body></html>\n"
    );
    let mut response = Response::new(page.into_bytes());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}
