//! Setup Assistant: the panes that a profile can skip, where they exist, and what a device will show.
//!
//! [`SkipKey`] is a pane's key as it is sent in `skip_setup_items`. The questions that people ask of the list are functions:
//!
//! | question | answer |
//! |---|---|
//! | What does this key do, and since when? | [`SkipKey::title`], [`SkipKey::notes`], [`SkipKey::availability`] |
//! | Does it work on this system? | [`SkipKey::status`] |
//! | Which keys does this system have? | [`keys_on`] |
//! | How do I skip as much as can be? | [`skip_all`] |
//! | Which of my keys do nothing on my oldest and my newest system? | [`idle_keys`] |
//! | I meant … what is it called? | [`SkipKey::closest`] |
//! | What will the device show? | [`preview`] |
//!
//! The list is Apple's as of OS 27, with keys that Apple published once and withdrew (`AdditionalPrivacySettings`,
//! `AgeAssurance`, `AgeBasedSafetySettings`), and one of an old document (`Registration`). Where Intune's documentation adds to it or
//! contradicts it, this is marked as such; [`intune`] has Intune's own figures.

pub mod intune;

mod availability;
mod closest;
mod key;
mod preview;
mod questions;
mod status;
mod table;
mod visibility;

pub use self::availability::{Availability, Skippable};
pub use self::preview::{Context, Pane, Preview, Reason, Verdict, preview};
pub use self::questions::{IdleKey, idle_keys, keys_on, skip_all};
pub use self::status::KeyStatus;
pub use self::table::SkipKey;
pub use self::visibility::Visibility;
