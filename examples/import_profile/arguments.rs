//! The command line.

use std::path::PathBuf;

use apple_ade::device_name::DeviceType;
use apple_ade::interop::{Model, Source, ThisServer};
use apple_ade::os::Target;
use apple_ade::profile::{Language, Locale, Region};
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
Takes an enrollment profile over from Microsoft Graph (Intune) or Jamf Pro, or writes one for them.

Usage: import_profile --url URL [--web-url URL] [--language CODE --region CODE]
                      [--target OS:VERSION] graph|jamf FILE
       import_profile --export MODEL FILE

  graph            FILE is a depIOSEnrollmentProfile, a depMacOSEnrollmentProfile, or the like
  jamf             FILE is a PreStage enrollment of the Jamf Pro API
  --url URL        where devices enroll here: the other server's is not taken over
  --web-url URL    the page on which users sign in here, if they do so there
  --language CODE  the language and region in which Setup Assistant runs by itself, such as nl and
  --region CODE    NL, where FILE says that it does and has none: Graph never has
  --target OS:VERSION
                   the device that the commands are planned for, such as ipados:17.4; else a Mac
                   with macOS 15 for a profile with accounts, and an iPad with iPadOS 18 for others
  --export MODEL   writes FILE, a profile in Apple's JSON or as the crate stores it, as graph-ios,
                   graph-macos, graph-tvos, graph-visionos, jamf-mobile or jamf-computer
  FILE             - is standard input

Standard output has the profile in JSON; standard error has the commands that finish it, and
everything that could not be carried over, with its path and the reason.

Exit status: 0 done, 1 it is no such profile, 2 wrong usage.";

pub(crate) enum Job {
    Help,
    Import { source: Source, server: ThisServer, target: Option<Target>, file: PathBuf },
    Export { model: Model, file: PathBuf },
}

const MODELS: [(&str, Model); 6] = [
    ("graph-ios", Model::GraphIos),
    ("graph-macos", Model::GraphMacOs),
    ("graph-tvos", Model::GraphTvOs),
    ("graph-visionos", Model::GraphVisionOs),
    ("jamf-computer", Model::JamfComputer),
    ("jamf-mobile", Model::JamfMobile),
];

pub(crate) fn read() -> Result<Job, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut url, mut web_url, mut model, mut words) = (None, None, None, Vec::new());
    let (mut target, mut language, mut region) = (None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Job::Help),
            Long("url") => url = Some(parser.value()?.string()?),
            Long("web-url") => web_url = Some(parser.value()?.string()?),
            Long("language") => language = Some(parser.value()?.parse::<Language>()?),
            Long("region") => region = Some(parser.value()?.parse::<Region>()?),
            Long("target") => target = Some(parser.value()?.parse::<Target>()?),
            Long("export") => model = Some(parser.value()?.string()?),
            Value(word) if words.len() < 2 => words.push(word),
            _ => return Err(argument.unexpected()),
        }
    }
    if let Some(name) = model {
        if url.is_some() || web_url.is_some() || target.is_some() || language.is_some() || region.is_some() {
            return Err("--url, --web-url, --language, --region and --target are for an import".into());
        }
        let names: Vec<&str> = MODELS.iter().map(|(name, _)| *name).collect();
        let found = MODELS.iter().find(|(known, _)| *known == name);
        let (_, model) = found.ok_or_else(|| format!("there is no model {name:?}; there are {}", names.join(", ")))?;
        let [file] = <[_; 1]>::try_from(words).map_err(|_| "give one FILE")?;
        return Ok(Job::Export { model: *model, file: file.into() });
    }
    let mut words = words.into_iter();
    let source = match words.next().map(ValueExt::string).transpose()?.as_deref() {
        Some("graph") => Source::Graph,
        Some("jamf") => Source::Jamf,
        Some(other) => return Err(format!("there is no source {other:?}; there are graph and jamf").into()),
        None => return Err("a source is missing: graph or jamf".into()),
    };
    let file = words.next().ok_or("FILE is missing")?.into();
    let server = ThisServer::new(url.ok_or("--url URL is missing: where devices enroll at this server")?);
    let server = match web_url {
        Some(page) => server.with_web_url(page),
        None => server,
    };
    let server = match (language, region) {
        (Some(language), Some(region)) => server.with_locale(Locale { language, region }),
        (None, None) => server,
        _ => return Err("--language and --region go together".into()),
    };
    if let Some(target) = target.filter(|target| DeviceType::of_platform(target.platform).is_none()) {
        return Err(format!("no device with {target} enrolls by a profile; give one with another system").into());
    }
    Ok(Job::Import { source, server, target, file })
}
