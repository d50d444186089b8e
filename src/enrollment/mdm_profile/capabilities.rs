//! What the server says that it can do.

use crate::os::Platform;
use crate::profile::EnrollmentProfile;

/// `com.apple.mdm.per-user-connections`
pub(super) const PER_USER_CONNECTIONS: &str = "com.apple.mdm.per-user-connections";
/// `com.apple.mdm.bootstraptoken`
pub(super) const BOOTSTRAP_TOKEN: &str = "com.apple.mdm.bootstraptoken";
/// `com.apple.mdm.token`
pub(super) const GET_TOKEN: &str = "com.apple.mdm.token";

/// `ServerCapabilities` of the MDM payload.
///
/// ```
/// use apple_ade::enrollment::ServerCapabilities;
/// use apple_ade::profile::EnrollmentProfile;
/// use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
///
/// let profile = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll")
///     .mode(SharedIpad::accounts(ResidentUsers::new(10)?))
///     .await_configuration()
///     .build()?;
/// let capabilities = ServerCapabilities::demanded_by(&profile);
/// assert_eq!(capabilities.as_slice(), ["com.apple.mdm.per-user-connections"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerCapabilities(Vec<&'static str>);

impl ServerCapabilities {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those without which the devices of a profile do not work:
    ///
    /// - `com.apple.mdm.per-user-connections` for a Shared iPad, and for a profile that is made for macOS;
    /// - `com.apple.mdm.bootstraptoken` for macOS, and where apps are to outlast a return to service (`is_return_to_service`).
    pub fn demanded_by(profile: &EnrollmentProfile) -> Self {
        let is_for_mac = profile.targets().iter().any(|target| target.platform == Platform::MacOs)
            || profile.account_configuration().is_some();
        let mut capabilities = Self::new();
        if profile.mode().shared_ipad().is_some() || is_for_mac {
            capabilities = capabilities.per_user_connections();
        }
        if is_for_mac || profile.wire().is_return_to_service == Some(true) {
            capabilities = capabilities.bootstrap_token();
        }
        capabilities
    }

    /// With `com.apple.mdm.per-user-connections`: users on a Shared iPad or Mac have a channel of their own. It can neither be added
    /// nor taken back by an update of the profile.
    #[must_use]
    pub fn per_user_connections(self) -> Self {
        self.with(PER_USER_CONNECTIONS)
    }

    /// With `com.apple.mdm.bootstraptoken`: the server keeps the bootstrap token; macOS 11, iOS 26, visionOS 26.
    #[must_use]
    pub fn bootstrap_token(self) -> Self {
        self.with(BOOTSTRAP_TOKEN)
    }

    /// With `com.apple.mdm.token`: the server answers `GetToken`.
    #[must_use]
    pub fn get_token(self) -> Self {
        self.with(GET_TOKEN)
    }

    fn with(mut self, capability: &'static str) -> Self {
        if !self.0.contains(&capability) {
            self.0.push(capability);
        }
        self
    }

    /// The words, each once.
    pub fn as_slice(&self) -> &[&'static str] {
        &self.0
    }
}
