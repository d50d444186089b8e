//! What Apple's service checks in a profile, from its own list of error words; nothing of the library's rules.

use super::body::Body;
use super::service::Refused;
use super::settings::Settings;

/// The texts of a profile: key, greatest length in characters, word.
const TEXTS: &[(&str, usize, &str)] = &[
    ("department", 125, "DEPARTMENT_INVALID"),
    ("org_magic", 256, "MAGIC_INVALID"),
    ("support_phone_number", 50, "SUPPORT_PHONE_INVALID"),
    ("support_email_address", 250, "SUPPORT_EMAIL_INVALID"),
];

/// Keys that no documented word speaks of, and that still must have the right type.
const BOOLEANS: &[&str] = &[
    "allow_pairing",
    "auto_advance_setup",
    "await_device_configured",
    "do_not_use_profile_from_backup",
    "is_mandatory",
    "is_mdm_removable",
    "is_multi_user",
    "is_return_to_service",
    "is_supervised",
];
const LISTS: &[&str] = &["anchor_certs", "devices", "skip_setup_items", "supervising_host_certs"];

/// Every key that is stored, with the protocol version that brought it.
pub(super) const STORED: &[(&str, u8)] = &[
    ("allow_pairing", 1),
    ("anchor_certs", 1),
    ("auto_advance_setup", 2),
    ("await_device_configured", 2),
    ("configuration_web_url", 1),
    ("department", 1),
    ("do_not_use_profile_from_backup", 1),
    ("is_mandatory", 1),
    ("is_mdm_removable", 1),
    ("is_multi_user", 2),
    ("is_return_to_service", 1),
    ("is_supervised", 1),
    ("language", 1),
    ("org_magic", 1),
    ("profile_name", 1),
    ("region", 1),
    ("skip_setup_items", 1),
    ("supervising_host_certs", 1),
    ("support_email_address", 2),
    ("support_phone_number", 1),
    ("url", 1),
];

/// The first thing that is wrong with a profile.
pub(super) fn check(profile: &Body, settings: &Settings) -> Result<(), Refused> {
    // Types first: what cannot be read is not judged.
    for key in BOOLEANS {
        profile.boolean(key)?;
    }
    for key in LISTS {
        profile.texts(key)?;
    }
    for key in ["profile_name", "url", "configuration_web_url", "language", "region"] {
        profile.text(key)?;
    }
    for (key, _, _) in TEXTS {
        profile.text(key)?;
    }

    let name = profile.text("profile_name")?.ok_or(Refused::bad("CONFIG_NAME_REQUIRED"))?;
    ensure(fits(name, 125), "CONFIG_NAME_INVALID")?;
    let url = profile.text("url")?.ok_or(Refused::bad("CONFIG_URL_REQUIRED"))?;
    ensure(url.len() <= 2000 && is_url(url), "CONFIG_URL_INVALID")?;
    if settings.legacy_required_keys {
        ensure(profile.text("department")?.is_some(), "DEPARTMENT_REQUIRED")?;
        ensure(profile.text("support_phone_number")?.is_some(), "SUPPORT_PHONE_REQUIRED")?;
    }
    for (key, longest, word) in TEXTS {
        ensure(profile.text(key)?.is_none_or(|text| fits(text, *longest)), word)?;
    }
    let locked = profile.boolean("is_mdm_removable")? == Some(false);
    ensure(!locked || profile.boolean("is_supervised")? == Some(true), "FLAGS_INVALID")?;
    ensure(is_locale(profile.text("language")?, profile.text("region")?, settings), "LOCALE_INVALID")
}

fn ensure(holds: bool, word: &'static str) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err(Refused::bad(word)) }
}

fn fits(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count())
}

/// Two or three letters for the language, two capitals for the region, and not a pair that was asked to be refused.
fn is_locale(language: Option<&str>, region: Option<&str>, settings: &Settings) -> bool {
    let language_fits =
        language.is_none_or(|text| matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let region_fits = region.is_none_or(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()));
    let pair = (language.unwrap_or_default().to_owned(), region.unwrap_or_default().to_owned());
    language_fits && region_fits && !settings.refused_locales.contains(&pair)
}

/// Whether a text is an absolute URL with a host, by RFC 2396 as amended by RFC 2732.
pub(super) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let mut letters = scheme.bytes();
    let scheme_fits = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    // By RFC 2732 a query and a fragment may hold brackets, and a path may not.
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query_fits = [query, fragment].iter().all(|text| is_escaped(&text.replace(['[', ']'], "")));
    scheme_fits && is_authority(authority) && is_escaped(path) && query_fits
}

fn is_authority(text: &str) -> bool {
    let host_port = match text.rsplit_once('@') {
        Some((user, _)) if !is_escaped(user) || user.contains(['/', '?']) => return false,
        Some((_, host_port)) => host_port,
        None => text,
    };
    let (host, port) = match host_port.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("ipv6", port),
            _ => return false,
        },
        None => host_port.split_at_checked(host_port.find(':').unwrap_or(host_port.len())).unwrap_or((host_port, "")),
    };
    let port_fits = port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| {
            digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits.is_empty() || digits.parse::<u16>().is_ok())
        });
    let host_fits = host.split('.').filter(|label| !label.is_empty()).all(|label| {
        // RFC 2396 has underscores in names of registries; what the service does with them is not documented.
        label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    !host.is_empty() && !host.starts_with('.') && !host.contains("..") && port_fits && host_fits
}

/// The characters that may stand in a path, a query or a fragment, and whole `%XX` escapes.
fn is_escaped(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'();/?:@&=+$,%".contains(&byte);
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default();
    let escapes = parts.all(|part| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2);
    first.bytes().all(allowed) && text.bytes().all(allowed) && escapes
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn urls_are_judged_by_rfc_2396_and_2732() {
        for good in [
            "https://mdm.example.com",
            "https://mdm.example.com:8443/enroll?x=1&y=%20#top",
            "http://[2001:db8::7]:80/a",
            "https://user@mdm.example.com/;p=1",
            "https://10.0.0.1/enroll",
            "https://mdm_1.example.com/enroll",
            "https://mdm.example.com/enroll?group[]=1#[top]",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "",
            "mdm.example.com/enroll",
            "https://",
            "https:///path",
            "https://mdm example.com/",
            "https://mdm.example.com/a b",
            "https://mdm.example.com/%zz",
            "https://mdm.example.com/%4",
            "https://mdm.example.com:port/",
            "https://mdm.example.com:+443/",
            "https://[2001:db8::7/",
            "https://mdm.example.com/[1]",
            "https://mdm.example.com/{serial}",
            "https://mdm.exämple.com/",
            "1https://mdm.example.com/",
            "https://-mdm.example.com/",
            "https://mdm..example.com/",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }
}
