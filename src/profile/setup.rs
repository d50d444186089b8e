//! What happens in Setup Assistant, and when it ends.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::api::profile::Profile;
use crate::os::Target;
use crate::setup_assistant::{self, SkipKey, Visibility};

use super::locale::{Language, Region};

/// What the person at the device sees, and when it is let go (PRO-8).
///
/// ```
/// use apple_ade::profile::{Release, SetupExperience};
/// use apple_ade::setup_assistant::SkipKey;
///
/// let setup = SetupExperience::guided().skip([SkipKey::Siri, SkipKey::Location]).await_configuration();
/// assert_eq!(setup.release(), Release::AwaitConfiguration);
/// ```
///
/// An unattended setup needs a language and a region, or it stops and asks for them:
///
/// ```compile_fail,E0061
/// # use apple_ade::profile::SetupExperience;
/// let impossible = SetupExperience::unattended();
/// ```
///
/// It reaches Apple as part of a profile, and not by itself:
///
/// ```compile_fail,E0308
/// # use apple_ade::{api::DefineProfile, profile::SetupExperience};
/// let impossible = DefineProfile::new(SetupExperience::guided());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetupExperience {
    skip: BTreeSet<SkipKey>,
    release: Release,
    locale: Option<Locale>,
    unattended: bool,
    fetch_afresh: bool,
}

/// When the device leaves Setup Assistant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Release {
    /// When the user has come to its end.
    #[default]
    AtOnce,
    /// When the MDM sends `DeviceConfigured`: `await_device_configured`. Supervised devices with iOS, macOS or tvOS.
    AwaitConfiguration,
    /// As before, and the device keeps its apps when it is returned to service: `is_return_to_service` (iOS, iPadOS and visionOS
    /// 26), and `await_device_configured` for systems that are older. Such a device cannot be migrated to another MDM.
    ReturnToService,
}

/// A language with a region, for tvOS and macOS 11 and later. Only Apple knows which pairs it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale {
    /// `language`
    pub language: Language,
    /// `region`
    pub region: Region,
}

impl SetupExperience {
    /// Somebody walks through the panes.
    pub fn guided() -> Self {
        Self::default()
    }

    /// Setup Assistant walks through the panes by itself: `auto_advance_setup` (tvOS, macOS 11). Vendors report that it does so only
    /// on Ethernet.
    pub fn unattended(locale: Locale) -> Self {
        Self { unattended: true, locale: Some(locale), ..Self::default() }
    }

    /// Leaves these panes out, beside those that are left out already.
    #[must_use]
    pub fn skip(mut self, keys: impl IntoIterator<Item = SkipKey>) -> Self {
        self.skip.extend(keys);
        self
    }

    /// Shows these panes, whatever was said of them before.
    #[must_use]
    pub fn show(mut self, keys: impl IntoIterator<Item = SkipKey>) -> Self {
        for key in keys {
            self.skip.remove(&key);
        }
        self
    }

    /// Shows or hides a pane, whatever was said of it before (SCR-1).
    #[must_use]
    pub fn screen(self, key: SkipKey, visibility: Visibility) -> Self {
        match visibility {
            Visibility::Hide => self.skip([key]),
            Visibility::Show => self.show([key]),
        }
    }

    /// Leaves out whatever can be left out on this target.
    #[must_use]
    pub fn skip_all(self, target: Target) -> Self {
        self.skip(setup_assistant::skip_all(target))
    }

    /// Holds the device until the MDM sends `DeviceConfigured`.
    #[must_use]
    pub fn await_configuration(self) -> Self {
        Self { release: Release::AwaitConfiguration, ..self }
    }

    /// Keeps apps at a return to service; holds the device, too.
    #[must_use]
    pub fn return_to_service(self) -> Self {
        Self { release: Release::ReturnToService, ..self }
    }

    /// Lets the device go when the user has come to the end: neither awaits nor returns to service.
    #[must_use]
    pub fn let_go_at_once(self) -> Self {
        Self { release: Release::AtOnce, ..self }
    }

