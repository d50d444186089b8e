//! Still September: users, the portal app, licences.

use std::io::Write;

use apple_ade::affinity::{AuthMethod, PortalDelivery, UserAffinity};
use apple_ade::error::BoxError;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::program::licences::{UserOfDevice, check_licence, required_licence};
use apple_ade::program::lifecycle::{State, corporate_basis};
use apple_ade::program::sign_in::{
    Circumstances, EnrollmentKind, Password, PortalApp, PortalLicence, StagingAudience, User, UserId, check,
    completed_by, self_service_actions,
};

use super::paper::Paper;
use super::profiles::{Shelf, computer_rooms, teachers};
use super::school::School;

pub(super) fn sign_in<W: Write>(school: &School, shelf: &Shelf, paper: &mut Paper<W>) -> Result<(), BoxError> {
    let (anna, ben): (UserId, UserId) = ("anna@school.example.org".parse()?, "ben@school.example.org".parse()?);

    // A draft that somebody proposes: legacy sign-in, without the portal app.
    let legacy = UserAffinity::With(AuthMethod::SetupAssistantLegacy(PortalDelivery::None));
    let draft = EnrollmentProfile::builder("Teachers, a draft", "https://mdm.example.com/enroll");
    let draft = draft.mode(Supervised::new(legacy)).build()?;
    let around = Circumstances::new()
        .at(school.now())
        .portal(PortalApp::new(PortalLicence::AppStore))
        .staging(StagingAudience::AllDevices)
        .conditional_access()
        .user(User::new(anna.clone()).with_password(Password::Expired))
        .user(User::new(ben.clone()));
    let found = check(&draft, &around);
    paper.note(format!("a draft with legacy sign-in is looked at with what is around it: {} findings", found.len()))?;
    for violation in &found {
        let source = violation.rule().sources().first().copied().unwrap_or_default();
        let help = violation.help().map(|help| format!("; {help}")).unwrap_or_default();
        paper.decided(source, format!("{}: {}{help}", violation.severity(), violation.message()))?;
    }
    let fine = Circumstances::new().at(school.now()).portal(PortalApp::new(PortalLicence::Device));
    let doubts = check(&teachers()?, &fine.conditional_access().user(User::new(anna.clone())));
    paper.expect(doubts.is_empty(), "the profile for teachers is doubtful")?;

    // Licences, before a device is set up.
    let serial = school.store.keys().next().ok_or("there are devices")?;
    let (with_user, without) = (teachers()?, computer_rooms()?);
    let licensed = |user: &UserId| *user == ben;
    let judge =
        |profile: &EnrollmentProfile, user| check_licence(profile.mode().affinity(), serial, user, false, licensed);
    match judge(&with_user, Some(&anna)) {
        Err(missing) => paper.decided("LIC-1", missing)?,
        Ok(()) => paper.expect(false, "a user without a licence")?,
    }
    match judge(&without, None) {
        Err(missing) => paper.decided("LIC-2", missing)?,
        Ok(()) => paper.expect(false, "a device without a licence")?,
    }
    paper.expect(judge(&without, Some(&ben)).is_ok(), "a licensed user does not do")?;
    let required = required_licence(UserOfDevice::Licensed);
    paper.decided("LIC-3", format!("the same device in the hands of {ben}: {required} is enough"))?;

    // What a user may do, and to whom a device belongs.
    match completed_by(with_user.mode().affinity(), None) {
        Err(missing) => paper.decided("AFF-2", missing)?,
        Ok(_) => paper.expect(false, "an enrollment without its user")?,
    }
    paper.expect(completed_by(without.mode().affinity(), Some(anna))?.is_none(), "a computer room has a user")?;
    let offered = self_service_actions(EnrollmentKind::Automated);
    paper.expect(offered.is_empty(), "the portal app offers what it must not")?;
    paper.decided("CPV-14", "the portal app offers neither removal nor reset on these devices")?;
    let enrolled = school.those(State::Enrolled).len();
    let basis = corporate_basis(Some(EnrollmentKind::Automated), false);
    paper.expect(basis.is_some() && enrolled > 0, "an enrolled device is nobody's")?;
    paper.decided("DEV-12", "they count as the school's, since they came by Automated Device Enrollment")?;
    paper.expect(shelf.book.default_profile().is_some(), "no default profile")?;
    Ok(())
}
