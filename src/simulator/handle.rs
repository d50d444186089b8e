use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::answer::Answer;
use super::world::World;
use crate::error::TransportError;
use crate::stamp::Stamp;
use crate::transport::{BlockingTransport, Request, Response, Transport};

/// A [`World`] to call: a cheap handle that is both a [`Transport`] and a [`BlockingTransport`].
///
/// Clones share the world. An answer that a fault loses is a [`TransportError`] around [`Lost`](super::Lost); one that a fault makes slow
/// comes at once, for nothing here waits.
///
/// ```
/// use apple_ade::simulator::{Simulator, World};
/// use apple_ade::transport::BlockingTransport;
///
/// let simulator = Simulator::new(World::builder().seed(7).devices(3).build());
/// let request = http::Request::get(format!("{}/account", simulator.base_url())).header("User-Agent", "mdm/1");
/// let answer = BlockingTransport::send(&simulator, request.body(Vec::new())?)?;
/// assert_eq!(answer.status(), 401);
/// assert_eq!(simulator.with_world(|world| world.calls().count()), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Simulator {
    world: Arc<Mutex<World>>,
}

impl Simulator {
    /// Puts a world behind a handle.
    pub fn new(world: World) -> Self {
        Self { world: Arc::new(Mutex::new(world)) }
    }

    /// Looks at the world, or changes it: turns its clock, moves devices, sets trouble. Calls wait meanwhile.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.lock())
    }

    /// A stamp with the world's time and a nonce from the world's seed.
    pub fn stamp(&self) -> Stamp {
        let mut world = self.lock();
        Stamp::new(world.now, world.rng.bytes())
    }

    /// Where the service says it is; see [`World::base_url`].
    pub fn base_url(&self) -> String {
        self.lock().base_url.clone()
    }

    /// Answers a request; see [`World::handle`].
    pub fn handle(&self, request: &Request) -> Response {
        self.lock().handle(request)
    }

    /// Answers a request, with the time it takes, or loses the answer; see [`World::answer`].
    pub fn answer(&self, request: &Request) -> Answer {
        self.lock().answer(request)
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        // A panic in somebody's closure does not make the world unusable for the other tests.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Simulator {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.answer(&request).result.map_err(TransportError::new)
    }
}

impl BlockingTransport for Simulator {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.answer(&request).result.map_err(TransportError::new)
    }
}
