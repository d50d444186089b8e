//! Property lists are read within bounds, and nothing of them is lost silently.

use std::fmt::Write as _;

use apple_ade::property_list::{MOST_BYTES, MOST_DEEP, MOST_VALUES, PropertyListError, read, to_xml};
use plist::{Dictionary, Value};
use proptest::prelude::*;

use crate::fixture;

/// A list around these elements.
fn list(inside: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">{inside}</plist>\n")
}

/// The binary form by hand: the objects with their offsets, then the trailer. References have one byte.
fn binary(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in objects {
        offsets.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
        bytes.extend(object);
    }
    let table = u64::try_from(bytes.len()).unwrap();
    bytes.extend(offsets);
    bytes.extend([0, 0, 0, 0, 0, 0, 4, 1]);
    bytes.extend(u64::try_from(objects.len()).unwrap().to_be_bytes());
    bytes.extend(0_u64.to_be_bytes());
    bytes.extend(table.to_be_bytes());
    bytes
}

/// An array of the same object, so many times.
fn array_of(object: u8, times: u16) -> Vec<u8> {
    let [high, low] = times.to_be_bytes();
    let mut bytes = vec![0xAF, 0x11, high, low];
    bytes.extend(std::iter::repeat_n(object, usize::from(times)));
    bytes
}

#[test]
fn both_forms_are_read() {
    let xml = list(
        "<dict><key>UUID</key><string>a &amp; b &#x41;</string><key>N</key><integer>-7</integer><key>D</key>\
         <data>AQI=</data><key>T</key><date>2026-10-02T03:04:05Z</date><key>B</key><true/></dict>",
    );
    let value = read(xml.as_bytes()).unwrap();
    let dictionary = value.as_dictionary().unwrap();
    assert_eq!(dictionary.get("UUID").and_then(Value::as_string), Some("a & b A"));
    assert_eq!(dictionary.get("N").and_then(Value::as_signed_integer), Some(-7));
    assert_eq!(dictionary.get("D").and_then(Value::as_data), Some(&[1, 2][..]));
    assert_eq!(dictionary.get("T").and_then(Value::as_date).unwrap().to_xml_format(), "2026-10-02T03:04:05Z");

    let mut bytes = Vec::new();
    value.to_writer_binary(&mut bytes).unwrap();
    assert_eq!(read(&bytes).unwrap(), value);
    assert_eq!(read(&to_xml(&value).unwrap()).unwrap(), value);
    assert_eq!(read(&[b"\xef\xbb\xbf \n".as_slice(), xml.as_bytes()].concat()).unwrap(), value);
}

#[test]
fn what_is_none_is_named() {
    assert_eq!(read(b" \n"), Err(PropertyListError::Empty));
    for text in ["{\"a\": 1}", "{ a = b; }", "bplist", "\u{0}"] {
        assert_eq!(read(text.as_bytes()), Err(PropertyListError::NotAPropertyList), "{text:?}");
    }
    // The old ASCII form of data begins as XML does.
    for text in ["<0fbd77>", "<html><body/></html>", "<plist><dict><key>a</key></dict></plist>", "<plist>", "<plist/>"]
    {
        assert!(matches!(read(text.as_bytes()), Err(PropertyListError::Syntax { .. })), "{text:?}");
    }
    for length in 8..40 {
        let bytes = [b"bplist00".as_slice(), &vec![0xFF; length - 8]].concat();
        assert!(matches!(read(&bytes), Err(PropertyListError::Syntax { .. })), "{length}");
    }
}

#[test]
fn nothing_is_lost_silently() {
    let bomb = format!(
        "<!DOCTYPE plist [<!ENTITY a \"{}\">]>{}",
        "a".repeat(100),
        "<plist><array><string>&a;&a;</string></array></plist>"
    );
    assert_eq!(read(bomb.as_bytes()), Err(PropertyListError::Entity { offset: 17 }));
    let xml = list("<string>&eacute;</string>");
    let offset = xml.find('&').unwrap();
    assert_eq!(read(xml.as_bytes()), Err(PropertyListError::Entity { offset }));
    // The parser knows small letters too.
    for section in ["<![CDATA[a]]>", "<![cdata[a]]>"] {
        let xml = list(&format!("<string>F9F{section}XJ1</string>"));
        let offset = xml.find("<![").unwrap();
        assert_eq!(read(xml.as_bytes()), Err(PropertyListError::Cdata { offset }));
    }
}

