//! The activation of cellular plans on devices with an eSIM.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::judgement::veiled;
use crate::os::OsVersion;

use super::url::{Url, UrlError};

/// Where a device with an eSIM asks for its cellular plan: the https URL of the carrier's activation server (CEL-3).
///
/// It is no part of Apple's profile: the MDM sends it by the command `RefreshCellularPlans`, as `eSIMServerURL`, to devices that have
/// an eSIM (CEL-2), from iOS and iPadOS 13.0 on (CEL-1). The carrier must have provisioned the activations beforehand, and says
/// the URL (CEL-4). Skipping the pane `SIMSetup` stops the automatic setup (CEL-5).
///
/// ```
/// use apple_ade::profile::cellular::CellularPlan;
///
/// let plan: CellularPlan = "https://carrier.example/activate".parse()?;
/// assert_eq!(plan.activation_server(), "https://carrier.example/activate");
///
/// let error = "http://carrier.example".parse::<CellularPlan>().unwrap_err();
/// assert_eq!(error.to_string(), "\"http://carrier.example\" is no activation server: write https:// for http://");
/// # Ok::<(), apple_ade::profile::cellular::CellularPlanError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct CellularPlan {
    activation_server: String,
}

/// [`CellularPlan`] before the URL is checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    activation_server: String,
}

impl CellularPlan {
    /// The first version of iOS and iPadOS that takes it (CEL-1).
    pub const SINCE: OsVersion = OsVersion::new(13, 0, 0);

    /// The plan that this server of the carrier's hands out; `str::parse` does the same.
    ///
    /// # Errors
    /// A text that is no https URL.
    pub fn new(activation_server: &str) -> Result<Self, CellularPlanError> {
        match check(activation_server) {
            Ok(()) => Ok(Self { activation_server: activation_server.into() }),
            Err(fix) => {
                const SHOWN: usize = 80;
                let found = veiled(activation_server.to_owned().into(), SHOWN).into_owned();
                Err(CellularPlanError { found, fix })
            }
        }
    }

    /// The URL, as it was given.
    pub fn activation_server(&self) -> &str {
        &self.activation_server
    }
}

/// A text that is no https URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no activation server: {fix}")]
pub struct CellularPlanError {
    found: String,
    fix: &'static str,
}

impl CellularPlanError {
    /// What to do about it.
    pub fn fix(&self) -> &'static str {
        self.fix
    }
}

const NO_HOST: &str = "write a host behind https://";
const HOST: &str = "write the host in letters, digits, dots and hyphens";

/// What has to be changed for this to be an https URL: scheme, host, and ASCII without spaces.
fn check(url: &str) -> Result<(), &'static str> {
    if url.is_empty() {
        return Err("it is empty; ask the carrier for the URL, or leave the cellular plan out");
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("take out spaces and line breaks");
    }
    if !url.is_ascii() {
        return Err("write the host as in xn--…, and other letters as in %C3%A9");
    }
    let after = |scheme: &str| {
        let (head, rest) = url.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    let Some(rest) = after("https://") else {
        return Err(match (after("http://"), url.contains("://")) {
            (Some(_), _) => "write https:// for http://",
            (None, true) => "write https:// for the scheme that it has",
            (None, false) => "write https:// before it",
        });
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("take out the user name and the password");
    }
    let read = Url::read(url).map_err(|error| match error {
        UrlError::Relative | UrlError::NoHost => NO_HOST,
        UrlError::HostCharacter(_) | UrlError::HostLabel | UrlError::Address => HOST,
        UrlError::Port => "write a port of 0 to 65535 behind the colon, or take out the colon",
        UrlError::Character(_) | UrlError::Escape => {
            "percent-encode what must not stand in a URL: %7B for {, %25 for %"
        }
    })?;
    if read.host.has_underscore() || read.host.ends_in_number() { Err(HOST) } else { Ok(()) }
}

impl FromStr for CellularPlan {
    type Err = CellularPlanError;

    fn from_str(text: &str) -> Result<Self, CellularPlanError> {
        Self::new(text)
    }
}

impl fmt::Display for CellularPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.activation_server)
    }
}

impl TryFrom<Form> for CellularPlan {
    type Error = CellularPlanError;

    fn try_from(form: Form) -> Result<Self, CellularPlanError> {
        Self::new(&form.activation_server)
    }
}

impl From<CellularPlan> for Form {
    fn from(plan: CellularPlan) -> Self {
        Self { activation_server: plan.activation_server }
    }
}
