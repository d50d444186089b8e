//! June and July: the token nears its end.

use std::io::Write;

use apple_ade::error::BoxError;
use apple_ade::program::organization::AppleRole;
use apple_ade::program::sign_in::VppToken;
use apple_ade::program::tokens::{Fence, Renewal, RenewalReason, RenewalStep, TokenState, Use, WarnAt};
use apple_ade::simulator::{Download, World};
use apple_ade::sync::{Kind, Trigger, Why};
use apple_ade::token::{ServerToken, TokenExpiry};
use chrono::{Months, TimeDelta};

use super::join::ADMINISTRATOR;
use super::paper::Paper;
use super::profiles::VPP;
use super::school::{School, again, client};

pub(super) fn warn<W: Write>(school: &mut School, paper: &mut Paper<W>) -> Result<(), BoxError> {
    let expiry = school.record.expiry();
    let (warn, mut last) = (WarnAt::default(), None);
    let eleven = school.record.installed().checked_add_months(Months::new(11)).ok_or("a date")?;
    let first = warn.next(expiry, school.now()).ok_or("it is before the end")?;
    school.until(first)?;
    paper.month(school.now(), "the token nears its end")?;
    while school.now() < eleven {
        if let Some(warning) = warn.due(expiry, school.now(), last.as_ref()) {
            let days = expiry.at().signed_duration_since(school.now()).num_days();
            paper.decided("TOK-12", format!("{}, {days} days before: {warning}", school.now().format("%-d %B")))?;
            last = Some(warning);
        }
        school.until((school.now() + TimeDelta::days(1)).min(eleven))?;
    }
    paper.expect(last.is_some_and(|warning| !warning.expired), "nobody was warned in time")?;
    let soon = TokenExpiry::new(school.now() + TimeDelta::days(12));
    let status = VppToken::new(VPP.parse()?, soon, 8).status(school.now(), TimeDelta::days(30), 10);
    paper.expect(status.is_warning(), "the token of Apps and Books is fine")?;
    paper.decided("CPV-9", status)?;
    Ok(())
}

pub(super) fn renew<W: Write>(school: &mut School, paper: &mut Paper<W>) -> Result<(), BoxError> {
    paper.month(school.now(), "the renewal, at eleven months")?;
    school.record.note(RenewalReason::CreatorPasswordChanged, school.now());
    let due = school.record.state(school.now(), TimeDelta::days(30));
    paper.expect(matches!(due, TokenState::RenewalDue { .. }), "the renewal is not due")?;
    let reason = RenewalReason::CreatorPasswordChanged;
    paper.decided(
        "TOK-13",
        format!("one reason more to renew, and until Apple refuses the token it is used: {reason}"),
    )?;
    let renewal = Renewal::of(&school.record);
    let all = renewal.plan().len();
    let at_apple = renewal.plan().iter().filter(|step| step.side().is_apple()).count();
    paper.decided("TOK-17", format!("{all} steps: {at_apple} in Apple's portal, then {} here", all - at_apple))?;
    paper.decided("KEY-6", "the key pair stays: none of the steps uploads a certificate")?;
    paper.expect(renewal.may_be_done_by(AppleRole::DeviceEnrollmentManager), "Dana may not")?;
    paper.expect(!RenewalStep::DownloadToken.can_stop_after(), "a renewal stops half-done")?;

    // The download, after which the token in use is worth nothing.
    let file = school.apple.with_world(World::download_token)?;
    let why = school.days(1)?;
    paper.expect(why == Why::TokenRejected, "the old token still works")?;
    let word = school.refused.as_ref().map(|word| word.as_str().to_owned()).unwrap_or_default();
    paper.note(format!("the new token was downloaded, and nobody has uploaded it here: Apple answers {word}"))?;
    school.record.note(RenewalReason::DownloadedAgain, school.now());
    let reasons = school.record.may(Use::Call, school.now()).err().ok_or("a dead token may be used")?;
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    paper.decided("TOK-18", format!("no sync and no assignment until the renewal is done: {}", reasons.join("; ")))?;
    school.record.may(Use::EnrolledDevice, school.now()).map_err(|_| "an enrolled device suffers")?;
    paper.decided("TOK-16", "enrolled devices go on: they need no token")?;

    // Two wrong files, and the right one.
    let certificate = school.keys.certificate().clone();
    let library = school
        .apple
        .with_world(|portal| portal.server_token_file_for("Library", certificate.as_der(), Download::Renew))?;
    let (now, maker) = (school.now(), || ADMINISTRATOR.parse());
    let renewal = Renewal::of(&school.record);
    for (wrong, what) in [(&library, "of the library"), (&school.first_file, "of last year")] {
        let token = ServerToken::decrypt(wrong, &school.keys)?;
        match renewal.accept(&token, maker()?, None, now) {
            Err(error @ (Fence::ConsumerKey { .. } | Fence::NotNewer { .. })) => {
                paper.decided("TOK-21", format!("the file {what} is refused: {error}"))?;
            }
            _ => paper.expect(false, "the fence is open")?,
        }
    }
    let token = ServerToken::decrypt(&file, &school.keys)?;
    let account = client(&school.apple, again(&token)?).account()?;
    let renewed = renewal.accept(&token, maker()?, Some(&account), now)?;
    paper.expect(renewed.notices.is_empty(), "a notice on the Apple Account")?;
    paper.decided("TOK-21", &renewed)?;
    school.record = renewed.record;
    school.ade = client(&school.apple, token);
    let state = school.record.state(now, TimeDelta::days(30));
    paper.expect(state == TokenState::Active, "the renewed token is not active")?;
    let decision = school.sync.ask(Kind::Full, Trigger::TokenInstalled, now);
    paper.decided("SYN-14", format!("the pause is over: {decision}"))?;
    let why = school.days(1)?;
    paper.expect(why == Why::NothingDue && school.refused.is_none(), "the sync has not gone on")?;
    paper.note(format!("nothing was lost: {}", school.states()))?;
    Ok(())
}
