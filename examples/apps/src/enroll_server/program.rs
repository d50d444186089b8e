use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use apple_ade::affinity::{AuthMethod, Modern, UserAffinity};
use apple_ade::enrollment::EnrollmentPolicy;
use apple_ade::error::BoxError;
use apple_ade::machine_info::Trust;
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::key::PrivateKey;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::secret::SecretString;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::{Request, Response};

use super::demo::demo;
use super::desk::{Desk, Fleet, Settings, plain};
use super::options::{HELP, Mode, Options, Serve};
use crate::begin;

/// A signed MachineInfo has 64 KiB at most, a form and a message less.
const MOST_BYTES: usize = 64 << 10;

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let options = match begin::arguments("enroll_server", HELP, Options::read(std::env::args_os().skip(1))) {
        Ok(options) => options,
        Err(code) => return code,
    };
    let colour = begin::is_coloured();
    let done = match &options.mode {
        Mode::Demo => demo(&options.minimum, io::stdout(), colour),
        Mode::Serve(how) => serve(how, &options, colour).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            drop(writeln!(io::stderr(), "enroll_server: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The server as routes.
pub fn routes(desk: Desk) -> Router {
    Router::new().fallback(answer).with_state(desk)
}

async fn answer(State(desk): State<Desk>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let response = match to_bytes(body, MOST_BYTES).await {
        Ok(body) => desk.answer(&Request::from_parts(parts, body.into())),
        Err(_) => plain(413, "The body is too long, or broke off.\n"),
    };
    response.map(Body::from)
}

fn read(option: &str, path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{option} {}: cannot be read: {error}", path.display()))
}

/// All certificates of a PEM text.
fn certificates(text: &str) -> Result<Vec<Certificate>, BoxError> {
    const END: &str = "-----END CERTIFICATE-----";
    let blocks = text.split_inclusive(END).filter(|block| block.contains(END));
    let read: Vec<Certificate> = blocks.map(Certificate::from_pem).collect::<Result<_, _>>()?;
    if read.is_empty() { Err("there is no certificate in PEM".into()) } else { Ok(read) }
}

fn serve(how: &Serve, options: &Options, colour: bool) -> Result<(), BoxError> {
    let key = PrivateKey::from_pem(&read("--key", &how.key)?).map_err(|error| format!("--key: {error}"))?;
    let certificates = certificates(&read("--cert", &how.certificates)?).map_err(|error| format!("--cert: {error}"))?;
    if certificates.first().is_none_or(|own| own.public_key_der() != key.public_key_der()) {
        return Err("--cert: the first certificate is not that of the key".into());
    }
    let mut pems = String::new();
    for anchor in &how.anchors {
        pems += &read("--anchor", anchor)?;
    }
    let trust = match pems.as_str() {
        "" => Trust::apple_devices(),
        pems => Trust::anchors_from_pem(pems).map_err(|error| format!("--anchor: {error}"))?,
    };
    let profile = Arc::new(profile(how)?);
    let fleet = match &how.serials {
        None => Fleet::Any(profile.clone()),
        Some(path) => {
            let text = read("--serials", path)?;
            let serials = text.split_whitespace().map(|serial| (serial.to_owned(), Some(profile.clone())));
            Fleet::These(serials.collect())
        }
    };
    let mut accounts = BTreeMap::new();
    if let Some(path) = &how.accounts {
        let text = SecretString::new(read("--accounts", path)?);
        for line in text.expose_secret().lines().filter(|line| !line.trim().is_empty()) {
            let (name, password) =
                line.split_once(' ').ok_or("--accounts: write a name, a space and a password a line")?;
            accounts.insert(name.to_owned(), SecretString::new(password));
        }
    }
    if profile.wire().configuration_web_url.is_some() && accounts.is_empty() {
        return Err("the profile has users sign in on the page; say who may, by --accounts FILE".into());
    }
    let minimum = options
        .minimum
        .iter()
        .fold(EnrollmentPolicy::new(), |policy, (platform, minimum)| policy.minimum([*platform], minimum));
    let settings = Settings {
        public_url: how.public_url.clone(),
        organisation: how.organisation.clone(),
        topic: how.topic.clone(),
        scep_url: how.scep.clone().unwrap_or_else(|| format!("{}/scep", how.public_url)),
        policy: minimum,
        trust,
        key,
        certificates,
        accounts,
        fleet,
    };
    let listener = std::net::TcpListener::bind(how.listen)
        .map_err(|error| format!("cannot listen on {}: {error}; take another port", how.listen))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let desk = Desk::new(settings, io::stdout(), colour)?;
    writeln!(io::stderr(), "enroll_server: listening on http://{address}, as {}", how.public_url)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, routes(desk)).await
    })?;
    Ok(())
}

/// The profile of the file, or one for devices without users.
fn profile(how: &Serve) -> Result<EnrollmentProfile, BoxError> {
    let Some(path) = &how.profile else {
        let builder = EnrollmentProfile::builder("enroll_server", format!("{}/enroll", how.public_url));
        let profile = builder.mode(Supervised::new(UserAffinity::Without)).await_configuration().build();
        return profile.map_err(|violations| format!("the profile: {violations}").into());
    };
    let json = read("--profile", path)?;
    let web = UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::WEB_ONLY));
    let has_page = serde_json::from_str::<serde_json::Value>(&json)
        .is_ok_and(|profile| profile.get("configuration_web_url").is_some_and(serde_json::Value::is_string));
    let affinity = if has_page { web } else { UserAffinity::Without };
    EnrollmentProfile::from_json(&json, &affinity)
        .map_err(|violations| format!("--profile {}:\n{violations}", path.display()).into())
}
