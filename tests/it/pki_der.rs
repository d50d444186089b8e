//! The transcoder against DER that it did not make, and BER made from that at random.

use std::borrow::Cow;

use apple_ade::pki::der::{DerProblem, MAX_DEPTH, MAX_SIZE, ber_to_der};
use proptest::prelude::*;

use crate::fixture;

/// An element: a string that BER may cut in pieces, another primitive one, or a constructed one.
#[derive(Debug, Clone)]
enum Element {
    String(u8, Vec<u8>),
    Primitive(u8, Vec<u8>),
    Constructed(u8, Vec<Self>),
    /// SEQUENCE of OID, SEQUENCE and `[0]` IMPLICIT OCTET STRING: the place of encrypted content.
    Encrypted(Vec<u8>),
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let length = match content.len() {
        0..0x80 => vec![low],
        0x80..0x100 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, content].concat()
}

fn der(element: &Element) -> Vec<u8> {
    match element {
        Element::String(tag, content) | Element::Primitive(tag, content) => tlv(*tag, content),
        Element::Constructed(tag, members) => tlv(*tag, &members.iter().flat_map(der).collect::<Vec<u8>>()),
        Element::Encrypted(content) => tlv(0x30, &[&[6, 1, 42, 0x30, 0][..], &tlv(0x80, content)].concat()),
    }
}

/// Choices, one byte each; zeros when they run out.
struct Choices<'c>(std::slice::Iter<'c, u8>);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or(0)
    }
}

/// The same element in BER.
fn ber(element: &Element, choices: &mut Choices<'_>) -> Vec<u8> {
    match element {
        Element::Primitive(tag, content) => long(*tag, content, choices),
        Element::String(tag, content) => string(*tag, *tag, content, choices, 0),
        Element::Constructed(tag, members) => {
            let content: Vec<u8> = members.iter().flat_map(|member| ber(member, choices)).collect();
            wrap(*tag, &content, choices)
        }
        Element::Encrypted(content) => {
            let content = string(0x80, 4, content, choices, 0);
            let algorithm = wrap(0x30, &[], choices);
            wrap(0x30, &[&[6, 1, 42][..], &algorithm, &content].concat(), choices)
        }
    }
}

/// In one piece or in several; pieces of an OCTET STRING or of `[0]` are OCTET STRINGs.
fn string(tag: u8, piece: u8, content: &[u8], choices: &mut Choices<'_>, depth: usize) -> Vec<u8> {
    let choice = choices.next();
    if choice < 128 || depth > 3 || tag == 3 && content.is_empty() {
        return long(tag, content, choices);
    }
    // A BIT STRING's first byte counts unused bits: zero in every piece but the last.
    let (unused, bits) = if tag == 3 { content.split_at(1) } else { content.split_at(0) };
    let size = usize::from(choice % 7) + 1;
    let mut chunks: Vec<&[u8]> = bits.chunks(size).collect();
    if choice.is_multiple_of(3) && tag != 3 || tag == 3 && chunks.is_empty() {
        chunks.push(&[]);
    }
    let last = chunks.len();
    let pieces = chunks.iter().enumerate().flat_map(|(at, chunk)| {
        let head = if at + 1 == last || tag != 3 { unused } else { &[0] };
        string(piece, piece, &[head, chunk].concat(), choices, depth + 1)
    });
    let pieces: Vec<u8> = pieces.collect();
    wrap(tag | 0x20, &pieces, choices)
}

/// With open length, or a known one.
fn wrap(tag: u8, content: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    if choices.next() < 128 { [&[tag, 0x80], content, &[0, 0]].concat() } else { long(tag, content, choices) }
}

/// With a length in as many bytes as it takes, or more.
fn long(tag: u8, content: &[u8], choices: &mut Choices<'_>) -> Vec<u8> {
    match choices.next() % 8 {
        zeros @ 1..=4 => {
            // Eight bytes of length, and up to three zeros more.
            let length = content.len().to_be_bytes();
            [&[tag, 0x87 + zeros], &vec![0; usize::from(zeros - 1)][..], &length, content].concat()
        }
        _ => tlv(tag, content),
    }
}

