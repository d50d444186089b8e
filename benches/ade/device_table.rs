//! What a device costs in a table: in bytes, beside plain structs with a `String` for every word, whose strings are counted with
//! what they have room for; and in time, in a table of 2,000,000 beside one of 200,000.

use std::hint::black_box;
use std::time::Instant;

use apple_ade::api::{Device, DeviceTable, Endpoint, FetchDevices};
use serde::Deserialize;

use crate::paired::Line;

const BODY: &[u8] = include_bytes!("../../tests/fixtures/api/fetch_page_1000.json");

const FEW: usize = 200_000;
const MANY: usize = 2_000_000;
const PAIRS: usize = 3;

#[derive(Deserialize)]
struct Page {
    devices: Vec<Plain>,
}

macro_rules! plain {
    ($($field:ident),*) => {
        #[derive(Deserialize)]
        struct Plain {
            serial_number: String,
            $($field: Option<String>,)*
        }

        impl Plain {
            /// The bytes that it takes: its own, and the room of its texts. What the allocator adds is not counted.
            fn bytes(&self) -> usize {
                let texts = [$(&self.$field),*].into_iter().flatten().chain([&self.serial_number]);
                size_of::<Self>() + texts.map(String::capacity).sum::<usize>()
            }
        }
    };
}

plain!(
    model,
    description,
    color,
    asset_tag,
    profile_status,
    profile_uuid,
    profile_assign_time,
    profile_push_time,
    device_assigned_date,
    device_assigned_by,
    os,
    device_family,
    op_type,
    op_date
);

/// The fixture's devices as those that follow the first `n`: with serial numbers and asset tags of their own.
fn turn_into(devices: &mut [Device], n: usize) {
    for (device, n) in devices.iter_mut().zip(n..) {
        // An odd factor sends each number elsewhere, so that they do not come in order.
        let serial = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8;
        if let Ok(serial) = format!("{serial:014X}").split_at(2).1.parse() {
            device.serial_number = serial;
        }
        if let Some(tag) = device.asset_tag.as_mut().filter(|tag| !tag.is_empty()) {
            *tag = format!("ASSET-{n:07}");
        }
    }
}

fn insert(table: &mut DeviceTable, devices: &[Device]) {
    for device in devices {
        assert!(table.insert_device(device).is_ok(), "there is room");
    }
}

/// A table of so many devices, and the seconds that it took for each of them to go in.
fn filled(devices: &mut [Device], count: usize) -> (DeviceTable, f64) {
    let (mut table, mut seconds) = (DeviceTable::new(), 0.0);
    for n in (0..count).step_by(devices.len()) {
        turn_into(devices, n);
        let begin = Instant::now();
        insert(&mut table, devices);
        seconds += begin.elapsed().as_secs_f64();
    }
    assert_eq!(table.len(), count, "every device has its own serial number");
    (table, per(seconds, count))
}

/// The seconds for each device that is looked up, in the order in which they went in.
fn found(devices: &mut [Device], table: &DeviceTable) -> f64 {
    let mut seconds = 0.0;
    for n in (0..table.len()).step_by(devices.len()) {
        turn_into(devices, n);
        let begin = Instant::now();
        for device in &*devices {
            assert!(black_box(table.get(device.serial_number.as_str())).is_some(), "it is there");
        }
        seconds += begin.elapsed().as_secs_f64();
    }
    per(seconds, table.len())
}

/// The seconds for each device of a walk by serial number.
fn walked(table: &DeviceTable) -> f64 {
    let begin = Instant::now();
    assert_eq!(black_box(table.iter().filter(|device| device.op_date().is_some()).count()), table.len());
    per(begin.elapsed().as_secs_f64(), table.len())
}

#[expect(clippy::cast_precision_loss, reason = "a few million")]
fn per(amount: f64, count: usize) -> f64 {
    amount / count as f64
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred million")]
pub(crate) fn bench() -> Vec<Line> {
    let response = http::Response::new(BODY.to_vec());
    let page = FetchDevices::from_start().parse_response(&response);
    let (Ok(page), Ok(baseline)) = (page, serde_json::from_slice::<Page>(BODY)) else { return Vec::new() };
    let mut devices = page.devices;
    let mut small = DeviceTable::new();
    insert(&mut small, &devices);
    assert_eq!((small.len(), baseline.devices.len()), (1000, 1000), "the page is read whole");
    let reference = per(baseline.devices.iter().map(Plain::bytes).sum::<usize>() as f64, 1000);
    let mut lines = vec![Line::of("device_table_bytes_1000", " B", per(small.memory_bytes() as f64, 1000), reference)];

    let (mut inserts, mut gets, mut walks) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        let (many, insert_many) = filled(&mut devices, MANY);
        let (few, insert_few) = filled(&mut devices, FEW);
        inserts.push((insert_many, insert_few));
        gets.push((found(&mut devices, &many), found(&mut devices, &few)));
        walks.push((walked(&many), walked(&few)));
        if pair == 0 {
            for (name, table) in [("device_table_bytes_200k", &few), ("device_table_bytes_2m", &many)] {
                lines.push(Line::of(name, " B", per(table.memory_bytes() as f64, table.len()), reference));
            }
        }
    }
    lines.push(Line::of_pairs("device_table_insert_2m_to_200k", &inserts));
    lines.push(Line::of_pairs("device_table_get_2m_to_200k", &gets));
    lines.push(Line::of_pairs("device_table_walk_2m_to_200k", &walks));
    lines
}
