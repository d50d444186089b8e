//! No `Debug` and no `Display` of a public type shows a secret, and every public type has been looked at for it.

use std::collections::BTreeSet;
use std::fmt::Debug;

use apple_ade::activation_lock::{BypassCode, BypassCodes, Unlock};
use apple_ade::api::oauth::{Credentials, authorization};
use apple_ade::api::{Endpoint, GetAccount, Service, SignIn};
use apple_ade::client::{Client, blocking};
use apple_ade::error::{Error, Refusal};
use apple_ade::maid::{GetToken, MaidToken, TokenResponse};
use apple_ade::secret::{SecretBytes, SecretString};
use apple_ade::session::{Session, Step};
use apple_ade::simulator::{Simulator, World};
use apple_ade::token::{ServerToken, TokenFile, TokenKeyPair};
use apple_ade::{Stamp, pki::key::PrivateKey, transport};

use crate::{fixture, source};

const MARK: &str = "PLANTED";

/// Every public type of which a value that holds, or has met, a secret is printed below.
const PRINTED: &[&str] = &[
    "AnswerError",
    "BetaProgram",
    "BoundNonce",
    "BypassCode",
    "BypassCodes",
    "Certificate",
    "Client",
    "Command",
    "CommandAnswer",
    "CreateAccounts",
    "Credentials",
    "DeviceError",
    "EnrollmentPolicy",
    "DeviceInfo",
    "Enveloped",
    "EraseDevice",
    "EraseMac",
    "EraseMobile",
    "ErasePin",
    "Error",
    "ErrorDocument",
    "Exchange",
    "FromFn",
    "Identity",
    "MdmProfile",
    "MdmProfileBuilder",
    "MinimumOs",
    "Pkcs12",
    "MachineInfo",
    "OddValue",
    "PairingToken",
    "GetToken",
    "MaidToken",
    "PrivateKey",
    "Recipient",
    "Refusal",
    "Scep",
    "ErrorEntry",
    "Exchange",
    "FromFn",
    "InstallProfile",
    "Next",
    "PasswordHash",
    "PlanStep",
    "PlanWalk",
    "PostEnrollmentPlan",
    "PrivateKey",
    "Recipient",
    "Refusal",
    "ReturnReply",
    "ReturnRequest",
    "ReturnToService",
    "SecretBytes",
    "SecretString",
    "ServerToken",
    "Session",
    "SettingAnswer",
    "SignIn",
    "Signed",
    "SignedMachineInfo",
    "Simulator",
    "SoftwareUpdate",
    "Stamp",
    "Step",
    "TokenError",
    "TokenFile",
    "TokenIdentity",
    "TokenKeyPair",
    "VerifiedMachineInfo",
    "TokenResponse",
    "UnlockRequest",
    "Waiting",
    "WatchPairing",
    "World",
];

