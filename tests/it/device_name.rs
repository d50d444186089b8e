//! Templates of device names, and what they give.

use apple_ade::api::DeviceFamily;
use apple_ade::device_name::{
    DeviceName, DeviceNameError, DeviceNameTemplate, DeviceType, Part, RenderError, TemplateError, Variable,
};
use apple_ade::id::SerialNumber;
use proptest::prelude::*;

fn template(text: &str) -> DeviceNameTemplate {
    text.parse().unwrap()
}

fn serial(text: &str) -> SerialNumber {
    text.parse().unwrap()
}

/// NAM-3.
#[test]
fn names_are_rendered() {
    for (text, expected) in [
        ("{{SERIAL}}", "C02T0HL0GGC0"),
        ("{{DEVICETYPE}}{{SERIAL}}", "iPadC02T0HL0GGC0"),
        (" Kiosk {1} {{DEVICETYPE}} ", " Kiosk {1} iPad "),
        ("{{SERIAL}}}", "C02T0HL0GGC0}"),
        ("Empfang im 2. Stock – Gerät", "Empfang im 2. Stock – Gerät"),
    ] {
        let template = template(text);
        assert_eq!(template.render(&serial("C02T0HL0GGC0"), DeviceType::Ipad).unwrap().as_str(), expected);
        assert_eq!((template.as_str(), template.to_string().as_str()), (text, text));
        assert_eq!(serde_json::to_string(&template).unwrap(), serde_json::to_string(text).unwrap());
    }
    assert!(template("{{SERIAL}}").names_are_distinct() && !template("{{DEVICETYPE}} SERIAL").names_are_distinct());
    let parts = template("a{{DEVICETYPE}}{{SERIAL}}b");
    let expected = [
        Part::Literal("a"),
        Part::Variable(Variable::DeviceType),
        Part::Variable(Variable::Serial),
        Part::Literal("b"),
    ];
    assert_eq!(parts.parts().collect::<Vec<_>>(), expected);
}

/// NAM-1: choosing a template means giving one.
#[test]
fn an_error_says_where_and_what_to_write() {
    for (text, expected) in [
        ("", "the name template is empty; leave it out, or write text with {{SERIAL}} and {{DEVICETYPE}}"),
        (" \u{a0}", "the name template is empty; leave it out, or write text with {{SERIAL}} and {{DEVICETYPE}}"),
        ("é {{Serial}}", "character 3: there is no variable {{Serial}}; did you mean {{SERIAL}}?"),
        ("{{ SERIAL }}", "character 1: there is no variable {{ SERIAL }}; did you mean {{SERIAL}}?"),
        ("{{{SERIAL}}}", "character 1: there is no variable {{{SERIAL}}; did you mean {{SERIAL}}?"),
        ("{{SERAIL}}", "character 1: there is no variable {{SERAIL}}; did you mean {{SERIAL}}?"),
        ("{{SERIALNUMBER}}", "character 1: there is no variable {{SERIALNUMBER}}; did you mean {{SERIAL}}?"),
        ("{{DeviceModel}}", "character 1: there is no variable {{DeviceModel}}; did you mean {{DEVICETYPE}}?"),
        ("{{DEVICETPYE}}", "character 1: there is no variable {{DEVICETPYE}}; did you mean {{DEVICETYPE}}?"),
        ("{{USERNAME}}", "character 1: there is no variable {{USERNAME}}; there are {{SERIAL}} and {{DEVICETYPE}}"),
        ("{{}}", "character 1: there is no variable {{}}; there are {{SERIAL}} and {{DEVICETYPE}}"),
        ("{{SERIAL}} {{SERIAL", "character 12: the variable is not closed; put }} behind its name"),
        ("{{SERIAL}", "character 1: the variable is not closed; put }} behind its name"),
        ("a {{ b {{SERIAL}}", "character 3: the variable is not closed; put }} behind its name"),
        ("SERIAL}}", "character 7: there is no variable that these }} close; take them out, or put {{ before its name"),
        ("a\n{{SERIAL}}", "character 2: a name has no control characters; take it out"),
        (&"é".repeat(70), "the name template has 70 characters with its variables, and may have 63; shorten it by 7"),
    ] {
        let error = text.parse::<DeviceNameTemplate>().unwrap_err();
        assert_eq!(error.to_string(), expected, "{text:?}");
        let json = serde_json::to_string(text).unwrap();
        let read = serde_json::from_str::<DeviceNameTemplate>(&json).unwrap_err().to_string();
        assert!(read.starts_with(expected), "{read}");
    }
    assert_eq!(DeviceNameTemplate::parse(&"{{".repeat(1_000_000)), Err(TemplateError::TooLong { found: 2_000_000 }));
}

/// NAM-5, X-47: the template with its variables as written, and the name that comes of it.
#[test]
fn both_lengths_are_checked() {
    let long = format!("{}{{{{DEVICETYPE}}}}", "a".repeat(49));
    assert_eq!(long.len(), 63);
    // Longer as a template than as a name.
    assert_eq!(template(&long).longest_rendering(), 49 + "AppleTV".len());
    assert!(format!("{long}b").parse::<DeviceNameTemplate>().is_err());

    let six = template(&"{{SERIAL}}".repeat(6));
    assert_eq!(six.longest_rendering(), 72);
    let error = six.render(&serial("C02T0HL0GGC0"), DeviceType::Mac).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the name of C02T0HL0GGC0 would have 72 characters, 9 more than a name may have; take out a variable"
    );
    assert!(six.render(&serial("C02T0HL0GG"), DeviceType::Mac).is_ok());

    let odd: SerialNumber = serde_json::from_str("\"C02\\n\"").unwrap();
    assert_eq!(six.render(&odd, DeviceType::Mac), Err(RenderError::SerialNumber { serial: odd.clone() }));
    let endless: SerialNumber = serde_json::from_str(&format!("\"{}\"", "C".repeat(100_000))).unwrap();
    assert!(matches!(six.render(&endless, DeviceType::Mac), Err(RenderError::TooLong { found: 600_000, .. })));
}

