//! Reading one value of a JSON object without ever failing for its type.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, Utc};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{Extra, OddField, RawJson};
use crate::id::{Cursor, ProfileUuid, SerialNumber};

/// What a field of an object can hold: how it is read from each kind of JSON value (not at all, by default), and written.
pub(crate) trait Field: Sized {
    /// For messages: what is expected there.
    const EXPECTED: &'static str;

    /// Whether it is an array or an object: then its text is cut out and read by [`from_raw`](Self::from_raw), so that nothing
    /// in it, at any depth, can break off the reading of what is around it.
    const COMPOUND: bool = false;

    fn from_text(_: &str) -> Read<Self> {
        Read::Odd
    }

    fn from_string(text: String) -> Read<Self> {
        Self::from_text(&text)
    }

    fn from_bool(_: bool) -> Read<Self> {
        Read::Odd
    }

    fn from_integer(_: u64) -> Read<Self> {
        Read::Odd
    }

    fn from_raw(_: &RawJson) -> Read<Self> {
        Read::Odd
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// What came of reading a value.
pub(crate) enum Read<T> {
    Value(T),
    /// The value says that there is none: `null`, or an empty timestamp.
    Absent,
    /// Not of the type or form that the field has.
    Odd,
}

/// What came of reading a value, with the value itself where it was odd.
pub(crate) enum ReadRaw<T> {
    Value(T),
    Absent,
    Odd(RawJson),
}

impl<T> ReadRaw<T> {
    /// The value, if it is one. What is odd goes to the others that are, in place of what the key had before.
    pub(crate) fn or_odd(self, key: &'static str, odd: &mut Vec<OddField>) -> Option<T>
    where
        T: Field,
    {
        odd.retain(|other| other.key != key);
        match self {
            Self::Value(value) => Some(value),
            Self::Absent => None,
            Self::Odd(raw) => {
                odd.push(OddField::new(key, raw, T::EXPECTED));
                None
            }
        }
    }
}

pub(crate) struct FieldSeed<T>(PhantomData<T>);

impl<T> FieldSeed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Field> DeserializeSeed<'de> for FieldSeed<T> {
    type Value = ReadRaw<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ReadRaw<T>, D::Error> {
        if !T::COMPOUND {
            return deserializer.deserialize_any(self);
        }
        let raw = RawJson::deserialize(deserializer)?;
        Ok(match T::from_raw(&raw) {
            _ if raw.as_str() == "null" => ReadRaw::Absent,
            Read::Value(value) => ReadRaw::Value(value),
            Read::Absent => ReadRaw::Absent,
            Read::Odd => ReadRaw::Odd(raw),
        })
    }
}

impl<T> Read<T> {
    fn or_raw<V: Serialize + ?Sized, E: serde::de::Error>(self, value: &V) -> Result<ReadRaw<T>, E> {
        match self {
            Self::Value(value) => Ok(ReadRaw::Value(value)),
            Self::Absent => Ok(ReadRaw::Absent),
            Self::Odd => {
                RawJson::of(value).map(ReadRaw::Odd).ok_or_else(|| E::custom("a value that JSON does not have"))
            }
        }
    }
}

impl<'de, T: Field> Visitor<'de> for FieldSeed<T> {
    type Value = ReadRaw<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ReadRaw<T>, E> {
        T::from_text(text).or_raw(text)
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<ReadRaw<T>, E> {
        match T::from_string(text.clone()) {
            Read::Odd => Read::Odd.or_raw(&text),
            read => read.or_raw(""),
        }
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<ReadRaw<T>, E> {
        T::from_bool(value).or_raw(&value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<ReadRaw<T>, E> {
        T::from_integer(value).or_raw(&value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<ReadRaw<T>, E> {
        u64::try_from(value).map_or(Read::Odd, T::from_integer).or_raw(&value)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<ReadRaw<T>, E> {
        Read::Odd.or_raw(&value)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<ReadRaw<T>, E> {
        Ok(ReadRaw::Absent)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<ReadRaw<T>, E> {
        Ok(ReadRaw::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ReadRaw<T>, A::Error> {
        // Only a field that is no array gets here.
        let mut values: Vec<RawJson> = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Read::Odd.or_raw(&values)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReadRaw<T>, A::Error> {
        let mut values = Extra::default();
        while let Some(key) = map.next_key_seed(Key)? {
            values.push(&key, map.next_value()?);
        }
        Read::Odd.or_raw(&values)
    }
}

/// The key of an object: borrowed where the text allows it.
pub(crate) struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.into()))
    }
}

impl Field for String {
    const EXPECTED: &'static str = "a string";

    fn from_text(text: &str) -> Read<Self> {
        Read::Value(text.into())
    }

    fn from_string(text: String) -> Read<Self> {
        Read::Value(text)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl Field for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_bool(value: bool) -> Read<Self> {
        Read::Value(value)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }
}

macro_rules! integer_field {
    ($($type:ty, $expected:literal;)*) => {$(
        impl Field for $type {
            const EXPECTED: &'static str = $expected;

            fn from_integer(value: u64) -> Read<Self> {
                Self::try_from(value).map_or(Read::Odd, Read::Value)
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )*};
}

integer_field! {
    u32, "a whole number below 4,294,967,296";
    u64, "a whole number, not negative";
}

impl Field for DateTime<Utc> {
    const EXPECTED: &'static str = "a time such as 2026-11-22T08:00:00Z";

    fn from_text(text: &str) -> Read<Self> {
        if text.is_empty() {
            return Read::Absent;
        }
        match DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z")) {
            // A year of another length could not be written in this form again.
            Ok(time) if (0..=9999).contains(&time.to_utc().year()) => Read::Value(time.to_utc()),
            _ => Read::Odd,
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Field for NaiveDate {
    const EXPECTED: &'static str = "a day such as 2026-11-22";

    fn from_text(text: &str) -> Read<Self> {
        match text.parse::<Self>() {
            Ok(day) if (0..=9999).contains(&day.year()) => Read::Value(day),
            Err(_) if text.is_empty() => Read::Absent,
            _ => Read::Odd,
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

macro_rules! id_field {
    ($($type:ty, $expected:literal;)*) => {$(
        impl Field for $type {
            const EXPECTED: &'static str = $expected;

            fn from_text(text: &str) -> Read<Self> {
                Self::from_wire(text).map_or(Read::Absent, Read::Value)
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )*};
}

id_field! {
    Cursor, "a cursor";
    ProfileUuid, "a profile UUID";
    SerialNumber, "a serial number";
}

impl<T: Field> Field for Vec<T> {
    const EXPECTED: &'static str = "an array whose elements are all of the documented type";

    const COMPOUND: bool = true;

    fn from_raw(raw: &RawJson) -> Read<Self> {
        match raw.read::<Elements<T>>() {
            Ok(Elements(elements)) => Read::Value(elements),
            Err(_) => Read::Odd,
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }
}

/// An array without an odd element.
struct Elements<T>(Vec<T>);

impl<'de, T: Field> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ElementsVisitor(PhantomData))
    }
}

struct ElementsVisitor<T>(PhantomData<T>);

impl<'de, T: Field> Visitor<'de> for ElementsVisitor<T> {
    type Value = Elements<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(<Vec<T> as Field>::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Elements<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element_seed(FieldSeed::<T>::new())? {
            let ReadRaw::Value(value) = element else { return Err(serde::de::Error::custom(T::EXPECTED)) };
            elements.push(value);
        }
        Ok(Elements(elements))
    }
}

/// Serialises a field's value.
pub(crate) struct Written<'f, T>(pub(crate) &'f T);

impl<T: Field> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}
