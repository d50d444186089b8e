//! What the library needs of an HTTP client.

use http::Method;

use super::Broken;
use super::echo::{HEADERS, WORD};
use crate::error::TransportError;
use crate::transport::{BlockingTransport, Request, Response, Transport};

const SECRET: &str = "contract-secret-4711";

/// What the headers of a request look like; as demanding as Apple's are.
const VALUES: &[&str] = &[
    "OAuth realm=\"ADM\", oauth_nonce=\"a%2Bb\", oauth_signature=\"q2%3D\"",
    "application/json;charset=UTF8",
    "ExampleMDM/4.2 (contract)",
    SECRET,
    "10",
];

const STATUSES: &[u16] = &[200, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 413, 415, 429, 500, 502, 503, 504];

/// One question to the transport, and what has to be true of the answer.
struct Check {
    request: Request,
    judge: fn(&Asked, &Result<Response, TransportError>) -> Option<String>,
    asked: Asked,
}

/// What a judge has to know of the request.
struct Asked {
    method: Method,
    target: String,
    body: Vec<u8>,
    status: u16,
}

impl Check {
    fn new(
        base_url: &str,
        method: Method,
        target: String,
        body: Vec<u8>,
        judge: fn(&Asked, &Result<Response, TransportError>) -> Option<String>,
    ) -> Option<Self> {
        let mut request = Request::new(body.clone());
        *request.method_mut() = method.clone();
        *request.uri_mut() = format!("{}{target}", base_url.trim_end_matches('/')).parse().ok()?;
        for (name, value) in HEADERS.iter().zip(VALUES) {
            request.headers_mut().insert(*name, value.parse().ok()?);
        }
        let status = target.rsplit('/').next().and_then(|status| status.parse().ok()).unwrap_or(200);
        Some(Self { request, judge, asked: Asked { method, target, body, status } })
    }
}

/// Checks a [`Transport`] against a simulated service at `base_url`: served over HTTP, or the simulator in the process itself.
///
/// Statuses come through unchanged, redirects are not followed, headers and bodies arrive bytewise in both directions, `DELETE`
/// keeps its body, an answer that is lost is an error, and the error does not name the session.
///
/// # Errors
///
/// A sentence for every rule that is broken.
pub async fn transport<T: Transport + ?Sized>(base_url: &str, transport: &T) -> Result<(), Broken> {
    let mut sentences = Vec::new();
    for Check { request, judge, asked } in checks(base_url)? {
        let answer = transport.send(request).await;
        sentences.extend(judge(&asked, &answer));
    }
    Broken::unless_empty(sentences)
}

/// Checks a [`BlockingTransport`], as [`transport`] does.
///
/// # Errors
///
/// A sentence for every rule that is broken.
pub fn blocking_transport<T: BlockingTransport + ?Sized>(base_url: &str, transport: &T) -> Result<(), Broken> {
    let mut sentences = Vec::new();
    for Check { request, judge, asked } in checks(base_url)? {
        let answer = transport.send(request);
        sentences.extend(judge(&asked, &answer));
    }
    Broken::unless_empty(sentences)
}

fn checks(base_url: &str) -> Result<Vec<Check>, Broken> {
    let mut checks = Vec::new();
    for status in STATUSES {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let body = if method == Method::GET { Vec::new() } else { b"{}".to_vec() };
            checks.push(Check::new(base_url, method, format!("/_contract/status/{status}"), body, judge_status));
        }
    }
    let every_byte: Vec<u8> = (0..=255).cycle().take(1024).collect();
    let long = "{\"devices\":[\"C02XK1JQ0001\",\"é\"]}".repeat(6000).into_bytes();
    let json = b"{\"devices\":[\"C02XK1JQ0001\"],\n \"x\":\"\\u00e9\xC3\xA9\"}".to_vec();
    for (method, body) in [
        (Method::GET, Vec::new()),
        (Method::POST, json.clone()),
        (Method::PUT, json.clone()),
        (Method::DELETE, json),
        (Method::DELETE, Vec::new()),
        (Method::POST, every_byte),
        (Method::POST, long),
    ] {
        checks.push(Check::new(
            base_url,
            method,
            "/_contract/echo?profile_uuid=A%20b&x=%2F".to_owned(),
            body,
            judge_echo,
        ));
    }
    checks.push(Check::new(base_url, Method::POST, "/_contract/lost".to_owned(), b"{}".to_vec(), judge_lost));
    let checks: Option<Vec<Check>> = checks.into_iter().collect();
    checks.ok_or_else(|| Broken {
        sentences: vec![format!("{base_url:?} is no base URL: give one as http://127.0.0.1:8080")],
    })
}

