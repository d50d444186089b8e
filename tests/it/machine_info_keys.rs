//! The keys of MachineInfo against Apple's own schema file, and how values of every kind are read.

use apple_ade::machine_info::{ContentError, MachineInfo, ValueType};
use apple_ade::os::{OsRelease, OsVersion, Platform};
use plist::{Dictionary, Value};

use crate::{apple_schema, fixture};

/// Ours that Apple's file does not have, with where they stand: Apple's page on MachineInfo.
const BEYOND: &[(&str, &str)] = &[
    ("MANDATORY_SOFTWARE_UPDATE_REQUIRED", "https://developer.apple.com/documentation/devicemanagement/machineinfo"),
    ("MDM_CAN_REQUEST_PSSO_CONFIG", "https://developer.apple.com/documentation/devicemanagement/machineinfo"),
];

const SYSTEMS: &[(&str, &[Platform])] = &[
    ("iOS", &[Platform::Ios, Platform::IpadOs]),
    ("macOS", &[Platform::MacOs]),
    ("tvOS", &[Platform::TvOs]),
    ("visionOS", &[Platform::VisionOs]),
    ("watchOS", &[Platform::WatchOs]),
];

/// The lines of one key of the file.
fn block<'y>(yaml: &'y str, key: &str) -> Vec<&'y str> {
    let head = format!("- key: {key}");
    yaml.lines().skip_while(|line| *line != head).skip(1).take_while(|line| !line.starts_with("- key:")).collect()
}

#[test]
fn the_keys_are_those_of_apples_file() {
    let yaml = fixture::text("apple/machineinfo.yaml");
    let theirs: Vec<&str> = yaml.lines().filter_map(|line| line.strip_prefix("- key: ")).collect();
    assert_eq!(theirs.len(), 13);
    for name in &theirs {
        assert!(MachineInfo::KEYS.iter().any(|key| key.name == *name), "{name} is in Apple's file and not in ours");
    }
    for key in MachineInfo::KEYS {
        let beyond = BEYOND.iter().any(|(name, source)| *name == key.name && source.starts_with("https://"));
        assert_ne!(beyond, theirs.contains(&key.name), "{}", key.name);
        if beyond {
            assert!(!key.required);
            continue;
        }
        let lines = block(&yaml, key.name);
        let has = |line: &str| lines.iter().any(|other| other.trim() == line);
        assert!(has(&format!("type: <{}>", key.value)), "{}: {}", key.name, key.value);
        assert!(has(if key.required { "presence: required" } else { "presence: optional" }), "{}", key.name);
        assert_eq!(has("mode: forbidden"), key.forbidden_in_user_enrollment, "{}", key.name);
        for (system, platforms) in SYSTEMS {
            let introduced = apple_schema::introduced(&yaml, &[key.name], system);
            let version = (introduced != "n/a").then(|| introduced.parse::<OsVersion>().unwrap());
            for platform in *platforms {
                assert_eq!(key.since(*platform), version, "{} on {platform}", key.name);
            }
        }
    }
    assert_eq!(MachineInfo::KEYS.len(), theirs.len() + BEYOND.len());
}

fn xml(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.to_writer_xml(&mut bytes).unwrap();
    bytes
}

fn value_of(kind: ValueType) -> Value {
    match kind {
        ValueType::Boolean => true.into(),
        ValueType::Data => Value::Data(vec![1, 2]),
        ValueType::String => "a text".into(),
        other => panic!("{other}"),
    }
}

/// Everything that a device can send, and nothing that it should: each comes out as it went in.
#[test]
fn nothing_is_lost_and_nothing_is_fatal() {
    let right: Dictionary = MachineInfo::KEYS.iter().map(|key| (key.name.to_owned(), value_of(key.value))).collect();
    let unknown = Dictionary::from_iter([("NEW", Value::Array(vec![1.into(), 2.5.into()])), ("udid", "small".into())]);
    for binary in [false, true] {
        let write = |dictionary: &Dictionary| {
            let value = Value::Dictionary(dictionary.clone());
            let mut bytes = Vec::new();
            if binary {
                value.to_writer_binary(&mut bytes).unwrap();
            } else {
                bytes = xml(&value);
            }
            MachineInfo::from_plist(&bytes).unwrap()
        };
        let info = write(&right);
        assert!(info.missing().is_empty() && info.odd.is_empty() && info.extra.is_empty());
        assert_eq!(info.mdm_can_request_psso_config, Some(true));
        assert_eq!(info.pairing_token.as_ref().unwrap().expose_secret(), [1, 2]);
        assert!(!format!("{info:?}").contains("[1, 2]"));
        assert_eq!(info.to_dictionary(), right);

        // Each key alone with a value of each other type.
        for key in MachineInfo::KEYS {
            for wrong in
                [7.into(), value_of(ValueType::Boolean), value_of(ValueType::Data), value_of(ValueType::String)]
            {
                if wrong == value_of(key.value) {
                    continue;
                }
                let mut dictionary = right.clone();
                dictionary.insert(key.name.into(), wrong.clone());
                dictionary.extend(unknown.clone());
                let info = write(&dictionary);
                let odd: Vec<_> = info.odd.iter().map(|odd| (odd.key, &odd.value, odd.expected)).collect();
                assert_eq!(odd, [(key.name, &wrong, key.value)]);
                assert_eq!(info.extra, unknown);
                assert_eq!(info.to_dictionary(), dictionary);
                let missing: Vec<&str> = info.missing().iter().map(|key| key.name).collect();
                assert_eq!(missing, if key.required { vec![key.name] } else { Vec::new() });
            }
        }
    }
}

