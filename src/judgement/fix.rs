//! What mends a violation.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::veil::{is_secret, veiled};
use super::violation::TEXT_MOST;
use crate::json::RawJson;

/// One change to a JSON object. Its `Debug` shows the beginning of a value, and nothing of a private key.
#[derive(Clone, PartialEq, Eq, Serialize)]
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
///
/// As JSON it is the `fix` of a violation, so that the ones that somebody has chosen can come back. Its indices are those of the profile
/// for which it was proposed.
///
/// ```
/// use apple_ade::api::profile::Profile;
/// use apple_ade::judgement::Fix;
///
/// let chosen = r#"{"title": "lock it", "edits": [{"edit": "set", "key": "is_mdm_removable", "value": false}]}"#;
/// let chosen: Fix = serde_json::from_str(chosen)?;
/// let locked = chosen.apply_to(&Profile::new("Kiosks", "https://mdm.example.org/enroll")).ok_or("it changes something")?;
/// assert_eq!(locked.is_mdm_removable, Some(false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    title: String,
    edits: Vec<Edit>,
}

/// A key or a value as a title or a program's log shows it.
fn shown(text: &str) -> Cow<'static, str> {
    const MOST: usize = 200;
    veiled(text.to_owned().into(), MOST)
}

/// A JSON object: its keys and values, in their order.
pub(crate) type Object = Vec<(String, RawJson)>;

