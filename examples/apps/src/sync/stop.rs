use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Whether somebody wants the program to end: Ctrl-C, or SIGTERM. It does so between two steps; asked a second time, at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        let stop = Self::default();
        let told = stop.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("signals".into()).spawn(move || {
            runtime.block_on(async {
                if asked().await.is_ok() {
                    told.set();
                    if asked().await.is_ok() {
                        // A crash would do no harm either.
                        std::process::exit(1);
                    }
                }
            });
        })?;
        Ok(stop)
    }

    pub(crate) fn is_set(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long, or until somebody wants the end; says whether somebody does.
    pub(crate) fn wait(&self, most: Duration) -> bool {
        let flag = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(flag, most, |is_set| !*is_set);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn set(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }
}

#[cfg(unix)]
async fn asked() -> io::Result<()> {
    use std::future::poll_fn;
    use std::task::Poll;

    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    poll_fn(|context| match interrupt.as_mut().poll(context) {
        Poll::Pending => terminate.poll_recv(context).map(|_| Ok(())),
        Poll::Ready(done) => Poll::Ready(done),
    })
    .await
}

#[cfg(not(unix))]
async fn asked() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