/// Every other public type. None has a field that can hold a secret: before a name goes in here, look at its fields.
const WITHOUT: &[&str] = &[
    "AccessRights",
    "AccessRightsError",
    "AccountConfiguration",
    "AccountDetail",
    "AccountDrivenProfile",
    "Accounts",
    "Acme",
    "AcmeError",
    "AcmeKey",
    "Action",
    "ActivationLock",
    "ActivationLockResponse",
    "ActivationLockStatus",
    "Addresses",
    "AdminAccount",
    "Administrator",
    "Admission",
    "Admits",
    "Advice",
    "AnchorCertificate",
    "Answer",
    "ApprovedPlan",
    "AnswerStatus",
    "Artifact",
    "AssignAccountDrivenProfile",
    "AssignEffect",
    "AssignError",
    "AssignMethod",
    "AssignPolicy",
    "AssignProfile",
    "AssignProfileResponse",
    "AssignReport",
    "Assigner",
    "AssignerState",
    "Assignment",
    "AssignmentPlan",
    "AssignmentRules",
    "AuthMethod",
    "AutoLock",
    "Availability",
    "AvailableServer",
    "AwaitUserConfiguration",
    "BearerChallenge",
    "BetaEnrollmentTokens",
    "BetaOs",
    "BetaProgram",
    "BetaSetting",
    "BetaToken",
    "Blocked",
    "Broken",
    "Build",
    "BuildError",
    "BuiltIn",
    "BypassCodeError",
    "BypassCodeHash",
    "Call",
    "CallLog",
    "CallModeFirst",
    "CallRecord",
    "Caller",
    "CannotBeAsked",
    "CannotComply",
    "Candidate",
    "CellularPlan",
    "CellularPlanError",
    "CertificateError",
    "ChallengeError",
    "Chain",
    "ChainError",
    "Change",
    "ChangeImpact",
    "Channel",
    "Check",
    "CmsError",
    "CommandAnswerError",
    "CommandUuid",
    "Commit",
    "Comparison",
    "ContentCipher",
    "ContentError",
    "Context",
    "Counterpart",
    "Cursor",
    "Curve",
    "DeadlineStatus",
    "DeadlineWarning",
    "Decision",
    "DefaultDomains",
    "Define",
    "DefineProfile",
    "DefineProfileResponse",
    "DefinedProfile",
    "DepOnboardingSetting",
    "DepTokenType",
    "DerError",
    "DerProblem",
    "DesiredState",
    "Device",
    "DeviceDetails",
    "DeviceFamily",
    "DeviceFilter",
    "DeviceMode",
    "DeviceName",
    "DeviceNameError",
    "DeviceNameTemplate",
    "DevicePage",
    "DevicePageRef",
    "DeviceRef",
    "DeviceStatus",
    "DeviceStatusResponse",
    "DeviceStatuses",
    "DeviceSync",
    "DeviceTable",
    "DeviceTableFull",
    "DeviceType",
    "Difference",
    "Discovery",
    "DiscoveryDocument",
    "DiscoveryRequest",
    "Disown",
    "DisownCount",
    "DiscoverySource",
    "DisownDevices",
    "DomainError",
    "Download",
    "EarlyFull",
    "Edit",
    "Effect",
    "EnableActivationLock",
    "EnrollmentFailure",
    "EnrollmentMode",
    "Enrolled",
    "EnrollmentProfile",
    "EnrollmentRestrictions",
    "ErrorDocumentError",
    "EnrolledDevice",
    "EnrollmentProfile",
    "ErasePinError",
    "EnrollmentState",
    "ErrorWord",
    "EssoDocument",
    "Event",
    "Excerpt",
    "ExchangeError",
    "ExpiryStatus",
    "Exported",
    "Extra",
    "Family",
    "Fault",
    "FaultEntry",
    "FaultRule",
    "Faults",
    "FetchDevices",
    "Field",
    "Fingerprint",
    "Fix",
    "Format",
    "FullName",
    "FullReason",
    "Gate",
    "GetAccount",
    "GetAccountDrivenProfile",
    "GetBetaEnrollmentTokens",
    "GetDeviceDetails",
    "GetProfile",
    "GetReplacementDetails",
    "GetTokenError",
    "GracePeriod",
    "GuestsOnly",
    "HardwareCurve",
    "Hazard",
    "HazardDecision",
    "Health",
    "HostCertificate",
    "HostCertificates",
    "HttpMethod",
    "HttpsError",
    "IdError",
    "IdentityError",
    "IdentityPlatform",
    "IdleKey",
    "IdleSeconds",
    "IdleTimeout",
    "ImportError",
    "Imported",
    "ImportedAppleDeviceIdentity",
    "InputError",
    "InputProblem",
    "InstallProfileError",
    "Iterations",
    "JsonError",
    "Key",
    "KeyDifference",
    "KeyEncryption",
    "KeyError",
    "KeyPairError",
    "KeyStatus",
    "KeyUsage",
    "Kind",
    "Known",
    "Language",
    "LanguageError",
    "LeftOut",
    "LegacySetting",
    "Limit",
    "Listed",
    "LocalAccounts",
    "Locale",
    "LocaleError",
    "Loss",
    "LossKind",
    "LossReport",
    "Lost",
    "MaidTokenError",
    "MdmRemoval",
    "MdmServiceConfig",
    "Migration",
    "MinimumOsError",
    "MigrationPath",
    "Misuse",
    "Model",
    "Modern",
    "Name",
    "NameError",
    "NewServerStep",
    "CallModeFirst",
    "NonceError",
    "NonceId",
    "NoProfile",
    "OaepHash",
    "Obstacle",
    "Need",
    "Network",
    "NoAdminAccount",
    "OaepHash",
    "ObliterationBehavior",
    "OddField",
    "OnError",
    "OddField",
    "OldServerStep",
    "OnlineGrace",
    "OpType",
    "OrgType",
    "OrgVersion",
    "Organisation",
    "Origin",
    "Os",
    "OsRelease",
    "OsReleaseError",
    "OsVersion",
    "OsVersionError",
    "Outcome",
    "PackageManifest",
    "PageLimit",
    "Pairing",
    "Pane",
    "Part",
    "PasscodeGrace",
    "PasscodePolicy",
    "PasswordHashError",
    "PastEvent",
    "PathToSupervision",
    "PayloadUuid",
    "PayloadUuidError",
    "OtherToken",
    "PlanGroup",
    "Planned",
    "Planner",
    "Platform",
    "PlatformError",
    "PlatformSso",
    "PortalDelivery",
    "PortalError",
    "PortalSource",
    "Prefill",
    "Preview",
    "PrimaryAccount",
    "Profile",
    "ProfileBuilder",
    "ProfileCertificateError",
    "ProfileFingerprint",
    "ProfileFingerprintError",
    "ProfileName",
    "ProfileNameError",
    "ProfileState",
    "ProfileStatus",
    "ProfileUuid",
    "Profiles",
    "Progress",
    "PublicKey",
    "PropertyListError",
    "Quota",
    "RangeError",
    "RawJson",
    "ReadError",
    "Reason",
    "RecipientId",
    "RecordedAnswer",
    "RecordedCall",
    "RecordedResponse",
    "Recorder",
    "Recording",
    "RecordingError",
    "Recovery",
    "Refused",
    "Region",
    "RegionError",
    "RejectedDevice",
    "Release",
    "RemovalState",
    "Removal",
    "RemoveAccountDrivenProfile",
    "RemoveProfile",
    "RenderError",
    "ReplacedToken",
    "Replacement",
    "ReplacementDetails",
    "Replay",
    "Request",
    "RequestError",
    "ResidentUsers",
    "Resolution",
    "RetryAfter",
    "ReturnPlan",
    "ReturnRequestError",
    "Role",
    "Rule",
    "RulePlace",
    "RulesError",
    "RulesProblem",
    "Scenario",
    "ScenarioError",
    "ScenarioProblem",
    "ScepError",
    "ScepKeySize",
    "ScepRecovery",
    "Screen",
    "Selection",
    "Selector",
    "Serial",
    "SerialNumber",
    "Server",
    "ServerCapabilities",
    "Service",
    "Setting",
    "Settings",
    "SettingsItem",
    "Settled",
    "SetupAssistantPayload",
    "SetupExperience",
    "Severity",
    "SharedDeviceConfiguration",
    "SharedIpad",
    "SharedIpadUse",
    "SharedMode",
    "ShortName",
    "SignError",
    "SignatureAlgorithm",
    "SignatureError",
    "SignatureHash",
    "SignedError",
    "Since",
    "SkipKey",
    "Skippable",
    "Standing",
    "Source",
    "StateError",
    "StepId",
    "Storage",
    "StorageAdvice",
    "StoredDevice",
    "Subject",
    "SubjectAltName",
    "Supervised",
    "SupervisionNotice",
    "Supplement",
    "SyncDevices",
    "SyncPolicy",
    "SyncState",
    "Taken",
    "Target",
    "TargetError",
    "Task",
    "TemplateError",
    "Terms",
    "TermsError",
    "ThisServer",
    "TimeForm",
    "TokenExpiry",
    "TokenServiceType",
    "TransportError",
    "Trigger",
    "Trouble",
    "TroubleWord",
    "Undecided",
    "Trust",
    "UnexpectedCalls",
    "Unknown",
    "UnknownProfile",
    "UnknownWord",
    "Unlock",
    "UnlockAnswer",
    "UnlockError",
    "UnlockOutcome",
    "Unread",
    "UnreadPage",
    "Unsupervised",
    "UntrustedError",
    "Url",
    "UserAffinity",
    "Validity",
    "ValueType",
    "Variable",
    "Verdict",
    "VerifyError",
    "Violation",
    "Violations",
    "Vpp",
    "VppStatus",
    "VppTokenId",
    "VppTokenIdError",
    "WebView",
    "WebViewHost",
    "WebViewSession",
    "WalkError",
    "WalkState",
    "WalkStateError",
    "Why",
    "WhyNotAsked",
    "Work",
    "WorldBuilder",
    "WorldError",
];

