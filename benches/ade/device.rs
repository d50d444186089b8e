//! A page of 1000 devices that borrow from its text, beside plain serde-derive structs with a `String` for every word; these
//! are [`page`](crate::page)'s.

use apple_ade::api::DevicePageRef;
use apple_ade::simulator::fixtures;
use criterion::Criterion;

use crate::page::Page;
use crate::paired::{Line, paired};

pub(crate) fn bench(criterion: &mut Criterion) -> [Line; 1] {
    let body = fixtures::page(1, 1000);
    let ours = || DevicePageRef::read(&body).map(|page| page.devices.len());
    assert!(matches!(ours(), Ok(1000)), "the page is read whole");
    let baseline = || serde_json::from_slice::<Page>(&body).map(|page| page.devices.len());
    assert!(matches!(baseline(), Ok(1000)), "the reference reads it, too");
    [paired(criterion, "device_ref_decode", "serde_derive", ours, baseline)]
}
