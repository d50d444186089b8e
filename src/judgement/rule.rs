//! What may be broken.

use std::fmt;

use serde::{Serialize, Serializer};

/// How bad it is to break a rule. The worst comes first in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Apple refuses it, or it cannot do what it says.
    Error,
    /// It is allowed, and most likely not what is meant.
    Warning,
    /// Something to know.
    Note,
}

impl Severity {
    /// The word for it, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A rule, by a code that never changes its meaning.
///
/// Two rules are equal when their codes are. The rules on enrollment profiles are constants of this type, listed by
/// [`Rule::ALL`].
#[derive(Clone, Copy)]
pub struct Rule(&'static RuleText);

/// What is known of a rule; made by [`rules!`].
pub(crate) struct RuleText {
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    pub(crate) summary: &'static str,
    pub(crate) why: &'static str,
    pub(crate) sources: &'static [&'static str],
    pub(crate) words: &'static [&'static str],
}

impl Rule {
    pub(crate) const fn new(text: &'static RuleText) -> Self {
        Self(text)
    }

    /// Its code, such as `ADE-P050`. Codes are stable: one that is given up is not used again.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// How bad it is to break it.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// What it demands, in a sentence.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// Why it is there, in a sentence or two.
    pub fn why(self) -> &'static str {
        self.0.why
    }

    /// Where it comes from: requirement ids, pages of Apple's, RFCs.
    pub fn sources(self) -> &'static [&'static str] {
        self.0.sources
    }

    /// The error words with which Apple's service refuses what breaks it; none where Apple does not look, or does not say. Which
    /// of several it is, the [`Violation`](super::Violation) says.
    pub fn words(self) -> &'static [&'static str] {
        self.0.words
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Rule {}

impl PartialOrd for Rule {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rule {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.code())
    }
}

/// The code with the summary, on one line.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {:7}  {}", self.code(), self.severity(), self.summary())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Text {
            code: &'static str,
            severity: Severity,
            summary: &'static str,
            why: &'static str,
            sources: &'static [&'static str],
            words: &'static [&'static str],
        }
        let RuleText { code, severity, summary, why, sources, words } = *self.0;
        Text { code, severity, summary, why, sources, words }.serialize(serializer)
    }
}

/// Rules as constants of [`Rule`], and `RULES`, the list of them in the same order.
macro_rules! rules {
    ($(
        $name:ident = $code:literal $severity:ident $summary:literal
            why $why:literal
            from $sources:tt
            $(words $words:tt)?;
    )*) => {
        impl $crate::judgement::Rule {
            $(
                #[doc = concat!("`", $code, "`: ", $summary)]
                #[doc = ""]
                #[doc = $why]
                pub const $name: Self = Self::new(&$crate::judgement::RuleText {
                    code: $code,
                    severity: $crate::judgement::Severity::$severity,
                    summary: $summary,
                    why: $why,
                    sources: &$sources,
                    words: &$crate::judgement::rules!(@words $($words)?),
                });
            )*
        }

        pub(super) const RULES: &[$crate::judgement::Rule] = &[$($crate::judgement::Rule::$name),*];
    };
    (@words) => { [] };
    (@words $words:tt) => { $words };
}

pub(crate) use rules;
