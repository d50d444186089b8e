//! The documents that go to devices, beside Apple's schema files.

use apple_ade::enrollment::{Answer, Caller, EnrollmentPolicy, Listed, decide};
use apple_ade::enrollment::{
    BetaProgram, DeviceError, DiscoveryDocument, EnrollmentMode, ErrorDocument, ErrorDocumentError, EssoDocument,
    EssoDocumentError, Format, MdmServiceConfig, MinimumOs, PackageManifest, PlatformSso,
};
use apple_ade::os::Platform;
use apple_ade::property_list::PropertyListError;
use plist::Value;

use crate::apple_keys::compare;
use crate::fixture;

fn update(minimum: MinimumOs) -> DeviceError {
    let policy = EnrollmentPolicy::new().minimum([Platform::Ios], minimum);
    let mut caller = Caller::new("iPhone15,2", "21F79");
    (caller.os_version, caller.can_request_software_update) = (Some("17.5".into()), true);
    let stamp = apple_ade::Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [7; 16]);
    match decide(&caller, Listed::new(), &policy, &stamp).into_answer() {
        Answer::RequireSoftwareUpdate(update) => DeviceError::SoftwareUpdateRequired(update),
        other => panic!("{other}"),
    }
}

fn full_update() -> DeviceError {
    let release = "18.1 (a)".parse().unwrap();
    update(MinimumOs::new(release).build("22B83a".parse().unwrap()).beta_program(BetaProgram::new("iOS 18", "seed")))
}

fn sso() -> PlatformSso {
    let sso =
        PlatformSso::new("https://m.example.com/p", "https://i.example.com/a", "https://m.example.com/m").unwrap();
    let certificate = apple_ade::pki::certificate::Certificate::from_pem(&fixture::text("token/cert.pem")).unwrap();
    sso.pinned_to([&certificate]).revocation_check_required()
}

fn all() -> Vec<ErrorDocument> {
    let errors = [
        full_update(),
        DeviceError::PlatformSsoRequired(sso()),
        DeviceError::UnrecognizedDevice,
        DeviceError::WatchPairingTokenMissing { security_token: "73697874-6565-4E20-A279-746573203031".into() },
        DeviceError::WellKnownFailed,
    ];
    errors.into_iter().map(|error| ErrorDocument::new(error).with_description("why").with_message("what")).collect()
}

fn value(document: &ErrorDocument) -> Value {
    plist::from_bytes(&document.to_bytes(Format::PropertyList)).unwrap()
}

#[test]
fn every_key_of_apples_is_there_with_its_type() {
    for (file, code) in [
        ("softwareupdate.required", "com.apple.softwareupdate.required"),
        ("unrecognized.device", "com.apple.unrecognized.device"),
        ("watch.pairing.token.missing", "com.apple.watch.pairing.token.missing"),
        ("well-known.failed", "com.apple.well-known.failed"),
    ] {
        let yaml = fixture::text(&format!("apple/errors/{file}.yaml"));
        let document = all().into_iter().find(|document| document.error().code() == code).unwrap();
        assert_eq!(crate::apple_keys::keys(&yaml)["code"].range, [code]);
        compare(&yaml, &[&value(&document)], &[]);
        // And without what is optional.
        compare_required(&yaml, &value(&ErrorDocument::new(document.error().clone())));
    }
}

/// What is required is there.
fn compare_required(yaml: &str, value: &Value) {
    let ours = crate::apple_keys::paths(value);
    for (path, _) in crate::apple_keys::keys(yaml).iter().filter(|(path, key)| key.required && !path.contains("Beta")) {
        assert!(ours.contains_key(path), "{path}");
    }
}

/// There is no schema file of it here; the keys are those of
/// <https://developer.apple.com/documentation/devicemanagement/errorcodepssorequired>.
#[test]
fn platform_sso_has_the_keys_of_apples_page() {
    let paths = crate::apple_keys::paths(&value(&ErrorDocument::new(DeviceError::PlatformSsoRequired(sso()))));
    let expected = [
        ("code", "string"),
        ("details", "dictionary"),
        ("details.AuthURL", "string"),
        ("details.Package", "dictionary"),
        ("details.Package.ManifestURL", "string"),
        ("details.Package.PinningCerts", "array"),
        ("details.Package.PinningCerts[]", "data"),
        ("details.Package.PinningRevocationCheckRequired", "boolean"),
        ("details.ProfileURL", "string"),
    ];
    assert_eq!(paths.iter().map(|(path, kind)| (path.as_str(), *kind)).collect::<Vec<_>>(), expected);
}

