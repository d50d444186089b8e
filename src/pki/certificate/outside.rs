//! What stands around the signed bytes of a certificate: an algorithm, the signature, and lengths. Nobody vouches for these.

use super::CertificateError;
use crate::pki::raw::{self, Element};

const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// The version in front of the number, explicit `[0]`.
const VERSION: u8 = 0xA0;

/// Whether there is one way alone to write what is not signed. The signed part is left as it came: its issuer has vouched for each byte.
pub(super) fn check(der: &[u8]) -> Result<(), CertificateError> {
    let problem = |problem| Err(CertificateError::Outside { problem });
    let mut rest = der;
    let Some(outer) = raw::take(&mut rest).filter(|outer| outer.first == SEQUENCE && rest.is_empty()) else {
        return Err(CertificateError::Malformed);
    };
    let members: Vec<Element<'_>> = raw::members(outer.content).take(4).collect();
    let [signed, algorithm, signature] = members[..] else {
        return problem("has more or fewer members than three");
    };
    let length = members.iter().fold(0_usize, |sum, member| sum.saturating_add(member.whole.len()));
    if length != outer.content.len() {
        return problem("has bytes behind its signature");
    }
    if signature.first != BIT_STRING || !outer.has_der_length() || !signature.has_der_length() {
        return problem("is not written in DER");
    }
    // The number comes first, or behind the version, and the algorithm follows it.
    let named = raw::members(signed.content).find(|member| member.first != VERSION && member.first != INTEGER);
    if named.is_none_or(|named| named.whole != algorithm.whole) {
        return problem("names another algorithm than the signed one");
    }
    Ok(())
}
