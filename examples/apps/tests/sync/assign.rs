//! `--assign`: the profile is judged, defined once, and given to what has none.

use apple_ade::simulator::{Fault, FaultRule, Trouble};

use crate::served::{Apple, last_line};

const PROFILE: &str = r#"{"profile_name": "Kiosks", "url": "https://mdm.example.com/enroll", "is_mandatory": true,
    "is_supervised": true, "skip_setup_items": ["Siri", "Location"]}"#;

fn profile(apple: &Apple, text: &str) -> String {
    let file = apple.folder.join("kiosk.json");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_profile_with_errors_is_refused_before_anything_is_done() {
    let apple = Apple::new("errors", 3, |world| world);
    let file =
        profile(&apple, "{\"profile_name\": \"Kiosks\",\n  \"url\": \"mdm.example.com\", \"is_mdm_removable\": false}");
    let (code, out, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    for part in ["error[ADE-P", "kiosk.json:2:3  url", "  \"url\": \"mdm.example.com\"", "= help: ", "2 errors"] {
        assert!(err.contains(part), "{part}: {err}");
    }
    assert!(!apple.db().exists());
    assert_eq!(apple.desk.act(|world| world.calls().count()), 0);
    for (text, word) in [("{", "error[ADE-P"), ("[]", "error[ADE-P")] {
        let file = profile(&apple, text);
        let (code, _, err) = apple.run(&["--once", "--assign", &file]);
        assert_eq!(code, Some(1));
        assert!(err.contains(word), "{err}");
    }
}

#[test]
fn every_device_without_a_profile_gets_it_once() {
    let trouble = |world: apple_ade::simulator::WorldBuilder| {
        world.trouble(3, Trouble::NotAccessible).trouble(5, Trouble::Failing)
    };
    let apple = Apple::new("assign", 40, trouble);
    let file = profile(&apple, PROFILE);
    let (code, out, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!((code, err.as_str(), last_line(&out)), (Some(0), "", "stored 40 devices, 0 lost"), "{out}");
    let line = "38 of 40, 1 to be tried again, 1 not on this server, says Apple";
    assert!(out.contains(line), "{out}");
    // Read back: the database has what Apple has.
    assert_eq!(apple.compare(), 40);
    let assigned: Vec<_> = apple.listed().into_values().filter_map(|(_, profile)| profile).collect();
    assert_eq!(assigned.len(), 38);
    assert!(assigned.iter().all(|uuid| *uuid == assigned[0]));

    // Nobody is asked for again before it is time, and the profile is not defined again.
    let calls = |apple: &Apple| (apple.calls("POST /profile"), apple.calls("POST /profile/devices"));
    assert_eq!(calls(&apple), (1, 1));
    assert_eq!(apple.run(&["--once", "--assign", &file]).0, Some(0));
    assert_eq!(calls(&apple), (1, 1));

    // Moved away and back, a device has none.
    let serial = apple.desk.act(|world| {
        let serial = world.devices().next().map(|device| device.serial_number.clone()).unwrap();
        let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
        assert!(world.move_device(&serial, &servers[1]) && world.move_device(&serial, &servers[0]));
        serial
    });
    assert_eq!(apple.listed()[&serial].1, None);
    let (_, out, _) = apple.run(&["--once", "--assign", &file]);
    assert!(out.contains("assigned   1 of 1"), "{out}");
    assert_eq!(calls(&apple), (1, 2));
    assert_eq!(apple.listed()[&serial].1.as_ref(), Some(&assigned[0]));

    // Another text is another profile; whoever has one keeps it.
    let file = profile(&apple, &PROFILE.replace("Kiosks", "Desks"));
    apple.run(&["--once", "--assign", &file]);
    assert_eq!(calls(&apple), (1, 2));
}

#[test]
fn a_batch_whose_answer_is_lost_is_sent_again() {
    let lost = FaultRule::new(Fault::LostReply).on("POST /profile/devices").times(1);
    let apple = Apple::new("lost-reply", 20, |world| world.fault(lost));
    let file = profile(&apple, PROFILE);
    let (code, out, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!(code, Some(1), "{out}");
    assert!(err.contains("20 devices are stored"), "{err}");
    let (code, out, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 20 devices, 0 lost"), "{err}");
    assert_eq!(apple.compare(), 20);
    assert!(apple.listed().values().all(|(_, profile)| profile.is_some()));
    assert_eq!(apple.calls("POST /profile"), 1, "the profile is known");
}

#[test]
fn a_profile_that_apple_does_not_know_any_more_is_defined_again() {
    let apple = Apple::new("gone", 5, |world| world);
    let file = profile(&apple, PROFILE);
    let refusal = Fault::Refusal { status: 404, word: "PROFILE_NOT_FOUND".to_owned() };
    let gone = FaultRule::new(refusal).on("POST /profile/devices").times(1);
    apple.desk.act(|world| world.faults_mut().add(gone));
    let (code, _, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!(code, Some(1));
    assert!(err.contains("PROFILE_NOT_FOUND"), "{err}");
    let (code, _, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(apple.calls("POST /profile"), 2);
    assert!(apple.listed().values().all(|(_, profile)| profile.is_some()));
}
