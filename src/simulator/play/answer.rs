//! What a device makes of a response.

use http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Response};
use plist::{Dictionary, Value};

use super::super::confidential::Confidential;
use super::super::percent;
use super::super::world::World;
use super::form::{Form, resolved};
use super::install::{Mdm, install};
use super::managed::{Done, Erasure};
use super::{Reaction, SimulatedDevice, Stage, text};
use crate::machine_info::platform_of;
use crate::os::Build;
use crate::property_list;

/// The media type of an enrollment profile.
const PROFILE: &str = "application/x-apple-aspen-config";
/// Where a login page leads back to the device.
const SIGNED_IN: &str = "apple-remotemanagement-user-login://authentication-results?access-token=";

impl SimulatedDevice {
    /// Takes the response to [`request`](Self::request): says what comes of it, and what the world has to know of it.
    pub fn take<B: AsRef<[u8]>>(&mut self, world: &mut World, response: &Response<B>) -> Reaction {
        let (status, headers, body) = (response.status().as_u16(), response.headers(), response.body().as_ref());
        match self.stage.clone() {
            Stage::Asks => match (status, media_type(headers).as_str()) {
                (200, PROFILE) => self.install(status, body),
                (403, kind) => self.forbidden(world, kind, body),
                (200, kind) => self.refuse(status, format!("the media type is {kind:?}, and not {PROFILE}")),
                _ => self.refuse(status, "the server gives no profile"),
            },
            Stage::Opens { url, .. } | Stage::Submits { url, .. } => {
                self.keep_cookies(headers);
                self.page(world, &url, status, headers, body)
            }
            Stage::Authenticates(mdm) => self.checked_in(status, "Authenticate", Stage::Registers(mdm)),
            Stage::Registers(mdm) => self.checked_in(status, "TokenUpdate", Stage::Idles(mdm)),
            Stage::Idles(mdm) => self.command(status, headers, body, mdm),
            Stage::Answers(mdm, done) => self.answered(world, status, headers, body, mdm, &done),
            Stage::Reads(_) | Stage::NeedsPairing | Stage::Managed(_) | Stage::Stopped => {
                Reaction::Refused { status, why: "the device has asked for nothing".into() }
            }
        }
    }

    fn refuse(&mut self, status: u16, why: impl Into<String>) -> Reaction {
        self.stage = Stage::Stopped;
        Reaction::Refused { status, why: why.into() }
    }

    fn install(&mut self, status: u16, body: &[u8]) -> Reaction {
        match install(body, self.awaits) {
            Ok(mdm) => {
                let reaction = Reaction::Installed { server_url: mdm.server_url.clone(), signed: mdm.signed };
                self.stage = Stage::Authenticates(mdm);
                reaction
            }
            Err(why) => self.refuse(status, why),
        }
    }

