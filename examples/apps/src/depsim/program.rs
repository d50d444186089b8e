use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use apple_ade::Stamp;
use apple_ade::error::BoxError;
use apple_ade::simulator::{Scenario, World};
use serde_json::{Map, Value, json};

use super::desk::{Desk, restored, too_far};
use super::guard::Hosts;
use super::options::{HELP, Options};
use super::routes::routes;
use crate::begin;

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let options = match begin::arguments("depsim", HELP, Options::read(std::env::args_os().skip(1))) {
        Ok(options) => options,
        Err(code) => return code,
    };
    match serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(io::stderr(), "depsim: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes the files, listens, says so, and serves.
fn serve(options: &Options) -> Result<(), BoxError> {
    let listener = TcpListener::bind(options.listen).map_err(|error| {
        format!("cannot listen on {}: {error}; take another port, or 0 for a free one", options.listen)
    })?;
    listener.set_nonblocking(true)?;
    let base_url = format!("http://{}", reachable(listener.local_addr()?));
    let mut world = world(options, &base_url)?;
    if options.quoted_errors {
        world.settings_mut().quoted_errors = true;
    }
    if let Some((certificate, p7m)) = &options.token_file {
        let pem = fs::read_to_string(certificate)
            .map_err(|error| format!("--cert {}: cannot be read: {error}", certificate.display()))?;
        let refused = |error| format!("--cert {}: {error}", certificate.display());
        world.upload_certificate(&pem).map_err(refused)?;
        let file = world.download_token().map_err(refused)?;
        fs::write(p7m, file).map_err(|error| format!("--p7m-out {}: cannot be written: {error}", p7m.display()))?;
    }
    if let Some(path) = &options.token_out {
        write_private(path, &world.server_token_json())
            .map_err(|error| format!("--token-out {}: cannot be written: {error}", path.display()))?;
    }
    let server = world.servers().next();
    let line = json!({
        "base_url": base_url,
        "server_name": server.map(|server| server.name.as_str()),
        "server_uuid": server.map(|server| server.uuid.as_str()),
        "devices": server.map(apple_ade::simulator::Server::device_count),
    });
    let routes = routes(Desk::new(world), Hosts::new(options.hosts.iter().cloned()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let mut out = io::stdout();
        writeln!(out, "{line}")?;
        out.flush()?;
        axum::serve(listener, routes).await
    })?;
    Ok(())
}

/// The world at the start: that of a scenario, or a stored one, or a school with a second MDM server that devices can be moved to.
fn world(options: &Options, base_url: &str) -> Result<World, BoxError> {
    let Some(path) = &options.scenario else {
        let school = World::builder()
            .seed(options.seed.unwrap_or(1))
            .now(Stamp::from_system().now())
            .base_url(base_url)
            .org_name("Example School")
            .devices(options.devices.unwrap_or(25))
            .add_server("Second MDM");
        return Ok(school.build());
    };
    let named = |error: &dyn std::fmt::Display| format!("--scenario {}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| named(&error))?;
    let fix = "write a scenario, which has \"scenario\": 1, or take what GET /_sim/world gave";
    let value =
        serde_json::from_str(&text).map_err(|error| named(&format_args!("this is not JSON: {error}; {fix}")))?;
    let world = match value {
        Value::Object(mut members) if !members.contains_key("version") => {
            complete(&mut members, options, base_url);
            let scenario = Scenario::from_json(&Value::Object(members).to_string()).map_err(|error| named(&error))?;
            World::from_scenario(&scenario)
        }
        Value::Object(_) if options.devices.is_some() || options.seed.is_some() => {
            return Err(named(&"a stored world has its devices: leave out --devices and --seed").into());
        }
        Value::Object(_) => restored(&text).map_err(|error| named(&format_args!("{error}; {fix}")))?,
        _ => return Err(named(&format_args!("this is JSON, and no object; {fix}")).into()),
    };
    match too_far(world.now() - Stamp::from_system().now()) {
        Some(problem) => Err(named(&format_args!("the time of its start: {problem}")).into()),
        None => Ok(world),
    }
}

/// A scenario starts now, unless it says when: clients sign with the time they have. `--seed` goes before its seed, and the devices of
/// `--devices` come besides its own.
fn complete(scenario: &mut Map<String, Value>, options: &Options, base_url: &str) {
    scenario.retain(|_, value| !value.is_null());
    let now = Stamp::from_system().now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    scenario.entry("start").or_insert(json!(now));
    scenario.entry("base_url").or_insert(json!(base_url));
    if let Some(seed) = options.seed {
        scenario.insert("seed".to_owned(), json!(seed));
    }
    if let Some(count) = options.devices
        && let Some(devices) = scenario.entry("devices").or_insert(json!([])).as_array_mut()
    {
        devices.push(json!({ "count": count }));
    }
}

/// The address by which this machine reaches the listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Writes a new file that only its owner can read, and puts it in the place of an old one: of a regular file, never of a
/// device, a pipe or a link.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::other("it is there and not a regular file; name a new file"));
    }
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside: PathBuf = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    let placed = file.write_all(text.as_bytes()).and_then(|()| fs::rename(&beside, path));
    if placed.is_err() {
        drop(fs::remove_file(&beside));
    }
    placed
}
