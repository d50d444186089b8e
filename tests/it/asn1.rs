//! A message taken apart into elements, changed, and put together again, for what no program would make.

use apple_ade::pki::der::ber_to_der;

/// An element of DER.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Leaf(u8, Vec<u8>),
    Inner(u8, Vec<Self>),
}

impl Node {
    /// The one element of these bytes, in BER or DER.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let der = ber_to_der(bytes).unwrap();
        let mut rest = &der[..];
        let node = Self::take(&mut rest);
        assert!(rest.is_empty());
        node
    }

    fn take(rest: &mut &[u8]) -> Self {
        let tag = rest[0];
        let (header, length) = match rest[1] {
            short @ ..0x80 => (2, usize::from(short)),
            long => {
                let count = usize::from(long & 0x7F);
                (2 + count, rest[2..2 + count].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
            }
        };
        let mut content = &rest[header..header + length];
        *rest = &rest[header + length..];
        if tag & 0x20 == 0 {
            return Self::Leaf(tag, content.to_vec());
        }
        let mut members = Vec::new();
        while !content.is_empty() {
            members.push(Self::take(&mut content));
        }
        Self::Inner(tag, members)
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let (tag, content) = match self {
            Self::Leaf(tag, content) => (*tag, content.clone()),
            Self::Inner(tag, members) => (*tag, members.iter().flat_map(Self::write).collect()),
        };
        let mut out = vec![tag];
        if content.len() < 0x80 {
            out.push(u8::try_from(content.len()).unwrap());
        } else {
            let digits: Vec<u8> = content.len().to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(digits.len()).unwrap());
            out.extend(digits);
        }
        out.extend(content);
        out
    }

    /// The members of a constructed element.
    pub(crate) fn members(&mut self) -> &mut Vec<Self> {
        match self {
            Self::Inner(_, members) => members,
            Self::Leaf(tag, _) => panic!("{tag} has no members"),
        }
    }

    /// The content of a primitive one.
    pub(crate) fn content(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Leaf(_, content) => content,
            Self::Inner(tag, _) => panic!("{tag} is constructed"),
        }
    }

    /// The element at this path of places.
    pub(crate) fn at(&mut self, path: &[usize]) -> &mut Self {
        path.iter().fold(self, |node, place| &mut node.members()[*place])
    }
}
