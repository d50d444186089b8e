use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::checklist::{ChecklistItem, checklists};
use super::choice::{Authority, Confirmed};

/// The three routes on which support resets the authority (AUT-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "any other case has no route and goes to support")]
pub enum ResetRoute {
    /// From Intune to Configuration Manager.
    IntuneToConfigurationManager,
    /// From Configuration Manager to Intune.
    ConfigurationManagerToIntune,
    /// From Office 365 to Configuration Manager.
    Office365ToConfigurationManager,
}

impl ResetRoute {
    /// The route between two authorities; `None` for any other case, which has to be told to support (AUT-6).
    ///
    /// ```
    /// use apple_ade::program::authority::{Authority, ResetRoute};
    ///
    /// let route = ResetRoute::between(&Authority::Intune, &Authority::ConfigurationManager);
    /// assert_eq!(route, Some(ResetRoute::IntuneToConfigurationManager));
    /// assert_eq!(ResetRoute::between(&Authority::Intune, &Authority::Office365), None);
    /// ```
    pub fn between(from: &Authority, to: &Authority) -> Option<Self> {
        match (from, to) {
            (Authority::Intune, Authority::ConfigurationManager) => Some(Self::IntuneToConfigurationManager),
            (Authority::ConfigurationManager, Authority::Intune) => Some(Self::ConfigurationManagerToIntune),
            (Authority::Office365, Authority::ConfigurationManager) => Some(Self::Office365ToConfigurationManager),
            _ => None,
        }
    }

    /// Where it leads.
    pub fn target(self) -> Authority {
        match self {
            Self::ConfigurationManagerToIntune => Authority::Intune,
            Self::IntuneToConfigurationManager | Self::Office365ToConfigurationManager => {
                Authority::ConfigurationManager
            }
        }
    }
}

/// A tenant, by the domain with which its people sign in: `example.org`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant(String);

/// A text that is no sign-in domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tenant is named by its sign-in domain, such as example.onmicrosoft.com: what stands behind the @")]
pub struct TenantError;

impl Tenant {
    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tenant {
    type Err = TenantError;

    fn from_str(text: &str) -> Result<Self, TenantError> {
        let text = text.to_lowercase();
        let is_label = |label: &str| {
            let chars = label.chars().all(|c| c.is_alphanumeric() || c == '-');
            (1..=63).contains(&label.len()) && chars && !label.starts_with('-') && !label.ends_with('-')
        };
        let is_domain = text.len() <= 253 && text.contains('.') && text.split('.').all(is_label);
        is_domain.then_some(Self(text)).ok_or(TenantError)
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Tenant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Tenant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What support needs to reset the authority (AUT-7): the tenant, the target, and that the lists are done. There is none without
/// all three.
///
/// ```
/// use std::collections::BTreeSet;
/// use apple_ade::program::authority::{Authority, Choice, ResetError, ResetRequest, checklists, ResetRoute};
///
/// let target = Choice::new(Authority::ConfigurationManager).tick().yes();
/// let tenant = "example.onmicrosoft.com".parse()?;
/// let mut done: BTreeSet<_> = checklists(ResetRoute::IntuneToConfigurationManager, false)
///     .into_iter()
///     .flat_map(|list| list.items)
///     .collect();
/// let last = done.pop_last().ok_or("there are items")?;
/// let early = ResetRequest::new(tenant, &Authority::Intune, &target, false, &done);
/// assert_eq!(early, Err(ResetError::NotDone { items: vec![last] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResetRequest {
    tenant: Tenant,
    route: ResetRoute,
    attested: BTreeSet<ChecklistItem>,
}

/// Why there is nothing to ask support for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResetError {
    /// There is no route for it (AUT-6).
    #[error("there is no route from {from} to {to}: describe the case to support")]
    NoRoute {
        /// Who has the authority.
        from: Authority,
        /// Who is to have it.
        to: Authority,
    },
    /// Something on the lists is not done (AUT-7, AUT-8).
    #[error("before the authority can be reset: {}", .items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NotDone {
        /// What is not done, in the order of the lists.
        items: Vec<ChecklistItem>,
    },
}

impl ResetRequest {
    /// The request to reset the authority from one service to the one that was confirmed, with what is attested to be done: the
    /// [items](super::OffboardingPlan::items) of a plan that was carried out, or those of the [`checklists`].
    ///
    /// # Errors
    ///
    /// [`ResetError`] names what is missing.
    pub fn new(
        tenant: Tenant,
        from: &Authority,
        target: &Confirmed,
        office_365_coexists: bool,
        done: &BTreeSet<ChecklistItem>,
    ) -> Result<Self, ResetError> {
        let to = target.authority();
        let no_route = || ResetError::NoRoute { from: from.clone(), to: to.clone() };
        let route = ResetRoute::between(from, to).ok_or_else(no_route)?;
        let mut wanted: Vec<ChecklistItem> = Vec::new();
        for item in checklists(route, office_365_coexists).into_iter().flat_map(|list| list.items) {
            if !wanted.contains(&item) {
                wanted.push(item);
            }
        }
        let items: Vec<ChecklistItem> = wanted.iter().copied().filter(|item| !done.contains(item)).collect();
        if !items.is_empty() {
            return Err(ResetError::NotDone { items });
        }
        Ok(Self { tenant, route, attested: wanted.into_iter().collect() })
    }

    /// The tenant.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The route.
    pub fn route(&self) -> ResetRoute {
        self.route
    }

    /// What was attested to be done.
    pub fn attested(&self) -> &BTreeSet<ChecklistItem> {
        &self.attested
    }
}
