//! The simulated service, seen by a client that shares no code with it.

mod assignment;
mod call_log;
pub(crate) mod client;
mod contract;
mod device_info;
mod devices;
mod door;
mod extras;
mod faults;
mod judged;
mod life;
mod oauth;
mod play;
mod play_model;
mod portal;
mod profiles;
mod schema;
mod replay;
mod scenario;
mod versions;
mod words;
mod world;
