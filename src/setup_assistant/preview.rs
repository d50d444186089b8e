//! What Setup Assistant will show.

use std::fmt;

use serde::Serialize;

use super::availability::{Availability, Skippable};
use super::table::SkipKey;
use crate::os::{OsVersion, Platform, Target};

/// What else of a profile decides about panes.
///
/// ```
/// use apple_ade::setup_assistant::{Context, Reason, SkipKey, Verdict, preview};
///
/// let context = Context::default().with_shared_ipad(true);
/// let preview = preview(&[], context, "ipados:17.4".parse()?);
/// assert_eq!(preview.pane(&SkipKey::Siri).map(|pane| pane.reason()), Some(Reason::SharedIpad));
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// Shared iPad: `is_multi_user`. Counts on iPadOS.
    pub shared_ipad: bool,
    /// Unattended setup: `auto_advance_setup`. Counts on tvOS and from macOS 11 on.
    pub auto_advance: bool,
}

impl Context {
    /// The same with or without Shared iPad.
    #[must_use]
    pub fn with_shared_ipad(self, shared_ipad: bool) -> Self {
        Self { shared_ipad, ..self }
    }

    /// The same with or without unattended setup.
    #[must_use]
    pub fn with_auto_advance(self, auto_advance: bool) -> Self {
        Self { auto_advance, ..self }
    }
}

/// Whether a pane appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing in the profile keeps it away. That is no promise: the device has to have what the pane is about, steps have to be left
    /// after a restore or an update, and users can pass over some panes (SCR-3).
    Shown,
    /// It is kept away. What it asks for can still be set up in Settings (SCR-2).
    Hidden,
    /// The system has no such pane that a key could skip.
    NotThere,
    /// Nobody can tell.
    MayAppear,
}

impl Verdict {
    /// The verdict in two words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Hidden => "hidden",
            Self::NotThere => "not there",
            Self::MayAppear => "may appear",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a pane appears or does not: one reason for each pane, which [decides](Self::verdict) the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The profile does not skip it.
    NotSkipped,
    /// The profile skips it.
    Skipped,
    /// `Android`: its choice stands on the pane `Restore`, which the profile skips (SCR-11).
    RestoreSkipped,
    /// Shared iPad shows no pane after activation, whatever the profile says, by Intune's documentation (SHI-6, SCR-4).
    /// Apple's documentation does not say which panes these are.
    SharedIpad,
    /// This operating system never had it.
    NotOnPlatform,
    /// The system is older than the pane's key.
    NotYet {
        /// The first version that has it.
        introduced: OsVersion,
    },
    /// The system has it no more.
    Removed {
        /// The first version without it.
        since: OsVersion,
    },
    /// The pane may come before the device has its profile: skipping does not always help (SCR-12).
    NotAlwaysSkippable,
    /// `Accessibility`: skipping acts for further users of a Mac; the pane at the first start comes all the same.
    AdditionalUsersOnly,
    /// Setup Assistant walks through it by itself.
    AutoAdvance,
    /// The key is deprecated: the pane may be gone, although Apple has not said so.
    Deprecated {
        /// The first version in which it is.
        since: OsVersion,
    },
    /// By Intune's documentation the pane does not work under ADE; Apple's does not say so (SCR-9, X-33). Where it is the passcode, the
    /// user is asked for one once enrollment is done and the policies have arrived (SCR-10).
    Ineffective {
        /// The first version in which that is so.
        since: OsVersion,
    },
    /// Apple took the key from its list: whether there is a pane, and whether the key skips it, is documented nowhere.
    Withdrawn,
}

