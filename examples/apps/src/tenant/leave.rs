//! August again: the school leaves, and the token goes.

use std::collections::BTreeSet;
use std::io::Write;

use apple_ade::error::BoxError;
use apple_ade::id::SerialNumber;
use apple_ade::program::lifecycle::Event;
use apple_ade::program::tokens::{DeletionBlocker, DeletionStep, TokenUse, Tombstones};

use super::paper::Paper;
use super::profiles::Shelf;
use super::school::School;
use crate::thousands::thousands;

/// What hangs on the token.
fn in_use(school: &School, shelf: &Shelf) -> Result<TokenUse, BoxError> {
    let default = shelf.book.default_profile();
    let has_default = |uuid| default.as_ref().is_some_and(|default| default.uuid() == uuid);
    let on_default = school.store.values().filter_map(|entry| entry.device.profile_uuid.as_ref());
    let on_default = on_default.filter(|uuid| has_default(*uuid)).count();
    Ok(shelf.book.token_use(u64::try_from(school.store.len())?, u64::try_from(on_default)?))
}

pub(super) fn leave<W: Write>(school: &mut School, shelf: &mut Shelf, paper: &mut Paper<W>) -> Result<(), BoxError> {
    school.days(31)?;
    paper.month(school.now(), "the token goes")?;
    let mut hanging = in_use(school, shelf)?;
    match hanging.may_be_deleted() {
        Err(blockers) => {
            for blocker in &blockers {
                let requirement = if matches!(blocker, DeletionBlocker::Profiles { .. }) { "ASG-11" } else { "TOK-22" };
                paper.decided(requirement, format!("not yet: {blocker}"))?;
            }
        }
        Ok(()) => paper.expect(false, "a token goes with its devices")?,
    }
    let plan = hanging.deletion_plan();
    paper.decided("TOK-23", "in this order it can be deleted:")?;
    paper.block(&plan)?;

    let mut tombstones = Tombstones::default();
    for step in plan.steps() {
        match step {
            DeletionStep::RemoveDevices { .. } => remove_devices(school, paper)?,
            DeletionStep::DeleteProfile { name } => shelf.book.delete(name)?,
            DeletionStep::DeleteToken => {
                hanging.may_be_deleted()?;
                let identity = school.record.identity();
                paper.expect(tombstones.bury(identity, school.now()), "it was deleted before")?;
                paper.expect(!tombstones.bury(identity, school.now()), "it is deleted twice")?;
                paper.decided(
                    "ORG-24",
                    "the token is deleted, its key wiped; should a migration bring it back, it is known",
                )?;
            }
            _ => paper.note(format!("what is left to do: {step}"))?,
        }
        hanging = hanging.after(step);
    }
    paper.expect(in_use(school, shelf)? == TokenUse::default(), "something hangs on the token still")?;
    Ok(())
}

/// First retired and off the server in Apple's portal, then deleted here.
fn remove_devices<W: Write>(school: &mut School, paper: &mut Paper<W>) -> Result<(), BoxError> {
    let all: BTreeSet<SerialNumber> = school.store.keys().cloned().collect();
    let mut retired = 0_usize;
    for serial in &all {
        if school.store.get(serial).is_some_and(|entry| entry.life.is_managed()) {
            school.tell(serial.as_str(), Event::Retired)?;
            retired += 1;
        }
        school.apple.with_world(|world| world.unassign_device(serial.as_str()));
    }
    paper.decided(
        "LIF-7",
        format!("{} devices are retired from the console, and not on the device", thousands(retired)),
    )?;
    school.days(1)?;
    for serial in &all {
        school.tell(serial.as_str(), Event::DeletedHere)?;
    }
    school.days(8)?;
    paper.expect(school.store.is_empty(), "devices are left, or have come back")?;
    paper.decided("DEV-11", "the devices are off the server, deleted here, and stay away")?;
    Ok(())
}
