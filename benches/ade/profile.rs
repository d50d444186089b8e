//! A profile with every key, encoded and decoded, beside plain serde-derive structs.

use apple_ade::api::profile::Profile;
use apple_ade::simulator::fixtures;
use criterion::Criterion;
use serde::{Deserialize, Serialize};

use crate::paired::{Line, paired};

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Plain {
    profile_name: Option<String>,
    url: Option<String>,
    configuration_web_url: Option<String>,
    allow_pairing: Option<bool>,
    is_supervised: Option<bool>,
    is_mandatory: Option<bool>,
    is_mdm_removable: Option<bool>,
    is_multi_user: Option<bool>,
    is_return_to_service: Option<bool>,
    do_not_use_profile_from_backup: Option<bool>,
    await_device_configured: Option<bool>,
    auto_advance_setup: Option<bool>,
    language: Option<String>,
    region: Option<String>,
    department: Option<String>,
    org_magic: Option<String>,
    support_phone_number: Option<String>,
    support_email_address: Option<String>,
    skip_setup_items: Option<Vec<String>>,
    anchor_certs: Option<Vec<String>>,
    supervising_host_certs: Option<Vec<String>>,
    devices: Option<Vec<String>>,
    profile_uuid: Option<String>,
}

pub(crate) fn bench(criterion: &mut Criterion) -> Vec<Line> {
    let body = fixtures::profile(1, 10);
    let (Ok(profile), Ok(plain)) = (serde_json::from_slice::<Profile>(&body), serde_json::from_slice::<Plain>(&body))
    else {
        return Vec::new();
    };
    vec![
        paired(
            criterion,
            "profile_encode",
            "serde_derive",
            || serde_json::to_vec(&profile).ok(),
            || serde_json::to_vec(&plain).ok(),
        ),
        paired(
            criterion,
            "profile_decode",
            "serde_derive",
            || serde_json::from_slice::<Profile>(&body).ok(),
            || serde_json::from_slice::<Plain>(&body).ok(),
        ),
    ]
}
