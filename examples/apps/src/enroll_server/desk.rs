use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use apple_ade::Stamp;
use apple_ade::command::{Command, PlanWalk};
use apple_ade::enrollment::{BoundNonce, Caller, EnrollmentPolicy, WebViewSession};
use apple_ade::error::BoxError;
use apple_ade::id::CommandUuid;
use apple_ade::machine_info::Trust;
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::key::PrivateKey;
use apple_ade::profile::EnrollmentProfile;
use apple_ade::secret::{SecretBytes, SecretString};
use http::{Request, Response};

use super::line::{Lines, Tone};
use super::{check_in, enroll, sign_in};

/// As many sessions, enrollments and used nonces are kept; the oldest go first.
const MOST_KEPT: usize = 10_000;

/// What the server is told at its start.
pub struct Settings {
    /// Where devices reach it: `https://` and a host, without a slash at the end.
    pub public_url: String,
    /// The organisation, as users read it.
    pub organisation: String,
    /// The subject of the push certificate: `com.apple.mgmt.…`.
    pub topic: String,
    /// Where devices get their identity.
    pub scep_url: String,
    /// What is demanded of devices.
    pub policy: EnrollmentPolicy,
    /// Whose signature on a MachineInfo counts.
    pub trust: Trust,
    /// Signs the enrollment profile.
    pub key: PrivateKey,
    /// The key's certificate, then those that lead from it to an anchor.
    pub certificates: Vec<Certificate>,
    /// Users who may sign in, with their passwords.
    pub accounts: BTreeMap<String, SecretString>,
    /// The devices of this server.
    pub fleet: Fleet,
}

/// Which devices are this server's. A real MDM looks into its copy of Apple's list.
#[non_exhaustive]
pub enum Fleet {
    /// Whoever has an identity of Apple's.
    Any(Arc<EnrollmentProfile>),
    /// These serial numbers, each with its profile; without one where it was set aside.
    These(BTreeMap<String, Option<Arc<EnrollmentProfile>>>),
}

/// The server without its sockets: a request comes in, a response goes out.
#[derive(Clone)]
pub struct Desk(Arc<Shared>);

pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) nonces: BoundNonce,
    pub(super) lines: Lines,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// By the value of the cookie.
    pub(super) sessions: Kept<Session>,
    /// Nonces that were sent.
    pub(super) used: Kept<()>,
    /// Access tokens of users who have signed in.
    pub(super) access_tokens: Kept<()>,
    /// Tokens for watches.
    pub(super) pairing_tokens: BTreeSet<Vec<u8>>,
    /// By the secret in `ServerURL`.
    pub(super) enrolled: Kept<Enrolled>,
}

/// A web view, or a sign-in for Platform SSO, which knows of no device.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) web: Option<WebViewSession>,
    pub(super) wrong: u8,
}

/// A device that got its enrollment profile.
pub(super) struct Enrolled {
    pub(super) caller: Caller,
    pub(super) profile: Arc<EnrollmentProfile>,
    pub(super) is_authenticated: bool,
    pub(super) walk: Option<PlanWalk>,
    pub(super) queue: VecDeque<(CommandUuid, Command)>,
}

/// A map that forgets what is oldest.
pub(super) struct Kept<V> {
    values: BTreeMap<String, V>,
    order: VecDeque<String>,
}

impl<V> Default for Kept<V> {
    fn default() -> Self {
        Self { values: BTreeMap::new(), order: VecDeque::new() }
    }
}

impl<V> Kept<V> {
    /// False where it was there already.
    pub(super) fn insert(&mut self, key: String, value: V) -> bool {
        let is_new = self.values.insert(key.clone(), value).is_none();
        if is_new {
            self.order.push_back(key);
        }
        while self.order.len() > MOST_KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
        is_new
    }

    pub(super) fn get(&self, key: &str) -> Option<&V> {
        self.values.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.values.get_mut(key)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.values_mut()
    }

    pub(super) fn remove(&mut self, key: &str) {
        if self.values.remove(key).is_some() {
            self.order.retain(|kept| kept != key);
        }
    }
}

impl Desk {
    /// A server that tells on `out` what happens.
    ///
    /// # Errors
    ///
    /// When the system has no randomness to give.
    pub fn new(settings: Settings, out: impl Write + Send + 'static, colour: bool) -> Result<Self, BoxError> {
        let secret = [Stamp::from_system().nonce(), Stamp::from_system().nonce()].concat();
        let nonces = BoundNonce::new(SecretBytes::new(secret)).ok_or("the secret of the nonces is too short")?;
        let lines = Lines::new(out, colour);
        Ok(Self(Arc::new(Shared { settings, nonces, lines, state: Mutex::default() })))
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let stamp = Stamp::from_system();
        let desk = &*self.0;
        let (path, method) = (request.uri().path(), request.method().as_str());
        let allow = match path {
            enroll::PATH => "POST",
            sign_in::WELCOME | sign_in::SIGN_IN => "GET, POST",
            enroll::CONFIG => "GET",
            path if path.starts_with(check_in::PATH) => "PUT",
            _ => return plain(404, "There is nothing at this path.\n"),
        };
        if !allow.split(", ").any(|allowed| allowed == method) {
            let mut response = plain(405, "This path does not take this method.\n");
            response.headers_mut().insert(http::header::ALLOW, http::HeaderValue::from_static(allow));
            return response;
        }
        match path {
            enroll::PATH => enroll::post(desk, request, &stamp),
            enroll::CONFIG => enroll::service_config(desk),
            sign_in::WELCOME => sign_in::welcome(desk, request, &stamp),
            sign_in::SIGN_IN => sign_in::platform_sso(desk, request, &stamp),
            path => check_in::put(desk, path.trim_start_matches(check_in::PATH), request, &stamp),
        }
    }

    /// Makes a pairing token for a watch, as the MDM of its phone does.
    pub fn pairing_token(&self) -> Vec<u8> {
        let token = Stamp::from_system().nonce().to_vec();
        self.0.state().pairing_tokens.insert(token.clone());
        token
    }

    /// Sends a command to an enrolled device as soon as it has gone through its plan. False where there is none.
    pub fn queue(&self, serial: &str, command: Command) -> bool {
        let mut state = self.0.state();
        let mut enrolled = state.enrolled.values_mut();
        let is_it = |enrolled: &&mut Enrolled| enrolled.caller.serial.as_deref() == Some(serial);
        let Some(enrolled) = enrolled.find(is_it) else { return false };
        enrolled.queue.push_back((CommandUuid::random(Stamp::from_system().nonce()), command));
        true
    }

    pub(super) fn lines(&self) -> &Lines {
        &self.0.lines
    }
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tell(&self, caller: Option<&Caller>, sent: &str, tone: Tone, got: &str) {
        self.lines.tell(caller, sent, tone, got);
    }
}

/// 32 hexadecimal digits that nobody guesses.
pub(super) fn secret() -> String {
    format!("{:032x}", u128::from_be_bytes(Stamp::from_system().nonce()))
}

/// A response in plain text.
pub(super) fn plain(status: u16, text: &str) -> Response<Vec<u8>> {
    let mut response = Response::new(text.as_bytes().to_vec());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let media_type = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
    response
}

/// Without what is secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(_) => f.write_str("Any"),
            Self::These(serials) => write!(f, "These({})", serials.len()),
        }
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Desk").field(&self.0.settings).finish()
    }
}
