//! November: Apple has new terms.

use std::io::Write;

use apple_ade::error::BoxError;
use apple_ade::program::tokens::{OrganizationTerms, TermsState, Use};
use apple_ade::simulator::World;
use apple_ade::sync::{Kind, Trigger, Why};

use super::join::ADMINISTRATOR;
use super::paper::Paper;
use super::school::School;

pub(super) fn new_terms<W: Write>(school: &mut School, paper: &mut Paper<W>) -> Result<(), BoxError> {
    school.days(21)?;
    paper.month(school.now(), "Apple has new terms")?;
    let organization = school.record.organization().ok_or("Apple names the organisation")?.to_owned();
    let mut terms = OrganizationTerms::default();

    school.apple.with_world(World::publish_terms);
    let why = school.days(1)?;
    let word = school.refused.as_ref().map(|word| word.as_str().to_owned()).unwrap_or_default();
    paper.note(format!("every call is refused with {word}"))?;
    paper.expect(why == Why::TermsNotSigned, "the sync does not wait for the terms")?;
    let since = school.now();
    terms.refused(&organization, since);
    paper.expect(!terms.may_call(&organization), "calls go on")?;
    paper.decided("SYN-12", format!("the sync waits, and looks once an hour: {why}"))?;
    paper.expect(school.record.may(Use::EnrolledDevice, school.now()).is_ok(), "enrolled devices suffer")?;
    paper.note("nobody assigns or defines anything meanwhile; what is enrolled goes on as it is")?;

    match school.apple.with_world(|world| world.sign_terms("dana@school.example.org")) {
        Err(error) => paper.note(format!("refused by the portal: {error}"))?,
        Ok(()) => paper.expect(false, "somebody signed who may not")?,
    }
    school.apple.with_world(|world| world.sign_terms(ADMINISTRATOR))?;
    terms.said_to_be_accepted(&organization, school.now());
    paper.expect(terms.may_call(&organization), "nobody finds out whether it is true")?;
    let decision = school.sync.ask(Kind::Delta, Trigger::Manual, school.now());
    paper.note(format!("the administrator says that they are accepted: {decision}"))?;
    let why = school.until(school.now() + chrono::TimeDelta::hours(1))?;
    paper.expect(why == Why::TermsNotSigned, "Apple believes it at once")?;
    terms.refused(&organization, school.now());
    let is_believed = matches!(terms.of(&organization), TermsState::SaidToBeAccepted { .. });
    paper.expect(is_believed, "the administrator is sent back to the portal")?;
    paper.note("Apple refuses for some hours more; the administrator is not asked again")?;
    let why = school.days(1)?;
    paper.expect(why == Why::NothingDue && school.refused.is_none(), "the sync has not gone on")?;
    terms.answered(&organization);
    paper.expect(terms.waiting().next().is_none(), "an organisation waits")?;
    paper.note("a call was answered: the terms are accepted, for all tokens of the school")?;
    Ok(())
}
