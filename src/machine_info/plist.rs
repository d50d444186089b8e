//! Reading a property list that anybody can have written, within the bounds of what devices send.

use ::plist::{Dictionary, Value};

use super::ContentError;
use crate::property_list::{Bounds, PropertyListError, read_within};

/// A device sends two levels, a dozen keys and less than a kilobyte.
struct Device;

impl Bounds for Device {
    const BYTES: usize = 0x40000;
    const DEEP: usize = 16;
    const VALUES: usize = 1024;
}

/// The dictionary in XML or binary form.
pub(super) fn read(bytes: &[u8]) -> Result<Dictionary, ContentError> {
    match read_within::<Device>(bytes) {
        Ok(Value::Dictionary(dictionary)) => Ok(dictionary),
        Ok(_) => Err(ContentError::NotDictionary),
        Err(error) => Err(refused(error)),
    }
}

/// The same with the bounds of a device's list.
fn refused(error: PropertyListError) -> ContentError {
    use PropertyListError as Error;

    match error {
        Error::Empty | Error::NotAPropertyList => ContentError::NotPlist,
        Error::TooLarge { .. } => ContentError::TooMuch { what: "bytes", limit: Device::BYTES },
        Error::Unfolds => ContentError::TooMuch { what: "bytes of text and data", limit: Device::BYTES },
        Error::TooDeep => ContentError::TooMuch { what: "levels", limit: Device::DEEP },
        Error::TooMany => ContentError::TooMuch { what: "values", limit: Device::VALUES },
        Error::Twice { key } => ContentError::Twice { key },
        Error::Entity { offset } => ContentError::Markup { what: "an entity of its own", offset },
        Error::Cdata { offset } => ContentError::Markup { what: "a CDATA section", offset },
        Error::Syntax { problem } => ContentError::Malformed { reason: problem },
        // These two are of writing alone.
        error @ (Error::Character { .. } | Error::NoForm { .. }) => {
            ContentError::Malformed { reason: error.to_string() }
        }
    }
}
