//! What both other systems say, in one vocabulary: a place for every flag, text and number.

/// A place in a [`Draft`](super::draft::Draft).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    // Flags.
    AdminIsHidden,
    AllowsPairing,
    Awaits,
    FetchesAfterRestore,
    GuestsOnly,
    IsMandatory,
    IsRemovable,
    IsSharedIpad,
    IsSupervised,
    IsUnattended,
    LocksPrimary,
    ManagesAdmin,
    NoPrefill,
    PortalAfterSignIn,
    PrimaryIsRegular,
    ReturnsToService,
    SignsIn,
    SignsInByPortal,
    SignsInOnPage,
    SingleApp,
    SkipsPrimary,
    // Texts.
    AdminFullName,
    AdminShortName,
    CarrierUrl,
    Department,
    Description,
    Language,
    Name,
    NameTemplate,
    PrimaryFullName,
    PrimaryShortName,
    Region,
    SupportEmail,
    SupportPhone,
    VppToken,
    // Numbers.
    GuestTimeout,
    PasscodeGrace,
    QuotaMegabytes,
    Users,
    UserTimeout,
}

impl Slot {
    /// Whether it says that a user signs in, or how: a flag that protects.
    pub(super) const fn is_sign_in(self) -> bool {
        matches!(self, Self::SignsIn | Self::SignsInByPortal | Self::SignsInOnPage)
    }

    /// What it is here: Apple's key, or the part of the description.
    pub(super) const fn counterpart(self) -> &'static str {
        match self {
            Self::AdminFullName => "account_configuration: the administrator's full name",
            Self::AdminIsHidden => "account_configuration: whether the administrator is hidden",
            Self::AdminShortName => "account_configuration: the administrator's short name",
            Self::AllowsPairing => "allow_pairing",
            Self::Awaits => "await_device_configured",
            Self::CarrierUrl => "cellular_plan",
            Self::Department => "department",
            Self::Description => "description",
            Self::FetchesAfterRestore => "do_not_use_profile_from_backup",
            Self::GuestTimeout => "shared_ipad: TemporarySessionTimeout",
            Self::GuestsOnly => "shared_ipad: TemporarySessionOnly",
            Self::IsMandatory => "is_mandatory",
            Self::IsRemovable => "is_mdm_removable",
            Self::IsSharedIpad => "is_multi_user",
            Self::IsSupervised => "is_supervised",
            Self::IsUnattended => "auto_advance_setup",
            Self::Language => "language",
            Self::LocksPrimary => "account_configuration: LockPrimaryAccountInfo",
            Self::ManagesAdmin => "account_configuration: ManagedLocalUserShortName",
            Self::Name => "profile_name",
            Self::NameTemplate => "device_name",
            Self::NoPrefill => "account_configuration: DontAutoPopulatePrimaryAccountInfo",
            Self::PasscodeGrace => "shared_ipad: PasscodeLockGracePeriod",
            Self::PortalAfterSignIn => "affinity: the portal app follows the sign-in",
            Self::PrimaryFullName => "account_configuration: PrimaryAccountFullName",
            Self::PrimaryIsRegular => "account_configuration: SetPrimarySetupAccountAsRegularUser",
            Self::PrimaryShortName => "account_configuration: PrimaryAccountUserName",
            Self::QuotaMegabytes => "shared_ipad: QuotaSize",
            Self::Region => "region",
            Self::ReturnsToService => "is_return_to_service",
            Self::SignsIn => "affinity: a user signs in",
            Self::SignsInByPortal => "affinity: in the portal app",
            Self::SignsInOnPage => "configuration_web_url, and affinity: on that page",
            Self::SingleApp => "affinity: single app mode until sign-in",
            Self::SkipsPrimary => "account_configuration: SkipPrimarySetupAccountCreation",
            Self::SupportEmail => "support_email_address",
            Self::SupportPhone => "support_phone_number",
            Self::UserTimeout => "shared_ipad: UserSessionTimeout",
            Self::Users => "shared_ipad: ResidentUsers",
            Self::VppToken => "affinity: the VPP token of the portal app",
        }
    }
}
