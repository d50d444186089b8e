//! When two profiles are the same to Apple.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::api::profile::Profile;
use crate::json::RawJson;
use crate::pki::pem;

use super::difference;
use super::enrollment::EnrollmentProfile;

/// Which keys count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Those that are sent unless more is asked for.
    Documented,
    /// Those that this version of the crate does not know, too.
    All,
}

/// What a profile says to Apple, by key: without what is the documented default, with lists that are sets in one order, and without the
/// devices and the UUID, which are not part of what is described.
///
/// `is_supervised` and `is_mandatory` are kept whenever they are said: Apple's pages and the clients in use disagree on their
/// defaults (X-50).
pub(super) fn canonical(profile: &Profile, keys: Keys) -> BTreeMap<String, RawJson> {
    let mut entries = BTreeMap::new();
    let mut put = |key: &str, value: Option<RawJson>| {
        if let Some(value) = value {
            entries.insert(key.to_owned(), value);
        }
    };
    let flags = [
        ("allow_pairing", profile.allow_pairing, Some(true)),
        ("auto_advance_setup", profile.auto_advance_setup, Some(false)),
        ("await_device_configured", profile.await_device_configured, Some(false)),
        ("do_not_use_profile_from_backup", profile.do_not_use_profile_from_backup, Some(false)),
        ("is_mandatory", profile.is_mandatory, None),
        ("is_mdm_removable", profile.is_mdm_removable, Some(true)),
        ("is_multi_user", profile.is_multi_user, Some(false)),
        ("is_return_to_service", profile.is_return_to_service, Some(false)),
        ("is_supervised", profile.is_supervised, None),
    ];
    for (key, value, default) in flags {
        put(key, value.filter(|_| value != default).and_then(|value| RawJson::of(&value)));
    }
    let texts = [
        ("configuration_web_url", &profile.configuration_web_url),
        ("department", &profile.department),
        ("language", &profile.language),
        ("org_magic", &profile.org_magic),
        ("profile_name", &profile.profile_name),
        ("region", &profile.region),
        ("support_email_address", &profile.support_email_address),
        ("support_phone_number", &profile.support_phone_number),
        ("url", &profile.url),
    ];
    for (key, text) in texts {
        // An empty text is not sent.
        put(key, text.as_ref().filter(|text| !text.is_empty()).and_then(RawJson::of));
    }
    // The same bytes may be written in base64 with or without line breaks.
    let der = |text: &String| match pem::base64_decode(text.as_bytes()) {
        Some(bytes) => STANDARD.encode(&*bytes),
        None => text.clone(),
    };
    let sets = [
        ("anchor_certs", profile.anchor_certs.iter().flatten().map(der).collect::<BTreeSet<_>>()),
        ("skip_setup_items", profile.skip_setup_items.iter().flatten().cloned().collect()),
        ("supervising_host_certs", profile.supervising_host_certs.iter().flatten().map(der).collect()),
    ];
    for (key, set) in sets {
        put(key, (!set.is_empty()).then_some(set).and_then(|set| RawJson::of(&set)));
    }
    let others =
        profile.odd_in_force().map(|odd| (odd.key, &odd.value)).filter(|(key, _)| !OF_NO_ACCOUNT.contains(key));
    let unknown = profile.extra.iter().filter(|(key, _)| keys == Keys::All && !profile.has(key));
    for (key, value) in others.chain(unknown) {
        // White space and the order of keys within make no difference.
        let plain = value.read::<serde_json::Value>().ok().and_then(|value| RawJson::of(&value));
        put(key, Some(plain.unwrap_or_else(|| value.clone())));
    }
    entries
}

/// Keys that do not describe how devices are enrolled.
const OF_NO_ACCOUNT: &[&str] = &["devices", "profile_uuid"];

/// What tells one profile from another: the SHA-256 of what it says to Apple.
///
/// Profiles that mean the same to Apple have the same: the order of skip keys and certificates, line breaks within base64, flags
/// at their documented default, devices, and what Apple never sees make no difference. Keys that this version of the crate does not know
/// are left out as they are when the profile is sent; who sends them takes [`with_unknown_keys`](Self::with_unknown_keys). Two profiles
/// have the same fingerprint when their [`Comparison`] says that they are the same. Apple makes a new profile with every
/// definition and deletes none (PRO-10): keep the fingerprint beside the UUID, and define only what has another.
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
/// use apple_ade::setup_assistant::SkipKey;
///
/// let profile = |keys: [SkipKey; 2]| {
///     EnrollmentProfile::builder("Kiosks", "https://mdm.example.org/enroll")
///         .mode(Supervised::new(UserAffinity::Without))
///         .skip(keys)
///         .build()
/// };
/// let [one, other] = [[SkipKey::Siri, SkipKey::Tos], [SkipKey::Tos, SkipKey::Siri]];
/// assert_eq!(profile(one)?.fingerprint(), profile(other)?.fingerprint());
/// # Ok::<(), apple_ade::judgement::Violations>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileFingerprint([u8; 32]);

impl ProfileFingerprint {
    /// The fingerprint of a profile in Apple's keys.
    pub fn of(profile: &Profile) -> Self {
        Self::with(profile, Keys::Documented)
    }

