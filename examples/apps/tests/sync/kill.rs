//! `kill -9` at random moments, then one clean run: nothing is lost, and nothing is there twice.
//!
//! KILLS (3) is how often, SEED (the process) what the moments and the changes come from. `.ci/kill` runs it with 50.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use apple_ade::assign::AssignerState;
use apple_ade::simulator::{Family, Fault, FaultRule, Trouble};
use apple_ade_apps::store::{Sqlite, Store};

use crate::served::{Apple, last_line};
use crate::suite::never_two_at_once;
use crate::{output, start};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Devices come, change and leave; now and then the cursor is gone, and all are fetched again.
fn change(apple: &Apple, random: &mut Random, round: u64) {
    apple.desk.act(|world| {
        let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
        let of_first = world.devices().filter(|device| device.server.as_ref() == Some(&servers[0]));
        let serials: Vec<String> = of_first.map(|device| device.serial_number.clone()).collect();
        for _ in 0..random.below(60) {
            let serial = &serials[usize::try_from(random.below(serials.len() as u64)).unwrap()];
            match random.below(4) {
                0 => drop(world.release(serial)),
                1 => drop(world.move_device(serial, &servers[1])),
                2 => {
                    let bought = world.buy(Family::Ipad);
                    world.move_device(&bought, &servers[0]);
                }
                _ => drop(world.set_asset_tag(serial, &format!("ROUND-{round}"))),
            }
        }
        if random.below(6) == 0 {
            let gone = Fault::refusal("EXPIRED_CURSOR").unwrap();
            world.faults_mut().add(FaultRule::new(gone).on("POST /devices/sync").times(1));
        }
    });
}

fn assigner(store: &mut Store<Sqlite>, apple: &Apple) -> AssignerState {
    let state = store.assigner(&apple.identity).unwrap();
    state.map_or_else(AssignerState::new, |state| AssignerState::from_json(&state).unwrap())
}

#[test]
fn killed_at_any_moment_it_loses_nothing() {
    let (kills, seed) = (variable("KILLS").unwrap_or(3), variable("SEED").unwrap_or(u64::from(std::process::id())));
    println!("SEED={seed} KILLS={kills}");
    let mut random = Random(seed);
    let devices = if kills > 10 { 3000 } else { 600 };
    let apple = Apple::new("kill", devices, |world| world.share_not_accessible(10).share_failing(10));
    apple.desk.act(|world| {
        let settings = world.settings_mut();
        settings.page_limit.maximum = 100;
        // Whoever gives a device a profile a second time is found out.
        (settings.throttle_after, settings.throttle_seconds) = (Some(1), 86_400);
        // Long enough to be killed between what Apple does and what is stored of it.
        for call in ["POST /profile/devices", "POST /devices"] {
            world.faults_mut().add(FaultRule::new(Fault::Slow { seconds: 1 }).on(call));
        }
    });
    let profile = apple.folder.join("kiosk.json");
    std::fs::write(&profile, r#"{"profile_name": "Kiosks", "url": "https://mdm.example.com/enroll"}"#).unwrap();
    let arguments = apple.arguments(&["--once", "--patience", "0", "--assign", profile.to_str().unwrap()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();

    // How long a run takes is learnt from those that were not killed in time.
    let (mut longest, mut killed, mut in_a_run, mut ended, mut round) = (400, 0, 0, 0, 0);
    let (mut after, mut in_an_assignment) = (BTreeMap::new(), 0);
    // As often as it takes to have broken both.
    let wanted = if kills < 20 { 0 } else { kills / 10 + 1 };
    while killed < kills || in_a_run.min(in_an_assignment) < wanted {
        round += 1;
        assert!(round < kills * 20 + 50, "the runs are over before they are killed");
        let begun = Instant::now();
        let mut child = start(&arguments);
        std::thread::sleep(Duration::from_millis(random.below(longest)));
        if let Some(status) = child.try_wait().unwrap() {
            let (_, out, err) = output(child);
            assert!(status.success(), "{out}{err}");
            ended += 1;
            longest = u64::try_from(begun.elapsed().as_millis()).unwrap().clamp(20, 5000);
            change(&apple, &mut random, round);
        } else {
            // SIGKILL, on Unix.
            child.kill().unwrap();
            killed += u64::from(child.wait().unwrap().code() != Some(0));
            let mut store = Store::new(Sqlite::open(&apple.db()).unwrap());
            let state = store.state(&apple.identity).unwrap();
            let assigner = assigner(&mut store, &apple);
            in_an_assignment += u64::from(assigner.pending().count() > assigner.waiting().count());
            // Later, until a run ends by itself.
            longest = (longest * 5 / 4).min(5000);
            // The call that was made last before it.
            let call = apple.desk.act(|world| {
                let call = world.calls().last().map_or("none yet", |call| &call.target).to_owned();
                world.forget_calls();
                call
            });
            *after.entry(call).or_insert(0) += 1;
            in_a_run += u64::from(state.is_some_and(|state| state.contains("\"run\"")));
            if random.below(3) == 0 {
                change(&apple, &mut random, round);
            }
        }
    }
    apple.desk.act(|world| world.faults_mut().clear());
    let (code, out, err) = output(start(&arguments));
    assert_eq!(code, Some(0), "{out}{err}");
    let stored = apple.compare();
    let line = format!("stored {} devices, 0 lost", apple_ade_apps::thousands(stored));
    assert_eq!(last_line(&out), line, "{err}");

    let mut store = Store::new(Sqlite::open(&apple.db()).unwrap());
    let leases = never_two_at_once(&mut store);
    // Whoever has no profile makes trouble, and is waited for or given up.
    let without: BTreeSet<String> =
        apple.listed().into_iter().filter(|(_, (_, profile))| profile.is_none()).map(|(serial, _)| serial).collect();
    let state = assigner(&mut store, &apple);
    let waiting = state.waiting().filter(|(serial, ..)| without.contains(serial.as_str())).count() as u64;
    let given_up: u64 = store.given_up(&apple.identity).unwrap().iter().map(|given_up| given_up.devices).sum();
    assert_eq!(without.len() as u64, waiting + given_up);
    let twice = apple.desk.act(|world| {
        world.devices().filter(|device| matches!(device.trouble, Some(Trouble::Throttled { .. }))).count()
    });
    assert_eq!(twice, 0, "devices were given their profile twice");
    let without = without.len();
    let left = apple.stored().len() - stored;
    println!("killed after its last call to {after:?}");
    println!(
        "killed {killed} times, {in_a_run} of them in a run and {in_an_assignment} in an assignment, ended {ended} times, then one clean run: {stored} devices stored once each as Apple has them, \
         {left} that left, 0 lost; no profile given twice; {without} without one, each with its reason; {leases} leases, never two at once"
    );
}
