//! March: the district wants to join.

use std::io::Write;

use apple_ade::error::BoxError;
use apple_ade::schedule::{AccountUse, Limits, TokenUse};

use super::paper::Paper;
use super::school::School;
use crate::thousands::thousands;

pub(super) fn grow<W: Write>(paper: &mut Paper<W>, school: &School) -> Result<(), BoxError> {
    paper.month(school.now(), "the district wants to join")?;
    let limits = Limits::DEFAULT;
    let (district, most) = (450_001, limits.devices_per_token.get());
    let minutes = limits.full_fetch(district).num_minutes();
    paper.decided(
        "LIM-7",
        format!("{} devices under one token: a full fetch of {minutes} minutes", thousands(district)),
    )?;
    let alone = limits.check(&AccountUse::new([TokenUse::new("district", district)]));
    paper.expect(!alone.has_errors() && alone.len() == 1, "the size of a token is a warning")?;
    paper.decided(
        "LIM-4",
        format!("more than the {} that a token should have: a warning, since it works", thousands(most)),
    )?;
    let shares = limits.split_evenly(district);
    paper.expect(shares.sizes().sum::<u64>() == district, "devices are lost in the division")?;
    let tokens = shares.sizes().map(|share| TokenUse::new("part", share));
    paper.expect(limits.check(&AccountUse::new(tokens)).is_empty(), "a share is too large")?;
    let shares: Vec<String> = shares.sizes().map(thousands).collect();
    paper.decided("LIM-5", format!("divided over {} tokens: {}", shares.len(), shares.join(", ")))?;
    Ok(())
}
