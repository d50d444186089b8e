use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::credential::CredentialUse;

/// What a smart card is used for in the organisation today.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SmartCardUse {
    /// The uses on computers that devices are to share.
    pub uses: BTreeSet<CredentialUse>,
}

impl SmartCardUse {
    /// A card that is used so.
    pub fn new(uses: impl IntoIterator<Item = CredentialUse>) -> Self {
        Self { uses: uses.into_iter().collect() }
    }
}

/// A hint that derived credentials are probably needed (DCR-1). It is no rule: nothing is refused without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Advice {
    /// For which uses.
    pub uses: BTreeSet<CredentialUse>,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.uses.iter().map(|one| one.phrase()).collect();
        write!(
            f,
            "a smart card is used for {}, and iPhones and iPads cannot read it: derived credentials are probably needed",
            names.join(", ")
        )
    }
}

impl CredentialUse {
    fn phrase(self) -> &'static str {
        match self {
            Self::AppAuthentication => "signing in to apps",
            Self::SmimeEncryption => "encrypted mail",
            Self::SmimeSigning => "signed mail",
            Self::Vpn => "the VPN",
            Self::WiFi => "Wi-Fi",
        }
    }
}

/// Whether derived credentials are probably needed (DCR-1): wherever a smart card serves sign-in to apps, Wi-Fi or VPN, or S/MIME.
///
/// ```
/// use apple_ade::program::derived_credentials::{CredentialUse, SmartCardUse, advise};
///
/// assert!(advise(&SmartCardUse::new([CredentialUse::WiFi])).is_some());
/// assert!(advise(&SmartCardUse::default()).is_none());
/// ```
pub fn advise(card: &SmartCardUse) -> Option<Advice> {
    (!card.uses.is_empty()).then(|| Advice { uses: card.uses.clone() })
}