fn element() -> impl Strategy<Value = Element> {
    let content = || prop::collection::vec(any::<u8>(), 0..40);
    let bits = prop::collection::vec(any::<u8>(), 0..20).prop_map(|bits| [vec![0], bits].concat());
    let leaf = prop_oneof![
        (prop::sample::select(vec![4_u8, 12, 19, 22, 23, 24, 30]), content())
            .prop_map(|(tag, c)| Element::String(tag, c)),
        bits.prop_map(|bits| Element::String(3, bits)),
        (prop::sample::select(vec![1_u8, 2, 5, 6, 10, 0x81, 0x80, 0x5E]), content())
            .prop_map(|(tag, c)| Element::Primitive(tag, c)),
        content().prop_map(Element::Encrypted),
    ];
    let tags = vec![0x30_u8, 0x31, 0xA1, 0xA3, 0x61];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        (prop::sample::select(tags.clone()), prop::collection::vec(inner, 0..6))
            .prop_map(|(tag, members)| Element::Constructed(tag, members))
    })
}

proptest! {
    #[test]
    fn ber_made_from_der_gives_the_der_back(element in element(), choices in prop::collection::vec(any::<u8>(), 0..300)) {
        let der = der(&element);
        let ber = ber(&element, &mut Choices(choices.iter()));
        prop_assert_eq!(&*ber_to_der(&ber).unwrap(), &*der);
        prop_assert!(matches!(ber_to_der(&der).unwrap(), Cow::Borrowed(_)));
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(der) = ber_to_der(&bytes) {
            prop_assert!(der.len() <= bytes.len());
            prop_assert_eq!(&*ber_to_der(&der).unwrap(), &*der);
        }
    }

    #[test]
    fn damaged_ber_does_no_harm(
        element in element(),
        choices in prop::collection::vec(any::<u8>(), 0..300),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = ber(&element, &mut Choices(choices.iter()));
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(der) = ber_to_der(&bytes) {
            prop_assert!(der.len() <= bytes.len());
            prop_assert_eq!(&*ber_to_der(&der).unwrap(), &*der);
        }
    }
}

