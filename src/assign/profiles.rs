//! The profiles that there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::name::ProfileName;
use crate::api::profile::Profile;
use crate::id::ProfileUuid;
use crate::os::OsVersion;
use crate::token::TokenIdentity;

/// The profiles that a program has defined, each under its name: those of all its tokens.
///
/// ```
/// # use apple_ade::token::ServerToken;
/// use apple_ade::assign::{DefinedProfile, Profiles};
///
/// # let token = ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1",
/// #     "access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?;
/// let mut profiles = Profiles::new();
/// let uuid = "C1F123098EB5074580041E69883004C3".parse()?;
/// profiles.insert("Class iPads".parse()?, DefinedProfile::new(token.identity(), uuid).shared_ipad());
/// assert!(profiles.get("Class iPads").is_some_and(|profile| profile.is_shared_ipad()));
///
/// // Apple has forgotten it, and it was defined again.
/// profiles.redefined("Class iPads", "D2F123098EB5074580041E69883004C3".parse()?);
/// assert!(profiles.get("Class iPads").is_some_and(|profile| profile.uuid().as_str().starts_with("D2")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profiles(BTreeMap<ProfileName, DefinedProfile>);

/// A profile as far as its assignment goes: whose it is, what Apple calls it, and which devices can carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinedProfile {
    token: TokenIdentity,
    uuid: ProfileUuid,
    /// The first iPadOS that can carry it, where it makes a Shared iPad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared_ipad_since: Option<OsVersion>,
}

impl Profiles {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a profile; gives back the one that had the name.
    pub fn insert(&mut self, name: ProfileName, profile: DefinedProfile) -> Option<DefinedProfile> {
        self.0.insert(name, profile)
    }

    /// The profile of this name.
    pub fn get(&self, name: &str) -> Option<&DefinedProfile> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&ProfileName, &DefinedProfile)> {
        self.0.iter()
    }

    /// A profile was defined again and has a new UUID, as [`Change::Redefined`](super::Change::Redefined) says. False where there is no
    /// such profile.
    pub fn redefined(&mut self, name: &str, uuid: ProfileUuid) -> bool {
        self.0.get_mut(name).map(|profile| profile.uuid = uuid).is_some()
    }
}

impl DefinedProfile {
    /// Apple knows a profile of this token by this UUID.
    pub fn new(token: TokenIdentity, uuid: ProfileUuid) -> Self {
        Self { token, uuid, shared_ipad_since: None }
    }

    /// The same, with what the profile itself says: whether it makes a Shared iPad (`is_multi_user`).
    pub fn of(token: TokenIdentity, uuid: ProfileUuid, profile: impl AsRef<Profile>) -> Self {
        let defined = Self::new(token, uuid);
        if profile.as_ref().is_multi_user == Some(true) { defined.shared_ipad() } else { defined }
    }

    /// It makes a Shared iPad, for which an iPad with iPadOS 13.4 or later is needed (SHI-3).
    #[must_use]
    pub fn shared_ipad(self) -> Self {
        Self { shared_ipad_since: Some(OsVersion::new(13, 4, 0)), ..self }
    }

    /// It makes a Shared iPad in a school, whose iPads can be shared from iOS 9.3 on.
    #[must_use]
    pub fn shared_ipad_in_school(self) -> Self {
        Self { shared_ipad_since: Some(OsVersion::new(9, 3, 0)), ..self }
    }

    /// The token that it was defined with.
    pub fn token(&self) -> TokenIdentity {
        self.token
    }

    /// Apple's UUID of it.
    pub fn uuid(&self) -> &ProfileUuid {
        &self.uuid
    }

    /// Whether it makes a Shared iPad.
    pub fn is_shared_ipad(&self) -> bool {
        self.shared_ipad_since.is_some()
    }

    pub(super) fn shared_ipad_since(&self) -> Option<OsVersion> {
        self.shared_ipad_since
    }
}
