//! From a signed MachineInfo to what the decision looks at.

use apple_ade::enrollment::Caller;
use apple_ade::machine_info::{SignedMachineInfo, Trust};
use apple_ade::os::Platform;
use apple_ade::simulator::{DeviceInfo, Family, World};
use plist::Value;

/// What became of a device's request.
fn caller(change: impl FnOnce(DeviceInfo) -> DeviceInfo) -> (Caller, plist::Dictionary) {
    let mut world = World::builder().seed(7).build();
    let serial = world.buy(Family::Ipad);
    let info = change(DeviceInfo::of(world.device(&serial).unwrap(), world.now()));
    let sent = plist::from_bytes::<Value>(&info.plist()).unwrap().into_dictionary().unwrap();
    let trust = Trust::pinned(DeviceInfo::authority().unwrap());
    let device = SignedMachineInfo::from_body(&info.body()).unwrap().verify(&trust, world.now()).unwrap();
    (Caller::from(&device), sent)
}

/// What was sent, read by the crate `plist` alone, beside what has arrived.
#[track_caller]
fn same(caller: &Caller, sent: &plist::Dictionary) {
    let text = |key: &str| sent.get(key).and_then(Value::as_string).map(str::to_owned);
    let is_true = |key: &str| sent.get(key).and_then(Value::as_boolean) == Some(true);
    for (key, arrived) in [
        ("PRODUCT", &caller.product),
        ("SERIAL", &caller.serial),
        ("UDID", &caller.udid),
        ("VERSION", &caller.build),
        ("OS_VERSION", &caller.os_version),
        ("SUPPLEMENTAL_BUILD_VERSION", &caller.supplemental_build),
        ("SUPPLEMENTAL_OS_VERSION_EXTRA", &caller.supplemental_os_version_extra),
    ] {
        assert_eq!(*arrived, text(key), "{key}");
    }
    for (key, arrived) in [
        ("MDM_CAN_REQUEST_SOFTWARE_UPDATE", caller.can_request_software_update),
        ("MDM_CAN_REQUEST_PSSO_CONFIG", caller.can_request_psso_config),
        ("MANDATORY_SOFTWARE_UPDATE_REQUIRED", caller.mandatory_software_update_required),
    ] {
        assert_eq!(arrived, is_true(key), "{key}");
    }
    assert_eq!(caller.has_pairing_token, sent.contains_key("PAIRING_TOKEN"));
}

#[test]
fn every_key_arrives() {
    let (caller, sent) = caller(|info| {
        info.with("SUPPLEMENTAL_BUILD_VERSION", "21F91a")
            .with("SUPPLEMENTAL_OS_VERSION_EXTRA", "(a)")
            .with("MDM_CAN_REQUEST_PSSO_CONFIG", true)
            .with("MANDATORY_SOFTWARE_UPDATE_REQUIRED", true)
            .with("PAIRING_TOKEN", Value::Data(vec![1, 2, 3]))
    });
    same(&caller, &sent);
    assert!(caller.can_request_psso_config && caller.mandatory_software_update_required && caller.has_pairing_token);
    assert_eq!(caller.release().map(|release| release.to_string()).as_deref(), Some("17.5.1 (a)"));
    assert_eq!(caller.build().map(|build| build.to_string()).as_deref(), Some("21F91a"));
    assert_eq!(caller.platform(), Some(Platform::IpadOs));
}

#[test]
fn what_is_absent_or_odd_is_not_there() {
    let keys = ["UDID", "OS_VERSION", "SUPPLEMENTAL_BUILD_VERSION", "MDM_CAN_REQUEST_SOFTWARE_UPDATE"];
    let (bare, sent) = caller(|info| keys.iter().fold(info, |info, key| info.without(key)));
    same(&bare, &sent);
    assert!(!bare.can_request_software_update && bare.udid.is_none() && bare.serial.is_some());

    let (no, sent) = caller(|info| info.with("MDM_CAN_REQUEST_SOFTWARE_UPDATE", false));
    same(&no, &sent);

    // A text in the place of a boolean grants nothing.
    let (odd, _) = caller(|info| info.with("MDM_CAN_REQUEST_SOFTWARE_UPDATE", "yes").with("PAIRING_TOKEN", "text"));
    assert!(!odd.can_request_software_update && !odd.has_pairing_token);
}
