//! What happens to devices outside the calls.

use apple_ade::simulator::{Family, ProfileStatus, World};
use serde_json::json;

use super::client::{Client, serials};

#[test]
fn a_device_lives() {
    let mut world = World::builder().seed(7).add_server("Second").build();
    let [first, second] = [0, 1].map(|index| world.servers().nth(index).unwrap().uuid.clone());
    let client = Client::sign_in(&mut world);
    let uuid = client.define(&mut world);

    let serial = world.buy(Family::Ipad);
    assert_eq!(world.device(&serial).unwrap().server, None);
    assert!(world.move_device(&serial, &first));
    assert!(!world.move_device(&serial, &first), "it is there already");
    assert!(!world.move_device(&serial, "nowhere") && !world.move_device("UNKNOWN00000", &first));
    assert!(!world.activate(&serial), "no profile waits for it");

    client.post(&mut world, "/profile/devices", &json!({ "profile_uuid": uuid, "devices": [serial] })).json();
    assert!(world.activate(&serial));
    let status = |world: &World| world.device(&serial).unwrap().profile.status;
    assert_eq!(status(&world), ProfileStatus::Pushed);
    assert!(world.wipe(&serial));
    assert_eq!(status(&world), ProfileStatus::Assigned);

    let deadline = "2026-12-01T00:00:00Z".parse().unwrap();
    assert!(world.migrate(&serial, &second, deadline));
    let device = world.device(&serial).unwrap();
    assert_eq!((device.profile.status, device.migration_deadline), (ProfileStatus::Empty, Some(deadline)));
    assert_eq!(device.server.as_deref(), Some(second.as_str()));

    assert!(world.unassign_device(&serial) && !world.unassign_device(&serial));
    assert!(world.release(&serial) && !world.release(&serial));
    assert!(!world.move_device(&serial, &first), "released for good");
    assert_eq!(world.replace(&serial), None);
    assert_eq!(world.servers().map(apple_ade::simulator::Server::device_count).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn serial_numbers_are_plausible_and_families_mixed() {
    let world = World::builder().seed(7).devices(2500).unassigned_devices(100).build();
    let serials = serials(&world);
    assert_eq!(serials.len(), 2600);
    for serial in &serials {
        assert!(matches!(serial.len(), 10 | 12), "{serial}");
        assert!(
            serial.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() && !b"ABEIOSUZ".contains(&b)),
            "{serial}"
        );
    }
    for family in [Family::Ipad, Family::Iphone, Family::Mac, Family::AppleTv, Family::Vision] {
        assert!(world.devices().filter(|device| device.family == family).count() > 20, "{family:?}");
    }
    assert_eq!(world.servers().next().unwrap().device_count(), 2500);
    assert!(world.devices().any(|device| !device.asset_tag.is_empty()));
}
