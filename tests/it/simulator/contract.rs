//! The contract tests pass what is right, and name what is wrong.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use apple_ade::error::{BoxError, TransportError};
use apple_ade::simulator::contract::{self, Store, StoredDevice};
use apple_ade::simulator::{Simulator, World};
use apple_ade::transport::{Request, Response, from_fn};

const BASE: &str = "http://127.0.0.1:8080/";

fn simulator() -> Simulator {
    Simulator::new(World::builder().build())
}

fn send(simulator: &Simulator, request: &Request) -> Result<Response, TransportError> {
    simulator.answer(request).result.map_err(TransportError::new)
}

#[test]
fn the_simulator_itself_keeps_the_contract_and_is_left_as_it_was() {
    let simulator = simulator();
    let before = simulator.with_world(|world| world.clone());
    pollster::block_on(contract::transport(BASE, &simulator)).unwrap();
    contract::blocking_transport(BASE, &simulator).unwrap();
    assert_eq!(simulator.with_world(|world| world.clone()), before);
}

#[test]
fn every_mistake_of_a_transport_is_named() {
    type Wrong = fn(&Simulator, Request) -> Result<Response, TransportError>;
    let cases: &[(Wrong, &str)] = &[
        (
            |simulator, request| {
                let answer = send(simulator, &request)?;
                let Some(location) = answer.headers().get("location").filter(|_| answer.status().is_redirection())
                else {
                    return Ok(answer);
                };
                let uri = format!("http://127.0.0.1:8080{}", location.to_str().unwrap());
                send(simulator, &http::Request::get(uri).body(Vec::new()).unwrap())
            },
            "GET: the answer has status 301, and the transport gave 200: redirects must not be followed",
        ),
        (
            |simulator, request| {
                let answer = send(simulator, &request)?;
                if answer.status().is_server_error() { Err(TransportError::new("status 500")) } else { Ok(answer) }
            },
            "POST: the answer has status 503, and the transport made an error of it (no answer from the service: status \
             500): an answer of any status is Ok",
        ),
        (
            |simulator, mut request| {
                if request.method() == http::Method::DELETE {
                    request.body_mut().clear();
                }
                send(simulator, &request)
            },
            "DELETE: 45 bytes of body went out and 0 came back; they differ from byte 0 on",
        ),
        (
            |simulator, mut request| {
                request.headers_mut().insert("user-agent", "client/1".parse().unwrap());
                send(simulator, &request)
            },
            "GET: the header user-agent: ExampleMDM/4.2 (contract) arrived as \"client/1\"",
        ),
        (
            |simulator, mut request| {
                request.headers_mut().remove("x-adm-auth-session");
                send(simulator, &request)
            },
            "PUT: the header x-adm-auth-session: (a session) arrived as \"\"",
        ),
        (
            |simulator, request| {
                let mut answer = send(simulator, &request)?;
                answer.headers_mut().remove("retry-after");
                Ok(answer)
            },
            "POST: the answer has the header retry-after: 120, and the transport lost or changed it",
        ),
        (
            |simulator, request| {
                let mut answer = send(simulator, &request)?;
                let text = String::from_utf8_lossy(answer.body()).into_owned();
                *answer.body_mut() = text.into_bytes();
                Ok(answer)
            },
            "POST: 1024 bytes of body went out and 2048 came back; they differ from byte 128 on",
        ),
        (
            |simulator, mut request| {
                let uri = request.uri().to_string().replace("%20", "+");
                *request.uri_mut() = uri.parse().unwrap();
                send(simulator, &request)
            },
            "GET: the target \"/_contract/echo?profile_uuid=A%20b&x=%2F\" arrived as \"/_contract/echo?profile_uuid=A+b&x=%2F\"",
        ),
        (
            |simulator, request| Ok(simulator.handle(&request)),
            "the connection broke without an answer, and the transport gave one with status 504 Gateway Timeout: give the error",
        ),
        (
            |simulator, request| {
                send(simulator, &request).map_err(|error| TransportError::new(format!("{error} {request:?}")))
            },
            "the transport's error names the session of the request: leave the headers out of it",
        ),
    ];
    for (wrong, sentence) in cases {
        let simulator = simulator();
        let broken = contract::blocking_transport(BASE, &|request| wrong(&simulator, request)).unwrap_err();
        assert!(broken.sentences.iter().any(|told| told == sentence), "{sentence}\n{broken}");
        let transport = from_fn(|request| {
            let answer = wrong(&simulator, request);
            async move { answer }
        });
        assert_eq!(pollster::block_on(contract::transport(BASE, &transport)), Err(broken));
    }
    let broken = contract::blocking_transport("not a url", &simulator()).unwrap_err();
    assert!(broken.sentences[0].starts_with("\"not a url\" is no base URL"), "{broken}");
}

