//! The program `sync`: the device sync of a whole MDM, with a store that a crash does not harm.

mod assigning;
mod console;
mod demo;
mod job;
mod options;
mod program;
mod run;
mod stop;
mod token;
mod wanted;

pub use self::program::run;
