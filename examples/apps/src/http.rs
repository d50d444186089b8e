use std::net::IpAddr;
use std::time::Duration;

use apple_ade::error::TransportError;
use apple_ade::transport::{BlockingTransport, Request, Response};

/// ureq as the library's transport: the adapter of `examples/ureq_transport.rs`.
pub(crate) struct UreqTransport(ureq::Agent);

impl UreqTransport {
    /// For a service at this URL. One on this machine is not called through a proxy; the others are where the environment names one.
    pub(crate) fn new(base_url: &str, timeout: Duration) -> Self {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(timeout));
        let config = if is_here(base_url) { config.proxy(None) } else { config };
        Self(config.build().into())
    }
}

impl BlockingTransport for UreqTransport {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        // A body is sent whatever the method: `DELETE /profile/devices` has one.
        let is_empty = request.body().is_empty();
        let answer = if is_empty { self.0.run(request.map(drop)) } else { self.0.run(request) };
        let (parts, mut body) = answer.map_err(TransportError::new)?.into_parts();
        let body = body.with_config().limit(16 << 20).read_to_vec().map_err(TransportError::new)?;
        Ok(Response::from_parts(parts, body))
    }
}

fn is_here(base_url: &str) -> bool {
    let uri: Option<http::Uri> = base_url.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn this_machine_is_known() {
        for url in ["http://127.0.0.1:8080", "http://localhost:1/x", "http://[::1]:8080", "https://127.1.2.3"] {
            assert!(is_here(url), "{url}");
        }
        for url in ["https://mdmenrollment.apple.com", "http://10.0.0.1", "http://localhost.example", "x y"] {
            assert!(!is_here(url), "{url}");
        }
    }
}
