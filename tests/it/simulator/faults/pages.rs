//! Faults in pages of devices.

use apple_ade::simulator::{Fault, TimeForm, Trouble, World};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{FETCH, SYNC, once};
use crate::simulator::client::{Client, serials};

pub(super) fn names(page: &Value) -> Vec<String> {
    let rows = page["devices"].as_array().unwrap();
    rows.iter().map(|row| row["serial_number"].as_str().unwrap().to_owned()).collect()
}

pub(super) fn page(client: &Client, world: &mut World, path: &str, cursor: &Value, limit: usize) -> Value {
    client.post(world, path, &json!({ "cursor": cursor, "limit": limit })).json()
}

/// The cursor at the end of the list.
pub(super) fn end(client: &Client, world: &mut World) -> Value {
    json!(client.read_all(world, FETCH, None, 100).1)
}

/// A page at a cursor, with the fault and then without: what differs, and that the fault is gone after once.
fn both(world: &mut World, client: &Client, fault: &Fault, path: &str, cursor: &Value) -> (Value, Value) {
    once(world, fault.clone());
    let odd = page(client, world, path, cursor, 2);
    assert_eq!(world.calls().last().unwrap().faults, [fault.name()]);
    assert_eq!(world.faults().count(), 0, "{} is spent", fault.name());
    (odd, page(client, world, path, cursor, 2))
}

pub(super) fn same_cursor(world: &mut World, client: &Client) {
    let first = page(client, world, FETCH, &Value::Null, 2);
    let (odd, usual) = both(world, client, &Fault::SameCursor, FETCH, &first["cursor"]);
    assert_eq!((&odd["cursor"], &odd["more_to_follow"]), (&first["cursor"], &json!(true)));
    assert_ne!(usual["cursor"], first["cursor"]);
    assert_eq!(odd["devices"], usual["devices"]);
    let end = end(client, world);
    let (odd, usual) = both(world, client, &Fault::SameCursor, SYNC, &end);
    assert_eq!((&odd["cursor"], &odd["more_to_follow"], &usual["more_to_follow"]), (&end, &json!(true), &json!(false)));
}

pub(super) fn empty_page(world: &mut World, client: &Client) {
    for cursor in [Value::Null, page(client, world, FETCH, &Value::Null, 2)["cursor"].clone()] {
        let (odd, usual) = both(world, client, &Fault::EmptyPage, FETCH, &cursor);
        assert_eq!((&odd["devices"], &odd["more_to_follow"]), (&json!([]), &json!(true)));
        assert_ne!(odd["cursor"], cursor, "the list has moved on");
        assert_eq!(page(client, world, FETCH, &odd["cursor"], 2)["devices"], usual["devices"], "nothing is lost");
    }
}

pub(super) fn duplicate_in_page(world: &mut World, client: &Client) {
    let (odd, usual) = both(world, client, &Fault::DuplicateInPage, FETCH, &Value::Null);
    let usual = names(&usual);
    assert_eq!(names(&odd), [usual[0].clone(), usual[1].clone(), usual[0].clone()]);
}

pub(super) fn duplicate_across_pages(world: &mut World, client: &Client) {
    let first = page(client, world, FETCH, &Value::Null, 2);
    let (odd, usual) = both(world, client, &Fault::DuplicateAcrossPages, FETCH, &first["cursor"]);
    assert_eq!(odd["devices"][0], first["devices"][1]);
    assert_eq!(names(&odd)[1..], names(&usual)[..]);
    let end = end(client, world);
    for serial in serials(world) {
        world.set_asset_tag(&serial, "x");
    }
    let first = page(client, world, SYNC, &end, 2);
    let (odd, _) = both(world, client, &Fault::DuplicateAcrossPages, SYNC, &first["cursor"]);
    assert_eq!(odd["devices"][0], first["devices"][1]);
}

pub(super) fn bare_deleted_rows(world: &mut World, client: &Client) {
    let end = end(client, world);
    let serials = serials(world);
    world.set_asset_tag(&serials[0], "x");
    world.release(&serials[1]);
    let (odd, usual) = both(world, client, &Fault::BareDeletedRows, SYNC, &end);
    assert_eq!(odd["devices"][0], usual["devices"][0], "the modified row is whole");
    let keys: Vec<_> = odd["devices"][1].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["device_family", "op_date", "op_type", "serial_number"]);
}

