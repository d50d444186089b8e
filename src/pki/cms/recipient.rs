use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::{IntRef, OctetStringRef};
use der::{AnyRef, Reader, Sequence, SliceReader, Tag, TagNumber};
use spki::AlgorithmIdentifierRef;

use super::name::{Name, Serial};

/// One for whom a message was encrypted, by RSA key transport.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    id: RecipientId,
    key_encryption: KeyEncryption,
    wrapped_key: Vec<u8>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut recipient = f.debug_struct("Recipient");
        recipient.field("id", &self.id).field("key_encryption", &self.key_encryption);
        recipient.field("wrapped_key", &format_args!("{} bytes", self.wrapped_key.len())).finish()
    }
}

impl Recipient {
    /// Who it is.
    pub fn id(&self) -> &RecipientId {
        &self.id
    }

    /// How the content key was encrypted.
    pub fn key_encryption(&self) -> &KeyEncryption {
        &self.key_encryption
    }

    /// The encrypted content key.
    pub fn wrapped_key(&self) -> &[u8] {
        &self.wrapped_key
    }

    /// Reads a `RecipientInfo`; nothing if it is of a kind without RSA key transport.
    pub(super) fn read<'r>(reader: &mut SliceReader<'r>) -> der::Result<Option<Self>> {
        if reader.peek_tag()? != Tag::Sequence {
            reader.tlv_bytes()?;
            return Ok(None);
        }
        reader.sequence(|reader| {
            let _version: u8 = reader.decode()?;
            let by_key = Tag::ContextSpecific { constructed: false, number: TagNumber::N0 };
            let id = if reader.peek_tag()? == by_key {
                let id: AnyRef<'r> = reader.decode()?;
                RecipientId::KeyIdentifier(id.value().to_vec())
            } else {
                reader.sequence(|reader| {
                    let issuer = Name::new(reader.tlv_bytes()?);
                    let serial: IntRef<'r> = reader.decode()?;
                    Ok(RecipientId::IssuerSerial { issuer, serial: Serial::new(serial.as_bytes()) })
                })?
            };
            let algorithm: AlgorithmIdentifierRef<'r> = reader.decode()?;
            let wrapped_key: OctetStringRef<'r> = reader.decode()?;
            let key_encryption = KeyEncryption::read(&algorithm);
            Ok(Some(Self { id, key_encryption, wrapped_key: wrapped_key.as_bytes().to_vec() }))
        })
    }
}

/// How a message names one of its recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientId {
    /// By the certificate's issuer and serial number, as Apple does.
    IssuerSerial {
        /// The issuer.
        issuer: Name,
        /// The serial number.
        serial: Serial,
    },
    /// By the certificate's subject key identifier.
    KeyIdentifier(Vec<u8>),
}

impl fmt::Display for RecipientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IssuerSerial { issuer, serial } => write!(f, "issuer {issuer}, serial {serial}"),
            Self::KeyIdentifier(id) => {
                f.write_str("key identifier ")?;
                id.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
            }
        }
    }
}

/// How a content key was encrypted with an RSA key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEncryption {
    /// RSAES-PKCS1-v1_5, as in Apple's files.
    Pkcs1v15,
    /// RSAES-OAEP, with MGF1 over the same hash.
    Oaep {
        /// The hash, of the label and in MGF1.
        hash: OaepHash,
        /// The label; mostly empty.
        label: Vec<u8>,
    },
    /// Something else: no key of this crate can undo it.
    Unsupported {
        /// The object identifier of the algorithm.
        oid: String,
    },
}

/// The hash of RSAES-OAEP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OaepHash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// `RSAES-OAEP-params` (RFC 8017, A.2.1).
#[derive(Sequence)]
struct OaepParameters<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    label: Option<AlgorithmIdentifierRef<'a>>,
}

impl KeyEncryption {
    fn read(algorithm: &AlgorithmIdentifierRef<'_>) -> Self {
        let known = match algorithm.oid {
            rfc5912::RSA_ENCRYPTION => Some(Self::Pkcs1v15),
            rfc5912::ID_RSAES_OAEP => Self::read_oaep(algorithm.parameters),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Unsupported { oid: algorithm.oid.to_string() })
    }

    fn read_oaep(parameters: Option<AnyRef<'_>>) -> Option<Self> {
        let Some(parameters) = parameters else { return Some(Self::Oaep { hash: OaepHash::Sha1, label: Vec::new() }) };
        let parameters: OaepParameters<'_> = parameters.decode_as().ok()?;
        let hash = parameters.hash.map_or(Some(OaepHash::Sha1), |hash| OaepHash::from_oid(hash.oid))?;
        let mask = match parameters.mask {
            None => OaepHash::Sha1,
            Some(mask) if mask.oid == rfc5912::ID_MGF_1 => {
                let inner: AlgorithmIdentifierRef<'_> = mask.parameters?.decode_as().ok()?;
                OaepHash::from_oid(inner.oid)?
            }
            Some(_) => return None,
        };
        let label = match parameters.label {
            None => Vec::new(),
            Some(source) if source.oid == rfc5912::ID_P_SPECIFIED => {
                source.parameters?.decode_as::<OctetStringRef<'_>>().ok()?.as_bytes().to_vec()
            }
            Some(_) => return None,
        };
        (hash == mask).then_some(Self::Oaep { hash, label })
    }
}

impl fmt::Display for KeyEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pkcs1v15 => f.write_str("RSA PKCS#1 v1.5"),
            Self::Oaep { hash, .. } => write!(f, "RSA OAEP with {hash}"),
            Self::Unsupported { oid } => write!(f, "{oid} (not supported)"),
        }
    }
}

impl OaepHash {
    fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Some(match oid {
            rfc5912::ID_SHA_1 => Self::Sha1,
            rfc5912::ID_SHA_256 => Self::Sha256,
            rfc5912::ID_SHA_384 => Self::Sha384,
            rfc5912::ID_SHA_512 => Self::Sha512,
            _ => return None,
        })
    }
}

impl fmt::Display for OaepHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}
