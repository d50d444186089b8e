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
    /// - `com.apple.mdm.per-user-connections` for a Shared iPad, and for a profile that may reach a Mac;
    /// - `com.apple.mdm.bootstraptoken` for a Mac, and where apps are to outlast a return to service (`is_return_to_service`).
    ///
    /// A profile may reach a Mac if it is made for macOS, or for no system in particular; that of a Shared iPad does not. An update can add
    /// neither, so that one too many does less harm. Where the device is known, [`demanded_on`](Self::demanded_on) says it exactly.
    pub fn demanded_by(profile: &EnrollmentProfile) -> Self {
        let targets = profile.targets();
        let is_for_mac = targets.iter().any(|target| target.platform == Platform::MacOs)
            || profile.account_configuration().is_some()
            || (targets.is_empty() && profile.mode().shared_ipad().is_none());
        Self::demanded(profile, is_for_mac)
    }

    /// Those without which a device with this system does not work, as the [`Caller`](crate::enrollment::Caller) says it; of no known system,
    /// as [`demanded_by`](Self::demanded_by).
    ///
    /// ```
    /// use apple_ade::affinity::UserAffinity;
    /// use apple_ade::enrollment::{Caller, ServerCapabilities};
    /// use apple_ade::profile::{EnrollmentProfile, Supervised};
    ///
    /// let profile = EnrollmentProfile::builder("All devices", "https://mdm.example.com/enroll")
    ///     .mode(Supervised::new(UserAffinity::Without))
    ///     .build()?;
    /// let on = |product: &str| ServerCapabilities::demanded_on(&profile, Caller::new(product, "25A354").platform());
    /// assert_eq!(on("Mac14,2").as_slice(), ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"]);
    /// assert!(on("iPhone15,2").as_slice().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn demanded_on(profile: &EnrollmentProfile, platform: Option<Platform>) -> Self {
        match platform {
            Some(platform) => Self::demanded(profile, platform == Platform::MacOs),
            None => Self::demanded_by(profile),
        }
    }

    fn demanded(profile: &EnrollmentProfile, is_for_mac: bool) -> Self {
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
