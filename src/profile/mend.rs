//! Mending a profile: by every fix that there is, or by those that somebody has chosen.

use crate::api::profile::Profile;
use crate::judgement::{Fix, Object, Rule, Violation, Violations};

use super::check::Check;
use super::object::{Entries, Text};

impl Fix {
    /// The profile with the changes made. `None` where they change nothing, as when the profile is another than the one for which they were
    /// proposed, or where what comes out is no profile.
    pub fn apply_to(&self, profile: &Profile) -> Option<Profile> {
        let entries = Entries::of(profile)?.distinct();
        let (object, _) = Self::apply([self], entries.0);
        Entries(object).to_profile().filter(|mended| mended != profile)
    }
}

impl Check {
    /// Applies the chosen ones of the fixes that were proposed for a profile, and judges what comes of it. Of two that touch the same
    /// place the first wins, and the other is proposed again if it is still needed.
    ///
    /// ```
    /// use apple_ade::api::profile::Profile;
    /// use apple_ade::judgement::{Rule, Violation};
    /// use apple_ade::profile::Check;
    ///
    /// let mut profile = Profile::new("Kiosks", "https://mdm.example.org/enroll");
    /// profile.skip_setup_items = Some(["siri", "Location", "Location"].map(String::from).to_vec());
    /// let found = Check::new().wire(&profile);
    /// let chosen = found.by_rule(Rule::SKIP_KEY_SPELLING).filter_map(Violation::fix);
    /// let (mended, left) = Check::new().apply(&profile, chosen);
    /// assert_eq!(mended.skip_setup_items.as_deref(), Some(&["Siri", "Location", "Location"].map(String::from)[..]));
    /// assert_eq!(left.fixes().count(), 1);
    /// ```
    pub fn apply<'f>(&self, profile: &Profile, fixes: impl IntoIterator<Item = &'f Fix>) -> (Profile, Violations) {
        let object = Entries::of(profile).map(|entries| Fix::apply(fixes, entries.distinct().0).0);
        let mended = object.and_then(|object| Entries(object).to_profile()).unwrap_or_else(|| profile.clone());
        let left = self.wire(&mended);
        (mended, left)
    }

    /// Applies every fix that a program can apply, again and again until there is none left, and gives back the corrected profile
    /// with the titles of the fixes that were applied. Nothing else in the profile changes.
    ///
    /// ```
    /// use apple_ade::api::profile::Profile;
    /// use apple_ade::profile::Check;
    ///
    /// let mut profile = Profile::new("Kiosks", "https://mdm.example.org/enroll");
    /// profile.skip_setup_items = Some(vec!["siri".into()]);
    /// let (mended, done) = Check::new().fix(&profile);
    /// assert_eq!(done, ["write \"Siri\" in place of `skip_setup_items[0]`"]);
    /// assert_eq!(mended.skip_setup_items, Some(vec!["Siri".into()]));
    /// ```
    pub fn fix(&self, profile: &Profile) -> (Profile, Vec<String>) {
        let Some(entries) = Entries::of(profile) else { return (profile.clone(), Vec::new()) };
        let (object, done) = self.mended(entries.distinct().0);
        let mended = if done.is_empty() { None } else { Entries(object).to_profile() };
        (mended.unwrap_or_else(|| profile.clone()), done)
    }

    /// The same for a profile in Apple's JSON. What is mended keeps the order of the keys, and is indented by two spaces; where there is
    /// nothing to mend, the text is the same to the letter.
    ///
    /// ```
    /// use apple_ade::profile::Check;
    ///
    /// let text = r#"{"url": "https://mdm.example.org/enroll", "supervised": true, "profile_name": "Kiosks"}"#;
    /// let (mended, done) = Check::new().fix_json(text)?;
    /// assert_eq!(done, ["write `is_supervised` in place of `supervised`"]);
    /// assert_eq!(mended.split('"').nth(5), Some("is_supervised"));
    /// # Ok::<(), apple_ade::judgement::Violations>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The violation of [`Rule::NOT_JSON`] where the text is no JSON object.
    pub fn fix_json(&self, text: &str) -> Result<(String, Vec<String>), Violations> {
        let broken = |violation: Box<Violation>| Violations::sorted(vec![*violation]);
        let Text { entries, violations, .. } = Text::read(text).map_err(broken)?;
        // What the text alone tells: keys that are there twice, and `null`.
        let (kept, nulls): (Vec<_>, Vec<_>) = violations.iter().partition(|found| found.rule() == Rule::KEY_REPEATED);
        let kept = kept.iter().filter_map(|found| found.fix());
        let mut done: Vec<String> = kept.map(|fix| fix.title().to_owned()).collect();
        let nulls: Vec<&Fix> = nulls.iter().filter_map(|found| found.fix()).collect();
        let (object, applied) = Fix::apply(nulls.iter().copied(), entries.distinct().0);
        done.extend(applied.iter().filter_map(|place| nulls.get(*place)).map(|fix| fix.title().to_owned()));
        let (object, mended) = self.mended(object);
        done.extend(mended);
        if done.is_empty() {
            return Ok((text.to_owned(), done));
        }
        let pretty = serde_json::to_string_pretty(&Entries(object)).unwrap_or_else(|_| text.to_owned());
        Ok((pretty, done))
    }

    fn mended(&self, mut object: Object) -> (Object, Vec<String>) {
        // One round may make another fix due, as when a list has become empty; a fix takes something away for good, so there
        // are few rounds. The bound is for a mistake in a rule.
        const MOST_ROUNDS: usize = 20;
        let mut done = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let Some(profile) = Entries(object.clone()).to_profile() else { break };
            let violations = self.wire(&profile);
            if violations.fixes().next().is_none() {
                break;
            }
            let (mended, applied) = Fix::apply(violations.fixes(), object.clone());
            if mended == object {
                break;
            }
            let applied: std::collections::BTreeSet<usize> = applied.into_iter().collect();
            let fixes = violations.fixes().enumerate().filter(|(place, _)| applied.contains(place));
            done.extend(fixes.map(|(_, fix)| fix.title().to_owned()));
            object = mended;
        }
        (object, done)
    }
}
