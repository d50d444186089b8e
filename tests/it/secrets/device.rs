//! What the device's side holds: identities, passwords, bypass codes, tokens.

use apple_ade::Stamp;
use apple_ade::activation_lock::{BypassCode, BypassCodes, Unlock};
use apple_ade::maid::{GetToken, MaidToken, TokenResponse};
use apple_ade::pki::key::PrivateKey;
use apple_ade::secret::{SecretBytes, SecretString};

use super::{MARK, quiet, stamp};
use crate::fixture;

#[test]
fn the_enrollment_profile_and_what_asks_for_beta_programmes() {
    use apple_ade::enrollment::*;
    use apple_ade::os::Platform;

    let scep = || Scep::new("https://ca.example.com/scep").unwrap().challenge(SecretString::new(MARK));
    quiet("Scep", &scep());
    // Its beginnings are those of a PKCS #12 file; what is encrypted in one is the mark here.
    let file = [&[0x30, 14, 2, 1, 3, 0x30, 9, 6, 0, 4, 5][..], &MARK.as_bytes()[..5]].concat();
    let pkcs12 = || Pkcs12::new(SecretBytes::new(file.clone())).unwrap().password(SecretString::new(MARK));
    assert!(!format!("{:?}", pkcs12()).contains("80, 76, 65"));
    quiet("Pkcs12", &pkcs12());
    quiet("Identity", &Identity::from(pkcs12()));
    let key = AcmeKey::Rsa { bits: 2048 };
    let acme = Acme::new("https://acme.example.com/directory", MARK, key, Subject::common_name("a")).unwrap();
    quiet("Acme", &acme);
    quiet("Identity of ACME", &Identity::from(acme));
    let builder = MdmProfile::builder("a", "https://mdm.example.com/mdm", "com.apple.mgmt.a", scep());
    quiet("MdmProfileBuilder", &builder);
    let profile = builder.build(PayloadUuid::from_nonce([0; 16])).unwrap();
    quiet("MdmProfile", &profile);
    quiet("the mobileconfig", &profile.to_mobileconfig());
    quiet("BoundNonce", &BoundNonce::new(SecretBytes::new(MARK.repeat(10))).unwrap());

    let beta = BetaProgram::new("iOS 18", MARK);
    quiet("BetaProgram", &beta);
    let minimum = MinimumOs::new("18.0".parse().unwrap()).beta_program(beta);
    quiet("MinimumOs", &minimum);
    let policy = EnrollmentPolicy::new().minimum([Platform::Ios], minimum);
    quiet("EnrollmentPolicy", &policy);
    let mut caller = Caller::new("iPhone15,2", "21F79");
    (caller.os_version, caller.can_request_software_update) = (Some("17.5".into()), true);
    let decision = decide(&caller, Listed::new(), &policy, &stamp());
    quiet("Decision", &decision);
    let Answer::RequireSoftwareUpdate(update) = decision.into_answer() else { panic!("asked") };
    quiet("SoftwareUpdate", &update);
    let error = DeviceError::SoftwareUpdateRequired(update);
    quiet("DeviceError", &error);
    let document = ErrorDocument::new(error);
    quiet("ErrorDocument", &document);
    // It is there, where it belongs.
    assert!(String::from_utf8(document.to_bytes(Format::Json)).unwrap().contains(MARK));
}

/// Of a watch that says by which token the server knows it, as data and, wrongly, as text.
#[test]
fn a_pairing_token_is_not_shown() {
    use apple_ade::machine_info::{SignedMachineInfo, Trust};
    use apple_ade::simulator::{DeviceInfo, Family, World};

    let mut world = World::builder().seed(7).build();
    let serial = world.buy(Family::Iphone);
    let info = DeviceInfo::of(world.device(&serial).unwrap(), world.now());
    for token in [plist::Value::Data(MARK.into()), MARK.into()] {
        let info = info.clone().with("PAIRING_TOKEN", token.clone()).with("NEW_PAIRING_TOKEN", token);
        let signed = SignedMachineInfo::from_body(&info.body()).unwrap();
        let verified = signed.verify(&Trust::pinned(DeviceInfo::authority().unwrap()), world.now()).unwrap();
        let read = verified.info();
        assert!(read.pairing_token.is_some() || read.odd.len() == 1);
        assert!(read.extra.contains_key("NEW_PAIRING_TOKEN"));
        // A list of numbers is how `Debug` shows bytes.
        let numbers = format!("{:?}", MARK.as_bytes());
        for text in [format!("{read:?}"), format!("{verified:?}"), format!("{signed:?}"), format!("{info:?}")] {
            assert!(!text.contains(MARK) && !text.contains(numbers.trim_matches(['[', ']'])), "{text}");
        }
        quiet("OddValue", &read.odd);
        quiet("PairingToken", &read.pairing_token);
        quiet("Signed", signed.signed());
    }
}

