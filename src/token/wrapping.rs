//! The outside of a token file: S/MIME, PEM, bare base64, or the message itself; and what it is if it is none.

use std::borrow::Cow;

use super::mime::Part;
use super::{Artifact, TokenError, TokenFile};
use crate::pki::certificate::Certificate;
use crate::pki::cms::{CmsError, Enveloped};
use crate::pki::der::DerProblem;
use crate::pki::key::{KeyError, PrivateKey};
use crate::pki::pem;

/// Reads the message inside the file.
pub(super) fn open(file: &[u8]) -> Result<Enveloped, TokenError> {
    if file.len() > TokenFile::MAX_SIZE {
        return Err(TokenError::TooLarge { length: file.len() });
    }
    let file = utf8(file);
    match &*file {
        [0x30, ..] => read(&file, &file),
        [b'P', b'K', 3, 4, ..] => Err(TokenError::wrong(Artifact::ZipArchive)),
        text if text.starts_with(b"bplist00") => Err(TokenError::wrong(Artifact::PropertyList)),
        text => read_text(text.trim_ascii_start(), &file),
    }
}

/// Without byte order mark, and not in UTF-16, as some editors save it.
fn utf8(file: &[u8]) -> Cow<'_, [u8]> {
    let units = |bytes: &[u8], from: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| Some(from(pair.try_into().ok()?)));
        let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.into_bytes())
    };
    match file {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => Cow::Borrowed(file),
    }
}

fn read_text(text: &[u8], file: &[u8]) -> Result<Enveloped, TokenError> {
    match text {
        [] => return Err(TokenError::wrong(Artifact::EmptyFile)),
        [b'<', ..] => return Err(TokenError::wrong(markup(text))),
        [b'{', ..] => return Err(TokenError::wrong(json(text))),
        _ => (),
    }
    if let Ok(text) = std::str::from_utf8(text)
        && text.contains("-----BEGIN ")
    {
        return read_pem(text, file);
    }
    if let Some(part) = Part::split(text) {
        return read_part(&part, file);
    }
    match pem::base64_decode(text).as_deref().map(Vec::as_slice) {
        Some(bytes @ [0x30, ..]) => read(bytes, file),
        Some(bytes) if bytes.trim_ascii_start().starts_with(b"{") => Err(TokenError::wrong(json(bytes))),
        _ => Err(TokenError::wrong(Artifact::Unknown)),
    }
}

fn read_part(part: &Part<'_>, file: &[u8]) -> Result<Enveloped, TokenError> {
    let body = part.body.trim_ascii_start();
    match body {
        [] => return Err(TokenError::Truncated { length: file.len() }),
        [b'<', ..] => return Err(TokenError::wrong(markup(body))),
        [b'{', ..] => return Err(TokenError::wrong(json(body))),
        _ if part.is("text/html") => return Err(TokenError::wrong(Artifact::WebPage)),
        _ => (),
    }
    let malformed = || TokenError::Cms(CmsError::Malformed { place: "base64 text" });
    let decoded = part.decode().ok_or_else(malformed)?;
    if part.is_base64() || decoded.first() == Some(&0x30) {
        return read(&decoded, file);
    }
    // Nothing said, or not the truth.
    read(&pem::base64_decode(&decoded).ok_or_else(malformed)?, file)
}

fn read_pem(text: &str, file: &[u8]) -> Result<Enveloped, TokenError> {
    let message = pem::blocks(text).find(|block| matches!(block.label, "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA"));
    if let Some(message) = message {
        let bytes = message.decode().ok_or(TokenError::Cms(CmsError::Malformed { place: "base64 text" }))?;
        return read(&bytes, file);
    }
    let found = pem::blocks(text).next().map_or(Artifact::Unknown, |block| match block.label {
        _ if block.is_private_key() => Artifact::PrivateKey,
        "CERTIFICATE" => block.decode().map_or(Artifact::Certificate, |der| certificate(&der)),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Artifact::CertificateRequest,
        "MESSAGE" => Artifact::DecryptedToken,
        _ => Artifact::Unknown,
    });
    Err(TokenError::wrong(found))
}

fn read(message: &[u8], file: &[u8]) -> Result<Enveloped, TokenError> {
    let opened = match Enveloped::from_ber(message) {
        // A line break behind the message is an editor's.
        Err(CmsError::Ber(error)) if error.problem() == DerProblem::TrailingBytes => {
            let (message, rest) = message.split_at_checked(error.offset()).unwrap_or((message, message));
            if rest.trim_ascii().is_empty() { Enveloped::from_ber(message) } else { Err(error.into()) }
        }
        opened => opened,
    };
    opened.map_err(|error| match error {
        CmsError::Ber(error) if error.problem() == DerProblem::Truncated => {
            TokenError::Truncated { length: file.len() }
        }
        CmsError::SignedData => TokenError::wrong(Artifact::SignedMessage),
        error => match other_der(message) {
            Some(found) => TokenError::wrong(found),
            None => TokenError::Cms(error),
        },
    })
}

/// What else the bytes may be that begin like a message.
fn other_der(bytes: &[u8]) -> Option<Artifact> {
    use x509_parser::prelude::{FromDer, X509CertificationRequest};

    if Certificate::from_der(bytes).is_ok() {
        return Some(certificate(bytes));
    }
    if X509CertificationRequest::from_der(bytes).is_ok() {
        return Some(Artifact::CertificateRequest);
    }
    if bytes.iter().position(|byte| *byte == 2).is_some_and(|at| at <= 4 && bytes.get(at..at + 3) == Some(&[2, 1, 3])) {
        return Some(Artifact::Pkcs12);
    }
    match PrivateKey::from_der(bytes) {
        Err(KeyError::Malformed | KeyError::NoPrivateKey { .. }) => None,
        _ => Some(Artifact::PrivateKey),
    }
}

fn certificate(der: &[u8]) -> Artifact {
    match Certificate::from_der(der) {
        Ok(certificate) if certificate.is_push() => Artifact::PushCertificate,
        _ => Artifact::Certificate,
    }
}

fn markup(text: &[u8]) -> Artifact {
    let head = String::from_utf8_lossy(text.get(..4096).unwrap_or(text)).to_ascii_lowercase();
    if head.contains("<plist") {
        Artifact::PropertyList
    } else if ["<html", "<!doctype html", "<head", "<body"].iter().any(|tag| head.contains(tag)) {
        Artifact::WebPage
    } else {
        Artifact::Unknown
    }
}

fn json(text: &[u8]) -> Artifact {
    let text = String::from_utf8_lossy(text);
    if text.contains("\"consumer_key\"") {
        Artifact::DecryptedToken
    } else if text.contains("\"expDate\"") || text.contains("\"orgName\"") {
        Artifact::ContentToken
    } else {
        Artifact::Unknown
    }
}
