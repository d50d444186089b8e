//! Reading one value of a JSON object without ever failing for its type.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, Utc};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{OddField, RawJson};
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

    /// From an integer below zero.
    fn from_negative(_: i64) -> Read<Self> {
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

/// Reads a value without a look at its text: quick, and an error where it is odd. [`exact`] is the other way.
pub(crate) struct FieldSeed<T>(PhantomData<T>);

impl<T> FieldSeed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Field> DeserializeSeed<'de> for FieldSeed<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        if T::COMPOUND {
            T::from_raw(&RawJson::deserialize(deserializer)?).or_error()
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

/// Reads a value from its text: what is odd, or cannot be read at all, is kept to the letter.
pub(crate) fn exact<T: Field>(raw: RawJson) -> ReadRaw<T> {
    match FieldSeed::<T>::new().deserialize(&mut serde_json::Deserializer::from_str(raw.as_str())) {
        Ok(Some(value)) => ReadRaw::Value(value),
        Ok(None) => ReadRaw::Absent,
        Err(_) => ReadRaw::Odd(raw),
    }
}

/// Read by [`FieldSeed`]s where the plain type is read by [`exact`]: several times as fast, and an error where a value is odd.
pub(crate) struct Quick<T>(pub(crate) T);

impl<T: Field> Read<T> {
    /// What an array or an object was read as, where `null` is none.
    pub(crate) fn of<E>(read: Result<Option<T>, E>) -> Self {
        match read {
            Ok(Some(value)) => Self::Value(value),
            Ok(None) => Self::Absent,
            Err(_) => Self::Odd,
        }
    }

    fn or_error<E: serde::de::Error>(self) -> Result<Option<T>, E> {
        match self {
            Self::Value(value) => Ok(Some(value)),
            Self::Absent => Ok(None),
            Self::Odd => Err(E::custom(T::EXPECTED)),
        }
    }
}

/// Of what is not here, serde says that it is of the wrong type.
impl<T: Field> Visitor<'_> for FieldSeed<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Option<T>, E> {
        T::from_text(text).or_error()
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Option<T>, E> {
        T::from_string(text).or_error()
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Option<T>, E> {
        T::from_bool(value).or_error()
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Option<T>, E> {
        T::from_integer(value).or_error()
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Option<T>, E> {
        T::from_negative(value).or_error()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
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

impl Field for i32 {
    const EXPECTED: &'static str = "a whole number from -2,147,483,648 to 2,147,483,647";

    fn from_integer(value: u64) -> Read<Self> {
        Self::try_from(value).map_or(Read::Odd, Read::Value)
    }

    fn from_negative(value: i64) -> Read<Self> {
        Self::try_from(value).map_or(Read::Odd, Read::Value)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(*self)
    }
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
        Read::of(raw.read().map(|elements: Option<Elements<T>>| elements.map(|Elements(elements)| elements)))
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
            let Some(value) = element else { return Err(serde::de::Error::custom(T::EXPECTED)) };
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
