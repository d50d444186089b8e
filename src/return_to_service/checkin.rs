//! The check-in `ReturnToService`.

use std::fmt;

use plist::{Dictionary, Value};

use crate::command::ReturnToService;
use crate::property_list::{self, KeysAlone, Node, PropertyListError};
use crate::secret::SecretBytes;

/// The check-in message `ReturnToService` of a device that wants to be returned: its user has asked for it, or its idle time-out is over.
///
/// iOS and visionOS 26.0, by Apple's schema; only visionOS sends it so far. Unknown keys are kept. See Apple's
/// [`ReturnToServiceRequest`](https://developer.apple.com/documentation/devicemanagement/returntoservicerequest).
///
/// ```
/// use apple_ade::return_to_service::{ReturnReply, ReturnRequest, ReturnToService};
///
/// let request = ReturnRequest::read(b"<plist version=\"1.0\"><dict>
///     <key>MessageType</key><string>ReturnToService</string><key>UDID</key><string>00008112-000000000000001E</string>
/// </dict></plist>")?;
/// assert_eq!(request.udid.as_deref(), Some("00008112-000000000000001E"));
///
/// let reply = ReturnReply::Return(ReturnToService::new().bootstrap_token(b"token".to_vec()));
/// assert!(std::str::from_utf8(reply.to_xml().expose_secret())?.contains("<key>BootstrapToken</key>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ReturnRequest {
    /// `UDID` of the device.
    pub udid: Option<String>,
    /// Every other key.
    pub extra: Dictionary,
}

/// The unknown keys without their values.
impl fmt::Debug for ReturnRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReturnRequest").field("udid", &self.udid).field("extra", &KeysAlone(&self.extra)).finish()
    }
}

/// A message that is no such request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReturnRequestError {
    /// It is no property list.
    #[error(transparent)]
    PropertyList(#[from] PropertyListError),
    /// It is another check-in message, or none.
    #[error("the message is no `ReturnToService`, but {found}; hand it to the check-in that it is for")]
    AnotherMessage {
        /// `MessageType`, or what there is in its place.
        found: String,
    },
}

/// What the device is answered.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReturnReply {
    /// It is not returned: `Enabled` false.
    Stay,
    /// It is erased, and enrolls again.
    Return(ReturnToService),
    /// As before, and the eSIM keeps its plan: `PreserveDataPlan`. iOS and iPadOS 26.4.
    ReturnWithDataPlan(ReturnToService),
}

impl ReturnRequest {
    /// Reads what a device has sent to the check-in URL.
    ///
    /// # Errors
    ///
    /// [`ReturnRequestError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReturnRequestError> {
        const MOST: usize = 40;
        let another = |found: &str| ReturnRequestError::AnotherMessage { found: found.chars().take(MOST).collect() };
        let Value::Dictionary(mut keys) = property_list::read(bytes)? else {
            return Err(another("no dictionary"));
        };
        match keys.remove("MessageType") {
            Some(Value::String(message)) if message == "ReturnToService" => {}
            Some(Value::String(message)) => return Err(another(&message)),
            _ => return Err(another("a message without `MessageType`")),
        }
        let udid = keys.get("UDID").and_then(Value::as_string).map(str::to_owned);
        if udid.is_some() {
            keys.remove("UDID");
        }
        Ok(Self { udid, extra: keys })
    }
}

impl ReturnReply {
    /// The body of the answer, an XML property list.
    pub fn to_xml(&self) -> SecretBytes {
        let (back, preserve) = match self {
            Self::Stay => (Node::Keys(vec![("Enabled", Node::Bool(false))]), false),
            Self::Return(back) => (back.node(), false),
            Self::ReturnWithDataPlan(back) => (back.node(), true),
        };
        let preserve = preserve.then_some(Node::Bool(true));
        Node::keys([("ReturnToService", Some(back)), ("PreserveDataPlan", preserve)]).to_xml()
    }
}