#[track_caller]
fn quiet(what: &str, value: &impl Debug) {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains(MARK), "the Debug of {what} shows a secret: {text}");
}

fn token_json() -> String {
    format!(
        r#"{{"consumer_key":"CK_{MARK}","consumer_secret":"CS_{MARK}","access_token":"AT_{MARK}","access_secret":"AS_{MARK}","access_token_expiry":"2027-11-22T00:00:00Z"}}"#
    )
}

fn stamp() -> Stamp {
    Stamp::new(chrono::DateTime::UNIX_EPOCH, *b"PLANTED nonce 01")
}

#[test]
fn every_public_type_has_been_looked_at() {
    let mut found = BTreeSet::new();
    for (path, text) in source::rust(&["src"]) {
        let is_macro_user = ["object! {", "open_enum! {", "id! {", "secret! {"].iter().any(|name| text.contains(name));
        for line in text.lines() {
            let line = line.trim_start();
            let declared = ["pub struct ", "pub enum "].iter().find_map(|start| line.strip_prefix(start));
            // `object! { … Device, "a device" {`, and `secret! { … SecretString(String)`.
            let by_macro = || {
                let end = line.find(", \"").or_else(|| line.ends_with(" exposes str").then(|| line.find('('))?);
                let end = end.or_else(|| line.contains(") exposes ").then(|| line.find('('))?)?;
                line.get(..end).filter(|name| is_macro_user && name.starts_with(char::is_uppercase))
            };
            let name = declared
                .or_else(by_macro)
                .map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned());
            found.extend(name.filter(|name| !name.is_empty()).map(|name| (name, path.clone())));
        }
    }
    assert!(found.iter().any(|(name, _)| name == "Device") && found.iter().any(|(name, _)| name == "SecretString"));
    let known: BTreeSet<&str> = PRINTED.iter().chain(WITHOUT).copied().collect();
    let unknown: Vec<_> = found.iter().filter(|(name, _)| !known.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "look at these types' fields, then name them in this test: {unknown:?}");
    let gone: Vec<_> = known.iter().filter(|known| !found.iter().any(|(name, _)| name == *known)).collect();
    assert!(gone.is_empty(), "these types are no more: {gone:?}");
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
    quiet("TokenResponse", &TokenResponse::new(SecretBytes::new(MARK)));
    let key = PrivateKey::from_pem(&fixture::text("token/key.pem")).unwrap();
    let token = MaidToken::sign("4B45D7C8", &key, &stamp()).unwrap();
    let text = format!("{token:?}");
    assert!(text.contains(token.jti()) && !text.contains("eyJ"), "{text}");
}

