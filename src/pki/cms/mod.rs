//! Encrypted messages: CMS EnvelopedData (RFC 5652, 6) and AuthEnvelopedData (RFC 5083); signed ones, read and made: SignedData (RFC
//! 5652, 5).

mod cipher;
mod envelope;
mod name;
mod recipient;
mod sign;
mod signed;

pub use self::cipher::ContentCipher;
pub use self::envelope::Enveloped;
pub use self::name::{Name, Serial};
pub use self::recipient::{KeyEncryption, OaepHash, Recipient, RecipientId};
pub use self::sign::{SignError, sign_message};
pub use self::signed::{Signed, SignedError, SignerId};

use super::der::DerError;

/// Why a message cannot be read or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// The bytes are not BER, or not within the bounds of [`ber_to_der`](super::der::ber_to_der).
    #[error("the message is not in order at {0}")]
    Ber(#[from] DerError),
    /// A signed message where an encrypted one is expected.
    #[error("the message is signed, not encrypted; give the file that was encrypted for your certificate")]
    SignedData,
    /// Something else of CMS or PKCS#7.
    #[error(
        "the message is of the kind {oid}, not encrypted content; give the file that was encrypted for your certificate"
    )]
    NotEnveloped {
        /// The object identifier of what it is.
        oid: String,
    },
    /// The structure is not what the standard says.
    #[error("the message is malformed at its {place}; fetch it again")]
    Malformed {
        /// The part that could not be read.
        place: &'static str,
    },
    /// Encrypted with a cipher that this crate does not have.
    #[error("the message is encrypted with {oid}, which is not supported; AES in CBC or GCM mode and 3DES are")]
    UnsupportedCipher {
        /// The object identifier of the cipher, with what about its parameters is unusual.
        oid: String,
    },
    /// More recipients than a message for one server can have.
    #[error("the message has more than {} recipients", Enveloped::MAX_RECIPIENTS)]
    TooManyRecipients,
    /// The content does not open: the key is another one, or the message was damaged. Which of the two is not told
    /// apart, on purpose.
    #[error("the message does not open with this key; either the key is another one or the message is damaged")]
    Decrypt,
}
