//! What was recorded plays again, without its secrets.

use apple_ade::api::Service;
use apple_ade::blocking::Client;
use apple_ade::id::SerialNumber;
use apple_ade::session::Session;
use apple_ade::simulator::{Fault, FaultRule, RecordedAnswer, Recorder, Recording, Replay, Simulator, TimeForm, World};
use apple_ade::token::ServerToken;
use apple_ade::transport::{BlockingTransport, Transport};

fn school() -> Simulator {
    let mut world = World::builder().seed(7).devices(5).build();
    world.settings_mut().rotate_every = Some(2);
    world.faults_mut().add(FaultRule::new(Fault::OddTimestamps { form: TimeForm::Garbage }).times(1));
    world.faults_mut().add(FaultRule::new(Fault::LostReply).on("POST /devices").times(1));
    world.faults_mut().add(FaultRule::new(Fault::ProxyPage { status: 502 }).on("POST /devices").times(1));
    world.faults_mut().add(FaultRule::new(Fault::TruncatedBody).on("GET /account").times(1));
    Simulator::new(world)
}

/// Some work by the library's own client, and everything that came of it.
fn work(transport: impl BlockingTransport + 'static, department: &str, batch: usize) -> Vec<String> {
    let stamps = school();
    let token = ServerToken::from_json(stamps.with_world(|world| world.server_token_json()).as_bytes()).unwrap();
    let ade = Client::with_stamps(Session::new(token, Service::apple()), transport, move || stamps.stamp());
    let mut told = vec![format!("{:?}", ade.account().map_err(|error| error.to_string()))];
    told.push(format!("{:?}", ade.account().map_err(|error| error.to_string())));
    let page = ade.fetch_devices(None).map_err(|error| error.to_string());
    told.push(format!("{page:?}"));
    let serials: Vec<SerialNumber> =
        page.map(|page| page.devices.into_iter().map(|device| device.serial_number).collect()).unwrap_or_default();
    for _ in 0..3 {
        told.push(format!("{:?}", ade.device_details(serials.clone()).map_err(|error| error.to_string())));
    }
    let mut profile = apple_ade::api::profile::Profile::new("Class iPads", "https://mdm.example.com/enroll");
    profile.department = Some(department.to_owned());
    match ade.define_profile(&profile) {
        Ok(defined) => {
            let some = serials.into_iter().take(batch);
            told.push(format!("{:?}", ade.assign(defined.profile_uuid, some).map_err(|error| error.to_string())));
        }
        Err(error) => told.push(error.to_string()),
    }
    told
}

fn recorded() -> (Recording, Vec<String>) {
    let recorder = Recorder::new(school());
    let told = work(recorder.clone(), "IT", 4);
    (recorder.recording(), told)
}

#[test]
fn the_same_work_gets_the_same_answers_from_a_replay() {
    let (recording, told) = recorded();
    assert!(told.iter().any(|result| result.contains("the connection broke")), "{told:?}");
    let lines = recording.to_json_lines();
    let read = Recording::from_json_lines(&lines).unwrap();
    assert_eq!(read, recording);
    assert_eq!(read.calls().count(), lines.lines().count());
    let replay = Replay::new(read);
    assert_eq!(work(replay.clone(), "IT", 4), told);
    replay.finish().unwrap();
}

