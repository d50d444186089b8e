//! The POST to the profile's `url`, and the enrollment profile.

use std::sync::Arc;

use apple_ade::Stamp;
use apple_ade::enrollment::{
    Answer, Caller, Decision, Format, Listed, MdmProfile, MdmServiceConfig, PayloadUuid, Scep, Standing, access_token,
    decide,
};
use apple_ade::error::BoxError;
use apple_ade::machine_info::{ReadError, SignedMachineInfo, VerifiedMachineInfo};
use apple_ade::profile::EnrollmentProfile;
use apple_ade::secret::SecretBytes;
use http::{Request, Response};

use super::check_in;
use super::desk::{Enrolled, Fleet, Shared, plain, secret};
use super::line::Tone;

pub(super) const PATH: &str = "/enroll";
pub(super) const CONFIG: &str = MdmServiceConfig::PATH;

/// A header that is longer than this is refused: a MachineInfo in base64 takes some 6,000 bytes.
const MOST_HEADER: usize = 32 << 10;

/// What is known of a device that was decided about.
pub(super) struct Case {
    pub(super) decision: Decision,
    pub(super) profile: Option<Arc<EnrollmentProfile>>,
}

/// The device that has signed a request, or the response where none has.
pub(super) fn device(
    desk: &Shared,
    request: &Request<Vec<u8>>,
    stamp: &Stamp,
    sent: &str,
) -> Result<VerifiedMachineInfo, Box<Response<Vec<u8>>>> {
    let header = request.headers().get(SignedMachineInfo::HEADER);
    if header.is_some_and(|header| header.len() > MOST_HEADER) {
        desk.tell(None, sent, Tone::Bad, "refused: the header is too long");
        return Err(plain(431, "The header is too long.\n").into());
    }
    let signed = SignedMachineInfo::from_request(request).map_err(|error| {
        desk.tell(None, sent, Tone::Bad, &format!("refused: {error}"));
        let status = match error {
            ReadError::MediaType { .. } => 415,
            ReadError::TooLarge { .. } => 413,
            _ => 400,
        };
        Box::new(plain(status, "This is no signed MachineInfo.\n"))
    })?;
    signed.verify(&desk.settings.trust, stamp.now()).map_err(|error| {
        desk.tell(None, sent, Tone::Bad, &format!("refused: {error}"));
        Box::new(plain(403, "The MachineInfo is signed by no device that this server trusts.\n"))
    })
}

/// Decides about a device.
pub(super) fn case(desk: &Shared, caller: &Caller, listed: Listed<'static>, stamp: &Stamp) -> Case {
    let unknown = (Standing::Unknown, None);
    let (standing, profile) = match &desk.settings.fleet {
        Fleet::Any(profile) => (Standing::from(listed), Some(profile.clone())),
        Fleet::These(serials) => match caller.serial.as_deref().and_then(|serial| serials.get(serial)) {
            Some(Some(profile)) => (Standing::from(listed), Some(profile.clone())),
            Some(None) => (Standing::Parked, None),
            None => unknown,
        },
    };
    Case { decision: decide(caller, standing, &desk.settings.policy, stamp), profile }
}

pub(super) fn post(desk: &Shared, request: &Request<Vec<u8>>, stamp: &Stamp) -> Response<Vec<u8>> {
    let sent = "POST /enroll";
    let device = match device(desk, request, stamp, sent) {
        Ok(device) => device,
        Err(response) => return *response,
    };
    let caller = Caller::from(&device);
    let mut listed = Listed::new();
    {
        let state = desk.state();
        let token = access_token(request.headers());
        if token.is_some_and(|token| state.access_tokens.get(token.expose_secret()).is_some()) {
            listed = listed.signed_in_for_sso();
        }
        let pairing = device.info().pairing_token.as_ref();
        if pairing.is_some_and(|token| state.pairing_tokens.contains(token.expose_secret())) {
            listed = listed.pairing_token_accepted();
        }
    }
    let case = case(desk, &caller, listed, stamp);
    // A device that is to sign in on the page does not get round it.
    let wants_page = case.profile.as_ref().is_some_and(|profile| profile.wire().configuration_web_url.is_some());
    if wants_page && matches!(case.decision.answer(), Answer::Enroll(_)) {
        desk.tell(Some(&caller), sent, Tone::Bad, "refused: its user has to sign in on the web page");
        return plain(403, "The user of this device has to sign in on the web page.\n");
    }
    respond(desk, &case, &caller, sent, stamp)
}

/// The response to a decision, with its line.
pub(super) fn respond(desk: &Shared, case: &Case, caller: &Caller, sent: &str, stamp: &Stamp) -> Response<Vec<u8>> {
    let made = case.decision.respond(Format::Json, |_| {
        let profile = case.profile.clone().ok_or("there is no profile for the device")?;
        enrollment_profile(desk, profile, caller, stamp)
    });
    match made {
        Ok(response) => {
            let (tone, got) = match case.decision.answer() {
                Answer::Enroll(_) => (Tone::Good, format!("enroll: a signed profile, {} bytes", response.body().len())),
                answer @ Answer::CannotComply(_) => (Tone::Bad, answer.to_string()),
                answer => (Tone::Plain, answer.to_string()),
            };
            desk.tell(Some(caller), sent, tone, &got);
            response
        }
        Err(error) => {
            desk.tell(Some(caller), sent, Tone::Bad, &format!("failed: {error}"));
            plain(500, "The profile could not be made.\n")
        }
    }
}

/// The enrollment profile of a device, signed. By the secret in its `ServerURL` the device is known from then on.
fn enrollment_profile(
    desk: &Shared,
    profile: Arc<EnrollmentProfile>,
    caller: &Caller,
    stamp: &Stamp,
) -> Result<SecretBytes, BoxError> {
    let settings = &desk.settings;
    let secret = secret();
    let url = format!("{}{}{secret}", settings.public_url, check_in::PATH);
    let scep = Scep::new(settings.scep_url.as_str())?;
    let mdm = MdmProfile::builder("com.example.enroll-server", url, settings.topic.as_str(), scep)
        .for_enrollment_on(&profile, caller.platform())
        .display_name(format!("{} device management", settings.organisation))
        .organization(settings.organisation.as_str())
        .check_out_when_removed()
        .build(PayloadUuid::from_nonce(stamp.nonce()))?;
    let signed = mdm.sign(&settings.key, &settings.certificates, stamp)?;
    let enrolled = Enrolled {
        caller: caller.clone(),
        profile,
        is_authenticated: false,
        walk: None,
        queue: std::collections::VecDeque::new(),
    };
    desk.state().enrolled.insert(secret, enrolled);
    Ok(signed)
}

/// `/MDMServiceConfig`, for tools.
pub(super) fn service_config(desk: &Shared) -> Response<Vec<u8>> {
    let mut config = MdmServiceConfig::default();
    config.dep_enrollment_url = Some(format!("{}{PATH}", desk.settings.public_url));
    config.respond()
}
