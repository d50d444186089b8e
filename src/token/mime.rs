//! One MIME part (RFC 2045): its headers, and its body decoded. The `.p7m` is one, and what is inside is another.

use zeroize::Zeroizing;

use crate::pki::pem;

/// A part: headers that count, and the body as it came.
pub(super) struct Part<'t> {
    content_type: String,
    encoding: String,
    pub(super) body: &'t [u8],
}

impl<'t> Part<'t> {
    /// Splits headers from body; nothing if the text does not begin with a header. Headers may come in any order, with
    /// any folding and line ending, and end at an empty line or where the lines stop being headers.
    pub(super) fn split(text: &'t [u8]) -> Option<Self> {
        let mut rest = text;
        let mut part = Self { content_type: String::new(), encoding: String::new(), body: text };
        let (mut name, mut value) = (String::new(), String::new());
        loop {
            let (line, tail) = split_line(rest);
            let continued = !name.is_empty() && line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            if continued && !line.trim_ascii().is_empty() {
                value.push_str(&String::from_utf8_lossy(line.trim_ascii()));
                rest = tail;
                continue;
            }
            part.keep(&name, &value);
            match header(line) {
                Some((next, text)) if !rest.is_empty() => (name, value) = (next, text),
                _ if name.is_empty() => return None,
                _ => {
                    // A short last line is a header cut short, not a body.
                    let cut = line.len() == rest.len() && line.len() < 80;
                    part.body = if line.trim_ascii().is_empty() || cut { tail } else { rest };
                    return Some(part);
                }
            }
            rest = tail;
        }
    }

    fn keep(&mut self, name: &str, value: &str) {
        match name {
            "content-type" => self.content_type = value.to_ascii_lowercase(),
            "content-transfer-encoding" => self.encoding = value.trim().to_ascii_lowercase(),
            _ => (),
        }
    }

    /// Whether `Content-Type` begins so.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.content_type.starts_with(kind)
    }

    /// Whether it says base64.
    pub(super) fn is_base64(&self) -> bool {
        self.encoding == "base64"
    }

    /// The body with `Content-Transfer-Encoding` undone; nothing if it is not what that says.
    pub(super) fn decode(&self) -> Option<Zeroizing<Vec<u8>>> {
        match self.encoding.as_str() {
            "base64" => pem::base64_decode(self.body),
            "quoted-printable" => Some(quoted_printable(self.body)),
            _ => Some(Zeroizing::new(self.body.to_vec())),
        }
    }
}

/// The first line without its ending, and what follows.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let mut lines = text.splitn(2, |byte| *byte == b'\n');
    let line = lines.next().unwrap_or_default();
    (line.strip_suffix(b"\r").unwrap_or(line), lines.next().unwrap_or_default())
}

fn header(line: &[u8]) -> Option<(String, String)> {
    let (name, value) = line.split_at_checked(line.iter().position(|byte| *byte == b':')?)?;
    let fits = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let value = value.get(1..).unwrap_or_default().trim_ascii();
    fits.then(|| (String::from_utf8_lossy(name).to_ascii_lowercase(), String::from_utf8_lossy(value).into_owned()))
}

/// RFC 2045, 6.7; an escape that is none stays as it is.
fn quoted_printable(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'=', [b'\n', after @ ..] | [b'\r', b'\n', after @ ..]) => rest = after,
            (b'=', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(byte),
            },
            _ => bytes.push(byte),
        }
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
