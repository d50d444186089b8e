use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::{AccountDetail, OrgType};

/// The host of the service, under both of its names: the Device Enrollment Program (DEP) of 2016 and 2017, and Automated Device Enrollment
/// (ADE) since (ORG-3).
pub const SERVICE_HOST: &str = "mdmenrollment.apple.com";

/// Where administrators sign in: DEP's portal of 2016, and today's two (ORG-3).
pub const PORTALS: [(&str, &str); 3] = [
    ("Apple Deployment Programs, until 2019", "https://deploy.apple.com"),
    ("Apple Business Manager", "https://business.apple.com"),
    ("Apple School Manager", "https://school.apple.com"),
];

/// The programme that an organisation is in (ORG-2). Every step is the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Programme {
    /// Apple Business Manager.
    #[doc(alias = "ABM")]
    Business,
    /// Apple School Manager.
    #[doc(alias = "ASM")]
    School,
}

/// The organisation is in neither programme (ORG-1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the organisation is in neither Apple Business Manager nor Apple School Manager ({}): it has to join one, and to buy its devices through it", .org_type.as_deref().unwrap_or("Apple names no org_type"))]
#[non_exhaustive]
pub struct NotInProgramme {
    /// `org_type`, where Apple sends one.
    pub org_type: Option<String>,
}

impl Programme {
    /// The programme of an account.
    ///
    /// ```
    /// use apple_ade::{api::AccountDetail, json::RawJson, program::organization::Programme};
    ///
    /// let account: RawJson = r#"{"org_type":"edu"}"#.parse()?;
    /// assert_eq!(Programme::of(&account.read::<AccountDetail>()?)?, Programme::School);
    /// let account: RawJson = r#"{"org_type":"tvprovider"}"#.parse()?;
    /// assert!(Programme::of(&account.read::<AccountDetail>()?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotInProgramme`] for a television provider, for a kind that is not known, and where Apple names none: protocol version 3 and
    /// later do.
    pub fn of(account: &AccountDetail) -> Result<Self, NotInProgramme> {
        match &account.org_type {
            Some(OrgType::Education) => Ok(Self::School),
            Some(OrgType::Organization) => Ok(Self::Business),
            other => Err(NotInProgramme { org_type: other.as_ref().map(|kind| kind.as_str().to_owned()) }),
        }
    }

    /// Where its administrators sign in.
    pub fn portal(self) -> &'static str {
        match self {
            Self::Business => "https://business.apple.com",
            Self::School => "https://school.apple.com",
        }
    }
}

impl fmt::Display for Programme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Business => "Apple Business Manager",
            Self::School => "Apple School Manager",
        })
    }
}

/// The role of a person in Apple's portal (ORG-21). The service does not tell it: whoever signs in knows.
///
/// ```compile_fail,E0061
/// # use apple_ade::program::tokens::Renewal;
/// fn renew(renewal: &Renewal<'_>) -> bool {
///     renewal.may_be_done_by()
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AppleRole {
    /// Administrator.
    Administrator,
    /// Device Enrollment Manager.
    DeviceEnrollmentManager,
    /// Any other, such as Content Manager or Staff.
    Other,
}

impl AppleRole {
    /// Whether somebody with it can download server tokens, and so renew one (ORG-21).
    pub fn may_download_tokens(self) -> bool {
        matches!(self, Self::Administrator | Self::DeviceEnrollmentManager)
    }
}
