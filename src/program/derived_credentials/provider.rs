use super::stage::Stage;
use crate::program::HttpsUrl;

/// Where the code is typed on the computer with the smart card (DCR-8).
pub const DEVICE_LOGIN_URL: &str = "https://microsoft.com/devicelogin";

/// Who issues derived credentials (DCR-17): what the [`Flow`](super::Flow) does is the same with each, what the user reads is not.
///
/// ```
/// use apple_ade::program::derived_credentials::{CredentialProvider, Intercede, Stage};
///
/// struct ExampleTrust;
///
/// impl CredentialProvider for ExampleTrust {
///     fn name(&self) -> &str {
///         "Example Trust"
///     }
///     fn request_at_the_card(&self) -> String {
///         "Open portal.example.net with your card and choose Mobile.".into()
///     }
/// }
///
/// let providers: [&dyn CredentialProvider; 2] = [&ExampleTrust, &Intercede::default()];
/// assert!(providers.iter().all(|provider| !provider.request_at_the_card().is_empty()));
/// ```
///
/// A name is no provider, not even Intercede's:
///
/// ```compile_fail,E0277
/// # use apple_ade::program::derived_credentials::Flow;
/// fn read(flow: &Flow) -> String {
///     flow.instruction(&String::from("Intercede"))
/// }
/// ```
pub trait CredentialProvider {
    /// Its name.
    fn name(&self) -> &str;

    /// What the user does at the computer or kiosk that reads the card, so that a QR code is shown (DCR-12).
    fn request_at_the_card(&self) -> String;

    /// Where the organisation has its own instructions (DCR-11); `None` for the provider's page.
    fn instructions(&self) -> Option<&HttpsUrl<2000>> {
        None
    }

    /// What the user reads at a stage, if it is other than usual.
    fn instruction(&self, stage: &Stage) -> Option<String> {
        let _ = stage;
        None
    }
}

/// Intercede, whose software at the card is MyID (DCR-12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intercede {
    profile: String,
    instructions: Option<HttpsUrl<2000>>,
}

impl Default for Intercede {
    fn default() -> Self {
        Self { profile: "mobile credential".into(), instructions: None }
    }
}

impl Intercede {
    /// Names the credential profile that users choose in MyID.
    #[must_use]
    pub fn with_profile(self, profile: impl Into<String>) -> Self {
        Self { profile: profile.into(), ..self }
    }

    /// Names the page with the organisation's instructions (DCR-11).
    #[must_use]
    pub fn with_instructions(self, url: HttpsUrl<2000>) -> Self {
        Self { instructions: Some(url), ..self }
    }
}

impl CredentialProvider for Intercede {
    fn name(&self) -> &'static str {
        "Intercede"
    }

    fn request_at_the_card(&self) -> String {
        format!("Open MyID, sign in with the card, choose Request ID, and select the profile {:?}.", self.profile)
    }

    fn instructions(&self) -> Option<&HttpsUrl<2000>> {
        self.instructions.as_ref()
    }
}
