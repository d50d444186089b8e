use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::renewal::RenewalReason;
use super::tag::Tag;
use crate::api::AccountDetail;
use crate::pki::certificate::Certificate;
use crate::program::onboarding::{AppleId, Consent, MdmServerName};
use crate::token::{TokenExpiry, TokenIdentity};

/// What is kept of a token beside its secrets: to be stored and shown. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRecord {
    identity: TokenIdentity,
    expiry: TokenExpiry,
    apple_id: AppleId,
    installed: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server_name: Option<MdmServerName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server_uuid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consent: Option<Consent>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    tags: BTreeSet<Tag>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    reasons: BTreeSet<RenewalReason>,
}

/// Whether a token can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum TokenState {
    /// It works.
    Active,
    /// It works still, and has to be renewed soon.
    RenewalDue {
        /// Why.
        reasons: BTreeSet<RenewalReason>,
    },
    /// It works no more: nothing may be synced or assigned until a new one is installed.
    RenewalRequired {
        /// Why.
        reasons: BTreeSet<RenewalReason>,
    },
}

/// What a token is to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Use {
    /// Any call to Apple's service.
    Call,
    /// A device that enrolls, or is enrolled: that needs no token.
    EnrolledDevice,
}

impl TokenRecord {
    /// The record of a token that is installed.
    pub fn new(identity: TokenIdentity, expiry: TokenExpiry, apple_id: AppleId, installed: DateTime<Utc>) -> Self {
        Self {
            identity,
            expiry,
            apple_id,
            installed,
            server_name: None,
            server_uuid: None,
            organization: None,
            certificate: None,
            consent: None,
            tags: BTreeSet::new(),
            reasons: BTreeSet::new(),
        }
    }

    /// Keeps what Apple says of server and organisation; what it does not say stays.
    #[must_use]
    pub fn with_account(mut self, account: &AccountDetail) -> Self {
        self.server_uuid = account.server_uuid.clone().or(self.server_uuid);
        self.organization = account.org_id_hash.clone().or(self.organization);
        self
    }

    /// Keeps the name of the server in Apple's portal.
    #[must_use]
    pub fn with_server_name(mut self, name: Option<MdmServerName>) -> Self {
        self.server_name = name.or(self.server_name);
        self
    }

    /// Keeps another Apple Account as the one that made the token (TOK-6).
    #[must_use]
    pub fn with_apple_id(self, apple_id: AppleId) -> Self {
        Self { apple_id, ..self }
    }

    /// Keeps the fingerprint of the certificate for which the token was made (KEY-4).
    #[must_use]
    pub fn with_certificate(mut self, certificate: &Certificate) -> Self {
        self.certificate = Some(certificate.fingerprint().to_string());
        self
    }

    /// Keeps who agreed (ORG-9).
    #[must_use]
    pub fn with_consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// Sets the scope tags, at creation or at renewal (TOK-10).
    #[must_use]
    pub fn with_tags(mut self, tags: impl IntoIterator<Item = Tag>) -> Self {
        self.tags = tags.into_iter().collect();
        self
    }

    /// The password of the Apple Account has changed (TOK-13), its owner has left (TOK-14), somebody downloaded the token again (TOK-18), or
    /// Apple has refused it. A renewal clears all of these.
    ///
    /// `at` is when it happened, or when the call was made that was refused: what is older than this token's installation is about the one
    /// before, and is not noted.
    pub fn note(&mut self, reason: RenewalReason, at: DateTime<Utc>) {
        if at >= self.installed {
            self.reasons.insert(reason);
        }
    }

    /// Whether it can be used at a time, for whom wants to be told `warn` before its end; a negative `warn` counts as none.
    ///
    /// A token that was downloaded again is invalid from that moment on, whatever its expiry says (TOK-18). A password that has changed
    /// probably makes Apple refuse it, too; until it does, the token is used.
    pub fn state(&self, now: DateTime<Utc>, warn: chrono::TimeDelta) -> TokenState {
        let mut reasons = self.reasons.clone();
        let left = self.expiry.at().signed_duration_since(now);
        // What has ended has a reason to be renewed, however late somebody wants to be told.
        if left <= warn.max(chrono::TimeDelta::zero()) {
            reasons.insert(RenewalReason::Expiry);
        }
        let is_over = left <= chrono::TimeDelta::zero() || reasons.iter().any(|reason| reason.ends_the_token());
        if is_over {
            TokenState::RenewalRequired { reasons }
        } else if reasons.is_empty() {
            TokenState::Active
        } else {
            TokenState::RenewalDue { reasons }
        }
    }

    /// Whether it may be used for something now. Devices that are enrolled never depend on it (TOK-16).
    ///
    /// # Errors
    ///
    /// The reasons for which it has to be renewed first (TOK-18).
    pub fn may(&self, what: Use, now: DateTime<Utc>) -> Result<(), BTreeSet<RenewalReason>> {
        match (what, self.state(now, chrono::TimeDelta::zero())) {
            (Use::Call, TokenState::RenewalRequired { reasons }) => Err(reasons),
            _ => Ok(()),
        }
    }

    /// The record after a renewal: the same server, a new end, a new account, and no reason to renew left.
    pub(super) fn renewed(
        &self,
        expiry: TokenExpiry,
        apple_id: AppleId,
        account: Option<&AccountDetail>,
        now: DateTime<Utc>,
    ) -> Self {
        let record = Self { expiry, apple_id, installed: now, reasons: BTreeSet::new(), ..self.clone() };
        match account {
            Some(account) => {
                // The server may have another name in Apple's portal by now.
                let name = account.server_name.as_deref().and_then(|name| name.parse().ok());
                record.with_account(account).with_server_name(name)
            }
            None => record,
        }
    }

    /// What stays the same through all renewals.
    pub fn identity(&self) -> TokenIdentity {
        self.identity
    }

    /// When the token ends (TOK-11).
    pub fn expiry(&self) -> TokenExpiry {
        self.expiry
    }

    /// The Apple Account that made it (TOK-6).
    pub fn apple_id(&self) -> &AppleId {
        &self.apple_id
    }

    /// When it was installed.
    pub fn installed(&self) -> DateTime<Utc> {
        self.installed
    }

    /// The name of the server in Apple's portal.
    pub fn server_name(&self) -> Option<&MdmServerName> {
        self.server_name.as_ref()
    }

    /// `server_uuid`
    pub fn server_uuid(&self) -> Option<&str> {
        self.server_uuid.as_deref()
    }

    /// `org_id_hash`
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// The fingerprint of the certificate for which it was made.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Who agreed to data going to Apple.
    pub fn consent(&self) -> Option<&Consent> {
        self.consent.as_ref()
    }

    /// The scope tags.
    pub fn tags(&self) -> &BTreeSet<Tag> {
        &self.tags
    }
}
