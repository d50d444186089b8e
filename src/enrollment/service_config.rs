//! Small documents that an MDM publishes: for tools, for Enrollment SSO, and for packages.

use http::{Response, StatusCode};
use plist::{Dictionary, Value};
use serde::{Deserialize, Serialize};

use super::answer::respond;
use super::property_list::{json_of, value_of_json, xml};
use super::sso::{HttpsError, https};

/// `/MDMServiceConfig`: where tools such as Apple Configurator find the MDM. It is not service discovery, which is for devices.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/providing-information-about-your-device-management-service).
///
/// ```
/// use apple_ade::enrollment::MdmServiceConfig;
///
/// let mut config = MdmServiceConfig::default();
/// config.dep_enrollment_url = Some("https://mdm.example.com/enroll".into());
/// assert_eq!(config.respond().body(), br#"{"dep_enrollment_url":"https://mdm.example.com/enroll"}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MdmServiceConfig {
    /// `dep_enrollment_url`: what profiles for ADE have as `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dep_enrollment_url: Option<String>,
    /// `dep_anchor_certs_url`: where the certificates for `anchor_certs` are: a JSON array of base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dep_anchor_certs_url: Option<String>,
    /// `trust_profile_url`: where a profile is that makes a device trust the MDM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_profile_url: Option<String>,
}

impl MdmServiceConfig {
    /// The path of the document.
    pub const PATH: &'static str = "/MDMServiceConfig";

    /// The response.
    pub fn respond(&self) -> Response<Vec<u8>> {
        // Texts in objects are always JSON.
        respond(StatusCode::OK, "application/json", serde_json::to_vec(self).unwrap_or_default())
    }
}

/// The document of Enrollment SSO: the app that lets the user sign in before account-driven enrollment; iOS 16. The header
/// [`ESSO_HEADER`] of the 401 answer leads to it.
///
/// ```
/// use apple_ade::enrollment::EssoDocument;
///
/// let document = EssoDocument::new(1_234_567, b"<plist/>".to_vec());
/// assert_eq!(EssoDocument::from_json(&document.to_json())?, document);
/// # Ok::<(), apple_ade::enrollment::EssoDocumentError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EssoDocument {
    /// `iTunesStoreID`: the App Store's number of the app; in developer mode it does not count.
    pub itunes_store_id: Option<u64>,
    /// `AppIDs`: apps of developer mode, at least one there. Empty for everybody else: the key is then not written.
    pub app_ids: Vec<String>,
    /// `AssociatedDomains`
    pub associated_domains: Option<Vec<String>>,
    /// `AssociatedDomainsEnableDirectDownloads`: default false.
    pub associated_domains_enable_direct_downloads: Option<bool>,
    /// `ConfigurationProfile`: the profile with the ExtensibleSingleSignOn payload.
    pub configuration_profile: Vec<u8>,
}

/// Why some bytes are no document of Enrollment SSO.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EssoDocumentError {
    /// It is no JSON object.
    #[error("the document of Enrollment SSO is no JSON object")]
    Unreadable,
    /// A key is missing that has to be there, or its value is of another type.
    #[error("`{key}` has to be {expected}")]
    Key {
        /// The key.
        key: &'static str,
        /// What Apple documents.
        expected: &'static str,
    },
    /// `AppIDs` is there and empty.
    #[error("`AppIDs` is empty; leave it out, or name at least one app for developer mode")]
    NoAppIds,
}

/// The header of the 401 answer that leads to an [`EssoDocument`].
pub const ESSO_HEADER: &str = "x-apple-mdm-esso";

impl EssoDocument {
    /// An app of the App Store, and the profile for it.
    pub fn new(itunes_store_id: u64, configuration_profile: Vec<u8>) -> Self {
        Self { itunes_store_id: Some(itunes_store_id), configuration_profile, ..Self::default() }
    }

    /// In JSON; data are base64.
    pub fn to_json(&self) -> Vec<u8> {
        let texts = |texts: &Vec<String>| Value::Array(texts.iter().map(|text| text.as_str().into()).collect());
        let mut document = Dictionary::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                document.insert(key.into(), value);
            }
        };
        put("iTunesStoreID", self.itunes_store_id.map(Value::from));
        put("AppIDs", Some(&self.app_ids).filter(|apps| !apps.is_empty()).map(texts));
        put("AssociatedDomains", self.associated_domains.as_ref().map(texts));
        let direct = self.associated_domains_enable_direct_downloads;
        put("AssociatedDomainsEnableDirectDownloads", direct.map(Value::Boolean));
        put("ConfigurationProfile", Some(Value::Data(self.configuration_profile.clone())));
        json_of(&document.into())
    }

    /// Reads it. A key that is there has to be of its type; those that this version of the crate does not know are skipped.
    ///
    /// # Errors
    ///
    /// [`EssoDocumentError`], with the key.
    pub fn from_json(json: &[u8]) -> Result<Self, EssoDocumentError> {
        use base64::Engine as _;

        let wrong = |key, expected| EssoDocumentError::Key { key, expected };
        let document = value_of_json(json).and_then(Value::into_dictionary).ok_or(EssoDocumentError::Unreadable)?;
        let texts = |key| {
            let read = |value: &Value| {
                let texts = value.as_array()?.iter().map(|text| text.as_string().map(str::to_owned));
                texts.collect::<Option<Vec<_>>>()
            };
            document.get(key).map(|value| read(value).ok_or(wrong(key, "an array of texts"))).transpose()
        };
        let number = |value: &Value| value.as_unsigned_integer().ok_or(wrong("iTunesStoreID", "an integer"));
        let direct = "AssociatedDomainsEnableDirectDownloads";
        let truth = |value: &Value| value.as_boolean().ok_or(wrong(direct, "true or false"));
        let app_ids = texts("AppIDs")?;
        if app_ids.as_ref().is_some_and(Vec::is_empty) {
            return Err(EssoDocumentError::NoAppIds);
        }
        let profile = document.get("ConfigurationProfile").and_then(Value::as_string);
        let profile = profile.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
        Ok(Self {
            itunes_store_id: document.get("iTunesStoreID").map(number).transpose()?,
            app_ids: app_ids.unwrap_or_default(),
            associated_domains: texts("AssociatedDomains")?,
            associated_domains_enable_direct_downloads: document.get(direct).map(truth).transpose()?,
            configuration_profile: profile.ok_or(wrong("ConfigurationProfile", "the profile in base64"))?,
        })
    }
}

