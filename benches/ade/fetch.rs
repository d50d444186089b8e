//! A full fetch of 200,000 devices from the simulated service in this process, beside serde_json writing the same 200 pages
//! from plain structs.

use std::hint::black_box;

use apple_ade::api::Service;
use apple_ade::blocking::Client;
use apple_ade::session::Session;
use apple_ade::simulator::{Simulator, World};
use apple_ade::token::ServerToken;
use apple_ade::transport::{BlockingTransport, Request};
use criterion::Criterion;
use serde::{Deserialize, Serialize};

use crate::paired::{Line, paired_few};

const DEVICES: usize = 200_000;

#[derive(Deserialize, Serialize)]
struct Page {
    cursor: String,
    devices: Vec<Device>,
    fetched_until: String,
    more_to_follow: bool,
}

#[derive(Deserialize, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are Apple's")]
struct Device {
    serial_number: String,
    model: String,
    description: String,
    color: String,
    asset_tag: String,
    profile_status: String,
    device_assigned_date: String,
    device_assigned_by: String,
    os: String,
    device_family: String,
    wifi_mac_address: Option<String>,
    bluetooth_mac_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ethernet_mac_address: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    imei: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    meid: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eid: Option<String>,
    is_replacement_device: bool,
}

/// Reads the list once by the library's client, and keeps the requests and the pages.
fn record(simulator: &Simulator) -> Option<(Vec<Request>, Vec<Page>)> {
    let token = ServerToken::from_json(simulator.with_world(|world| world.server_token_json()).as_bytes()).ok()?;
    let (requests, pages) = (std::sync::Mutex::new(Vec::new()), std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::new((requests, pages));
    let (keep, inner, stamps) = (kept.clone(), simulator.clone(), simulator.clone());
    let transport = move |request: Request| {
        let answer = BlockingTransport::send(&inner, request.clone())?;
        if let Ok(page) = serde_json::from_slice::<Page>(answer.body()) {
            keep.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(request);
            keep.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(page);
        }
        Ok(answer)
    };
    let ade = Client::with_stamps(Session::new(token, Service::apple()), transport, move || stamps.stamp());
    ade.account().ok()?;
    let mut cursor = None;
    loop {
        let page = ade.fetch_devices(cursor).ok()?;
        if !page.has_more() {
            break;
        }
        cursor = page.cursor;
    }
    drop(ade);
    let (requests, pages) = std::sync::Arc::into_inner(kept)?;
    Some((requests.into_inner().ok()?, pages.into_inner().ok()?))
}

pub(crate) fn bench(criterion: &mut Criterion) -> [Line; 1] {
    let mut world = World::builder().seed(1).devices(DEVICES).build();
    world.settings_mut().session_seconds = u32::MAX;
    let simulator = Simulator::new(world);
    let (requests, pages) = record(&simulator).unwrap_or_default();
    let count: usize = pages.iter().map(|page| page.devices.len()).sum();
    assert_eq!((count, requests.len()), (DEVICES, DEVICES / 1000), "the list is read whole");
    let ours = || {
        simulator.with_world(|world| {
            for request in &requests {
                black_box(world.handle(request));
            }
        });
    };
    let reference = || {
        for page in &pages {
            black_box(serde_json::to_vec(page).ok());
        }
    };
    [paired_few(criterion, "simulator_fetch_200k", "serde_json", ours, reference)]
}
