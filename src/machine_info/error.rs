use crate::pki::cms::SignedError;
use crate::pki::trust::VerifyError;

/// Why a request holds no signed MachineInfo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The request says that its body is something else.
    #[error(
        "the body is {found:?}, not application/pkcs7-signature; a device posts its signed MachineInfo to the profile's `url`"
    )]
    MediaType {
        /// The beginning of the `Content-Type`.
        found: String,
    },
    /// There is nothing.
    #[error("there is no signed MachineInfo, the {place} is empty")]
    Empty {
        /// Where it should be.
        place: &'static str,
    },
    /// The request has no header `x-apple-aspen-deviceinfo`: a browser, or not the first page that the device loads.
    #[error(
        "there is no header x-apple-aspen-deviceinfo; a device sends it with the first page of `configuration_web_url` alone, so keep what it says in your session"
    )]
    NoHeader,
    /// Several such headers.
    #[error("there are {count} headers x-apple-aspen-deviceinfo, and it cannot be said which is the device's")]
    Headers {
        /// How many.
        count: usize,
    },
    /// The header is not base64.
    #[error("the header is not base64 at its character {offset}")]
    Base64 {
        /// The place of the first character that does not belong there, counted from 0; the length if it is cut short.
        offset: usize,
    },
    /// Longer than any MachineInfo.
    #[error("the {place} is longer than a MachineInfo can be, {limit} bytes")]
    TooLarge {
        /// Where it is.
        place: &'static str,
        /// How long it may be.
        limit: usize,
    },
    /// It is not a signed message with one signer and its content.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// The content is declared as something of CMS or a standard upon it.
    #[error("what is signed is of the type {oid}, not plain data (1.2.840.113549.1.7.1)")]
    NotData {
        /// The object identifier of the type.
        oid: String,
    },
}

/// Why a signed MachineInfo is not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UntrustedError {
    /// Its signature, its signer or the signer's chain is refused. Answer with 401 or 403, and log why.
    #[error(transparent)]
    Signature(#[from] VerifyError),
    /// It is signed as it should be, and its content is not a property list of a device.
    #[error("the signed content is not a MachineInfo: {0}")]
    Content(#[from] ContentError),
}

/// Why some bytes are not the property list of a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// Neither XML nor a binary property list.
    #[error("it is not a property list; one begins with <?xml or bplist00")]
    NotPlist,
    /// Something in XML that no property list of Apple's has and that readers lose: entities of its own, or CDATA.
    #[error("it has {what} at byte {offset}, which no property list of a device has")]
    Markup {
        /// What it has.
        what: &'static str,
        /// Where, counted from 0.
        offset: usize,
    },
    /// A property list of something else than a dictionary.
    #[error("it is a property list, but no dictionary")]
    NotDictionary,
    /// The property list is malformed.
    #[error("the property list is malformed: {reason}")]
    Malformed {
        /// Why and where.
        reason: String,
    },
    /// More values, or deeper, than any device sends.
    #[error("the property list has more than {limit} {what}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: usize,
    },
    /// A key is there twice, and which value counts would depend on the reader.
    #[error("the key {key:?} is there twice")]
    Twice {
        /// The key, cut at 40 characters.
        key: String,
    },
}
