//! A step of a plan.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::request::Command;

/// Which step it is, the same for the same profile whenever the plan is made. In the order in which steps are taken.
///
/// ```
/// use apple_ade::command::StepId;
///
/// let id: StepId = "profile:com.example.wifi".parse()?;
/// assert_eq!(id, StepId::Profile("com.example.wifi".into()));
/// assert!(StepId::SharedIpad < id && id < StepId::DeviceConfigured);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StepId {
    /// `AccountConfiguration` of a Mac.
    Accounts,
    /// `SharedDeviceConfiguration`, and what earlier systems have in its place.
    SharedIpad,
    /// `DiagnosticSubmission`
    Diagnostics,
    /// `AppAnalytics`
    AppAnalytics,
    /// `DeviceName`
    DeviceName,
    /// `InstallProfile`, by the profile's identifier.
    Profile(String),
    /// `RefreshCellularPlans`
    CellularPlan,
    /// `DeviceConfigured`, always the last.
    DeviceConfigured,
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accounts => f.pad("accounts"),
            Self::SharedIpad => f.pad("shared_ipad"),
            Self::Diagnostics => f.pad("diagnostics"),
            Self::AppAnalytics => f.pad("app_analytics"),
            Self::DeviceName => f.pad("device_name"),
            Self::Profile(identifier) => write!(f, "profile:{identifier}"),
            Self::CellularPlan => f.pad("cellular_plan"),
            Self::DeviceConfigured => f.pad("device_configured"),
        }
    }
}

impl FromStr for StepId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "accounts" => Self::Accounts,
            "shared_ipad" => Self::SharedIpad,
            "diagnostics" => Self::Diagnostics,
            "app_analytics" => Self::AppAnalytics,
            "device_name" => Self::DeviceName,
            "cellular_plan" => Self::CellularPlan,
            "device_configured" => Self::DeviceConfigured,
            _ => match text.split_once(':') {
                Some(("profile", identifier)) => Self::Profile(identifier.to_owned()),
                _ => return Err(format!("{:?} is no step of a plan", text.chars().take(40).collect::<String>())),
            },
        })
    }
}

impl Serialize for StepId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StepId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A command of a plan, and why it is sent.
#[derive(Debug)]
pub struct PlanStep {
    pub(super) id: StepId,
    pub(super) command: Command,
    pub(super) why: &'static str,
    pub(super) sources: &'static [&'static str],
}

impl PlanStep {
    /// Which step it is.
    pub fn id(&self) -> &StepId {
        &self.id
    }

    /// The command.
    pub fn command(&self) -> &Command {
        &self.command
    }

    /// Why it is sent, and why here.
    pub fn why(&self) -> &'static str {
        self.why
    }

    /// The requirements and pages that it comes from.
    pub fn sources(&self) -> &'static [&'static str] {
        self.sources
    }
}
