use std::fmt;

use http::{HeaderValue, Method, Request, Response, header};

use super::endpoint::{self, Endpoint};
use super::oauth::{Credentials, authorization};
use super::service::Service;
use crate::error::{AnswerError, Error, Refusal, RequestError};
use crate::secret::SecretString;
use crate::stamp::Stamp;

/// `GET /session`: signs in with a server token.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/authenticating-for-automated-device-enrollment).
/// [`Session`](crate::session::Session) does this where it is needed.
#[doc(alias = "auth_session_token")]
#[doc(alias = "/session")]
#[derive(Clone, Copy)]
pub struct SignIn<'t> {
    credentials: Credentials<'t>,
    stamp: Stamp,
}

impl<'t> SignIn<'t> {
    /// A sign-in; make a new stamp for each.
    pub fn new(credentials: Credentials<'t>, stamp: Stamp) -> Self {
        Self { credentials, stamp }
    }
}

impl fmt::Debug for SignIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

#[derive(serde::Deserialize)]
struct Answer {
    auth_session_token: SecretString,
}

impl Endpoint for SignIn<'_> {
    /// The session, for the header `X-ADM-Auth-Session` of every other call.
    type Response = SecretString;

    const CALL: &'static str = "GET /session";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        let mut request = endpoint::request(service, Method::GET, "/session")?;
        let header = authorization("GET", request.uri(), &self.credentials, &self.stamp);
        // Everything in it is percent-encoded, so that it always is a header's value.
        let mut value = HeaderValue::from_str(header.expose_secret()).map_err(|_| RequestError::Malformed {
            call: Self::CALL,
            field: "Authorization",
            found: String::from("(withheld)"),
            expected: "a line of visible ASCII characters",
        })?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
        // The old simulator demands it even here.
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF8"));
        Ok(request)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<SecretString, Error> {
        if !response.status().is_success() {
            let refusal = Refusal::read(Self::CALL, response).with_request_time(self.stamp.now());
            let [key, token] = self.credentials.in_the_header();
            let sent = [key, token, "auth_session_token"];
            return Err(sent.iter().fold(refusal.into(), |error: Error, sent| error.without_echo(response, sent)));
        }
        // A message about this body must not show the session in it.
        let withhold = |problem: &str| AnswerError::new(Self::CALL, response, problem).without_body(response.body());
        if response.body().len() > endpoint::LARGEST_ANSWER {
            return Err(withhold("it is longer than 64 MiB").into());
        }
        let text = endpoint::text(Self::CALL, response)?;
        match serde_json::from_str::<Answer>(&text) {
            Ok(answer)
                if HeaderValue::from_str(answer.auth_session_token.expose_secret()).is_ok_and(|v| !v.is_empty()) =>
            {
                Ok(answer.auth_session_token)
            }
            Ok(_) => Err(withhold("`auth_session_token` is empty or cannot be a header's value").into()),
            Err(error) => {
                Err(withhold(&format!("it has no readable `auth_session_token` ({:?})", error.classify())).into())
            }
        }
    }
}
