//! A server token file as Apple writes it: S/MIME around CMS EnvelopedData in BER.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockEncryptMut, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ber::{CONTEXT_0, INTEGER, NULL, OCTET_STRING, OID, SEQUENCE, SET, element, indefinite, segments};

/// How long the segments of the encrypted content are in Apple's files.
pub(super) const APPLE_SEGMENT: usize = 1000;

const ENVELOPED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03];
const DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const AES_128_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02];

/// Header for header those of Apple's files.
const HEADERS: &str = "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type=enveloped-data\r\n\
    Content-Transfer-Encoding: base64\r\n\
    Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\
    Content-Description: S/MIME Encrypted Message\r\n\r\n";

/// Who can open the file.
#[derive(Debug)]
pub(super) struct Recipient<'r> {
    /// The issuer's name in DER.
    pub(super) issuer: &'r [u8],
    /// The content bytes of the serial number.
    pub(super) serial: &'r [u8],
    /// The content key, encrypted for the recipient.
    pub(super) wrapped_key: &'r [u8],
}

/// The file that holds `json`.
pub(super) fn token_file(
    json: &str,
    recipient: &Recipient<'_>,
    key: [u8; 16],
    iv: [u8; 16],
    segment: usize,
) -> Vec<u8> {
    let part = format!(
        "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\
        -----BEGIN MESSAGE-----\n{json}\n-----END MESSAGE-----\n"
    );
    let cipher = cbc::Encryptor::<aes::Aes128>::new(&key.into(), &iv.into());
    let encrypted = cipher.encrypt_padded_vec_mut::<Pkcs7>(part.as_bytes());
    armor(&enveloped_data(recipient, &iv, &encrypted, segment))
}

fn enveloped_data(recipient: &Recipient<'_>, iv: &[u8], encrypted: &[u8], segment: usize) -> Vec<u8> {
    let version = element(INTEGER, &[&[0]]);
    let key_transport = element(
        SEQUENCE,
        &[
            &version,
            &element(SEQUENCE, &[recipient.issuer, &element(INTEGER, &[recipient.serial])]),
            &element(SEQUENCE, &[&element(OID, &[RSA_ENCRYPTION]), &element(NULL, &[])]),
            &element(OCTET_STRING, &[recipient.wrapped_key]),
        ],
    );
    let content = indefinite(
        SEQUENCE,
        &[
            &element(OID, &[DATA]),
            &element(SEQUENCE, &[&element(OID, &[AES_128_CBC]), &element(OCTET_STRING, &[iv])]),
            &indefinite(CONTEXT_0, &[&segments(encrypted, segment)]),
        ],
    );
    let enveloped = indefinite(SEQUENCE, &[&version, &element(SET, &[&key_transport]), &content]);
    indefinite(SEQUENCE, &[&element(OID, &[ENVELOPED_DATA]), &indefinite(CONTEXT_0, &[&enveloped])])
}

/// S/MIME headers and base64 in lines of 76 characters, with CRLF.
fn armor(der: &[u8]) -> Vec<u8> {
    let mut out = HEADERS.as_bytes().to_vec();
    for line in STANDARD.encode(der).as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out
}
