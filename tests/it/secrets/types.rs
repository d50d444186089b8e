//! Which public types have been looked at.

use std::collections::BTreeSet;

use crate::source;

/// Every public type of which a value that holds, or has met, a secret is printed by a test of this module.
const PRINTED: &str = "\
    AnswerError BetaProgram BoundNonce BypassCode BypassCodes Certificate Client Command CommandAnswer CreateAccounts
    Credentials DeviceError DeviceInfo EnrollmentPolicy Enveloped EraseDevice EraseMac EraseMobile ErasePin Error
    ErrorDocument ErrorEntry Exchange FromFn GetToken Identity InstallProfile MachineInfo MaidToken MdmProfile
    MdmProfileBuilder MinimumOs Next OddValue PairingToken PasswordHash Pkcs12 PlanStep PlanWalk PostEnrollmentPlan
    PrivateKey Recipient Refusal ReturnReply ReturnRequest ReturnToService Scep SecretBytes SecretString ServerToken
    Session SettingAnswer SignIn Signed SignedMachineInfo Simulator SoftwareUpdate Stamp Step TokenError TokenFile
    TokenIdentity TokenKeyPair TokenResponse UnlockRequest VerifiedMachineInfo Waiting WatchPairing World";

/// Every other public type. None has a field that can hold a secret: before a name goes in here, look at its fields.
const WITHOUT: &str = "\
    AccessRights AccessRightsError AccountConfiguration AccountDetail AccountDrivenProfile Accounts Acme AcmeError
    AcmeKey Action ActivationLock ActivationLockResponse ActivationLockStatus Addresses AdminAccount Administrator
    Admission Admits Advice AnchorCertificate Answer AnswerStatus ApprovedPlan Artifact AssignAccountDrivenProfile
    AssignEffect AssignError AssignMethod AssignPolicy AssignProfile AssignProfileResponse AssignReport Assigner
    AssignerState Assignment AssignmentPlan AssignmentRules AuthMethod AutoLock Availability AvailableServer
    AwaitUserConfiguration BearerChallenge BetaEnrollmentTokens BetaOs BetaSetting BetaToken Blocked Broken Build
    BuildError BuiltIn BypassCodeError BypassCodeHash Call CallLog CallModeFirst CallRecord Caller Candidate
    CannotBeAsked CannotComply CellularPlan CellularPlanError CertificateError Chain ChainError ChallengeError Change
    ChangeImpact Channel Check CmsError CommandAnswerError CommandUuid Commit Comparison ContentCipher ContentError
    Context Counterpart Cursor Curve DeadlineStatus DeadlineWarning Decision DefaultDomains Define DefineProfile
    DefineProfileResponse DefinedProfile DepOnboardingSetting DepTokenType DerError DerProblem DesiredState Device
    DeviceDetails DeviceFamily DeviceFilter DeviceMode DeviceName DeviceNameError DeviceNameTemplate DevicePage
    DevicePageRef DeviceRef DeviceStatus DeviceStatusResponse DeviceStatuses DeviceSync DeviceTable DeviceTableFull
    DeviceType Difference Discovery DiscoveryDocument DiscoveryRequest DiscoverySource Disown DisownCount DisownDevices
    DomainError Download EarlyFull Edit Effect EnableActivationLock Enrolled EnrolledDevice EnrollmentFailure
    EnrollmentMode EnrollmentProfile EnrollmentRestrictions EnrollmentState ErasePinError ErrorDocumentError ErrorWord
    EssoDocument Event Excerpt ExchangeError ExpiryStatus Exported Extra Family Fault FaultEntry FaultRule Faults
    FetchDevices Field Fingerprint Fix Format FullName FullReason Gate GetAccount GetAccountDrivenProfile
    GetBetaEnrollmentTokens GetDeviceDetails GetProfile GetReplacementDetails GetTokenError GracePeriod GuestsOnly
    HardwareCurve Hazard HazardDecision Health HostCertificate HostCertificates HttpMethod HttpsError IdError
    IdentityError IdentityPlatform IdleKey IdleSeconds IdleTimeout ImportError Imported ImportedAppleDeviceIdentity
    InputError InputProblem InstallProfileError Iterations JsonError Key KeyDifference KeyEncryption KeyError
    KeyPairError KeyStatus KeyUsage Kind Known Language LanguageError LeftOut LegacySetting Limit Listed LocalAccounts
    Locale LocaleError Loss LossKind LossReport Lost MaidTokenError MdmRemoval MdmServiceConfig Migration MigrationPath
    MinimumOsError Misuse Model Modern Name NameError Need Network NewServerStep NoAdminAccount NoProfile NonceError
    NonceId OaepHash ObliterationBehavior Obstacle OddField OldServerStep OnError OnlineGrace OpType OrgType OrgVersion
    Organisation Origin Os OsRelease OsReleaseError OsVersion OsVersionError OtherToken Outcome PackageManifest
    PageLimit Pairing Pane Part PasscodeGrace PasscodePolicy PasswordHashError PastEvent PathToSupervision PayloadUuid
    PayloadUuidError PlanGroup Planned Planner Platform PlatformError PlatformSso PortalDelivery PortalError
    PortalSource Prefill Preview PrimaryAccount Profile ProfileBuilder ProfileCertificateError ProfileFingerprint
    ProfileFingerprintError ProfileName ProfileNameError ProfileState ProfileStatus ProfileUuid Profiles Progress
    PropertyListError PublicKey Quota RangeError RawJson ReadError Reason RecipientId RecordedAnswer RecordedCall
    RecordedResponse Recorder Recording RecordingError Recovery Refused Region RegionError RejectedDevice Release
    Removal RemovalState RemoveAccountDrivenProfile RemoveProfile RenderError ReplacedToken Replacement
    ReplacementDetails Replay Request RequestError ResidentUsers Resolution RetryAfter ReturnPlan ReturnRequestError
    Role Rule RulePlace RulesError RulesProblem Scenario ScenarioError ScenarioProblem ScepError ScepKeySize
    ScepRecovery Screen Selection Selector Serial SerialNumber Server ServerCapabilities Service Setting Settings
    SettingsItem Settled SetupAssistantPayload SetupExperience Severity SharedDeviceConfiguration SharedIpad
    SharedIpadUse SharedMode ShortName SignError SignatureAlgorithm SignatureError SignatureHash SignedError Since
    SkipKey Skippable Source Standing StateError StepId Storage StorageAdvice StoredDevice Subject SubjectAltName
    Supervised SupervisionNotice Supplement SyncDevices SyncPolicy SyncState Taken Target TargetError Task TemplateError
    Terms TermsError ThisServer TimeForm TokenExpiry TokenServiceType TransportError Trigger Trouble TroubleWord Trust
    Undecided UnexpectedCalls Unknown UnknownProfile UnknownWord Unlock UnlockAnswer UnlockError UnlockOutcome Unread
    UnreadPage Unsupervised UntrustedError Url UserAffinity Validity ValueType Variable Verdict VerifyError Violation
    Violations Vpp VppStatus VppTokenId VppTokenIdError WalkError WalkState WalkStateError WebView WebViewHost
    WebViewSession Why WhyNotAsked Work WorldBuilder WorldError";

