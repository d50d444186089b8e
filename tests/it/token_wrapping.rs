//! Every sample in every other wrapping that a file may have taken on its way.

use apple_ade::pki::cms::{ContentCipher, KeyEncryption, OaepHash, RecipientId};
use apple_ade::pki::der::ber_to_der;
use apple_ade::token::TokenFile;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::fixture;
use crate::token_file::{Remembering, certificate, samples};

/// The message inside a sample: BER or DER, as its program wrote it.
pub(crate) fn message(sample: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(sample).unwrap().replace("\r\n", "\n");
    let body: String = text.split_once("\n\n").unwrap().1.split_whitespace().collect();
    STANDARD.decode(body).unwrap()
}

fn lines(bytes: &[u8], width: usize, ending: &str) -> String {
    let coded = STANDARD.encode(bytes);
    let lines: Vec<&str> = coded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join(ending) + ending
}

/// Every wrapping, by name.
fn wrappings(message: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let lf = lines(message, 64, "\n");
    let crlf = lines(message, 76, "\r\n");
    let quoted: String = message.iter().fold(String::new(), |text, byte| format!("{text}={byte:02X}"));
    let quoted: Vec<&str> = quoted.as_bytes().chunks(72).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let utf16 = |text: &str| -> Vec<u8> {
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let mime = format!("Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n{lf}");
    let raw_mime = b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n";
    vec![
        ("raw BER or DER", message.to_vec()),
        ("raw, with a line break behind it", [message, b"\r\n"].concat()),
        ("raw DER", ber_to_der(message).unwrap().into_owned()),
        ("bare base64, LF", lf.clone().into()),
        ("bare base64, CRLF", crlf.clone().into()),
        ("bare base64, one line", lines(message, usize::MAX, "").into()),
        ("bare base64, no padding", lf.trim_end().trim_end_matches('=').into()),
        ("bare base64, BOM", format!("\u{FEFF}{lf}").into()),
        ("bare base64, white space around", format!("\n\n  {lf}\n \n").into()),
        ("PEM, PKCS7", format!("-----BEGIN PKCS7-----\n{lf}-----END PKCS7-----\n").into()),
        ("PEM, CMS", format!("-----BEGIN CMS-----\r\n{crlf}-----END CMS-----\r\n").into()),
        ("PEM, BOM and text in front", format!("\u{FEFF}token:\n-----BEGIN PKCS7-----\n{lf}-----END PKCS7-----").into()),
        ("S/MIME", mime.clone().into()),
        ("S/MIME, BOM", format!("\u{FEFF}{mime}").into()),
        ("S/MIME, UTF-16", utf16(&mime)),
        ("S/MIME, empty lines in front", format!("\r\n\r\n{mime}").into()),
        ("S/MIME, no empty line", mime.replace("\n\n", "\n").into()),
        (
            "S/MIME, x-pkcs7-mime, other order, folded, CRLF",
            format!(
                "content-transfer-encoding:\r\n base64\r\nMIME-Version: 1.0\r\nContent-Description: S/MIME\r\n\tEncrypted: \
                 Message\r\nCONTENT-TYPE: application/x-pkcs7-mime;\r\n name=\"smime.p7m\";\r\n\tsmime-type=enveloped-data\r\n\r\n{crlf}"
            )
            .into(),
        ),
        ("S/MIME, no transfer encoding named", format!("Content-Type: application/pkcs7-mime\n\n{lf}").into()),
        ("S/MIME, 7bit named, base64 meant", mime.replace(": base64", ": 7bit").into()),
        ("S/MIME, binary", [raw_mime, message].concat()),
        (
            "S/MIME, quoted-printable",
            format!("Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n", quoted.join("=\r\n")).into(),
        ),
    ]
}

#[test]
fn every_sample_decrypts_in_every_wrapping() {
    let (key, expected) = (Remembering::new(), fixture::text("token/token.json"));
    for (name, sample) in samples() {
        for (wrapping, file) in wrappings(&message(&sample)) {
            let token = TokenFile::parse(&file).and_then(|file| file.decrypt_for(&certificate(), &key));
            let token = token.unwrap_or_else(|error| panic!("{name}, {wrapping}: {error}"));
            assert_eq!(token.to_json().expose_secret(), expected, "{name}, {wrapping}");
        }
    }
}

#[test]
fn recipients_and_algorithms_are_read_without_a_key() {
    let file = |name: &str| TokenFile::parse(&fixture::bytes(&format!("token/{name}.p7m"))).unwrap();
    let ciphers = [
        ("bc_aes128", ContentCipher::Aes128Cbc),
        ("cms_stream_aes192", ContentCipher::Aes192Cbc),
        ("smime_aes256_crlf", ContentCipher::Aes256Cbc),
        ("bc_des3", ContentCipher::DesEde3Cbc),
        ("cms_gcm", ContentCipher::Aes256Gcm),
    ];
    for (name, cipher) in ciphers {
        assert_eq!(file(name).cipher(), cipher, "{name}");
    }
    let oaep = KeyEncryption::Oaep { hash: OaepHash::Sha1, label: Vec::new() };
    assert_eq!(*file("cms_oaep").recipients()[0].key_encryption(), oaep);
    assert_eq!(*file("bc_aes128").recipients()[0].key_encryption(), KeyEncryption::Pkcs1v15);

    let two = file("bc_two_recip");
    let [other, ours] = two.recipients() else { panic!("{:?}", two.recipients()) };
    // `Gen.java` gave the stranger this key identifier.
    assert_eq!(*other.id(), RecipientId::KeyIdentifier(vec![1, 2, 3, 4]));
    assert_eq!(ours.id().to_string(), "issuer CN=ade-spike, serial 5975D04D8101D64DECFDB5821CA3BC1967665938");
}
