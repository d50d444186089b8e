use super::{Excerpt, header};

/// Apple accepted the call, but the answer cannot be read as what the call gives.
///
/// Most often something between here and Apple has answered: a proxy, a captive portal, a truncated connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{call}: the answer (status {status}) cannot be read: {problem}; it was {body}")]
pub struct AnswerError {
    call: &'static str,
    status: http::StatusCode,
    problem: String,
    body: Excerpt,
    request_id: Option<String>,
}

impl AnswerError {
    /// Describes an answer that could not be read, and why.
    pub fn new(call: &'static str, response: &http::Response<Vec<u8>>, problem: impl Into<String>) -> Self {
        Self {
            call,
            status: response.status(),
            problem: Excerpt::shortened(problem.into()),
            body: Excerpt::of(response.body()),
            request_id: header(response, "x-apple-request-uuid").map(String::from),
        }
    }

    /// Leaves out the body, which may hold a secret.
    pub(crate) fn without_body(mut self, body: &[u8]) -> Self {
        self.body = Excerpt::withheld(body);
        self
    }

    /// Leaves out the body, in which a secret stands that was sent, and the problem, which may quote it.
    pub(crate) fn without_echo(mut self, body: &[u8]) -> Self {
        self.problem = String::from("it repeats a secret of the request");
        self.without_body(body)
    }

    /// The call, as in `POST /server/devices`.
    pub fn call(&self) -> &'static str {
        self.call
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> http::StatusCode {
        self.status
    }

    /// What could not be read, and where.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// How the answer began.
    pub fn body(&self) -> &Excerpt {
        &self.body
    }

    /// Apple's id of the request, if there is one: without it, the answer probably did not come from Apple.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}
