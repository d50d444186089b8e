//! The server token on the command line: make a key pair, look into a token file, decrypt it.
//!
//! ```text
//! cargo run --example server_token -- keygen --common-name mdm.example.com --out keys
//! cargo run --example server_token -- inspect token.p7m
//! cargo run --example server_token -- decrypt --key keys/key.pem --cert keys/cert.pem token.p7m
//! ```

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use apple_ade::Stamp;
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::key::PrivateKey;
use apple_ade::token::{ExpiryStatus, TokenFile, TokenKeyPair};
use chrono::TimeDelta;
use lexopt::prelude::*;

const HELP: &str = "\
The server token of Apple Business Manager or Apple School Manager.

Usage: server_token keygen --common-name NAME --out DIR [--days N]
       server_token inspect FILE
       server_token decrypt --key KEY [--cert CERT] [--reveal] FILE

  keygen    makes DIR/key.pem (keep it secret) and DIR/cert.pem (upload it to Apple)
  inspect   shows for whom a token file is encrypted, and how; needs no key
  decrypt   shows the consumer key, the expiry and the days left of a token file

  --common-name NAME  the name in the certificate, 1 to 64 characters
  --out DIR           the folder of the new files; existing ones are never overwritten
  --days N            how long the certificate is valid [default: 366]
  --key KEY           the private key: PEM or DER, PKCS#8 or PKCS#1
  --cert CERT         its certificate: PEM or DER; tells a wrong key from a damaged file
  --reveal            writes the token to standard output as JSON, with its secrets
  FILE                the .p7m file that Apple gave; - is standard input

Exit status: 0 done, 1 an error, 2 wrong usage.";

enum Command {
    Help,
    Keygen { common_name: String, out: PathBuf, days: u32 },
    Inspect { file: PathBuf },
    Decrypt { key: PathBuf, cert: Option<PathBuf>, reveal: bool, file: PathBuf },
}

fn main() -> ExitCode {
    let command = match arguments() {
        Ok(command) => command,
        Err(error) => {
            say(&format!("server_token: {error}\nTry --help."));
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => print(HELP),
        Command::Keygen { common_name, out, days } => keygen(&common_name, &out, days),
        Command::Inspect { file } => inspect(&file),
        Command::Decrypt { key, cert, reveal, file } => decrypt(&key, cert.as_deref(), reveal, &file),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("server_token: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut name, mut out, mut key, mut cert, mut file, mut command) = (None, None, None, None, None, None);
    let (mut days, mut reveal) = (366, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Value(word) if command.is_none() => command = Some(word.string()?),
            Value(path) if file.is_none() && command.as_deref() != Some("keygen") => file = Some(PathBuf::from(path)),
            Long(option) => match (option, command.as_deref()) {
                ("common-name", Some("keygen")) => name = Some(parser.value()?.string()?),
                ("out", Some("keygen")) => out = Some(PathBuf::from(parser.value()?)),
                ("days", Some("keygen")) => days = parser.value()?.parse()?,
                ("key", Some("decrypt")) => key = Some(PathBuf::from(parser.value()?)),
                ("cert", Some("decrypt")) => cert = Some(PathBuf::from(parser.value()?)),
                ("reveal", Some("decrypt")) => reveal = true,
                _ => return Err(argument.unexpected()),
            },
            _ => return Err(argument.unexpected()),
        }
    }
    let streams = [&key, &cert, &file].into_iter().flatten().filter(|path| **path == Path::new("-")).count();
    if streams > 1 {
        return Err("only one of KEY, CERT and FILE can be standard input".into());
    }
    let need = |what: &str| lexopt::Error::from(format!("{what} is missing"));
    match command.as_deref() {
        Some("keygen") => Ok(Command::Keygen {
            common_name: name.ok_or_else(|| need("--common-name NAME"))?,
            out: out.ok_or_else(|| need("--out DIR"))?,
            days,
        }),
        Some("inspect") => Ok(Command::Inspect { file: file.ok_or_else(|| need("FILE"))? }),
        Some("decrypt") => Ok(Command::Decrypt {
            key: key.ok_or_else(|| need("--key KEY"))?,
            cert,
            reveal,
            file: file.ok_or_else(|| need("FILE"))?,
        }),
        Some(other) => Err(format!("there is no command {other:?}; there are keygen, inspect and decrypt").into()),
        None => Err(need("a command: keygen, inspect or decrypt")),
    }
}

fn keygen(common_name: &str, out: &Path, days: u32) -> Result<(), Box<dyn Error>> {
    let (key, cert) = (out.join("key.pem"), out.join("cert.pem"));
    for path in [&key, &cert] {
        if path.symlink_metadata().is_ok() {
            return Err(exists(path).into());
        }
    }
    let pair = TokenKeyPair::generate(common_name, TimeDelta::days(days.into()), &Stamp::from_system())?;
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}; name another --out", out.display()))?;
    create(&key, true, pair.private_key().to_pkcs8_pem()?.expose_secret())?;
    create(&cert, false, &pair.certificate_pem())?;
    say(&format!("Upload {} to Apple; keep {} secret.", cert.display(), key.display()));
    print(&format!(
        "key:          {}\ncertificate:  {}\nserial:       {}\nvalid until:  {}",
        key.display(),
        cert.display(),
        pair.certificate().serial(),
        pair.certificate().not_after().format("%Y-%m-%d"),
    ))
}

fn exists(path: &Path) -> String {
    format!("{} is there already and is not overwritten; name another --out", path.display())
}

/// Writes a file that is not there yet; readable by its owner only, if it is secret.
fn create(path: &Path, secret: bool, text: &str) -> Result<(), Box<dyn Error>> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = secret;
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path).into(),
        _ => format!("{}: {error}", path.display()).into(),
    })
}