pub(super) fn odd_timestamps(world: &mut World, client: &Client) {
    for (form, time) in [
        (TimeForm::Empty, ""),
        (TimeForm::Fraction, "2026-11-22T08:00:00.123Z"),
        (TimeForm::Garbage, "yesterday"),
        (TimeForm::Offset, "2026-11-22T08:00:00+00:00"),
    ] {
        let end = end(client, world);
        world.set_asset_tag(&serials(world)[0], "x");
        let (odd, usual) = both(world, client, &Fault::OddTimestamps { form }, SYNC, &end);
        assert_eq!(usual["devices"][0]["op_date"], "2026-11-22T08:00:00Z");
        assert_eq!(odd["devices"][0]["op_date"], time);
        assert_ne!(odd["devices"][0]["device_assigned_date"], usual["devices"][0]["device_assigned_date"]);
    }
}

pub(super) fn unknown_keys(world: &mut World, client: &Client) {
    let (mut odd, usual) = both(world, client, &Fault::UnknownKeys, FETCH, &Value::Null);
    assert!(odd.as_object_mut().unwrap().remove("x_served_by").unwrap().is_object());
    for row in odd["devices"].as_array_mut().unwrap() {
        assert!(row.as_object_mut().unwrap().remove("x_lease").is_some());
    }
    assert_eq!(odd, usual, "nothing else is different");
    once(world, Fault::UnknownKeys);
    assert!(client.get(world, "/account").json().get("x_served_by").is_some());
}

pub(super) fn unknown_values(world: &mut World, client: &Client) {
    let (odd, usual) = both(world, client, &Fault::UnknownValues, FETCH, &Value::Null);
    assert_eq!(odd["devices"][0]["device_family"], "Watch");
    assert_eq!(odd["devices"][0]["profile_status"], "queued");
    assert_eq!(odd["devices"][1], usual["devices"][1]);
    once(world, Fault::UnknownValues);
    assert_eq!(client.get(world, "/account").json()["org_type"], "gov");
}

pub(super) fn hidden_from_sync(world: &mut World, client: &Client) {
    let cursor = end(client, world);
    let all = serials(world);
    for serial in &all {
        world.set_asset_tag(serial, "x");
    }
    let hidden = [all[1].clone(), all[2].clone()].into();
    world.faults_mut().add(Fault::HiddenFromSync { serials: hidden, share: 1000 });
    let told = page(client, world, SYNC, &cursor, 100);
    assert_eq!(names(&told), [&all[0], &all[3], &all[4], &all[5]].map(Clone::clone));
    assert_eq!(page(client, world, SYNC, &told["cursor"], 100)["devices"], json!([]), "they never come");
    assert_eq!(names(&page(client, world, FETCH, &Value::Null, 100)).len(), 6, "a new fetch lists them");
    world.faults_mut().clear();
    world.faults_mut().add(Fault::HiddenFromSync { serials: [].into(), share: 500 });
    let some = names(&page(client, world, SYNC, &cursor, 100));
    assert!((1..6).contains(&some.len()), "{some:?}");
    assert_eq!(names(&page(client, world, SYNC, &cursor, 100)), some, "always the same ones");
}

pub(super) fn throttled_vanish(world: &mut World, client: &Client) {
    let cursor = end(client, world);
    let all = serials(world);
    let until = world.now() + TimeDelta::hours(1);
    world.set_trouble(&all[0], Some(Trouble::Throttled { until }));
    world.faults_mut().add(Fault::ThrottledVanish);
    world.set_asset_tag(&all[0], "x");
    world.set_asset_tag(&all[1], "x");
    assert_eq!(names(&page(client, world, SYNC, &cursor, 100)), [all[1].clone()]);
    world.advance(TimeDelta::hours(1));
    assert_eq!(names(&page(client, world, SYNC, &cursor, 100)), all[..2]);
}
