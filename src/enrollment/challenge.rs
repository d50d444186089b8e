//! Account-driven enrollment, second step: the user signs in, and the device comes back with a token.

use std::fmt::Write as _;

use http::header::{AUTHORIZATION, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::sso::{HttpsError, https};
use crate::secret::SecretString;

/// The URL to which a login page sends a device that has signed in, without its query.
pub const LOGIN_REDIRECT: &str = "apple-remotemanagement-user-login://authentication-results";

/// The scheme of every URL that leads from a login page back to the device.
pub const LOGIN_SCHEME: &str = "apple-remotemanagement-user-login";

/// How a user signs in: `WWW-Authenticate` of status 401, which answers the first POST to `BaseURL`.
///
/// ```
/// use apple_ade::enrollment::BearerChallenge;
///
/// let challenge = BearerChallenge::web("https://mdm.example.com/login")?;
/// assert_eq!(challenge.to_string(), r#"Bearer method="apple-as-web", url="https://mdm.example.com/login""#);
/// assert_eq!(challenge.parameter("url"), Some("https://mdm.example.com/login"));
/// assert_eq!(challenge.respond().status(), 401);
/// # Ok::<(), apple_ade::enrollment::ChallengeError>(())
/// ```
///
/// There are two methods, each with its constructor; what a challenge holds was checked by it, and cannot be changed behind that.
///
/// ```compile_fail,E0423
/// use apple_ade::enrollment::BearerChallenge;
///
/// let challenge = BearerChallenge(vec![("url", "https://mdm.example.com/\", error=\"".into())]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BearerChallenge(Vec<(&'static str, String)>);

/// `method` of a sign-in on a page of the server's, which leads back with an access token.
const WEB: &str = "apple-as-web";
/// `method` of the authorization code grant.
const OAUTH2: &str = "apple-oauth2";

/// What cannot be a challenge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// No https URL.
    #[error(transparent)]
    Https(#[from] HttpsError),
    /// The redirection does not lead back to the device.
    #[error(
        "`redirect-url` does not lead back to the device; write it with one slash, as in {LOGIN_SCHEME}:/oauth2/redirection"
    )]
    Redirect,
    /// A value has a character that a header cannot hold in quotes.
    #[error("`{key}` holds a quotation mark, a backslash, a space at an end, or a character beyond printable ASCII")]
    Character {
        /// The parameter.
        key: &'static str,
    },
    /// A header that is no challenge of Apple's.
    #[error("the header is no `Bearer` challenge with a method of Apple's and its parameters")]
    Unreadable,
}

/// The value, if it can stand in quotes as it is.
fn quotable(key: &'static str, value: String) -> Result<String, ChallengeError> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    let fits = !value.is_empty() && value.bytes().all(is_plain) && value.trim() == value;
    if fits { Ok(value) } else { Err(ChallengeError::Character { key }) }
}

impl BearerChallenge {
    /// Sign-in on a page of the server's.
    ///
    /// # Errors
    ///
    /// [`ChallengeError`]
    pub fn web(url: impl Into<String>) -> Result<Self, ChallengeError> {
        Ok(Self(vec![("method", WEB.into()), ("url", quotable("url", https("url", url)?)?)]))
    }

    /// Sign-in by OAuth 2.0, with the endpoints of the authorization server, the redirection (as Apple writes it:
    /// `apple-remotemanagement-user-login:/oauth2/redirection`, with one slash), the client, and the scope of the token.
    ///
    /// # Errors
    ///
    /// [`ChallengeError`]
    pub fn oauth2(
        authorization_url: impl Into<String>,
        token_url: impl Into<String>,
        redirect_url: impl Into<String>,
        client_id: impl Into<String>,
        scope: impl Into<String>,
    ) -> Result<Self, ChallengeError> {
        let redirect_url = redirect_url.into();
        let path = redirect_url.strip_prefix(LOGIN_SCHEME).and_then(|rest| rest.strip_prefix(':'));
        // With two slashes it would name a host. Apple's has one.
        if !path.is_some_and(|path| path.starts_with('/') && !path.starts_with("//")) {
            return Err(ChallengeError::Redirect);
        }
        Ok(Self(vec![
            ("method", OAUTH2.into()),
            ("authorization-url", quotable("authorization-url", https("authorization-url", authorization_url)?)?),
            ("token-url", quotable("token-url", https("token-url", token_url)?)?),
            ("redirect-url", quotable("redirect-url", redirect_url)?),
            ("client-id", quotable("client-id", client_id.into())?),
            ("scope", quotable("scope", scope.into())?),
        ]))
    }

