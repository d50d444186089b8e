use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::record::TokenRecord;
use crate::api::AccountDetail;
use crate::program::onboarding::AppleId;
use crate::token::ServerToken;

/// A token that is not the successor of the one in use. Swapped all the same, the store of one server would be swept by the list of
/// another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fence {
    /// Its consumer key is another: it was made for another MDM server in Apple's portal (TOK-21).
    #[error("this token is for another MDM server (its consumer key differs): in Apple's portal, download the token of the server {}", .server.as_deref().unwrap_or("that is in use"))]
    ConsumerKey {
        /// The name of the server in use, where it is known.
        server: Option<String>,
    },
    /// Apple says that it is for another server (TOK-21).
    #[error(
        "this token is for the MDM server {found}, and the one in use is {expected}: download the token of that server"
    )]
    ServerUuid {
        /// `server_uuid` of the token in use.
        expected: String,
        /// `server_uuid` of the new one.
        found: String,
    },
    /// Apple says that it is for another organisation (TOK-21).
    #[error(
        "this token is of another organisation ({found}, not {expected}): sign in to Apple's portal for the right one"
    )]
    Organization {
        /// `org_id_hash` of the token in use.
        expected: String,
        /// `org_id_hash` of the new one.
        found: String,
    },
    /// It has ended itself: newer than the one in use, and of no more use (TOK-11).
    #[error("this token has ended on {at}: download a new one in Apple's portal")]
    Expired {
        /// When.
        at: crate::token::TokenExpiry,
    },
    /// It ends no later than the one in use (TOK-21).
    #[error(
        "this token ends on {new}, no later than the one in use ({old}): it is the file of an earlier download; take the newest"
    )]
    NotNewer {
        /// The end of the token in use.
        old: crate::token::TokenExpiry,
        /// The end of the new one.
        new: crate::token::TokenExpiry,
    },
    /// Another Apple Account than the original one, where the policy insists on that (TOK-20).
    #[error(
        "this token was made by {found}, and has to be made by {expected}: sign in to Apple's portal with that account"
    )]
    AppleId {
        /// The original account.
        expected: String,
        /// The account that was named.
        found: String,
    },
}

/// Something to tell the administrator; nothing is refused because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// The Apple Account is another than the original one (TOK-19). Devices that are enrolled are not affected (TOK-16).
    AppleIdDiffersFromOriginal {
        /// The original account.
        original: String,
        /// The account now.
        now: String,
    },
    /// Apple names another account as the maker of the token than the administrator did.
    AppleSaysOtherwise {
        /// The account that was named.
        named: String,
        /// `admin_id`.
        apple: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppleIdDiffersFromOriginal { original, now } => {
                write!(
                    f,
                    "the token was made by {original} before, and is made by {now} now; enrolled devices are not affected"
                )
            }
            Self::AppleSaysOtherwise { named, apple } => {
                write!(
                    f,
                    "{named} was named as the Apple Account, and by Apple it is {apple:?}; record the latter if it is right"
                )
            }
        }
    }
}

/// What a different Apple Account comes to at renewal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AppleIdPolicy {
    /// A notice: the documentation of 2017 and 2023 (TOK-19).
    #[default]
    May,
    /// A refusal: the documentation of 2016, by which the original account has to be used again (TOK-20).
    Must,
}

/// Compares the account that was named with `admin_id`, or its old name `facilitator_id`, of Apple's answer. Where Apple names none, all is
/// well.
///
/// # Errors
///
/// [`Notice::AppleSaysOtherwise`].
pub fn same_account(named: &AppleId, account: &AccountDetail) -> Result<(), Notice> {
    let is_said = |id: &&String| !id.trim().is_empty();
    let apple = account.admin_id.as_ref().filter(is_said).or(account.facilitator_id.as_ref().filter(is_said));
    match apple.map(|apple| (apple, apple.parse::<AppleId>())) {
        Some((apple, parsed)) if parsed.as_ref() != Ok(named) => {
            Err(Notice::AppleSaysOtherwise { named: named.to_string(), apple: apple.clone() })
        }
        _ => Ok(()),
    }
}

/// By the token alone: consumer key and end.
pub(super) fn by_token(record: &TokenRecord, token: &ServerToken, now: DateTime<Utc>) -> Result<(), Fence> {
    if token.identity() != record.identity() {
        return Err(Fence::ConsumerKey { server: record.server_name().map(ToString::to_string) });
    }
    let (old, new) = (record.expiry(), token.expiry());
    if new <= old {
        Err(Fence::NotNewer { old, new })
    } else if new.at() <= now {
        Err(Fence::Expired { at: new })
    } else {
        Ok(())
    }
}

/// By what Apple says of it.
pub(super) fn by_account(record: &TokenRecord, account: &AccountDetail) -> Result<(), Fence> {
    let differs = |old: Option<&str>, new: &Option<String>| match (old, new) {
        (Some(old), Some(new)) if old != new => Some((old.to_owned(), new.clone())),
        _ => None,
    };
    if let Some((expected, found)) = differs(record.organization(), &account.org_id_hash) {
        return Err(Fence::Organization { expected, found });
    }
    match differs(record.server_uuid(), &account.server_uuid) {
        Some((expected, found)) => Err(Fence::ServerUuid { expected, found }),
        None => Ok(()),
    }
}

/// By the Apple Account.
pub(super) fn by_apple_id(original: &AppleId, now: &AppleId, policy: AppleIdPolicy) -> Result<Option<Notice>, Fence> {
    match (original == now, policy) {
        (true, _) => Ok(None),
        (false, AppleIdPolicy::Must) => Err(Fence::AppleId { expected: original.to_string(), found: now.to_string() }),
        (false, AppleIdPolicy::May) => {
            Ok(Some(Notice::AppleIdDiffersFromOriginal { original: original.to_string(), now: now.to_string() }))
        }
    }
}
