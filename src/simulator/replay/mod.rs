//! Calls that are written down, and played again.

mod body;
mod recorder;
mod recording;
mod replayed;

pub use self::recorder::Recorder;
pub use self::recording::{RecordedAnswer, RecordedCall, RecordedResponse, Recording, RecordingError};
pub use self::replayed::{Difference, Replay};
