//! The schedule over random histories: tokens that come and go, calls of every length, workers that die or stand still, stores that fail,
//! clocks that are set forth and back, people who ask. The rows are kept as JSON and looked up as the module's SQL does; [`Schedule`] with
//! its indexes has to decide the same, step for step.
//!
//! The mutants in `tests/mutants/schedule-*.mutant` break the schedule one rule at a time; this test or one of `schedule.rs` catches each.

use std::collections::BTreeMap;

use apple_ade::schedule::{
    After, Asked, Claim, Gate, GoOn, Hold, Lease, LeaseLost, Look, Next, Schedule, SchedulePolicy, TokenRow, Turn,
    View, Work,
};
use apple_ade::sync::{Kind, Trigger, Why};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::schedule_events::{Event, Wishes, event, policy};

const INTERVAL: TimeDelta = TimeDelta::hours(12);
const WORKERS: usize = 3;

/// What is stored of a token's work, beside its row: how far its run is, how many it has had, how many calls of an assignment are left.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Stored {
    page: u32,
    runs: u32,
    assign: u32,
}

#[derive(Debug, Clone)]
struct Token {
    stored: Stored,
    wishes: Wishes,
    pages: u32,
    /// Seconds that a call takes.
    call: i64,
}

struct Held {
    turn: Turn,
    state: Stored,
    /// When the call that is out comes back.
    call: Option<DateTime<Utc>>,
    /// When the worker has last heard of its row; `None` once that is gone.
    heard: Option<DateTime<Utc>>,
}

/// A call that was made: of which token, when it began and when it was over.
struct Made {
    token: String,
    begun: DateTime<Utc>,
    over: DateTime<Utc>,
}

/// See [`Model::waits`].
type Waiting = (DateTime<Utc>, bool, BTreeMap<String, u32>);

struct Model {
    policy: SchedulePolicy,
    real: DateTime<Utc>,
    offset: TimeDelta,
    forth: Option<DateTime<Utc>>,
    back: Option<DateTime<Utc>>,
    told: DateTime<Utc>,
    gate: Gate,
    /// As they were read back from JSON.
    rows: BTreeMap<String, TokenRow>,
    tokens: BTreeMap<String, Token>,
    twin: Schedule,
    workers: Vec<Option<Held>>,
    made: Vec<Made>,
    /// Since when a token is ready, whether it was asleep before, and how many turns the others have had since.
    waits: BTreeMap<String, Waiting>,
    added: usize,
}

impl Model {
    fn new(policy: SchedulePolicy, sizes: &[(u32, i64)]) -> Self {
        let real = "2026-11-22T08:00:00Z".parse().unwrap();
        let mut model = Self {
            policy,
            real,
            offset: TimeDelta::zero(),
            forth: None,
            back: None,
            told: DateTime::<Utc>::MIN_UTC,
            gate: Gate::new(),
            rows: BTreeMap::new(),
            tokens: BTreeMap::new(),
            twin: Schedule::new(policy),
            workers: (0..WORKERS).map(|_| None).collect(),
            made: Vec::new(),
            waits: BTreeMap::new(),
            added: 0,
        };
        for (pages, call) in sizes {
            model.add(*pages, *call);
        }
        model
    }

    fn now(&self) -> DateTime<Utc> {
        self.real + self.offset
    }

    fn row(&self, token: &str) -> Option<TokenRow> {
        self.rows.get(token).cloned()
    }

    fn write(&mut self, row: &TokenRow) {
        self.rows.insert(row.token().to_owned(), TokenRow::from_json(&row.to_json()).unwrap());
    }

    fn store(&mut self, row: &TokenRow) {
        self.write(row);
        assert_eq!(self.twin.row(row.token()), Some(row), "the indexed schedule has another row");
    }

