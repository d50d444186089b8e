use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{
    ID_CONTENT_TYPE, ID_CT_AUTH_ENVELOPED_DATA, ID_DATA, ID_ENVELOPED_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA,
};
use der::asn1::{IntRef, OctetStringRef};
use der::{AnyRef, Reader, SliceReader, Tag, TagNumber, Tagged};
use spki::AlgorithmIdentifierRef;

use super::{Name, RecipientId, Serial};
use crate::pki::der::{DerError, ber_to_der};
use crate::pki::raw;
use crate::pki::signature::{SignatureAlgorithm, SignatureHash};

/// How a message names its signer: as it would a recipient, by issuer and serial number or by key identifier.
pub type SignerId = RecipientId;

/// Why a signed message cannot be read. Nothing is said of its signature yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedError {
    /// The bytes are not BER, or not within the bounds of [`ber_to_der`].
    #[error("the message is not in order at {0}")]
    Ber(#[from] DerError),
    /// An encrypted message where a signed one is expected.
    #[error("the message is encrypted, not signed; give the one that the sender signed")]
    EnvelopedData,
    /// Something else of CMS or PKCS#7.
    #[error("the message is of the kind {oid}, not signed data (1.2.840.113549.1.7.2)")]
    NotSigned {
        /// The object identifier of what it is.
        oid: String,
    },
    /// The structure is not what the standard says.
    #[error("the signed message is malformed at its {place}")]
    Malformed {
        /// The part that could not be read.
        place: &'static str,
    },
    /// What is signed is not inside (a detached signature).
    #[error("the message holds no content, only the signature of one that is elsewhere; send both together")]
    NoContent,
    /// Not signed, or by several.
    #[error("the message has {count} signers; it must have exactly one")]
    Signers {
        /// How many it has.
        count: usize,
    },
    /// More certificates than any chain needs.
    #[error("the message holds more than {} certificates", Signed::MAX_CERTIFICATES)]
    TooManyCertificates,
    /// Signed over a hash that is not read, MD5 for one.
    #[error("the message is signed over the hash {oid}, which is not supported; SHA-1 and SHA-256 are")]
    UnsupportedHash {
        /// The object identifier of the hash.
        oid: String,
    },
    /// Signed with an algorithm that is not read, or that does not go with the hash.
    #[error("the message is signed with {oid} over {hash}, which is not supported; RSA PKCS#1 v1.5 and ECDSA are")]
    UnsupportedSignature {
        /// The object identifier of the algorithm.
        oid: String,
        /// The hash that it is used with.
        hash: SignatureHash,
    },
    /// A signed attribute that must be there once is not there once.
    #[error("the signed attribute {attribute} is {problem}")]
    Attribute {
        /// Its name, or its object identifier.
        attribute: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// A signed message (CMS SignedData, RFC 5652, 5), read and not verified: who says to have signed what.
///
/// Give it to [`Trust::verify`](crate::pki::trust::Trust::verify) before anything in it is believed.
///
/// ```
/// use apple_ade::pki::cms::Signed;
///
/// # let message = include_bytes!("../../../tests/fixtures/machine_info/bc_sha1_chunk.p7s");
/// let signed = Signed::from_ber(message)?;
/// assert_eq!(signed.certificates().len(), 2);
/// assert!(signed.signer().to_string().starts_with("issuer C=US, O=Fake Apple, OU=Fake iPhone, CN=Fake iPhone Device CA, "));
/// # Ok::<(), apple_ade::pki::cms::SignedError>(())
/// ```
#[derive(Clone)]
pub struct Signed {
    content_type: ObjectIdentifier,
    content: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    signer: Signer,
}

/// The one `SignerInfo`.
#[derive(Debug, Clone)]
struct Signer {
    id: SignerId,
    hash: SignatureHash,
    algorithm: SignatureAlgorithm,
    attributes: Option<Attributes>,
    signature: Vec<u8>,
}

/// The signed attributes.
#[derive(Debug, Clone)]
struct Attributes {
    /// As a SET OF in DER, which is what is signed (RFC 5652, 5.4).
    der: Vec<u8>,
    /// As a SET in the order of the message, where that is another one.
    as_sent: Option<Vec<u8>>,
    content_type: ObjectIdentifier,
    digest: Vec<u8>,
}

impl fmt::Debug for Signed {
    /// Without the content, in which there may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signed = f.debug_struct("Signed");
        signed.field("signer", &self.signer.id).field("algorithm", &self.signer.algorithm);
        signed.field("content", &format_args!("{} bytes", self.content.len())).finish_non_exhaustive()
    }
}

impl Signed {
    /// A bound for the work that a hostile message could cause.
    pub const MAX_CERTIFICATES: usize = 16;

    /// The same, for signed attributes.
    const MAX_ATTRIBUTES: usize = 32;

    /// Reads a SignedData in BER or DER. Its certificates stay as they came, byte for byte.
    ///
    /// # Errors
    ///
    /// [`SignedError`]: every variant names what is wrong.
    pub fn from_ber(input: &[u8]) -> Result<Self, SignedError> {
        let der = ber_to_der(input)?;
        let malformed = |place| move |_: der::Error| SignedError::Malformed { place };
        let info = SliceReader::new(&der).and_then(|mut reader| {
            reader.sequence(|reader| {
                let oid: ObjectIdentifier = reader.decode()?;
                let content: AnyRef<'_> = if reader.is_finished() { AnyRef::NULL } else { reader.decode()? };
                Ok((oid, content))
            })
        });
        let (oid, content) = info.map_err(malformed("outermost structure"))?;
        match oid {
            ID_SIGNED_DATA => (),
            ID_ENVELOPED_DATA | ID_CT_AUTH_ENVELOPED_DATA => return Err(SignedError::EnvelopedData),
            oid => return Err(SignedError::NotSigned { oid: oid.to_string() }),
        }
        let body = Body::read(content.value()).map_err(malformed("signed data"))?;
        let content = body.content.ok_or(SignedError::NoContent)?;
        let certificates = raw_certificates(input).ok_or(SignedError::Malformed { place: "certificates" })?;
        if certificates.len() > Self::MAX_CERTIFICATES {
            return Err(SignedError::TooManyCertificates);
        }
        let signer = match body.signers[..] {
            [only] => Signer::read(only)?,
            _ => return Err(SignedError::Signers { count: body.signers.len() }),
        };
        Ok(Self {
            content_type: body.content_type,
            content: content.to_vec(),
            certificates: certificates.into_iter().map(<[u8]>::to_vec).collect(),
            signer,
        })
    }

    /// The object identifier of what the content is; `1.2.840.113549.1.7.1` stands for any bytes.
    pub fn content_type(&self) -> String {
        self.content_type.to_string()
    }

    /// Whether the content is declared as any bytes (`id-data`).
    pub fn is_data(&self) -> bool {
        self.content_type == ID_DATA
    }

    /// The content. As long as nothing is verified, anybody can have written it.
    pub fn dangerous_unverified_content(&self) -> &[u8] {
        &self.content
    }

    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }

    /// The certificates in it, in DER as they came. Anybody can have put them there.
    pub fn certificates(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.certificates.iter().map(Vec::as_slice)
    }

    /// Who says to have signed it.
    pub fn signer(&self) -> &SignerId {
        &self.signer.id
    }

    /// The hash of the content.
    pub fn hash(&self) -> SignatureHash {
        self.signer.hash
    }

    /// How it is signed.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm
    }

    /// Whether it has signed attributes, over which the signature then is instead of over the content.
    pub fn has_attributes(&self) -> bool {
        self.signer.attributes.is_some()
    }

    /// What the signed attributes say of the content: its type, and its digest.
    pub(crate) fn attributes(&self) -> Option<(String, &[u8])> {
        let attributes = self.signer.attributes.as_ref()?;
        Some((attributes.content_type.to_string(), &attributes.digest))
    }

    /// What the signature may be over: the content, or the attributes in DER and in the order of the message.
    pub(crate) fn signed_bytes(&self) -> (&[u8], Option<&[u8]>) {
        match &self.signer.attributes {
            None => (&self.content, None),
            Some(attributes) => (&attributes.der, attributes.as_sent.as_deref()),
        }
    }

    pub(crate) fn signature(&self) -> &[u8] {
        &self.signer.signature
    }
}

