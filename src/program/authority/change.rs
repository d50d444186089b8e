use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A release of Configuration Manager or Intune, by year and month: `1610` is October 2016.
///
/// ```
/// use apple_ade::program::authority::Release;
///
/// assert!("1702".parse::<Release>()? > Release::CONFIGURATION_MANAGER_SELF_SERVICE);
/// assert!("1713".parse::<Release>().is_err());
/// # Ok::<(), apple_ade::program::authority::ReleaseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    year: u8,
    month: u8,
}

/// A text that is no release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a release is written as two digits of the year and two of the month, such as 1610")]
pub struct ReleaseError;

impl Release {
    /// Configuration Manager, from which on the authority can be changed without support (AUT-4).
    pub const CONFIGURATION_MANAGER_SELF_SERVICE: Self = Self { year: 16, month: 10 };
    /// Intune, from which on the authority can be changed without support (AUT-4).
    pub const INTUNE_SELF_SERVICE: Self = Self { year: 17, month: 5 };
}

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, ReleaseError> {
        let part = |range| text.get(range).and_then(|digits: &str| digits.parse().ok()).ok_or(ReleaseError);
        if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ReleaseError);
        }
        let (year, month) = (part(0..2)?, part(2..4)?);
        (1..=12).contains(&month).then_some(Self { year, month }).ok_or(ReleaseError)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}{:02}", self.year, self.month)
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How the authority can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangePath {
    /// In either direction by oneself, without support and without enrolling devices anew (AUT-4).
    SelfService,
    /// By a support case (AUT-5), or after an update of what is too old.
    SupportCase {
        /// Whether Configuration Manager is older than 1610.
        old_configuration_manager: bool,
        /// Whether Intune is older than 1705.
        old_intune: bool,
    },
}

/// How the authority can be changed between Configuration Manager and Intune, in either direction (AUT-4, AUT-5).
pub fn change_path(configuration_manager: Release, intune: Release) -> ChangePath {
    let old_configuration_manager = configuration_manager < Release::CONFIGURATION_MANAGER_SELF_SERVICE;
    let old_intune = intune < Release::INTUNE_SELF_SERVICE;
    if old_configuration_manager || old_intune {
        ChangePath::SupportCase { old_configuration_manager, old_intune }
    } else {
        ChangePath::SelfService
    }
}
