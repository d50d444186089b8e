use std::borrow::Cow;

use chrono::{DateTime, Utc};
use http::Response;
use serde::de::Error as _;
use serde_json::value::RawValue;

use super::device::Device;
use super::device_ref::{DeviceRef, Row};
use super::endpoint;
use super::page::{DevicePage, NO_PAGE, Page, RejectedDevice};
use crate::error::{AnswerError, Error};
use crate::id::Cursor;
use crate::json::{Extra, JsonError, OddField, RawJson};

/// A [`DevicePage`] whose devices borrow from the answer's body, for who writes pages straight into a store.
///
/// It says what `DevicePage` says of the same bytes, in less than half the time, as long as the body is UTF-8 and its rows
/// are as documented. [`Unread`](super::Unread) is the call that leaves the body for it.
///
/// ```
/// use apple_ade::api::DevicePageRef;
///
/// let body = br#"{"devices":[{"serial_number":"C02T0HL0GGC0","model":"iMac"},{"model":"iPad"}],"cursor":"MTow"}"#;
/// let page = DevicePageRef::read(body)?;
/// assert_eq!((page.devices[0].serial_number(), page.devices[0].model()), ("C02T0HL0GGC0", Some("iMac")));
/// assert_eq!(page.rejected[0].row, 1);
/// # Ok::<(), apple_ade::json::JsonError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DevicePageRef<'p> {
    /// `devices`, in Apple's order: by the time of the operation.
    pub devices: Vec<DeviceRef<'p>>,
    /// The rows that cannot be read as a device.
    pub rejected: Vec<RejectedDevice>,
    /// `cursor`: where the list goes on. Store it only together with this page's devices.
    pub cursor: Option<Cursor>,
    /// `fetched_until`: how far the list has come.
    pub fetched_until: Option<DateTime<Utc>>,
    /// `more_to_follow`: whether to ask again at once, with the new cursor. Absent counts as no.
    pub more_to_follow: Option<bool>,
    /// Keys that this version of the crate does not know.
    pub extra: Extra,
    /// Documented keys whose values are not what is documented.
    pub odd: Vec<OddField>,
}

impl<'p> DevicePageRef<'p> {
    /// Reads the body of a successful answer to `POST /server/devices` or `POST /devices/sync`.
    ///
    /// Whether it is UTF-8 is checked once; of a body that is not, a copy is read in which each such byte has lost its character.
    ///
    /// # Errors
    ///
    /// Where the body is not a page of at most 16 MiB; a row that is no device is in [`rejected`](Self::rejected).
    pub fn read(body: &'p [u8]) -> Result<Self, JsonError> {
        match endpoint::body_text(body) {
            Ok(text) => Self::of_text(text),
            Err(problem) => Err(serde_json::Error::custom(problem)),
        }
        .map_err(|error| JsonError::new(&error))
    }

    /// The same of a body that is known to be UTF-8.
    pub(super) fn read_text(text: &'p str) -> Result<Self, JsonError> {
        Self::of_text(Cow::Borrowed(text)).map_err(|error| JsonError::new(&error))
    }

    /// Reads an answer of whatever status. `call` is the call's [`CALL`](super::Endpoint::CALL), for messages.
    ///
    /// ```
    /// use apple_ade::api::{DevicePageRef, Endpoint, FetchDevices};
    /// use apple_ade::error::Advice;
    ///
    /// let response = http::Response::builder().status(403).body(b"T_C_NOT_SIGNED".to_vec())?;
    /// let error = DevicePageRef::read_response(FetchDevices::CALL, &response).unwrap_err();
    /// assert_eq!(error.advice(), Advice::AcceptTerms);
    /// # Ok::<(), http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`FetchDevices`](super::FetchDevices) and [`SyncDevices`](super::SyncDevices) have them: [`Error::Refused`] when the
    /// status is not a success, [`Error::Answer`] when the body is not a page.
    pub fn read_response(call: &'static str, response: &'p Response<Vec<u8>>) -> Result<Self, Error> {
        Self::of_text(endpoint::text(call, response)?)
            .map_err(|error| AnswerError::new(call, response, error.to_string()).into())
    }

    /// Whether another page follows at once.
    pub fn has_more(&self) -> bool {
        self.more_to_follow == Some(true)
    }

    /// Whether it has no row at all.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.rejected.is_empty()
    }

    /// The page as a value of its own.
    #[must_use]
    pub fn to_owned(&self) -> DevicePage {
        DevicePage {
            devices: self.devices.iter().map(DeviceRef::to_owned).collect(),
            rejected: self.rejected.clone(),
            cursor: self.cursor.clone(),
            fetched_until: self.fetched_until,
            more_to_follow: self.more_to_follow,
            extra: self.extra.clone(),
            odd: self.odd.clone(),
        }
    }

    fn of_text(text: Cow<'p, str>) -> Result<Self, serde_json::Error> {
        match text {
            Cow::Borrowed(text) => Self::quick(text).or_else(|_| Self::exact(text, DeviceRef::quick_or_exact)),
            Cow::Owned(text) => DevicePageRef::exact(&text, |row| DeviceRef::exact(row).map(DeviceRef::into_static)),
        }
    }

    fn quick(text: &'p str) -> Result<Self, serde_json::Error> {
        let page = serde_json::from_str::<Page<Row<'p, false>>>(text)?;
        Self::around(page.rows.into_iter().map(|Row(device)| device).collect(), page.frame, page.is_one)
    }

    /// Cuts out the rows first, and reads each by itself.
    fn exact<'t>(
        text: &'t str,
        read: fn(&'t RawValue) -> Result<DeviceRef<'p>, serde_json::Error>,
    ) -> Result<Self, serde_json::Error> {
        let mut page = serde_json::from_str::<Page<&'t RawValue>>(text)?;
        let mut devices = Vec::new();
        for (row, raw) in page.rows.into_iter().enumerate() {
            match read(raw) {
                Ok(device) => devices.push(device),
                Err(error) => {
                    let value = RawJson::kept(raw);
                    // The message is that of the owned page.
                    let error = value.read::<Device>().err().unwrap_or_else(|| JsonError::new(&error));
                    page.frame.rejected.push(RejectedDevice::new(row, value, &error));
                }
            }
        }
        Self::around(devices, page.frame, page.is_one)
    }

    fn around(devices: Vec<DeviceRef<'p>>, frame: DevicePage, is_one: bool) -> Result<Self, serde_json::Error> {
        let DevicePage { rejected, cursor, fetched_until, more_to_follow, extra, odd, .. } = frame;
        if !is_one {
            return Err(serde_json::Error::custom(NO_PAGE));
        }
        Ok(Self { devices, rejected, cursor, fetched_until, more_to_follow, extra, odd })
    }
}