fn inspect(path: &Path) -> Result<(), Box<dyn Error>> {
    use std::fmt::Write as _;

    let file = TokenFile::parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut text = format!("cipher:     {}\n", file.cipher());
    for recipient in file.recipients() {
        let (id, key_encryption) = (recipient.id(), recipient.key_encryption());
        writeln!(text, "recipient:  {id}\n            key by {key_encryption}")?;
    }
    print(text.trim_end())
}

fn decrypt(key: &Path, cert: Option<&Path>, reveal: bool, path: &Path) -> Result<(), Box<dyn Error>> {
    let key = load_key(key)?;
    let file = TokenFile::parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    let token = match cert {
        Some(cert) => {
            let pair = TokenKeyPair::from_parts(key, load_certificate(cert)?)?;
            file.decrypt_for(pair.certificate(), &pair)?
        }
        None => file.decrypt(&key)?,
    };
    let left = match token.expiry().status(Stamp::from_system().now(), TimeDelta::days(30)) {
        ExpiryStatus::Expired { days_ago } => {
            say(&format!("warning: the token expired {days_ago} days ago; renew it in Apple's portal"));
            format!("expired {days_ago} days ago")
        }
        ExpiryStatus::ExpiringSoon { days_left } => {
            say(&format!("warning: the token expires in {days_left} days; renew it in Apple's portal"));
            days_left.to_string()
        }
        ExpiryStatus::Valid { days_left } => days_left.to_string(),
        _ => String::from("unknown"),
    };
    if reveal {
        return print(token.to_json().expose_secret());
    }
    print(&format!(
        "consumer key:  {}\nexpires:       {}\ndays left:     {left}",
        folded(token.consumer_key().expose_secret()),
        token.expiry(),
    ))
}

/// In lines of 80 characters, under each other. Anybody can have made the file: nothing in it may steer the terminal.
fn folded(text: &str) -> String {
    let letters: Vec<char> =
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    let lines: Vec<String> = letters.chunks(80).map(|line| line.iter().collect()).collect();
    lines.join("\n               ")
}

fn load_key(path: &Path) -> Result<PrivateKey, Box<dyn Error>> {
    let bytes = read(path)?;
    let key = match std::str::from_utf8(&bytes) {
        Ok(text) => PrivateKey::from_pem(text),
        Err(_) => PrivateKey::from_der(&bytes),
    };
    key.map_err(|error| format!("{}: {error}", path.display()).into())
}

fn load_certificate(path: &Path) -> Result<Certificate, Box<dyn Error>> {
    let bytes = read(path)?;
    let certificate = match std::str::from_utf8(&bytes) {
        Ok(text) => Certificate::from_pem(text),
        Err(_) => Certificate::from_der(&bytes),
    };
    certificate.map_err(|error| format!("{}: {error}", path.display()).into())
}

fn read(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    // One byte more than a token file may have, so that a larger one is seen to be.
    let limit = TokenFile::MAX_SIZE as u64 + 1;
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
