//! Messages that nobody should send: each is refused by name, and none is a panic.

use apple_ade::machine_info::{ReadError, SignedMachineInfo, Trust, UntrustedError};
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::cms::SignedError;
use apple_ade::pki::der::{DerError, DerProblem};
use apple_ade::pki::key::{PrivateKey, SignKey as _};
use apple_ade::pki::signature::SignatureError;
use apple_ade::pki::trust::{ChainError, VerifyError};

use crate::asn1::Node;
use crate::fixture;
use crate::machine_info::{at, certificate, refusal, root};

/// Where things are in the message: signed data, and the one signer in it.
const SIGNED: &[usize] = &[1, 0];
const CONTENT: &[usize] = &[1, 0, 2];
const CERTIFICATES: &[usize] = &[1, 0, 3];
const SIGNERS: &[usize] = &[1, 0, 4];
const ATTRIBUTES: &[usize] = &[1, 0, 4, 0, 3];
/// With attributes before it.
const ALGORITHM: &[usize] = &[1, 0, 4, 0, 4, 0];
const SIGNATURE: &[usize] = &[1, 0, 4, 0, 5];

fn message(name: &str) -> Node {
    Node::read(&fixture::bytes(&format!("machine_info/{name}.p7s")))
}

/// The sample in which the device of 2048 bits signs over SHA-256, with attributes: changed, and signed again with its key.
fn signed_anew(change: impl FnOnce(&mut Node), order: impl FnOnce(&mut Vec<Vec<u8>>)) -> Node {
    let mut message = message("2048_sha256_der");
    change(&mut message);
    let mut attributes: Vec<Vec<u8>> = message.at(ATTRIBUTES).members().iter().map(Node::write).collect();
    order(&mut attributes);
    let set = Node::Inner(0x31, attributes.iter().map(|one| Node::read(one)).collect());
    *message.at(SIGNATURE).content() = sign("dev2048", &set.write());
    message
}

fn sign(name: &str, bytes: &[u8]) -> Vec<u8> {
    let key = PrivateKey::from_pem(&fixture::text(&format!("machine_info/{name}.key"))).unwrap();
    key.sign(bytes).unwrap()
}

fn read_error(message: &Node) -> ReadError {
    SignedMachineInfo::from_body(&message.write()).unwrap_err()
}

#[track_caller]
fn accepted(message: &Node) {
    SignedMachineInfo::from_body(&message.write()).unwrap().verify(&root(), at()).unwrap();
}

#[test]
fn exactly_one_signs() {
    let mut two = message("2048_sha256_der");
    let signer = two.at(SIGNERS).members()[0].clone();
    two.at(SIGNERS).members().push(signer);
    assert_eq!(read_error(&two), ReadError::Signed(SignedError::Signers { count: 2 }));
    two.at(SIGNERS).members().clear();
    assert_eq!(read_error(&two), ReadError::Signed(SignedError::Signers { count: 0 }));
}

#[test]
fn the_content_is_inside_and_plain_data() {
    let mut detached = message("2048_sha256_der");
    detached.at(CONTENT).members().truncate(1);
    assert_eq!(read_error(&detached), ReadError::Signed(SignedError::NoContent));

    // Timestamp information, RFC 3161; in the attribute as well, so that everything fits.
    let other = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04];
    let mut typed = message("2048_sha256_der");
    *typed.at(CONTENT).members()[0].content() = other.to_vec();
    assert_eq!(read_error(&typed), ReadError::NotData { oid: "1.2.840.113549.1.9.16.1.4".into() });

    for (kind, expected) in
        [(3, SignedError::EnvelopedData), (1, SignedError::NotSigned { oid: "1.2.840.113549.1.7.1".into() })]
    {
        let mut not_signed = message("2048_sha256_der");
        not_signed.members()[0].content()[8] = kind;
        assert_eq!(read_error(&not_signed), ReadError::Signed(expected));
    }
    let mut text = message("2048_sha256_der");
    text.at(CONTENT).members()[1].members()[0] = Node::Leaf(0x0C, b"text".to_vec());
    assert_eq!(read_error(&text), ReadError::Signed(SignedError::Malformed { place: "signed data" }));
}

