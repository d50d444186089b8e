//! Apple's operating systems and their versions, and the pair of them that a rule is asked about.
//!
//! Versions are those that Apple releases, `major.minor.patch`. What a device says of itself may have a supplement too (`16.1 (a)`), which
//! is an [`OsRelease`], and always has a [`Build`] (`21E230`).

mod release;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::release::{Build, BuildError, OsRelease, OsReleaseError, Supplement};

/// An operating system of Apple's, in alphabetical order.
///
/// iOS and iPadOS are two, although Apple's lists often name iOS for both, and iPadOS was called iOS before version 13.
///
/// ```
/// use apple_ade::os::Platform;
///
/// let platform: Platform = "ipados".parse()?;
/// assert_eq!(platform.to_string(), "iPadOS");
/// # Ok::<(), apple_ade::os::PlatformError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Platform {
    /// iOS, on an iPhone or iPod touch.
    Ios,
    /// iPadOS.
    IpadOs,
    /// macOS.
    MacOs,
    /// tvOS.
    TvOs,
    /// visionOS.
    VisionOs,
    /// watchOS. No watch enrolls by itself; Apple's lists have no skip key for it.
    WatchOs,
}

impl Platform {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Ios, Self::IpadOs, Self::MacOs, Self::TvOs, Self::VisionOs, Self::WatchOs];

    /// The name as Apple spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "iOS",
            Self::IpadOs => "iPadOS",
            Self::MacOs => "macOS",
            Self::TvOs => "tvOS",
            Self::VisionOs => "visionOS",
            Self::WatchOs => "watchOS",
        }
    }
}

/// A text that names no operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformError {
    found: String,
    closest: Option<Platform>,
}

impl PlatformError {
    /// The operating system that was probably meant.
    pub fn closest(&self) -> Option<Platform> {
        self.closest
    }
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.closest {
            Some(meant) => write!(f, "{:?} is no operating system; did you mean {meant}?", self.found),
            None => {
                write!(
                    f,
                    "{:?} is no operating system; write iOS, iPadOS, macOS, tvOS, visionOS or watchOS",
                    self.found
                )
            }
        }
    }
}

impl std::error::Error for PlatformError {}

/// The devices by which people call their operating systems, and old names of these.
const ALSO_CALLED: &[(&str, Platform)] = &[
    ("ipad", Platform::IpadOs),
    ("iphone", Platform::Ios),
    ("ipod", Platform::Ios),
    ("mac", Platform::MacOs),
    ("osx", Platform::MacOs),
    ("tv", Platform::TvOs),
    ("appletv", Platform::TvOs),
    ("vision", Platform::VisionOs),
    ("xros", Platform::VisionOs),
    ("watch", Platform::WatchOs),
];

/// The operating system that a text was probably meant to name: a device's, or one that a letter is wrong in. Not for texts of one or
/// two letters, which could be anything.
fn meant(text: &str) -> Option<Platform> {
    let plain: String = text.chars().take(40).filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let called = |name: &str| ALSO_CALLED.iter().find(|(called, _)| *called == name).map(|(_, platform)| *platform);
    let is_near = |platform: &&Platform| {
        let name = platform.as_str().to_lowercase();
        let (a, b) = (plain.as_str(), name.as_str());
        // One letter too many, too few or another.
        let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
        let tail = |text: &str| text.chars().skip(same).collect::<String>();
        let (a, b) = (tail(a), tail(b));
        let behind = |text: &str| text.chars().skip(1).collect::<String>();
        plain.len() > 2 && (behind(&a) == b || a == behind(&b) || behind(&a) == behind(&b))
    };
    called(&plain)
        .or_else(|| called(plain.trim_end_matches('s')))
        .or_else(|| Platform::ALL.iter().find(is_near).copied())
}

impl FromStr for Platform {
    type Err = PlatformError;

    /// Takes the name in upper or lower case.
    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let named = |platform: &&Self| platform.as_str().eq_ignore_ascii_case(text.trim());
        Self::ALL
            .iter()
            .find(named)
            .copied()
            .ok_or_else(|| PlatformError { found: beginning(text), closest: meant(text) })
    }
}

/// A released version. `17` and `17.0` are the same.
///
/// ```
/// use apple_ade::os::OsVersion;
///
/// let version: OsVersion = "17".parse()?;
/// assert_eq!(version, OsVersion::new(17, 0, 0));
/// assert!("17.4".parse::<OsVersion>()? < "17.10".parse()?);
///
/// let error = "17.4 (a)".parse::<OsVersion>().unwrap_err();
/// assert!(error.to_string().ends_with("leave out what follows the numbers, as in 17.4"));
/// # Ok::<(), apple_ade::os::OsVersionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OsVersion {
    major: u16,
    minor: u16,
    patch: u16,
}

impl OsVersion {
    /// The version of these numbers; those that are left out of a name are 0.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// The first number.
    pub fn major(self) -> u16 {
        self.major
    }

    /// The second number, 0 where there is none.
    pub fn minor(self) -> u16 {
        self.minor
    }

    /// The third number, 0 where there is none.
    pub fn patch(self) -> u16 {
        self.patch
    }
}

/// A text that is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a version: {fix}")]
pub struct OsVersionError {
    found: String,
    fix: &'static str,
}

