//! reqwest as the library's transport, and the main job over it: against a simulated Apple that is served on loopback.
//!
//! `cargo run --example reqwest_transport [-- --seed N --devices N]`

use std::io::Write;
use std::process::ExitCode;

use apple_ade::api::Service;
use apple_ade::api::profile::Profile;
use apple_ade::error::BoxError;
use apple_ade::session::Session;
use apple_ade::token::{ServerToken, TOKEN_VALIDITY, TokenKeyPair};
use apple_ade::{Client, Stamp};
use apple_ade_apps::{Options, Walk, serve};

// ---- The adapter: copy from here ----------------------------------------------------------------

use apple_ade::error::TransportError;
use apple_ade::transport::{Request, Response, Transport};
use http_body_util::{BodyExt as _, Limited};

/// Make it with [`reqwest_client`], or with a client of your own that follows no redirects and has a time-out. It wants the
/// crates reqwest, http-body-util and async-trait.
pub(crate) struct ReqwestTransport(pub(crate) reqwest::Client);

#[async_trait::async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let request = request.try_into().map_err(TransportError::new)?;
        let answer = self.0.execute(request).await.map_err(TransportError::new)?;
        let (parts, body) = http::Response::from(answer).into_parts();
        let body = Limited::new(body, 16 << 20).collect().await.map_err(TransportError::new)?;
        Ok(Response::from_parts(parts, body.to_bytes().into()))
    }
}

/// The client's settings; add a proxy or a certificate of your own network here.
pub(crate) fn reqwest_client() -> reqwest::ClientBuilder {
    let no_redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().redirect(no_redirects).timeout(std::time::Duration::from_secs(60))
}

// ---- The adapter: to here -----------------------------------------------------------------------

const ABOUT: &str = "Walks through Automated Device Enrollment with reqwest, against a simulated Apple on loopback.";

fn main() -> ExitCode {
    apple_ade_apps::run("reqwest_transport", ABOUT, |options, walk| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(main_job(options, walk))
    })
}

pub(crate) async fn main_job<W: Write>(options: Options, walk: &mut Walk<W>) -> Result<(), BoxError> {
    // Stands for Apple's portal and for Apple's service: with a real token, it is `Service::apple()` below and nothing here.
    let school = options.school();
    let served = serve(school.clone())?;
    let service = Service::at(served.base_url())?;
    walk.service(&served, "reqwest")?;

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
    let transport = ReqwestTransport(reqwest_client().no_proxy().build()?);
    let ade = Client::for_session(Session::new(token, service), transport);
    let account = ade.account().await?;
    walk.account(&account)?;

    // 5. Every device, page by page. Store a page's devices and its cursor together; then nothing is lost in a crash.
    let (mut serials, mut cursor) = (Vec::new(), None);
    loop {
        let page = ade.fetch_devices(cursor).await?;
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
    let profile_uuid = ade.define_profile(&profile).await?.profile_uuid;
    walk.profile(&profile, &profile_uuid)?;

    // 7. The assignment: batches, and one outcome for each device.
    let report = ade.assign(profile_uuid, serials).await?;
    walk.assigned(&report)
}
