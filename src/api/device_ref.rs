use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::device::{Device, DeviceFamily, OpType, Os, ProfileStatus};
use super::status::DeviceStatus;
use crate::id::{ProfileUuid, SerialNumber};
use crate::json::{Borrowed, BorrowedSeed, Extra, Field, Id, Key, OddField, RawJson, RawRef, Time};

macro_rules! device_ref {
    (@get text $at:expr) => { $at.as_deref() };
    (@get word $at:expr) => { $at.as_deref() };
    (@get id $at:expr) => { $at.as_ref().map(Id::as_str) };
    (@get time $at:expr) => { $at.as_ref().and_then(Time::read) };
    (@get list $at:expr) => { $at.as_deref() };
    (@get flag $at:expr) => { $at };
    (@own text $value:expr, $owned:ty) => { $value.map(String::from) };
    (@own word $value:expr, $owned:ty) => { $value.map(<$owned>::from) };
    (@own id $value:expr, $owned:ty) => { $value.and_then(<$owned>::from_wire) };
    (@own time $value:expr, $owned:ty) => { $value };
    (@own list $value:expr, $owned:ty) => { $value.map(|texts| texts.iter().map(|text| text.to_string()).collect()) };
    (@own flag $value:expr, $owned:ty) => { $value };
    (@borrow text $at:expr) => { $at.as_deref().map(Cow::Borrowed) };
    (@borrow word $at:expr) => { $at.as_ref().map(|word| Cow::Borrowed(word.as_str())) };
    (@borrow id $at:expr) => { $at.as_ref().and_then(|id| Id::new(id.as_str())) };
    (@borrow time $at:expr) => { $at.map(Time::Read) };
    (@borrow list $at:expr) => { $at.as_ref().map(|texts| texts.iter().map(|text| Cow::Borrowed(&**text)).collect()) };
    (@borrow flag $at:expr) => { $at };
    (@odd time $at:expr, $key:expr) => { $at.as_ref().and_then(Time::odd).map(|text| ($key, text)) };
    (@odd $kind:ident $at:expr, $key:expr) => { None };
    ($($(#[$doc:meta])* $kind:ident $field:ident: $slot:ty => $got:ty => $owned:ty;)*) => {
        /// A [`Device`] that borrows from the text of its page: nothing is copied but texts with escapes, and a time is read
        /// when it is asked for.
        ///
        /// It reads what `Device` reads, and keeps what `Device` keeps. Words such as [`os`](Self::os) are given as they came;
        /// `Os::from` and its like type them. See [`DevicePageRef`](super::DevicePageRef) for where it comes from.
        ///
        /// ```
        /// use apple_ade::api::DevicePageRef;
        ///
        /// let body = br#"{"devices":[{"serial_number":"C02T0HL0GGC0","os":"OSX","op_date":"2024-10-03T08:35:23Z"}]}"#;
        /// let page = DevicePageRef::read(body)?;
        /// let device = &page.devices[0];
        /// assert_eq!((device.serial_number(), device.os(), device.model()), ("C02T0HL0GGC0", Some("OSX"), None));
        /// assert_eq!(device.op_date().map(|time| time.timestamp()), Some(1_727_944_523));
        /// # Ok::<(), apple_ade::json::JsonError>(())
        /// ```
        #[derive(Debug, Clone)]
        pub struct DeviceRef<'p> {
            pub(super) serial_number: Cow<'p, str>,
            $(pub(super) $field: Option<$slot>,)*
            extra: Vec<(Cow<'p, str>, RawRef<'p>)>,
            /// The odd values whose fields are empty; a time that was not read may be odd, too.
            odd: Vec<Odd<'p>>,
        }

        impl<'p> DeviceRef<'p> {
            /// A device of which only the serial number is known.
            pub(super) fn new(serial_number: Cow<'p, str>) -> Self {
                Self { serial_number, $($field: None,)* extra: Vec::new(), odd: Vec::new() }
            }

            $(
                $(#[$doc])*
                pub fn $field(&self) -> Option<$got> {
                    device_ref!(@get $kind self.$field)
                }
            )*

            /// The device as a value of its own: what [`DevicePage`](super::DevicePage) would have read.
            #[must_use]
            pub fn to_owned(&self) -> Device {
                let mut extra = Extra::default();
                self.extra.iter().for_each(|(key, raw)| extra.push(key, raw.to_raw()));
                Device {
                    serial_number: SerialNumber::kept(&self.serial_number),
                    $($field: device_ref!(@own $kind self.$field(), $owned),)*
                    extra,
                    odd: self.odd(),
                }
            }

            /// The times that are none: key and text.
            fn odd_times(&self) -> impl Iterator<Item = (&'static str, &str)> {
                [$(device_ref!(@odd $kind self.$field, stringify!($field))),*].into_iter().flatten()
            }

            pub(super) fn into_static(self) -> DeviceRef<'static> {
                DeviceRef {
                    serial_number: self.serial_number.into_static(),
                    $($field: self.$field.map(Borrowed::into_static),)*
                    extra: self.extra.into_iter().map(|(key, raw)| (key.into_static(), raw.into_static())).collect(),
                    odd: self.odd.into_iter().map(|odd| Odd { raw: odd.raw.into_static(), ..odd }).collect(),
                }
            }

            fn from_map<A: MapAccess<'p>>(mut map: A, exact: bool) -> Result<Self, A::Error> {
                let mut device = Self::new(Cow::Borrowed(""));
                while let Some(key) = map.next_key_seed(Key)? {
                    match &*key {
                        "serial_number" => {
                            if let Some(serial) = map.next_value_seed(BorrowedSeed(PhantomData::<Cow<'p, str>>))? {
                                if serial.is_empty() {
                                    return Err(A::Error::custom("an empty serial number"));
                                }
                                device.serial_number = serial;
                            }
                        }
                        $(stringify!($field) => {
                            device.$field = if exact {
                                device.read_exact(stringify!($field), <$owned as Field>::EXPECTED, map.next_value()?)
                            } else {
                                map.next_value_seed(BorrowedSeed(PhantomData))?
                            };
                        })*
                        _ => device.extra.push((key, RawRef::new(map.next_value()?))),
                    }
                }
                if device.serial_number.is_empty() {
                    return Err(A::Error::missing_field("serial_number"));
                }
                Ok(device)
            }
        }

        impl<'d> From<&'d Device> for DeviceRef<'d> {
            fn from(device: &'d Device) -> Self {
                let odd = |odd: &'d OddField| Odd { key: odd.key, raw: RawRef::of(&odd.value), expected: odd.expected };
                Self {
                    serial_number: Cow::Borrowed(device.serial_number.as_str()),
                    $($field: device_ref!(@borrow $kind device.$field),)*
                    extra: device.extra.iter().map(|(key, raw)| (Cow::Borrowed(key), RawRef::of(raw))).collect(),
                    odd: device.odd.iter().map(odd).collect(),
                }
            }
        }
    };
}