impl Reason {
    /// Whether a pane appears for this reason.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::NotSkipped => Verdict::Shown,
            Self::Skipped | Self::RestoreSkipped | Self::SharedIpad => Verdict::Hidden,
            Self::NotOnPlatform | Self::NotYet { .. } | Self::Removed { .. } => Verdict::NotThere,
            Self::NotAlwaysSkippable
            | Self::AdditionalUsersOnly
            | Self::AutoAdvance
            | Self::Deprecated { .. }
            | Self::Ineffective { .. }
            | Self::Withdrawn => Verdict::MayAppear,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSkipped => f.write_str("the profile does not skip it"),
            Self::Skipped => f.write_str("the profile skips it"),
            Self::RestoreSkipped => f.write_str("the profile skips Restore, of which it is a part"),
            Self::SharedIpad => f.write_str("Shared iPad shows no pane after activation"),
            Self::NotOnPlatform => f.write_str("this operating system does not have it"),
            Self::NotYet { introduced } => write!(f, "it exists from {introduced} on"),
            Self::Removed { since } => write!(f, "it was removed in {since}"),
            Self::NotAlwaysSkippable => f.write_str("it cannot always be skipped"),
            Self::AdditionalUsersOnly => f.write_str("it is skipped for further users only"),
            Self::AutoAdvance => f.write_str("Setup Assistant walks through it by itself"),
            Self::Deprecated { since } => write!(f, "it is deprecated since {since}, and may be gone"),
            Self::Ineffective { since } => {
                write!(f, "it does not work under ADE from {since} on, by Intune's documentation")
            }
            Self::Withdrawn => f.write_str("Apple withdrew its key"),
        }
    }
}

/// One pane of a [`Preview`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pane {
    key: SkipKey,
    reason: Reason,
}

impl Pane {
    /// Its key.
    pub fn key(&self) -> &SkipKey {
        &self.key
    }

    /// Whether it appears.
    pub fn verdict(&self) -> Verdict {
        self.reason.verdict()
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl Serialize for Pane {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Line<'p> {
            key: &'p SkipKey,
            verdict: Verdict,
            #[serde(flatten)]
            reason: Reason,
        }
        Line { key: &self.key, verdict: self.verdict(), reason: self.reason }.serialize(serializer)
    }
}

/// What Setup Assistant will show on a target: one line for each key of the table.
///
/// The lines are in the table's order, which is alphabetical; in which order a device shows its panes is documented nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    target: Target,
    panes: Vec<Pane>,
    unknown: Vec<SkipKey>,
}

impl Preview {
    /// What it was made for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The panes, one for each of [`SkipKey::ALL`], in that order.
    pub fn panes(&self) -> &[Pane] {
        &self.panes
    }

    /// The pane of this key; `None` for an unknown key.
    pub fn pane(&self, key: &SkipKey) -> Option<&Pane> {
        self.panes.iter().find(|pane| pane.key == *key)
    }

    /// The panes of one verdict.
    pub fn with_verdict(&self, verdict: Verdict) -> impl Iterator<Item = &Pane> {
        self.panes.iter().filter(move |pane| pane.verdict() == verdict)
    }

    /// The skipped keys that this version of the crate does not know, in the order given. They are sent, and nobody can tell what they do.
    pub fn unknown(&self) -> &[SkipKey] {
        &self.unknown
    }
}

/// A line for each pane that is there, those that are shown first: verdict, key, title, and the reason where it is not plain; then how many
/// are not there. With `{:#}` a line for every pane, in the table's order.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.target)?;
        match self.target.doubt() {
            Some(doubt) => writeln!(f, " ({doubt})")?,
            None => writeln!(f)?,
        }
        if f.alternate() {
            self.panes.iter().try_for_each(|pane| writeln!(f, "  {pane}"))?;
        } else {
            for verdict in [Verdict::Shown, Verdict::MayAppear, Verdict::Hidden] {
                self.with_verdict(verdict).try_for_each(|pane| writeln!(f, "  {pane}"))?;
            }
        }
        let unknown = self.unknown.iter();
        unknown
            .clone()
            .try_for_each(|key| writeln!(f, "  {:10}  {:35}  unknown, and sent as it is", "?", key.as_str()))?;
        match self.with_verdict(Verdict::NotThere).count() {
            _ if f.alternate() => Ok(()),
            0 => Ok(()),
            1 => writeln!(f, "  1 pane is not there"),
            count => writeln!(f, "  {count} panes are not there"),
        }
    }
}

