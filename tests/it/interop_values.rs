//! What other systems say that cannot be carried over as it is: wrong types, unknown keys, contradictions, numbers out of range.

use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery, PortalSource, UserAffinity, Vpp};
use apple_ade::interop::{
    Counterpart, ImportError, Imported, Loss, LossKind, Model, Source, ThisServer, export, import,
};
use apple_ade::profile::account::{LocalAccounts, PrimaryAccount, ShortName};
use apple_ade::profile::{EnrollmentProfile, MdmRemoval, Pairing};
use apple_ade::setup_assistant::SkipKey;
use apple_ade::shared_ipad::{SharedIpad, Storage};
use serde_json::{Value, json};

use crate::fixture;
use crate::interop::{FILES, at, exported, fields, file, graph, imported, jamf, lost, server, set};
use LossKind::{Changed, Contradiction, Invalid, NoCounterpart, UnknownKey, Unused, WrongType};

/// Each field of another type is told by its path, and everything else is as it was.
#[test]
fn a_value_of_the_wrong_type_is_told_and_the_rest_is_taken() {
    for (name, model) in FILES {
        for field in fields(model).filter(|field| !matches!(field.counterpart(), Counterpart::Nothing(_))) {
            let mut value = file(name);
            let wrong = match at(&value, field.key()) {
                Value::Bool(_) | Value::Object(_) => json!("true"),
                Value::Array(_) => json!({"0": 1}),
                _ => json!([true]),
            };
            set(&mut value, field.key(), wrong);
            let key = field.key();
            match import(model.source(), &value.to_string(), &server()) {
                Ok(imported) => {
                    let found: Vec<_> = imported.losses().at(key).filter(|loss| loss.kind() == WrongType).collect();
                    assert_eq!(found.len(), 1, "{name} {key}: {}", imported.losses());
                    // What stands for a VPP token's name may be the token itself.
                    let is_shown = key != "companyPortalVppTokenId";
                    assert!(found[0].reason().starts_with("this has to be") && found[0].value().is_some() == is_shown);
                }
                // Without its name there is no profile.
                Err(ImportError::Invalid { violations, losses }) => {
                    assert_eq!(key, "displayName", "{violations}");
                    assert_eq!(losses.at(key).map(Loss::kind).collect::<Vec<_>>(), [WrongType]);
                }
                Err(error) => panic!("{name} {key}: {error}"),
            }
        }
    }
}

