//! Absolute URLs with a host, by RFC 2396 as amended by RFC 2732, which Apple names.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A URL in its parts, which are as they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Url<'t> {
    pub(crate) scheme: &'t str,
    pub(crate) user: Option<&'t str>,
    pub(crate) host: Host<'t>,
    pub(crate) port: Option<u16>,
    /// Path and query: what is asked for.
    pub(crate) path: &'t str,
    pub(crate) fragment: Option<&'t str>,
}

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host<'t> {
    Name(&'t str),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

/// Why a text is no URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlError {
    #[error("has no scheme")]
    Relative,
    #[error("has no host")]
    NoHost,
    #[error("has a host in which {0:?} must not be")]
    HostCharacter(char),
    // What was found is not told: of a text that cannot be read it may be a password.
    #[error("has a host with a part that begins or ends with a hyphen, or is empty")]
    HostLabel,
    #[error("has a host in brackets that is no IPv6 address")]
    Address,
    #[error("has a port that is no number up to 65535")]
    Port,
    #[error("holds {0:?}, which has to be percent-encoded")]
    Character(char),
    #[error("holds a % that two hexadecimal digits do not follow")]
    Escape,
}

impl<'t> Url<'t> {
    /// # Errors
    ///
    /// The first thing that is wrong, from the left.
    pub(crate) fn read(text: &'t str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Relative)?;
        if !is_scheme(scheme) {
            return Err(UrlError::Relative);
        }
        let (rest, fragment) = rest.split_once('#').map_or((rest, None), |(rest, fragment)| (rest, Some(fragment)));
        let (authority, path) = split_before(rest, &['/', '?']);
        let (user, host_port) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        ensure_escaped(user.unwrap_or_default(), "")?;
        let (host, port) = if let Some(bracketed) = host_port.strip_prefix('[') {
            let (address, port) = bracketed.split_once(']').ok_or(UrlError::Address)?;
            (Host::V6(address.parse().map_err(|_| UrlError::Address)?), port)
        } else {
            let (name, port) = split_before(host_port, &[':']);
            (Host::name(name)?, port)
        };
        let port = read_port(port)?;
        // RFC 2732 has put brackets among the reserved characters, which a query and a fragment may hold, but a path may not.
        let (before, query) = split_before(path, &['?']);
        ensure_escaped(before, "")?;
        ensure_escaped(query, "[]")?;
        ensure_escaped(fragment.unwrap_or_default(), "[]")?;
        Ok(Self { scheme, user, host, port, path, fragment })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }
}

impl<'t> Host<'t> {
    fn name(text: &'t str) -> Result<Self, UrlError> {
        // An underscore may be in a name that is registered elsewhere than in the DNS (RFC 2396, 3.2.1).
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if let Some(odd) = text.chars().find(|c| !is_letter(*c)) {
            return Err(UrlError::HostCharacter(odd));
        }
        // The name may end in a dot, which stands for the root.
        let labels = text.strip_suffix('.').unwrap_or(text);
        if labels.is_empty() {
            return Err(UrlError::NoHost);
        }
        let is_wrong = |label: &str| label.is_empty() || label.starts_with('-') || label.ends_with('-');
        if labels.split('.').any(is_wrong) {
            return Err(UrlError::HostLabel);
        }
        Ok(text.parse().map_or(Self::Name(text), Self::V4))
    }

    /// Whether it is a name that RFC 2396 has for registries other than the DNS.
    pub(crate) fn has_underscore(&self) -> bool {
        self.as_name().is_some_and(|name| name.contains('_'))
    }

    /// Whether it is neither a name nor an address: its last part is a number.
    pub(crate) fn ends_in_number(&self) -> bool {
        let top = self.as_name().and_then(|name| name.rsplit('.').next());
        top.is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The name without the dot of the root.
    fn as_name(&self) -> Option<&'t str> {
        match self {
            Self::Name(name) => Some(name.strip_suffix('.').unwrap_or(name)),
            Self::V4(_) | Self::V6(_) => None,
        }
    }