#[derive(Debug, Clone)]
struct Odd<'p> {
    key: &'static str,
    raw: RawRef<'p>,
    expected: &'static str,
}

device_ref! {
    /// `model`: the model's name, as in `MacBook Pro`.
    text model: Cow<'p, str> => &str => String;
    /// `description`: model, colour and size in one line.
    text description: Cow<'p, str> => &str => String;
    /// `color`
    text color: Cow<'p, str> => &str => String;
    /// `asset_tag`
    text asset_tag: Cow<'p, str> => &str => String;
    /// `profile_status`: a [`ProfileStatus`].
    word profile_status: Cow<'p, str> => &str => ProfileStatus;
    /// `profile_uuid`: never empty.
    id profile_uuid: Id<'p> => &str => ProfileUuid;
    /// `profile_assign_time`
    time profile_assign_time: Time<'p> => DateTime<Utc> => DateTime<Utc>;
    /// `profile_push_time`
    time profile_push_time: Time<'p> => DateTime<Utc> => DateTime<Utc>;
    /// `device_assigned_date`
    time device_assigned_date: Time<'p> => DateTime<Utc> => DateTime<Utc>;
    /// `device_assigned_by`
    text device_assigned_by: Cow<'p, str> => &str => String;
    /// `os`: an [`Os`].
    word os: Cow<'p, str> => &str => Os;
    /// `device_family`: a [`DeviceFamily`].
    word device_family: Cow<'p, str> => &str => DeviceFamily;
    /// `op_type`: an [`OpType`].
    word op_type: Cow<'p, str> => &str => OpType;
    /// `op_date`
    time op_date: Time<'p> => DateTime<Utc> => DateTime<Utc>;
    /// `mdm_migration_deadline`
    time mdm_migration_deadline: Time<'p> => DateTime<Utc> => DateTime<Utc>;
    /// `wifi_mac_address`
    text wifi_mac_address: Cow<'p, str> => &str => String;
    /// `bluetooth_mac_address`
    text bluetooth_mac_address: Cow<'p, str> => &str => String;
    /// `ethernet_mac_address`
    text ethernet_mac_address: Cow<'p, str> => &str => String;
    /// `imei`
    list imei: Vec<Cow<'p, str>> => &[Cow<'p, str>] => Vec<String>;
    /// `meid`
    list meid: Vec<Cow<'p, str>> => &[Cow<'p, str>] => Vec<String>;
    /// `eid`
    text eid: Cow<'p, str> => &str => String;
    /// `is_replacement_device`
    flag is_replacement_device: bool => bool => bool;
    /// `released_by_replacement`
    flag released_by_replacement: bool => bool => bool;
    /// `response_status`: a [`DeviceStatus`].
    word response_status: Cow<'p, str> => &str => DeviceStatus;
}

