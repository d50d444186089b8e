use std::borrow::Cow;
use std::fmt::Write as _;

use http::{HeaderValue, Method, Request, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::service::Service;
use crate::error::{AnswerError, Error, Refusal, RequestError};
use crate::json::Quick;

/// One call of Apple's service, as a value.
///
/// [`to_request`](Self::to_request) gives everything but the session header, which
/// [`Exchange`](crate::session::Exchange) adds. The request's URI is absolute.
pub trait Endpoint {
    /// What the call gives.
    type Response;

    /// The method and path, for messages: `POST /server/devices`.
    const CALL: &'static str;

    /// The request.
    ///
    /// # Errors
    ///
    /// When Apple would refuse it, as far as can be told beforehand.
    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError>;

    /// Reads the answer: status, headers and body.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] when the status is not a success, [`Error::Answer`] when the body is not what the call gives.
    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<Self::Response, Error>;
}

/// An answer longer than this is not read. A page of 1000 devices has about half a megabyte.
pub(super) const LARGEST_ANSWER: usize = 16 << 20;

/// What a call is about, in the query of its URI. An id that was read, not typed in, may have any length.
pub(super) fn query_path(
    call: &'static str,
    path: &str,
    field: &'static str,
    value: &str,
) -> Result<String, RequestError> {
    const LONGEST: usize = 1000;
    match value.len() {
        found if found > LONGEST => Err(RequestError::TooMany { call, field, found, most: LONGEST }),
        _ => Ok(format!("{path}?{field}={}", query_value(value))),
    }
}

/// A request without a body. `path` is a call's own, with its query encoded.
pub(super) fn request(service: &Service, method: Method, path: &str) -> Result<Request<Vec<u8>>, RequestError> {
    build(service, method, path, Vec::new())
}

/// A request with a JSON body.
pub(super) fn json_request<B: Serialize>(
    service: &Service,
    method: Method,
    call: &'static str,
    path: &str,
    body: &B,
) -> Result<Request<Vec<u8>>, RequestError> {
    let body = serde_json::to_vec(body).map_err(|error| RequestError::Malformed {
        call,
        field: "body",
        found: error.to_string(),
        expected: "values that JSON can hold",
    })?;
    let mut request = build(service, method, path, body)?;
    // Apple's old simulator wants this spelling to the letter.
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF8"));
    Ok(request)
}

fn build(service: &Service, method: Method, path: &str, body: Vec<u8>) -> Result<Request<Vec<u8>>, RequestError> {
    Request::builder()
        .method(method)
        .uri(format!("{}{path}", service.base_url()))
        .header(header::USER_AGENT, service.user_agent())
        .header("x-server-protocol-version", service.protocol_version())
        .header(header::ACCEPT, HeaderValue::from_static("application/json"))
        .body(body)
        .map_err(|_| RequestError::BaseUrl {
            found: service.base_url().into(),
            problem: "no call's path can follow it",
        })
}

/// Lets successful answers pass.
fn accept(call: &'static str, response: &Response<Vec<u8>>) -> Result<(), Error> {
    if response.status().is_success() { Ok(()) } else { Err(Refusal::read(call, response).into()) }
}

/// Lets successful answers pass of which nothing is read; a page of HTML, as a captive portal sends it, is not one.
pub(super) fn accept_any(call: &'static str, response: &Response<Vec<u8>>) -> Result<(), Error> {
    accept(call, response)?;
    if is_markup(response.body()) {
        return Err(AnswerError::new(call, response, MARKUP).into());
    }
    Ok(())
}

const MARKUP: &str = "it is HTML or XML, not JSON: something between here and Apple has answered";

fn is_markup(body: &[u8]) -> bool {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().first() == Some(&b'<')
}

/// The body of a successful answer, as text. A byte that is not UTF-8 costs its character, not the answer.
pub(super) fn text<'r>(call: &'static str, response: &'r Response<Vec<u8>>) -> Result<Cow<'r, str>, Error> {
    accept(call, response)?;
    body_text(response.body()).map_err(|problem| AnswerError::new(call, response, problem).into())
}

/// A body as text, or what is wrong with it.
pub(super) fn body_text(body: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    match body {
        [] => Err("it is empty"),
        _ if body.len() > LARGEST_ANSWER => Err("it is longer than 16 MiB"),
        _ if is_markup(body) => Err(MARKUP),
        // The strict check is several times as fast as the lossy one, and nearly every answer passes it.
        _ => Ok(str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed)),
    }
}

/// Reads the JSON of a successful answer.
pub(super) fn read<T: DeserializeOwned>(call: &'static str, response: &Response<Vec<u8>>) -> Result<T, Error>
where
    Quick<T>: DeserializeOwned,
{
    let text = text(call, response)?;
    match serde_json::from_str::<Quick<T>>(&text) {
        Ok(Quick(value)) => Ok(value),
        Err(_) => read_exact(call, response, &text),
    }
}

/// Reads JSON of which there is no quick way of reading.
pub(super) fn read_exact<T: DeserializeOwned>(
    call: &'static str,
    response: &Response<Vec<u8>>,
    text: &str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| AnswerError::new(call, response, error.to_string()).into())
}

/// Percent-encodes the value of a query parameter.
fn query_value(value: &str) -> String {
    value.bytes().fold(String::with_capacity(value.len()), |mut query, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            query.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(query, "%{byte:02X}");
        }
        query
    })
}

/// Refuses a list of serial numbers that is empty.
pub(super) fn some_serials<T>(call: &'static str, serials: &[T]) -> Result<(), RequestError> {
    if serials.is_empty() {
        return Err(RequestError::Missing { call, field: "devices", word: "DEVICE_ID_REQUIRED" });
    }
    Ok(())
}

/// Refuses a page of no devices.
pub(super) fn page_size(call: &'static str, limit: Option<u32>) -> Result<(), RequestError> {
    match limit {
        Some(0) => Err(RequestError::Malformed { call, field: "limit", found: "0".into(), expected: "1 or more" }),
        _ => Ok(()),
    }
}
