//! Affinity and its authentication methods. What does not compile is in the docs of the types.

use apple_ade::affinity::{
    AuthMethod, Modern, PortalDelivery, PortalSource, UserAffinity, Vpp, VppTokenId, VppTokenIdError,
};

fn vpp() -> Vpp {
    Vpp::new("token-1".parse().unwrap())
}

/// Every combination that can be written, with its JSON and whether it supports MFA.
fn all() -> Vec<(AuthMethod, &'static str, bool)> {
    let locked = || vpp().single_app_until_sign_in(true);
    vec![
        (AuthMethod::CompanyPortal(PortalSource::AppStore), r#"{"company_portal":"app_store"}"#, true),
        (
            AuthMethod::CompanyPortal(locked().into()),
            r#"{"company_portal":{"vpp":{"token":"token-1","single_app_until_sign_in":true}}}"#,
            true,
        ),
        (AuthMethod::SetupAssistantLegacy(PortalDelivery::None), r#"{"setup_assistant_legacy":"none"}"#, false),
        (
            AuthMethod::SetupAssistantLegacy(PortalDelivery::AppStore),
            r#"{"setup_assistant_legacy":"app_store"}"#,
            false,
        ),
        (
            AuthMethod::SetupAssistantLegacy(vpp().into()),
            r#"{"setup_assistant_legacy":{"vpp":{"token":"token-1","single_app_until_sign_in":false}}}"#,
            false,
        ),
        (AuthMethod::SetupAssistantModern(Modern::JustInTime), r#"{"setup_assistant_modern":"just_in_time"}"#, true),
        (
            AuthMethod::SetupAssistantModern(Modern::Portal(PortalDelivery::None)),
            r#"{"setup_assistant_modern":{"portal":"none"}}"#,
            true,
        ),
        (
            AuthMethod::SetupAssistantModern(Modern::Portal(locked().into())),
            r#"{"setup_assistant_modern":{"portal":{"vpp":{"token":"token-1","single_app_until_sign_in":true}}}}"#,
            true,
        ),
    ]
}

/// AFF-1, AFF-8, AFF-9, CPV-6: with a method, or without any.
#[test]
fn they_are_written_and_read() {
    for (method, json, _) in all() {
        let affinity = UserAffinity::With(method.clone());
        let json = format!(r#"{{"with":{json}}}"#);
        assert_eq!(serde_json::to_string(&affinity).unwrap(), json);
        assert_eq!(serde_json::from_str::<UserAffinity>(&json).unwrap(), affinity);
        assert_eq!(affinity.method(), Some(&method));
    }
    assert_eq!(serde_json::to_string(&UserAffinity::Without).unwrap(), r#""without""#);
    assert_eq!(serde_json::from_str::<UserAffinity>(r#""without""#).unwrap().method(), None);
}

/// AFF-10.
#[test]
fn only_legacy_sign_in_is_without_mfa() {
    for (method, json, mfa) in all() {
        assert_eq!(method.supports_mfa(), mfa, "{json}");
    }
}

/// AFF-12, CPV-10: how the app arrives, and where the device may be locked to it.
#[test]
fn the_portal_app_arrives_as_the_method_says() {
    for (method, json, _) in all() {
        let portal = method.portal();
        let expected = match json {
            json if json.contains("vpp") => Some(json.contains(":true")),
            _ => None,
        };
        assert_eq!(method.vpp().map(Vpp::is_single_app_until_sign_in), expected, "{json}");
        assert_eq!(method.vpp().map(|vpp| vpp.token().as_str()), expected.map(|_| "token-1"), "{json}");
        assert_eq!(matches!(portal, PortalDelivery::Vpp(_)), expected.is_some(), "{json}");
        assert_eq!(portal == PortalDelivery::AppStore, json.contains("app_store"), "{json}");
        let none = json.contains("none") || json.contains("just_in_time");
        assert_eq!(portal == PortalDelivery::None, none, "{json}");
    }
    assert!(Modern::JustInTime.is_just_in_time() && !Modern::Portal(PortalDelivery::None).is_just_in_time());
}

/// JSON has no more ways than the types.
#[test]
fn what_cannot_be_written_cannot_be_read() {
    for json in [
        r#"{"without":{"setup_assistant_modern":"just_in_time"}}"#,
        r#""with""#,
        r#"{"with":null}"#,
        r#"{"with":{"company_portal":"none"}}"#,
        r#"{"with":{"setup_assistant_modern":{"just_in_time":"app_store"}}}"#,
        r#"{"with":{"setup_assistant_legacy":{"app_store":{"single_app_until_sign_in":true}}}}"#,
        r#"{"with":{"company_portal":{"vpp":{"single_app_until_sign_in":true}}}}"#,
        r#"{"with":{"company_portal":{"vpp":{"token":""}}}}"#,
        r#"{"with":{"company_portal":{"vpp":{"token":"a","single_app":true}}}}"#,
        r#"{"with":{"company_portal":"app_store","setup_assistant_legacy":"none"}}"#,
    ] {
        assert!(serde_json::from_str::<UserAffinity>(json).is_err(), "{json}");
    }
}

#[test]
fn the_name_of_a_token_is_checked() {
    assert_eq!(" a b \n".parse::<VppTokenId>().unwrap().to_string(), "a b");
    assert_eq!("é".repeat(255).parse::<VppTokenId>().unwrap().as_str().len(), 510);
    assert_eq!(" \t".parse::<VppTokenId>(), Err(VppTokenIdError::Empty));
    assert_eq!("a\tb".parse::<VppTokenId>(), Err(VppTokenIdError::ControlCharacter { position: 2 }));
    let token = "c2VjcmV0".repeat(40);
    let error = token.parse::<VppTokenId>().unwrap_err();
    assert_eq!(error, VppTokenIdError::TooLong { found: 320 });
    assert_eq!(
        error.to_string(),
        "the name of a VPP token has 320 characters, and may have 255; give its name, and not the token itself"
    );
}