/// Whoever has a message with attributes can present these as the content of one without. It verifies, since the signature is over
/// the same bytes; it is no property list.
#[test]
fn attributes_are_no_content() {
    let mut confused = message("2048_sha256_der");
    let set = Node::Inner(0x31, confused.at(ATTRIBUTES).members().clone()).write();
    confused.at(CONTENT).members()[1].members()[0] = Node::Leaf(0x04, set);
    confused.at(&[1, 0, 4, 0]).members().remove(3);
    let signed = SignedMachineInfo::from_body(&confused.write()).unwrap();
    assert!(root().verify(signed.signed(), at()).is_ok());
    assert!(matches!(signed.verify(&root(), at()), Err(UntrustedError::Content(_))));
}

#[test]
fn signed_attributes_are_there_once_and_signed_in_der_order() {
    let unchanged = signed_anew(|_| (), |_| ());
    assert_eq!(unchanged, message("2048_sha256_der"), "our signature is openssl's");

    let reverse = |message: &mut Node| message.at(ATTRIBUTES).members().reverse();
    // Sent in another order, and signed as RFC 5652 says; then signed as it is sent, as some do; then in a third order.
    accepted(&signed_anew(reverse, |attributes| attributes.sort()));
    accepted(&signed_anew(reverse, |_| ()));
    let third = signed_anew(reverse, |attributes| attributes.rotate_left(1));
    assert!(matches!(refusal(&third.write(), &root()), Ok(VerifyError::Signature(SignatureError::Invalid))));

    let attribute = |message: &Node| match read_error(message) {
        ReadError::Signed(SignedError::Attribute { attribute, problem }) => format!("{attribute} is {problem}"),
        other => panic!("{other}"),
    };
    for (place, name) in [(0, "contentType"), (2, "messageDigest")] {
        let gone = signed_anew(|message| drop(message.at(ATTRIBUTES).members().remove(place)), |_| ());
        assert_eq!(attribute(&gone), format!("{name} is not there with one value"));
        let two_values = signed_anew(
            |message| {
                let values = message.at(ATTRIBUTES).members()[place].members()[1].members();
                let first = values[0].clone();
                values.push(first);
            },
            |_| (),
        );
        assert_eq!(attribute(&two_values), format!("{name} is not there with one value"));
        let twice = signed_anew(
            |message| {
                let again = message.at(ATTRIBUTES).members()[place].clone();
                message.at(ATTRIBUTES).members().push(again);
            },
            |_| (),
        );
        assert!(attribute(&twice).ends_with("is there twice"));
    }
    let mut many = message("2048_sha256_der");
    for number in 0..40 {
        let attribute = vec![Node::Leaf(0x06, vec![0x2A, 3, number]), Node::Inner(0x31, Vec::new())];
        many.at(ATTRIBUTES).members().push(Node::Inner(0x30, attribute));
    }
    assert!(matches!(read_error(&many), ReadError::Signed(SignedError::Malformed { .. })));
    let mut none = message("2048_sha256_der");
    none.at(ATTRIBUTES).members().clear();
    assert_eq!(attribute(&none), "contentType is not there with one value");
}

#[test]
fn other_hashes_and_algorithms_are_named() {
    let md5 = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05].to_vec();
    let mut hashed = message("2048_sha256_der");
    *hashed.at(&[1, 0, 4, 0, 2, 0]).content() = md5;
    let oid = "1.2.840.113549.2.5".to_owned();
    assert_eq!(read_error(&hashed), ReadError::Signed(SignedError::UnsupportedHash { oid }));

    // PSS; then SHA-1 with RSA beside the hash SHA-256.
    for (last, oid) in [(10, "1.2.840.113549.1.1.10"), (5, "1.2.840.113549.1.1.5")] {
        let mut signed = message("2048_sha256_der");
        *signed.at(ALGORITHM).content() = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, last].to_vec();
        let error = read_error(&signed);
        assert!(
            matches!(&error, ReadError::Signed(SignedError::UnsupportedSignature { oid: found, .. }) if found == oid)
        );
    }
    // A whole algorithm in the place of that of the key is in use as well.
    let mut whole = message("2048_sha256_der");
    *whole.at(ALGORITHM).content() = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 11].to_vec();
    accepted(&whole);
    // ECDSA by an RSA key.
    let mut mixed = message("2048_sha256_der");
    *mixed.at(ALGORITHM).content() = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02].to_vec();
    assert!(matches!(
        refusal(&mixed.write(), &root()),
        Ok(VerifyError::Signature(SignatureError::OtherKind { key: "RSA", .. }))
    ));
}

