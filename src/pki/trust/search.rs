//! The search for a chain. Bounded: a message can hold certificates that lead in circles.

use chrono::{DateTime, Utc};

use super::{Chain, ChainError, Trust, Validity};
use crate::pki::certificate::Certificate;
use crate::pki::signature::CheckSignature;

/// The longest chain, with both ends.
pub(super) const MAX_LENGTH: usize = 8;

/// How many signatures of certificates are checked at most.
const MAX_CHECKS: u32 = 32;

struct Search<'s> {
    trust: &'s Trust,
    others: &'s [Certificate],
    at: DateTime<Utc>,
    checker: &'s dyn CheckSignature,
    checks: u32,
}

impl Trust {
    /// The chain from a certificate of a device to a trusted one, by way of `others` unless one is pinned: what
    /// [`verify`](Self::verify) does with a signer, for a client certificate of TLS for one.
    ///
    /// ```
    /// use apple_ade::pki::{certificate::Certificate, trust::Trust};
    ///
    /// # let pem = include_str!("../../../tests/fixtures/machine_info/device_certificate_2018.pem");
    /// let device = Certificate::from_pem(pem)?; // valid for a year, in 2018
    /// let chain = Trust::apple_devices().chain(&device, &[], "2026-11-28T00:00:00Z".parse()?)?;
    /// assert_eq!(chain.certificates().count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ChainError`] says which certificate is to blame.
    #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
    pub fn chain(&self, leaf: &Certificate, others: &[Certificate], at: DateTime<Utc>) -> Result<Chain, ChainError> {
        self.chain_with(leaf, others, at, &crate::pki::signature::BuiltIn)
    }

    /// The same with a checker of the caller's.
    ///
    /// # Errors
    ///
    /// As [`chain`](Self::chain).
    pub fn chain_with(
        &self,
        leaf: &Certificate,
        others: &[Certificate],
        at: DateTime<Utc>,
        checker: &dyn CheckSignature,
    ) -> Result<Chain, ChainError> {
        let subject = || leaf.subject().to_string();
        if leaf.is_authority() {
            return Err(ChainError::SignerIsAuthority { subject: subject() });
        }
        if !leaf.may_sign() {
            return Err(ChainError::NotForSigning { subject: subject() });
        }
        let others = if self.pinned { &[] } else { others };
        let mut search = Search { trust: self, others, at, checker, checks: 0 };
        let mut path = vec![leaf];
        search.holds(leaf)?;
        search.extend(&mut path)?;
        Ok(Chain::new(leaf.clone(), path.into_iter().skip(1).cloned().collect(), at))
    }
}

impl<'s> Search<'s> {
    /// Extends the path until it ends in an anchor, or says why that cannot be: the first reason that is more than a missing
    /// issuer.
    fn extend(&mut self, path: &mut Vec<&'s Certificate>) -> Result<(), ChainError> {
        let Some(&last) = path.last() else { return Err(ChainError::TooLong) };
        let mut why = None;
        let anchors = self.trust.anchors.iter().map(|anchor| (anchor, true));
        for (candidate, is_anchor) in anchors.chain(self.others.iter().map(|other| (other, false))) {
            if candidate.subject() != last.issuer() || path.contains(&candidate) {
                continue;
            }
            if path.len() >= MAX_LENGTH || self.checks >= MAX_CHECKS {
                return Err(ChainError::TooLong);
            }
            let found = self.accepts(path, candidate).and_then(|()| {
                path.push(candidate);
                let found = if is_anchor { Ok(()) } else { self.extend(path) };
                if found.is_err() {
                    path.pop();
                }
                found
            });
            match found {
                Ok(()) => return Ok(()),
                Err(error) if matches!(why, None | Some(ChainError::UnknownIssuer { .. })) => why = Some(error),
                Err(_) => {}
            }
        }
        Err(why.unwrap_or_else(|| self.unknown(last)))
    }

    fn unknown(&self, last: &Certificate) -> ChainError {
        let (subject, issuer) = (last.subject().to_string(), last.issuer().to_string());
        match &self.trust.anchors[..] {
            [pinned] if self.trust.pinned => {
                ChainError::NotPinned { subject, issuer, pinned: pinned.subject().to_string() }
            }
            _ => ChainError::UnknownIssuer { subject, issuer },
        }
    }

    /// Whether `issuer` vouches for the last certificate of the path.
    fn accepts(&mut self, path: &[&Certificate], issuer: &Certificate) -> Result<(), ChainError> {
        let subject = || issuer.subject().to_string();
        if !issuer.may_vouch() {
            return Err(ChainError::NotAuthority { subject: subject() });
        }
        let Some(last) = path.last() else { return Ok(()) };
        // Self-issued ones do not count (RFC 5280, 4.2.1.9); the signer is no authority.
        let found = path.iter().skip(1).filter(|authority| !authority.is_self_issued()).count();
        if let Some(allowed) = issuer.path_length().filter(|allowed| (*allowed as usize) < found) {
            return Err(ChainError::PathLength { subject: subject(), allowed, found });
        }
        self.holds(issuer)?;
        self.checks = self.checks.saturating_add(1);
        last.check_signed_by(issuer, self.checker).map_err(|source| ChainError::Signature {
            subject: last.subject().to_string(),
            issuer: subject(),
            source,
        })
    }

    /// What every certificate of a chain has to be, and at this time, unless one is pinned.
    fn holds(&self, certificate: &Certificate) -> Result<(), ChainError> {
        let (subject, at) = (|| certificate.subject().to_string(), self.at);
        match Validity::of(certificate, at) {
            _ if self.trust.pinned => {}
            Validity::Valid => {}
            Validity::Expired(not_after) => return Err(ChainError::Expired { subject: subject(), not_after, at }),
            Validity::NotYet(not_before) => return Err(ChainError::NotYetValid { subject: subject(), not_before, at }),
        }
        if !certificate.is_for_messages() {
            return Err(ChainError::Purpose { subject: subject() });
        }
        match certificate.unknown_critical() {
            Some(oid) => Err(ChainError::CriticalExtension { subject: subject(), oid: oid.into() }),
            None => Ok(()),
        }
    }
}
