//! A row of the tables.

use super::exchange::Model;
use super::slot::Slot;

/// A field of the other system, and what becomes of it: a row of [`graph::FIELDS`](super::graph::FIELDS) or
/// [`jamf::FIELDS`](super::jamf::FIELDS).
///
/// ```
/// use apple_ade::interop::{Counterpart, graph};
///
/// let field = graph::FIELDS.iter().find(|field| field.key() == "profileRemovalDisabled").ok_or("it is listed")?;
/// assert_eq!(field.counterpart(), Counterpart::Opposite("is_mdm_removable"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub(super) key: &'static str,
    pub(super) models: &'static [Model],
    pub(super) role: Role,
}

/// What a field comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Counterpart {
    /// True leaves this pane of Setup Assistant out: an element of `skip_setup_items`.
    Hides(&'static str),
    /// Nothing; the text says why, and where it belongs.
    Nothing(&'static str),
    /// The opposite of this: true there is false here.
    Opposite(&'static str),
    /// The same as this: a key of Apple's, or a part of the description.
    Same(&'static str),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Flag(Slot),
    Opposite(Slot),
    Hides(&'static str),
    Text(Slot),
    Number(Slot),
    /// Read and written by code of its own.
    Own(&'static str),
    /// No counterpart.
    Nothing(&'static str),
    /// The same for what must not be shown.
    Secret(&'static str),
    /// No counterpart, and told by code of its own, where it counts at all.
    Told(&'static str),
    /// No counterpart, and no loss either: numbers and dates by which the other system keeps its records.
    Record(&'static str),
}

impl Field {
    /// The key, with a dot between an object's key and that of what is in it.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The models that have the field.
    pub fn models(&self) -> &'static [Model] {
        self.models
    }

    /// What it comes to here.
    pub fn counterpart(&self) -> Counterpart {
        match self.role {
            Role::Flag(slot) | Role::Text(slot) | Role::Number(slot) => Counterpart::Same(slot.counterpart()),
            Role::Opposite(slot) => Counterpart::Opposite(slot.counterpart()),
            Role::Hides(key) => Counterpart::Hides(key),
            Role::Own(meaning) => Counterpart::Same(meaning),
            Role::Nothing(reason) | Role::Secret(reason) | Role::Told(reason) | Role::Record(reason) => {
                Counterpart::Nothing(reason)
            }
        }
    }

    pub(super) fn is_secret(&self) -> bool {
        matches!(self.role, Role::Secret(_))
    }

    /// The keys on the way to it.
    pub(super) fn path(&self) -> Vec<&'static str> {
        // The one key of Graph that has a dot in it.
        if self.key.starts_with('@') { vec![self.key] } else { self.key.split('.').collect() }
    }
}

pub(super) const fn field(key: &'static str, models: &'static [Model], role: Role) -> Field {
    Field { key, models, role }
}
