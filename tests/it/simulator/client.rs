//! A client made for these tests alone: it signs, calls and reads with code of its own.

use apple_ade::simulator::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use http::{Method, Request, Response};
use serde_json::{Value, json};

pub(crate) const BASE: &str = "https://mdmenrollment.apple.com";

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) response: Response<Vec<u8>>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks a refusal: status and word.
    pub(crate) fn refused(&self, status: u16, word: &str) {
        assert_eq!((self.status, self.text.as_str()), (status, word));
    }
}

pub(crate) fn send(world: &mut World, request: &Request<Vec<u8>>) -> Answer {
    let response = world.handle(request);
    let text = String::from_utf8(response.body().clone()).unwrap();
    Answer { status: response.status().as_u16(), text, response }
}

/// What goes into a signature; the tests change parts of it.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    pub(crate) token: Value,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) signed_uri: String,
}

impl Signer {
    pub(crate) fn new(world: &World, nonce: &str) -> Self {
        Self::with(&world.server_token_json(), world.now(), nonce)
    }

    pub(crate) fn with(token: &str, at: DateTime<Utc>, nonce: &str) -> Self {
        let token: Value = serde_json::from_str(token).unwrap();
        let text = |key: &str| token[key].as_str().unwrap().to_owned();
        let parameters = [
            ("oauth_consumer_key", text("consumer_key")),
            ("oauth_token", text("access_token")),
            ("oauth_signature_method", "HMAC-SHA1".to_owned()),
            ("oauth_timestamp", at.timestamp().to_string()),
            ("oauth_nonce", nonce.to_owned()),
            ("oauth_version", "1.0".to_owned()),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self { token, parameters, signed_uri: format!("{BASE}/session") }
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.parameters.iter_mut().filter(|(key, _)| key == name).for_each(|(_, old)| value.clone_into(old));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(key, _)| key != name);
        self
    }

    pub(crate) fn header(&self) -> String {
        let mut sorted: Vec<String> =
            self.parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        sorted.sort();
        let base = format!("GET&{}&{}", encode(&self.signed_uri), encode(&sorted.join("&")));
        let secret = |key: &str| encode(self.token[key].as_str().unwrap());
        let key = format!("{}&{}", secret("consumer_secret"), secret("access_secret"));
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(base.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let mut parts: Vec<String> =
            self.parameters.iter().map(|(name, value)| format!("{name}=\"{}\"", encode(value))).collect();
        parts.push(format!("oauth_signature=\"{}\"", encode(&signature)));
        format!("OAuth realm=\"ADM\", {}", parts.join(", "))
    }

    pub(crate) fn send(&self, world: &mut World) -> Answer {
        send_header(world, &self.header())
    }
}

pub(crate) fn send_header(world: &mut World, header: &str) -> Answer {
    let request =
        Request::get(format!("{BASE}/session")).header("Authorization", header).header("User-Agent", "test/1");
    send(world, &request.body(Vec::new()).unwrap())
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A signed-in client of the first server.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) session: String,
    pub(crate) protocol: &'static str,
}

impl Client {
    pub(crate) fn sign_in(world: &mut World) -> Self {
        Self::with_token(world, &world.server_token_json())
    }

    pub(crate) fn with_token(world: &mut World, token: &str) -> Self {
        let nonce = world.calls().last().map_or("first".to_owned(), |call| call.request_id.clone());
        let answer = Signer::with(token, world.now(), &nonce).send(world);
        let session = answer.json()["auth_session_token"].as_str().unwrap().to_owned();
        Self { session, protocol: "10" }
    }

    pub(crate) fn at(&self, protocol: &'static str) -> Self {
        Self { protocol, ..self.clone() }
    }

    pub(crate) fn request(&self, method: &Method, target: &str, body: Vec<u8>) -> Request<Vec<u8>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{BASE}{target}"))
            .header("User-Agent", "test/1")
            .header("X-ADM-Auth-Session", &self.session)
            .header("X-Server-Protocol-Version", self.protocol);
        if !body.is_empty() {
            request = request.header("Content-Type", "application/json;charset=UTF8");
        }
        request.body(body).unwrap()
    }

    pub(crate) fn call(&self, world: &mut World, method: &Method, target: &str, body: &Value) -> Answer {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        send(world, &self.request(method, target, body))
    }

    pub(crate) fn get(&self, world: &mut World, target: &str) -> Answer {
        self.call(world, &Method::GET, target, &Value::Null)
    }

    pub(crate) fn post(&self, world: &mut World, target: &str, body: &Value) -> Answer {
        self.call(world, &Method::POST, target, body)
    }

    pub(crate) fn delete(&self, world: &mut World, target: &str, body: &Value) -> Answer {
        self.call(world, &Method::DELETE, target, body)
    }

    /// Defines a plain profile and gives its UUID.
    pub(crate) fn define(&self, world: &mut World) -> String {
        let profile = json!({ "profile_name": "Class iPads", "url": "https://mdm.example.com/enroll" });
        self.post(world, "/profile", &profile).json()["profile_uuid"].as_str().unwrap().to_owned()
    }

    /// Reads a list to its end: every row, and the last cursor.
    pub(crate) fn read_all(
        &self,
        world: &mut World,
        path: &str,
        mut cursor: Option<String>,
        limit: usize,
    ) -> (Vec<Value>, String) {
        let mut rows = Vec::new();
        loop {
            let body =
                cursor.map_or_else(|| json!({ "limit": limit }), |cursor| json!({ "limit": limit, "cursor": cursor }));
            let page = self.post(world, path, &body).json();
            rows.extend(page["devices"].as_array().unwrap().iter().cloned());
            let next = page["cursor"].as_str().unwrap().to_owned();
            if page["more_to_follow"] == json!(false) {
                return (rows, next);
            }
            cursor = Some(next);
        }
    }
}

/// The serial numbers of a world's devices, in order of the alphabet.
pub(crate) fn serials(world: &World) -> Vec<String> {
    world.devices().map(|device| device.serial_number.clone()).collect()
}
