use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::pki::certificate::Certificate;

/// The standard behind derived credentials (DCR-4).
pub const STANDARD: &str = "NIST SP 800-157";

/// What a derived credential is used for (DCR-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CredentialUse {
    /// Signing in to apps.
    AppAuthentication,
    /// Encrypting mail with S/MIME.
    SmimeEncryption,
    /// Signing mail with S/MIME.
    SmimeSigning,
    /// Joining a VPN.
    Vpn,
    /// Joining a Wi-Fi network.
    WiFi,
}

/// Whether the organisation insists on it as the method of authentication (DCR-5).
///
/// It is said in words, never by a flag that somebody may read the other way round:
///
/// ```compile_fail,E0277
/// use apple_ade::program::derived_credentials::Requirement;
///
/// let requirement: Requirement = true.into();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "there is no third")]
pub enum Requirement {
    /// Users may sign in otherwise.
    Optional,
    /// Users have to sign in with it.
    Required,
}

impl Requirement {
    /// Whether a user without one may sign in in another way.
    pub fn allows_other_methods(self) -> bool {
        self == Self::Optional
    }
}

/// A certificate on the device that was derived from the user's smart card (DCR-2).
///
/// It is not the card's certificate, and a certificate alone is none: what it descends from has to be named. That both are for one person is
/// the provider's word; their names need not be equal.
///
/// ```compile_fail,E0061
/// # use apple_ade::{pki::certificate::Certificate, program::derived_credentials::DerivedCredential};
/// fn derive(certificate: Certificate) {
///     let credential = DerivedCredential::new(certificate);
/// }
/// ```
#[derive(Debug, Clone)]
pub struct DerivedCredential {
    certificate: Certificate,
    uses: BTreeSet<CredentialUse>,
}

/// Why a certificate is no derived credential of a smart card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotDerived {
    /// It is for the card's own key, which cannot leave the card.
    #[error("this certificate is for the smart card's own key; give the one that the provider issued for the device")]
    CardItself,
    /// It has no use.
    #[error("the credential is for no use; name one at least")]
    NoUse,
}

impl DerivedCredential {
    /// The credential that was issued on the strength of a smart card's certificate.
    ///
    /// # Errors
    ///
    /// [`NotDerived`].
    pub fn new(
        certificate: Certificate,
        card: &Certificate,
        uses: impl IntoIterator<Item = CredentialUse>,
    ) -> Result<Self, NotDerived> {
        let uses: BTreeSet<CredentialUse> = uses.into_iter().collect();
        if certificate.public_key_der() == card.public_key_der() {
            Err(NotDerived::CardItself)
        } else if uses.is_empty() {
            Err(NotDerived::NoUse)
        } else {
            Ok(Self { certificate, uses })
        }
    }

    /// The certificate on the device.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What it is used for.
    pub fn uses(&self) -> &BTreeSet<CredentialUse> {
        &self.uses
    }
}