#[test]
fn tokens_and_sessions() {
    let [key, secret] = ["CK_PLANTED", "CS_PLANTED"].map(SecretString::new);
    quiet("SecretString", &key);
    quiet("SecretBytes", &SecretBytes::new(MARK));
    quiet("Stamp", &stamp());
    let credentials = Credentials::new(&key, &secret, &key, &secret);
    quiet("Credentials", &credentials);
    let uri = http::Uri::from_static("https://mdmenrollment.apple.com/session");
    quiet("an Authorization header", &authorization("GET", &uri, &credentials, &stamp()));
    let sign_in = SignIn::new(credentials, stamp());
    quiet("SignIn", &sign_in);
    quiet("its request", &sign_in.to_request(&Service::apple()).unwrap());

    let token = ServerToken::from_json(token_json().as_bytes()).unwrap();
    quiet("ServerToken", &token);
    quiet("TokenIdentity", &token.identity());
    quiet("its JSON", &token.to_json());

    let session = Session::new(token, Service::apple());
    let (mut first, mut second) = (session.exchange(GetAccount), session.exchange(GetAccount));
    let step = first.next(&stamp());
    assert!(matches!(step, Step::Send(_)));
    quiet("Step::Send", &step);
    quiet("Exchange", &first);
    let step = second.next(&stamp());
    assert!(matches!(step, Step::Wait(_)));
    quiet("Step::Wait and Waiting", &step);
    first.receive(&http::Response::new(format!(r#"{{"auth_session_token":"{MARK}"}}"#).into_bytes())).unwrap();
    quiet("Session", &session);
    quiet("an exported session", &session.export());
    let step = first.next(&stamp());
    assert!(matches!(step, Step::Send(_)));
    quiet("a signed-in Step::Send", &step);

    let offline = |_: http::Request<Vec<u8>>| Ok(http::Response::new(Vec::new()));
    quiet("blocking::Client", &blocking::Client::with_stamps(session.clone(), offline, stamp));
    let offline = transport::from_fn(|_| async { Ok(http::Response::new(Vec::new())) });
    quiet("Client", &Client::with_stamps(session, offline, stamp));
}

/// An answer that holds a session, but cannot be read.
#[test]
fn broken_sign_ins() {
    let [key, secret] = ["CK_1", "CS_1"].map(SecretString::new);
    let sign_in = SignIn::new(Credentials::new(&key, &secret, &key, &secret), stamp());
    for body in [
        format!(r#"{{"auth_session_token":"{MARK}"#),
        format!(r#"{{"auth_session_token":"{MARK}\n"}}"#),
        format!(r#"{{"auth_session_token":["{MARK}"]}}"#),
        format!(r#"{{"auth_session_tokens":"{MARK}"}}"#),
        format!("<html>{MARK}</html>"),
    ] {
        let error = sign_in.parse_response(&http::Response::new(body.clone().into_bytes())).unwrap_err();
        assert!(matches!(error, Error::Answer(_)), "{body}");
        if !body.starts_with('<') {
            quiet(&body, &error);
            assert!(!error.to_string().contains(MARK), "{error}");
        }
    }
    let refused = http::Response::builder().status(401).header("X-ADM-Auth-Session", MARK).body(Vec::new()).unwrap();
    quiet("Refusal", &Refusal::read("GET /session", &refused));
}

/// A token file's plaintext in every state of disorder.
#[test]
fn broken_tokens() {
    let good = token_json();
    let mut broken: Vec<String> = (0..good.len()).map(|length| good[..length].to_owned()).collect();
    for field in ["consumer_key", "consumer_secret", "access_token", "access_secret"] {
        broken.push(good.replace(&format!("\"{field}\""), "\"other\""));
        broken.push(good.replace(&format!("\"{field}\":"), &format!("\"{field}\":[\"{MARK}\"],\"{field}x\":")));
    }
    broken.push(good.replace("2027-11-22T00:00:00Z", "tomorrow"));
    broken.push(format!("{good}{MARK}"));
    for json in broken {
        let error = ServerToken::from_json(json.as_bytes()).unwrap_err();
        quiet(&json, &error);
        assert!(!error.to_string().contains(MARK), "{json}: {error}");
    }
}

#[test]
fn keys_and_files() {
    let pem = fixture::text("token/key.pem");
    // A line from the middle of the key stands for the key.
    let line = pem.lines().nth(10).unwrap().to_owned();
    let key = PrivateKey::from_pem(&pem).unwrap();
    let certificate = apple_ade::pki::certificate::Certificate::from_pem(&fixture::text("token/cert.pem")).unwrap();
    let file = TokenFile::parse(&fixture::bytes("token/bc_aes128.p7m")).unwrap();
    let texts = [
        format!("{key:?} {key:#?}"),
        format!("{:?} {:?}", key.to_pkcs8_pem().unwrap(), key.to_pkcs1_der()),
        format!("{file:?} {:?} {certificate:?}", file.recipients()),
        format!("{:?}", TokenKeyPair::from_parts(key, certificate).unwrap()),
        format!("{:?}", file.decrypt(&PrivateKey::from_pem(&pem).unwrap()).unwrap()),
        format!("{:?}", PrivateKey::from_pem(&pem.replacen(&line, "", 1)).unwrap_err()),
        PrivateKey::from_pem(&pem.replacen(&line, "", 1)).unwrap_err().to_string(),
    ];
    for text in texts {
        assert!(!text.contains(&line) && !text.contains("CS_34c7") && !text.contains("308204"), "{text}");
    }
}

#[test]
fn the_simulated_service() {
    let simulator = Simulator::new(World::builder().seed(7).devices(3).build());
    let token = simulator.with_world(|world| world.server_token_json());
    let token = ServerToken::from_json(token.as_bytes()).unwrap();
    let stamps = simulator.clone();
    let session = Session::new(token, Service::apple());
    let client = blocking::Client::with_stamps(session.clone(), simulator.clone(), move || stamps.stamp());
    client.account().unwrap();
    let text = simulator.with_world(|world| format!("{world:#?}{:?}", world.calls().collect::<Vec<_>>()));
    let exported = session.export().unwrap();
    let secrets = [
        session.token().consumer_secret().expose_secret(),
        session.token().access_secret().expose_secret(),
        session.token().access_token().expose_secret(),
        exported.expose_secret(),
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "the world shows {secret}");
    }
}

#[test]
fn the_enrollment_profile_and_what_asks_for_beta_programmes() {
    use apple_ade::enrollment::*;
    use apple_ade::os::Platform;

    let scep = || Scep::new("https://ca.example.com/scep").unwrap().challenge(SecretString::new(MARK));
    quiet("Scep", &scep());
    let pkcs12 = || Pkcs12::new(SecretBytes::new(MARK)).password(SecretString::new(MARK));
    quiet("Pkcs12", &pkcs12());
    quiet("Identity", &Identity::from(pkcs12()));
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
/// Of a watch that says by which token the server knows it, as data and, wrongly, as text.
#[test]
fn a_pairing_token_is_not_shown() {
    use apple_ade::machine_info::{SignedMachineInfo, Trust};
    use apple_ade::simulator::{DeviceInfo, Family, World};

    let mut world = World::builder().seed(7).build();
    let serial = world.buy(Family::Iphone);
    let info = DeviceInfo::of(world.device(&serial).unwrap(), world.now());
    for token in [plist::Value::Data(MARK.into()), MARK.into()] {
        let info = info.clone().with("PAIRING_TOKEN", token);
        let signed = SignedMachineInfo::from_body(&info.body()).unwrap();
        let verified = signed.verify(&Trust::pinned(DeviceInfo::authority().unwrap()), world.now()).unwrap();
        let read = verified.info();
        assert!(read.pairing_token.is_some() || read.odd.len() == 1);
        // A list of numbers is how `Debug` shows bytes.
        let numbers = format!("{:?}", MARK.as_bytes());
        for text in [format!("{read:?}"), format!("{verified:?}"), format!("{signed:?}"), format!("{info:?}")] {
            assert!(!text.contains(MARK) && !text.contains(numbers.trim_matches(['[', ']'])), "{text}");
        }
        quiet("OddValue", &read.odd);
        quiet("PairingToken", &read.pairing_token);
        quiet("Signed", signed.signed());
    }
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
    let plan = post_enrollment_plan(&profile, &device.awaiting()).with_profile(install());
    let mut walk = PlanWalk::begin(plan.with_admin_password(hash().unwrap()).unwrap(), OnError::Stop);
    let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [1; 16]);
    let next = format!("{:?}", walk.next(&stamp));

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
