//! A simulated device in somebody's hands, from the moment it is switched on.

mod answer;
mod form;
mod install;
mod managed;
mod reaction;
mod switch_on;

use std::collections::BTreeMap;

use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{Method, Request, Response};
use plist::{Dictionary, Value};

use self::form::Form;
pub use self::form::FormError;
use self::install::Mdm;
pub use self::reaction::Reaction;
pub use self::switch_on::SwitchOnError;
use super::confidential::Confidential;
use super::device_info::DeviceInfo;
use super::world::World;

/// A simulated device that was switched on, and does what a device does until it is managed: the other side of your MDM, without I/O.
///
/// [`request`](Self::request) gives what it sends, [`take`](Self::take) takes the response and says what came of it; [`play`](Self::play)
/// is the loop over both. Where it goes, by POST or on a web page, is in the profile that the world has assigned to it. It updates when
/// it is told to, signs in for Platform SSO, installs the enrollment profile if that is one, checks in, and carries out
/// commands until it is let go; an erased one with a return to service begins anew. A person is needed at a page
/// ([`submit`](Self::submit)) and for a watch ([`pair`](Self::pair)).
///
/// It judges what it gets with code of its own, and more strictly than some devices: the media type of the profile, its payloads, the
/// documents of status 403. It checks no signature, and fetches no identity: it calls the MDM without one.
///
/// ```
/// use apple_ade::simulator::{DeviceInfo, Family, Reaction, World};
///
/// # fn my_mdm(request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
/// #     assert_eq!(request.headers()["content-type"], "application/pkcs7-signature");
/// #     let body = br#"{"code":"com.apple.unrecognized.device"}"#.to_vec();
/// #     http::Response::builder().status(403).header("content-type", "application/json").body(body).unwrap()
/// # }
/// let mut world = World::builder().seed(7).devices(1).build();
/// let serial = world.devices().next().unwrap().serial_number.clone();
/// world.assign_profile(&serial, r#"{"profile_name": "Loans", "url": "https://mdm.example.com/enroll"}"#)?;
///
/// let mut device = world.switch_on(&serial)?;
/// // `my_mdm` takes an `http::Request<Vec<u8>>` and trusts `DeviceInfo::authority()`.
/// let reactions = device.play(&mut world, my_mdm);
/// assert_eq!(reactions, [Reaction::Unrecognized]);
/// assert!(!device.is_enrolled());
/// # Ok::<(), apple_ade::simulator::SwitchOnError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SimulatedDevice {
    serial: String,
    url: String,
    web_url: Option<String>,
    awaits: bool,
    /// What differs from [`DeviceInfo::of`]; nothing for a key that is left out.
    changes: BTreeMap<String, Option<Value>>,
    stage: Stage,
    cookies: BTreeMap<String, Confidential>,
    access_token: Option<Confidential>,
    commands: Vec<String>,
}

/// What it is about to do.
#[derive(Debug, Clone)]
enum Stage {
    /// Posts its MachineInfo.
    Asks,
    /// Opens a page: the first with its MachineInfo.
    Opens {
        url: String,
        with_info: bool,
    },
    /// Waits for a person at a page.
    Reads(Form),
    /// Sends what the person has typed in.
    Submits {
        url: String,
        body: Confidential,
    },
    /// Waits to be paired with a phone.
    NeedsPairing,
    /// Says who it is, then how it is reached.
    Authenticates(Mdm),
    Registers(Mdm),
    /// Asks for a command.
    Idles(Mdm),
    /// Answers a command.
    Answers(Mdm, managed::Done),
    /// Is managed, and has nothing to say.
    Managed(Mdm),
    /// Is not managed, and has nothing to say.
    Stopped,
}

/// As many exchanges as [`SimulatedDevice::play`] makes at most.
const MOST_EXCHANGES: usize = 200;