#[test]
fn both_formats_say_the_same_and_are_read_again() {
    for document in all() {
        for (format, media_type) in [(Format::Json, "application/json"), (Format::PropertyList, "application/xml")] {
            let response = document.respond(format);
            assert_eq!(
                (response.status().as_u16(), &response.headers()["content-type"]),
                (403, &media_type.parse().unwrap())
            );
            assert_eq!(ErrorDocument::from_bytes(response.body()).unwrap(), document);
            assert_eq!(document.to_bytes(format), response.into_body(), "the same bytes each time");
        }
    }
}

#[test]
fn what_is_no_document_is_refused_by_its_key() {
    let key = |key| ErrorDocumentError::Key { key };
    for (body, expected) in [
        ("", ErrorDocumentError::Unreadable),
        ("[]", ErrorDocumentError::Unreadable),
        ("{}", key("code")),
        (r#"{"code": 1}"#, key("code")),
        (r#"{"code": "com.apple.new"}"#, ErrorDocumentError::UnknownCode { code: "com.apple.new".into() }),
        (r#"{"code": "com.apple.softwareupdate.required"}"#, key("details.OSVersion")),
        (r#"{"code": "com.apple.softwareupdate.required", "details": {"OSVersion": "new"}}"#, key("details.OSVersion")),
        (
            r#"{"code": "com.apple.softwareupdate.required", "details": {"OSVersion": "18", "RequireBetaProgram": {}}}"#,
            key("details.RequireBetaProgram.Description"),
        ),
        (r#"{"code": "com.apple.watch.pairing.token.missing", "details": {}}"#, key("details.security-token")),
        (r#"{"code": "com.apple.psso.required", "details": {"ProfileURL": "http://x"}}"#, key("ProfileURL")),
    ] {
        assert_eq!(ErrorDocument::from_bytes(body.as_bytes()), Err(expected), "{body}");
    }
}

/// Small bodies that stand for large ones, and deep ones.
#[test]
fn a_document_is_read_within_bounds() {
    let refused = |body: &[u8]| match ErrorDocument::from_bytes(body) {
        Err(ErrorDocumentError::PropertyList(error)) => error,
        other => panic!("{other:?}"),
    };
    let deep = format!("<plist>{}{}</plist>", "<array>".repeat(200_000), "</array>".repeat(200_000));
    assert_eq!(refused(deep.as_bytes()), PropertyListError::TooDeep);
    let deep = "[".repeat(200_000);
    assert_eq!(ErrorDocument::from_bytes(deep.as_bytes()), Err(ErrorDocumentError::Unreadable));
    // Twenty lists, each of which holds the next one three times.
    let mut bytes = b"bplist00".to_vec();
    (1..=20_u8).for_each(|next| bytes.extend([0xA3, next, next, next]));
    bytes.push(0x09);
    let table = bytes.len() as u64;
    bytes.extend((0..21_u8).map(|place| 8 + place * 4));
    bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
    bytes.extend([21, 0, table].into_iter().flat_map(u64::to_be_bytes));
    assert_eq!((refused(&bytes), bytes.len()), (PropertyListError::TooMany, 142));

    let document = "<plist><dict><key>code</key><string>com.apple.&new;well-known.failed</string></dict></plist>";
    assert!(matches!(refused(document.as_bytes()), PropertyListError::Entity { .. }));
    assert_eq!(ErrorDocument::from_bytes(b"{ code = a; }"), Err(ErrorDocumentError::Unreadable));
    // The binary form is read.
    let document = ErrorDocument::new(DeviceError::WellKnownFailed).with_message("no");
    let mut binary = Vec::new();
    value(&document).to_writer_binary(&mut binary).unwrap();
    assert_eq!(ErrorDocument::from_bytes(&binary), Ok(document));
}

#[test]
fn a_manifest_has_apples_keys() {
    let manifest = PackageManifest::new("https://m.example.com/a.pkg", "com.example.a", "A")
        .unwrap()
        .version("1.2")
        .subtitle("Example")
        .md5(10, ["aa", "bb"])
        .sha256(10, ["cc", "dd"])
        .display_image("https://m.example.com/a.png")
        .unwrap();
    let value: Value = plist::from_bytes(&manifest.to_property_list()).unwrap();
    let yaml = fixture::text("apple/manifesturl.yaml");
    compare(&yaml, &[&value], &[]);
    // `software-package` is the kind of the package itself in Apple's examples of InstallEnterpriseApplication; the file's list
    // has the kinds of the others alone.
    let kinds: Vec<_> =
        value.as_dictionary().unwrap()["items"].as_array().unwrap()[0].as_dictionary().unwrap()["assets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|asset| asset.as_dictionary().unwrap()["kind"].as_string().unwrap())
            .collect();
    assert_eq!(kinds, ["software-package", "display-image"]);
    assert!(crate::apple_keys::keys(&yaml)["items[].assets[].kind"].range.contains(&"display-image".to_owned()));
    assert!(PackageManifest::new("http://m.example.com/a.pkg", "a", "A").is_err());
}

#[test]
fn the_document_of_enrollment_sso_has_apples_keys() {
    let mut document = EssoDocument::new(1_234_567, b"<plist/>".to_vec());
    document.app_ids = vec!["A1B2C3D4E5.com.example.sso".into()];
    document.associated_domains = Some(vec!["authsrv:idp.example.com".into()]);
    document.associated_domains_enable_direct_downloads = Some(true);
    let json: serde_json::Value = serde_json::from_slice(&document.to_json()).unwrap();
    // JSON has no data: there it is base64.
    let mut value: Value = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(json["ConfigurationProfile"], "PHBsaXN0Lz4=");
    value.as_dictionary_mut().unwrap().insert("ConfigurationProfile".into(), Value::Data(b"<plist/>".to_vec()));
    compare(&fixture::text("apple/esso.yaml"), &[&value], &[]);
    assert_eq!(EssoDocument::from_json(&document.to_json()).as_ref(), Ok(&document));
    // Whoever names no apps leaves the key out.
    document.app_ids.clear();
    assert!(!String::from_utf8(document.to_json()).unwrap().contains("AppIDs"));
    assert_eq!(EssoDocument::from_json(&document.to_json()), Ok(document));

    for odd in ["", "[]", "1"] {
        assert_eq!(EssoDocument::from_json(odd.as_bytes()), Err(EssoDocumentError::Unreadable), "{odd}");
    }
    let with = |pairs: &str| EssoDocument::from_json(format!(r#"{{"ConfigurationProfile": ""{pairs}}}"#).as_bytes());
    assert!(with(r#", "iTunesStoreID": 7, "NewIn2030": [{}]"#).is_ok());
    assert_eq!(with(r#", "AppIDs": []"#), Err(EssoDocumentError::NoAppIds));
    for (pairs, key) in [
        (r#", "ConfigurationProfile": "!""#, "ConfigurationProfile"),
        (r#", "ConfigurationProfile": 1"#, "ConfigurationProfile"),
        (r#", "iTunesStoreID": "7""#, "iTunesStoreID"),
        (r#", "iTunesStoreID": -7"#, "iTunesStoreID"),
        (r#", "AppIDs": "a""#, "AppIDs"),
        (r#", "AssociatedDomains": [1]"#, "AssociatedDomains"),
        (r#", "AssociatedDomainsEnableDirectDownloads": "true""#, "AssociatedDomainsEnableDirectDownloads"),
    ] {
        let error = with(pairs).unwrap_err();
        assert!(matches!(error, EssoDocumentError::Key { key: found, .. } if found == key), "{pairs}: {error}");
    }
    let error = EssoDocument::from_json(b"{}").unwrap_err();
    assert_eq!(error.to_string(), "`ConfigurationProfile` has to be the profile in base64");
}

#[test]
fn discovery_and_service_config_are_two_documents() {
    let document = DiscoveryDocument::new(EnrollmentMode::Byod, "https://a.example.com/x").unwrap();
    let document = document.and(EnrollmentMode::Adde, "https://b.example.com/y").unwrap();
    let response = document.respond();
    assert_eq!(response.headers()["content-type"], "application/json");
    let read: DiscoveryDocument = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(read, document);
    let versions: Vec<_> = read.servers().iter().map(|server| server.version.as_str()).collect();
    assert_eq!(versions, ["mdm-byod", "mdm-adde"]);
    assert!(DiscoveryDocument::new(EnrollmentMode::Byod, "a.example.com").is_err());
    assert!(serde_json::from_str::<DiscoveryDocument>(r#"{"Servers": [{"Version": "mdm-byod"}]}"#).is_err());

    let text = r#"{"dep_enrollment_url":"https://m.example.com/e","dep_anchor_certs_url":"https://m.example.com/a","trust_profile_url":"https://m.example.com/t"}"#;
    let config: MdmServiceConfig = serde_json::from_str(text).unwrap();
    assert_eq!(config.respond().body(), text.as_bytes());
    assert_eq!(MdmServiceConfig::default().respond().body(), b"{}");
    assert!(serde_json::from_slice::<DiscoveryDocument>(text.as_bytes()).is_err());
}
