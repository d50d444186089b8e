//! `--assign`: the profile is judged, defined once, and given to what has none, by a plan.

use std::ops::Add as _;
use std::time::{Duration, Instant};

use apple_ade::Stamp;
use apple_ade::simulator::{Family, Fault, FaultRule, Trouble, World};
use chrono::{DateTime, TimeDelta, Utc};

use crate::served::{Apple, last_line};
use crate::{output, start};

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

/// Ends at once instead of waiting for Apple.
const AT_ONCE: [&str; 4] = ["--once", "--patience", "0", "--assign"];

fn at_once(apple: &Apple, file: &str) -> (Option<i32>, String, String) {
    apple.run(&[&AT_ONCE[..], &[file]].concat())
}

/// How often a profile was defined, and how often assigned.
fn calls(apple: &Apple) -> (usize, usize) {
    (apple.calls("POST /profile"), apple.calls("POST /profile/devices"))
}

/// The serial number of a device with such trouble.
fn serial(apple: &Apple, is_it: impl Fn(Option<Trouble>) -> bool) -> String {
    let serial = |world: &mut World| Some(world.devices().find(|device| is_it(device.trouble))?.serial_number.clone());
    apple.desk.act(serial).unwrap()
}

#[test]
fn every_device_without_a_profile_gets_it_once() {
    let trouble = |world: apple_ade::simulator::WorldBuilder| {
        world.trouble(3, Trouble::NotAccessible).trouble(5, Trouble::Failing)
    };
    let apple = Apple::new("assign", 40, trouble);
    let file = profile(&apple, PROFILE);
    let parked = serial(&apple, |trouble| trouble == Some(Trouble::NotAccessible));
    let failing = serial(&apple, |trouble| trouble == Some(Trouble::Failing));
    let (code, out, err) = at_once(&apple, &file);
    assert_eq!((code, err.as_str(), last_line(&out)), (Some(0), "", "stored 40 devices, 0 lost"), "{out}");
    let waits = [
        format!("waiting    {failing}; until 2"),
        "UTC: Apple failed".into(),
        format!("waiting    {parked}; until listed again, at most 2"),
    ];
    for part in
        ["plan       40 devices are given a profile", "  Kiosks (", "the token's default", "assigned   38 of 40"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(waits.iter().all(|wait| out.contains(wait)), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 100 || line.starts_with("database")), "{out}");
    // Read back: the database has what Apple has.
    assert_eq!(apple.compare(), 40);
    let assigned: Vec<_> = apple.listed().into_values().filter_map(|(_, profile)| profile).collect();
    assert_eq!(assigned.len(), 38);
    assert!(assigned.iter().all(|uuid| *uuid == assigned[0]));

    // Nobody is asked for again before it is time, and the profile is not defined again. What is left is told.
    assert_eq!(calls(&apple), (1, 1));
    let (code, out, _) = at_once(&apple, &file);
    assert_eq!(code, Some(0));
    assert!(waits.iter().all(|wait| out.contains(wait)) && !out.contains("plan "), "{out}");
    assert_eq!(calls(&apple), (1, 1));

    // Moved away and back, a device has none.
    let moved = serial(&apple, |trouble| trouble.is_none());
    apple.desk.act(|world| {
        let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
        assert!(world.move_device(&moved, &servers[1]) && world.move_device(&moved, &servers[0]));
    });
    assert_eq!(apple.listed()[&moved].1, None);
    let (_, out, _) = at_once(&apple, &file);
    assert!(out.contains("1 device is given a profile") && out.contains("assigned   1 of 3"), "{out}");
    assert_eq!(calls(&apple), (1, 2));
    assert_eq!(apple.listed()[&moved].1.as_ref(), Some(&assigned[0]));

    // Listed again, a device that was not on this server goes on; before that it is not asked for.
    apple.desk.act(|world| assert!(world.set_trouble(&parked, None)));
    at_once(&apple, &file);
    assert_eq!((calls(&apple), apple.listed()[&parked].1.as_ref()), ((1, 2), None));
    apple.desk.act(|world| assert!(world.set_asset_tag(&parked, "FOUND")));
    let (_, out, _) = at_once(&apple, &file);
    assert!(out.contains("assigned   1 of 2"), "{out}");
    assert_eq!((calls(&apple), apple.listed()[&parked].1.as_ref()), ((1, 3), Some(&assigned[0])));

    // Another text is another profile, for whoever waits for one; whoever has one keeps it.
    let file = profile(&apple, &PROFILE.replace("Kiosks", "Desks"));
    let (_, out, _) = at_once(&apple, &file);
    assert!(out.contains("1 device is given a profile") && out.contains("  Desks ("), "{out}");
    assert_eq!(calls(&apple), (2, 4));
    assert!(apple.listed().values().all(|(_, profile)| profile.as_ref().is_none_or(|uuid| *uuid == assigned[0])));
}

