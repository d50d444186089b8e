//! Apple's side of the calls, as a pure function of request and world (feature `simulator`).
//!
//! A [`World`] is a value: an organisation with MDM servers, devices, profiles and sessions, and a clock that only the
//! caller turns. [`World::handle`] answers requests as Apple's service documents them, at every protocol version from 1 to 10:
//! OAuth signatures, nonces and timestamps are checked, sessions expire and rotate, device lists are paged by opaque cursors, profiles are judged by
//! Apple's published list of error words. It shares no code with the part of the library that makes the requests, so that
//! it can find that part's mistakes.
//!
//! [`Simulator`] is a handle that serves as [`Transport`](crate::transport::Transport) directly.
//!
//! - [`Fault`]: what goes wrong on request, or at random by a seed; [`World::answer`] tells a lost or slow answer.
//! - [`Scenario`]: worlds in JSON, with events on the world's clock; [`World::schedule`] for the same from Rust.
//! - [`CallLog`]: what was called.
//! - [`contract`]: tests for your own transport and store.
//! - [`SimulatedDevice`]: a device that is switched on and enrolls with your MDM, and what it makes of each answer; [`DeviceInfo`]: the
//!   signed request with which it calls.
//! - [`Recorder`] and [`Replay`]: calls written down without secrets, and played again.
//!
//! ```
//! use apple_ade::simulator::{Family, World};
//!
//! let mut world = World::builder().seed(7).devices(2500).add_server("Second MDM").build();
//! let second = world.servers().nth(1).map(|server| server.uuid.clone()).unwrap();
//! let serial = world.buy(Family::Mac);
//! assert!(world.move_device(&serial, &second));
//! assert_eq!(world.device(&serial).unwrap().server.as_deref(), Some(second.as_str()));
//! ```

mod account;
mod answer;
mod assignment;
mod ber;
mod body;
mod builder;
mod call_log;
mod catalogue;
mod confidential;
pub mod contract;
mod cursor;
mod device;
mod device_info;
mod devices;
mod envelope;
mod events;
mod extras;
mod faults;
pub mod fixtures;
mod fleet;
mod handle;
mod input;
mod life;
mod log;
mod oauth;
mod organisation;
mod pattern;
mod percent;
mod play;
mod portal;
mod profile_rules;
mod profiles;
mod replay;
mod rng;
mod rsa;
mod scenario;
mod service;
mod session;
mod settings;
mod settings_json;
mod state;
mod terms;
mod time;
mod trouble;
mod wanted;
mod wire;
mod world;

pub use self::answer::{Answer, Lost};
pub use self::builder::WorldBuilder;
pub use self::call_log::{CallLog, UnexpectedCalls};
pub use self::device::{Addresses, Device, Family, ProfileState, ProfileStatus, Replacement, Trouble};
pub use self::device_info::DeviceInfo;
pub use self::events::{Action, Event, PastEvent, Selection, TroubleWord};
pub use self::faults::{Fault, FaultEntry, FaultRule, Faults, RetryAfter, TimeForm};
pub use self::handle::Simulator;
pub use self::input::{InputError, InputProblem};
pub use self::log::CallRecord;
pub use self::organisation::{Discovery, Organisation, Server};
pub use self::play::{FormError, Reaction, SimulatedDevice, SwitchOnError};
pub use self::portal::{Download, PortalError};
pub use self::replay::{
    Difference, RecordedAnswer, RecordedCall, RecordedResponse, Recorder, Recording, RecordingError, Replay,
};
pub use self::scenario::{Scenario, ScenarioError, ScenarioProblem};
pub use self::settings::{PageLimit, ReplacedToken, Settings, UnknownProfile};
pub use self::state::WorldError;
pub use self::terms::{Administrator, Role, Terms, TermsError};
pub use self::world::World;