#[test]
fn what_is_empty_or_too_old_for_a_key_is_absent() {
    let read = |pairs: &[(&str, &str)]| {
        let dictionary: Dictionary = pairs.iter().map(|(key, text)| ((*key).to_owned(), Value::from(*text))).collect();
        MachineInfo::from_plist(&xml(&Value::Dictionary(dictionary))).unwrap()
    };
    let missing = |info: &MachineInfo| info.missing().iter().map(|key| key.name).collect::<Vec<_>>();
    let empty = read(&[("IMEI", ""), ("MEID", ""), ("SERIAL", "")]);
    assert!(empty.imei.is_none() && empty.meid.is_none() && empty.serial.is_none() && empty.odd.is_empty());
    assert_eq!(missing(&empty), ["UDID", "SERIAL", "PRODUCT", "VERSION", "OS_VERSION"]);

    // The builds of the last systems without OS_VERSION and of the first ones with it.
    for (product, before, after) in
        [("iPad14,3", "20H370", "21A329"), ("Mac14,2", "22H730", "23A344"), ("AppleTV14,1", "20M73", "21J353")]
    {
        let with = |build| read(&[("UDID", "1"), ("SERIAL", "1"), ("PRODUCT", product), ("VERSION", build)]);
        assert!(missing(&with(before)).is_empty(), "{before}");
        assert_eq!(missing(&with(after)), ["OS_VERSION"], "{after}");
        assert_eq!(missing(&with("A1")), ["OS_VERSION"]);
    }
    let info = read(&[("PRODUCT", "iPad14,3"), ("OS_VERSION", "16.1"), ("SUPPLEMENTAL_OS_VERSION_EXTRA", "(a)")]);
    assert_eq!(info.full_os_version().as_deref(), Some("16.1 (a)"));
    assert_eq!(info.target(), Some("ipados:16.1".parse().unwrap()));
    assert_eq!(read(&[("PRODUCT", "Toaster1,1"), ("OS_VERSION", "16.1 beta")]).target(), None);
}

#[test]
fn a_supplement_stands_in_the_version_or_beside_it() {
    for (version, extra, os, full) in [
        ("16.1", None, Some("16.1"), "16.1"),
        ("16.1", Some("(a)"), Some("16.1"), "16.1 (a)"),
        ("16.1", Some("a"), Some("16.1"), "16.1 (a)"),
        ("16.1 (a)", None, Some("16.1"), "16.1 (a)"),
        ("16.1 (a)", Some("(a)"), Some("16.1"), "16.1 (a)"),
        // What cannot be read stays as it came.
        ("16.1", Some("(abc)"), Some("16.1"), "16.1 (abc)"),
        ("16.1 beta", Some("(a)"), None, "16.1 beta (a)"),
        ("16.1 beta", None, None, "16.1 beta"),
    ] {
        let mut info = MachineInfo::default();
        info.product = Some("iPad14,3".into());
        info.os_version = Some(version.into());
        info.supplemental_os_version_extra = extra.map(Into::into);
        let os: Option<OsVersion> = os.map(|version| version.parse().unwrap());
        assert_eq!((info.os(), info.full_os_version().as_deref()), (os, Some(full)), "{version} {extra:?}");
        assert_eq!(info.target().map(|target| target.version), os);
        assert_eq!(info.release().map(OsRelease::version), os);
    }
    assert_eq!(MachineInfo::default().full_os_version(), None);
}

fn refused(bytes: &[u8]) -> ContentError {
    MachineInfo::from_plist(bytes).unwrap_err()
}

