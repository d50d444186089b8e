//! What an answer makes of the state.

use chrono::{DateTime, Utc};

use super::change::{self, Change};
use super::decision::Kind;
use super::policy::SyncPolicy;
use super::state::{FullReason, Run, StoredCursor, SyncState};
use super::wait::{Wait, Why, pause};
use crate::api::{DevicePage, RejectedDevice};
use crate::error::{Advice, Error, asked_for};
use crate::stamp::Stamp;

/// The changes, the rows that cannot be read, and the state to be stored with them.
pub(super) type Next = (Vec<Change>, Vec<RejectedDevice>, SyncState);

/// Pages in a row that may bring nothing before the run is given up: the same cursor with more to follow, or no device.
const MOST_IDLE: u32 = 3;
/// Pages without a device, but with a new cursor, that may come in a row.
const MOST_EMPTY: u32 = 100;

pub(super) fn to_page(state: &SyncState, page: DevicePage, policy: &SyncPolicy, stamp: &Stamp) -> Next {
    let (mut next, now) = (state.clone(), stamp.now());
    let Some(mut run) = next.run.take() else {
        return (Vec::new(), Vec::new(), next);
    };
    let (more, cursor) = (page.has_more(), page.cursor.clone());
    let is_empty = page.is_empty();
    run.pages = run.pages.saturating_add(1);
    run.devices = run.devices.saturating_add(page.devices.len() as u64);
    run.blind_rows =
        run.blind_rows.saturating_add(page.rejected.iter().filter(|row| row.serial_number.is_none()).count() as u64);
    let unreadable = page.rejected.clone();
    let mut changes = change::of_page(page, now);

    let asked_with = match run.kind {
        Kind::Full => run.cursor.clone(),
        Kind::Delta => next.cursor.as_ref().map(|stored| stored.cursor.clone()),
    };
    if more {
        // The same cursor, or none, brings the same page once more.
        let stands = cursor.is_none() || cursor == asked_with;
        run.idle_pages = if stands || is_empty { run.idle_pages.saturating_add(1) } else { 0 };
        let most = if stands { MOST_IDLE } else { MOST_EMPTY };
        if let Some(cursor) = cursor {
            match run.kind {
                Kind::Full => run.cursor = Some(cursor),
                Kind::Delta => next.cursor = Some(StoredCursor { cursor, since: now }),
            }
        }
        if run.idle_pages >= most {
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
        let cursor = cursor.or(asked_with);
        next.cursor = cursor.map(|cursor| StoredCursor { cursor, since: now });
        worked(&mut next);
        next.lost_cursors = 0;
        ended(&mut next, &run, &mut changes, policy, now);
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
        // Everything has been returned: the fetch is complete, and there is nothing new for a delta.
        (Advice::ContinueWithSync, Kind::Full) if run.cursor.is_some() => {
            next.cursor = run.cursor.clone().map(|cursor| StoredCursor { cursor, since: now });
            worked(&mut next);
            ended(&mut next, &run, &mut changes, policy, now);
        }
        (Advice::ContinueWithSync, Kind::Delta) if next.lost_cursors < MOST_IDLE => {
            // Its age goes on: a cursor that gives nothing for days is replaced in the end.
            next.lost_cursors = next.lost_cursors.saturating_add(1);
            worked(&mut next);
            next.done = Some(now);
        }
        (Advice::ContinueWithSync, Kind::Delta) => {
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
    let until = until.unwrap_or_else(|| now + pause(policy, why, next.failures.max(next.lost_cursors), stamp));
    next.wait = Some(Wait { until, why, since });
}

/// A run has come to its end.
fn ended(next: &mut SyncState, run: &Run, changes: &mut Vec<Change>, policy: &SyncPolicy, now: DateTime<Utc>) {
    next.done = Some(now);
    if run.kind == Kind::Full {
        next.full_done = Some(now);
        next.known = Some(run.devices);
        next.next_full = None;
        // A device whose row has no name that can be read cannot be told from one that is gone: the next full fetch will do.
        next.unswept = run.blind_rows > 0;
        if !next.unswept {
            changes.push(Change::Sweep { generation: next.generation, at: now });
        }
    }
    if let Some(removed_before) = now.checked_sub_signed(policy.removed_kept) {
        changes.push(Change::Forget { removed_before });
    }
}
