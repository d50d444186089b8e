//! Property lists, read within bounds.
//!
//! What a device posts is read before anybody knows who the device is. [`read`] therefore bounds the size of the text, how deep it is nested,
//! how many values it holds, and how much a short binary list may unfold to, before it builds anything. XML and binary lists are read;
//! the old ASCII form is not. Entities of a list's own are refused, and so is what would be lost silently.
//!
//! ```
//! use apple_ade::property_list::{self, PropertyListError};
//!
//! let xml = "<plist version=\"1.0\"><dict><key>Status</key><string>Idle</string></dict></plist>";
//! let value = property_list::read(xml.as_bytes())?;
//! let status = value.as_dictionary().and_then(|dictionary| dictionary.get("Status"));
//! assert_eq!(status.and_then(|status| status.as_string()), Some("Idle"));
//!
//! let deep = "<array>".repeat(100) + &"</array>".repeat(100);
//! assert_eq!(property_list::read(deep.as_bytes()), Err(PropertyListError::TooDeep));
//! # Ok::<(), PropertyListError>(())
//! ```

mod binary;
mod measure;
mod node;
mod writable;

use std::fmt;
use std::io::Cursor;

pub(crate) use self::measure::Bounds;
use self::measure::Measured;
pub(crate) use self::node::{Node, is_xml};
pub(crate) use self::writable::unwritable;
use plist::{Dictionary, Value};

/// The most bytes of a list: 4 MiB. An enrollment profile or a command's answer has some kilobytes.
pub const MOST_BYTES: usize = 4 << 20;

/// How deep arrays and dictionaries may be nested: 32.
pub const MOST_DEEP: usize = 32;

/// How many values a list may hold, each as often as it occurs, keys included: 100 000.
pub const MOST_VALUES: usize = 100_000;

/// A text that is no property list, or none that is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PropertyListError {
    /// There is nothing.
    #[error("there is no property list: the body is empty")]
    Empty,
    /// Neither XML nor the binary form.
    #[error("this is no property list: it begins neither with `<`, as XML, nor with `bplist00`, as the binary form")]
    NotAPropertyList,
    /// More than [`MOST_BYTES`].
    #[error("the property list has {found} bytes, and {MOST_BYTES} are read at most")]
    TooLarge {
        /// How many it has.
        found: usize,
    },
    /// More than [`MOST_BYTES`] where each value is counted as often as it occurs: a binary list may name one value many times.
    #[error("the values of the property list have more than {MOST_BYTES} bytes")]
    Unfolds,
    /// Deeper than [`MOST_DEEP`].
    #[error("the property list is nested deeper than {MOST_DEEP} levels")]
    TooDeep,
    /// More values than [`MOST_VALUES`].
    #[error("the property list holds more than {MOST_VALUES} values")]
    TooMany,
    /// A dictionary has a key twice, and which value counts would depend on the reader.
    #[error("the key {key:?} is there twice in one dictionary; which value counts cannot be said")]
    Twice {
        /// The key, cut at 40 characters.
        key: String,
    },
    /// A text to be written with a character that XML cannot hold.
    #[error("the text at `{path}` has a control character that XML cannot hold; leave it out")]
    Character {
        /// Where: keys with dots between them, places in brackets; `$` for the whole.
        path: String,
    },
    /// A value to be written that XML has no form for.
    #[error("the value at `{path}` is a `uid`, which the binary form alone can hold; write a number or a text")]
    NoForm {
        /// Where, as above.
        path: String,
    },
    /// An entity that XML does not know by itself.
    #[error("the property list uses an entity of its own at byte {offset}; write the text that it stands for")]
    Entity {
        /// Where, counted from 0.
        offset: usize,
    },
    /// A CDATA section.
    #[error("the property list has a CDATA section at byte {offset}; write the text with `&lt;` and `&amp;`")]
    Cdata {
        /// Where, counted from 0.
        offset: usize,
    },
    /// What is in it is no property list.
    #[error("the property list cannot be read: {problem}")]
    Syntax {
        /// What is wrong, and where.
        problem: String,
    },
}