    fn page(&mut self, world: &World, url: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> Reaction {
        let kind = media_type(headers);
        if let Some(to) = headers.get(LOCATION).and_then(|to| to.to_str().ok()).filter(|_| (300..400).contains(&status))
        {
            if let Some(token) = to.strip_prefix(SIGNED_IN) {
                let Some(token) = percent::decode(token).filter(|token| status == 308 && !token.is_empty()) else {
                    return self.refuse(status, "the page leads back to the device without status 308 or a token");
                };
                self.access_token = Some(Confidential(token));
                self.stage = Stage::Asks;
                return Reaction::SignedIn;
            }
            let to = resolved(url, to);
            self.stage = Stage::Opens { url: to.clone(), with_info: false };
            return Reaction::Redirected { to };
        }
        match kind.as_str() {
            PROFILE if status == 200 => self.install(status, body),
            "text/html" => {
                let html = String::from_utf8_lossy(body).into_owned();
                self.stage = Stage::Reads(Form::read(url, &html));
                Reaction::Page { status, html }
            }
            kind if status == 403 => self.forbidden(world, kind, body),
            _ => self.refuse(status, format!("the page is neither HTML nor a profile, but {kind:?}")),
        }
    }

    /// A document of status 403.
    fn forbidden(&mut self, world: &World, kind: &str, body: &[u8]) -> Reaction {
        let document = match kind {
            "application/json" => serde_json::from_slice::<Value>(body).ok(),
            "application/xml" | "text/xml" | "application/x-plist" => property_list::read(body).ok(),
            _ => None,
        };
        let Some(document) = document.and_then(Value::into_dictionary) else {
            return self.refuse(403, "the server gives no profile");
        };
        let details = document.get("details").and_then(Value::as_dictionary);
        let detail = |key: &str| details.and_then(|details| text(details, key)).map(str::to_owned);
        match text(&document, "code") {
            Some("com.apple.unrecognized.device") => {
                self.stage = Stage::Stopped;
                Reaction::Unrecognized
            }
            Some("com.apple.softwareupdate.required") if self.says(world, "MDM_CAN_REQUEST_SOFTWARE_UPDATE") => {
                match detail("OSVersion") {
                    Some(to) => self.update(world, to, detail("BuildVersion")),
                    None => self.refuse(403, "the document has no `OSVersion`"),
                }
            }
            Some("com.apple.psso.required") if self.says(world, "MDM_CAN_REQUEST_PSSO_CONFIG") => {
                let package = details.and_then(|details| details.get("Package")?.as_dictionary());
                let manifest_url = package.and_then(|package| text(package, "ManifestURL")).map(str::to_owned);
                let (Some(profile_url), Some(auth_url), Some(manifest_url)) =
                    (detail("ProfileURL"), detail("AuthURL"), manifest_url)
                else {
                    return self.refuse(403, "the document lacks a URL of Platform SSO");
                };
                self.stage = Stage::Opens { url: auth_url.clone(), with_info: false };
                Reaction::PlatformSso { profile_url, auth_url, manifest_url }
            }
            Some("com.apple.watch.pairing.token.missing") => match detail("security-token") {
                Some(security_token) => {
                    self.stage = Stage::NeedsPairing;
                    Reaction::NeedsPairing { security_token }
                }
                None => self.refuse(403, "the document has no `security-token`"),
            },
            Some(code) => {
                let why = format!("the device does not understand {code}");
                self.refuse(403, why)
            }
            None => self.refuse(403, "the document has no `code`"),
        }
    }

    fn says(&self, world: &World, key: &str) -> bool {
        self.info(world).is_some_and(|info| info.is_true(key))
    }

    /// It updates, and asks again.
    fn update(&mut self, world: &World, to: String, build: Option<String>) -> Reaction {
        let info = self.info(world);
        let said = |key: &str| info.as_ref().and_then(|info| info.text(key));
        if said("OS_VERSION") == Some(&to) && build.as_deref().is_none_or(|build| said("VERSION") == Some(build)) {
            return self.refuse(403, format!("the device has {to} already"));
        }
        // A build of that version: of the number, Apple's first.
        let platform = said("PRODUCT").and_then(platform_of);
        let major = to.split(['.', ' ']).next().and_then(|major| major.parse().ok());
        let first = (1..100_u8).map(|train| format!("{train}A1")).find(|text| {
            let found = text.parse::<Build>().ok().zip(platform);
            found.and_then(|(build, platform)| build.major_version(platform)).is_some_and(|found| Some(found) == major)
        });
        let (version, extra) =
            to.split_once(' ').map_or((to.as_str(), None), |(version, extra)| (version, Some(extra)));
        for (key, value) in [
            ("OS_VERSION", Some(version.into())),
            ("SUPPLEMENTAL_OS_VERSION_EXTRA", extra.map(Value::from)),
            ("SUPPLEMENTAL_BUILD_VERSION", None),
            ("MANDATORY_SOFTWARE_UPDATE_REQUIRED", None),
        ] {
            self.changes.insert(key.into(), value);
        }
        if let Some(build) = build.or(first) {
            self.changes.insert("VERSION".into(), Some(build.into()));
        }
        self.cookies.clear();
        self.stage = self.begin();
        Reaction::Updated { to }
    }

    fn checked_in(&mut self, status: u16, message: &'static str, next: Stage) -> Reaction {
        if status != 200 {
            return self.refuse(status, format!("the MDM refuses {message}"));
        }
        self.stage = next;
        Reaction::CheckedIn { message }
    }

    /// A response to an idle device, or to the answer to a command.
    fn command(&mut self, status: u16, headers: &HeaderMap, body: &[u8], mdm: Mdm) -> Reaction {
        if status == 403 && media_type(headers) == "application/json" {
            let code = serde_json::from_slice::<Value>(body).ok().and_then(Value::into_dictionary);
            if code.is_some_and(|keys: Dictionary| text(&keys, "code") == Some("com.apple.unrecognized.device")) {
                self.stage = Stage::Stopped;
                return Reaction::Unrecognized;
            }
        }
        if status != 200 {
            self.stage = Stage::Managed(mdm);
            return Reaction::Refused { status, why: "the MDM takes no report".into() };
        }
        if body.is_empty() {
            self.stage = Stage::Managed(mdm);
            return Reaction::Idle;
        }
        match Done::carry_out(body, &mdm) {
            Ok(done) => {
                let request_type = done.request_type.clone();
                self.stage = Stage::Answers(mdm, done);
                Reaction::Command { request_type }
            }
            Err(why) => {
                self.stage = Stage::Managed(mdm);
                Reaction::Refused { status, why }
            }
        }
    }

    fn answered(
        &mut self,
        world: &mut World,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
        mut mdm: Mdm,
        done: &Done,
    ) -> Reaction {
        if status == 200 {
            self.commands.push(done.request_type.clone());
        }
        if let Some(erasure) = done.erases.clone().filter(|_| status == 200) {
            return self.erase(world, &erasure);
        }
        if done.releases() && status == 200 {
            mdm.held = false;
            // What the MDM has said beside is told by the next report.
            self.stage = Stage::Idles(mdm);
            return Reaction::Released;
        }
        self.command(status, headers, body, mdm)
    }

    /// It is as new: the world knows, and it begins anew if it is to.
    fn erase(&mut self, world: &mut World, erasure: &Erasure) -> Reaction {
        world.wipe(&self.serial);
        self.cookies.clear();
        self.access_token = None;
        self.commands.clear();
        self.stage = Stage::Stopped;
        if erasure.returns {
            world.activate(&self.serial);
            self.stage = match erasure.profile.as_deref().and_then(|profile| install(profile, self.awaits).ok()) {
                Some(mdm) => Stage::Authenticates(mdm),
                None => self.begin(),
            };
        }
        Reaction::Erased { returns: erasure.returns }
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()) {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            let is_gone = attributes.split(';').any(|part| part.trim().eq_ignore_ascii_case("max-age=0"));
            if is_gone {
                self.cookies.remove(name.trim());
            } else {
                self.cookies.insert(name.trim().to_owned(), Confidential(value.trim().to_owned()));
            }
        }
    }
}

/// The media type, without parameters.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
