//! How the portal app and its website present the organisation.
//!
//! Everything but the background applies to app and website alike (BRA-13); the background concerns the app alone (BRA-12), and is
//! the app's own matter. Every text has a bound, and none that breaks it can be made.
//!
//! ```
//! use apple_ade::program::branding::{Branding, ItContact, SupportSite};
//!
//! let contact = ItContact::new().with_name("Service Desk".parse()?).with_email("help@example.org".parse()?);
//! let site = SupportSite::new("https://help.example.org".parse()?);
//! let branding = Branding::new("Example School 12".parse()?).with_contact(contact).with_support_site(site);
//! assert_eq!(branding.support_site.as_ref().map(SupportSite::display_name), Some("Go to IT website"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod color;
mod image;
mod logo;
mod text;

use serde::{Deserialize, Serialize};

pub use self::color::{Color, ColorError};
pub use self::logo::{Background, Logo, LogoError, LogoFormat, LogoProblem};
pub use self::text::{
    AdditionalInformation, CompanyName, ContactEmail, ContactName, ContactPhone, SiteName, TextProblem,
};
use super::HttpsUrl;

/// The settings of the portal, as text to store. Logos are kept beside it.
///
/// What is not set is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Branding {
    /// The title of the portal (BRA-1).
    pub company_name: CompanyName,
    /// Whom to ask for help.
    #[serde(default)]
    pub contact: ItContact,
    /// Free text (BRA-5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_information: Option<AdditionalInformation>,
    /// The privacy statement: at most 79 characters, not 80 (BRA-6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_statement: Option<HttpsUrl<79>>,
    /// Where users find help online (BRA-8); without it nothing is shown (BRA-7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_site: Option<SupportSite>,
    /// The colour of the theme (BRA-10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Color>,
}

/// Whom users ask for help.
///
/// Its bounds are not those of the enrollment profile's `support_phone_number` (50) and `support_email_address` (250).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ItContact {
    /// The name (BRA-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ContactName>,
    /// The phone number (BRA-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<ContactPhone>,
    /// The e-mail address (BRA-4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<ContactEmail>,
}

/// The website where users find help (BRA-8).
///
/// There is no name without a URL:
///
/// ```compile_fail,E0308
/// use apple_ade::program::branding::SupportSite;
///
/// let site: SupportSite = SupportSite::new("Help");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SupportSite {
    /// Its URL: at most 150 characters (BRA-7).
    pub url: HttpsUrl<150>,
    /// What is shown for it (BRA-9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SiteName>,
}

impl SupportSite {
    /// What is shown for a site without a name (BRA-9).
    pub const DEFAULT_NAME: &'static str = "Go to IT website";

    /// A site without a name of its own.
    pub fn new(url: HttpsUrl<150>) -> Self {
        Self { url, name: None }
    }

    /// Gives it a name.
    #[must_use]
    pub fn with_name(self, name: SiteName) -> Self {
        Self { name: Some(name), ..self }
    }

    /// What is shown for it: its name, or [`DEFAULT_NAME`](Self::DEFAULT_NAME) (BRA-9).
    pub fn display_name(&self) -> &str {
        self.name.as_ref().map_or(Self::DEFAULT_NAME, SiteName::as_str)
    }
}

impl ItContact {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(self, name: ContactName) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Sets the phone number.
    #[must_use]
    pub fn with_phone(self, phone: ContactPhone) -> Self {
        Self { phone: Some(phone), ..self }
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn with_email(self, email: ContactEmail) -> Self {
        Self { email: Some(email), ..self }
    }
}

impl Branding {
    /// A portal with a title, and nothing else yet.
    pub fn new(company_name: CompanyName) -> Self {
        Self {
            company_name,
            contact: ItContact::new(),
            additional_information: None,
            privacy_statement: None,
            support_site: None,
            theme: None,
        }
    }

    /// Sets whom to ask.
    #[must_use]
    pub fn with_contact(self, contact: ItContact) -> Self {
        Self { contact, ..self }
    }

    /// Sets the free text.
    #[must_use]
    pub fn with_additional_information(self, text: AdditionalInformation) -> Self {
        Self { additional_information: Some(text), ..self }
    }

    /// Sets the privacy statement.
    #[must_use]
    pub fn with_privacy_statement(self, url: HttpsUrl<79>) -> Self {
        Self { privacy_statement: Some(url), ..self }
    }

    /// Sets the support site.
    #[must_use]
    pub fn with_support_site(self, site: SupportSite) -> Self {
        Self { support_site: Some(site), ..self }
    }

    /// Sets the colour of the theme.
    #[must_use]
    pub fn with_theme(self, theme: Color) -> Self {
        Self { theme: Some(theme), ..self }
    }
}
