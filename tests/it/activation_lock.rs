//! Bypass codes: against published vectors, Python and openssl; what is mistyped is named; the unlock service's request.

use std::process::Command;

use apple_ade::Stamp;
use apple_ade::activation_lock::{
    BypassCode, BypassCodeError, BypassCodes, Unlock, UnlockAnswer, UnlockOutcome, UnlockRequest,
};
use apple_ade::api::{EnableActivationLock, Endpoint, Service};
use proptest::prelude::*;

use crate::fixture;

/// From the tests of nanodep (MIT), which has them from Apple's page and from devices.
const PUBLISHED: &[(&str, &str, &str)] = &[
    (
        "00000000000000000000000000000000",
        "00000-00000-0000-0000-0000-0000",
        "deab860d28deb5b7121d6d8fcf0f78e1471756d1b2c566c03277c23ea8930b4f",
    ),
    (
        "1ea841db5edfafe6075b5ae0d845d254",
        "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4",
        "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5",
    ),
    (
        "44ebe63375969fec2da67e87e7317946",
        "8LNYD-DVNKU-GYRC-E6GU-3YFD-CT86",
        "c1968cb4c013ea893f1922bb5c39f81e35012c0bd9ce3c01cc2a05873a2499e6",
    ),
];

fn bytes(hex: &str) -> [u8; 16] {
    u128::from_str_radix(hex, 16).unwrap().to_be_bytes()
}

fn stamp(nonce: [u8; 16]) -> Stamp {
    Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), nonce)
}

#[track_caller]
fn refused(text: &str) -> BypassCodeError {
    match text.parse::<BypassCode>() {
        Ok(code) => panic!("{text:?} is {:?}", code.to_code().expose_secret()),
        Err(error) => error,
    }
}

#[track_caller]
fn same(text: &str, raw: [u8; 16]) {
    let code = text.parse::<BypassCode>().unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(code.expose_secret(), &raw, "{text:?}");
}

#[test]
fn the_published_vectors() {
    for (raw, code, hash) in PUBLISHED {
        let made = BypassCode::generate(&stamp(bytes(raw)));
        assert_eq!(made.to_code().expose_secret(), *code);
        assert_eq!(made.hash().as_str(), *hash);
        same(code, bytes(raw));
    }
}

/// The vectors of `make.py`, and the script itself where Python is there.
#[test]
fn python_agrees() {
    let vectors: serde_json::Value = serde_json::from_str(&fixture::text("bypass_code/vectors.json")).unwrap();
    let vectors = vectors.as_array().unwrap();
    assert!(vectors.len() >= 10);
    for vector in vectors {
        let [raw, code, hash] = ["raw", "code", "hash"].map(|key| vector[key].as_str().unwrap());
        let made = BypassCode::from_bytes(bytes(raw));
        assert_eq!(made.to_code().expose_secret(), code);
        assert_eq!(made.hash().to_string(), hash);
        same(code, bytes(raw));
    }
    match Command::new("python3").arg(fixture::path("bypass_code/make.py")).arg("--check").output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => println!("skipped: python3 is not there"),
    }
}

#[test]
fn openssl_derives_the_same_hash() {
    let raw = "00112233445566778899aabbccddeeff";
    let password = format!("hexpass:{raw}");
    // `pkcs5:1` lets a salt of four bytes pass.
    let options = ["digest:SHA256", &password, "hexsalt:00000000", "iter:50000", "pkcs5:1"];
    let mut arguments = vec!["kdf", "-keylen", "32"];
    arguments.extend(options.iter().flat_map(|option| ["-kdfopt", option]));
    arguments.push("PBKDF2");
    let Some(output) = fixture::openssl(&arguments, b"") else { return };
    let expected = String::from_utf8(output).unwrap().trim().replace(':', "").to_lowercase();
    assert_eq!(BypassCode::from_bytes(bytes(raw)).hash().as_str(), expected);
}

