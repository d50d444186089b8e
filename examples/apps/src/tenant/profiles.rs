//! September: profiles, and who gets which.

use std::io::Write;

use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery, UserAffinity, Vpp};
use apple_ade::api::DeviceFamily;
use apple_ade::assign::{AssignmentRules, DefinedProfile, Planner, Profiles, Rule, Selector};
use apple_ade::error::BoxError;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::program::lifecycle::{Event, State};
use apple_ade::program::profiles::{ProfileBook, ProfileId};
use apple_ade::setup_assistant::SkipKey;
use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
use apple_ade::simulator::World;
use apple_ade::sync::Why;

use super::paper::Paper;
use super::school::School;
use crate::thousands::thousands;

const URL: &str = "https://mdm.example.com/enroll";
/// The token of Apps and Books by which the portal app comes.
pub(super) const VPP: &str = "school-vpp";
/// How many devices stay in their boxes.
const IN_BOXES: usize = 240;

/// The profiles of the token, and the rules on who gets which.
pub(super) struct Shelf {
    pub(super) book: ProfileBook,
    pub(super) profiles: Profiles,
    pub(super) rules: AssignmentRules,
}

pub(super) fn class_ipads() -> Result<EnrollmentProfile, BoxError> {
    let profile = EnrollmentProfile::builder("Class iPads", URL).mode(SharedIpad::accounts(ResidentUsers::new(10)?));
    Ok(profile.await_configuration().skip([SkipKey::Siri, SkipKey::Location]).build()?)
}

pub(super) fn teachers() -> Result<EnrollmentProfile, BoxError> {
    let portal = PortalDelivery::Vpp(Vpp::new(VPP.parse()?));
    let affinity = UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::Portal(portal)));
    let profile = EnrollmentProfile::builder("Teachers", URL).mode(Supervised::new(affinity));
    Ok(profile.configuration_web_url("https://mdm.example.com/sign-in").build()?)
}

pub(super) fn computer_rooms() -> Result<EnrollmentProfile, BoxError> {
    let profile = EnrollmentProfile::builder("Computer rooms", URL);
    Ok(profile.mode(Supervised::new(UserAffinity::Without).locked()).build()?)
}

impl Shelf {
    /// Defines a profile at Apple, and enters it here; under the name of another if it takes the place of that.
    pub(super) fn put(
        &mut self,
        school: &School,
        profile: &EnrollmentProfile,
        replaces: Option<&str>,
    ) -> Result<ProfileId, BoxError> {
        let uuid = school.ade.define_profile(profile.wire())?.profile_uuid;
        let defined = DefinedProfile::of(self.book.token(), uuid.clone(), profile.wire());
        let defined = if defined.is_shared_ipad() { defined.shared_ipad_in_school() } else { defined };
        self.profiles.insert(profile.name().parse()?, defined);
        Ok(match replaces {
            Some(name) => self.book.replace(name, profile, uuid)?.0,
            None => self.book.define(profile, uuid)?,
        })
    }
}

pub(super) fn define<W: Write>(school: &mut School, paper: &mut Paper<W>) -> Result<Shelf, BoxError> {
    school.days(30)?;
    paper.month(school.now(), "profiles, and who gets which")?;
    let token = school.record.identity();
    let mut shelf =
        Shelf { book: ProfileBook::new(token), profiles: Profiles::new(), rules: AssignmentRules::new(token) };
    let mut last = None;
    for profile in [class_ipads()?, teachers()?, computer_rooms()?] {
        last = Some(shelf.put(school, &profile, None)?);
    }
    let names: Vec<&str> = shelf.book.names().collect();
    paper.note(format!("defined at Apple: {}", names.join(", ")))?;
    paper.expect(shelf.book.is_defined(&teachers()?), "a profile that is defined is to be defined again")?;
    let twice = shelf.book.clone().define(&class_ipads()?, "C1F1".parse()?);
    match twice {
        Err(error) => paper.decided("ORG-16", format!("refused: {error}"))?,
        Ok(_) => paper.expect(false, "two profiles of one name")?,
    }
    let rooms = last.ok_or("there are profiles")?;
    match ProfileBook::new("ab".repeat(32).parse()?).set_default(&rooms) {
        Err(error) => paper.decided("PRO-3", format!("refused, under the token of the library: {error}"))?,
        Ok(()) => paper.expect(false, "a profile of another token became the default")?,
    }
    shelf.book.set_default(&rooms)?;
    let head = school.store.values().find(|entry| entry.device.device_family == Some(DeviceFamily::Ipad));
    let head = head.ok_or("there is an iPad")?.device.serial_number.clone();
    shelf.rules = AssignmentRules::new(token)
        .rule(Rule::new("iPads", "Class iPads".parse()?, Selector::all().family([DeviceFamily::Ipad])))
        .rule(Rule::new("iPhones", "Teachers".parse()?, Selector::all().family([DeviceFamily::Iphone])))
        .default_profile("Computer rooms".parse()?)
        .choose(head, "Teachers".parse()?);
    Ok(shelf)
}

pub(super) fn assign<W: Write>(school: &mut School, shelf: &Shelf, paper: &mut Paper<W>) -> Result<(), BoxError> {
    let mut planner = Planner::new(shelf.rules.with_profiles(&shelf.profiles)?);
    school.look(&mut planner);
    let plan = planner.finish();
    paper.decided("ASG-5", "rules by family, and a default for what no rule selects")?;
    paper.decided("ASG-6", "the head teacher's iPad was chosen by hand, which is stronger than the rule for iPads")?;
    paper.wide(&plan)?;
    let count = plan.devices();
    school.apple.with_world(World::forget_calls);
    let tally = school.carry_out(plan.approve()?)?;
    let calls = school.apple.with_world(|world| world.call_log().count("POST /profile/devices"));
    paper.decided("ASG-4", format!("at most 1000 devices in a call: {} took {calls}", thousands(count)))?;
    let (done, otherwise) = (thousands(tally.done), tally.otherwise);
    paper.decided("ASG-10", format!("each device has its outcome: {done} done, {otherwise} otherwise"))?;
    paper.expect(tally.done == count && tally.otherwise == 0, "not every device has its profile")?;
    paper.decided("LIF-1", format!("it takes effect when the device is set up, on {}", thousands(tally.at_set_up)))?;

    // Handed out: most are switched on, the rest waits in boxes.
    let waiting = school.those(State::Assigned);
    let out = waiting.len().saturating_sub(IN_BOXES);
    for serial in waiting.iter().take(out) {
        school.apple.with_world(|world| world.activate(serial.as_str()));
    }
    let why = school.days(1)?;
    paper.expect(why == Why::NothingDue, "the sync waits for somebody")?;
    paper.decided("PRO-6", format!("a day later, by Apple's records: {}", school.states()))?;
    for serial in school.those(State::Pushed) {
        school.tell(serial.as_str(), Event::EnrollmentCompleted)?;
    }
    paper.decided("LIF-8", format!("enrolled, or not contacted yet: {}", school.states()))?;
    Ok(())
}
