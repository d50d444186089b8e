//! The stages, each with what may be done next.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::OnboardingError;
use super::names::{AppleId, MdmServerName};
use crate::api::AccountDetail;
use crate::pki::certificate::Certificate;
use crate::pki::key::DecryptKey;
use crate::program::tokens::{Notice, Tag, TokenRecord, same_account};
use crate::token::{ServerToken, TokenError, TokenFile};

/// That an administrator agrees to user and device data going to Apple (ORG-9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "who and when is all there is")]
pub struct Consent {
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The beginning: nobody has agreed to anything, and there is no certificate to be had (ORG-9).
///
/// ```compile_fail,E0599
/// # use apple_ade::{pki::certificate::Certificate, program::onboarding::Onboarding};
/// fn too_early(certificate: Certificate) {
///     Onboarding::begin().issue(certificate);
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Onboarding(());

/// An administrator has agreed. Now a key pair is made, and its certificate issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[must_use]
pub struct Agreed {
    consent: Consent,
}

/// The certificate is out: it is uploaded in Apple's portal, the MDM server is saved there (TOK-3), and its token downloaded.
///
/// The value holds no secret and can be stored while the administrator is away; the private key is kept by the caller, as a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct Pending {
    consent: Consent,
    #[serde(with = "crate::program::pem")]
    certificate: Certificate,
}

/// A session that was left before its token came: whoever closes the page begins again, and its certificate counts no more (TOK-9, KEY-4).
///
/// Kept so that a file for its certificate can be told from a file for nobody's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    begun: DateTime<Utc>,
    #[serde(with = "crate::program::pem")]
    certificate: Certificate,
}

/// The token file is decrypted. It is complete once the Apple Account is named under which it was made (TOK-6).
///
/// ```compile_fail,E0599
/// # use apple_ade::{api::AccountDetail, program::onboarding::Opened};
/// fn too_early(opened: Opened, account: &AccountDetail) {
///     opened.check(account);
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Opened {
    consent: Consent,
    certificate: Certificate,
    token: ServerToken,
}

/// The token is here. Ask Apple with it who it is for: `GET /account`.
#[derive(Debug)]
#[must_use]
pub struct Received {
    opened: Opened,
    apple_id: AppleId,
    tags: BTreeSet<Tag>,
}

/// Apple has answered the token.
#[derive(Debug)]
#[must_use]
pub struct Checked {
    token: ServerToken,
    record: TokenRecord,
    notices: Vec<Notice>,
}

/// What follows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NextStep {
    /// Fetch all devices: [`DeviceSync::ask`](crate::sync::DeviceSync::ask) with [`Kind::Full`](crate::sync::Kind::Full) and
    /// [`Trigger::TokenInstalled`](crate::sync::Trigger::TokenInstalled) (TOK-8).
    FetchAllDevices,
}

impl Onboarding {
    /// Begins.
    pub fn begin() -> Self {
        Self(())
    }

    /// The administrator agrees (ORG-9).
    pub fn agree(self, consent: Consent) -> Agreed {
        Agreed { consent }
    }
}

impl Agreed {
    /// Issues the certificate of a key pair that was made for this session alone (KEY-4):
    /// [`TokenKeyPair::certificate`](crate::token::TokenKeyPair::certificate), or one for a key in an HSM.
    pub fn issue(self, certificate: Certificate) -> Pending {
        Pending { consent: self.consent, certificate }
    }

    /// Who agreed, and when.
    pub fn consent(&self) -> &Consent {
        &self.consent
    }
}

impl Pending {
    /// The certificate to upload, as PEM. There is no private key in it (KEY-3).
    pub fn certificate_pem(&self) -> String {
        self.certificate.to_pem()
    }

    /// The certificate. Its fingerprint tells this session from others (KEY-4).
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The session is left: the page was closed, or the administrator begins again (TOK-9).
    pub fn close(self) -> (Closed, Agreed) {
        let closed = Closed { begun: self.certificate.not_before(), certificate: self.certificate };
        (closed, Agreed { consent: self.consent })
    }

    /// Opens the file that Apple gave. The stage stays as it is, so that after a wrong file the right one can follow.
    ///
    /// # Errors
    ///
    /// [`OnboardingError::ClosedSession`] if the file is for one of the `closed` sessions, [`OnboardingError::Token`] with what the
    /// file is in other cases.
    pub fn open(&self, file: &[u8], key: &dyn DecryptKey, closed: &[Closed]) -> Result<Opened, OnboardingError> {
        let file = TokenFile::parse(file)?;
        let token = file.decrypt_for(&self.certificate, key).map_err(|error| whose(error, &file, closed))?;
        Ok(Opened { consent: self.consent.clone(), certificate: self.certificate.clone(), token })
    }
}

/// Tells a file for an earlier certificate from one for a stranger's.
fn whose(error: TokenError, file: &TokenFile, closed: &[Closed]) -> OnboardingError {
    let matches = |closed: &&Closed| file.recipients().iter().any(|recipient| closed.certificate.matches(recipient));
    match (&error, closed.iter().find(matches)) {
        (TokenError::NotEncryptedForThisKey { .. }, Some(closed)) => {
            OnboardingError::ClosedSession { begun: closed.begun }
        }
        _ => error.into(),
    }
}

impl Opened {
    /// Names the Apple Account under which the token was made (TOK-6).
    pub fn made_by(self, apple_id: AppleId) -> Received {
        Received { opened: self, apple_id, tags: BTreeSet::new() }
    }
}

impl Received {
    /// Gives the token scope tags (TOK-10).
    pub fn with_tags(self, tags: impl IntoIterator<Item = Tag>) -> Self {
        Self { tags: tags.into_iter().collect(), ..self }
    }

    /// The token, for the call of `GET /account`. A [`Session`](crate::session::Session) takes a token for itself: give it one that is
    /// [read](ServerToken::from_json) anew from [`to_json`](ServerToken::to_json).
    pub fn token(&self) -> &ServerToken {
        &self.opened.token
    }

    /// Compares with what Apple says of the token.
    ///
    /// An Apple Account other than the one that was named draws a [`Notice`], and nothing worse (X-6).
    ///
    /// # Errors
    ///
    /// [`OnboardingError::Expired`].
    pub fn check(self, account: &AccountDetail, now: DateTime<Utc>) -> Result<Checked, OnboardingError> {
        let Self { opened: Opened { consent, certificate, token }, apple_id, tags } = self;
        let expiry = token.expiry();
        if expiry.at() <= now {
            return Err(OnboardingError::Expired { at: expiry.at() });
        }
        let notices = same_account(&apple_id, account).err().into_iter().collect();
        let name = account.server_name.as_deref().and_then(|name| name.parse::<MdmServerName>().ok());
        let record = TokenRecord::new(token.identity(), expiry, apple_id, now)
            .with_account(account)
            .with_server_name(name)
            .with_certificate(&certificate)
            .with_consent(consent)
            .with_tags(tags);
        Ok(Checked { token, record, notices })
    }
}

impl Checked {
    /// What is to be told to the administrator.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// With another Apple Account than the one that was named, as where [Apple says](Notice::AppleSaysOtherwise) which it is (TOK-6).
    pub fn with_apple_id(self, apple_id: AppleId) -> Self {
        let record = self.record.with_apple_id(apple_id);
        Self { record, ..self }
    }

    /// The token is in use from now on: what to store of it, the token itself, and what to do at once (TOK-8).
    pub fn activate(self) -> (TokenRecord, ServerToken, NextStep) {
        (self.record, self.token, NextStep::FetchAllDevices)
    }
}
