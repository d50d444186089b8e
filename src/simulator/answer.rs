//! What comes back for a request, or does not.

use std::borrow::Cow;
use std::time::Duration;

use http::header::{ALLOW, CONTENT_TYPE, DATE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::contract::echo;
use super::faults::{Due, Instead};
use super::log::CallRecord;
use super::service::{Refused, Reply, text};
use super::time::http_date;
use super::world::World;

/// What a request leads to: an answer after some time, or none.
///
/// [`World::handle`] gives the response alone. A server over HTTP uses this: it waits for `delay`, and closes the connection
/// when the answer is lost.
///
/// ```
/// use apple_ade::simulator::{Fault, World};
///
/// let mut world = World::builder().build();
/// world.faults_mut().add(Fault::LostReply);
/// let request = http::Request::get("https://mdmenrollment.apple.com/session").body(Vec::new())?;
/// assert!(world.answer(&request).result.unwrap_err().work_done);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct Answer {
    /// How long the service takes for it. The world's clock does not move by itself.
    pub delay: Duration,
    /// The response, if one arrives.
    pub result: Result<Response<Vec<u8>>, Lost>,
}

impl Answer {
    pub(super) fn at_once(result: Result<Response<Vec<u8>>, Lost>) -> Self {
        Self { delay: Duration::ZERO, result }
    }
}

/// No answer came: a fault broke the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection broke before an answer came")]
#[non_exhaustive]
pub struct Lost {
    /// Whether the service did what was asked. A client cannot know.
    pub work_done: bool,
}

impl World {
    /// Answers a request, as Apple's service would at the world's time. An answer that a fault loses is a 504 without a body
    /// here; [`World::answer`] tells the difference.
    ///
    /// The request's URI is what a signature is checked against: an absolute one as it is; one without a host, as a server
    /// over HTTP receives it, together with the `Host` header and the scheme `http`. The path of the base URL is not looked at.
    pub fn handle(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.answer(request).result.unwrap_or_else(|_| {
            let mut response = Response::new(Vec::new());
            *response.status_mut() = StatusCode::GATEWAY_TIMEOUT;
            response
        })
    }

    /// Answers a request as [`World::handle`] does, and says how long it takes and whether the answer arrives.
    ///
    /// Paths below `/_contract/` are for [`contract`](super::contract) and leave no trace in the world.
    pub fn answer(&mut self, request: &Request<Vec<u8>>) -> Answer {
        if let Some(answer) = echo(request) {
            return answer;
        }
        let mut record = CallRecord {
            at: self.now,
            request_id: self.rng.dashed_uuid(),
            method: request.method().to_string(),
            target: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            protocol: self.protocol(request),
            user_agent: text(request, USER_AGENT.as_str()).to_owned(),
            server: None,
            request_bytes: request.body().len(),
            status: 200,
            word: None,
            lost: false,
            delay_seconds: 0,
            faults: Vec::new(),
        };
        let mut due = Due::default();
        if !self.faults.is_empty() {
            due = self.faults.due(request.method().as_str(), request.uri().path());
        }
        let mut rotated = None;
        let result = match due.instead(self.now) {
            Some(Instead::Lost(lost)) => {
                record.status = 0;
                Err(lost)
            }
            Some(Instead::Page(page)) => Ok(page),
            Some(Instead::Word(status, word, headers)) => {
                let mut response = self.response(Err(Refused::new(status, word)), &mut record);
                response.headers_mut().extend(headers);
                Ok(response)
            }
            None => {
                let reply = self.perform(request, &mut record, &mut rotated, &mut due);
                let response = self.response(reply, &mut record);
                if due.is_empty() { Ok(response) } else { due.afterwards(response) }
            }
        };
        let result = result.map(|mut response| {
            record.status = response.status().as_u16();
            set(&mut response, DATE.as_str(), &http_date(self.now));
            set(&mut response, "X-Apple-Request-UUID", &record.request_id);
            if let Some(token) = rotated {
                set_secret(&mut response, &token);
            }
            response
        });
        let delay = due.delay();
        if !due.is_empty() {
            record.lost = result.is_err();
            record.delay_seconds = delay.as_secs();
            record.faults = due.names();
            self.faults.settle(&due);
        }
        self.calls.push_back(record);
        while self.calls.len() > self.settings.calls_kept {
            self.calls.pop_front();
        }
        Answer { delay, result }
    }

    fn response(&self, reply: Result<Reply, Refused>, record: &mut CallRecord) -> Response<Vec<u8>> {
        let mut response = Response::new(Vec::new());
        match reply {
            Ok(reply) => {
                let body = reply.into_bytes();
                if !body.is_empty() {
                    set(&mut response, CONTENT_TYPE.as_str(), "application/json;charset=UTF-8");
                }
                *response.body_mut() = body;
            }
            Err(refused) => {
                *response.status_mut() = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_GATEWAY);
                record.status = refused.status;
                if let Some(methods) = refused.allow {
                    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
                    set(&mut response, ALLOW.as_str(), &names.join(", "));
                }
                if !refused.word.is_empty() {
                    let quote = if self.settings.quoted_errors { "\"" } else { "" };
                    set(&mut response, CONTENT_TYPE.as_str(), "text/plain;charset=UTF-8");
                    *response.body_mut() = format!("{quote}{}{quote}", refused.word).into_bytes();
                    record.word = Some(Cow::into_owned(refused.word));
                }
            }
        }
        response
    }
}

fn set(response: &mut Response<Vec<u8>>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap_or(DATE), value);
    }
}

fn set_secret(response: &mut Response<Vec<u8>>, token: &str) {
    if let Ok(mut value) = HeaderValue::from_str(token) {
        value.set_sensitive(true);
        response.headers_mut().insert("x-adm-auth-session", value);
    }
}
