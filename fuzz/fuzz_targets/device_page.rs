//! Any bytes as the answer of `POST /server/devices`: a page, whose devices are written and read again as they were, or an
//! error, never a panic. The page that borrows says the same; a table gives back what went into it.
//!
//! Seeds: `tests/fixtures/micromdm/device_2018.json`, `tests/fixtures/api/fetch_page_1000.json`.
#![no_main]

use std::collections::BTreeMap;

use apple_ade::api::{Device, DevicePage, DevicePageRef, DeviceRef, DeviceTable, Endpoint, FetchDevices, Unread};
use apple_ade::error::Error;
use apple_ade::json::RawJson;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let response = http::Response::new(bytes.to_vec());
    let borrowed = DevicePageRef::read_response(FetchDevices::CALL, &response);
    match FetchDevices::from_start().parse_response(&response) {
        Ok(page) => {
            for device in &page.devices {
                let text = serde_json::to_string(device).unwrap();
                let raw: RawJson = text.parse().unwrap();
                assert_eq!(raw.read::<Device>().as_ref(), Ok(device), "{text}");
                assert_eq!(DeviceRef::from(device).to_owned(), *device);
            }
            for rejected in &page.rejected {
                assert!(rejected.value.read::<Device>().is_err());
            }
            let borrowed = borrowed.unwrap();
            assert_eq!(borrowed.to_owned(), page);
            let unread = Unread(FetchDevices::from_start()).parse_response(&response).unwrap();
            assert_eq!(unread.read().unwrap().to_owned(), page);
            tabled(&borrowed, page);
        }
        Err(Error::Answer(error)) => {
            assert!(error.to_string().len() < 3000);
            let Err(Error::Answer(other)) = borrowed else { panic!("{error}, but borrowed: {borrowed:?}") };
            assert_eq!(other, error);
        }
        Err(other) => panic!("{other}"),
    }
});

fn tabled(borrowed: &DevicePageRef<'_>, page: DevicePage) {
    let (mut table, mut model) = (DeviceTable::new(), BTreeMap::new());
    for (device, mut owned) in borrowed.devices.iter().zip(page.devices) {
        (owned.extra, owned.odd) = Default::default();
        let new = model.insert(owned.serial_number.to_string(), owned).is_none();
        assert_eq!(table.insert(device), Ok(new));
    }
    assert!(table.iter().map(|device| device.to_owned()).eq(model.values().cloned()));
    for serial in model.keys() {
        assert!(table.remove(serial));
    }
    assert!(table.is_empty());
}
