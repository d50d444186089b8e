//! Settings in JSON, judged one by one.

use serde_json::{Map, Value};

use super::input::{InputError, InputProblem, plain};
use super::settings::Settings;
use super::wanted::{NUMBER, Wanted, unknown_keys};

/// What each setting has to be.
const SETTINGS: &[(&str, Wanted)] = &[
    ("session_seconds", NUMBER),
    ("rotate_every", Wanted::MaybeWhole(1, u32::MAX as u64)),
    ("old_session_stays", Wanted::Flag),
    ("forbid_unknown_session", Wanted::Flag),
    ("quoted_errors", Wanted::Flag),
    ("page_limit", Wanted::PageLimit),
    ("page_size_unasked", NUMBER),
    ("cursor_seconds", NUMBER),
    ("timestamp_window", NUMBER),
    ("protocol_unasked", Wanted::Whole(0, u8::MAX as u64)),
    ("replaced_token", Wanted::Words(&["Rejected", "RejectedForbidden", "SignatureInvalid"])),
    ("unknown_profile", Wanted::Words(&["Documented", "Observed", "Legacy"])),
    ("no_replacement_is_400", Wanted::Flag),
    ("activation_lock", Wanted::Flag),
    ("account_driven_enrollment", Wanted::Flag),
    ("beta_program", Wanted::Flag),
    ("legacy_required_keys", Wanted::Flag),
    ("refused_locales", Wanted::Pairs),
    ("refused_user_agents", Wanted::Texts),
    ("throttle_after", Wanted::MaybeWhole(0, u32::MAX as u64)),
    ("throttle_seconds", NUMBER),
    ("calls_kept", NUMBER),
];

impl Settings {
    /// These settings with some of them changed, by their names in JSON.
    ///
    /// # Errors
    ///
    /// When there is no such setting, or a value does not fit. All is told at once.
    ///
    /// ```
    /// use apple_ade::simulator::Settings;
    ///
    /// let settings = Settings::default().changed(r#"{ "quoted_errors": true, "rotate_every": 3 }"#)?;
    /// assert!(settings.quoted_errors && settings.rotate_every == Some(3) && settings.session_seconds == 180);
    /// let error = Settings::default().changed(r#"{ "page_limit": { "default": 200, "maximum": 100 } }"#).unwrap_err();
    /// assert_eq!(error.problems[0].path, "page_limit.default");
    /// # Ok::<(), apple_ade::simulator::InputError>(())
    /// ```
    pub fn changed(&self, json: &str) -> Result<Self, InputError> {
        let members = serde_json::from_str::<Map<String, Value>>(json).map_err(|error| {
            let problem = format!("this is no JSON object: {}", plain(&error));
            InputProblem::new("$", problem, "write {\"session_seconds\": 180}")
        })?;
        self.change(&members).map_err(|problems| InputError { problems })
    }

    pub(super) fn change(&self, changes: &Map<String, Value>) -> Result<Self, Vec<InputProblem>> {
        let known: Vec<&str> = SETTINGS.iter().map(|(key, _)| *key).collect();
        let mut problems = unknown_keys(changes, &known);
        let usual = serde_json::to_value(Self::default()).unwrap_or_default();
        for (key, wanted) in SETTINGS {
            let found = changes.get(*key).and_then(|value| wanted.problem(key, value));
            problems.extend(found.map(|problem| {
                let usual = usual.get(*key).map(ToString::to_string).unwrap_or_default();
                InputProblem { fix: format!("{}; the usual value is {usual}", problem.fix), ..problem }
            }));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let unreadable = |error: serde_json::Error| vec![InputProblem::new("$", plain(&error), "see Settings")];
        let Value::Object(mut members) = serde_json::to_value(self).map_err(unreadable)? else {
            return Ok(self.clone());
        };
        members.extend(changes.clone());
        serde_json::from_value(Value::Object(members)).map_err(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{SETTINGS, Settings};

    #[test]
    fn every_setting_is_in_the_table_and_its_usual_value_fits() {
        let usual = serde_json::to_value(Settings::default()).unwrap();
        let keys: BTreeSet<&str> = usual.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, SETTINGS.iter().map(|(key, _)| *key).collect());
        for (key, wanted) in SETTINGS {
            assert_eq!(wanted.problem(key, &usual[key]), None);
        }
        assert_eq!(Settings::default().change(usual.as_object().unwrap()), Ok(Settings::default()));
    }
}
