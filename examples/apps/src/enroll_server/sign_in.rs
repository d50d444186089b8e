//! The pages on which users sign in: in the web view of a device, and for Platform SSO.

use apple_ade::Stamp;
use apple_ade::enrollment::{Answer, Caller, Listed, WebView, WebViewSession, login_done};
use apple_ade::machine_info::SignedMachineInfo;
use apple_ade::secret::SecretString;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use super::desk::{Session, Shared, secret};
use super::enroll;
use super::line::Tone;
use super::page::Page;

/// `configuration_web_url`
pub(super) const WELCOME: &str = "/welcome";
/// `AuthURL` of Platform SSO.
pub(super) const SIGN_IN: &str = "/sign-in";

const COOKIE: &str = "enroll_session";
/// So many wrong passwords end a session.
const MOST_WRONG: u8 = 5;
const LEAD: &str = "Sign in with your work or school account to set up this device.";

/// What a person has typed in.
#[derive(Default)]
struct Typed {
    nonce: String,
    account: String,
    password: String,
}

impl Typed {
    fn read(body: &[u8]) -> Self {
        let mut typed = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "nonce" => typed.nonce = value.into_owned(),
                "account" => value.trim().clone_into(&mut typed.account),
                "password" => typed.password = value.into_owned(),
                _ => {}
            }
        }
        typed
    }
}

/// Whether what was typed in is right, or what to tell the person.
fn check(desk: &Shared, typed: &Typed, caller: &Caller, stamp: &Stamp) -> Result<(), &'static str> {
    let id = desk
        .nonces
        .verify(&typed.nonce, caller, stamp.now())
        .map_err(|_| "This page has expired. Sign in once more.")?;
    if !desk.state().used.insert(id.as_str().to_owned(), ()) {
        return Err("This page was sent before. Sign in once more.");
    }
    let expected = desk.settings.accounts.get(&typed.account).map_or("", SecretString::expose_secret);
    if expected.is_empty() || !same(expected.as_bytes(), typed.password.as_bytes()) {
        return Err("The account or the password is not right.");
    }
    Ok(())
}

/// Takes as long wherever they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differ = one.iter().zip(other).fold(0, |differ, (one, other)| differ | (one ^ other));
    one.len() == other.len() && differ == 0
}

