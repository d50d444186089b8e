//! The command `InstallProfile`.

use std::fmt;

use crate::secret::SecretBytes;

/// A configuration profile to be installed, as the bytes of its `.mobileconfig`, signed or not.
///
/// ```
/// use apple_ade::command::InstallProfile;
///
/// let install = InstallProfile::new("com.example.wifi", b"<?xml version=\"1.0\"?>...".to_vec())?;
/// assert_eq!(install.identifier(), "com.example.wifi");
/// assert_eq!(format!("{install:?}"), "InstallProfile(\"com.example.wifi\", redacted)");
/// # Ok::<(), apple_ade::command::InstallProfileError>(())
/// ```
pub struct InstallProfile {
    identifier: String,
    payload: SecretBytes,
}

/// What cannot be installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InstallProfileError {
    /// The profile has no identifier.
    #[error("the profile has no identifier; give its `PayloadIdentifier`, by which a plan knows it")]
    NoIdentifier,
    /// The identifier holds a control character, which no property list in XML can hold.
    #[error("the identifier {found:?} holds a control character; give the `PayloadIdentifier` as it is in the profile")]
    ControlCharacter {
        /// The identifier, shortened.
        found: String,
    },
    /// There is nothing to install.
    #[error("the profile is empty; give the bytes of its .mobileconfig")]
    Empty,
}

impl InstallProfile {
    /// This profile. The identifier is its `PayloadIdentifier`; a plan knows the step by it, and the command does not repeat it.
    ///
    /// # Errors
    ///
    /// [`InstallProfileError`].
    pub fn new(identifier: impl Into<String>, payload: impl Into<Vec<u8>>) -> Result<Self, InstallProfileError> {
        let (identifier, payload) = (identifier.into(), SecretBytes::new(payload));
        if identifier.trim().is_empty() {
            return Err(InstallProfileError::NoIdentifier);
        }
        if identifier.chars().any(char::is_control) {
            return Err(InstallProfileError::ControlCharacter { found: identifier.chars().take(80).collect() });
        }
        if payload.expose_secret().is_empty() {
            return Err(InstallProfileError::Empty);
        }
        Ok(Self { identifier, payload })
    }

    /// `PayloadIdentifier`.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    pub(super) fn payload(&self) -> &[u8] {
        self.payload.expose_secret()
    }
}

impl fmt::Debug for InstallProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstallProfile({:?}, redacted)", self.identifier)
    }
}
