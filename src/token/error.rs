use super::Artifact;
use crate::pki::cms::{CmsError, RecipientId};
use crate::pki::key::KeyError;

/// Why there is no server token in what was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The file is another one than expected (TOK-5).
    #[error("this is {found}, where {expected} is expected: {}", found.fix())]
    WrongArtifact {
        /// What the file should be.
        expected: Artifact,
        /// What it is.
        found: Artifact,
    },
    /// The file ends too early.
    #[error("the token file was cut short (at {length} bytes); download it again and copy it whole")]
    Truncated {
        /// How long it is, in bytes.
        length: usize,
    },
    /// The file is longer than any token.
    #[error(
        "the file has {length} bytes, and a token file has at most {}; give the .p7m file that Apple gave",
        super::TokenFile::MAX_SIZE
    )]
    TooLarge {
        /// How long it is, in bytes.
        length: usize,
    },
    /// The file is not in order, or of a kind that cannot be opened.
    #[error("the token file cannot be read: {0}")]
    Cms(#[source] CmsError),
    /// The file was encrypted for other certificates (KEY-5, TOK-9).
    #[error("the token was encrypted for another certificate ({}); give the key pair whose certificate was uploaded, or upload yours and download the token again", list(.recipients))]
    NotEncryptedForThisKey {
        /// For whom it was encrypted.
        recipients: Vec<RecipientId>,
    },
    /// The file does not open: the key is another one, or the file was damaged. Which of the two is not told apart.
    #[error("the token does not decrypt with this key: it was encrypted for {}; give the key of that certificate, or download the token again if it was damaged", list(.recipients))]
    Decrypt {
        /// For whom it was encrypted.
        recipients: Vec<RecipientId>,
    },
    /// The key could not be used.
    #[error(transparent)]
    Key(KeyError),
    /// What is inside is not JSON.
    #[error("what is inside the token file is not a JSON object (from character {at} on); download it again")]
    Json {
        /// Where it stops being one, counted from 1 with line breaks left out.
        at: usize,
    },
    /// A field of the token is missing or empty.
    #[error("the token has no `{field}`; download it again")]
    MissingField {
        /// The field, in Apple's spelling.
        field: &'static str,
    },
    /// A field of the token is not text.
    #[error("the token's `{field}` is {found}, where text is expected; download it again")]
    WrongType {
        /// The field, in Apple's spelling.
        field: &'static str,
        /// The JSON type that it has.
        found: &'static str,
    },
    /// The expiry of the token is not a time.
    #[error(
        "the token's `access_token_expiry` is {found:?}, where a time such as 2026-11-22T08:00:00Z is expected; download it again"
    )]
    BadExpiry {
        /// What it is, unless it is too long for a time.
        found: String,
    },
}

impl TokenError {
    /// The file is `found` in place of the server token file.
    pub(super) fn wrong(found: Artifact) -> Self {
        Self::WrongArtifact { expected: Artifact::ServerTokenFile, found }
    }
}

fn list(recipients: &[RecipientId]) -> String {
    let shown: Vec<String> =
        recipients.iter().take(3).map(|recipient| recipient.to_string().chars().take(300).collect()).collect();
    match recipients.len() {
        0 => String::from("nobody with an RSA key"),
        more @ 4.. => format!("{} and {} more", shown.join("; "), more - 3),
        _ => shown.join("; "),
    }
}
