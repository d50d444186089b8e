//! What an account has, and what of it is too much.

use serde::{Deserialize, Serialize};

use super::Limits;
use crate::judgement::{Rule, Violation, Violations};

/// An account with its tokens, in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUse {
    /// The tokens.
    pub tokens: Vec<TokenUse>,
}

/// A token with its devices and profiles, in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUse {
    /// The caller's name for it.
    pub name: String,
    /// How many devices it has.
    pub devices: u64,
    /// The profiles.
    #[serde(default)]
    pub profiles: Vec<ProfileUse>,
}

/// A profile with its devices, in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileUse {
    /// The caller's name for it.
    pub name: String,
    /// How many devices it is assigned to.
    pub devices: u64,
}

impl AccountUse {
    /// With these tokens.
    pub fn new(tokens: impl IntoIterator<Item = TokenUse>) -> Self {
        Self { tokens: tokens.into_iter().collect() }
    }
}

impl TokenUse {
    /// Without a profile.
    pub fn new(name: impl Into<String>, devices: u64) -> Self {
        Self { name: name.into(), devices, profiles: Vec::new() }
    }

    /// With a profile that so many devices have.
    #[must_use]
    pub fn with_profile(mut self, name: impl Into<String>, devices: u64) -> Self {
        self.profiles.push(ProfileUse { name: name.into(), devices });
        self
    }
}

impl Limits {
    /// Everything of which an account has too much (LIM-1, LIM-2, LIM-3, LIM-4).
    pub fn check(&self, account: &AccountUse) -> Violations {
        let mut found = Vec::new();
        let tokens = count(account.tokens.len());
        if tokens > self.tokens_per_account {
            let message = format!("the account has {tokens} tokens; {} are allowed", self.tokens_per_account);
            let over = tokens.saturating_sub(self.tokens_per_account);
            let violation = Violation::new(Rule::ACCOUNT_TOKENS_MANY, "tokens", message).with_found(tokens.to_string());
            found.push(violation.with_help(format!("move {over} of them to another account, or join small ones")));
        }
        for (place, token) in account.tokens.iter().enumerate() {
            self.token(place, token, &mut found);
        }
        Violations::sorted(found)
    }

    /// Whether so many devices may be selected at a time (LIM-6).
    pub fn check_selection(&self, devices: usize) -> Violations {
        let (devices, most) = (count(devices), u64::from(self.selection.get()));
        if devices <= most {
            return Violations::default();
        }
        let message = format!("{devices} devices are selected at a time; {most} are advised");
        let violation = Violation::new(Rule::SELECTION_MANY, "$", message).with_found(devices.to_string());
        let help = format!("do it {} times, with at most {most} each", devices.div_ceil(most));
        Violations::sorted(vec![violation.with_help(help)])
    }

    fn token(&self, place: usize, token: &TokenUse, found: &mut Vec<Violation>) {
        let (profiles, the_token) = (count(token.profiles.len()), named("token", &token.name));
        if profiles > self.profiles_per_token {
            let message = format!("{the_token} has {profiles} profiles; {} are allowed", self.profiles_per_token);
            let violation = Violation::new(Rule::TOKEN_PROFILES_MANY, format!("tokens[{place}].profiles"), message);
            let help = "remove profiles that no device has, or join those that differ in their name alone";
            found.push(violation.with_found(profiles.to_string()).with_help(help));
        }
        let most = self.devices_per_token.get();
        if token.devices > most {
            let (rule, is) = if self.is_device_cap_hard {
                (Rule::TOKEN_DEVICES_CAP, "are allowed")
            } else {
                (Rule::TOKEN_DEVICES_MANY, "are recommended at most")
            };
            let minutes = self.full_fetch(token.devices).num_minutes();
            let message =
                format!("{the_token} has {} devices, a full sync of {minutes} minutes; {most} {is}", token.devices);
            let violation = Violation::new(rule, format!("tokens[{place}].devices"), message);
            let tokens = token.devices.div_ceil(most);
            let over = token.devices.saturating_sub(most);
            let help = format!("divide them over {tokens} tokens: move at least {over} to others in Apple's portal");
            found.push(violation.with_found(token.devices.to_string()).with_help(help));
        }
        for (at, profile) in token.profiles.iter().enumerate() {
            if profile.devices > self.devices_per_profile {
                let most = self.devices_per_profile;
                let the_profile = named("profile", &profile.name);
                let message =
                    format!("{the_profile} of {the_token} has {} devices; {most} are allowed", profile.devices);
                let path = format!("tokens[{place}].profiles[{at}].devices");
                let violation = Violation::new(Rule::PROFILE_DEVICES_MANY, path, message);
                let help = "define a second profile with the same content, and assign it to the rest";
                found.push(violation.with_found(profile.devices.to_string()).with_help(help));
            }
        }
    }
}

/// What the caller calls it, so that it is found without counting.
fn named(what: &str, name: &str) -> String {
    if name.is_empty() { format!("the {what}") } else { format!("{what} {name:?}") }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
