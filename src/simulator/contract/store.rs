//! What the library needs of a store: devices and state in one transaction.

use std::future::{Future, poll_fn};
use std::task::Poll;

use async_trait::async_trait;

use super::Broken;
use crate::error::BoxError;

/// A device as a store has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "the two columns")]
pub struct StoredDevice {
    /// The serial number: the key.
    pub serial: String,
    /// Everything else, as JSON.
    pub json: String,
}

/// An embedder's store as [`store`] sees it. For tests alone: the library itself stores nothing.
#[async_trait]
pub trait Store: Send {
    /// The state that was committed last; `None` before the first time.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong.
    async fn load(&mut self) -> Result<Option<String>, BoxError>;

    /// Stores devices (each in place of what was stored under its serial number; of two with one serial number the last counts),
    /// removes others, and stores the state: all of it, or nothing.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong; then nothing is stored.
    async fn commit(&mut self, devices: &[StoredDevice], removed: &[String], state: &str) -> Result<(), BoxError>;

    /// All devices, in any order.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong.
    async fn list(&mut self) -> Result<Vec<StoredDevice>, BoxError>;
}

/// Checks a store. `open` opens the same storage each time; it is empty at first.
///
/// What was committed is there for whoever opens the storage next, texts as they were; a device is stored once; a commit that is
/// dropped on its way has stored either devices and state, or neither.
///
/// # Errors
///
/// A sentence for every rule that is broken, and the first error of the store itself.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::{Arc, Mutex};
/// use apple_ade::error::BoxError;
/// use apple_ade::simulator::contract::{self, Store, StoredDevice};
///
/// #[derive(Clone, Default)]
/// struct Memory(Arc<Mutex<(BTreeMap<String, String>, Option<String>)>>);
///
/// #[async_trait::async_trait]
/// impl Store for Memory {
///     async fn load(&mut self) -> Result<Option<String>, BoxError> {
///         Ok(self.0.lock().unwrap().1.clone())
///     }
///     async fn commit(&mut self, devices: &[StoredDevice], removed: &[String], state: &str) -> Result<(), BoxError> {
///         let mut inner = self.0.lock().unwrap();
///         inner.0.extend(devices.iter().map(|device| (device.serial.clone(), device.json.clone())));
///         inner.0.retain(|serial, _| !removed.contains(serial));
///         inner.1 = Some(state.to_owned());
///         Ok(())
///     }
///     async fn list(&mut self) -> Result<Vec<StoredDevice>, BoxError> {
///         let rows = self.0.lock().unwrap().0.clone();
///         Ok(rows.into_iter().map(|(serial, json)| StoredDevice { serial, json }).collect())
///     }
/// }
///
/// let memory = Memory::default();
/// pollster::block_on(contract::store(|| async { Ok(memory.clone()) }))?;
/// # Ok::<(), contract::Broken>(())
/// ```
pub async fn store<S, F>(mut open: impl FnMut() -> F) -> Result<(), Broken>
where
    S: Store,
    F: Future<Output = Result<S, BoxError>>,
{
    let mut sentences = Vec::new();
    if let Err(error) = check(&mut open, &mut sentences).await {
        sentences.push(format!("the store failed: {error}"));
    }
    Broken::unless_empty(sentences)
}

/// A state with what databases and encodings change: quotes, a line's end, letters, a null sign, length.
fn state(number: usize) -> String {
    format!("{{\"cursor\":\"MDow{number}\",\"x\":\"é 🍏 \\u0000 '\\\"; --\\n\"}}\r\n {}", "x".repeat(20_000))
}

fn device(number: usize, note: &str) -> StoredDevice {
    StoredDevice { serial: format!("C02{number:07}"), json: format!("{{\"note\":\"{note}\"}}") }
}

