use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::csv;
use crate::api::Device;
use crate::id::{IdError, SerialNumber};

/// How an administrator chooses devices in Apple's portal: three ways, each for itself (DEV-2, X-20). The service has no call for it.
///
/// ```
/// use apple_ade::program::lifecycle::{DeviceSelector, SelectorError};
///
/// let selector = DeviceSelector::csv("Serial Number\r\nC02T0HL0GGC0\r\n\"C02T0HL0GGC1\"\r\n")?;
/// assert_eq!(selector.serials().map(|serials| serials.len()), Some(2));
/// assert_eq!(DeviceSelector::serials_of([]), Err(SelectorError::Nothing));
/// # Ok::<(), SelectorError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceSelector {
    /// By serial numbers.
    Serials(BTreeSet<SerialNumber>),
    /// By the number of the order with which they were bought.
    OrderNumber(String),
    /// By a file with their serial numbers.
    Csv(BTreeSet<SerialNumber>),
}

/// Why nothing is chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
    /// No device is named.
    #[error("no device is named; name one at least")]
    Nothing,
    /// The number of an order is empty.
    #[error("the order has no number")]
    NoOrder,
    /// The first line of the file is a heading, and does not say in which column the serial numbers are.
    #[error(
        "the first line of the file, {found:?}, looks like a heading: name the column with the serial numbers \"Serial Number\""
    )]
    Heading {
        /// The line.
        found: String,
    },
    /// A line of the file has no serial number.
    #[error("line {line} of the file: {error}")]
    Line {
        /// Which, counted from 1.
        line: usize,
        /// What is wrong with it.
        error: IdError,
    },
}

impl DeviceSelector {
    /// By serial numbers.
    ///
    /// # Errors
    ///
    /// [`SelectorError::Nothing`].
    pub fn serials_of(serials: impl IntoIterator<Item = SerialNumber>) -> Result<Self, SelectorError> {
        some(serials.into_iter().collect()).map(Self::Serials)
    }

    /// By an order.
    ///
    /// # Errors
    ///
    /// [`SelectorError::NoOrder`].
    pub fn order_number(number: &str) -> Result<Self, SelectorError> {
        match number.trim() {
            "" => Err(SelectorError::NoOrder),
            number => Ok(Self::OrderNumber(number.to_owned())),
        }
    }

    /// By a file: a serial number a line, in the column whose heading says so, or in the first one where there is no heading. Columns are
    /// parted by commas, semicolons or tabs.
    ///
    /// A heading is one that says "serial" (or "Seriennummer", "numéro de série", "SN", …). Another first line is taken for a heading too, and
    /// refused, if it has small letters or spaces and no other line has, or if it is short, or one cell of several, and has no digit.
    ///
    /// # Errors
    ///
    /// [`SelectorError::Heading`] for a heading that does not say which column it is, [`SelectorError::Line`] for the first line that has no
    /// serial number, [`SelectorError::Nothing`] for a file without devices.
    pub fn csv(text: &str) -> Result<Self, SelectorError> {
        some(csv::serials(text)?).map(Self::Csv)
    }

    /// The serial numbers, unless they are chosen by an order.
    pub fn serials(&self) -> Option<&BTreeSet<SerialNumber>> {
        match self {
            Self::Serials(serials) | Self::Csv(serials) => Some(serials),
            Self::OrderNumber(_) => None,
        }
    }
}

fn some(serials: BTreeSet<SerialNumber>) -> Result<BTreeSet<SerialNumber>, SelectorError> {
    if serials.is_empty() { Err(SelectorError::Nothing) } else { Ok(serials) }
}

/// By what a list of devices is sorted (DEV-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SortKey {
    /// Serial number.
    SerialNumber,
    /// Model.
    Model,
    /// Family.
    Family,
    /// State of the profile.
    ProfileStatus,
    /// When it was assigned to this server.
    AssignedDate,
    /// Asset tag.
    AssetTag,
}

/// Sorts devices by a key, and those that are equal in it by serial number (DEV-3). What a device does not say comes last.
///
/// ```
/// use apple_ade::api::Device;
/// use apple_ade::program::lifecycle::{SortKey, sort};
///
/// let device = |serial: &str, model: Option<&str>| {
///     let mut device = Device::new(serial.parse()?);
///     device.model = model.map(str::to_owned);
///     Ok::<_, apple_ade::id::IdError>(device)
/// };
/// let mut devices = [device("C3", None)?, device("C2", Some("iPad"))?, device("C1", Some("iPad"))?];
/// sort(&mut devices, SortKey::Model);
/// assert_eq!(devices.each_ref().map(|device| device.serial_number.as_str()), ["C1", "C2", "C3"]);
/// # Ok::<(), apple_ade::id::IdError>(())
/// ```
pub fn sort(devices: &mut [Device], key: SortKey) {
    devices.sort_by(|a, b| by(key, a, b).then_with(|| a.serial_number.cmp(&b.serial_number)));
}

fn by(key: SortKey, a: &Device, b: &Device) -> Ordering {
    match key {
        SortKey::SerialNumber => Ordering::Equal,
        SortKey::Model => last(a.model.as_ref(), b.model.as_ref()),
        SortKey::AssetTag => last(a.asset_tag.as_ref(), b.asset_tag.as_ref()),
        SortKey::Family => last(a.device_family.as_ref(), b.device_family.as_ref()),
        SortKey::ProfileStatus => last(a.profile_status.as_ref(), b.profile_status.as_ref()),
        SortKey::AssignedDate => last(a.device_assigned_date, b.device_assigned_date),
    }
}

/// As `Option` sorts, with `None` last.
fn last<T: Ord>(a: Option<T>, b: Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
