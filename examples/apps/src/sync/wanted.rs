use std::io;
use std::path::Path;

use apple_ade::Stamp;
use apple_ade::api::profile::Profile;
use apple_ade::assign::ProfileName;
use apple_ade::error::BoxError;
use apple_ade::profile::{Check, ProfileFingerprint};

use super::console::Console;
use super::token::read;
use crate::lint;

/// The profile that devices without one are given.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) profile: Profile,
    /// What plans call it: its `profile_name`.
    pub(crate) name: ProfileName,
    /// Whether it has to be defined again is told by this.
    pub(crate) fingerprint: String,
}

impl Wanted {
    /// Reads and judges a profile. What is wrong with it is told as `profile_lint` does; one with errors is refused.
    pub(crate) fn read(path: &Path, console: &Console) -> Result<Self, BoxError> {
        let text = read("--assign", path)?;
        let violations = Check::new().at(Stamp::from_system().now()).json(&text);
        if violations.iter().next().is_some() {
            let report = lint::report(&io::stderr(), &path.to_string_lossy(), &text, &violations);
            console.remark(format_args!("--assign {}\n\n{report}\n", path.display()));
        }
        if violations.has_errors() {
            let path = path.display();
            return Err(format!("--assign {path}: the profile has errors, and nothing was done; `profile_lint --fix {path}` corrects what it can").into());
        }
        let profile: Profile =
            serde_json::from_str(&text).map_err(|error| format!("--assign {}: {error}", path.display()))?;
        let name = profile.profile_name.as_deref().unwrap_or_default().parse();
        let name = name.map_err(|error| format!("--assign {}: {error}", path.display()))?;
        let fingerprint = ProfileFingerprint::of(&profile).to_string();
        Ok(Self { profile, name, fingerprint })
    }
}
