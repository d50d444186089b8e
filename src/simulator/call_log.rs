use super::log::CallRecord;
use super::pattern::Pattern;
use super::world::World;

/// The calls that a world remembers, to ask questions of in a test. A call is named `POST /profile/devices`, or `/profile/devices`
/// by any method.
///
/// ```
/// use apple_ade::simulator::World;
///
/// let mut world = World::builder().build();
/// let request = http::Request::get("https://mdmenrollment.apple.com/account").header("User-Agent", "mdm/1");
/// world.handle(&request.body(Vec::new())?);
///
/// let log = world.call_log();
/// log.assert_called("GET /account", 1)?;
/// assert_eq!(log.statuses("/account"), [401]);
/// let error = log.assert_called("POST /profile/devices", 3).unwrap_err();
/// assert_eq!(error.to_string(), "POST /profile/devices was expected 3 times and called 0 times; calls: GET /account 401");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLog {
    calls: Vec<CallRecord>,
}

/// The calls were not as expected; its text says how they were.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnexpectedCalls(String);

/// How many calls a message lists.
const LISTED: usize = 20;

impl World {
    /// The latest calls ([`Settings::calls_kept`](super::Settings::calls_kept) of them) as they are now.
    pub fn call_log(&self) -> CallLog {
        CallLog { calls: self.calls.iter().cloned().collect() }
    }

    /// Forgets the calls, so that a test can begin to count.
    pub fn forget_calls(&mut self) {
        self.calls.clear();
    }
}

impl CallLog {
    /// The calls of this name, oldest first.
    pub fn of<'l>(&'l self, call: &'l str) -> impl Iterator<Item = &'l CallRecord> {
        let pattern = Pattern::read(call);
        self.calls.iter().filter(move |record| pattern.matches(&record.method, path(record)))
    }

    /// How often this was called.
    pub fn count(&self, call: &str) -> usize {
        self.of(call).count()
    }

    /// The statuses of the answers, in order.
    pub fn statuses(&self, call: &str) -> Vec<u16> {
        self.of(call).map(|record| record.status).collect()
    }

    /// Every call in order: method and path.
    pub fn order(&self) -> Vec<String> {
        self.calls.iter().map(|record| format!("{} {}", record.method, path(record))).collect()
    }

    /// Whether this was called so many times.
    ///
    /// # Errors
    ///
    /// When it was not, or the service knows no such call; with the calls that there were.
    pub fn assert_called(&self, call: &str, times: usize) -> Result<(), UnexpectedCalls> {
        known(call)?;
        let found = self.count(call);
        let plural = |count: usize| if count == 1 { "once".to_owned() } else { format!("{count} times") };
        if found == times {
            return Ok(());
        }
        let (expected, found) = (plural(times), plural(found));
        Err(UnexpectedCalls(format!("{call} was expected {expected} and called {found}; {}", self.listed())))
    }

    /// Whether these were called in this order; other calls may lie between.
    ///
    /// # Errors
    ///
    /// When they were not; with the first that did not come in its turn.
    pub fn assert_order(&self, calls: &[&str]) -> Result<(), UnexpectedCalls> {
        let mut rest = self.calls.iter();
        let mut before = "the beginning";
        for call in calls {
            known(call)?;
            let pattern = Pattern::read(call);
            if !rest.any(|record| pattern.matches(&record.method, path(record))) {
                return Err(UnexpectedCalls(format!("{call} was not called after {before}; {}", self.listed())));
            }
            before = call;
        }
        Ok(())
    }

    /// Whether every call was answered with a 2xx.
    ///
    /// # Errors
    ///
    /// When one was refused or lost; with its status and word.
    pub fn assert_no_refusal(&self) -> Result<(), UnexpectedCalls> {
        let bad = self.calls.iter().position(|record| record.lost || !(200..300).contains(&record.status));
        let Some((index, record)) = bad.and_then(|index| Some((index, self.calls.get(index)?))) else { return Ok(()) };
        let number = index.saturating_add(1);
        let word = record.word.as_deref().unwrap_or("no word");
        let lost = if record.lost { ", and the answer was lost" } else { "" };
        Err(UnexpectedCalls(format!(
            "call {number}, {} {}, was answered with {} and {word}{lost}",
            record.method,
            path(record),
            record.status
        )))
    }

    fn listed(&self) -> String {
        if self.calls.is_empty() {
            return "nothing was called".to_owned();
        }
        let line = |record: &CallRecord| format!("{} {} {}", record.method, path(record), record.status);
        let mut lines: Vec<String> = self.calls.iter().take(LISTED).map(line).collect();
        let more = self.calls.len().saturating_sub(LISTED);
        if more > 0 {
            lines.push(format!("and {more} more"));
        }
        format!("calls: {}", lines.join(", "))
    }
}

fn known(call: &str) -> Result<(), UnexpectedCalls> {
    match Pattern::read(call).problem() {
        Some((problem, fix)) => Err(UnexpectedCalls(format!("{problem}; {fix} ({call:?} was asked for)"))),
        None => Ok(()),
    }
}

fn path(record: &CallRecord) -> &str {
    record.target.split_once('?').map_or(record.target.as_str(), |(path, _)| path)
}
