//! The decision: one gate after the other.

use crate::Stamp;
use crate::affinity::AuthMethod;
use crate::os::{OsRelease, OsVersion, Platform};

use super::answer::{Admission, Answer, CannotComply, WhyNotAsked};
use super::caller::Caller;
use super::decision::{Decision, Gate, Reason};
use super::discovery::EnrollmentMode;
use super::document::SoftwareUpdate;
use super::mdm_profile::PayloadUuid;
use super::policy::{BetaProgram, CannotBeAsked, EnrollmentPolicy, Migration, MinimumOs};
use super::restriction::Admits;
use super::signed_in::SignedIn;
use super::standing::{Blocked, Listed, Standing};

/// What is looked at.
struct Case<'c> {
    caller: &'c Caller,
    listed: Listed<'c>,
    signed_in: Option<SignedIn<'c>>,
    policy: &'c EnrollmentPolicy,
    stamp: &'c Stamp,
}

/// What a gate says: why, and the answer where the device does not pass.
type Verdict = Result<String, Box<(String, Answer)>>;

/// Decides what a device gets that asks to be enrolled, by ADE or driven by an [account](SignedIn). It looks at nothing but its arguments.
///
/// Each [gate](Gate) is looked at in turn, and the first that the device does not pass gives the answer; what the later ones say is among the
/// [reasons](Decision::reasons), so that an administrator sees everything at once. Where something is not known the device does not
/// pass: an old device, or one of an unknown model, is let through by an explicit [`CannotBeAsked::LetIn`] alone.
///
/// The stamp's time is that at which tokens and deadlines are looked at; its nonce becomes the security token of a watch.
///
/// ```
/// use apple_ade::Stamp;
/// use apple_ade::enrollment::{Answer, Caller, EnrollmentPolicy, Listed, MinimumOs, decide};
/// use apple_ade::os::Platform;
///
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, *b"sixteen bytes 01");
/// let policy = EnrollmentPolicy::new().minimum([Platform::Ios], MinimumOs::new("17.4".parse()?));
/// let mut caller = Caller::new("iPhone15,2", "21A329");
/// (caller.os_version, caller.can_request_software_update) = (Some("17.0".into()), true);
///
/// let decision = decide(&caller, Listed::new(), &policy, &stamp);
/// assert!(matches!(decision.answer(), Answer::RequireSoftwareUpdate(_)));
/// assert!(decision.to_string().contains("iOS 17.0 is older than the minimum 17.4"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decide<'c>(
    caller: &'c Caller,
    standing: impl Into<Standing<'c>>,
    policy: &'c EnrollmentPolicy,
    stamp: &'c Stamp,
) -> Decision {
    let (listed, signed_in) = match standing.into() {
        Standing::Listed(listed) => (listed, None),
        Standing::SignedIn(signed_in) => (Listed::new(), Some(signed_in)),
        Standing::Unknown => {
            return unlisted("Apple's list for this server does not have the device", Answer::Unrecognized);
        }
        Standing::Deleted => {
            return unlisted("the device was taken out of Apple's list for this server", Answer::Unrecognized);
        }
        Standing::Parked => {
            return unlisted("the organisation has set the device aside", Answer::CannotComply(CannotComply::Parked));
        }
    };
    let case = Case { caller, listed, signed_in, policy, stamp };
    let mut decision = Decision { answer: Answer::Enroll(Admission(())), reasons: Vec::new() };
    let why = match signed_in {
        None => "Apple's list for this server has the device".to_owned(),
        Some(signed_in) => {
            let kind = match signed_in.mode() {
                EnrollmentMode::Adde => "device enrollment",
                EnrollmentMode::Byod => "user enrollment",
            };
            format!("its user has signed in as {} for account-driven {kind}", signed_in.account())
        }
    };
    decision.reasons.push(Reason::passed(Gate::Device, why));
    for (gate, verdict) in [
        (Gate::Migration, migration(&case)),
        (Gate::PortalApp, portal_app(&case)),
        (Gate::Restrictions, restrictions(&case)),
        (Gate::PairingToken, pairing_token(&case)),
        (Gate::System, system(&case)),
        (Gate::PlatformSso, platform_sso(&case)),
    ] {
        match verdict {
            Ok(why) => decision.reasons.push(Reason::passed(gate, why)),
            Err(refused) => {
                let (why, answer) = *refused;
                decision.reasons.push(Reason { gate, passed: false, why });
                if matches!(decision.answer, Answer::Enroll(_)) {
                    decision.answer = answer;
                }
            }
        }
    }
    decision
}

/// Of a device that this server does not serve nothing else is looked at.
fn unlisted(why: &str, answer: Answer) -> Decision {
    Decision { answer, reasons: vec![Reason { gate: Gate::Device, passed: false, why: why.into() }] }
}

fn refuse(why: impl Into<String>, answer: Answer) -> Verdict {
    Err(Box::new((why.into(), answer)))
}

