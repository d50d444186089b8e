use std::fmt;

use aes::{Aes128, Aes192, Aes256};
use aes_gcm::aead::AeadInPlace;
use aes_gcm::aead::consts::{U12, U13, U14, U15, U16};
use aes_gcm::{AesGcm, KeyInit};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut, KeyIvInit};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911;
use der::asn1::OctetStringRef;
use der::{AnyRef, Sequence};
use des::TdesEde3;
use zeroize::Zeroizing;

use super::CmsError;

/// `des-EDE3-CBC` (RFC 3370, 5.1).
const DES_EDE3_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.3.7");

/// The cipher of a message's content. Apple's token files have [`Aes128Cbc`](Self::Aes128Cbc).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentCipher {
    /// AES-128 in CBC mode.
    Aes128Cbc,
    /// AES-192 in CBC mode.
    Aes192Cbc,
    /// AES-256 in CBC mode.
    Aes256Cbc,
    /// DES in EDE mode with three keys, CBC.
    DesEde3Cbc,
    /// AES-128 in GCM mode.
    Aes128Gcm,
    /// AES-192 in GCM mode.
    Aes192Gcm,
    /// AES-256 in GCM mode.
    Aes256Gcm,
}

impl ContentCipher {
    /// The length of a content key, in bytes.
    pub fn key_length(self) -> usize {
        match self {
            Self::Aes128Cbc | Self::Aes128Gcm => 16,
            Self::Aes192Cbc | Self::Aes192Gcm | Self::DesEde3Cbc => 24,
            Self::Aes256Cbc | Self::Aes256Gcm => 32,
        }
    }

    fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Some(match oid {
            rfc5911::ID_AES_128_CBC => Self::Aes128Cbc,
            rfc5911::ID_AES_192_CBC => Self::Aes192Cbc,
            rfc5911::ID_AES_256_CBC => Self::Aes256Cbc,
            DES_EDE3_CBC => Self::DesEde3Cbc,
            rfc5911::ID_AES_128_GCM => Self::Aes128Gcm,
            rfc5911::ID_AES_192_GCM => Self::Aes192Gcm,
            rfc5911::ID_AES_256_GCM => Self::Aes256Gcm,
            _ => return None,
        })
    }
}

impl fmt::Display for ContentCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aes128Cbc => "AES-128-CBC",
            Self::Aes192Cbc => "AES-192-CBC",
            Self::Aes256Cbc => "AES-256-CBC",
            Self::DesEde3Cbc => "3DES-CBC",
            Self::Aes128Gcm => "AES-128-GCM",
            Self::Aes192Gcm => "AES-192-GCM",
            Self::Aes256Gcm => "AES-256-GCM",
        })
    }
}

/// `GCMParameters` (RFC 5084, 3.2).
#[derive(Sequence)]
struct GcmParameters<'a> {
    nonce: OctetStringRef<'a>,
    #[asn1(default = "default_icv_length")]
    icv_length: u8,
}

fn default_icv_length() -> u8 {
    12
}

/// A cipher with its initialisation vector or nonce.
#[derive(Debug)]
pub(super) struct Cipher {
    pub(super) kind: ContentCipher,
    iv: Vec<u8>,
    /// GCM alone: how long the tag is, in bytes.
    tag_length: usize,
}

impl Cipher {
    pub(super) fn new(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>) -> Result<Self, CmsError> {
        let kind = ContentCipher::from_oid(oid).ok_or_else(|| CmsError::UnsupportedCipher { oid: oid.to_string() })?;
        let malformed = CmsError::Malformed { place: "content cipher's parameters" };
        let parameters = parameters.ok_or(malformed.clone())?;
        let (iv, tag_length, fits) = match kind {
            ContentCipher::Aes128Gcm | ContentCipher::Aes192Gcm | ContentCipher::Aes256Gcm => {
                let gcm: GcmParameters<'_> = parameters.decode_as().map_err(|_| malformed.clone())?;
                let fits = gcm.nonce.as_bytes().len() == 12 && (12..=16).contains(&gcm.icv_length);
                if !fits {
                    let oid = format!("{oid} with a nonce of {} bytes", gcm.nonce.as_bytes().len());
                    return Err(CmsError::UnsupportedCipher { oid });
                }
                (gcm.nonce.as_bytes(), usize::from(gcm.icv_length), fits)
            }
            _ => {
                let iv: OctetStringRef<'_> = parameters.decode_as().map_err(|_| malformed.clone())?;
                let block = if kind == ContentCipher::DesEde3Cbc { 8 } else { 16 };
                (iv.as_bytes(), 0, iv.as_bytes().len() == block)
            }
        };
        if fits { Ok(Self { kind, iv: iv.to_vec(), tag_length }) } else { Err(malformed) }
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.tag_length != 0
    }