#[test]
fn certificates_that_do_not_belong_there_do_not_help() {
    let add = |message: &mut Node, name: &str| {
        let der = Node::read(certificate(name).as_der());
        message.at(CERTIFICATES).members().insert(0, der);
    };
    // Others' certificates, the root itself, and the same twice.
    let mut more = message("2048_sha256_der");
    for name in ["root", "devec", "dev1024", "dev2048", "inter", "device_certificate_2018"] {
        add(&mut more, name);
    }
    accepted(&more);
    // Other kinds than X.509 are skipped; one that cannot be read does not count, unless it would have been the signer's.
    let junk = Node::Inner(0xA3, vec![Node::Leaf(0x06, vec![0x2A, 3])]);
    more.at(CERTIFICATES).members().insert(0, junk);
    more.at(CERTIFICATES).members().insert(0, Node::Inner(0x30, vec![Node::Leaf(0x02, vec![1])]));
    accepted(&more);
    more.at(CERTIFICATES).members().retain(|one| *one != Node::read(certificate("dev2048").as_der()));
    assert!(matches!(refusal(&more.write(), &root()), Ok(VerifyError::Certificate(_))));

    let mut alone = message("2048_sha256_der");
    alone.at(CERTIFICATES).members().truncate(1);
    assert!(matches!(refusal(&alone.write(), &root()), Ok(VerifyError::Chain(ChainError::UnknownIssuer { .. }))));
    // As a Mac does it: the authority's certificate is not needed where that is pinned.
    let pinned = Trust::pinned(certificate("inter"));
    assert!(SignedMachineInfo::from_body(&alone.write()).unwrap().verify(&pinned, at()).is_ok());
    alone.at(SIGNED).members().remove(3);
    assert!(matches!(refusal(&alone.write(), &root()), Ok(VerifyError::NoCertificate { .. })));

    let mut many = message("2048_sha256_der");
    (0..16).for_each(|_| add(&mut many, "root"));
    assert_eq!(read_error(&many), ReadError::Signed(SignedError::TooManyCertificates));
}

/// A certificate whose signature covers bytes that are not canonical verifies as it came, and would not when written anew.
#[test]
fn certificates_are_verified_as_they_came() {
    // Signed over SHA-256 by the authority, so that we can.
    let mut leaf = Node::read(certificate("dev2048").as_der());
    for algorithm in [&[0, 2][..], &[1]] {
        leaf.at(algorithm).members()[0].content()[8] = 11;
    }
    // The length in three bytes, where two are enough.
    let canonical = leaf.members()[0].write();
    assert_eq!(canonical[..2], [0x30, 0x82]);
    let long = [&[0x30, 0x83, 0][..], &canonical[2..]].concat();
    let signature = Node::Leaf(0x03, [&[0][..], &sign("inter", &long)].concat()).write();
    let parts = [&long[..], &leaf.members()[1].write(), &signature].concat();
    let length = u16::try_from(parts.len()).unwrap().to_be_bytes();
    let patched = [&[0x30, 0x82][..], &length, &parts].concat();

    // With all lengths around it open, since no DER has it.
    let open = |tag: u8, parts: &[&[u8]]| [&[tag, 0x80][..], &parts.concat(), &[0, 0]].concat();
    let mut message = message("2048_sha256_der");
    let parts: Vec<Vec<u8>> = message.at(SIGNED).members().iter().map(Node::write).collect();
    let certificates = open(0xA0, &[&patched, certificate("inter").as_der()]);
    let signed = open(0x30, &[&parts[0], &parts[1], &parts[2], &certificates, &parts[4]]);
    let whole = open(0x30, &[&message.members()[0].write(), &open(0xA0, &[&signed])]);
    let read = SignedMachineInfo::from_body(&whole).unwrap();
    assert_eq!(read.signed().certificates().next(), Some(&patched[..]));
    read.verify(&root(), at()).unwrap();
}

