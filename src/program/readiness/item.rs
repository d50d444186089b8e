use serde::{Deserialize, Serialize};

/// Hosts that have to be reached, each with the port and who reaches it (CON-1), from Apple's page
/// [Use Apple products on enterprise networks](https://support.apple.com/101555).
pub const APPLE_HOSTS: [(&str, u16, &str); 8] = [
    ("mdmenrollment.apple.com", 443, "the MDM: device enrollment service"),
    ("deviceservices-external.apple.com", 443, "the MDM: Activation Lock"),
    ("api.push.apple.com", 443, "the MDM: push notifications"),
    ("deviceenrollment.apple.com", 443, "devices: provisional enrollment"),
    ("iprofiles.apple.com", 443, "devices: enrollment profiles"),
    ("albert.apple.com", 443, "devices: activation"),
    ("gdmf.apple.com", 443, "both: software updates that may be required"),
    ("courier.push.apple.com", 5223, "devices: push notifications"),
];

/// What has to be there before the first device enrolls, in the order in which it is seen to (ORG-12). Intune's seven prerequisites are
/// among them; of two of them the documentation repeats their neighbours' texts, which are left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Item {
    /// The hosts of Apple and of the MDM can be reached: [`APPLE_HOSTS`] (CON-1).
    Network,
    /// The organisation's own domain is verified with the directory (CON-2).
    Domain,
    /// The MDM has the authority over devices (AUT-1).
    Authority,
    /// Groups of users and devices exist (ORG-15).
    Groups,
    /// The portal app is provided (CPV-3).
    PortalApp,
    /// Users, or devices without a user, have their licences (LIC-1, LIC-2).
    Licences,
    /// Management is enabled: a valid push certificate is installed (ORG-10).
    PushCertificate,
    /// Nothing restricts the platform for all users (RES-1).
    PlatformAllowed,
    /// The organisation is in Apple's programme, and its devices came through it (ORG-1).
    Programme,
    /// Apple's terms are accepted.
    Terms,
    /// A server token is installed, and has not ended (TOK-1).
    ServerToken,
    /// There is an enrollment profile (PRO-1).
    Profile,
    /// With user affinity and legacy sign-in through federation: the identity provider has an endpoint of WS-Trust 1.3 (CON-4).
    WsTrust,
    /// Devices are assigned to the MDM server in Apple's portal (DEV-1).
    DevicesAtApple,
    /// They have been synced.
    DevicesSynced,
    /// They have a profile (ASG-1).
    ProfileAssigned,
    /// The users are in the groups that give them apps and policies (ORG-17). Groups that are formed by the profile's name fill only after
    /// the enrollment, and what they give comes later (ORG-18).
    UsersInGroups,
    /// The carrier has the devices' eSIMs ready, where a cellular plan is activated (CEL-4).
    CellularPlan,
}

impl Item {
    /// All, in their order.
    pub const ALL: [Self; 18] = [
        Self::Network,
        Self::Domain,
        Self::Authority,
        Self::Groups,
        Self::PortalApp,
        Self::Licences,
        Self::PushCertificate,
        Self::PlatformAllowed,
        Self::Programme,
        Self::Terms,
        Self::ServerToken,
        Self::Profile,
        Self::WsTrust,
        Self::DevicesAtApple,
        Self::DevicesSynced,
        Self::ProfileAssigned,
        Self::UsersInGroups,
        Self::CellularPlan,
    ];

    /// Whether no device can enroll without it.
    pub fn blocks(self) -> bool {
        !matches!(self, Self::Domain | Self::Groups | Self::PortalApp | Self::UsersInGroups | Self::CellularPlan)
    }

    /// What to do if it is missing.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Network => "open the network for the hosts of Apple and of the MDM",
            Self::Domain => "add the organisation's domain to the directory, and verify it",
            Self::Authority => "give the MDM the authority over devices",
            Self::Groups => "make groups of users and devices",
            Self::PortalApp => "provide the portal app as a required app with device licences",
            Self::Licences => "assign licences to users, and to devices without a user",
            Self::PushCertificate => "install a push certificate from Apple Push Certificates Portal",
            Self::PlatformAllowed => "lift the restriction of the platform for all users",
            Self::Programme => "join Apple Business Manager or Apple School Manager, and buy devices through it",
            Self::Terms => "accept Apple's terms in its portal",
            Self::ServerToken => "make the MDM server in Apple's portal, download its token, and install it",
            Self::Profile => "make an enrollment profile",
            Self::WsTrust => "let the identity provider offer WS-Trust 1.3 username/mixed, or use modern sign-in",
            Self::DevicesAtApple => "assign devices to the MDM server in Apple's portal",
            Self::DevicesSynced => "fetch the devices from Apple",
            Self::ProfileAssigned => "assign a profile to the devices, or make one the default",
            Self::UsersInGroups => "put users into their groups before they set up their devices",
            Self::CellularPlan => "have the carrier prepare the devices' cellular plans",
        }
    }

    /// The requirement that it comes from; for Apple's terms, which no document lists, the word with which Apple refuses calls without them.
    pub fn requirement(self) -> &'static str {
        match self {
            Self::Network => "CON-1",
            Self::Domain => "CON-2",
            Self::Authority => "AUT-1",
            Self::Groups => "ORG-15",
            Self::PortalApp => "CPV-3",
            Self::Licences => "LIC-1",
            Self::PushCertificate => "ORG-10",
            Self::PlatformAllowed => "RES-1",
            Self::Programme => "ORG-1",
            Self::Terms => "T_C_NOT_SIGNED",
            Self::ServerToken => "TOK-1",
            Self::Profile => "PRO-1",
            Self::WsTrust => "CON-4",
            Self::DevicesAtApple | Self::DevicesSynced => "DEV-1",
            Self::ProfileAssigned => "ASG-1",
            Self::UsersInGroups => "ORG-17",
            Self::CellularPlan => "CEL-4",
        }
    }
}
