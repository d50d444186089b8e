/// What came of a response that a [`SimulatedDevice`](super::SimulatedDevice) was given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reaction {
    /// A message to check in was accepted: `Authenticate` or `TokenUpdate`.
    CheckedIn {
        /// Which.
        message: &'static str,
    },
    /// A command has come. The next request answers it.
    Command {
        /// Its `RequestType`.
        request_type: String,
    },
    /// It was erased, as it was ordered.
    Erased {
        /// Whether it returns to service: then it enrolls again.
        returns: bool,
    },
    /// No more commands wait.
    Idle,
    /// It has installed the enrollment profile.
    Installed {
        /// Where its MDM is: `ServerURL`.
        server_url: String,
        /// Whether the profile was signed. By whom is not looked at.
        signed: bool,
    },
    /// A watch has to be paired with a phone: [`pair`](super::SimulatedDevice::pair).
    NeedsPairing {
        /// `security-token`
        security_token: String,
    },
    /// A page is shown: [`submit`](super::SimulatedDevice::submit).
    Page {
        /// Its status.
        status: u16,
        /// The page.
        html: String,
    },
    /// The device is asked to set up Platform SSO, and opens the page where the user signs in.
    PlatformSso {
        /// `ProfileURL`
        profile_url: String,
        /// `AuthURL`
        auth_url: String,
        /// `ManifestURL` of `Package`.
        manifest_url: String,
    },
    /// It goes to another page.
    Redirected {
        /// Which.
        to: String,
    },
    /// It does not go on, and tells its user so.
    Refused {
        /// The status.
        status: u16,
        /// Why.
        why: String,
    },
    /// It is let go: `DeviceConfigured` was carried out, and Setup Assistant goes on.
    Released,
    /// The user has signed in: the page has led back to the device, which asks again with an access token.
    SignedIn,
    /// The server does not know the device, which sets itself up without it, or leaves it.
    Unrecognized,
    /// It was asked to update, has done so, and asks again.
    Updated {
        /// To which version.
        to: String,
    },
}