    /// Gives a language and a region.
    #[must_use]
    pub fn locale(self, locale: Locale) -> Self {
        Self { locale: Some(locale), ..self }
    }

    /// Fetches the profile afresh after a restore from a backup: `do_not_use_profile_from_backup` (iOS, iPadOS and visionOS 26).
    /// From 26.4 on the restore drops all configuration profiles, too.
    #[must_use]
    pub fn fetch_profile_after_restore(self) -> Self {
        Self { fetch_afresh: true, ..self }
    }

    /// The panes that are left out.
    pub fn skipped(&self) -> impl Iterator<Item = &SkipKey> {
        self.skip.iter()
    }

    /// Whether a pane is left out.
    pub fn visibility(&self, key: &SkipKey) -> Visibility {
        if self.skip.contains(key) { Visibility::Hide } else { Visibility::Show }
    }

    /// When the device is let go.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The language and the region.
    pub fn given_locale(&self) -> Option<Locale> {
        self.locale
    }

    /// Whether Setup Assistant walks through by itself.
    pub fn is_unattended(&self) -> bool {
        self.unattended
    }

    /// Whether the profile is fetched afresh after a restore.
    pub fn fetches_profile_after_restore(&self) -> bool {
        self.fetch_afresh
    }

    /// Writes the keys; beside a setup that they say already, those of what differs from it.
    pub(super) fn to_wire(&self, wire: &mut Profile, said: Option<&Self>) {
        let only_true = |value: bool| value.then_some(true);
        if said.is_none_or(|said| said.skip != self.skip) {
            let keys = self.skip.iter().map(|key| key.as_str().to_owned());
            wire.skip_setup_items = (!self.skip.is_empty()).then(|| keys.collect());
        }
        if said.is_none_or(|said| said.release != self.release) {
            // Systems that know no return to service with apps hold the device by the older key.
            wire.await_device_configured = only_true(self.release != Release::AtOnce);
            wire.is_return_to_service = only_true(self.release == Release::ReturnToService);
        }
        if said.is_none_or(|said| said.unattended != self.unattended) {
            wire.auto_advance_setup = only_true(self.unattended);
        }
        if said.is_none_or(|said| said.fetch_afresh != self.fetch_afresh) {
            wire.do_not_use_profile_from_backup = only_true(self.fetch_afresh);
        }
        if said.is_none_or(|said| said.locale != self.locale) {
            wire.language = self.locale.map(|locale| locale.language.to_string());
            wire.region = self.locale.map(|locale| locale.region.to_string());
        }
    }

    pub(super) fn from_wire(wire: &Profile) -> Self {
        let release = match (wire.is_return_to_service, wire.await_device_configured) {
            (Some(true), _) => Release::ReturnToService,
            (_, Some(true)) => Release::AwaitConfiguration,
            _ => Release::AtOnce,
        };
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        let locale = part(&wire.language).parse().ok().zip(part(&wire.region).parse().ok());
        Self {
            skip: wire.skip_setup_items.iter().flatten().map(|key| SkipKey::from(key.as_str())).collect(),
            release,
            locale: locale.map(|(language, region)| Locale { language, region }),
            unattended: wire.auto_advance_setup == Some(true),
            fetch_afresh: wire.do_not_use_profile_from_backup == Some(true),
        }
    }
}

/// A text that is no locale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocaleError {
    /// Not a language and a region.
    #[error("{found:?} is no locale; write a language and a region, as in de-CH")]
    Form {
        /// The text.
        found: String,
    },
    /// The language is none.
    #[error(transparent)]
    Language(#[from] super::locale::LanguageError),
    /// The region is none.
    #[error(transparent)]
    Region(#[from] super::locale::RegionError),
}

/// Takes `de-CH` and `de_CH`.
impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(text: &str) -> Result<Self, LocaleError> {
        let parts = text.split_once(['-', '_']);
        let (language, region) = parts.ok_or_else(|| LocaleError::Form { found: text.chars().take(40).collect() })?;
        Ok(Self { language: language.parse()?, region: region.parse()? })
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.language, self.region)
    }
}
