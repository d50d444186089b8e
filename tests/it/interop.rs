//! Profiles of Microsoft Graph and Jamf Pro: each field in both directions, and that nothing disappears in silence.

use std::collections::BTreeSet;

use apple_ade::interop::{
    Counterpart, Field, Imported, LossKind, Model, Source, ThisServer, export, graph, import, jamf,
};
use apple_ade::profile::{EnrollmentProfile, Release};
use apple_ade::setup_assistant::SkipKey;
use serde_json::{Value, json};

use crate::fixture;

pub(crate) const FILES: [(&str, Model); 4] = [
    ("graph_ios", Model::GraphIos),
    ("graph_macos", Model::GraphMacOs),
    ("jamf_mobile", Model::JamfMobile),
    ("jamf_computer", Model::JamfComputer),
];

pub(crate) fn server() -> ThisServer {
    ThisServer::new("https://mdm.example.com/enroll").with_web_url("https://mdm.example.com/sign-in")
}

pub(crate) fn file(name: &str) -> Value {
    serde_json::from_str(&fixture::text(&format!("interop/{name}.json"))).unwrap()
}

pub(crate) fn fields(model: Model) -> impl Iterator<Item = &'static Field> {
    let fields = if model.source() == Source::Graph { graph::FIELDS } else { jamf::FIELDS };
    fields.iter().filter(move |field| field.models().contains(&model))
}

/// The value at a key of the tables.
pub(crate) fn at<'v>(value: &'v Value, key: &str) -> &'v Value {
    if key.starts_with('@') { &value[key] } else { key.split('.').fold(value, |value, part| &value[part]) }
}

pub(crate) fn set(value: &mut Value, key: &str, to: Value) {
    if key.starts_with('@') {
        value[key] = to;
    } else {
        *key.split('.').fold(value, |value, part| &mut value[part]) = to;
    }
}

#[track_caller]
pub(crate) fn imported(source: Source, value: &Value) -> Imported {
    import(source, &value.to_string(), &server()).unwrap_or_else(|error| panic!("{error}\n{value}"))
}

/// A profile of Graph with these keys besides those without which there is none.
#[track_caller]
pub(crate) fn graph(also: &Value) -> Imported {
    let mut value = json!({"displayName": "A", "supervisedModeEnabled": true, "isMandatory": true});
    value.as_object_mut().unwrap().extend(also.as_object().unwrap().clone());
    imported(Source::Graph, &value)
}

#[track_caller]
pub(crate) fn jamf(also: &Value) -> Imported {
    let mut value = json!({"displayName": "A", "supervised": true, "mandatory": true});
    value.as_object_mut().unwrap().extend(also.as_object().unwrap().clone());
    imported(Source::Jamf, &value)
}

fn skipped(profile: &EnrollmentProfile) -> Vec<&str> {
    profile.setup().skipped().map(SkipKey::as_str).collect()
}

pub(crate) fn lost(imported: &Imported) -> Vec<(&str, LossKind)> {
    imported.losses().iter().map(|loss| (loss.path(), loss.kind())).collect()
}

pub(crate) fn exported(profile: &EnrollmentProfile, model: Model) -> Value {
    serde_json::from_str(export(profile, model).json()).unwrap()
}

