//! Any bytes as a profile: it is written and read again as it was, and its request holds the JSON that it should, or none is
//! made.
//!
//! Seeds: `tests/fixtures/schemas` has the keys.
#![no_main]

use apple_ade::api::profile::Profile;
use apple_ade::api::{DefineProfile, Endpoint, Service};
use apple_ade::error::RequestError;
use apple_ade::json::RawJson;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(raw) = String::from_utf8_lossy(bytes).parse::<RawJson>() else { return };
    let Ok(profile) = raw.read::<Profile>() else { return };
    let read = |text: &str| text.parse::<RawJson>().unwrap().read::<Profile>().unwrap();
    let text = serde_json::to_string(&profile).unwrap();
    assert_eq!(read(&text), profile, "{text}");

    for define in [DefineProfile::new(profile.clone()), DefineProfile::new(profile.clone()).with_unknown_keys()] {
        let request = match define.to_request(&Service::apple()) {
            Ok(request) => request,
            Err(RequestError::Missing { field: "profile_name" | "url", .. }) => return,
            // It is refused unless it is asked for, and never left out.
            Err(RequestError::WrongType { field, found, .. }) if !define.send_unknown_keys => {
                assert!(profile.odd.iter().any(|odd| odd.key == field));
                assert!(found.is_none() || !field.ends_with("_certs"));
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        let body = std::str::from_utf8(request.body()).unwrap();
        let sent = read(body);
        assert!(sent.profile_uuid.is_none());
        assert_eq!(sent.is_mdm_removable, profile.is_mdm_removable);
        assert_eq!(sent.profile_name, profile.profile_name);
        if define.send_unknown_keys {
            assert_eq!(sent.extra, profile.extra);
            let odd = profile.odd.iter().filter(|odd| odd.key != "profile_uuid");
            assert!(odd.eq(&sent.odd), "{body}");
        } else {
            assert!(sent.extra.is_empty() && sent.odd.is_empty(), "{body}");
        }
        // What was sent has nothing left to leave out.
        assert_eq!(
            DefineProfile::new(sent).with_unknown_keys().to_request(&Service::apple()).unwrap().body(),
            request.body()
        );
    }
});
