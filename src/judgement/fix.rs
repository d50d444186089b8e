//! What mends a violation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::json::RawJson;

/// One change to a JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Edit {
    /// Gives a key this value, whether it is there or not.
    Set {
        /// The key.
        key: String,
        /// Its new value.
        value: RawJson,
    },
    /// Takes a key out.
    Remove {
        /// The key.
        key: String,
    },
    /// Gives the value of a key to another, which is not there.
    Rename {
        /// The key.
        key: String,
        /// Its new name.
        to: String,
    },
    /// Gives an element of an array another value.
    SetItem {
        /// The array's key.
        key: String,
        /// The element's place, from 0.
        index: usize,
        /// Its new value.
        value: RawJson,
    },
    /// Takes an element out of an array.
    RemoveItem {
        /// The array's key.
        key: String,
        /// The element's place, from 0, before any other is taken out.
        index: usize,
    },
}

/// What mends a violation, for a program to apply without asking: it does what the profile was meant to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    title: String,
    edits: Vec<Edit>,
}

/// A JSON object that is being mended: its keys and values, in their order.
type Object = Vec<(String, RawJson)>;

impl Fix {
    fn new(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits }
    }

    pub(crate) fn set(key: &str, value: RawJson) -> Self {
        Self::new(format!("set `{key}` to {value}"), vec![Edit::Set { key: key.into(), value }])
    }

    pub(crate) fn set_bool(key: &str, value: bool) -> Self {
        RawJson::of(&value).map_or_else(|| Self::new("", Vec::new()), |value| Self::set(key, value))
    }

    pub(crate) fn set_text(key: &str, text: &str) -> Self {
        RawJson::of(text).map_or_else(|| Self::new("", Vec::new()), |value| Self::set(key, value))
    }

    pub(crate) fn remove(key: &str) -> Self {
        Self::new(format!("leave `{key}` out"), vec![Edit::Remove { key: key.into() }])
    }

    pub(crate) fn rename(key: &str, to: &str) -> Self {
        Self::new(format!("write `{to}`"), vec![Edit::Rename { key: key.into(), to: to.into() }])
    }

    pub(crate) fn set_item(key: &str, index: usize, text: &str) -> Self {
        let edits = RawJson::of(text).map(|value| Edit::SetItem { key: key.into(), index, value });
        Self::new(format!("write \"{text}\""), edits.into_iter().collect())
    }

    pub(crate) fn remove_item(key: &str, index: usize) -> Self {
        Self::new(format!("leave `{key}[{index}]` out"), vec![Edit::RemoveItem { key: key.into(), index }])
    }

    /// The same under another title.
    pub(crate) fn titled(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// With the edits of another, in this one's title.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.edits.extend(other.edits);
        self
    }

    /// What it does, in an imperative sentence.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The changes, to be made together.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Applies fixes that were proposed for the same object. Of two that touch the same place the first wins; the other is
    /// proposed again if it is still needed.
    pub(crate) fn apply<'f>(fixes: impl Iterator<Item = &'f Self>, mut object: Object) -> Object {
        let mut taken = Places::default();
        let mut of_items: BTreeMap<&str, BTreeMap<usize, &Edit>> = BTreeMap::new();
        for fix in fixes {
            if !fix.edits.iter().all(|edit| taken.is_free(edit)) {
                continue;
            }
            for edit in &fix.edits {
                taken.take(edit);
                match edit {
                    Edit::SetItem { key, index, .. } | Edit::RemoveItem { key, index } => {
                        of_items.entry(key).or_default().insert(*index, edit);
                    }
                    Edit::Set { .. } | Edit::Remove { .. } | Edit::Rename { .. } => edit.apply(&mut object),
                }
            }
        }
        for (key, edits) in of_items {
            with_elements(&mut object, key, &edits);
        }
        object
    }
}

/// What has been touched: keys as a whole, and keys of whose arrays elements have been.
#[derive(Default)]
struct Places<'e> {
    whole: BTreeSet<&'e str>,
    parted: BTreeSet<&'e str>,
    items: BTreeSet<(&'e str, usize)>,
}

impl<'e> Places<'e> {
    fn is_free(&self, edit: &Edit) -> bool {
        match edit {
            Edit::SetItem { key, index, .. } | Edit::RemoveItem { key, index } => {
                !self.whole.contains(key.as_str()) && !self.items.contains(&(key.as_str(), *index))
            }
            Edit::Rename { key, to } => self.is_whole(key) && self.is_whole(to),
            Edit::Set { key, .. } | Edit::Remove { key } => self.is_whole(key),
        }
    }

    fn is_whole(&self, key: &str) -> bool {
        !self.whole.contains(key) && !self.parted.contains(key)
    }

    fn take(&mut self, edit: &'e Edit) {
        match edit {
            Edit::SetItem { key, index, .. } | Edit::RemoveItem { key, index } => {
                self.parted.insert(key);
                self.items.insert((key, *index));
            }
            Edit::Rename { key, to } => self.whole.extend([key.as_str(), to.as_str()]),
            Edit::Set { key, .. } | Edit::Remove { key } => {
                self.whole.insert(key);
            }
        }
    }
}

impl Edit {
    /// Changes a key as a whole.
    fn apply(&self, object: &mut Object) {
        match self {
            Self::Set { key, value } => match object.iter_mut().find(|(k, _)| k == key) {
                Some((_, old)) => *old = value.clone(),
                None => object.push((key.clone(), value.clone())),
            },
            Self::Remove { key } => object.retain(|(k, _)| k != key),
            Self::Rename { key, to } => {
                if !object.iter().any(|(k, _)| k == to) {
                    object.iter_mut().filter(|(k, _)| k == key).for_each(|(k, _)| k.clone_from(to));
                }
            }
            Self::SetItem { .. } | Self::RemoveItem { .. } => {}
        }
    }
}

/// Changes the elements of an array; what is no array stays as it is.
fn with_elements(object: &mut Object, key: &str, edits: &BTreeMap<usize, &Edit>) {
    for (_, value) in object.iter_mut().filter(|(k, _)| k == key) {
        let Ok(elements) = value.read::<Vec<RawJson>>() else { continue };
        let changed = elements.into_iter().enumerate().filter_map(|(place, element)| match edits.get(&place) {
            Some(Edit::SetItem { value, .. }) => Some(value.clone()),
            Some(_) => None,
            None => Some(element),
        });
        if let Some(changed) = RawJson::of(&changed.collect::<Vec<_>>()) {
            *value = changed;
        }
    }
}
