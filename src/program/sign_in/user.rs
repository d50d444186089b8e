use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::affinity::UserAffinity;

/// Who a user is in the caller's directory: 1 to 320 characters, as of an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(String);

/// A text that names no user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user is named by 1 to 320 characters without control characters, and without spaces around them")]
pub struct UserIdError;

impl UserId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserId {
    type Err = UserIdError;

    fn from_str(text: &str) -> Result<Self, UserIdError> {
        let is_fine = (1..=320).contains(&text.chars().count()) && text.trim() == text;
        (is_fine && !text.contains(char::is_control)).then(|| Self(text.to_owned())).ok_or(UserIdError)
    }
}

impl TryFrom<String> for UserId {
    type Error = UserIdError;

    fn try_from(text: String) -> Result<Self, UserIdError> {
        text.parse()
    }
}

impl From<UserId> for String {
    fn from(user: UserId) -> Self {
        user.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A user who is to set up a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What is known of the password.
    #[serde(default)]
    pub password: Password,
}

/// The state of a user's password.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Password {
    /// It works.
    #[default]
    Good,
    /// The user has to change it at the first sign-in (AFF-15).
    ChangePending,
    /// It has expired (AFF-16).
    Expired,
}

impl User {
    /// A user whose password works.
    pub fn new(id: UserId) -> Self {
        Self { id, password: Password::Good }
    }

    /// Says what is known of the password.
    #[must_use]
    pub fn with_password(self, password: Password) -> Self {
        Self { password, ..self }
    }
}

/// The enrollment is not complete: the profile binds the device to a user, and there is none (AFF-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the profile has user affinity, and nobody has signed in: the enrollment is complete once somebody has")]
pub struct UserMissing;

/// To whom a device belongs when its enrollment is complete: with affinity to the user who signed in, who has to be there, and then may
/// reach the organisation's data (AFF-2); without, to nobody, whoever is named.
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::program::sign_in::completed_by;
///
/// let anna = "anna@example.org".parse()?;
/// assert_eq!(completed_by(&UserAffinity::Without, Some(anna)), Ok(None));
/// # Ok::<(), apple_ade::program::sign_in::UserIdError>(())
/// ```
///
/// # Errors
///
/// [`UserMissing`].
pub fn completed_by(affinity: &UserAffinity, user: Option<UserId>) -> Result<Option<UserId>, UserMissing> {
    match (affinity.method(), user) {
        (Some(_), None) => Err(UserMissing),
        (Some(_), user) => Ok(user),
        (None, _) => Ok(None),
    }
}
