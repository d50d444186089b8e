use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use http::Response;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::device::Device;
use super::endpoint;
use crate::error::{AnswerError, Error};
use crate::id::{Cursor, SerialNumber};
use crate::json::{Extra, Field, JsonError, Key, OddField, Quick, RawJson, exact};

/// A page of devices: the answer of `POST /server/devices` and of `POST /devices/sync`.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/fetchdeviceresponse). A row that cannot be read
/// is kept in [`rejected`](Self::rejected), and the others live.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DevicePage {
    /// `devices`, in Apple's order: by the time of the operation.
    pub devices: Vec<Device>,
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

/// A row of a page that cannot be read as a device, kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedDevice {
    /// Which row of the page it was, from 0.
    pub row: usize,
    /// Its serial number, where that much can be read.
    pub serial_number: Option<SerialNumber>,
    /// What is wrong with it.
    pub problem: String,
    /// The row.
    pub value: RawJson,
}

impl DevicePage {
    /// Whether another page follows at once.
    pub fn has_more(&self) -> bool {
        self.more_to_follow == Some(true)
    }

    /// Whether it has no row at all.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.rejected.is_empty()
    }

    /// Reads the body of an answer.
    pub(super) fn read(call: &'static str, response: &Response<Vec<u8>>) -> Result<Self, Error> {
        let text = endpoint::text(call, response)?;
        // Nearly every page is in order and read in one pass. For one that is not, the rows are cut out first and read one by one.
        let page = serde_json::from_str::<Page<Quick<Device>>>(&text)
            .map(|page| (page.is_one, page.devices_read()))
            .or_else(|_| serde_json::from_str::<Page<RawJson>>(&text).map(|page| (page.is_one, page.rows_cut())));
        match page {
            Ok((false, _)) => Err(AnswerError::new(call, response, NO_PAGE).into()),
            Ok((true, page)) => Ok(page),
            Err(error) => Err(AnswerError::new(call, response, error.to_string()).into()),
        }
    }
}

/// What is wrong with JSON that is not a page.
pub(super) const NO_PAGE: &str = "it has none of `devices`, `cursor` and `more_to_follow`";

/// The page without its rows, and the rows as far as they have been read.
pub(super) struct Page<R> {
    pub(super) frame: DevicePage,
    pub(super) rows: Vec<R>,
    /// It has a key by which a page is known.
    pub(super) is_one: bool,
}

impl Page<Quick<Device>> {
    fn devices_read(self) -> DevicePage {
        DevicePage { devices: self.rows.into_iter().map(|Quick(device)| device).collect(), ..self.frame }
    }
}

impl Page<RawJson> {
    fn rows_cut(self) -> DevicePage {
        let mut page = self.frame;
        for (row, value) in self.rows.into_iter().enumerate() {
            match value.read::<Device>() {
                Ok(device) => page.devices.push(device),
                Err(error) => page.rejected.push(RejectedDevice::new(row, value, &error)),
            }
        }
        page
    }
}

impl RejectedDevice {
    pub(super) fn new(row: usize, value: RawJson, error: &JsonError) -> Self {
        let serial_number = value.read::<Named>().ok().and_then(|Named(serial_number)| serial_number);
        Self { row, serial_number, problem: error.to_string(), value }
    }
}

/// The one key of a row that is wanted when others cannot be read.
struct Named(Option<SerialNumber>);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamedVisitor;

        impl<'de> Visitor<'de> for NamedVisitor {
            type Value = Named;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a device")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named, A::Error> {
                let mut serial_number = None;
                while let Some((key, value)) = map.next_entry::<RawJson, RawJson>()? {
                    if key.as_str() == "\"serial_number\"" {
                        serial_number = value.read().ok().or(serial_number);
                    }
                }
                Ok(Named(serial_number))
            }
        }

        deserializer.deserialize_map(NamedVisitor)
    }
}

/// More rows than any page has are no page: a row takes half a kilobyte in memory, and as little as two bytes of text.
const MOST_ROWS: usize = 100_000;

struct Rows<R>(Vec<R>);

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Rows<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RowsVisitor<R>(PhantomData<R>);

        impl<'de, R: Deserialize<'de>> Visitor<'de> for RowsVisitor<R> {
            type Value = Rows<R>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of devices")
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Rows<R>, E> {
                Ok(Rows(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<R>, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = seq.next_element()? {
                    if rows.len() == MOST_ROWS {
                        return Err(serde::de::Error::custom(format_args!("`devices` has more than {MOST_ROWS} rows")));
                    }
                    rows.push(row);
                }
                Ok(Rows(rows))
            }
        }

        deserializer.deserialize_any(RowsVisitor(PhantomData))
    }
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Page<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PageVisitor(PhantomData))
    }
}

struct PageVisitor<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for PageVisitor<R> {
    type Value = Page<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of devices")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<R>, A::Error> {
        let mut page = DevicePage::default();
        let (mut rows, mut is_one) = (Vec::new(), false);
        while let Some(key) = map.next_key_seed(Key)? {
            is_one |= matches!(&*key, "devices" | "cursor" | "more_to_follow");
            match &*key {
                "devices" => rows = map.next_value::<Rows<R>>()?.0,
                "cursor" => page.cursor = field(&mut map, "cursor", &mut page.odd)?,
                "fetched_until" => page.fetched_until = field(&mut map, "fetched_until", &mut page.odd)?,
                "more_to_follow" => page.more_to_follow = field(&mut map, "more_to_follow", &mut page.odd)?,
                _ => page.extra.push(&key, map.next_value()?),
            }
        }
        Ok(Page { frame: page, rows, is_one })
    }
}

fn field<'de, T: Field, A: MapAccess<'de>>(
    map: &mut A,
    key: &'static str,
    odd: &mut Vec<OddField>,
) -> Result<Option<T>, A::Error> {
    Ok(exact(map.next_value()?).or_odd(key, odd))
}
