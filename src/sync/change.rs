//! What a page means for the store.

use chrono::{DateTime, Utc};

use crate::api::{Device, DevicePage, OpType};
use crate::id::SerialNumber;

/// One change to the store. The changes of a [`Commit`](super::Commit) are made in their order, in one transaction with the state.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Stores the device under its serial number, in place of what is there, with the commit's
    /// [generation](super::Commit::generation). One that was removed is back (DEV-5).
    Store(Device),
    /// The device has left this server: it was moved, released, or replaced. Keeps it as removed (DEV-8), or deletes it.
    Remove {
        /// Its record, with as few keys as Apple sends for it.
        device: Device,
        /// When it left.
        at: DateTime<Utc>,
    },
    /// The device is there, but its row cannot be read: gives it the commit's generation, and changes nothing else. One that is not
    /// stored yet stays unknown.
    Seen(SerialNumber),
    /// All devices have been fetched: those of an earlier generation have left this server, and are kept as removed or deleted.
    Sweep {
        /// The generation of the fetch; devices with a lower one are gone.
        generation: u64,
        /// When that was found.
        at: DateTime<Utc>,
    },
    /// Deletes the devices that were removed before this time (DEV-7); a person may delete one before (DEV-9).
    Forget {
        /// The time.
        removed_before: DateTime<Utc>,
    },
}

/// The changes of a page: of several rows for one device, the one with the latest `op_date` counts; between rows of the same date, or
/// without one, the later row.
pub(super) fn of_page(page: DevicePage, now: DateTime<Utc>) -> Vec<Change> {
    let last = winners(&page.devices);
    let unread = page.rejected.into_iter().filter_map(|row| row.serial_number);
    let mut changes = Vec::with_capacity(page.devices.len());
    for (place, device) in page.devices.into_iter().enumerate() {
        if last.as_ref().is_some_and(|last| last.binary_search(&place).is_err()) {
            continue;
        }
        changes.push(match device.op_type {
            Some(OpType::Deleted) => Change::Remove { at: device.op_date.unwrap_or(now), device },
            _ => Change::Store(device),
        });
    }
    changes.extend(unread.map(Change::Seen));
    changes
}

/// The places of the rows that count, sorted; `None` if all do.
fn winners(devices: &[Device]) -> Option<Vec<usize>> {
    let mut rows: Vec<(usize, &Device)> = devices.iter().enumerate().collect();
    // By serial number, and rows of one device in their order.
    rows.sort_by(|(a, x), (b, y)| x.serial_number.cmp(&y.serial_number).then(a.cmp(b)));
    let is_same = |pair: &[(usize, &Device)]| match pair {
        [(_, a), (_, b)] => a.serial_number == b.serial_number,
        _ => false,
    };
    if !rows.windows(2).any(is_same) {
        return None;
    }
    let of_one = rows.chunk_by(|(_, a), (_, b)| a.serial_number == b.serial_number);
    let mut places: Vec<usize> =
        of_one.filter_map(|rows| rows.iter().copied().reduce(newer)).map(|(place, _)| place).collect();
    places.sort_unstable();
    Some(places)
}

fn newer<'d>(one: (usize, &'d Device), later: (usize, &'d Device)) -> (usize, &'d Device) {
    match (one.1.op_date, later.1.op_date) {
        (Some(a), Some(b)) if a > b => one,
        _ => later,
    }
}
