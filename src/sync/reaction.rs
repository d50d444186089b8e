//! What an answer makes of the state.

use chrono::{DateTime, Utc};

use super::change::{self, Change};
use super::decision::Kind;
use super::policy::SyncPolicy;
use super::state::{FullReason, Run, StoredCursor, SyncState};
use super::wait::{Wait, Why, pause};
use crate::api::{DevicePage, RejectedDevice};
use crate::error::{Advice, Error, asked_for};
use crate::stamp::{Stamp, after};

/// The changes, the rows that cannot be read, and the state to be stored with them.
pub(super) type Next = (Vec<Change>, Vec<RejectedDevice>, SyncState);

/// Pages in a row that may bring nothing before the run is given up: the same cursor with more to follow, or no device.
const MOST_IDLE: u32 = 3;
/// Pages without a device, but with a new cursor, that may come in a row.
const MOST_EMPTY: u32 = 100;
/// How many cursors may have been lost before a fetch whose cursor is exhausted counts as done.
const MOST_EXHAUSTED: u32 = 2;

pub(super) fn to_page(state: &SyncState, page: DevicePage, policy: &SyncPolicy, stamp: &Stamp) -> Next {
    let (mut next, now) = (state.clone(), stamp.now());
    let Some(mut run) = next.run.take() else {
        return (Vec::new(), Vec::new(), next);
    };
    let (said, cursor, is_empty) = (page.more_to_follow, page.cursor.clone(), page.is_empty());
    run.pages = run.pages.saturating_add(1);
    run.blind_rows =
        run.blind_rows.saturating_add(page.rejected.iter().filter(|row| row.serial_number.is_none()).count() as u64);
    let unreadable = page.rejected.clone();
    let mut changes = change::of_page(page, now);
    let stored = changes.iter().filter(|change| !matches!(change, Change::Seen(_))).count();
    run.devices = run.devices.saturating_add(stored as u64);

    let asked_with = match run.kind {
        Kind::Full => run.cursor.clone(),
        Kind::Delta => next.cursor.as_ref().map(|stored| stored.cursor.clone()),
    };
    // The same cursor, or none, brings the same page once more.
    let stands = cursor.is_none() || cursor == asked_with;
    let turns_round = !stands && cursor == run.mark;
    if let Some(cursor) = cursor.filter(|_| !stands) {
        // Brent's way to find a circle of any length with one mark.
        if run.pages.is_power_of_two() {
            run.mark = Some(cursor.clone());
        }
        match run.kind {
            Kind::Full => (run.cursor, run.cursor_since) = (Some(cursor), Some(now)),
            Kind::Delta => next.cursor = Some(StoredCursor { cursor, since: now }),
        }
    }
    // Where Apple does not say whether more follows, it may, as long as the list goes on.
    if said.unwrap_or(!stands && !is_empty) {
        run.idle_pages = if stands || is_empty { run.idle_pages.saturating_add(1) } else { 0 };
        let most = if stands { MOST_IDLE } else { MOST_EMPTY };
        // A fetch that has to begin anew is another one, since what this page has brought may have left by then.
        let anew = run.kind == Kind::Full && run.cursor.is_none();
        if run.idle_pages >= most || turns_round || anew {
            lost(&mut next, &run, FullReason::CursorStuck, Why::NoProgress, policy, stamp);
        } else if stands {
            // Not at once: nothing says that it will be another page.
            failed(&mut next, Why::NoProgress, None, policy, stamp);
            next.run = Some(run);
        } else {
            worked(&mut next);
            next.run = Some(run);
        }
    } else {
        worked(&mut next);
        ended(&mut next, &run, said == Some(false), &mut changes, policy, now);
    }
    (changes, unreadable, next)
}