/// What nobody signed of a certificate, written otherwise.
fn rewritten(der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let null = Node::Leaf(0x05, Vec::new());
    let parts: Vec<Vec<u8>> = Node::read(der).members().iter().map(Node::write).collect();
    let [signed, algorithm, signature] = &parts[..] else { panic!("three") };
    let sequence = |parts: &[&[u8]]| {
        let content = parts.concat();
        [&[0x30, 0x82][..], &u16::try_from(content.len()).unwrap().to_be_bytes(), &content].concat()
    };
    let with_algorithm = |change: fn(&mut Vec<Node>)| {
        let mut algorithm = Node::read(algorithm);
        change(algorithm.members());
        sequence(&[signed, &algorithm.write(), signature])
    };
    let long = u32::try_from(der.len() - 4).unwrap().to_be_bytes();
    let long_signature = [&[3, 0x83, 0][..], &signature[2..]].concat();
    let unused = Node::read(signature).content()[1..].to_vec();
    vec![
        ("a fourth member", sequence(&[signed, algorithm, signature, &null.write()])),
        ("a byte behind", sequence(&[signed, algorithm, signature, &[5]])),
        ("a length in four bytes", [&[0x30, 0x84][..], &long, &der[4..]].concat()),
        ("an open length", [&[0x30, 0x80][..], &der[4..], &[0, 0]].concat()),
        ("a long length of the signature", sequence(&[signed, algorithm, &long_signature])),
        ("another parameter", with_algorithm(|members| members[1] = Node::Leaf(0x04, Vec::new()))),
        ("a damaged parameter", with_algorithm(|members| members[1] = Node::Leaf(0x05, vec![1]))),
        ("no parameter", with_algorithm(|members| members.truncate(1))),
        (
            "a signature in pieces",
            sequence(&[signed, algorithm, &Node::Inner(0x23, vec![Node::read(signature)]).write()]),
        ),
        ("bits that are unused", sequence(&[signed, algorithm, &Node::Leaf(3, [&[1][..], &unused].concat()).write()])),
        (
            "zeros before the signature",
            sequence(&[signed, algorithm, &Node::Leaf(3, [&[0, 0][..], &unused].concat()).write()]),
        ),
    ]
}

/// By the fingerprint a server knows a device again: whoever sends the certificate must not be able to give it another.
#[test]
fn a_fingerprint_is_not_the_senders_to_choose() {
    let device = certificate("dev2048");
    let pinned = Trust::pinned(certificate("inter"));
    for (what, der) in rewritten(device.as_der()) {
        let believed = Certificate::from_der(&der).is_ok_and(|other| pinned.chain(&other, &[], at()).is_ok());
        assert!(!believed, "{what}");
        let mut message = message("2048_sha256_der");
        if let [0x30, 0x82, ..] = der[..] {
            message.at(CERTIFICATES).members()[0] = Node::Leaf(0x30, der[4..].to_vec());
            assert!(!matches!(refusal(&message.write(), &root()), Err(why) if why == "accepted"), "{what}");
        }
    }
    // Every byte of it, changed in two ways.
    let der = device.as_der();
    for (place, change) in (0..der.len()).flat_map(|place| [(place, 1), (place, 0x80)]) {
        let mut changed = der.to_vec();
        changed[place] ^= change;
        let believed = Certificate::from_der(&changed).is_ok_and(|other| pinned.chain(&other, &[], at()).is_ok());
        assert!(!believed, "byte {place} changed by {change}");
    }
    assert_eq!(pinned.chain(&device, &[], at()).unwrap().fingerprint(), device.fingerprint());
    // Apple's own are written as they should be, and nobody has to write them anew.
    for name in ["device_certificate_2018", "Apple_iPhone_Device_CA_Fullchain"] {
        let all = Trust::anchors_from_pem(&fixture::text(&format!("machine_info/{name}.pem"))).unwrap();
        assert!(all.certificates().count() > 0);
    }
}

