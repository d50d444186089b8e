//! A list is counted before any of it is kept.
//!
//! The crate `plist` recurses as deep as the input does, and a binary list can name one part of itself many times over: sixty of its bytes
//! stand for any number of values.

use std::cell::Cell;
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

/// A list that is within the bounds, and says each key once.
pub(super) struct Measured<B>(PhantomData<B>);

impl<'de, B: Bounds> Deserialize<'de> for Measured<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = Count { most_bytes: B::BYTES, most_values: B::VALUES, ..Count::default() };
        Measure { count: &count, left: B::DEEP }.deserialize(deserializer)?;
        Ok(Self(PhantomData))
    }
}

/// In front of what breaks a rule of ours. The parser's error has room for a text alone, and its own texts do not have this one.
const BROKEN: &str = "broken: ";

/// The words of what has no value.
const WORDS: [(&str, PropertyListError); 3] = [
    ("depth", PropertyListError::TooDeep),
    ("values", PropertyListError::TooMany),
    ("bytes", PropertyListError::Unfolds),
];

fn broken<E: de::Error>(word: &str) -> E {
    E::custom(format_args!("{BROKEN}{word}"))
}

/// The key as numbers, which come out of a text as they went in.
fn twice<E: de::Error>(key: &str) -> E {
    const SHOWN: usize = 40;
    let numbers: Vec<String> = key.chars().take(SHOWN).map(|c| u32::from(c).to_string()).collect();
    broken(&format!("twice {}.", numbers.join(" ")))
}

/// What the error of the parser says, if it is one of ours.
pub(super) fn said(error: &plist::Error) -> Option<PropertyListError> {
    let text = error.to_string();
    let (_, broken) = text.split_once(BROKEN)?;
    if let Some(numbers) = broken.strip_prefix("twice ") {
        let (numbers, _) = numbers.split_once('.')?;
        let key = numbers.split(' ').filter_map(|number| char::from_u32(number.parse().ok()?)).collect();
        return Some(PropertyListError::Twice { key });
    }
    WORDS.into_iter().find(|(word, _)| broken.starts_with(word)).map(|(_, error)| error)
}

/// What has been counted so far.
#[derive(Default)]
struct Count {
    most_bytes: usize,
    most_values: usize,
    values: Cell<usize>,
    bytes: Cell<usize>,
}

impl Count {
    /// Counts one more value, of so many bytes.
    fn add<E: de::Error>(&self, bytes: usize) -> Result<(), E> {
        self.values.set(self.values.get().saturating_add(1));
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        match () {
            () if self.values.get() > self.most_values => Err(broken("values")),
            () if self.bytes.get() > self.most_bytes => Err(broken("bytes")),
            () => Ok(()),
        }
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
            None => Err(broken("depth")),
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
        let inside = self.deeper()?;
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.count.add(key.len())?;
            map.next_value_seed(inside)?;
            if let Some(key) = seen.replace(key) {
                return Err(twice(&key));
            }
        }
        Ok(())
    }
}
