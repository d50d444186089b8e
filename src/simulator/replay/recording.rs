use std::collections::BTreeMap;

use http::{HeaderMap, Request, Response};
use serde::{Deserialize, Serialize};

use super::body::{Body, REMOVED};
use crate::error::TransportError;

/// The headers of requests and answers that are written down; the session's value is not.
const KEPT: &[&str] = &[
    "content-type",
    "date",
    "location",
    "retry-after",
    "user-agent",
    "x-adm-auth-session",
    "x-apple-request-uuid",
    "x-server-protocol-version",
];

/// Calls in order, to store as lines of JSON and to [`Replay`](super::Replay).
///
/// The headers `Authorization` and `X-ADM-Auth-Session` and the values of `auth_session_token` and `escrow_key` are
/// not in it. Serial numbers, names and profiles are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    calls: Vec<RecordedCall>,
}

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedCall {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Some headers of the request.
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub(super) body: Body,
    /// The answer.
    pub answer: RecordedAnswer,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordedAnswer {
    /// A response.
    Response(RecordedResponse),
    /// None, with the transport's reason.
    Lost(String),
}

/// A response in a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedResponse {
    /// The status.
    pub status: u16,
    /// Some headers.
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub(super) body: Body,
}

/// A line of a recording that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the recording is not a recorded call: {problem}")]
#[non_exhaustive]
pub struct RecordingError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl Recording {
    /// The calls in order.
    pub fn calls(&self) -> impl Iterator<Item = &RecordedCall> {
        self.calls.iter()
    }

    /// Writes down one more call, without its secrets.
    pub fn add(&mut self, request: &Request<Vec<u8>>, answer: &Result<Response<Vec<u8>>, TransportError>) {
        let answer = match answer {
            Ok(response) => RecordedAnswer::Response(RecordedResponse {
                status: response.status().as_u16(),
                headers: kept(response.headers()),
                body: Body::of(response.body()),
            }),
            Err(error) => RecordedAnswer::Lost(error.get_ref().to_string()),
        };
        self.calls.push(RecordedCall { answer, ..RecordedCall::of(request) });
    }

    /// One line of JSON for each call.
    pub fn to_json_lines(&self) -> String {
        let lines = self.calls.iter().filter_map(|call| serde_json::to_string(call).ok());
        lines.map(|line| line + "\n").collect()
    }

    /// Reads what [`Recording::to_json_lines`] wrote. Empty lines are skipped.
    ///
    /// # Errors
    ///
    /// When a line is not a recorded call.
    pub fn from_json_lines(text: &str) -> Result<Self, RecordingError> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let calls = lines.map(|(index, line)| {
            serde_json::from_str(line)
                .map_err(|error| RecordingError { line: index.saturating_add(1), problem: error.to_string() })
        });
        Ok(Self { calls: calls.collect::<Result<_, _>>()? })
    }

    pub(super) fn get(&self, index: usize) -> Option<&RecordedCall> {
        self.calls.get(index)
    }

    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }
}

impl RecordedCall {
    /// The request alone.
    pub(super) fn of(request: &Request<Vec<u8>>) -> Self {
        Self {
            method: request.method().to_string(),
            target: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            headers: kept(request.headers()),
            body: Body::of(request.body()),
            answer: RecordedAnswer::Lost(String::new()),
        }
    }
}

fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    let kept = KEPT.iter().filter_map(|name| {
        let value = headers.get(*name)?;
        let secret = *name == "x-adm-auth-session";
        let text = if secret { REMOVED.to_owned() } else { String::from_utf8_lossy(value.as_bytes()).into_owned() };
        Some(((*name).to_owned(), text))
    });
    kept.collect()
}
