use serde::Serialize;

use super::get_beta_enrollment_tokens::{BetaEnrollmentTokens, BetaOs};
use crate::os::{OsVersion, Platform};

/// A beta programme as devices are told of it: `{ "Description": …, "Token": … }`, both required.
///
/// The same two keys stand in `RequireBetaProgram` of the answer that asks an enrolling device to update first (iOS and iPadOS 17.5, macOS
/// 14.5, visionOS 26), and in `OfferPrograms` and `RequireProgram` of the declaration
/// `com.apple.configuration.softwareupdate.settings`. See
/// [Enrolling a device in a beta program](https://developer.apple.com/documentation/devicemanagement/enrolling-a-device-in-a-beta-program).
///
/// ```
/// use apple_ade::api::BetaEnrollmentTokens;
/// use apple_ade::json::RawJson;
/// use apple_ade::os::Platform;
///
/// let json: RawJson = r#"{"betaEnrollmentTokens": [
///     {"token": "cc1e", "title": "macOS 26 AppleSeed", "os": "OSX"},
///     {"token": "d36b", "title": "iOS 26 AppleSeed", "os": "iOS"}
/// ]}"#.parse()?;
/// let tokens: BetaEnrollmentTokens = json.read()?;
/// let program = tokens.programs(Platform::MacOs).next().ok_or("there is one")?;
/// assert_eq!(serde_json::to_string(&program)?, r#"{"Description":"macOS 26 AppleSeed","Token":"cc1e"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BetaProgram {
    /// `Description`: what users read.
    pub description: String,
    /// `Token`: of one organisation and one seeding period.
    pub token: String,
}

/// What a device does about beta programmes: `Beta` of the declaration `com.apple.configuration.softwareupdate.settings` (iOS and iPadOS 18,
/// macOS 15.4, tvOS 18.4, visionOS 26).
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/softwareupdatesettingsbetaobject). `RequireProgram` goes with
/// `AlwaysOn` alone, and not together with `OfferPrograms`: here nothing else can be written.
///
/// ```
/// use apple_ade::api::{BetaProgram, BetaSetting};
///
/// let program = BetaProgram::new("macOS 26 AppleSeed", "cc1e");
/// assert_eq!(
///     serde_json::to_string(&BetaSetting::AlwaysOn(program))?,
///     r#"{"ProgramEnrollment":"AlwaysOn","RequireProgram":{"Description":"macOS 26 AppleSeed","Token":"cc1e"}}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Keys")]
#[non_exhaustive]
pub enum BetaSetting {
    /// The user may enrol the device, in one of these programmes; in any, if there are none.
    Allowed(Vec<BetaProgram>),
    /// The device leaves its programme, and enrols in none.
    AlwaysOff,
    /// The device enrols in this programme by itself.
    AlwaysOn(BetaProgram),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    program_enrollment: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    offer_programs: Vec<BetaProgram>,
    #[serde(skip_serializing_if = "Option::is_none")]
    require_program: Option<BetaProgram>,
}

impl From<BetaSetting> for Keys {
    fn from(setting: BetaSetting) -> Self {
        let keys = |program_enrollment, offer_programs, require_program| Self {
            program_enrollment,
            offer_programs,
            require_program,
        };
        match setting {
            BetaSetting::Allowed(programs) => keys("Allowed", programs, None),
            BetaSetting::AlwaysOff => keys("AlwaysOff", Vec::new(), None),
            BetaSetting::AlwaysOn(program) => keys("AlwaysOn", Vec::new(), Some(program)),
        }
    }
}

impl BetaProgram {
    /// A programme by what users read and its token.
    pub fn new(description: impl Into<String>, token: impl Into<String>) -> Self {
        Self { description: description.into(), token: token.into() }
    }

    /// The first version of an operating system that can be asked to enrol in a programme before it is managed
    /// (`RequireBetaProgram`); `None` where none can.
    pub fn required_since(platform: Platform) -> Option<OsVersion> {
        match platform {
            Platform::Ios | Platform::IpadOs => Some(OsVersion::new(17, 5, 0)),
            Platform::MacOs => Some(OsVersion::new(14, 5, 0)),
            Platform::VisionOs => Some(OsVersion::new(26, 0, 0)),
            Platform::TvOs | Platform::WatchOs => None,
        }
    }
}

impl BetaEnrollmentTokens {
    /// The programmes of an operating system, in Apple's order. Entries without a token or a title are left out; of a token that is
    /// there twice, the first counts.
    ///
    /// Apple calls macOS `OSX` in answers and `macOS` in its article; both are taken. iPadOS has the programmes of iOS. No programme of
    /// `homePodOS` is for any of these.
    pub fn programs(&self, platform: Platform) -> impl Iterator<Item = BetaProgram> {
        let is_for = move |os: &BetaOs| match platform {
            Platform::Ios | Platform::IpadOs => *os == BetaOs::Ios || is(os, "iPadOS"),
            Platform::MacOs => matches!(os, BetaOs::MacOs | BetaOs::MacOsNew),
            Platform::TvOs => *os == BetaOs::TvOs,
            Platform::VisionOs => *os == BetaOs::VisionOs,
            Platform::WatchOs => *os == BetaOs::WatchOs,
        };
        let some = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let mut programs: Vec<BetaProgram> = Vec::new();
        for entry in self.beta_enrollment_tokens.iter().flatten() {
            let (Some(token), Some(title)) = (some(&entry.token), some(&entry.title)) else { continue };
            if entry.os.as_ref().is_some_and(is_for) && programs.iter().all(|program| program.token != token) {
                programs.push(BetaProgram::new(title, token));
            }
        }
        programs.into_iter()
    }
}

/// A word that Apple has not used so far, and that leaves no doubt.
fn is(os: &BetaOs, word: &str) -> bool {
    matches!(os, BetaOs::Other(other) if other.as_str() == word)
}