    /// `method`: `apple-as-web` or `apple-oauth2`.
    pub fn method(&self) -> &str {
        self.parameter("method").unwrap_or_default()
    }

    /// A parameter by its name: `url` of `apple-as-web`; `authorization-url`, `token-url`, `redirect-url`, `client-id` and `scope` of
    /// `apple-oauth2`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// Reads the value of `WWW-Authenticate`, as a device does.
    ///
    /// # Errors
    ///
    /// [`ChallengeError`]
    pub fn from_header(value: &str) -> Result<Self, ChallengeError> {
        let rest = value.trim().split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"));
        let (_, mut rest) = rest.ok_or(ChallengeError::Unreadable)?;
        let mut parameters = std::collections::BTreeMap::new();
        while let Some((name, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').ok_or(ChallengeError::Unreadable)?;
            parameters.insert(name.trim().to_ascii_lowercase(), value.to_owned());
            rest = after.trim_start().trim_start_matches(',');
        }
        let mut take = |key: &str| parameters.remove(key).ok_or(ChallengeError::Unreadable);
        match take("method")?.as_str() {
            WEB => Self::web(take("url")?),
            OAUTH2 => Self::oauth2(
                take("authorization-url")?,
                take("token-url")?,
                take("redirect-url")?,
                take("client-id")?,
                take("scope")?,
            ),
            _ => Err(ChallengeError::Unreadable),
        }
    }

    /// The response: status 401 with the header.
    pub fn respond(&self) -> Response<Vec<u8>> {
        let mut response = Response::new(Vec::new());
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        // All of it is printable.
        if let Ok(value) = HeaderValue::from_str(&self.to_string()) {
            response.headers_mut().insert(WWW_AUTHENTICATE, value);
        }
        response
    }
}

/// The value of the header.
impl std::fmt::Display for BearerChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer ")?;
        self.0.iter().enumerate().try_for_each(|(place, (name, value))| {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{name}=\"{value}\"")
        })
    }
}

/// The response of a login page to a user who has signed in: status 308, back to the device with an access token, which the device puts into
/// `Authorization` when it repeats its POST. The same ends the sign-in of Platform SSO.
///
/// ```
/// use apple_ade::enrollment::login_done;
/// use apple_ade::secret::SecretString;
///
/// let response = login_done(&SecretString::new("dXNlcm9hdXRo.1+2"));
/// assert_eq!(response.status(), 308);
/// let location = "apple-remotemanagement-user-login://authentication-results?access-token=dXNlcm9hdXRo.1%2B2";
/// assert_eq!(response.headers()["location"], location);
/// ```
pub fn login_done(access_token: &SecretString) -> Response<Vec<u8>> {
    let mut location = format!("{LOGIN_REDIRECT}?access-token=");
    for byte in access_token.expose_secret().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            location.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(location, "%{byte:02X}");
        }
    }
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    if let Ok(mut value) = HeaderValue::from_str(&location) {
        value.set_sensitive(true);
        response.headers_mut().insert(LOCATION, value);
    }
    response
}

/// The access token with which a device repeats its POST: `Authorization: Bearer …`. `None` where there is none: then the device has
/// to be challenged. Whether it is one that the server has issued is for the server to check.
pub fn access_token(headers: &HeaderMap) -> Option<SecretString> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then(|| SecretString::new(token))
}