/// The manifest of a package, to which `ManifestURL` leads: where the package is and which hashes its pieces have.
///
/// ```
/// use apple_ade::enrollment::PackageManifest;
///
/// let manifest = PackageManifest::new("https://mdm.example.com/sso.pkg", "com.example.sso", "SSO")?
///     .sha256(10_485_760, ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
///     .version("1.2");
/// let xml = String::from_utf8(manifest.to_property_list())?;
/// assert!(xml.contains("<key>sha256s</key>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageManifest {
    url: String,
    bundle_identifier: String,
    title: String,
    subtitle: Option<String>,
    version: Option<String>,
    md5: Option<(u64, Vec<String>)>,
    sha256: Option<(u64, Vec<String>)>,
    images: Vec<(&'static str, String)>,
}

impl PackageManifest {
    /// A package by its URL, its identifier and its title.
    ///
    /// # Errors
    ///
    /// [`HttpsError`] where it is at no https URL.
    pub fn new(
        url: impl Into<String>,
        bundle_identifier: impl Into<String>,
        title: impl Into<String>,
    ) -> Result<Self, HttpsError> {
        Ok(Self {
            url: https("url", url)?,
            bundle_identifier: bundle_identifier.into(),
            title: title.into(),
            subtitle: None,
            version: None,
            md5: None,
            sha256: None,
            images: Vec::new(),
        })
    }

    /// `bundle-version`
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..self }
    }

    /// `subtitle`: who has made it.
    #[must_use]
    pub fn subtitle(self, subtitle: impl Into<String>) -> Self {
        Self { subtitle: Some(subtitle.into()), ..self }
    }

    /// `sha256-size` and `sha256s`: the bytes of a piece, and the hash of each in hexadecimal.
    #[must_use]
    pub fn sha256(self, size: u64, hashes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { sha256: Some((size, hashes.into_iter().map(Into::into).collect())), ..self }
    }

    /// `md5-size` and `md5s`: the bytes of a piece, and the hash of each in hexadecimal. Prefer [`sha256`](Self::sha256).
    #[must_use]
    pub fn md5(self, size: u64, hashes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { md5: Some((size, hashes.into_iter().map(Into::into).collect())), ..self }
    }

    /// An asset of the kind `display-image`: the icon while it is installed.
    ///
    /// # Errors
    ///
    /// [`HttpsError`] where it is at no https URL.
    pub fn display_image(mut self, url: impl Into<String>) -> Result<Self, HttpsError> {
        self.images.push(("display-image", https("url", url)?));
        Ok(self)
    }

    /// The property list in XML. Control characters, which XML cannot hold, are left out.
    pub fn to_property_list(&self) -> Vec<u8> {
        let mut package = Dictionary::new();
        package.insert("kind".into(), "software-package".into());
        for (size_key, key, hashes) in [("md5-size", "md5s", &self.md5), ("sha256-size", "sha256s", &self.sha256)] {
            if let Some((size, hashes)) = hashes {
                package.insert(size_key.into(), (*size).into());
                let hashes = hashes.iter().map(|hash| Value::from(hash.as_str()));
                package.insert(key.into(), Value::Array(hashes.collect()));
            }
        }
        package.insert("url".into(), self.url.as_str().into());
        let mut assets = vec![Value::from(package)];
        for (kind, url) in &self.images {
            let mut image = Dictionary::new();
            image.insert("kind".into(), (*kind).into());
            image.insert("url".into(), url.as_str().into());
            assets.push(image.into());
        }
        let mut metadata = Dictionary::new();
        metadata.insert("bundle-identifier".into(), self.bundle_identifier.as_str().into());
        if let Some(version) = &self.version {
            metadata.insert("bundle-version".into(), version.as_str().into());
        }
        metadata.insert("kind".into(), "software".into());
        if let Some(subtitle) = &self.subtitle {
            metadata.insert("subtitle".into(), subtitle.as_str().into());
        }
        metadata.insert("title".into(), self.title.as_str().into());
        let mut item = Dictionary::new();
        item.insert("assets".into(), Value::Array(assets));
        item.insert("metadata".into(), metadata.into());
        let mut manifest = Dictionary::new();
        manifest.insert("items".into(), Value::Array(vec![item.into()]));
        xml(&manifest.into())
    }
}
