//! The inside of a token file: a MIME part, or not; MESSAGE lines, or not; and JSON, folded over lines or not.

use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::mime::Part;
use super::{ServerToken, TokenError};
use crate::json::{Field, Read};
use crate::secret::SecretString;

const BEGIN: &[u8] = b"-----BEGIN MESSAGE-----";
const END: &[u8] = b"-----END MESSAGE-----";

/// Reads a decrypted token.
pub(super) fn read(content: &[u8]) -> Result<ServerToken, TokenError> {
    let content = trim(content);
    let decoded;
    let text = match Part::split(content) {
        Some(part) => {
            decoded = part.decode().ok_or(TokenError::Json { at: 1 })?;
            trim(&decoded)
        }
        None => content,
    };
    let text = if text.first() == Some(&b'{') { text } else { between_lines(text) };
    // A line break inside a string is the mail program's, and outside it means nothing.
    let mut joined = Zeroizing::new(Vec::with_capacity(text.len()));
    joined.extend(text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    let joined = joined.trim_ascii();
    if joined.first() != Some(&b'{') {
        return Err(TokenError::Json { at: 1 });
    }
    let fields: Fields = serde_json::from_slice(joined).map_err(|error| TokenError::Json { at: error.column() })?;
    fields.finish()
}

/// What stands between the MESSAGE lines, where there are any.
fn between_lines(text: &[u8]) -> &[u8] {
    let begun = find(text, BEGIN).and_then(|at| text.get(at.checked_add(BEGIN.len())?..)).unwrap_or(text);
    find(begun, END).and_then(|at| begun.get(..at)).unwrap_or(begun)
}

/// Without white space and byte order mark in front.
fn trim(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii_start()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[derive(serde::Deserialize)]
struct Fields {
    consumer_key: Option<Slot>,
    consumer_secret: Option<Slot>,
    access_token: Option<Slot>,
    access_secret: Option<Slot>,
    access_token_expiry: Option<Slot>,
}

impl Fields {
    fn finish(self) -> Result<ServerToken, TokenError> {
        let expiry = text(self.access_token_expiry, "access_token_expiry")?;
        Ok(ServerToken {
            consumer_key: text(self.consumer_key, "consumer_key")?,
            consumer_secret: text(self.consumer_secret, "consumer_secret")?,
            access_token: text(self.access_token, "access_token")?,
            access_secret: text(self.access_secret, "access_secret")?,
            expiry: time(expiry.expose_secret())?,
        })
    }
}

fn text(slot: Option<Slot>, field: &'static str) -> Result<SecretString, TokenError> {
    match slot {
        Some(Slot::Text(text)) if !text.expose_secret().is_empty() => Ok(text),
        None | Some(Slot::Text(_)) => Err(TokenError::MissingField { field }),
        Some(Slot::Other(found)) => Err(TokenError::WrongType { field, found }),
    }
}

fn time(text: &str) -> Result<DateTime<Utc>, TokenError> {
    match DateTime::from_text(text) {
        Read::Value(time) if (0..=9999).contains(&time.year()) => Ok(time),
        // A time has some twenty characters, and a secret of the token more than a hundred: one in the wrong place is not shown.
        _ if text.chars().count() <= 40 => Err(TokenError::BadExpiry { found: text.into() }),
        _ => Err(TokenError::BadExpiry { found: format!("a text of {} characters", text.chars().count()) }),
    }
}

/// A value: text, or of which other type it is.
enum Slot {
    Text(SecretString),
    Other(&'static str),
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = Slot;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Slot, E> {
                Ok(Slot::Text(SecretString::new(text)))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Slot, E> {
                Ok(Slot::Other("true or false"))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Slot, E> {
                Ok(Slot::Other("a number"))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Slot, E> {
                Ok(Slot::Other("a number"))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Slot, E> {
                Ok(Slot::Other("a number"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Slot, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Slot::Other("an array"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Slot, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Slot::Other("an object"))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}