/// Of an ECDSA signature (r, s) there is a second, (r, n - s), which anybody can reckon out. The key stays.
#[test]
fn under_an_issuer_with_an_ec_key_the_key_alone_tells_a_device() {
    let [leaf, twin, issuer] = ["leaf", "twin", "issuer"].map(|name| certificate(&format!("twins/{name}")));
    let trust = Trust::pinned(issuer);
    let [one, other] = [leaf, twin].map(|leaf| trust.chain(&leaf, &[], at()).unwrap());
    assert_ne!(one.fingerprint(), other.fingerprint());
    assert_eq!(one.key_fingerprint(), other.key_fingerprint());
    let key = fixture::openssl(&["pkey", "-pubin", "-inform", "DER", "-outform", "DER"], one.leaf().public_key_der());
    if let Some(digest) = key.and_then(|key| fixture::openssl(&["dgst", "-sha256", "-c"], &key)) {
        let digest = String::from_utf8(digest).unwrap();
        let (_, digest) = digest.trim().rsplit_once(' ').unwrap();
        assert_eq!(digest.to_uppercase(), one.key_fingerprint().to_string());
    }
}

#[test]
fn what_is_not_one_whole_message_is_refused() {
    let body = fixture::bytes("machine_info/bc_sha1.p7s");
    let read = |bytes: &[u8]| SignedMachineInfo::from_body(bytes).unwrap_err();
    assert_eq!(read(b""), ReadError::Empty { place: "body" });
    let problem = |error: ReadError| match error {
        ReadError::Signed(SignedError::Ber(error)) => DerError::problem(&error),
        other => panic!("{other}"),
    };
    assert_eq!(problem(read(&[&body[..], b"\n"].concat())), DerProblem::TrailingBytes);
    assert_eq!(problem(read(&[&body[..], &body[..]].concat())), DerProblem::TrailingBytes);
    assert_eq!(problem(read(&body[..body.len() - 1])), DerProblem::Truncated);
    assert_eq!(problem(read(&vec![0x30; 30_000])), DerProblem::Overrun);
    assert_eq!(problem(read(&[0x30, 0x80].repeat(30_000))), DerProblem::TooDeep);
    assert!(matches!(read(&vec![0x30; 70_000]), ReadError::TooLarge { place: "body", .. }));
    assert!(matches!(read(b"\x30\x00"), ReadError::Signed(SignedError::Malformed { place: "outermost structure" })));
    assert!(matches!(read(b"<?xml version=\"1.0\"?><plist/>"), ReadError::Signed(SignedError::Ber(_))));
    // A number of thousands of digits for the version, and for the serial number of the signer's certificate.
    let mut huge = message("2048_sha256_der");
    *huge.at(&[1, 0, 0]).content() = vec![0x7F; 4000];
    assert_eq!(read_error(&huge), ReadError::Signed(SignedError::Malformed { place: "signed data" }));
    let mut huge = message("2048_sha256_der");
    *huge.at(&[1, 0, 4, 0, 1, 1]).content() = vec![0x7F; 4000];
    assert!(matches!(refusal(&huge.write(), &root()), Ok(VerifyError::NoCertificate { .. })));
    let long = message("2048_sha256_der").at(SIGNATURE).content().len();
    for signature in [Vec::new(), vec![0; long], vec![0xFF; long], vec![1; 8000]] {
        let mut other = message("2048_sha256_der");
        *other.at(SIGNATURE).content() = signature;
        assert!(matches!(refusal(&other.write(), &root()), Ok(VerifyError::Signature(SignatureError::Invalid))));
    }
}
