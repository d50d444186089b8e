use std::fmt;

use serde::{Deserialize, Serialize};

use crate::profile::Pairing;

/// How a device is set to factory settings (LIF-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResetMethod {
    /// By the MDM, with `EraseDevice`.
    EraseCommand,
    /// In its settings.
    Settings,
    /// Over a cable, by Apple Configurator.
    AppleConfigurator,
    /// Over a cable, by Finder or iTunes.
    Finder,
}

impl ResetMethod {
    /// All.
    pub const ALL: [Self; 4] = [Self::EraseCommand, Self::Settings, Self::AppleConfigurator, Self::Finder];

    /// Whether it goes over a cable, and so needs pairing.
    pub fn needs_pairing(self) -> bool {
        matches!(self, Self::AppleConfigurator | Self::Finder)
    }

    /// Checks that the profile's pairing does not stand in the way (LIF-9).
    ///
    /// ```
    /// use apple_ade::profile::Pairing;
    /// use apple_ade::program::lifecycle::ResetMethod;
    ///
    /// assert!(ResetMethod::Finder.check(&Pairing::AllowAll).is_ok());
    /// assert!(ResetMethod::Finder.check(&Pairing::DenyAll).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`BlockedByPairing`]. Whether a device in recovery mode can be restored all the same is not documented.
    pub fn check(self, pairing: &Pairing) -> Result<(), BlockedByPairing> {
        if self.needs_pairing() && *pairing == Pairing::DenyAll {
            return Err(BlockedByPairing { method: self });
        }
        Ok(())
    }
}

impl fmt::Display for ResetMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EraseCommand => "the MDM's command EraseDevice",
            Self::Settings => "its settings",
            Self::AppleConfigurator => "Apple Configurator",
            Self::Finder => "Finder or iTunes",
        })
    }
}

/// The profile forbids pairing, so that the device cannot be reset over a cable (LIF-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device cannot be reset by {method}: its profile allows no pairing; use the MDM's command or its settings")]
#[non_exhaustive]
pub struct BlockedByPairing {
    /// The method.
    pub method: ResetMethod,
}

/// The ways in which a device with this pairing can be set to factory settings (LIF-9).
pub fn reset_methods(pairing: &Pairing) -> Vec<ResetMethod> {
    ResetMethod::ALL.into_iter().filter(|method| method.check(pairing).is_ok()).collect()
}
