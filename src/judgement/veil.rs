//! What a judgement repeats of a profile: no private key (KEY-3), no password, and no more than fits a screen.

use std::borrow::Cow;

use super::key_material::holds_private_key;

/// In place of what holds a private key.
const KEY: &str = "(not shown: there is a private key in it)";
/// In place of a text in which the password cannot be told from the rest.
const PASSWORD: &str = "(not shown: there is a password in it)";
/// How far a text is looked at behind the end of what is shown: a private key that begins before it is within.
const AHEAD: usize = 16_384;

/// Whether a text must not be given back: it holds a private key, or a URL with a password.
pub(crate) fn is_secret(text: &str) -> bool {
    without_passwords(text).is_some() || holds_private_key(text)
}

/// A text of a judgement with at most so many characters, without what is secret. Texts of the crate's own are as they are.
pub(crate) fn veiled(text: Cow<'static, str>, most: usize) -> Cow<'static, str> {
    match text {
        Cow::Borrowed(own) => Cow::Borrowed(own),
        Cow::Owned(text) => Cow::Owned(veil(text, most)),
    }
}

fn veil(text: String, most: usize) -> String {
    let seen = head(&text, most.saturating_add(AHEAD)).unwrap_or(&text);
    let text = if holds_private_key(seen) {
        around_quotes(seen)
    } else if let Some(shown) = without_passwords(seen) {
        shown
    } else {
        text
    };
    match head(&text, most) {
        Some(head) => format!("{head}…"),
        None => text,
    }
}

/// The first characters of a longer text.
fn head(text: &str, most: usize) -> Option<&str> {
    if text.len() <= most {
        return None;
    }
    text.char_indices().nth(most).and_then(|(end, _)| text.get(..end))
}

/// The sentence around a key that is quoted in it; nothing where the key is not within quotes.
fn around_quotes(text: &str) -> String {
    let parts = text.find(['`', '"']).zip(text.rfind(['`', '"'])).and_then(|(begin, end)| {
        let (before, after) = (text.get(..begin)?, text.get(end + 1..)?);
        (begin < end && before.len() + after.len() > 0).then(|| format!("{before}{KEY}{after}"))
    });
    parts.filter(|sentence| !is_secret(sentence)).unwrap_or_else(|| KEY.to_owned())
}

/// The text with `…` for the user and password of each URL in it; `None` where there are none.
pub(crate) fn without_passwords(text: &str) -> Option<String> {
    if !text.contains('@') {
        // An escape may stand for it.
        let is_hidden = text.contains("u0040") && veils_password(text);
        return is_hidden.then(|| PASSWORD.to_owned());
    }
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.find("//").and_then(|at| rest.split_at_checked(at + 2)) {
        shown.push_str(before);
        rest = match userinfo(after).and_then(|end| after.get(end..)) {
            Some(host) => {
                shown.push('…');
                host
            }
            None => after,
        };
    }
    shown.push_str(rest);
    if shown != text {
        return Some(shown);
    }
    veils_password(text).then(|| PASSWORD.to_owned())
}

/// Whether the password of a URL is seen only when JSON's escapes are taken out.
fn veils_password(text: &str) -> bool {
    text.contains('\\') && {
        let plain = text.replace('\\', "").replace("u002f", "/").replace("u002F", "/").replace("u0040", "@");
        without_passwords(&plain).is_some()
    }
}

/// Where the @ behind a user with a password is, in what follows the `//` of a URL.
fn userinfo(text: &str) -> Option<usize> {
    /// How far the end of a password is looked for.
    const FAR: usize = 500;
    let ends = |c: char| c.is_whitespace() || "\"`<>".contains(c);
    let authority = text.split(|c: char| ends(c) || "/?#".contains(c)).next()?;
    if let Some(at) = authority.rfind('@') {
        // What is veiled already stays as it is.
        return (authority.get(..at) != Some("…")).then_some(at);
    }
    // A password may hold what ends an authority; a port is of digits.
    let (_, port) = authority.split_once(':')?;
    if authority.starts_with('[') || port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let url = text.char_indices().take(FAR).take_while(|(_, c)| !ends(*c));
    url.filter(|(_, c)| *c == '@').last().map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords() {
        for (text, expected) in [
            ("\"https://me:s3cret@mdm.example.com/a\"", Some("\"https://…@mdm.example.com/a\"")),
            ("see https://me:s3/cret@mdm.example.com now", Some("see https://…@mdm.example.com now")),
            ("//a@b //c:d@e", Some("//…@b //…@e")),
            ("https:\\/\\/me:s3cret@mdm.example.com", Some(PASSWORD)),
            ("https://me:s3cret\\u0040mdm.example.com", Some(PASSWORD)),
            ("https://…@mdm.example.com/a", None),
            ("https://mdm.example.com:8443/a@b", None),
            ("https://[2001:db8::1]/a@b", None),
            ("mail it@example.com, or see https://example.com/", None),
        ] {
            assert_eq!(without_passwords(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lengths() {
        assert_eq!(veil("é".repeat(120), 120), "é".repeat(120));
        assert_eq!(veil("é".repeat(121), 120), format!("{}…", "é".repeat(120)));
        assert_eq!(veiled("x".repeat(10).into(), 4), "xxxx…");
    }

    #[test]
    fn a_sentence_stays() {
        let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIE\n";
        assert_eq!(veil(format!("`{key}` is no key"), 400), format!("{KEY} is no key"));
        assert_eq!(veil(key.into(), 400), KEY);
        assert_eq!(veil(format!("`a` {key}"), 400), KEY);
    }
}