fn problem(bytes: &[u8]) -> (usize, DerProblem) {
    let error = ber_to_der(bytes).unwrap_err();
    (error.offset(), error.problem())
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let cases: &[(&[u8], usize, DerProblem)] = &[
        (&[], 0, DerProblem::Truncated),
        (&[0x30], 1, DerProblem::Truncated),
        (&[0x30, 3, 2, 1], 0, DerProblem::Truncated),
        (&[0x30, 0x80, 2, 1, 5], 5, DerProblem::Truncated),
        (&[0x30, 0x80, 2, 1, 5, 0], 5, DerProblem::Truncated),
        (&[2, 1, 5, 0], 3, DerProblem::TrailingBytes),
        (&[0x30, 3, 2, 2, 5], 2, DerProblem::Overrun),
        (&[0x30, 4, 0x30, 0x80, 5, 0, 0, 0], 6, DerProblem::Overrun),
        (&[0x30, 2, 0, 0], 2, DerProblem::EndMark),
        (&[0x30, 0x80, 0, 1, 0, 0], 2, DerProblem::EndMark),
        (&[0, 0], 0, DerProblem::EndMark),
        (&[4, 0x80, 0, 0], 0, DerProblem::Length),
        (&[4, 0xFF], 0, DerProblem::Length),
        (&[4, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0], 0, DerProblem::Truncated),
        (&[0x1F, 0x81, 0x81, 0x81, 0x81, 1, 0], 0, DerProblem::Tag),
        (&[0x24, 3, 2, 1, 5], 2, DerProblem::Segment),
        (&[0x24, 2, 5, 0], 2, DerProblem::Segment),
        (&[0x23, 0], 0, DerProblem::Segment),
        (&[0x23, 2, 3, 0], 2, DerProblem::Segment),
        (&[0x23, 8, 3, 2, 1, 0, 3, 2, 0, 0], 6, DerProblem::Segment),
    ];
    for (bytes, offset, expected) in cases {
        assert_eq!(problem(bytes), (*offset, *expected), "{bytes:02X?}");
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| [[0x30, 0x80].repeat(depth), vec![0; 2 * depth]].concat();
    assert!(ber_to_der(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(problem(&nested(MAX_DEPTH + 1)), (2 * MAX_DEPTH, DerProblem::TooDeep));
    assert_eq!(problem(&[0x24, 0x80].repeat(10_000)), (2 * MAX_DEPTH, DerProblem::TooDeep));
    assert_eq!(problem(&vec![0x30; MAX_SIZE + 1]), (MAX_SIZE, DerProblem::TooLarge));
    // The longest content in an element of open length: as long afterwards, not longer.
    let content = vec![0_u8; MAX_SIZE - 8];
    let longest = [&[0x30, 0x80, 4, 0x82, 0xFF, 0xF7][..], &content, &[0, 0]].concat();
    assert_eq!((longest.len(), ber_to_der(&longest).unwrap().len()), (MAX_SIZE, MAX_SIZE));
}

#[test]
fn the_place_of_encrypted_content_is_known() {
    let explicit = [0x30, 9, 6, 1, 42, 0xA0, 4, 0x24, 2, 4, 0];
    assert_eq!(*ber_to_der(&explicit).unwrap(), [0x30, 7, 6, 1, 42, 0xA0, 2, 4, 0]);
    let implicit = [0x30, 0x80, 6, 1, 42, 0x30, 0, 0xA0, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 0, 0];
    assert_eq!(*ber_to_der(&implicit).unwrap(), [0x30, 9, 6, 1, 42, 0x30, 0, 0x80, 2, 7, 8]);
    // Something else in that place stays.
    let other = [0x30, 10, 6, 1, 42, 0x30, 0, 0xA0, 3, 2, 1, 5];
    assert!(matches!(ber_to_der(&other).unwrap(), Cow::Borrowed(_)));
}

/// Certificates inside a signed message come out byte for byte.
#[test]
fn real_messages_agree_with_openssl() {
    for name in fixture::names("token", ".p7m") {
        let message = crate::token_wrapping::message(&fixture::bytes(&format!("token/{name}")));
        let der = ber_to_der(&message).unwrap();
        assert!(der.len() <= message.len());
        // openssl writes DER whatever it reads, where it need not decrypt.
        let Some(expected) = fixture::openssl(&["cms", "-cmsout", "-inform", "DER", "-outform", "DER"], &message)
        else {
            return;
        };
        if !name.contains("stream") && !name.starts_with("bc_") {
            assert!(matches!(der, Cow::Borrowed(_)), "{name}");
            assert_eq!(*der, *expected, "{name}");
        }
    }
    let (cert, key) = (fixture::path("token/cert.pem"), fixture::path("token/key.pem"));
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let arguments = ["cms", "-sign", "-nodetach", "-stream", "-signer", cert, "-inkey", key, "-outform", "DER"];
    let Some(signed) = fixture::openssl(&arguments, &b"content ".repeat(2000)) else { return };
    let der = ber_to_der(&signed).unwrap();
    assert!(matches!(der, Cow::Owned(_)));
    let certificate = fixture::bytes("token/cert.der");
    assert!(der.windows(certificate.len()).any(|window| window == certificate));
    let verify = ["cms", "-verify", "-inform", "DER", "-CAfile", cert, "-purpose", "any"];
    assert!(fixture::openssl(&verify, &der).unwrap().starts_with(b"content content"));
}
