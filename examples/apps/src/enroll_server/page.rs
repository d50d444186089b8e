//! The page on which users sign in.

use apple_ade::enrollment::Caller;
use http::{HeaderValue, Response, StatusCode, header};

use super::desk::secret;

const PAGE: &str = include_str!("page.html");

/// What the page says.
#[derive(Default)]
pub(super) struct Page<'p> {
    pub(super) organisation: &'p str,
    pub(super) title: &'p str,
    pub(super) lead: &'p str,
    /// The form's address and nonce; without it there is nothing to fill in.
    pub(super) form: Option<(&'p str, String)>,
    pub(super) alert: Option<&'p str>,
    pub(super) account: &'p str,
    pub(super) device: Option<&'p Caller>,
}

impl Page<'_> {
    /// The page as a response. It has no script, and nothing comes from elsewhere.
    pub(super) fn respond(&self, status: StatusCode) -> Response<Vec<u8>> {
        let style = secret();
        let (action, nonce) = self.form.as_ref().map_or(("", ""), |(action, nonce)| (*action, nonce.as_str()));
        let device = |of: fn(&Caller) -> &Option<String>| {
            self.device.and_then(|device| of(device).as_deref()).unwrap_or("unknown")
        };
        let mut html = PAGE.to_owned();
        for (name, keep) in
            [("form", self.form.is_some()), ("alert", self.alert.is_some()), ("device", self.device.is_some())]
        {
            html = section(&html, name, keep);
        }
        let invalid = if self.alert.is_some() { r#"aria-invalid="true" aria-describedby="problem""# } else { "" };
        let html = filled(
            &html,
            &[
                ("style", &style),
                ("invalid", invalid),
                ("organisation", &escaped(self.organisation)),
                ("title", &escaped(self.title)),
                ("lead", &escaped(self.lead)),
                ("alert", &escaped(self.alert.unwrap_or_default())),
                ("account", &escaped(self.account)),
                ("action", &escaped(action)),
                ("nonce", &escaped(nonce)),
                ("product", &escaped(device(|device| &device.product))),
                ("serial", &escaped(device(|device| &device.serial))),
            ],
        );
        let policy = format!(
            "default-src 'none'; style-src 'nonce-{style}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        let mut response = Response::new(html.into_bytes());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// Leaves out what is between two comments, or the comments alone.
fn section(html: &str, name: &str, keep: bool) -> String {
    let (begin, end) = (format!("<!--{name}-->"), format!("<!--/{name}-->"));
    let Some((before, rest)) = html.split_once(&begin) else { return html.to_owned() };
    let Some((inside, after)) = rest.split_once(&end) else { return html.to_owned() };
    format!("{}{}{}", before, if keep { inside } else { "" }, after)
}

/// Puts values in their places in one go, so that a value is never taken for a place.
fn filled(html: &str, values: &[(&str, &str)]) -> String {
    let mut parts = html.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        out.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        out.push_str(rest);
    }
    out
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
