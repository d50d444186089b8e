//! The page on which users sign in.

use std::process::Command;

use apple_ade::simulator::Reaction;

use crate::{enrolling, folder, request, text};

#[test]
fn the_page_has_nothing_from_elsewhere_and_no_script() {
    let (desk, world, device) = enrolling(true);
    let response = desk.answer(&device.request(&world).unwrap());
    let (headers, page) = (response.headers(), text(&response));
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    let cookie = headers["set-cookie"].to_str().unwrap();
    assert!(["Secure", "HttpOnly", "SameSite=Strict"].iter().all(|word| cookie.contains(word)), "{cookie}");
    let policy = headers["content-security-policy"].to_str().unwrap();
    let nonce = policy.split("style-src 'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(page.contains(&format!("<style nonce=\"{nonce}\">")));
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    assert!(page.lines().count() < 300);
    for word in ["<script", "://", "{{", "<b>", "style=\""] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("&lt;b&gt;School&lt;/b&gt; &amp; &quot;Sons&quot;") && page.contains(device.serial()));
    for (label, field) in [("for=\"account\"", "id=\"account\""), ("for=\"password\"", "id=\"password\"")] {
        assert!(page.contains(label) && page.contains(field));
    }
}

#[test]
fn what_was_typed_in_comes_back_as_text() {
    let (desk, mut world, mut device) = enrolling(true);
    device.play(&mut world, |request| desk.answer(&request));
    device.submit(&[("account", "\"><img src=x>{{nonce}}"), ("password", "x")]).unwrap();
    let [Reaction::Page { html, .. }] = &device.play(&mut world, |request| desk.answer(&request))[..] else {
        panic!("a page")
    };
    assert!(html.contains("value=\"&quot;&gt;&lt;img src=x&gt;{{nonce}}\"") && !html.contains("<img"), "{html}");
    assert!(!text(&desk.answer(&request("GET", "/sign-in"))).contains("Serial number"));
}

#[test]
fn a_browser_shows_the_page() {
    let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|out| out.status.success());
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there) else {
        println!("skipped: chromium is not there");
        return;
    };
    let (desk, world, device) = enrolling(true);
    let response = desk.answer(&device.request(&world).unwrap());
    // The very response, with its headers, to a browser that cannot send the device's.
    let served = apple_ade_apps::serve_routes(axum::Router::new().fallback(move || {
        let response = response.clone().map(axum::body::Body::from);
        async move { response }
    }))
    .unwrap();
    let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
                 --disable-component-update --disable-sync --disable-dev-shm-usage --dump-dom --enable-logging=stderr \
                 --window-size=390,844 --virtual-time-budget=2000";
    let output = Command::new(browser)
        .args(flags.split_whitespace())
        .arg(format!("--user-data-dir={}", folder("browser").display()))
        .arg(served.base_url())
        .output()
        .unwrap();
    let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{log}");
    for part in [">Continue</button>", "autocomplete=\"current-password\"", device.serial(), ">Sign in</h1>"] {
        assert!(dom.contains(part), "{part}\n{dom}");
    }
    assert!(!log.contains("Content Security Policy") && !log.contains("Refused to"), "{log}");
}