#[test]
fn names_become_host_names() {
    for (name, host) in [
        ("iPad-4b", Some("iPad-4b")),
        ("a--b", Some("a--b")),
        ("Anna’s iPad", Some("Annas-iPad")),
        ("-a b- ", Some("a-b")),
        ("Büro (3. Stock)", Some("B-ro-3-Stock")),
        ("教室", None),
        ("---", None),
    ] {
        let name: DeviceName = name.parse().unwrap();
        assert_eq!(name.host_name().as_deref(), host, "{name}");
        assert_eq!(name.is_host_name(), host == Some(name.as_str()), "{name}");
    }
    assert_eq!("".parse::<DeviceName>(), Err(DeviceNameError::Empty));
    assert_eq!("a\tb".parse::<DeviceName>(), Err(DeviceNameError::ControlCharacter { position: 2 }));
    let error = "é".repeat(64).parse::<DeviceName>().unwrap_err().to_string();
    assert_eq!(error, "the name has 64 characters, and may have 63; shorten it by 1");
    assert!(serde_json::from_str::<DeviceName>("\" \"").is_err());
}

#[test]
fn kinds_are_apple_s_families() {
    for family in DeviceFamily::ALL {
        assert_eq!(DeviceType::of(family).map(DeviceType::as_str), Some(family.as_str()));
    }
    assert_eq!(DeviceType::of(&DeviceFamily::from("Watch")), None);
    let templates: Vec<&str> =
        DeviceType::ALL.iter().filter(|kind| kind.takes_name_template()).map(|kind| kind.as_str()).collect();
    assert_eq!(templates, ["iPad", "iPhone", "iPod"]);
    assert_eq!(
        serde_json::to_string(DeviceType::ALL).unwrap(),
        r#"["apple_tv","ipad","iphone","ipod","mac","vision"]"#
    );
}

/// RFC 1123, 2.1, written once more.
fn is_label(text: &str) -> bool {
    let inner = |c: char| matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9');
    (1..=63).contains(&text.len())
        && text.chars().all(|c| inner(c) || c == '-')
        && text.starts_with(inner)
        && text.ends_with(inner)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "(\\{\\{(SERIAL|DEVICETYPE)\\}\\}|[a-zé’ -]{0,9}|\\{\\{?|\\}\\}?|.){0,12}") {
        let Ok(template) = text.parse::<DeviceNameTemplate>() else { return Ok(()) };
        prop_assert_eq!(template.to_string(), text.clone());
        let written: String = template.parts().map(|part| match part {
            Part::Literal(literal) => literal,
            Part::Variable(variable) => variable.as_str(),
            _ => "?",
        }).collect();
        prop_assert_eq!(written, text);
    }

    #[test]
    fn a_rendered_name_is_a_name(
        text in "(\\{\\{SERIAL\\}\\}|\\{\\{DEVICETYPE\\}\\}|[a-z '_.-]{1,20}){1,5}",
        number in "[A-Z0-9]{1,20}",
        kind in prop::sample::select(DeviceType::ALL),
    ) {
        let Ok(template) = text.parse::<DeviceNameTemplate>() else { return Ok(()) };
        let expected = text.replace("{{SERIAL}}", &number).replace("{{DEVICETYPE}}", kind.as_str());
        match template.render(&serial(&number), kind) {
            Ok(name) => {
                prop_assert_eq!(name.as_str(), &expected);
                prop_assert_eq!(expected.parse(), Ok(name));
            }
            Err(RenderError::TooLong { found, .. }) => {
                prop_assert_eq!(found, expected.chars().count());
                prop_assert!(found > DeviceName::MOST);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
        if number.len() <= 12 {
            prop_assert!(expected.chars().count() <= template.longest_rendering());
        }
    }

    #[test]
    fn a_host_name_is_one(text in "([a-zA-Z0-9-]|.|é|'| ){1,63}") {
        let Ok(name) = text.parse::<DeviceName>() else { return Ok(()) };
        prop_assert_eq!(name.is_host_name(), is_label(&text));
        match name.host_name() {
            Some(host) => prop_assert!(is_label(&host), "{}", host),
            None => prop_assert!(!text.contains(|c: char| c.is_ascii_alphanumeric())),
        }
    }
}

#[test]
fn names_can_be_seen() {
    for blank in ["\u{200b}", " \u{200d}\u{2060}", "\u{3164}", "\u{2800}", "\u{ad}\u{fe0f}"] {
        assert_eq!(blank.parse::<DeviceName>(), Err(DeviceNameError::Empty), "{blank:?}");
        assert_eq!(blank.parse::<DeviceNameTemplate>(), Err(TemplateError::Empty), "{blank:?}");
    }
    for odd in ["a\u{202e}b", "a\u{2066}b", "a\u{2028}b", "a\u{2029}", "a\u{200f}", "a\u{61c}"] {
        let (name, template) = (odd.parse::<DeviceName>(), odd.parse::<DeviceNameTemplate>());
        assert_eq!(name, Err(DeviceNameError::ControlCharacter { position: 2 }), "{odd:?}");
        assert_eq!(template, Err(TemplateError::ControlCharacter { position: 2 }), "{odd:?}");
    }
    for good in ["👩\u{200d}💻 iPad", "می\u{200c}خواهم", "{{SERIAL}}"] {
        assert!(good.parse::<DeviceNameTemplate>().is_ok(), "{good:?}");
    }
}
