//! The URLs that a device calls.

use crate::judgement::{Fix, Rule, Violation, rules};
use crate::os::{OsVersion, Platform, Target};

use super::super::subject::{Subject, is_ios};
use super::super::url::{Host, Url, UrlError, encoded, encoded_length, without_user};
use super::shown;

rules! {
    URL_RELATIVE = "ADE-P030" Error
        "a URL begins with its scheme"
        why "the device has nothing that a part of a URL could be relative to"
        from ["RFC 2396 section 3", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["CONFIG_URL_INVALID"];
    URL_MALFORMED = "ADE-P031" Error
        "a URL is written by RFC 2396 and RFC 2732"
        why "Apple demands it of `url`, and no device can call anything else"
        from ["RFC 2396", "RFC 2732", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["CONFIG_URL_INVALID"];
    URL_PLACEHOLDER = "ADE-P032" Error
        "a URL has no placeholder left in it"
        why "Apple and the device take the URL as it is, and put nothing in"
        from ["RFC 2396 section 2.4.3", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["CONFIG_URL_INVALID"];
    URL_LONG = "ADE-P033" Error
        "`url` has at most 2000 characters"
        why "Apple counts them as they are when the URL is percent-encoded"
        from ["X-48", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["CONFIG_URL_INVALID"];
    URL_NOT_HTTPS = "ADE-P034" Error
        "a device is enrolled over https"
        why "what the device receives from there takes it over, and https alone shows who sends it"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    URL_WITH_USER = "ADE-P036" Warning
        "a URL holds neither user nor password"
        why "whoever reads the profile reads them, too, and RFC 3986 deprecates passwords in URLs"
        from ["RFC 3986 section 3.2.1", "RFC 2396 section 3.2.2"];
    URL_FRAGMENT = "ADE-P037" Warning
        "`url` has no fragment"
        why "what follows the # is never sent to the server"
        from ["RFC 2396 section 4.1"];
    URL_HOST_LOCAL = "ADE-P038" Warning
        "a device can reach the host from wherever it is set up"
        why "a new device stands in any network, and knows none by name but the public one"
        from ["RFC 6761 section 6", "RFC 6762 section 3"];
    URL_HOST_ADDRESS = "ADE-P039" Note
        "a host goes by its name"
        why "the server's certificate has to be issued to the address, and a profile that is defined cannot follow when it changes (X-21)"
        from ["X-21", "RFC 2818 section 3.1"];
    WEB_VIEW_OTHER_DOMAIN = "ADE-P042" Warning
        "the web view and the enrollment are in one domain"
        why "a web view takes the profile only from a host whose last two labels are those of `configuration_web_url`"
        from ["X-50", "https://developer.apple.com/documentation/devicemanagement/authenticating-through-web-views"];
    WEB_VIEW_OTHER_HOST = "ADE-P043" Note
        "the web view and the enrollment are on one host"
        why "one page of Apple's asks for the same host, another for the same last two labels; the same host satisfies both"
        from ["X-50", "https://developer.apple.com/documentation/devicemanagement/profile"];
    WEB_VIEW_TOO_NEW = "ADE-P044" Note
        "iOS and iPadOS before 13 and macOS before 10.15 use `url`"
        why "they know no web view for enrollment, and post to `url`, which has to stay valid for them"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    URL_HOST_UNDERSCORE = "ADE-P045" Warning
        "the name of a host has no underscore"
        why "RFC 2396 allows it in names of registries other than the DNS, whose host names have none; what Apple's service does with it is not documented"
        from ["RFC 2396 section 3.2.1", "RFC 1123 section 2.1"];
}

const MOST: usize = 2000;

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    let url = wire.url.as_deref().and_then(|text| one("url", text, found));
    let page = wire.configuration_web_url.as_deref().and_then(|text| one("configuration_web_url", text, found));
    if let (Some(url), Some(page), Some(text)) = (url, page, &wire.configuration_web_url) {
        // Where there are anchors, the rule on them speaks of the two hosts.
        let has_anchors = wire.anchor_certs.as_ref().is_some_and(|anchors| !anchors.is_empty());
        if !has_anchors || !page.host.is_of_domain(&url.host) {
            hosts(&url, &page, text, found);
        }
    }
    web_view(subject, found);
}

/// Judges one URL alone, and reads it. That it is not empty is a rule on texts.
fn one<'t>(key: &'static str, text: &'t str, found: &mut Vec<Violation>) -> Option<Url<'t>> {
    if text.is_empty() {
        return None;
    }
    let length = encoded_length(text);
    if key == "url" && length > MOST {
        let message = format!("`url` has {length} characters when it is percent-encoded; {MOST} is the most");
        let violation = Violation::new(Rule::URL_LONG, key, message).with_found(shown(&without_user(text)));
        found.push(violation.with_help("shorten it: what the server knows need not be in the query"));
    }
    match Url::read(text) {
        Ok(url) => {
            readable(key, text, &url, found);
            Some(url)
        }
        Err(error) => {
            let violation = unreadable(key, text, error).with_found(shown(&without_user(text)));
            // Of the page's URL Apple documents no refusal.
            found.push(if key == "url" { violation } else { violation.with_word(None) });
            None
        }
    }
}

fn unreadable(key: &'static str, text: &str, error: UrlError) -> Violation {
    if let Some(placeholder) = placeholder(text) {
        let message = format!("`{key}` holds the placeholder {}", shown(placeholder));
        let help =
            "put the value in its place before the profile is defined; the device tells who it is in its MachineInfo";
        return Violation::new(Rule::URL_PLACEHOLDER, key, message).with_help(help);
    }
    let trimmed = text.trim();
    if Url::read(trimmed).is_ok() {
        let message = format!("`{key}` has white space around it");
        let violation = Violation::new(Rule::URL_MALFORMED, key, message);
        return mended(violation, key, Some(trimmed), "take the white space out");
    }
    let violation = |rule| Violation::new(rule, key, format!("`{key}` {error}"));
    match (error, with_scheme(trimmed), encoded(trimmed)) {
        (UrlError::Relative, Some(url), _) => {
            mended(violation(Rule::URL_RELATIVE), key, Some(&url), "write the whole URL, from https:// on")
        }
        (UrlError::Relative, None, _) => {
            violation(Rule::URL_RELATIVE).with_help("write the whole URL, from https:// on")
        }
        (error, _, url) => mended(violation(Rule::URL_MALFORMED), key, url.as_deref(), help(error)),
    }
}

/// With another URL in place, if it is one. A password is not repeated.
fn mended(violation: Violation, key: &str, url: Option<&str>, help: &'static str) -> Violation {
    let is_fit = |url: &&str| Url::read(url).is_ok_and(|read| read.user.is_none()) && url.len() <= MOST;
    match url.filter(is_fit) {
        Some(url) => violation.with_fix(Fix::set_text(key, url)),
        None => violation.with_help(help),
    }
}

/// The first `{serial}`, `{{serial}}` or `<server>` in a text.
fn placeholder(text: &str) -> Option<&str> {
    [('{', '}'), ('<', '>')].into_iter().find_map(|(begin, end)| {
        let (_, rest) = text.split_at_checked(text.find(begin)?)?;
        // As many close it as open it, such as those of `{{serial}}`.
        let opening = rest.chars().take_while(|c| *c == begin).count();
        let from = rest.find(end)?;
        let closing = rest.get(from..)?.chars().take_while(|c| *c == end).take(opening).count();
        rest.split_at_checked(from + closing).map(|(placeholder, _)| placeholder)
    })
}

fn help(error: UrlError) -> &'static str {
    match error {
        UrlError::Relative | UrlError::NoHost => "write scheme and host, as in https://mdm.example.com/enroll",
        UrlError::HostCharacter(odd) if !odd.is_ascii() => "write the host in its ASCII form, which begins with xn--",
        UrlError::HostCharacter(_) | UrlError::HostLabel => {
            "name the host by letters, digits and hyphens, with a dot between its parts"
        }
        UrlError::Address => "write an IPv6 address in the brackets, or the host's name without any",
        UrlError::Port => "write a port from 1 to 65535, or none for 443",
        UrlError::Character(_) | UrlError::Escape => {
            "percent-encode what must not stand in a URL: %20 for a space, %25 for a percent sign"
        }
    }
}

/// What begins with a host, or with a slip of the finger in `https://`, as an https URL.
fn with_scheme(text: &str) -> Option<String> {
    let slips = ["https:/", "https//", "https:", "://", "//"];
    let rest = slips.iter().find_map(|slip| text.strip_prefix(slip)).unwrap_or(text);
    let url = format!("https://{rest}");
    let looks_like_host = Url::read(&url).is_ok_and(|url| {
        matches!(url.host, Host::Name(name) if name.contains('.'))
            && url.user.is_none()
            && url.host.unreachable().is_none()
    });
    looks_like_host.then_some(url)
}

fn readable(key: &'static str, text: &str, url: &Url<'_>, found: &mut Vec<Violation>) {
    let broken = |rule, message: String| Violation::new(rule, key, message).with_found(shown(&without_user(text)));
    if !url.is_https() {
        let violation = broken(Rule::URL_NOT_HTTPS, format!("`{key}` is for {}, not https", shown(url.scheme)));
        let is_plain = url.scheme.eq_ignore_ascii_case("http") && url.port.is_none();
        let rest = text.get(url.scheme.len()..).filter(|_| is_plain);
        let https = rest.map(|rest| format!("https{rest}"));
        found.push(mended(violation, key, https.as_deref(), "give the https URL of the server"));
    }
    if url.user.is_some() {
        let violation = broken(Rule::URL_WITH_USER, format!("`{key}` holds a user or a password"));
        found.push(violation.with_help("take what is before the @ out, and let the server ask in another way"));
    }
    if let Some(fragment) = url.fragment.filter(|_| key == "url") {
        let violation = broken(Rule::URL_FRAGMENT, format!("`url` has the fragment {}", shown(fragment)));
        let whole = text.split_once('#').map_or(text, |(whole, _)| whole);
        found.push(mended(violation, key, Some(whole), "leave out the # and what follows"));
    }
    if url.host.has_underscore() {
        let violation = broken(Rule::URL_HOST_UNDERSCORE, format!("the host of `{key}` has an underscore"));
        found.push(violation.with_help("give the server a name of letters, digits and hyphens"));
    }
    if let Some(why) = url.host.unreachable() {
        let violation = broken(Rule::URL_HOST_LOCAL, format!("a device cannot reach the host of `{key}`: {why}"));
        found.push(violation.with_help("give the server's public name"));
    } else if matches!(url.host, Host::V4(_) | Host::V6(_)) {
        let violation = broken(Rule::URL_HOST_ADDRESS, format!("the host of `{key}` is an address"));
        found.push(violation.with_help("give the server's name"));
    }
}

/// Where the page is, beside where the device is enrolled.
fn hosts(url: &Url<'_>, page: &Url<'_>, text: &str, found: &mut Vec<Violation>) {
    if page.host.is(&url.host) {
        return;
    }
    let (rule, message, help) = if page.host.is_of_domain(&url.host) {
        let help = "serve the page and the profile it leads to from one host";
        (Rule::WEB_VIEW_OTHER_HOST, "the page is on another host than `url`", help)
    } else {
        let help = "serve the page from the domain of `url`, or the profile it leads to from the page's own host";
        (Rule::WEB_VIEW_OTHER_DOMAIN, "the page is in another domain than `url`", help)
    };
    let violation = Violation::new(rule, "configuration_web_url", message);
    found.push(violation.with_found(shown(&without_user(text))).with_help(help));
}

fn web_view(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if subject.wire.configuration_web_url.is_none() {
        return;
    }
    let is_too_old = |Target { platform, version, .. }: Target| match platform {
        Platform::MacOs => version < OsVersion::new(10, 15, 0),
        _ => is_ios(platform) && version < OsVersion::new(13, 0, 0),
    };
    let too_old = subject.targets_where(is_too_old);
    if !too_old.is_empty() {
        let message = "the page is not shown by a system that is older than the web view";
        let violation = Violation::new(Rule::WEB_VIEW_TOO_NEW, "configuration_web_url", message);
        found.push(violation.with_targets(too_old).with_help("keep `url` able to enroll these devices"));
    }
}
