//! The portal over HTTP: a certificate goes in, a server token file comes out.

use apple_ade::pki::certificate::Certificate;
use apple_ade::simulator::{Download, World};
use axum::body::Body;
use http::header::CONTENT_DISPOSITION;
use http::{HeaderValue, Response, StatusCode};

use super::input::{Problem, bytes_response, find_server};
use super::state::Query;

/// Takes a certificate in PEM, gives a `.p7m`. As with Apple, a token that was downloaded before is replaced, unless `renew=false`.
pub(super) fn certificate(world: &mut World, query: &Query, body: &[u8]) -> Result<Response<Body>, Problem> {
    query.only(&["server", "renew"])?;
    let server = server(world, query)?;
    let download = match query.get("renew") {
        None | Some("true") => Download::Renew,
        Some("false") => Download::Same,
        Some(other) => return Err(Problem::new("renew", format!("found {other:?}"), "say renew=true or renew=false")),
    };
    let fix = "send the certificate as PEM, with curl: --data-binary @cert.pem";
    let refused = |error: String| Problem::new("(body)", error, fix);
    let pem = std::str::from_utf8(body).map_err(|_| refused("the body is not text".to_owned()))?;
    let certificate = Certificate::from_pem(pem).map_err(|error| refused(error.to_string()))?;
    world.upload_certificate_for(&server, pem).map_err(|error| refused(error.to_string()))?;
    let file = world.server_token_file_for(&server, certificate.as_der(), download);
    let file = file.map_err(|error| refused(error.to_string()))?;
    let mut response = bytes_response(StatusCode::OK, "application/pkcs7-mime", file);
    let name = HeaderValue::from_static("attachment; filename=\"simulated_Token_smime.p7m\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, name);
    Ok(response)
}

/// The server token in plain JSON. Nothing is invalidated.
pub(super) fn token(world: &World, query: &Query) -> Result<Response<Body>, Problem> {
    query.only(&["server"])?;
    let server = server(world, query)?;
    let token = world.server_token_json_for(&server).unwrap_or_default();
    Ok(bytes_response(StatusCode::OK, "application/json", token.into_bytes()))
}

/// The server that is named, or the first one.
fn server(world: &World, query: &Query) -> Result<String, Problem> {
    match query.get("server") {
        Some(name) => find_server(world, name),
        None => Ok(world.servers().next().map(|server| server.uuid.clone()).unwrap_or_default()),
    }
}
