//! Cellular plans: the URL of the carrier's server.

use apple_ade::profile::cellular::CellularPlan;
use proptest::prelude::*;

/// CEL-3.
#[test]
fn a_url_is_checked() {
    for url in [
        "https://carrier.example",
        "https://carrier.example/a?b=c@d#e",
        "HTTPS://carrier.example:8443/",
        "https://[2001:db8::1]:443/a",
        "https://[2001:db8::1]/a",
        "https://192.0.2.1",
        "https://a.example:",
    ] {
        let plan: CellularPlan = url.parse().unwrap();
        assert_eq!((plan.activation_server(), plan.to_string().as_str()), (url, url));
        let json = format!(r#"{{"activation_server":"{url}"}}"#);
        assert_eq!(serde_json::to_string(&plan).unwrap(), json);
        assert_eq!(serde_json::from_str::<CellularPlan>(&json).unwrap(), plan);
    }
    for (url, fix) in [
        ("", "it is empty; ask the carrier for the URL, or leave the cellular plan out"),
        (" https://carrier.example", "take out spaces and line breaks"),
        ("https://carrier.example/\n", "take out spaces and line breaks"),
        ("https://büro.example", "write the host as in xn--…, and other letters as in %C3%A9"),
        ("http://carrier.example", "write https:// for http://"),
        ("ftp://carrier.example", "write https:// for the scheme that it has"),
        ("carrier.example/a", "write https:// before it"),
        ("https:/carrier.example", "write https:// before it"),
        ("https://me:secret@carrier.example", "take out the user name and the password"),
        ("https://", "write a host behind https://"),
        ("https:///path", "write a host behind https://"),
        ("https://:443", "write a host behind https://"),
        ("https://a^b.example", "write the host in letters, digits, dots and hyphens"),
        ("https://a..b", "write the host in letters, digits, dots and hyphens"),
        ("https://-", "write the host in letters, digits, dots and hyphens"),
        ("https://999.1.1.1", "write the host in letters, digits, dots and hyphens"),
        ("https://a_b.example", "write the host in letters, digits, dots and hyphens"),
        ("https://.", "write a host behind https://"),
        ("https://a.example/%zz", "percent-encode what must not stand in a URL: %7B for {, %25 for %"),
        ("https://a.example/{{x}}", "percent-encode what must not stand in a URL: %7B for {, %25 for %"),
        ("https://[2001:db8::1", "write the host in letters, digits, dots and hyphens"),
        ("https://[a.example]", "write the host in letters, digits, dots and hyphens"),
        ("https://a.example:65536", "write a port of 0 to 65535 behind the colon, or take out the colon"),
        ("https://a.example:+1", "write a port of 0 to 65535 behind the colon, or take out the colon"),
    ] {
        assert_eq!(url.parse::<CellularPlan>().map_err(|error| error.fix()), Err(fix), "{url:?}");
    }
    let error = "http://me:s3cret@carrier.example".parse::<CellularPlan>().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    let long = "a".repeat(1_000_000).parse::<CellularPlan>().unwrap_err();
    assert!(long.to_string().len() < 200, "a message repeats no more than the beginning");
    assert_eq!(CellularPlan::SINCE.to_string(), "13.0");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What is accepted, another reader of URLs accepts too.
    #[test]
    fn an_accepted_url_is_one(url in "(https://)?[a-z0-9.:@/?#\\[\\]-]{0,20}|.{0,30}") {
        let Ok(plan) = url.parse::<CellularPlan>() else { return Ok(()) };
        // A fragment is no part of a request's target.
        let target = url.split('#').next().unwrap_or_default();
        let uri: http::Uri = target.parse().map_err(|error| TestCaseError::fail(format!("{plan}: {error}")))?;
        prop_assert_eq!(uri.scheme_str(), Some("https"));
        prop_assert!(uri.host().is_some_and(|host| !host.is_empty()));
    }
}
