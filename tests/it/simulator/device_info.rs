//! The signed MachineInfo of simulated devices, against openssl and against the library that judges it.

use apple_ade::machine_info::{MachineInfo, SignedMachineInfo, Trust, UntrustedError};
use apple_ade::pki::signature::{PublicKey, SignatureHash};
use apple_ade::pki::trust::{ChainError, Validity, VerifyError};
use apple_ade::simulator::{DeviceInfo, Family, World};

use crate::fixture;

const FAMILIES: &[Family] = &[Family::Ipad, Family::Iphone, Family::Ipod, Family::Mac, Family::AppleTv, Family::Vision];

fn device(world: &mut World, family: Family) -> DeviceInfo {
    let serial = world.buy(family);
    DeviceInfo::of(world.device(&serial).unwrap(), world.now())
}

fn world() -> World {
    World::builder().seed(7).build()
}

fn trust() -> Trust {
    Trust::pinned(DeviceInfo::authority().unwrap())
}

/// Every way in which a device can sign, with the hash, the length of its key, and whether it has attributes.
fn ways(base: &DeviceInfo) -> Vec<(DeviceInfo, SignatureHash, usize, bool)> {
    let mut ways = Vec::new();
    for choice in 0..16 {
        let (mut info, mut hash, mut bits, mut attributes) = (base.clone(), SignatureHash::Sha1, 1024, true);
        if choice & 1 != 0 {
            (info, hash) = (info.sha256(), SignatureHash::Sha256);
        }
        if choice & 2 != 0 {
            (info, attributes) = (info.without_attributes(), false);
        }
        if choice & 4 != 0 {
            info = info.ber();
        }
        if choice & 8 != 0 {
            (info, bits) = (info.rsa_2048(), 2048);
        }
        ways.push((info, hash, bits, attributes));
    }
    ways
}

#[test]
fn each_way_of_signing_is_believed_by_the_library_and_by_openssl() {
    let mut world = world();
    let base = device(&mut world, Family::Ipad);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let authority = folder.join("simulated_device_ca.pem");
    std::fs::write(&authority, DeviceInfo::authority().unwrap().to_pem()).unwrap();
    for (info, hash, bits, attributes) in ways(&base) {
        let body = info.body();
        let device = SignedMachineInfo::from_body(&body).unwrap().verify(&trust(), world.now()).unwrap();
        assert_eq!(*device.info(), MachineInfo::from_plist(&info.plist()).unwrap());
        let signed = SignedMachineInfo::from_header(info.header()).unwrap();
        assert!(signed.verify(&trust(), world.now()).is_ok());
        assert_eq!((signed.signed().hash(), signed.signed().has_attributes()), (hash, attributes));
        let PublicKey::Rsa { modulus, .. } = PublicKey::read(device.chain().leaf().public_key_der()).unwrap() else {
            panic!("RSA")
        };
        assert_eq!(modulus.len() * 8, bits);

        let arguments = [
            "cms",
            "-verify",
            "-inform",
            "DER",
            "-binary",
            "-purpose",
            "any",
            "-no_check_time",
            "-auth_level",
            "0",
            "-CAfile",
            authority.to_str().unwrap(),
        ];
        let Some(content) = fixture::openssl(&arguments, &body) else { return };
        assert_eq!(content, info.plist(), "{hash}, {bits} bits, attributes: {attributes}");
    }
}

#[test]
fn a_device_of_each_family_says_what_such_a_device_says() {
    let mut world = world();
    for family in FAMILIES {
        let info = device(&mut world, *family);
        assert_eq!(info.body(), info.body(), "the same bytes again");
        let signed = SignedMachineInfo::from_body(&info.body()).unwrap();
        let verified = signed.verify(&trust(), world.now()).unwrap();
        let (info, chain) = (verified.info(), verified.chain());
        assert!(info.missing().is_empty() && info.odd.is_empty() && info.extra.is_empty(), "{info:?}");
        assert!(chain.leaf().subject().as_str().ends_with(info.udid.as_deref().unwrap()));
        // No key that the system does not have.
        let platform = info.platform().unwrap();
        for name in info.to_dictionary().keys() {
            let key = MachineInfo::KEYS.iter().find(|key| key.name == name).unwrap();
            assert!(key.since(platform).is_some(), "{name} on {platform}");
        }
    }
}

#[test]
fn what_a_test_wants_to_be_different_is() {
    let mut world = world();
    let base = device(&mut world, Family::Mac);
    let verify = |info: &DeviceInfo, trust: &Trust| {
        SignedMachineInfo::from_body(&info.body()).unwrap().verify(trust, world.now())
    };
    let other = base.clone().os("26.1", "25B78").with("MDM_CAN_REQUEST_PSSO_CONFIG", true).without("UDID").expired();
    let verified = verify(&other, &trust()).unwrap();
    let info = verified.info();
    assert_eq!((info.os_version.as_deref(), info.version.as_deref()), (Some("26.1"), Some("25B78")));
    assert_eq!(info.mdm_can_request_psso_config, Some(true));
    assert_eq!(info.missing().iter().map(|key| key.name).collect::<Vec<_>>(), ["UDID"]);
    assert!(verified.chain().validity().all(|(_, validity)| matches!(validity, Validity::Expired(_))));
    assert!(matches!(verify(&base, &trust()).unwrap().chain().validity().next(), Some((_, Validity::Valid))));
    // As Apple's, the authority is expired, so as an anchor it does not help; and it is not Apple's.
    let as_anchor = verify(&base, &Trust::anchors([DeviceInfo::authority().unwrap()])).unwrap_err();
    assert!(matches!(as_anchor, UntrustedError::Signature(VerifyError::Chain(ChainError::Expired { .. }))));
    assert!(verify(&base, &Trust::apple_devices()).is_err());
}
