//! The organisation's portal: certificates go in, server token files come out.

use serde_json::json;
use x509_parser::oid_registry::OID_PKCS1_RSAENCRYPTION;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::envelope::{APPLE_SEGMENT, Recipient, token_file};
use super::organisation::{Credentials, Server};
use super::time::Iso;
use super::world::World;

/// Why the portal gave no server token file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PortalError {
    /// The uploaded file holds no certificate in PEM.
    #[error(
        "the uploaded file is not a certificate in PEM: upload the text that begins with -----BEGIN CERTIFICATE-----"
    )]
    NotPem,
    /// The certificate cannot be read.
    #[error("the certificate cannot be read: make it new, as X.509 with an RSA key")]
    NotCertificate,
    /// The certificate is for another kind of key.
    #[error(
        "the certificate's key is not RSA, and Apple encrypts server tokens for RSA keys alone: make a new RSA key pair"
    )]
    NotRsa,
    /// No certificate was uploaded.
    #[error("no certificate was uploaded for this server: call World::upload_certificate first")]
    NoCertificate,
    /// There is no server of this name or UUID.
    #[error("there is no MDM server {0:?}: name one of World::servers by its UUID or its name")]
    NoServer(String),
    /// The content key could not be encrypted.
    #[error("the content key cannot be encrypted for this certificate: {0}")]
    Encrypt(String),
}

/// Whether a token file is a new download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Download {
    /// The credentials in force, once more; nothing is invalidated.
    Same,
    /// As Apple's portal does (TOK-18): a token that was downloaded before is replaced at once, and the service refuses it
    /// from now on. The first download replaces nothing.
    Renew,
}

impl World {
    /// Uploads a certificate (PEM) for the first server, as an administrator does in the portal.
    ///
    /// # Errors
    ///
    /// When it is not an X.509 certificate with an RSA key.
    pub fn upload_certificate(&mut self, pem: &str) -> Result<(), PortalError> {
        let server = self.servers.first().map(|server| server.uuid.clone()).unwrap_or_default();
        self.upload_certificate_for(&server, pem)
    }

    /// Uploads a certificate (PEM) for a server by its UUID or name.
    ///
    /// # Errors
    ///
    /// As [`World::upload_certificate`], and when there is no such server.
    pub fn upload_certificate_for(&mut self, server: &str, pem: &str) -> Result<(), PortalError> {
        let der = read_pem(pem)?;
        self.named_mut(server)?.certificate = Some(der);
        Ok(())
    }

    /// Downloads the first server's token file, encrypted for the uploaded certificate; as Apple's portal does, this
    /// replaces a token that was downloaded before (TOK-18).
    ///
    /// # Errors
    ///
    /// When no certificate was uploaded, or no RSA back end is built in (features `aws-lc-rs` and `rustcrypto`).
    pub fn download_token(&mut self) -> Result<Vec<u8>, PortalError> {
        let server = self.servers.first().ok_or(PortalError::NoServer(String::new()))?;
        let certificate = server.certificate.clone().ok_or(PortalError::NoCertificate)?;
        let uuid = server.uuid.clone();
        self.server_token_file_for(&uuid, &certificate, Download::Renew)
    }

    /// A server token file of the first server for a certificate in DER, in Apple's format: S/MIME, CMS EnvelopedData in BER,
    /// RSA PKCS#1 v1.5, AES-128-CBC.
    ///
    /// # Errors
    ///
    /// When the certificate cannot be read or has no RSA key, or no RSA back end is built in.
    pub fn server_token_file(&mut self, certificate_der: &[u8], download: Download) -> Result<Vec<u8>, PortalError> {
        let server = self.servers.first().map(|server| server.uuid.clone()).unwrap_or_default();
        self.server_token_file_for(&server, certificate_der, download)
    }

