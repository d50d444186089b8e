//! The domains that the sign-in screen offers.

use serde::{Deserialize, Serialize};

/// The domains of Managed Apple Accounts that the sign-in screen offers, one or more, by `ManagedAppleIDDefaultDomains`. iPadOS 16.0.
///
/// ```
/// use apple_ade::shared_ipad::DefaultDomains;
///
/// let domains = DefaultDomains::new(["school.example", "appleid.school.example"])?;
/// assert!(!domains.picks_at_random());
///
/// let error = DefaultDomains::new(["@school.example"]).unwrap_err();
/// assert_eq!(error.to_string(), "domain 1, \"@school.example\": leave out the @ and what stands before it");
/// # Ok::<(), apple_ade::shared_ipad::DomainError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct DefaultDomains(Vec<String>);

impl DefaultDomains {
    /// How many of them a screen shows.
    pub const SHOWN: usize = 3;

    /// These domains, in this order.
    ///
    /// # Errors
    /// None at all, the same one twice, or one that is no domain name.
    pub fn new<D: Into<String>>(domains: impl IntoIterator<Item = D>) -> Result<Self, DomainError> {
        let domains: Vec<String> = domains.into_iter().map(Into::into).collect();
        if domains.is_empty() {
            return Err(DomainError::None);
        }
        let mut seen = std::collections::BTreeSet::new();
        for (position, domain) in (1..).zip(&domains) {
            if let Err(fix) = check(domain) {
                return Err(DomainError::NoDomain { position, found: beginning(domain), fix });
            }
            if !seen.insert(domain.to_ascii_lowercase()) {
                return Err(DomainError::Twice { position, found: domain.clone() });
            }
        }
        Ok(Self(domains))
    }

    /// The domains.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether a screen shows three of them, picked at random: there are more than three.
    pub fn picks_at_random(&self) -> bool {
        self.0.len() > Self::SHOWN
    }
}

/// A list that is none of domain names. Positions count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DomainError {
    /// An empty list.
    #[error("there is no domain; name at least one, or leave the list out")]
    None,
    /// Something else than a domain name.
    #[error("domain {position}, {found:?}: {fix}")]
    NoDomain {
        /// Which one.
        position: usize,
        /// The beginning of what it is.
        found: String,
        /// What to write instead.
        fix: &'static str,
    },
    /// A domain that stands further up already.
    #[error("domain {position}, {found:?}: it is named before; leave it out")]
    Twice {
        /// Which one.
        position: usize,
        /// The domain.
        found: String,
    },
}

/// What has to be changed for this to be a domain name: labels of 1 to 63 letters, digits and hyphens, no hyphen at their ends, 253 in
/// all (RFC 1123, RFC 1035), two labels at least, the last with a letter.
fn check(domain: &str) -> Result<(), &'static str> {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let labels = || domain.split('.');
    match domain {
        "" => Err("it is empty; leave it out"),
        _ if domain.contains('@') => Err("leave out the @ and what stands before it"),
        _ if domain.contains("://") => Err("write the domain alone, without https://"),
        _ if !domain.is_ascii() => Err("write it in ASCII, as in xn--…"),
        _ if domain.len() > 253 => Err("a domain has at most 253 characters"),
        _ if labels().any(str::is_empty) => Err("leave out the dots at its ends and the second of two dots"),
        _ if labels().any(|label| label.len() > 63) => Err("there are at most 63 characters between two dots"),
        _ if !labels().all(|label| label.bytes().all(inner)) => {
            Err("it may have letters, digits, hyphens and dots alone")
        }
        _ if labels().any(|label| label.starts_with('-') || label.ends_with('-')) => {
            Err("there is no hyphen beside a dot or at the ends")
        }
        _ if labels().count() < 2 => Err("write the whole domain, as in school.example"),
        _ if labels().next_back().is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit())) => {
            Err("write a domain name, and not an address")
        }
        _ => Ok(()),
    }
}

/// As much of a text as a message repeats.
fn beginning(text: &str) -> String {
    const MOST: usize = 80;
    let head: String = text.chars().take(MOST).collect();
    if head.len() < text.len() { head + "…" } else { head }
}

impl TryFrom<Vec<String>> for DefaultDomains {
    type Error = DomainError;

    fn try_from(domains: Vec<String>) -> Result<Self, DomainError> {
        Self::new(domains)
    }
}

impl From<DefaultDomains> for Vec<String> {
    fn from(domains: DefaultDomains) -> Self {
        domains.0
    }
}
