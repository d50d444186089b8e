//! March: the district wants to join.
//!
//! The figures are Intune's (LIM-3, LIM-4). What a fleet costs and how it is divided is the schedule's to say; this file holds what the
//! walk needs of that, in [`split`].

use std::io::Write;

use apple_ade::error::BoxError;

use super::paper::Paper;
use super::school::School;
use crate::thousands::thousands;

/// How many devices a token should have at most.
const DEVICES_PER_TOKEN: u64 = 200_000;
/// How many devices a minute Apple delivers.
const DEVICES_PER_MINUTE: u64 = 3000;

pub(super) fn grow<W: Write>(paper: &mut Paper<W>, school: &School) -> Result<(), BoxError> {
    paper.month(school.now(), "the district wants to join")?;
    let district: u64 = 450_001;
    let minutes = district.div_ceil(DEVICES_PER_MINUTE);
    let (devices, most) = (thousands(district), thousands(DEVICES_PER_TOKEN));
    paper.decided("LIM-7", format!("{devices} devices under one token: a full fetch of {minutes} minutes"))?;
    paper.decided("LIM-4", format!("more than the {most} that a token should have: a warning, since it works"))?;
    let shares = split(district);
    paper.expect(shares.iter().sum::<u64>() == district, "devices are lost in the division")?;
    paper.expect(shares.iter().all(|share| *share <= DEVICES_PER_TOKEN), "a share is too large")?;
    let shares: Vec<String> = shares.into_iter().map(thousands).collect();
    paper.decided("LIM-5", format!("divided over {} tokens: {}", shares.len(), shares.join(", ")))?;
    Ok(())
}

/// As few tokens as it takes, with as even shares as can be.
fn split(devices: u64) -> Vec<u64> {
    let tokens = devices.div_ceil(DEVICES_PER_TOKEN).max(1);
    (0..tokens).map(|place| devices / tokens + u64::from(place < devices % tokens)).collect()
}
