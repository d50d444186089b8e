//! From a request to an answer: routes, headers, the order of checks.

use std::borrow::Cow;

use http::header::AUTHORIZATION;
use http::{Method, Request};
use serde::Serialize;

use super::faults::Due;
use super::log::CallRecord;
use super::percent;
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

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// A call that was refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) word: Cow<'static, str>,
    pub(super) allow: Option<&'static [Method]>,
}

impl Refused {
    pub(super) fn new(status: u16, word: impl Into<Cow<'static, str>>) -> Self {
        Self { status, word: word.into(), allow: None }
    }

    pub(super) fn bad(word: &'static str) -> Self {
        Self::new(400, word)
    }

    pub(super) fn status(status: u16) -> Self {
        Self::new(status, "")
    }
}

impl World {
    /// Checks what comes before the work, in the order of the service, and does the work.
    pub(super) fn perform(
        &mut self,
        request: &Request<Vec<u8>>,
        record: &mut CallRecord,
        rotated: &mut Option<String>,
        due: &mut Due,
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
        if due.is_empty() {
            return self.dispatch(&call);
        }
        let reply = self.forced_status(&call, due).unwrap_or_else(|| self.dispatch(&call))?;
        Ok(self.alter(&call, reply, due))
    }

    fn dispatch(&mut self, call: &Call<'_>) -> Result<Reply, Refused> {
        match (call.request.uri().path(), call.request.method().as_str()) {
            ("/account", _) => self.account(call),
            ("/server/devices", _) => self.fetch(call),
            ("/devices/sync", _) => self.sync(call),
            ("/devices", _) => self.details(call),
            ("/devices/disown", _) => self.disown(call),
            ("/profile", "POST") => self.define_profile(call),
            ("/profile", _) => self.read_profile(call),
            ("/profile/devices", "DELETE") => self.remove_profile(call),
            ("/profile/devices", _) => self.answer_assign(call),
            ("/device/activationlock", _) => self.activation_lock(call),
            (REPLACEMENT, _) => self.replacement(call),
            ("/os-beta-enrollment/tokens", _) => self.beta_tokens(),
            (_, "POST") => self.store_discovery(call),
            (_, "DELETE") => self.remove_discovery(),
            _ => self.read_discovery(),
        }
    }

    /// Whether the organisation may use the service at all.
    pub(super) fn check_standing(&self) -> Result<(), Refused> {
        if !self.organisation.access {
            return Err(Refused::new(403, "ACCESS_DENIED"));
        }
        let lingers = self.organisation.terms.refused_until.is_some_and(|until| until > self.now);
        if !self.organisation.terms_signed || lingers {
            return Err(Refused::new(403, "T_C_NOT_SIGNED"));
        }
        Ok(())
    }

    pub(super) fn protocol(&self, request: &Request<Vec<u8>>) -> u8 {
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
