//! Simulated devices, each to its end.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use apple_ade::Stamp;
use apple_ade::affinity::{AuthMethod, Modern, UserAffinity};
use apple_ade::command::{Command, EraseDevice, EraseMobile, ReturnToService};
use apple_ade::enrollment::{CannotBeAsked, EnrollmentPolicy, MinimumOs, PlatformSso};
use apple_ade::error::BoxError;
use apple_ade::machine_info::Trust;
use apple_ade::os::Platform;
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::key::PrivateKey;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::secret::SecretString;
use apple_ade::simulator::{DeviceInfo, Family, Reaction, SimulatedDevice, World, fixtures};
use apple_ade::transport::BlockingTransport as _;
use http::{Request, Response, Uri};

use super::desk::{Desk, Fleet, Settings};
use super::line::Tone;
use super::program::routes;
use crate::http::UreqTransport;
use crate::serve::{Served, serve_routes};

const URL: &str = "https://mdm.example.com";
const ACCOUNT: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// A world, a server on loopback, and how devices reach it.
struct Stage {
    world: World,
    desk: Desk,
    served: Served,
    http: UreqTransport,
    count: Count,
}

#[derive(Default)]
struct Count {
    devices: u32,
    enrolled: u32,
    otherwise: u32,
    surprises: u32,
}

/// Plays devices against the server over HTTP on loopback. False where something came otherwise than it should.
///
/// # Errors
///
/// When there is no port, or the output cannot be written.
pub fn demo(
    minimum: &[(Platform, MinimumOs)],
    out: impl Write + Send + 'static,
    colour: bool,
) -> Result<bool, BoxError> {
    let mut stage = Stage::new(minimum, out, colour)?;
    stage.held_ipad()?;
    stage.web_view()?;
    stage.update()?;
    stage.platform_sso()?;
    stage.watch()?;
    stage.unrecognized()?;
    stage.too_old()?;
    stage.set_aside()?;
    stage.tampered()?;
    let Count { devices, enrolled, otherwise, surprises } = stage.count;
    stage.desk.lines().write(&format!(
        "\ndemo: {devices} devices, {enrolled} enrolled, {otherwise} answered otherwise, {surprises} surprises"
    ));
    Ok(surprises == 0)
}

/// The devices of the demo: their names here, families and profiles.
const DEVICES: &[(&str, Family, Option<&str>)] = &[
    ("held", Family::Ipad, Some("plain")),
    ("web", Family::Iphone, Some("web")),
    ("old", Family::Iphone, Some("plain")),
    ("sso", Family::Mac, Some("plain")),
    ("watch", Family::Iphone, Some("open")),
    ("ipod", Family::Ipod, Some("plain")),
    ("aside", Family::Ipad, None),
    ("forged", Family::Ipad, Some("plain")),
];