/// Graph's flags that leave a pane out, as Microsoft's and Apple's pages describe the panes.
const PANES: &[(&str, &str, &[Model])] = {
    const ALL: &[Model] = &[Model::GraphIos, Model::GraphMacOs, Model::GraphTvOs, Model::GraphVisionOs];
    const IOS: &[Model] = &[Model::GraphIos];
    const MAC: &[Model] = &[Model::GraphMacOs];
    const BOTH: &[Model] = &[Model::GraphIos, Model::GraphMacOs];
    &[
        ("accessibilityScreenDisabled", "Accessibility", MAC),
        ("appearanceScreenDisabled", "Appearance", IOS),
        ("appleIdDisabled", "AppleID", ALL),
        ("applePayDisabled", "Payment", ALL),
        ("autoUnlockWithWatchDisabled", "UnlockWithWatch", MAC),
        ("chooseYourLockScreenDisabled", "Appearance", MAC),
        ("deviceToDeviceMigrationDisabled", "DeviceToDeviceMigration", IOS),
        ("diagnosticsDisabled", "Diagnostics", ALL),
        ("displayToneSetupDisabled", "DisplayTone", ALL),
        ("expressLanguageScreenDisabled", "ExpressLanguage", IOS),
        ("fileVaultDisabled", "FileVault", MAC),
        ("homeButtonScreenDisabled", "HomeButtonSensitivity", IOS),
        ("iCloudDiagnosticsDisabled", "iCloudDiagnostics", MAC),
        ("iCloudStorageDisabled", "iCloudStorage", MAC),
        ("iMessageAndFaceTimeScreenDisabled", "iMessageAndFaceTime", IOS),
        ("locationDisabled", "Location", ALL),
        ("onBoardingScreenDisabled", "OnBoarding", IOS),
        ("passCodeDisabled", "Passcode", BOTH),
        ("preferredLanguageScreenDisabled", "PreferredLanguage", IOS),
        ("privacyPaneDisabled", "Privacy", ALL),
        ("registrationDisabled", "Registration", MAC),
        ("restoreBlocked", "Restore", ALL),
        ("restoreCompletedScreenDisabled", "RestoreCompleted", IOS),
        ("restoreFromAndroidDisabled", "Android", IOS),
        ("screenTimeScreenDisabled", "ScreenTime", ALL),
        ("simSetupScreenDisabled", "SIMSetup", IOS),
        ("siriDisabled", "Siri", ALL),
        ("softwareUpdateScreenDisabled", "SoftwareUpdate", IOS),
        ("termsAndConditionsDisabled", "TOS", ALL),
        ("touchIdDisabled", "Biometric", ALL),
        ("updateCompleteScreenDisabled", "UpdateCompleted", IOS),
        ("watchMigrationScreenDisabled", "WatchMigration", IOS),
        ("welcomeScreenDisabled", "Welcome", IOS),
        ("zoomDisabled", "Zoom", BOTH),
    ]
};

#[test]
fn every_pane_flag_of_graph_hides_its_pane_in_both_directions() {
    let hides = |field: &&Field| matches!(field.counterpart(), Counterpart::Hides(_));
    let listed: BTreeSet<&str> = graph::FIELDS.iter().filter(hides).map(Field::key).collect();
    assert_eq!(listed, PANES.iter().map(|(flag, ..)| *flag).collect());
    for (flag, pane, models) in PANES {
        let hidden = graph(&json!({*flag: true}));
        assert_eq!(skipped(hidden.profile()), [*pane], "{flag}");
        assert!(hidden.losses().is_empty(), "{flag}: {}", hidden.losses());
        for shown in [json!(false), json!(null)] {
            let shown = graph(&json!({*flag: shown}));
            assert!(skipped(shown.profile()).is_empty() && shown.losses().is_empty(), "{flag}");
        }
        for model in *models {
            let value = exported(hidden.profile(), *model);
            for (other, other_pane, _) in PANES.iter().filter(|(_, _, models)| models.contains(model)) {
                assert_eq!(value[*other], json!(other_pane == pane), "{flag} as {model:?}: {other}");
            }
            assert_eq!(value["enabledSkipKeys"], json!([]), "{flag}");
        }
    }
}

