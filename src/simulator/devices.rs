//! `/server/devices`, `/devices/sync`, `/devices`, `/devices/disown`.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::Serialize;
use serde_json::json;

use super::body::Body;
use super::cursor::Cursor;
use super::device::Trouble;
use super::organisation::Server;
use super::service::{Call, Refused, Reply};
use super::time::Iso;
use super::wire::Row;
use super::world::World;

#[derive(Debug, Serialize)]
struct Page<'d> {
    cursor: String,
    devices: Vec<Row<'d>>,
    fetched_until: Iso,
    more_to_follow: bool,
}

impl Page<'_> {
    fn reply(&self) -> Result<Reply, Refused> {
        Reply::long_json(self, self.devices.len().saturating_mul(512).saturating_add(256))
    }
}

impl World {
    /// The whole list, in the order in which the devices came to the server.
    ///
    /// A device that arrives while the list is being read goes to its end; one that leaves is told by a later sync.
    pub(super) fn fetch(&self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        let limit = self.page_size(&body)?;
        let server = self.caller(call)?;
        let start = match self.cursor(&body, server)? {
            None => Cursor { place: 0, changes: server.changes.len() as u64, issued: self.now, fetching: true },
            Some(cursor) if !cursor.fetching => return Err(Refused::bad("EXHAUSTED_CURSOR")),
            Some(cursor) if self.is_old(&cursor) => return Err(Refused::bad("INVALID_CURSOR")),
            Some(cursor) => cursor,
        };
        let mut rest = server.places.range((Bound::Excluded(start.place), Bound::Unbounded));
        let mut place = start.place;
        let mut until = self.now;
        let mut devices = Vec::with_capacity(limit.min(server.places.len()));
        for (at, serial) in rest.by_ref().take(limit) {
            place = *at;
            if let Some(device) = self.devices.get(serial) {
                until = device.assigned_date;
                devices.push(Row::full(device, call.protocol));
            }
        }
        let more_to_follow = rest.next().is_some();
        let next = Cursor { place, issued: self.now, fetching: more_to_follow, ..start };
        let page = Page {
            cursor: next.encode(self.cursor_key, &server.uuid),
            devices,
            fetched_until: Iso(if more_to_follow { until } else { self.now }),
            more_to_follow,
        };
        page.reply()
    }

    /// What has happened since the cursor was given, oldest first.
    ///
    /// The cursor of a list that was not read to its end is `INVALID_CURSOR`: going on from it would lose the rest.
    pub(super) fn sync(&self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        let limit = self.page_size(&body)?;
        let server = self.caller(call)?;
        let start = match self.cursor(&body, server)? {
            None => return Err(Refused::bad("CURSOR_REQUIRED")),
            Some(cursor) if cursor.fetching => return Err(Refused::bad("INVALID_CURSOR")),
            Some(cursor) if self.is_old(&cursor) => return Err(Refused::bad("EXPIRED_CURSOR")),
            Some(cursor) => cursor,
        };
        let known = usize::try_from(start.changes).unwrap_or(usize::MAX);
        let news = server.changes.get(known..).unwrap_or_default();
        let page = news.get(..limit).unwrap_or(news);
        let more_to_follow = page.len() < news.len();
        let devices = page.iter().filter_map(|change| {
            let device = self.devices.get(&change.serial)?;
            Some(Row::change(device, change, &server.uuid, call.protocol))
        });
        let next = Cursor { changes: start.changes.saturating_add(page.len() as u64), issued: self.now, ..start };
        let until = page.last().filter(|_| more_to_follow).map_or(self.now, |change| change.at);
        let page = Page {
            cursor: next.encode(self.cursor_key, &server.uuid),
            devices: devices.collect(),
            fetched_until: Iso(until),
            more_to_follow,
        };
        page.reply()
    }

    pub(super) fn details(&self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        let rows = body.serials()?.into_iter().map(|serial| {
            let row = match self.accessible(&call.server, serial) {
                Some(device) => Row::full(device, call.protocol).with_status("SUCCESS"),
                None => Row::bare(serial).with_status("NOT_ACCESSIBLE"),
            };
            (serial, row)
        });
        let devices: BTreeMap<&str, Row<'_>> = rows.collect();
        Reply::json(&json!({ "devices": devices }))
    }

    /// Devices leave the organisation for good.
    pub(super) fn disown(&mut self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        let mut devices = BTreeMap::new();
        for serial in body.serials()? {
            let status = match self.accessible(&call.server, serial) {
                None => "NOT_ACCESSIBLE",
                Some(device) if device.trouble == Some(Trouble::Failing) => "FAILED",
                Some(_) => {
                    self.release(serial);
                    "SUCCESS"
                }
            };
            // A serial that is named twice was released by this very call.
            devices.entry(serial).or_insert(status);
        }
        Reply::json(&json!({ "devices": devices }))
    }

    pub(super) fn caller(&self, call: &Call<'_>) -> Result<&Server, Refused> {
        self.server(&call.server).ok_or(Refused::new(403, "FORBIDDEN"))
    }

    /// The page size: what was asked for, at most what `/account` advertises.
    fn page_size(&self, body: &Body) -> Result<usize, Refused> {
        let asked = body.integer("limit")?.and_then(|limit| u32::try_from(limit).ok()).filter(|limit| *limit > 0);
        let size = asked.unwrap_or(self.settings.page_size_unasked).clamp(1, self.settings.page_limit.maximum.max(1));
        Ok(usize::try_from(size).unwrap_or(usize::MAX))
    }

    fn cursor(&self, body: &Body, server: &Server) -> Result<Option<Cursor>, Refused> {
        match body.text("cursor")? {
            None | Some("") => Ok(None),
            Some(text) => {
                let cursor = Cursor::decode(text, self.cursor_key, &server.uuid);
                cursor.map(Some).ok_or(Refused::bad("INVALID_CURSOR"))
            }
        }
    }

    fn is_old(&self, cursor: &Cursor) -> bool {
        (self.now - cursor.issued).num_seconds() > i64::from(self.settings.cursor_seconds)
    }
}
