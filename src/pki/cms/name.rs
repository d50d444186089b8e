use std::fmt;

use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

/// A distinguished name: its DER as it came, and a text. Two are equal if either is.
#[derive(Clone)]
pub struct Name {
    der: Vec<u8>,
    text: String,
}

impl Name {
    pub(crate) fn new(der: &[u8]) -> Self {
        let text = X509Name::from_der(der).map_or_else(|_| String::from("(unreadable)"), |(_, name)| name.to_string());
        // It goes into messages and on terminals.
        let text = text.replace(char::is_control, "\u{FFFD}");
        Self { der: der.to_vec(), text }
    }

    /// As text, such as `CN=mdm.example.com, O=Example`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The DER encoding, as it came.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }
}

impl PartialEq for Name {
    /// The text counts too, since a library may write the same name with another string type.
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der || self.text == other.text && self.text != "(unreadable)"
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// A certificate's serial number; its text is upper-case hexadecimal, as `openssl x509 -serial` prints it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// From the content of the INTEGER; leading zeros do not count.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(bytes.len().saturating_sub(1));
        Self(bytes.get(zeros..).unwrap_or_default().to_vec())
    }

    /// The number, most significant byte first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}
