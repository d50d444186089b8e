//! What a page means for the store.

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::{Device, DevicePage, OpType};
use crate::id::SerialNumber;

/// One change to the store. The changes of a [`Commit`](super::Commit) are made in their order, in one transaction with the state.
///
/// A store that keeps the last record of each device may leave out what [is outdated](Self::is_outdated_by).
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
        /// When it left: its `op_date`, or now where that is missing or cannot be.
        at: DateTime<Utc>,
    },
    /// The device is there, but its row cannot be read: gives it the commit's generation, and changes nothing else. One that is not
    /// stored yet stays unknown.
    Seen(SerialNumber),
    /// All devices have been fetched: those of an earlier generation have left this server (SYN-3, X-4), and are kept as removed or deleted.
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

impl Change {
    /// Whether what is stored of the device is newer than this change, which is then not to be made: the row of a delta can be older.
    ///
    /// `stored` is the device as it was last stored, or, once it is removed, the record it was removed with. Apple's rows come in the
    /// order of their `op_date`, so that this matters in one case: a delta after a full fetch also tells what happened while the fetch
    /// was under way, and a device that had left and come back by then would be gone from the store for a page or two. What has no date
    /// counts in any case, as all of a full fetch does.
    ///
    /// ```
    /// use apple_ade::api::{Device, OpType};
    /// use apple_ade::sync::Change;
    ///
    /// let mut fetched = Device::new("C02T0HL0GGC0".parse()?);
    /// fetched.device_assigned_date = Some("2026-11-22T08:05:00Z".parse()?);
    /// let mut row = Device::new("C02T0HL0GGC0".parse()?);
    /// (row.op_type, row.op_date) = (Some(OpType::Deleted), Some("2026-11-22T08:01:00Z".parse()?));
    /// let change = Change::Remove { device: row, at: "2026-11-22T08:01:00Z".parse()? };
    /// assert!(change.is_outdated_by(&fetched));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_outdated_by(&self, stored: &Device) -> bool {
        let (Self::Store(device) | Self::Remove { device, .. }) = self else { return false };
        // Apple's times are whole seconds.
        let date = device.op_date.map(|date| date.timestamp());
        let known = stored.op_date.max(stored.device_assigned_date).map(|date| date.timestamp());
        date.zip(known).is_some_and(|(date, known)| date < known)
    }
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
            Some(OpType::Deleted) => Change::Remove { at: left_at(&device, now), device },
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
    let mut places: Vec<usize> = of_one.map(newest).collect();
    places.sort_unstable();
    Some(places)
}

/// The place of the row that counts. A row without a date is as new as the newest before it, since rows come in order.
fn newest(rows: &[(usize, &Device)]) -> usize {
    let (mut newest, mut date) = (0, None);
    for (place, device) in rows {
        if device.op_date.is_none_or(|own| Some(own) >= date) {
            (newest, date) = (*place, device.op_date.or(date));
        }
    }
    newest
}

/// When a device left: its `op_date`, where that can be. A date that is wrong would let it stay for ever, or be forgotten at once.
fn left_at(device: &Device, now: DateTime<Utc>) -> DateTime<Utc> {
    let date = device.op_date.unwrap_or(now).min(now);
    if now.signed_duration_since(date) > LONG_AGO { now } else { date }
}

/// A delta tells of nothing older than a cursor can be, with a day for whatever else.
const LONG_AGO: TimeDelta = TimeDelta::days(8);
