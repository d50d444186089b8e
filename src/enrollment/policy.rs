//! What the organisation demands of a device that wants to enroll.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use super::restriction::EnrollmentRestrictions;
use super::sso::PlatformSso;
use crate::os::{Build, OsRelease, OsVersion, Platform};

/// What the organisation demands of a device that wants to enroll. Nothing, to begin with.
///
/// ```
/// use apple_ade::enrollment::{EnrollmentPolicy, MinimumOs};
/// use apple_ade::os::Platform;
///
/// let policy = EnrollmentPolicy::new()
///     .minimum([Platform::Ios, Platform::IpadOs], MinimumOs::new("17.4".parse()?).update_to("17.5".parse()?)?)
///     .minimum([Platform::MacOs], MinimumOs::new("14.0".parse()?));
/// assert_eq!(policy.minimum_of(Platform::Ios).map(|minimum| minimum.asks_for().to_string()).as_deref(), Some("17.5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnrollmentPolicy {
    minimum: BTreeMap<Platform, MinimumOs>,
    pub(super) cannot_be_asked: CannotBeAsked,
    pub(super) unknown_model: CannotBeAsked,
    pub(super) sso: Option<(PlatformSso, CannotBeAsked)>,
    pub(super) restrictions: EnrollmentRestrictions,
    pub(super) migration: Migration,
}

/// What becomes of a device that should be asked for something and does not understand the question, or of which nobody knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CannotBeAsked {
    /// It is refused: the answer is [`CannotComply`](super::Answer::CannotComply).
    #[default]
    Refuse,
    /// It enrolls as it is. The decision's reasons say so.
    LetIn,
}

/// Whether devices that move here from another MDM, in place, are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Migration {
    /// They are.
    #[default]
    Accept,
    /// They are refused as long as the deadline for the move has not passed.
    Refuse,
}

impl EnrollmentPolicy {
    /// Every device that Apple's list has, and whose model is known, may enroll as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands a system. iPadOS is a platform of its own: name it beside iOS where both are meant.
    #[must_use]
    pub fn minimum(mut self, platforms: impl IntoIterator<Item = Platform>, minimum: impl Borrow<MinimumOs>) -> Self {
        let minimum = minimum.borrow();
        self.minimum.extend(platforms.into_iter().map(|platform| (platform, minimum.clone())));
        self
    }

    /// What becomes of a device that is too old and cannot be asked to update. [`Refuse`](CannotBeAsked::Refuse), unless this is called.
    #[must_use]
    pub fn too_old_to_ask(self, what: CannotBeAsked) -> Self {
        Self { cannot_be_asked: what, ..self }
    }

    /// What becomes of a device whose model this version of the crate does not know, or that does not say it: it may be a watch that lacks its
    /// pairing token, or too old. [`Refuse`](CannotBeAsked::Refuse), unless this is called. Where a restriction blocks a platform it is
    /// refused in any case.
    #[must_use]
    pub fn unknown_model(self, what: CannotBeAsked) -> Self {
        Self { unknown_model: what, ..self }
    }

    /// Demands that a Mac that enrolls by ADE is set up for Platform SSO first, and says what becomes of one that cannot be asked.
    #[must_use]
    pub fn platform_sso(self, sso: PlatformSso, otherwise: CannotBeAsked) -> Self {
        Self { sso: Some((sso, otherwise)), ..self }
    }

    /// Restricts which devices may enroll.
    #[must_use]
    pub fn restrictions(self, restrictions: EnrollmentRestrictions) -> Self {
        Self { restrictions, ..self }
    }

    /// Whether devices that move here from another MDM are taken.
    #[must_use]
    pub fn migration(self, migration: Migration) -> Self {
        Self { migration, ..self }
    }

    /// What is demanded of a platform.
    pub fn minimum_of(&self, platform: Platform) -> Option<&MinimumOs> {
        self.minimum.get(&platform)
    }

    /// Whether nothing depends on the platform.
    pub(super) fn is_indifferent(&self) -> bool {
        self.minimum.is_empty() && self.restrictions.is_open() && self.sso.is_none()
    }
}

/// The oldest system with which a device may enroll, and what an older one is asked to become.
///
/// Whether Apple offers the version that is asked for to the model that calls is for the caller to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinimumOs {
    pub(super) release: OsRelease,
    pub(super) build: Option<Build>,
    update_to: Option<OsRelease>,
    pub(super) beta: Option<BetaProgram>,
    pub(super) message: Option<String>,
}

/// A demand that cannot be met by what is asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a device would be asked to update to {asked}, which is older than the minimum {minimum}; ask for {minimum} or later"
)]
pub struct MinimumOsError {
    minimum: OsRelease,
    asked: OsRelease,
}

impl MinimumOs {
    /// This version or a later one; an older device is asked to update to exactly this one.
    pub fn new(release: OsRelease) -> Self {
        Self { release, build: None, update_to: None, beta: None, message: None }
    }

    /// Of this very version, this build or a later one: for seeds. It is asked for by its name.
    #[must_use]
    pub fn build(self, build: Build) -> Self {
        Self { build: Some(build), ..self }
    }

    /// Asks for a later version than the minimum.
    ///
    /// # Errors
    ///
    /// [`MinimumOsError`] where it is older than the minimum: the device would be asked again and again.
    pub fn update_to(self, release: OsRelease) -> Result<Self, MinimumOsError> {
        if release < self.release {
            return Err(MinimumOsError { minimum: self.release, asked: release });
        }
        Ok(Self { update_to: Some(release), ..self })
    }

    /// Has the device join this beta programme, in which it stays.
    #[must_use]
    pub fn beta_program(self, program: BetaProgram) -> Self {
        Self { beta: Some(program), ..self }
    }

    /// A sentence for the user. The device shows it where it can. Control characters are left out where it is written in XML, which cannot hold
    /// them.
    #[must_use]
    pub fn message(self, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..self }
    }

    /// What an older device is asked to update to.
    pub fn asks_for(&self) -> OsRelease {
        self.update_to.unwrap_or(self.release)
    }

    /// The build that is asked for: the minimum's, which is none of a later version.
    pub(super) fn asks_for_build(&self) -> Option<Build> {
        self.build.filter(|_| self.asks_for() == self.release)
    }
}

/// A beta programme to join with the update: `RequireBetaProgram`, from iOS 17.5, macOS 14.5 and visionOS 26 on.
///
/// The token is of this organisation and this seeding period; fetch it anew by
/// [`GetBetaEnrollmentTokens`](crate::api::GetBetaEnrollmentTokens).
#[derive(Clone, PartialEq, Eq)]
pub struct BetaProgram {
    pub(super) description: String,
    pub(super) token: String,
}

impl BetaProgram {
    /// A programme by its name for people and its token.
    pub fn new(description: impl Into<String>, token: impl Into<String>) -> Self {
        Self { description: description.into(), token: token.into() }
    }

    /// `Description`: its name for people.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// `Token`
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The first version that can be asked to join.
    pub(super) fn since(platform: Platform) -> Option<OsVersion> {
        match platform {
            Platform::Ios | Platform::IpadOs => Some(OsVersion::new(17, 5, 0)),
            Platform::MacOs => Some(OsVersion::new(14, 5, 0)),
            Platform::VisionOs => Some(OsVersion::new(26, 0, 0)),
            Platform::TvOs | Platform::WatchOs => None,
        }
    }
}

/// Without the token.
impl std::fmt::Debug for BetaProgram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BetaProgram").field("description", &self.description).finish_non_exhaustive()
    }
}
