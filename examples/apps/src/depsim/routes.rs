use apple_ade::Stamp;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::routing::any;
use http::header::{ALLOW, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};

use super::control::control;
use super::desk::Desk;
use super::guard::Hosts;
use super::input::{Problem, bytes_response};
use crate::serve::{MOST_BYTES, deliver};
use crate::thousands::thousands;

/// What a stored world may have: some 800,000 devices.
const MOST_WORLD_BYTES: usize = 1 << 29;

const PAGE: &str = include_str!("page.html");

#[derive(Debug, Clone)]
struct Shared {
    desk: Desk,
    hosts: Hosts,
}

/// The service, the control interface at `/_sim`, the web page at `/`. The latter two are guarded against pages of other sites;
/// the service needs no guard, since nobody gets past its door without a token.
pub fn routes(desk: Desk, hosts: Hosts) -> Router {
    Router::new()
        .route("/", any(page))
        .route("/_sim", any(guarded))
        .route("/_sim/", any(guarded))
        .route("/_sim/{*rest}", any(guarded))
        .fallback(answer)
        .with_state(Shared { desk, hosts })
}

async fn answer(State(shared): State<Shared>, request: http::Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match read(body, MOST_BYTES).await {
        Ok(body) => deliver(shared.desk.answer(&http::Request::from_parts(parts, body.into()))).await,
        Err(problem) => problem.response(),
    }
}

/// The whole body, if it has no more than so many bytes.
async fn read(body: Body, most: usize) -> Result<Bytes, Problem> {
    to_bytes(body, most).await.map_err(|_| {
        let fix = format!("send {} bytes at most", thousands(most));
        Problem::new("(body)", "it is too long, or broke off", fix).with_status(StatusCode::PAYLOAD_TOO_LARGE)
    })
}

async fn guarded(State(shared): State<Shared>, request: http::Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // Before anything of the body is read: any web page can send one here.
    if let Err(problem) = shared.hosts.check(&parts) {
        return problem.response();
    }
    let most =
        if parts.method == Method::PUT && parts.uri.path() == "/_sim/world" { MOST_WORLD_BYTES } else { MOST_BYTES };
    let body = match read(body, most).await {
        Ok(body) => body,
        Err(problem) => return problem.response(),
    };
    let uri = &parts.uri;
    control(&shared.desk, parts.method.as_str(), uri.path(), uri.query().unwrap_or_default(), &body)
}

async fn page(State(shared): State<Shared>, parts: Parts) -> Response<Body> {
    if let Err(problem) = shared.hosts.check_host(&parts) {
        return problem.response();
    }
    if ![Method::GET, Method::HEAD].contains(&parts.method) {
        let error = format!("the page at / does not take {}", parts.method);
        let problem = Problem::new("(method)", error, "use GET; GET /_sim lists the calls that change something");
        let mut response = problem.with_status(StatusCode::METHOD_NOT_ALLOWED).response();
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    // The page's own script and style have this word; nothing else runs.
    let nonce = format!("{:032x}", u128::from_be_bytes(Stamp::from_system().nonce()));
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    );
    let mut response =
        bytes_response(StatusCode::OK, "text/html;charset=UTF-8", PAGE.replace("{{nonce}}", &nonce).into_bytes());
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    response
}
