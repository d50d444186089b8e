//! Why a call was refused, for the person who reads the page: what Apple's word means, and what the service does not say.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use apple_ade::error::Refusal;
use apple_ade::simulator::World;
use apple_ade::transport::{Request, Response};
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use serde_json::Value;

const SESSION: &str = "x-adm-auth-session";

/// How many sessions and nonces are remembered.
const MOST: usize = 10_000;

/// What clients have used and were given, so that a mistake can be told from another.
#[derive(Default)]
pub(super) struct Memory {
    sessions: VecDeque<String>,
    nonces: BTreeSet<(i64, String)>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(redacted)")
    }
}

impl Memory {
    /// Remembers a call, and explains it where it was refused.
    pub(super) fn explain(&mut self, world: &World, request: &Request, response: &Response) -> Option<String> {
        let is_sign_in = request.uri().path() == "/session";
        if response.status().is_success() {
            self.remember(is_sign_in, request, response);
            return None;
        }
        let special = match response.status().as_u16() {
            400 | 401 if is_sign_in => Some(self.sign_in(world, request)),
            401 | 403 if !is_sign_in && !world_refuses(world) => Some(self.session(world, request)),
            404 if response.body().is_empty() => {
                Some("the service has no such path at this protocol version".to_owned())
            }
            405 => Some(format!("this path takes {}", text(response.headers(), "allow"))),
            413 => Some("the request is too long".to_owned()),
            415 => {
                let found = text(request.headers(), CONTENT_TYPE.as_str());
                Some(format!("Content-Type has to be application/json, found {found:?}"))
            }
            _ => None,
        };
        special.or_else(|| {
            let refusal = Refusal::read("", response);
            let meaning = refusal.word().and_then(apple_ade::error::ErrorWord::meaning);
            meaning.map(|meaning| format!("{meaning}; {}", refusal.advice()))
        })
    }

    fn remember(&mut self, is_sign_in: bool, request: &Request, response: &Response) {
        let rotated = response.headers().get(SESSION).and_then(|token| token.to_str().ok()).map(str::to_owned);
        let given = is_sign_in.then(|| {
            let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
            answer.get("auth_session_token").and_then(Value::as_str).map(str::to_owned)
        });
        self.sessions.extend(rotated.into_iter().chain(given.flatten()));
        while self.sessions.len() > MOST {
            self.sessions.pop_front();
        }
        if is_sign_in {
            let signed = parameters(request);
            self.nonces.insert((timestamp(&signed).unwrap_or(0), get(&signed, "oauth_nonce").to_owned()));
            while self.nonces.len() > MOST {
                self.nonces.pop_first();
            }
        }
    }

    fn session(&self, world: &World, request: &Request) -> String {
        let token = text(request.headers(), SESSION);
        if token.is_empty() {
            "the header X-ADM-Auth-Session is missing: sign in with GET /session, and send the session with every call"
                .to_owned()
        } else if self.sessions.iter().any(|given| given == token) {
            let seconds = world.settings().session_seconds;
            format!(
                "this session has ended (sessions live {seconds} seconds here): sign in again, and repeat the call once"
            )
        } else {
            "this session was never given here: sign in again, and repeat the call once".to_owned()
        }
    }

    fn sign_in(&self, world: &World, request: &Request) -> String {
        let headers = request.headers().get_all(AUTHORIZATION).iter().count();
        if headers != 1 {
            return format!("one Authorization header is wanted, found {headers}");
        }
        let signed = parameters(request);
        let tokens = world.servers().filter_map(|server| world.server_token_json_for(&server.uuid));
        let tokens: Vec<Value> = tokens.filter_map(|token| serde_json::from_str(&token).ok()).collect();
        let is = |token: &Value, key: &str, name: &str| {
            token.get(key).and_then(Value::as_str).is_some_and(|value| value == get(&signed, name))
        };
        let wanted = ["oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_timestamp", "oauth_token"];
        if let Some(missing) = wanted.into_iter().find(|name| get(&signed, name).is_empty()) {
            return format!("the Authorization header has no {missing}");
        }
        if get(&signed, "oauth_signature_method") != "HMAC-SHA1" {
            return "oauth_signature_method has to be HMAC-SHA1".to_owned();
        }
        let Some(token) = tokens.iter().find(|token| is(token, "consumer_key", "oauth_consumer_key")) else {
            return "this oauth_consumer_key belongs to no server here: is the token from another run?".to_owned();
        };
        if !is(token, "access_token", "oauth_token") {
            return "this oauth_token is not in force: a newer download replaced it, or it is from another run"
                .to_owned();
        }
        let now = world.now().timestamp();
        let Some(at) = timestamp(&signed) else { return "oauth_timestamp has to be Unix seconds".to_owned() };
        let away = now.abs_diff(at);
        if away > u64::from(world.settings().timestamp_window) {
            let side = if at < now { "behind" } else { "ahead of" };
            return format!("oauth_timestamp is {away} seconds {side} the service's clock");
        }
        if self.nonces.contains(&(at, get(&signed, "oauth_nonce").to_owned())) {
            return "this oauth_nonce was used before: make a new one for every sign-in".to_owned();
        }
        let host = text(request.headers(), HOST.as_str());
        format!(
            "the signature is not right, or a parameter is unknown or there twice; what is signed is GET http://{host}/session, \
             with both secrets as the key"
        )
    }
}

fn world_refuses(world: &World) -> bool {
    !world.organisation().terms_signed || !world.organisation().access
}

fn text<'m>(headers: &'m HeaderMap, name: &str) -> &'m str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The parameters of the `Authorization` header, read leniently.
fn parameters(request: &Request) -> BTreeMap<String, String> {
    let header = text(request.headers(), AUTHORIZATION.as_str());
    let rest = header.split_once(' ').map_or("", |(_, rest)| rest);
    let pairs = rest.split(',').filter_map(|part| part.trim().split_once('='));
    // A plus sign is itself here, unlike in a query.
    let decoded = |value: &str| {
        let query = format!("v={}", value.trim_matches('"').replace('+', "%2B"));
        form_urlencoded::parse(query.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn get<'p>(parameters: &'p BTreeMap<String, String>, name: &str) -> &'p str {
    parameters.get(name).map_or("", String::as_str)
}

fn timestamp(parameters: &BTreeMap<String, String>) -> Option<i64> {
    get(parameters, "oauth_timestamp").parse().ok()
}