impl SimulatedDevice {
    /// With another value of a key of its MachineInfo, or one more key: `("PRODUCT", "Watch7,1")` makes a watch.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.changes.insert(key.into(), Some(value.into()));
        self
    }

    /// Without a key of its MachineInfo.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.changes.insert(key.into(), None);
        self
    }

    /// With this operating system: `OS_VERSION` and, as `VERSION`, its build.
    #[must_use]
    pub fn os(self, version: &str, build: &str) -> Self {
        self.with("OS_VERSION", version).with("VERSION", build).without("SUPPLEMENTAL_BUILD_VERSION")
    }

    /// Its serial number.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Whether it has installed an enrollment profile.
    pub fn is_enrolled(&self) -> bool {
        self.mdm().is_some()
    }

    /// Whether it is enrolled and awaits its configuration: Setup Assistant goes on after `DeviceConfigured`.
    pub fn is_held(&self) -> bool {
        self.mdm().is_some_and(|mdm| mdm.held)
    }

    /// The commands that it has answered, by their `RequestType`, in the order in which they came.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(String::as_str)
    }

    /// What it says of itself now.
    pub fn info(&self, world: &World) -> Option<DeviceInfo> {
        let info = DeviceInfo::of(world.device(&self.serial)?, world.now());
        Some(self.changes.iter().fold(info, |info, (key, value)| match value {
            Some(value) => info.with(key, value.clone()),
            None => info.without(key),
        }))
    }

    /// What it sends now; the same until the response is taken. Nothing where it waits for a person, or has nothing to say.
    pub fn request(&self, world: &World) -> Option<Request<Vec<u8>>> {
        let info = self.info(world)?;
        let request = |method: Method, url: &str| Request::builder().method(method).uri(url);
        let made = match &self.stage {
            Stage::Asks => {
                let mut request = request(Method::POST, &self.url).header(CONTENT_TYPE, "application/pkcs7-signature");
                if let Some(token) = &self.access_token {
                    request = request.header(AUTHORIZATION, format!("Bearer {}", token.0));
                }
                request.body(info.body())
            }
            Stage::Opens { url, with_info } => {
                let mut request = self.with_cookies(request(Method::GET, url));
                if *with_info {
                    request = request.header("x-apple-aspen-deviceinfo", info.header());
                }
                request.body(Vec::new())
            }
            Stage::Submits { url, body } => {
                let request = self.with_cookies(request(Method::POST, url));
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.0.clone().into_bytes())
            }
            Stage::Authenticates(mdm) => managed::check_in(mdm, &managed::authenticate(mdm, &info)),
            Stage::Registers(mdm) => managed::check_in(mdm, &managed::token_update(mdm, &info)),
            Stage::Idles(mdm) => managed::report(mdm, &managed::idle(&info)),
            Stage::Answers(mdm, done) => managed::report(mdm, &done.answer(&info)),
            Stage::Reads(_) | Stage::NeedsPairing | Stage::Managed(_) | Stage::Stopped => return None,
        };
        // A URL that is none can be called by nobody.
        made.ok()
    }

    fn with_cookies(&self, request: http::request::Builder) -> http::request::Builder {
        if self.cookies.is_empty() {
            return request;
        }
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={}", value.0));
        request.header(COOKIE, cookies.collect::<Vec<_>>().join("; "))
    }

    /// Sends and takes until a person is needed or there is nothing more to say; after two hundred exchanges it gives up. Tells what came of
    /// each.
    pub fn play<B: AsRef<[u8]>>(
        &mut self,
        world: &mut World,
        mut mdm: impl FnMut(Request<Vec<u8>>) -> Response<B>,
    ) -> Vec<Reaction> {
        let mut reactions = Vec::new();
        while reactions.len() < MOST_EXCHANGES
            && let Some(request) = self.request(world)
        {
            reactions.push(self.take(world, &mdm(request)));
        }
        reactions
    }

    /// A person fills in the form of the page that is shown, by the names of its fields, and sends it. Fields that are not named keep what
    /// they have.
    ///
    /// # Errors
    ///
    /// [`FormError`], if no page is shown, or it has no such field.
    pub fn submit(&mut self, answers: &[(&str, &str)]) -> Result<(), FormError> {
        let Stage::Reads(form) = &self.stage else { return Err(FormError::NoPage) };
        let (url, body) = form.filled(answers)?;
        self.stage = Stage::Submits { url, body: Confidential(body) };
        Ok(())
    }

    /// The watch has fetched this pairing token through its phone, and asks again. Nothing happens where none was asked for.
    pub fn pair(&mut self, token: impl Into<Vec<u8>>) {
        if matches!(self.stage, Stage::NeedsPairing) {
            self.changes.insert("PAIRING_TOKEN".into(), Some(Value::Data(token.into())));
            self.stage = self.begin();
        }
    }

    /// A push has come: an enrolled device asks for a command. Nothing happens where it is not enrolled or busy.
    pub fn push(&mut self) {
        if let Stage::Managed(mdm) = &self.stage {
            self.stage = Stage::Idles(mdm.clone());
        }
    }

    /// As a device that asks for its enrollment profile for the first time.
    fn begin(&self) -> Stage {
        match &self.web_url {
            Some(url) if self.access_token.is_none() => Stage::Opens { url: url.clone(), with_info: true },
            _ => Stage::Asks,
        }
    }

    fn mdm(&self) -> Option<&Mdm> {
        match &self.stage {
            Stage::Authenticates(mdm)
            | Stage::Registers(mdm)
            | Stage::Idles(mdm)
            | Stage::Answers(mdm, _)
            | Stage::Managed(mdm) => Some(mdm),
            _ => None,
        }
    }
}

/// A text of a property list.
fn text<'d>(keys: &'d Dictionary, key: &str) -> Option<&'d str> {
    keys.get(key)?.as_string()
}
