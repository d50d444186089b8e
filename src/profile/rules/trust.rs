//! The certificates of `anchor_certs` and `supervising_host_certs`: whether they do what they are there for.

use chrono::{DateTime, TimeDelta, Utc};

use crate::judgement::{Rule, Violation, rules};
use crate::pki::certificate::Certificate;

use super::super::subject::{Certificates, Subject};
use super::certificate::{ANCHORS, HOSTS};

rules! {
    CERTIFICATE_EXPIRED = "ADE-P410" Error
        "a certificate has not expired"
        why "nobody is trusted by an expired certificate"
        from ["https://developer.apple.com/documentation/devicemanagement/profile", "RFC 5280 section 4.1.2.5"];
    CERTIFICATE_NOT_YET_VALID = "ADE-P411" Warning
        "a certificate is valid already"
        why "nobody is trusted by a certificate before it is valid"
        from ["https://developer.apple.com/documentation/devicemanagement/profile", "RFC 5280 section 4.1.2.5"];
    CERTIFICATE_EXPIRES_SOON = "ADE-P412" Note
        "a certificate is valid for another 30 days"
        why "a profile cannot be changed: with another certificate it has to be defined and assigned again"
        from ["PRO-10", "PAI-4", "https://developer.apple.com/documentation/devicemanagement/define-profile"];
    ANCHOR_NOT_AUTHORITY = "ADE-P413" Warning
        "an anchor is the certificate of an authority"
        why "a server's certificate vouches for no other: when the server gets a new one, the device trusts it no more"
        from ["https://developer.apple.com/documentation/devicemanagement/profile", "RFC 5280 section 4.2.1.9"];
    ANCHOR_KEY_SHORT = "ADE-P414" Warning
        "an anchor's RSA key has 2048 bits or more"
        why "iOS 13 and macOS 10.15 accept no shorter keys of servers and the authorities that issue their certificates"
        from ["https://support.apple.com/HT210176"];
    ANCHOR_DIGEST_WEAK = "ADE-P415" Warning
        "an anchor that another authority issued is signed over SHA-2"
        why "iOS 13 and macOS 10.15 accept no certificates over SHA-1 or MD5; for a root, which signed itself, it does not matter"
        from ["https://support.apple.com/HT210176"];
    ANCHORS_FOR_BOTH_HOSTS = "ADE-P416" Note
        "anchors cover the host of `url` and that of `configuration_web_url`"
        why "the device trusts the anchors in place of its built-in roots when it calls either of them"
        from ["https://developer.apple.com/documentation/devicemanagement/profile", "https://developer.apple.com/documentation/devicemanagement/authenticating-through-web-views"];
}

/// How long before its end a certificate is spoken of.
const SOON: TimeDelta = TimeDelta::days(30);

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let Certificates { anchors, hosts } = subject.certificates;
    let lists = [(ANCHORS, anchors), (HOSTS, hosts)];
    for (key, list) in lists {
        let certificates = list.iter().filter_map(|(place, reading)| Some((*place, reading.certificate()?)));
        for (place, certificate) in certificates {
            if let Some(now) = subject.check.time() {
                found.extend(dates(certificate, now).map(|about| about.at(key, place)));
            }
            if key == ANCHORS {
                found.extend(anchor(certificate).map(|about| about.at(key, place)));
            }
        }
    }
    if anchors.iter().any(|(_, reading)| reading.certificate().is_some()) {
        found.extend(both_hosts(subject));
    }
}

/// What is said of a certificate, wherever it stands.
struct About {
    rule: Rule,
    message: String,
    help: String,
}

impl About {
    fn at(self, key: &str, place: usize) -> Violation {
        Violation::new(self.rule, format!("{key}[{place}]"), self.message).with_help(self.help)
    }
}

/// Whom it is for, as a message names it.
fn holder(certificate: &Certificate) -> String {
    const MOST: usize = 80;
    let subject = certificate.subject().as_str();
    match subject.char_indices().nth(MOST).and_then(|(end, _)| subject.get(..end)) {
        Some(head) => format!("{head}…"),
        None => subject.to_owned(),
    }
}

fn dates(certificate: &Certificate, now: DateTime<Utc>) -> Option<About> {
    let (from, to) = (certificate.not_before(), certificate.not_after());
    let (rule, what, help) = if now > to {
        (Rule::CERTIFICATE_EXPIRED, format!("expired on {to}"), "give its successor")
    } else if now < from {
        (Rule::CERTIFICATE_NOT_YET_VALID, format!("is not valid before {from}"), "give the one that is in use, too")
    } else if to - now <= SOON {
        (Rule::CERTIFICATE_EXPIRES_SOON, format!("expires on {to}"), "give its successor, too")
    } else {
        return None;
    };
    Some(About { rule, message: format!("the certificate of {} {what}", holder(certificate)), help: help.into() })
}

/// What makes a certificate a bad anchor: the first that holds. A server's that signed itself vouches for itself at least.
fn anchor(certificate: &Certificate) -> Option<About> {
    const LEAST_BITS: usize = 2048;
    let new = |rule, what: String, help: String| {
        Some(About { rule, message: format!("the certificate of {} {what}", holder(certificate)), help })
    };
    let short = certificate.rsa_bits().filter(|bits| *bits < LEAST_BITS);
    if !certificate.is_self_issued() && !certificate.is_authority() {
        let issuer = certificate.issuer().as_str().chars().take(80).collect::<String>();
        let help = format!("give the certificate of the authority that issued it: {issuer}");
        new(Rule::ANCHOR_NOT_AUTHORITY, "is a server's, not an authority's".into(), help)
    } else if let Some(bits) = short {
        let help = "give the server a certificate of an authority with a longer key";
        new(Rule::ANCHOR_KEY_SHORT, format!("has an RSA key of {bits} bits"), help.into())
    } else if certificate.has_weak_digest() && !certificate.is_self_issued() {
        let help = "give the root that issued it, and let it issue another";
        new(Rule::ANCHOR_DIGEST_WEAK, "is signed over a weak digest".into(), help.into())
    } else {
        None
    }
}

fn both_hosts(subject: &Subject<'_>) -> Option<Violation> {
    let url = host(subject.wire.url.as_deref()?)?;
    let web = host(subject.wire.configuration_web_url.as_deref()?)?;
    (!url.eq_ignore_ascii_case(web)).then(|| {
        let message = "two hosts are called, and the anchors have to do for both";
        let help = "give the anchors of both hosts, those of public authorities included";
        Violation::new(Rule::ANCHORS_FOR_BOTH_HOSTS, ANCHORS, message).with_help(help)
    })
}

/// The host of a URL, without its port.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.trim().split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = match place.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => place,
    };
    Some(host.trim_end_matches('.')).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (url, expected) in [
            ("https://mdm.example.com/enroll", Some("mdm.example.com")),
            ("https://mdm.example.com:8443", Some("mdm.example.com")),
            ("https://u:p@mdm.example.com./x@y", Some("mdm.example.com")),
            ("https://[2001:db8::1]:443/", Some("[2001:db8::1]")),
            ("https://[2001:db8::1]", Some("[2001:db8::1]")),
            ("https://mdm.example.com?a=://b", Some("mdm.example.com")),
            ("mdm.example.com", None),
            ("https:///", None),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }
}
