//! Reading the other system's JSON by its table.

use std::collections::BTreeSet;

use super::draft::{Content, Draft};
use super::field::{Field, Role};
use super::loss::{Loss, LossKind};
use super::tree::Tree;

pub(super) const TWICE: &str = "the key is there twice, and the last one counts";

/// A JSON object on which a mark is left at everything that was looked at.
pub(super) struct Reading<'t> {
    tree: &'t Tree,
    /// The paths of what was looked at, with all that is in it.
    taken: BTreeSet<Vec<&'t str>>,
    /// The paths of objects of which a part was asked for.
    walked: BTreeSet<Vec<&'t str>>,
    pub(super) losses: Vec<Loss>,
}

impl<'t> Reading<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self { tree, taken: BTreeSet::new(), walked: BTreeSet::new(), losses: Vec::new() }
    }

    /// What is at this place, unless it is null. It counts as read. What should hold it and is no object is told.
    pub(super) fn take(&mut self, path: &[&str]) -> Option<&'t Tree> {
        let (mut at, mut taken) = (self.tree, Vec::new());
        for key in path {
            let Tree::Object(entries) = at else {
                let shown = taken.join(".");
                if self.taken.insert(taken) && *at != Tree::Null {
                    self.lose(&shown, LossKind::WrongType, "this has to be an object", at);
                }
                return None;
            };
            self.walked.insert(taken.clone());
            let (name, value) = entries.iter().rev().find(|(name, _)| name == key)?;
            taken.push(name.as_str());
            at = value;
        }
        self.taken.insert(taken);
        Some(at).filter(|value| **value != Tree::Null)
    }

    pub(super) fn lose(
        &mut self,
        path: &str,
        kind: LossKind,
        reason: impl Into<std::borrow::Cow<'static, str>>,
        value: &Tree,
    ) {
        self.losses.push(Loss::new(path, kind, reason).with_tree(value));
    }

    /// The text at this place, if it is one.
    pub(super) fn text(&mut self, path: &[&str]) -> Option<&'t str> {
        let value = self.take(path)?;
        if value.as_text().is_none() {
            self.lose(&path.join("."), LossKind::WrongType, "this has to be a text", value);
        }
        value.as_text()
    }

    /// The flag at this place, if it is one.
    pub(super) fn flag(&mut self, path: &[&str]) -> Option<bool> {
        let value = self.take(path)?;
        if let Tree::Flag(flag) = value {
            return Some(*flag);
        }
        self.lose(&path.join("."), LossKind::WrongType, "this has to be true or false", value);
        None
    }

    /// The flag by which a user signs in, or on a page. What cannot be read counts as true: by false the user would sign in without a second
    /// factor, or not at all.
    fn demand(&mut self, path: &[&str]) -> Option<bool> {
        let value = self.take(path)?;
        if let Tree::Flag(flag) = value {
            return Some(*flag);
        }
        let is_said = says_more_than_no(value);
        let reason = if is_said {
            "this has to be true or false; it is taken for true, so that no sign-in is lost"
        } else {
            "this has to be true or false"
        };
        self.lose(&path.join("."), LossKind::WrongType, reason, value);
        is_said.then_some(true)
    }

    /// The list at this place, if it is one.
    pub(super) fn list(&mut self, path: &[&str]) -> &'t [Tree] {
        match self.take(path) {
            Some(Tree::List(items)) => items,
            Some(value) => {
                self.lose(&path.join("."), LossKind::WrongType, "this has to be a list", value);
                &[]
            }
            None => &[],
        }
    }

    fn number(&mut self, path: &[&str]) -> Option<u32> {
        let value = self.take(path)?;
        let number = match value {
            Tree::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            _ => None,
        };
        if number.is_none() {
            let reason = "this has to be a whole number from 0 to 4294967295";
            self.lose(&path.join("."), LossKind::WrongType, reason, value);
        }
        number
    }

    /// Reads a row of the table into the draft.
    pub(super) fn field(&mut self, field: &Field, draft: &mut Draft) {
        let path = field.path();
        match field.role {
            Role::Flag(slot) | Role::Opposite(slot) => {
                let flag = if slot.is_sign_in() { self.demand(&path) } else { self.flag(&path) };
                let Some(flag) = flag else { return };
                let flag = flag != matches!(field.role, Role::Opposite(_));
                self.losses.extend(draft.put(slot, field.key, Content::Flag(flag)));
            }
            Role::Hides(key) => {
                if let Some(hides) = self.flag(&path) {
                    draft.pane(key, field.key, hides);
                }
            }
            Role::Text(slot) => {
                if let Some(text) = self.text(&path).map(str::trim).filter(|text| !text.is_empty()) {
                    self.losses.extend(draft.put(slot, field.key, Content::Text(text.into())));
                }
            }
            Role::Number(slot) => {
                if let Some(number) = self.number(&path) {
                    self.losses.extend(draft.put(slot, field.key, Content::Number(number)));
                }
            }
            Role::Own(_) | Role::Told(_) => {}
            Role::Nothing(reason) => {
                if let Some(value) = self.take(&path).filter(|value| says_something(field.key, value)) {
                    self.lose(field.key, LossKind::NoCounterpart, reason, value);
                }
            }
            Role::Secret(reason) => {
                if self.take(&path).is_some_and(|value| says_something(field.key, value)) {
                    self.losses.push(Loss::new(field.key, LossKind::NoCounterpart, reason));
                }
            }
            Role::Record(_) => {
                self.take(&path);
            }
        }
    }

    /// Reports every key that nobody has looked at, and every key that is there twice.
    pub(super) fn finish(mut self) -> Vec<Loss> {
        let mut waiting = vec![(Vec::new(), self.tree)];
        while let Some((path, tree)) = waiting.pop() {
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for (key, value) in tree.entries().iter().rev() {
                let mut path: Vec<&str> = path.clone();
                path.push(key);
                let shown = path.join(".");
                if !seen.insert(key) {
                    self.losses.push(Loss::new(shown, LossKind::Contradiction, TWICE).with_tree(value));
                } else if self.taken.contains(&path) {
                    // It was read, with all that is in it.
                } else if self.walked.contains(&path) {
                    waiting.push((path, value));
                } else {
                    let reason = "this version of the crate does not know the key";
                    self.losses.push(Loss::new(shown, LossKind::UnknownKey, reason).with_tree(value));
                }
            }
        }
        self.losses
    }
}

