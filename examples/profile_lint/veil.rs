//! What is not shown: private keys that somebody put where a certificate should be, and what steers a terminal.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Whether there seems to be a private key in a text: PEM, or base64 of DER, whole or only its beginning.
pub(crate) fn has_key(text: &str) -> bool {
    // Of a key that is shorter nothing would be known.
    if text.len() < "PRIVATE KEY".len() {
        return false;
    }
    if text.contains("PRIVATE KEY") {
        return true;
    }
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let begins_so = |run: &str| run.starts_with('M') && run.len() >= SHORTEST && is_key_der(run);
    if text.split(|c| !is_base64(c)).any(begins_so) {
        return true;
    }
    // The same with line breaks in it.
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).take(2 * SHORTEST).collect();
    packed.split(|c| !is_base64(c)).next().is_some_and(begins_so)
}

/// The fewest characters by which a key is known.
const SHORTEST: usize = 16;

/// Whether base64 begins as DER of a private key does: a sequence with a small number first (RFC 8017, RFC 5915, RFC 5208; PKCS #12
/// is like that, too), or with the name of an algorithm (the encrypted form). A certificate begins with neither.
fn is_key_der(base64: &str) -> bool {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let Some(Ok(bytes)) = base64.get(..SHORTEST).map(|head| GeneralPurpose::new(&ALPHABET, lenient).decode(head))
    else {
        return false;
    };
    match content(&bytes) {
        Some([0x02, 0x01, ..]) => true,
        Some(inner) => content(inner).is_some_and(|first| first.starts_with(&[0x06])),
        None => false,
    }
}

/// What is in a sequence.
fn content(der: &[u8]) -> Option<&[u8]> {
    match der {
        [0x30, length, rest @ ..] if *length < 0x80 => Some(rest),
        [0x30, 0x81, _, rest @ ..] | [0x30, 0x82, _, _, rest @ ..] | [0x30, 0x83, _, _, _, rest @ ..] => Some(rest),
        _ => None,
    }
}

/// A JSON text, perhaps a broken one, as it may be shown: `*` in place of what is or could be a private key, which is any long run of
/// base64. Every byte stands where it stood.
pub(crate) fn veiled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut key_goes_on = false;
    for line in text.split_inclusive('\n') {
        // Line breaks within a PEM text make the JSON a broken one; it is shown all the same.
        let begins = line.contains("PRIVATE KEY-----");
        let ends = line.contains("-----END");
        if begins || key_goes_on {
            starred(&mut out, line);
        } else {
            pieces(line, |piece| if is_private(piece) { starred(&mut out, piece) } else { out.push_str(piece) });
        }
        key_goes_on = (key_goes_on || begins) && !ends;
    }
    out
}

/// The contents of strings, the quotes, and what is between them, in order.
fn pieces<'t>(line: &'t str, mut take: impl FnMut(&'t str)) {
    let (mut start, mut escaped) = (0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                take(line.get(start..at).unwrap_or_default());
                take("\"");
                start = at + 1;
            }
            _ => {}
        }
    }
    take(line.get(start..).unwrap_or_default());
}

fn is_private(piece: &str) -> bool {
    const LONG: usize = 40;
    // What a backslash writes is no longer than how it is written.
    if piece.len() < "PRIVATE KEY".len() {
        return false;
    }
    let written = serde_json::from_str::<String>(&format!("\"{piece}\"")).ok();
    let piece = written.as_deref().unwrap_or(piece);
    let run = |part: &str| part.len() >= LONG && part.contains(char::is_uppercase) && part.contains(char::is_lowercase);
    has_key(piece)
        || (!piece.contains("://")
            && piece.split(|c: char| !(c.is_ascii_alphanumeric() || "+/\r\n".contains(c))).any(run))
}

fn starred(out: &mut String, text: &str) {
    text.chars().for_each(|c| match c {
        '\r' | '\n' | '"' => out.push(c),
        _ => out.extend(std::iter::repeat_n('*', c.len_utf8())),
    });
}

/// Whether a character does something to a terminal, or to the order of what it shows.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A text in which nothing steers the terminal: anybody can have written the file. What stood for a line break or tab is a space.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            c if steers(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// JSON that says the same, without characters that steer the terminal: these are in strings only, where they can be escaped.
pub(crate) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if steers(c) && !matches!(c, '\t' | '\n' | '\r') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").unwrap_or_default();
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// A text that may hold a private key, or that there was one.
pub(crate) fn without_key(text: &str) -> &str {
    if has_key(text) { "(not shown: it may hold a private key)" } else { text }
}

/// The same for every text in a value.
pub(crate) fn without_keys(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) if has_key(text) => *text = without_key(text).to_owned(),
        serde_json::Value::Array(values) => values.iter_mut().for_each(without_keys),
        serde_json::Value::Object(entries) => entries.values_mut().for_each(without_keys),
        _ => {}
    }
}
