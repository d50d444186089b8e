use std::borrow::Cow;

use super::super::device_ref::DeviceRef;

const NONE: u8 = 0xFF;
/// Four bytes of length follow.
const LONG: u8 = 0xFE;
/// Six bytes follow, written as pairs of lower- or upper-case digits with colons between.
const LOWER_MAC: u8 = 0xFD;
const UPPER_MAC: u8 = 0xFC;
/// Added to the number of digits from `0` to `F` that follow, two in a byte.
const DIGITS: u8 = 0x80;

/// The hardware ids of a device, packed: addresses and numbers of digits take half their length; what has another form stands
/// as it is. `None` where there are none.
pub(super) fn pack(device: &DeviceRef<'_>) -> Option<Box<[u8]>> {
    let texts =
        [device.wifi_mac_address(), device.bluetooth_mac_address(), device.ethernet_mac_address(), device.eid()];
    let lists = [device.imei(), device.meid()];
    if texts.iter().all(Option::is_none) && lists.iter().all(Option::is_none) {
        return None;
    }
    let mut bytes = Vec::with_capacity(96);
    for text in texts {
        pack_text(&mut bytes, text);
    }
    for list in lists {
        match list {
            None => bytes.push(NONE),
            Some(list) => {
                pack_length(&mut bytes, list.len(), NONE - 2);
                for text in list {
                    pack_text(&mut bytes, Some(text));
                }
            }
        }
    }
    Some(bytes.into())
}

/// Gives a device its hardware ids.
pub(super) fn unpack<'t>(device: &mut DeviceRef<'t>, mut packed: &'t [u8]) {
    device.wifi_mac_address = unpack_text(&mut packed);
    device.bluetooth_mac_address = unpack_text(&mut packed);
    device.ethernet_mac_address = unpack_text(&mut packed);
    device.eid = unpack_text(&mut packed);
    device.imei = unpack_list(&mut packed);
    device.meid = unpack_list(&mut packed);
}

fn pack_length(bytes: &mut Vec<u8>, length: usize, most: u8) {
    match u8::try_from(length) {
        Ok(length) if length <= most => bytes.push(length),
        // No text of a page is longer than the page.
        _ => {
            bytes.push(LONG);
            bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
    }
}

fn pack_text(bytes: &mut Vec<u8>, text: Option<&str>) {
    let Some(text) = text else { return bytes.push(NONE) };
    for (mark, upper) in [(LOWER_MAC, false), (UPPER_MAC, true)] {
        if let Some(mac) = mac(text, upper) {
            bytes.push(mark);
            return bytes.extend(mac);
        }
    }
    match u8::try_from(text.len()) {
        Ok(length @ 1..0x70) if text.bytes().all(|byte| digit(byte, true).is_some()) => {
            bytes.push(DIGITS | length);
            let value = |byte: &u8| digit(*byte, true).unwrap_or_default();
            bytes.extend(text.as_bytes().chunks(2).map(|pair| {
                pair.iter().map(value).fold(0, |byte, value| byte << 4 | value) << if pair.len() < 2 { 4 } else { 0 }
            }));
        }
        _ => {
            pack_length(bytes, text.len(), DIGITS - 1);
            bytes.extend(text.as_bytes());
        }
    }
}

/// The bytes of an address, where it would be written the same way again.
fn mac(text: &str, upper: bool) -> Option<[u8; 6]> {
    let mut mac = [0; 6];
    let mut parts = text.split(':');
    for byte in &mut mac {
        let [high, low] = *parts.next()?.as_bytes() else { return None };
        *byte = digit(high, upper)? << 4 | digit(low, upper)?;
    }
    parts.next().is_none().then_some(mac)
}

fn digit(byte: u8, upper: bool) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' if upper => Some(byte - b'A' + 10),
        b'a'..=b'f' if !upper => Some(byte - b'a' + 10),
        _ => None,
    }
}

fn write_digits(text: &mut String, byte: u8, upper: bool) {
    for digit in [byte >> 4, byte & 15] {
        let letter = if upper { b'A' } else { b'a' };
        text.push(char::from(if digit < 10 { b'0' + digit } else { letter + digit - 10 }));
    }
}

/// The first of the packed bytes.
fn take<'t>(packed: &mut &'t [u8], length: usize) -> Option<&'t [u8]> {
    let (head, rest) = packed.split_at_checked(length)?;
    *packed = rest;
    Some(head)
}

fn unpack_length(packed: &mut &[u8], mark: u8) -> Option<usize> {
    match mark {
        LONG => usize::try_from(u32::from_le_bytes(take(packed, 4)?.try_into().ok()?)).ok(),
        length => Some(usize::from(length)),
    }
}

fn unpack_text<'t>(packed: &mut &'t [u8]) -> Option<Cow<'t, str>> {
    let mark = *take(packed, 1)?.first()?;
    let mut text = String::with_capacity(32);
    match mark {
        NONE => return None,
        LOWER_MAC | UPPER_MAC => {
            for byte in take(packed, 6)? {
                if !text.is_empty() {
                    text.push(':');
                }
                write_digits(&mut text, *byte, mark == UPPER_MAC);
            }
        }
        DIGITS..UPPER_MAC => {
            let length = usize::from(mark & !DIGITS);
            take(packed, length.div_ceil(2))?.iter().for_each(|byte| write_digits(&mut text, *byte, true));
            text.truncate(length);
        }
        _ => {
            let length = unpack_length(packed, mark)?;
            return str::from_utf8(take(packed, length)?).ok().map(Cow::Borrowed);
        }
    }
    Some(Cow::Owned(text))
}

fn unpack_list<'t>(packed: &mut &'t [u8]) -> Option<Vec<Cow<'t, str>>> {
    let mark = *take(packed, 1)?.first()?;
    if mark == NONE {
        return None;
    }
    let length = unpack_length(packed, mark)?;
    Some((0..length).map_while(|_| unpack_text(packed)).collect())
}