fn cannot(why: CannotComply) -> Verdict {
    refuse(why.to_string(), Answer::CannotComply(why))
}

fn migration(case: &Case<'_>) -> Verdict {
    match case.listed.migration_deadline {
        None => Ok("it does not move here from another MDM".into()),
        Some(deadline) if deadline <= case.stamp.now() => {
            Ok(format!("the deadline of its move from another MDM passed at {deadline}"))
        }
        Some(until) if case.policy.migration == Migration::Refuse => cannot(CannotComply::Migrates { until }),
        Some(until) => Ok(format!("it moves here from another MDM until {until}, which the policy accepts")),
    }
}

/// CPV-8.
fn portal_app(case: &Case<'_>) -> Verdict {
    let Some(profile) = case.listed.profile else { return Ok("no profile is named that needs a licence".into()) };
    let Some(vpp) = profile.mode().affinity().method().and_then(AuthMethod::vpp) else {
        return Ok("the profile needs no licence for a portal app".into());
    };
    let blocked = match case.listed.vpp {
        Some(status) if status.token() == vpp.token() => status.blocks(case.stamp.now()),
        _ => Some(Blocked::VppTokenUnknown { token: vpp.token().clone() }),
    };
    match blocked {
        Some(blocked) => cannot(CannotComply::Blocked(blocked)),
        None => Ok(format!("the VPP token {} is valid and has licences", vpp.token())),
    }
}

fn unknown_model(case: &Case<'_>) -> CannotComply {
    CannotComply::UnknownModel { product: case.caller.product.clone().unwrap_or_default() }
}

fn restrictions(case: &Case<'_>) -> Verdict {
    let restrictions = &case.policy.restrictions;
    let platform = case.caller.platform();
    let is_blocked = platform.is_some_and(|platform| restrictions.admits(platform) == Admits::Nothing);
    let is_personal = case.signed_in.is_some_and(|signed_in| signed_in.mode() == EnrollmentMode::Byod);
    if is_personal && !is_blocked && !restrictions.admits_personal(platform) {
        return cannot(CannotComply::PersonallyOwned(platform));
    }
    match platform {
        None if restrictions.is_open() => Ok("no platform is blocked".into()),
        None => cannot(unknown_model(case)),
        Some(platform) => match restrictions.admits(platform) {
            Admits::Nothing => cannot(CannotComply::PlatformBlocked(platform)),
            Admits::OrganisationOwned => Ok(format!("devices of the organisation with {platform} are admitted")),
            Admits::All => Ok(format!("{platform} is admitted")),
        },
    }
}

fn pairing_token(case: &Case<'_>) -> Verdict {
    match case.caller.platform() {
        Some(Platform::WatchOs) => {}
        Some(_) => return Ok("it is no watch".into()),
        None => return otherwise(unknown_model(case), case.policy.unknown_model),
    }
    if !case.caller.has_pairing_token {
        let security_token = PayloadUuid::from_nonce(case.stamp.nonce());
        let why = "the watch has sent no pairing token; it fetches one through its phone and asks again";
        return refuse(why, Answer::WatchPairingToken { security_token });
    }
    let accepted = case.signed_in.map_or(case.listed.pairing_token_accepted, |it| it.pairing_token_accepted);
    if accepted {
        Ok("the pairing token of the watch was accepted".into())
    } else {
        cannot(CannotComply::PairingTokenNotAccepted)
    }
}

fn system(case: &Case<'_>) -> Verdict {
    let Some(platform) = case.caller.platform() else {
        if case.policy.is_indifferent() {
            return Ok("no system is demanded".into());
        }
        return otherwise(unknown_model(case), case.policy.unknown_model);
    };
    let Some(minimum) = case.policy.minimum_of(platform) else {
        return Ok(format!("no version of {platform} is demanded"));
    };
    match meets(case.caller, platform, minimum) {
        Ok(why) => mandatory_update(case, platform, minimum, why),
        Err(why) => ask_for_update(case, platform, minimum, why),
    }
}

