//! Importing.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::draft::Draft;
use super::field::Field;
use super::loss::LossReport;
use super::reading::Reading;
use super::tree::Tree;
use super::{graph, jamf};
use crate::judgement::{Violations, veiled};
use crate::profile::{EnrollmentProfile, Locale};

/// Where a profile comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// Microsoft Graph, as Intune keeps it: `depEnrollmentBaseProfile` and what is derived from it.
    Graph,
    /// Jamf Pro: a PreStage enrollment of the Jamf Pro API.
    Jamf,
}

/// As what a profile is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Model {
    /// `#microsoft.graph.depIOSEnrollmentProfile`
    GraphIos,
    /// `#microsoft.graph.depMacOSEnrollmentProfile`
    GraphMacOs,
    /// `#microsoft.graph.depTvOSEnrollmentProfile`: the base type alone.
    GraphTvOs,
    /// `#microsoft.graph.depVisionOSEnrollmentProfile`: the base type alone.
    GraphVisionOs,
    /// A computer PreStage (`/v3/computer-prestages`).
    JamfComputer,
    /// A mobile device PreStage (`/v3/mobile-device-prestages`).
    JamfMobile,
}

impl Model {
    /// Whose it is.
    pub fn source(self) -> Source {
        match self {
            Self::GraphIos | Self::GraphMacOs | Self::GraphTvOs | Self::GraphVisionOs => Source::Graph,
            Self::JamfComputer | Self::JamfMobile => Source::Jamf,
        }
    }
}

impl Source {
    /// The other system's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Graph => "Microsoft Graph",
            Self::Jamf => "Jamf Pro",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Graph => Self::Jamf,
            Self::Jamf => Self::Graph,
        }
    }

    /// The keys at the top of its profiles.
    fn keys(self) -> BTreeSet<&'static str> {
        self.fields().iter().filter_map(|field| field.path().first().copied()).collect()
    }

    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Graph => graph::FIELDS,
            Self::Jamf => jamf::FIELDS,
        }
    }
}

/// What a profile of another system does not say, or says of its own server: where devices enroll here.
///
/// ```
/// use apple_ade::interop::ThisServer;
///
/// let server = ThisServer::new("https://mdm.example.com/enroll").with_web_url("https://mdm.example.com/sign-in");
/// assert_eq!(server.url(), "https://mdm.example.com/enroll");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ThisServer {
    url: String,
    web_url: Option<String>,
    locale: Option<Locale>,
}

/// Without the user and password of a URL.
impl fmt::Debug for ThisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, web_url, locale } = self;
        let shown = |url: &String| veiled(Cow::Owned(url.clone()), usize::MAX);
        f.debug_struct("ThisServer")
            .field("url", &shown(url))
            .field("web_url", &web_url.as_ref().map(shown))
            .field("locale", locale)
            .finish()
    }
}

impl ThisServer {
    /// Devices post their MachineInfo to this URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), web_url: None, locale: None }
    }

    /// Users sign in on this page, where the other system had one (`configurationWebUrl` of Graph is a flag, an enrollment
    /// customization of Jamf an id).
    #[must_use]
    pub fn with_web_url(self, url: impl Into<String>) -> Self {
        Self { web_url: Some(url.into()), ..self }
    }

    /// Setup Assistant runs in this language and region, where it is to run by itself and the other system has none: Graph never does.
    #[must_use]
    pub fn with_locale(self, locale: Locale) -> Self {
        Self { locale: Some(locale), ..self }
    }

    /// The URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The page.
    pub fn web_url(&self) -> Option<&str> {
        self.web_url.as_deref()
    }

    /// The language and region.
    pub fn given_locale(&self) -> Option<Locale> {
        self.locale
    }
}

/// A profile that was imported, and what could not be carried over.
#[derive(Debug, Clone)]
pub struct Imported {
    profile: EnrollmentProfile,
    losses: LossReport,
}

impl Imported {
    /// The profile.
    pub fn profile(&self) -> &EnrollmentProfile {
        &self.profile
    }

    /// The profile, by itself.
    pub fn into_profile(self) -> EnrollmentProfile {
        self.profile
    }

    /// What could not be carried over.
    pub fn losses(&self) -> &LossReport {
        &self.losses
    }
}

