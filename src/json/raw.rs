use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::error::Excerpt;

/// A JSON value as text, kept to the letter.
#[derive(Clone)]
pub struct RawJson(Box<RawValue>);

/// A text that is not the JSON it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

impl JsonError {
    pub(crate) fn new(error: &serde_json::Error) -> Self {
        // It may quote what it found, and that may be megabytes.
        Self(Excerpt::shortened(error.to_string()))
    }
}

impl RawJson {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Reads the value as a type of the caller's.
    ///
    /// # Errors
    ///
    /// When the value does not have that type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, JsonError> {
        serde_json::from_str(self.as_str()).map_err(|error| JsonError::new(&error))
    }

    /// A copy of a value that stands in another text.
    pub(crate) fn kept(raw: &RawValue) -> Self {
        Self(raw.to_owned())
    }

    pub(crate) fn raw(&self) -> &RawValue {
        &self.0
    }

    /// The JSON of a value. `None` where there is no JSON for it, such as a map whose keys are not strings.
    pub(crate) fn of<T: Serialize + ?Sized>(value: &T) -> Option<Self> {
        serde_json::value::to_raw_value(value).ok().map(Self)
    }
}

impl FromStr for RawJson {
    type Err = JsonError;

    fn from_str(text: &str) -> Result<Self, JsonError> {
        RawValue::from_string(text.trim().into()).map(Self).map_err(|error| JsonError::new(&error))
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RawJson {}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
    }
}

/// The keys of a JSON object that this version of the crate does not know, in the order in which they came.
///
/// Of a key that came twice the last value counts, and both are given back. A key that the object's type does know is
/// written only as long as the field of that key is empty.
///
/// ```
/// # use apple_ade::json::Extra;
/// let mut extra = Extra::default();
/// extra.insert("is_next_year", "{\"since\": 28.0}".parse()?);
/// assert_eq!(extra.get("is_next_year").map(|value| value.as_str()), Some("{\"since\": 28.0}"));
/// # Ok::<(), apple_ade::json::JsonError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra(Vec<(Box<str>, RawJson)>);

impl Extra {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&RawJson> {
        self.0.iter().rev().find_map(|(k, value)| (&**k == key).then_some(value))
    }

    /// The keys with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Sets a key; gives back the value that it had.
    pub fn insert(&mut self, key: &str, value: RawJson) -> Option<RawJson> {
        if let Some((_, old)) = self.0.iter_mut().rev().find(|(k, _)| &**k == key) {
            return Some(std::mem::replace(old, value));
        }
        self.push(key, value);
        None
    }

    /// Keeps a key that was read, without looking for another of its name: an object may have a great many.
    pub(crate) fn push(&mut self, key: &str, value: RawJson) {
        self.0.push((key.into(), value));
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<RawJson> {
        self.0.extract_if(.., |(k, _)| &**k == key).last().map(|(_, value)| value)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A documented key whose value is not of the documented type or form.
///
/// The field itself reads as absent; the value is kept here and serialised in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OddField {
    /// The key, in Apple's spelling.
    pub key: &'static str,
    /// The value as it came.
    pub value: RawJson,
    /// What the key is documented to hold.
    pub expected: &'static str,
}

impl OddField {
    pub(crate) fn new(key: &'static str, value: RawJson, expected: &'static str) -> Self {
        Self { key, value, expected }
    }
}

impl fmt::Display for OddField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is {}, where {} is expected", self.key, self.value, self.expected)
    }
}
