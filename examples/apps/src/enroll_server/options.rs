use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use apple_ade::enrollment::MinimumOs;
use apple_ade::os::Platform;
use lexopt::prelude::*;

pub(super) const HELP: &str = "\
The device's side of an MDM over HTTP: who is calling, what it gets, and the commands that finish
its enrollment.

Usage: enroll_server --demo [--minimum-os SYSTEM:VERSION]…
       enroll_server --public-url URL --topic TOPIC --key KEY.pem --cert CERT.pem
                     (--serials FILE | --any-serial) [--listen ADDRESS] [--profile FILE]
                     [--minimum-os SYSTEM:VERSION]… [--anchor PEM]… [--accounts FILE]
                     [--scep URL] [--organisation NAME] [--allow-remote]

  --demo              plays simulated devices against it on loopback, each to its end, and ends
  --listen ADDRESS    where to listen [default: 127.0.0.1:8443]; TLS is for a reverse proxy
  --allow-remote      allows an address that other machines can reach
  --public-url URL    where devices reach it, https and without a path
  --topic TOPIC       the subject of the push certificate, com.apple.mgmt.…
  --key KEY.pem       the RSA key that signs enrollment profiles
  --cert CERT.pem     its certificate, then those that lead to an anchor
  --serials FILE      the devices of this server, a serial number a line; others are unrecognized
  --any-serial        whichever device has a trusted signature
  --profile FILE      the profile that Apple has for them, in Apple's JSON; with
                      configuration_web_url, users sign in on the page
  --accounts FILE     users who may sign in: on each line a name, a space, a password
  --minimum-os S:V    asks older systems for an update, as in ios:17.5 or ipados:17.5; may be
                      given many times
  --anchor PEM        trusts these authorities in place of Apple's device CA; may be given
                      many times
  --scep URL          where devices get their identity [default: PUBLIC-URL/scep, which is for
                      another program to serve]
  --organisation NAME what users read [default: Example School]
  --help              this text

Devices post to /enroll, or open /welcome: the `url` and the `configuration_web_url` of the profile.
A device is known by a secret in the URL that its enrollment profile has; a real MDM asks for the
certificate of its identity. What is known is forgotten when the program ends.

Exit status: 0 done, 1 refused or failed, 2 wrong usage.";

/// The arguments of `enroll_server`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What it does.
    pub mode: Mode,
    /// What is demanded of the systems.
    pub minimum: Vec<(Platform, MinimumOs)>,
}

/// What the program does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Plays devices, and ends.
    Demo,
    /// Serves until it is stopped.
    Serve(Box<Serve>),
}

/// How it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the options, which --help explains")]
pub struct Serve {
    pub listen: SocketAddr,
    pub public_url: String,
    pub topic: String,
    pub key: PathBuf,
    pub certificates: PathBuf,
    /// The devices; nothing for all.
    pub serials: Option<PathBuf>,
    pub profile: Option<PathBuf>,
    pub accounts: Option<PathBuf>,
    pub anchors: Vec<PathBuf>,
    pub scep: Option<String>,
    pub organisation: String,
}

impl Options {
    /// Reads arguments; `None` when help was asked for.
    ///
    /// # Errors
    ///
    /// What is wrong with them, in a sentence.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, String> {
        Self::parse(arguments).map_err(|error| error.to_string())
    }

    fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, lexopt::Error> {
        let (mut is_demo, mut is_remote, mut is_any, mut serves) = (false, false, false, false);
        let mut listen: Option<SocketAddr> = None;
        let (mut public_url, mut topic, mut scep, mut organisation) = (None, None, None, None);
        let (mut key, mut certificates, mut serials, mut profile, mut accounts) = (None, None, None, None, None);
        let (mut anchors, mut minimum) = (Vec::new(), Vec::new());
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            serves |= !matches!(argument, Long("demo" | "minimum-os" | "help") | Short('h'));
            match argument {
                Long("demo") => is_demo = true,
                Long("allow-remote") => is_remote = true,
                Long("any-serial") => is_any = true,
                Long("listen") => listen = Some(parser.value()?.parse()?),
                Long("public-url") => public_url = Some(parser.value()?.string()?),
                Long("topic") => topic = Some(parser.value()?.string()?),
                Long("scep") => scep = Some(parser.value()?.string()?),
                Long("organisation") => organisation = Some(parser.value()?.string()?),
                Long("key") => key = Some(PathBuf::from(parser.value()?)),
                Long("cert") => certificates = Some(PathBuf::from(parser.value()?)),
                Long("serials") => serials = Some(PathBuf::from(parser.value()?)),
                Long("profile") => profile = Some(PathBuf::from(parser.value()?)),
                Long("accounts") => accounts = Some(PathBuf::from(parser.value()?)),
                Long("anchor") => anchors.push(PathBuf::from(parser.value()?)),
                Long("minimum-os") => minimum.push(minimum_os(&parser.value()?.string()?)?),
                Long("help") | Short('h') => return Ok(None),
                _ => return Err(argument.unexpected()),
            }
        }
        if is_demo && serves {
            return Err("--demo goes with --minimum-os alone".into());
        }
        if is_demo {
            return Ok(Some(Self { mode: Mode::Demo, minimum }));
        }
        if is_any == serials.is_some() {
            return Err("say which devices are this server's: --serials FILE, or --any-serial".into());
        }
        let listen = listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8443)));
        if !listen.ip().is_loopback() && !is_remote {
            return Err(format!("{listen} can be reached by other machines; if it should, add --allow-remote").into());
        }
        let needed = |name: &str| {
            lexopt::Error::from(format!("{name} is missing; --help lists what is needed, --demo needs nothing"))
        };
        let public_url: String = public_url.ok_or_else(|| needed("--public-url"))?;
        let host = public_url.strip_prefix("https://").unwrap_or_default();
        if host.is_empty() || host.contains('/') {
            return Err("--public-url is https://, a host, and no more".into());
        }
        let serve = Serve {
            listen,
            public_url,
            topic: topic.ok_or_else(|| needed("--topic"))?,
            key: key.ok_or_else(|| needed("--key"))?,
            certificates: certificates.ok_or_else(|| needed("--cert"))?,
            serials,
            profile,
            accounts,
            anchors,
            scep,
            organisation: organisation.unwrap_or_else(|| "Example School".into()),
        };
        Ok(Some(Self { mode: Mode::Serve(Box::new(serve)), minimum }))
    }
}

/// `ios:17.5`
fn minimum_os(text: &str) -> Result<(Platform, MinimumOs), lexopt::Error> {
    let fix = || format!("--minimum-os {text:?}: write a system and a version, as in ios:17.5");
    let (_, version) = text.split_once(':').ok_or_else(fix)?;
    // The whole has to be a target; the version may have a supplement beside.
    let target: apple_ade::os::Target = text.parse().map_err(|error| format!("--minimum-os {text:?}: {error}"))?;
    let release = version.parse().map_err(|_| fix())?;
    Ok((target.platform, MinimumOs::new(release)))
}
