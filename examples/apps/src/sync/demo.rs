use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use apple_ade::Stamp;
use apple_ade::error::BoxError;
use apple_ade::simulator::{Family, World};
use apple_ade::token::ServerToken;
use serde_json::Value;

use super::console::Console;
use super::job::PATIENCE;
use super::stop::Stop;
use super::token::client;
use super::work::Work;
use crate::depsim::{Desk, Hosts, routes};
use crate::serve::serve_routes;
use crate::store::{Sqlite, Store};
use crate::thousands::thousands;

/// How many devices at most are bought, change, and leave.
const MOST_CHANGES: usize = 120;

/// A simulated Apple on loopback, a temporary database, all devices, changes, a delta; then the two are compared.
pub(super) fn show(devices: usize, console: &Console) -> Result<(), BoxError> {
    let stop = Stop::listen()?;
    let world = World::builder().seed(1).now(Stamp::from_system().now()).org_name("Example School").devices(devices);
    let world = world.add_server("Second MDM").build();
    let token = ServerToken::from_json(world.server_token_json().as_bytes())?;
    let apple = Desk::new(world);
    let served = serve_routes(routes(apple.clone(), Hosts::default()))?;
    let url = served.base_url();
    console.line("service", format_args!("a simulated Apple at {url} with {} devices", thousands(devices)))?;

    let folder = Temporary::new()?;
    let file = folder.0.join("devices.sqlite3");
    console.line("database", file.display())?;
    let identity = token.identity().to_string();
    let ade = client(token, Some(url), Duration::from_secs(60))?;
    let mut work = Work::new(Store::new(Sqlite::open(&file)?), &identity, ade, stop, console);
    let mut is_done = work.until_done(None, Some(PATIENCE))?;
    if is_done {
        let (bought, changed, left) = apple.act(change);
        let [bought, changed, left] = [bought, changed, left].map(thousands);
        console.line(
            "at Apple",
            format_args!("{bought} devices bought, {changed} changed, {left} moved away or released"),
        )?;
        is_done = work.until_done(None, Some(PATIENCE))?;
    }
    if !is_done {
        return Err("ended before all was done".into());
    }
    work.departures()?;

    // Once more from the file, by a connection of its own.
    drop(work);
    let mut store = Store::new(Sqlite::open(&file)?);
    let counts = store.counts(&identity)?;
    let mut expected: BTreeMap<String, String> = apple.act(|world| {
        let first = world.servers().next().map(|server| server.uuid.clone());
        let here = world.devices().filter(|device| first.is_some() && device.server == first);
        here.map(|device| (device.serial_number.clone(), device.asset_tag.clone())).collect()
    });
    let mut too_many = 0;
    for device in store.devices(&identity)?.iter().filter(|device| device.removed_at.is_none()) {
        let record: Value = serde_json::from_str(&device.json)?;
        let tag = record.get("asset_tag").and_then(Value::as_str).unwrap_or_default();
        match expected.remove(&device.serial) {
            Some(there) if there == tag => {}
            // Stored, but not as it is.
            Some(there) => drop(expected.insert(device.serial.clone(), there)),
            None => too_many += 1,
        }
    }
    console.end(counts.present, expected.len())?;
    match (expected.len(), too_many) {
        (0, 0) => Ok(()),
        (0, too_many) => Err(format!("{too_many} devices are stored that Apple does not list").into()),
        (lost, _) => Err(format!("{lost} devices are not stored, or not as Apple has them").into()),
    }
}

/// What happens between two syncs: as many devices come as go, so that the number stays.
fn change(world: &mut World) -> (usize, usize, usize) {
    let servers: Vec<String> = world.servers().map(|server| server.uuid.clone()).collect();
    let [here, elsewhere, ..] = &servers[..] else { return (0, 0, 0) };
    let of_server = world.devices().filter(|device| device.server.as_ref() == Some(here));
    let serials: Vec<String> = of_server.map(|device| device.serial_number.clone()).collect();
    // Spread over the list; each device once.
    let count = MOST_CHANGES.min(serials.len() / 2);
    let step = serials.len().checked_div(2 * count).unwrap_or(1).max(1);
    let mut chosen = serials.iter().step_by(step);
    let (mut changed, mut left) = (0, 0);
    for serial in chosen.by_ref().take(count) {
        left += usize::from(if left % 3 == 0 { world.release(serial) } else { world.move_device(serial, elsewhere) });
    }
    for (number, serial) in chosen.take(count).enumerate() {
        changed += usize::from(world.set_asset_tag(serial, &format!("ROOM-{number:03}")));
    }
    for _ in 0..left {
        let serial = world.buy(Family::Ipad);
        world.move_device(&serial, here);
    }
    (left, changed, left)
}

/// A folder that goes with this.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> std::io::Result<Self> {
        let name = format!("ade-sync-{}-{}", std::process::id(), Stamp::from_system().now().timestamp_micros());
        let folder = std::env::temp_dir().join(name);
        // Not one that is there already: it may be somebody else's.
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