/// The members of a SignedData, but for the certificates.
struct Body<'b> {
    content_type: ObjectIdentifier,
    content: Option<&'b [u8]>,
    signers: Vec<&'b [u8]>,
}

impl<'b> Body<'b> {
    fn read(bytes: &'b [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(bytes)?;
        let body = reader.sequence(|reader| {
            let _version: u8 = reader.decode()?;
            let hashes: AnyRef<'b> = reader.decode()?;
            hashes.tag().assert_eq(Tag::Set)?;
            let (content_type, content) = reader.sequence(|reader| {
                let content_type: ObjectIdentifier = reader.decode()?;
                if reader.is_finished() {
                    return Ok((content_type, None));
                }
                let explicit: AnyRef<'b> = reader.decode()?;
                explicit.tag().assert_eq(Tag::ContextSpecific { constructed: true, number: TagNumber::N0 })?;
                let mut inner = SliceReader::new(explicit.value())?;
                let content: OctetStringRef<'b> = inner.decode()?;
                inner.finish(())?;
                Ok((content_type, Some(content.as_bytes())))
            })?;
            // Certificates, which are taken from the message as it came, and lists of revoked ones.
            while matches!(reader.peek_tag()?, Tag::ContextSpecific { .. }) {
                reader.tlv_bytes()?;
            }
            let set: AnyRef<'b> = reader.decode()?;
            set.tag().assert_eq(Tag::Set)?;
            let mut members = SliceReader::new(set.value())?;
            let mut signers = Vec::new();
            while !members.is_finished() {
                signers.push(members.tlv_bytes()?);
            }
            Ok(Self { content_type, content, signers })
        })?;
        reader.finish(body)
    }
}

