//! What a binary list names, before the parser loads it.

/// Of the trailer: the width of an offset, that of a reference, the number of objects, the outermost one, and where their offsets are.
const TRAILER: usize = 32;

/// Whether the arrays and dictionaries of a binary list name more values than this, all taken together.
///
/// The parser loads the references of a collection at once when it comes to it, eight bytes and more for each, and one within another
/// stays loaded: lists that share their bytes would cost a multiple of the input at each level. What a list can be read as has at least as many
/// values as its collections name, so nothing is refused here that would be read. What is not in order is left to the parser, which looks at
/// the same places before it loads anything, and says why.
pub(super) fn names_more_than(bytes: &[u8], most: usize) -> bool {
    let Some(list) = List::read(bytes) else { return false };
    // Each object is a value.
    if list.offsets.len() / list.offset_size > most {
        return true;
    }
    let mut named = 0_usize;
    list.offsets.chunks_exact(list.offset_size).any(|offset| {
        named = named.saturating_add(list.named_at(number(offset)));
        named >= most
    })
}

struct List<'b> {
    /// All in front of the trailer.
    body: &'b [u8],
    /// The offsets of the objects, one behind the other.
    offsets: &'b [u8],
    offset_size: usize,
    reference_size: usize,
}

impl<'b> List<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let (body, trailer) = bytes.split_at_checked(bytes.len().checked_sub(TRAILER)?)?;
        let [offset_size, reference_size] = *trailer.get(6..8)?.first_chunk()?;
        let offset_size = usize::from(offset_size);
        let count = number(trailer.get(8..16)?);
        let table = number(trailer.get(24..32)?);
        let offsets = body.get(table..table.checked_add(count.checked_mul(offset_size)?)?)?;
        (offset_size > 0).then_some(Self { body, offsets, offset_size, reference_size: reference_size.into() })
    }

    /// How many keys and values the object at this place names: none unless it is an array or a dictionary that fits in.
    fn named_at(&self, offset: usize) -> usize {
        self.collection(offset).unwrap_or(0)
    }

    fn collection(&self, offset: usize) -> Option<usize> {
        let [first, rest @ ..] = self.body.get(offset..)? else { return None };
        let each = match first >> 4 {
            0xA => 1,
            0xD => 2,
            _ => return None,
        };
        let length = match first & 0x0F {
            0x0F => {
                let [width, rest @ ..] = rest else { return None };
                number(rest.get(..1 << (width & 3))?)
            }
            short => usize::from(short),
        };
        let end = offset.checked_add(length.checked_mul(self.reference_size)?)?;
        (end <= self.body.len()).then(|| length.saturating_mul(each))
    }
}

/// A number, its first byte the highest; a very large one where it has no room.
fn number(bytes: &[u8]) -> usize {
    let shift = |sum: usize, byte: &u8| sum.checked_mul(256)?.checked_add(usize::from(*byte));
    bytes.iter().try_fold(0_usize, shift).unwrap_or(usize::MAX)
}
