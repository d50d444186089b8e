//! A profile as the JSON object that it is: what a struct of its keys cannot see.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::api::profile::Profile;
use crate::error::Excerpt;
use crate::json::RawJson;
use crate::judgement::{Fix, Rule, Violation};

/// The keys and values of an object in their order.
pub(super) struct Entries(pub(super) Vec<(String, RawJson)>);

/// A profile that was read, with what only the text tells.
pub(super) struct Text {
    pub(super) profile: Profile,
    pub(super) entries: Entries,
    pub(super) violations: Vec<Violation>,
}

impl Entries {
    pub(super) fn of(profile: &Profile) -> Option<Self> {
        RawJson::of(profile)?.read().ok()
    }

    pub(super) fn to_profile(&self) -> Option<Profile> {
        RawJson::of(self)?.read().ok()
    }

    /// Keys that are there more than once, with their last values.
    fn repeated(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        let mut seen: BTreeMap<&str, (usize, &RawJson)> = BTreeMap::new();
        for (key, value) in &self.0 {
            let (times, last) = seen.entry(key).or_insert((0, value));
            *times += 1;
            *last = value;
        }
        seen.into_iter().filter(|(_, (times, _))| *times > 1).map(|(key, (_, last))| (key, last))
    }

    /// Without keys that are there more than once: the last value counts, in the place of the first.
    pub(super) fn distinct(self) -> Self {
        let mut left: BTreeMap<String, RawJson> = self.0.iter().cloned().collect();
        Self(self.0.into_iter().filter_map(|(key, _)| left.remove_entry(&key)).collect())
    }
}

impl Text {
    pub(super) fn read(text: &str) -> Result<Self, Box<Violation>> {
        let broken = |why: &dyn fmt::Display| {
            let message = Excerpt::shortened(format!("the text is no JSON object: {why}"));
            let help = "write an object in braces, with every key in double quotes";
            Box::new(Violation::new(Rule::NOT_JSON, "$", message).with_help(help))
        };
        // Read as a whole each time, so that line and column in a message are those of the text.
        let raw: RawJson = serde_json::from_str(text).map_err(|error| broken(&error))?;
        if !raw.as_str().starts_with('{') {
            return Err(broken(&"it holds a value of another kind"));
        }
        let entries: Entries = serde_json::from_str(text).map_err(|error| broken(&error))?;
        let profile: Profile = serde_json::from_str(text).map_err(|error| broken(&error))?;
        let violations = entries.repeated().map(|(key, last)| {
            Violation::new(
                Rule::KEY_REPEATED,
                key.to_owned(),
                format!("`{key}` is there more than once; here the last one counts"),
            )
            .with_fix(Fix::set(key, last.clone()).titled(format!("keep the last `{key}` alone")))
        });
        let mut violations: Vec<Violation> = violations.collect();
        // To the struct, `null` is no value.
        let known = entries.0.iter().filter(|(key, _)| Profile::KEYS.contains(&key.as_str()));
        let last: BTreeMap<&str, &str> = known.map(|(key, value)| (key.as_str(), value.as_str())).collect();
        for (key, _) in last.into_iter().filter(|(_, value)| *value == "null") {
            let message = format!("`{key}` is null, which is as if it were absent");
            let violation = Violation::new(Rule::KEY_NULL, key.to_owned(), message);
            violations.push(violation.with_found("null").with_fix(Fix::remove(key)));
        }
        Ok(Self { profile, entries, violations })
    }
}

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