pub(super) fn to_error(state: &SyncState, error: &Error, policy: &SyncPolicy, stamp: &Stamp) -> Next {
    let (mut next, now) = (state.clone(), stamp.now());
    let mut changes = Vec::new();
    let Some(run) = next.run.take() else {
        return (Vec::new(), Vec::new(), next);
    };
    match (error.advice(), run.kind) {
        (Advice::FetchFromStart, Kind::Delta) => {
            lost(&mut next, &run, FullReason::CursorRefused, Why::CursorsRefused, policy, stamp);
        }
        (Advice::FetchFromStart, Kind::Full) if run.cursor.is_some() => {
            lost(&mut next, &run, FullReason::Unfinished, Why::CursorsRefused, policy, stamp);
        }
        // Everything has been returned, and the last page that came here said that more follows: was there one whose answer was lost?
        // Who takes it for the end loses the devices of that page. So once more from the start; and where that does not help, without a
        // sweep.
        (Advice::ContinueWithSync, Kind::Full) if run.cursor.is_some() && next.lost_cursors < MOST_EXHAUSTED => {
            lost(&mut next, &run, FullReason::Unfinished, Why::NoProgress, policy, stamp);
        }
        (Advice::ContinueWithSync, Kind::Full) if run.cursor.is_some() => {
            worked(&mut next);
            ended(&mut next, &run, false, &mut changes, policy, now);
        }
        // There is nothing new. The cursor's age goes on: one that gives nothing time after time is replaced in the end.
        (Advice::ContinueWithSync, Kind::Delta) if next.exhausted < MOST_IDLE => {
            next.exhausted = next.exhausted.saturating_add(1);
            worked(&mut next);
            next.done = Some(now);
        }
        (Advice::ContinueWithSync, Kind::Delta) => {
            next.exhausted = 0;
            lost(&mut next, &run, FullReason::CursorStuck, Why::CursorsRefused, policy, stamp);
        }
        _ => {
            let until = asked_for(error, now);
            let why = Why::of(error);
            let why = if until.is_some() && !why.needs_somebody() { Why::TooManyCalls } else { why };
            give_up_or_retry(&mut next, run, why, until, policy, stamp);
        }
    }
    (changes, Vec::new(), next)
}

/// A call was not answered before its deadline.
pub(super) fn to_silence(state: &SyncState, policy: &SyncPolicy, stamp: &Stamp) -> Next {
    let mut next = state.clone();
    if let Some(run) = next.run.take() {
        give_up_or_retry(&mut next, run, Why::NoAnswer, None, policy, stamp);
    }
    (Vec::new(), Vec::new(), next)
}

/// The cursor of the run that is under way has become too old to be tried: the next run fetches all.
pub(super) fn to_age(state: &SyncState) -> SyncState {
    let mut next = state.clone();
    if let Some(run) = next.run.take() {
        let is_full = run.kind == Kind::Full;
        next.next_full = Some(if is_full { FullReason::Unfinished } else { FullReason::CursorTooOld });
        next.cursor = None;
        worked(&mut next);
    }
    next
}

/// After a failure that is not the cursor's: the run goes on later, or the next one fetches all (SYN-12).
fn give_up_or_retry(
    next: &mut SyncState,
    run: Run,
    why: Why,
    until: Option<DateTime<Utc>>,
    policy: &SyncPolicy,
    stamp: &Stamp,
) {
    failed(next, why, until, policy, stamp);
    if run.kind == Kind::Delta && policy.failed_delta_makes_full {
        next.next_full = Some(FullReason::DeltaFailed);
    } else {
        next.run = Some(run);
    }
}

/// The run cannot go on: its cursor is of no use. The next run fetches all; at once if this is the first time in a row.
fn lost(next: &mut SyncState, run: &Run, reason: FullReason, why: Why, policy: &SyncPolicy, stamp: &Stamp) {
    next.lost_cursors = next.lost_cursors.saturating_add(1);
    next.next_full = Some(reason);
    next.cursor = None;
    if run.kind == Kind::Full || next.lost_cursors > 1 {
        failed(next, why, None, policy, stamp);
    } else {
        worked(next);
    }
}

fn worked(next: &mut SyncState) {
    next.failures = 0;
    next.wait = None;
}

fn failed(next: &mut SyncState, why: Why, until: Option<DateTime<Utc>>, policy: &SyncPolicy, stamp: &Stamp) {
    let now = stamp.now();
    let since = next.wait.as_ref().filter(|_| next.failures > 0).map_or(now, |wait| wait.since.min(now));
    next.failures = next.failures.saturating_add(1);
    let until = until.unwrap_or_else(|| after(now, pause(policy, why, next.failures.max(next.lost_cursors), stamp)));
    next.wait = Some(Wait { until, why, since });
}

/// A run has come to its end; it is complete where Apple said so.
fn ended(
    next: &mut SyncState,
    run: &Run,
    is_complete: bool,
    changes: &mut Vec<Change>,
    policy: &SyncPolicy,
    now: DateTime<Utc>,
) {
    next.done = Some(now);
    if run.kind == Kind::Delta {
        (next.lost_cursors, next.exhausted) = (0, 0);
    } else {
        next.cursor = run.cursor.clone().map(|cursor| StoredCursor { cursor, since: run.cursor_since.unwrap_or(now) });
        next.exhausted = 0;
        next.full_done = Some(now);
        next.known = Some(run.devices);
        next.next_full = None;
        // What was not seen is gone where all was seen. A device whose row has no name that can be read cannot be told from one that is
        // gone. The next full fetch will do.
        next.unswept = run.blind_rows > 0 || !is_complete;
        if !next.unswept {
            changes.push(Change::Sweep { generation: next.generation, at: now });
        }
    }
    if let Some(removed_before) = now.checked_sub_signed(policy.removed_kept) {
        changes.push(Change::Forget { removed_before });
    }
}
