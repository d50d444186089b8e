//! Platform SSO during enrollment: what a Mac fetches before it asks again.

use crate::pki::certificate::Certificate;
use crate::profile::url::Url;

/// What a Mac is asked to set up before it enrolls: `com.apple.psso.required`, macOS 26.
///
/// It installs the profile and the package, lets the user sign in at `AuthURL`, and posts its MachineInfo again with the access token. See
/// [Apple's article](https://developer.apple.com/documentation/devicemanagement/implementing-platform-sso-during-automated-device-enrollment).
///
/// ```
/// use apple_ade::enrollment::PlatformSso;
///
/// let (profile, sign_in) = ("https://mdm.example.com/sso.mobileconfig", "https://idp.example.com/sign-in");
/// let sso = PlatformSso::new(profile, sign_in, "https://mdm.example.com/manifest.plist")?;
/// assert_eq!(sso.auth_url(), sign_in);
/// let error = PlatformSso::new(profile, "http://idp.example.com/", profile).unwrap_err();
/// assert!(error.to_string().starts_with("`AuthURL` is"));
/// # Ok::<(), apple_ade::enrollment::HttpsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformSso {
    pub(super) profile_url: String,
    pub(super) auth_url: String,
    pub(super) manifest_url: String,
    pub(super) pinning_certs: Vec<Vec<u8>>,
    pub(super) pinning_revocation_check_required: bool,
}

/// A text that is no https URL where one has to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is no https URL with a host; write it as in https://mdm.example.com/path")]
pub struct HttpsError {
    pub(super) key: &'static str,
}

/// The text, if it is an https URL.
pub(super) fn https(key: &'static str, text: impl Into<String>) -> Result<String, HttpsError> {
    let text = text.into();
    match Url::read(&text) {
        Ok(url) if url.is_https() => Ok(text),
        _ => Err(HttpsError { key }),
    }
}

impl PlatformSso {
    /// `ProfileURL`, `AuthURL` and the package's `ManifestURL`.
    ///
    /// # Errors
    ///
    /// [`HttpsError`] where one of them is no https URL.
    pub fn new(
        profile_url: impl Into<String>,
        auth_url: impl Into<String>,
        manifest_url: impl Into<String>,
    ) -> Result<Self, HttpsError> {
        Ok(Self {
            profile_url: https("ProfileURL", profile_url)?,
            auth_url: https("AuthURL", auth_url)?,
            manifest_url: https("ManifestURL", manifest_url)?,
            pinning_certs: Vec::new(),
            pinning_revocation_check_required: false,
        })
    }

    /// `PinningCerts`: the certificates one of which the server of the manifest has to show.
    #[must_use]
    pub fn pinned_to<'c>(mut self, certificates: impl IntoIterator<Item = &'c Certificate>) -> Self {
        self.pinning_certs = certificates.into_iter().map(|certificate| certificate.as_der().to_vec()).collect();
        self
    }

    /// `PinningRevocationCheckRequired`: the device goes on only after a positive answer on revocation.
    #[must_use]
    pub fn revocation_check_required(self) -> Self {
        Self { pinning_revocation_check_required: true, ..self }
    }

    /// `ProfileURL`
    pub fn profile_url(&self) -> &str {
        &self.profile_url
    }

    /// `AuthURL`: where the user signs in.
    pub fn auth_url(&self) -> &str {
        &self.auth_url
    }

    /// `ManifestURL` of `Package`.
    pub fn manifest_url(&self) -> &str {
        &self.manifest_url
    }

    /// `PinningCerts` of `Package`, in DER.
    pub fn pinning_certs(&self) -> &[Vec<u8>] {
        &self.pinning_certs
    }
}
