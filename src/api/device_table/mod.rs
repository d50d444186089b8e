mod hardware;
mod index;
mod row;
mod texts;

use std::fmt;

use super::device::Device;
use super::device_ref::DeviceRef;
use index::{Index, NONE, hash};
use row::{Row, Serial, Shared};

/// A fleet in memory, at less than 100 bytes a device: what Apple last said of each, by serial number.
///
/// It keeps every documented key of a [`Device`]. It does **not** keep unknown keys ([`Device::extra`]) and values that are not
/// what is documented ([`Device::odd`]). Words that devices share stand in it once. The hardware ids of protocol version 10
/// (addresses, IMEI, MEID, EID) have a table beside it, which is counted apart and costs nothing until there are some.
///
/// A call costs the same however many devices there are, but for [`iter`](Self::iter), which sorts.
///
/// ```
/// use apple_ade::api::{DevicePageRef, DeviceTable};
///
/// let mut fleet = DeviceTable::new();
/// let body = br#"{"devices":[{"serial_number":"B","model":"iMac","x":1},{"serial_number":"A","model":"iMac"}]}"#;
/// for device in &DevicePageRef::read(body)?.devices {
///     assert!(fleet.insert(device)?, "it was not there");
/// }
/// assert_eq!(fleet.get("B").and_then(|device| device.to_owned().model).as_deref(), Some("iMac"));
/// assert_eq!(fleet.iter().map(|device| device.serial_number().to_owned()).collect::<Vec<_>>(), ["A", "B"]);
/// assert!(fleet.remove("B") && fleet.len() == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct DeviceTable {
    /// Each but the last is full, so that a table has one chunk's slack at most.
    rows: Vec<Vec<Row>>,
    len: usize,
    /// The numbers of the rows by serial number.
    index: Index,
    shared: Shared,
    /// Beside the chunks of rows, packed; empty where no row has any.
    hardware: Vec<Vec<Option<Box<[u8]>>>>,
    /// How often a row has left words that nobody may need any more.
    left: usize,
}

/// A table of devices has no room for what should come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the table is full: it has {len} devices; divide the fleet over several tables, as one for each server token")]
pub struct DeviceTableFull {
    len: usize,
}

impl DeviceTableFull {
    /// How many devices the table has.
    pub fn devices(&self) -> usize {
        self.len
    }
}

/// Rows in a chunk, a power of two.
const CHUNK: usize = 1024;

impl DeviceTable {
    /// A table without devices.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many devices there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts a device in, in place of what was known of it; says whether it was unknown.
    ///
    /// # Errors
    ///
    /// When there are four billion devices or four billion bytes of texts. The table is as it was.
    pub fn insert(&mut self, device: &DeviceRef<'_>) -> Result<bool, DeviceTableFull> {
        let full = DeviceTableFull { len: self.len };
        let row = self.shared.encode(device).ok_or(full)?;
        let hardware = hardware::pack(device);
        if let Some(number) = self.find(device.serial_number()) {
            if let Some(old) = self.row_mut(number as usize) {
                let leaves = old.leaves(&row);
                *old = row;
                self.left += usize::from(leaves);
            }
            self.set_hardware(number as usize, hardware);
            self.sweep();
            return Ok(false);
        }
        let number = u32::try_from(self.len).ok().filter(|number| *number != NONE).ok_or(full)?;
        self.push(row);
        self.set_hardware(number as usize, hardware);
        self.index.insert(hash(device.serial_number().as_bytes()), number);
        Ok(true)
    }

    /// [`insert`](Self::insert) for a device that is owned.
    ///
    /// # Errors
    ///
    /// As `insert` has them.
    pub fn insert_device(&mut self, device: &Device) -> Result<bool, DeviceTableFull> {
        self.insert(&DeviceRef::from(device))
    }

