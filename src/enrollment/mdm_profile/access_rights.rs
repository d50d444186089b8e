//! What an MDM may do with a device.

use std::fmt;

/// `AccessRights` of the MDM payload: what the MDM may do with the device. Never empty, and no right is there without the one it needs.
///
/// ```
/// use apple_ade::enrollment::AccessRights;
///
/// assert_eq!(AccessRights::ALL.bits(), 8191);
/// let rights = AccessRights::new(AccessRights::LIST_PROFILES | AccessRights::INSTALL_PROFILES)?;
/// assert_eq!(rights.bits(), 3);
///
/// let error = AccessRights::new(AccessRights::INSTALL_PROFILES).unwrap_err();
/// assert_eq!(error.to_string(), "access right 2 needs 1; add it");
/// # Ok::<(), apple_ade::enrollment::AccessRightsError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessRights(u32);

/// Bits that are no set of access rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessRightsError {
    /// None at all.
    #[error("no access right is given, which Apple forbids; give at least one, or all (8191)")]
    Empty,
    /// Bits beyond those that Apple documents.
    #[error("access right {bits} is not documented; those from 1 to 4096 are")]
    Unknown {
        /// The bits that are not documented.
        bits: u32,
    },
    /// A right without the one that it needs.
    #[error("access right {right} needs {needs}; add it")]
    Needs {
        /// The right.
        right: u32,
        /// What it needs.
        needs: u32,
    },
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl AccessRights {
            $($(#[$doc])* pub const $name: u32 = $bit;)*
        }
    };
}

rights! {
    /// Allow inspection of installed configuration profiles.
    LIST_PROFILES = 1;
    /// Allow installation and removal of configuration profiles; needs [`LIST_PROFILES`](Self::LIST_PROFILES).
    INSTALL_PROFILES = 2;
    /// Allow device lock and passcode removal.
    LOCK = 4;
    /// Allow device erase.
    ERASE = 8;
    /// Allow query of device information.
    DEVICE_INFORMATION = 16;
    /// Allow query of network information.
    NETWORK_INFORMATION = 32;
    /// Allow inspection of installed provisioning profiles.
    LIST_PROVISIONING_PROFILES = 64;
    /// Allow installation and removal of provisioning profiles; needs [`LIST_PROVISIONING_PROFILES`](Self::LIST_PROVISIONING_PROFILES).
    INSTALL_PROVISIONING_PROFILES = 128;
    /// Allow inspection of installed applications.
    LIST_APPS = 256;
    /// Allow queries about restrictions.
    RESTRICTIONS = 512;
    /// Allow queries about security.
    SECURITY = 1024;
    /// Allow changes of settings.
    SETTINGS = 2048;
    /// Allow the management of apps.
    APPS = 4096;
}

impl AccessRights {
    const BITS: u32 = 8191;

    /// Every right.
    pub const ALL: Self = Self(Self::BITS);

    /// Those whose bits are set.
    ///
    /// # Errors
    ///
    /// [`AccessRightsError`] for the first thing that is wrong.
    pub const fn new(bits: u32) -> Result<Self, AccessRightsError> {
        if bits == 0 {
            return Err(AccessRightsError::Empty);
        }
        if bits & !Self::BITS != 0 {
            return Err(AccessRightsError::Unknown { bits: bits & !Self::BITS });
        }
        if bits & Self::INSTALL_PROFILES != 0 && bits & Self::LIST_PROFILES == 0 {
            return Err(AccessRightsError::Needs { right: Self::INSTALL_PROFILES, needs: Self::LIST_PROFILES });
        }
        if bits & Self::INSTALL_PROVISIONING_PROFILES != 0 && bits & Self::LIST_PROVISIONING_PROFILES == 0 {
            return Err(AccessRightsError::Needs {
                right: Self::INSTALL_PROVISIONING_PROFILES,
                needs: Self::LIST_PROVISIONING_PROFILES,
            });
        }
        Ok(Self(bits))
    }

    /// The bits.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl Default for AccessRights {
    /// Every right, as a device of the organisation needs it.
    fn default() -> Self {
        Self::ALL
    }
}

impl fmt::Debug for AccessRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessRights({})", self.0)
    }
}
