//! The way to the simulated service: answers take their time, and some rows and keys are spoilt.

use std::sync::{Arc, Mutex};

use apple_ade::error::TransportError;
use apple_ade::simulator::Simulator;
use apple_ade::transport::{BlockingTransport, Request, Response};
use chrono::TimeDelta;
use serde_json::Value;

/// What happens to a page, beyond what the simulator does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Spoilt {
    /// A row has nothing that can be read.
    Blind(u8),
    /// A row has a serial number, and cannot be read.
    Named(u8),
    /// `more_to_follow` is a text.
    MoreIsText,
    /// `more_to_follow` is missing.
    MoreIsMissing,
    /// `cursor` is missing.
    NoCursor,
}

#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) apple: Simulator,
    /// For the pages that come next, from the last to the first.
    pub(crate) spoilt: Arc<Mutex<Vec<Spoilt>>>,
}

impl BlockingTransport for Line {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        let is_page = matches!(request.uri().path(), "/server/devices" | "/devices/sync");
        let answer = self.apple.answer(&request);
        self.apple.with_world(|world| world.advance(TimeDelta::from_std(answer.delay).unwrap()));
        let mut response = answer.result.map_err(TransportError::new)?;
        let page = serde_json::from_slice(response.body()).ok().filter(|_| is_page && response.status() == 200);
        if let Some(page) = page
            && let Some(how) = self.spoilt.lock().unwrap().pop()
        {
            *response.body_mut() = spoil(page, how).into_bytes();
        }
        Ok(response)
    }
}

fn spoil(mut page: Value, how: Spoilt) -> String {
    let mut text = None;
    match how {
        Spoilt::MoreIsText => page["more_to_follow"] = page["more_to_follow"].to_string().into(),
        Spoilt::MoreIsMissing => drop(page.as_object_mut().map(|page| page.remove("more_to_follow"))),
        Spoilt::NoCursor => drop(page.as_object_mut().map(|page| page.remove("cursor"))),
        Spoilt::Blind(draw) | Spoilt::Named(draw) => {
            let rows = page["devices"].as_array_mut().unwrap();
            let place = usize::from(draw) % rows.len().max(1);
            if let Some(row) = rows.get_mut(place) {
                let serial = row["serial_number"].as_str().unwrap().to_owned();
                // JSON by hand: the key is there twice.
                let spoilt = format!(r#"{{"serial_number": "{serial}", "serial_number": 5}}"#);
                text = Some(if matches!(how, Spoilt::Named(_)) { spoilt } else { "7".to_owned() });
                *row = "SPOILT".into();
            }
        }
    }
    page.to_string().replace("\"SPOILT\"", &text.unwrap_or_default())
}
