//! The `Authorization` header of a sign-in: OAuth 1.0a (RFC 5849) with HMAC-SHA1, as Apple's page "Authenticating for
//! Automated Device Enrollment" asks for it.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use crate::secret::SecretString;
use crate::stamp::Stamp;

/// The realm that Apple's sample names. It is no part of the signature.
pub const REALM: &str = "ADM";

/// The four parts of a server token that sign a request.
#[derive(Clone, Copy)]
pub struct Credentials<'t> {
    consumer_key: &'t SecretString,
    consumer_secret: &'t SecretString,
    access_token: &'t SecretString,
    access_secret: &'t SecretString,
}

impl<'t> Credentials<'t> {
    /// Borrows the four parts.
    pub fn new(
        consumer_key: &'t SecretString,
        consumer_secret: &'t SecretString,
        access_token: &'t SecretString,
        access_secret: &'t SecretString,
    ) -> Self {
        Self { consumer_key, consumer_secret, access_token, access_secret }
    }
}

impl Credentials<'_> {
    /// The two parts that travel with a sign-in, in the clear.
    pub(super) fn in_the_header(&self) -> [&str; 2] {
        [self.consumer_key.expose_secret(), self.access_token.expose_secret()]
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

/// The value of the `Authorization` header for a request without a form body (RFC 5849, section 3.5.1).
///
/// The timestamp and the nonce are the stamp's; Apple refuses a nonce that it has seen, and a clock that is off.
///
/// ```
/// use apple_ade::Stamp;
/// use apple_ade::api::oauth::{Credentials, authorization};
/// use apple_ade::secret::SecretString;
///
/// let [key, secret, token, access] = ["CK_48dd", "CS_34c7", "AT_9276", "AS_c31a"].map(SecretString::new);
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, [7; 16]);
/// let uri = http::Uri::from_static("https://mdmenrollment.apple.com/session");
/// let header = authorization("GET", &uri, &Credentials::new(&key, &secret, &token, &access), &stamp);
/// assert!(header.expose_secret().starts_with("OAuth realm=\"ADM\", oauth_consumer_key=\"CK_48dd\", "));
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn authorization(method: &str, uri: &http::Uri, credentials: &Credentials<'_>, stamp: &Stamp) -> SecretString {
    let timestamp = stamp.now().timestamp().to_string();
    let nonce = stamp.nonce().iter().fold(String::with_capacity(32), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let parameters = [
        ("oauth_consumer_key", credentials.consumer_key.expose_secret()),
        ("oauth_token", credentials.access_token.expose_secret()),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &timestamp),
        ("oauth_nonce", &nonce),
        ("oauth_version", "1.0"),
    ];
    let base = base_string(method, uri, &parameters);
    let signature = sign(&base, credentials.consumer_secret.expose_secret(), credentials.access_secret.expose_secret());
    let mut header = Zeroizing::new(String::with_capacity(600));
    header.push_str("OAuth realm=\"");
    header.push_str(REALM);
    header.push('"');
    for (name, value) in parameters.into_iter().chain([("oauth_signature", &*signature)]) {
        header.push_str(", ");
        header.push_str(name);
        header.push_str("=\"");
        encode_into(&mut header, value);
        header.push('"');
    }
    SecretString::new(std::mem::take(&mut *header))
}

/// The text that is signed (RFC 5849, section 3.4.1.1): method, URI without query, and all parameters in order.
fn base_string(method: &str, uri: &http::Uri, parameters: &[(&str, &str)]) -> Zeroizing<String> {
    let mut pairs: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((encode(&decode_form(name)), encode(&decode_form(value))));
    }
    pairs.sort();
    let joined: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut base = Zeroizing::new(String::with_capacity(1000));
    base.push_str(&method.to_ascii_uppercase());
    base.push('&');
    encode_into(&mut base, &base_uri(uri));
    base.push('&');
    encode_into(&mut base, &joined.join("&"));
    base
}

/// Section 3.4.1.2: scheme and host in lower case, the port unless it is the scheme's own.
fn base_uri(uri: &http::Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("https").to_ascii_lowercase();
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    let path = if uri.path().is_empty() { "/" } else { uri.path() };
    match (uri.port_u16(), &*scheme) {
        (None, _) | (Some(443), "https") | (Some(80), "http") => format!("{scheme}://{host}{path}"),
        (Some(port), _) => format!("{scheme}://{host}:{port}{path}"),
    }
}

