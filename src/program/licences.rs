//! Which licence of the MDM a device needs (LIC-4).
//!
//! ```
//! use apple_ade::program::licences::{Required, UserOfDevice, required_licence};
//!
//! assert_eq!(required_licence(UserOfDevice::Licensed), Required::User);
//! assert_eq!(required_licence(UserOfDevice::None), Required::Device);
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use super::sign_in::UserId;
use crate::affinity::UserAffinity;
use crate::id::SerialNumber;

/// Whether a device has a user, and whether that has a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "there is nothing beside these")]
pub enum UserOfDevice {
    /// It has none.
    None,
    /// It has one, with a licence.
    Licensed,
    /// It has one, without a licence.
    Unlicensed,
}

/// The licence that a device needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "there is nothing beside these")]
pub enum Required {
    /// That of its user.
    User,
    /// One of its own.
    Device,
}

/// A licence is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "missing", rename_all = "snake_case")]
#[non_exhaustive]
pub enum MissingLicence {
    /// With user affinity, every user needs one (LIC-1).
    #[error(
        "{user} has no licence, and every user of a device with user affinity needs one: assign it before the device is set up"
    )]
    User {
        /// Who.
        user: UserId,
    },
    /// Without user affinity, the device needs one (LIC-2), unless a licensed user uses it (LIC-3).
    #[error("the device {serial} has neither a licence nor a user with one: assign it a device licence")]
    Device {
        /// Which.
        serial: SerialNumber,
    },
}

/// The licence that a device needs (LIC-4): a user's if it has a user who is licensed, else one of its own (LIC-3).
pub fn required_licence(user: UserOfDevice) -> Required {
    match user {
        UserOfDevice::Licensed => Required::User,
        UserOfDevice::None | UserOfDevice::Unlicensed => Required::Device,
    }
}

/// Checks the licence of a device before it is set up (LIC-1, LIC-2, LIC-3).
///
/// `licensed` says whether a user has a licence, in the caller's directory.
///
/// # Errors
///
/// [`MissingLicence`].
pub fn check_licence(
    affinity: &UserAffinity,
    serial: &SerialNumber,
    user: Option<&UserId>,
    has_device_licence: bool,
    licensed: impl Fn(&UserId) -> bool,
) -> Result<(), MissingLicence> {
    let of_device = match user {
        None => UserOfDevice::None,
        Some(user) if licensed(user) => UserOfDevice::Licensed,
        Some(_) => UserOfDevice::Unlicensed,
    };
    match (affinity.method(), user, required_licence(of_device)) {
        (Some(_), Some(user), Required::Device) => Err(MissingLicence::User { user: user.clone() }),
        (None, _, Required::Device) if !has_device_licence => Err(MissingLicence::Device { serial: serial.clone() }),
        // With affinity and nobody named, it is checked when somebody signs in.
        _ => Ok(()),
    }
}

impl fmt::Display for Required {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::User => "a licence of its user",
            Self::Device => "a licence of its own",
        })
    }
}
