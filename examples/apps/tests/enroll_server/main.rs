//! The program `enroll_server`: its routes, what it refuses, its page in a browser, its demo.

#![cfg(test)]

mod page;
mod program;
mod routes;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use apple_ade::Stamp;
use apple_ade::affinity::{AuthMethod, Modern, UserAffinity};
use apple_ade::enrollment::EnrollmentPolicy;
use apple_ade::machine_info::Trust;
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::key::PrivateKey;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::secret::SecretString;
use apple_ade::simulator::{DeviceInfo, SimulatedDevice, World, fixtures};
use apple_ade_apps::enroll_server::{Desk, Fleet, Settings};
use http::{Request, Response};

const URL: &str = "https://mdm.example.com";

/// A server that knows the one device of the world, and that device, switched on.
fn enrolling(by_web: bool) -> (Desk, World, SimulatedDevice) {
    let mut world = World::builder().seed(5).now(Stamp::from_system().now()).devices(1).build();
    let serial = world.devices().next().unwrap().serial_number.clone();
    let builder = EnrollmentProfile::builder("Test", format!("{URL}/enroll"));
    let profile = if by_web {
        let user = UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::WEB_ONLY));
        builder.mode(Supervised::new(user)).configuration_web_url(format!("{URL}/welcome"))
    } else {
        builder.mode(Supervised::new(UserAffinity::Without)).await_configuration()
    };
    let profile = Arc::new(profile.build().unwrap());
    world.assign_profile(&serial, &serde_json::to_string(profile.wire()).unwrap()).unwrap();
    let settings = Settings {
        public_url: URL.into(),
        organisation: "<b>School</b> & \"Sons\"".into(),
        topic: "com.apple.mgmt.External.1".into(),
        scep_url: "https://ca.example.com/scep".into(),
        policy: EnrollmentPolicy::new(),
        trust: Trust::pinned(DeviceInfo::authority().unwrap()),
        key: PrivateKey::from_pem(fixtures::PRIVATE_KEY_PEM).unwrap(),
        certificates: vec![Certificate::from_pem(fixtures::CERTIFICATE_PEM).unwrap()],
        accounts: BTreeMap::from([("ada".into(), SecretString::new("lovelace"))]),
        fleet: Fleet::These(BTreeMap::from([(serial.clone(), Some(profile))])),
    };
    let device = world.switch_on(&serial).unwrap();
    (Desk::new(settings, std::io::sink(), false).unwrap(), world, device)
}

fn text(response: &Response<Vec<u8>>) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}

fn request(method: &str, path: &str) -> Request<Vec<u8>> {
    Request::builder().method(method).uri(path).body(Vec::new()).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("enroll-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