/// Verdict, key, [what to read](Pane::about), on a line.
impl fmt::Display for Pane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:10}  {:35}  {}", self.verdict(), self.key.as_str(), self.about())
    }
}

impl Pane {
    /// Its title, with the reason where that is more than that the profile skips it or does not.
    pub fn about(&self) -> String {
        let title = self.key.title().unwrap_or_default();
        match self.reason {
            Reason::NotSkipped | Reason::Skipped => title.to_owned(),
            reason => format!("{title}; {reason}"),
        }
    }
}

/// Judges every pane of the table for one target, if the profile skips these keys.
///
/// ```
/// use apple_ade::setup_assistant::{Context, Reason, SkipKey, Verdict, preview};
///
/// let skipped = [SkipKey::Restore, SkipKey::Keyboard];
/// let preview = preview(&skipped, Context::default(), "ipados:17.4".parse()?);
///
/// let reason = |key| preview.pane(&key).map(|pane| pane.reason());
/// assert_eq!(reason(SkipKey::Restore), Some(Reason::Skipped));
/// assert_eq!(reason(SkipKey::Android), Some(Reason::RestoreSkipped));
/// assert_eq!(reason(SkipKey::Keyboard), Some(Reason::NotAlwaysSkippable));
/// assert_eq!(reason(SkipKey::Siri), Some(Reason::NotSkipped));
/// assert_eq!(reason(SkipKey::TvRoom), Some(Reason::NotOnPlatform));
/// assert_eq!(preview.panes().len(), 58);
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
pub fn preview(skipped: &[SkipKey], context: Context, target: Target) -> Preview {
    let panes = SkipKey::ALL.iter().map(|key| Pane { key: key.clone(), reason: reason(key, skipped, context, target) });
    let unknown = skipped.iter().filter(|key| matches!(key, SkipKey::Other(_)));
    Preview { target, panes: panes.collect(), unknown: unknown.cloned().collect() }
}

/// The first reason that holds.
fn reason(key: &SkipKey, skipped: &[SkipKey], context: Context, target: Target) -> Reason {
    let row = match on(key, target) {
        Ok(row) => row,
        Err(not_there) => return not_there,
    };
    let is_skipped = skipped.contains(key);
    let shared = context.shared_ipad && target.platform == Platform::IpadOs;
    // What comes before activation, Shared iPad cannot keep away either.
    if row.skippable() != Skippable::Always && !key.is_withdrawn() && (is_skipped || shared) {
        return if *key == SkipKey::Accessibility { Reason::AdditionalUsersOnly } else { Reason::NotAlwaysSkippable };
    }
    if shared {
        return Reason::SharedIpad;
    }
    if key.is_withdrawn() {
        return Reason::Withdrawn;
    }
    if key.redundant_with().is_some_and(|whole| skipped.contains(&whole)) {
        return Reason::RestoreSkipped;
    }
    if is_skipped {
        return Reason::Skipped;
    }
    let unattended = match target.platform {
        Platform::TvOs => true,
        Platform::MacOs => target.version >= OsVersion::new(11, 0, 0),
        _ => false,
    };
    let reached = |version: Option<OsVersion>| version.filter(|version| *version <= target.version);
    if context.auto_advance && unattended {
        Reason::AutoAdvance
    } else if let Some(since) = reached(row.ineffective()) {
        Reason::Ineffective { since }
    } else if let Some(since) = reached(row.deprecated()) {
        Reason::Deprecated { since }
    } else {
        Reason::NotSkipped
    }
}

/// The key's line of the table if the target has the pane, else why it has not.
fn on(key: &SkipKey, target: Target) -> Result<&'static Availability, Reason> {
    let row = key.on(target.platform).ok_or(Reason::NotOnPlatform)?;
    if let Some(introduced) = row.introduced().filter(|version| *version > target.version) {
        return Err(Reason::NotYet { introduced });
    }
    match row.removed() {
        Some(since) if since <= target.version => Err(Reason::Removed { since }),
        _ => Ok(row),
    }
}