#[test]
fn a_key_is_there_once() {
    let twice = |key: &str| Err(PropertyListError::Twice { key: key.into() });
    let pair = "<key>UDID</key><string>1</string>";
    assert_eq!(read(list(&format!("<dict>{pair}{pair}</dict>")).as_bytes()), twice("UDID"));
    let spelt = "<key>UD&#73;D</key><string>2</string>";
    assert_eq!(read(list(&format!("<array><dict>{pair}{spelt}</dict></array>")).as_bytes()), twice("UDID"));
    let dictionary = vec![0xD2, 1, 1, 2, 3];
    let keys = binary(&[dictionary, b"\x54UDID".to_vec(), b"\x511".to_vec(), b"\x512".to_vec()]);
    assert_eq!(read(&keys), twice("UDID"));
    // In two dictionaries it is two keys; and what is long is cut.
    assert!(read(list(&format!("<array><dict>{pair}</dict><dict>{pair}</dict></array>")).as_bytes()).is_ok());
    let long = format!("<key>{}</key><true/>", "é".repeat(1000));
    assert_eq!(read(list(&format!("<dict>{long}{long}</dict>")).as_bytes()), twice(&"é".repeat(40)));
}

#[test]
fn depth_has_a_bound() {
    let nested = |deep: usize| list(&("<array>".repeat(deep) + &"</array>".repeat(deep)));
    assert!(read(nested(MOST_DEEP).as_bytes()).is_ok());
    assert_eq!(read(nested(MOST_DEEP + 1).as_bytes()), Err(PropertyListError::TooDeep));
    assert_eq!(read(nested(MOST_BYTES / 20).as_bytes()), Err(PropertyListError::TooDeep));
    let nested = |deep: u8| binary(&(1..=deep).map(|next| vec![0xA1, next]).chain([vec![0xA0]]).collect::<Vec<_>>());
    assert!(read(&nested(31)).is_ok());
    assert_eq!(read(&nested(200)), Err(PropertyListError::TooDeep));
    // An array of itself.
    assert!(matches!(read(&binary(&[vec![0xA1, 0]])), Err(PropertyListError::Syntax { .. })));
}

#[test]
fn what_unfolds_has_a_bound() {
    // Each array holds the next one a thousand times: a thousand million million values in 4 kB.
    let levels = [array_of(1, 1000), array_of(2, 1000), array_of(3, 1000), array_of(4, 1000), vec![0x10, 1]];
    assert_eq!(read(&binary(&levels)), Err(PropertyListError::TooMany));
    // A text of 10 kB, 1000 times.
    let text = [vec![0x5F, 0x11, 0x27, 0x10], vec![b'a'; 10_000]].concat();
    assert_eq!(read(&binary(&[array_of(1, 1000), text])), Err(PropertyListError::Unfolds));
    // As many as are allowed, and one more.
    let many = |count: usize| list(&format!("<array>{}</array>", "<true/>".repeat(count)));
    assert!(read(many(MOST_VALUES - 1).as_bytes()).is_ok());
    assert_eq!(read(many(MOST_VALUES).as_bytes()), Err(PropertyListError::TooMany));
    let long = " ".repeat(MOST_BYTES + 1);
    assert_eq!(read(long.as_bytes()), Err(PropertyListError::TooLarge { found: MOST_BYTES + 1 }));
}

