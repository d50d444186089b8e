//! Devices to buy: made-up ones of real models.

use chrono::{DateTime, Utc};

use super::device::{Addresses, Device, Family, ProfileState};
use super::rng::Rng;

#[derive(Clone, Copy, Default)]
struct Model {
    name: &'static str,
    /// `{}` stands for the colour.
    order: &'static str,
    colors: &'static [&'static str],
    cellular: bool,
}

const IPADS: &[Model] = &[
    Model { name: "iPad", order: "IPAD WI-FI 64GB", colors: &["SILVER", "BLUE"], cellular: false },
    Model { name: "iPad", order: "IPAD WI-FI + CELLULAR 64GB", colors: &["SILVER"], cellular: true },
    Model {
        name: "iPad Air",
        order: "IPAD AIR 11-INCH (M3) WI-FI 128GB {}-USA",
        colors: &["SPACE GRAY", "BLUE", "PURPLE", "STARLIGHT"],
        cellular: false,
    },
    Model {
        name: "iPad mini",
        order: "IPAD MINI WI-FI 128GB {}-USA",
        colors: &["SPACE GRAY", "BLUE"],
        cellular: false,
    },
];
const IPHONES: &[Model] = &[
    Model { name: "iPhone 16", order: "IPHONE 16 {} 128GB-USA", colors: &["BLACK", "WHITE", "TEAL"], cellular: true },
    Model { name: "iPhone 17", order: "IPHONE 17 {} 256GB-USA", colors: &["BLACK", "SAGE"], cellular: true },
];
const MACS: &[Model] = &[
    Model {
        name: "MacBook Air",
        order: "MBA 13.6 {}/10C CPU/8C GPU/16GB/256GB-USA",
        colors: &["MIDNIGHT", "SKY BLUE", "SILVER"],
        cellular: false,
    },
    Model {
        name: "MacBook Pro",
        order: "MBP 14.2 {}/12C CPU/16C GPU/24GB/512GB-USA",
        colors: &["SPACE BLACK", "SILVER"],
        cellular: false,
    },
];
const TVS: &[Model] = &[Model {
    name: "Apple TV 4K",
    order: "APPLE TV 4K WI-FI + ETHERNET 128GB-USA",
    colors: &["BLACK"],
    cellular: false,
}];
const VISIONS: &[Model] =
    &[Model { name: "Vision Pro", order: "VISION PRO 512GB", colors: &["WHITE"], cellular: false }];

const BUYERS: &[&str] =
    &["it-admin@school.example.org", "purchasing@district42.example.edu", "jörg.müller@firma.example.de"];

/// A device of a family that the mix of a school's fleet makes likely.
pub(super) fn any_device(rng: &mut Rng, serial_number: String, bought: DateTime<Utc>) -> Device {
    let family = match rng.below(100) {
        0..58 => Family::Ipad,
        58..81 => Family::Mac,
        81..93 => Family::Iphone,
        93..97 => Family::AppleTv,
        _ => Family::Vision,
    };
    device(rng, family, serial_number, bought)
}

/// A device of a family.
pub(super) fn device(rng: &mut Rng, family: Family, serial_number: String, bought: DateTime<Utc>) -> Device {
    let model = rng.pick(match family {
        Family::Ipad | Family::Ipod => IPADS,
        Family::Iphone => IPHONES,
        Family::Mac => MACS,
        Family::AppleTv => TVS,
        Family::Vision => VISIONS,
    });
    let color = rng.pick(model.colors);
    let asset_tag = if rng.chance(300) { format!("ASSET-{}", rng.digits(7)) } else { String::new() };
    Device {
        serial_number,
        family,
        model: model.name.to_owned(),
        description: model.order.replace("{}", color),
        color: color.to_owned(),
        asset_tag,
        addresses: addresses(rng, family, model.cellular),
        server: None,
        assigned_date: bought,
        assigned_by: rng.pick(BUYERS).to_owned(),
        profile: ProfileState::default(),
        migration_deadline: None,
        replaces: None,
        released: false,
        locked: false,
        trouble: None,
        assignments: Vec::new(),
        place: 0,
    }
}

fn addresses(rng: &mut Rng, family: Family, cellular: bool) -> Addresses {
    let mut out =
        Addresses { wifi: Some(rng.mac_address()), bluetooth: Some(rng.mac_address()), ..Addresses::default() };
    if matches!(family, Family::AppleTv) {
        out.ethernet = Some(rng.mac_address());
    }
    if cellular {
        let imei = format!("35{}", rng.digits(13));
        out.meid.push(imei.chars().take(14).collect());
        out.imei.push(imei);
        out.eid = Some(format!("8904{}", rng.digits(28)));
    }
    out
}
