use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mfa::SecondFactor;
use super::user::User;
use crate::affinity::VppTokenId;
use crate::os::Target;
use crate::token::TokenExpiry;

/// What is around a profile: the portal app, licences, policies, users. What is not said is taken to be fine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Circumstances {
    pub(super) now: Option<DateTime<Utc>>,
    pub(super) portal: Option<PortalApp>,
    pub(super) vpp: Vec<VppToken>,
    pub(super) staging: Option<StagingAudience>,
    pub(super) needs_user: BTreeSet<String>,
    pub(super) conditional_access: bool,
    pub(super) company_apps: bool,
    pub(super) jit_policy: Option<bool>,
    pub(super) second_factor: Option<SecondFactor>,
    pub(super) ws_trust: Option<bool>,
    pub(super) targets: Vec<Target>,
    pub(super) users: Vec<User>,
}

/// How the portal app reaches devices, beside what the profile says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PortalApp {
    /// With which licence.
    pub licence: PortalLicence,
    /// Whether its configuration for modern sign-in is also deployed by hand.
    #[serde(default)]
    pub configured_by_hand: bool,
}

/// Where the portal app's licence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PortalLicence {
    /// Users take it from the App Store (CPV-1).
    AppStore,
    /// By licences of devices, from Apps and Books (CPV-3).
    Device,
    /// By licences of users, from Apps and Books.
    User,
}

/// To whom the configuration goes by which the portal app finds a primary user on devices without one: staging (AFF-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StagingAudience {
    /// To all devices.
    AllDevices,
    /// To devices without user affinity alone, as it has to be.
    WithoutAffinity,
}

/// What is known of a token of Apps and Books (VPP).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct VppToken {
    /// The token.
    pub id: VppTokenId,
    /// When it ends.
    pub expiry: TokenExpiry,
    /// How many device licences for the portal app are left.
    pub device_licences_left: u64,
}

impl PortalApp {
    /// The portal app with a licence.
    pub fn new(licence: PortalLicence) -> Self {
        Self { licence, configured_by_hand: false }
    }

    /// Its configuration is deployed by hand, too.
    #[must_use]
    pub fn configured_by_hand(self) -> Self {
        Self { configured_by_hand: true, ..self }
    }
}

impl VppToken {
    /// A token, its end, and the licences that are left.
    pub fn new(id: VppTokenId, expiry: TokenExpiry, device_licences_left: u64) -> Self {
        Self { id, expiry, device_licences_left }
    }
}

impl Circumstances {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time, for what ends.
    pub fn at(self, now: DateTime<Utc>) -> Self {
        Self { now: Some(now), ..self }
    }

    /// How the portal app reaches devices.
    pub fn portal(self, portal: PortalApp) -> Self {
        Self { portal: Some(portal), ..self }
    }

    /// A token of Apps and Books.
    pub fn vpp_token(mut self, token: VppToken) -> Self {
        self.vpp.push(token);
        self
    }

    /// The staging configuration exists, and goes there (AFF-6, AFF-7).
    pub fn staging(self, audience: StagingAudience) -> Self {
        Self { staging: Some(audience), ..self }
    }

    /// An app that works only for a user, as the portal app for line-of-business apps does (AFF-5).
    pub fn app_needs_user(mut self, app: impl Into<String>) -> Self {
        self.needs_user.insert(app.into());
        self
    }

    /// Conditional access decides who reaches the organisation's data (CPV-5).
    pub fn conditional_access(self) -> Self {
        Self { conditional_access: true, ..self }
    }

    /// The organisation's apps are deployed (CPV-5).
    pub fn company_apps(self) -> Self {
        Self { company_apps: true, ..self }
    }

    /// Whether the policy for just-in-time registration exists (AFF-13).
    pub fn jit_policy(self, exists: bool) -> Self {
        Self { jit_policy: Some(exists), ..self }
    }

    /// Multi-factor authentication is demanded, and the second factor is there (AFF-14, CPV-12).
    pub fn mfa(self, factor: SecondFactor) -> Self {
        Self { second_factor: Some(factor), ..self }
    }

    /// Users sign in through federation, by an identity provider that offers WS-Trust 1.3 username/mixed or does not (CON-4).
    pub fn federated(self, ws_trust_13: bool) -> Self {
        Self { ws_trust: Some(ws_trust_13), ..self }
    }

    /// A system that devices have (CPV-11); those of the profile count as well.
    pub fn target(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }

    /// A user who is to set up a device (AFF-15, AFF-16).
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }
}