    fn add(&mut self, pages: u32, call: i64) {
        let name = format!("token-{:02}", self.added);
        self.added += 1;
        self.tokens.insert(name.clone(), Token { stored: Stored::default(), wishes: Wishes::default(), pages, call });
        self.twin.add(name.clone(), self.now());
        self.store(&TokenRow::new(name, self.now()));
    }

    fn drawn(&self, draw: usize) -> Option<String> {
        self.rows.keys().nth(draw % self.rows.len().max(1)).cloned()
    }

    /// The queries of the module's SQL.
    fn claim(&mut self, worker: usize) -> Option<DateTime<Utc>> {
        // Time that goes back by less than the grace is no clock that was set back, to the indexed schedule.
        if self.now() < self.told && self.told - self.now() <= self.policy.grace {
            self.real += self.policy.grace;
        }
        self.told = self.now();
        let (now, policy, owner) = (self.now(), self.policy, format!("worker {worker}"));
        loop {
            let rows = &self.rows;
            let is_leased = |row: &&TokenRow| row.leased_until().is_some_and(|until| until + policy.grace > now);
            let is_late = |row: &&TokenRow| row.leased_until().is_some_and(|until| until > now + policy.lease);
            let is_due = |row: &&TokenRow| row.due() <= now || row.due() > now + policy.longest_sleep;
            let leased: Vec<&TokenRow> = rows.values().filter(is_leased).collect();
            let free = || rows.values().filter(|row| !is_leased(row));
            let mut candidates: Vec<&TokenRow> = free().filter(is_due).collect();
            candidates.sort_by_key(|row| (row.mark(), row.token().to_owned()));
            let view = View {
                running: u32::try_from(leased.len()).unwrap(),
                first_end: leased.iter().filter_map(|row| row.leased_until()).min().map(|until| until + policy.grace),
                next_due: free().map(TokenRow::due).filter(|due| *due > now).min(),
                candidate: rows.values().find(is_late).or(candidates.first().copied()),
            };
            match policy.claim(&self.gate, view, &owner, now) {
                Claim::Repair(row) => self.write(&row),
                Claim::Wait { until, why } => {
                    let twin = self.twin.next(&owner, now);
                    assert_eq!(twin, Next::Wait { until, why }, "the indexed schedule decides otherwise");
                    assert!(until > now && until <= now + policy.look_again, "{why}");
                    self.same_rows();
                    return Some(until);
                }
                Claim::Turn(claimed) => {
                    assert!(view.running < policy.places, "more tokens at a time than there are places");
                    let twin = self.twin.next(&owner, now);
                    assert_eq!(
                        twin,
                        Next::Turn(Box::new(claimed.turn.clone())),
                        "the indexed schedule decides otherwise"
                    );
                    self.gate = Gate::from_json(&claimed.gate.to_json()).unwrap();
                    self.store(&claimed.row);
                    self.same_rows();
                    self.begins(worker, claimed.turn);
                    return None;
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn same_rows(&self) {
        assert!(self.twin.rows().eq(self.rows.values()), "{:?}", self.twin);
        assert_eq!(self.twin.gate(), &self.gate);
    }

    fn begins(&mut self, worker: usize, turn: Turn) {
        let (now, token) = (self.now(), turn.token().to_owned());
        for other in self.workers.iter().flatten() {
            let is_safe = other.heard.is_some_and(|heard| self.back.is_none_or(|back| heard > back));
            let knows = other.turn.go_on(&self.policy, now) == GoOn::Lost;
            assert!(other.turn.token() != token || knows || !is_safe, "{token} has two workers");
        }
        self.waits.remove(&token);
        for (waiting, (_, was_asleep, turns)) in &mut self.waits {
            let turns = turns.entry(token.clone()).or_default();
            *turns += 1;
            assert!(!*was_asleep || *turns <= 1, "{token} overtakes {waiting}, which was asleep, again");
        }
        let of = self.tokens.get_mut(&token).unwrap();
        if turn.work() == Work::Assign {
            of.stored.assign += of.wishes.begin(now);
        }
        let state = of.stored;
        self.workers[worker] = Some(Held { turn, state, call: None, heard: Some(self.real) });
    }

    /// A worker does what it has to do; says until when it has nothing to do, by its clock.
    fn act(&mut self, worker: usize) -> Option<DateTime<Utc>> {
        let wait = match self.workers[worker].take() {
            None => self.claim(worker),
            Some(held) => self.go_on(worker, held),
        };
        self.look();
        wait
    }

    fn go_on(&mut self, worker: usize, mut held: Held) -> Option<DateTime<Utc>> {
        let token = held.turn.token().to_owned();
        if let Some(over) = held.call {
            if over > self.real {
                self.workers[worker] = Some(held);
                return Some(over + self.offset);
            }
            held.call = None;
            held.turn.used(1000);
            self.commit(worker, held);
            return None;
        }
        match held.turn.go_on(&self.policy, self.now()) {
            GoOn::Yes => {
                let over = self.real + TimeDelta::seconds(self.tokens.get(&token).map_or(1, |token| token.call));
                let is_known = held.heard.is_some_and(|heard| self.back.is_none_or(|back| heard > back));
                for other in self.made.iter().filter(|other| is_known && other.token == token) {
                    let excused = self.forth.is_some_and(|forth| forth >= other.begun);
                    assert!(other.over <= self.real || excused, "two calls for {token} at a time");
                }
                // A worker that cannot know that the token is another's is not held against that one.
                self.made.push(Made { token, begun: self.real, over: if is_known { over } else { self.real } });
                held.call = Some(over);
                self.workers[worker] = Some(held);
            }
            GoOn::Renew => {
                let now = self.now();
                let renewed = self.row(&token).map(|row| self.policy.renew(&row, &held.turn, now));
                let twin = self.twin.renew(&mut held.turn, now);
                match renewed {
                    Some(Ok((turn, row))) => {
                        assert_eq!((twin, &held.turn), (Ok(()), &turn));
                        self.store(&row);
                        held.heard = Some(self.real);
                        self.workers[worker] = Some(held);
                    }
                    Some(Err(lost)) => assert_eq!(twin, Err(lost)),
                    None => assert_eq!(twin, Err(LeaseLost::Removed { token })),
                }
            }
            GoOn::End => {
                let then = self.then(&held);
                self.end(&held, then);
            }
            GoOn::Lost => {}
            other => panic!("{other:?}"),
        }
        None
    }

    /// What the worker has done is stored, on condition that the token is still its own.
    fn commit(&mut self, worker: usize, mut held: Held) {
        let token = held.turn.token().to_owned();
        let number = self.row(&token).and_then(|row| row.lease().map(Lease::number));
        if number != Some(held.turn.lease().number()) {
            return;
        }
        let of = self.tokens.get_mut(&token).unwrap();
        let (stored, known) = (of.stored, held.state);
        assert_eq!((stored.page, stored.runs), (known.page, known.runs), "somebody else has worked on {token}");
        // More may have come since.
        assert!(stored.assign >= known.assign, "somebody else has assigned devices of {token}");
        if held.turn.work() == Work::Assign {
            of.stored.assign = of.stored.assign.saturating_sub(1);
        } else {
            of.stored.page += 1;
            if of.stored.page == of.pages {
                (of.stored.page, of.stored.runs) = (0, of.stored.runs + 1);
            }
        }
        held.state = of.stored;
        let then = self.then(&held);
        if matches!(then, After::More(_)) {
            self.workers[worker] = Some(held);
        } else {
            self.end(&held, then);
        }
    }

    fn then(&self, held: &Held) -> After {
        let runs = Kind::Delta;
        match held.turn.work() {
            Work::Assign if held.state.assign == 0 => After::Done,
            Work::Assign => After::More(Work::Assign),
            _ if held.state.page == 0 && held.turn.calls_left() < self.policy.turn_calls && held.state.runs > 0 => {
                let (until, why) = (self.now() + INTERVAL, Hold::Sync(Why::NothingDue));
                After::Sleep { next: Work::Sync(runs), until, why }
            }
            _ => After::More(Work::Sync(runs)),
        }
    }

    fn end(&mut self, held: &Held, then: After) {
        let (now, gate) = (self.now(), self.gate.clone());
        let twin = self.twin.end(&held.turn, then, now);
        match self.row(held.turn.token()).map(|row| self.policy.end(&gate, &row, &held.turn, then, now)) {
            Some(Ok((row, gate))) => {
                assert_eq!(twin, Ok(()));
                self.gate = gate;
                self.store(&row);
                if then == After::Done {
                    self.tokens.get_mut(held.turn.token()).unwrap().wishes.done();
                }
            }
            Some(Err(lost)) => assert_eq!(twin, Err(lost)),
            None => assert!(matches!(twin, Err(LeaseLost::Removed { .. }))),
        }
    }

    /// Notes which tokens are ready.
    fn look(&mut self) {
        let now = self.now();
        let mark = serde_json::to_value(&self.gate).unwrap()["mark"].as_u64().unwrap();
        for row in self.rows.values() {
            match self.policy.look(row, now) {
                Look::Ready(_) => {
                    let wait = (self.real, row.mark() <= mark, BTreeMap::new());
                    self.waits.entry(row.token().to_owned()).or_insert(wait);
                }
                _ => drop(self.waits.remove(row.token())),
            }
        }
        let rows = &self.rows;
        self.waits.retain(|token, _| rows.contains_key(token));
    }

    /// A row is gone, and who works on it does not know.
    fn gone(&mut self, token: &str) {
        self.made.iter_mut().filter(|made| made.token == token).for_each(|made| made.over = made.begun);
        self.waits.remove(token);
        for (.., turns) in self.waits.values_mut() {
            turns.remove(token);
        }
        self.workers.iter_mut().flatten().filter(|held| held.turn.token() == token).for_each(|held| held.heard = None);
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Work(rounds, seconds) => {
                for _ in 0..*rounds {
                    for worker in 0..WORKERS {
                        self.act(worker);
                    }
                    self.real += TimeDelta::seconds(i64::from(*seconds));
                }
            }
            Event::Act(draw) => {
                self.act(draw % WORKERS);
            }
            Event::Pass(seconds) => self.real += TimeDelta::seconds(i64::from(*seconds)),
            Event::Crash(draw) => self.workers[draw % WORKERS] = None,
            Event::StoreFails(draw) => {
                let fails = |held: &mut Held| held.call.is_none_or(|over| over <= self.real);
                if let Some(held) = self.workers[draw % WORKERS].take_if(fails) {
                    self.end(&held, After::Failed { until: self.now() + TimeDelta::minutes(1) });
                }
            }
            Event::Add => self.add(u32::try_from(self.added).unwrap() % 7 + 1, 3),
            Event::Remove(draw) => {
                if let Some(name) = self.drawn(*draw) {
                    assert_eq!(self.twin.remove(&name), self.rows.remove(&name));
                    self.tokens.remove(&name);
                    self.gone(&name);
                }
            }
            Event::AddAgain(draw) => {
                if let Some(name) = self.drawn(*draw) {
                    self.twin.remove(&name);
                    self.twin.add(name.clone(), self.now());
                    self.store(&TokenRow::new(name.clone(), self.now()));
                    let of = self.tokens.get_mut(&name).unwrap();
                    (of.stored, of.wishes) = Default::default();
                    self.gone(&name);
                }
            }
            Event::Ask(draw, kind) => {
                if let Some(name) = self.drawn(*draw) {
                    let asked = Asked { kind: *kind, trigger: Trigger::Manual };
                    assert!(self.twin.ask(&name, asked, self.now()));
                    self.store(&self.row(&name).unwrap().ask(asked, self.now()));
                }
            }
            Event::Assign(draw, calls, ahead) => {
                if let Some(name) = self.drawn(*draw) {
                    let (now, at) = (self.now(), self.now() + TimeDelta::seconds((*ahead).into()));
                    assert!(self.twin.assign(&name, at, now));
                    let row = self.row(&name).unwrap().assign(at, now);
                    self.store(&row);
                    // What was due since the clock was set back waits for a time that is nearer.
                    if !matches!(self.policy.look(&row, now), Look::Ready(_)) {
                        self.waits.remove(&name);
                    }
                    self.tokens.get_mut(&name).unwrap().wishes.add((*calls).into(), at, now);
                }
            }
            Event::ClockForth(seconds) => {
                self.offset += TimeDelta::seconds(i64::from(*seconds));
                self.forth = Some(self.real);
            }
            Event::ClockBack(seconds) => {
                self.offset -= TimeDelta::seconds(i64::from(*seconds));
                self.back = Some(self.real);
                // What was ready may not be any more.
                self.waits.clear();
            }
        }
    }

    /// No more calls than the limit allows: in any stretch of time those that come free in it, and what a turn may have saved.
    fn within_rate(&self) {
        let (Some(limit), None, None) = (self.policy.rate, self.forth, self.back) else { return };
        let saved = self.policy.quantum + self.policy.call + limit.per;
        for (first, call) in self.made.iter().enumerate() {
            for (count, last) in self.made[first..].iter().enumerate().take(200) {
                let time = (last.begun - call.begun + saved).num_milliseconds();
                let most = time * i64::from(limit.calls) / limit.per.num_milliseconds() + 1;
                assert!(i64::try_from(count).unwrap() < most + 1, "{count} calls in {time} ms");
            }
        }
    }

    /// Nothing breaks any more: every token has a run and its assignment, and waits no longer than the policy says.
    fn settle(&mut self) {
        self.workers = (0..WORKERS).map(|_| None).collect();
        self.waits.clear();
        let runs: BTreeMap<String, u32> = self.tokens.iter().map(|(name, of)| (name.clone(), of.stored.runs)).collect();
        let begun = self.real;
        let longest = self.policy.longest_wait(self.tokens.len().saturating_sub(1).try_into().unwrap())
            // The leases of before are given anew.
            + self.back.map_or(TimeDelta::zero(), |_| self.policy.lease + self.policy.grace);
        loop {
            let is_done = self.tokens.iter().all(|(name, of)| {
                let row = self.row(name).unwrap();
                let is_assigned = of.stored.assign == 0 && !of.wishes.are_due(self.now());
                of.stored.runs > runs[name] && is_assigned && row.asked().is_none() && row.lost() == 0
            });
            if is_done {
                return;
            }
            let waits: Vec<_> = (0..WORKERS).map(|worker| self.act(worker)).collect();
            for (token, (since, ..)) in &self.waits {
                let waited = self.real - *since;
                assert!(self.policy.rate.is_some() || waited <= longest, "{token} has waited for {waited}");
            }
            if let Some(until) = waits.into_iter().collect::<Option<Vec<_>>>().and_then(|waits| waits.into_iter().min())
            {
                self.real = self.real.max(until - self.offset);
            }
            // A token may sleep for a day, and for as long again if the clock was set back.
            assert!(self.real - begun < TimeDelta::days(10), "a token was forgotten: {:?}", self.rows);
        }
    }
}

/// How many histories, unless PROPTEST_CASES says so.
fn cases() -> u32 {
    if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 128 }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn one_worker_at_a_time_and_nobody_is_forgotten(
        policy in policy(),
        sizes in proptest::collection::vec((1_u32..20, 1_i64..250), 1..6),
        events in proptest::collection::vec(event(), 1..60),
    ) {
        let mut model = Model::new(policy, &sizes);
        for event in &events {
            model.happen(event);
        }
        model.within_rate();
        model.settle();
        model.within_rate();
    }
}