/// What collections name is counted before any is loaded: the deepest of these would be refused for its depth otherwise, after thirty-two
/// had been loaded.
#[test]
fn what_a_binary_list_names_has_a_bound_of_its_own() {
    let lists = |count: u8, times: u16| {
        let nested = (1..=count).map(|next| {
            let mut list = array_of(0, times);
            list[4] = next;
            list
        });
        binary(&nested.chain([vec![0x09]]).collect::<Vec<_>>())
    };
    assert_eq!(read(&lists(40, 3000)), Err(PropertyListError::TooMany));
    assert_eq!(read(&lists(40, 1000)), Err(PropertyListError::TooDeep));

    // Sixty arrays that share four million bytes of references.
    let mut bytes = b"bplist00".to_vec();
    for next in 1..=60_u8 {
        bytes.extend([0xAF, 0x12, 0, 0x3F, 0, 0, next]);
    }
    bytes.resize(MOST_BYTES - 32 - 61 * 2, 1);
    let table = u64::try_from(bytes.len()).unwrap();
    (0..61_u16).for_each(|place| bytes.extend((8 + place * 7).to_be_bytes()));
    bytes.extend([0, 0, 0, 0, 0, 0, 2, 1]);
    bytes.extend([61, 0, table].into_iter().flat_map(u64::to_be_bytes));
    assert_eq!((read(&bytes), bytes.len()), (Err(PropertyListError::TooMany), MOST_BYTES));

    // As many as are allowed, and one more; of dictionaries keys and values.
    let binary_of = |value: &Value| {
        let mut bytes = Vec::new();
        value.to_writer_binary(&mut bytes).unwrap();
        bytes
    };
    let many = |count: usize| binary_of(&Value::Array(vec![Value::Boolean(true); count]));
    assert!(read(&many(MOST_VALUES - 1)).is_ok());
    assert_eq!(read(&many(MOST_VALUES)), Err(PropertyListError::TooMany));
    let keys = |count: usize| {
        binary_of(&Value::Dictionary((0..count).map(|key| (key.to_string(), Value::Boolean(true))).collect()))
    };
    assert!(read(&keys(MOST_VALUES / 2 - 1)).is_ok());
    assert_eq!(read(&keys(MOST_VALUES / 2)), Err(PropertyListError::TooMany));
}

#[test]
fn the_order_of_keys_is_kept() {
    let mut dictionary = Dictionary::new();
    let mut expected = String::new();
    for key in ["Z", "A", "M"] {
        dictionary.insert(key.into(), Value::Boolean(true));
        write!(expected, "\t<key>{key}</key>\n\t<true/>\n").unwrap();
    }
    let xml = String::from_utf8(to_xml(&Value::Dictionary(dictionary)).unwrap()).unwrap();
    assert!(xml.contains(&expected), "{xml}");
    assert!(xml.ends_with("</plist>\n"));
}

/// What XML cannot hold is told with its place, and never written.
#[test]
fn what_cannot_be_written_is_named() {
    let text = |text: &str| Value::String(text.to_owned());
    let at = |path: &str| Err(PropertyListError::Character { path: path.into() });
    for odd in ["a\0b", "\u{1}", "\u{b}", "\u{1f}", "\u{FFFE}", "\u{FFFF}"] {
        assert_eq!(to_xml(&text(odd)), at("$"), "{odd:?}");
    }
    let mut inner = Dictionary::new();
    inner.insert("b".into(), Value::Array(vec![text("c"), text("\u{8}")]));
    let mut outer = Dictionary::new();
    outer.insert("a".into(), Value::Dictionary(inner));
    assert_eq!(to_xml(&Value::Dictionary(outer)), at("a.b[1]"));
    let mut keys = Dictionary::new();
    keys.insert("a\u{1}".into(), Value::Boolean(true));
    assert_eq!(to_xml(&Value::Dictionary(keys)), at("a?"));
    let uid = Value::Array(vec![Value::Uid(plist::Uid::new(5))]);
    assert_eq!(to_xml(&uid), Err(PropertyListError::NoForm { path: "[0]".into() }));
    let nested = |deep: usize| (1..deep).fold(Value::Array(Vec::new()), |inside, _| Value::Array(vec![inside]));
    assert!(read(&to_xml(&nested(MOST_DEEP)).unwrap()).is_ok());
    assert_eq!(to_xml(&nested(MOST_DEEP + 1)), Err(PropertyListError::TooDeep));
}

