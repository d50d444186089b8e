//! What a device needs to be returned to service, and the check-in by which it asks for it.

use apple_ade::affinity::{AuthMethod, PortalDelivery, UserAffinity};
use apple_ade::command::EnrolledDevice;
use apple_ade::device_name::DeviceType;
use apple_ade::judgement::{Rule, Violations};
use apple_ade::profile::{EnrollmentProfile, ProfileBuilder, SetupExperience, Supervised, Unsupervised};
use apple_ade::return_to_service::{
    ActivationLock, Need, Network, ReturnPlan, ReturnRequest, ReturnRequestError, ReturnToService,
};
use plist::Value;

fn builder(affinity: UserAffinity) -> ProfileBuilder {
    EnrollmentProfile::builder("A", "https://mdm.example.com/enroll").mode(Supervised::new(affinity))
}

fn device(kind: DeviceType, version: &str) -> EnrolledDevice {
    EnrolledDevice::new("DMPC0000ABCD".parse().unwrap(), kind, version.parse().unwrap())
}

fn rules(violations: &Violations) -> Vec<Rule> {
    violations.iter().map(apple_ade::judgement::Violation::rule).collect()
}

fn ready<'p>(profile: &'p EnrollmentProfile, device: &'p EnrolledDevice) -> ReturnPlan<'p> {
    ReturnPlan::new(profile, device).network(Network::Ethernet).activation_lock(ActivationLock::Off)
}

#[test]
fn a_profile_goes_along_where_the_device_cannot_fetch_it() {
    let ipad = device(DeviceType::Ipad, "18.0");
    let simple = builder(UserAffinity::Without).build().unwrap();
    assert_eq!(ready(&simple, &ipad).needs(), []);
    assert!(ready(&simple, &ipad).erase(ReturnToService::new()).is_ok());

    let legacy = builder(UserAffinity::With(AuthMethod::SetupAssistantLegacy(PortalDelivery::None))).build().unwrap();
    let web = builder(UserAffinity::Without).configuration_web_url("https://mdm.example.com/web").build().unwrap();
    let free = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll")
        .mode(Unsupervised::new(UserAffinity::Without));
    let free = free.build().unwrap();
    let (other, loose) = (ipad.clone().enrolled_otherwise(), ipad.clone().supervised(false));
    for (profile, device) in [(&legacy, &ipad), (&web, &ipad), (&simple, &other), (&free, &loose)] {
        let plan = ready(profile, device);
        assert_eq!(plan.needs(), [Need::MdmProfile]);
        assert_eq!(rules(&plan.erase(ReturnToService::new()).unwrap_err()), [Rule::RETURN_NEEDS_MDM_PROFILE]);
        assert!(plan.erase(ReturnToService::new().mdm_profile(*b"x")).is_ok());
    }
}

#[test]
fn a_network_is_needed() {
    let (profile, ipad) = (builder(UserAffinity::Without).build().unwrap(), device(DeviceType::Ipad, "18.0"));
    let plan = |network| ready(&profile, &ipad).network(network);
    let found = |network| rules(&plan(network).check(&ReturnToService::new()));
    assert_eq!(found(Network::WifiOnly), [Rule::RETURN_NEEDS_WIFI]);
    assert_eq!(found(Network::Unknown), [Rule::RETURN_NETWORK_UNKNOWN]);
    assert_eq!((found(Network::Cellular), found(Network::Ethernet)), (vec![], vec![]));
    let reply = |network| rules(&plan(network).check_reply(&ReturnToService::new()));
    assert_eq!((reply(Network::Cellular), reply(Network::Ethernet)), (vec![Rule::RETURN_NEEDS_WIFI], vec![]));
    assert_eq!(plan(Network::WifiOnly).needs(), [Need::WifiProfile]);
    assert_eq!(rules(&plan(Network::WifiOnly).check(&ReturnToService::new().wifi_profile(*b"x"))), []);
}

#[test]
fn apps_are_kept_by_a_bootstrap_token() {
    let profile = builder(UserAffinity::Without).setup(SetupExperience::guided().return_to_service()).build().unwrap();
    let ipad = device(DeviceType::Ipad, "26.0");
    assert_eq!(ready(&profile, &ipad).needs(), [Need::BootstrapToken]);
    assert_eq!(rules(&ready(&profile, &ipad).check(&ReturnToService::new())), [Rule::RETURN_NEEDS_BOOTSTRAP_TOKEN]);
    assert_eq!(rules(&ready(&profile, &ipad).check(&ReturnToService::new().bootstrap_token(*b"x"))), []);
    // Without it everything is erased: that is no error.
    assert!(ready(&profile, &ipad).erase(ReturnToService::new()).is_ok());
    let old = device(DeviceType::Ipad, "18.6");
    assert_eq!(ready(&profile, &old).needs(), []);
}

#[test]
fn activation_lock_is_off_before() {
    let (profile, ipad) = (builder(UserAffinity::Without).build().unwrap(), device(DeviceType::Ipad, "18.0"));
    let plan = |lock| ready(&profile, &ipad).activation_lock(lock);
    let on = plan(ActivationLock::On).erase(ReturnToService::new()).unwrap_err();
    assert_eq!(rules(&on), [Rule::RETURN_ACTIVATION_LOCK]);
    assert_eq!(plan(ActivationLock::On).needs(), [Need::ActivationLockOff]);
    assert_eq!(
        rules(&plan(ActivationLock::Unknown).check(&ReturnToService::new())),
        [Rule::RETURN_ACTIVATION_LOCK_UNKNOWN]
    );
    assert!(plan(ActivationLock::Unknown).erase(ReturnToService::new()).is_ok());
}

#[test]
fn a_system_that_cannot_return_is_not_erased() {
    let profile = builder(UserAffinity::Without).build().unwrap();
    for (kind, version, rule) in [
        (DeviceType::Ipad, "16.7", Some(Rule::COMMAND_TOO_NEW)),
        (DeviceType::Ipad, "17.0", None),
        (DeviceType::AppleTv, "17.6", Some(Rule::COMMAND_TOO_NEW)),
        (DeviceType::AppleTv, "18.0", None),
        (DeviceType::Vision, "2.4", Some(Rule::COMMAND_TOO_NEW)),
        (DeviceType::Vision, "26.0", None),
        (DeviceType::Mac, "26.0", Some(Rule::COMMAND_NOT_ON_SYSTEM)),
    ] {
        let device = device(kind, version);
        let found = ready(&profile, &device).erase(ReturnToService::new()).err();
        assert_eq!(found.map(|found| rules(&found)), rule.map(|rule| vec![rule]), "{kind} {version}");
    }
}

#[test]
fn a_device_asks_to_be_returned() {
    let of = |keys: &str| ReturnRequest::read(format!("<plist><dict>{keys}</dict></plist>").as_bytes());
    let message = "<key>MessageType</key><string>ReturnToService</string>";
    let request = of(&format!("{message}<key>UDID</key><string>U</string><key>Later</key><true/>")).unwrap();
    assert_eq!((request.udid.as_deref(), request.extra.get("Later")), (Some("U"), Some(&Value::Boolean(true))));
    let odd = of(&format!("{message}<key>UDID</key><integer>1</integer>")).unwrap();
    assert_eq!((odd.udid, odd.extra.len()), (None, 1));
    let another = of("<key>MessageType</key><string>CheckOut</string>").unwrap_err();
    assert_eq!(another, ReturnRequestError::AnotherMessage { found: "CheckOut".into() });
    assert!(
        of("").is_err()
            && ReturnRequest::read(b"<plist><array/></plist>").is_err()
            && ReturnRequest::read(b"x").is_err()
    );
}