/// The certificates of a SignedData, as they stand in the message; other kinds than X.509 are skipped. The message was read
/// as DER before, so that its structure is known.
fn raw_certificates(mut message: &[u8]) -> Option<Vec<&[u8]>> {
    let outer = raw::take(&mut message)?;
    let explicit = raw::members(outer.content).nth(1)?;
    let signed_data = raw::members(explicit.content).next()?;
    // Version, hashes and content come first; only certificates have this tag behind them.
    let set = raw::members(signed_data.content).skip(3).find(|element| element.first == 0xA0);
    let certificates = set.into_iter().flat_map(|set| raw::members(set.content));
    Some(certificates.filter(|element| element.first == 0x30).map(|element| element.whole).collect())
}

impl Signer {
    fn read(bytes: &[u8]) -> Result<Self, SignedError> {
        let malformed = |_: der::Error| SignedError::Malformed { place: "signer" };
        let mut reader = SliceReader::new(bytes).map_err(malformed)?;
        let parts = reader.sequence(|reader| {
            let _version: u8 = reader.decode()?;
            let by_key = Tag::ContextSpecific { constructed: false, number: TagNumber::N0 };
            let id = if reader.peek_tag()? == by_key {
                let id: AnyRef<'_> = reader.decode()?;
                SignerId::KeyIdentifier(id.value().to_vec())
            } else {
                reader.sequence(|reader| {
                    let issuer = Name::new(reader.tlv_bytes()?);
                    let serial: IntRef<'_> = reader.decode()?;
                    Ok(SignerId::IssuerSerial { issuer, serial: Serial::new(serial.as_bytes()) })
                })?
            };
            let hash: AlgorithmIdentifierRef<'_> = reader.decode()?;
            let attributes = match reader.peek_tag()? {
                Tag::ContextSpecific { constructed: true, number: TagNumber::N0 } => {
                    Some(reader.decode::<AnyRef<'_>>()?)
                }
                _ => None,
            };
            let algorithm: AlgorithmIdentifierRef<'_> = reader.decode()?;
            let signature: OctetStringRef<'_> = reader.decode()?;
            if !reader.is_finished() {
                // Unsigned attributes: nobody vouches for them.
                let unsigned: AnyRef<'_> = reader.decode()?;
                unsigned.tag().assert_eq(Tag::ContextSpecific { constructed: true, number: TagNumber::N1 })?;
            }
            Ok((id, hash.oid, attributes, algorithm.oid, signature.as_bytes().to_vec()))
        });
        let (id, hash, attributes, algorithm, signature) = parts.map_err(malformed)?;
        let hash =
            SignatureHash::from_oid(hash).ok_or_else(|| SignedError::UnsupportedHash { oid: hash.to_string() })?;
        let algorithm = SignatureAlgorithm::of_message(algorithm, hash)
            .ok_or_else(|| SignedError::UnsupportedSignature { oid: algorithm.to_string(), hash })?;
        let attributes = attributes.map(|set| Attributes::read(set.value())).transpose()?;
        Ok(Self { id, hash, algorithm, attributes, signature })
    }
}

impl Attributes {
    fn read(bytes: &[u8]) -> Result<Self, SignedError> {
        let wrong = |attribute: &dyn fmt::Display, problem| SignedError::Attribute {
            attribute: attribute.to_string(),
            problem,
        };
        let malformed = |_: der::Error| SignedError::Malformed { place: "signed attributes" };
        let mut reader = SliceReader::new(bytes).map_err(malformed)?;
        let (mut members, mut seen) = (Vec::new(), Vec::new());
        let (mut content_type, mut digest) = (None, None);
        while !reader.is_finished() {
            if members.len() == Signed::MAX_ATTRIBUTES {
                return Err(SignedError::Malformed { place: "signed attributes, of which there are too many" });
            }
            let whole = reader.tlv_bytes().map_err(malformed)?;
            let (oid, values) = attribute(whole).map_err(malformed)?;
            if seen.contains(&oid) {
                return Err(wrong(&oid, "there twice"));
            }
            seen.push(oid);
            members.push(whole);
            match (oid, &values[..]) {
                (ID_CONTENT_TYPE, [value]) => content_type = value.decode_as::<ObjectIdentifier>().ok(),
                (ID_MESSAGE_DIGEST, [value]) => {
                    digest = value.decode_as::<OctetStringRef<'_>>().ok().map(|digest| digest.as_bytes().to_vec());
                }
                _ => {}
            }
        }
        let sent = set_of(&members);
        members.sort_unstable();
        let der = set_of(&members);
        Ok(Self {
            as_sent: (sent != der).then_some(sent),
            der,
            content_type: content_type.ok_or_else(|| wrong(&"contentType", "not there with one value"))?,
            digest: digest.ok_or_else(|| wrong(&"messageDigest", "not there with one value"))?,
        })
    }
}

/// The type of an attribute, and its values.
fn attribute(bytes: &[u8]) -> der::Result<(ObjectIdentifier, Vec<AnyRef<'_>>)> {
    SliceReader::new(bytes)?.sequence(|reader| {
        let oid: ObjectIdentifier = reader.decode()?;
        let set: AnyRef<'_> = reader.decode()?;
        set.tag().assert_eq(Tag::Set)?;
        let mut members = SliceReader::new(set.value())?;
        let mut values = Vec::new();
        while !members.is_finished() {
            values.push(members.decode()?);
        }
        Ok((oid, values))
    })
}

/// A SET of these members, in this order.
fn set_of(members: &[&[u8]]) -> Vec<u8> {
    let content = members.concat();
    let digits: Vec<u8> = content.len().to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![0x31];
    if content.len() >= 0x80 {
        out.extend(u8::try_from(digits.len()).map(|count| 0x80 | count));
    }
    out.extend(if content.is_empty() { vec![0] } else { digits });
    out.extend(content);
    out
}