impl<'p> DeviceRef<'p> {
    /// `serial_number`: never empty.
    pub fn serial_number(&self) -> &str {
        &self.serial_number
    }

    /// Keys that this version of the crate does not know, each with the text of its value, as they came.
    pub fn extra(&self) -> impl Iterator<Item = (&str, &str)> {
        self.extra.iter().map(|(key, raw)| (&**key, raw.as_str()))
    }

    /// Documented keys whose values are not what is documented, in the order in which they came; their fields are empty.
    pub fn odd(&self) -> Vec<OddField> {
        // In a row that was read exactly all are listed; in another one only times can be odd, and these are as they stand in the text.
        let mut times: Vec<_> = self.odd_times().collect();
        times.sort_by_key(|(_, text)| text.as_ptr().addr());
        let times = times.into_iter().filter_map(|(key, text)| Some((key, RawJson::of(text)?, DateTime::EXPECTED)));
        let listed = self.odd.iter().map(|odd| (odd.key, odd.raw.to_raw(), odd.expected));
        listed.chain(times).map(|(key, value, expected)| OddField::new(key, value, expected)).collect()
    }

    /// Reads a row of which every value is kept that is not what is documented.
    pub(super) fn exact(row: &'p RawValue) -> Result<Self, serde_json::Error> {
        serde_json::from_str(row.get()).map(|Row::<'p, true>(device)| device)
    }

    /// Reads a row quickly, or where that does not do, exactly.
    pub(super) fn quick_or_exact(row: &'p RawValue) -> Result<Self, serde_json::Error> {
        serde_json::from_str(row.get()).map(|Row::<'p, false>(device)| device).or_else(|_| Self::exact(row))
    }

    /// Of a key that is there twice the last value counts.
    fn read_exact<T: Borrowed<'p>>(
        &mut self,
        key: &'static str,
        expected: &'static str,
        raw: &'p RawValue,
    ) -> Option<T> {
        self.odd.retain(|odd| odd.key != key);
        T::exact(raw).unwrap_or_else(|_| {
            self.odd.push(Odd { key, raw: RawRef::new(raw), expected });
            None
        })
    }
}

/// A row that is read exactly, or quickly: with an error where a value is odd.
pub(super) struct Row<'p, const EXACT: bool>(pub(super) DeviceRef<'p>);

impl<'p, const EXACT: bool> Deserialize<'p> for Row<'p, EXACT> {
    fn deserialize<D: Deserializer<'p>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor::<EXACT>)
    }
}

struct RowVisitor<const EXACT: bool>;

impl<'p, const EXACT: bool> Visitor<'p> for RowVisitor<EXACT> {
    type Value = Row<'p, EXACT>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device")
    }

    fn visit_map<A: MapAccess<'p>>(self, map: A) -> Result<Self::Value, A::Error> {
        DeviceRef::from_map(map, EXACT).map(Row)
    }
}