/// Whether a value is more than what the other system writes where nothing was set.
fn says_something(key: &str, value: &Tree) -> bool {
    let is_id = key.ends_with("Id");
    match value {
        Tree::Null | Tree::Flag(false) => false,
        Tree::Flag(true) => true,
        Tree::Number(number) => number.as_f64() != Some(0.0) && !(is_id && number.as_i64() == Some(-1)),
        Tree::Text(text) => match text.trim() {
            "" => false,
            // Ids of nothing.
            "-1" | "0" => !is_id,
            // Jamf's word for no demand.
            "NO_ENFORCEMENT" => !key.starts_with("prestageMinimumOsTargetVersionType"),
            _ => true,
        },
        Tree::List(items) => !items.is_empty(),
        Tree::Object(entries) => {
            // Ids and versions of the record itself say nothing of what it holds.
            entries
                .iter()
                .any(|(key, value)| !["id", "versionLock"].contains(&key.as_str()) && says_something(key, value))
        }
    }
}

/// Whether a value of any type may be meant for yes: all but false, nothing, and the ids of nothing.
pub(super) fn says_more_than_no(value: &Tree) -> bool {
    match value {
        Tree::Null => false,
        Tree::Flag(flag) => *flag,
        Tree::Number(number) => ![Some(0.0), Some(-1.0)].contains(&number.as_f64()),
        Tree::Text(text) => !["", "0", "-1", "false"].iter().any(|no| no.eq_ignore_ascii_case(text.trim())),
        Tree::List(_) | Tree::Object(_) => true,
    }
}
