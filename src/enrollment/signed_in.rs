//! Account-driven enrollment, last step: the device comes back with a token.

use super::discovery::EnrollmentMode;
use super::mdm_profile::is_account;
use super::standing::Standing;

/// A device whose user has signed in, in an account-driven enrollment: Apple's list need not have it, since the account speaks for it. In user
/// enrollment ([`EnrollmentMode::Byod`]) it tells neither its serial number nor its UDID.
///
/// Make it when the [`access_token`](super::access_token) of the request was verified as one that this server has issued, to this account.
///
/// The whole enrollment, from the account that the user types in to the profile:
///
/// ```
/// # #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))] {
/// use std::collections::BTreeMap;
///
/// use apple_ade::Stamp;
/// use apple_ade::enrollment::*;
/// use apple_ade::error::BoxError;
/// # use apple_ade::pki::{certificate::Certificate, key::PrivateKey};
/// use apple_ade::secret::SecretString;
/// use http::{HeaderMap, Response};
///
/// // 4. Each POST to `BaseURL`, with the caller of its signed MachineInfo: a challenge, or the profile.
/// fn post(
///     headers: &HeaderMap,
///     caller: &Caller,
///     tokens: &BTreeMap<String, String>, // the access tokens that were issued, with their accounts
///     stamp: &Stamp,
/// ) -> Result<Response<Vec<u8>>, BoxError> {
///     let account = access_token(headers).and_then(|token| tokens.get(token.expose_secret()));
///     let Some(account) = account else {
///         return Ok(BearerChallenge::web("https://mdm.example.com/login")?.respond());
///     };
///     let signed_in = SignedIn::new(account, EnrollmentMode::Byod)?;
///     let decision = decide(caller, signed_in, &EnrollmentPolicy::new(), stamp);
///     decision.respond(Format::Json, |_| {
///         let identity = Scep::new("https://ca.example.com/scep")?;
///         let (url, topic) = ("https://mdm.example.com/mdm", "com.apple.mgmt.External.1");
///         let profile = MdmProfile::builder("com.example.mdm", url, topic, identity)
///             .account_driven(signed_in.account(), signed_in.mode())
///             .build(PayloadUuid::from_nonce(stamp.nonce()))?;
/// #         let key = PrivateKey::from_pem(include_str!("../../tests/fixtures/token/key.pem"))?;
/// #         let certificate = Certificate::from_pem(include_str!("../../tests/fixtures/token/cert.pem"))?;
///         Ok(profile.sign(&key, [&certificate], stamp)?)
///     })
/// }
///
/// // 1. The user types in an account, and the device asks the account's domain for its server.
/// let uri = "/.well-known/com.apple.remotemanagement?user-identifier=ada%40example.com&model-family=iPhone".parse()?;
/// let question = DiscoveryRequest::from_uri(&uri).ok_or("another page")?;
/// let account = question.user_identifier.ok_or("an account is named")?;
/// let server = DiscoveryDocument::new(EnrollmentMode::Byod, "https://mdm.example.com/enroll/byod")?;
/// assert_eq!(server.respond().status(), 200);
///
/// // 2. Its first POST has no token: it is led to the page where the user signs in.
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, *b"sixteen bytes 01");
/// let caller = Caller::new("iPhone15,2", "22A3354");
/// let (mut headers, mut tokens) = (HeaderMap::new(), BTreeMap::new());
/// assert_eq!(post(&headers, &caller, &tokens, &stamp)?.status(), 401);
///
/// // 3. The page has checked the account and the password. It issues a token, and leads back to the device.
/// tokens.insert("a-random-token".to_owned(), account);
/// assert_eq!(login_done(&SecretString::new("a-random-token")).status(), 308);
///
/// // 4. The device posts once more, with the token.
/// headers.insert("authorization", "Bearer a-random-token".parse()?);
/// let response = post(&headers, &caller, &tokens, &stamp)?;
/// assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &PROFILE_TYPE.parse()?));
/// # }
/// # Ok::<(), apple_ade::error::BoxError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn<'p> {
    account: &'p str,
    mode: EnrollmentMode,
    pub(super) pairing_token_accepted: bool,
}

/// A text that is no Managed Apple Account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no Managed Apple Account; give a name, `@` and a domain, as in ada@example.com")]
pub struct AccountError {
    found: String,
}

impl<'p> SignedIn<'p> {
    /// A device whose user has signed in with this Managed Apple Account, and how it enrolls: by the `BaseURL` to which it has posted.
    ///
    /// # Errors
    ///
    /// [`AccountError`]
    pub fn new(account: &'p str, mode: EnrollmentMode) -> Result<Self, AccountError> {
        if !is_account(account) {
            return Err(AccountError { found: account.chars().take(80).collect() });
        }
        Ok(Self { account, mode, pairing_token_accepted: false })
    }

    /// As [`Listed::pairing_token_accepted`](super::Listed::pairing_token_accepted).
    #[must_use]
    pub fn pairing_token_accepted(self) -> Self {
        Self { pairing_token_accepted: true, ..self }
    }

    /// The account.
    pub fn account(&self) -> &'p str {
        self.account
    }

    /// How the device enrolls.
    pub fn mode(&self) -> EnrollmentMode {
        self.mode
    }
}

impl<'p> From<SignedIn<'p>> for Standing<'p> {
    fn from(signed_in: SignedIn<'p>) -> Self {
        Self::SignedIn(signed_in)
    }
}
