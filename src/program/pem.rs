//! A certificate as PEM, for serde.

use serde::{Deserialize, Deserializer, Serializer};

use crate::pki::certificate::Certificate;

pub(super) fn serialize<S: Serializer>(certificate: &Certificate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&certificate.to_pem())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Certificate, D::Error> {
    Certificate::from_pem(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}
