//! `names`: how mobile devices are named.

use crate::device_name::{DeviceNameTemplate, Part, Variable};
use crate::interop::draft::{Content, Draft};
use crate::interop::loss::{Loss, LossKind};
use crate::interop::reading::Reading;
use crate::interop::slot::Slot;
use crate::interop::tree::Tree;

const SERIALS: &str = "Serial Numbers";
const SINGLE: &str = "Single Name";
const LIST: &str = "List of Names";
const DEFAULT: &str = "Default Names";

const USING: &str = "names.assignNamesUsing";

pub(super) fn read(reading: &mut Reading<'_>, draft: &mut Draft) {
    let mut text = |key| reading.text(&["names", key]).unwrap_or_default();
    let using = text("assignNamesUsing");
    let (prefix, suffix, single) = (text("deviceNamePrefix"), text("deviceNameSuffix"), text("singleDeviceName"));
    let kept = reading.flag(&["names", "manageNames"]);
    let mut unused = |key: &str, value: &str| {
        if !value.is_empty() {
            let loss = Loss::new(format!("names.{key}"), LossKind::Unused, format!("{USING} is {using:?}"));
            reading.losses.push(loss.with_value(&format!("{value:?}")));
        }
    };
    if using != SERIALS {
        unused("deviceNamePrefix", prefix);
        unused("deviceNameSuffix", suffix);
    }
    if using != SINGLE {
        unused("singleDeviceName", single);
    }
    let template = match using {
        SERIALS => format!("{prefix}{}{suffix}", Variable::Serial.as_str()),
        SINGLE => single.into(),
        "" | DEFAULT => return,
        LIST => {
            let reason = "a list of names; a template gives each device its own";
            return reading.lose(USING, LossKind::NoCounterpart, reason, &Tree::Text(using.into()));
        }
        _ => {
            let reason = "this has to be Default Names, List of Names, Serial Numbers or Single Name";
            return reading.lose(USING, LossKind::Invalid, reason, &Tree::Text(using.into()));
        }
    };
    reading.losses.extend(draft.put(Slot::NameTemplate, USING, Content::Text(template)));
    if kept == Some(false) {
        let reason = "true: a device that is renamed gets its name again";
        reading.losses.push(Loss::new("names.manageNames", LossKind::Changed, reason).with_value("false"));
    }
}

pub(super) fn write(draft: &Draft, put: &mut dyn FnMut(&[&str], Tree)) {
    let template = draft.text(Slot::NameTemplate).and_then(|text| text.parse::<DeviceNameTemplate>().ok());
    let (mut serials, mut others, mut before, mut behind) = (0, 0, String::new(), String::new());
    for part in template.iter().flat_map(DeviceNameTemplate::parts) {
        match part {
            Part::Variable(Variable::Serial) => serials += 1,
            Part::Literal(literal) if serials == 0 => before.push_str(literal),
            Part::Literal(literal) => behind.push_str(literal),
            _ => others += 1,
        }
    }
    let (using, prefix, suffix, single) = match (&template, serials, others) {
        (Some(_), 1, 0) => (SERIALS, before, behind, String::new()),
        (Some(_), 0, 0) => (SINGLE, String::new(), String::new(), before),
        // What Jamf cannot say is told by what is missing when it is imported again.
        _ => (DEFAULT, String::new(), String::new(), String::new()),
    };
    put(&["names", "assignNamesUsing"], Tree::Text(using.into()));
    put(&["names", "prestageDeviceNames"], Tree::List(Vec::new()));
    put(&["names", "deviceNamePrefix"], Tree::Text(prefix));
    put(&["names", "deviceNameSuffix"], Tree::Text(suffix));
    put(&["names", "singleDeviceName"], Tree::Text(single));
    put(&["names", "manageNames"], Tree::Flag(using != DEFAULT));
    put(&["names", "deviceNamingConfigured"], Tree::Flag(using != DEFAULT));
}