/// Section 3.4.2: HMAC-SHA1 under both secrets.
fn sign(base: &str, consumer_secret: &str, token_secret: &str) -> String {
    let mut key = Zeroizing::new(encode(consumer_secret));
    key.push('&');
    encode_into(&mut key, token_secret);
    let digest;
    let key = if key.len() > 64 {
        digest = Sha1::digest(key.as_bytes());
        &digest[..]
    } else {
        key.as_bytes()
    };
    // HMAC takes a key of one block, filled up with zeros; so there is no length that could be refused.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = <Hmac<Sha1> as KeyInit>::new((&*block).into());
    mac.update(base.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Section 3.6: everything but letters, digits and `-._~`.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 16);
    encode_into(&mut encoded, text);
    encoded
}

fn encode_into(to: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => to.push(char::from(byte)),
            _ => {
                let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or_default();
                to.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
}

/// The value of a query parameter: `+` is a space, `%2B` a plus sign. What is not well formed stands for itself.
fn decode_form(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = match (first, tail) {
            (b'%', [high, low, after @ ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| (high << 4 | low, after)),
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((if first == b'+' { b' ' } else { first }, tail));
        bytes.push(byte);
        rest = after;
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5849, section 3.4.1.1: the example, its form body given as parameters.
    #[test]
    fn base_string_of_the_rfc() {
        let uri = http::Uri::from_static("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b");
        let parameters = [
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
            ("c2", ""),
            ("a3", "2 q"),
        ];
        let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D\
                        %26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a\
                        %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201\
                        %26oauth_token%3Dkkk9d7dh3k39sjv7";
        assert_eq!(*base_string("post", &uri, &parameters), expected);
    }

    /// RFC 5849, section 1.2: the signature of its last request.
    #[test]
    fn signature_of_the_rfc() {
        let photos = http::Uri::from_static("http://photos.example.net/photos?file=vacation.jpg&size=original");
        let parameters = [
            ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
            ("oauth_token", "nnch734d00sl2jdk"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ];
        let base = base_string("GET", &photos, &parameters);
        assert_eq!(sign(&base, "kd94hf93k423kf44", "pfkkdhi9sl3r4s00"), "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    }

    /// OAuth Core 1.0, appendix A.5: a published signature that has `oauth_version` in it.
    #[test]
    fn signature_of_oauth_core() {
        let photos = http::Uri::from_static("http://photos.example.net/photos?file=vacation.jpg&size=original");
        let parameters = [
            ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
            ("oauth_token", "nnch734d00sl2jdk"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1191242096"),
            ("oauth_nonce", "kllo9940pd9333jh"),
            ("oauth_version", "1.0"),
        ];
        let base = base_string("GET", &photos, &parameters);
        assert_eq!(sign(&base, "kd94hf93k423kf44", "pfkkdhi9sl3r4s00"), "tR3+Ty81lMeYAr/Fid0kMTYa/WM=");
    }

    /// Twitter's guide "Creating a signature": a published signature over https, with a status that needs escaping twice.
    #[test]
    fn signature_of_twitters_guide() {
        let uri = http::Uri::from_static("https://api.twitter.com/1/statuses/update.json?include_entities=true");
        let parameters = [
            ("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),
            ("oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"),
            ("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1318622958"),
            ("oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
            ("oauth_version", "1.0"),
        ];
        let base = base_string("POST", &uri, &parameters);
        let signature =
            sign(&base, "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE");
        assert_eq!(signature, "tnnArxj06cWHq44gCs1OSKk/jLY=");
    }

    /// A key longer than one block is hashed first, as `hmac` does it by itself.
    #[test]
    fn long_keys_are_hashed() {
        let base = "GET&https%3A%2F%2Fexample.com%2F&a%3Db";
        let long = "k".repeat(90);
        let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(format!("{long}&s").as_bytes()).unwrap();
        mac.update(base.as_bytes());
        assert_eq!(sign(base, &long, "s"), STANDARD.encode(mac.finalize().into_bytes()));
    }

    #[test]
    fn ports_and_odd_escapes() {
        assert_eq!(base_uri(&http::Uri::from_static("HTTPS://Host.Example:443/a")), "https://host.example/a");
        assert_eq!(base_uri(&http::Uri::from_static("http://host.example:8080")), "http://host.example:8080/");
        assert_eq!(decode_form("100%+%zz%2B%4"), "100% %zz+%4");
    }
}
