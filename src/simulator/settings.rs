use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// How the simulated service behaves where Apple's behaviour changes, is not documented, or has been seen to differ.
///
/// ```
/// use apple_ade::simulator::World;
///
/// let mut world = World::builder().build();
/// world.settings_mut().quoted_errors = true;
/// world.settings_mut().session_seconds = 60;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent oddity that a test switches by name")]
pub struct Settings {
    /// How long a session lives, in seconds. Apple publishes no number; 180 by default.
    pub session_seconds: u32,
    /// After how many calls of one session the answer carries a new one in `X-ADM-Auth-Session`. Never by default.
    pub rotate_every: Option<u32>,
    /// Whether a session that was rotated away is accepted until it expires. True by default.
    pub old_session_stays: bool,
    /// Whether a session that was never given is answered with 403 `FORBIDDEN`, not 401 `UNAUTHORIZED`.
    pub forbid_unknown_session: bool,
    /// Whether error words come in double quotes, as Apple's old simulator sent them.
    pub quoted_errors: bool,
    /// The limits of device lists that `/account` advertises. A page never holds more than `maximum`.
    pub page_limit: PageLimit,
    /// The page size when a request names none. Apple documents 100.
    pub page_size_unasked: u32,
    /// After how many seconds a cursor is too old to sync with. Seven days by default.
    pub cursor_seconds: u32,
    /// How far `oauth_timestamp` may be from the world's clock, in seconds. 300 by default.
    pub timestamp_window: u32,
    /// The protocol version of a request without `X-Server-Protocol-Version`. 1 by default.
    pub protocol_unasked: u8,
    /// The answer to a sign-in with a token that a newer download has replaced (TOK-18).
    pub replaced_token: ReplacedToken,
    /// The answer when a profile UUID is not known.
    pub unknown_profile: UnknownProfile,
    /// Whether the answer for a device that replaces none has status 400 (as observed), not 404 (as documented).
    pub no_replacement_is_400: bool,
    /// Whether `/device/activationlock` serves this organisation; else `ORG_NOT_SUPPORTED`.
    pub activation_lock: bool,
    /// Whether `/account-driven-enrollment/profile` serves this organisation; else 400 `ORG_NOT_SUPPORTED`.
    pub account_driven_enrollment: bool,
    /// Whether AppleSeed for IT is on; else 403 `APPLE_SEED_FOR_IT_TURNED_OFF`.
    pub beta_program: bool,
    /// Whether a profile must name a department and a support phone number, as Apple's old simulator demanded.
    pub legacy_required_keys: bool,
    /// Pairs of `language` and `region` that are answered with `LOCALE_INVALID`. Apple publishes no list; none by default.
    pub refused_locales: BTreeSet<(String, String)>,
    /// Parts of a `User-Agent` that make it `USER_AGENT_INVALID`. Apple publishes no list; none by default.
    pub refused_user_agents: Vec<String>,
    /// How often a device may be given a profile within [`Settings::throttle_seconds`] before it is throttled. No bound by default.
    pub throttle_after: Option<u32>,
    /// How long a throttled device stays so, in seconds. One day by default.
    pub throttle_seconds: u32,
    /// How many calls [`World::calls`](super::World::calls) remembers. 1000 by default.
    pub calls_kept: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_seconds: 180,
            rotate_every: None,
            old_session_stays: true,
            forbid_unknown_session: false,
            quoted_errors: false,
            page_limit: PageLimit { default: 1000, maximum: 1000 },
            page_size_unasked: 100,
            cursor_seconds: 7 * 86_400,
            timestamp_window: 300,
            protocol_unasked: 1,
            replaced_token: ReplacedToken::Rejected,
            unknown_profile: UnknownProfile::Documented,
            no_replacement_is_400: false,
            activation_lock: true,
            account_driven_enrollment: true,
            beta_program: true,
            legacy_required_keys: false,
            refused_locales: BTreeSet::new(),
            refused_user_agents: Vec::new(),
            throttle_after: None,
            throttle_seconds: 86_400,
            calls_kept: 1000,
        }
    }
}

/// A limit as `/account` advertises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "Apple's two numbers")]
pub struct PageLimit {
    /// The advertised default.
    pub default: u32,
    /// The most devices in a page.
    pub maximum: u32,
}

/// How a sign-in with a replaced token is refused; all three have been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ReplacedToken {
    /// 401 `token_rejected`.
    Rejected,
    /// 403 `token_rejected`.
    RejectedForbidden,
    /// 401 `signature_invalid`.
    SignatureInvalid,
}

/// How an unknown profile UUID is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum UnknownProfile {
    /// As documented: 400 `NOT_FOUND` when reading, 404 `NOT_FOUND` when assigning.
    Documented,
    /// As observed: 404 `NOT_FOUND` for both.
    Observed,
    /// As the old simulator: 400 `PROFILE_NOT_FOUND` for both.
    Legacy,
}