impl Fix {
    fn new(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: veiled(title.into().into(), TEXT_MOST).into_owned(), edits }
    }

    /// Whether a key or value in it is a private key, or holds a password.
    pub(super) fn holds_secret(&self) -> bool {
        self.edits.iter().any(|edit| match edit {
            Edit::Set { key, value } | Edit::SetItem { key, value, .. } => is_secret(key) || is_secret(value.as_str()),
            Edit::Rename { key, to } => is_secret(key) || is_secret(to),
            Edit::Remove { key } | Edit::RemoveItem { key, .. } => is_secret(key),
        })
    }

    pub(crate) fn set(key: &str, value: RawJson) -> Self {
        Self::new(format!("set `{key}` to {}", shown(value.as_str())), vec![Edit::Set { key: key.into(), value }])
    }

    pub(crate) fn set_bool(key: &str, value: bool) -> Self {
        RawJson::of(&value).map_or_else(|| Self::new("", Vec::new()), |value| Self::set(key, value))
    }

    pub(crate) fn set_text(key: &str, text: &str) -> Self {
        RawJson::of(text).map_or_else(|| Self::new("", Vec::new()), |value| Self::set(key, value))
    }

    pub(crate) fn remove(key: &str) -> Self {
        Self::new(format!("remove `{key}`"), vec![Edit::Remove { key: key.into() }])
    }

    pub(crate) fn rename(key: &str, to: &str) -> Self {
        let title = format!("write `{to}` in place of `{key}`");
        Self::new(title, vec![Edit::Rename { key: key.into(), to: to.into() }])
    }

    pub(crate) fn set_item(key: &str, index: usize, text: &str) -> Self {
        let edits = RawJson::of(text).map(|value| Edit::SetItem { key: key.into(), index, value });
        Self::new(format!("write \"{}\" in place of `{key}[{index}]`", shown(text)), edits.into_iter().collect())
    }

    pub(crate) fn remove_item(key: &str, index: usize) -> Self {
        Self::new(format!("remove `{key}[{index}]`"), vec![Edit::RemoveItem { key: key.into(), index }])
    }

    /// Takes these elements out of an array.
    pub(crate) fn remove_items(key: &str, places: impl IntoIterator<Item = usize>, title: impl Into<String>) -> Self {
        let edits = places.into_iter().map(|index| Edit::RemoveItem { key: key.into(), index });
        Self::new(title, edits.collect())
    }

    /// Gives these elements of an array other texts.
    pub(crate) fn set_items(
        key: &str,
        texts: impl IntoIterator<Item = (usize, String)>,
        title: impl Into<String>,
    ) -> Self {
        let edits = texts
            .into_iter()
            .filter_map(|(index, text)| Some(Edit::SetItem { key: key.into(), index, value: RawJson::of(&text)? }));
        Self::new(title, edits.collect())
    }

    /// The same under another title.
    pub(crate) fn titled(self, title: impl Into<String>) -> Self {
        Self { title: veiled(title.into().into(), TEXT_MOST).into_owned(), ..self }
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

    /// Applies fixes that were proposed for the same object, in which no key is there twice. Of two that touch the same place the first
    /// wins; the other is proposed again if it is still needed. Gives back the places of those that were applied among all.
    pub(crate) fn apply<'f>(fixes: impl IntoIterator<Item = &'f Self>, object: Object) -> (Object, Vec<usize>) {
        let (mut mended, mut applied, mut taken) = (Mended::of(object), Vec::new(), Places::default());
        let mut of_items: BTreeMap<&str, BTreeMap<usize, &Edit>> = BTreeMap::new();
        for (place, fix) in fixes.into_iter().enumerate() {
            if !fix.edits.iter().all(|edit| taken.is_free(edit)) {
                continue;
            }
            applied.push(place);
            for edit in &fix.edits {
                taken.take(edit);
                match edit {
                    Edit::SetItem { key, index, .. } | Edit::RemoveItem { key, index } => {
                        of_items.entry(key).or_default().insert(*index, edit);
                    }
                    Edit::Set { .. } | Edit::Remove { .. } | Edit::Rename { .. } => mended.edit(edit),
                }
            }
        }
        for (key, edits) in of_items {
            mended.with_elements(key, &edits);
        }
        (mended.entries.into_iter().flatten().collect(), applied)
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

/// An object that is being mended, with where each key is: there may be a great many.
struct Mended {
    entries: Vec<Option<(String, RawJson)>>,
    places: BTreeMap<String, usize>,
}

impl Mended {
    fn of(object: Object) -> Self {
        let places = object.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
        Self { entries: object.into_iter().map(Some).collect(), places }
    }

    fn entry(&mut self, key: &str) -> Option<&mut (String, RawJson)> {
        self.entries.get_mut(*self.places.get(key)?)?.as_mut()
    }

    /// Changes a key as a whole.
    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Set { key, value } => {
                if let Some((_, old)) = self.entry(key) {
                    *old = value.clone();
                } else {
                    self.places.insert(key.clone(), self.entries.len());
                    self.entries.push(Some((key.clone(), value.clone())));
                }
            }
            Edit::Remove { key } => {
                if let Some(entry) = self.places.remove(key).and_then(|place| self.entries.get_mut(place)) {
                    *entry = None;
                }
            }
            Edit::Rename { key, to } => {
                if self.places.contains_key(to) {
                    return;
                }
                if let Some((name, _)) = self.entry(key) {
                    name.clone_from(to);
                    let place = self.places.remove(key);
                    self.places.extend(place.map(|place| (to.clone(), place)));
                }
            }
            Edit::SetItem { .. } | Edit::RemoveItem { .. } => {}
        }
    }

    /// Changes the elements of an array; what is no array stays as it is.
    fn with_elements(&mut self, key: &str, edits: &BTreeMap<usize, &Edit>) {
        let Some((_, value)) = self.entry(key) else { return };
        let Ok(elements) = value.read::<Vec<RawJson>>() else { return };
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

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set { key, value } => {
                f.debug_struct("Set").field("key", &shown(key)).field("value", &shown(value.as_str())).finish()
            }
            Self::Remove { key } => f.debug_struct("Remove").field("key", &shown(key)).finish(),
            Self::Rename { key, to } => {
                f.debug_struct("Rename").field("key", &shown(key)).field("to", &shown(to)).finish()
            }
            Self::SetItem { key, index, value } => {
                let mut edit = f.debug_struct("SetItem");
                edit.field("key", &shown(key)).field("index", index).field("value", &shown(value.as_str())).finish()
            }
            Self::RemoveItem { key, index } => {
                f.debug_struct("RemoveItem").field("key", &shown(key)).field("index", index).finish()
            }
        }
    }
}

/// By hand: what serde buffers to look for a tag cannot be kept to the letter.
impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Keys {
            edit: String,
            key: String,
            to: Option<String>,
            index: Option<usize>,
            // `null` is a value.
            #[serde(default, deserialize_with = "there")]
            value: Option<RawJson>,
        }

        fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RawJson>, D::Error> {
            RawJson::deserialize(deserializer).map(Some)
        }

        let Keys { edit, key, to, index, value } = Keys::deserialize(deserializer)?;
        Ok(match (edit.as_str(), to, index, value) {
            ("set", None, None, Some(value)) => Self::Set { key, value },
            ("remove", None, None, None) => Self::Remove { key },
            ("rename", Some(to), None, None) => Self::Rename { key, to },
            ("set_item", None, Some(index), Some(value)) => Self::SetItem { key, index, value },
            ("remove_item", None, Some(index), None) => Self::RemoveItem { key, index },
            _ => {
                return Err(D::Error::custom(format_args!(
                    "the edit of `{key}` is not one of set (with value), remove, rename (with to), set_item (with index and value) \
                     and remove_item (with index)"
                )));
            }
        })
    }
}
