//! The library's own test of stores, over ours.

use std::task::{Context, Poll, Waker};

use apple_ade::error::BoxError;
use apple_ade::simulator::contract::{self, StoredDevice};
use apple_ade_apps::store::{Database, Store, StoreError, Write};
use async_trait::async_trait;
use chrono::TimeDelta;

struct Adapter<D>(Store<D>);

const TOKEN: &str = "token";

#[async_trait]
impl<D: Database + Send> contract::Store for Adapter<D> {
    async fn load(&mut self) -> Result<Option<String>, BoxError> {
        Ok(self.0.state(TOKEN)?)
    }

    async fn commit(&mut self, devices: &[StoredDevice], removed: &[String], state: &str) -> Result<(), BoxError> {
        let lease = self.0.take_over(TOKEN, "contract", TimeDelta::minutes(1))?;
        let put = devices.iter().map(|StoredDevice { serial, json }| Write::Put {
            serial: serial.clone(),
            json: json.clone(),
            profile: None,
        });
        let at = chrono::DateTime::UNIX_EPOCH;
        let removed = removed.iter().map(|serial| Write::Remove { serial: serial.clone(), at });
        Ok(self.0.commit(&lease, &put.chain(removed).collect::<Vec<_>>(), 1, state)?)
    }

    async fn list(&mut self) -> Result<Vec<StoredDevice>, BoxError> {
        let devices = self.0.devices(TOKEN)?.into_iter().filter(|device| device.removed_at.is_none());
        Ok(devices.map(|device| StoredDevice { serial: device.serial, json: device.json }).collect())
    }
}

pub(crate) fn keeps_the_contract<D: Database + Send>(open: impl Fn() -> Result<D, StoreError>) {
    let open = || async { Ok(Adapter(Store::new(open()?))) };
    let checked = std::pin::pin!(contract::store(open));
    match checked.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(checked) => checked.unwrap(),
        Poll::Pending => panic!("a store that blocks has nothing to wait for"),
    }
}
