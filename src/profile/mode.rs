//! Who manages the device, who uses it, and what it may be plugged into.

use crate::affinity::UserAffinity;
use crate::api::profile::Profile;
use crate::shared_ipad::{Accounts, GuestsOnly, SharedIpad};

use super::certificate::HostCertificate;

/// What kind of managed device the profile makes: the decision that comes first (PRO-11).
///
/// What does not go together cannot be written: a device that is locked but not supervised (LOK-2, SUP-6), a Shared iPad that is
/// unsupervised or has a user (SHI-1, SUP-5), hosts that may pair with an unsupervised device (PAI-6).
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::profile::{DeviceMode, MdmRemoval, Supervised};
///
/// let kiosk = DeviceMode::from(Supervised::new(UserAffinity::Without).locked());
/// assert_eq!(kiosk.removal(), MdmRemoval::Locked);
/// ```
///
/// ```compile_fail,E0599
/// use apple_ade::{affinity::UserAffinity, profile::Unsupervised};
///
/// let impossible = Unsupervised::new(UserAffinity::Without).locked();
/// ```
///
/// ```compile_fail,E0277
/// use apple_ade::{affinity::UserAffinity, profile::SharedMode};
///
/// // A Shared iPad is made from its sessions; nobody is its user.
/// let impossible = SharedMode::new(UserAffinity::Without);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceMode {
    /// Limited management (SUP-1), which the user may always remove. Deprecated since iOS 11 (SUP-3), and not obeyed from iOS 13 on, where
    /// every device is supervised (SUP-4).
    Unsupervised(Unsupervised),
    /// Full management.
    Supervised(Supervised),
    /// An iPad that several people share, supervised and without a user of its own.
    SharedIpad(SharedMode),
}

/// Whether the user may remove management.
///
/// That nobody could ever leave, as documents of 2016 have it, holds of locked devices alone (LOK-7, X-7). What the portal app offers, to
/// remove or reset a device, depends on neither (LOK-8).
///
/// Apple's flag `is_mdm_removable` says the opposite of locking. No flag is taken for it here (X-49):
///
/// ```compile_fail,E0277
/// use apple_ade::profile::MdmRemoval;
///
/// let removal: MdmRemoval = true.into();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MdmRemoval {
    /// In Settings, at any time (LOK-3).
    Allowed,
    /// Not at all: the button is hidden (LOK-1, LOK-5). It is settled when the device is activated (LOK-4). A device that was added to the
    /// organisation by Apple Configurator shows the button for its first 30 days.
    Locked,
}

/// Which hosts may pair with the device over USB (PAI-1).
///
/// `allow_pairing` is deprecated since iOS 13; the restriction `allowHostPairing` takes its place (PAI-7).
///
/// ```compile_fail,E0061
/// # use apple_ade::profile::Pairing;
/// // By certificate means by at least one (PAI-2).
/// let impossible = Pairing::by_certificate();
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pairing {
    /// All.
    #[default]
    AllowAll,
    /// None: the port only charges, and neither Finder nor Apple Configurator gets in (PAI-3).
    DenyAll,
    /// Hosts that hold the private key of one of these certificates (PAI-5).
    ByCertificate(HostCertificates),
}

/// At least one certificate of a host that may pair (PAI-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCertificates(Vec<HostCertificate>);

impl Pairing {
    /// Hosts with this certificate.
    pub fn by_certificate(certificate: HostCertificate) -> Self {
        Self::ByCertificate(HostCertificates(vec![certificate]))
    }

    /// Hosts with one of these certificates; [`DenyAll`](Self::DenyAll) if there are none.
    pub fn by_certificates(certificates: impl IntoIterator<Item = HostCertificate>) -> Self {
        let certificates: Vec<_> = certificates.into_iter().collect();
        if certificates.is_empty() { Self::DenyAll } else { Self::ByCertificate(HostCertificates(certificates)) }
    }

    /// Whether a host with this certificate may pair (PAI-5).
    pub fn admits(&self, certificate: &HostCertificate) -> bool {
        match self {
            Self::AllowAll => true,
            Self::DenyAll => false,
            Self::ByCertificate(HostCertificates(listed)) => {
                listed.iter().any(|host| host.fingerprint() == certificate.fingerprint())
            }
        }
    }

    fn to_wire(&self, wire: &mut Profile) {
        wire.supervising_host_certs = None;
        match self {
            // Apple's default; the key is deprecated.
            Self::AllowAll => wire.allow_pairing = None,
            Self::DenyAll => wire.allow_pairing = Some(false),
            Self::ByCertificate(HostCertificates(certificates)) => {
                wire.allow_pairing = Some(false);
                wire.supervising_host_certs = Some(certificates.iter().map(HostCertificate::to_base64).collect());
            }
        }
    }

    fn from_wire(wire: &Profile) -> Self {
        if wire.allow_pairing != Some(false) {
            return Self::AllowAll;
        }
        let certificates = wire.supervising_host_certs.iter().flatten();
        Self::by_certificates(certificates.filter_map(|text| HostCertificate::from_base64(text).ok()))
    }
}

impl HostCertificates {
    /// The certificates, at least one.
    pub fn as_slice(&self) -> &[HostCertificate] {
        &self.0
    }
}

/// A device that is not supervised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupervised {
    affinity: UserAffinity,
}