    pub(crate) fn is(&self, other: &Host<'_>) -> bool {
        match (self.as_name(), other.as_name()) {
            (Some(name), Some(other)) => name.eq_ignore_ascii_case(other),
            (None, None) => match (self, other) {
                (Self::V4(address), Host::V4(other)) => address == other,
                (Self::V6(address), Host::V6(other)) => address == other,
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the last two labels are the same; of addresses, whether they are.
    pub(crate) fn is_of_domain(&self, other: &Host<'_>) -> bool {
        match (self.as_name(), other.as_name()) {
            (Some(name), Some(other)) => last_two(name).eq_ignore_ascii_case(last_two(other)),
            _ => self.is(other),
        }
    }

    /// Why no device comes there, or not outside of one network.
    pub(crate) fn unreachable(&self) -> Option<&'static str> {
        const ITSELF: &str = "it is the device itself";
        let name = match self {
            Self::V4(address) if address.is_loopback() || address.is_unspecified() => return Some(ITSELF),
            Self::V6(address) if address.is_loopback() || address.is_unspecified() => return Some(ITSELF),
            Self::V4(_) | Self::V6(_) => return None,
            Self::Name(_) => self.as_name()?,
        };
        let (domain, top) = name.rsplit_once('.').unwrap_or(("", name));
        let is = |reserved: &&str| top.eq_ignore_ascii_case(reserved);
        if is(&"localhost") {
            Some(ITSELF)
        } else if domain.is_empty() {
            Some("a name without a domain is known in one network alone, if there")
        } else if is(&"local") {
            Some("names in local are known on the local link alone")
        } else if ["example", "invalid", "test"].iter().any(is) {
            Some("the top-level domain is reserved, and nobody's")
        } else if self.ends_in_number() {
            Some("it is neither a name nor an address: no top-level domain is a number")
        } else {
            None
        }
    }
}

/// The text before the first of some characters, and from it on.
fn split_before<'t>(text: &'t str, ends: &[char]) -> (&'t str, &'t str) {
    text.find(ends).and_then(|end| text.split_at_checked(end)).unwrap_or((text, ""))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// What follows the host: nothing, or a colon with or without a number.
fn read_port(text: &str) -> Result<Option<u16>, UrlError> {
    match text.strip_prefix(':') {
        None if text.is_empty() => Ok(None),
        Some("") => Ok(None),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map(Some).map_err(|_| UrlError::Port)
        }
        _ => Err(UrlError::Port),
    }
}

/// Whether a character may stand as it is in a path.
fn is_plain(c: char, more: &str) -> bool {
    c.is_ascii_alphanumeric() || "-_.!~*'();/?:@&=+$,%".contains(c) || more.contains(c)
}

fn ensure_escaped(text: &str, more: &str) -> Result<(), UrlError> {
    if let Some(odd) = text.chars().find(|c| !is_plain(*c, more)) {
        return Err(UrlError::Character(odd));
    }
    let is_escape = |part: &str| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if text.split('%').skip(1).all(is_escape) { Ok(()) } else { Err(UrlError::Escape) }
}

fn last_two(name: &str) -> &str {
    name.rmatch_indices('.').nth(1).and_then(|(dot, _)| name.get(dot + 1..)).unwrap_or(name)
}

/// How many characters the text has when whatever must not stand in a URL is percent-encoded, byte by byte. What is encoded already
/// counts as it stands.
pub(crate) fn encoded_length(text: &str) -> usize {
    let length = |c: char| if is_plain(c, "#[]") { 1 } else { 3 * c.len_utf8() };
    text.chars().map(length).sum()
}

/// The same with white space and characters beyond ASCII percent-encoded, behind the host.
pub(crate) fn encoded(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let (authority, rest) = split_before(rest, &['/', '?', '#']);
    let mut encoded = format!("{scheme}://{authority}");
    for c in rest.chars() {
        if c == ' ' || !c.is_ascii() {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a text does not fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        } else {
            encoded.push(c);
        }
    }
    Some(encoded)
}

/// The text for a message: without user and password, if it has them.
pub(crate) fn without_user(text: &str) -> Cow<'_, str> {
    let end = match Url::read(text) {
        Ok(Url { user: None, .. }) => None,
        Ok(Url { scheme, user: Some(user), .. }) => Some(scheme.len() + "://".len() + user.len()),
        // Where the user ends is not sure.
        Err(_) => text.rfind('@'),
    };
    let Some((before, rest)) = end.and_then(|end| text.split_at_checked(end)) else {
        return text.into();
    };
    let scheme = before.find("//").and_then(|at| before.get(..at + 2)).unwrap_or_default();
    format!("{scheme}…{rest}").into()
}
