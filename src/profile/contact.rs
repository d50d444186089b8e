//! E-mail addresses and phone numbers, as far as a look at them tells.

/// Whether the text begins as a web address does.
pub(super) fn is_web_address(text: &str) -> bool {
    ["http://", "https://", "www."].iter().any(|start| begins(text, start))
}

/// Whether the text can be a phone number and nothing else: at least five digits, and what stands between them in one.
pub(super) fn is_phone_number(text: &str) -> bool {
    let text = if begins(text, "tel:") { text.get("tel:".len()..).unwrap_or_default() } else { text };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 5 && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-–()./,;#*".contains(c))
}

/// Whether the text is a phone number rather than a date, a pair of years or the number of a cost centre: as many digits as a number
/// with its area has (E.164), no slash, and not in parentheses as a whole.
pub(super) fn is_likely_phone_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let area = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    let is_area = |(area, rest): (&str, &str)| {
        (1..=5).contains(&area.trim().len())
            && rest.bytes().any(|byte| byte.is_ascii_digit())
            && !rest.contains(['(', ')'])
    };
    let has_parentheses = text.contains(['(', ')']);
    is_phone_number(text)
        && (7..=15).contains(&digits)
        && !text.contains('/')
        && !text.contains(char::is_control)
        && (!has_parentheses || area.is_some_and(is_area))
}

/// The same where any other number may stand, too: it begins as an international one, or with its area.
pub(super) fn is_surely_phone_number(text: &str) -> bool {
    is_likely_phone_number(text) && (text.starts_with(['+', '(']) || begins(text, "tel:"))
}

/// Whether an e-mail address has a domain of two parts at least: `IT@School` is a name.
pub(super) fn is_surely_email(text: &str) -> bool {
    is_email(text) && text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains(['.', '[']))
}

/// What keeps a text from being an e-mail address, by RFC 5321 and RFC 6531, without a look at the domain's existence; `None` where it
/// is one.
pub(super) fn email_problem(text: &str) -> Option<&'static str> {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Some("has no @");
    };
    if text.chars().any(char::is_control) {
        return Some("holds a control character");
    }
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let is_odd = |c: char| c.is_whitespace() || "()<>[]:;@\\,\"".contains(c);
    if local.is_empty() {
        Some("has nothing before the @")
    } else if domain.is_empty() {
        Some("has nothing after the @")
    } else if !is_quoted && local.contains('@') {
        Some("has more than one @")
    } else if (!is_quoted && local.contains(char::is_whitespace)) || domain.contains(char::is_whitespace) {
        Some("holds white space")
    } else if !is_quoted && local.contains(is_odd) {
        Some("holds a character before the @ that has to be quoted there")
    } else if !is_quoted && (local.starts_with('.') || local.ends_with('.') || local.contains("..")) {
        Some("begins or ends with a dot, or has two in a row, before the @")
    } else if domain.starts_with('[') && domain.ends_with(']') {
        // An address in place of a name, which is rare, and left alone.
        None
    } else if !domain.split('.').all(is_label) {
        Some("has no domain after the @")
    } else {
        None
    }
}

pub(super) fn is_email(text: &str) -> bool {
    email_problem(text).is_none()
}

/// Whether the text is several addresses.
pub(super) fn is_several_emails(text: &str) -> bool {
    let between = |c: char| c.is_whitespace() || ",;|/".contains(c);
    let mut count = 0;
    text.split(between).filter(|part| !part.is_empty()).all(|part| {
        count += 1;
        is_email(part)
    }) && count > 1
}

/// The address within `Name <address>` or `mailto:address`.
pub(super) fn email_within(text: &str) -> Option<&str> {
    let address = if begins(text, "mailto:") {
        text.get("mailto:".len()..)?
    } else {
        let (_, rest) = text.split_once('<')?;
        rest.strip_suffix('>')?
    };
    is_email(address.trim()).then_some(address.trim())
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn is_label(label: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '-' || (!c.is_ascii() && !c.is_whitespace());
    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(is_letter)
}
