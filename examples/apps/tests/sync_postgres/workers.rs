//! Three workers, five tokens; one worker is killed in the middle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use apple_ade::Stamp;
use apple_ade::simulator::{Family, Fault, FaultRule, World};
use apple_ade::token::ServerToken;
use apple_ade_apps::depsim::{Desk, Hosts, routes};
use apple_ade_apps::{serve_routes, thousands};
use postgres::{Client, NoTls};

use crate::suite::never_two_at_once;
use crate::{fresh, open};

fn program() -> Command {
    let here = std::env::current_exe().unwrap();
    let name = format!("sync_postgres{}", std::env::consts::EXE_SUFFIX);
    Command::new(here.parent().unwrap().parent().unwrap().join("examples").join(name))
}

/// Five servers with 400 devices and more, in pages of 20; every tenth call takes a second.
fn world() -> World {
    let mut world = World::builder().seed(5).now(Stamp::from_system().now()).devices(400);
    for name in ["Second", "Third", "Fourth", "Fifth"] {
        world = world.add_server(name);
    }
    let slow = FaultRule::new(Fault::Slow { seconds: 1 }).on("POST /server/devices").per_mille(100);
    let mut world = world.fault(slow).build();
    world.settings_mut().page_limit.maximum = 20;
    let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
    for (number, server) in servers.iter().enumerate().skip(1) {
        for _ in 0..400 + number * 10 {
            let serial = world.buy(Family::Ipad);
            world.move_device(&serial, server);
        }
    }
    world
}

struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn three_workers_of_which_one_is_killed_store_every_device_once() {
    let Some(url) = fresh("workers") else { return };
    let world = world();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("workers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Of each server: its name in the store, and its token file.
    let mut tokens = BTreeMap::new();
    for (number, server) in world.servers().enumerate() {
        let json = world.server_token_json_for(&server.uuid).unwrap();
        let file = folder.join(format!("token-{number}.json"));
        std::fs::write(&file, &json).unwrap();
        let identity = ServerToken::from_json(json.as_bytes()).unwrap().identity().to_string();
        tokens.insert(server.uuid.clone(), (identity, file));
    }
    let desk = Desk::new(world);
    let served = serve_routes(routes(desk.clone(), Hosts::default())).unwrap();
    let start = |name: &str| {
        let mut command = program();
        command.args(["--once", "--lease-seconds", "10", "--worker", name, "--base-url", served.base_url()]);
        for (_, file) in tokens.values() {
            command.arg("--token").arg(file);
        }
        // Not in the arguments, where anybody on the machine could read a password.
        command.env("DATABASE_URL", &url).stdout(Stdio::piped()).stderr(Stdio::piped());
        Worker(command.spawn().unwrap())
    };
    let mut workers = ["one", "two", "three"].map(|name| (name, start(name)));

    // As soon as the first holds a token, and has stored some of its devices, it dies.
    let mut admin = Client::connect(&url, NoTls).unwrap();
    let under_way = "SELECT t.token, t.fence FROM ade_sync.tokens t WHERE t.holder = 'one' AND t.state LIKE '%\"run\"%'
        AND (SELECT COUNT(*) FROM ade_sync.devices d WHERE d.token = t.token) BETWEEN 20 AND 300";
    let begun = Instant::now();
    let (token, fence) = loop {
        assert!(begun.elapsed() < Duration::from_secs(60), "the worker did not come to work");
        match admin.query(under_way, &[]).map(|rows| rows.into_iter().next()) {
            Ok(Some(row)) => break (row.get::<_, String>(0), row.get::<_, i64>(1)),
            // Its tables may not be there yet.
            _ => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    // In the middle of whatever comes next.
    std::thread::sleep(Duration::from_millis(u64::from(std::process::id() % 20)));
    workers[0].1.0.kill().unwrap();
    workers[0].1.0.wait().unwrap();
    let held = "SELECT holder, fence FROM ade_sync.tokens WHERE token = $1";
    let row = admin.query_one(held, &[&token]).unwrap();
    assert_eq!((row.get::<_, &str>(0), row.get::<_, i64>(1)), ("one", fence), "it died with the token in its hands");

    let [_, rest @ ..] = &mut workers;
    for (name, worker) in rest {
        while worker.0.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(120), "{name} does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let status = worker.0.wait().unwrap();
        let mut err = String::new();
        std::io::Read::read_to_string(&mut worker.0.stderr.take().unwrap(), &mut err).unwrap();
        assert!(status.success(), "{name}: {err}");
        let mut out = String::new();
        std::io::Read::read_to_string(&mut worker.0.stdout.take().unwrap(), &mut out).unwrap();
        let total = 400 + 410 + 420 + 430 + 440;
        let line = format!("stored {} devices, 0 lost", thousands(total));
        assert_eq!(out.lines().last(), Some(line.as_str()), "{name}: {err}");
    }

    // Every device of every token once, under the token of its server.
    let mut store = open(&url);
    let mut all = 0;
    for (server, (identity, _)) in &tokens {
        let expected: BTreeSet<String> = desk.act(|world| {
            let here = world.devices().filter(|device| device.server.as_ref() == Some(server));
            here.map(|device| device.serial_number.clone()).collect()
        });
        let stored = store.devices(identity).unwrap();
        assert!(stored.iter().all(|device| device.removed_at.is_none()));
        assert_eq!(stored.len(), expected.len(), "none twice");
        assert_eq!(stored.into_iter().map(|device| device.serial).collect::<BTreeSet<_>>(), expected);
        all += expected.len();
    }
    let leases = never_two_at_once(&mut store);
    let history = store.leases().unwrap();
    let after: Vec<_> = history.iter().filter(|past| past.token == token && past.fence > fence).collect();
    assert!(!after.is_empty() && after.iter().all(|past| past.holder != "one"), "another worker went on");
    let of_the_dead = history.iter().find(|past| past.token == token && past.fence == fence).unwrap();
    assert!(of_the_dead.ended_at.is_none() && of_the_dead.until <= after[0].taken_at);
    let holders: BTreeSet<&str> = history.iter().map(|past| past.holder.as_str()).collect();
    assert_eq!(holders.len(), 3, "all of them worked: {holders:?}");
    // The page that the dead one had asked for came twice; where the machine is slow, one or the other that took too long as well.
    let calls = desk.act(|world| world.call_log().count("POST /server/devices"));
    let pages = (400 + 420 + 440) / 20 + 410_usize.div_ceil(20) + 430_usize.div_ceil(20);
    assert!(calls <= pages + 5, "{calls} calls for {pages} pages");
    println!(
        "three workers, {} tokens, one killed: {all} devices once each, {leases} leases, never two at once; {calls} calls for {pages} pages",
        tokens.len()
    );
}

/// A state that cannot be read keeps its own token from its turn, and no other.
#[test]
fn one_token_that_cannot_go_on_does_not_keep_the_others() {
    let Some(url) = fresh("broken") else { return };
    let desk = Desk::new(world());
    let served = serve_routes(routes(desk.clone(), Hosts::default())).unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("broken-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let jsons: Vec<String> = desk.act(|world| {
        let servers: Vec<String> = world.servers().take(2).map(|server| server.uuid.clone()).collect();
        servers.iter().map(|server| world.server_token_json_for(server).unwrap()).collect()
    });
    let identity = |json: &str| ServerToken::from_json(json.as_bytes()).unwrap().identity().to_string();
    let (bad, good) = (identity(&jsons[0]), identity(&jsons[1]));
    let mut store = open(&url);
    store.register(&bad).unwrap();
    let mut admin = Client::connect(&url, NoTls).unwrap();
    admin.execute("UPDATE ade_sync.tokens SET state = '{\"version\":99}' WHERE token = $1", &[&bad]).unwrap();
    let mut command = program();
    command.args(["--once", "--base-url", served.base_url(), "--database", &url]);
    for (number, json) in jsons.iter().enumerate() {
        let file = folder.join(format!("token-{number}.json"));
        std::fs::write(&file, json).unwrap();
        command.arg("--token").arg(file);
    }
    let output = command.output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("version 99"), "{err}");
    assert_eq!((store.counts(&good).unwrap().present, store.counts(&bad).unwrap().present), (410, 0));
}
