//! What is written to devices: a list that borrows what it holds, written as XML without a copy that is left behind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Date, Dictionary, Value};
use zeroize::Zeroizing;

use super::MOST_DEEP;
use crate::secret::SecretBytes;

/// A value to be written. Keys come in the order of the list, so that the same values give the same bytes.
#[derive(Clone)]
pub(crate) enum Node<'n> {
    Bool(bool),
    Data(&'n [u8]),
    Date(Date),
    Integer(u64),
    Real(f64),
    Signed(i64),
    Text(&'n str),
    List(Vec<Self>),
    Keys(Vec<(&'n str, Self)>),
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
    <plist version=\"1.0\">\n";
const FOOT: &str = "</plist>\n";

impl<'n> Node<'n> {
    /// A dictionary of the keys that have a value.
    pub(crate) fn keys(keys: impl IntoIterator<Item = (&'n str, Option<Self>)>) -> Self {
        Self::Keys(keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
    }

    /// The same as a value of the crate `plist`. What XML has no form for is left out, and so is what is nested too deep to be read again:
    /// [`unwritable`](super::unwritable) names it.
    pub(crate) fn of(value: &'n Value) -> Option<Self> {
        Self::within(value, MOST_DEEP)
    }

    fn within(value: &'n Value, left: usize) -> Option<Self> {
        Some(match value {
            Value::Array(values) => {
                let left = left.checked_sub(1)?;
                Self::List(values.iter().filter_map(|value| Self::within(value, left)).collect())
            }
            Value::Boolean(value) => Self::Bool(*value),
            Value::Data(bytes) => Self::Data(bytes),
            Value::Date(date) => Self::Date(*date),
            Value::Dictionary(keys) => {
                let left = left.checked_sub(1)?;
                let keys = keys.iter().filter_map(|(key, value)| Some((key.as_str(), Self::within(value, left)?)));
                Self::Keys(keys.collect())
            }
            Value::Integer(value) => match (value.as_unsigned(), value.as_signed()) {
                (Some(value), _) => Self::Integer(value),
                (None, Some(value)) => Self::Signed(value),
                (None, None) => return None,
            },
            Value::Real(value) => Self::Real(*value),
            Value::String(text) => Self::Text(text),
            _ => return None,
        })
    }

    /// As an XML property list, which is wiped when it is dropped. Its buffer never grows, so that no part of it stays behind.
    pub(crate) fn to_xml(&self) -> SecretBytes {
        let mut length = 0_usize;
        self.document(&mut |text| length = length.saturating_add(text.len()));
        let mut xml = Zeroizing::new(Vec::with_capacity(length));
        self.document(&mut |text| xml.extend_from_slice(text.as_bytes()));
        SecretBytes::new(std::mem::take(&mut *xml))
    }

    /// The same as a value of the crate `plist`; what is secret is copied.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Bool(value) => Value::Boolean(*value),
            Self::Date(date) => Value::Date(*date),
            Self::Integer(value) => Value::Integer((*value).into()),
            Self::Real(value) => Value::Real(*value),
            Self::Signed(value) => Value::Integer((*value).into()),
            Self::Text(text) => Value::String((*text).to_owned()),
            Self::Data(bytes) => Value::Data(bytes.to_vec()),
            Self::List(values) => Value::Array(values.iter().map(Self::to_value).collect()),
            Self::Keys(_) => Value::Dictionary(self.to_dictionary()),
        }
    }

    /// The same for a dictionary; of another value an empty one.
    pub(crate) fn to_dictionary(&self) -> Dictionary {
        let mut dictionary = Dictionary::new();
        if let Self::Keys(keys) = self {
            for (key, value) in keys {
                dictionary.insert((*key).to_owned(), value.to_value());
            }
        }
        dictionary
    }

    fn document(&self, out: &mut dyn FnMut(&str)) {
        out(HEAD);
        self.write(0, out);
        out(FOOT);
    }

    fn write(&self, depth: usize, out: &mut dyn FnMut(&str)) {
        indent(depth, out);
        match self {
            Self::Bool(true) => out("<true/>\n"),
            Self::Bool(false) => out("<false/>\n"),
            Self::Date(date) => element("date", out, |out| out(&date.to_xml_format())),
            Self::Integer(value) => element("integer", out, |out| out(&value.to_string())),
            Self::Real(value) => element("real", out, |out| out(&value.to_string())),
            Self::Signed(value) => element("integer", out, |out| out(&value.to_string())),
            Self::Text(text) => element("string", out, |out| escaped(text, out)),
            Self::Data(bytes) => encoded(bytes, depth, out),
            Self::List(values) if values.is_empty() => out("<array/>\n"),
            Self::List(values) => {
                out("<array>\n");
                for value in values {
                    value.write(depth.saturating_add(1), out);
                }
                indent(depth, out);
                out("</array>\n");
            }
            Self::Keys(keys) if keys.is_empty() => out("<dict/>\n"),
            Self::Keys(keys) => {
                out("<dict>\n");
                for (key, value) in keys {
                    indent(depth.saturating_add(1), out);
                    element("key", out, |out| escaped(key, out));
                    value.write(depth.saturating_add(1), out);
                }
                indent(depth, out);
                out("</dict>\n");
            }
        }
    }
}

fn indent(depth: usize, out: &mut dyn FnMut(&str)) {
    (0..depth).for_each(|_| out("\t"));
}

fn element(name: &str, out: &mut dyn FnMut(&str), inside: impl FnOnce(&mut dyn FnMut(&str))) {
    out("<");
    out(name);
    out(">");
    inside(out);
    out("</");
    out(name);
    out(">\n");
}

/// Base64 as Apple's own tools lay it out: in lines of at most 76 columns, a tab counted as eight, and no shorter than 16.
fn encoded(bytes: &[u8], depth: usize, out: &mut dyn FnMut(&str)) {
    let columns = 76_usize.saturating_sub(depth.saturating_mul(8)).max(16);
    out("<data>\n");
    for piece in bytes.chunks(columns / 4 * 3) {
        let text = Zeroizing::new(STANDARD.encode(piece));
        indent(depth, out);
        out(&text);
        out("\n");
    }
    indent(depth, out);
    out("</data>\n");
}

/// Text as it may stand in an element. Characters that XML cannot hold are left out.
fn escaped(text: &str, out: &mut dyn FnMut(&str)) {
    let is_special = |c: char| matches!(c, '&' | '<' | '>' | '\r') || !is_xml(c);
    let mut rest = text;
    while let Some(at) = rest.find(is_special) {
        let (before, after) = rest.split_at(at);
        out(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('&') => out("&amp;"),
            Some('<') => out("&lt;"),
            Some('>') => out("&gt;"),
            Some('\r') => out("&#13;"),
            _ => {}
        }
        rest = chars.as_str();
    }
    out(rest);
}

/// Whether XML 1.0 can hold a character.
pub(crate) fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}
