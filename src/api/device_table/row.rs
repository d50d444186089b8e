use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::super::device_ref::DeviceRef;
use super::index::{NONE, Pool};
use super::texts::Texts;
use crate::json::{Id, Time};

/// A device, but for its hardware ids: 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) serial: Serial,
    words: Words,
    /// Assigned, pushed, to this server, operation, migration.
    times: [u32; 5],
}

/// What stands elsewhere, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Words {
    /// Model, description, colour, family, operating system: few of each, and few of them together.
    kind: u32,
    /// The statuses, who assigned it, and the flags.
    state: u32,
    asset_tag: u32,
    profile: u32,
}

impl Row {
    /// Whether something that stands elsewhere may be needed no more when the row becomes another.
    pub(super) fn leaves(&self, to: &Self) -> bool {
        self.words != to.words || self.times.iter().any(|time| (ELSEWHERE..NONE).contains(time))
    }
}

/// A serial number of up to twelve bytes, or behind a first byte of 0 the number of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Serial([u8; 12]);

impl Serial {
    /// `None` where it has to stand elsewhere.
    pub(super) fn short(text: &str) -> Option<Self> {
        let mut bytes = [0; 12];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        (!text.contains('\0')).then_some(Self(bytes))
    }

    fn long(id: u32) -> Self {
        let [a, b, c, d] = id.to_le_bytes();
        Self([0, a, b, c, d, 0, 0, 0, 0, 0, 0, 0])
    }

    pub(super) fn text<'t>(&'t self, texts: &'t Texts) -> Option<&'t str> {
        if let [0, a, b, c, d, ..] = self.0 {
            return texts.get(u32::from_le_bytes([a, b, c, d]));
        }
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        str::from_utf8(self.0.get(..length)?).ok()
    }

    /// In the order of their texts.
    pub(super) fn order(&self, other: &Self, texts: &Texts) -> Ordering {
        match (self.0, other.0) {
            ([0, ..], _) | (_, [0, ..]) => self.text(texts).cmp(&other.text(texts)),
            (one, other) => one.cmp(&other),
        }
    }
}

/// What rows have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) texts: Texts,
    kinds: Pool<5>,
    states: Pool<5>,
    /// Seconds since 1970 (the lower, then the upper half) and nanoseconds, of times that are not a whole second from 1970 to 2097.
    times: Pool<3>,
}

/// Seconds from here on are numbers of times that stand elsewhere.
const ELSEWHERE: u32 = 0xF000_0000;

impl Shared {
    /// `None` when there is no number left for something.
    pub(super) fn encode(&mut self, device: &DeviceRef<'_>) -> Option<Row> {
        let serial = match Serial::short(&device.serial_number) {
            Some(serial) => serial,
            None => Serial::long(self.texts.intern(&device.serial_number)?),
        };
        let kind = [device.model(), device.description(), device.color(), device.device_family(), device.os()];
        let [model, description, color, family, os] = kind.map(|text| self.text(text));
        let state = [device.profile_status(), device.op_type(), device.response_status(), device.device_assigned_by()];
        let [profile_status, op_type, response_status, assigned_by] = state.map(|text| self.text(text));
        let flags = flag(device.is_replacement_device) | flag(device.released_by_replacement) << 2;
        let times = [
            device.profile_assign_time(),
            device.profile_push_time(),
            device.device_assigned_date(),
            device.op_date(),
            device.mdm_migration_deadline(),
        ];
        let [assign, push, assigned, op, migration] = times.map(|time| self.time(time));
        let times = [assign?, push?, assigned?, op?, migration?];
        let words = Words {
            kind: self.kinds.intern([model?, description?, color?, family?, os?])?,
            state: self.states.intern([profile_status?, op_type?, response_status?, assigned_by?, flags])?,
            asset_tag: self.text(device.asset_tag())?,
            profile: self.text(device.profile_uuid())?,
        };
        Some(Row { serial, words, times })
    }

    fn text(&mut self, text: Option<&str>) -> Option<u32> {
        text.map_or(Some(NONE), |text| self.texts.intern(text))
    }

    fn time(&mut self, time: Option<DateTime<Utc>>) -> Option<u32> {
        let Some(time) = time else { return Some(NONE) };
        let (seconds, nanoseconds) = (time.timestamp(), time.timestamp_subsec_nanos());
        match u32::try_from(seconds) {
            Ok(seconds) if seconds < ELSEWHERE && nanoseconds == 0 => Some(seconds),
            _ => {
                let bits = seconds.cast_unsigned();
                let (low, high) = (u32::try_from(bits & 0xFFFF_FFFF).ok()?, u32::try_from(bits >> 32).ok()?);
                let id = self.times.intern([low, high, nanoseconds])?;
                ELSEWHERE.checked_add(id).filter(|time| *time != NONE)
            }
        }
    }

    /// The device of a row, without its hardware ids.
    pub(super) fn decode<'t>(&'t self, row: &'t Row) -> Option<DeviceRef<'t>> {
        let mut device = DeviceRef::new(Cow::Borrowed(row.serial.text(&self.texts)?));
        let text = |id: u32| self.texts.get(id).map(Cow::Borrowed);
        let [model, description, color, family, os] = *self.kinds.get(row.words.kind)?;
        device.model = text(model);
        device.description = text(description);
        device.color = text(color);
        device.device_family = text(family);
        device.os = text(os);
        let [profile_status, op_type, response_status, assigned_by, flags] = *self.states.get(row.words.state)?;
        device.profile_status = text(profile_status);
        device.op_type = text(op_type);
        device.response_status = text(response_status);
        device.device_assigned_by = text(assigned_by);
        device.is_replacement_device = flag_of(flags);
        device.released_by_replacement = flag_of(flags >> 2);
        device.asset_tag = text(row.words.asset_tag);
        device.profile_uuid = text(row.words.profile).and_then(Id::new);
        let [assign, push, assigned, op, migration] = row.times.map(|time| self.time_of(time).map(Time::Read));
        device.profile_assign_time = assign;
        device.profile_push_time = push;
        device.device_assigned_date = assigned;
        device.op_date = op;
        device.mdm_migration_deadline = migration;
        Some(device)
    }

    fn time_of(&self, time: u32) -> Option<DateTime<Utc>> {
        match time {
            NONE => None,
            ELSEWHERE.. => {
                let [low, high, nanoseconds] = *self.times.get(time - ELSEWHERE)?;
                let seconds = (u64::from(high) << 32 | u64::from(low)).cast_signed();
                DateTime::from_timestamp(seconds, nanoseconds)
            }
            seconds => DateTime::from_timestamp(i64::from(seconds), 0),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.texts.bytes() + self.kinds.bytes() + self.states.bytes() + self.times.bytes()
    }
}

fn flag(flag: Option<bool>) -> u32 {
    flag.map_or(0, |flag| if flag { 2 } else { 1 })
}

fn flag_of(flags: u32) -> Option<bool> {
    match flags & 3 {
        0 => None,
        flag => Some(flag == 2),
    }
}
