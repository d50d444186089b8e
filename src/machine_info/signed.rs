use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Utc};
use http::header::CONTENT_TYPE;

use super::{ContentError, MachineInfo, ReadError, Trust, UntrustedError};
use crate::pki::cms::Signed;
use crate::pki::der::MAX_SIZE;
use crate::pki::signature::CheckSignature;
use crate::pki::trust::Chain;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A signed MachineInfo that nobody has verified yet: there is nothing to read in it.
///
/// ```compile_fail,E0609
/// # use apple_ade::machine_info::{ReadError, SignedMachineInfo};
/// fn serial(signed: SignedMachineInfo) {
///     signed.serial; // not before `verify`
/// }
/// ```
///
/// ```
/// use apple_ade::machine_info::{ReadError, SignedMachineInfo};
///
/// # let body = include_bytes!("../../tests/fixtures/machine_info/bc_sha1.p7s");
/// let signed = SignedMachineInfo::from_body(body)?;
/// assert_eq!(signed.signed().certificates().len(), 2);
/// assert!(matches!(SignedMachineInfo::from_body(b""), Err(ReadError::Empty { .. })));
/// # Ok::<(), ReadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SignedMachineInfo {
    signed: Signed,
}

impl SignedMachineInfo {
    /// The media type of the body that a device posts.
    pub const MEDIA_TYPE: &str = "application/pkcs7-signature";

    /// The header of the first page that a device loads in its web view.
    pub const HEADER: &str = "x-apple-aspen-deviceinfo";

    /// The longest message, in bytes.
    pub const MAX_SIZE: usize = MAX_SIZE;

    /// Reads the body of a POST to the profile's `url`: CMS SignedData in DER or BER.
    ///
    /// # Errors
    ///
    /// [`ReadError`], if it is not a message with content and exactly one signer.
    pub fn from_body(body: &[u8]) -> Result<Self, ReadError> {
        Self::from_ber(body, "body")
    }

    /// Reads the value of the header `x-apple-aspen-deviceinfo`: the same message in base64, of the standard or the URL-safe
    /// alphabet, padded or not. White space in it, as proxies put where they fold lines, is skipped.
    ///
    /// # Errors
    ///
    /// As [`from_body`](Self::from_body), and [`ReadError::Base64`].
    pub fn from_header(value: impl AsRef<[u8]>) -> Result<Self, ReadError> {
        /// Four characters for three bytes, and as many again for white space.
        const LIMIT: usize = MAX_SIZE / 3 * 8;
        let value = value.as_ref();
        if value.len() > LIMIT {
            return Err(ReadError::TooLarge { place: "header", limit: LIMIT });
        }
        let mut packed = Vec::with_capacity(value.len());
        let mut padded = false;
        for (offset, byte) in value.iter().enumerate() {
            match byte {
                b'-' if !padded => packed.push(b'+'),
                b'_' if !padded => packed.push(b'/'),
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if !padded => packed.push(*byte),
                b'=' => padded = true,
                byte if byte.is_ascii_whitespace() => {}
                _ => return Err(ReadError::Base64 { offset }),
            }
        }
        let message = BASE64.decode(&packed).map_err(|_| ReadError::Base64 { offset: value.len() })?;
        Self::from_ber(&message, "header")
    }

    /// Reads a request as it came: of a GET the header, of anything else the body, which has to be declared as
    /// `application/pkcs7-signature` (or `application/x-pkcs7-signature`) if it is declared.
    ///
    /// ```
    /// use apple_ade::machine_info::{ReadError, SignedMachineInfo};
    ///
    /// let from_a_browser = http::Request::get("https://mdm.example.com/welcome").body(Vec::new())?;
    /// assert_eq!(SignedMachineInfo::from_request(&from_a_browser).unwrap_err(), ReadError::NoHeader);
    /// # Ok::<(), http::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_body`](Self::from_body) and [`from_header`](Self::from_header).
    pub fn from_request<B: AsRef<[u8]>>(request: &http::Request<B>) -> Result<Self, ReadError> {
        let headers = request.headers();
        if request.method() == http::Method::GET {
            let values: Vec<_> = headers.get_all(Self::HEADER).iter().collect();
            return match values[..] {
                [only] => Self::from_header(only),
                [] => Err(ReadError::NoHeader),
                _ => Err(ReadError::Headers { count: values.len() }),
            };
        }
        if let Some(declared) = headers.get(CONTENT_TYPE) {
            let declared = String::from_utf8_lossy(declared.as_bytes());
            let essence = declared.split(';').next().unwrap_or_default().trim();
            if ![Self::MEDIA_TYPE, "application/x-pkcs7-signature"]
                .iter()
                .any(|known| essence.eq_ignore_ascii_case(known))
            {
                return Err(ReadError::MediaType { found: declared.chars().take(80).collect() });
            }
        }
        Self::from_body(request.body().as_ref())
    }