impl FromStr for OsVersion {
    type Err = OsVersionError;

    fn from_str(text: &str) -> Result<Self, OsVersionError> {
        let numbers = |text: &str| -> Result<Self, &'static str> {
            if text.is_empty() {
                return Err("it is empty; write it as in 17.4 or 17.4.1");
            }
            let mut parts = text.split('.').map(number);
            let mut next = || parts.next().unwrap_or(Ok(0));
            let version = Self::new(next()?, next()?, next()?);
            if parts.next().is_some() {
                return Err("it has more than three numbers; write it as in 17.4.1");
            }
            if version.major == 0 {
                return Err("there is no version 0; write it as in 17.4");
            }
            Ok(version)
        };
        numbers(text.trim()).map_err(|fix| OsVersionError { found: beginning(text), fix })
    }
}

/// One of the numbers of a version.
fn number(text: &str) -> Result<u16, &'static str> {
    match text {
        "" => Err("a number is missing; write it as in 17.4 or 17.4.1"),
        _ if text.starts_with(|c: char| c.is_ascii_digit()) && !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err("leave out what follows the numbers, as in 17.4")
        }
        _ if !text.bytes().all(|byte| byte.is_ascii_digit()) => Err("write numbers with dots between them, as in 17.4"),
        _ => text.parse().map_err(|_| "each of its numbers is at most 65535"),
    }
}

/// As much of a text as a message repeats.
fn beginning(text: &str) -> String {
    const MOST: usize = 40;
    let head: String = text.chars().take(MOST).collect();
    if head.len() < text.len() { head + "…" } else { head }
}

/// The operating system and version that a rule is asked about.
///
/// Written as `ipados:17.4` where spaces are a trouble, and shown as `iPadOS 17.4`; both can be read.
///
/// ```
/// use apple_ade::os::{OsVersion, Platform, Target};
///
/// let target: Target = "ipados:17.4".parse()?;
/// assert_eq!(target, Target::new(Platform::IpadOs, OsVersion::new(17, 4, 0)));
/// assert_eq!(target.to_string(), "iPadOS 17.4");
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The operating system.
    pub platform: Platform,
    /// Its version.
    pub version: OsVersion,
}

impl Target {
    /// This version of this operating system.
    pub const fn new(platform: Platform, version: OsVersion) -> Self {
        Self { platform, version }
    }

    /// Why nothing is known of this version: it is newer than what this crate knows (OS 27), or its first number was never given. Both are
    /// accepted, and taken for what their numbers say.
    ///
    /// ```
    /// use apple_ade::os::Target;
    ///
    /// assert_eq!("ipados:26.4".parse::<Target>()?.doubt(), None);
    /// assert_eq!("ipados:31".parse::<Target>()?.doubt(), Some("newer than this list (OS 27)"));
    /// assert_eq!("ipados:21".parse::<Target>()?.doubt(), Some("never released: 18 was followed by 26"));
    /// # Ok::<(), apple_ade::os::TargetError>(())
    /// ```
    pub fn doubt(self) -> Option<&'static str> {
        const NEWEST: u16 = 27;
        let (last, gap) = match self.platform {
            Platform::Ios | Platform::IpadOs | Platform::TvOs => (18, "never released: 18 was followed by 26"),
            Platform::MacOs => (15, "never released: 15 was followed by 26"),
            Platform::VisionOs => (2, "never released: 2 was followed by 26"),
            Platform::WatchOs => (11, "never released: 11 was followed by 26"),
        };
        match self.version.major() {
            major if major > NEWEST => Some("newer than this list (OS 27)"),
            major if major > last && major < 26 => Some(gap),
            _ => None,
        }
    }
}

/// A key of Apple's that a description makes use of, and the first version of its operating system that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Setting {
    /// The key in Apple's spelling; a dot between a dictionary's key and that of what is in it.
    pub key: &'static str,
    /// The first version that has it.
    pub since: OsVersion,
}

impl Setting {
    /// This key, from this version on.
    pub(crate) const fn new(key: &'static str, since: OsVersion) -> Self {
        Self { key, since }
    }
}

/// A text that is not an operating system with its version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// What stands before the separator is no operating system.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// What stands behind the separator is no version.
    #[error(transparent)]
    Version(#[from] OsVersionError),
    /// There is no separator.
    #[error("{found:?} has no version; write an operating system, a colon and a version, as in ipados:17.4")]
    NoVersion {
        /// The beginning of the text.
        found: String,
    },
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let trimmed = text.trim();
        let Some((platform, version)) = trimmed.split_once(':').or_else(|| trimmed.split_once(' ')) else {
            // A misspelt name is the better message.
            return Err(match trimmed.parse::<Platform>() {
                Err(error) if !trimmed.contains(|c: char| c.is_ascii_digit()) => error.into(),
                _ => TargetError::NoVersion { found: beginning(text) },
            });
        };
        Ok(Self::new(platform.parse()?, version.parse()?))
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// At least two numbers, as Apple writes it: `17.0`, `17.4.1`.
impl fmt::Display for OsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { major, minor, patch: 0 } => write!(f, "{major}.{minor}"),
            Self { major, minor, patch } => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.platform, self.version)
    }
}

macro_rules! serde_as_text {
    ($($name:ident)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

serde_as_text! { Platform OsVersion Target }
