//! Recognises private keys in text, in whatever form they got there (KEY-3).

use std::borrow::Cow;

/// The shortest text that is looked at: base64 of the shortest private key in use is longer.
const SHORTEST: usize = 40;
/// How often a text is taken out of its escapes, or out of base64: JSON in a URL in JSON, and the like.
const MOST_LAYERS: usize = 4;

/// Whether there is a private key in the text: PEM, a JWK's `d`, or base64 (either alphabet, with anything between its letters) of a
/// key by PKCS #1, PKCS #8 (encrypted or not), SEC 1, PKCS #12 or OpenSSH; as it stands, or behind the escapes of JSON and URLs.
///
/// It goes by how keys begin, so that one that was cut short is recognised, too; certificates and public keys begin otherwise.
pub(crate) fn holds_private_key(text: &str) -> bool {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST_LAYERS {
        if text.len() < SHORTEST {
            return false;
        }
        if has_label(text.as_bytes()) || has_jwk_member(&text) || in_base64(&text) {
            return true;
        }
        text = match unescaped(&text).or_else(|| text_in_base64(&text)) {
            Some(inner) => Cow::Owned(inner),
            None => return false,
        };
    }
    false
}

/// `PRIVATE KEY`, with any white space between; and what PuTTY writes.
fn has_label(text: &[u8]) -> bool {
    const WORD: &[u8] = b"PRIVATE";
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'P') {
        rest = rest.get(at..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix(WORD) {
            // White space beyond ASCII is of two or three bytes, none of which is a letter.
            let gap = after.iter().take(8).position(u8::is_ascii_alphanumeric).unwrap_or_default();
            if gap > 0 && after.get(gap..).is_some_and(|after| after.starts_with(b"KEY")) {
                return true;
            }
        }
        if rest.starts_with(b"Private-Lines:") {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// `"d": "…"` of a JSON Web Key (RFC 7518, 6.2.2 and 6.3.2): at least 32 bytes in base64url.
fn has_jwk_member(text: &str) -> bool {
    const LEAST: usize = 40;
    text.match_indices("\"d\"").any(|(at, name)| {
        let rest = text.get(at + name.len()..).unwrap_or_default().trim_start();
        let value = rest.strip_prefix(':').and_then(|rest| rest.trim_start().strip_prefix('"'));
        value.is_some_and(|value| value.bytes().take(LEAST).filter(|byte| sextet(*byte).is_some()).count() == LEAST)
    })
}

/// What a letter of base64 stands for, in either alphabet.
fn sextet(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Whether a key begins anywhere in what the text's letters stand for. Where its first byte begins is not known: bytes may precede it
/// in the base64, and other words the base64.
fn in_base64(text: &str) -> bool {
    let sextets = zeroize::Zeroizing::new(text.bytes().filter_map(sextet).collect::<Vec<u8>>());
    sextets.windows(3).enumerate().any(|(place, window)| {
        let [a, b, c] = window else { return false };
        let bits = u32::from(*a) << 12 | u32::from(*b) << 6 | u32::from(*c);
        [0, 2, 4].into_iter().any(|shift| {
            let bytes = Bytes { sextets: &sextets, bit: place * 6 + shift };
            match bits >> (10 - shift) & 0xFF {
                0x30 => is_key(&bytes),
                0x50 => bytes.is(0, b"PRIVATE KEY"),
                0x6F => bytes.is(0, b"openssh-key-v1"),
                _ => false,
            }
        })
    })
}

/// Bytes out of sextets, from a bit on.
struct Bytes<'s> {
    sextets: &'s [u8],
    bit: usize,
}

impl Bytes<'_> {
    fn get(&self, place: usize) -> Option<u8> {
        let bit = place.checked_mul(8)?.checked_add(self.bit)?;
        let first = bit / 6;
        let bits = u16::from(*self.sextets.get(first)?) << 6 | u16::from(*self.sextets.get(first + 1)?);
        let bits = match bit % 6 {
            0 => bits >> 4,
            2 => bits >> 2,
            _ => bits,
        };
        u8::try_from(bits & 0xFF).ok()
    }

    fn is(&self, place: usize, expected: &[u8]) -> bool {
        (place..).zip(expected).all(|(place, byte)| self.get(place) == Some(*byte))
    }

    /// The content of an element: where it begins, and how long it is, which may be left open.
    fn content(&self, place: usize, tag: u8) -> Option<(usize, Option<usize>)> {
        if self.get(place)? != tag {
            return None;
        }
        let length = self.get(place + 1)?;
        let more = usize::from(length & 0x7F);
        match length {
            ..0x80 => Some((place + 2, Some(more))),
            0x80 => Some((place + 2, None)),
            0x81..=0x83 => {
                let mut octets = (0..more).map(|at| self.get(place + 2 + at));
                let length = octets.try_fold(0_usize, |length, octet| Some(length << 8 | usize::from(octet?)))?;
                Some((place + 2 + more, Some(length)))
            }
            _ => None,
        }
    }
}

/// Whether DER begins as a private key does; nothing in a certificate does.
fn is_key(bytes: &Bytes<'_>) -> bool {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    const OCTETS: u8 = 0x04;
    const OID: u8 = 0x06;
    /// 1.2.840.113549.1.5, passwords by PKCS #5.
    const PKCS5: &[u8] = &[OID, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5];
    /// 1.2.840.113549.1.12.1, passwords by PKCS #12.
    const PKCS12: &[u8] = &[OID, 10, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 1];
    /// 1.2.840.10045.1, the fields of elliptic curves: parameters of a public key begin as a private key, up to this.
    const FIELDS: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 1];
    /// 1.2.840.113549.1.7, what PKCS #12 begins with behind its version.
    const CMS: &[u8] = &[OID, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7];
    /// The content of the shortest key in use has more bytes.
    const LEAST: usize = 32;

    let is_long = |length: Option<usize>| length.is_none_or(|length| length >= LEAST);
    let Some((begin, length)) = bytes.content(0, SEQUENCE) else { return false };
    if !is_long(length) {
        return false;
    }
    // EncryptedPrivateKeyInfo (RFC 5208, 6).
    if let Some((algorithm, _)) = bytes.content(begin, SEQUENCE) {
        return bytes.is(algorithm, PKCS5) || bytes.is(algorithm, PKCS12);
    }
    if !bytes.is(begin, &[INTEGER, 1]) {
        return false;
    }
    let next = begin + 3;
    match bytes.get(begin + 2) {
        // PFX (RFC 7292, 4).
        Some(3) => bytes.content(next, SEQUENCE).is_some_and(|(content, _)| bytes.is(content, CMS)),
        // RSAPrivateKey (RFC 8017, A.1.2) has its modulus here, and ECPrivateKey (RFC 5915, 3) its number.
        Some(0 | 1) if bytes.get(next) != Some(SEQUENCE) => [INTEGER, OCTETS].into_iter().any(|tag| {
            bytes
                .content(next, tag)
                .is_some_and(|(_, key)| key.is_some_and(|key| key >= 20 && length.is_none_or(|length| key < length)))
        }),
        // PrivateKeyInfo (RFC 5208, 5): the algorithm, then octets, where a list or certificate of version 1 has its issuer.
        Some(0 | 1) => bytes.content(next, SEQUENCE).is_some_and(|(algorithm, length)| {
            let follows = length.and_then(|length| bytes.get(algorithm.checked_add(length)?));
            bytes.get(algorithm) == Some(OID)
                && !bytes.is(algorithm + 2, FIELDS)
                && matches!(follows, None | Some(OCTETS))
        }),
        _ => false,
    }
}

/// The text without the escapes of JSON and URLs; `None` where it has none.
fn unescaped(text: &str) -> Option<String> {
    if !text.contains(['\\', '%']) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let (mut rest, mut any) = (text, false);
    while let Some((before, escape)) = rest.find(['\\', '%']).and_then(|at| rest.split_at_checked(at)) {
        plain.push_str(before);
        let (c, length) = one_escape(escape).inspect(|_| any = true).unwrap_or((None, 1));
        plain.extend(c.or_else(|| escape.chars().next().filter(|_| length == 1)));
        rest = escape.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    any.then_some(plain)
}

/// The character that a text begins with in its escape, if it is one, and how many bytes that has.
fn one_escape(text: &str) -> Option<(Option<char>, usize)> {
    let hex = |from: usize, to: usize| u32::from_str_radix(text.get(from..to)?, 16).ok();
    if text.starts_with('%') {
        return hex(1, 3).map(|code| (char::from_u32(code), 3));
    }
    match text.as_bytes().get(1)? {
        b'u' => hex(2, 6).map(|code| (Some(char::from_u32(code).unwrap_or('\u{FFFD}')), 6)),
        b'n' | b'r' | b't' | b'b' | b'f' => Some((Some(' '), 2)),
        c @ (b'"' | b'\\' | b'/' | b'\'') => Some((Some(char::from(*c)), 2)),
        _ => None,
    }
}

/// What the pieces of base64 in the text stand for, as far as that is ASCII: PEM files are passed on so.
fn text_in_base64(text: &str) -> Option<String> {
    let is_coded = |c: char| c.is_whitespace() || c == '=' || u8::try_from(c).ok().and_then(sextet).is_some();
    let decoded = |piece: &str| -> Option<String> {
        let sextets = zeroize::Zeroizing::new(piece.bytes().filter_map(sextet).collect::<Vec<u8>>());
        let bytes = Bytes { sextets: &sextets, bit: 0 };
        (0..).map_while(|place| bytes.get(place)).map(|byte| byte.is_ascii().then(|| char::from(byte))).collect()
    };
    let pieces = text.split(|c| !is_coded(c)).filter(|piece| piece.len() >= SHORTEST);
    let decoded: String = pieces.filter_map(decoded).collect();
    (!decoded.is_empty()).then_some(decoded)
}