#[test]
fn secrets_are_not_in_a_recording() {
    let school = school();
    let recorder = Recorder::new(school.clone());
    work(recorder.clone(), "IT", 4);
    // A sign-in whose answer is cut off, so that it is no JSON any more.
    school.with_world(|world| world.faults_mut().add(FaultRule::new(Fault::TruncatedBody).on("/session")));
    let signer = school.with_world(|world| super::client::Signer::new(world, "cut"));
    let request = http::Request::get("https://mdmenrollment.apple.com/session")
        .header("Authorization", signer.header())
        .header("User-Agent", "test/1");
    let answer = BlockingTransport::send(&recorder, request.body(Vec::new()).unwrap()).unwrap();
    assert!(answer.body().starts_with(b"{\"auth_session_token\":\"1795"));
    let key = r#"{"device":"C02","escrow_key":"6ab40d5e","deep":[{"auth_session_token":"deep"}]}"#;
    let request =
        http::Request::post("https://mdmenrollment.apple.com/device/activationlock").body(key.into()).unwrap();
    BlockingTransport::send(&recorder, request).unwrap();

    let lines = recorder.recording().to_json_lines();
    let world: serde_json::Value = serde_json::from_str(&school.with_world(|world| world.to_json())).unwrap();
    let sessions: Vec<&String> = world["sessions"].as_object().unwrap().keys().collect();
    assert!(sessions.len() > 2, "there were rotated ones too");
    for session in &sessions {
        assert!(!lines.contains(session.as_str()) && !lines.contains(&session[..13]));
    }
    for secret in ["OAuth", "oauth_signature", "AT_", "CK_", "6ab40d5e", "\"deep\"}", "1795334400"] {
        assert!(!lines.contains(secret), "{secret}");
    }
    assert!(lines.contains(r#""auth_session_token":"removed""#) && lines.contains(r#""escrow_key":"removed""#));
    assert!(lines.contains(r#""x-adm-auth-session":"removed""#));
}

#[test]
fn a_replay_says_where_the_calls_differ() {
    let (recording, _) = recorded();
    let differs = |department, batch| {
        let replay = Replay::new(recording.clone());
        work(replay.clone(), department, batch);
        replay.finish().unwrap_err().to_string()
    };
    let calls = recording.calls().count();
    assert_eq!(
        differs("Library", 4),
        format!(
            "call {}, POST /profile: $.department is \"IT\" in the recording and \"Library\" in the request",
            calls - 1
        )
    );
    assert_eq!(
        differs("IT", 3),
        format!("call {calls}, POST /profile/devices: $.devices has 4 items in the recording and 3 in the request")
    );

    let get =
        |path: &str| http::Request::get(format!("https://mdmenrollment.apple.com{path}")).body(Vec::new()).unwrap();
    let replay = Replay::new(recording.clone());
    let error = pollster::block_on(Transport::send(&replay, get("/account?x=1"))).unwrap_err();
    let sentence = "call 1, GET /session: GET /account?x=1 was called in its place";
    assert_eq!(error.to_string(), format!("no answer from the service: {sentence}"));
    assert!(BlockingTransport::send(&replay, get("/session")).is_err(), "it does not go on after a difference");
    assert_eq!((replay.finish().unwrap_err().to_string(), replay.finish().unwrap_err().call), (sentence.to_owned(), 1));

    let replay = Replay::new(recording.clone());
    BlockingTransport::send(&replay, get("/session")).unwrap();
    assert_eq!(replay.finish().unwrap_err().to_string(), "call 2, GET /account, was not made");
    let empty = Replay::new(Recording::default());
    empty.finish().unwrap();
    BlockingTransport::send(&empty, get("/session")).unwrap_err();
    assert_eq!(empty.finish().unwrap_err().to_string(), "call 1 is GET /session, and the recording ends after 0");
}

#[test]
fn bodies_that_are_no_json_are_kept_and_lines_that_are_no_calls_are_refused() {
    let mut recording = Recording::default();
    let bodies: [&[u8]; 4] = [b"", b"plain \"text\"\n", b"\xFF\x00\x01", b"{ \"b\": 1, \"a\": 2 }"];
    for body in bodies {
        let request = http::Request::put("https://x.example.com/y?z=1").body(body.to_vec()).unwrap();
        recording.add(&request, &Ok(http::Response::new(body.to_vec())));
    }
    let text = recording.to_json_lines();
    let replay = Replay::new(Recording::from_json_lines(&format!("\n{text}\n")).unwrap());
    for body in bodies {
        let request = http::Request::put("https://other.example.com/y?z=1").body(body.to_vec()).unwrap();
        assert_eq!(BlockingTransport::send(&replay, request).unwrap().body(), body);
    }
    replay.finish().unwrap();
    // JSON is compared as JSON: the order of keys does not matter.
    let replay = Replay::new(recording.clone());
    for body in [b"".as_slice(), b"plain \"text\"\n", b"\xFF\x00\x01", b"{\"a\":2,\"b\":1}"] {
        let request = http::Request::put("https://x.example.com/y?z=1").body(body.to_vec()).unwrap();
        BlockingTransport::send(&replay, request).unwrap();
    }
    assert!(recording.calls().all(|call| matches!(call.answer, RecordedAnswer::Response(_))));
    let error = Recording::from_json_lines(&format!("{text}nonsense")).unwrap_err();
    assert_eq!(error.line, 5);
    assert!(error.to_string().starts_with("line 5 of the recording is not a recorded call: "), "{error}");
}
