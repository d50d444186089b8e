//! What a device gets that asks to be enrolled, over random devices and policies.

use apple_ade::enrollment::{
    Admits, Answer, BetaProgram, Caller, EnrollmentPolicy, EnrollmentRestrictions, Format, Gate, MinimumOs,
};
use apple_ade::os::{OsRelease, Platform};
use apple_ade::secret::SecretBytes;
use proptest::prelude::*;

use super::enrollment_decide::{caller, decided, ios, minimum};

fn random_caller() -> impl Strategy<Value = Caller> {
    let products =
        ["iPhone15,2", "iPad13,1", "Mac14,2", "AppleTV14,1", "RealityDevice14,1", "Watch7,1", "Toaster1,1", ""];
    let builds = ["20B82", "21A329", "21E230", "22A3354", "23A341", "25A354", "21E5184i", "x"];
    let versions = ["16.1", "17.0", "17.4", "17.5", "18", "26.0", "26.3", "2.0", "x"];
    (
        prop::sample::select(products.to_vec()),
        prop::sample::select(builds.to_vec()),
        prop::option::of(prop::sample::select(versions.to_vec())),
        prop::option::of(prop::sample::select(vec!["(a)", "(b)", "?"])),
        any::<[bool; 5]>(),
    )
        .prop_map(|(product, build, version, extra, [ask, sso, mandatory, token, no_product])| {
            let mut caller = caller(product, build, version, ask);
            if no_product {
                caller.product = None;
            }
            caller.supplemental_os_version_extra = extra.map(str::to_owned);
            caller.can_request_psso_config = sso;
            caller.mandatory_software_update_required = mandatory;
            caller.has_pairing_token = token;
            caller
        })
}

fn random_minimum() -> impl Strategy<Value = MinimumOs> {
    let releases = ["16.1 (a)", "17.0", "17.4", "18.0", "26.0", "26.1 (b)"];
    let builds = ["20B82", "21E230", "21E236", "23A341"];
    let beta = prop::bool::weighted(0.2);
    (prop::sample::select(releases.to_vec()), prop::option::of(prop::sample::select(builds.to_vec())), beta).prop_map(
        |(release, build, beta)| {
            let minimum = minimum(release);
            let minimum = if beta { minimum.beta_program(BetaProgram::new("b", "t")) } else { minimum };
            build.map_or(minimum.clone(), |build| minimum.build(build.parse().unwrap()))
        },
    )
}

proptest! {
    /// By rules of its own, which know the numbers alone: whoever enrolls has said a version that is at least the minimum, or a build
    /// of a later major version.
    #[test]
    fn no_old_device_is_let_through(caller in random_caller(), minimum in random_minimum(), restricted in any::<bool>()) {
        let restrictions = EnrollmentRestrictions::new();
        let restrictions = if restricted { restrictions.with(Platform::TvOs, Admits::Nothing) } else { restrictions };
        let policy = EnrollmentPolicy::new().minimum(Platform::ALL.iter().copied(), minimum.clone()).restrictions(restrictions);
        let decision = decided(&caller, &policy);
        let asks_for: OsRelease = minimum.asks_for();
        if caller.platform().is_none() {
            // At the gate that asks for the system, too, and not only at those before it.
            let of_system = decision.reasons().iter().find(|reason| reason.gate() == Gate::System).unwrap();
            prop_assert!(!of_system.has_passed(), "{decision}");
        }
        match decision.answer() {
            Answer::Enroll(_) => {
                prop_assert!(caller.platform().is_some(), "{decision}");
                let numbers = |text: &str| -> Vec<u32> { text.split([' ', '.']).map_while(|part| part.parse().ok()).collect() };
                let least = numbers(&asks_for.to_string());
                let said = caller.os_version.as_deref().map(numbers).filter(|said| !said.is_empty());
                if let Some(said) = said {
                    // The minor version counts within the major one, where the minimum has one.
                    let minor = said.get(1) >= least.get(1).filter(|minor| **minor > 0);
                    prop_assert!(said[0] > least[0] || said[0] == least[0] && minor, "{decision}");
                } else {
                    let train: u32 = caller.build.as_deref().unwrap_or("0")[..2].parse().unwrap();
                    // The smallest train that belongs to a version, on any system.
                    prop_assert!(train >= least[0].min(23), "{decision}");
                }
            }
            Answer::RequireSoftwareUpdate(update) => {
                prop_assert!(caller.can_request_software_update);
                prop_assert!(!matches!(caller.platform(), None | Some(Platform::TvOs | Platform::WatchOs)));
                prop_assert_eq!(update.os_version, asks_for);
            }
            _ => {}
        }
        // The same again, and something printable.
        prop_assert_eq!(&decided(&caller, &policy), &decision);
        prop_assert!(!decision.to_string().is_empty() && !decision.reasons().is_empty());
        // The answer is that of the first gate that was not passed.
        let refused = decision.reasons().iter().any(|reason| !reason.has_passed());
        prop_assert_eq!(refused, !matches!(decision.answer(), Answer::Enroll(_)));
        let response = decision.respond(Format::Json, |_| Ok::<_, ()>(SecretBytes::new(b"p".as_slice()))).unwrap();
        prop_assert_eq!(response.status() == 200, !refused);
        prop_assert_eq!(response.body() == b"p", !refused);
    }

    /// What a device is asked for, it passes with: it is not asked for ever.
    #[test]
    fn a_device_that_did_what_it_was_asked_is_not_asked_again(caller in random_caller(), minimum in random_minimum()) {
        let policy = EnrollmentPolicy::new().minimum(Platform::ALL.iter().copied(), minimum);
        if let Answer::RequireSoftwareUpdate(update) = decided(&caller, &policy).into_answer() {
            let mut updated = caller.clone();
            updated.os_version = Some(update.os_version.version().to_string());
            updated.supplemental_os_version_extra = update.os_version.supplement().map(|supplement| supplement.to_string());
            // A build that implies no version, or the one that was asked for.
            updated.build = Some(update.build_version.map_or("99A1".into(), |build| build.to_string()));
            let again = decided(&updated, &policy);
            let contradicts = update.build_version.and_then(|build| build.major_version(caller.platform()?))
                .is_some_and(|major| major < update.os_version.version().major());
            prop_assert!(contradicts || !matches!(again.answer(), Answer::RequireSoftwareUpdate(_)), "{again}");
        }
    }

    #[test]
    fn nothing_that_a_device_says_panics(product in ".{0,12}", build in ".{0,12}", version in ".{0,12}", extra in ".{0,5}") {
        let mut caller = caller(&product, &build, Some(&version), true);
        caller.supplemental_os_version_extra = Some(extra);
        decided(&caller, &ios(minimum("17.4")));
    }
}