#[test]
fn what_is_mistyped_is_named() {
    use BypassCodeError::{Dash, DashMissing, LastSymbol, Length, Letter};

    let letter = |position, found, meant| Letter { position, found, meant };
    for (text, error, message) in [
        ("BLNYD-DVNKU-GYRC-E6GU-3YFD-CT86", letter(1, 'B', Some("8")), "character 1 is 'B'"),
        ("8LNYD-DVNKU-GYRC-E6GU-3YFD-CTb6", letter(30, 'b', Some("8")), "may be meant as 8"),
        ("3UM43-PUYVY-QYDI-UVCC-HEHJ-FKA4", letter(16, 'I', Some("1")), "character 16 is 'I'"),
        ("3UM43-PUYVY-QYDl-UVCC-HEHJ-FKA4", letter(16, 'l', Some("1 or L")), "may be meant as 1 or L"),
        ("  O0000-00000-0000-0000-0000-0000", letter(3, 'O', Some("0")), "character 3 is 'O'"),
        ("00000-00000-0000-0000-0000-000s", letter(31, 's', Some("5")), "may be meant as 5"),
        ("00000\u{2013}00000-0000-0000-0000-0000", letter(6, '\u{2013}', Some("-")), "may be meant as -"),
        ("00000 00000 0000 0000 0000 0000", letter(6, ' ', None), "character 6 is ' ', which no bypass code has"),
        ("00000-00000-0000-0000-0000-000é", letter(31, 'é', None), "'é'"),
        ("0000-000000-0000-0000-0000-0000", Dash { position: 5 }, "character 5 is a dash"),
        ("00000--00000-0000-0000-0000-0000", Dash { position: 7 }, "character 7 is a dash"),
        ("00000-00000-0000-0000-0000-0000-", Dash { position: 32 }, "compare the group before it"),
        ("-00000-00000-0000-0000-0000-0000", Dash { position: 1 }, "character 1"),
        ("0000000000-0000-0000-0000-0000", DashMissing { position: 6 }, "a dash is missing before character 6"),
        ("00000-00000-0000-0000-0000-0008", LastSymbol { position: 31, found: '8' }, "a digit from 0 to 7"),
        ("0000000000000000000000000Z", LastSymbol { position: 26, found: 'Z' }, "character 26"),
        ("", Length { found: 0 }, "it has 0 characters beside dashes, and a bypass code has 26"),
        ("00000-00000-0000-0000-0000-000", Length { found: 25 }, "25"),
        ("ZZZZZZZZZZZZZZZZZZZZZZZZZZZ", Length { found: 27 }, "27"),
        ("00000-00000-0000-0000-0000-00000", Length { found: 27 }, "27"),
        (&"A".repeat(100_000), Length { found: 100_000 }, "100000"),
    ] {
        let found = refused(text);
        assert_eq!(found, error, "{text:.40}");
        assert!(found.to_string().contains(message), "{text:.40}: {found}");
    }
}

#[test]
fn the_other_ways_to_write_a_code() {
    let raw = bytes("44ebe63375969fec2da67e87e7317946");
    for text in
        ["8LNYDDVNKUGYRCE6GU3YFDCT86", "\t8LNYD-DVNKU-GYRC-E6GU-3YFD-CT86\r\n", "8Lnyd-dvnku-gyrc-e6gu-3yfd-ct86"]
    {
        same(text, raw);
    }
}

#[test]
fn a_device_is_locked_with_the_hash_and_not_with_the_code() {
    let code = BypassCode::from_bytes([7; 16]);
    let lock = EnableActivationLock::new("C02T0HL0GGC0".parse().unwrap());
    let request = lock.clone().with_escrow_key(code.hash()).to_request(&Service::apple()).unwrap();
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["escrow_key"], code.hash().as_str());

    let error = lock.with_escrow_key(code.to_code().expose_secret()).to_request(&Service::apple()).unwrap_err();
    assert!(!error.to_string().contains(code.to_code().expose_secret()), "{error}");
}

fn unlock() -> Unlock {
    Unlock::new("C02T0HL0GGC0".parse().unwrap(), "iPad13,4", "Schule & Söhne", "user=1")
}

#[test]
fn the_unlock_request() {
    let code: BypassCode = "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4".parse().unwrap();
    let full = unlock().with_imei("35 123456 789012 3").with_imei2("").with_meid("A1000009A");
    let request: UnlockRequest = full.request(&code).unwrap();
    assert!(!format!("{request:?} {request:#?}").contains("3UM43"));

    let sent = request.expose_secret();
    assert_eq!(sent.method(), http::Method::POST);
    assert_eq!(sent.uri(), request.uri());
    assert_eq!(
        sent.uri().to_string(),
        "https://deviceservices-external.apple.com/deviceservicesworkers/escrowKeyUnlock\
         ?serial=C02T0HL0GGC0&productType=iPad13%2C4&imei=35%20123456%20789012%203&meid=A1000009A"
    );
    assert_eq!(sent.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        std::str::from_utf8(sent.body()).unwrap(),
        "orgName=Schule%20%26%20S%C3%B6hne&guid=user%3D1&escrowKey=3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4"
    );
    let again = unlock().request(&code).unwrap();
    assert!(again.uri().query().is_some_and(|query| !query.contains("imei") && !query.contains("meid")));
}

#[test]
fn an_unlock_request_has_its_fields() {
    let code = BypassCode::from_bytes([7; 16]);
    let mut odd = [unlock(), unlock(), unlock(), unlock()];
    odd[0].product_type = " ".into();
    odd[1].org_name = String::new();
    odd[2].guid = "a\nb".into();
    odd[3].meid = Some("9".repeat(Unlock::LONGEST + 1));
    for (unlock, field) in odd.iter().zip(["productType", "orgName", "guid", "meid"]) {
        let error = unlock.request(&code).unwrap_err();
        assert_eq!(error.field(), field);
        assert!(error.to_string().starts_with(&format!("`{field}` is ")), "{error}");
    }
    let mut longest = unlock();
    longest.org_name = "ö".repeat(Unlock::LONGEST / 2);
    assert!(longest.request(&code).is_ok());
}

