use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ProfileUuid;
use crate::profile::{EnrollmentProfile, ProfileFingerprint};
use crate::program::tokens::TokenUse;
use crate::token::TokenIdentity;

/// A profile of one token: it belongs to that token alone (PRO-3), and its UUID means nothing under another.
///
/// A UUID by itself is no profile of a book:
///
/// ```compile_fail,E0308
/// # use apple_ade::{id::ProfileUuid, program::profiles::ProfileBook};
/// fn set(book: &mut ProfileBook, uuid: ProfileUuid) {
///     book.set_default(&uuid).ok();
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileId {
    token: TokenIdentity,
    uuid: ProfileUuid,
}

impl ProfileId {
    /// The token.
    pub fn token(&self) -> TokenIdentity {
        self.token
    }

    /// `profile_uuid`
    pub fn uuid(&self) -> &ProfileUuid {
        &self.uuid
    }
}

/// The profiles of a token, by name: to be stored. Names are the key by which groups of devices are formed (`enrollmentProfileName` in
/// Intune), so that no two profiles have the same (ORG-16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct ProfileBook {
    token: TokenIdentity,
    profiles: BTreeMap<String, Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
}

/// A book as it is stored, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    token: TokenIdentity,
    #[serde(default)]
    profiles: BTreeMap<String, Entry>,
    #[serde(default)]
    default: Option<String>,
}

impl TryFrom<Stored> for ProfileBook {
    type Error = ProfileBookError;

    fn try_from(Stored { token, profiles, default }: Stored) -> Result<Self, ProfileBookError> {
        let mut book = Self::new(token);
        for (name, entry) in profiles {
            book.is_new(&entry.uuid, None)?;
            book.profiles.insert(name, entry);
        }
        match default {
            Some(name) if !book.profiles.contains_key(&name) => Err(ProfileBookError::NoSuchName { name }),
            default => Ok(Self { default, ..book }),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    uuid: ProfileUuid,
    fingerprint: ProfileFingerprint,
}

/// Why the book does not take something. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileBookError {
    /// There is a profile of this name (ORG-16).
    #[error("there is a profile named {name:?} already, and groups of devices are formed by the name: choose another")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// The UUID is of a profile in the book: every definition at Apple gives another.
    #[error(
        "the profile {uuid} is in the book already, as {name:?}: enter the UUID that Apple gave for this definition"
    )]
    DuplicateUuid {
        /// The UUID.
        uuid: ProfileUuid,
        /// The name under which it is there.
        name: String,
    },
    /// There is no profile of this name.
    #[error("there is no profile named {name:?} under this token")]
    NoSuchName {
        /// The name.
        name: String,
    },
    /// The profile belongs to another token (PRO-3).
    #[error("the profile {uuid} belongs to another token: define it under this one")]
    OtherToken {
        /// Its UUID.
        uuid: ProfileUuid,
    },
    /// The profile is not in the book.
    #[error(
        "the profile {uuid} is not one of this token: it was replaced or deleted; look at the book for its successor"
    )]
    NoSuchProfile {
        /// Its UUID.
        uuid: ProfileUuid,
    },
    /// It is the default profile, and stays while it is.
    #[error("{name:?} is the default profile: make another the default first")]
    IsDefault {
        /// Its name.
        name: String,
    },
}

/// A profile has another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Renamed {
    /// The old name: groups that were formed by it lose their devices (ORG-16).
    pub breaks_groups_of: String,
}

impl ProfileBook {
    /// The book of a token that has no profile.
    pub fn new(token: TokenIdentity) -> Self {
        Self { token, profiles: BTreeMap::new(), default: None }
    }

    /// Enters a profile that was defined at Apple.
    ///
    /// # Errors
    ///
    /// [`ProfileBookError::DuplicateName`], [`ProfileBookError::DuplicateUuid`].
    pub fn define(&mut self, profile: &EnrollmentProfile, uuid: ProfileUuid) -> Result<ProfileId, ProfileBookError> {
        let name = profile.name().to_owned();
        if self.profiles.contains_key(&name) {
            return Err(ProfileBookError::DuplicateName { name });
        }
        self.is_new(&uuid, None)?;
        let entry = Entry { uuid: uuid.clone(), fingerprint: profile.fingerprint() };
        self.profiles.insert(name, entry);
        Ok(ProfileId { token: self.token, uuid })
    }

    /// Enters what a profile was edited to, after it was defined anew at Apple (PRO-10); if it has another name, that is told (ORG-16).
    ///
    /// # Errors
    ///
    /// [`ProfileBookError::NoSuchName`] if there is no profile of the old name, [`DuplicateName`](ProfileBookError::DuplicateName) if
    /// there is one of the new, [`DuplicateUuid`](ProfileBookError::DuplicateUuid) if another has the UUID.
    pub fn replace(
        &mut self,
        old_name: &str,
        profile: &EnrollmentProfile,
        uuid: ProfileUuid,
    ) -> Result<(ProfileId, Option<Renamed>), ProfileBookError> {
        if !self.profiles.contains_key(old_name) {
            return Err(ProfileBookError::NoSuchName { name: old_name.to_owned() });
        }
        let is_renamed = profile.name() != old_name;
        if is_renamed && self.profiles.contains_key(profile.name()) {
            return Err(ProfileBookError::DuplicateName { name: profile.name().to_owned() });
        }
        self.is_new(&uuid, Some(old_name))?;
        self.profiles.remove(old_name);
        let entry = Entry { uuid: uuid.clone(), fingerprint: profile.fingerprint() };
        self.profiles.insert(profile.name().to_owned(), entry);
        if is_renamed && self.default.as_deref() == Some(old_name) {
            self.default = Some(profile.name().to_owned());
        }
        let renamed = is_renamed.then(|| Renamed { breaks_groups_of: old_name.to_owned() });
        Ok((ProfileId { token: self.token, uuid }, renamed))
    }

