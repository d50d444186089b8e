//! Faults at random.

use apple_ade::simulator::{Family, FaultRule, Faults, World};
use http::Method;
use serde_json::json;

use super::FETCH;
use crate::simulator::client::Client;

#[test]
fn random_faults_are_the_same_for_a_seed_and_change_no_serial_number() {
    let play = |seed, per_mille| {
        let faults = Faults::at_random(seed, per_mille);
        let mut world = World::builder().seed(7).devices(20).faults(faults).build();
        world.settings_mut().session_seconds = u32::MAX;
        let free: Vec<FaultRule> = world.faults().cloned().collect();
        world.faults_mut().clear();
        let client = Client::sign_in(&mut world);
        let mut odd = world.clone();
        *odd.faults_mut() = Faults::at_random(seed, per_mille);
        assert_eq!(odd.faults().cloned().collect::<Vec<_>>(), free);
        let struck: Vec<Vec<String>> = (0..300)
            .map(|round| {
                let body = json!({ "limit": 5 });
                odd.handle(&client.request(&Method::POST, FETCH, serde_json::to_vec(&body).unwrap()));
                world.handle(&client.request(&Method::GET, "/account", Vec::new()));
                let struck = odd.calls().last().unwrap().faults.clone();
                if round % 50 == 0 {
                    assert_eq!(odd.buy(Family::Mac), world.buy(Family::Mac));
                }
                struck
            })
            .collect();
        struck
    };
    let count = |struck: &[Vec<String>]| struck.iter().filter(|names| !names.is_empty()).count();
    let some = play(1, 200);
    assert_eq!(some, play(1, 200));
    assert_ne!(some, play(2, 200));
    assert!((10..90).contains(&count(&some)), "{}", count(&some));
    assert_eq!(count(&play(1, 0)), 0);
}
