//! What each route takes, and what it refuses.

use std::process::Command;

use apple_ade::simulator::Reaction;
use apple_ade_apps::enroll_server::routes;
use apple_ade_apps::serve_routes;

use crate::{enrolling, folder, request, text};

#[test]
fn a_path_takes_its_methods_alone() {
    let (desk, ..) = enrolling(false);
    for (method, path, allow) in [
        ("GET", "/enroll", "POST"),
        ("DELETE", "/welcome", "GET, POST"),
        ("PUT", "/sign-in", "GET, POST"),
        ("POST", "/MDMServiceConfig", "GET"),
        ("GET", "/mdm/0", "PUT"),
    ] {
        let response = desk.answer(&request(method, path));
        assert_eq!(
            (response.status().as_u16(), &response.headers()["allow"]),
            (405, &allow.parse().unwrap()),
            "{path}"
        );
    }
    assert_eq!(desk.answer(&request("GET", "/")).status(), 404);
    let config = desk.answer(&request("GET", "/MDMServiceConfig"));
    assert_eq!(text(&config), r#"{"dep_enrollment_url":"https://mdm.example.com/enroll"}"#);
}

#[test]
fn what_is_no_machine_info_is_refused() {
    let (desk, world, device) = enrolling(false);
    let good = device.request(&world).unwrap();
    assert_eq!(desk.answer(&good).status(), 200);

    let mut typed = good.clone();
    typed.headers_mut().insert("content-type", "application/json".parse().unwrap());
    assert_eq!(desk.answer(&typed).status(), 415);

    let mut long = good.clone();
    long.body_mut().resize(70_000, 0);
    assert_eq!(desk.answer(&long).status(), 413);

    for body in [b"".to_vec(), b"<plist/>".to_vec(), good.body()[..good.body().len() - 1].to_vec()] {
        let mut broken = good.clone();
        *broken.body_mut() = body;
        assert_eq!(desk.answer(&broken).status(), 400);
    }

    let mut tampered = good.clone();
    let place = tampered.body().windows(7).position(|part| part == b"PRODUCT").unwrap();
    tampered.body_mut()[place] ^= 1;
    let response = desk.answer(&tampered);
    assert_eq!(response.status(), 403);
    assert!(!response.headers()["content-type"].to_str().unwrap().contains("aspen"));
}

#[test]
fn a_header_that_is_too_long_is_refused() {
    let (desk, world, device) = enrolling(true);
    let mut page = device.request(&world).unwrap();
    assert_eq!(desk.answer(&page).status(), 200);
    page.headers_mut().insert("x-apple-aspen-deviceinfo", "A".repeat(40_000).parse().unwrap());
    assert_eq!(desk.answer(&page).status(), 431);
    page.headers_mut().insert("x-apple-aspen-deviceinfo", "no base64!".parse().unwrap());
    assert_eq!(desk.answer(&page).status(), 400);
}

#[test]
fn a_body_is_bounded_before_it_is_read() {
    let (desk, ..) = enrolling(false);
    let served = serve_routes(routes(desk)).unwrap();
    let agent = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build().new_agent();
    let response = agent.post(format!("{}/enroll", served.base_url())).send(vec![0; 80_000]).unwrap();
    assert_eq!(response.status(), 413);
}

#[test]
fn the_page_cannot_be_gone_round() {
    let (desk, mut world, device) = enrolling(true);
    let body = device.info(&world).unwrap().body();
    let mut post = request("POST", "/enroll");
    *post.body_mut() = body;
    let response = desk.answer(&post);
    assert_eq!(response.status(), 403);
    assert!(text(&response).contains("sign in"));

    // A browser, with no device: a page that says so, without a form.
    let page = desk.answer(&request("GET", "/welcome"));
    assert_eq!(page.status(), 403);
    assert!(!text(&page).contains("<form"));

    // A session of one device does not serve another, nor does a form without its session.
    let mut device = device;
    assert!(matches!(device.play(&mut world, |request| desk.answer(&request))[..], [Reaction::Page { .. }]));
    device.submit(&[("account", "ada"), ("password", "lovelace")]).unwrap();
    let mut sent = device.request(&world).unwrap();
    sent.headers_mut().remove("cookie");
    let alone = desk.answer(&sent);
    assert_eq!((alone.status().as_u16(), text(&alone).contains("<form")), (403, false));
}

#[test]
fn wrong_passwords_and_replays_get_nothing() {
    let (desk, mut world, mut device) = enrolling(true);
    let play = |device: &mut apple_ade::simulator::SimulatedDevice, world: &mut _| {
        device.play(world, |request| desk.answer(&request))
    };
    play(&mut device, &mut world);
    for _ in 0..4 {
        device.submit(&[("account", "ada"), ("password", "Lovelace")]).unwrap();
        let [Reaction::Page { status: 403, html }] = &play(&mut device, &mut world)[..] else { panic!("a page") };
        assert!(html.contains("not right") && html.contains(r#"value="ada""#));
    }
    let mut patient = device.clone();
    device.submit(&[("account", "ada"), ("password", "")]).unwrap();
    let [Reaction::Page { html, .. }] = &play(&mut device, &mut world)[..] else { panic!("a page") };
    assert!(html.contains("Too many tries") && !html.contains("<form"));
    // The session is gone: the right password comes too late.
    patient.submit(&[("account", "ada"), ("password", "lovelace")]).unwrap();
    assert!(!play(&mut patient, &mut world).iter().any(|reaction| matches!(reaction, Reaction::Installed { .. })));
}

#[test]
fn a_device_that_did_not_enroll_has_no_commands() {
    let (desk, mut world, mut device) = enrolling(false);
    let mut put = request("PUT", "/mdm/0123456789abcdef0123456789abcdef");
    assert_eq!(desk.answer(&put).status(), 415);
    put.headers_mut().insert("content-type", "application/x-apple-aspen-mdm".parse().unwrap());
    assert_eq!(desk.answer(&put).status(), 404);

    let mut check_ins = Vec::new();
    let reactions = device.play(&mut world, |request| {
        if request.uri().path().starts_with("/mdm/") {
            check_ins.push(request.clone());
        }
        desk.answer(&request)
    });
    assert!(reactions.contains(&Reaction::Released), "{reactions:?}");
    assert_eq!(device.commands().collect::<Vec<_>>(), ["DeviceConfigured"]);

    // Another device's UDID with this one's secret.
    let mut stolen = check_ins[0].clone();
    let xml = String::from_utf8(stolen.body().clone()).unwrap().replace("00008112", "00009999");
    *stolen.body_mut() = xml.into_bytes();
    assert_eq!(desk.answer(&stolen).status(), 400);
}

#[test]
fn openssl_accepts_the_signature_of_the_profile() {
    if !Command::new("openssl").arg("version").output().is_ok_and(|out| out.status.success()) {
        println!("skipped: openssl is not there");
        return;
    }
    let (desk, world, device) = enrolling(false);
    let response = desk.answer(&device.request(&world).unwrap());
    assert_eq!(response.headers()["content-type"], "application/x-apple-aspen-config");
    let folder = folder("openssl");
    let (profile, certificate) = (folder.join("enroll.mobileconfig"), folder.join("cert.pem"));
    std::fs::write(&profile, response.body()).unwrap();
    std::fs::write(&certificate, apple_ade::simulator::fixtures::CERTIFICATE_PEM).unwrap();
    let verify = |file: &std::path::Path| {
        let arguments =
            ["cms", "-verify", "-inform", "DER", "-purpose", "any", "-no_check_time", "-partial_chain", "-in"];
        Command::new("openssl").args(arguments).arg(file).arg("-CAfile").arg(&certificate).output().unwrap()
    };
    let good = verify(&profile);
    assert!(good.status.success(), "{good:?}");
    let value: plist::Value = plist::from_bytes(&good.stdout).unwrap();
    let payloads = value.as_dictionary().unwrap()["PayloadContent"].as_array().unwrap().clone();
    let mdm = payloads.iter().filter_map(plist::Value::as_dictionary).find(|payload| payload.contains_key("ServerURL"));
    assert!(mdm.unwrap()["ServerURL"].as_string().unwrap().starts_with("https://mdm.example.com/mdm/"));

    let mut bytes = response.body().clone();
    let place = bytes.windows(9).position(|part| part == b"ServerURL").unwrap();
    bytes[place] ^= 1;
    std::fs::write(&profile, bytes).unwrap();
    assert!(!verify(&profile).status.success());
}
