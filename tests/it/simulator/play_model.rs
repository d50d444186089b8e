//! A simulated device against random responses and people: whatever comes, it does what a device may do next, and nothing else.
//!
//! The model knows four things of a device and no stages. The mutants `tests/mutants/play-*.mutant` are caught here.

use apple_ade::simulator::{Reaction, SimulatedDevice, World};
use http::{Method, Request, Response};
use proptest::prelude::*;

use super::play::{IDENTITY, MDM, PROFILE, command, profile, response, switched_on};

#[derive(Debug, Clone)]
enum Act {
    Responds(Response<Vec<u8>>),
    Submits,
    Pairs,
    Pushes,
}

fn act() -> impl Strategy<Value = Act> {
    let document = prop::sample::select(vec![
        r#"{"code": "com.apple.softwareupdate.required", "details": {"OSVersion": "17.6"}}"#,
        r#"{"code": "com.apple.softwareupdate.required", "details": {"OSVersion": "18.0"}}"#,
        r#"{"code": "com.apple.watch.pairing.token.missing", "details": {"security-token": "T"}}"#,
        r#"{"code": "com.apple.unrecognized.device"}"#,
        r#"{"code": "com.example"}"#,
        "{}",
    ]);
    let wrong = prop::sample::select(vec![302_u16, 400, 401, 500]);
    let erase = |enabled: &str| format!("<key>ReturnToService</key><dict><key>Enabled</key><{enabled}/></dict>");
    let commands = prop::sample::select(vec![
        command("DeviceConfigured", ""),
        command("Settings", "<key>Settings</key><array><dict/></array>"),
        command("Nonsense", ""),
        command("EraseDevice", ""),
        command("EraseDevice", &erase("true")),
        command("EraseDevice", &erase("false")),
        "no command".to_owned(),
    ]);
    let redirect = |status: u16, to: &'static str| {
        let made = Response::builder().status(status).header("Location", to).body(Vec::new());
        Just(Act::Responds(made.unwrap()))
    };
    let token = "apple-remotemanagement-user-login://authentication-results?access-token=abc";
    prop_oneof![
        4 => Just(Act::Responds(response(200, PROFILE, &profile(MDM, IDENTITY)))),
        1 => Just(Act::Responds(response(200, PROFILE, &profile(MDM, "")))),
        3 => document.prop_map(|document| Act::Responds(response(403, "application/json", document))),
        2 => Just(Act::Responds(response(200, "text/html", "<form method=post><input name=a></form>"))),
        1 => redirect(302, "/next"),
        1 => redirect(308, token),
        2 => wrong.prop_map(|status| Act::Responds(response(status, "text/plain", ""))),
        9 => Just(Act::Responds(response(200, "", ""))),
        6 => commands.prop_map(|command| Act::Responds(response(200, "application/xml", &command))),
        2 => Just(Act::Submits),
        1 => Just(Act::Pairs),
        4 => Just(Act::Pushes),
    ]
}

/// What is known of a device from outside.
#[derive(Debug, Default)]
struct Known {
    /// How many messages have to be accepted before it may ask for a command; nothing before it has a profile.
    check_ins: Option<u8>,
    held: bool,
    /// The command that is out.
    command: Option<String>,
    done: Vec<String>,
    /// How often it may begin a visit to the web page.
    begins: u32,
}

impl Known {
    fn take(&mut self, reaction: &Reaction, status: u16, awaits: bool) {
        let answered = self.command.take().filter(|_| status == 200);
        self.done.extend(answered.clone());
        match reaction {
            Reaction::Installed { .. } => {
                assert_eq!(self.check_ins, None, "a device has one profile");
                (self.check_ins, self.held) = (Some(2), awaits);
            }
            Reaction::CheckedIn { message } => {
                assert_eq!(status, 200);
                let left = self.check_ins.as_mut().expect("nobody checks in without a profile");
                assert_eq!(*message, if *left == 2 { "Authenticate" } else { "TokenUpdate" });
                *left -= 1;
            }
            Reaction::Command { request_type } => {
                assert_eq!(self.check_ins, Some(0));
                self.command = Some(request_type.clone());
            }
            Reaction::Released => {
                assert!(self.held, "only who is held is let go");
                assert_eq!(answered.as_deref(), Some("DeviceConfigured"));
                self.held = false;
            }
            Reaction::Erased { returns } => {
                assert_eq!(answered.as_deref(), Some("EraseDevice"));
                *self = Self { begins: self.begins + u32::from(*returns), ..Self::default() };
            }
            Reaction::Unrecognized => (self.check_ins, self.held) = (None, false),
            Reaction::Refused { .. } if self.check_ins.is_some_and(|left| left > 0) => {
                (self.check_ins, self.held) = (None, false);
            }
            Reaction::Updated { .. } => self.begins += 1,
            Reaction::Idle => assert_eq!(self.check_ins, Some(0)),
            _ => {}
        }
    }
}

/// Makes one step, and holds the device to what is known of it.
fn step(world: &mut World, device: &mut SimulatedDevice, known: &mut Known, act: &Act, awaits: bool) {
    let before = device.request(world);
    match act {
        Act::Responds(response) => {
            let reaction = device.take(world, response);
            if before.is_none() {
                assert!(matches!(reaction, Reaction::Refused { .. }), "a response that nobody asked for: {reaction:?}");
                assert!(device.request(world).is_none());
            } else {
                known.take(&reaction, response.status().as_u16(), awaits);
            }
        }
        Act::Submits => drop(device.submit(&[])),
        Act::Pairs => {
            let was_waiting = before.is_none();
            device.pair(*b"token");
            known.begins += u32::from(was_waiting && device.request(world).is_some());
        }
        Act::Pushes => device.push(),
    }
}

proptest! {
    #[test]
    fn a_device_does_what_it_may_do_next(
        acts in prop::collection::vec(act(), 1..40),
        web in any::<bool>(),
        awaits in any::<bool>(),
    ) {
        let web_url = if web { r#", "configuration_web_url": "https://mdm.example.com/welcome""# } else { "" };
        let (mut world, mut device) = switched_on(&format!(r#", "await_device_configured": {awaits}{web_url}"#));
        let mut known = Known { begins: 1, ..Known::default() };
        let mut visits = 0;
        for act in &acts {
            step(&mut world, &mut device, &mut known, act, awaits);
            prop_assert_eq!(device.is_enrolled(), known.check_ins.is_some());
            prop_assert_eq!(device.is_held(), known.held);
            prop_assert_eq!(device.commands().map(str::to_owned).collect::<Vec<_>>(), &known.done[..]);
            let (request, again) = (device.request(&world), device.request(&world));
            let body = |request: Option<Request<Vec<u8>>>| request.map(Request::into_body);
            prop_assert_eq!(body(request.clone()), body(again));
            let Some(request) = request else { continue };
            let text = String::from_utf8_lossy(request.body()).into_owned();
            prop_assert_eq!(request.method() == Method::PUT, known.check_ins.is_some());
            match known.check_ins {
                Some(2) => prop_assert!(text.contains("<string>Authenticate</string>")),
                Some(1) => prop_assert!(text.contains("<string>TokenUpdate</string>")),
                Some(_) => prop_assert_eq!(text.contains("CommandUUID"), known.command.is_some()),
                None => {}
            }
            // The MachineInfo goes to a page once for each beginning, however often the page is read.
            if request.headers().contains_key("x-apple-aspen-deviceinfo") && matches!(act, Act::Responds(_) | Act::Pairs) {
                visits += 1;
                prop_assert!(web && visits <= known.begins);
            }
        }
    }
}
