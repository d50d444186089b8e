//! What a device said of itself when it asked for its profile, if it is believed.
//!
//! ```text
//! cargo run --example machine_info -- verify request.p7s
//! cargo run --example machine_info -- verify --anchor my_ca.pem --at 2026-11-28T00:00:00Z request.p7s
//! cargo run --example machine_info -- header "$X_APPLE_ASPEN_DEVICEINFO"
//! ```

use std::error::Error;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use apple_ade::Stamp;
use apple_ade::machine_info::{SignedMachineInfo, Trust, VerifiedMachineInfo};
use apple_ade::pki::trust::Validity;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use lexopt::prelude::*;
use plist::Value;
use serde_json::{Map, Value as Json};

const HELP: &str = "\
The signed MachineInfo that a device posts to its MDM, verified.

Usage: machine_info verify [--anchor PEM]... [--at TIME] FILE
       machine_info header [--anchor PEM]... [--at TIME] VALUE

  verify    FILE is the body of the POST to the profile's `url`, application/pkcs7-signature;
            - is standard input
  header    VALUE is that of the header x-apple-aspen-deviceinfo; - is standard input

  --anchor PEM    a file of certificates to believe, instead of Apple's device authority;
                  the signer's whole chain has to be valid then
  --at TIME       the time that counts, as in 2026-11-28T00:00:00Z; now, unless given

Prints one JSON object with Apple's keys; data is base64. How the certificates stand to their
validity is said on standard error, as is what is missing or odd, or why the message is refused.

A signature by Apple's authority says that an Apple device made it. It does not say that the
serial number is that device's, nor that the request was not seen by somebody and sent again.

Exit status: 0 believed, 1 refused or failed, 2 wrong usage.
";

enum Source {
    Body(PathBuf),
    Header(String),
}

struct Arguments {
    source: Source,
    anchors: Vec<PathBuf>,
    at: Option<DateTime<Utc>>,
}

fn main() -> ExitCode {
    let arguments = match parse() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return done(print(HELP.trim_end())),
        Err(error) => {
            say(&format!("machine_info: {error}\nTry `machine_info --help`."));
            return ExitCode::from(2);
        }
    };
    done(run(&arguments))
}

fn done(result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("machine_info: {}", plain(&error.to_string())));
            ExitCode::FAILURE
        }
    }
}

/// Nothing where help is wanted.
fn parse() -> Result<Option<Arguments>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut command, mut value, mut anchors, mut at) = (None, None, Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("anchor") => anchors.push(PathBuf::from(parser.value()?)),
            Long("at") => at = Some(parser.value()?.parse()?),
            Value(text) if command.is_none() => command = Some(text.string()?),
            Value(text) if value.is_none() => value = Some(text),
            other => return Err(other.unexpected()),
        }
    }
    let Some(command) = command else { return Err("say what to do: verify or header".into()) };
    let source = match (command.as_str(), value) {
        ("verify", Some(file)) => Source::Body(file.into()),
        ("verify", None) => return Err("name the FILE; - is standard input".into()),
        ("header", Some(value)) => Source::Header(value.string()?),
        ("header", None) => return Err("give the VALUE of the header; - is standard input".into()),
        (other, _) => return Err(format!("there is no command {other:?}; verify and header are").into()),
    };
    Ok(Some(Arguments { source, anchors, at }))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    for path in &arguments.anchors {
        let bytes = read(path)?;
        let one = String::from_utf8(bytes).map_err(|_| format!("{}: not PEM", path.display()))?;
        Trust::anchors_from_pem(&one).map_err(|error| format!("{}: {error}", path.display()))?;
        text.push_str(&one);
        text.push('\n');
    }
    let trust = if text.is_empty() { Trust::apple_devices() } else { Trust::anchors_from_pem(&text)? };
    let signed = match &arguments.source {
        Source::Body(path) => SignedMachineInfo::from_body(&read(path)?)?,
        Source::Header(value) if value == "-" => SignedMachineInfo::from_header(read(Path::new("-"))?)?,
        Source::Header(value) => SignedMachineInfo::from_header(value)?,
    };
    let at = arguments.at.unwrap_or_else(|| Stamp::from_system().now());
    let device = signed.verify(&trust, at)?;
    report(&device);
    let object: Map<String, Json> =
        device.info().to_dictionary().iter().map(|(key, value)| (key.clone(), json(value))).collect();
    print(&escaped(&serde_json::to_string_pretty(&object)?))
}

/// What does not decide, but somebody may want to know.
fn report(device: &VerifiedMachineInfo) {
    for (certificate, validity) in device.chain().validity() {
        let mark = if validity == Validity::Valid { "certificate" } else { "note: certificate" };
        let until = certificate.not_after().format("%Y-%m-%d");
        say(&plain(&format!("{mark} {}: {validity}; until {until}", certificate.subject())));
    }
    for key in device.info().missing() {
        say(&format!("warning: {} is missing, which Apple calls required", key.name));
    }
    for odd in &device.info().odd {
        say(&format!("warning: {} is no {}", odd.key, odd.expected));
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Array(values) => values.iter().map(json).collect(),
        Value::Dictionary(values) => {
            Json::Object(values.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
        Value::Boolean(value) => (*value).into(),
        Value::Data(bytes) => STANDARD.encode(bytes).into(),
        Value::Date(date) => date.to_xml_format().into(),
        Value::Real(number) => (*number).into(),
        Value::Integer(number) => match number.as_signed() {
            Some(number) => number.into(),
            None => number.as_unsigned().into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Uid(uid) => uid.get().into(),
        // There is no other kind today.
        _ => Json::Null,
    }
}

/// A signed text can hold anything; nothing in it may steer the terminal. JSON has to escape the control characters below a
/// space, and may escape the others.
fn escaped(json: &str) -> String {
    use std::fmt::Write as _;

    json.chars().fold(String::with_capacity(json.len()), |mut out, c| {
        if c.is_control() && c != '\n' {
            // Writing into a text does not fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
        out
    })
}

fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{FFFD}")
}

fn read(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    // More than a message and a header may have, so that what is too large is seen to be.
    let limit = 4 * SignedMachineInfo::MAX_SIZE as u64;
    let mut bytes = Vec::new();
    let done = if path == Path::new("-") {
        std::io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    done.map_err(|error| format!("{}: {error}; check the path", path.display()))?;
    Ok(bytes)
}

/// A line on standard error. Where that is closed, the exit status has to say it all.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// A line on standard output; a reader that has gone is no error of ours.
fn print(text: &str) -> Result<(), Box<dyn Error>> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
