//! Refusals by their word, and the responses of Apple's old simulator by their name.

use super::kind::Fault;
use super::rule::FaultRule;

/// Every word of the service with its usual status.
const WORDS: &[(&str, u16)] = &[
    ("ACCESS_DENIED", 403),
    ("APPLE_SEED_FOR_IT_TURNED_OFF", 403),
    ("CONFIG_NAME_INVALID", 400),
    ("CONFIG_NAME_REQUIRED", 400),
    ("CONFIG_URL_INVALID", 400),
    ("CONFIG_URL_REQUIRED", 400),
    ("CURSOR_REQUIRED", 400),
    ("DEPARTMENT_INVALID", 400),
    ("DEPARTMENT_REQUIRED", 400),
    ("DESCRIPTION_INVALID", 400),
    ("DEVICE_ID_REQUIRED", 400),
    ("DEVICE_NOT_FOUND", 404),
    ("EXHAUSTED_CURSOR", 400),
    ("EXPIRED_CURSOR", 400),
    ("FLAGS_INVALID", 400),
    ("FORBIDDEN", 403),
    ("INVALID_CURSOR", 400),
    ("LOCALE_INVALID", 400),
    ("MAGIC_INVALID", 400),
    ("MALFORMED_REQUEST_BODY", 400),
    ("MDM_SERVICE_DISCOVERY_URL_NOT_VALID", 400),
    ("MDM_SERVICE_DISCOVERY_URL_REQUIRED", 400),
    ("NOT_FOUND", 404),
    ("ORG_NOT_SUPPORTED", 400),
    ("PROFILE_NOT_FOUND", 400),
    ("PROFILE_UUID_REQUIRED", 400),
    ("SUPPORT_EMAIL_INVALID", 400),
    ("SUPPORT_PHONE_INVALID", 400),
    ("SUPPORT_PHONE_REQUIRED", 400),
    ("TOO_MANY_REQUESTS", 429),
    ("T_C_NOT_SIGNED", 403),
    ("UNAUTHORIZED", 401),
    ("USER_AGENT_INVALID", 400),
    ("USER_AGENT_MISSING", 400),
    ("internal_server_error", 500),
    ("message_format_error", 400),
    ("oauth_problem_advice", 401),
    ("signature_invalid", 401),
    ("token_expired", 403),
    ("token_rejected", 401),
];

/// The lists of the old simulator's configuration, with the call that each is about.
const LISTS: &[(&str, &str)] = &[
    ("get_session_responses", "GET /session"),
    ("get_account_responses", "GET /account"),
    ("post_server_devices_responses", "POST /server/devices"),
    ("post_devices_sync_responses", "POST /devices/sync"),
    ("post_devices_responses", "POST /devices"),
    ("post_devices_disown_responses", "POST /devices/disown"),
    ("post_profile_responses", "POST /profile"),
    ("put_profile_devices_responses", "PUT /profile/devices"),
    ("get_profile_responses", "GET /profile"),
    ("delete_profile_devices_responses", "DELETE /profile/devices"),
];

impl Fault {
    /// A refusal by its word with the status it usually comes with; `None` for a word that is not known.
    ///
    /// ```
    /// use apple_ade::simulator::Fault;
    ///
    /// let expected = Fault::Refusal { status: 403, word: "T_C_NOT_SIGNED".into() };
    /// assert_eq!(Fault::refusal("T_C_NOT_SIGNED"), Some(expected));
    /// assert_eq!(Fault::refusal("OUT_OF_COFFEE"), None);
    /// ```
    pub fn refusal(word: &str) -> Option<Self> {
        let (word, status) = WORDS.iter().find(|(known, _)| *known == word)?;
        Some(Self::Refusal { status: *status, word: (*word).to_owned() })
    }
}

impl FaultRule {
    /// A response of Apple's old simulator by the names in its configuration: the list, and the response. It comes once.
    ///
    /// The old simulator put its words in double quotes; [`Settings::quoted_errors`](crate::simulator::Settings::quoted_errors)
    /// does so here. `None` when there is no such list or response.
    ///
    /// ```
    /// use apple_ade::simulator::FaultRule;
    ///
    /// let rule = FaultRule::old_simulator("post_devices_sync_responses", "bad_request_cursor_required").unwrap();
    /// assert_eq!(rule.call.as_deref(), Some("POST /devices/sync"));
    /// ```
    pub fn old_simulator(list: &str, response: &str) -> Option<Self> {
        let (_, call) = LISTS.iter().find(|(known, _)| *known == list)?;
        let signing_in = list == "get_session_responses";
        let word = |status, word: &str| Some(Fault::Refusal { status, word: word.to_owned() });
        let fault = match response {
            "bad_request" => word(400, "oauth_problem_adviceBad Request"),
            "unauthorized" if signing_in => word(401, "oauth_problem_adviceUnauthorized"),
            "invalid_method" => word(405, ""),
            "success" | "not_found" | "not_accessible" | "failed" => {
                Some(Fault::DeviceStatus { status: response.to_ascii_uppercase() })
            }
            _ => {
                let known = ["bad_request_", "forbidden_"].iter().find_map(|status| response.strip_prefix(status));
                Fault::refusal(&known.unwrap_or(response).to_ascii_uppercase())
            }
        };
        Some(Self::new(fault?).on(*call).times(1))
    }
}