    fn from_ber(message: &[u8], place: &'static str) -> Result<Self, ReadError> {
        if message.is_empty() {
            return Err(ReadError::Empty { place });
        }
        if message.len() > Self::MAX_SIZE {
            return Err(ReadError::TooLarge { place, limit: Self::MAX_SIZE });
        }
        let signed = Signed::from_ber(message)?;
        if !signed.is_data() {
            return Err(ReadError::NotData { oid: signed.content_type() });
        }
        Ok(Self { signed })
    }

    /// The message: who says to have signed it, and how.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }

    /// Verifies that a device signed it. `at` is the time at which the certificates have to be valid under a caller's anchors,
    /// and about which is reported under a pinned certificate ([`Trust`]).
    ///
    /// # Errors
    ///
    /// [`UntrustedError`] says why it is refused.
    #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
    pub fn verify(&self, trust: &Trust, at: DateTime<Utc>) -> Result<VerifiedMachineInfo, UntrustedError> {
        self.verify_with(trust, at, &crate::pki::signature::BuiltIn)
    }

    /// The same with a checker of signatures of the caller's, for builds without a back end.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_with(
        &self,
        trust: &Trust,
        at: DateTime<Utc>,
        checker: &dyn CheckSignature,
    ) -> Result<VerifiedMachineInfo, UntrustedError> {
        let chain = trust.verify_with(&self.signed, at, checker)?;
        let info = MachineInfo::from_plist(self.signed.content())?;
        Ok(VerifiedMachineInfo { info, chain })
    }

    /// What it says, whoever wrote it. For a log of refused requests, and for nothing that decides anything.
    ///
    /// # Errors
    ///
    /// [`ContentError`] if it is not a MachineInfo.
    pub fn dangerous_unverified_info(&self) -> Result<MachineInfo, ContentError> {
        MachineInfo::from_plist(self.signed.dangerous_unverified_content())
    }
}

/// A MachineInfo that a device signed, and the chain that says so.
///
/// It exists after [`SignedMachineInfo::verify`] alone. See the [module](self::super) for what it proves, and what not.
///
/// ```compile_fail,E0451
/// # use apple_ade::machine_info::{MachineInfo, VerifiedMachineInfo};
/// # use apple_ade::pki::trust::Chain;
/// fn forge(info: MachineInfo, chain: Chain) -> VerifiedMachineInfo {
///     VerifiedMachineInfo { info, chain }
/// }
/// ```
///
/// ```
/// use apple_ade::machine_info::{SignedMachineInfo, Trust};
///
/// # #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))] {
/// # let body = include_bytes!("../../tests/fixtures/machine_info/2048_sha256_der.p7s");
/// # let my_ca = include_str!("../../tests/fixtures/machine_info/root.pem");
/// let at = "2026-11-28T00:00:00Z".parse()?;
/// let device = SignedMachineInfo::from_body(body)?.verify(&Trust::anchors_from_pem(my_ca)?, at)?;
/// assert_eq!(device.info().product.as_deref(), Some("iPad14,3"));
/// assert_eq!(device.chain().certificates().count(), 3);
/// // A device's certificate is not a member of the caller's authority, and nobody else's device is Apple's.
/// assert!(SignedMachineInfo::from_body(body)?.verify(&Trust::apple_devices(), at).is_err());
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct VerifiedMachineInfo {
    info: MachineInfo,
    chain: Chain,
}

impl VerifiedMachineInfo {
    /// What the device says.
    pub fn info(&self) -> &MachineInfo {
        &self.info
    }

    /// The same, to keep.
    pub fn into_info(self) -> MachineInfo {
        self.info
    }

    /// The certificates from the device's to the trusted one, and how they stand to their validity periods.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }
}
