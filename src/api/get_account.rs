use http::{Method, Request, Response};

use super::endpoint::{self, Endpoint};
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::json::{object, open_enum};

/// How many devices a page holds, and how many serial numbers a request takes, unless `/account` says otherwise.
pub const DEFAULT_LIMIT: u32 = 1000;

/// `GET /account`: which organisation and which server this token is for, and what the service offers.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/accountdetail).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GetAccount;

open_enum! {
    /// The kind of an organisation.
    OrgType, "a kind of organisation" {
        /// A school, with Apple School Manager.
        Education = "edu",
        /// A business, with Apple Business Manager.
        Organization = "org",
        /// A television provider.
        TvProvider = "tvprovider",
    }
}

open_enum! {
    /// The generation of an organisation's programme. Do not decide by it: Apple's prose and real answers disagree.
    OrgVersion, "a generation of the programme" {
        /// Apple Deployment Programs.
        V1 = "v1",
        /// Apple School Manager; businesses have it, too.
        V2 = "v2",
    }
}

open_enum! {
    /// A method that a path takes.
    HttpMethod, "an HTTP method" {
        /// Removes.
        Delete = "DELETE",
        /// Reads.
        Get = "GET",
        /// Writes.
        Post = "POST",
        /// Writes.
        Put = "PUT",
    }
}

object! {
    /// The organisation and the server that a token belongs to.
    ///
    /// The version in a field's line is the lowest protocol version at which Apple sends it.
    AccountDetail, "an account" {
        /// `server_name`: the name given to this MDM server in Apple's portal.
        server_name: String,
        /// `server_uuid`: Apple's id of this MDM server.
        server_uuid: String,
        /// `admin_id`: the Apple Account that made the current token.
        admin_id: String,
        /// `facilitator_id`: the same under its old name. Deprecated.
        facilitator_id: String,
        /// `org_name`
        org_name: String,
        /// `org_email`
        org_email: String,
        /// `org_phone`
        org_phone: String,
        /// `org_address`
        org_address: String,
        /// `org_id` (3): the customer's id.
        org_id: String,
        /// `org_id_hash` (3): equals `organizationIdHash` in the client configuration of Apps and Books.
        org_id_hash: String,
        /// `org_type` (3)
        org_type: OrgType,
        /// `org_version` (3)
        org_version: OrgVersion,
        /// `urls` (3): the calls that the service offers.
        urls: Vec<Url>,
    }
}

object! {
    /// A path of the service. [Apple's page](https://developer.apple.com/documentation/devicemanagement/url).
    Url, "a path with its methods" {
        /// `uri`: the path.
        uri: String,
        /// `http_method`
        http_method: Vec<HttpMethod>,
        /// `limit`: how many entries a request may ask for.
        limit: Limit,
    }
}

object! {
    /// How many entries a request may ask for. [Apple's page](https://developer.apple.com/documentation/devicemanagement/limit).
    Limit, "a default and a maximum" {
        /// `default`: what applies where a request does not say.
        default: u32,
        /// `maximum`
        maximum: u32,
    }
}

impl AccountDetail {
    /// The limit that is advertised for a path, as in `/server/devices`.
    pub fn limit(&self, path: &str) -> Option<&Limit> {
        self.urls.as_ref()?.iter().find(|url| url.uri.as_deref() == Some(path))?.limit.as_ref()
    }

    /// How many devices to ask for in a page: the advertised maximum, else 1000.
    pub fn page_size(&self) -> u32 {
        self.most("/server/devices")
    }

    /// How many serial numbers to put into one request: the advertised maximum, else 1000, as Apple advises.
    pub fn batch_size(&self) -> u32 {
        self.most("/profile/devices")
    }

    fn most(&self, path: &str) -> u32 {
        let limit = self.limit(path).and_then(|limit| limit.maximum.or(limit.default));
        limit.filter(|most| *most > 0).unwrap_or(DEFAULT_LIMIT)
    }
}

impl Endpoint for GetAccount {
    type Response = AccountDetail;

    const CALL: &'static str = "GET /account";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::request(service, Method::GET, "/account")
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<AccountDetail, Error> {
        endpoint::read(Self::CALL, response)
    }
}
