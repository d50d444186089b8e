//! Tests for what an embedder brings: an HTTP client, a store. They run against the simulated service, and say in sentences
//! what is not as the library needs it.
//!
//! ```
//! use apple_ade::simulator::{Simulator, World, contract};
//!
//! # pollster::block_on(async {
//! let simulator = Simulator::new(World::builder().build());
//! // Over HTTP: the URL at which the simulator is served, and your own transport.
//! contract::transport(&simulator.base_url(), &simulator).await?;
//! contract::blocking_transport(&simulator.base_url(), &simulator)?;
//! # Ok::<(), contract::Broken>(())
//! # }).unwrap();
//! ```

mod echo;
mod store;
mod transport;

pub(super) use self::echo::echo;
pub use self::store::{Store, StoredDevice, store};
pub use self::transport::{blocking_transport, transport};

/// What is not as it has to be: at least one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the contract is broken:\n{}", .sentences.join("\n"))]
#[non_exhaustive]
pub struct Broken {
    /// One for each rule that was broken.
    pub sentences: Vec<String>,
}

impl Broken {
    fn unless_empty(sentences: Vec<String>) -> Result<(), Self> {
        if sentences.is_empty() { Ok(()) } else { Err(Self { sentences }) }
    }
}