    fn is_new(&self, uuid: &ProfileUuid, but_for: Option<&str>) -> Result<(), ProfileBookError> {
        let found = self.profiles.iter().find(|(name, entry)| entry.uuid == *uuid && Some(name.as_str()) != but_for);
        found
            .map_or(Ok(()), |(name, _)| Err(ProfileBookError::DuplicateUuid { uuid: uuid.clone(), name: name.clone() }))
    }

    /// Whether a profile is at Apple as it is here, so that it needs no definition.
    pub fn is_defined(&self, profile: &EnrollmentProfile) -> bool {
        self.profiles.get(profile.name()).is_some_and(|entry| entry.fingerprint == profile.fingerprint())
    }

    /// Makes a profile the default of the token (ASG-5).
    ///
    /// # Errors
    ///
    /// [`ProfileBookError::OtherToken`] (PRO-3), [`ProfileBookError::NoSuchProfile`] (ASG-7).
    pub fn set_default(&mut self, profile: &ProfileId) -> Result<(), ProfileBookError> {
        let name = self.name_of(profile)?.to_owned();
        self.default = Some(name);
        Ok(())
    }

    /// The name of a profile.
    ///
    /// # Errors
    ///
    /// [`ProfileBookError::OtherToken`] (PRO-3), [`ProfileBookError::NoSuchProfile`].
    pub fn name_of(&self, profile: &ProfileId) -> Result<&str, ProfileBookError> {
        let uuid = || profile.uuid.clone();
        if profile.token != self.token {
            return Err(ProfileBookError::OtherToken { uuid: uuid() });
        }
        let found = self.profiles.iter().find(|(_, entry)| entry.uuid == profile.uuid);
        found.map(|(name, _)| name.as_str()).ok_or_else(|| ProfileBookError::NoSuchProfile { uuid: uuid() })
    }

    /// What hangs on the token: so many devices, so many of them on the default profile, and the profiles of this book, the default one last. In
    /// this order [`delete`](Self::delete) refuses none of them, and in it the [plan](TokenUse::deletion_plan) has them (TOK-23).
    ///
    /// ```
    /// # use apple_ade::{affinity::UserAffinity, profile::{EnrollmentProfile, Supervised}};
    /// use apple_ade::program::profiles::ProfileBook;
    ///
    /// # let token = "ab".repeat(32).parse()?;
    /// # let named = |name: &str| EnrollmentProfile::builder(name, "https://mdm.example.com/enroll")
    /// #     .mode(Supervised::new(UserAffinity::Without)).build();
    /// let mut book = ProfileBook::new(token);
    /// let kiosks = book.define(&named("Kiosks")?, "C1F1".parse()?)?;
    /// book.define(&named("Teachers")?, "C1F2".parse()?)?;
    /// book.set_default(&kiosks)?;
    /// assert_eq!(book.token_use(0, 0).profiles, ["Teachers", "Kiosks"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn token_use(&self, devices: u64, devices_on_default_profile: u64) -> TokenUse {
        let default = self.default.as_deref();
        let others = self.names().filter(|name| Some(*name) != default);
        let last = default.filter(|name| self.profiles.contains_key(*name));
        TokenUse::new(devices, devices_on_default_profile, others.chain(last).map(str::to_owned).collect())
    }

    /// Takes a profile out, once no device has it. The default one goes last.
    ///
    /// # Errors
    ///
    /// [`ProfileBookError::NoSuchName`], [`ProfileBookError::IsDefault`].
    pub fn delete(&mut self, name: &str) -> Result<(), ProfileBookError> {
        if !self.profiles.contains_key(name) {
            return Err(ProfileBookError::NoSuchName { name: name.to_owned() });
        }
        let others = self.profiles.len() > 1;
        if self.default.as_deref() == Some(name) && others {
            return Err(ProfileBookError::IsDefault { name: name.to_owned() });
        }
        self.profiles.remove(name);
        self.default.take_if(|default| default == name);
        Ok(())
    }

    /// The default profile.
    pub fn default_profile(&self) -> Option<ProfileId> {
        self.get(self.default.as_deref()?)
    }

    /// A profile by its name.
    pub fn get(&self, name: &str) -> Option<ProfileId> {
        let entry = self.profiles.get(name)?;
        Some(ProfileId { token: self.token, uuid: entry.uuid.clone() })
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// The token.
    pub fn token(&self) -> TokenIdentity {
        self.token
    }
}
