use std::fmt;

use serde::Serialize;

use super::checklist::{ChecklistItem, Leaving, PushCertificateFate};
use crate::program::tokens::{DeletionPlan, TokenUse};

/// What has to be done to leave a service, with the deletion of each server token in its place (AUT-9, TOK-25).
///
/// ```
/// use apple_ade::program::authority::{Leaving, OffboardingPlan};
/// use apple_ade::program::tokens::TokenUse;
///
/// let token = TokenUse::new(3_000, 3_000, vec!["Class iPads".into()]);
/// let plan = OffboardingPlan::new(Leaving::Intune, &[token]);
/// println!("{plan}");
/// assert!(plan.to_string().contains("take 3000 devices off this server"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OffboardingPlan {
    items: Vec<ChecklistItem>,
    steps: Vec<OffboardingStep>,
}

/// A step of leaving a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OffboardingStep {
    /// An item of the service's list.
    Item(ChecklistItem),
    /// The deletion of a server token, in the place of [`ChecklistItem::DeleteServerToken`]: the same plan as at any other time (TOK-25).
    Token(DeletionPlan),
    /// The push certificate cannot be deleted, and stays bound to the account (AUT-12).
    PushCertificateStays,
}

impl OffboardingPlan {
    /// The plan to leave a service, with what hangs on each of its tokens. Where the service's list does not speak of tokens and there are
    /// some, they go after the devices: none is left behind.
    pub fn new(leaving: Leaving, tokens: &[TokenUse]) -> Self {
        let list = leaving.checklist();
        let items = list.items.clone();
        let deletions = || tokens.iter().map(|token| OffboardingStep::Token(token.deletion_plan()));
        let is_listed = list.items.contains(&ChecklistItem::DeleteServerToken);
        let mut steps = Vec::new();
        for item in list.items {
            match item {
                ChecklistItem::DeleteServerToken => steps.extend(deletions()),
                ChecklistItem::RetireDevices if !is_listed => {
                    steps.push(OffboardingStep::Item(item));
                    steps.extend(deletions());
                }
                // Where there is no token, there is no profile.
                ChecklistItem::UnassignProfiles if tokens.is_empty() => {}
                item => steps.push(OffboardingStep::Item(item)),
            }
        }
        if list.push_certificate == PushCertificateFate::StaysBound {
            steps.push(OffboardingStep::PushCertificateStays);
        }
        Self { items, steps }
    }

    /// What of the service's list is done when all steps are: also where nothing was to do, as for tokens where there are none.
    pub fn items(&self) -> &[ChecklistItem] {
        &self.items
    }

    /// The steps, in their order.
    pub fn steps(&self) -> &[OffboardingStep] {
        &self.steps
    }
}

/// One step a line.
impl fmt::Display for OffboardingPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps.iter().enumerate() {
            let end = if place == 0 { "" } else { "\n" };
            match step {
                OffboardingStep::Item(item) => write!(f, "{end}- {item}")?,
                OffboardingStep::Token(plan) => {
                    write!(f, "{end}- delete a server token:")?;
                    plan.steps().iter().try_for_each(|step| write!(f, "\n  - {step}"))?;
                }
                OffboardingStep::PushCertificateStays => {
                    write!(f, "{end}- leave the push certificate, which stays bound to the account")?;
                }
            }
        }
        Ok(())
    }
}