/// Why there is no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is longer than a profile can be.
    #[error("the text has {found} bytes, and at most {MOST} are read")]
    TooLong {
        /// How many bytes it has.
        found: usize,
    },
    /// It is no JSON.
    #[error("the text is no JSON: {problem}")]
    NotJson {
        /// What is wrong, and where.
        problem: String,
    },
    /// It is a list of profiles, or an answer with one in it.
    #[error("the text holds a list of {count} profiles under {key:?}; give one of its elements")]
    List {
        /// The key of the list.
        key: &'static str,
        /// How many there are.
        count: usize,
    },
    /// It is no object, or has no key that the other system has.
    #[error("the text is no profile of {}: {problem}", source_system.name())]
    NotProfile {
        /// What was expected.
        source_system: Source,
        /// What is wrong.
        problem: &'static str,
    },
    /// More of its keys are those of the other system alone: read as the one that was named it would be a profile that says next to nothing.
    #[error("this looks like {}, and it is read as {}; name the other source", looks_like.name(), source_system.name())]
    OtherSource {
        /// What was named.
        source_system: Source,
        /// Whose keys it has.
        looks_like: Source,
    },
    /// Users are to sign in on a page, and this server's is not given: see [`ThisServer::with_web_url`]. To let them sign in otherwise
    /// would take their second factor away.
    #[error(
        "`{key}` says that users sign in on a page, and this server's is not given; give it, or change what it says"
    )]
    NoWebUrl {
        /// The key that says so.
        key: String,
    },
    /// What it says makes no valid profile.
    #[error("what it says makes no valid profile:\n{violations}")]
    Invalid {
        /// Everything that is wrong.
        violations: Violations,
        /// What could not be carried over besides.
        losses: LossReport,
    },
}

/// The longest text that is read, in bytes.
const MOST: usize = 4 << 20;

/// Reads a profile of another system.
///
/// What is left out where nothing is said: a profile that says nothing of `is_mandatory` is mandatory, one that says nothing of
/// supervision is not supervised.
///
/// What the other systems write where nobody has set anything counts as nothing said, and is no [`Loss`](super::Loss):
/// - null everywhere, and an empty text;
/// - where there is no counterpart: false, 0, an empty list; of a key that ends with `Id` also -1, `"-1"` and `"0"`, which are ids of
///   nothing; `"NO_ENFORCEMENT"` of Jamf's demands for a version;
/// - false and 0 of what has no effect anyway;
/// - of Jamf beside a flag that is not true: a quota of 1024 megabytes, the time zone `"UTC"`, and `"MANUAL"` for the kind of recovery lock;
///   without a Shared iPad, or with one for guests alone, 10 for `maximumSharedAccounts`; `"0"` and `"-1"` for `enrollmentCustomizationId`.
///
/// A sign-in is never lost by a value of the wrong type: `"true"` for one of the flags by which users sign in counts as true, and any id for
/// `enrollmentCustomizationId`, unless it is null, false, 0, -1 or the like. It is a [`Loss`](super::Loss) all the same.
///
/// # Errors
///
/// Where the text is no such profile, or the other system's, or where what it says breaks a rule that is an error.
pub fn import(source: Source, text: &str, server: &ThisServer) -> Result<Imported, ImportError> {
    if text.len() > MOST {
        return Err(ImportError::TooLong { found: text.len() });
    }
    let tree: Tree = serde_json::from_str(text).map_err(|error| ImportError::NotJson { problem: error.to_string() })?;
    let not = |problem| ImportError::NotProfile { source_system: source, problem };
    if !matches!(tree, Tree::Object(_)) {
        return Err(not("it is no object"));
    }
    for key in ["value", "results"] {
        if let Some(Tree::List(items)) = tree.get(key) {
            return Err(ImportError::List { key, count: items.len() });
        }
    }
    let there: BTreeSet<&str> = tree.entries().iter().map(|(key, _)| key.as_str()).collect();
    let (keys, others) = (source.keys(), source.other().keys());
    let only = |these: &BTreeSet<&'static str>, not: &BTreeSet<&str>| {
        these.difference(not).filter(|key| there.contains(*key)).count()
    };
    if only(&others, &keys) > only(&keys, &others) {
        return Err(ImportError::OtherSource { source_system: source, looks_like: source.other() });
    }
    if keys.is_disjoint(&there) {
        return Err(not("it has none of the keys of one"));
    }
    let (mut reading, mut draft) = (Reading::new(&tree), Draft::default());
    for field in source.fields() {
        reading.field(field, &mut draft);
    }
    match source {
        Source::Graph => graph::read(&mut reading, &mut draft),
        Source::Jamf => jamf::read(&mut reading, &mut draft),
    }
    let mut losses = reading.finish();
    if let (Some(key), None) = (draft.page(), server.web_url()) {
        return Err(ImportError::NoWebUrl { key: key.into() });
    }
    let built = draft.build(server, &mut losses);
    let losses = LossReport::sorted(losses);
    match built {
        Ok(profile) => Ok(Imported { profile, losses }),
        Err(violations) => Err(ImportError::Invalid { violations, losses }),
    }
}
