//! Reading one value of a JSON object without a copy of it, where its text stands as it is meant.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::field::Field;
use super::{RawJson, Read};

/// What a field of a borrowed object can hold. It is odd exactly where its counterpart, the [`Field`] of the owned object, is.
pub(crate) trait Borrowed<'t>: Sized {
    /// Reads a value without a look at its text: quick, and an error where it is odd; a time may be odd all the same.
    fn quick<D: Deserializer<'t>>(deserializer: D) -> Result<Option<Self>, D::Error>;

    /// Reads a value from its text; an error where it is odd.
    fn exact(raw: &'t RawValue) -> Result<Option<Self>, serde_json::Error> {
        Self::quick(&mut serde_json::Deserializer::from_str(raw.get()))
    }

    /// The same, for as long as one likes.
    fn into_static(self) -> Self::Static;

    /// The same type, without a borrow.
    type Static;
}

impl<'t> Borrowed<'t> for Cow<'t, str> {
    type Static = Cow<'static, str>;

    fn quick<D: Deserializer<'t>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }

    fn into_static(self) -> Cow<'static, str> {
        Cow::Owned(self.into_owned())
    }
}

struct TextVisitor;

impl<'t> Visitor<'t> for TextVisitor {
    type Value = Option<Cow<'t, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.into())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A text that is not empty: an id.
#[derive(Debug, Clone)]
pub(crate) struct Id<'t>(Cow<'t, str>);

impl<'t> Id<'t> {
    pub(crate) fn new(text: impl Into<Cow<'t, str>>) -> Option<Self> {
        let text = text.into();
        (!text.is_empty()).then_some(Self(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'t> Borrowed<'t> for Id<'t> {
    type Static = Id<'static>;

    fn quick<D: Deserializer<'t>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(Cow::quick(deserializer)?.and_then(Self::new))
    }

    fn into_static(self) -> Id<'static> {
        Id(self.0.into_static())
    }
}

/// A time that is not read before it is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Time<'t> {
    Text(Cow<'t, str>),
    Read(DateTime<Utc>),
}

impl Time<'_> {
    /// The time; none where the text is not one.
    pub(crate) fn read(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Read(time) => Some(*time),
            Self::Text(text) => match DateTime::from_text(text) {
                Read::Value(time) => Some(time),
                Read::Absent | Read::Odd => None,
            },
        }
    }

    /// Its text, where that is not a time.
    pub(crate) fn odd(&self) -> Option<&str> {
        match self {
            Self::Text(text) if self.read().is_none() => Some(text),
            _ => None,
        }
    }
}

impl<'t> Borrowed<'t> for Time<'t> {
    type Static = Time<'static>;

    /// A text with escapes is an error: if it is odd, it has to be kept to the letter.
    fn quick<D: Deserializer<'t>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        match Cow::quick(deserializer)? {
            Some(Cow::Owned(_)) => Err(D::Error::custom(DateTime::EXPECTED)),
            text => Ok(text.filter(|text| !text.is_empty()).map(Self::Text)),
        }
    }

    fn exact(raw: &'t RawValue) -> Result<Option<Self>, serde_json::Error> {
        let time = Cow::exact(raw)?.filter(|text| !text.is_empty()).map(Self::Text);
        match &time {
            Some(time) if time.odd().is_some() => Err(serde_json::Error::custom(DateTime::EXPECTED)),
            _ => Ok(time),
        }
    }

    fn into_static(self) -> Time<'static> {
        match self {
            Self::Text(text) => Time::Text(text.into_static()),
            Self::Read(time) => Time::Read(time),
        }
    }
}

impl<'t> Borrowed<'t> for Vec<Cow<'t, str>> {
    type Static = Vec<Cow<'static, str>>;

    fn quick<D: Deserializer<'t>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(TextsVisitor)
    }

    fn into_static(self) -> Self::Static {
        self.into_iter().map(Borrowed::into_static).collect()
    }
}

struct TextsVisitor;

impl<'t> Visitor<'t> for TextsVisitor {
    type Value = Option<Vec<Cow<'t, str>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Vec::<String>::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = seq.next_element_seed(BorrowedSeed(std::marker::PhantomData::<Cow<'t, str>>))? {
            texts.push(text.ok_or_else(|| A::Error::custom(String::EXPECTED))?);
        }
        Ok(Some(texts))
    }
}

impl<'t> Borrowed<'t> for bool {
    type Static = Self;

    fn quick<D: Deserializer<'t>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }

    fn into_static(self) -> Self {
        self
    }
}

/// Reads a value by [`Borrowed::quick`].
pub(crate) struct BorrowedSeed<T>(pub(crate) std::marker::PhantomData<T>);

impl<'t, T: Borrowed<'t>> DeserializeSeed<'t> for BorrowedSeed<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::quick(deserializer)
    }
}

/// A JSON value as it stands in a text.
#[derive(Debug, Clone)]
pub(crate) struct RawRef<'t>(Cow<'t, RawValue>);

impl<'t> RawRef<'t> {
    pub(crate) fn new(raw: &'t RawValue) -> Self {
        Self(Cow::Borrowed(raw))
    }

    pub(crate) fn of(raw: &'t RawJson) -> Self {
        Self::new(raw.raw())
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.get()
    }

    pub(crate) fn to_raw(&self) -> RawJson {
        RawJson::kept(&self.0)
    }

    pub(crate) fn into_static(self) -> RawRef<'static> {
        RawRef(Cow::Owned(self.0.into_owned()))
    }
}