impl Stage {
    fn new(
        minimum: &[(Platform, MinimumOs)],
        out: impl Write + Send + 'static,
        colour: bool,
    ) -> Result<Self, BoxError> {
        let now = Stamp::from_system().now();
        let mut world = World::builder().seed(11).now(now).org_name("Example School").build();
        let server = world.servers().next().map(|server| server.uuid.clone()).unwrap_or_default();
        let plain = EnrollmentProfile::builder("Loans", format!("{URL}/enroll"))
            .mode(Supervised::new(UserAffinity::Without).locked())
            .device_name("School {{SERIAL}}".parse()?)
            .await_configuration()
            .build()?;
        let web = EnrollmentProfile::builder("Teachers", format!("{URL}/enroll"))
            .mode(Supervised::new(UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::WEB_ONLY))))
            .configuration_web_url(format!("{URL}/welcome"))
            .build()?;
        let open = EnrollmentProfile::builder("Watches", format!("{URL}/enroll"));
        let open = open.mode(Supervised::new(UserAffinity::Without)).build()?;
        let profiles = BTreeMap::from([("plain", Arc::new(plain)), ("web", Arc::new(web)), ("open", Arc::new(open))]);
        let mut serials = BTreeMap::new();
        for (name, family, profile) in DEVICES {
            let serial = world.buy(*family);
            world.move_device(&serial, &server);
            world.set_asset_tag(&serial, name);
            let profile = profile.and_then(|profile| profiles.get(profile));
            let told = profile.or(profiles.get("plain")).ok_or("a profile")?;
            world.assign_profile(&serial, &serde_json::to_string(told.wire())?)?;
            serials.insert(serial, profile.cloned());
        }
        // One that Apple has given a profile of this server's, and that is not in the server's own list.
        let stranger = world.buy(Family::Ipad);
        world.move_device(&stranger, &server);
        world.set_asset_tag(&stranger, "stranger");
        world.assign_profile(&stranger, &serde_json::to_string(profiles.get("plain").ok_or("a profile")?.wire())?)?;

        let sso =
            PlatformSso::new(format!("{URL}/sso.mobileconfig"), format!("{URL}/sign-in"), format!("{URL}/sso.plist"))?;
        let policy = EnrollmentPolicy::new()
            .minimum([Platform::Ios, Platform::IpadOs], MinimumOs::new("17.5".parse()?).update_to("17.6".parse()?)?)
            .platform_sso(sso, CannotBeAsked::Refuse);
        let policy = minimum.iter().fold(policy, |policy, (platform, minimum)| policy.minimum([*platform], minimum));
        let settings = Settings {
            public_url: URL.into(),
            organisation: "Example School".into(),
            topic: "com.apple.mgmt.External.00000000-demo".into(),
            scep_url: "https://ca.example.com/scep".into(),
            policy,
            trust: Trust::pinned(DeviceInfo::authority()?),
            key: PrivateKey::from_pem(fixtures::PRIVATE_KEY_PEM)?,
            certificates: vec![Certificate::from_pem(fixtures::CERTIFICATE_PEM)?],
            accounts: BTreeMap::from([(ACCOUNT.into(), SecretString::new(PASSWORD))]),
            fleet: Fleet::These(serials),
        };
        let desk = Desk::new(settings, out, colour)?;
        let listening = serve_routes(routes(desk.clone()))?;
        let http = UreqTransport::new(listening.base_url(), Duration::from_secs(60));
        Ok(Self { world, desk, served: listening, http, count: Count::default() })
    }

    /// Switches a device on.
    fn on(&mut self, name: &str, heading: &str) -> Result<SimulatedDevice, BoxError> {
        self.count.devices += 1;
        self.desk.lines().heading(&format!("{}  {heading}", self.count.devices));
        let serial =
            self.world.devices().find(|device| device.asset_tag == name).map(|device| device.serial_number.clone());
        Ok(self.world.switch_on(&serial.unwrap_or_default())?)
    }

    /// Lets a device send and take until it needs somebody.
    fn play(&mut self, device: &mut SimulatedDevice) -> Vec<Reaction> {
        let (http, base) = (&self.http, self.served.base_url());
        device.play(&mut self.world, |request| send(http, base, request))
    }

    /// A device is at its end: whether it is as it should be.
    fn ends(&mut self, device: &SimulatedDevice, enrolls: bool, is_right: bool) {
        let is_right = is_right && device.is_enrolled() == enrolls && !device.is_held();
        if device.is_enrolled() {
            self.count.enrolled += 1;
        } else {
            self.count.otherwise += 1;
        }
        if !is_right {
            self.count.surprises += 1;
            self.desk.lines().write(&format!("surprise: {device:?}"));
        }
    }

    fn note(&self, text: &str, is_right: bool) -> bool {
        let tone = if is_right { Tone::Plain } else { Tone::Bad };
        self.desk.lines().tell(None, "the device", tone, text);
        is_right
    }

    fn held_ipad(&mut self) -> Result<(), BoxError> {
        let mut device = self
            .on("held", "An iPad that is held enrolls by POST; later it is erased, and returns to service by itself")?;
        let first = self.play(&mut device);
        let named = device.commands().any(|command| command == "Settings") && first.contains(&Reaction::Released);
        let signed = first.iter().any(|reaction| matches!(reaction, Reaction::Installed { signed: true, .. }));
        let erase = EraseMobile::new().return_to_service(ReturnToService::new());
        let queued = self.desk.queue(device.serial(), Command::EraseDevice(EraseDevice::from(erase)));
        device.push();
        let second = self.play(&mut device);
        let returned = second.contains(&Reaction::Erased { returns: true }) && second.contains(&Reaction::Released);
        self.ends(&device, true, named && signed && queued && returned);
        Ok(())
    }

    fn web_view(&mut self) -> Result<(), BoxError> {
        let mut device = self.on("web", "An iPhone whose user signs in on the page, first with a wrong password")?;
        let mut right = matches!(self.play(&mut device)[..], [Reaction::Page { status: 200, .. }]);
        device.submit(&[("account", ACCOUNT), ("password", "a guess")])?;
        right &= matches!(self.play(&mut device)[..], [Reaction::Page { status: 403, .. }]);
        device.submit(&[("account", ACCOUNT), ("password", PASSWORD)])?;
        // Somebody has listened, and sends the same once more.
        let copy = device.clone();
        right &= self.play(&mut device).iter().any(|reaction| matches!(reaction, Reaction::Installed { .. }));
        let mut copy = copy;
        let replayed = matches!(self.play(&mut copy)[..], [Reaction::Page { status: 403, .. }]);
        right &= self.note("the form that was sent once more is refused", replayed);
        self.ends(&device, true, right);
        Ok(())
    }

    fn update(&mut self) -> Result<(), BoxError> {
        let mut device = self.on("old", "An iPhone with iOS 17.0 updates first")?.os("17.0", "21A329");
        let reactions = self.play(&mut device);
        self.ends(&device, true, reactions.first() == Some(&Reaction::Updated { to: "17.6".into() }));
        Ok(())
    }

    fn platform_sso(&mut self) -> Result<(), BoxError> {
        let device = self.on("sso", "A Mac sets up Platform SSO first")?;
        let mut device = device.os("26.0", "25A354").with("MDM_CAN_REQUEST_PSSO_CONFIG", true);
        let mut right = matches!(self.play(&mut device)[..], [Reaction::PlatformSso { .. }, Reaction::Page { .. }]);
        device.submit(&[("account", ACCOUNT), ("password", PASSWORD)])?;
        right &= self.play(&mut device).first() == Some(&Reaction::SignedIn);
        self.ends(&device, true, right);
        Ok(())
    }

    fn watch(&mut self) -> Result<(), BoxError> {
        let device = self.on("watch", "A watch fetches a pairing token through its phone first")?;
        let device = device.with("PRODUCT", "Watch7,1").os("10.5", "21T576").without("IMEI");
        let mut device = device.without("MDM_CAN_REQUEST_SOFTWARE_UPDATE");
        let mut right = matches!(self.play(&mut device)[..], [Reaction::NeedsPairing { .. }]);
        device.pair(self.desk.pairing_token());
        right &= self.play(&mut device).iter().any(|reaction| matches!(reaction, Reaction::Installed { .. }));
        self.ends(&device, true, right);
        Ok(())
    }

    fn unrecognized(&mut self) -> Result<(), BoxError> {
        let mut device = self.on("stranger", "An iPad that is not in the list")?;
        let reactions = self.play(&mut device);
        self.ends(&device, false, reactions == [Reaction::Unrecognized]);
        Ok(())
    }

    fn too_old(&mut self) -> Result<(), BoxError> {
        let mut device = self.on("ipod", "An iPod that is too old to be asked to update")?;
        let reactions = self.play(&mut device);
        self.ends(&device, false, matches!(reactions[..], [Reaction::Refused { status: 403, .. }]));
        Ok(())
    }

    fn set_aside(&mut self) -> Result<(), BoxError> {
        let mut device = self.on("aside", "An iPad that the organisation has set aside")?;
        let reactions = self.play(&mut device);
        self.ends(&device, false, matches!(reactions[..], [Reaction::Refused { status: 403, .. }]));
        Ok(())
    }

    fn tampered(&mut self) -> Result<(), BoxError> {
        let mut device = self.on("forged", "Somebody has changed the serial number in a MachineInfo")?;
        let (serial, other) = (device.serial().to_owned(), "X".repeat(device.serial().len()));
        let (http, base) = (&self.http, self.served.base_url());
        let reactions = device.play(&mut self.world, |request| {
            let (parts, mut body) = request.into_parts();
            if let Some(place) = body.windows(serial.len()).position(|part| part == serial.as_bytes()) {
                body.splice(place..place + serial.len(), other.bytes());
            }
            send(http, base, Request::from_parts(parts, body))
        });
        self.ends(&device, false, matches!(reactions[..], [Reaction::Refused { status: 403, .. }]));
        Ok(())
    }
}

/// Sends a request to the listener in place of the reverse proxy of its host.
fn send(http: &UreqTransport, base_url: &str, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let sent = format!("{base_url}{path}").parse::<Uri>().map_err(io::Error::other).and_then(|uri| {
        parts.uri = uri;
        http.send(Request::from_parts(parts, body)).map_err(io::Error::other)
    });
    sent.unwrap_or_else(|error| {
        let mut response = Response::new(error.to_string().into_bytes());
        *response.status_mut() = http::StatusCode::BAD_GATEWAY;
        response
    })
}