fn cookie<B>(request: &Request<B>) -> Option<String> {
    let cookies = request.headers().get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

fn with_cookie(mut response: Response<Vec<u8>>, value: &str, life: u32) -> Response<Vec<u8>> {
    let cookie = format!("{COOKIE}={value}; Path=/; Max-Age={life}; Secure; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The media type of a form.
fn is_form<B>(request: &Request<B>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded"
}

/// A page without a form.
fn closed(desk: &Shared, status: StatusCode, title: &str, lead: &str) -> Response<Vec<u8>> {
    Page { organisation: &desk.settings.organisation, title, lead, ..Page::default() }.respond(status)
}

fn form(
    desk: &Shared,
    action: &str,
    caller: &Caller,
    typed: &Typed,
    alert: Option<&'static str>,
    stamp: &Stamp,
) -> Response<Vec<u8>> {
    let Ok(nonce) = desk.nonces.issue(caller, stamp) else {
        return closed(
            desk,
            StatusCode::FORBIDDEN,
            "Begin again",
            "The device says neither its serial number nor its UDID.",
        );
    };
    let page = Page {
        organisation: &desk.settings.organisation,
        title: "Sign in",
        lead: LEAD,
        form: Some((action, nonce)),
        alert,
        account: &typed.account,
        device: Some(caller).filter(|caller| caller.serial.is_some()),
    };
    page.respond(if alert.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK })
}

/// The web view: its first page, and those that follow.
pub(super) fn welcome(desk: &Shared, request: &Request<Vec<u8>>, stamp: &Stamp) -> Response<Vec<u8>> {
    let is_post = request.method() == Method::POST;
    let sent = if is_post { "POST /welcome" } else { "GET /welcome" };
    if is_post && !is_form(request) {
        return closed(desk, StatusCode::UNSUPPORTED_MEDIA_TYPE, "Begin again", "The form came in an unknown form.");
    }
    let header = if !is_post && request.headers().contains_key(SignedMachineInfo::HEADER) {
        match enroll::device(desk, request, stamp, sent) {
            Ok(device) => Some(Caller::from(&device)),
            Err(response) => return *response,
        }
    } else {
        None
    };
    let id = cookie(request);
    let kept = id.as_ref().and_then(|id| desk.state().sessions.get(id).cloned());
    let web = kept.as_ref().and_then(|session| session.web.clone());
    let view = match WebView::on_request(web, header, stamp) {
        WebView::OtherDevice(caller) => WebView::on_request(None, Some(caller), stamp),
        view => view,
    };
    match (view, is_post, id) {
        (WebView::Began(session), false, _) => began(desk, session, stamp),
        (WebView::Goes(session), false, _) => form(desk, WELCOME, session.caller(), &Typed::default(), None, stamp),
        (WebView::Goes(session), true, Some(id)) => {
            let wrong = kept.map_or(0, |session| session.wrong);
            sent_form(desk, &id, &session, wrong, &Typed::read(request.body()), stamp)
        }
        (WebView::Unidentified, ..) => {
            desk.tell(None, sent, Tone::Bad, "refused: the device says neither its serial number nor its UDID");
            closed(desk, StatusCode::FORBIDDEN, "Begin again", "The device does not say which one it is.")
        }
        (WebView::Expired, ..) => {
            desk.tell(None, sent, Tone::Bad, "the session has expired");
            closed(desk, StatusCode::FORBIDDEN, "Time is up", "Go back a step on the device, and begin again.")
        }
        _ => {
            desk.tell(None, sent, Tone::Bad, "refused: a browser, and no device");
            closed(
                desk,
                StatusCode::FORBIDDEN,
                "Open this on the device",
                "This page is for a device that is being set up.",
            )
        }
    }
}

/// The first page. A device that would not get a profile anyhow is told so before anybody types in a password.
fn began(desk: &Shared, session: WebViewSession, stamp: &Stamp) -> Response<Vec<u8>> {
    let caller = session.caller().clone();
    let case = enroll::case(desk, &caller, Listed::new(), stamp);
    if !matches!(case.decision.answer(), Answer::Enroll(_)) {
        return enroll::respond(desk, &case, &caller, "GET /welcome", stamp);
    }
    desk.tell(Some(&caller), "GET /welcome", Tone::Plain, "the page to sign in");
    let id = secret();
    desk.state().sessions.insert(id.clone(), Session { web: Some(session), wrong: 0 });
    with_cookie(form(desk, WELCOME, &caller, &Typed::default(), None, stamp), &id, 3600)
}

fn sent_form(
    desk: &Shared,
    id: &str,
    session: &WebViewSession,
    wrong: u8,
    typed: &Typed,
    stamp: &Stamp,
) -> Response<Vec<u8>> {
    let (caller, sent) = (session.caller(), "POST /welcome");
    if let Err(why) = check(desk, typed, caller, stamp) {
        desk.tell(Some(caller), sent, Tone::Bad, &format!("refused: {why}"));
        let wrong = wrong.saturating_add(1);
        if wrong >= MOST_WRONG {
            desk.state().sessions.remove(id);
            return closed(
                desk,
                StatusCode::FORBIDDEN,
                "Too many tries",
                "Go back a step on the device, and begin again.",
            );
        }
        desk.state().sessions.insert(id.to_owned(), Session { web: Some(session.clone()), wrong });
        return form(desk, WELCOME, caller, typed, Some(why), stamp);
    }
    let case = enroll::case(desk, caller, Listed::new(), stamp);
    // The session is kept until it is too old: a form that is sent once more is told from one that nobody has begun.
    enroll::respond(desk, &case, caller, sent, stamp)
}

/// The page of Platform SSO. It ends with an access token, with which the Mac asks again.
pub(super) fn platform_sso(desk: &Shared, request: &Request<Vec<u8>>, stamp: &Stamp) -> Response<Vec<u8>> {
    let id = cookie(request).filter(|id| desk.state().sessions.get(id).is_some());
    // Bound to the session: of the device nothing is known here.
    let mut caller = Caller::default();
    if request.method() != Method::POST {
        let id = secret();
        caller.udid = Some(id.clone());
        desk.state().sessions.insert(id.clone(), Session { web: None, wrong: 0 });
        return with_cookie(form(desk, SIGN_IN, &caller, &Typed::default(), None, stamp), &id, 3600);
    }
    let (Some(id), true) = (id, is_form(request)) else {
        return closed(desk, StatusCode::FORBIDDEN, "Time is up", "Go back a step on the device, and begin again.");
    };
    caller.udid = Some(id.clone());
    let typed = Typed::read(request.body());
    if let Err(why) = check(desk, &typed, &caller, stamp) {
        desk.tell(None, "POST /sign-in", Tone::Bad, &format!("refused: {why}"));
        let wrong = desk.state().sessions.get(&id).map_or(0, |session| session.wrong).saturating_add(1);
        if wrong >= MOST_WRONG {
            desk.state().sessions.remove(&id);
            return closed(
                desk,
                StatusCode::FORBIDDEN,
                "Too many tries",
                "Go back a step on the device, and begin again.",
            );
        }
        desk.state().sessions.insert(id, Session { web: None, wrong });
        return form(desk, SIGN_IN, &caller, &typed, Some(why), stamp);
    }
    desk.state().sessions.remove(&id);
    let token = secret();
    desk.state().access_tokens.insert(token.clone(), ());
    desk.tell(None, "POST /sign-in", Tone::Good, &format!("{} has signed in", typed.account));
    with_cookie(login_done(&SecretString::new(token)), "", 0)
}
