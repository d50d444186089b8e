//! The service's side: paths below `/_contract/`, which Apple does not have.

use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use crate::simulator::answer::{Answer, Lost};

/// The headers of a request that come back with `x-echo-` before the name.
pub(super) const HEADERS: &[&str] =
    &["authorization", "content-type", "user-agent", "x-adm-auth-session", "x-server-protocol-version"];

/// The body of an answer with a status.
pub(super) const WORD: &[u8] = b"\"T_C_NOT_SIGNED\"";

/// Answers what the contract for transports asks; `None` for every call of Apple's.
pub(in crate::simulator) fn echo(request: &Request<Vec<u8>>) -> Option<Answer> {
    let what = request.uri().path().strip_prefix("/_contract/")?;
    if what == "lost" {
        return Some(Answer::at_once(Err(Lost { work_done: false })));
    }
    let mut response = Response::new(Vec::new());
    let status = what.strip_prefix("status/").and_then(|status| status.parse().ok());
    if let Some(status) = status.and_then(|status: u16| StatusCode::from_u16(status).ok()) {
        *response.status_mut() = status;
        *response.body_mut() = WORD.to_vec();
        let headers = response.headers_mut();
        headers.insert(LOCATION, HeaderValue::from_static("/_contract/status/200"));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("120"));
        headers.insert("x-adm-auth-session", HeaderValue::from_static("rotated"));
        headers.append("x-twice", HeaderValue::from_static("1"));
        headers.append("x-twice", HeaderValue::from_static("2"));
    } else if what == "echo" {
        response.body_mut().clone_from(request.body());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        for (name, value) in [("x-method", request.method().as_str()), ("x-target", target)] {
            headers.extend(HeaderValue::from_str(value).map(|value| (HeaderName::from_static(name), value)));
        }
        for name in HEADERS {
            let values: Vec<&[u8]> = request.headers().get_all(*name).iter().map(HeaderValue::as_bytes).collect();
            let echoed = HeaderName::try_from(format!("x-echo-{name}")).ok();
            let value = HeaderValue::from_bytes(&values.join(&b" & "[..])).ok().filter(|_| !values.is_empty());
            headers.extend(echoed.zip(value));
        }
    } else {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Some(Answer::at_once(Ok(response)))
}
