//! Who watches the calls: what the policy, Apple's answers and the machine's own words forbid. It knows nothing of how the machine works.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::api::DevicePage;
use apple_ade::error::{Error, Refusal, RetryAfter};
use apple_ade::sync::{Call, Commit, Recovery, Request, SyncPolicy};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

pub(crate) struct Referee {
    policy: SyncPolicy,
    /// The machine's clock was wrong: no interval can be told.
    pub(crate) clock_was_wrong: bool,
    /// When each cursor was first given.
    cursors: BTreeMap<String, DateTime<Utc>>,
    /// Apple's pause, once it is stored; and before.
    quiet_until: Option<DateTime<Utc>>,
    heard: Option<DateTime<Utc>>,
    /// Nothing to do before this time, the machine said, and nobody has asked since.
    asleep_until: Option<DateTime<Utc>>,
    calls_since_sleep: u32,
    /// The devices that Apple has had since the full fetch began that is under way.
    throughout: Option<BTreeSet<String>>,
    /// How many runs have begun, and how many of them are full fetches.
    pub(crate) runs: u32,
    pub(crate) fulls: u32,
    /// When the last one did.
    pub(crate) begun: Option<DateTime<Utc>>,
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().map(|time| time.parse().unwrap())
}

impl Referee {
    pub(crate) fn new(policy: SyncPolicy) -> Self {
        Self {
            policy,
            clock_was_wrong: false,
            cursors: BTreeMap::new(),
            quiet_until: None,
            heard: None,
            asleep_until: None,
            calls_since_sleep: 0,
            throughout: None,
            runs: 0,
            fulls: 0,
            begun: None,
        }
    }

    pub(crate) fn sleep(&mut self, until: DateTime<Utc>, now: DateTime<Utc>) {
        assert!(until > now, "a wait has an end that is not now");
        assert!(until - now <= TimeDelta::days(9), "a wait has an end: {until}");
        (self.asleep_until, self.calls_since_sleep) = (Some(until), 0);
    }

    /// Somebody has asked, and was told that a run begins.
    pub(crate) fn asked(&mut self) {
        self.asleep_until = None;
    }

    pub(crate) fn crashed(&mut self) {
        self.heard = None;
    }

    pub(crate) fn call(&mut self, call: &Call, now: DateTime<Utc>) {
        self.calls_since_sleep += 1;
        // A list of some hundred devices in small pages, twice over.
        assert!(self.calls_since_sleep < 100, "a hot loop");
        let (cursor, limit) = match &call.request {
            Request::Fetch(fetch) => (fetch.cursor.as_ref(), fetch.limit),
            Request::Sync(sync) => (Some(&sync.cursor), sync.limit),
            other => panic!("{other:?}"),
        };
        assert_eq!(limit, self.policy.page_size);
        if self.clock_was_wrong {
            return;
        }
        assert!(call.deadline <= now + self.policy.deadline);
        let second = TimeDelta::seconds(1);
        assert!(self.quiet_until.is_none_or(|until| now + second >= until), "Apple asked for a pause");
        assert!(self.asleep_until.is_none_or(|until| now >= until), "a call in its own sleep");
        if let Some(cursor) = cursor {
            // SYN-16: from a week on it is not even tried.
            let age = now - self.cursors[cursor.as_str()];
            assert!(age < self.policy.cursor_age, "a cursor of {age} was tried");
        }
    }

    pub(crate) fn answer(&mut self, result: &Result<DevicePage, Error>, now: DateTime<Utc>) {
        match result {
            Ok(page) => {
                if let Some(cursor) = &page.cursor {
                    self.cursors.entry(cursor.to_string()).or_insert(now);
                }
            }
            Err(error) => {
                let pause = error.refusal().and_then(Refusal::retry_after);
                let until = pause.map(|pause| match pause {
                    RetryAfter::Delay(delay) => now + TimeDelta::from_std(delay).unwrap(),
                    RetryAfter::At(time) => time,
                    other => panic!("{other:?}"),
                });
                self.heard = until.map(|until| until.min(now + TimeDelta::days(1)));
            }
        }
    }

    /// What is stored may follow what was stored before.
    pub(crate) fn commit(&mut self, before: &Value, commit: &Commit, swept: &[String], on_server: &BTreeSet<String>) {
        if let Some(until) = self.heard.take() {
            self.quiet_until = Some(until);
        }
        let after: Value = serde_json::from_str(&commit.state().to_json()).unwrap();
        if let Some(throughout) = &self.throughout {
            let lost: Vec<_> = swept.iter().filter(|serial| throughout.contains(*serial)).collect();
            assert!(lost.is_empty(), "swept, and Apple had them all the time: {lost:?}");
        } else {
            assert!(swept.is_empty(), "a sweep without a full fetch");
        }
        let (was, is) = (&before["run"], &after["run"]);
        if is["kind"] != "full" {
            self.throughout = None;
        }
        if was.is_null() && !is.is_null() {
            self.runs += 1;
            self.begun = time(&is["begun"]);
        }
        if was.is_null() && is["kind"] == "full" {
            self.throughout = Some(on_server.clone());
            self.fulls += 1;
        }
        if !self.clock_was_wrong {
            self.intervals(before, &after);
        }
    }

    /// SYN-1, SYN-9, SYN-10, SYN-12, X-3: what begins may begin.
    fn intervals(&self, before: &Value, after: &Value) {
        let policy = &self.policy;
        if let Some((manual, last)) = time(&after["manual"]).zip(time(&before["manual"])) {
            assert!(manual == last || manual - last >= policy.manual_apart, "asked again after {}", manual - last);
        }
        let Some(begun) = time(&after["run"]["begun"]).filter(|_| before["run"].is_null()) else { return };
        let since = |key: &str| time(&before[key]).map(|then| begun - then);
        let is_scheduled = after["run"]["trigger"] == "schedule";
        let reason = after["next_full"].as_str().filter(|_| after["run"]["kind"] == "full");
        let is_first = before["full_done"].is_null();
        if let Some(reason) = reason {
            let is_wanted = matches!(reason, "asked" | "periodic");
            if !is_first && (is_wanted || policy.recovery == Recovery::Waits) {
                let last = since("full_begun").unwrap();
                assert!(last >= policy.full_apart, "all are fetched again after {last}: {reason}");
            }
            if reason == "periodic" {
                assert!(since("full_done").unwrap() >= policy.full_every.unwrap());
            }
            assert!(reason == "asked" || policy.full_every.is_some() || reason != "periodic");
            if reason == "delta_failed" {
                assert!(policy.failed_delta_makes_full);
            }
        }
        if is_scheduled
            && matches!(reason, None | Some("cursor_too_old" | "no_cursor"))
            && before["next_full"].is_null()
        {
            let last = since("done").unwrap();
            assert!(last >= policy.delta_every, "a delta after {last}");
        }
    }

    /// The service's list has changed.
    pub(crate) fn moved(&mut self, on_server: &BTreeSet<String>) {
        if let Some(throughout) = &mut self.throughout {
            throughout.retain(|serial| on_server.contains(serial));
        }
    }
}
