//! The rules on URLs, case by case.

use std::net::IpAddr;

use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Rule, Violation, Violations};
use apple_ade::profile::Check;
use proptest::prelude::*;

fn profile(url: &str) -> Profile {
    let mut profile = Profile::new("iPads", url);
    (profile.is_supervised, profile.is_mandatory) = (Some(true), Some(true));
    profile
}

fn judged(url: &str) -> Violations {
    Check::new().wire(&profile(url))
}

fn rules(url: &str) -> Vec<Rule> {
    judged(url).iter().map(Violation::rule).collect()
}

/// What becomes of a URL by its fixes.
fn fixed(url: &str) -> Option<String> {
    let (fixed, titles) = Check::new().fix(&profile(url));
    if titles.is_empty() { None } else { fixed.url }
}

#[test]
fn what_certainly_was_meant_is_mended() {
    for (url, expected) in [
        ("mdm.example.com/enroll", "https://mdm.example.com/enroll"),
        ("mdm.example.com:8443/enroll", "https://mdm.example.com:8443/enroll"),
        ("//mdm.example.com/enroll", "https://mdm.example.com/enroll"),
        ("https:/mdm.example.com/enroll", "https://mdm.example.com/enroll"),
        ("https//mdm.example.com/enroll", "https://mdm.example.com/enroll"),
        (" mdm.example.com\n", "https://mdm.example.com"),
        (" https://mdm.example.com/enroll\n", "https://mdm.example.com/enroll"),
        ("https://mdm.example.com/class iPads?für=alle", "https://mdm.example.com/class%20iPads?f%C3%BCr=alle"),
        ("http://mdm.example.com/enroll", "https://mdm.example.com/enroll"),
        ("HTTP://mdm.example.com/a#b", "https://mdm.example.com/a"),
        ("https://mdm.example.com/enroll#", "https://mdm.example.com/enroll"),
    ] {
        assert_eq!(fixed(url).as_deref(), Some(expected), "{url:?}");
        assert_eq!(rules(expected), [], "{expected:?}");
    }
    for url in [
        "enroll",
        "/enroll",
        "me@example.com",
        "localhost/enroll",
        "ftp://mdm.example.com/enroll",
        "http://mdm.example.com:8080/enroll",
        "https://mdm.example.com/%zz",
        "https://mdm.example.com/{serial number}",
        "https://mdm.exämple.com/a b",
        "https:///enroll",
    ] {
        assert_eq!(fixed(url), None, "{url:?}");
        assert!(judged(url).has_errors(), "{url:?}");
    }
}

#[test]
fn hosts_that_no_device_reaches() {
    for host in [
        "localhost",
        "LOCALHOST",
        "mdm.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "[::1]",
        "0.0.0.0",
        "[::]",
        "mdm",
        "mdm.",
        "mdm.local",
        "mdm.Local.",
        "mdm.example",
        "mdm.test",
        "mdm.invalid",
        "999.1.1.1",
        "10.1",
    ] {
        assert_eq!(rules(&format!("https://{host}:8443/enroll")), [Rule::URL_HOST_LOCAL], "{host}");
    }
    for host in ["10.0.0.1", "192.168.1.2", "203.0.113.7", "[2001:db8::7]"] {
        assert_eq!(rules(&format!("https://{host}/enroll")), [Rule::URL_HOST_ADDRESS], "{host}");
    }
    for host in ["mdm.example.com", "localhost.example.com", "1.example.com", "local.com", "xn--mdm-hoa.example.com"] {
        assert_eq!(rules(&format!("https://{host}/enroll")), [], "{host}");
    }
}

#[test]
fn no_password_is_shown() {
    for url in [
        "https://me:s3cret@mdm.example.com/enroll",
        "http://me:s3cret@localhost/enroll#top",
        "https://me:s3cret@mdm.example.com/a b",
        "https://me:s3/cret@mdm.example.com:x/",
        "me:s3cret@mdm.example.com",
        "https://me:s3cret@mdm.example.com/{serial}",
    ] {
        let violations = judged(url);
        assert!(!violations.is_empty(), "{url}");
        for violation in &violations {
            let said = serde_json::to_string(violation).unwrap();
            assert!(!said.contains("s3"), "{said}");
        }
    }
}

/// Apple counts what the percent-encoded URL has.
#[test]
fn the_length_is_that_of_the_encoded_url() {
    let url = |more: usize| format!("https://mdm.example.com/{}", "ü".repeat(more));
    let is_long = |url: &str| rules(url).contains(&Rule::URL_LONG);
    assert!(!is_long(&url(329)));
    assert!(is_long(&url(330)));
    // No limit of the page's URL is documented.
    let mut profile = profile("https://mdm.example.com/enroll");
    profile.configuration_web_url = Some(format!("https://mdm.example.com/{}", "x".repeat(3000)));
    assert!(Check::new().wire(&profile).is_empty());
}

#[test]
fn the_page_and_the_url() {
    for (page, expected) in [
        ("https://mdm.example.com/page#/app", None),
        ("https://MDM.example.com.:8443/page", None),
        ("https://login.example.com/", Some(Rule::WEB_VIEW_OTHER_HOST)),
        ("https://example.com/", Some(Rule::WEB_VIEW_OTHER_HOST)),
        ("https://example.org/", Some(Rule::WEB_VIEW_OTHER_DOMAIN)),
        ("https://mdm.badexample.com/", Some(Rule::WEB_VIEW_OTHER_DOMAIN)),
    ] {
        let mut profile = profile("https://mdm.example.com/enroll");
        profile.configuration_web_url = Some(page.into());
        let violations = Check::new().wire(&profile);
        let rules: Vec<Rule> = violations.iter().map(Violation::rule).collect();
        assert_eq!(rules, expected.into_iter().collect::<Vec<_>>(), "{page}");
    }
}

proptest! {
    /// What the crate `http` and the standard library read, which know other RFCs, is read as well.
    #[test]
    fn plain_urls_are_read(
        name in "[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\\.[a-z]{2,8}){1,3}",
        address in any::<IpAddr>(),
        port in any::<u16>(),
        path in "(/[A-Za-z0-9._~!$&'()*+,;=:@-]{0,8}){0,4}(\\?[A-Za-z0-9=&/?]{0,10})?",
    ) {
        let address = match address { IpAddr::V4(v4) => v4.to_string(), IpAddr::V6(v6) => format!("[{v6}]") };
        for host in [name, address] {
            let url = format!("https://{host}:{port}{path}");
            prop_assert!(url.parse::<http::Uri>().is_ok(), "{url}");
            prop_assert!(!judged(&url).has_errors(), "{}", judged(&url));
        }
    }

    /// No text is too odd, and what is mended is a URL.
    #[test]
    fn any_text(url in "\\PC{0,40}|(https?:/{0,2})?[a-z@:/?#%.{} \\[\\]]{0,30}") {
        let _ = judged(&url).to_string();
        if let Some(fixed) = fixed(&url) {
            prop_assert!(!rules(&fixed).contains(&Rule::URL_MALFORMED) && !rules(&fixed).contains(&Rule::URL_RELATIVE), "{url:?}: {fixed:?}");
        }
    }
}