fn judge_status(asked: &Asked, answer: &Result<Response, TransportError>) -> Option<String> {
    let Asked { method, status, .. } = asked;
    let response = match answer {
        Ok(response) => response,
        Err(error) => {
            return Some(format!(
                "{method}: the answer has status {status}, and the transport made an error of it ({error}): an answer of any status is Ok"
            ));
        }
    };
    let found = response.status().as_u16();
    if found != *status {
        let redirect = if (300..400).contains(status) { ": redirects must not be followed" } else { "" };
        return Some(format!("{method}: the answer has status {status}, and the transport gave {found}{redirect}"));
    }
    if response.body() != WORD {
        return Some(format!(
            "{method}: the body of an answer with status {status} is {:?}, and the transport gave {:?}",
            String::from_utf8_lossy(WORD),
            String::from_utf8_lossy(response.body())
        ));
    }
    let expected = [("x-adm-auth-session", "rotated"), ("retry-after", "120"), ("location", "/_contract/status/200")];
    for (name, value) in expected {
        if response.headers().get(name).is_none_or(|found| found != value) {
            return Some(format!(
                "{method}: the answer has the header {name}: {value}, and the transport lost or changed it"
            ));
        }
    }
    let twice: Vec<&[u8]> = response.headers().get_all("x-twice").iter().map(http::HeaderValue::as_bytes).collect();
    let kept = twice == [b"1", b"2"] || twice == [&b"1, 2"[..]];
    (!kept).then(|| format!("{method}: a header that is in the answer twice is not twice in what the transport gave"))
}

fn judge_echo(asked: &Asked, answer: &Result<Response, TransportError>) -> Option<String> {
    let Asked { method, target, body, .. } = asked;
    let response = match answer {
        Ok(response) => response,
        Err(error) => {
            return Some(format!("{method} with {} bytes: the transport gave no answer: {error}", body.len()));
        }
    };
    let header = |name: &str| response.headers().get(name).map_or(&b""[..], http::HeaderValue::as_bytes);
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if header("x-method") != method.as_str().as_bytes() {
        return Some(format!("{method}: what arrived was {:?}", shown(header("x-method"))));
    }
    if header("x-target") != target.as_bytes() {
        return Some(format!("{method}: the target {target:?} arrived as {:?}", shown(header("x-target"))));
    }
    for (name, value) in HEADERS.iter().zip(VALUES) {
        let found = header(&format!("x-echo-{name}"));
        if found != value.as_bytes() {
            let value = if *value == SECRET { "(a session)" } else { value };
            return Some(format!("{method}: the header {name}: {value} arrived as {:?}", shown(found)));
        }
    }
    if response.body() != body {
        let found = response.body();
        let same = found.iter().zip(body).take_while(|(a, b)| a == b).count();
        return Some(format!(
            "{method}: {} bytes of body went out and {} came back; they differ from byte {same} on",
            body.len(),
            found.len()
        ));
    }
    None
}

fn judge_lost(_: &Asked, answer: &Result<Response, TransportError>) -> Option<String> {
    match answer {
        Ok(response) => Some(format!(
            "the connection broke without an answer, and the transport gave one with status {}: give the error",
            response.status()
        )),
        Err(error) if format!("{error} {error:?}").contains(SECRET) => {
            Some("the transport's error names the session of the request: leave the headers out of it".to_owned())
        }
        Err(_) => None,
    }
}
