//! Reading a property list that anybody can have written.
//!
//! The crate `plist` expands no entities of XML, but it recurses as deep as the input does, and a binary property list can
//! name the same list many times over: sixty of its bytes stand for any number of values. So the values are counted as they
//! come, before any is kept.

use std::cell::Cell;
use std::fmt;
use std::io::Cursor;

use ::plist::{Dictionary, Value};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::ContentError;

const MAGIC: &[u8] = b"bplist00";

const MAX_DEPTH: usize = 16;
const MAX_VALUES: usize = 1024;
/// Of all texts and data together.
const MAX_BYTES: usize = 0x40000;

/// The dictionary in XML or binary form.
pub(super) fn read(bytes: &[u8]) -> Result<Dictionary, ContentError> {
    let malformed = |error: ::plist::Error| ContentError::Malformed { reason: reason(&error) };
    let value = if bytes.starts_with(MAGIC) {
        check(|| ::plist::from_reader::<_, Checked>(Cursor::new(bytes)))?;
        Value::from_reader(Cursor::new(bytes)).map_err(malformed)?
    } else {
        let text = xml(bytes)?;
        check(|| ::plist::from_reader_xml::<_, Checked>(text))?;
        Value::from_reader_xml(text).map_err(malformed)?
    };
    value.into_dictionary().ok_or(ContentError::NotDictionary)
}

/// The bytes behind white space and a byte order mark, if they can be XML.
fn xml(bytes: &[u8]) -> Result<&[u8], ContentError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if !text.starts_with(b"<") {
        return Err(ContentError::NotPlist);
    }
    // The parser would leave out what they stand for, without a word.
    for (mark, what) in [(&b"<!ENTITY"[..], "entities of its own"), (b"<![CDATA[", "CDATA")] {
        if text.windows(mark.len()).any(|window| window.eq_ignore_ascii_case(mark)) {
            return Err(ContentError::Markup { what });
        }
    }
    Ok(text)
}

/// The parser's message; it may repeat a part of the input.
fn reason(error: &impl fmt::Display) -> String {
    error.to_string().chars().take(200).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Counts the values. The way out of serde is a message, so what was found comes as one.
fn check(read: impl FnOnce() -> Result<Checked, ::plist::Error>) -> Result<(), ContentError> {
    let Err(error) = read() else { return Ok(()) };
    let text = error.to_string();
    let (_, found) = text.split_once(FOUND).unwrap_or_default();
    Err(match found.split_once(':') {
        Some(("values", _)) => ContentError::TooMuch { what: "values", limit: MAX_VALUES },
        Some(("bytes", _)) => ContentError::TooMuch { what: "bytes of text and data", limit: MAX_BYTES },
        Some(("levels", _)) => ContentError::TooMuch { what: "levels", limit: MAX_DEPTH },
        Some(("twice", key)) => ContentError::Twice { key: key.chars().take_while(|c| *c != '"').collect() },
        _ => ContentError::Malformed { reason: reason(&error) },
    })
}

/// Before what was found. The parser's own messages do not have it.
const FOUND: &str = "ade:";

/// A property list of which nothing is kept but that it is within bounds.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Count { counts: &Counts::default(), depth: 0 }.deserialize(deserializer).map(|()| Self)
    }
}

#[derive(Default)]
struct Counts {
    values: Cell<usize>,
    bytes: Cell<usize>,
}

fn found<E: Error>(what: &str, detail: &str) -> E {
    E::custom(format_args!("{FOUND}{what}:{detail}"))
}

impl Counts {
    fn add<E: Error>(&self, bytes: usize) -> Result<(), E> {
        let (values, bytes) = (self.values.get().saturating_add(1), self.bytes.get().saturating_add(bytes));
        self.values.set(values);
        self.bytes.set(bytes);
        match () {
            () if values > MAX_VALUES => Err(found("values", "")),
            () if bytes > MAX_BYTES => Err(found("bytes", "")),
            () => Ok(()),
        }
    }
}

/// Counts a value and what is in it.
#[derive(Clone, Copy)]
struct Count<'c> {
    counts: &'c Counts,
    depth: usize,
}

impl Count<'_> {
    fn inner<E: Error>(self) -> Result<Self, E> {
        self.counts.add(0)?;
        if self.depth == MAX_DEPTH {
            return Err(found("levels", ""));
        }
        Ok(Self { depth: self.depth.saturating_add(1), ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Count<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Count<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property list")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.counts.add(0)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.counts.add(0)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.counts.add(0)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.counts.add(0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.counts.add(text.len())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<(), E> {
        self.counts.add(bytes.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while seq.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        let mut seen = std::collections::BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.counts.add(key.len())?;
            map.next_value_seed(inner)?;
            if let Some(key) = seen.replace(key) {
                let shown: String = key.chars().take(40).collect();
                return Err(found("twice", &shown));
            }
        }
        Ok(())
    }
}
