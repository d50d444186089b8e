use serde::{Deserialize, Serialize};

use crate::pki::certificate::Certificate;
use crate::token::TokenFile;

/// The key pairs of a token, by their certificates: the one in use, and one that is to follow it. The private keys are kept by the caller.
///
/// A renewal needs no new key pair (KEY-6). Where one is made all the same (its certificate has run out, or the key has leaked), the old one
/// stays in its slot until a token for the new one was accepted, so that a renewal that is refused leaves the old pair in place.
///
/// ```
/// use apple_ade::program::tokens::{KeySlots, Slot, SlotError};
/// # use apple_ade::{pki::certificate::Certificate, simulator::fixtures};
/// # let (old, new) = (Certificate::from_pem(fixtures::CERTIFICATE_PEM)?, Certificate::from_pem(fixtures::CERTIFICATE_PEM)?);
///
/// let mut slots = KeySlots::new(old);
/// assert_eq!(slots.promote(), Err(SlotError::NothingStaged));
/// slots.stage(new);
/// slots.discard(); // the renewal was refused
/// assert!(slots.get(Slot::Staged).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySlots {
    #[serde(with = "crate::program::pem")]
    in_use: Certificate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    staged: Option<Staged>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Staged(#[serde(with = "crate::program::pem")] Certificate);

/// One of the two slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Slot {
    /// The key pair whose certificate Apple has.
    InUse,
    /// The key pair that is to follow it.
    Staged,
}

/// Why a key pair is not put in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SlotError {
    /// None was staged.
    #[error("there is no new key pair to put in use; stage one first")]
    NothingStaged,
}

impl KeySlots {
    /// A key pair in use, and none to follow.
    pub fn new(certificate: Certificate) -> Self {
        Self { in_use: certificate, staged: None }
    }

    /// Puts a new key pair beside the one in use; one that was staged before is given up, and returned.
    pub fn stage(&mut self, certificate: Certificate) -> Option<Certificate> {
        self.staged.replace(Staged(certificate)).map(|staged| staged.0)
    }

    /// Gives the staged key pair up: the renewal was refused, or left.
    pub fn discard(&mut self) -> Option<Certificate> {
        self.staged.take().map(|staged| staged.0)
    }

    /// Puts the staged key pair in use, after a token for it was accepted and stored. The old one is returned: its private key may be
    /// wiped.
    ///
    /// # Errors
    ///
    /// [`SlotError::NothingStaged`].
    pub fn promote(&mut self) -> Result<Certificate, SlotError> {
        let Staged(staged) = self.staged.take().ok_or(SlotError::NothingStaged)?;
        Ok(std::mem::replace(&mut self.in_use, staged))
    }

    /// The certificate in a slot.
    pub fn get(&self, slot: Slot) -> Option<&Certificate> {
        match slot {
            Slot::InUse => Some(&self.in_use),
            Slot::Staged => self.staged.as_ref().map(|staged| &staged.0),
        }
    }

    /// Which key pair opens a token file; `None` if it is for neither.
    pub fn slot_for(&self, file: &TokenFile) -> Option<Slot> {
        let opens = |slot: &Slot| {
            let certificate = self.get(*slot);
            certificate
                .is_some_and(|certificate| file.recipients().iter().any(|recipient| certificate.matches(recipient)))
        };
        [Slot::InUse, Slot::Staged].into_iter().find(opens)
    }
}
