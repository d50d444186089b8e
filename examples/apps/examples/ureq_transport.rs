//! ureq as the library's blocking transport, and the main job over it: against a simulated Apple that is served on loopback.
//!
//! `cargo run --example ureq_transport [-- --seed N --devices N]`

use std::io::Write;
use std::process::ExitCode;

use apple_ade::Stamp;
use apple_ade::api::Service;
use apple_ade::api::profile::Profile;
use apple_ade::blocking::Client;
use apple_ade::error::BoxError;
use apple_ade::session::Session;
use apple_ade::token::{ServerToken, TOKEN_VALIDITY, TokenKeyPair};
use apple_ade_apps::{Options, Walk, serve};

// ---- The adapter: copy from here ----------------------------------------------------------------

use apple_ade::error::TransportError;
use apple_ade::transport::{BlockingTransport, Request, Response};

/// Make it with [`ureq_agent`], or with an agent of your own: one to which no status is an error, that follows no redirects
/// and has a time-out. It wants the crate ureq.
pub(crate) struct UreqTransport(pub(crate) ureq::Agent);

impl BlockingTransport for UreqTransport {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        // A body is sent whatever the method: `DELETE /profile/devices` has one.
        let is_empty = request.body().is_empty();
        let answer = if is_empty { self.0.run(request.map(drop)) } else { self.0.run(request) };
        let (parts, mut body) = answer.map_err(TransportError::new)?.into_parts();
        let body = body.with_config().limit(16 << 20).read_to_vec().map_err(TransportError::new)?;
        Ok(Response::from_parts(parts, body))
    }
}

/// The agent's settings; add a proxy or a certificate of your own network here.
pub(crate) fn ureq_agent() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    let timeout = Some(std::time::Duration::from_secs(60));
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(timeout)
}

// ---- The adapter: to here -----------------------------------------------------------------------

const ABOUT: &str = "Walks through Automated Device Enrollment with ureq, against a simulated Apple on loopback.";

fn main() -> ExitCode {
    apple_ade_apps::run("ureq_transport", ABOUT, main_job)
}

pub(crate) fn main_job<W: Write>(options: Options, walk: &mut Walk<W>) -> Result<(), BoxError> {
    // Stands for Apple's portal and for Apple's service: with a real token, it is `Service::apple()` below and nothing here.
    let school = options.school();
    let served = serve(school.clone())?;
    let service = Service::at(served.base_url())?;
    walk.service(&served, "ureq")?;

    // 1. A key pair. The private key stays here; the certificate goes to Apple.
    let key_pair = TokenKeyPair::generate("mdm.example.com", TOKEN_VALIDITY, &Stamp::from_system())?;
    walk.key_pair(&key_pair)?;

    // 2. In Apple Business Manager or Apple School Manager: upload the certificate, download the server token file.
    let file = school.with_world(|portal| {
        portal.upload_certificate(&key_pair.certificate_pem())?;
        portal.download_token()
    })?;
    walk.token_file(&file)?;

    // 3. Only this key opens it.
    let token = ServerToken::decrypt(&file, &key_pair)?;
    walk.token(&token)?;

    // 4. The client signs in by itself, when the first call needs it. Loopback is not to be reached through a proxy.
    let transport = UreqTransport(ureq_agent().proxy(None).build().into());
    let ade = Client::for_session(Session::new(token, service), transport);
    let account = ade.account()?;
    walk.account(&account)?;

    // 5. Every device, page by page. Store a page's devices and its cursor together; then nothing is lost in a crash.
    let (mut serials, mut cursor) = (Vec::new(), None);
    loop {
        let page = ade.fetch_devices(cursor)?;
        walk.page(&page)?;
        let more = page.has_more();
        serials.extend(page.devices.into_iter().map(|device| device.serial_number));
        cursor = page.cursor;
        if !more {
            break;
        }
    }

    // 6. A profile: what a device does when it is switched on.
    let mut profile = Profile::new("Class devices", "https://mdm.example.com/enroll");
    profile.is_supervised = Some(true);
    profile.is_mdm_removable = Some(false);
    profile.await_device_configured = Some(true);
    profile.department = Some("IT".into());
    profile.skip_setup_items = Some(["Siri", "Location", "Payment"].map(String::from).into());
    let profile_uuid = ade.define_profile(&profile)?.profile_uuid;
    walk.profile(&profile, &profile_uuid)?;

    // 7. The assignment: batches, and one outcome for each device.
    let report = ade.assign(profile_uuid, serials)?;
    walk.assigned(&report)
}