#[test]
fn commands_and_answers() {
    use apple_ade::affinity::UserAffinity;
    use apple_ade::command::{
        Command, CommandAnswer, CreateAccounts, EnrolledDevice, EraseDevice, EraseMac, EraseMobile, InstallProfile,
        Iterations, OnError, PasswordHash, PlanWalk, ReturnToService, post_enrollment_plan,
    };
    use apple_ade::device_name::DeviceType;
    use apple_ade::profile::account::{AccountConfiguration, AdminAccount};
    use apple_ade::profile::{EnrollmentProfile, Supervised};
    use apple_ade::return_to_service::{ReturnReply, ReturnRequest};

    let hash = || {
        PasswordHash::new(
            &SecretString::new(MARK),
            *b"PLANTED PLANTED PLANTED PLANTED ",
            Iterations::new(1000).unwrap(),
        )
    };
    let accounts = AccountConfiguration::admin_only(AdminAccount::new("admin".parse().unwrap()));
    let back = || ReturnToService::new().wifi_profile(MARK).mdm_profile(MARK).bootstrap_token(MARK);
    let install = || InstallProfile::new("com.example.wifi", MARK).unwrap();
    let create = CreateAccounts::with_password(accounts.clone(), hash().unwrap()).unwrap();
    let mac = EraseMac::new().pin("PLANTD".parse().unwrap());

    let profile = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll")
        .mode(Supervised::new(UserAffinity::Without))
        .await_configuration()
        .account_configuration(accounts)
        .build()
        .unwrap();
    let device = EnrolledDevice::new("C02T0HL0GGC0".parse().unwrap(), DeviceType::Mac, "15.0".parse().unwrap());
    let device = device.awaiting();
    let plan = post_enrollment_plan(&profile, &device).with_profile(install());
    let mut walk = PlanWalk::begin(plan.with_admin_password(hash().unwrap()).unwrap(), OnError::Stop);
    let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [1; 16]);
    let next = format!("{:?}", walk.next(&stamp));
    let forgotten = post_enrollment_plan(&profile, &device).with_profile(install());
    let resumed = PlanWalk::resume(forgotten, OnError::Stop, walk.state().clone()).unwrap_err();
    assert!(resumed.lacks_password());
    let next = format!("{next} {resumed:?} {resumed}");

    let list =
        |keys: &str| format!("<plist><dict>{keys}<key>Extra</key><string>{MARK}</string></dict></plist>").into_bytes();
    let inside = format!("<array><dict><key>Extra</key><string>{MARK}</string></dict></array>");
    let answer = format!(
        "<key>Status</key><string>Acknowledged</string><key>ErrorChain</key>{inside}<key>Settings</key>{inside}"
    );
    let answer = CommandAnswer::read(&list(&answer)).unwrap();
    let request = ReturnRequest::read(&list("<key>MessageType</key><string>ReturnToService</string>")).unwrap();
    let commands = [
        Command::AccountConfiguration(create),
        Command::EraseDevice(EraseDevice::from(EraseMobile::new().return_to_service(back()))),
        Command::EraseDevice(mac.into()),
        Command::InstallProfile(install()),
    ];
    let printed =
        format!("{:?} {commands:?} {walk:?} {next} {answer:?} {request:?} {:?}", hash(), ReturnReply::Return(back()));
    assert!(!printed.contains("PLANT") && !printed.contains("80, 76, 65, 78, 84"), "{printed}");
    assert!(!serde_json::to_string(walk.state()).unwrap().contains("PLANT"));
}

#[test]
fn bypass_codes_and_check_in_tokens() {
    // The alphabet of bypass codes lacks letters of the mark; the code is looked for by itself.
    let code: BypassCode = "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4".parse().unwrap();
    let unlock = Unlock::new("C02T0HL0GGC0".parse().unwrap(), "iPad13,4", "School", "17").request(&code).unwrap();
    let codes = BypassCodes { server_generated: Some(code), device_generated: None };
    for text in [format!("{codes:?} {codes:#?}"), format!("{unlock:?} {unlock:#?}")] {
        // As text, as its first byte in decimal, and as percent-encoding would show it.
        assert!(!text.contains("3UM43") && !text.contains("30, 168") && !text.contains("escrowKey="), "{text}");
    }
    let watch = GetToken::read(&fixture::bytes("maid/watch.plist")).unwrap();
    quiet("GetToken and WatchPairing", &watch);
    // A service that is new has parameters that nobody knows.
    let new = fixture::text("maid/watch.plist").replace("com.apple.watch.pairing", "com.apple.watch.pairing2");
    let new = GetToken::read(new.as_bytes()).unwrap();
    assert!(format!("{:?}", new.rest()).contains(MARK));
    quiet("GetToken of a new service", &new);
    quiet("TokenResponse", &TokenResponse::new(SecretBytes::new(MARK)));
    let key = PrivateKey::from_pem(&fixture::text("token/key.pem")).unwrap();
    let token = MaidToken::sign("4B45D7C8-1A3E-4E8E-9F1B-0A2C6A1C9D11", &key, &stamp()).unwrap();
    let text = format!("{token:?}");
    assert!(text.contains(token.jti()) && !text.contains("eyJ"), "{text}");
}
