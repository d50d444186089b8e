use cms::enveloped_data::EncryptedContentInfo;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{ID_CT_AUTH_ENVELOPED_DATA, ID_ENVELOPED_DATA, ID_SIGNED_DATA};
use der::asn1::OctetStringRef;
use der::{AnyRef, Reader, SliceReader, Tag, TagNumber};
use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::{CmsError, ContentCipher, Recipient};
use crate::pki::der::ber_to_der;
use crate::secret::SecretBytes;

/// An encrypted message: for whom, how, and the encrypted content.
#[derive(Debug)]
pub struct Enveloped {
    recipients: Vec<Recipient>,
    cipher: Cipher,
    content: Vec<u8>,
    /// AuthEnvelopedData: the authenticated attributes in DER, and the tag.
    associated: Vec<u8>,
    tag: Vec<u8>,
}

impl Enveloped {
    /// More than any message for a server has; a bound for the work that a hostile one could cause.
    pub const MAX_RECIPIENTS: usize = 64;

    /// Reads an EnvelopedData or AuthEnvelopedData in BER or DER.
    ///
    /// # Errors
    ///
    /// Every variant of [`CmsError`] but [`Decrypt`](CmsError::Decrypt).
    pub fn from_ber(input: &[u8]) -> Result<Self, CmsError> {
        let der = ber_to_der(input)?;
        let malformed = |place| move |_: der::Error| CmsError::Malformed { place };
        let info = SliceReader::new(&der).and_then(|mut reader| {
            reader.sequence(|reader| {
                let oid: ObjectIdentifier = reader.decode()?;
                let content: AnyRef<'_> = if reader.is_finished() { AnyRef::NULL } else { reader.decode()? };
                Ok((oid, content))
            })
        });
        let (oid, content) = info.map_err(malformed("outermost structure"))?;
        match oid {
            ID_ENVELOPED_DATA | ID_CT_AUTH_ENVELOPED_DATA => (),
            ID_SIGNED_DATA => return Err(CmsError::SignedData),
            oid => return Err(CmsError::NotEnveloped { oid: oid.to_string() }),
        }
        let body = Body::read(content.value()).map_err(malformed("envelope"))?;
        let cipher_id = &body.content.content_enc_alg;
        let cipher = Cipher::new(cipher_id.oid, cipher_id.parameters.as_ref().map(AnyRef::from))?;
        if cipher.is_authenticated() != (oid == ID_CT_AUTH_ENVELOPED_DATA) {
            return Err(CmsError::UnsupportedCipher { oid: format!("{} in a {oid}", cipher_id.oid) });
        }
        let recipients = body.recipients.ok_or(CmsError::TooManyRecipients)?;
        let content = body.content.encrypted_content.ok_or(CmsError::Malformed { place: "encrypted content" })?;
        Ok(Self { recipients, cipher, content: content.into_bytes(), associated: body.associated, tag: body.tag })
    }

    /// For whom it was encrypted; those without RSA key transport left out.
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// How the content is encrypted.
    pub fn cipher(&self) -> ContentCipher {
        self.cipher.kind
    }

    /// The content, decrypted with the content key.
    ///
    /// # Errors
    ///
    /// [`CmsError::Decrypt`]: a wrong key, wrong padding or a wrong tag, all alike.
    pub fn open(&self, content_key: &[u8]) -> Result<SecretBytes, CmsError> {
        let mut content = Zeroizing::new(self.content.clone());
        self.cipher.decrypt(content_key, &self.associated, &self.tag, &mut content)?;
        Ok(SecretBytes::new(std::mem::take(&mut *content)))
    }
}

/// What EnvelopedData and AuthEnvelopedData have in common, and the latter's attributes and tag.
struct Body {
    /// Nothing if there are too many.
    recipients: Option<Vec<Recipient>>,
    content: EncryptedContentInfo,
    associated: Vec<u8>,
    tag: Vec<u8>,
}

impl Body {
    fn read(bytes: &[u8]) -> der::Result<Self> {
        SliceReader::new(bytes)?.sequence(|reader| {
            let _version: u8 = reader.decode()?;
            if is_context(reader.peek_tag()?, TagNumber::N0) {
                // OriginatorInfo: certificates of the sender, of no use here.
                reader.tlv_bytes()?;
            }
            let set: AnyRef<'_> = reader.decode()?;
            der::Tagged::tag(&set).assert_eq(Tag::Set)?;
            // One by one: the crate's SET OF sorts, which takes quadratic time, and refuses equal ones.
            let mut members = SliceReader::new(set.value())?;
            let mut recipients = Some(Vec::new());
            for count in 0_usize.. {
                if members.is_finished() {
                    break;
                }
                let recipient = Recipient::read(&mut members)?;
                if count >= Enveloped::MAX_RECIPIENTS {
                    recipients = None;
                }
                if let Some(recipients) = &mut recipients {
                    recipients.extend(recipient);
                }
            }
            let content = reader.decode()?;
            let (mut associated, mut tag) = (Vec::new(), Vec::new());
            while !reader.is_finished() {
                match reader.peek_tag()? {
                    Tag::OctetString => tag = reader.decode::<OctetStringRef<'_>>()?.as_bytes().to_vec(),
                    Tag::ContextSpecific { number: TagNumber::N1, .. } if tag.is_empty() => {
                        associated = reader.tlv_bytes()?.to_vec();
                        // RFC 5083, 2.2: authenticated with the tag of a SET OF in place of the IMPLICIT one.
                        if let Some(first) = associated.first_mut() {
                            *first = 0x31;
                        }
                    }
                    _ => drop(reader.tlv_bytes()?),
                }
            }
            Ok(Self { recipients, content, associated, tag })
        })
    }
}

fn is_context(tag: Tag, wanted: TagNumber) -> bool {
    matches!(tag, Tag::ContextSpecific { number, .. } if number == wanted)
}