    /// The fingerprint with the keys that this version of the crate does not know, for who sends them
    /// ([`DefineProfile::with_unknown_keys`](crate::api::DefineProfile::with_unknown_keys)).
    pub fn with_unknown_keys(profile: &Profile) -> Self {
        Self::with(profile, Keys::All)
    }

    fn with(profile: &Profile, keys: Keys) -> Self {
        let mut hash = Sha256::new_with_prefix(b"apple-ade profile 1");
        for (key, value) in canonical(profile, keys) {
            // With their lengths, so that no two lists of entries are written alike.
            for part in [key.as_str(), value.as_str()] {
                hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(part);
            }
        }
        Self(hash.finalize().into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl EnrollmentProfile {
    /// What tells it from profiles that say something else to Apple.
    pub fn fingerprint(&self) -> ProfileFingerprint {
        ProfileFingerprint::of(self.wire())
    }
}

/// Sixty-four hexadecimal digits.
impl fmt::Display for ProfileFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ProfileFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProfileFingerprint({self})")
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint of a profile is 64 hexadecimal digits; this text has {length} characters")]
pub struct ProfileFingerprintError {
    length: usize,
}

impl FromStr for ProfileFingerprint {
    type Err = ProfileFingerprintError;

    fn from_str(text: &str) -> Result<Self, ProfileFingerprintError> {
        let error = || ProfileFingerprintError { length: text.chars().count() };
        let digits = text.bytes().map(|byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
        let digits: Vec<u8> = digits.collect::<Option<_>>().ok_or_else(error)?;
        let (pairs, rest) = digits.as_chunks::<2>();
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        bytes.try_into().ok().filter(|_| rest.is_empty()).map(Self).ok_or_else(error)
    }
}

impl Serialize for ProfileFingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProfileFingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How the profile that Apple has differs from the one that is wanted.
///
/// ```
/// use apple_ade::api::profile::Profile;
/// use apple_ade::profile::Comparison;
///
/// let mut wanted = Profile::new("Kiosks", "https://mdm.example.org/enroll");
/// wanted.is_supervised = Some(true);
/// let mut found = wanted.clone();
/// assert!(Comparison::of(&wanted, &found).is_same());
///
/// found.is_supervised = Some(false);
/// let comparison = Comparison::of(&wanted, &found);
/// assert_eq!(comparison.to_string(), "is_supervised: true is wanted, false is there");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Comparison(Vec<KeyDifference>);

/// A key of which the profile that Apple has says something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyDifference {
    /// The key.
    pub key: String,
    /// What is wanted; `None` for the default.
    pub wanted: Option<RawJson>,
    /// What is there; `None` for the default.
    pub found: Option<RawJson>,
}

impl Comparison {
    /// Compares what is wanted with the answer of `GET /profile`.
    ///
    /// Keys that this version of the crate does not know are left out: unless the caller asks for it they are not sent. So are the devices
    /// and the UUID.
    pub fn of(wanted: &Profile, found: &Profile) -> Self {
        Self::with(wanted, found, Keys::Documented)
    }

    /// Compares with the keys that this version of the crate does not know, for who sends them
    /// ([`DefineProfile::with_unknown_keys`](crate::api::DefineProfile::with_unknown_keys)).
    pub fn with_unknown_keys(wanted: &Profile, found: &Profile) -> Self {
        Self::with(wanted, found, Keys::All)
    }

    fn with(wanted: &Profile, found: &Profile, keys: Keys) -> Self {
        let [wanted, mut found] = [canonical(wanted, keys), canonical(found, keys)];
        let mut differences = Vec::new();
        for (key, wanted) in wanted {
            match found.remove(&key) {
                Some(found) if found == wanted => {}
                found => differences.push(KeyDifference { key, wanted: Some(wanted), found }),
            }
        }
        differences.extend(found.into_iter().map(|(key, found)| KeyDifference {
            key,
            wanted: None,
            found: Some(found),
        }));
        differences.sort_by(|a, b| a.key.cmp(&b.key));
        Self(differences)
    }

    /// Whether Apple has what is wanted.
    pub fn is_same(&self) -> bool {
        self.0.is_empty()
    }

    /// The differences, by key.
    pub fn differences(&self) -> &[KeyDifference] {
        &self.0
    }
}

impl EnrollmentProfile {
    /// Compares it with the answer of `GET /profile`.
    pub fn compare(&self, found: &Profile) -> Comparison {
        Comparison::of(self.wire(), found)
    }
}

/// A line for each difference: of lists what is wanted and not there (`+`) and what is there and not wanted (`−`), of certificates
/// the fingerprints.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value =
            |value: &Option<RawJson>| value.as_ref().map_or_else(|| "the default".to_owned(), difference::value);
        for (place, difference) in self.0.iter().enumerate() {
            let line_break = if place == 0 { "" } else { "\n" };
            let KeyDifference { key, wanted, found } = difference;
            match difference::of_lists(key, found.as_ref(), wanted.as_ref()) {
                Some(lists) => write!(f, "{line_break}{key}: {lists}")?,
                None => write!(f, "{line_break}{key}: {} is wanted, {} is there", value(wanted), value(found))?,
            }
        }
        Ok(())
    }
}
