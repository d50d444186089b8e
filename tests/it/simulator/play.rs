//! Simulated devices that enroll, against responses that are written here by hand.

use apple_ade::simulator::{FormError, ProfileStatus, Reaction, SimulatedDevice, SwitchOnError, World};
use http::Response;

const URL: &str = "https://mdm.example.com/enroll";
pub(super) const IDENTITY: &str = "<dict><key>PayloadType</key><string>com.apple.security.scep</string>\
    <key>PayloadUUID</key><string>I</string></dict>";

pub(super) fn switched_on(more: &str) -> (World, SimulatedDevice) {
    let mut world = World::builder().seed(3).devices(1).build();
    let serial = world.devices().next().unwrap().serial_number.clone();
    let json = format!(r#"{{"profile_name": "P", "url": "{URL}"{more}}}"#);
    world.assign_profile(&serial, &json).unwrap();
    let device = world.switch_on(&serial).unwrap().with("MDM_CAN_REQUEST_SOFTWARE_UPDATE", true);
    assert_eq!(world.device(&serial).unwrap().profile.status, ProfileStatus::Pushed);
    (world, device)
}

pub(super) fn response(status: u16, kind: &str, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).header("Content-Type", kind).body(body.as_bytes().to_vec()).unwrap()
}

pub(super) fn profile(mdm: &str, identity: &str) -> String {
    format!(
        "<plist version=\"1.0\"><dict><key>PayloadType</key><string>Configuration</string><key>PayloadIdentifier</key>\
         <string>a</string><key>PayloadUUID</key><string>U</string><key>PayloadContent</key><array>{identity}<dict>\
         <key>PayloadType</key><string>com.apple.mdm</string>{mdm}</dict></array></dict></plist>"
    )
}

pub(super) const MDM: &str = "<key>ServerURL</key><string>https://mdm.example.com/mdm</string><key>Topic</key>\
    <string>com.apple.mgmt.External.1</string><key>IdentityCertificateUUID</key><string>I</string>";
pub(super) const PROFILE: &str = "application/x-apple-aspen-config";

pub(super) fn command(kind: &str, more: &str) -> String {
    format!(
        "<plist version=\"1.0\"><dict><key>CommandUUID</key><string>1</string><key>Command</key><dict><key>RequestType</key>\
         <string>{kind}</string>{more}</dict></dict></plist>"
    )
}

#[test]
fn a_device_takes_a_profile_and_no_other() {
    let good = profile(MDM, IDENTITY);
    for (kind, body, why) in [
        ("application/xml", good.clone(), "media type"),
        (PROFILE, "no plist".into(), "property list"),
        (PROFILE, profile(&MDM.replace("https:", "http:"), IDENTITY), "ServerURL"),
        (PROFILE, profile(&MDM.replace("com.apple.mgmt", "com.example"), IDENTITY), "Topic"),
        (PROFILE, profile(MDM, ""), "IdentityCertificateUUID"),
    ] {
        let (mut world, mut device) = switched_on("");
        let reaction = device.take(&mut world, &response(200, kind, &body));
        let Reaction::Refused { status: 200, why: told } = reaction else { panic!("{reaction:?}") };
        assert!(told.contains(why) && !device.is_enrolled() && device.request(&world).is_none(), "{told}");
    }
    let (mut world, mut device) = switched_on("");
    let reaction = device.take(&mut world, &response(200, PROFILE, &good));
    assert_eq!(reaction, Reaction::Installed { server_url: "https://mdm.example.com/mdm".into(), signed: false });
    assert!(device.is_enrolled());
}

