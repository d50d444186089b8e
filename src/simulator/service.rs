//! From a request to an answer: routes, headers, the order of checks.

use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, DATE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::Serialize;

use super::log::CallRecord;
use super::percent;
use super::time::http_date;
use super::world::World;

/// The newest protocol version; larger ones are answered as this one.
const NEWEST_PROTOCOL: u8 = 10;

/// Every path with its methods, in the order in which `/account` lists them.
pub(super) const ROUTES: &[(&str, &[Method])] = &[
    ("/session", &[Method::GET]),
    ("/account", &[Method::GET]),
    ("/server/devices", &[Method::POST]),
    ("/devices/sync", &[Method::POST]),
    ("/devices", &[Method::POST]),
    ("/devices/disown", &[Method::POST]),
    ("/profile", &[Method::GET, Method::POST]),
    ("/profile/devices", &[Method::DELETE, Method::POST, Method::PUT]),
    ("/device/activationlock", &[Method::POST]),
    (REPLACEMENT, &[Method::GET]),
    ("/os-beta-enrollment/tokens", &[Method::GET]),
    ("/account-driven-enrollment/profile", &[Method::DELETE, Method::GET, Method::POST]),
];

/// Known from protocol version 10 on.
pub(super) const REPLACEMENT: &str = "/device/replacementDetails";

/// A call that has got past the door.
#[derive(Debug)]
pub(super) struct Call<'r> {
    pub(super) request: &'r Request<Vec<u8>>,
    pub(super) protocol: u8,
    /// The server that signed in.
    pub(super) server: String,
}

impl Call<'_> {
    /// The first query parameter of this name, unless it is empty.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = self.request.uri().query()?;
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| percent::decode(value))
            .filter(|value| !value.is_empty())
    }
}

/// What a call gives: its JSON, or nothing.
#[derive(Debug)]
pub(super) struct Reply(Vec<u8>);

impl Reply {
    pub(super) fn json(body: &impl Serialize) -> Result<Self, Refused> {
        serde_json::to_vec(body).map(Self).map_err(|_| Refused::status(500))
    }

    /// As [`Reply::json`], for a body of about so many bytes.
    pub(super) fn long_json(body: &impl Serialize, size: usize) -> Result<Self, Refused> {
        let mut out = Vec::with_capacity(size);
        serde_json::to_writer(&mut out, body).map_err(|_| Refused::status(500))?;
        Ok(Self(out))
    }

    pub(super) fn empty() -> Self {
        Self(Vec::new())
    }
}

/// A call that was refused.
#[derive(Debug)]
pub(super) struct Refused {
    status: u16,
    word: &'static str,
    allow: Option<&'static [Method]>,
}

impl Refused {
    pub(super) fn new(status: u16, word: &'static str) -> Self {
        Self { status, word, allow: None }
    }

    pub(super) fn bad(word: &'static str) -> Self {
        Self::new(400, word)
    }

    pub(super) fn status(status: u16) -> Self {
        Self::new(status, "")
    }
}

