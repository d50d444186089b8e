//! A profile in the making, in the vocabulary that both other systems share.

mod account;
mod affinity;
mod build;
mod of;
mod sessions;

use std::collections::BTreeMap;

use super::loss::{Loss, LossKind};
use super::slot::Slot;
use crate::profile::{AnchorCertificate, Pairing};
use crate::setup_assistant::SkipKey;

/// A value in its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Flag(bool),
    Text(String),
    Number(u32),
}

/// What was read, with the path of each part.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    values: BTreeMap<Slot, (String, Content)>,
    hides: BTreeMap<SkipKey, String>,
    shows: BTreeMap<SkipKey, String>,
    pub(super) pairing: Option<(String, Pairing)>,
    pub(super) anchors: Vec<AnchorCertificate>,
    /// Anchors as the profile has them, for writing.
    pub(super) anchor_texts: Vec<String>,
}

impl Draft {
    /// Puts a value in its slot. Of two flags true counts, of other values the first.
    pub(super) fn put(&mut self, slot: Slot, path: &str, content: Content) -> Option<Loss> {
        let Some((other, before)) = self.values.get(&slot) else {
            self.values.insert(slot, (path.into(), content));
            return None;
        };
        if *before == content {
            return None;
        }
        let (lost, reason, value) = match (before, &content) {
            (Content::Flag(false), Content::Flag(true)) => {
                let (lost, reason) = (other.clone(), format!("{path} says the opposite, and counts"));
                self.values.insert(slot, (path.into(), content));
                (lost, reason, String::from("false"))
            }
            _ => (path.to_owned(), format!("{other} says something else, and counts"), shown(&content)),
        };
        Some(Loss::new(lost, LossKind::Contradiction, reason).with_value(&value))
    }

    /// Notes that a pane is left out, or shown.
    pub(super) fn pane(&mut self, key: &str, path: &str, hides: bool) {
        let panes = if hides { &mut self.hides } else { &mut self.shows };
        panes.entry(SkipKey::from(key)).or_insert_with(|| path.into());
    }

    pub(super) fn hides(&self, key: &SkipKey) -> bool {
        self.hides.contains_key(key)
    }

    pub(super) fn hidden(&self) -> impl Iterator<Item = &SkipKey> {
        self.hides.keys()
    }

    pub(super) fn flag(&self, slot: Slot) -> Option<bool> {
        match self.values.get(&slot) {
            Some((_, Content::Flag(flag))) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn is(&self, slot: Slot) -> bool {
        self.flag(slot) == Some(true)
    }

    pub(super) fn text(&self, slot: Slot) -> Option<&str> {
        match self.values.get(&slot) {
            Some((_, Content::Text(text))) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self, slot: Slot) -> Option<u32> {
        match self.values.get(&slot) {
            Some((_, Content::Number(number))) => Some(*number),
            _ => None,
        }
    }

    /// What says that there is a page to sign in on, where a user signs in on it.
    pub(super) fn page(&self) -> Option<&str> {
        let signs_in = self.is(Slot::SignsIn) && !self.is(Slot::SignsInByPortal) && !self.is(Slot::IsSharedIpad);
        let (path, _) = self.values.get(&Slot::SignsInOnPage).filter(|_| signs_in && self.is(Slot::SignsInOnPage))?;
        Some(path)
    }

    /// Forgets what is in a slot.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.values.remove(&slot);
    }

    /// Says that what is in a slot is lost, unless it is what the other system writes where nothing was set.
    pub(super) fn lost(&self, slot: Slot, kind: LossKind, reason: impl Into<String>) -> Option<Loss> {
        let (path, content) = self.values.get(&slot)?;
        let nothing = matches!(content, Content::Flag(false) | Content::Number(0));
        (!nothing).then(|| Loss::new(path.clone(), kind, reason.into()).with_value(&shown(content)))
    }
}

fn shown(content: &Content) -> String {
    match content {
        Content::Flag(flag) => flag.to_string(),
        Content::Text(text) => format!("{text:?}"),
        Content::Number(number) => number.to_string(),
    }
}