/// The flags that are no panes: key, value, and what Apple's profile then says.
#[test]
fn every_other_flag_has_the_right_sense_in_both_directions() {
    type Says = fn(&EnrollmentProfile) -> bool;
    let graphs: [(&str, Model, Says); 5] = [
        ("isMandatory", Model::GraphIos, |profile| profile.wire().is_mandatory == Some(true)),
        ("supervisedModeEnabled", Model::GraphIos, |profile| profile.wire().is_supervised == Some(true)),
        ("profileRemovalDisabled", Model::GraphIos, |profile| profile.wire().is_mdm_removable == Some(false)),
        ("waitForDeviceConfiguredConfirmation", Model::GraphMacOs, |profile| {
            profile.wire().await_device_configured == Some(true)
        }),
        ("awaitDeviceConfiguredConfirmation", Model::GraphIos, |profile| {
            profile.setup().release() == Release::AwaitConfiguration
        }),
    ];
    let jamfs: [(&str, Model, Says); 9] = [
        ("mandatory", Model::JamfMobile, |profile| profile.wire().is_mandatory == Some(true)),
        ("mdmRemovable", Model::JamfMobile, |profile| profile.wire().is_mdm_removable == Some(true)),
        ("supervised", Model::JamfMobile, |profile| profile.wire().is_supervised == Some(true)),
        ("allowPairing", Model::JamfMobile, |profile| profile.wire().allow_pairing != Some(false)),
        ("multiUser", Model::JamfMobile, |profile| profile.wire().is_multi_user == Some(true)),
        ("configureDeviceBeforeSetupAssistant", Model::JamfMobile, |profile| {
            profile.wire().await_device_configured == Some(true)
        }),
        ("installProfilesDuringSetup", Model::JamfComputer, |profile| {
            profile.wire().await_device_configured == Some(true)
        }),
        ("preserveManagedApps", Model::JamfMobile, |profile| profile.wire().is_return_to_service == Some(true)),
        ("doNotUseProfileFromBackup", Model::JamfMobile, |profile| {
            profile.wire().do_not_use_profile_from_backup == Some(true)
        }),
    ];
    for (flag, model, says) in graphs.into_iter().chain(jamfs) {
        for value in [true, false] {
            let mut also = json!({flag: value});
            if flag == "isMandatory" {
                // Graph has no optional profile by which nobody signs in.
                also["requiresUserAuthentication"] = json!(true);
            }
            let imported = if model.source() == Source::Graph { graph(&also) } else { jamf(&also) };
            assert_eq!(says(imported.profile()), value, "{flag}");
            assert!(imported.losses().is_empty(), "{flag}: {}", imported.losses());
            assert_eq!(exported(imported.profile(), model)[flag], json!(value), "{flag}");
        }
    }
    // A profile is mandatory, and can be left, unless it says otherwise.
    let plain = jamf(&json!({"mandatory": null}));
    assert_eq!(
        (plain.profile().wire().is_mandatory, plain.profile().wire().is_mdm_removable),
        (Some(true), Some(true))
    );
}

#[test]
fn every_flag_of_jamfs_panes_hides_its_pane_in_both_directions() {
    for key in SkipKey::ALL {
        let hidden = jamf(&json!({"skipSetupItems": {key.as_str(): true}}));
        assert_eq!(skipped(hidden.profile()), [key.as_str()]);
        assert!(hidden.losses().is_empty());
        let value = exported(hidden.profile(), Model::JamfMobile);
        for (other, hides) in value["skipSetupItems"].as_object().unwrap() {
            assert_eq!(*hides, json!(other == key.as_str()));
        }
        assert!(skipped(jamf(&json!({"skipSetupItems": {key.as_str(): false}})).profile()).is_empty());
    }
    // A pane that nobody here knows is kept.
    let odd = jamf(&json!({"skipSetupItems": {"NextYearsPane": true, "Siri": "no", "Zoom": null}}));
    assert_eq!(skipped(odd.profile()), ["NextYearsPane"]);
    assert_eq!(lost(&odd), [("skipSetupItems.Siri", LossKind::WrongType)]);
    assert_eq!(exported(odd.profile(), Model::JamfComputer)["skipSetupItems"]["NextYearsPane"], json!(true));
}

