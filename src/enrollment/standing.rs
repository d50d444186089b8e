//! What the server knows of the device that calls.

use chrono::{DateTime, Utc};

use super::signed_in::SignedIn;
use crate::affinity::VppTokenId;
use crate::profile::EnrollmentProfile;

/// What the server knows of the device that calls: by its serial number, or by the account of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing<'p> {
    /// Apple's list for this server has it.
    Listed(Listed<'p>),
    /// Apple's list has not got it.
    Unknown,
    /// It was in Apple's list, and is not any more.
    Deleted,
    /// Its user has signed in, in an account-driven enrollment, for which Apple's list is not asked.
    SignedIn(SignedIn<'p>),
    /// It is in the list, and the organisation has set it aside: it is lost, in repair, or not to be used.
    Parked,
}

/// A device that Apple's list for this server has, and what counts for its enrollment.
///
/// ```
/// use apple_ade::enrollment::{Listed, Standing};
///
/// let standing = Standing::from(Listed::new());
/// assert!(matches!(standing, Standing::Listed(_)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Listed<'p> {
    pub(super) profile: Option<&'p EnrollmentProfile>,
    pub(super) vpp: Option<&'p VppStatus>,
    pub(super) migration_deadline: Option<DateTime<Utc>>,
    pub(super) pairing_token_accepted: bool,
    pub(super) signed_in_for_sso: bool,
}

impl<'p> Listed<'p> {
    /// A device of which no more is known than that it is listed.
    pub fn new() -> Self {
        Self::default()
    }

    /// The profile that was assigned to it.
    #[must_use]
    pub fn profile(self, profile: &'p EnrollmentProfile) -> Self {
        Self { profile: Some(profile), ..self }
    }

    /// The state of the VPP token from which the profile takes the portal app. Where the profile names a token and this is not said, the device is
    /// blocked (CPV-8).
    #[must_use]
    pub fn vpp(self, status: &'p VppStatus) -> Self {
        Self { vpp: Some(status), ..self }
    }

    /// `mdm_migration_deadline`: until then the device moves here from another MDM, in place.
    #[must_use]
    pub fn migration_deadline(self, deadline: DateTime<Utc>) -> Self {
        Self { migration_deadline: Some(deadline), ..self }
    }

    /// The pairing token that a watch has sent was made by this organisation: its phone's server says so.
    #[must_use]
    pub fn pairing_token_accepted(self) -> Self {
        Self { pairing_token_accepted: true, ..self }
    }

    /// The request carries an access token that the sign-in by Platform SSO has issued, and it was verified.
    #[must_use]
    pub fn signed_in_for_sso(self) -> Self {
        Self { signed_in_for_sso: true, ..self }
    }
}

impl<'p> From<Listed<'p>> for Standing<'p> {
    fn from(listed: Listed<'p>) -> Self {
        Self::Listed(listed)
    }
}

/// The state of a VPP token, from which a device gets its portal app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VppStatus {
    token: VppTokenId,
    expires_at: DateTime<Utc>,
    licences_left: u32,
}

impl VppStatus {
    /// A token, when it expires, and how many licences for devices are left, the one that this device may have already included.
    pub fn new(token: VppTokenId, expires_at: DateTime<Utc>, licences_left: u32) -> Self {
        Self { token, expires_at, licences_left }
    }

    /// Whose state it is.
    pub fn token(&self) -> &VppTokenId {
        &self.token
    }

    /// Why a device that needs this token is blocked, if it is (CPV-8). A token expires at the given second.
    ///
    /// ```
    /// use apple_ade::enrollment::{Blocked, VppStatus};
    ///
    /// let at = "2026-11-22T08:00:00Z".parse()?;
    /// let status = VppStatus::new("campus-north".parse()?, at, 20);
    /// assert!(matches!(status.blocks(at), Some(Blocked::VppTokenExpired { .. })));
    /// assert_eq!(status.blocks("2026-11-22T07:59:59Z".parse()?), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn blocks(&self, now: DateTime<Utc>) -> Option<Blocked> {
        if now >= self.expires_at {
            Some(Blocked::VppTokenExpired { token: self.token.clone(), at: self.expires_at })
        } else if self.licences_left == 0 {
            Some(Blocked::NoVppLicence { token: self.token.clone() })
        } else {
            None
        }
    }
}

/// Why a device is blocked although it is the organisation's (CPV-8).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Blocked {
    /// The VPP token from which the portal app comes has expired.
    #[error("the VPP token {token} expired at {at}; renew it")]
    VppTokenExpired {
        /// The token.
        token: VppTokenId,
        /// When it expired.
        at: DateTime<Utc>,
    },
    /// The VPP token has no licence left for a device.
    #[error("the VPP token {token} has no licence left; buy more, or take some back")]
    NoVppLicence {
        /// The token.
        token: VppTokenId,
    },
    /// Nobody has said in which state the token is that the profile names.
    #[error("nothing is known of the VPP token {token} that the profile names; pass its state by `Listed::vpp`")]
    VppTokenUnknown {
        /// The token.
        token: VppTokenId,
    },
}