#[test]
fn every_public_type_has_been_looked_at() {
    let mut found = BTreeSet::new();
    for (path, text) in source::rust(&["src"]) {
        let is_macro_user = ["object! {", "open_enum! {", "id! {", "secret! {"].iter().any(|name| text.contains(name));
        for line in text.lines() {
            let line = line.trim_start();
            let declared = ["pub struct ", "pub enum "].iter().find_map(|start| line.strip_prefix(start));
            // `object! { … Device, "a device" {`, and `secret! { … SecretString(String)`.
            let by_macro = || {
                let end = line.find(", \"").or_else(|| line.ends_with(" exposes str").then(|| line.find('('))?);
                let end = end.or_else(|| line.contains(") exposes ").then(|| line.find('('))?)?;
                line.get(..end).filter(|name| is_macro_user && name.starts_with(char::is_uppercase))
            };
            let name = declared
                .or_else(by_macro)
                .map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned());
            found.extend(name.filter(|name| !name.is_empty()).map(|name| (name, path.clone())));
        }
    }
    assert!(found.iter().any(|(name, _)| name == "Device") && found.iter().any(|(name, _)| name == "SecretString"));
    let known: BTreeSet<&str> = PRINTED.split_whitespace().chain(WITHOUT.split_whitespace()).collect();
    let unknown: Vec<_> = found.iter().filter(|(name, _)| !known.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "look at these types' fields, then name them in this test: {unknown:?}");
    assert_eq!(known.len(), PRINTED.split_whitespace().count() + WITHOUT.split_whitespace().count());
    let gone: Vec<_> = known.iter().filter(|known| !found.iter().any(|(name, _)| name == *known)).collect();
    assert!(gone.is_empty(), "these types are no more: {gone:?}");
}
