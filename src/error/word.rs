use std::fmt;

use http::StatusCode;

use super::Advice;

macro_rules! words {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $advice:expr, $meaning:literal;)*) => {
        /// Apple's word for a refusal: the short text in the body of an answer.
        ///
        /// It arrives bare, in double quotes, or with the status's reason phrase attached; [`ErrorWord::find`] reads all three.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorWord {
            $(#[doc = concat!("`", $word, "`: ", $meaning, ".")] $(#[$doc])* $variant,)*
            /// A word that this version of the crate does not know, as Apple sent it.
            Other(UnknownWord),
        }

        impl ErrorWord {
            /// The words that this version knows.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word as Apple sends it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(UnknownWord(word)) => word,
                }
            }

            /// What the word means; `None` for an unknown one.
            pub fn meaning(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($meaning),)*
                    Self::Other(_) => None,
                }
            }

            pub(super) fn advice(&self) -> Option<Advice> {
                match self {
                    $(Self::$variant => Some($advice),)*
                    Self::Other(_) => None,
                }
            }
        }
    };
}

const RETRY: Advice = Advice::Retry { after: None };

words! {
    AccessDenied = "ACCESS_DENIED", Advice::AskAdministrator, "the organisation or this server has no access to the service";
    BetaProgramOff = "APPLE_SEED_FOR_IT_TURNED_OFF", Advice::AskAdministrator, "the organisation has turned AppleSeed for IT off";
    NameInvalid = "CONFIG_NAME_INVALID", Advice::FixRequest, "`profile_name` is empty or longer than 125 characters";
    NameRequired = "CONFIG_NAME_REQUIRED", Advice::FixRequest, "`profile_name` is missing";
    UrlInvalid = "CONFIG_URL_INVALID", Advice::FixRequest, "`url` is empty, malformed, or longer than 2000 URL-encoded characters";
    UrlRequired = "CONFIG_URL_REQUIRED", Advice::FixRequest, "`url` is missing";
    CursorRequired = "CURSOR_REQUIRED", Advice::FetchFromStart, "a sync was asked for without a cursor";
    DepartmentInvalid = "DEPARTMENT_INVALID", Advice::FixRequest, "`department` is empty or longer than 125 characters";
    /// Only in the old simulator's catalogue.
    DepartmentRequired = "DEPARTMENT_REQUIRED", Advice::FixRequest, "`department` is missing";
    /// Reported by third parties only.
    DescriptionInvalid = "DESCRIPTION_INVALID", Advice::FixRequest, "the description is not accepted";
    DeviceIdRequired = "DEVICE_ID_REQUIRED", Advice::FixRequest, "no serial number was given";
    DeviceNotFound = "DEVICE_NOT_FOUND", Advice::GiveUp, "this serial number is not known here";
    CursorExhausted = "EXHAUSTED_CURSOR", Advice::ContinueWithSync, "every device has been returned already";
    CursorExpired = "EXPIRED_CURSOR", Advice::FetchFromStart, "the cursor is older than seven days";
    FlagsInvalid = "FLAGS_INVALID", Advice::FixRequest, "`is_mdm_removable` is false while `is_supervised` is not true";
    Forbidden = "FORBIDDEN", Advice::SignInAgain, "the session was not accepted";
    CursorInvalid = "INVALID_CURSOR", Advice::FetchFromStart, "the cursor is not one of Apple's";
    LocaleInvalid = "LOCALE_INVALID", Advice::FixRequest, "Apple does not accept this pair of `language` and `region`";
    MagicInvalid = "MAGIC_INVALID", Advice::FixRequest, "`org_magic` is empty or longer than 256 characters";
    MalformedRequestBody = "MALFORMED_REQUEST_BODY", Advice::FixRequest, "the request's JSON could not be read";
    DiscoveryUrlInvalid = "MDM_SERVICE_DISCOVERY_URL_NOT_VALID", Advice::FixRequest, "`mdm_service_discovery_url` is not an https URL";
    DiscoveryUrlRequired = "MDM_SERVICE_DISCOVERY_URL_REQUIRED", Advice::FixRequest, "`mdm_service_discovery_url` is missing";
    NotFound = "NOT_FOUND", Advice::GiveUp, "there is nothing under this name";
    OrgNotSupported = "ORG_NOT_SUPPORTED", Advice::GiveUp, "this kind of organisation cannot use the feature";
    ProfileNotFound = "PROFILE_NOT_FOUND", Advice::DefineProfileAgain, "Apple does not know this profile";
    ProfileUuidRequired = "PROFILE_UUID_REQUIRED", Advice::FixRequest, "`profile_uuid` is missing";
    SupportEmailInvalid = "SUPPORT_EMAIL_INVALID", Advice::FixRequest, "`support_email_address` is empty or longer than 250 characters";
    SupportPhoneInvalid = "SUPPORT_PHONE_INVALID", Advice::FixRequest, "`support_phone_number` is empty or longer than 50 characters";
    /// Only in the old simulator's catalogue.
    SupportPhoneRequired = "SUPPORT_PHONE_REQUIRED", Advice::FixRequest, "`support_phone_number` is missing";
    TermsNotSigned = "T_C_NOT_SIGNED", Advice::AcceptTerms, "the organisation has not accepted Apple's current terms";
    TooManyRequests = "TOO_MANY_REQUESTS", RETRY, "too many calls in a short time";
    Unauthorized = "UNAUTHORIZED", Advice::SignInAgain, "the session is missing, invalid or expired";
    UserAgentInvalid = "USER_AGENT_INVALID", Advice::FixRequest, "Apple does not accept this `User-Agent`";
    UserAgentMissing = "USER_AGENT_MISSING", Advice::FixRequest, "the request had no `User-Agent`";
    /// Known from another vendor's constants only.
    InternalServerError = "internal_server_error", RETRY, "Apple's service failed";
    /// Known from another vendor's constants only.
    MessageFormatError = "message_format_error", Advice::FixRequest, "the request could not be read";
    /// With status 400 the OAuth parameters are malformed, with 401 the token, its secret or the clock is wrong.
    OauthProblem = "oauth_problem_advice", Advice::RenewToken, "the sign-in was not accepted: a wrong or replaced token, a wrong clock, or a nonce used twice";
    SignatureInvalid = "signature_invalid", Advice::RenewToken, "the signature of the sign-in is wrong, as after the token was replaced";
    TokenExpired = "token_expired", Advice::RenewToken, "the server token has expired; it is valid for a year";
    TokenRejected = "token_rejected", Advice::RenewToken, "the server token was revoked, or replaced by a newer download";
}

