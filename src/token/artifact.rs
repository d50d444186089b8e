use std::fmt;

/// A kind of file that an MDM administrator has at hand, and may give in place of another (TOK-5): one
/// document asks for a .pem where the .p7m is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Artifact {
    /// The server token that Apple gives: `…_smime.p7m`.
    ServerTokenFile,
    /// The content token of Apps and Books (once VPP): `….vpptoken`.
    ContentToken,
    /// The certificate that was uploaded to get the server token.
    Certificate,
    /// An APNs certificate: what lets an MDM server wake devices.
    PushCertificate,
    /// A request for a certificate.
    CertificateRequest,
    /// A private key.
    PrivateKey,
    /// A PKCS#12 file: a certificate and its private key under a password.
    Pkcs12,
    /// A server token that is decrypted already.
    DecryptedToken,
    /// A signed message, such as a configuration profile.
    SignedMessage,
    /// A web page: mostly the page to sign in at, saved in place of the file.
    WebPage,
    /// A property list: a configuration profile, or a request for a push certificate.
    PropertyList,
    /// A ZIP archive.
    ZipArchive,
    /// Nothing at all.
    EmptyFile,
    /// Something else.
    Unknown,
}

impl Artifact {
    /// What to do when this was given where the server token is expected.
    pub(super) fn fix(self) -> &'static str {
        match self {
            Self::ServerTokenFile => "read it with TokenFile::parse",
            Self::ContentToken => "it is for Apps and Books; download the MDM server's token instead",
            Self::Certificate => "upload this one to Apple, and give the .p7m file that Apple gives in return",
            Self::PushCertificate => "it is for APNs; download the MDM server's token from Apple's portal instead",
            Self::CertificateRequest => {
                "upload a certificate to Apple, and give the .p7m file that Apple gives in return"
            }
            Self::PrivateKey | Self::Pkcs12 => {
                "keep it secret, and give the .p7m file that Apple gave for its certificate"
            }
            Self::DecryptedToken => "it needs no key; read it with ServerToken::from_json",
            Self::WebPage => "sign in to Apple's portal and download the token again",
            Self::SignedMessage | Self::PropertyList => "download the MDM server's token from Apple's portal",
            Self::ZipArchive => "unpack it first",
            Self::EmptyFile => "download the token again",
            Self::Unknown => "download the token again, and pass it on as it came",
        }
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServerTokenFile => "Apple's server token file (.p7m)",
            Self::ContentToken => "an Apps and Books (VPP) content token",
            Self::Certificate => "a public key certificate",
            Self::PushCertificate => "an APNs push certificate",
            Self::CertificateRequest => "a certificate request",
            Self::PrivateKey => "a private key",
            Self::Pkcs12 => "a PKCS#12 file",
            Self::DecryptedToken => "a server token that is decrypted already",
            Self::SignedMessage => "a signed message",
            Self::WebPage => "a web page (HTML)",
            Self::PropertyList => "a property list",
            Self::ZipArchive => "a ZIP archive",
            Self::EmptyFile => "an empty file",
            Self::Unknown => "a file of an unknown kind",
        })
    }
}