impl World {
    /// Answers a request, as Apple's service would at the world's time.
    ///
    /// The request's URI is what a signature is checked against: an absolute one as it is; one without a host, as a server
    /// over HTTP receives it, together with the `Host` header and the scheme `http`. The path of the base URL is not looked at.
    pub fn handle(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
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
        };
        let mut rotated = None;
        let answer = self.answer(request, &mut record, &mut rotated);
        let mut response = Response::new(Vec::new());
        match answer {
            Ok(Reply(body)) => {
                if !body.is_empty() {
                    set(&mut response, CONTENT_TYPE.as_str(), "application/json;charset=UTF-8");
                }
                *response.body_mut() = body;
            }
            Err(refused) => {
                *response.status_mut() = StatusCode::from_u16(refused.status).unwrap_or_default();
                record.status = refused.status;
                if let Some(methods) = refused.allow {
                    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
                    set(&mut response, ALLOW.as_str(), &names.join(", "));
                }
                if !refused.word.is_empty() {
                    let quote = if self.settings.quoted_errors { "\"" } else { "" };
                    set(&mut response, CONTENT_TYPE.as_str(), "text/plain;charset=UTF-8");
                    *response.body_mut() = format!("{quote}{}{quote}", refused.word).into_bytes();
                    record.word = Some(refused.word.to_owned());
                }
            }
        }
        set(&mut response, DATE.as_str(), &http_date(self.now));
        set(&mut response, "X-Apple-Request-UUID", &record.request_id);
        if let Some(token) = rotated {
            set_secret(&mut response, &token);
        }
        self.calls.push_back(record);
        while self.calls.len() > self.settings.calls_kept {
            self.calls.pop_front();
        }
        response
    }

    fn answer(
        &mut self,
        request: &Request<Vec<u8>>,
        record: &mut CallRecord,
        rotated: &mut Option<String>,
    ) -> Result<Reply, Refused> {
        let path = request.uri().path();
        let method = request.method();
        let known = ROUTES.iter().find(|(route, _)| *route == path && (path != REPLACEMENT || record.protocol >= 10));
        let (_, methods) = known.ok_or(Refused::status(404))?;
        if !methods.contains(method) {
            return Err(Refused { allow: Some(methods), ..Refused::status(405) });
        }
        if record.user_agent.trim().is_empty() {
            return Err(Refused::bad("USER_AGENT_MISSING"));
        }
        if self.settings.refused_user_agents.iter().any(|part| record.user_agent.contains(part.as_str())) {
            return Err(Refused::bad("USER_AGENT_INVALID"));
        }
        if path == "/session" {
            return self.sign_in(request, record);
        }
        let server = self.admit(request, rotated)?;
        record.server = Some(server.clone());
        self.check_standing()?;
        let call = Call { request, protocol: record.protocol, server };
        match (path, method.as_str()) {
            ("/account", _) => self.account(&call),
            ("/server/devices", _) => self.fetch(&call),
            ("/devices/sync", _) => self.sync(&call),
            ("/devices", _) => self.details(&call),
            ("/devices/disown", _) => self.disown(&call),
            ("/profile", "POST") => self.define_profile(&call),
            ("/profile", _) => self.read_profile(&call),
            ("/profile/devices", "DELETE") => self.remove_profile(&call),
            ("/profile/devices", _) => self.assign_profile(&call),
            ("/device/activationlock", _) => self.activation_lock(&call),
            (REPLACEMENT, _) => self.replacement(&call),
            ("/os-beta-enrollment/tokens", _) => self.beta_tokens(),
            (_, "POST") => self.store_discovery(&call),
            (_, "DELETE") => self.remove_discovery(),
            _ => self.read_discovery(),
        }
    }

    /// Whether the organisation may use the service at all.
    pub(super) fn check_standing(&self) -> Result<(), Refused> {
        if !self.organisation.access {
            return Err(Refused::new(403, "ACCESS_DENIED"));
        }
        if !self.organisation.terms_signed {
            return Err(Refused::new(403, "T_C_NOT_SIGNED"));
        }
        Ok(())
    }

    fn protocol(&self, request: &Request<Vec<u8>>) -> u8 {
        match text(request, "X-Server-Protocol-Version").trim().parse::<u64>() {
            Ok(version @ 1..) => u8::try_from(version).unwrap_or(NEWEST_PROTOCOL).min(NEWEST_PROTOCOL),
            _ => self.settings.protocol_unasked.clamp(1, NEWEST_PROTOCOL),
        }
    }
}

/// A header's value, or the empty text.
pub(super) fn text<'r>(request: &'r Request<Vec<u8>>, name: &str) -> &'r str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The values of every `Authorization` header.
pub(super) fn authorizations(request: &Request<Vec<u8>>) -> Vec<&str> {
    request.headers().get_all(AUTHORIZATION).iter().map(|value| value.to_str().unwrap_or_default()).collect()
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
