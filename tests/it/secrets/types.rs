//! Which public types have been looked at.

use std::collections::BTreeSet;

use crate::source;

/// Every public type of which a value that holds, or has met, a secret is printed by a test of this module.
const PRINTED: &str = "\
    Acme AnswerError BetaProgram BoundNonce BypassCode BypassCodes Certificate Checked Client Command CommandAnswer
    CreateAccounts Credentials DeviceError DeviceInfo EnrollmentPolicy Enveloped EraseDevice EraseMac EraseMobile
    ErasePin Error ErrorDocument ErrorEntry Exchange FromFn GetToken Identity InstallProfile MachineInfo MaidToken
    MdmProfile MdmProfileBuilder MinimumOs Next OddValue Opened PairingToken PasswordHash Pkcs12 PlanStep PlanWalk
    PostEnrollmentPlan PrivateKey Received Recipient Refusal ResumeError ReturnReply ReturnRequest ReturnToService Scep SecretBytes
    SecretString ServerToken Session SettingAnswer SignIn Signed SignedMachineInfo Simulator SoftwareUpdate Stamp Step
    TokenError TokenFile TokenIdentity TokenKeyPair TokenResponse UnlockRequest VerifiedMachineInfo Waiting WatchPairing
    World";

/// Every other public type. None has a field that can hold a secret: before a name goes in here, look at its fields.
const WITHOUT: &str = "\
    AccessRights AccessRightsError AccountConfiguration AccountDetail AccountDrivenProfile AccountError AccountUse
    Accounts
    AcmeError AcmeKey Action ActivationLock ActivationLockResponse ActivationLockStatus Addresses AdminAccount
    Administrator Admission Admits Advice After Agreed AnchorCertificate Answer AnswerStatus AppleId AppleIdError
    AppleIdPolicy AppleRole ApprovedPlan Artifact Asked AssignAccountDrivenProfile AssignEffect AssignError AssignMethod
    AssignPolicy AssignProfile AssignProfileResponse AssignReport Assigner AssignerState Assignment AssignmentPlan
    AssignmentRules AtApple AuthMethod Authority AuthorityConflict AutoLock Availability AvailableServer
    AwaitUserConfiguration Background BearerChallenge BetaEnrollmentTokens BetaOs BetaSetting BetaToken Blocked
    BlockedBy BlockedByPairing Branding Broken Build BuildError BuiltIn BypassCodeError BypassCodeHash Call CallLog
    CallModeFirst CallRecord Caller Candidate CannotBeAsked CannotComply CellularPlan CellularPlanError CertificateError
    Chain ChainError ChallengeError Change ChangeImpact ChangePath Channel Check Checklist ChecklistItem Choice
    Circumstances Claim Claimed Closed CmsError Color ColorError CommandAnswerError CommandUuid Commit Comparison
    Confirmed Consent Consequence ContactState ContentCipher ContentError Context CorporateBasis Counterpart
    CredentialUse Cursor Curve DeadlineStatus DeadlineWarning Decision DefaultDomains Define DefineProfile
    DefineProfileResponse DefinedProfile DeletionBlocker DeletionBlockers DeletionPlan DeletionStep DepOnboardingSetting
    DepTokenType DerError DerProblem DerivedCredential DesiredState Device DeviceDetails DeviceFamily DeviceFilter
    DeviceMode DeviceName DeviceNameError DeviceNameTemplate DevicePage DevicePageRef DeviceRef DeviceSelector
    DeviceStatus DeviceStatusResponse DeviceStatuses DeviceSync DeviceTable DeviceTableFull DeviceType Devices
    Difference Discovery DiscoveryDocument DiscoveryRequest DiscoverySource Disown DisownCount DisownDevices DomainError
    Download EarlyFull Edit EditPlan EditStep Effect EnableActivationLock Enrolled EnrolledDevice EnrollmentFailure
    EnrollmentKind EnrollmentMode EnrollmentProfile EnrollmentRestrictions EnrollmentState ErasePinError
    ErrorDocumentError ErrorWord EssoDocument EssoDocumentError Estimate Event Excerpt ExchangeError ExpiryStatus ExpiryWarning Exported
    Extra Fact Facts Family Fault FaultEntry FaultRule Faults Fence FetchDevices Field Fingerprint Fit Fix Fleet Flow
    FlowError FormError Format FullName FullReason Gap Gate GetAccount GetAccountDrivenProfile GetBetaEnrollmentTokens
    GetDeviceDetails GetProfile GetReplacementDetails GetTokenError GoOn Goal GracePeriod GuestsOnly HandOver
    HandOverError HardwareCurve Hazard HazardDecision Health Hold HostCertificate HostCertificates HttpMethod HttpsError
    HttpsUrl IdError IdentityError IdentityPlatform IdleKey IdleSeconds IdleTimeout ImportError Imported
    ImportedAppleDeviceIdentity InputError InputProblem InstallProfileError Intercede IosFamily ItContact
    Item Iterations JsonError Key KeyDifference KeyEncryption KeyError KeyPairError KeySlots KeyStatus KeyUsage Kind
    Known Language LanguageError Lease LeaseLost Leaving LeftOut LegacySetting Lifecycle LifecycleError Limit Limits
    Listed LocalAccounts Locale LocaleError Logo LogoError LogoFormat LogoProblem Look Loss LossKind LossReport Lost
    MaidTokenError MdmRemoval MdmServerName MdmServerNameError MdmServiceConfig Mfa MfaProblem Migration MigrationPath
    MinimumOsError MissingLicence MissingPrerequisites Misuse Model Modern Moved Name NameError Need Network
    NewServerStep NextStep NoAdminAccount NoProfile NonceError NonceId NotDerived NotInProgramme NotIos Notice OaepHash
    ObliterationBehavior Obstacle OddField OffboardingPlan OffboardingStep OldServerStep OnDevice OnError Onboarding
    OnboardingError OnlineGrace OpType OrgType OrgVersion Organisation OrganizationTerms Origin Os OsRelease
    OsReleaseError OsVersion OsVersionError OtherToken Outcome Owners Ownership PackageManifest PageLimit Pairing Pane
    Part Parts PasscodeGrace PasscodePolicy Password PasswordHashError PastEvent PathToSupervision PayloadUuid
    PayloadUuidError Pending Phase Pkcs12Error Plan PlanGroup Planned Planner Platform PlatformError PlatformSso
    PortalApp
    PortalDelivery PortalError PortalLicence PortalSource Prefill Prerequisite Prerequisites Preview PrimaryAccount
    PrimaryUser Profile ProfileAtApple ProfileBook ProfileBookError ProfileBuilder ProfileCertificateError
    ProfileFingerprint ProfileFingerprintError ProfileId ProfileName ProfileNameError ProfileState ProfileStatus
    ProfileUse ProfileUuid Profiles Programme Progress PropertyListError PublicKey PushCertificate PushCertificateError
    PushCertificateFate Quota RangeError RateLimit RawJson Reaction ReadError Readiness Reason RecipientId
    RecordedAnswer RecordedCall RecordedResponse Recorder Recording RecordingError Recovery Refused Region RegionError
    RejectedDevice Release ReleaseError Removal RemovalState RemoveAccountDrivenProfile RemoveProfile Renamed
    RenderError Renewal RenewalReason RenewalStep Renewed ReplacedToken Replacement ReplacementDetails Replay Request
    RequestError Required Requirement ResetError ResetMethod ResetRequest ResetRoute ResidentUsers Resolution
    ResourceStatus Retention RetentionError RetryAfter ReturnPlan ReturnRequestError Role Rule RulePlace RulesError
    RulesProblem Scenario ScenarioError ScenarioProblem ScepError ScepKeySize ScepRecovery Schedule SchedulePolicy
    Screen SecondFactor Selection Selector SelectorError SelfServiceAction Serial SerialNumber Server ServerCapabilities
    Service Setting Settings SettingsItem Settled SetupAssistantPayload SetupExperience Severity Share
    SharedDeviceConfiguration SharedIpad SharedIpadUse SharedMode ShortName Side SignError SignatureAlgorithm SignedIn
    SignatureError SignatureHash SignedError SimulatedDevice Since SkipKey Skippable Slot SlotError SmartCardUse SortKey
    Source Split Stage StagingAudience Standing State StateError StepId Storage StorageAdvice StoredDevice StoredError
    Subject SubjectAltName Supervised SupervisionNotice Supplement SupportSite SwitchOnError SyncDevices SyncPolicy
    SyncState SyncedDevice Tag TagError Taken Target TargetError Task TemplateError Tenant TenantError Terms TermsError
    TermsState TextProblem ThisServer Ticked TimeForm TokenExpiry TokenRecord TokenRow TokenServiceType TokenState
    TokenUse Tombstones TooLarge TransportError Trigger Trouble TroubleWord Trust Turn Undecided UnexpectedCalls Unknown
    UnknownFailure UnknownProfile UnknownWord Unlock UnlockAnswer UnlockError UnlockOutcome Unread UnreadPage
    Unsupervised UntrustedError Url UrlProblem Use User UserAffinity UserId UserIdError UserMissing UserOfDevice
    Validity ValueType Variable Verdict VerifyError View Violation Violations Visibility Vpp VppStatus VppToken
    VppTokenId VppTokenIdError WalkError WalkState WalkStateError WarnAt WebView WebViewHost WebViewSession Why
    WhyNotAsked Work WorldBuilder WorldError";

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