#[test]
fn the_unlock_services_answers() {
    use UnlockOutcome::{Malformed, NotAllowed, TryLater, TryOtherCode, Unlocked};

    for (status, outcome) in [
        (200, Unlocked),
        (302, NotAllowed),
        (400, Malformed),
        (401, NotAllowed),
        (403, NotAllowed),
        (404, TryOtherCode),
        (418, TryLater),
        (429, TryLater),
        (500, TryLater),
        (503, TryLater),
    ] {
        let response = http::Response::builder().status(status).body(Vec::new()).unwrap();
        let answer = UnlockAnswer::read(&response);
        assert_eq!((answer.outcome(), answer.status().as_u16(), answer.message()), (outcome, status, None));
    }
    for (body, message) in [
        (&br#"{"code": 1, "message": "no such\ndevice"}"#[..], "no such device"),
        (br#"{"code": 1}"#, r#"{"code": 1}"#),
        (b"<html>\xff\n", "<html>\u{fffd}"),
        ("x".repeat(1 << 20).as_bytes(), &"x".repeat(400)),
    ] {
        let answer = UnlockAnswer::read(&http::Response::new(body.to_vec()));
        assert_eq!(answer.message(), Some(message));
    }
}

#[test]
fn both_codes_are_tried_the_servers_first() {
    let codes = BypassCodes {
        server_generated: Some(BypassCode::from_bytes([1; 16])),
        device_generated: Some(BypassCode::from_bytes([2; 16])),
    };
    assert_eq!(codes.in_order().map(|code| code.expose_secret()[0]).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(BypassCodes::default().in_order().count(), 0);
    assert!(!format!("{codes:?}").contains('1'));
}

/// The symbols as text of bits: another way than shifting numbers.
fn model(raw: [u8; 16]) -> String {
    let bits = format!("{:0128b}", u128::from_be_bytes(raw));
    let symbol = |from: usize| {
        let index = usize::from_str_radix(&bits[from..(from + 5).min(128)], 2).unwrap();
        "0123456789ACDEFGHJKLMNPQRTUVWXYZ".chars().nth(index).unwrap()
    };
    (0..128).step_by(5).map(symbol).collect()
}

proptest! {
    #[test]
    fn a_code_is_read_as_it_was_written(raw: [u8; 16], lower: u32) {
        let written = BypassCode::from_bytes(raw).to_code();
        let written = written.expose_secret();
        prop_assert_eq!(written.replace('-', ""), model(raw));
        let lengths: Vec<usize> = written.split('-').map(str::len).collect();
        prop_assert_eq!(lengths, [5, 5, 4, 4, 4, 4]);
        same(written, raw);
        same(&model(raw), raw);
        let mixed = written.char_indices().map(|(place, c)| {
            if c != 'L' && lower >> (place % 32) & 1 == 1 { c.to_ascii_lowercase() } else { c }
        });
        same(&mixed.collect::<String>(), raw);
    }

    /// Nothing that is typed wrong is skipped: it gives another code, or is named.
    #[test]
    fn one_wrong_character_is_another_code_or_is_named(
        raw: [u8; 16],
        place in 0..31_usize,
        typed in prop_oneof!["[0-9A-Za-z|_-]", "\\PC"],
        plain: bool,
    ) {
        let written = BypassCode::from_bytes(raw).to_code();
        let written = if plain { model(raw) } else { written.expose_secret().to_owned() };
        let typed = typed.chars().next().unwrap();
        let place = place % written.len();
        let right = written.as_bytes()[place];
        prop_assume!(!typed.is_whitespace() && typed.to_ascii_uppercase() != char::from(right));
        let mut wrong: Vec<char> = written.chars().collect();
        wrong[place] = typed;
        let wrong: String = wrong.into_iter().collect();
        match wrong.parse::<BypassCode>() {
            Ok(other) => prop_assert_ne!(other.expose_secret(), &raw, "{} is taken for {}", wrong, written),
            // A dash in a code that has no others says that the code has them: the first place of one is named, or the second where the dash
            // is in the first.
            Err(error) if plain && typed == '-' => {
                let most = if place == 5 { 12 } else { place + 1 };
                prop_assert!(error.position().is_some_and(|at| at <= most), "{}: {}", wrong, error);
            }
            Err(error) => prop_assert_eq!(error.position(), Some(place + 1), "{}: {}", wrong, error),
        }
    }

    #[test]
    fn no_character_may_be_missing_or_too_many(raw: [u8; 16], place in 0..31_usize, more in "[0-9AC-HJ-NP-RT-Z-]", plain: bool) {
        let written = BypassCode::from_bytes(raw).to_code();
        let written = if plain { model(raw) } else { written.expose_secret().to_owned() };
        let place = place % written.len();
        let (head, tail) = written.split_at(place);
        for wrong in [[head, &more, tail], [head, "", &tail[1..]]] {
            prop_assert!(wrong.concat().parse::<BypassCode>().is_err(), "{:?}", wrong);
        }
    }

    #[test]
    fn any_text_is_a_code_or_is_not(text in "\\PC{0,40}|[0-9A-Za-z-]{20,33}") {
        if let Ok(code) = text.parse::<BypassCode>() {
            let typed = text.trim().replace('-', "").to_ascii_uppercase();
            let written = code.to_code().expose_secret().replace('-', "");
            prop_assert_eq!(typed, written);
        }
    }
}
