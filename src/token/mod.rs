//! The server token: from the key pair to the four secrets that sign in.
//!
//! A [`TokenKeyPair`] is made, its certificate is uploaded to Apple Business Manager or Apple School Manager (KEY-1,
//! KEY-2), Apple gives back a `.p7m` file ([`TokenFile`]) that only that key opens (KEY-5), and inside is the
//! [`ServerToken`] (TOK-1).
//!
//! ## Renewal
//!
//! A token lasts for a year; every download of a token file makes the one before invalid at once, so finish what you begin:
//! decrypt the new file with the same key pair, compare [`ServerToken::identity`] with the old token's, store
//! [`ServerToken::to_json`] in its place, and make a new [`Client`](crate::Client) or [`Session`](crate::session::Session). A session of
//! the old token is of no use to the new one.

mod artifact;
mod error;
mod expiry;
mod file;
mod identity;
#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
mod key_pair;
mod message;
mod mime;
mod server_token;
mod wrapping;

pub use self::artifact::Artifact;
pub use self::error::TokenError;
pub use self::expiry::{ExpiryStatus, TOKEN_VALIDITY, TokenExpiry};
pub use self::file::TokenFile;
pub use self::identity::{IdentityError, TokenIdentity};
#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
pub use self::key_pair::{KeyPairError, TokenKeyPair};
pub use self::server_token::ServerToken;