    /// A server token file of a server by its UUID or name; see [`World::server_token_file`].
    ///
    /// # Errors
    ///
    /// As there, and when there is no such server.
    pub fn server_token_file_for(
        &mut self,
        server: &str,
        certificate_der: &[u8],
        download: Download,
    ) -> Result<Vec<u8>, PortalError> {
        let (_, certificate) = X509Certificate::from_der(certificate_der).map_err(|_| PortalError::NotCertificate)?;
        require_rsa(&certificate)?;
        let uuid = self.named_mut(server)?.uuid.clone();
        let (key, iv) = (self.rng.bytes(), self.rng.bytes());
        // What can fail comes before anything is invalidated.
        let wrapped_key = wrap(certificate.public_key().raw, &key)?;
        if download == Download::Renew {
            self.renew_if_downloaded(&uuid);
        }
        let server = self.named_mut(&uuid)?;
        server.token.downloaded = true;
        let json = server.token.json();
        let recipient = Recipient {
            issuer: certificate.issuer().as_raw(),
            serial: certificate.raw_serial(),
            wrapped_key: &wrapped_key,
        };
        Ok(token_file(&json, &recipient, key, iv, APPLE_SEGMENT))
    }

    /// The first server's token in plain JSON with its five fields. Nothing is invalidated.
    pub fn server_token_json(&self) -> String {
        self.servers.first().map_or_else(String::new, |server| server.token.json())
    }

    /// The token of a server by its UUID or name, in plain JSON.
    pub fn server_token_json_for(&self, server: &str) -> Option<String> {
        self.servers.iter().find(|known| known.is_named(server)).map(|server| server.token.json())
    }

    fn renew_if_downloaded(&mut self, uuid: &str) {
        if self.server(uuid).is_some_and(|server| server.token.downloaded) {
            let fresh = self.new_access();
            if let Some(server) = self.server_mut(uuid) {
                server.replaced.push(server.token.access_token.clone());
                server.token.access_token = fresh.access_token;
                server.token.access_secret = fresh.access_secret;
                server.token.expiry = fresh.expiry;
            }
            self.sessions.retain(|_, session| session.server != uuid);
        }
    }

    fn named_mut(&mut self, name: &str) -> Result<&mut Server, PortalError> {
        let server = self.servers.iter_mut().find(|server| server.is_named(name));
        server.ok_or_else(|| PortalError::NoServer(name.to_owned()))
    }
}

impl Server {
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.uuid == name || self.name == name
    }
}

impl Credentials {
    /// The five fields in Apple's order, which an object of serde_json would not keep.
    pub(super) fn json(&self) -> String {
        format!(
            r#"{{"consumer_key":{},"consumer_secret":{},"access_token":{},"access_secret":{},"access_token_expiry":{}}}"#,
            json!(self.consumer_key.0),
            json!(self.consumer_secret.0),
            json!(self.access_token.0),
            json!(self.access_secret.0),
            json!(Iso(self.expiry)),
        )
    }
}

/// The DER of the first certificate in a PEM text.
fn read_pem(pem: &str) -> Result<Vec<u8>, PortalError> {
    let mut blocks = Pem::iter_from_buffer(pem.as_bytes()).filter_map(Result::ok);
    let block = blocks.find(|block| block.label == "CERTIFICATE").ok_or(PortalError::NotPem)?;
    let (_, certificate) = X509Certificate::from_der(&block.contents).map_err(|_| PortalError::NotCertificate)?;
    require_rsa(&certificate)?;
    Ok(block.contents)
}

fn require_rsa(certificate: &X509Certificate<'_>) -> Result<(), PortalError> {
    let is_rsa = certificate.public_key().algorithm.algorithm == OID_PKCS1_RSAENCRYPTION;
    if is_rsa { Ok(()) } else { Err(PortalError::NotRsa) }
}

#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
fn wrap(spki_der: &[u8], content_key: &[u8]) -> Result<Vec<u8>, PortalError> {
    crate::pki::key::wrap_pkcs1(spki_der, content_key).map_err(|error| PortalError::Encrypt(error.to_string()))
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
fn wrap(_: &[u8], _: &[u8]) -> Result<Vec<u8>, PortalError> {
    Err(PortalError::Encrypt("no RSA back end is built in: turn on the feature aws-lc-rs or rustcrypto".to_owned()))
}
