//! What a careless or a hostile file of another system must not do: show a secret, take a sign-in away, pass for another one.

use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery, PortalSource, UserAffinity};
use apple_ade::interop::{ImportError, Loss, LossKind, Model, Source, ThisServer, export, import};
use apple_ade::profile::{EnrollmentProfile, Locale, SetupExperience, Supervised};
use apple_ade::setup_assistant::SkipKey;
use serde_json::{Value, json};

use crate::interop::{exported, file, graph, imported, jamf, lost, server};
use LossKind::{Changed, Contradiction, Invalid, NoCounterpart, UnknownKey, Unused, WrongType};

/// Whatever the place, the spelling and the nesting.
#[test]
fn no_value_of_a_secrets_key_is_shown() {
    use Source::{Graph, Jamf};

    for (source, text, losses) in [
        // Twice: both are passwords, and one of them counts.
        (
            Graph,
            r#"{"displayName": "K", "adminAccountPassword": "PLANTED1", "adminAccountPassword": "PLANTED2"}"#,
            &[("adminAccountPassword", Contradiction), ("adminAccountPassword", NoCounterpart)][..],
        ),
        (Graph, r#"{"displayName": "K", "ADMINACCOUNTPASSWORD": "PLANTED"}"#, &[("ADMINACCOUNTPASSWORD", UnknownKey)]),
        // The other system's, with enough of its own.
        (
            Graph,
            r#"{"displayName": "K", "isMandatory": true, "isDefault": false, "accountSettings": {"adminPassword": "PLANTED"},
                "recoveryLockPassword": "PLANTED"}"#,
            &[("accountSettings", UnknownKey), ("recoveryLockPassword", UnknownKey)],
        ),
        (
            Jamf,
            r#"{"displayName": "K", "accountSettings": {"adminPassword": "PLANTED"}, "accountSettings": {"adminPassword": "PLANTED"}}"#,
            &[("accountSettings", Contradiction), ("accountSettings.adminPassword", NoCounterpart)],
        ),
        (
            Jamf,
            r#"{"displayName": "K", "accountSettings": [[{"adminPassword": "PLANTED"}]]}"#,
            &[("accountSettings", WrongType)],
        ),
        // Keys that nobody here has ever heard of.
        (
            Graph,
            r#"{"displayName": "K", "siriDisabled": {"api-token": "PLANTED"}, "Client.Secret": "PLANTED", "x": [{"y": {"PasswordHash": "PLANTED"}}]}"#,
            &[("Client.Secret", UnknownKey), ("siriDisabled", WrongType), ("x", UnknownKey)],
        ),
        (
            Graph,
            r#"{"displayName": "K", "enabledSkipKeys": [{"key": "PLANTED"}], "companyPortalVppTokenId": "PLANTED"}"#,
            &[("companyPortalVppTokenId", Unused), ("enabledSkipKeys[0]", WrongType)],
        ),
    ] {
        let imported = import(source, text, &server()).unwrap();
        assert_eq!(lost(&imported), losses, "{text}");
        let report = imported.losses();
        let said = format!("{report} {report:?} {}", serde_json::to_string(report).unwrap());
        assert!(!said.contains("PLANTED"), "{said}");
    }
    // Where the path is longer than what is shown of it.
    let long = jamf(&json!({format!("{}password", "x".repeat(200)): "PLANTED"}));
    assert_eq!(long.losses().as_slice()[0].value(), None);
    // Other keys keep their values, and the names of panes are no secrets.
    let plain = graph(&json!({"colour": {"of": "red"}, "enabledSkipKeys": [5]}));
    assert_eq!(plain.losses().iter().filter_map(Loss::value).collect::<Vec<_>>(), [r#"{"of":"red"}"#, "5"]);
    // What the profile has beside Apple's keys, on the way out.
    let profile = EnrollmentProfile::builder("K", "https://mdm.example.com/enroll")
        .mode(Supervised::new(UserAffinity::Without))
        .unknown_key("vendor", r#"{"api_token": "PLANTED"}"#.parse().unwrap())
        .build()
        .unwrap();
    let told = export(&profile, Model::GraphIos);
    assert_eq!(told.losses().at("vendor").map(Loss::value).collect::<Vec<_>>(), [None]);

    let server =
        ThisServer::new("https://me:PLANTED@mdm.example.com/enroll").with_web_url("https://PLANTED@a.example/b");
    let shown = format!("{server:?}");
    assert!(
        !shown.contains("PLANTED") && shown.contains("@mdm.example.com/enroll") && shown.contains("@a.example/b"),
        "{shown}"
    );
}

fn method(method: AuthMethod) -> UserAffinity {
    UserAffinity::With(method)
}

/// What cannot be read takes no sign-in away, and no second factor.
#[test]
fn a_sign_in_survives_a_value_of_the_wrong_type() {
    let legacy = || method(AuthMethod::SetupAssistantLegacy(PortalDelivery::None));
    let page = || method(AuthMethod::SetupAssistantModern(Modern::Portal(PortalDelivery::None)));
    let portal = || method(AuthMethod::CompanyPortal(PortalSource::AppStore));
    for (key, yes) in [
        ("requiresUserAuthentication", legacy()),
        ("configurationWebUrl", page()),
        ("enableAuthenticationViaCompanyPortal", portal()),
    ] {
        for (value, is_yes) in [
            (json!("true"), true),
            (json!("https://login.example.com/"), true),
            (json!(1), true),
            (json!([]), true),
            (json!({"enabled": true}), true),
            (json!("False "), false),
            (json!("0"), false),
            (json!("-1"), false),
            (json!(""), false),
            (json!(0), false),
            (json!(-1), false),
        ] {
            let mut also = json!({"requiresUserAuthentication": true});
            also[key] = value;
            let imported = graph(&also);
            let no = if key == "requiresUserAuthentication" { UserAffinity::Without } else { legacy() };
            assert_eq!(*imported.profile().mode().affinity(), if is_yes { yes.clone() } else { no }, "{also}");
            assert_eq!(lost(&imported), [(key, WrongType)], "{also}");
        }
    }
    for (id, is_page, losses) in [
        (json!("7"), true, &[Changed][..]),
        (json!(7), true, &[Changed, WrongType]),
        (json!(["7"]), true, &[Changed, WrongType]),
        (json!(true), true, &[Changed, WrongType]),
        (json!(0), false, &[WrongType]),
        (json!(-1), false, &[WrongType]),
        (json!(false), false, &[WrongType]),
        (json!(null), false, &[]),
        (json!("-1"), false, &[]),
    ] {
        let imported = jamf(&json!({"requireAuthentication": false, "enrollmentCustomizationId": id}));
        let expected = if is_page { page() } else { UserAffinity::Without };
        assert_eq!(*imported.profile().mode().affinity(), expected, "{id}");
        assert!(imported.losses().iter().all(|loss| loss.path() == "enrollmentCustomizationId"));
        assert_eq!(imported.losses().iter().map(Loss::kind).collect::<Vec<_>>(), losses, "{id}");
    }
    // Without this server's page it is refused.
    let text = r#"{"displayName": "A", "enrollmentCustomizationId": 7}"#;
    let error = import(Source::Jamf, text, &ThisServer::new("https://mdm.example.com/enroll")).unwrap_err();
    assert_eq!(error, ImportError::NoWebUrl { key: "enrollmentCustomizationId".into() });
}

/// A page counts where a user signs in on it, and nowhere else.
#[test]
fn a_page_is_for_users_who_sign_in_on_it() {
    let without = ThisServer::new("https://mdm.example.com/enroll");
    for (source, also, losses) in [
        (Source::Graph, json!({"configurationWebUrl": true}), &[("configurationWebUrl", Unused)][..]),
        (
            Source::Graph,
            json!({"configurationWebUrl": true, "requiresUserAuthentication": true, "enableAuthenticationViaCompanyPortal": true}),
            &[("configurationWebUrl", Unused)],
        ),
        (
            Source::Graph,
            json!({"configurationWebUrl": true, "requiresUserAuthentication": true, "enableSharedIPad": true}),
            &[("configurationWebUrl", Unused), ("requiresUserAuthentication", Contradiction)],
        ),
        (
            Source::Jamf,
            json!({"enrollmentCustomizationId": "3", "multiUser": true}),
            &[("enrollmentCustomizationId", Unused)],
        ),
    ] {
        let mut value = also.clone();
        value["displayName"] = json!("A");
        value[if source == Source::Graph { "supervisedModeEnabled" } else { "supervised" }] = json!(true);
        // Whether this server has a page or not.
        for server in [&without, &server()] {
            let imported = import(source, &value.to_string(), server).unwrap();
            assert_eq!(imported.profile().wire().configuration_web_url, None, "{also}");
            assert_eq!(lost(&imported), losses, "{also}");
        }
    }
    // Apple's profile may have a page beside a portal; on the way out that is told.
    let profile = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll")
        .mode(Supervised::new(method(AuthMethod::CompanyPortal(PortalSource::AppStore))))
        .configuration_web_url("https://mdm.example.com/sign-in")
        .build()
        .unwrap();
    assert_eq!(exported(&profile, Model::GraphIos)["configurationWebUrl"], json!(false));
    let told = export(&profile, Model::GraphIos);
    assert_eq!(
        told.losses().to_string(),
        "configuration_web_url = \"https://mdm.example.com/sign-in\": Microsoft Graph has a page only where a user signs in on it"
    );
}

#[test]
fn the_other_systems_file_is_refused() {
    for (name, source) in [
        ("graph_ios", Source::Jamf),
        ("graph_macos", Source::Jamf),
        ("jamf_mobile", Source::Graph),
        ("jamf_computer", Source::Graph),
    ] {
        let error = import(source, &file(name).to_string(), &server()).unwrap_err();
        let looks_like = if source == Source::Graph { Source::Jamf } else { Source::Graph };
        assert_eq!(error, ImportError::OtherSource { source_system: source, looks_like }, "{name}");
    }
    let text =
        r#"{"displayName": "U", "supervisedModeEnabled": true, "isMandatory": true, "profileRemovalDisabled": true}"#;
    let error = import(Source::Jamf, text, &server()).unwrap_err();
    assert_eq!(error.to_string(), "this looks like Microsoft Graph, and it is read as Jamf Pro; name the other source");
    // As many of each are read as what was said.
    let both = graph(&json!({"supervised": true, "mandatory": true}));
    assert_eq!(lost(&both), [("mandatory", UnknownKey), ("supervised", UnknownKey)]);
}

#[test]
fn objects_that_are_none_are_told_and_null_is_nothing() {
    let nothing =
        jamf(&json!({"accountSettings": null, "names": null, "skipSetupItems": null, "locationInformation": null}));
    assert!(nothing.losses().is_empty(), "{}", nothing.losses());
    assert!(jamf(&json!({"accountSettings": {}, "names": {}})).losses().is_empty());
    let wrong = jamf(&json!({"names": "x", "accountSettings": 7}));
    assert_eq!(lost(&wrong), [("accountSettings", WrongType), ("names", WrongType)]);
    assert_eq!(wrong.losses().as_slice()[1].to_string(), "names = \"x\": this has to be an object");
}

#[test]
fn what_has_no_effect_is_told_too() {
    for (also, losses) in [
        (
            json!({"timezone": "Europe/Berlin", "recoveryLockPasswordType": "RANDOM"}),
            &[("recoveryLockPasswordType", Unused), ("timezone", Unused)][..],
        ),
        (json!({"sendTimezone": false, "timezone": "UTC", "recoveryLockPasswordType": "MANUAL"}), &[]),
        (
            json!({"sendTimezone": true, "timezone": "UTC"}),
            &[("sendTimezone", NoCounterpart), ("timezone", NoCounterpart)],
        ),
        (
            json!({"multiUser": true, "useStorageQuotaSize": true, "storageQuotaSizeMegabytes": 4096, "maximumSharedAccounts": 10}),
            &[("maximumSharedAccounts", Unused)],
        ),
        (json!({"maximumSharedAccounts": 10}), &[]),
        (json!({"maximumSharedAccounts": 12}), &[("maximumSharedAccounts", Unused)]),
        // A text is no id.
        (json!({"authenticationPrompt": "0"}), &[("authenticationPrompt", NoCounterpart)]),
        (json!({"authenticationPrompt": "NO_ENFORCEMENT"}), &[("authenticationPrompt", NoCounterpart)]),
        (json!({"siteId": "-1", "enrollmentSiteId": "0", "rtsConfigProfileId": -1}), &[]),
        (json!({"siteId": "4"}), &[("siteId", NoCounterpart)]),
        (json!({"locationInformation": {"departmentId": "-1", "room": ""}}), &[]),
        (
            json!({"locationInformation": {"departmentId": "-1", "room": "0"}}),
            &[("locationInformation", NoCounterpart)],
        ),
    ] {
        assert_eq!(lost(&jamf(&also)), losses, "{also}");
    }
    let certificate = file("graph_ios")["managementCertificates"][0]["certificate"].to_string();
    let text = format!(
        r#"{{"displayName": "A", "supervisedModeEnabled": true, "iTunesPairingMode": "requiresCertificate",
            "managementCertificates": [{{"certificate": "AAAA", "certificate": {certificate}}}]}}"#
    );
    let twice = import(Source::Graph, &text, &server()).unwrap();
    assert_eq!(lost(&twice), [("managementCertificates[0].certificate", Contradiction)]);
}

/// A variable is a name by all rules of names, and would be the name on every Mac.
#[test]
fn a_variable_becomes_no_name_of_an_account() {
    for key in ["primaryAccountFullName", "primaryAccountUserName", "adminAccountFullName", "adminAccountUserName"] {
        for text in ["{{username}}", "Owner {{partialupn}}"] {
            let imported = graph(
                &json!({"adminAccountUserName": "admin", key: text, "setPrimarySetupAccountAsRegularUser": true}),
            );
            let kept = serde_json::to_string(imported.profile()).unwrap();
            assert!(!kept.contains("{{"), "{kept}");
            assert!(lost(&imported).contains(&(key, Invalid)), "{}", imported.losses());
        }
    }
}

/// Profiles by which nobody signs in, and those that advance by themselves, are mandatory at Graph.
#[test]
fn an_optional_profile_that_graph_refuses_is_told() {
    let locale: Locale = "nl-NL".parse().unwrap();
    let legacy = method(AuthMethod::SetupAssistantLegacy(PortalDelivery::None));
    for (affinity, setup, is_refused) in [
        (UserAffinity::Without, SetupExperience::guided(), true),
        (legacy.clone(), SetupExperience::unattended(locale), true),
        (legacy, SetupExperience::guided(), false),
    ] {
        let builder = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll");
        let profile = builder.mode(Supervised::new(affinity)).setup(setup).optional().build().unwrap();
        assert_eq!(exported(&profile, Model::GraphMacOs)["isMandatory"], json!(is_refused));
        let told = export(&profile, Model::GraphMacOs);
        let told: Vec<_> = told.losses().at("is_mandatory").map(|loss| (loss.kind(), loss.value())).collect();
        assert_eq!(told, if is_refused { vec![(Changed, Some("false"))] } else { vec![] });
        assert_eq!(exported(&profile, Model::JamfComputer)["mandatory"], json!(false));
    }
}

/// Jamf has no portal app: its own sign-in is by a password alone.
#[test]
fn a_second_factor_that_jamf_loses_is_told() {
    let told = |method: AuthMethod| {
        let has_page = matches!(method, AuthMethod::SetupAssistantModern(_));
        let builder = EnrollmentProfile::builder("A", "https://mdm.example.com/enroll");
        let builder = builder.mode(Supervised::new(UserAffinity::With(method)));
        let builder = if has_page { builder.configuration_web_url("https://mdm.example.com/sign-in") } else { builder };
        let profile = builder.build().unwrap();
        let written = export(&profile, Model::JamfMobile);
        let value: Value = serde_json::from_str(written.json()).unwrap();
        let reasons: Vec<_> = written.losses().at("affinity").map(|loss| loss.reason().to_owned()).collect();
        (value["requireAuthentication"] == true, reasons.join("; "))
    };
    let (signs_in, reasons) = told(AuthMethod::CompanyPortal(PortalSource::AppStore));
    assert!(signs_in && reasons.contains("users sign in without a second factor"), "{reasons}");
    let (signs_in, reasons) = told(AuthMethod::SetupAssistantModern(Modern::JustInTime));
    assert!(!signs_in && reasons.contains("until enrollmentCustomizationId names one nobody signs in"), "{reasons}");
    let (signs_in, reasons) = told(AuthMethod::SetupAssistantLegacy(PortalDelivery::None));
    assert!(signs_in && reasons.is_empty(), "{reasons}");
}

#[test]
fn the_language_that_graph_has_not_is_asked_for_by_name() {
    let lab = graph(&json!({"autoAdvanceSetupEnabled": true}));
    assert!(lab.losses().to_string().contains("ThisServer::with_locale"), "{}", lab.losses());
}

/// All panes at once, and each of them once.
#[test]
fn many_panes_are_written_as_they_are() {
    let panes: Vec<String> = (0..2_000).map(|number| format!("Pane{number:04}")).collect();
    let profile = graph(&json!({"enabledSkipKeys": panes, "siriDisabled": true})).into_profile();
    let value = exported(&profile, Model::JamfMobile);
    let items = value["skipSetupItems"].as_object().unwrap();
    assert_eq!(items.len(), SkipKey::ALL.len() + 2_000);
    assert_eq!(items.values().filter(|hides| **hides == json!(true)).count(), 2_001);
    let back = imported(Source::Jamf, &value);
    assert!(back.profile().setup().skipped().eq(profile.setup().skipped()));
}
