//! The page at `/`, and who may use it.

use std::process::Command;

use apple_ade::api::profile::Profile;
use serde_json::json;

use crate::{client, depsim, folder, ok, raw, serials, state};

#[test]
fn pages_of_other_sites_are_kept_out() {
    let served = depsim();
    let url = served.base_url();
    let host = url.strip_prefix("http://").unwrap();
    let churn = |headers: &[(&str, &str)]| raw(url, "POST", "/_sim/churn", headers, b"{\"count\": 1}").0;
    assert_eq!(churn(&[]), 200);
    assert_eq!(churn(&[("Origin", url), ("Sec-Fetch-Site", "same-origin")]), 200);
    for headers in [
        [("Origin", "https://evil.example"), ("X", "")],
        [("Origin", "null"), ("X", "")],
        [("Origin", "http://127.0.0.1:1"), ("X", "")],
        [("Sec-Fetch-Site", "cross-site"), ("X", "")],
        [("Host", "evil.example"), ("Origin", "http://evil.example")],
        [("Host", &format!("evil.example:{}", host.rsplit(':').next().unwrap())), ("X", "")],
    ] {
        assert_eq!(churn(&headers), 403, "{headers:?}");
        assert_eq!(raw(url, "GET", "/_sim/portal/token", &headers, b"").0, 403, "{headers:?}");
    }
    assert_eq!(raw(url, "GET", "/", &[("Host", "evil.example")], b"").0, 403);
    assert_eq!(raw(url, "GET", "/", &[("Sec-Fetch-Site", "cross-site")], b"").0, 200, "a link to the page is fine");
    // An MDM in a container has a name of its own for this machine, and a token.
    assert_eq!(raw(url, "GET", "/account", &[("Host", "host.example"), ("User-Agent", "mdm/1")], b"").0, 401);
}

#[test]
fn the_page_runs_its_own_script_alone() {
    let served = depsim();
    let (status, head, page) = raw(served.base_url(), "GET", "/", &[], b"");
    let page = String::from_utf8(page).unwrap();
    assert_eq!(status, 200);
    let nonce = head.split("script-src 'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert_eq!(page.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
    assert!(head.contains("frame-ancestors 'none'") && head.contains("require-trusted-types-for 'script'"), "{head}");
    assert!(!raw(served.base_url(), "GET", "/", &[], b"").1.contains(nonce), "a new one each time");
    assert!(page.lines().count() < 300);
    for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "://", "{{nonce"] {
        assert!(!page.contains(word), "{word}");
    }
}

/// The page as a browser has it after a while. `None`, and a line that says so, where there is no Chromium.
fn browse(url: &str, name: &str) -> Option<String> {
    let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|out| out.status.success());
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there) else {
        println!("skipped: chromium is not there");
        return None;
    };
    let profile = folder(&format!("browser-{name}"));
    let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
                 --disable-component-update --disable-sync --disable-dev-shm-usage --dump-dom --virtual-time-budget=5000";
    let output = Command::new(browser)
        .args(flags.split_whitespace())
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(url)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// JavaScript refuses some times that are good ones here: a leap second is one.
#[test]
fn a_browser_shows_odd_dates_as_they_came() {
    let served = depsim();
    let url = served.base_url();
    let serial = serials(&state(url, ""))[0].clone();
    let leap = json!({ "devices": [serial], "server": "Second MDM", "deadline": "2030-12-31T23:59:60Z" });
    ok(url, "POST", "/devices/move", &leap);
    let Some(dom) = browse(url, "odd") else { return };
    assert!(dom.contains("until 2030-12-31 23:59:60") && dom.contains(">live<"), "{dom}");
}

#[test]
fn a_browser_shows_devices_and_calls() {
    let served = depsim();
    let url = served.base_url();
    let ade = client(url);
    let uuid = ade.define_profile(Profile::new("<img src=x onerror=alert(1)>", "https://mdm.example.com/e")).unwrap();
    let all = serials(&state(url, ""));
    ok(url, "POST", "/devices/trouble", &json!({ "devices": [all[0]], "trouble": "NotAccessible" }));
    ade.assign(uuid.profile_uuid, all.iter().take(3).map(|serial| serial.parse().unwrap())).unwrap();
    raw(url, "GET", "/account", &[("User-Agent", "mdm/1")], b"");
    ok(url, "PATCH", "/organisation", &json!({ "name": "School & <b>Sons</b>" }));
    let Some(dom) = browse(url, "devices") else { return };
    for serial in &all {
        assert!(dom.contains(serial), "{serial}");
    }
    for text in [
        "60 (",
        "1–50 of 60",
        "POST /profile/devices",
        "2 SUCCESS",
        "1 NOT_ACCESSIBLE",
        "UNAUTHORIZED",
        "the header X-ADM-Auth-Session is missing",
        "Second MDM",
        "quoted errors",
        "School &amp; &lt;b&gt;Sons&lt;/b&gt;",
        "&lt;img src=x onerror=alert(1)&gt;",
        ">live<",
    ] {
        assert!(dom.contains(text), "{text}\n{dom}");
    }
    assert!(!dom.contains("<img") && !dom.contains("<b>"), "everything is text");
}
