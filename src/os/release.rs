//! What a device says of its system beyond a version: the supplement of a rapid security response, and the build.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{OsVersion, OsVersionError, Platform, beginning};

/// A version with the supplement that may be installed on top of it: `16.1`, or `16.1 (a)` with a rapid security response.
///
/// A supplement is newer than the version it is for and older than the next version: 16.1, 16.1 (a), 16.1 (b), 16.1.1.
///
/// ```
/// use apple_ade::os::{OsRelease, OsVersion};
///
/// let release: OsRelease = "16.1 (a)".parse()?;
/// assert_eq!(release.version(), OsVersion::new(16, 1, 0));
/// assert!(OsRelease::from(OsVersion::new(16, 1, 0)) < release && release < "16.1.1".parse()?);
/// assert_eq!(release.to_string(), "16.1 (a)");
/// # Ok::<(), apple_ade::os::OsReleaseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OsRelease {
    version: OsVersion,
    supplement: Option<Supplement>,
}

/// The letter of a rapid security response, `(a)`; after `(z)` comes `(aa)`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Supplement {
    // The order of the fields is that of the values: a longer one is newer.
    length: usize,
    letters: [u8; 2],
}

/// A text that is no version with or without a supplement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OsReleaseError {
    /// What stands first is no version.
    #[error(transparent)]
    Version(#[from] OsVersionError),
    /// What follows is no supplement.
    #[error("{found:?} is no supplement of a version; write one or two letters in parentheses, as in 16.1 (a)")]
    Supplement {
        /// The beginning of the text.
        found: String,
    },
}

impl OsRelease {
    /// The version with this supplement.
    #[must_use]
    pub const fn with_supplement(self, supplement: Supplement) -> Self {
        Self { supplement: Some(supplement), ..self }
    }

    /// The version beneath.
    pub const fn version(self) -> OsVersion {
        self.version
    }

    /// The supplement on top of it.
    pub const fn supplement(self) -> Option<Supplement> {
        self.supplement
    }
}

impl From<OsVersion> for OsRelease {
    fn from(version: OsVersion) -> Self {
        Self { version, supplement: None }
    }
}

impl FromStr for Supplement {
    type Err = OsReleaseError;

    /// Takes `(a)` and `a`.
    fn from_str(text: &str) -> Result<Self, OsReleaseError> {
        let error = || OsReleaseError::Supplement { found: beginning(text) };
        let bare = text.trim();
        let bare = match bare.strip_prefix('(') {
            Some(inner) => inner.strip_suffix(')').ok_or_else(error)?,
            None => bare,
        };
        let letters = match *bare.as_bytes() {
            [a] => [a, 0],
            [a, b] => [a, b],
            _ => return Err(error()),
        };
        if !bare.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(error());
        }
        Ok(Self { length: bare.len(), letters })
    }
}

impl FromStr for OsRelease {
    type Err = OsReleaseError;

    fn from_str(text: &str) -> Result<Self, OsReleaseError> {
        match text.find('(').and_then(|at| text.split_at_checked(at)) {
            Some((version, supplement)) => {
                Ok(Self::from(version.parse::<OsVersion>()?).with_supplement(supplement.parse()?))
            }
            None => Ok(text.parse::<OsVersion>()?.into()),
        }
    }
}

impl fmt::Display for Supplement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.letters.iter().take(self.length).copied().map(char::from);
        write!(f, "({})", letters.collect::<String>())
    }
}

impl fmt::Debug for Supplement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Supplement{self}")
    }
}

impl fmt::Display for OsRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.supplement {
            Some(supplement) => write!(f, "{} {supplement}", self.version),
            None => write!(f, "{}", self.version),
        }
    }
}

/// A build, such as `20B82`, or `20A242a` with a supplement.
///
/// The number in front is the one that all builds of a major version share, the letter stands for the minor version, the number behind it
/// counts. Builds of a seed (`20A5283p`), of a rapid security response (`20F770750b`) and those for new hardware count from a
/// thousand of their own: whether such a build is newer than a released one with the same beginning, its name does not say, and
/// neither is then less than the other. A test for `>=` is therefore never passed by chance.
///
/// ```
/// use apple_ade::os::{Build, Platform};
///
/// let build: Build = "20B82".parse()?;
/// assert!(build > "20A362".parse()?);
/// assert_eq!(build.major_version(Platform::Ios), Some(16));
///
/// let (seed, released): (Build, Build) = ("20A5283p".parse()?, "20A362".parse()?);
/// assert!(!(seed >= released) && !(seed < released));
/// # Ok::<(), apple_ade::os::BuildError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Build {
    train: u16,
    letter: u8,
    number: u32,
    suffix: Option<u8>,
}

/// A text that is no build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no build; write it as in 20B82: a number, a capital letter, a number, and perhaps a small letter"
)]
pub struct BuildError {
    found: String,
}

impl Build {
    /// The first number of the version that builds of this kind are of; nothing where they are newer or older than this crate knows.
    /// All before macOS 11 are 10.
    pub fn major_version(self, platform: Platform) -> Option<u16> {
        /// The train of OS 26, when the numbers of all systems became one.
        const IOS_26: u16 = 23;
        const MACOS_26: u16 = 25;
        let train = self.train;
        let since = |first: u16, last: u16, less: u16, newest: u16| match train {
            _ if (first..=last).contains(&train) => train.checked_sub(less),
            // Up to OS 27, the newest that this crate knows.
            _ if train >= newest && train <= newest + 1 => Some(26 + train - newest),
            _ => None,
        };
        match platform {
            Platform::Ios | Platform::IpadOs | Platform::TvOs => since(11, 22, 4, IOS_26),
            Platform::MacOs if (10..20).contains(&train) => Some(10),
            Platform::MacOs => since(20, 24, 9, MACOS_26),
            Platform::VisionOs => since(21, 22, 20, IOS_26),
            Platform::WatchOs => since(13, 22, 11, IOS_26),
        }
    }
}

impl PartialOrd for Build {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let train = (self.train, self.letter).cmp(&(other.train, other.letter));
        if train != Ordering::Equal {
            return Some(train);
        }
        // Each kind of build counts in thousands of its own.
        let same_kind = self.number / 1000 == other.number / 1000;
        same_kind.then(|| (self.number, self.suffix).cmp(&(other.number, other.suffix)))
    }
}

impl FromStr for Build {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        let read = || {
            let text = text.trim();
            let (train, rest) = digits(text)?;
            let letter = rest.bytes().next().filter(u8::is_ascii_uppercase)?;
            let (number, rest) = digits(rest.get(1..)?)?;
            let suffix = match *rest.as_bytes() {
                [] => None,
                [suffix] if suffix.is_ascii_lowercase() => Some(suffix),
                _ => return None,
            };
            Some(Self { train: u16::try_from(train).ok()?, letter, number, suffix })
        };
        read().ok_or_else(|| BuildError { found: beginning(text) })
    }
}

/// The number that a text begins with, which no zero does, and the rest.
fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    if number.starts_with('0') {
        return None;
    }
    Some((number.parse().ok()?, rest))
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.train, char::from(self.letter), self.number)?;
        self.suffix.map_or(Ok(()), |suffix| write!(f, "{}", char::from(suffix)))
    }
}

impl fmt::Debug for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Build({self})")
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

serde_as_text! { OsRelease Supplement Build }
