//! Any bytes as the answer of `POST /server/devices`: a page, whose devices are written and read again as they were, or an
//! error, never a panic.
//!
//! Seeds: `tests/fixtures/micromdm/device_2018.json`, `tests/fixtures/api/fetch_page_1000.json`.
#![no_main]

use apple_ade::api::{Device, Endpoint, FetchDevices};
use apple_ade::error::Error;
use apple_ade::json::RawJson;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match FetchDevices::from_start().parse_response(&http::Response::new(bytes.to_vec())) {
        Ok(page) => {
            for device in &page.devices {
                let text = serde_json::to_string(device).unwrap();
                let raw: RawJson = text.parse().unwrap();
                assert_eq!(raw.read::<Device>().as_ref(), Ok(device), "{text}");
            }
            for rejected in &page.rejected {
                assert!(rejected.value.read::<Device>().is_err());
            }
        }
        Err(Error::Answer(error)) => assert!(error.to_string().len() < 3000),
        Err(other) => panic!("{other}"),
    }
});
