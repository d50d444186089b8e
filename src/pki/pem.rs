//! Text around bytes: PEM blocks (RFC 7468) and base64 with line breaks.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One block between `-----BEGIN label-----` and its end.
pub(crate) struct Block<'t> {
    pub(crate) label: &'t str,
    body: &'t str,
}

impl Block<'_> {
    /// `PRIVATE KEY` and every kind of it.
    pub(crate) fn is_private_key(&self) -> bool {
        self.label.ends_with("PRIVATE KEY")
    }

    /// Encrypted with a passphrase, in either of the two ways of PEM.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.label.starts_with("ENCRYPTED") || self.body.contains("4,ENCRYPTED")
    }

    /// The bytes inside, or nothing if the body is not base64.
    pub(crate) fn decode(&self) -> Option<Zeroizing<Vec<u8>>> {
        // Headers as in RFC 1421 end with an empty line.
        let body = match self.body.split_once("\n\n").or_else(|| self.body.split_once("\r\n\r\n")) {
            Some((headers, rest)) if headers.contains(':') => rest,
            _ => self.body,
        };
        base64_decode(body.as_bytes())
    }
}

/// The blocks of a text, in its order; whatever stands between them is skipped. A last block without an end is one.
pub(crate) fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, begun) = rest.split_once("-----BEGIN ")?;
        let (label, body) = begun.split_once("-----")?;
        let (body, tail) = body.split_once("-----END ").unwrap_or((body, ""));
        rest = tail;
        Some(Block { label: label.trim(), body })
    })
}

/// The text of a block, with lines of 64 characters.
pub(crate) fn encode(label: &str, bytes: &[u8]) -> Zeroizing<String> {
    let coded = Zeroizing::new(LENIENT.encode(bytes));
    // Reserved at once, so that no copy is left behind in memory that was given back.
    let mut text = Zeroizing::new(String::with_capacity(coded.len() + coded.len() / 64 + 2 * label.len() + 64));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = coded.as_str();
    while let Some((line, tail)) = rest.split_at_checked(64).or_else(|| (!rest.is_empty()).then_some((rest, ""))) {
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// Base64 with white space anywhere and any padding; an incomplete last group is dropped, so that a file cut short is
/// found by what it holds.
pub(crate) fn base64_decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut packed = Zeroizing::new(Vec::with_capacity(text.len()));
    packed.extend(text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()));
    while packed.last() == Some(&b'=') {
        packed.pop();
    }
    if packed.len() % 4 == 1 {
        packed.pop();
    }
    let mut bytes = Zeroizing::new(vec![0; packed.len() / 4 * 3 + 3]);
    let length = LENIENT.decode_slice(&*packed, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}