#[test]
fn unknown_and_repeated_keys_are_told() {
    let odd = jamf(&json!({"colour": "red", "names": {"shade": {"of": "blue"}, "manageNames": true}, "pets": [1, 2]}));
    assert_eq!(lost(&odd), [("colour", UnknownKey), ("names.shade", UnknownKey), ("pets", UnknownKey)]);
    assert_eq!(odd.losses().at("names").next().unwrap().value(), Some(r#"{"of":"blue"}"#));

    let text = r#"{"displayName": "First", "displayName": "Second", "siriDisabled": true, "siriDisabled": false}"#;
    let twice = import(Source::Graph, text, &server()).unwrap();
    assert_eq!(twice.profile().name(), "Second");
    assert_eq!(lost(&twice), [("displayName", Contradiction), ("siriDisabled", Contradiction)]);
    assert_eq!(twice.losses().as_slice()[0].value(), Some("\"First\""));

    // Keys with a dot do not hide behind others.
    let dotted = jamf(&json!({"names.manageNames": true, "names": {"manageNames": true}}));
    assert_eq!(lost(&dotted), [("names.manageNames", UnknownKey)]);
}

#[test]
fn no_secret_is_in_a_report() {
    let key = fixture::text("profile_certificates/test_key.pem");
    let imported = graph(&json!({"notes": key, "adminAccountPassword": "PLANTED"}));
    let said = format!("{} {:?}", imported.losses(), imported.losses());
    assert!(!said.contains("PRIVATE KEY") && !said.contains("PLANTED"), "{said}");
    assert_eq!(lost(&imported), [("adminAccountPassword", NoCounterpart), ("notes", UnknownKey)]);
}

#[test]
fn what_is_no_profile_is_told() {
    let refused = |source, text: &str| import(source, text, &server()).unwrap_err();
    assert!(matches!(refused(Source::Graph, "{"), ImportError::NotJson { .. }));
    assert!(matches!(refused(Source::Graph, "[]"), ImportError::NotProfile { source_system: Source::Graph, .. }));
    assert!(matches!(refused(Source::Jamf, r#"{"profile_name": "A"}"#), ImportError::NotProfile { .. }));
    let list = refused(Source::Graph, r#"{"value": [{}, {}]}"#);
    assert_eq!(list.to_string(), "the text holds a list of 2 profiles under \"value\"; give one of its elements");
    assert!(matches!(
        refused(Source::Jamf, r#"{"totalCount": 1, "results": [{}]}"#),
        ImportError::List { count: 1, .. }
    ));
    assert!(matches!(refused(Source::Jamf, &" ".repeat(5 << 20)), ImportError::TooLong { .. }));
    assert!(matches!(refused(Source::Jamf, &"[".repeat(100_000)), ImportError::NotJson { .. }));

    let ImportError::Invalid { violations, losses } =
        refused(Source::Graph, r#"{"displayName": "", "supportPhoneNumber": "0", "pets": 1}"#)
    else {
        panic!("it has no name")
    };
    assert!(violations.errors().any(|violation| violation.path() == "profile_name"), "{violations}");
    assert_eq!(losses.iter().map(Loss::path).collect::<Vec<_>>(), ["pets"]);
}

/// To let users sign in in another way would take their second factor away.
#[test]
fn a_sign_in_on_a_page_needs_this_servers_page() {
    let server = ThisServer::new("https://mdm.example.com/enroll");
    for (source, text, key) in [
        (
            Source::Graph,
            r#"{"displayName": "A", "requiresUserAuthentication": true, "configurationWebUrl": true}"#,
            "configurationWebUrl",
        ),
        (Source::Jamf, r#"{"displayName": "A", "enrollmentCustomizationId": "4"}"#, "enrollmentCustomizationId"),
    ] {
        let error = import(source, text, &server).unwrap_err();
        assert_eq!(error, ImportError::NoWebUrl { key: key.into() });
    }
    let page = jamf(&json!({"enrollmentCustomizationId": "4", "requireAuthentication": false}));
    assert_eq!(lost(&page), [("enrollmentCustomizationId", Changed)]);
    assert_eq!(*page.profile().mode().affinity(), modern(PortalDelivery::None));
    assert_eq!(page.profile().wire().configuration_web_url.as_deref(), server_page().as_deref());
}

fn server_page() -> Option<String> {
    server().web_url().map(str::to_owned)
}

fn modern(delivery: PortalDelivery) -> UserAffinity {
    UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::Portal(delivery)))
}

fn vpp(single: bool) -> Vpp {
    Vpp::new("campus".parse().unwrap()).single_app_until_sign_in(single)
}

/// CPV-6, CPV-10: every way to sign in that Graph can say, there and back.
#[test]
fn ways_to_sign_in_are_carried_over() {
    let legacy = |delivery| UserAffinity::With(AuthMethod::SetupAssistantLegacy(delivery));
    let portal = |source| UserAffinity::With(AuthMethod::CompanyPortal(source));
    for (also, affinity) in [
        (json!({}), UserAffinity::Without),
        (json!({"requiresUserAuthentication": true}), legacy(PortalDelivery::None)),
        (
            json!({"requiresUserAuthentication": true, "requireCompanyPortalOnSetupAssistantEnrolledDevices": true}),
            legacy(PortalDelivery::AppStore),
        ),
        (
            json!({"requiresUserAuthentication": true, "enableAuthenticationViaCompanyPortal": true}),
            portal(PortalSource::AppStore),
        ),
        (
            json!({"requiresUserAuthentication": true, "enableAuthenticationViaCompanyPortal": true,
                "companyPortalVppTokenId": "campus", "enableSingleAppEnrollmentMode": true}),
            portal(PortalSource::Vpp(vpp(true))),
        ),
        (json!({"requiresUserAuthentication": true, "configurationWebUrl": true}), modern(PortalDelivery::None)),
        (
            json!({"requiresUserAuthentication": true, "configurationWebUrl": true,
                "requireCompanyPortalOnSetupAssistantEnrolledDevices": true, "companyPortalVppTokenId": "campus"}),
            modern(PortalDelivery::Vpp(vpp(false))),
        ),
    ] {
        let there = graph(&also);
        assert_eq!(*there.profile().mode().affinity(), affinity, "{also}");
        assert!(there.losses().is_empty(), "{also}: {}", there.losses());
        let back = imported(Source::Graph, &exported(there.profile(), Model::GraphIos));
        assert_eq!(*back.profile().mode().affinity(), affinity, "{also}");
    }
    assert_eq!(
        *jamf(&json!({"requireAuthentication": true})).profile().mode().affinity(),
        legacy(PortalDelivery::None)
    );

    for (also, losses) in [
        (json!({"companyPortalVppTokenId": "campus"}), &[("companyPortalVppTokenId", Unused)][..]),
        (json!({"enableAuthenticationViaCompanyPortal": true}), &[("enableAuthenticationViaCompanyPortal", Unused)]),
        (
            json!({"requiresUserAuthentication": true, "companyPortalVppTokenId": "campus"}),
            &[("companyPortalVppTokenId", Unused)],
        ),
        (
            json!({"requiresUserAuthentication": true, "enableAuthenticationViaCompanyPortal": true,
                "enableSingleAppEnrollmentMode": true}),
            &[("enableSingleAppEnrollmentMode", Unused)],
        ),
        (
            json!({"requiresUserAuthentication": true, "enableSharedIPad": true}),
            &[("requiresUserAuthentication", Contradiction)],
        ),
    ] {
        assert_eq!(lost(&graph(&also)), losses, "{also}");
    }
}

fn sessions(imported: &Imported) -> SharedIpad {
    imported.profile().mode().shared_ipad().cloned().expect("a Shared iPad")
}

#[test]
fn sessions_of_a_shared_ipad_are_carried_over_or_told() {
    let guests = graph(
        &json!({"enableSharedIPad": true, "forceTemporarySession": true, "temporarySessionTimeoutInSeconds": 60}),
    );
    let SharedIpad::GuestsOnly(_) = sessions(&guests) else { panic!("guests alone") };
    assert_eq!(sessions(&guests).shared_device_configuration().temporary_session_timeout, Some(60));
    assert!(guests.losses().is_empty());

    let jamfs = jamf(
        &json!({"multiUser": true, "maximumSharedAccounts": 10, "useStorageQuotaSize": true, "storageQuotaSizeMegabytes": 512,
        "enforceUserSessionTimeout": false, "userSessionTimeout": 300}),
    );
    let SharedIpad::Accounts(accounts) = sessions(&jamfs) else { panic!("accounts") };
    assert!(matches!(accounts.storage(), Storage::Quota(quota) if quota.megabytes() == 512));
    assert_eq!(lost(&jamfs), [("maximumSharedAccounts", Unused), ("userSessionTimeout", Unused)]);

    for (also, losses) in [
        (
            json!({"enableSharedIPad": true, "sharedIPadMaximumUserCount": 25}),
            &[("sharedIPadMaximumUserCount", Invalid)][..],
        ),
        (
            json!({"enableSharedIPad": true, "userSessionTimeoutInSeconds": 10}),
            &[("userSessionTimeoutInSeconds", Invalid)],
        ),
        (
            json!({"enableSharedIPad": true, "passcodeLockGracePeriodInSeconds": 14_401}),
            &[("passcodeLockGracePeriodInSeconds", Invalid)],
        ),
        (json!({"sharedIPadMaximumUserCount": 12}), &[("sharedIPadMaximumUserCount", Unused)]),
        (json!({"sharedIPadMaximumUserCount": 0, "passcodeLockGracePeriodInSeconds": 0}), &[]),
        (
            json!({"enableSharedIPad": true, "forceTemporarySession": true, "userSessionTimeoutInSeconds": 60}),
            &[("userSessionTimeoutInSeconds", Unused)],
        ),
        (json!({"enableSharedIPad": true, "supervisedModeEnabled": false}), &[("supervisedModeEnabled", Changed)]),
        (json!({"sharedIPadMaximumUserCount": -1}), &[("sharedIPadMaximumUserCount", WrongType)]),
        (json!({"sharedIPadMaximumUserCount": 1.5}), &[("sharedIPadMaximumUserCount", WrongType)]),
    ] {
        let imported = graph(&also);
        assert_eq!(lost(&imported), losses, "{also}");
    }
    let message = graph(&json!({"enableSharedIPad": true, "sharedIPadMaximumUserCount": 25}));
    assert!(message.losses().to_string().ends_with("has to be 1 to 24; the nearest is 24"), "{}", message.losses());
    // A grace that the device rounds is kept as it was said.
    let grace = graph(&json!({"enableSharedIPad": true, "passcodeLockGracePeriodInSeconds": 24}));
    assert_eq!(exported(grace.profile(), Model::GraphIos)["passcodeLockGracePeriodInSeconds"], json!(24));
    // Guests alone by all defaults are told where there is no Shared iPad.
    let told =
        export(graph(&json!({"enableSharedIPad": true, "forceTemporarySession": true})).profile(), Model::GraphMacOs);
    let paths: Vec<&str> = told.losses().iter().map(Loss::path).collect();
    assert_eq!(paths, ["is_multi_user", "shared_ipad.guests_only"]);
    // What Jamf writes where nobody has set it is no loss.
    let plain = jamf(
        &json!({"multiUser": false, "maximumSharedAccounts": 10, "storageQuotaSizeMegabytes": 1024, "useStorageQuotaSize": false}),
    );
    assert!(plain.losses().is_empty(), "{}", plain.losses());
}

#[test]
fn locks_and_pairing_need_supervision() {
    let open = graph(
        &json!({"supervisedModeEnabled": false, "profileRemovalDisabled": true, "iTunesPairingMode": "disallow"}),
    );
    assert_eq!(open.profile().mode().removal(), MdmRemoval::Allowed);
    assert_eq!(lost(&open), [("iTunesPairingMode", Contradiction), ("profileRemovalDisabled", Contradiction)]);
    assert_eq!(lost(&jamf(&json!({"supervised": false, "allowPairing": false}))), [("allowPairing", Contradiction)]);
}

#[test]
fn certificates_of_hosts_are_carried_over_or_told() {
    let certificate = file("graph_ios")["managementCertificates"][0].clone();
    let with = |mode: &str, certificates: Value| {
        graph(&json!({"iTunesPairingMode": mode, "managementCertificates": certificates}))
    };
    let by_certificate = with("requiresCertificate", json!([certificate]));
    assert!(
        matches!(by_certificate.profile().mode().pairing(), Pairing::ByCertificate(hosts) if hosts.as_slice().len() == 1)
    );
    assert!(by_certificate.losses().is_empty());
    let value = exported(by_certificate.profile(), Model::GraphIos);
    assert_eq!(value["managementCertificates"], json!([certificate]), "the SHA-1 is that of Python");
    for (mode, expected) in [("allow", Pairing::AllowAll), ("disallow", Pairing::DenyAll)] {
        let imported = with(mode, json!([]));
        assert_eq!(*imported.profile().mode().pairing(), expected);
        assert_eq!(exported(imported.profile(), Model::GraphIos)["iTunesPairingMode"], json!(mode));
    }
    let wrapped: String = certificate["certificate"].as_str().unwrap().chars().flat_map(|c| [c, '\n']).collect();
    for (mode, certificates, losses) in [
        ("allow", json!([certificate]), &[("managementCertificates", Unused)][..]),
        ("requiresCertificate", json!([]), &[("iTunesPairingMode", Changed)]),
        ("sometimes", json!([]), &[("iTunesPairingMode", Invalid)]),
        (
            "requiresCertificate",
            json!([{"certificate": wrapped, "colour": 1}]),
            &[("managementCertificates[0].colour", UnknownKey)],
        ),
        (
            "requiresCertificate",
            json!([{"thumbprint": "00", "certificate": certificate["certificate"]}]),
            &[("managementCertificates[0].thumbprint", Contradiction)],
        ),
        (
            "requiresCertificate",
            json!([certificate, {"certificate": "bm90IG9uZQ=="}, {"certificate": "???"}, 7]),
            &[
                ("managementCertificates[1].certificate", Invalid),
                ("managementCertificates[2].certificate", Invalid),
                ("managementCertificates[3]", WrongType),
            ],
        ),
    ] {
        assert_eq!(lost(&with(mode, certificates.clone())), losses, "{mode} {certificates}");
    }
}

#[test]
fn anchors_of_jamf_are_carried_over_or_told() {
    let imported = imported(Source::Jamf, &file("jamf_mobile"));
    let anchors = imported.profile().wire().anchor_certs.clone().unwrap();
    let pem: String =
        fixture::text("profile_certificates/ca.pem").lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(anchors, [pem]);
    let odd = jamf(&json!({"anchorCertificates": [fixture::text("profile_certificates/ca.pem"), "bm90IG9uZQ==", 7]}));
    assert_eq!(odd.profile().wire().anchor_certs.as_ref().map(Vec::len), Some(1));
    assert_eq!(lost(&odd), [("anchorCertificates[1]", Invalid), ("anchorCertificates[2]", WrongType)]);
}

#[test]
fn accounts_of_a_mac_are_carried_over_or_told() {
    let accounts = |also: &Value| graph(also).profile().account_configuration().cloned();
    assert_eq!(accounts(&json!({"adminAccountUserName": "", "setPrimarySetupAccountAsRegularUser": false})), None);
    let only = accounts(&json!({"adminAccountUserName": "admin", "skipPrimarySetupAccountCreation": true})).unwrap();
    assert!(matches!(only.accounts(), LocalAccounts::AdminOnly(_)));
    let unfilled = accounts(&json!({"dontAutoPopulatePrimaryAccountInfo": true})).unwrap();
    assert_eq!(unfilled.primary_account(), Some(&PrimaryAccount::NotPrefilled));

    for (name, source) in [("graph_macos", Source::Graph), ("jamf_computer", Source::Jamf)] {
        let imported = imported(source, &file(name));
        let account = imported.profile().account_configuration().unwrap();
        let LocalAccounts::AdminAndRegularUser { admin, primary: PrimaryAccount::Prefilled(user) } = account.accounts()
        else {
            panic!("{account:?}")
        };
        assert_eq!((admin.short_name().as_str(), admin.is_hidden()), ("localadmin", true));
        assert_eq!(user.stated_full_name().unwrap().as_str(), "Anna Berg");
        assert_eq!((user.stated_user_name().unwrap().as_str(), user.is_locked()), ("aberg", true));
        let managed = account.managed_local_user_short_name().map(ShortName::as_str);
        assert_eq!(managed, (source == Source::Jamf).then_some("localadmin"));
    }
    for (also, losses) in [
        (json!({"primaryAccountUserName": "{{partialupn}}"}), &[("primaryAccountUserName", Invalid)][..]),
        (json!({"adminAccountUserName": "Local Admin"}), &[("adminAccountUserName", Invalid)]),
        (json!({"setPrimarySetupAccountAsRegularUser": true}), &[("setPrimarySetupAccountAsRegularUser", Unused)]),
        (json!({"hideAdminAccount": true}), &[("hideAdminAccount", Unused)]),
        (json!({"enableRestrictEditing": true}), &[("enableRestrictEditing", Unused)]),
        (
            json!({"dontAutoPopulatePrimaryAccountInfo": true, "primaryAccountFullName": "Anna"}),
            &[("primaryAccountFullName", Unused)],
        ),
        (
            json!({"adminAccountUserName": "admin", "waitForDeviceConfiguredConfirmation": false}),
            &[("waitForDeviceConfiguredConfirmation", Changed)],
        ),
        (
            json!({"waitForDeviceConfiguredConfirmation": false, "awaitDeviceConfiguredConfirmation": true}),
            &[("waitForDeviceConfiguredConfirmation", Contradiction)],
        ),
    ] {
        assert_eq!(lost(&graph(&also)), losses, "{also}");
    }
    let settings = |also: Value| {
        let mut settings =
            json!({"payloadConfigured": true, "adminUsername": "admin", "localAdminAccountEnabled": true});
        settings.as_object_mut().unwrap().extend(also.as_object().unwrap().clone());
        jamf(&json!({ "accountSettings": settings }))
    };
    for (also, losses) in [
        (json!({"userAccountType": "SKIP"}), &[][..]),
        (json!({"userAccountType": "GUEST"}), &[("accountSettings.userAccountType", Invalid)]),
        (
            json!({"payloadConfigured": false, "userAccountType": "STANDARD"}),
            &[("accountSettings.adminUsername", Unused)],
        ),
        (json!({"localAdminAccountEnabled": false}), &[("accountSettings.adminUsername", Unused)]),
        (json!({"prefillType": "DEVICE_OWNER"}), &[("accountSettings.prefillType", NoCounterpart)]),
        (
            json!({"prefillPrimaryAccountInfoFeatureEnabled": false, "prefillAccountUserName": "aberg"}),
            &[("accountSettings.prefillAccountUserName", Unused)],
        ),
    ] {
        assert_eq!(lost(&settings(also.clone())), losses, "{also}");
    }
}

#[test]
fn names_of_jamf_are_carried_over_or_told() {
    let named = |names: &Value| jamf(&json!({ "names": names }));
    let template = |names: &Value| named(names).profile().device_name().map(ToString::to_string);
    let serials = json!({"assignNamesUsing": "Serial Numbers", "deviceNamePrefix": "lib-", "deviceNameSuffix": "", "manageNames": true});
    assert_eq!(template(&serials).as_deref(), Some("lib-{{SERIAL}}"));
    assert_eq!(
        template(&json!({"assignNamesUsing": "Single Name", "singleDeviceName": "Kiosk"})).as_deref(),
        Some("Kiosk")
    );
    assert_eq!(template(&json!({"assignNamesUsing": "Default Names"})), None);
    for (names, losses) in [
        (
            json!({"assignNamesUsing": "List of Names", "prestageDeviceNames": [{"deviceName": "A"}]}),
            &[("names.assignNamesUsing", NoCounterpart), ("names.prestageDeviceNames", NoCounterpart)][..],
        ),
        (json!({"assignNamesUsing": "By Colour"}), &[("names.assignNamesUsing", Invalid)]),
        (
            json!({"assignNamesUsing": "Single Name", "singleDeviceName": "{{X}}"}),
            &[("names.assignNamesUsing", Invalid)],
        ),
        (json!({"assignNamesUsing": "Default Names", "deviceNamePrefix": "a"}), &[("names.deviceNamePrefix", Unused)]),
        (json!({"assignNamesUsing": "Serial Numbers", "manageNames": false}), &[("names.manageNames", Changed)]),
    ] {
        assert_eq!(lost(&named(&names)), losses, "{names}");
    }
    // A template with the kind of device has no spelling there.
    let profile = graph(&json!({"deviceNameTemplate": "{{DEVICETYPE}} {{SERIAL}}"})).into_profile();
    let exported = export(&profile, Model::JamfMobile);
    let paths: Vec<&str> = exported.losses().iter().map(Loss::path).collect();
    assert_eq!(paths, ["device_name", "url"]);
}

#[test]
fn an_unattended_setup_needs_a_language() {
    let locale = jamf(&json!({"autoAdvanceSetup": true, "language": "nl", "region": "NL"}));
    assert_eq!(locale.profile().wire().auto_advance_setup, Some(true));
    assert!(locale.losses().is_empty());
    for (also, losses) in [
        (json!({"autoAdvanceSetup": true}), &[("autoAdvanceSetup", Invalid)][..]),
        (json!({"language": "nl"}), &[("language", Unused)]),
        (json!({"language": "dutch", "region": "Holland"}), &[("language", Invalid), ("region", Invalid)]),
    ] {
        assert_eq!(lost(&jamf(&also)), losses, "{also}");
    }
    assert_eq!(lost(&graph(&json!({"autoAdvanceSetupEnabled": true}))), [("autoAdvanceSetupEnabled", Invalid)]);
    let given = server().with_locale(locale.profile().setup().given_locale().unwrap());
    let text = r#"{"displayName": "Lab", "supervisedModeEnabled": true, "autoAdvanceSetupEnabled": true}"#;
    let lab = import(Source::Graph, text, &given).unwrap();
    assert_eq!((lab.profile().setup().is_unattended(), lab.losses().len()), (true, 0));
}

#[test]
fn a_pane_that_is_shown_and_hidden_is_told() {
    let both = graph(
        &json!({"siriDisabled": false, "zoomDisabled": true, "enabledSkipKeys": ["Siri", "Zoom", "Tips", "", 5]}),
    );
    let mut skipped: Vec<&str> = both.profile().setup().skipped().map(SkipKey::as_str).collect();
    skipped.sort_unstable();
    assert_eq!(skipped, ["Siri", "Tips", "Zoom"]);
    assert_eq!(lost(&both), [("enabledSkipKeys[4]", WrongType), ("siriDisabled", Contradiction)]);
    // Graph refuses these two in its list: what has no flag of its own there is lost.
    let text = r#"{"profile_name": "A", "url": "https://mdm.example.com/enroll", "is_supervised": true, "is_mandatory": true,
        "skip_setup_items": ["Registration", "Tips"]}"#;
    let profile = EnrollmentProfile::from_json(text, &UserAffinity::Without).unwrap();
    let ios = export(&profile, Model::GraphIos);
    assert_eq!(ios.losses().to_string(), "skip_setup_items[0] = \"Registration\": Microsoft Graph has nothing for it");
    assert!(export(&profile, Model::GraphMacOs).losses().is_empty());
}

#[test]
fn records_of_graph_lose_nothing() {
    use apple_ade::interop::graph::{DepOnboardingSetting, DiscoverySource, ImportedAppleDeviceIdentity};
    use apple_ade::json::RawJson;

    let setting = json!({
        "@odata.type": "#microsoft.graph.depOnboardingSetting", "id": "54fac284", "appleIdentifier": "it@example.com",
        "tokenName": "Campus", "tokenType": "appleSchoolManager", "tokenExpirationDateTime": "2027-11-22T04:24:50Z",
        "lastModifiedDateTime": "2026-11-22T04:24:50Z", "lastSuccessfulSyncDateTime": "2026-11-22T04:24:50Z",
        "lastSyncTriggeredDateTime": "2026-11-22T04:24:50Z", "lastSyncErrorCode": -2_016_341_112, "syncedDeviceCount": 3000,
        "shareTokenWithSchoolDataSyncService": true, "dataSharingConsentGranted": true, "roleScopeTagIds": ["0"],
    });
    let identity = json!({
        "@odata.type": "#microsoft.graph.importedAppleDeviceIdentity", "id": "1", "serialNumber": "C02T0HL0GGC0",
        "requestedEnrollmentProfileId": "54fac284_a8b1", "requestedEnrollmentProfileAssignmentDateTime": "2026-11-22T04:24:50Z",
        "isSupervised": true, "discoverySource": "deviceEnrollmentProgram", "isDeleted": false,
        "createdDateTime": "2026-11-22T04:24:50Z", "lastContactedDateTime": "0001-01-01T00:00:00Z", "description": "MacBook",
        "enrollmentState": "notContacted", "platform": "macOS",
    });
    let raw = |value: &Value| value.to_string().parse::<RawJson>().unwrap();
    let read: DepOnboardingSetting = raw(&setting).read().unwrap();
    assert_eq!((read.extra.len(), read.last_sync_error_code), (1, Some(-2_016_341_112)), "all but its type is known");
    assert_eq!(serde_json::to_value(&read).unwrap(), setting);
    let read: ImportedAppleDeviceIdentity = raw(&identity).read().unwrap();
    assert_eq!(
        (read.extra.len(), read.discovery_source.as_ref()),
        (1, Some(&DiscoverySource::DeviceEnrollmentProgram))
    );
    assert_eq!(serde_json::to_value(&read).unwrap(), identity);
}
