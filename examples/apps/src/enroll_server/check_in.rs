//! What an enrolled device sends: check-in messages, and the answers to commands.

use apple_ade::Stamp;
use apple_ade::command::{
    CommandAnswer, EnrolledDevice, Next, OnError, Outcome, PlanWalk, Taken, post_enrollment_plan,
};
use apple_ade::device_name::DeviceType;
use apple_ade::enrollment::Caller;
use apple_ade::os::{OsRelease, OsVersion};
use apple_ade::property_list;
use http::{Request, Response};

use super::desk::{Enrolled, Shared, plain};
use super::line::Tone;

/// The path of `ServerURL`, before its secret.
pub(super) const PATH: &str = "/mdm/";

pub(super) fn put(desk: &Shared, secret: &str, request: &Request<Vec<u8>>, stamp: &Stamp) -> Response<Vec<u8>> {
    let kind =
        request.headers().get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_check_in = match kind.split(';').next().unwrap_or_default().trim() {
        "application/x-apple-aspen-mdm-checkin" => true,
        "application/x-apple-aspen-mdm" => false,
        _ => {
            return plain(
                415,
                "A device sends application/x-apple-aspen-mdm-checkin, or application/x-apple-aspen-mdm.\n",
            );
        }
    };
    let mut state = desk.state();
    // Not `com.apple.unrecognized.device`: after a restart of this program it would make every device leave.
    let Some(enrolled) = state.enrolled.get_mut(secret) else {
        desk.tell(None, "PUT /mdm", Tone::Bad, "refused: no device has this secret");
        return plain(404, "There is nothing at this path.\n");
    };
    if !is_check_in {
        return report(desk, enrolled, request.body(), stamp);
    }
    match check_in(desk, enrolled, request.body()) {
        Ok(true) => Response::new(Vec::new()),
        Ok(false) => {
            state.enrolled.remove(secret);
            Response::new(Vec::new())
        }
        Err(why) => {
            desk.tell(Some(&enrolled.caller), "PUT check-in", Tone::Bad, &format!("refused: {why}"));
            plain(400, "This is no check-in message of this device.\n")
        }
    }
}

/// A check-in message; false where the device leaves.
fn check_in(desk: &Shared, enrolled: &mut Enrolled, body: &[u8]) -> Result<bool, String> {
    let value = property_list::read(body).map_err(|error| error.to_string())?;
    let keys = value.as_dictionary().ok_or("the message is no dictionary")?;
    let text = |key: &str| keys.get(key).and_then(plist::Value::as_string);
    if text("UDID") != enrolled.caller.udid.as_deref() {
        return Err("the UDID is not the one that has enrolled".into());
    }
    let tell = |tone, got: &str| desk.tell(Some(&enrolled.caller), text("MessageType").unwrap_or("-"), tone, got);
    match text("MessageType") {
        Some("Authenticate") if text("Topic") == Some(&desk.settings.topic) => {
            tell(Tone::Plain, "ok");
            enrolled.is_authenticated = true;
            Ok(true)
        }
        Some("TokenUpdate") if enrolled.is_authenticated => {
            let awaits = keys.get("AwaitingConfiguration").and_then(plist::Value::as_boolean).unwrap_or(false);
            let plan = known(&enrolled.caller, awaits).map(|device| post_enrollment_plan(&enrolled.profile, &device));
            let steps = plan.as_ref().map_or(0, |plan| plan.steps().len());
            tell(Tone::Plain, &format!("ok; {}; steps to go: {steps}", if awaits { "held" } else { "not held" }));
            enrolled.walk = plan.map(|plan| PlanWalk::begin(plan, OnError::Continue));
            Ok(true)
        }
        Some("CheckOut") => {
            tell(Tone::Plain, "ok; the device leaves");
            Ok(false)
        }
        found => Err(format!("{found:?} does not fit here")),
    }
}

/// What the plan has to know of a device; nothing of a kind that has no plan.
fn known(caller: &Caller, awaits: bool) -> Option<EnrolledDevice> {
    let platform = caller.platform()?;
    let is_ipod = caller.product.as_deref().is_some_and(|product| product.starts_with("iPod"));
    let device_type = if is_ipod { DeviceType::Ipod } else { DeviceType::of_platform(platform)? };
    let by_build = || Some(OsVersion::new(caller.build()?.major_version(platform)?, 0, 0));
    let version = caller.release().map(OsRelease::version).or_else(by_build)?;
    let device = EnrolledDevice::new(caller.serial.as_deref()?.parse().ok()?, device_type, version);
    Some(if awaits { device.awaiting() } else { device })
}

/// The answer to a command, or that the device is idle; the next command goes out.
fn report(desk: &Shared, enrolled: &mut Enrolled, body: &[u8], stamp: &Stamp) -> Response<Vec<u8>> {
    let caller = enrolled.caller.clone();
    let answer = match CommandAnswer::read(body) {
        Ok(answer) if answer.udid == caller.udid => answer,
        Ok(_) => return plain(400, "The UDID is not the one that has enrolled.\n"),
        Err(error) => {
            desk.tell(Some(&caller), "PUT /mdm", Tone::Bad, &format!("refused: {error}"));
            return plain(400, "This is no answer of a device.\n");
        }
    };
    let queued = enrolled.queue.front().is_some_and(|(uuid, _)| answer.command_uuid.as_ref() == Some(uuid));
    if queued {
        if let Some((_, command)) = enrolled.queue.pop_front() {
            desk.tell(Some(&caller), &answer.status.to_string(), Tone::Plain, command.request_type());
        }
    } else if let Some(walk) = &mut enrolled.walk {
        match walk.answer(&answer) {
            Ok(Taken::Idle) => {}
            Ok(Taken::Ended(step)) => {
                let tone = if answer.outcome() == Outcome::Done { Tone::Good } else { Tone::Bad };
                desk.tell(Some(&caller), &answer.status.to_string(), tone, &step.to_string());
            }
            Ok(other) => desk.tell(Some(&caller), &answer.status.to_string(), Tone::Plain, &format!("{other:?}")),
            Err(error) => desk.tell(Some(&caller), &answer.status.to_string(), Tone::Bad, &error.to_string()),
        }
    }
    if let Some(walk) = &mut enrolled.walk
        && let Next::Send { step, uuid, .. } = walk.next(stamp)
    {
        return command(step.command().to_xml(&uuid).expose_secret());
    }
    match enrolled.queue.front() {
        Some((uuid, next)) => command(next.to_xml(uuid).expose_secret()),
        None => Response::new(Vec::new()),
    }
}

fn command(xml: &[u8]) -> Response<Vec<u8>> {
    let mut response = Response::new(xml.to_vec());
    let media_type = http::HeaderValue::from_static("application/xml");
    response.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
    response
}
