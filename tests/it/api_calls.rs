//! Every call of the service with an answer that Apple's pages describe, for the tests that go through all of them.

use std::fmt::Debug;
use std::sync::LazyLock;

use apple_ade::Stamp;
use apple_ade::api::oauth::Credentials;
use apple_ade::api::profile::Profile;
use apple_ade::api::{
    AssignAccountDrivenProfile, AssignProfile, DefineProfile, DisownDevices, EnableActivationLock, Endpoint,
    FetchDevices, GetAccount, GetAccountDrivenProfile, GetBetaEnrollmentTokens, GetDeviceDetails, GetProfile,
    GetReplacementDetails, RemoveAccountDrivenProfile, RemoveProfile, Service, SignIn, SyncDevices,
};
use apple_ade::error::{Error, RequestError};
use apple_ade::id::{Cursor, ProfileUuid, SerialNumber};
use apple_ade::secret::SecretString;

pub(crate) type Response = http::Response<Vec<u8>>;

/// The hash of a bypass code, from Apple's article "Creating and using bypass codes".
pub(crate) const HASH: &str = "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5";

/// A call whose types do not show.
pub(crate) trait Call {
    fn name(&self) -> &'static str;
    fn request(&self, service: &Service) -> Result<http::Request<Vec<u8>>, RequestError>;
    /// Reads an answer.
    fn parse(&self, response: &Response) -> Result<Box<dyn Debug>, Error>;
    /// A body that Apple answers with.
    fn good(&self) -> &'static str;
}

struct Case<E> {
    endpoint: E,
    good: &'static str,
}

impl<E: Endpoint<Response: Debug + 'static>> Call for Case<E> {
    fn name(&self) -> &'static str {
        E::CALL
    }

    fn request(&self, service: &Service) -> Result<http::Request<Vec<u8>>, RequestError> {
        self.endpoint.to_request(service)
    }

    fn parse(&self, response: &Response) -> Result<Box<dyn Debug>, Error> {
        Ok(Box::new(self.endpoint.parse_response(response)?))
    }

    fn good(&self) -> &'static str {
        self.good
    }
}

pub(crate) const UUID: &str = "C1F123098EB5074580041E69883004C3";

pub(crate) fn serial() -> SerialNumber {
    "C02T0HL0GGC0".parse().unwrap()
}

pub(crate) fn serials() -> [SerialNumber; 2] {
    [serial(), "C02T0HL0GGC1".parse().unwrap()]
}

pub(crate) fn uuid() -> ProfileUuid {
    UUID.parse().unwrap()
}

pub(crate) fn cursor() -> Cursor {
    "MDowOjE1MzY0Mjc2OTg5MTQ6MTUzNjQyNzY5ODkxNDp0cnVlOjE1MzY0Mjc2OTg5MTQ".parse().unwrap()
}

pub(crate) fn sign_in() -> SignIn<'static> {
    static SECRETS: LazyLock<[SecretString; 4]> =
        LazyLock::new(|| ["CK_48dd", "CS_34c7", "AT_9276", "AS_c31a"].map(SecretString::new));
    let [key, secret, token, access] = &*SECRETS;
    let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [7; 16]);
    SignIn::new(Credentials::new(key, secret, token, access), stamp)
}

pub(crate) const PAGE: &str = r#"{"cursor":"MDowOjE1","devices":[{"serial_number":"C02T0HL0GGC0","model":"iPad",
    "profile_assign_time":"2024-10-03T09:35:18Z","imei":["490154203237518"]}],"fetched_until":"2018-09-08T17:28:18Z",
    "more_to_follow":false}"#;

/// All sixteen, in the order of the table in the documentation of `apple_ade::api`.
pub(crate) fn all() -> Vec<Box<dyn Call>> {
    fn case<E: Endpoint<Response: Debug + 'static> + 'static>(endpoint: E, good: &'static str) -> Box<dyn Call> {
        Box::new(Case { endpoint, good })
    }
    const STATUSES: &str = r#"{"devices":{"C02T0HL0GGC0":"SUCCESS","C02T0HL0GGC1":"NOT_ACCESSIBLE"}}"#;
    vec![
        case(sign_in(), r#"{"auth_session_token":"1526000000000-1-a"}"#),
        case(
            GetAccount,
            r#"{"server_name":"School","urls":[{"uri":"/profile","http_method":["GET"],
            "limit":{"default":100,"maximum":1000}}]}"#,
        ),
        case(FetchDevices::after(cursor()).with_limit(500), PAGE),
        case(SyncDevices::since(cursor()).with_limit(500), PAGE),
        case(
            GetDeviceDetails::new(serials()),
            r#"{"devices":{"C02T0HL0GGC0":{"serial_number":"C02T0HL0GGC0",
            "response_status":"SUCCESS"}}}"#,
        ),
        case(DisownDevices::permanently_release(serials()), STATUSES),
        case(
            DefineProfile::new(Profile::new("Class iPads", "https://mdm.example.com/enroll")),
            r#"{"profile_uuid":"C1F123098EB5074580041E69883004C3","devices":{"C02T0HL0GGC0":"SUCCESS"}}"#,
        ),
        case(
            GetProfile::new(uuid()),
            r#"{"profile_uuid":"C1F123098EB5074580041E69883004C3",
            "profile_name":"Class iPads","url":"https://mdm.example.com/enroll","skip_setup_items":["Siri"]}"#,
        ),
        case(
            AssignProfile::new(uuid(), serials()),
            r#"{"profile_uuid":"C1F123098EB5074580041E69883004C3",
            "devices":{"C02T0HL0GGC0":"THROTTLED"},"retry_after_seconds":86400}"#,
        ),
        case(RemoveProfile::new(serials()).with_profile(uuid()), STATUSES),
        case(
            EnableActivationLock::new(serial()).with_escrow_key(HASH).with_lost_message("Please call"),
            r#"{"serial_number":"C02T0HL0GGC0","response_status":"SUCCESS"}"#,
        ),
        case(
            GetReplacementDetails::new(serial()),
            r#"{"serial_number":"C02T0HL0GGC0","original_device_serial_number":"C02T0HL0GGC1",
            "replacement_date":"2026-06-23"}"#,
        ),
        case(GetBetaEnrollmentTokens, r#"{"betaEnrollmentTokens":[{"token":"a1","title":"iOS 27 Beta","os":"iOS"}]}"#),
        case(AssignAccountDrivenProfile::new("https://mdm.example.com/discovery"), ""),
        case(
            GetAccountDrivenProfile,
            r#"{"mdm_service_discovery_url":"https://mdm.example.com/discovery",
            "last_updated_timestamp":"2026-06-23T08:00:00Z"}"#,
        ),
        case(RemoveAccountDrivenProfile, ""),
    ]
}

pub(crate) fn answer(status: u16, body: impl Into<Vec<u8>>) -> Response {
    http::Response::builder().status(status).body(body.into()).unwrap()
}
