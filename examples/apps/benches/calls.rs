//! How many calls a second the simulated service answers: in this process, and over HTTP on loopback.
//!
//! `cargo bench -p apple-ade-apps --bench calls`; both sides run in turn, and the medians are shown. On one core: with
//! `taskset -c 0` before it.

use std::time::{Duration, Instant};

use apple_ade::api::Service;
use apple_ade::blocking::Client;
use apple_ade::error::{BoxError, TransportError};
use apple_ade::session::Session;
use apple_ade::simulator::{Simulator, World};
use apple_ade::token::ServerToken;
use apple_ade_apps::{serve, thousands};

const TURN: Duration = Duration::from_millis(100);
const TURNS: usize = 21;

fn main() -> Result<(), BoxError> {
    let simulator = Simulator::new(World::builder().seed(1).devices(1000).build());
    let served = serve(simulator.clone())?;
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    let http = move |request: http::Request<Vec<u8>>| {
        let is_empty = request.body().is_empty();
        let answer = if is_empty { agent.run(request.map(drop)) } else { agent.run(request) };
        let (parts, mut body) = answer.map_err(TransportError::new)?.into_parts();
        Ok(http::Response::from_parts(parts, body.read_to_vec().map_err(TransportError::new)?))
    };
    let token = || ServerToken::from_json(simulator.with_world(|world| world.server_token_json()).as_bytes());
    let (here, there) = (simulator.clone(), simulator.clone());
    let near = Client::with_stamps(Session::new(token()?, Service::apple()), simulator.clone(), move || here.stamp());
    let service = Service::at(served.base_url())?;
    let far = Client::with_stamps(Session::new(token()?, service), http, move || there.stamp());

    println!("{:<28}{:>14}{:>14}{:>8}", "call", "in-process/s", "over HTTP/s", "ratio");
    compare("GET /account", || near.account().map(drop), || far.account().map(drop))?;
    compare("a page of 1,000 devices", || near.fetch_devices(None).map(drop), || far.fetch_devices(None).map(drop))?;
    Ok(())
}

/// Prints both rates: the medians of turns that alternate.
fn compare<E>(
    name: &str,
    mut near: impl FnMut() -> Result<(), E>,
    mut far: impl FnMut() -> Result<(), E>,
) -> Result<(), E> {
    let (mut nears, mut fars) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        nears.push(rate(&mut near)?);
        fars.push(rate(&mut far)?);
    }
    let median = |rates: &mut Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or_default()
    };
    let (near, far) = (median(&mut nears), median(&mut fars));
    let whole = |rate: f64| thousands(format!("{rate:.0}").parse::<u64>().unwrap_or_default());
    println!("{name:<28}{:>14}{:>14}{:>8.1}", whole(near), whole(far), near / far);
    Ok(())
}

/// Calls a second over one turn.
fn rate<E>(call: &mut impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    let (begin, mut calls) = (Instant::now(), 0_u32);
    while begin.elapsed() < TURN {
        call()?;
        calls = calls.saturating_add(1);
    }
    Ok(f64::from(calls) / begin.elapsed().as_secs_f64())
}