    /// Decrypts in place. Every failure is the same.
    pub(super) fn decrypt(
        &self,
        key: &[u8],
        associated: &[u8],
        tag: &[u8],
        content: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), CmsError> {
        let done = match self.kind {
            ContentCipher::Aes128Cbc => open_cbc::<Decryptor<Aes128>>(key, &self.iv, content),
            ContentCipher::Aes192Cbc => open_cbc::<Decryptor<Aes192>>(key, &self.iv, content),
            ContentCipher::Aes256Cbc => open_cbc::<Decryptor<Aes256>>(key, &self.iv, content),
            ContentCipher::DesEde3Cbc => open_cbc::<Decryptor<TdesEde3>>(key, &self.iv, content),
            ContentCipher::Aes128Gcm => self.open_gcm::<Aes128>(key, associated, tag, content),
            ContentCipher::Aes192Gcm => self.open_gcm::<Aes192>(key, associated, tag, content),
            ContentCipher::Aes256Gcm => self.open_gcm::<Aes256>(key, associated, tag, content),
        };
        done.ok_or(CmsError::Decrypt)
    }

    fn open_gcm<B>(&self, key: &[u8], associated: &[u8], tag: &[u8], content: &mut [u8]) -> Option<()>
    where
        AesGcm<B, U12, U12>: AeadInPlace<NonceSize = U12, TagSize = U12> + KeyInit,
        AesGcm<B, U12, U13>: AeadInPlace<NonceSize = U12, TagSize = U13> + KeyInit,
        AesGcm<B, U12, U14>: AeadInPlace<NonceSize = U12, TagSize = U14> + KeyInit,
        AesGcm<B, U12, U15>: AeadInPlace<NonceSize = U12, TagSize = U15> + KeyInit,
        AesGcm<B, U12, U16>: AeadInPlace<NonceSize = U12, TagSize = U16> + KeyInit,
    {
        if tag.len() != self.tag_length {
            return None;
        }
        match self.tag_length {
            12 => open_aead::<AesGcm<B, U12, U12>>(key, &self.iv, associated, tag, content),
            13 => open_aead::<AesGcm<B, U12, U13>>(key, &self.iv, associated, tag, content),
            14 => open_aead::<AesGcm<B, U12, U14>>(key, &self.iv, associated, tag, content),
            15 => open_aead::<AesGcm<B, U12, U15>>(key, &self.iv, associated, tag, content),
            _ => open_aead::<AesGcm<B, U12, U16>>(key, &self.iv, associated, tag, content),
        }
    }
}

fn open_cbc<D: BlockDecryptMut + KeyIvInit>(key: &[u8], iv: &[u8], content: &mut Zeroizing<Vec<u8>>) -> Option<()> {
    let cipher = D::new_from_slices(key, iv).ok()?;
    let length = cipher.decrypt_padded_mut::<Pkcs7>(content).ok()?.len();
    content.truncate(length);
    Some(())
}

fn open_aead<A>(key: &[u8], nonce: &[u8], associated: &[u8], tag: &[u8], content: &mut [u8]) -> Option<()>
where
    A: AeadInPlace<NonceSize = U12> + KeyInit,
{
    let cipher = A::new_from_slice(key).ok()?;
    let nonce: [u8; 12] = nonce.try_into().ok()?;
    // The length was compared with the type's before.
    let tag = aes_gcm::aead::Tag::<A>::from_slice(tag);
    cipher.decrypt_in_place_detached(&nonce.into(), associated, content, tag).ok()
}
