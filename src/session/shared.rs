use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Session;
use crate::error::Error;
use crate::secret::SecretString;

/// What the calls of one token share.
#[derive(Default)]
pub(super) struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// The sign-in that is under way.
    attempt: Option<u64>,
    /// How the latest failed sign-in ended, for those who waited for it.
    failed: Option<(u64, Error)>,
    /// Counts everything that has happened: attempts and versions are moments of it.
    moment: u64,
    /// Of those who wait, each under its own number.
    wakers: BTreeMap<u64, Waker>,
}

struct Current {
    secret: Arc<SecretString>,
    /// Which sign-in it goes back to; a rotation of an older one comes too late.
    signed_in: u64,
    /// When this very secret came.
    version: u64,
}

impl Current {
    fn lease(&self) -> Lease {
        Lease { secret: Arc::clone(&self.secret), signed_in: self.signed_in, version: self.version }
    }
}

/// A session as one request used it.
#[derive(Clone)]
pub(super) struct Lease {
    pub(super) secret: Arc<SecretString>,
    signed_in: u64,
    version: u64,
}

/// How a call can go on.
pub(super) enum Entry {
    SignedIn(Lease),
    /// The call has to sign in; it holds the only permit.
    SignIn(Permit),
    /// Another call is signing in.
    Wait(Waiting),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn export(&self) -> Option<SecretString> {
        self.lock().current.as_ref().map(|current| SecretString::new(current.secret.expose_secret()))
    }

    pub(super) fn resume(&self, session: SecretString) {
        let mut state = self.lock();
        state.install(session);
        wake(state);
    }

    pub(super) fn sign_out(&self) {
        self.lock().current = None;
    }

    /// Follows a session that Apple replaced in the answer to a request that was sent under `lease`.
    pub(super) fn rotate(&self, lease: &Lease, new: &str) {
        let mut state = self.lock();
        let version = state.tick();
        if let Some(current) = &mut state.current
            && current.signed_in == lease.signed_in
            && current.secret.expose_secret() != new
        {
            current.secret = Arc::new(SecretString::new(new));
            current.version = version;
        }
    }

    /// The present session, if there is one.
    pub(super) fn present(&self) -> Option<Lease> {
        self.lock().current.as_ref().map(Current::lease)
    }

    /// The session of `lease` was refused. If it is still the present one, nobody is signed in any more; else
    /// there may be a newer one.
    pub(super) fn refuse(&self, lease: &Lease) -> Option<Lease> {
        let mut state = self.lock();
        if state.current.as_ref().is_some_and(|current| current.version == lease.version) {
            state.current = None;
        }
        state.current.as_ref().map(Current::lease)
    }
}

impl Session {
    /// How a call can go on now.
    pub(super) fn enter(&self) -> Entry {
        let mut state = self.0.shared.lock();
        if let Some(current) = &state.current {
            return Entry::SignedIn(current.lease());
        }
        if let Some(attempt) = state.attempt {
            let number = state.tick();
            return Entry::Wait(Waiting { session: self.clone(), attempt, number });
        }
        let attempt = state.tick();
        state.attempt = Some(attempt);
        Entry::SignIn(Permit { session: self.clone(), attempt })
    }

    /// How the sign-in that was waited for failed, if Apple refused it.
    pub(super) fn failure(&self, waiting_for: u64) -> Option<Error> {
        let state = self.0.shared.lock();
        state.failed.as_ref().filter(|(attempt, _)| *attempt == waiting_for).map(|(_, error)| error.clone())
    }
}

impl State {
    fn tick(&mut self) -> u64 {
        self.moment = self.moment.wrapping_add(1);
        self.moment
    }

    fn install(&mut self, session: SecretString) -> &Current {
        let now = self.tick();
        self.current.insert(Current { secret: Arc::new(session), signed_in: now, version: now })
    }
}

/// Wakes those who wait, after the lock is free: a waker may run anything.
fn wake(mut state: MutexGuard<'_, State>) {
    let mut wakers = Wakers(std::mem::take(&mut state.wakers).into_values());
    drop(state);
    wakers.0.by_ref().for_each(Waker::wake);
}

/// Where one waker panics, the others are woken all the same.
struct Wakers(std::collections::btree_map::IntoValues<u64, Waker>);

impl Drop for Wakers {
    fn drop(&mut self) {
        self.0.by_ref().for_each(Waker::wake);
    }
}

/// The right to sign in; there is one at a time. Dropping it lets another call sign in.
pub(super) struct Permit {
    session: Session,
    attempt: u64,
}

impl Permit {
    pub(super) fn succeed(self, secret: SecretString) -> Lease {
        self.session.0.shared.lock().install(secret).lease()
    }

    /// Apple refused the sign-in: those who wait for it need not try for themselves.
    pub(super) fn fail(self, error: &Error) {
        self.session.0.shared.lock().failed = Some((self.attempt, error.clone()));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.session.0.shared.lock();
        state.attempt = None;
        wake(state);
    }
}

/// Waits for the sign-in of another call: a future that any executor can run, without a timer.
///
/// It is over when that sign-in has ended in any way; then ask the [`Exchange`](super::Exchange) for its next step.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Waiting {
    session: Session,
    attempt: u64,
    number: u64,
}

impl Waiting {
    pub(super) fn attempt(&self) -> u64 {
        self.attempt
    }
}

impl Future for Waiting {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // A waker may run anything when it is cloned or dropped: not under the lock.
        let waker = context.waker().clone();
        let mut state = self.session.0.shared.lock();
        if state.attempt != Some(self.attempt) || state.current.is_some() {
            return Poll::Ready(());
        }
        let earlier = state.wakers.insert(self.number, waker);
        drop(state);
        drop(earlier);
        Poll::Pending
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let waker = self.session.0.shared.lock().wakers.remove(&self.number);
        drop(waker);
    }
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}
