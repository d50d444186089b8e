//! `/server/devices`, `/devices/sync`, `/devices`, `/devices/disown`.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::{Serialize, Serializer};
use serde_json::json;

use super::body::Body;
use super::cursor::Cursor;
use super::device::Trouble;
use super::organisation::Server;
use super::service::{Call, Refused, Reply};
use super::time::Iso;
use super::wire::Row;
use super::world::World;

/// The bytes of a long row.
const ROW: usize = 700;

#[derive(Serialize)]
#[serde(bound = "I: Iterator<Item = Row<'d>> + Clone")]
struct Page<'d, I: Iterator<Item = Row<'d>>> {
    cursor: String,
    devices: Rows<I>,
    fetched_until: Iso,
    more_to_follow: bool,
}

/// Rows that are made while they are written.
struct Rows<I>(I);

impl<'d, I: Iterator<Item = Row<'d>> + Clone> Serialize for Rows<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

impl<'d, I: Iterator<Item = Row<'d>> + Clone> Page<'d, I> {
    /// The answer, for about so many rows.
    fn reply(&self, rows: usize) -> Result<Reply, Refused> {
        Reply::long_json(self, rows.saturating_mul(ROW).saturating_add(256))
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
        let rest = server.places.range((Bound::Excluded(start.place), Bound::Unbounded));
        let mut ahead = rest.clone();
        let last = ahead.by_ref().take(limit).last();
        let more_to_follow = ahead.next().is_some();
        let place = last.map_or(start.place, |(place, _)| *place);
        let until = last.filter(|_| more_to_follow).and_then(|(_, slot)| self.devices.at(*slot));
        let next = Cursor { place, issued: self.now, fetching: more_to_follow, ..start };
        let devices = rest.take(limit).filter_map(|(_, slot)| self.devices.at(*slot));
        let page = Page {
            cursor: next.encode(self.cursor_key, &server.uuid),
            devices: Rows(devices.map(|device| Row::full(device, call.protocol))),
            fetched_until: Iso(until.map_or(self.now, |device| device.assigned_date)),
            more_to_follow,
        };
        page.reply(limit.min(server.places.len()))
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
        let told = news.get(..limit).unwrap_or(news);
        let more_to_follow = told.len() < news.len();
        let devices = told.iter().filter_map(|change| {
            let device = self.devices.get(&change.serial)?;
            Some(Row::change(device, change, &server.uuid, call.protocol))
        });
        let next = Cursor { changes: start.changes.saturating_add(told.len() as u64), issued: self.now, ..start };
        let until = told.last().filter(|_| more_to_follow).map_or(self.now, |change| change.at);
        let page = Page {
            cursor: next.encode(self.cursor_key, &server.uuid),
            devices: Rows(devices),
            fetched_until: Iso(until),
            more_to_follow,
        };
        page.reply(told.len())
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
