use chrono::{DateTime, Utc};

use crate::program::tokens::Fence;
use crate::token::TokenError;

/// Why a file does not bring an onboarding, or a renewal, further. Nothing has changed: give another file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnboardingError {
    /// The file is no token file, or not for this key: what it is, and what to do, is in the source (TOK-5, KEY-5).
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The file was made for a certificate of an earlier session that was closed (TOK-9, KEY-4).
    #[error(
        "the token was made for the certificate of {begun}, whose session was closed: upload the certificate of this session in Apple's portal, and download the token again"
    )]
    ClosedSession {
        /// When that session began: from when on its certificate is valid.
        begun: DateTime<Utc>,
    },
    /// The token has expired.
    #[error("the token expired on {at}: download a new one in Apple's portal")]
    Expired {
        /// When.
        at: DateTime<Utc>,
    },
    /// The token is for another server or another organisation than it has to be (TOK-21).
    #[error(transparent)]
    OtherServer(#[from] Fence),
}
