use std::net::IpAddr;

use http::{HeaderValue, Uri};

use crate::error::RequestError;

/// Where Apple's service is, and how requests present themselves to it.
///
/// ```
/// use apple_ade::api::Service;
///
/// let apple = Service::apple();
/// assert_eq!(apple.base_url(), "https://mdmenrollment.apple.com");
/// assert_eq!(apple.protocol_version(), 10);
///
/// assert!(Service::at("http://127.0.0.1:8080").is_ok());
/// assert!(Service::at("http://proxy.example.com").is_err());
/// # Ok::<(), apple_ade::error::RequestError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    base_url: String,
    protocol_version: u16,
    user_agent: HeaderValue,
    assign_method: AssignMethod,
}

/// The verb that assigns a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AssignMethod {
    /// As Apple documents it.
    #[default]
    Post,
    /// As it was, as `/account` still advertises it, and as Apple's old simulator wants it.
    Put,
}

impl Service {
    /// Apple's service: `https://mdmenrollment.apple.com`, protocol version 10.
    pub fn apple() -> Self {
        Self {
            base_url: String::from("https://mdmenrollment.apple.com"),
            protocol_version: 10,
            user_agent: HeaderValue::from_static(concat!("apple-ade/", env!("CARGO_PKG_VERSION"))),
            assign_method: AssignMethod::default(),
        }
    }

    /// The same service somewhere else: a simulator, or a proxy of your own.
    ///
    /// # Errors
    ///
    /// When the URL is not absolute, has a query, or is neither https nor on this machine (`localhost`, 127.0.0.0/8, `::1`):
    /// sessions and tokens must not cross a network in the clear. See [`Service::at_plain_http`].
    pub fn at(base_url: &str) -> Result<Self, RequestError> {
        let (service, uri) = Self::parse(base_url)?;
        if uri.scheme_str() == Some("https") || uri.host().is_some_and(is_loopback) {
            return Ok(service);
        }
        let problem = "it must begin with https://, since secrets travel to it; \
                       Service::at_plain_http allows plain http where you know the way is safe";
        Err(refused(base_url, problem))
    }

    /// The same service over plain http on another machine. Whoever can listen on the way can take over the server token's
    /// session: for closed test networks only.
    ///
    /// # Errors
    ///
    /// When the URL is not an absolute http or https URL.
    pub fn at_plain_http(base_url: &str) -> Result<Self, RequestError> {
        Self::parse(base_url).map(|(service, _)| service)
    }

    fn parse(base_url: &str) -> Result<(Self, Uri), RequestError> {
        let refuse = |problem| refused(base_url, problem);
        let uri: Uri =
            base_url.trim().parse().map_err(|_| refuse("it is not a URL; an example is https://mdm.example.com"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
            return Err(refuse("it must begin with https:// and a host, as in https://mdm.example.com"));
        }
        if uri.query().is_some() || base_url.contains('#') {
            return Err(refuse("it must end with the path; leave out the query and the fragment"));
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(refuse("it must not hold a user name or a password"));
        }
        // What follows the host, an address in brackets included, is a colon and the port.
        let port = authority.get(uri.host().unwrap_or_default().len()..).unwrap_or_default();
        let is_number = port.bytes().skip(1).all(|byte| byte.is_ascii_digit());
        if !port.is_empty() && (!is_number || uri.port_u16().is_none_or(|port| port == 0)) {
            return Err(refuse("its port must be a number from 1 to 65535"));
        }
        let base_url = uri.to_string().trim_end_matches('/').into();
        Ok((Self { base_url, ..Self::apple() }, uri))
    }

    /// Sets `X-Server-Protocol-Version`, which decides the fields in Apple's answers. 10 is the newest that is documented;
    /// 8 brings migration deadlines, 9 `THROTTLED`, 10 hardware addresses and `retry_after_seconds`.
    #[must_use]
    pub fn with_protocol_version(mut self, version: u16) -> Self {
        self.protocol_version = version;
        self
    }

    /// Sets `User-Agent`, which Apple demands; name your MDM and its version.
    ///
    /// # Errors
    ///
    /// When it is empty or cannot be a header's value.
    pub fn with_user_agent(mut self, user_agent: &str) -> Result<Self, RequestError> {
        let is_visible = |text: &&str| !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let value = Some(user_agent.trim()).filter(is_visible).and_then(|text| HeaderValue::from_str(text).ok());
        self.user_agent = value.ok_or_else(|| RequestError::Malformed {
            call: "every call",
            field: "User-Agent",
            found: user_agent.into(),
            expected: "a line of visible ASCII characters, as in ExampleMDM/4.2",
        })?;
        Ok(self)
    }

    /// Sets the verb that assigns a profile.
    #[must_use]
    pub fn with_assign_method(mut self, method: AssignMethod) -> Self {
        self.assign_method = method;
        self
    }

    /// The URL before the path of a call, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The value of `X-Server-Protocol-Version`.
    pub fn protocol_version(&self) -> u16 {
        self.protocol_version
    }

    /// The verb that assigns a profile.
    pub fn assign_method(&self) -> AssignMethod {
        self.assign_method
    }

    /// The value of `User-Agent`.
    pub fn user_agent(&self) -> &HeaderValue {
        &self.user_agent
    }
}

impl Default for Service {
    fn default() -> Self {
        Self::apple()
    }
}

/// The message must not show a password, whatever else is wrong with the URL.
fn refused(base_url: &str, problem: &'static str) -> RequestError {
    let found = if base_url.contains('@') { "(withheld)" } else { base_url };
    RequestError::BaseUrl { found: found.into(), problem }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
