//! People with roles in the portal, and the terms that they sign.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::faults::Fault;
use super::time::LAST;
use super::world::World;

/// Somebody with a role in the organisation's portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Administrator {
    /// The Managed Apple Account: an e-mail address.
    pub id: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

impl Administrator {
    /// Somebody by account, name and role.
    pub fn new(id: impl Into<String>, name: impl Into<String>, role: Role) -> Self {
        Self { id: id.into(), name: name.into(), role }
    }
}

/// The roles of Apple's portals that have to do with devices, and `Staff` for all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// May do everything, and alone may sign terms.
    Administrator,
    /// Manages MDM servers and devices.
    DeviceEnrollmentManager,
    /// Manages people.
    PeopleManager,
    /// Manages a location of a school with its devices and people.
    SiteManager,
    /// Has no part in this.
    Staff,
}

/// The agreement between Apple and the organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Terms {
    /// Counts the versions that Apple has published, from 1.
    pub version: u32,
    /// When this version was published.
    pub published: DateTime<Utc>,
    /// Who signed this version, if [`World::sign_terms`] did.
    pub signed_by: Option<String>,
    /// Until when calls are refused although the terms are signed; see [`Fault::TermsLinger`].
    pub refused_until: Option<DateTime<Utc>>,
}

/// Why terms could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TermsError {
    /// There is no such person.
    #[error("the organisation has no administrator {0:?}: name one of Organisation::administrators by its id")]
    NoAdministrator(String),
    /// The role is not enough.
    #[error("{id} is {role:?}, and Apple lets none but the role Administrator sign terms")]
    WrongRole {
        /// Who.
        id: String,
        /// With which role.
        role: Role,
    },
    /// The terms are signed already.
    #[error("version {0} of the terms is signed already: World::publish_terms makes a new one")]
    NothingToSign(u32),
}

impl World {
    /// Apple publishes new terms: until they are signed every call of the organisation ends in 403 `T_C_NOT_SIGNED`.
    ///
    /// ```
    /// use apple_ade::simulator::World;
    ///
    /// let mut world = World::builder().build();
    /// world.publish_terms();
    /// assert!(!world.organisation().terms_signed);
    /// world.sign_terms("it-admin@school.example.org")?;
    /// assert_eq!(world.organisation().terms.version, 2);
    /// # Ok::<(), apple_ade::simulator::TermsError>(())
    /// ```
    pub fn publish_terms(&mut self) {
        let version = self.organisation.terms.version.saturating_add(1);
        self.organisation.terms_signed = false;
        self.organisation.terms = Terms { version, published: self.now, signed_by: None, refused_until: None };
    }

    /// An administrator signs the current terms. Calls are served again at once, unless [`Fault::TermsLinger`] is set.
    ///
    /// # Errors
    ///
    /// When there is no such person, the role is not `Administrator`, or the terms are signed already.
    pub fn sign_terms(&mut self, id: &str) -> Result<(), TermsError> {
        let people = &self.organisation.administrators;
        let person = people.iter().find(|person| person.id == id);
        let person = person.ok_or_else(|| TermsError::NoAdministrator(id.to_owned()))?;
        if person.role != Role::Administrator {
            return Err(TermsError::WrongRole { id: id.to_owned(), role: person.role });
        }
        if self.organisation.terms_signed {
            return Err(TermsError::NothingToSign(self.organisation.terms.version));
        }
        let linger = self.faults.strike(|fault| matches!(fault, Fault::TermsLinger { .. }));
        let hours = match linger {
            Some(Fault::TermsLinger { hours }) => i64::from(hours),
            _ => 0,
        };
        self.organisation.terms_signed = true;
        self.organisation.terms.signed_by = Some(id.to_owned());
        self.organisation.terms.refused_until = TimeDelta::try_hours(hours)
            .filter(|span| !span.is_zero())
            .map(|span| self.now.checked_add_signed(span).map_or(LAST, |until| until.min(LAST)));
        Ok(())
    }
}