async fn check<S, F>(open: &mut impl FnMut() -> F, sentences: &mut Vec<String>) -> Result<(), BoxError>
where
    S: Store,
    F: Future<Output = Result<S, BoxError>>,
{
    let mut store = open().await?;
    if store.load().await?.is_some() || !store.list().await?.is_empty() {
        sentences.push("the storage is not empty at first: open one that nobody has used".to_owned());
        return Ok(());
    }
    let many: Vec<StoredDevice> = (0..1000).map(|number| device(number, "first")).collect();
    store.commit(&many, &[], &state(1)).await?;
    drop(store);
    let mut store = open().await?;
    compare(&mut store, &many, &state(1), "after a commit and opening again", sentences).await?;

    let changes = [device(1, "one"), device(2, "two"), device(1, "later"), device(5000, "new")];
    store.commit(&changes, &[device(3, "").serial, "NOSUCH".to_owned()], &state(2)).await?;
    let mut expected: Vec<StoredDevice> = many.into_iter().filter(|device| device.serial != "C020000003").collect();
    for change in &changes {
        expected.retain(|device| device.serial != change.serial);
        expected.push(change.clone());
    }
    let when = "after devices were changed, added and removed in one commit, one of them twice";
    compare(&mut store, &expected, &state(2), when, sentences).await?;
    store.commit(&[], &[], &state(3)).await?;
    compare(&mut store, &expected, &state(3), "after a commit without devices", sentences).await?;
    drop(store);
    interrupted(open, expected, sentences).await
}

/// Drops a commit after one poll, after two, and so on until one comes to its end.
async fn interrupted<S, F>(
    open: &mut impl FnMut() -> F,
    mut devices: Vec<StoredDevice>,
    sentences: &mut Vec<String>,
) -> Result<(), BoxError>
where
    S: Store,
    F: Future<Output = Result<S, BoxError>>,
{
    let mut current = state(3);
    for polls in 1..=50_usize {
        let (added, next) = (device(6000_usize.saturating_add(polls), "maybe"), state(polls.saturating_add(10)));
        let mut store = open().await?;
        let finished = {
            let rows = [added.clone()];
            let mut commit = store.commit(&rows, &[], &next);
            let mut left = polls;
            let poll = poll_fn(|context| match commit.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending => {
                    left = left.saturating_sub(1);
                    if left == 0 { Poll::Ready(None) } else { Poll::Pending }
                }
            });
            poll.await
        };
        drop(store);
        let mut store = open().await?;
        let (found, listed) = (store.load().await?, store.list().await?);
        let moved = found.as_deref() == Some(next.as_str());
        if moved != listed.contains(&added) {
            let (has, not) = if moved { ("state", "device") } else { ("device", "state") };
            sentences.push(format!(
                "a commit that was dropped after {polls} polls has stored the {has} and not the {not}: put both into one transaction"
            ));
            return Ok(());
        }
        if moved {
            current = next;
            devices.push(added);
        }
        if let Some(result) = finished {
            result?;
            if !moved {
                sentences
                    .push("a commit came to its end, and what it stored is not there when opened again".to_owned());
            }
            return compare(&mut store, &devices, &current, "after commits that were dropped", sentences).await;
        }
    }
    Ok(())
}

async fn compare<S: Store>(
    store: &mut S,
    devices: &[StoredDevice],
    state: &str,
    when: &str,
    sentences: &mut Vec<String>,
) -> Result<(), BoxError> {
    let found = store.load().await?;
    if found.as_deref() != Some(state) {
        let problem = found.map_or_else(|| "is missing".to_owned(), |found| differs(&found, state));
        sentences.push(format!("{when}: the state {problem}"));
    }
    let mut listed = store.list().await?;
    let mut expected = devices.to_vec();
    listed.sort();
    expected.sort();
    let wrong = expected.iter().find(|device| !listed.contains(device)).map(|device| {
        let other = listed.iter().find(|found| found.serial == device.serial);
        let found = other.map_or_else(|| "is missing".to_owned(), |found| format!("has {:?}", found.json));
        format!("{when}: device {} should have {:?} and {found}", device.serial, device.json)
    });
    if wrong.is_none() && listed.len() != expected.len() {
        sentences.push(format!("{when}: {} devices are listed, and {} should be", listed.len(), expected.len()));
    }
    sentences.extend(wrong);
    Ok(())
}

fn differs(found: &str, expected: &str) -> String {
    let same = found.bytes().zip(expected.bytes()).take_while(|(a, b)| a == b).count();
    format!(
        "is not as it was stored: it differs from byte {same} on ({} bytes instead of {})",
        found.len(),
        expected.len()
    )
}
