#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod error;
pub mod secret;
pub mod id;
pub mod os;
pub mod stamp;
pub mod json;
pub mod property_list;
pub mod judgement;
pub mod pki;

pub mod api;

pub mod token;
pub mod setup_assistant;
pub mod shared_ipad;
pub mod affinity;
pub mod device_name;
pub mod profile;
pub mod command;
pub mod machine_info;
pub mod enrollment;
pub mod activation_lock;
pub mod maid;
pub mod migration;
pub mod return_to_service;
pub mod program;
pub mod interop;

pub mod session;
pub mod sync;
pub mod assign;
pub mod schedule;

pub mod transport;
pub mod client;

#[cfg(feature = "simulator")]
pub mod simulator;

pub use self::client::{Client, blocking};
pub use self::stamp::Stamp;
