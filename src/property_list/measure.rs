//! A list is counted before any of it is kept.
//!
//! The crate `plist` recurses as deep as the input does, and a binary list can name one part of itself many times over: sixty of its bytes
//! stand for any number of values.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::PropertyListError;

/// How large a list may be that somebody reads.
pub(crate) trait Bounds {
    /// The most bytes of the list, and of its texts, data and numbers together, each as often as it occurs.
    const BYTES: usize;
    /// How deep arrays and dictionaries may be nested.
    const DEEP: usize;
    /// How many values there may be, each as often as it occurs, keys included.
    const VALUES: usize;
}

/// What was found while a list was counted. serde has room for a text alone on its way out, so that what breaks a rule of ours is a value.
pub(super) struct Measured<B>(pub(super) Result<(), PropertyListError>, PhantomData<B>);

impl<'de, B: Bounds> Deserialize<'de> for Measured<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = Count { most_bytes: B::BYTES, most_values: B::VALUES, ..Count::default() };
        let counted = Measure { count: &count, left: B::DEEP }.deserialize(deserializer);
        match (counted, count.broken.into_inner()) {
            (_, Some(broken)) => Ok(Self(Err(broken), PhantomData)),
            (Err(error), None) => Err(error),
            (Ok(()), None) => Ok(Self(Ok(()), PhantomData)),
        }
    }
}

/// What has been counted so far.
#[derive(Default)]
struct Count {
    most_bytes: usize,
    most_values: usize,
    values: Cell<usize>,
    bytes: Cell<usize>,
    broken: RefCell<Option<PropertyListError>>,
}

impl Count {
    /// Counts one more value, of so many bytes.
    fn add<E: de::Error>(&self, bytes: usize) -> Result<(), E> {
        self.values.set(self.values.get().saturating_add(1));
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        match () {
            () if self.values.get() > self.most_values => Err(self.broken(PropertyListError::TooMany)),
            () if self.bytes.get() > self.most_bytes => Err(self.broken(PropertyListError::Unfolds)),
            () => Ok(()),
        }
    }

    fn broken<E: de::Error>(&self, why: PropertyListError) -> E {
        let error = E::custom(&why);
        self.broken.replace(Some(why));
        error
    }
}

/// Counts a value that may hold so many levels more.
#[derive(Clone, Copy)]
struct Measure<'c> {
    count: &'c Count,
    left: usize,
}

impl Measure<'_> {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        self.count.add(0)?;
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, ..self }),
            None => Err(self.count.broken(PropertyListError::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Measure<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Measure<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a property list")
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.count.add(1)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.count.add(8)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        self.count.add(8)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.count.add(8)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.count.add(text.len())
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<(), E> {
        self.count.add(bytes.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        while seq.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        const SHOWN: usize = 40;
        let inside = self.deeper()?;
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.count.add(key.len())?;
            map.next_value_seed(inside)?;
            if let Some(key) = seen.replace(key) {
                return Err(self.count.broken(PropertyListError::Twice { key: key.chars().take(SHOWN).collect() }));
            }
        }
        Ok(())
    }
}
