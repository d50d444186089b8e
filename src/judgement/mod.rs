//! Judgements as data: a [`Rule`], what was found to break it ([`Violation`]), and what would mend it ([`Fix`]).
//!
//! A check never stops at the first mistake: it gives [`Violations`], all at once and sorted. Each is text for people by its
//! `Display`, and data for machines by serde.

mod closest;
mod fix;
mod key_material;
mod rule;
mod veil;
mod violation;
mod violations;

pub(crate) use self::closest::closest;
pub(crate) use self::fix::Object;
pub use self::fix::{Edit, Fix};
pub(crate) use self::key_material::holds_private_key;
pub use self::rule::{Rule, Severity};
pub(crate) use self::rule::{RuleText, rules};
pub(crate) use self::veil::veiled;
pub use self::violation::Violation;
pub use self::violations::Violations;
