use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::confidential::Confidential;
use super::terms::{Administrator, Terms};

/// The customer: what `/account` tells about it, and whether it may use the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Organisation {
    /// The name.
    pub name: String,
    /// The e-mail address of its administrator.
    pub email: String,
    /// The phone number.
    pub phone: String,
    /// The postal address.
    pub address: String,
    /// The customer number.
    pub id: String,
    /// The hash of the customer number, as the Apps and Books service has it.
    pub id_hash: String,
    /// `org` or `edu`.
    pub kind: String,
    /// Who works for it in the portal.
    pub administrators: Vec<Administrator>,
    /// Whether an administrator has accepted the current terms; else every call ends in 403 `T_C_NOT_SIGNED`.
    pub terms_signed: bool,
    /// The current terms.
    pub terms: Terms,
    /// Whether the organisation may use the service; else 403 `ACCESS_DENIED`.
    pub access: bool,
    /// Where account-driven enrollment finds the MDM: the URL and when it was stored.
    pub discovery: Option<Discovery>,
}

/// The account-driven enrollment profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Discovery {
    /// The service discovery URL.
    pub url: String,
    /// When it was stored.
    pub updated: DateTime<Utc>,
}

/// An MDM server as the organisation's portal lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Server {
    /// 32 hexadecimal digits.
    pub uuid: String,
    /// The name in the portal.
    pub name: String,
    /// The account that downloaded the token.
    pub admin_id: String,
    pub(super) token: Credentials,
    /// Access tokens that a newer download has replaced.
    pub(super) replaced: Vec<Confidential>,
    /// The uploaded certificate in DER.
    pub(super) certificate: Option<Vec<u8>>,
    pub(super) profiles: BTreeMap<String, Map<String, Value>>,
    /// The devices in the order of their arrival.
    pub(super) places: BTreeMap<u64, String>,
    pub(super) next_place: u64,
    pub(super) changes: Vec<Change>,
}

impl Server {
    /// When the server token in force expires.
    pub fn token_expiry(&self) -> DateTime<Utc> {
        self.token.expiry
    }

    /// How many devices are assigned to the server.
    pub fn device_count(&self) -> usize {
        self.places.len()
    }

    /// How many profiles were defined.
    pub fn profile_count(&self) -> usize {
        self.profiles.len()
    }
}

/// The credentials of a server token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Credentials {
    pub(super) consumer_key: Confidential,
    pub(super) consumer_secret: Confidential,
    pub(super) access_token: Confidential,
    pub(super) access_secret: Confidential,
    pub(super) expiry: DateTime<Utc>,
    /// Whether it left the portal, so that the next download replaces it.
    pub(super) downloaded: bool,
}

/// A session that a server signed in for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) server: String,
    pub(super) expires: DateTime<Utc>,
    pub(super) calls: u32,
}

/// One thing that happened to a device of a server; `/devices/sync` tells them in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) serial: String,
    pub(super) kind: ChangeKind,
    pub(super) at: DateTime<Utc>,
    /// For a deletion: whether the device was exchanged for another.
    pub(super) replaced: bool,
}

/// The values of `op_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChangeKind {
    Added,
    Modified,
    Deleted,
}