#[test]
fn what_is_no_property_list_of_a_device_is_refused_by_name() {
    let list = |inside: &str| format!("<?xml version=\"1.0\"?><plist version=\"1.0\">{inside}</plist>").into_bytes();
    assert!(MachineInfo::from_plist(&[&b"\xEF\xBB\xBF\r\n"[..], &list("<dict/>")].concat()).is_ok());
    for text in ["", "{ SERIAL = F9; }", "SERIAL", "bplist", "\0"] {
        assert_eq!(refused(text.as_bytes()), ContentError::NotPlist, "{text}");
    }
    for text in ["<array/>", "<string>SERIAL</string>", "<true/>"] {
        assert_eq!(refused(&list(text)), ContentError::NotDictionary, "{text}");
    }
    for text in ["", "<dict>", "<dict><key>a</key></dict>", "<dict><true/><true/></dict>", "<dict></array>", "<frob/>"]
    {
        assert!(matches!(refused(&list(text)), ContentError::Malformed { .. }), "{text}");
    }
    let twice = "<dict><key>SERIAL</key><string>A</string><key>SERIAL</key><string>B</string></dict>";
    assert_eq!(refused(&list(twice)), ContentError::Twice { key: "SERIAL".into() });
    for (text, mark, what) in [
        ("F9F<![CDATA[A]]>XJ1", "<![", "a CDATA section"),
        ("F9F<![cdata[A]]>XJ1", "<![", "a CDATA section"),
        ("F9F&foo;XJ1", "&", "an entity of its own"),
        ("F9F&SERIAL;", "&", "an entity of its own"),
    ] {
        let list = list(&format!("<dict><key>SERIAL</key><string>{text}</string></dict>"));
        let offset = String::from_utf8(list.clone()).unwrap().find(mark).unwrap();
        assert_eq!(refused(&list), ContentError::Markup { what, offset }, "{text}");
    }
    let known = list("<dict><key>SERIAL</key><string>F9F&#88;J1&amp;</string></dict>");
    assert_eq!(MachineInfo::from_plist(&known).unwrap().serial.unwrap().as_str(), "F9FXJ1&");
    let long = [list("<dict/>"), vec![b' '; 0x40000]].concat();
    assert_eq!(refused(&long), ContentError::TooMuch { what: "bytes", limit: 0x40000 });
}

#[test]
fn unknown_values_are_not_shown() {
    let token = "<key>NEW_PAIRING_TOKEN</key><string>PLANTED</string><key>SERIAL</key><string>F9FXJ1</string>";
    let info = MachineInfo::from_plist(format!("<plist><dict>{token}</dict></plist>").as_bytes()).unwrap();
    assert_eq!(info.extra["NEW_PAIRING_TOKEN"].as_string(), Some("PLANTED"));
    let shown = format!("{info:?} {info:#?}");
    assert!(shown.contains("NEW_PAIRING_TOKEN") && shown.contains("F9FXJ1") && !shown.contains("PLANTED"), "{shown}");
}

/// Small inputs that stand for large ones.
#[test]
fn bombs_do_not_go_off() {
    let laughs = "<!DOCTYPE plist [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><plist><dict><key>SERIAL</key><string>&b;</string></dict></plist>";
    assert_eq!(refused(laughs.as_bytes()), ContentError::Markup { what: "an entity of its own", offset: 17 });
    let nested = format!("<plist>{}", "<array>".repeat(9000));
    assert_eq!(refused(nested.as_bytes()), ContentError::TooMuch { what: "levels", limit: 16 });
    let nested = format!("<plist>{}", "<dict><key>a</key>".repeat(3500));
    assert_eq!(refused(nested.as_bytes()), ContentError::TooMuch { what: "levels", limit: 16 });
    let wide = format!("<plist><array>{}</array></plist>", "<true/>".repeat(9000));
    assert_eq!(refused(wide.as_bytes()), ContentError::TooMuch { what: "values", limit: 1024 });

    // Binary: each of twenty lists holds the next one eight times; then one text of 30,000 bytes two hundred times.
    let lists: Vec<Vec<u8>> = (1..=12_u8).map(|next| [&[0xA8][..], &[next; 8]].concat()).chain([vec![0x09]]).collect();
    assert_eq!(refused(&binary(&lists)), ContentError::TooMuch { what: "values", limit: 1024 });
    let text = [&[0x5F, 0x11, 0x75, 0x30][..], &vec![b'a'; 30_000]].concat();
    let list = [&[0xAF, 0x10, 200][..], &[1; 200]].concat();
    assert_eq!(
        refused(&binary(&[list, text])),
        ContentError::TooMuch { what: "bytes of text and data", limit: 0x40000 }
    );
    // A list that holds itself.
    assert!(matches!(
        refused(&binary(&[vec![0xA1, 0]])),
        ContentError::Malformed { .. } | ContentError::TooMuch { .. }
    ));
}

/// A binary property list of these objects, the first one outermost.
fn binary(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in objects {
        offsets.extend(u32::try_from(out.len()).unwrap().to_be_bytes());
        out.extend(object);
    }
    let table = out.len() as u64;
    out.extend(offsets);
    out.extend([0, 0, 0, 0, 0, 0, 4, 1]);
    for number in [objects.len() as u64, 0, table] {
        out.extend(number.to_be_bytes());
    }
    out
}