/// Reads a list in XML or in the binary form.
///
/// # Errors
///
/// [`PropertyListError`].
pub fn read(bytes: &[u8]) -> Result<Value, PropertyListError> {
    struct Public;
    impl Bounds for Public {
        const BYTES: usize = MOST_BYTES;
        const DEEP: usize = MOST_DEEP;
        const VALUES: usize = MOST_VALUES;
    }
    read_within::<Public>(bytes)
}

/// The same within other bounds. The messages of the errors name those of [`read`], so the caller has to give its own.
pub(crate) fn read_within<B: Bounds>(bytes: &[u8]) -> Result<Value, PropertyListError> {
    if bytes.len() > B::BYTES {
        return Err(PropertyListError::TooLarge { found: bytes.len() });
    }
    if bytes.starts_with(b"bplist00") {
        if binary::names_more_than(bytes, B::VALUES) {
            return Err(PropertyListError::TooMany);
        }
        plist::from_reader::<_, Measured<B>>(Cursor::new(bytes)).map_err(|error| said(&error))?;
        return Value::from_reader(Cursor::new(bytes)).map_err(|error| said(&error));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if text.is_empty() {
        return Err(PropertyListError::Empty);
    }
    if !text.starts_with(b"<") {
        return Err(PropertyListError::NotAPropertyList);
    }
    nothing_is_lost(text, bytes.len().saturating_sub(text.len()))?;
    plist::from_reader_xml::<_, Measured<B>>(text).map_err(|error| said(&error))?;
    Value::from_reader_xml(text).map_err(|error| said(&error))
}

/// What the parser says. Its own messages may repeat a part of the input.
fn said(error: &plist::Error) -> PropertyListError {
    const MOST: usize = 200;
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let problem = || error.to_string().chars().take(MOST).map(shown).collect();
    measure::said(error).unwrap_or_else(|| PropertyListError::Syntax { problem: problem() })
}

/// Writes a list as XML: the same list gives the same bytes, keys in the order in which they were put in.
///
/// ```
/// use apple_ade::property_list::{PropertyListError, to_xml};
/// use plist::Value;
///
/// assert!(to_xml(&Value::from("a < b"))?.ends_with(b"<string>a &lt; b</string>\n</plist>\n"));
/// assert_eq!(to_xml(&Value::from("a\0b")), Err(PropertyListError::Character { path: "$".into() }));
/// # Ok::<(), PropertyListError>(())
/// ```
///
/// # Errors
///
/// [`PropertyListError::NoForm`] for a `uid`, [`PropertyListError::Character`] for a text with a character that XML cannot hold, and
/// [`PropertyListError::TooDeep`] for more than [`MOST_DEEP`] levels.
pub fn to_xml(value: &Value) -> Result<Vec<u8>, PropertyListError> {
    if let Some((_, error)) = unwritable(value, "").into_iter().next() {
        return Err(error);
    }
    let node = Node::of(value).ok_or(PropertyListError::TooDeep)?;
    Ok(node.to_xml().expose_secret().to_vec())
}

/// The keys of a dictionary whose values are not to be shown.
pub(crate) struct KeysAlone<'d>(pub(crate) &'d Dictionary);

impl fmt::Debug for KeysAlone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Refuses what the parser would pass over: CDATA sections in any spelling, and entities that it does not know.
fn nothing_is_lost(text: &[u8], before: usize) -> Result<(), PropertyListError> {
    const KNOWN: [&[u8]; 6] = [b"#", b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"];
    const ENTITY: &[u8] = b"!ENTITY";
    let marks = text.iter().enumerate().filter(|(_, byte)| matches!(byte, b'&' | b'<'));
    for (at, mark) in marks {
        let rest = text.get(at.saturating_add(1)..).unwrap_or_default();
        let offset = before.saturating_add(at);
        if *mark == b'&' {
            if !KNOWN.iter().any(|known| rest.starts_with(known)) {
                return Err(PropertyListError::Entity { offset });
            }
        } else if rest.starts_with(b"![") {
            return Err(PropertyListError::Cdata { offset });
        } else if rest.get(..ENTITY.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(ENTITY)) {
            return Err(PropertyListError::Entity { offset });
        }
    }
    Ok(())
}
