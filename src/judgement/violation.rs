//! What was found to break a rule.

use std::borrow::Cow;
use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::fix::Fix;
use super::rule::{Rule, Severity};
use super::veil::veiled;
use crate::os::Target;

/// One place where a rule is broken: where, what was found there, why that is bad, and what to do.
///
/// Nothing in it repeats a private key or a password, wherever in the profile that stands; long texts are cut.
///
/// ```
/// use apple_ade::judgement::{Rule, Severity};
/// use apple_ade::profile::Check;
///
/// let violations = Check::new().json(r#"{
///     "profile_name": "Class iPads", "url": "https://mdm.example.com/enroll",
///     "is_mdm_removable": false, "is_supervised": false
/// }"#);
/// let violation = violations.errors().next().ok_or("there is one")?;
/// assert_eq!(violation.rule(), Rule::LOCKED_UNSUPERVISED);
/// assert_eq!(violation.path(), "is_mdm_removable");
/// assert_eq!(violation.word(), Some("FLAGS_INVALID"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    rule: Rule,
    path: Cow<'static, str>,
    message: Cow<'static, str>,
    found: Option<Cow<'static, str>>,
    help: Option<Cow<'static, str>>,
    word: Option<&'static str>,
    targets: Vec<Target>,
    fix: Option<Fix>,
}

/// The most characters of a path.
const PATH_MOST: usize = 120;
/// The most characters of a sentence, or of a value.
pub(super) const TEXT_MOST: usize = 400;

impl Violation {
    /// The word is the rule's, where the rule has only one.
    pub(crate) fn new(rule: Rule, path: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        let word = match rule.words() {
            [word] => Some(*word),
            _ => None,
        };
        let (path, message) = (veiled(path.into(), PATH_MOST), veiled(message.into(), TEXT_MOST));
        Self { rule, path, message, found: None, help: None, word, targets: Vec::new(), fix: None }
    }

    pub(crate) fn with_found(self, found: impl Into<Cow<'static, str>>) -> Self {
        Self { found: Some(veiled(found.into(), TEXT_MOST)), ..self }
    }

    pub(crate) fn with_help(self, help: impl Into<Cow<'static, str>>) -> Self {
        Self { help: Some(veiled(help.into(), TEXT_MOST)), ..self }
    }

    pub(crate) fn with_word(self, word: Option<&'static str>) -> Self {
        Self { word, ..self }
    }

    pub(crate) fn with_targets(self, targets: Vec<Target>) -> Self {
        Self { targets, ..self }
    }

    /// The fix's title is the help, unless there is another. A fix that repeats a private key or a password is none: it would pass
    /// it on to whoever reads the judgement.
    pub(crate) fn with_fix(self, fix: Fix) -> Self {
        let help = self.help.or_else(|| Some(fix.title().to_owned().into()));
        Self { help, fix: Some(fix).filter(|fix| !fix.holds_secret()), ..self }
    }

    /// The rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// How bad it is: the rule's severity.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// Where it is: the path in JSON in Apple's spelling (`skip_setup_items[3]`), cut at 120 characters; `$` for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there, in a sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The value that was found, as JSON and shortened; `None` where there is none, or where it is not to be shown.
    pub fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// What to do.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The error word that Apple's service would answer; `None` where it would not refuse, or does not document it.
    pub fn word(&self) -> Option<&'static str> {
        self.word
    }

    /// The targets for which it holds; none where it does not depend on them.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// What a program can do about it without asking.
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }
}

/// In the manner of a compiler:
///
/// ```text
/// error[ADE-P050]: the profile cannot be removed from a device that is not supervised
///   --> is_mdm_removable: false
///    = why: only supervised devices can be kept from removing management; Apple answers FLAGS_INVALID
///    = help: set `is_supervised` to true
///    = from: LOK-2, https://developer.apple.com/documentation/devicemanagement/profile
/// ```
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}\n  --> {}", self.severity(), self.rule.code(), self.message, self.path)?;
        if let Some(found) = &self.found {
            write!(f, ": {found}")?;
        }
        write!(f, "\n   = why: {}", self.rule.why())?;
        if let Some(word) = self.word {
            write!(f, "; Apple answers {word}")?;
        }
        if let Some((first, rest)) = self.targets.split_first() {
            write!(f, "\n   = on: {first}")?;
            rest.iter().try_for_each(|target| write!(f, ", {target}"))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n   = help: {help}")?;
        }
        write!(f, "\n   = from: {}", self.rule.sources().join(", "))
    }
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Violation", 11)?;
        map.serialize_field("code", self.rule.code())?;
        map.serialize_field("severity", &self.severity())?;
        map.serialize_field("path", &self.path)?;
        map.serialize_field("message", &self.message)?;
        map.serialize_field("found", &self.found)?;
        map.serialize_field("why", self.rule.why())?;
        map.serialize_field("help", &self.help)?;
        map.serialize_field("word", &self.word)?;
        map.serialize_field("targets", &self.targets)?;
        map.serialize_field("sources", self.rule.sources())?;
        map.serialize_field("fix", &self.fix)?;
        map.end()
    }
}
