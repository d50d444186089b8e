//! The program as a process: its results, its exit codes, how it goes on.

use std::process::Command;
use std::time::{Duration, Instant};

use apple_ade::simulator::{Family, Fault, FaultRule, RetryAfter};
use serde_json::Value;

use crate::served::{Apple, last_line};
use crate::{ended, output, start};

#[test]
fn without_arguments_it_shows_itself() {
    let (code, out, err) = ended(&["--devices", "2500"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert_eq!(last_line(&out), "stored 2,500 devices, 0 lost");
    for step in ["full ", "at Apple ", "delta ", "120 moved away or released", "120 that left"] {
        assert!(out.contains(step), "{step}: {out}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    let folder = out.lines().find_map(|line| line.strip_prefix("database")).unwrap().trim();
    assert!(!std::path::Path::new(folder).exists(), "nothing is left over");
    let (code, out, _) = ended(&["--devices=0"]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 0 devices, 0 lost"));
}

#[test]
fn it_is_run_again_and_goes_on() {
    let apple = Apple::new("again", 700, |world| world.fault(Fault::UnknownKeys));
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, err.as_str(), last_line(&out)), (Some(0), "", "stored 700 devices, 0 lost"));
    assert_eq!(apple.compare(), 700);
    assert_eq!((apple.calls("POST /server/devices"), apple.calls("POST /devices/sync")), (1, 0));
    // Every key is kept, also those that nobody has documented.
    let record: Value = serde_json::from_str(&apple.stored()[0].json).unwrap();
    let keys = record.as_object().unwrap();
    for key in ["serial_number", "model", "device_family", "wifi_mac_address", "device_assigned_by"] {
        assert!(keys.contains_key(key), "{key}: {record}");
    }
    let documented = include_str!("../../../../src/api/device.rs");
    assert!(keys.keys().any(|key| !documented.contains(&format!("`{key}`"))), "{record}");

    let (gone, bought) = apple.desk.act(|world| {
        let serials: Vec<String> = world.devices().take(3).map(|device| device.serial_number.clone()).collect();
        let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
        assert!(world.release(&serials[0]) && world.move_device(&serials[1], &servers[1]));
        assert!(world.set_asset_tag(&serials[2], "ROOM-1"));
        let bought = world.buy(Family::Mac);
        assert!(world.move_device(&bought, &servers[0]));
        (serials[..2].to_vec(), bought)
    });
    let first_seen = apple.stored()[5].first_seen;
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, err.as_str(), last_line(&out)), (Some(0), "", "stored 699 devices, 0 lost"));
    assert_eq!(apple.compare(), 699);
    assert_eq!((apple.calls("POST /server/devices"), apple.calls("POST /devices/sync")), (1, 1));
    // What left is still shown, with what was known of it and the date.
    let stored = apple.stored();
    let left: Vec<_> = stored.iter().filter(|device| device.removed_at.is_some()).collect();
    assert_eq!(left.len(), 2);
    for device in left {
        assert!(gone.contains(&device.serial) && out.contains(&device.serial), "{out}");
        assert!(device.json.contains("\"model\""), "{}", device.json);
    }
    assert!(stored.iter().any(|device| device.serial == bought));
    assert_eq!(stored.iter().filter(|device| device.first_seen == first_seen).count(), 700);

    // And a third time, with nothing new.
    let (code, out, _) = apple.run(&["--once"]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 699 devices, 0 lost"));
}

/// Pages of 20, of which the third takes a second.
fn slow(name: &str) -> Apple {
    let slow = FaultRule::new(Fault::Slow { seconds: 1 }).on("POST /server/devices").skip(2).times(1);
    let apple = Apple::new(name, 200, |world| world.fault(slow));
    apple.desk.act(|world| world.settings_mut().page_limit.maximum = 20);
    apple
}

fn until_third_page(apple: &Apple) {
    let begun = Instant::now();
    while apple.calls("POST /server/devices") < 3 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn after_a_kill_only_the_page_under_way_is_fetched_again() {
    let apple = slow("killed");
    let arguments = apple.arguments(&["--once"]);
    let mut child = start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    until_third_page(&apple);
    child.kill().unwrap();
    output(child);
    let stored = apple.stored().len();
    assert_eq!(stored, 40);
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, err.as_str(), last_line(&out)), (Some(0), "", "stored 200 devices, 0 lost"));
    assert!(out.contains("went on; "), "{out}");
    assert_eq!(apple.compare(), 200);
    assert_eq!(apple.calls("POST /server/devices"), 11, "ten pages, one of them twice");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_between_two_steps() {
    for (more, code, word) in [(&["--once"][..], 1, "run it again, and it goes on"), (&[][..], 0, "ended as asked")] {
        let apple = slow(&format!("interrupted-{}", more.len()));
        let arguments = apple.arguments(more);
        let child = start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        until_third_page(&apple);
        let signal = if code == 1 { "-INT" } else { "-TERM" };
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let (found, out, err) = output(child);
        assert_eq!(found, Some(code), "{out}{err}");
        assert!(err.contains(word), "{err}");
        assert!(apple.stored().len() < 200);
        // The page that was under way is not fetched again.
        let (code, out, _) = apple.run(&["--once"]);
        assert_eq!((code, last_line(&out)), (Some(0), "stored 200 devices, 0 lost"));
        assert_eq!((apple.compare(), apple.calls("POST /server/devices")), (200, 10));
    }
}

/// Without `--once`, it waits for the next time, and Ctrl-C ends the wait.
#[cfg(unix)]
#[test]
fn it_waits_until_it_is_interrupted() {
    let apple = Apple::new("waits", 30, |world| world);
    let arguments = apple.arguments(&[]);
    let child = start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let begun = Instant::now();
    while !apple.db().exists() || apple.stored().len() < 30 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let (code, out, err) = output(child);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 30 devices, 0 lost"), "{err}");
}

#[test]
fn a_second_process_takes_over() {
    let apple = slow("takes-over");
    let arguments = apple.arguments(&["--once"]);
    let first = start(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    until_third_page(&apple);
    let (code, out, _) = apple.run(&["--once"]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 200 devices, 0 lost"));
    let (code, _, err) = output(first);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("another process has taken over"), "{err}");
    assert_eq!(apple.compare(), 200);
}

#[test]
fn what_apple_refuses_is_told_with_what_to_do() {
    let apple = Apple::new("refused", 10, |world| world.fault(Fault::refusal("T_C_NOT_SIGNED").unwrap()));
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("terms"), "{err}");
    // Somebody has done it.
    apple.desk.act(|world| world.faults_mut().clear());
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 10 devices, 0 lost"), "{err}");
}

/// A short pause that Apple asks for is waited for; a long one is not, with `--once`.
#[test]
fn once_waits_for_a_short_pause_and_not_for_a_long_one() {
    let asks = |seconds| {
        let retry_after = Some(RetryAfter::Seconds(seconds));
        FaultRule::new(Fault::TooManyRequests { retry_after }).on("POST /server/devices").times(1)
    };
    let apple = Apple::new("pause", 10, |world| world.fault(asks(1)));
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, last_line(&out)), (Some(0), "stored 10 devices, 0 lost"), "{err}");
    assert_eq!(apple.calls("POST /server/devices"), 2);

    let apple = Apple::new("long-pause", 10, |world| world.fault(asks(3600)));
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("nothing can be done before ") && err.contains("Apple asked for a pause"), "{err}");
    // It is stored, and kept.
    let (code, _, err) = apple.run(&["--once"]);
    assert_eq!(code, Some(1), "{err}");
    assert_eq!(apple.calls("POST /server/devices"), 1);
}
