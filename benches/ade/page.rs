//! A page of 1000 devices into owned values, beside plain serde-derive structs with a `String` for every word and chrono's own
//! serde for every time, which keep no unknown keys; and beside a copy of the bytes.

use apple_ade::api::{Endpoint, FetchDevices};
use apple_ade::simulator::fixtures;
use chrono::{DateTime, Utc};
use criterion::Criterion;
use serde::Deserialize;

use crate::paired::{Line, paired};

#[derive(Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
pub(crate) struct Page {
    cursor: String,
    pub(crate) devices: Vec<Device>,
    fetched_until: Option<DateTime<Utc>>,
    more_to_follow: bool,
}

#[derive(Deserialize)]
#[expect(dead_code, clippy::struct_field_names, reason = "read, not looked at; the names are Apple's")]
pub(crate) struct Device {
    serial_number: String,
    model: Option<String>,
    description: Option<String>,
    color: Option<String>,
    asset_tag: Option<String>,
    profile_status: Option<String>,
    profile_uuid: Option<String>,
    profile_assign_time: Option<DateTime<Utc>>,
    profile_push_time: Option<DateTime<Utc>>,
    device_assigned_date: Option<DateTime<Utc>>,
    device_assigned_by: Option<String>,
    os: Option<String>,
    device_family: Option<String>,
    op_type: Option<String>,
    op_date: Option<DateTime<Utc>>,
}

pub(crate) fn bench(criterion: &mut Criterion) -> [Line; 2] {
    let body = fixtures::page(1, 1000);
    let response = http::Response::new(body.clone());
    let endpoint = FetchDevices::from_start();
    let ours = || endpoint.parse_response(&response).map(|page| page.devices.len());
    assert!(matches!(ours(), Ok(1000)), "the page is read whole");
    let baseline = || serde_json::from_slice::<Page>(&body).map(|page| page.devices.len());
    assert!(matches!(baseline(), Ok(1000)), "the reference reads it, too");
    [
        paired(criterion, "page_decode_1000", "serde_derive", ours, baseline),
        paired(criterion, "page_decode_1000_beside_copy", "memcpy", ours, || body.clone()),
    ]
}
