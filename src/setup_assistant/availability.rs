//! What is known of a key on an operating system.

use std::fmt;

use serde::Serialize;

use crate::os::{OsVersion, Platform};

/// Whether naming a key always keeps its pane away.
///
/// There are three answers, and none of them passes for yes or no:
///
/// ```compile_fail,E0308
/// use apple_ade::os::Platform;
/// use apple_ade::setup_assistant::SkipKey;
///
/// let is_gone: bool = SkipKey::TermsOfAddress.on(Platform::Ios).unwrap().skippable();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Skippable {
    /// It does.
    Always,
    /// It does not: the pane may come before the device has its profile, or at other times than the key acts upon (SCR-12).
    NotAlways,
    /// Apple's page and Apple's schema disagree, or neither says. To be treated as [`NotAlways`](Self::NotAlways).
    Unsure,
}

/// What is known of a key on one operating system.
///
/// ```
/// use apple_ade::os::Platform;
/// use apple_ade::setup_assistant::SkipKey;
///
/// let zoom = SkipKey::Zoom.on(Platform::Ios).ok_or("it has a line for iOS")?;
/// assert_eq!(zoom.to_string(), "iOS 8.3, deprecated since 17.0");
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Availability {
    platform: Platform,
    introduced: Option<OsVersion>,
    deprecated: Option<OsVersion>,
    removed: Option<OsVersion>,
    ineffective: Option<OsVersion>,
    skippable: Skippable,
    doubt: Option<&'static str>,
}

impl Availability {
    /// The operating system.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// The first version that has the key; `None` for a withdrawn key of which nobody says.
    pub fn introduced(&self) -> Option<OsVersion> {
        self.introduced
    }

    /// The first version in which Apple advises against it.
    pub fn deprecated(&self) -> Option<OsVersion> {
        self.deprecated
    }

    /// The first version that has it no more.
    pub fn removed(&self) -> Option<OsVersion> {
        self.removed
    }

    /// The first version in which the pane does not work under ADE, by Intune's documentation; Apple says nothing of it (SCR-9).
    pub fn ineffective(&self) -> Option<OsVersion> {
        self.ineffective
    }

    /// Whether the key always keeps its pane away.
    pub fn skippable(&self) -> Skippable {
        self.skippable
    }

    /// Where sources contradict each other about what is said here.
    pub fn doubt(&self) -> Option<&'static str> {
        self.doubt
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.platform)?;
        if let Some(version) = self.introduced {
            write!(f, " {version}")?;
        }
        let later = [("deprecated", self.deprecated), ("removed", self.removed)];
        for (what, version) in later.into_iter().filter_map(|(what, version)| Some((what, version?))) {
            write!(f, ", {what} since {version}")?;
        }
        Ok(())
    }
}

/// The lines of one key.
pub(super) struct Entry {
    pub(super) title: &'static str,
    pub(super) withdrawn: bool,
    pub(super) rows: &'static [Availability],
}

/// Turns the generated lines into a match on the key.
macro_rules! table {
    ($($variant:ident: $title:literal $($withdrawn:ident)? [$($row:expr,)*];)*) => {
        /// What the table says of a key; nothing of an unknown one.
        pub(super) fn entry(key: &SkipKey) -> Option<Entry> {
            Some(match key {
                $(SkipKey::$variant => Entry {
                    title: $title,
                    withdrawn: !stringify!($($withdrawn)?).is_empty(),
                    rows: const { &[$($row.0),*] },
                },)*
                SkipKey::Other(_) => return None,
            })
        }
    };
}

pub(super) use table;

pub(super) const fn v(major: u16, minor: u16, patch: u16) -> OsVersion {
    OsVersion::new(major, minor, patch)
}

/// A line of the table while it is written.
pub(super) struct Row(pub(super) Availability);

pub(super) const fn row(platform: Platform) -> Row {
    Row(Availability {
        platform,
        introduced: None,
        deprecated: None,
        removed: None,
        ineffective: None,
        skippable: Skippable::Always,
        doubt: None,
    })
}

impl Row {
    pub(super) const fn introduced(mut self, version: OsVersion) -> Self {
        self.0.introduced = Some(version);
        self
    }

    pub(super) const fn deprecated(mut self, version: OsVersion) -> Self {
        self.0.deprecated = Some(version);
        self
    }

    pub(super) const fn removed(mut self, version: OsVersion) -> Self {
        self.0.removed = Some(version);
        self
    }

    pub(super) const fn ineffective(mut self, version: OsVersion) -> Self {
        self.0.ineffective = Some(version);
        self
    }

    pub(super) const fn not_always(mut self) -> Self {
        self.0.skippable = Skippable::NotAlways;
        self
    }

    pub(super) const fn unsure(mut self) -> Self {
        self.0.skippable = Skippable::Unsure;
        self
    }

    pub(super) const fn doubt(mut self, doubt: &'static str) -> Self {
        self.0.doubt = Some(doubt);
        self
    }
}
