//! What the first bytes of an image say of it: PNG (RFC 2083) and JPEG (ITU-T T.81, annex B).

use super::logo::LogoFormat;

/// Format, width and height.
pub(super) fn header(image: &[u8]) -> Option<(LogoFormat, u32, u32)> {
    if let Some(chunks) = image.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        let (width, height) = png(chunks)?;
        return Some((LogoFormat::Png, width, height));
    }
    let (width, height) = jpeg(image)?;
    Some((LogoFormat::Jpeg, width, height))
}

/// Reads big-endian numbers off the front.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take::<2>().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take::<4>().map(u32::from_be_bytes)
    }

    fn skip(&mut self, length: usize) -> Option<()> {
        self.0 = self.0.get(length..)?;
        Some(())
    }
}

/// The first chunk of a PNG file is `IHDR`, which begins with the size.
fn png(chunks: &[u8]) -> Option<(u32, u32)> {
    let mut bytes = Bytes(chunks);
    let (length, kind) = (bytes.u32()?, bytes.take::<4>()?);
    let (width, height) = (bytes.u32()?, bytes.u32()?);
    (length == 13 && &kind == b"IHDR" && width > 0 && height > 0).then_some((width, height))
}

/// A JPEG file is a row of segments; the size is in the one that starts a frame.
fn jpeg(image: &[u8]) -> Option<(u32, u32)> {
    let mut bytes = Bytes(image);
    (bytes.u16()? == 0xFFD8).then_some(())?;
    loop {
        (bytes.u8()? == 0xFF).then_some(())?;
        let mut marker = bytes.u8()?;
        while marker == 0xFF {
            marker = bytes.u8()?;
        }
        match marker {
            // A frame, of whatever kind: not DHT (C4), JPG (C8) and DAC (CC).
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let (_length, _precision) = (bytes.u16()?, bytes.u8()?);
                let (height, width) = (bytes.u16()?, bytes.u16()?);
                return (width > 0 && height > 0).then_some((width.into(), height.into()));
            }
            // Markers without a segment.
            0x01 | 0xD0..=0xD7 => {}
            // The image's data, or its end, without a frame before.
            0x00 | 0xD8 | 0xD9 | 0xDA => return None,
            _ => {
                let length = usize::from(bytes.u16()?);
                bytes.skip(length.checked_sub(2)?)?;
            }
        }
    }
}