/// Whether the device has the minimum for certain, and why, or why not.
fn meets(caller: &Caller, platform: Platform, minimum: &MinimumOs) -> Result<String, String> {
    let least = minimum.release;
    let by_build = caller.build.as_deref().and_then(|build| build.parse().ok());
    let by_build = by_build.and_then(|build: crate::os::Build| build.major_version(platform));
    let Some(release) = caller.release() else {
        let whole = OsRelease::from(OsVersion::new(least.version().major(), 0, 0)) == least && minimum.build.is_none();
        return match by_build {
            Some(major) if major > least.version().major() || (major == least.version().major() && whole) => {
                Ok(format!("by its build it has {platform} {major}, and the minimum is {least}"))
            }
            Some(major) => {
                Err(format!("by its build it has {platform} {major}, which need not be the minimum {least}"))
            }
            None => Err(format!("its version of {platform} is not known, and the minimum is {least}")),
        };
    };
    if let Some(major) = by_build.filter(|major| *major < release.version().major()) {
        return Err(format!("it says that it has {platform} {release}, but its build is of {platform} {major}"));
    }
    match (release.cmp(&least), minimum.build, caller.build()) {
        (std::cmp::Ordering::Less, _, _) => Err(format!("{platform} {release} is older than the minimum {least}")),
        (std::cmp::Ordering::Greater, _, _) | (_, None, _) => Ok(format!("{platform} {release} is at least {least}")),
        (_, Some(demanded), Some(build)) if build >= demanded => Ok(format!("build {build} is at least {demanded}")),
        (_, Some(demanded), Some(build)) => Err(format!("build {build} is not known to be as new as {demanded}")),
        (_, Some(demanded), None) => Err(format!("its build is not known, and the minimum is {demanded}")),
    }
}

/// A device that updates in any case is told to which version.
fn mandatory_update(case: &Case<'_>, platform: Platform, minimum: &MinimumOs, why: String) -> Verdict {
    let asks_for = minimum.asks_for();
    // Of a device that does not say its version, the build may say that it is older. Where it does not, the device would be told for ever.
    let is_older = match case.caller.release() {
        Some(release) => release < asks_for,
        None => case.caller.major_version().is_some_and(|major| major < asks_for.version().major()),
    };
    if !case.caller.mandatory_software_update_required || !is_older {
        return Ok(why);
    }
    match why_not_asked(case.caller, platform, minimum) {
        Some(_) => Ok(format!("{why}; it updates in any case, and cannot be told to which version")),
        None => refuse(format!("it updates in any case, to {} as it is told", minimum.asks_for()), asked(minimum)),
    }
}

fn ask_for_update(case: &Case<'_>, platform: Platform, minimum: &MinimumOs, why: String) -> Verdict {
    match why_not_asked(case.caller, platform, minimum) {
        None => refuse(why, asked(minimum)),
        Some(not_asked) => {
            let refusal = CannotComply::TooOld { minimum: minimum.release, found: why, not_asked };
            otherwise(refusal, case.policy.cannot_be_asked)
        }
    }
}

/// Refused, or let in by an explicit choice.
fn otherwise(refusal: CannotComply, what: CannotBeAsked) -> Verdict {
    match what {
        CannotBeAsked::Refuse => cannot(refusal),
        CannotBeAsked::LetIn => Ok(format!("the policy lets it in, although {refusal}")),
    }
}

fn asked(minimum: &MinimumOs) -> Answer {
    Answer::RequireSoftwareUpdate(SoftwareUpdate {
        os_version: minimum.asks_for(),
        build_version: minimum.asks_for_build(),
        require_beta_program: minimum.beta.clone(),
        message: minimum.message.clone(),
    })
}

/// Why a device cannot be asked to update, if it cannot: then it would take the answer for a failure.
fn why_not_asked(caller: &Caller, platform: Platform, minimum: &MinimumOs) -> Option<WhyNotAsked> {
    let since = match platform {
        Platform::Ios | Platform::IpadOs => OsVersion::new(17, 0, 0),
        Platform::MacOs => OsVersion::new(14, 0, 0),
        Platform::VisionOs => OsVersion::new(26, 0, 0),
        Platform::TvOs | Platform::WatchOs => return Some(WhyNotAsked::Platform(platform)),
    };
    if !caller.can_request_software_update {
        return Some(WhyNotAsked::NotOffered);
    }
    if caller.major_version().is_some_and(|major| major < since.major()) {
        return Some(WhyNotAsked::Before(since));
    }
    if minimum.beta.is_some() {
        let version = caller.release().map(OsRelease::version);
        let joins = BetaProgram::since(platform).zip(version).is_some_and(|(since, version)| version >= since);
        return (!joins).then_some(WhyNotAsked::NoBetaProgram);
    }
    None
}

fn platform_sso(case: &Case<'_>) -> Verdict {
    let Some((sso, otherwise_what)) = &case.policy.sso else { return Ok("Platform SSO is not demanded".into()) };
    if case.signed_in.is_some() {
        return Ok("Platform SSO is demanded of Macs that enroll by ADE; the user has signed in".into());
    }
    match case.caller.platform() {
        Some(Platform::MacOs) => {}
        Some(_) => return Ok("Platform SSO is for Macs".into()),
        None => return otherwise(unknown_model(case), *otherwise_what),
    }
    if case.listed.signed_in_for_sso {
        return Ok("the user has signed in by Platform SSO".into());
    }
    let is_known_as_older = case.caller.major_version().is_some_and(|major| major < 26);
    if case.caller.can_request_psso_config && !is_known_as_older {
        return refuse("Platform SSO is to be set up first", Answer::RequirePlatformSso(sso.clone()));
    }
    otherwise(CannotComply::NoPlatformSso, *otherwise_what)
}