/// Comes back once, as a database would.
struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[derive(Debug, Default)]
struct Tables {
    devices: BTreeMap<String, String>,
    state: Option<String>,
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Flaw {
    None,
    StateLater,
    DevicesLater,
    NeverRemoves,
    CutsState,
    KeepsFirst,
    Forgets,
    Fails,
}

#[derive(Debug, Clone)]
struct Memory {
    tables: Arc<Mutex<Tables>>,
    flaw: Flaw,
}

#[async_trait::async_trait]
impl Store for Memory {
    async fn load(&mut self) -> Result<Option<String>, BoxError> {
        Ok(self.tables.lock().unwrap().state.clone())
    }

    async fn commit(&mut self, devices: &[StoredDevice], removed: &[String], state: &str) -> Result<(), BoxError> {
        let write_state = |state: &str| {
            let length = if self.flaw == Flaw::CutsState { state.len().min(16_384) } else { state.len() };
            self.tables.lock().unwrap().state = Some(state[..length].to_owned());
        };
        let write_devices = || {
            let mut tables = self.tables.lock().unwrap();
            for StoredDevice { serial, json } in devices {
                if self.flaw == Flaw::KeepsFirst {
                    tables.devices.entry(serial.clone()).or_insert_with(|| json.clone());
                } else {
                    tables.devices.insert(serial.clone(), json.clone());
                }
            }
            if self.flaw != Flaw::NeverRemoves {
                tables.devices.retain(|serial, _| !removed.contains(serial));
            }
        };
        Pause(false).await;
        match self.flaw {
            Flaw::Fails => return Err("the disk is full".into()),
            Flaw::Forgets if devices.is_empty() => {}
            Flaw::StateLater => {
                write_devices();
                Pause(false).await;
                write_state(state);
            }
            Flaw::DevicesLater => {
                write_state(state);
                Pause(false).await;
                write_devices();
            }
            _ => {
                write_devices();
                write_state(state);
            }
        }
        Pause(false).await;
        Ok(())
    }

    async fn list(&mut self) -> Result<Vec<StoredDevice>, BoxError> {
        let rows = self.tables.lock().unwrap().devices.clone();
        Ok(rows.into_iter().map(|(serial, json)| StoredDevice { serial, json }).collect())
    }
}

fn check(flaw: Flaw) -> Result<(), contract::Broken> {
    let memory = Memory { tables: Arc::default(), flaw };
    pollster::block_on(contract::store(|| async { Ok(memory.clone()) }))
}

#[test]
fn a_store_in_one_transaction_keeps_the_contract() {
    check(Flaw::None).unwrap();
}

#[test]
fn every_mistake_of_a_store_is_named() {
    for (flaw, sentence) in [
        (
            Flaw::StateLater,
            "a commit that was dropped after 2 polls has stored the device and not the state: put both into one transaction",
        ),
        (
            Flaw::DevicesLater,
            "a commit that was dropped after 2 polls has stored the state and not the device: put both into one transaction",
        ),
        (
            Flaw::NeverRemoves,
            "after devices were changed, added and removed in one commit, one of them twice: 1001 devices are listed, and \
             1000 should be",
        ),
        (
            Flaw::CutsState,
            "after a commit and opening again: the state is not as it was stored: it differs from byte 16384 on (16384 bytes \
             instead of 20052)",
        ),
        (
            Flaw::KeepsFirst,
            "after devices were changed, added and removed in one commit, one of them twice: device C020000001 should have \
             \"{\\\"note\\\":\\\"later\\\"}\" and has \"{\\\"note\\\":\\\"first\\\"}\"",
        ),
        (
            Flaw::Forgets,
            "after a commit without devices: the state is not as it was stored: it differs from byte 15 on (20052 bytes \
             instead of 20052)",
        ),
        (Flaw::Fails, "the store failed: the disk is full"),
    ] {
        let broken = check(flaw).unwrap_err();
        assert!(broken.sentences.iter().any(|told| told == sentence), "{flaw:?}: {sentence}\n{broken}");
    }
    let memory = Memory { tables: Arc::default(), flaw: Flaw::None };
    memory.tables.lock().unwrap().state = Some(String::new());
    let broken = pollster::block_on(contract::store(|| async { Ok(memory.clone()) })).unwrap_err();
    assert_eq!(broken.sentences, ["the storage is not empty at first: open one that nobody has used"]);
}
