//! `/session`, and the sessions of every other call.

use http::Request;
use serde_json::json;

use super::confidential::Confidential;
use super::log::CallRecord;
use super::oauth::{Authorization, SignedUri};
use super::organisation::Session;
use super::service::{Refused, Reply, authorizations, text};
use super::settings::ReplacedToken;
use super::world::World;

const MALFORMED: (u16, &str) = (400, "oauth_problem_adviceBad Request");
const UNAUTHORIZED: (u16, &str) = (401, "oauth_problem_adviceUnauthorized");
const EXPIRED: (u16, &str) = (403, "token_expiredForbidden");

impl From<(u16, &'static str)> for Refused {
    fn from((status, word): (u16, &'static str)) -> Self {
        Self::new(status, word)
    }
}

impl World {
    /// Checks the signature and gives a session. A nonce counts as used once its signature was right.
    pub(super) fn sign_in(&mut self, request: &Request<Vec<u8>>, record: &mut CallRecord) -> Result<Reply, Refused> {
        let [header] = authorizations(request)[..] else {
            return Err(MALFORMED.into());
        };
        let authorization = Authorization::read(header).ok_or(MALFORMED)?;
        let consumer = authorization.get("oauth_consumer_key");
        let access = authorization.get("oauth_token");
        let server = self.servers.iter().find(|server| server.token.consumer_key.0 == consumer).ok_or(UNAUTHORIZED)?;
        record.server = Some(server.uuid.clone());
        if server.replaced.iter().any(|old| old.0 == access) {
            return Err(match self.settings.replaced_token {
                ReplacedToken::Rejected => Refused::new(401, "token_rejected"),
                ReplacedToken::RejectedForbidden => Refused::new(403, "token_rejected"),
                ReplacedToken::SignatureInvalid => Refused::new(401, "signature_invalid"),
            });
        }
        let token = &server.token;
        let uri = request.uri();
        let signed = SignedUri {
            scheme: uri.scheme_str().unwrap_or("http"),
            authority: uri.authority().map_or_else(|| text(request, "Host"), |authority| authority.as_str()),
            path: uri.path(),
            query: uri.query(),
        };
        let secrets = (&token.consumer_secret.0, &token.access_secret.0);
        let is_ours = token.access_token.0 == access;
        if !is_ours || !authorization.is_signed(request.method().as_str(), &signed, secrets.0, secrets.1) {
            return Err(UNAUTHORIZED.into());
        }
        if token.expiry <= self.now {
            return Err(EXPIRED.into());
        }
        let window = u64::from(self.settings.timestamp_window);
        if self.now.timestamp().abs_diff(authorization.timestamp) > window {
            return Err(UNAUTHORIZED.into());
        }
        let uuid = server.uuid.clone();
        let now = self.now.timestamp();
        self.nonces.retain(|(at, _, _)| now.abs_diff(*at) <= window);
        let nonce = authorization.get("oauth_nonce").to_owned();
        if !self.nonces.insert((authorization.timestamp, Confidential(access.to_owned()), nonce)) {
            return Err(UNAUTHORIZED.into());
        }
        self.check_standing()?;
        let session = self.open_session(uuid);
        Reply::json(&json!({ "auth_session_token": session }))
    }

    fn open_session(&mut self, server: String) -> String {
        let now = self.now;
        self.sessions.retain(|_, session| session.expires > now);
        let token = format!("{}O1O{}O{}", now.timestamp_millis(), self.rng.uuid(), self.rng.hex(40));
        let expires = self.after(self.settings.session_seconds);
        self.sessions.insert(Confidential(token.clone()), Session { server, expires, calls: 0 });
        token
    }

    /// Checks the session of a call and counts it. A new session goes to `rotated` when the old one has served long enough.
    pub(super) fn admit(
        &mut self,
        request: &Request<Vec<u8>>,
        rotated: &mut Option<String>,
    ) -> Result<String, Refused> {
        let token = text(request, "X-ADM-Auth-Session");
        let now = self.now;
        let known = self.sessions.get_mut(token).filter(|session| session.expires > now);
        let Some(session) = known else {
            let forbidden = self.settings.forbid_unknown_session && !token.is_empty();
            return Err(if forbidden { Refused::new(403, "FORBIDDEN") } else { Refused::new(401, "UNAUTHORIZED") });
        };
        session.calls = session.calls.saturating_add(1);
        let server = session.server.clone();
        if self.settings.rotate_every.is_some_and(|every| session.calls >= every) {
            if self.settings.old_session_stays {
                session.calls = 0;
            } else {
                self.sessions.remove(token);
            }
            *rotated = Some(self.open_session(server.clone()));
        }
        Ok(server)
    }
}