#[test]
fn an_enrolled_device_carries_out_commands_and_returns_to_service() {
    let (mut world, mut device) = switched_on(r#", "await_device_configured": true"#);
    device.take(&mut world, &response(200, PROFILE, &profile(MDM, IDENTITY)));
    let mut sent = Vec::new();
    let mut waiting = vec![command("DeviceConfigured", ""), command("Nonsense", ""), command("DeviceConfigured", "")];
    let reactions = device.play(&mut world, |request| {
        let text = String::from_utf8(request.body().clone()).unwrap();
        let next = if text.contains("MessageType") || text.contains("CommandUUID") { None } else { waiting.pop() };
        sent.push(text);
        response(200, "application/xml", &next.unwrap_or_default())
    });
    // One command a connection, since the answers get none.
    assert!(
        reactions.contains(&Reaction::CheckedIn { message: "TokenUpdate" }) && reactions.contains(&Reaction::Released)
    );
    assert!(sent[1].contains("<key>AwaitingConfiguration</key>") && sent[1].contains("<true/>"), "{}", sent[1]);
    assert!(sent.iter().any(|text| text.contains("CommandFormatError")) && !device.is_held());

    let serial = device.serial().to_owned();
    device.push();
    let back = "<key>ReturnToService</key><dict><key>Enabled</key><true/></dict>";
    assert_eq!(
        device.take(&mut world, &response(200, "application/xml", &command("EraseDevice", back))),
        Reaction::Command { request_type: "EraseDevice".into() }
    );
    assert_eq!(device.take(&mut world, &response(200, "application/xml", "")), Reaction::Erased { returns: true });
    assert_eq!(
        world.device(&serial).unwrap().profile.status,
        ProfileStatus::Pushed,
        "it has fetched its profile again"
    );
    assert_eq!(device.request(&world).unwrap().uri(), URL);
    assert!(!device.is_enrolled());
}

#[test]
fn documents_of_403_are_followed_where_the_device_offered_it() {
    let update = r#"{"code": "com.apple.softwareupdate.required", "details": {"OSVersion": "17.6 (a)"}}"#;
    let (mut world, mut device) = switched_on("");
    assert_eq!(
        device.take(&mut world, &response(403, "application/json", update)),
        Reaction::Updated { to: "17.6 (a)".into() }
    );
    let plist = String::from_utf8(device.info(&world).unwrap().plist()).unwrap();
    assert!(plist.contains("<string>17.6</string>") && plist.contains("<string>(a)</string>"), "{plist}");
    let (mut world, mut device) = switched_on("");
    device = device.without("MDM_CAN_REQUEST_SOFTWARE_UPDATE");
    assert!(matches!(
        device.take(&mut world, &response(403, "application/json", update)),
        Reaction::Refused { status: 403, .. }
    ));
    for (kind, body) in [("text/plain", update), ("application/json", "{}"), ("application/json", r#"{"code": "x"}"#)] {
        let (mut world, mut device) = switched_on("");
        let reaction = device.take(&mut world, &response(403, kind, body));
        assert!(matches!(reaction, Reaction::Refused { status: 403, .. }), "{reaction:?}");
    }
}

#[test]
fn the_page_keeps_its_cookie_and_the_machine_info_goes_out_once() {
    let (mut world, mut device) = switched_on(r#", "configuration_web_url": "https://mdm.example.com/welcome""#);
    assert_eq!(device.submit(&[]), Err(FormError::NoPage));
    let first = device.request(&world).unwrap();
    assert_eq!((first.method().as_str(), first.uri().path()), ("GET", "/welcome"));
    assert!(first.headers().contains_key("x-apple-aspen-deviceinfo"));
    let mut page = response(200, "text/html", "<form method=post action=in><input name=a></form>");
    page.headers_mut().insert("set-cookie", "s=1; Path=/".parse().unwrap());
    assert!(matches!(device.take(&mut world, &page), Reaction::Page { status: 200, .. }));
    assert!(device.request(&world).is_none(), "it waits for a person");
    device.submit(&[("a", "b c")]).unwrap();
    let sent = device.request(&world).unwrap();
    assert_eq!((sent.uri().path(), sent.body().as_slice()), ("/in", b"a=b%20c".as_slice()));
    assert_eq!(sent.headers()["cookie"], "s=1");
    assert!(!sent.headers().contains_key("x-apple-aspen-deviceinfo"));
}

#[test]
fn only_a_device_with_a_profile_enrolls() {
    let mut world = World::builder().seed(3).devices(1).build();
    let serial = world.devices().next().unwrap().serial_number.clone();
    assert_eq!(world.switch_on(&serial).unwrap_err(), SwitchOnError::NoProfile(serial.clone()));
    assert_eq!(world.switch_on("X").unwrap_err(), SwitchOnError::NoDevice("X".into()));
    let refused = world.assign_profile(&serial, r#"{"profile_name": "P"}"#).unwrap_err();
    assert!(matches!(refused, SwitchOnError::Profile(_)), "{refused}");
}
