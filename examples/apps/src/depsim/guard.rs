//! Keeps web pages of others away from the control interface: it hands out tokens to whoever can reach it.

use std::net::IpAddr;

use http::header::{HOST, HeaderName, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::input::Problem;

/// The names under which the control interface may be called, besides addresses and `localhost`.
///
/// A page on the internet can have its name resolved to this machine (DNS rebinding). The browser then names that page's host in
/// `Host`; an address there cannot come about in this way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// These names, and nothing but names: without a port.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Whether the request is for one of them, and came from here or from no web page.
    pub(super) fn check(&self, parts: &Parts) -> Result<(), Problem> {
        let host = self.check_host(parts)?;
        let site = one(&parts.headers, &HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
        let origin = one(&parts.headers, &ORIGIN);
        let is_ours = origin.is_none_or(|origin| {
            let authority = origin.strip_prefix("http://").or(origin.strip_prefix("https://"));
            authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        });
        if is_ours && ["none", "same-origin"].contains(&site) {
            return Ok(());
        }
        let found = origin.unwrap_or("another site");
        let fix = format!("use the page at http://{host}/, or a program that is no browser");
        Err(Problem::new("Origin", format!("a web page of {found} may not use this"), fix).with_status(FORBIDDEN))
    }

    /// As [`Hosts::check`] for the web page itself, to which another page may have a link.
    pub(super) fn check_host<'p>(&self, parts: &'p Parts) -> Result<&'p str, Problem> {
        let host = one(&parts.headers, &HOST).unwrap_or_default();
        let target = parts.uri.authority().map_or(host, |authority| authority.as_str());
        if self.is_allowed(host) && target.eq_ignore_ascii_case(host) {
            return Ok(host);
        }
        let fix = "call it by its address or as localhost; depsim --allow-host NAME allows another name";
        Err(Problem::new("Host", format!("{host:?} is no name of this server"), fix).with_status(FORBIDDEN))
    }

    fn is_allowed(&self, host: &str) -> bool {
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((address, port)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            return address.parse::<std::net::Ipv6Addr>().is_ok()
                && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
        }
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        let name = name.to_ascii_lowercase();
        is_port(port) && (name == "localhost" || name.parse::<IpAddr>().is_ok() || self.0.contains(&name))
    }
}

const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;

/// A header's value. One that is there twice, or is no text, is a value that nothing allows.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { Some("(twice)") } else { Some(value.to_str().unwrap_or("(no text)")) }
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    fn refused(hosts: &Hosts, headers: &[(&str, &str)]) -> Option<String> {
        let mut request = http::Request::get("/_sim/state");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        hosts.check(&request.body(()).unwrap().into_parts().0).err().map(|problem| problem.field)
    }

    #[test]
    fn only_addresses_localhost_and_allowed_names_are_hosts() {
        let hosts = Hosts::new(["Depsim.Test".to_owned()]);
        for host in ["127.0.0.1:8080", "127.0.0.1", "[::1]:8080", "[::1]", "localhost:1", "LOCALHOST", "depsim.test:80"]
        {
            assert_eq!(refused(&hosts, &[("host", host)]), None, "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example:80",
            "localhost.evil.example",
            "[::1].evil",
            "[x]:1",
            "a@127.0.0.1",
            "",
        ] {
            assert_eq!(refused(&hosts, &[("host", host)]).as_deref(), Some("Host"), "{host}");
        }
        assert_eq!(refused(&hosts, &[]).as_deref(), Some("Host"));
        assert_eq!(refused(&Hosts::default(), &[("host", "depsim.test:80")]).as_deref(), Some("Host"));
        assert_eq!(refused(&hosts, &[("host", "localhost"), ("host", "localhost")]).as_deref(), Some("Host"));
    }

    #[test]
    fn only_the_own_page_and_programs_may_call() {
        let hosts = Hosts::default();
        let with = |name, value| refused(&hosts, &[("host", "127.0.0.1:8080"), (name, value)]);
        assert_eq!(with("origin", "http://127.0.0.1:8080"), None);
        for origin in ["http://127.0.0.1:8081", "http://127.0.0.1", "null", "https://evil.example", "127.0.0.1:8080"] {
            assert_eq!(with("origin", origin).as_deref(), Some("Origin"), "{origin}");
        }
        assert_eq!(with("sec-fetch-site", "same-origin"), None);
        assert_eq!(with("sec-fetch-site", "none"), None);
        for site in ["cross-site", "same-site"] {
            assert_eq!(with("sec-fetch-site", site).as_deref(), Some("Origin"), "{site}");
        }
    }
}
