//! What could not be carried over.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::exchange::Source;
use super::tree::Tree;
use crate::judgement::veiled;

/// Why something could not be carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LossKind {
    /// It was carried over in another form, or something followed from it that was not asked for.
    Changed,
    /// It contradicts something else that is said, and the other counts.
    Contradiction,
    /// The type is right, and the value is none that can be.
    Invalid,
    /// The other side has nothing for it.
    NoCounterpart,
    /// This version of the crate does not know the key.
    UnknownKey,
    /// It has no effect, because of something else that is said.
    Unused,
    /// The value is of another type than documented.
    WrongType,
}

/// Something that could not be carried over: where it stands, why, and what it was.
///
/// ```
/// use apple_ade::interop::{LossKind, Source, ThisServer, import};
///
/// let server = ThisServer::new("https://mdm.example.com/enroll");
/// let text = r#"{"displayName": "Kiosks", "siriDisabled": "yes", "colour": "red"}"#;
/// let imported = import(Source::Graph, text, &server)?;
/// let [unknown, wrong] = imported.losses().as_slice() else { return Ok(()) };
/// assert_eq!((unknown.path(), unknown.kind(), unknown.value()), ("colour", LossKind::UnknownKey, Some("\"red\"")));
/// assert_eq!((wrong.path(), wrong.kind()), ("siriDisabled", LossKind::WrongType));
/// # Ok::<(), apple_ade::interop::ImportError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Loss {
    path: String,
    kind: LossKind,
    reason: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// By its path the value may be a secret.
    #[serde(skip)]
    is_secret: bool,
}

/// The most characters of a value that a report repeats.
const SHOWN: usize = 120;

impl Loss {
    pub(super) fn new(path: impl Into<String>, kind: LossKind, reason: impl Into<Cow<'static, str>>) -> Self {
        let path = path.into();
        let is_secret = path.split('.').any(names_secret);
        let path = veiled(Cow::Owned(path), SHOWN).into_owned();
        Self { path, kind, reason: reason.into(), value: None, is_secret }
    }

    /// The value, without what is secret in it.
    pub(super) fn with_value(self, value: &str) -> Self {
        let value = (!self.is_secret).then(|| veiled(Cow::Owned(value.to_owned()), SHOWN).into_owned());
        Self { value, ..self }
    }

    /// The value, unless a key in it is that of a secret.
    pub(super) fn with_tree(self, value: &Tree) -> Self {
        if self.is_secret || holds_secret(value) { self } else { self.with_value(&value.to_string()) }
    }

    /// The same of JSON as text.
    pub(super) fn with_json(self, value: &str) -> Self {
        let holds = serde_json::from_str::<Tree>(value).is_ok_and(|tree| holds_secret(&tree));
        if holds { self } else { self.with_value(value) }
    }

    /// Where it stands: a path in the JSON that was given, or for an export in Apple's keys and the parts of
    /// [`EnrollmentProfile`](crate::profile::EnrollmentProfile).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why, for programs.
    pub fn kind(&self) -> LossKind {
        self.kind
    }

    /// Why, in words.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The value as JSON, cut at 120 characters; `None` where it is not to be shown. No value is shown where the path, or a key inside the
    /// value, is that of a password or the like, or has a word such as `password`, `secret`, `token` or `key` in it, however it is written.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

/// Words by which a key is that of a secret, whoever made it up.
const WORDS: [&str; 7] = ["credential", "hash", "key", "passphrase", "password", "secret", "token"];

/// Whether a key is that of a secret: by the table of either system, whichever is read, or by a word in it.
fn names_secret(key: &str) -> bool {
    // The names of panes.
    if key == "enabledSkipKeys" || key.starts_with("enabledSkipKeys[") {
        return false;
    }
    let lower = key.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word)) || {
        let secrets =
            [Source::Graph, Source::Jamf].into_iter().flat_map(Source::fields).filter(|field| field.is_secret());
        secrets.filter_map(|field| field.path().pop()).any(|name| name.eq_ignore_ascii_case(key))
    }
}

/// Whether there is a key of a secret in a value, at any depth.
fn holds_secret(value: &Tree) -> bool {
    match value {
        Tree::List(items) => items.iter().any(holds_secret),
        Tree::Object(entries) => entries.iter().any(|(key, value)| names_secret(key) || holds_secret(value)),
        Tree::Null | Tree::Flag(_) | Tree::Number(_) | Tree::Text(_) => false,
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Everything that could not be carried over, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LossReport(Vec<Loss>);

impl LossReport {
    pub(super) fn sorted(mut losses: Vec<Loss>) -> Self {
        losses.sort();
        losses.dedup();
        Self(losses)
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Loss> {
        self.0.iter()
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Loss] {
        &self.0
    }

    /// Whether nothing is lost.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Those of one path, and of what is below it.
    pub fn at<'r>(&'r self, path: &'r str) -> impl Iterator<Item = &'r Loss> {
        self.0.iter().filter(move |loss| {
            loss.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }
}

impl<'r> IntoIterator for &'r LossReport {
    type Item = &'r Loss;
    type IntoIter = std::slice::Iter<'r, Loss>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A line each.
impl fmt::Display for LossReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, loss) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{loss}")?;
        }
        Ok(())
    }
}
