use std::fmt;

use serde::{Serialize, Serializer};

use crate::profile::url::Url;

/// An `https` URL of at most `MOST` characters, as it was written.
///
/// ```
/// use apple_ade::program::{HttpsUrl, UrlProblem};
///
/// let url: HttpsUrl<79> = "https://www.example.org/privacy".parse()?;
/// assert_eq!(url.as_str(), "https://www.example.org/privacy");
/// assert_eq!("http://www.example.org".parse::<HttpsUrl<79>>(), Err(UrlProblem::NotHttps));
/// # Ok::<(), UrlProblem>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HttpsUrl<const MOST: usize>(String);

/// What keeps a text from being an [`HttpsUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlProblem {
    /// It has no `https://` at its beginning.
    #[error("the URL does not begin with https://; write it with https://")]
    NotHttps,
    /// There is no host, or the text is no URL.
    #[error("the URL cannot be read; write it as https://www.example.org/page, with odd characters percent-encoded")]
    NotUrl,
    /// There is a user name or a password in it, which everybody would see.
    #[error("the URL has a user name in it, which everybody would see; leave out what stands before the @")]
    UserInfo,
    /// It is too long.
    #[error("the URL has {found} characters, and may have {most}")]
    TooLong {
        /// How many it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
}

impl<const MOST: usize> HttpsUrl<MOST> {
    /// The most characters.
    pub const MOST: usize = MOST;

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> std::str::FromStr for HttpsUrl<MOST> {
    type Err = UrlProblem;

    fn from_str(text: &str) -> Result<Self, UrlProblem> {
        let found = text.chars().count();
        if found > MOST {
            return Err(UrlProblem::TooLong { found, most: MOST });
        }
        if !text.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("https://")) {
            return Err(UrlProblem::NotHttps);
        }
        let url = Url::read(text).map_err(|_| UrlProblem::NotUrl)?;
        if url.user.is_some() {
            return Err(UrlProblem::UserInfo);
        }
        if url.host.ends_in_number() {
            return Err(UrlProblem::NotUrl);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MOST: usize> fmt::Display for HttpsUrl<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<const MOST: usize> Serialize for HttpsUrl<MOST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MOST: usize> serde::Deserialize<'de> for HttpsUrl<MOST> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
