//! The enrollment profile, as a device judges it.

use http::Uri;
use plist::{Dictionary, Value};

use super::text;
use crate::pki::cms::Signed;
use crate::property_list;

/// What an installed enrollment profile says.
#[derive(Debug, Clone)]
pub(super) struct Mdm {
    pub(super) server_url: String,
    pub(super) check_in_url: String,
    pub(super) topic: String,
    pub(super) signed: bool,
    /// Whether the device awaits its configuration.
    pub(super) held: bool,
}

/// Reads a profile, signed or not; or what is wrong with it.
pub(super) fn install(body: &[u8], awaits: bool) -> Result<Mdm, String> {
    let signed = Signed::from_ber(body).ok();
    let content = signed.as_ref().map_or(body, Signed::dangerous_unverified_content);
    let value = property_list::read(content).map_err(|error| format!("the profile is no property list: {error}"))?;
    let profile = value.as_dictionary().ok_or("the profile is no dictionary")?;
    if text(profile, "PayloadType") != Some("Configuration") {
        return Err("the `PayloadType` of the profile is not `Configuration`".into());
    }
    for key in ["PayloadIdentifier", "PayloadUUID"] {
        text(profile, key).ok_or_else(|| format!("the profile has no `{key}`"))?;
    }
    let payloads = profile.get("PayloadContent").and_then(Value::as_array).ok_or("the profile has no payloads")?;
    let payloads: Vec<&Dictionary> = payloads.iter().filter_map(Value::as_dictionary).collect();
    let mut mdm = payloads.iter().filter(|payload| text(payload, "PayloadType") == Some("com.apple.mdm"));
    let (Some(mdm), None) = (mdm.next(), mdm.next()) else {
        return Err("the profile has not exactly one payload `com.apple.mdm`".into());
    };
    let https = |key: &str, url: &str| match url.parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("https") && uri.host().is_some() => Ok(url.to_owned()),
        _ => Err(format!("`{key}` is no https URL")),
    };
    let server_url = https("ServerURL", text(mdm, "ServerURL").unwrap_or_default())?;
    let check_in_url = match text(mdm, "CheckInURL") {
        Some(url) => https("CheckInURL", url)?,
        None => server_url.clone(),
    };
    let topic = text(mdm, "Topic").filter(|topic| topic.starts_with("com.apple.mgmt."));
    let topic = topic.ok_or("`Topic` does not begin with `com.apple.mgmt.`")?.to_owned();
    let identity = text(mdm, "IdentityCertificateUUID");
    let is_identity = |payload: &&&Dictionary| {
        let kinds = ["com.apple.security.scep", "com.apple.security.acme", "com.apple.security.pkcs12"];
        text(payload, "PayloadType").is_some_and(|kind| kinds.contains(&kind))
            && text(payload, "PayloadUUID") == identity
    };
    if identity.is_none() || payloads.iter().find(is_identity).is_none() {
        return Err("`IdentityCertificateUUID` names no payload with an identity".into());
    }
    Ok(Mdm { server_url, check_in_url, topic, signed: signed.is_some(), held: awaits })
}