/// A word of Apple's that this version of the crate does not know. Made by reading one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownWord(Box<str>);

impl ErrorWord {
    /// The longest body in which a word is looked for.
    const LONGEST_BODY: usize = 300;

    /// Finds Apple's word in the body of a refused call: bare, quoted, or run together with the reason phrase
    /// of the status. Nothing is found in HTML, in an empty body, or in the bare reason phrase.
    ///
    /// ```
    /// use apple_ade::error::ErrorWord;
    /// use http::StatusCode;
    ///
    /// let found = ErrorWord::find(b"token_expiredForbidden", StatusCode::FORBIDDEN);
    /// assert_eq!(found, Some(ErrorWord::TokenExpired));
    /// ```
    pub fn find(body: &[u8], status: StatusCode) -> Option<Self> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        if body.len() > Self::LONGEST_BODY {
            return None;
        }
        let text = std::str::from_utf8(body).ok()?;
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '"');
        let reason = status.canonical_reason().unwrap_or_default();
        if text.is_empty() || text.starts_with(['<', '{', '[']) || text == reason {
            return None;
        }
        let bare = text.strip_suffix(reason).unwrap_or(text).trim_end_matches(|c: char| !is_word(c));
        // The word alone; else as one of the words of a sentence. Whole words only: DEVICE_NOT_FOUND is not NOT_FOUND.
        let mut parts = std::iter::once(bare).chain(text.split(|c: char| !is_word(c)));
        let known = parts.find_map(|part| Self::ALL.iter().find(|word| word.as_str() == part));
        match known {
            // Many a proxy says so in a sentence; only by itself does it say that the session is not accepted.
            Some(Self::Forbidden) if bare != Self::Forbidden.as_str() => None,
            Some(word) => Some(word.clone()),
            None if !bare.is_empty() && bare.chars().all(is_word) => Some(Self::Other(UnknownWord(bare.into()))),
            None => None,
        }
    }

    /// Whether a clock that is wrong could be the reason.
    pub(super) fn may_be_clock(&self) -> bool {
        matches!(
            self,
            Self::OauthProblem | Self::SignatureInvalid | Self::Unauthorized | Self::TokenExpired | Self::Other(_)
        )
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl fmt::Display for ErrorWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
