use std::fmt;

use serde::{Deserialize, Serialize};

use super::reset::ResetRoute;

/// One thing to be done before the authority is handed over.
///
/// Of what Intune's documentation lists, the part of Automated Device Enrollment comes first and in an order that works: a token
/// cannot go while devices hang on it, and without the push certificate no device can be told to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChecklistItem {
    /// Retire all devices, from the console and never from the device itself (LIF-7).
    RetireDevices,
    /// Take the enrollment profiles from the devices (ASG-11).
    UnassignProfiles,
    /// Delete the server token (TOK-25).
    DeleteServerToken,
    /// Delete the push certificate.
    DeletePushCertificate,
    /// Remove the Exchange service connector.
    RemoveExchangeConnector,
    /// Take the role of device enrollment manager from everybody.
    RemoveEnrollmentManagers,
    /// Turn the mapping of groups off.
    DisableGroupMapping,
    /// Remove the keys for sideloading.
    RemoveSideloadingKeys,
    /// Delete the policies.
    DeletePolicies,
    /// Delete the apps that were published.
    DeleteApps,
    /// Delete the security policies of Office 365.
    DeleteSecurityPolicies,
    /// Turn device management off in Office 365.
    DisableDeviceManagement,
    /// Empty the collection of users in Configuration Manager.
    EmptyUserCollection,
    /// Remove the subscription in Configuration Manager.
    RemoveSubscription,
}

impl fmt::Display for ChecklistItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::RetireDevices => "retire all devices, from the console",
            Self::UnassignProfiles => "take the enrollment profiles from all devices",
            Self::DeleteServerToken => "delete the server token",
            Self::DeletePushCertificate => "delete the APNs push certificate",
            Self::RemoveExchangeConnector => "remove the Exchange service connector",
            Self::RemoveEnrollmentManagers => "take the role of device enrollment manager from everybody",
            Self::DisableGroupMapping => "turn the mapping of groups off",
            Self::RemoveSideloadingKeys => "remove the keys for sideloading",
            Self::DeletePolicies => "delete all policies",
            Self::DeleteApps => "delete all published apps",
            Self::DeleteSecurityPolicies => "delete the security policies of Office 365",
            Self::DisableDeviceManagement => "turn device management off in Office 365",
            Self::EmptyUserCollection => "empty the collection of users in Configuration Manager",
            Self::RemoveSubscription => "remove the subscription in Configuration Manager",
        })
    }
}

/// What becomes of the push certificate (X-39): it depends on the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushCertificateFate {
    /// It is deleted (AUT-9).
    Deleted,
    /// It stays bound to the account, and cannot be deleted (AUT-12).
    StaysBound,
}

/// What has to be done, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Checklist {
    /// For which service that is left.
    pub leaving: Leaving,
    /// The items, in the order in which they work.
    pub items: Vec<ChecklistItem>,
    /// What becomes of the push certificate.
    pub push_certificate: PushCertificateFate,
}

/// Which service is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Leaving {
    /// Intune.
    Intune,
    /// Configuration Manager.
    ConfigurationManager,
    /// Office 365.
    Office365,
}

impl Leaving {
    /// The list for leaving it (AUT-9, AUT-12).
    ///
    /// Intune's has nine items in the documentation, where the push certificate is named before the token; here the token goes first,
    /// and the profiles before it, since a token with profiles cannot be deleted. Of the other two services' lists only what concerns
    /// devices is here; the rest is about their own consoles.
    pub fn checklist(self) -> Checklist {
        use ChecklistItem as Item;

        let (items, push_certificate): (&[Item], _) = match self {
            Self::Intune => (
                &[
                    Item::RetireDevices,
                    Item::UnassignProfiles,
                    Item::DeleteServerToken,
                    Item::DeletePushCertificate,
                    Item::RemoveExchangeConnector,
                    Item::RemoveEnrollmentManagers,
                    Item::DisableGroupMapping,
                    Item::RemoveSideloadingKeys,
                    Item::DeletePolicies,
                    Item::DeleteApps,
                ],
                PushCertificateFate::Deleted,
            ),
            Self::ConfigurationManager => (
                &[
                    Item::RetireDevices,
                    Item::EmptyUserCollection,
                    Item::DeletePushCertificate,
                    Item::DeleteApps,
                    Item::DeletePolicies,
                    Item::RemoveSubscription,
                ],
                PushCertificateFate::Deleted,
            ),
            Self::Office365 => (
                &[Item::DeleteSecurityPolicies, Item::RetireDevices, Item::DisableDeviceManagement],
                PushCertificateFate::StaysBound,
            ),
        };
        Checklist { leaving: self, items: items.to_vec(), push_certificate }
    }
}

/// The lists that apply to a route: where Intune and Office 365 coexist, both of theirs (AUT-8). The push certificate is one for both, so that
/// it cannot be deleted where one of the lists says so (AUT-12).
///
/// ```
/// use apple_ade::program::authority::{Leaving, ResetRoute, checklists};
///
/// let lists = checklists(ResetRoute::IntuneToConfigurationManager, true);
/// assert_eq!(lists.iter().map(|list| list.leaving).collect::<Vec<_>>(), [Leaving::Intune, Leaving::Office365]);
/// assert_eq!(checklists(ResetRoute::ConfigurationManagerToIntune, true).len(), 1);
/// ```
pub fn checklists(route: ResetRoute, office_365_coexists: bool) -> Vec<Checklist> {
    let leaving: &[Leaving] = match route {
        ResetRoute::ConfigurationManagerToIntune => &[Leaving::ConfigurationManager],
        ResetRoute::IntuneToConfigurationManager | ResetRoute::Office365ToConfigurationManager
            if office_365_coexists =>
        {
            &[Leaving::Intune, Leaving::Office365]
        }
        ResetRoute::IntuneToConfigurationManager => &[Leaving::Intune],
        ResetRoute::Office365ToConfigurationManager => &[Leaving::Office365],
    };
    let mut lists: Vec<Checklist> = leaving.iter().map(|leaving| leaving.checklist()).collect();
    if lists.iter().any(|list| list.push_certificate == PushCertificateFate::StaysBound) {
        for list in &mut lists {
            list.push_certificate = PushCertificateFate::StaysBound;
            list.items.retain(|item| *item != ChecklistItem::DeletePushCertificate);
        }
    }
    lists
}
