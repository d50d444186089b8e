use serde::{Deserialize, Serialize};

use crate::pki::certificate::Certificate;
use crate::token::TokenFile;

/// The key pairs of a token, by their certificates: the one in use, and one that is to follow it. The private keys are kept by the caller.
///
/// A renewal needs no new key pair (KEY-6). Where one is made all the same (its certificate has run out, or the key has leaked), the old one
/// stays in its slot until a token for the new one was accepted, so that a renewal that is refused leaves the old pair in place.
///
/// Whatever gives a certificate back gives one whose private key is of no use any more, and may be wiped. Two certificates may be for the same
/// key: as long as one of them is in a slot, none of them is given back.
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
        let before = self.staged.replace(Staged(certificate))?.0;
        self.unless_kept(before)
    }

    /// Gives the staged key pair up: the renewal was refused, or left. It is returned.
    pub fn discard(&mut self) -> Option<Certificate> {
        let before = self.staged.take()?.0;
        self.unless_kept(before)
    }

    /// Puts the staged key pair in use, after a token for it was accepted and stored. The old one is returned, unless its key stays in use.
    ///
    /// # Errors
    ///
    /// [`SlotError::NothingStaged`].
    pub fn promote(&mut self) -> Result<Option<Certificate>, SlotError> {
        let Staged(staged) = self.staged.take().ok_or(SlotError::NothingStaged)?;
        let before = std::mem::replace(&mut self.in_use, staged);
        Ok(self.unless_kept(before))
    }

    /// The certificate, unless one in a slot is for the same key.
    fn unless_kept(&self, certificate: Certificate) -> Option<Certificate> {
        let is_its = |other: &Certificate| other.public_key_der() == certificate.public_key_der();
        let is_kept = is_its(&self.in_use) || self.staged.as_ref().is_some_and(|staged| is_its(&staged.0));
        (!is_kept).then_some(certificate)
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