#[test]
fn the_files_have_every_field_and_each_is_carried_over_or_told() {
    use LossKind::{Contradiction, NoCounterpart, Unused};

    for (name, model) in FILES {
        let value = file(name);
        for field in fields(model) {
            let last = field.key().rsplit_once('.').map_or(field.key(), |(_, last)| last);
            let object = field.key().rsplit_once('.').map_or(&value, |(path, _)| at(&value, path));
            let object = if field.key().starts_with('@') { &value } else { object };
            let last = if field.key().starts_with('@') { field.key() } else { last };
            assert!(object.as_object().unwrap().contains_key(last), "{name} has no {}", field.key());
        }
        let known: BTreeSet<&str> = fields(model).map(Field::key).collect();
        for key in value.as_object().unwrap().keys() {
            let dotted = format!("{key}.");
            assert!(known.contains(&**key) || known.iter().any(|known| known.starts_with(&dotted)), "{name}: {key}");
        }
    }
    let ios = imported(Source::Graph, &file("graph_ios"));
    assert_eq!(
        lost(&ios),
        [
            ("configurationEndpointUrl", NoCounterpart),
            ("enrollmentTimeAzureAdGroupIds", NoCounterpart),
            ("isDefault", NoCounterpart),
            ("userlessSharedAadModeEnabled", NoCounterpart),
        ]
    );
    let mac = imported(Source::Graph, &file("graph_macos"));
    assert_eq!(
        lost(&mac),
        [
            ("adminAccountPassword", NoCounterpart),
            ("configurationEndpointUrl", NoCounterpart),
            ("enrollmentTimeAzureAdGroupIds", NoCounterpart),
            ("isDefault", NoCounterpart),
            ("requestRequiresNetworkTether", NoCounterpart),
        ]
    );
    let mobile = imported(Source::Jamf, &file("jamf_mobile"));
    assert_eq!(
        lost(&mobile),
        [
            ("defaultPrestage", NoCounterpart),
            ("deviceEnrollmentProgramInstanceId", NoCounterpart),
            ("installAppsDuringEnrollment", NoCounterpart),
            ("keepExistingLocationInformation", NoCounterpart),
            ("locationInformation", NoCounterpart),
            // A quota counts, and says how many there is room for.
            ("maximumSharedAccounts", Unused),
            ("minimumOsSpecificVersionIpad", NoCounterpart),
            ("prestageMinimumOsTargetVersionTypeIpad", NoCounterpart),
            ("preventActivationLock", NoCounterpart),
            ("sendTimezone", NoCounterpart),
            ("timezone", NoCounterpart),
        ]
    );
    let computer = imported(Source::Jamf, &file("jamf_computer"));
    assert_eq!(
        lost(&computer),
        [
            ("accountSettings.adminPassword", NoCounterpart),
            ("authenticationPrompt", NoCounterpart),
            ("defaultPrestage", NoCounterpart),
            ("deviceEnrollmentProgramInstanceId", NoCounterpart),
            ("enableRecoveryLock", NoCounterpart),
            ("keepExistingLocationInformation", NoCounterpart),
            ("locationInformation", NoCounterpart),
            ("prestageInstalledProfileIds", NoCounterpart),
            ("preventActivationLock", NoCounterpart),
            ("recoveryLockPassword", NoCounterpart),
            ("recoveryLockPasswordType", NoCounterpart),
        ]
    );
    for imported in [&ios, &mac, &mobile, &computer] {
        let said =
            format!("{} {:?} {}", imported.losses(), imported, serde_json::to_string(imported.losses()).unwrap());
        assert!(!said.contains("PLANTED"), "a password is shown: {said}");
        assert!(!imported.losses().iter().any(|loss| loss.kind() == Contradiction));
    }
}

#[test]
fn the_shared_ipad_of_graph_is_one_here() {
    let ios = imported(Source::Graph, &file("graph_ios"));
    let (profile, wire) = (ios.profile(), ios.profile().wire());
    assert_eq!((profile.name(), profile.description()), ("Class iPads", Some("Grade 4, north building")));
    assert_eq!(wire.url.as_deref(), Some("https://mdm.example.com/enroll"));
    assert_eq!((wire.configuration_web_url.as_ref(), wire.department.as_deref()), (None, Some("IT desk")));
    assert_eq!(wire.support_phone_number.as_deref(), Some("+31 20 555 0100"));
    assert_eq!(
        (
            wire.is_multi_user,
            wire.is_supervised,
            wire.is_mdm_removable,
            wire.allow_pairing,
            wire.await_device_configured
        ),
        (Some(true), Some(true), Some(false), Some(false), Some(true))
    );
    assert_eq!(wire.supervising_host_certs.as_ref().map(Vec::len), Some(1));
    assert_eq!(
        skipped(profile).into_iter().collect::<BTreeSet<_>>(),
        [
            "Appearance",
            "Intelligence",
            "Location",
            "Payment",
            "Privacy",
            "Restore",
            "ScreenTime",
            "Siri",
            "SoftwareUpdate",
            "TOS",
            "UpdateCompleted",
            "Welcome",
            "iMessageAndFaceTime",
        ]
        .into()
    );
    assert_eq!(profile.device_name().unwrap().as_str(), "Class {{DEVICETYPE}} {{SERIAL}}");
    assert_eq!(profile.cellular_plan().unwrap().activation_server(), "https://esim.example.com/activate");
    let settings = profile.mode().shared_ipad().unwrap().shared_device_configuration();
    assert_eq!((settings.resident_users, settings.user_session_timeout), (Some(12), Some(300)));
    assert_eq!(settings.temporary_session_timeout, Some(900));
    assert_eq!(settings.passcode_policy.unwrap().passcode_lock_grace_period, Some(60));
}