/// Texts of people in the documents for devices: what XML cannot hold is left out, and the list is read by others.
#[test]
fn documents_for_devices_are_well_formed() {
    use apple_ade::enrollment::{DeviceError, ErrorDocument, Format, PackageManifest};

    let message = "Please\u{1}\u{b} update <&> \u{fffe}";
    let document = ErrorDocument::new(DeviceError::UnrecognizedDevice).with_message(message);
    let manifest = PackageManifest::new("https://mdm.example.com/a.pkg", "com.example.a", "t\0itle").unwrap();
    for (xml, expected) in [
        (document.to_bytes(Format::PropertyList), "<string>Please update &lt;&amp;&gt; </string>"),
        (manifest.to_property_list(), "<string>title</string>"),
    ] {
        assert!(read(&xml).is_ok());
        assert!(String::from_utf8_lossy(&xml).contains(expected), "{}", String::from_utf8_lossy(&xml));
        // By Python's reader, which is strict.
        let program = "import plistlib, sys; plistlib.loads(sys.stdin.buffer.read())";
        let python =
            std::process::Command::new("python3").args(["-c", program]).stdin(std::process::Stdio::piped()).spawn();
        let Ok(mut python) = python else {
            println!("skipped: python3 is not there");
            continue;
        };
        std::io::Write::write_all(&mut python.stdin.take().unwrap(), &xml).unwrap();
        assert!(python.wait().unwrap().success());
    }
}

proptest! {
    /// What is written is read again as what it was, and what cannot be is refused.
    #[test]
    fn what_is_written_is_read_again(text in ".{0,12}", odd in any::<char>(), number in any::<i64>(), large in any::<u64>(), data in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut keys = Dictionary::new();
        for (key, value) in [
            ("text", Value::String(format!("{text}{odd}x"))),
            ("number", Value::Integer(number.into())),
            ("large", Value::Integer(large.into())),
            ("data", Value::Data(data)),
            ("real", Value::Real(0.5)),
            ("none", Value::Array(vec![Value::Dictionary(Dictionary::new())])),
        ] {
            keys.insert(key.into(), value);
        }
        let value = Value::Dictionary(keys);
        // The characters of XML 1.0, as its production 2 has them.
        let is_char = |c: char| matches!(u32::from(c), 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..=0x10_FFFF);
        match to_xml(&value) {
            Ok(xml) => prop_assert_eq!(read(&xml).unwrap(), value),
            Err(error) => {
                prop_assert_eq!(error, PropertyListError::Character { path: "text".into() });
                prop_assert!(!text.chars().chain([odd]).all(is_char));
            }
        }
    }
}

/// A list of the fixtures, in either form.
fn good() -> impl Strategy<Value = Vec<u8>> {
    let names = fixture::names("commands", ".plist").into_iter().map(|name| format!("commands/{name}"));
    let answers =
        fixture::names("commands/answers", ".plist").into_iter().map(|name| format!("commands/answers/{name}"));
    let all: Vec<Vec<u8>> = names
        .chain(answers)
        .flat_map(|name| {
            let xml = fixture::bytes(&name);
            let mut binary = Vec::new();
            read(&xml).unwrap().to_writer_binary(&mut binary).unwrap();
            [xml, binary]
        })
        .collect();
    proptest::sample::select(all)
}

proptest! {
    /// Whatever is done to a list, it is refused, or read as a value that is written and read again as it was.
    #[test]
    fn a_broken_list_breaks_nothing(
        mut bytes in good(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        end in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        let Ok(value) = read(&bytes) else { return Ok(()) };
        let Ok(xml) = to_xml(&value) else { return Ok(()) };
        // A text may hold what XML cannot.
        let Ok(again) = read(&xml) else { return Ok(()) };
        let xml = to_xml(&again).unwrap();
        prop_assert_eq!(to_xml(&read(&xml).unwrap()).unwrap(), xml);
    }
}