#[test]
fn a_throttled_device_is_left_alone_until_apple_says_so() {
    let throttled = |name: &str, until| Apple::new(name, 12, |world| world.trouble(1, Trouble::Throttled { until }));
    // A short wait is sat out.
    let apple = throttled("throttled", Stamp::from_system().now() + TimeDelta::seconds(12));
    let file = profile(&apple, PROFILE);
    let (code, out, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 12 devices, 0 lost"), "{err}");
    assert!(out.contains("assigned   11 of 12") && out.contains("assigned   1 of 1"), "{out}");
    // Apple's whole seconds may end a little before the throttle does.
    assert!(matches!((calls(&apple), apple.compare()), ((1, 2 | 3), 12)), "{:?}", calls(&apple));
    assert!(apple.listed().values().all(|(_, profile)| profile.is_some()));

    // A long one is told.
    let until = Stamp::from_system().now() + TimeDelta::hours(20);
    let apple = throttled("throttled-long", until);
    let file = profile(&apple, PROFILE);
    let (code, out, err) = apple.run(&["--once", "--assign", &file]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 12 devices, 0 lost"), "{err}");
    let told = format!("waiting    {}; until 20", serial(&apple, |trouble| trouble.is_some()));
    assert!(out.contains(&told) && out.contains("assigned too often, says Apple"), "{told}: {out}");
    let told = out.lines().find_map(|line| line.split_once("; until ")).unwrap().1;
    let told: DateTime<Utc> = told.split_once(" UTC").unwrap().0.replace(' ', "T").add("Z").parse().unwrap();
    assert!((told - until).abs() < TimeDelta::minutes(1), "{told} {until}");
    assert_eq!(apple.listed().values().filter(|(_, profile)| profile.is_none()).count(), 1);
    assert_eq!((calls(&apple), at_once(&apple, &file).0, calls(&apple)), ((1, 1), Some(0), (1, 1)));
}

/// A device that cannot carry the profile does not get it, and is named.
#[test]
fn what_would_do_harm_is_withheld_and_told() {
    let apple = Apple::new("harm", 0, |world| world.family(Family::Ipad, 4).family(Family::Mac, 2));
    let shared = PROFILE.replace("\"is_supervised\"", "\"is_multi_user\": true, \"is_supervised\"");
    let file = profile(&apple, &shared);
    let (code, out, err) = at_once(&apple, &file);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 6 devices, 0 lost"), "{err}");
    for part in
        ["4 devices are given a profile, 2 withheld", "assigned   4 of 4", "left out ", "a Shared iPad profile on Mac"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(err.contains("2 devices are left out"), "{err}");
    let without = |apple: &Apple| apple.stored().iter().filter(|device| device.profile.is_none()).count();
    assert_eq!((without(&apple), calls(&apple)), (2, (1, 1)));
    // It stays so, and is told again.
    let (_, out, _) = at_once(&apple, &file);
    assert!(out.contains("left out ") && !out.contains("plan "), "{out}");
    assert_eq!(calls(&apple), (1, 1));
    // Another profile does no harm.
    at_once(&apple, &profile(&apple, PROFILE));
    assert_eq!((without(&apple), calls(&apple)), (0, (2, 2)));
}

#[test]
fn after_a_kill_no_device_is_sent_that_has_its_profile() {
    let slow = FaultRule::new(Fault::Slow { seconds: 2 }).on("POST /profile/devices").times(1);
    let apple = Apple::new("killed-assigning", 20, |world| world.fault(slow));
    let file = profile(&apple, PROFILE);
    let arguments = apple.arguments(&["--once", "--assign", &file]);
    let mut child = start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let begun = Instant::now();
    while calls(&apple).1 == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    output(child);
    assert!(apple.stored().iter().all(|device| device.profile.is_none()));
    let (code, out, err) = at_once(&apple, &file);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 20 devices, 0 lost"), "{err}");
    assert!(out.contains("assigned   20 of 20"), "{out}");
    assert_eq!((apple.compare(), calls(&apple)), (20, (1, 1)));
    assert!(apple.listed().values().all(|(_, profile)| profile.is_some()));
}

#[test]
fn what_stands_between_is_told_with_its_end() {
    let lost = FaultRule::new(Fault::LostReply).on("POST /profile/devices").times(1);
    let apple = Apple::new("lost-reply", 20, |world| world.fault(lost));
    let file = profile(&apple, PROFILE);
    let (code, out, err) = at_once(&apple, &file);
    assert_eq!(code, Some(1), "{out}");
    assert!(err.contains("20 devices are stored") && err.contains("no profile can be assigned before 2"), "{err}");
    assert!(out.contains("assigned   0 of 20") && out.contains("waiting    20 until Apple can be called"), "{out}");
    // The pause is kept.
    let (code, _, err) = at_once(&apple, &file);
    assert_eq!((code, calls(&apple)), (Some(1), (1, 1)), "{err}");

    // What waits for somebody goes on when the program is started again: somebody has done it.
    let terms = FaultRule::new(Fault::refusal("T_C_NOT_SIGNED").unwrap()).on("POST /profile/devices").times(1);
    let apple = Apple::new("terms-assigning", 20, |world| world.fault(terms));
    let file = profile(&apple, PROFILE);
    let (code, _, err) = at_once(&apple, &file);
    assert_eq!(code, Some(1));
    assert!(err.contains("terms"), "{err}");
    let (code, out, err) = at_once(&apple, &file);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 20 devices, 0 lost"), "{err}");
    assert!(apple.listed().values().all(|(_, profile)| profile.is_some()));
    assert_eq!((apple.compare(), apple.calls("POST /profile")), (20, 1), "the profile is known");
}

#[test]
fn a_profile_that_apple_does_not_know_any_more_is_defined_again() {
    let apple = Apple::new("gone", 5, |world| world);
    let file = profile(&apple, PROFILE);
    let refusal = Fault::Refusal { status: 404, word: "PROFILE_NOT_FOUND".to_owned() };
    let gone = FaultRule::new(refusal).on("POST /profile/devices").times(1);
    apple.desk.act(|world| world.faults_mut().add(gone));
    let (code, _, err) = at_once(&apple, &file);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("PROFILE_NOT_FOUND") && err.contains("does not know profile"), "{err}");
    assert_eq!((calls(&apple), apple.compare()), ((2, 2), 5));
    let profiles: Vec<_> = apple.listed().into_values().filter_map(|(_, profile)| profile).collect();
    assert_eq!(profiles.len(), 5);
    // From now on it is known by its new UUID.
    let bought = apple.desk.act(|world| {
        let server = world.servers().next().unwrap().uuid.clone();
        let bought = world.buy(Family::Ipad);
        assert!(world.move_device(&bought, &server));
        bought
    });
    assert_eq!(at_once(&apple, &file).0, Some(0));
    assert_eq!((calls(&apple), apple.listed()[&bought].1.as_ref()), ((2, 3), Some(&profiles[0])));
}
