use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Whether an organisation has accepted Apple's terms, as far as the answers of the service tell.
///
/// Apple refuses every call of every token of the organisation with `T_C_NOT_SIGNED` while new terms wait for an administrator, and has been
/// seen to go on for more than a day after they were accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum TermsState {
    /// Nothing was refused.
    #[default]
    Accepted,
    /// An administrator has to accept new terms in Apple's portal.
    NotSigned {
        /// When a call was refused first.
        since: DateTime<Utc>,
    },
    /// Somebody says that they are accepted, and Apple has not confirmed it by an answer yet.
    SaidToBeAccepted {
        /// When that was said.
        at: DateTime<Utc>,
        /// When a call was refused first.
        since: DateTime<Utc>,
    },
}

/// The state of the terms for each organisation, by `org_id_hash`: what one of its tokens meets is true of all of them.
///
/// ```
/// use apple_ade::program::tokens::{OrganizationTerms, TermsState};
///
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// let mut terms = OrganizationTerms::default();
/// terms.refused("8F3C", now);
/// assert!(!terms.may_call("8F3C") && terms.may_call("another"));
/// terms.said_to_be_accepted("8F3C", now);
/// assert!(terms.may_call("8F3C"), "to find out");
/// terms.answered("8F3C");
/// assert_eq!(terms.of("8F3C"), TermsState::Accepted);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganizationTerms(BTreeMap<String, TermsState>);

impl OrganizationTerms {
    /// How long a refusal has been seen to linger after the terms were accepted, at most; longer than that, somebody should look again.
    pub const LINGERS: TimeDelta = TimeDelta::hours(48);

    /// The state for an organisation.
    pub fn of(&self, organization: &str) -> TermsState {
        self.0.get(organization).copied().unwrap_or_default()
    }

    /// A call of one of its tokens was refused with `T_C_NOT_SIGNED`. Whoever said that they are accepted may still be right.
    pub fn refused(&mut self, organization: &str, now: DateTime<Utc>) {
        let state = match self.of(organization) {
            TermsState::Accepted => TermsState::NotSigned { since: now },
            TermsState::SaidToBeAccepted { at, since } if now.signed_duration_since(at) > Self::LINGERS => {
                TermsState::NotSigned { since }
            }
            state => state,
        };
        self.0.insert(organization.to_owned(), state);
    }

    /// An administrator says that the terms are accepted.
    pub fn said_to_be_accepted(&mut self, organization: &str, now: DateTime<Utc>) {
        if let TermsState::NotSigned { since } = self.of(organization) {
            self.0.insert(organization.to_owned(), TermsState::SaidToBeAccepted { at: now, since });
        }
    }

    /// A call of one of its tokens was answered: the terms are accepted.
    pub fn answered(&mut self, organization: &str) {
        self.0.remove(organization);
    }

    /// Whether calls are worth while that somebody asks for: an assignment, a profile. `false` from a refusal on until somebody
    /// [says](Self::said_to_be_accepted) that the terms are accepted, or a call was [answered](Self::answered).
    ///
    /// Do not stop a [`DeviceSync`](crate::sync::DeviceSync) by it: its call once in an
    /// [`account_pause`](crate::sync::SyncPolicy::account_pause) is how it is found that the terms are accepted, whoever did that.
    pub fn may_call(&self, organization: &str) -> bool {
        !matches!(self.of(organization), TermsState::NotSigned { .. })
    }

    /// The organisations whose administrators have to do something.
    pub fn waiting(&self) -> impl Iterator<Item = (&str, TermsState)> {
        let is_waiting = |(_, state): &(&String, &TermsState)| **state != TermsState::Accepted;
        self.0.iter().filter(is_waiting).map(|(organization, state)| (organization.as_str(), *state))
    }
}
