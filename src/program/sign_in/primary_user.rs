use serde::{Deserialize, Serialize};

use super::user::UserId;

/// The primary user of a device that was enrolled without a user, where the portal app is configured to find one (AFF-6): the first who signs
/// in, for as long as the device is enrolled.
///
/// ```
/// use apple_ade::program::sign_in::PrimaryUser;
///
/// let mut primary = PrimaryUser::default();
/// primary.sign_in("anna@example.org".parse()?);
/// primary.sign_out();
/// primary.sign_in("ben@example.org".parse()?);
/// assert_eq!(primary.user().map(|user| user.as_str()), Some("anna@example.org"));
/// # Ok::<(), apple_ade::program::sign_in::UserIdError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrimaryUser {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    present: Option<UserId>,
}

impl PrimaryUser {
    /// The key of the app configuration in Intune that turns this on.
    pub const INTUNE_KEY: &'static str = "IntuneUDAUserlessDevice";

    /// Somebody signs in; whether this makes them the primary user.
    pub fn sign_in(&mut self, user: UserId) -> bool {
        self.present = Some(user.clone());
        let is_first = self.first.is_none();
        self.first.get_or_insert(user);
        is_first
    }

    /// Whoever is signed in signs out; the primary user stays.
    pub fn sign_out(&mut self) {
        self.present = None;
    }

    /// The device was erased: there is none any more.
    pub fn erase(&mut self) {
        *self = Self::default();
    }

    /// The primary user.
    pub fn user(&self) -> Option<&UserId> {
        self.first.as_ref()
    }

    /// Who is signed in.
    pub fn present(&self) -> Option<&UserId> {
        self.present.as_ref()
    }
}