/// A supervised device.
///
/// Supervision opens software updates, restrictions, allowing and blocking apps, and blocking screen capture and AirDrop (SUP-10).
/// In quantity, enrollment by ADE is the recommended way to it (SUP-9). It switches Activation Lock off by default; the MDM and Apple's
/// service can still set it (SUP-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervised {
    affinity: UserAffinity,
    removal: MdmRemoval,
    pairing: Pairing,
}

/// A Shared iPad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedMode {
    sessions: SharedIpad,
    removal: MdmRemoval,
    pairing: Pairing,
}

impl Unsupervised {
    /// A device with or without a user.
    pub fn new(affinity: UserAffinity) -> Self {
        Self { affinity }
    }
}

impl Supervised {
    /// A device with or without a user, from which the user may remove management.
    pub fn new(affinity: UserAffinity) -> Self {
        Self { affinity, removal: MdmRemoval::Allowed, pairing: Pairing::AllowAll }
    }

    /// The same, but management cannot be removed.
    #[must_use]
    pub fn locked(self) -> Self {
        Self { removal: MdmRemoval::Locked, ..self }
    }

    /// The same with these hosts.
    #[must_use]
    pub fn pairing(self, pairing: Pairing) -> Self {
        Self { pairing, ..self }
    }
}

impl SharedMode {
    /// A Shared iPad, from which the user may remove management.
    pub fn new(sessions: impl Into<SharedIpad>) -> Self {
        Self { sessions: sessions.into(), removal: MdmRemoval::Allowed, pairing: Pairing::AllowAll }
    }

    /// The same, but management cannot be removed.
    #[must_use]
    pub fn locked(self) -> Self {
        Self { removal: MdmRemoval::Locked, ..self }
    }

    /// The same with these hosts.
    #[must_use]
    pub fn pairing(self, pairing: Pairing) -> Self {
        Self { pairing, ..self }
    }
}

impl DeviceMode {
    /// Whether the device is supervised where the operating system leaves the choice.
    pub fn is_supervised(&self) -> bool {
        !matches!(self, Self::Unsupervised(_))
    }

    /// Whether the user may remove management.
    pub fn removal(&self) -> MdmRemoval {
        match self {
            Self::Unsupervised(_) => MdmRemoval::Allowed,
            Self::Supervised(mode) => mode.removal,
            Self::SharedIpad(mode) => mode.removal,
        }
    }

    /// Which hosts may pair. An unsupervised device has no say.
    pub fn pairing(&self) -> &Pairing {
        match self {
            Self::Unsupervised(_) => &Pairing::AllowAll,
            Self::Supervised(mode) => &mode.pairing,
            Self::SharedIpad(mode) => &mode.pairing,
        }
    }

    /// With or without a user; a Shared iPad is without (SHI-1).
    pub fn affinity(&self) -> &UserAffinity {
        match self {
            Self::Unsupervised(mode) => &mode.affinity,
            Self::Supervised(mode) => &mode.affinity,
            Self::SharedIpad(_) => &UserAffinity::Without,
        }
    }

    /// The sessions of a Shared iPad.
    pub fn shared_ipad(&self) -> Option<&SharedIpad> {
        match self {
            Self::SharedIpad(mode) => Some(&mode.sessions),
            _ => None,
        }
    }

    /// Whether Apple's keys say the same of both: who uses the device, and how it is shared, is not in them.
    pub(super) fn has_keys_of(&self, other: &Self) -> bool {
        let keys = |mode: &Self| (mode.is_supervised(), mode.removal(), mode.shared_ipad().is_some());
        keys(self) == keys(other) && self.pairing() == other.pairing()
    }

    pub(super) fn to_wire(&self, wire: &mut Profile) {
        // Apple's service checks the flags although newer systems ignore some of them, and its pages disagree on the defaults:
        // they are always sent (X-26, X-50).
        wire.is_supervised = Some(self.is_supervised());
        wire.is_mdm_removable = Some(self.removal() == MdmRemoval::Allowed);
        wire.is_multi_user = matches!(self, Self::SharedIpad(_)).then_some(true);
        self.pairing().to_wire(wire);
    }

    /// What Apple's keys say, with what they do not: who uses the device, and how it is shared.
    pub(super) fn from_wire(wire: &Profile, affinity: UserAffinity, sessions: Option<SharedIpad>) -> Self {
        let removal = if wire.is_mdm_removable == Some(false) { MdmRemoval::Locked } else { MdmRemoval::Allowed };
        let pairing = Pairing::from_wire(wire);
        if wire.is_multi_user == Some(true) {
            let sessions = sessions.unwrap_or_else(|| SharedIpad::accounts_by_default().into());
            Self::SharedIpad(SharedMode { sessions, removal, pairing })
        } else if wire.is_supervised == Some(true) {
            Self::Supervised(Supervised { affinity, removal, pairing })
        } else {
            Self::Unsupervised(Unsupervised { affinity })
        }
    }
}

macro_rules! into_mode {
    ($($from:ty => |$value:ident| $mode:expr;)*) => {$(
        impl From<$from> for DeviceMode {
            fn from($value: $from) -> Self {
                $mode
            }
        }
    )*};
}

into_mode! {
    Unsupervised => |mode| Self::Unsupervised(mode);
    Supervised => |mode| Self::Supervised(mode);
    SharedMode => |mode| Self::SharedIpad(mode);
    SharedIpad => |sessions| Self::SharedIpad(SharedMode::new(sessions));
    Accounts => |sessions| Self::SharedIpad(SharedMode::new(sessions));
    GuestsOnly => |sessions| Self::SharedIpad(SharedMode::new(sessions));
}
