use http::{Method, Request, Response};
use serde::Serialize;

use super::endpoint::{self, Endpoint};
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::id::SerialNumber;
use crate::json::{object, open_enum};

/// `POST /device/activationlock`: locks a device to the organisation.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/activation-lock-devices).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EnableActivationLock {
    /// `device`
    pub device: SerialNumber,
    /// `escrow_key`: the hash of a bypass code, 64 hexadecimal digits. Without it the device is locked to whoever made the
    /// server in Apple's portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escrow_key: Option<String>,
    /// `lost_message`: shown on the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_message: Option<String>,
}

open_enum! {
    /// What became of a request to lock a device.
    ActivationLockStatus, "a status" {
        /// The device is locked.
        Success = "SUCCESS",
        /// The device is not assigned to this server.
        NotAccessible = "NOT_ACCESSIBLE",
        /// This kind of organisation cannot lock devices.
        OrgNotSupported = "ORG_NOT_SUPPORTED",
        /// This kind of device cannot be locked.
        DeviceNotSupported = "DEVICE_NOT_SUPPORTED",
        /// It was locked before, to a user or by the organisation.
        DeviceAlreadyLocked = "DEVICE_ALREADY_LOCKED",
        /// Apple failed.
        Failed = "FAILED",
    }
}

object! {
    /// What became of the request.
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/activationlockstatusresponse).
    ActivationLockResponse, "an object with `response_status`" {
        /// `serial_number`
        serial_number: SerialNumber,
        /// `response_status`
        response_status: ActivationLockStatus,
    }
}

impl EnableActivationLock {
    /// Locks a device.
    pub fn new(device: SerialNumber) -> Self {
        Self { device, escrow_key: None, lost_message: None }
    }

    /// Sets the hash of the bypass code that unlocks it.
    #[must_use]
    pub fn with_escrow_key(mut self, hash: impl Into<String>) -> Self {
        self.escrow_key = Some(hash.into());
        self
    }

    /// Sets the message on the device.
    #[must_use]
    pub fn with_lost_message(mut self, message: impl Into<String>) -> Self {
        self.lost_message = Some(message.into());
        self
    }
}

impl Endpoint for EnableActivationLock {
    type Response = ActivationLockResponse;

    const CALL: &'static str = "POST /device/activationlock";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        if let Some(key) = &self.escrow_key
            && (key.len() != 64 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return Err(RequestError::Malformed {
                call: Self::CALL,
                field: "escrow_key",
                // It might be the bypass code itself, which is a secret.
                found: format!("a text of {} bytes", key.len()),
                expected: "the hash of a bypass code: 64 hexadecimal digits, not the code itself",
            });
        }
        // To Apple an empty text is not the same as none.
        let mut body = self.clone();
        body.lost_message.take_if(|message| message.is_empty());
        endpoint::json_request(service, Method::POST, Self::CALL, "/device/activationlock", &body)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<ActivationLockResponse, Error> {
        endpoint::read(Self::CALL, response)
    }
}
