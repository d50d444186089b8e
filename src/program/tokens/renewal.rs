use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fence::{self, AppleIdPolicy, Fence, Notice};
use super::record::TokenRecord;
use super::tag::Tag;
use crate::api::AccountDetail;
use crate::pki::certificate::Certificate;
use crate::program::onboarding::AppleId;
use crate::program::organization::AppleRole;
use crate::token::{ServerToken, TokenExpiry};

/// Why a token is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RenewalReason {
    /// Its year is over, or nearly (TOK-11).
    Expiry,
    /// The password of the Apple Account that made it has changed (TOK-13). Apple probably refuses the token from then on.
    CreatorPasswordChanged,
    /// The person who made it has left the organisation (TOK-14).
    CreatorLeft,
    /// It was downloaded again in Apple's portal: the one in use is invalid, and the renewal has to be finished (TOK-18).
    DownloadedAgain,
    /// Apple has refused it, for whatever reason: [`Advice::RenewToken`](crate::error::Advice::RenewToken).
    RefusedByApple,
}

impl RenewalReason {
    /// Whether the token in use is of no more use because of it (TOK-18).
    pub fn ends_the_token(self) -> bool {
        matches!(self, Self::DownloadedAgain | Self::RefusedByApple)
    }
}

impl fmt::Display for RenewalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Expiry => "its year is over, or nearly",
            Self::CreatorPasswordChanged => "the password of the Apple Account that made it has changed",
            Self::CreatorLeft => "the person who made it has left",
            Self::DownloadedAgain => "it was downloaded again, which makes the one in use invalid",
            Self::RefusedByApple => "Apple has refused it",
        })
    }
}

/// Where a step is taken (TOK-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a renewal has two sides")]
pub enum Side {
    /// In Apple Business Manager or Apple School Manager.
    Apple,
    /// In the MDM.
    Mdm,
}

impl Side {
    /// Whether it is Apple's.
    pub fn is_apple(self) -> bool {
        self == Self::Apple
    }
}

/// A step of a renewal, in its order (TOK-17). None makes a new certificate: the key pair stays (KEY-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RenewalStep {
    /// Sign in to Apple's portal, with a role that may (ORG-21).
    SignInToApple,
    /// Open the settings there.
    OpenSettings,
    /// Choose the MDM server.
    ChooseServer,
    /// Download its token. From here on the token in use is invalid (TOK-18).
    DownloadToken,
    /// Choose the token in the MDM.
    ChooseToken,
    /// Begin to renew it there.
    BeginRenewal,
    /// Name the Apple Account.
    NameAppleId,
    /// Upload the file.
    UploadToken,
    /// Set scope tags, if there are to be others (TOK-10).
    SetTags,
    /// Confirm, and see that it is renewed (TOK-21).
    Confirm,
}

impl RenewalStep {
    /// All, in their order.
    pub const ALL: [Self; 10] = [
        Self::SignInToApple,
        Self::OpenSettings,
        Self::ChooseServer,
        Self::DownloadToken,
        Self::ChooseToken,
        Self::BeginRenewal,
        Self::NameAppleId,
        Self::UploadToken,
        Self::SetTags,
        Self::Confirm,
    ];

    /// Where it is taken.
    pub fn side(self) -> Side {
        match self {
            Self::SignInToApple | Self::OpenSettings | Self::ChooseServer | Self::DownloadToken => Side::Apple,
            _ => Side::Mdm,
        }
    }

    /// Whether the renewal can be left undone after it: before the download, yes (TOK-18).
    pub fn can_stop_after(self) -> bool {
        self < Self::DownloadToken
    }
}

/// The renewal of a token: the plan, and the one door through which the new token comes.
#[derive(Debug, Clone)]
pub struct Renewal<'r> {
    record: &'r TokenRecord,
    apple_id_policy: AppleIdPolicy,
}

/// A renewal that is done: confirm it to the administrator with both ends (TOK-21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Renewed {
    /// What to store in the place of the old record, in one transaction with the new token's secrets, and only where what is stored still has
    /// [`old_expiry`](Self::old_expiry): of two renewals of one record Apple honours the token that was downloaded last.
    pub record: TokenRecord,
    /// The old end.
    pub old_expiry: TokenExpiry,
    /// The new end.
    pub new_expiry: TokenExpiry,
    /// What to tell the administrator.
    pub notices: Vec<Notice>,
}

impl<'r> Renewal<'r> {
    /// The renewal of this token.
    pub fn of(record: &'r TokenRecord) -> Self {
        Self { record, apple_id_policy: AppleIdPolicy::default() }
    }

    /// Sets what a different Apple Account comes to.
    #[must_use]
    pub fn with_apple_id_policy(self, policy: AppleIdPolicy) -> Self {
        Self { apple_id_policy: policy, ..self }
    }

    /// The steps, on both sides (TOK-15, TOK-17).
    pub fn plan(&self) -> &'static [RenewalStep] {
        &RenewalStep::ALL
    }

    /// Whether somebody with this role can take the steps in Apple's portal (ORG-21).
    pub fn may_be_done_by(&self, role: AppleRole) -> bool {
        role.may_download_tokens()
    }

    /// Checks the new token, and gives what to store for it. Nothing has changed before that is stored: a token that is refused leaves
    /// the old one in place.
    ///
    /// `account` is Apple's answer to `GET /account` with the new token; without it, only the consumer key is compared.
    ///
    /// # Errors
    ///
    /// [`Fence`]: what makes the token no successor of the one in use (TOK-20, TOK-21), or one that has ended by now (TOK-11).
    pub fn accept(
        &self,
        token: &ServerToken,
        apple_id: AppleId,
        account: Option<&AccountDetail>,
        now: DateTime<Utc>,
    ) -> Result<Renewed, Fence> {
        fence::by_token(self.record, token, now)?;
        let mut notices = Vec::new();
        if let Some(account) = account {
            fence::by_account(self.record, account)?;
            notices.extend(fence::same_account(&apple_id, account).err());
        }
        notices.extend(fence::by_apple_id(self.record.apple_id(), &apple_id, self.apple_id_policy)?);
        let (old_expiry, new_expiry) = (self.record.expiry(), token.expiry());
        let record = self.record.renewed(new_expiry, apple_id, account, now);
        Ok(Renewed { record, old_expiry, new_expiry, notices })
    }
}

impl Renewed {
    /// Sets the scope tags anew (TOK-10); those of before stay otherwise.
    #[must_use]
    pub fn with_tags(self, tags: impl IntoIterator<Item = Tag>) -> Self {
        Self { record: self.record.with_tags(tags), ..self }
    }

    /// Keeps the fingerprint of another certificate (KEY-4), where the token was made for a [staged](super::KeySlots) key pair. That of before
    /// stays otherwise.
    #[must_use]
    pub fn with_certificate(self, certificate: &Certificate) -> Self {
        Self { record: self.record.with_certificate(certificate), ..self }
    }
}

/// The confirmation (TOK-21).
impl fmt::Display for Renewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token is renewed: it ended on {}, and ends on {} now", self.old_expiry, self.new_expiry)?;
        self.notices.iter().try_for_each(|notice| write!(f, "; {notice}"))
    }
}
