//! What is stored between commits.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use super::decision::{Kind, Trigger};
use super::wait::Wait;
use crate::id::Cursor;
use crate::stamp::after;

/// The state of a sync, to be stored as it is: JSON by serde, with a version.
///
/// It holds cursors and times, no device and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncState {
    version: u32,
    /// Of the last full fetch that was begun; 0 before the first.
    pub(super) generation: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<StoredCursor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<Run>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) full_begun: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) full_done: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) done: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) manual: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_full: Option<FullReason>,
    /// How many devices the last full fetch found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) known: Option<u64>,
    pub(super) failures: u32,
    /// How many cursors were refused or led nowhere since a delta came to its end.
    pub(super) lost_cursors: u32,
    /// How many deltas in a row were told that everything has been returned.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) exhausted: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<Wait>,
    /// Whether the last full fetch came to its end without a sweep.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unswept: bool,
}

/// Why all devices are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FullReason {
    /// There has been no full fetch.
    First,
    /// The last one is as long ago as the policy allows.
    Periodic,
    /// The cursor has become too old to be tried.
    CursorTooOld,
    /// Apple refused the cursor.
    CursorRefused,
    /// The cursor led nowhere.
    CursorStuck,
    /// The last delta failed, and the policy wants it so (SYN-12).
    DeltaFailed,
    /// The last full fetch ended without a cursor to go on with.
    NoCursor,
    /// The last full fetch could not be finished.
    Unfinished,
    /// Somebody asked for it.
    Asked,
}

/// A cursor, and when Apple gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredCursor {
    pub(super) cursor: Cursor,
    pub(super) since: DateTime<Utc>,
}

/// A fetch or a delta that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    pub(super) kind: Kind,
    pub(super) trigger: Trigger,
    pub(super) begun: DateTime<Utc>,
    /// Where a fetch goes on; a delta goes on from the state's cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<Cursor>,
    /// When Apple gave the cursor of a fetch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cursor_since: Option<DateTime<Utc>>,
    /// An earlier cursor of this run: who meets it again goes round in a circle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<Cursor>,
    pub(super) pages: u64,
    pub(super) devices: u64,
    /// Pages in a row that did not bring the run on.
    pub(super) idle_pages: u32,
    /// Rows that cannot be read, and have no serial number.
    pub(super) blind_rows: u64,
}

/// A text that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It is of another version of the form.
    #[error(
        "the state is stored in version {found} of its form, and this version of the crate reads {}: update the crate",
        VERSION
    )]
    Version {
        /// The version.
        found: u32,
    },
    /// It cannot be read.
    #[error("the state cannot be read: {0}; a new DeviceSync begins with a full fetch, and loses nothing")]
    Json(#[from] crate::json::JsonError),
}

const VERSION: u32 = 1;
/// Databases count to here.
const MOST_GENERATIONS: u64 = i64::MAX.unsigned_abs();
/// By how much the clocks of several workers may differ.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

impl SyncState {
    /// Of a store that has no device yet.
    pub fn new() -> Self {
        Self {
            version: VERSION,
            generation: 0,
            cursor: None,
            run: None,
            full_begun: None,
            full_done: None,
            done: None,
            manual: None,
            next_full: None,
            known: None,
            failures: 0,
            lost_cursors: 0,
            exhausted: 0,
            wait: None,
            unswept: false,
        }
    }

    /// When Apple gave the cursor with which the next page is asked for; `None` where the run begins with none.
    pub(super) fn cursor_since(&self) -> Option<DateTime<Utc>> {
        match &self.run {
            Some(run) if run.kind == Kind::Full => run.cursor_since,
            _ => self.cursor.as_ref().map(|stored| stored.since),
        }
    }

    /// The state with every time that is not past yet taken for now, and no pause beyond `longest`; `None` where all is well.
    ///
    /// A clock that was ahead leaves such times behind. What counts from them would wait until the clock is there again.
    pub(super) fn righted(&self, longest: TimeDelta, now: DateTime<Utc>) -> Option<Self> {
        let mut state = self.clone();
        let Self { cursor, run, full_begun, full_done, done, manual, wait, .. } = &mut state;
        let mut times: Vec<&mut DateTime<Utc>> =
            [full_begun, full_done, done, manual].into_iter().filter_map(Option::as_mut).collect();
        times.extend(cursor.as_mut().map(|cursor| &mut cursor.since));
        times.extend(wait.as_mut().map(|wait| &mut wait.since));
        if let Some(run) = run {
            times.push(&mut run.begun);
            times.extend(run.cursor_since.as_mut());
        }
        let is_off = |time: DateTime<Utc>| time.signed_duration_since(now) > CLOCKS_DIFFER;
        let mut found = times.iter().any(|time| is_off(**time));
        for time in times {
            *time = (*time).min(now);
        }
        let end = after(now, longest);
        if let Some(wait) = wait.as_mut().filter(|wait| is_off(wait.until) && wait.until > after(end, CLOCKS_DIFFER)) {
            wait.until = end;
            found = true;
        }
        found.then_some(state)
    }

    /// Reads a stored state.
    ///
    /// # Errors
    ///
    /// [`StateError`]. A state that cannot be read is no disaster: a new one begins with a full fetch.
    pub fn from_json(text: &str) -> Result<Self, StateError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let raw: crate::json::RawJson = text.parse()?;
        match raw.read::<Versioned>()?.version {
            VERSION => Ok(raw.read()?),
            found => Err(StateError::Version { found }),
        }
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        crate::json::RawJson::of(self).map(|raw| raw.to_string()).unwrap_or_default()
    }

    /// The generation of the last full fetch that was begun; it fits into an `i64`.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// When the last full fetch came to its end.
    pub fn last_full(&self) -> Option<DateTime<Utc>> {
        self.full_done
    }

    /// How many devices the last full fetch found.
    pub fn last_full_devices(&self) -> Option<u64> {
        self.known
    }

    /// When the last run came to its end.
    pub fn last_run(&self) -> Option<DateTime<Utc>> {
        self.done
    }
}

impl Default for SyncState {
    fn default() -> Self {
        Self::new()
    }
}

impl<'de> Deserialize<'de> for SyncState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Form {
            version: u32,
            generation: u64,
            cursor: Option<StoredCursor>,
            run: Option<Run>,
            full_begun: Option<DateTime<Utc>>,
            full_done: Option<DateTime<Utc>>,
            done: Option<DateTime<Utc>>,
            manual: Option<DateTime<Utc>>,
            next_full: Option<FullReason>,
            known: Option<u64>,
            failures: u32,
            lost_cursors: u32,
            #[serde(default)]
            exhausted: u32,
            wait: Option<Wait>,
            #[serde(default)]
            unswept: bool,
        }
        let form = Form::deserialize(deserializer)?;
        if form.version != VERSION {
            return Err(serde::de::Error::custom(StateError::Version { found: form.version }));
        }
        let Form { version, generation, cursor, run, full_begun, full_done, done, manual, .. } = form;
        let Form { next_full, known, failures, lost_cursors, exhausted, wait, unswept, .. } = form;
        if generation > MOST_GENERATIONS {
            return Err(serde::de::Error::custom(format_args!(
                "a generation of {generation}, and no store counts so far"
            )));
        }
        if run.as_ref().is_some_and(|run| run.kind == Kind::Delta) && cursor.is_none() {
            return Err(serde::de::Error::custom("a delta is under way without a cursor"));
        }
        Ok(Self {
            version,
            generation,
            cursor,
            run,
            full_begun,
            full_done,
            done,
            manual,
            next_full,
            known,
            failures,
            lost_cursors,
            exhausted,
            wait,
            unswept,
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
