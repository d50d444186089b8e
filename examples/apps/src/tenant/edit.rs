//! October: an edit and its price, a device that comes back, a device that is left alone.

use std::io::Write;

use apple_ade::assign::Planner;
use apple_ade::error::BoxError;
use apple_ade::profile::Pairing;
use apple_ade::program::lifecycle::{Event, Goal, PlanStep, State};
use apple_ade::program::profiles::plan_edit;
use apple_ade::simulator::{Family, World};
use apple_ade::sync::{Kind, Trigger};

use super::paper::Paper;
use super::profiles::{Shelf, class_ipads};
use super::school::School;
use crate::thousands::thousands;

pub(super) fn edit<W: Write>(school: &mut School, shelf: &mut Shelf, paper: &mut Paper<W>) -> Result<(), BoxError> {
    school.days(30)?;
    paper.month(school.now(), "an edit, and three devices")?;
    let old = class_ipads()?;
    let new = old.to_builder().department("Science").build()?;
    let uuid = shelf.book.get(old.name()).ok_or("it is defined")?.uuid().clone();
    let has_old = |entry: &&super::school::Entry| entry.device.profile_uuid.as_ref() == Some(&uuid);
    let devices = school.store.values().filter(has_old).count();
    let plan = plan_edit(&old, &new, u64::try_from(devices)?);
    let calls = plan.calls(1000);
    paper.decided("PRO-10", format!("the department changes, on {} devices: {calls} calls", thousands(devices)))?;
    paper.block(&plan)?;
    let named = new.to_builder().device_name("Class {{SERIAL}}".parse()?).build()?;
    let cheap = plan_edit(&new, &named, u64::try_from(devices)?);
    paper.expect(cheap.calls(1000) == 0, "a name template costs calls")?;
    paper.decided("PRO-7", format!("a template for names, in contrast, costs none: {cheap}"))?;
    let renamed = new.to_builder().name("Science iPads").build()?;
    if let (_, Some(renamed)) = shelf.book.clone().replace(old.name(), &renamed, "C1F1".parse()?)? {
        let lost = renamed.breaks_groups_of;
        paper.decided(
            "ORG-16",
            format!("not renamed as well: groups formed by the name {lost:?} would lose their devices"),
        )?;
    }

    // Carried out, and counted.
    school.apple.with_world(World::forget_calls);
    shelf.put(school, &new, Some(old.name()))?;
    let mut planner = Planner::new(shelf.rules.with_profiles(&shelf.profiles)?);
    school.look(&mut planner);
    let tally = school.carry_out(planner.finish().approve()?)?;
    let log = school.apple.with_world(|world| world.call_log());
    // A call that meets a session of last month is refused, and made once more.
    let answered = |call: &str| log.statuses(call).into_iter().filter(|status| *status == 200).count();
    let made = answered("POST /profile") + answered("POST /profile/devices");
    paper.expect(u64::try_from(made)? == calls && tally.done == devices, "the edit cost something else")?;
    let (later, at_set_up) = (thousands(tally.after_wipe), thousands(tally.at_set_up));
    paper.decided("ASG-9", format!("it took {made} calls; {later} wait for a wipe, {at_set_up} for being set up"))?;

    // One of them is erased at once.
    let serial = school.those(State::PendingReset).into_iter().next().ok_or("there are such devices")?;
    let life = school.store.get(&serial).ok_or("it is stored")?.life;
    let plan = life.plan(Goal::EnrollAnew, &Pairing::AllowAll);
    paper.decided("LIF-4", "one is needed with its new profile today:")?;
    paper.block(&plan)?;
    school.apple.with_world(|world| (world.wipe(serial.as_str()), world.activate(serial.as_str())));
    for event in plan.steps().iter().flat_map(PlanStep::events) {
        school.tell(serial.as_str(), *event)?;
    }
    school.days(1)?;
    let state = school.store.get(&serial).ok_or("it is stored")?.life.state();
    paper.expect(state == State::Enrolled, "the device did not enroll anew")?;
    Ok(())
}

/// Deleted here alone, it comes back; taken off the server first, it does not.
pub(super) fn delete_here<W: Write>(school: &mut School, paper: &mut Paper<W>) -> Result<(), BoxError> {
    let serial = school.those(State::Enrolled).into_iter().next().ok_or("there are such devices")?;
    let told = school.tell(serial.as_str(), Event::DeletedHere)?;
    paper.expect(told.is_some(), "nobody is warned")?;
    paper.decided("DEV-5", format!("{serial} was deleted here alone: it comes back with the next full fetch"))?;
    let before = school.reappeared;
    // Ask as early as it is allowed.
    if let apple_ade::sync::Decision::RefusedUntil { until, .. } =
        school.sync.ask(Kind::Full, Trigger::Manual, school.now())
    {
        paper.decided("SYN-8", format!("a full fetch now? not before {}", until.format("%-d %B, %H:%M")))?;
    }
    school.days(8)?;
    paper.expect(school.reappeared == before + 1, "it did not come back")?;
    let life = school.store.get(&serial).ok_or("it is back")?.life;
    let plan = life.plan(Goal::KeepAway, &Pairing::AllowAll);
    paper.decided("DEV-6", "it is back; this is how it stays away:")?;
    paper.block(&plan)?;
    for step in plan.steps() {
        match step {
            // The sync tells what happens in Apple's portal.
            PlanStep::UnassignAtApple => {
                school.apple.with_world(|world| world.unassign_device(serial.as_str()));
                school.days(1)?;
            }
            step => {
                for event in step.events() {
                    school.tell(serial.as_str(), *event)?;
                }
            }
        }
    }
    school.days(8)?;
    paper.expect(!school.store.contains_key(&serial), "it came back again")?;
    Ok(())
}

/// Enrolled by its user before Apple's profile came: that would end its management.
pub(super) fn leave_to_user<W: Write>(
    school: &mut School,
    shelf: &Shelf,
    paper: &mut Paper<W>,
) -> Result<(), BoxError> {
    let serial = school.apple.with_world(|world| {
        let serial = world.buy(Family::Iphone);
        let server = world.servers().next().map(|server| server.uuid.clone()).unwrap_or_default();
        world.move_device(&serial, &server);
        serial
    });
    school.days(1)?;
    for event in [Event::SetUp, Event::EnrolledByUser] {
        school.tell(&serial, event)?;
    }
    let mut planner = Planner::new(shelf.rules.with_profiles(&shelf.profiles)?);
    school.look(&mut planner);
    let plan = planner.finish();
    let hazard = plan.open_hazards().flat_map(|group| &group.hazards).map(ToString::to_string).next();
    let hazard = hazard.ok_or("nobody is warned")?;
    paper.decided("DEV-10", format!("the rules would give {serial} a profile: {hazard}"))?;
    let approved = plan.withhold_hazards();
    let withheld = approved.withheld().count();
    let tally = school.carry_out(approved)?;
    paper.expect(withheld == 1 && tally.unenrolled == 0, "a device lost its management")?;
    paper.decided("ASG-8", "it is left alone: nobody has confirmed that it is to lose its management")?;
    let life = school.store.get(serial.as_str()).ok_or("it is stored")?.life;
    paper.expect(life.is_managed(), "it is not managed any more")?;
    paper.decided("LIF-2", "should it have the profile one day:")?;
    paper.block(life.plan(Goal::Enroll, &Pairing::AllowAll))?;
    Ok(())
}
