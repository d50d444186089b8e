//! OAuth 1.0a seen from the service: what a client signed, computed again (RFC 5849, 3.4).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::percent;

/// The parameters of a well-formed `Authorization` header.
pub(super) struct Authorization {
    /// Every parameter but `realm`, decoded.
    parameters: BTreeMap<String, String>,
    pub(super) timestamp: i64,
}

/// The parameters a signed request may have, and whether it must.
const PARAMETERS: &[(&str, bool)] = &[
    ("oauth_consumer_key", true),
    ("oauth_nonce", true),
    ("oauth_signature", true),
    ("oauth_signature_method", true),
    ("oauth_timestamp", true),
    ("oauth_token", true),
    ("oauth_version", false),
];

impl Authorization {
    /// Reads the header. `None` is what Apple answers with 400: a parameter missing, twice, unknown, malformed or empty,
    /// another signature method, another version.
    pub(super) fn read(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("OAuth") {
            return None;
        }
        let mut parameters = BTreeMap::new();
        let mut realm = false;
        for part in rest.split(',') {
            let (name, quoted) = part.trim().split_once('=')?;
            let value = quoted.strip_prefix('"')?.strip_suffix('"')?;
            if name.eq_ignore_ascii_case("realm") {
                if std::mem::replace(&mut realm, true) {
                    return None;
                }
                continue;
            }
            let (name, value) = (percent::decode(name)?, percent::decode(value)?);
            let known = PARAMETERS.iter().any(|(parameter, _)| *parameter == name);
            if !known || value.is_empty() || parameters.insert(name, value).is_some() {
                return None;
            }
        }
        if PARAMETERS.iter().any(|(name, required)| *required && !parameters.contains_key(*name)) {
            return None;
        }
        let is = |name: &str, value: &str| parameters.get(name).is_none_or(|found| found == value);
        if !is("oauth_signature_method", "HMAC-SHA1") || !is("oauth_version", "1.0") {
            return None;
        }
        let timestamp = parameters.get("oauth_timestamp")?;
        if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let timestamp = timestamp.parse().ok()?;
        Some(Self { parameters, timestamp })
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// Whether the signature is that of a request with this method and URI.
    pub(super) fn is_signed(
        &self,
        method: &str,
        uri: &SignedUri<'_>,
        consumer_secret: &str,
        access_secret: &str,
    ) -> bool {
        let Some(base) = base_string(method, uri, &self.parameters) else {
            return false;
        };
        let key = format!("{}&{}", percent::encode(consumer_secret), percent::encode(access_secret));
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else {
            return false;
        };
        mac.update(base.as_bytes());
        STANDARD.decode(self.get("oauth_signature")).is_ok_and(|signature| mac.verify_slice(&signature).is_ok())
    }
}

/// The parts of the URI that are signed.
#[derive(Debug)]
pub(super) struct SignedUri<'u> {
    pub(super) scheme: &'u str,
    /// Host and port.
    pub(super) authority: &'u str,
    pub(super) path: &'u str,
    pub(super) query: Option<&'u str>,
}

/// The signature base string (RFC 5849, 3.4.1). `None` when the query cannot be decoded.
fn base_string(method: &str, uri: &SignedUri<'_>, parameters: &BTreeMap<String, String>) -> Option<String> {
    let scheme = uri.scheme.to_ascii_lowercase();
    let host = uri.authority.rsplit_once('@').map_or(uri.authority, |(_, host)| host).to_ascii_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default_port).unwrap_or(&host);
    let path = if uri.path.is_empty() { "/" } else { uri.path };

    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .filter(|(name, _)| *name != "oauth_signature")
        .map(|(name, value)| (percent::encode(name), percent::encode(value)))
        .collect();
    for part in uri.query.unwrap_or_default().split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let read = |text: &str| percent::decode(&text.replace('+', " ")).map(|text| percent::encode(&text));
        pairs.push((read(name)?, read(value)?));
    }
    pairs.sort();
    let joined: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();

    let address = format!("{scheme}://{host}{path}");
    let method = method.to_ascii_uppercase();
    Some(format!("{}&{}&{}", percent::encode(&method), percent::encode(&address), percent::encode(&joined.join("&"))))
}

#[cfg(test)]
mod tests {
    use super::{Authorization, BTreeMap, SignedUri, base_string};

    /// The request of RFC 5849, 1.2, with its published signature.
    #[test]
    fn signature_of_rfc_5849() {
        let header = "OAuth realm=\"Photos\",
            oauth_consumer_key=\"dpf43f3p2l4k3l03\",
            oauth_token=\"nnch734d00sl2jdk\",
            oauth_signature_method=\"HMAC-SHA1\",
            oauth_timestamp=\"137131202\",
            oauth_nonce=\"chapoH\",
            oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"";
        let authorization = Authorization::read(header).unwrap();
        let uri =
            |query| SignedUri { scheme: "http", authority: "photos.example.net", path: "/photos", query: Some(query) };
        let secrets = ("kd94hf93k423kf44", "pfkkdhi9sl3r4s00");
        assert!(authorization.is_signed("GET", &uri("file=vacation.jpg&size=original"), secrets.0, secrets.1));
        assert!(!authorization.is_signed("POST", &uri("file=vacation.jpg&size=original"), secrets.0, secrets.1));
        assert!(!authorization.is_signed("GET", &uri("file=vacation.jpg"), secrets.0, secrets.1));
        assert!(!authorization.is_signed("GET", &uri("file=vacation.jpg&size=original"), secrets.0, ""));
    }

    /// The example of RFC 5849, 3.4.1.1, its body parameters moved into the query.
    #[test]
    fn base_string_of_rfc_5849() {
        let parameters: BTreeMap<String, String> = [
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
            ("oauth_signature", "bYT5CMsGcbgUdFHObYMEfcx6bsw="),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let uri = SignedUri {
            scheme: "HTTP",
            authority: "EXAMPLE.COM:80",
            path: "/request",
            query: Some("b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2&a3=2+q"),
        };
        let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540\
            %3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
            %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";
        assert_eq!(base_string("post", &uri, &parameters).as_deref(), Some(expected));
    }
}