    /// What is known of a device.
    pub fn get(&self, serial_number: &str) -> Option<DeviceRef<'_>> {
        self.device(self.find(serial_number)? as usize)
    }

    /// Whether a device is there.
    pub fn contains(&self, serial_number: &str) -> bool {
        self.find(serial_number).is_some()
    }

    /// Takes a device out; says whether it was there.
    pub fn remove(&mut self, serial_number: &str) -> bool {
        let (Some(number), Some(last)) = (self.find(serial_number), self.len.checked_sub(1)) else { return false };
        let Ok(last_number) = u32::try_from(last) else { return false };
        self.index.remove(hash(serial_number.as_bytes()), number);
        let hardware = self.take_hardware(last);
        if number != last_number {
            let last = self.row(last).copied();
            let serial = last.as_ref().and_then(|last| last.serial.text(&self.shared.texts));
            if let Some(hash) = serial.map(|serial| hash(serial.as_bytes())) {
                self.index.renumber(hash, last_number, number);
            }
            if let Some((to, last)) = self.row_mut(number as usize).zip(last) {
                *to = last;
            }
            self.set_hardware(number as usize, hardware);
        }
        self.pop();
        self.left += 1;
        self.sweep();
        true
    }

    /// The devices, by serial number. For the time it takes, it has a list of 16 bytes for each.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = DeviceRef<'_>> {
        let mut rows: Vec<(Serial, u32)> = self.rows.iter().flatten().map(|row| row.serial).zip(0..).collect();
        rows.sort_unstable_by(|(one, _), (other, _)| one.order(other, &self.shared.texts));
        rows.into_iter().map(|(serial, number)| {
            // A row can always be read: the rest is for the compiler.
            let text = || serial.text(&self.shared.texts).unwrap_or_default().to_owned();
            self.device(number as usize).unwrap_or_else(|| DeviceRef::new(text().into()))
        })
    }

    /// The bytes that it has taken for devices: the capacities of all its buffers but those of the hardware ids. What the
    /// allocator adds for itself is not counted.
    pub fn memory_bytes(&self) -> usize {
        let rows: usize = self.rows.iter().map(|chunk| chunk.capacity() * size_of::<Row>()).sum();
        let chunks = self.rows.capacity() * size_of::<Vec<Row>>();
        size_of::<Self>() + rows + chunks + self.index.bytes() + self.shared.bytes()
    }

    /// The bytes that it has taken for hardware ids, counted likewise.
    pub fn hardware_bytes(&self) -> usize {
        let chunks: usize = self.hardware.iter().map(|chunk| chunk.capacity() * size_of::<Option<Box<[u8]>>>()).sum();
        let ids: usize = self.hardware.iter().flatten().flatten().map(|ids| ids.len()).sum();
        self.hardware.capacity() * size_of::<Vec<Option<Box<[u8]>>>>() + chunks + ids
    }

    fn row(&self, number: usize) -> Option<&Row> {
        self.rows.get(number / CHUNK)?.get(number % CHUNK)
    }

    fn row_mut(&mut self, number: usize) -> Option<&mut Row> {
        self.rows.get_mut(number / CHUNK)?.get_mut(number % CHUNK)
    }

    fn push(&mut self, row: Row) {
        match self.rows.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(row),
            _ => {
                // The first grows as it has to: most tables are small.
                let mut chunk = Vec::with_capacity(if self.rows.is_empty() { 1 } else { CHUNK });
                chunk.push(row);
                self.rows.push(chunk);
            }
        }
        self.len += 1;
    }

    fn pop(&mut self) {
        if let Some(chunk) = self.rows.last_mut() {
            chunk.pop();
            self.len = self.len.saturating_sub(1);
            if chunk.is_empty() {
                self.rows.pop();
                self.hardware.truncate(self.rows.len());
            }
        }
    }

    fn find(&self, serial_number: &str) -> Option<u32> {
        let short = Serial::short(serial_number);
        self.index.find(hash(serial_number.as_bytes()), |number| {
            self.row(number as usize).is_some_and(|row| match short {
                Some(short) => row.serial == short,
                None => row.serial.text(&self.shared.texts) == Some(serial_number),
            })
        })
    }

    fn device(&self, number: usize) -> Option<DeviceRef<'_>> {
        let mut device = self.shared.decode(self.row(number)?)?;
        let packed = self.hardware.get(number / CHUNK).and_then(|chunk| chunk.get(number % CHUNK)?.as_deref());
        if let Some(packed) = packed {
            hardware::unpack(&mut device, packed);
        }
        Some(device)
    }

    fn set_hardware(&mut self, number: usize, hardware: Option<Box<[u8]>>) {
        let (chunk, place) = (number / CHUNK, number % CHUNK);
        if hardware.is_some() && self.hardware.len() <= chunk {
            self.hardware.resize_with(chunk + 1, Vec::new);
        }
        let Some(chunk) = self.hardware.get_mut(chunk) else { return };
        if hardware.is_some() && chunk.len() <= place {
            chunk.resize_with(place + 1, || None);
        }
        if let Some(at) = chunk.get_mut(place) {
            *at = hardware;
        }
    }

    fn take_hardware(&mut self, number: usize) -> Option<Box<[u8]>> {
        self.hardware.get_mut(number / CHUNK)?.get_mut(number % CHUNK)?.take()
    }

    /// Once as many words may have been left as there are devices, the table is made anew, with those words that it needs.
    fn sweep(&mut self) {
        if self.left <= self.len.saturating_add(CHUNK) {
            return;
        }
        self.left = 0;
        let mut anew = Self::default();
        for row in self.rows.iter().flatten() {
            // There is room for what is there.
            let Some(device) = self.shared.decode(row) else { return };
            let Some((row, number)) = anew.shared.encode(&device).zip(u32::try_from(anew.len).ok()) else { return };
            anew.push(row);
            anew.index.insert(hash(device.serial_number().as_bytes()), number);
        }
        anew.hardware = std::mem::take(&mut self.hardware);
        *self = anew;
    }
}

impl fmt::Debug for DeviceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceTable").field("len", &self.len).finish_non_exhaustive()
    }
}
